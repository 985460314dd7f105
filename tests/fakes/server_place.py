"""The list of servers in memory."""

from __future__ import annotations

import threading

from mv_desktop.core.errors import ConflictError
from mv_desktop.services.profile import ServerProfile

SCHOOL = ServerProfile("School", "db.school.example", 5432, "mathvidya")
LOCAL = ServerProfile("Office", "127.0.0.1", 5433, "mathvidya", "prefer")
WEAK = ServerProfile("Old server", "10.0.0.9", 5432, "mathvidya", "require", "/etc/ca.pem")


class FakeServerPlace:
    """A `ServerPlace`.

    Attributes:
        listed: the servers; people: who may have work waiting for one of a name.
        trouble: reading fails with it; refusal: calling a server does.
        gate: changes wait while it is not set.
        reached: those that were called.
    """

    def __init__(self, *listed: ServerProfile) -> None:
        self.listed = list(listed)
        self.people: dict[str, int] = {}
        self.trouble: Exception | None = None
        self.refusal: Exception | None = None
        self.reached: list[ServerProfile] = []
        self.gate = threading.Event()
        self.gate.set()

    def profiles(self) -> tuple[ServerProfile, ...]:
        if self.trouble is not None:
            raise self.trouble
        return tuple(self.listed)

    def put(self, profile: ServerProfile, before: ServerProfile | None) -> tuple[ServerProfile, ...]:
        self.gate.wait(10)
        if before is None:
            self.listed.append(profile)
        else:
            self.listed[self._index(before)] = profile
        return self.profiles()

    def remove(self, before: ServerProfile) -> tuple[ServerProfile, ...]:
        del self.listed[self._index(before)]
        return self.profiles()

    def people_with_work(self, name: str) -> int:
        return self.people.get(name, 0)

    def reach(self, profile: ServerProfile) -> None:
        self.reached.append(profile)
        if self.refusal is not None:
            raise self.refusal

    def _index(self, before: ServerProfile) -> int:
        if before not in self.listed:
            raise ConflictError("The server was changed meanwhile.", kept="What was done there stands.")
        return self.listed.index(before)
