"""The server's side of files in memory: over the places of plans and of holidays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from mv_desktop.core.errors import UserError
from mv_desktop.domain.holiday import CalendarChange, Consequence, HolidayDraft, Move
from mv_desktop.domain.import_history import (
    CHANGED_SINCE,
    Bringing,
    Deed,
    ImportedRow,
    ImportState,
    Outcome,
    PastImport,
    Prospect,
    difference,
    said_of,
)
from mv_desktop.domain.plan import PlanDraft
from mv_desktop.domain.record import Opened, Slice
from mv_desktop.domain.record_import import Done, Put, Taken, at_row
from mv_desktop.domain.subscription import PlanType
from tests.fakes.family_place import FakeStudents
from tests.fakes.holiday_place import FakeHolidays
from tests.fakes.member_place import FakeMembers
from tests.fakes.plan_place import FakePlans

Told = Callable[[int, int], bool]
Weighed = tuple[Consequence, Sequence[Move]] | None
AT = datetime(2026, 7, 15, 6, 30, tzinfo=UTC)


class KeptImports:
    """What a `TablePlace` keeps of its imports; a table gives `opened` and `put`.

    Attributes:
        kept: the imports, the newest first.
        rows: what each did.
    """

    def __init__(self) -> None:
        self.kept: list[PastImport] = []
        self.rows: dict[UUID, list[ImportedRow]] = {}
        self._done: dict[UUID, dict[str, Done]] = {}

    def opened(self, keys: Sequence[str]) -> list[Opened]:
        raise NotImplementedError

    def consequence(self, puts: Sequence[Put]) -> Consequence | None:
        raise NotImplementedError

    def put(self, puts: Sequence[Put], reason: str, weighed: Weighed, told: Told) -> tuple[Done, ...]:
        raise NotImplementedError

    def bring_in(self, what: Bringing, reason: str, weighed: Weighed, told: Told) -> UUID:
        done = self.put(what.puts, reason, weighed, told)
        import_id = UUID(int=9000 + len(self.kept))
        self._done[import_id] = {one.now.key: one for one in done}
        self.rows[import_id] = [_row(what, place, one) for place, one in enumerate(done, 1)]
        new = sum(one.before is None for one in done)
        at = AT + timedelta(hours=len(self.kept))
        state = ImportState.DONE
        self.kept.insert(0, PastImport(import_id, "", what.file, "Asha Rao", at, state, new, len(done) - new))
        return import_id

    def imports(self, after: PastImport | None) -> Slice[PastImport]:
        start = 0 if after is None else self.kept.index(after) + 1
        return Slice(tuple(self.kept[start : start + 2]), len(self.kept) > start + 2)

    def import_rows(self, import_id: UUID, after: ImportedRow | None) -> Slice[ImportedRow]:
        start = 0 if after is None else after.place
        return Slice(tuple(self.rows[import_id][start : start + 500]), len(self.rows[import_id]) > start + 500)

    def prospect(self, import_id: UUID) -> Prospect:
        waiting = [row for row in self.rows[import_id] if row.outcome is None]
        same = [row for row in waiting if self._put_back(row) is not None]
        new = sum(row.deed is Deed.NEW for row in same)
        return Prospect(new, len(same) - new, len(waiting) - len(same))

    def weigh_back(self, import_id: UUID) -> Consequence | None:
        puts = [self._put_back(row) for row in reversed(self.rows[import_id])]
        return self.consequence([put for put in puts if put is not None])

    def take_back(self, import_id: UUID, reason: str, weighed: Weighed, told: Told) -> Taken:
        counts = dict.fromkeys(Outcome, 0)
        rows = self.rows[import_id]
        back = [(place, row, self._put_back(row)) for place, row in reversed(list(enumerate(rows)))]
        puts = [put for _, _, put in back if put is not None]
        if puts:  # all at once, as it was weighed
            self.put(puts, reason, weighed, lambda _done, _all: True)
        for place, row, put in back:
            outcome, why = Outcome.LEFT, CHANGED_SINCE
            if put is not None:
                stays = row.deed is Deed.CHANGED or bool(self.opened([row.key]))
                outcome = Outcome.PUT_BACK if row.deed is Deed.CHANGED else Outcome.ARCHIVED if stays else Outcome.GONE
                why = ""
            counts[outcome] += 1
            rows[place] = replace(row, outcome=outcome, why=why, by="" if put else "Ravi Iyer")
            told(len(rows) - place, len(rows))
        (number,) = [number for number, one in enumerate(self.kept) if one.import_id == import_id]
        state = ImportState.TAKEN_BACK
        self.kept[number] = replace(self.kept[number], state=state, taken_back_by="Asha Rao", taken_back_at=AT)
        return Taken(*(counts[one] for one in Outcome))

    def _put_back(self, row: ImportedRow) -> Put | None:
        now = {one.key: one for one in self.opened([row.key])}.get(row.key)
        if now is None or now.seen != row.left_at:
            return None
        before = next(done[row.key].before for done in self._done.values() if row.key in done)
        return Put(0, now, None if row.deed is Deed.NEW or before is None else before.draft)


def _row(what: Bringing, place: int, done: Done) -> ImportedRow:
    before, after = None, said_of(done.now.draft, what.names)
    deed = Deed.NEW if done.before is None else Deed.CHANGED
    if done.before is not None:
        before, after = difference(done.before.draft, done.now.draft, what.names)
    label = what.label(done.now.draft)
    return ImportedRow(place, place + 1, done.now.key, label, deed, before, after, done.now.seen)


class FakePlanTable(KeptImports):
    """A `TablePlace`, which writes all or nothing.

    Attributes:
        problem: what stands in the way of the second row, once.
    """

    def __init__(self, place: FakePlans) -> None:
        super().__init__()
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


class FakeHolidayTable(KeptImports):
    """A `TablePlace`, which asks after deadlines."""

    def __init__(self, place: FakeHolidays) -> None:
        super().__init__()
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


class FakePeopleTable(KeptImports):
    """A `PeoplePlace`, over the place of students or of staff; parents are at home.in.

    Attributes:
        made: the first passwords of the last import, until they are asked for.
    """

    def __init__(self, place: FakeStudents | FakeMembers) -> None:
        super().__init__()
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
