"""Holidays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.holiday import CalendarChange, Consequence, HolidayDraft, HolidayRow, Move
from mv_desktop.domain.holiday_import import Gazetted
from mv_desktop.domain.record import Change, Opened
from mv_desktop.domain.record_import import Done, Put, Told, tell

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_MOST_CHANGES = 400
"""So many are written by one call; all calls are one transaction."""


class Holidays:
    """As `services.calendar`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def all(self) -> tuple[HolidayRow, ...]:
        """Every holiday, by date."""
        from mv_desktop.services.calendar import holiday_rows

        with self._connect() as session:
            return holiday_rows(session)

    def open(self, holiday: UUID) -> Opened[HolidayDraft]:
        """One of them."""
        from mv_desktop.services.calendar import open_holiday

        with self._connect() as session:
            return open_holiday(session, holiday)

    def consequence(self, changes: Sequence[CalendarChange]) -> Consequence:
        """Which deadlines move when the calendar changes so."""
        from mv_desktop.services.calendar import consequence

        with self._connect() as session:
            return consequence(session, changes)

    def save(self, changes: Sequence[CalendarChange], state: str, moving: Sequence[Move], reason: str) -> None:
        """Change it, and move these deadlines with it."""
        from mv_desktop.services.calendar import put_calendar

        with self._connect() as session:
            put_calendar(session, state, changes, moving, reason)

    def changes(self, holiday: UUID) -> tuple[Change, ...]:
        """What was changed of one, the newest first."""
        from mv_desktop.services.change import changes_of

        with self._connect() as session:
            return changes_of(session, "holiday", str(holiday))

    def regions(self) -> tuple[tuple[str, str], ...]:
        """The states whose holidays can be imported, code and name."""
        from mv_desktop.services.gazette import regions

        return regions()

    def gazetted(self, year: int, region: str, language: str) -> tuple[Gazetted, ...]:
        """The gazetted holidays of a year."""
        from mv_desktop.services.gazette import gazetted

        return gazetted(year, region, language)


class HolidayTable:
    """Many holidays at once, from files. There are so few that all are looked at.

    Args:
        connect: a session on the person's own login.
        ids: of new ones.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]], ids: IdSource) -> None:
        self._connect, self._ids = connect, ids

    def opened(self, keys: Sequence[str]) -> tuple[Opened[HolidayDraft], ...]:
        """These as they stand."""
        from mv_desktop.services.calendar import holiday_rows

        with self._connect() as session:
            rows = holiday_rows(session)
        return tuple(_opened(row) for row in rows if str(row.holiday_id) in set(keys))

    def alike(self, drafts: Sequence[HolidayDraft]) -> tuple[Opened[HolidayDraft], ...]:
        """All of them."""
        from mv_desktop.services.calendar import holiday_rows

        del drafts
        with self._connect() as session:
            return tuple(map(_opened, holiday_rows(session)))

    def consequence(self, puts: Sequence[Put]) -> Consequence:
        """Which deadlines move when these are written."""
        from mv_desktop.services.calendar import consequence

        with self._connect() as session:
            return consequence(session, self._changes(puts))

    def put(
        self, puts: Sequence[Put], reason: str, weighed: tuple[Consequence, Sequence[Move]] | None, told: Told
    ) -> tuple[Done, ...]:
        """Write all of them and move these deadlines, or nothing of it.

        Raises:
            ConflictError: the calendar, or a script, is otherwise than it was seen.
            InvalidError: two holidays of one name on one day.
        """
        from mv_desktop.services.calendar import calendar_state, holiday_rows, put_calendar

        changes = self._changes(puts)
        with self._connect() as session:
            state, moving = (weighed[0].state, weighed[1]) if weighed else (calendar_state(session), ())
            for start in range(0, len(changes), _MOST_CHANGES):
                part = changes[start : start + _MOST_CHANGES]
                put_calendar(session, state, part, moving, reason)
                state, moving = calendar_state(session), ()  # as this transaction has just made it
                tell(told, start + len(part), len(changes))
            now = {row.holiday_id: _opened(row) for row in holiday_rows(session)}
        return tuple(
            Done(now[change.key], put.opened, put.row)
            for change, put in zip(changes, puts, strict=True)
            if change.draft is not None
        )

    def _changes(self, puts: Sequence[Put]) -> list[CalendarChange]:
        return [
            CalendarChange(self._ids(), None, put.draft)
            if put.opened is None
            else CalendarChange(UUID(put.opened.key), put.opened.seen, put.draft)
            for put in puts
        ]


def _opened(row: HolidayRow) -> Opened[HolidayDraft]:
    draft = HolidayDraft(row.holiday_date, row.holiday_name, row.holiday_type, row.is_working_day)
    return Opened(str(row.holiday_id), row.seen, draft)
