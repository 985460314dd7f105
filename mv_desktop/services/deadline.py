"""Deadlines with the working hours and holidays of a server, or those that ship with the program."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.paths import resource
from mv_desktop.domain.sla import Deadline, Holiday, WorkCalendar, WorkingHours
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.holiday import holidays
from mv_desktop.services.setting import settings


@dataclass(frozen=True, slots=True)
class Explanation:
    """A deadline and where its rules come from: `source` is "server" or "shipped"."""

    deadline: Deadline
    basis: str
    source: str

    def as_json(self) -> dict[str, Any]:
        """For programs; times in the configured zone."""
        deadline = self.deadline
        return {
            "received": deadline.received.astimezone(deadline.zone).isoformat(),
            "deadline": deadline.due.astimezone(deadline.zone).isoformat(),
            "sla_hours": deadline.sla_hours,
            "basis": self.basis,
            "working_hours_allowed": deadline.budget.total_seconds() / 3600,
            "skipped": [{"date": item.day.isoformat(), "reason": item.reason} for item in deadline.skipped],
            "years_without_holidays": list(deadline.years_without_holidays),
            "explanation": deadline.explanation,
            "source": self.source,
        }

    def as_text(self) -> str:
        """For people."""
        due = self.deadline.due.astimezone(self.deadline.zone)
        return f"Due {due:%Y-%m-%d %H:%M:%S} ({self.deadline.zone.key}): {self.deadline.explanation}"


def explain(received: str, sla_hours: int, url: str | None = None) -> Explanation:
    """When a script is due, and why.

    Args:
        received: ISO 8601; without a zone it is in that of the working hours.
        sla_hours: what was promised.
        url: the server whose working hours and holidays count; those shipped when None.

    Raises:
        InvalidError: `received` is no moment.
    """
    try:
        moment = datetime.fromisoformat(received)
    except ValueError:
        raise InvalidError(f"“{received}” is not a moment.", remedy="Write it as 2026-01-19T14:00.") from None
    calendar = shipped_calendar() if url is None else _calendar_at(url)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=calendar.hours.zone)
    source = "shipped" if url is None else "server"
    return Explanation(calendar.deadline(moment, sla_hours), calendar.hours.basis.value, source)


def server_calendar(session: Session) -> WorkCalendar:
    """The working hours and holidays of the server."""
    return WorkCalendar(WorkingHours.from_setting(settings(session)["sla_working_hours"]), holidays(session))


def mark_breaches(session: Session, limit: int, now: datetime | None = None) -> int:
    """Mark open evaluations whose deadline has passed, for the worker; none is ever unmarked.

    Each is audited and told once, and once more when a second deadline of it has passed.

    Args:
        session: the worker's.
        limit: how many at most.
        now: the moment, aware; the server's clock when None.

    Returns:
        How many were marked. Those that are being written at this moment are left for the next time.
    """
    values = {"limit": limit, "now": now}
    marking = text("SELECT api.mark_breaches(:limit, coalesce(CAST(:now AS timestamptz), now()))")
    return int(session.scalar(marking, values) or 0)


def shipped_calendar() -> WorkCalendar:
    """The working hours and holidays that ship with the program, for a computer without a server."""
    rows = json.loads(resource("reference", "system_config.json").read_text(encoding="utf-8"))
    values = {row["key"]: row["value"] for row in rows}
    with resource("reference", "holidays.csv").open(encoding="utf-8", newline="") as file:
        days = [Holiday(date.fromisoformat(row["holiday_date"]), row["holiday_name"]) for row in csv.DictReader(file)]
    return WorkCalendar(WorkingHours.from_setting(values["sla_working_hours"]), days)


def _calendar_at(url: str) -> WorkCalendar:
    engine = make_engine(url, application_name="mv-desktop sla")
    try:
        with open_session(engine) as session:
            return server_calendar(session)
    finally:
        engine.dispose()
