"""What the dialog of the servers asks of the world behind it; each call may take a while and may fail."""

from __future__ import annotations

from typing import Protocol

from mv_desktop.services.profile import ServerProfile

SERVER_LANE = "servers"
REACH_LANE = "server-reach"
"""Trying a connection may take its time; the list is not to wait for it."""


class ServerPlace(Protocol):
    """The list of servers that this computer knows. Never called on the GUI thread."""

    def profiles(self) -> tuple[ServerProfile, ...]:
        """Those of the list. Raises as `services.profile.read_document`."""
        ...

    def put(self, profile: ServerProfile, before: ServerProfile | None) -> tuple[ServerProfile, ...]:
        """Add or change one, and read all. Raises as `services.profile_store.put_profile`."""
        ...

    def remove(self, before: ServerProfile) -> tuple[ServerProfile, ...]:
        """Take one away, and read the others. Raises as `services.profile_store.remove_profile`."""
        ...

    def people_with_work(self, name: str) -> int:
        """How many people may have work on this computer that waits to be sent to the server of that name."""
        ...

    def reach(self, profile: ServerProfile) -> None:
        """Call the server without a login. Raises as `services.health.reach`."""
        ...
