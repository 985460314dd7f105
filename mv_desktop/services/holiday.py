"""Holidays, for deadlines."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.sla import Holiday


def holidays(session: Session) -> tuple[Holiday, ...]:
    """All holidays in the order of their dates; two may fall on one day."""
    rows = session.execute(
        text(
            "SELECT holiday_date, holiday_name, is_working_day FROM public.holidays ORDER BY holiday_date, holiday_name"
        )
    )
    return tuple(Holiday(row.holiday_date, row.holiday_name, row.is_working_day) for row in rows)
