"""The servers in this person's file, as their dialog wants them (`server_port.py`)."""

from __future__ import annotations

from pathlib import Path

from mv_desktop.offline.home import people_with_work
from mv_desktop.services.profile import ServerProfile, profiles_in, read_document


class ServersOfFile:
    """The list in `servers.json`; what speaks to servers is imported when it is first used.

    Args:
        folder: where the local files of people are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def profiles(self) -> tuple[ServerProfile, ...]:
        """All of them."""
        return profiles_in(read_document())

    def put(self, profile: ServerProfile, before: ServerProfile | None) -> tuple[ServerProfile, ...]:
        """Add or change one."""
        from mv_desktop.services.profile_store import put_profile

        return put_profile(profile, before)

    def remove(self, before: ServerProfile) -> tuple[ServerProfile, ...]:
        """Take one away."""
        from mv_desktop.services.profile_store import remove_profile

        return remove_profile(before)

    def people_with_work(self, name: str) -> int:
        """How many may have something that waits."""
        return people_with_work(self._folder, name)

    def reach(self, profile: ServerProfile) -> None:
        """Call it without a login."""
        from mv_desktop.services.health import reach
        from mv_desktop.services.profile_store import check_authority

        check_authority(profile)
        reach(profile)
