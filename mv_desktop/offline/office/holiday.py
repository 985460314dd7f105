"""Holidays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.holiday import CalendarChange, Consequence, HolidayDraft, HolidayRow, Move
from mv_desktop.domain.holiday_import import Gazetted
from mv_desktop.domain.record import Change, Opened

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


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
