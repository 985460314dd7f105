"""What the board says of teachers, scripts and moves, in the language spoken."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from mv_desktop.domain.assignment import Obstacle
from mv_desktop.domain.board import Outlook
from mv_desktop.domain.board_view import TeacherRow
from mv_desktop.domain.forecast import Expected
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.deadline_text import day, duration, moment

NOBODY = "Nobody"
"""Who has what lies in the pool."""

OBSTACLES: dict[Obstacle, str] = {
    Obstacle.AWAY: "She is away today.",
    Obstacle.LIMIT: "It is more than she may be given today.",
    Obstacle.CLASS: "She does not mark its class.",
    Obstacle.CONFLICT: "She may not mark this student’s scripts.",
}
"""What speaks against a move."""


def finish_text(entry: Expected, now: datetime, zone: tzinfo) -> str:
    """When a script is expected to be finished."""
    if not entry.place:
        return "–"
    return tr("not within ten years") if entry.finish is None else moment(entry.finish, now, zone)


def reason_text(entry: Expected) -> str:
    """Why it is finished no earlier: "6th in the queue, 4 h 20 min of work before it"."""
    if not entry.place:
        return tr("In nobody’s hands, {work} of work", work=duration(entry.script.work))
    if entry.before:
        text = tr("No. {place} in the queue, {work} of work before it", place=entry.place, work=duration(entry.before))
    else:
        text = tr("Next in the queue, {work} of work", work=duration(entry.script.work))
    if entry.back_on is not None:
        text = tr("{reason}; its teacher is back on {day}", reason=text, day=day(entry.back_on))
    return text


def work_text(outlook: Outlook, left: timedelta) -> str:
    """Work against working time, "6:10 of 8:00" hours; "–" where there is none."""
    if not outlook.scripts:
        return "–"
    return tr("{work} of {time}", work=_hours(outlook.work), time=_hours(left))


def seen_text(seen: datetime | None, now: datetime, zone: tzinfo) -> str:
    """When the server last heard of somebody."""
    if seen is None:
        return tr("never")
    if now - seen < timedelta(minutes=2):
        return tr("now")
    if now - seen < timedelta(hours=1):
        return tr("{minutes} min ago", minutes=int((now - seen).total_seconds()) // 60)
    return moment(seen, now, zone)


def state_text(row: TeacherRow) -> str:
    """Why a teacher does not mark now; "" for one who does."""
    if not row.marks:
        return tr("Marks no more: her scripts are in nobody’s hands.")
    if row.away:
        return tr("Away today.") if row.back_on is None else tr("Away, back on {day}.", day=day(row.back_on))
    return ""


def outlook_text(outlook: Outlook, now: datetime, zone: tzinfo) -> str:
    """How a queue stands, in a line: how many, how much work, finished when, how many too late."""
    if not outlook.scripts:
        return tr("no scripts")
    parts = [tr_count("{count} script", "{count} scripts", outlook.scripts), duration(outlook.work)]
    if outlook.finish is not None:
        parts.append(tr("finished {when}", when=moment(outlook.finish, now, zone)))
    if outlook.late:
        parts.append(tr("{count} overdue", count=outlook.late))
    if outlook.at_risk:
        parts.append(tr("{count} at risk", count=outlook.at_risk))
    return " · ".join(parts)


def scripts_text(count: int) -> str:
    """How many scripts."""
    return tr_count("{count} script", "{count} scripts", count)


def _hours(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return f"{hours}:{minutes:02}"
