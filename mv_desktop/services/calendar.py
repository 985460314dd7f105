"""The calendar of working days, for who keeps it: holidays, and what their change does to deadlines that run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.holiday import (
    CalendarChange,
    Consequence,
    HolidayDraft,
    HolidayRow,
    HoursChange,
    Move,
    OpenScript,
    calendars,
    moves,
)
from mv_desktop.domain.record import Opened
from mv_desktop.domain.sla import WorkingHours
from mv_desktop.services.record import accepted
from mv_desktop.services.setting import settings

_HOLIDAYS = (
    "SELECT h.holiday_id, h.holiday_date, h.holiday_name, coalesce(h.holiday_type, '') AS holiday_type,"
    " h.is_working_day, h.updated_at FROM public.holidays h"
)
_SCRIPTS = """
    SELECT e.evaluation_id, e.exam_instance_id, u.first_name || ' ' || u.last_name AS teacher, e.sla_hours_allocated,
           coalesce(r.returned_at, k.received_at, e.assigned_at) AS start, e.sla_deadline, e.assignment_version,
           EXISTS (
               SELECT 1 FROM public.deadline_changes c
               WHERE c.evaluation_id = e.evaluation_id AND c.kind IN ('extended', 'returned')
                 AND c.changed_at >= coalesce(r.returned_at, '-infinity')
           ) AS by_hand
    FROM public.evaluations e
    JOIN public.users u ON u.user_id = e.teacher_user_id
    LEFT JOIN public.evaluation_clock k ON k.exam_instance_id = e.exam_instance_id
    LEFT JOIN LATERAL (
        SELECT max(t.returned_at) AS returned_at FROM public.evaluation_returns t
        WHERE t.evaluation_id = e.evaluation_id
    ) r ON true
    WHERE e.status IN ('assigned', 'in_progress')
"""


def holiday_rows(session: Session) -> tuple[HolidayRow, ...]:
    """All holidays by date, for who keeps them."""
    return tuple(
        HolidayRow(*row) for row in session.execute(text(f"{_HOLIDAYS} ORDER BY h.holiday_date, h.holiday_name"))
    )


def open_holiday(session: Session, holiday: UUID) -> Opened[HolidayDraft]:
    """A holiday as it stands.

    Raises:
        RefusedError: there is none.
    """
    row = session.execute(text(f"{_HOLIDAYS} WHERE h.holiday_id = :holiday"), {"holiday": holiday}).one_or_none()
    if row is None:
        raise RefusedError("There is no such holiday on the server.")
    return Opened(str(holiday), row.updated_at, HolidayDraft(*row[1:5]))


def calendar_state(session: Session) -> str:
    """How holidays and hours stand, for `put_calendar` to be told."""
    return str(session.scalar(text("SELECT api.calendar_state()")))


def consequence(
    session: Session, changes: Sequence[CalendarChange], hours: HoursChange | None = None, now: datetime | None = None
) -> Consequence:
    """Which open deadlines move when the calendar changes so.

    Args:
        session: on an admin's own login.
        changes: of holidays.
        hours: other working hours, too.
        now: the moment, aware; the server's clock when None.

    Raises:
        InvalidError: hours that leave no working time.
    """
    # The state first: what is written meanwhile makes it another one, and the change is refused.
    state, moment = session.execute(text("SELECT api.calendar_state(), now()")).one()
    standing = WorkingHours.from_setting(settings(session)["sla_working_hours"])
    new = None if hours is None else _hours(hours.value)
    before, after = calendars(standing, holiday_rows(session), changes, new)
    return Consequence(state, moves(open_scripts(session), before, after, now or moment))


def open_scripts(session: Session) -> tuple[OpenScript, ...]:
    """Every script whose deadline runs."""
    return tuple(
        OpenScript(
            row.evaluation_id, script_code(row.exam_instance_id), row.teacher, row.sla_hours_allocated, row.start,
            row.sla_deadline, row.assignment_version, row.by_hand,
        )
        for row in session.execute(text(_SCRIPTS))
    )  # fmt: skip


def put_calendar(
    session: Session,
    state: str,
    changes: Sequence[CalendarChange],
    moving: Sequence[Move],
    reason: str,
    hours: HoursChange | None = None,
) -> int:
    """Change the calendar, and move these deadlines with it: all of it or nothing.

    Args:
        session: on an admin's own login.
        state: as `consequence` gave it.
        changes: of holidays.
        moving: the deadlines that move; all others stay as they are.
        reason: at most 2,000 characters.
        hours: other working hours, too.

    Returns:
        How many deadlines moved.

    Raises:
        ConflictError: the calendar, or a script, is otherwise than it was seen.
        InvalidError: a value does not fit; two holidays of one name on one day.
        RefusedError: it cannot be done at all.
        NotAllowedError: the caller is no admin.
    """
    sent = [_sent(change) for change in changes]
    if hours is not None:
        sent.append({"kind": "setting", "seen": _told(hours.seen), "values": {"config_value": hours.value}})
    moved = [
        {
            "evaluation": str(move.script.evaluation_id), "seen": _told(move.script.due),
            "version": move.script.version, "after": _told(move.after),
        }
        for move in moving
    ]  # fmt: skip
    answer = session.scalar(
        text("SELECT api.put_calendar(:state, CAST(:changes AS jsonb), CAST(:moves AS jsonb), :reason)"),
        {"state": state, "changes": json.dumps(sent), "moves": json.dumps(moved), "reason": reason},
    )
    return int(accepted(_named(answer))["moved"])


def _named(answer: Any) -> object:  # noqa: ANN401 (JSON of the server)
    """The answer, where it refuses nothing that only a calendar is refused for."""
    refused = answer.get("refused") if isinstance(answer, dict) else None
    if refused == "rule" and answer["rule"] == "uq_holidays_date_name":
        raise InvalidError("There is a holiday of this name on that day already. Nothing was saved.")
    match refused:
        case "calendar_changed":
            raise ConflictError(
                "The calendar was changed meanwhile. Nothing was saved.", remedy="Look at the deadlines again."
            )
        case "script_changed" | "unknown_script":
            raise ConflictError(
                "A script with one of these deadlines has changed meanwhile. Nothing was saved.",
                remedy="Look at the deadlines again.",
            )
        case "no_deadline":
            raise RefusedError("A deadline cannot move there: it would lie in the past, or more than 60 days ahead.")
    return answer


def _hours(value: Any) -> WorkingHours:  # noqa: ANN401 (JSON, which is looked at there)
    return WorkingHours.from_setting(value)


def _sent(change: CalendarChange) -> dict[str, Any]:
    values: dict[str, Any] | None = None
    if change.draft is not None:
        day: date | None = change.draft.holiday_date
        values = {
            "holiday_date": None if day is None else day.isoformat(), "holiday_name": change.draft.holiday_name.strip(),
            "holiday_type": change.draft.holiday_type.strip() or None, "is_working_day": change.draft.is_working_day,
        }  # fmt: skip
    seen = None if change.seen is None else _told(change.seen)
    return {"kind": "holiday", "key": str(change.key), "seen": seen, "values": values}


def _told(moment: datetime) -> str:
    return moment.isoformat()
