"""The server's side of files in memory: over the places of plans and of holidays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from mv_desktop.core.errors import UserError
from mv_desktop.domain.holiday import CalendarChange, Consequence, HolidayDraft, Move
from mv_desktop.domain.plan import PlanDraft
from mv_desktop.domain.record import Opened
from mv_desktop.domain.record_import import Done, Put, at_row
from mv_desktop.domain.subscription import PlanType
from tests.fakes.family_place import FakeStudents
from tests.fakes.holiday_place import FakeHolidays
from tests.fakes.member_place import FakeMembers
from tests.fakes.plan_place import FakePlans

Told = Callable[[int, int], bool]
Weighed = tuple[Consequence, Sequence[Move]] | None


class FakePlanTable:
    """A `TablePlace`, which writes all or nothing.

    Attributes:
        problem: what stands in the way of the second row, once.
    """

    def __init__(self, place: FakePlans) -> None:
        self._place = place
        self.problem: UserError | None = None

    def opened(self, keys: Sequence[str]) -> list[Opened[PlanDraft]]:
        return [self._place.open(PlanType(key)) for key in keys if key in list(PlanType)]

    def alike(self, drafts: Sequence[PlanDraft]) -> list[Opened[PlanDraft]]:
        del drafts
        return self.opened([str(key) for key in self._place.plans])

    def consequence(self, puts: Sequence[Put]) -> None:
        del puts

    def put(self, puts: Sequence[Put], reason: str, weighed: Weighed, told: Told) -> tuple[Done, ...]:
        assert weighed is None
        problem, self.problem = self.problem, None
        if problem is not None:
            with at_row(puts[1]):
                raise problem
        done = []
        for number, put in enumerate(puts, 1):
            assert put.opened is not None
            self._place.save(put.opened, put.draft, reason)
            done.append(Done(self._place.open(PlanType(put.opened.key)), put.opened))
            assert told(number, len(puts))
        return tuple(done)


class FakeHolidayTable:
    """A `TablePlace`, which asks after deadlines."""

    def __init__(self, place: FakeHolidays) -> None:
        self._place = place
        self._made = 500

    def opened(self, keys: Sequence[str]) -> list[Opened[HolidayDraft]]:
        return [self._place.open(key) for key in self._place.rows if str(key) in keys]

    def alike(self, drafts: Sequence[HolidayDraft]) -> list[Opened[HolidayDraft]]:
        del drafts
        return self.opened([str(key) for key in self._place.rows])

    def consequence(self, puts: Sequence[Put]) -> Consequence:
        return self._place.consequence([self._change(put) for put in puts])

    def put(self, puts: Sequence[Put], reason: str, weighed: Weighed, told: Told) -> tuple[Done, ...]:
        assert weighed is not None
        changes = [self._change(put) for put in puts]
        self._place.save(changes, weighed[0].state, weighed[1], reason)
        told(len(puts), len(puts))
        return tuple(
            Done(self._place.open(change.key), put.opened)
            for change, put in zip(changes, puts, strict=True)
            if change.draft is not None
        )

    def _change(self, put: Put) -> CalendarChange:
        if put.opened is None:
            self._made += 1
            return CalendarChange(UUID(int=self._made), None, replace(put.draft))
        return CalendarChange(UUID(put.opened.key), put.opened.seen, put.draft)


class FakePeopleTable:
    """A `PeoplePlace`, over the place of students or of staff; parents are at home.in.

    Attributes:
        made: the first passwords of the last import, until they are asked for.
    """

    def __init__(self, place: FakeStudents | FakeMembers) -> None:
        self._place = place
        self.made: list[tuple[str, str, str]] = []

    def opened(self, keys: Sequence[str]) -> list[Opened]:
        return [self._place.open(key) for key in self._place.people if str(key) in keys]

    def alike(self, drafts: Sequence) -> list[Opened]:
        del drafts
        return self.opened([str(key) for key in self._place.people])

    def wrong(self, puts: Sequence[Put]) -> dict[int, tuple[str, str]]:
        return {
            put.row: ("email", "Somebody has this address already.")
            for put in puts
            if put.draft.email.startswith("taken")
        }

    def passwords(self) -> tuple[tuple[str, str, str], ...]:
        told, self.made = tuple(self.made), []
        return told

    def consequence(self, puts: Sequence[Put]) -> None:
        del puts

    def put(self, puts: Sequence[Put], reason: str, weighed: Weighed, told: Told) -> tuple[Done, ...]:
        assert weighed is None
        done = []
        for number, put in enumerate(puts, 1):
            if put.draft is None:
                self._place.close(put.opened if isinstance(self._place, FakeStudents) else UUID(put.opened.key), reason)
            elif put.opened is not None:
                self._place.save(put.opened, put.draft, reason)
                done.append(Done(self._place.open(UUID(put.opened.key)), put.opened))
            else:
                key = self._place.add(put.draft, reason)
                if isinstance(key, tuple):
                    self.made.append((f"{put.draft.first_name} {put.draft.last_name}", put.draft.email, key[1]))
                    key = key[0]
                done.append(Done(self._place.open(key), None))
            assert told(number, len(puts))
        return tuple(done)
