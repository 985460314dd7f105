"""How a deadline is told: how urgent it is, when it is due, how much working time is left, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from PySide6.QtGui import QFontMetrics, QGuiApplication

from mv_desktop.domain.sla import Deadline, WorkCalendar
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Urgency(StrEnum):
    """How near a deadline is, the most urgent first."""

    BREACHED = "breached"
    TODAY = "today"
    SOON = "soon"
    """Within one working day of working time, but not today."""
    LATER = "later"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands for an urgency beside its words: an icon, a colour, and a word."""

    icon: str
    role: ColorRole
    word: str


SIGNS: dict[Urgency, Sign] = {
    Urgency.BREACHED: Sign("warning", "danger", "Breached"),
    Urgency.TODAY: Sign("flag", "soon", "Today"),
    Urgency.SOON: Sign("clock", "accent", "Soon"),
    Urgency.LATER: Sign("clock", "muted", "Later"),
    Urgency.DONE: Sign("done", "done", "Done"),
}


@dataclass(frozen=True, slots=True)
class ToldDeadline:
    """A deadline in words, at one moment.

    Attributes:
        due: "today 16:40", "tomorrow 12:00", "Mon 24 Nov 16:40".
        left: working time, "1 h 20 min", or "2 h late"; "" when done.
        line: both, "due today 16:40 · 1 h 20 min left".
        word: the urgency.
        tooltip: the full deadline, the time left on the clock, and why it is what it is.
    """

    urgency: Urgency
    due: str
    left: str
    line: str
    word: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class DueWork:
    """What is known of one deadline.

    Attributes:
        received, due: aware UTC; `due` is the server's word.
        breached: the server's verdict.
        done: handed in; nothing is left to do.
    """

    received: datetime
    due: datetime
    sla_hours: int
    breached: bool = False
    done: bool = False


def told(work: DueWork, calendar: WorkCalendar, now: datetime) -> ToldDeadline:
    """The words for `work` at `now` (aware)."""
    zone = calendar.hours.zone
    urgency = urgency_of(work, calendar, now)
    due = moment(work.due, now, zone)
    left = "" if work.done else _left(calendar.working_time(now, work.due), late=work.due < now)
    if work.done:
        line = tr("was due {due}", due=due)
    elif work.due < now:
        line = tr("was due {due} · {late}", due=due, late=left)
    else:
        line = tr("due {due} · {left} left", due=due, left=left)
    return ToldDeadline(urgency, due, left, line, tr(SIGNS[urgency].word), _tooltip(work, calendar, now))


def duration(length: timedelta) -> str:
    """A length of time to the minute, rounded down: "1 h 20 min", "45 min", "3 h"."""
    minutes = int(length.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    if hours and minutes:
        return tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if hours:
        return tr("{hours} h", hours=hours)
    return tr("{minutes} min", minutes=minutes)


def moment(when: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment as it is said today: "today 16:40", "yesterday 09:05", "Mon 24 Nov 16:40" (with a year if another)."""
    local, today = when.astimezone(zone), now.astimezone(zone).date()
    time = f"{local:%H:%M}"
    days = (local.date() - today).days
    if days == 0:
        return tr("today {time}", time=time)
    if days == 1:
        return tr("tomorrow {time}", time=time)
    if days == -1:
        return tr("yesterday {time}", time=time)
    return f"{day(local.date(), year=local.year != today.year)} {time}"


def whole_moment(when: datetime, zone: tzinfo) -> str:
    """A moment with all that belongs to it, for a tool tip: "Mon 24 Nov 2025 16:40 (IST)"."""
    local = when.astimezone(zone)
    name = local.tzname() or local.astimezone(UTC).tzname()
    return f"{day(local.date(), year=True)} {local:%H:%M} ({name})"


def longest_moment() -> str:
    """As wide as any moment of this year, in the language spoken: for the width of a column."""
    width = QFontMetrics(QGuiApplication.font()).horizontalAdvance
    weekday, month = (max(map(tr, words), key=width) for words in (_DAYS, _MONTHS))
    return f"{weekday} 00 {month} 00:00"


def longest_day() -> str:
    """As wide as any day with its year."""
    return f"{longest_moment().removesuffix(' 00:00')} 0000"


def day(value: date, *, year: bool = False) -> str:
    """A day: "Mon 24 Nov", with its year where asked."""
    text = f"{tr(_DAYS[value.weekday()])} {value.day} {tr(_MONTHS[value.month - 1])}"
    return f"{text} {value.year}" if year else text


def explanation(deadline: Deadline) -> str:
    """`Deadline.explanation` in the language spoken."""
    start = deadline.received.astimezone(deadline.zone)
    text = tr("{hours} h from {start}", hours=deadline.sla_hours, start=f"{day(start.date())} {start:%H:%M}")
    if deadline.skipped:
        days = ", ".join(f"{day(closed.day)} {closed.reason}".strip() for closed in deadline.skipped)
        text = tr("{reason}, skipping {days}", reason=text, days=days)
    for year in deadline.years_without_holidays:
        text = tr("{reason}; holidays of {year} not entered", reason=text, year=year)
    return text


def reasons(work: DueWork, calendar: WorkCalendar) -> str:
    """Why `work` is due when it is due; says so when the server's deadline is not what the calendar gives today."""
    computed = calendar.deadline(work.received, work.sla_hours)
    text = explanation(computed)
    if abs(computed.due - work.due) >= timedelta(minutes=1):
        local = computed.due.astimezone(calendar.hours.zone)
        text += "\n" + tr(
            "The server set another deadline; by today's calendar it would be {due}.",
            due=f"{day(local.date(), year=True)} {local:%H:%M}",
        )
    return text


def urgency_of(work: DueWork, calendar: WorkCalendar, now: datetime) -> Urgency:
    """How urgent `work` is at `now` (aware)."""
    if work.done:
        return Urgency.DONE
    if work.breached or work.due < now:
        return Urgency.BREACHED
    zone = calendar.hours.zone
    if work.due.astimezone(zone).date() == now.astimezone(zone).date():
        return Urgency.TODAY
    hours = calendar.hours
    one_day = datetime.combine(date.min, hours.closes) - datetime.combine(date.min, hours.opens)
    return Urgency.SOON if calendar.working_time(now, work.due) <= one_day else Urgency.LATER


def _left(working: timedelta, *, late: bool) -> str:
    if not late:
        return duration(working)
    if -working < timedelta(minutes=1):
        return tr("late")
    return tr("{time} late", time=duration(-working))


def _tooltip(work: DueWork, calendar: WorkCalendar, now: datetime) -> str:
    lines = [tr("Due {due}", due=whole_moment(work.due, calendar.hours.zone))]
    if not work.done:
        clock = work.due - now
        lines.append(
            tr("{time} left on the clock", time=duration(clock))
            if clock >= timedelta(0)
            else tr("{time} ago on the clock", time=duration(-clock))
        )
    lines.append(reasons(work, calendar))
    return "\n".join(lines)
