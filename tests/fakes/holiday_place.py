"""Holidays in memory, behind the office's port, with scripts whose deadlines run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from mv_desktop.core.errors import ConflictError, OfflineError, RefusedError
from mv_desktop.domain.holiday import (
    CalendarChange,
    Consequence,
    HolidayDraft,
    HolidayRow,
    Move,
    OpenScript,
    calendars,
    moves,
)
from mv_desktop.domain.holiday_import import Gazetted
from mv_desktop.domain.record import Change, Opened
from mv_desktop.domain.sla import WorkingHours
from tests.fakes.plan_place import NOW

HOURS = WorkingHours()


def script(number: int, start: str, due: str, **values: object) -> OpenScript:
    """One of 24 hours; moments in India."""
    zone = HOURS.zone
    begin, end = (datetime.fromisoformat(one).replace(tzinfo=zone).astimezone(UTC) for one in (start, due))
    return OpenScript(UUID(int=number), f"MV-{number:04}", "Asha Rao", 24, begin, end, 1, **values)  # type: ignore[arg-type]


class FakeHolidays:
    """A `HolidayPlace`.

    Attributes:
        reachable: False cuts the network.
        rows, scripts: as the server has them.
        reasons: of what was saved.
        log: what is told of every holiday.
    """

    def __init__(self) -> None:
        self.reachable = True
        days = (("2026-08-15", "Independence Day"), ("2026-10-02", "Gandhi Jayanti"), ("2026-10-02", "गांधी जयंती"))
        self.rows = {
            UUID(int=number): HolidayRow(UUID(int=number), date.fromisoformat(day), name, "national", False, NOW)
            for number, (day, name) in enumerate(days, 1)
        }
        self.scripts = {one.evaluation_id: one for one in (
            script(1, "2026-07-15T14:00", "2026-07-16T14:00"), script(2, "2026-07-14T10:00", "2026-07-15T10:00"),
        )}  # fmt: skip
        self.reasons: list[str] = []
        self.log: list[Change] = []
        self.at = NOW

    @property
    def state(self) -> str:
        return str(sorted((row.holiday_id.int, row.seen) for row in self.rows.values()))

    # -- the place -------------------------------------------------------------------------------------------

    def all(self) -> tuple[HolidayRow, ...]:
        self._reach()
        return tuple(sorted(self.rows.values(), key=lambda row: (row.holiday_date, row.holiday_name)))

    def open(self, holiday: UUID) -> Opened[HolidayDraft]:
        self._reach()
        row = self.rows.get(holiday)
        if row is None:
            raise RefusedError("There is no such holiday on the server.")
        draft = HolidayDraft(row.holiday_date, row.holiday_name, row.holiday_type, row.is_working_day)
        return Opened(str(holiday), row.seen, draft)

    def consequence(self, changes: Sequence[CalendarChange]) -> Consequence:
        self._reach()
        before, after = calendars(HOURS, self.all(), changes, None)
        return Consequence(self.state, moves(self.scripts.values(), before, after, NOW))

    def save(self, changes: Sequence[CalendarChange], state: str, moving: Sequence[Move], reason: str) -> None:
        self._reach()
        if state != self.state:
            raise ConflictError("The calendar was changed meanwhile. Nothing was saved.", remedy="Look again.")
        self.at += timedelta(minutes=1)
        for change in changes:
            if change.draft is None:
                del self.rows[change.key]
                continue
            draft = change.draft
            assert draft.holiday_date is not None
            self.rows[change.key] = HolidayRow(
                change.key, draft.holiday_date, draft.holiday_name, draft.holiday_type, draft.is_working_day, self.at
            )
        for move in moving:
            one = self.scripts[move.script.evaluation_id]
            self.scripts[one.evaluation_id] = OpenScript(
                one.evaluation_id, one.code, one.teacher, one.sla_hours, one.start, move.after, one.version, one.by_hand
            )
        self.reasons.append(reason)

    def changes(self, holiday: UUID) -> tuple[Change, ...]:
        self._reach()
        return tuple(self.log)

    def regions(self) -> tuple[tuple[str, str], ...]:
        self._reach()
        return (("KL", "Kerala"), ("MH", "Maharashtra"))

    def gazetted(self, year: int, region: str, language: str) -> tuple[Gazetted, ...]:
        self._reach()
        extra = [Gazetted(date(year, 5, 1), "Maharashtra Day")] if region == "MH" else []
        moon = "ईद (अनुमानित)" if language == "hi" else "Id-ul-Fitr (estimated)"
        return (
            Gazetted(date(year, 7, 16), "Rath Yatra"),
            Gazetted(date(year, 8, 15), "independence  day"),
            Gazetted(date(year, 10, 2), "Mahatma's Day"),
            Gazetted(date(year, 12, 24), moon),
            *extra,
        )

    def _reach(self) -> None:
        if not self.reachable:
            raise OfflineError("The server cannot be reached.")
