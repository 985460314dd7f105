"""What the things are called that ids in the audit log stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, tzinfo

from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.record_name import RecordName
from mv_desktop.ui.admin.audit_words import ROLES
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.deadline_text import day
from mv_desktop.ui.widgets.math_words import in_a_line

_MOST_LETTERS = 70
"""Of a question's words, or a comment's."""


def name_texts(names: Mapping[str, RecordName], zone: tzinfo) -> dict[str, str]:
    """What each is called, in the language spoken; by the same keys."""
    return {key: name_text(name, zone) for key, name in names.items()}


def name_text(name: RecordName, zone: tzinfo) -> str:
    """What one thing is called, in the language spoken.

    Args:
        name: what is known of it.
        zone: in which the day of an exam is told.
    """
    return _KINDS[name.kind](name, zone)


def _person(name: str) -> str:
    return name or tr("somebody made anonymous")


def _user(name: RecordName, _zone: tzinfo) -> str:
    role = tr(ROLES[name.role]) if name.role in ROLES else name.role
    return f"{_person(name.name)} ({role})"


def _code(name: RecordName) -> str:
    return "" if name.exam is None else script_code(name.exam)


def _script(name: RecordName, _zone: tzinfo) -> str:
    return _code(name)


def _page(name: RecordName, _zone: tzinfo) -> str:
    return tr("page {number} of {code}", number=name.number, code=_code(name))


def _exam(name: RecordName, zone: tzinfo) -> str:
    when = "" if name.at is None else day(name.at.astimezone(zone).date(), year=True)
    return " · ".join((_code(name), name.name, _person(name.of), when))


def _question(name: RecordName, _zone: tzinfo) -> str:
    words = _short(in_a_line(name.name))
    return words or tr("question on {unit}, {marks} marks", unit=name.of, marks=name.number)


def _comment(name: RecordName, _zone: tzinfo) -> str:
    return _short(in_a_line(name.name))


def _plain(name: RecordName, _zone: tzinfo) -> str:
    return name.name


def _subscription(name: RecordName, _zone: tzinfo) -> str:
    return f"{_person(name.of)} · {name.name} · {_day(name.first)} – {_day(name.last)}"


def _holiday(name: RecordName, _zone: tzinfo) -> str:
    return f"{name.name} · {_day(name.first)}"


def _mapping(name: RecordName, _zone: tzinfo) -> str:
    return tr("{parent}, parent of {child}", parent=_person(name.name), child=_person(name.of))


def _absence(name: RecordName, _zone: tzinfo) -> str:
    days = {"first": _day(name.first), "back": _day(name.last)}
    return tr("{name}, away from {first}, back on {back}", name=_person(name.name), **days)


def _consultation(name: RecordName, _zone: tzinfo) -> str:
    who = {"teacher": _person(name.name), "student": _person(name.of)}
    return tr("{teacher} with {student}, {day}", **who, day=_day(name.first))


def _marking(name: RecordName, _zone: tzinfo) -> str:
    return tr("second marking of {code} by {name}", code=_code(name), name=_person(name.name))


def _computer(name: RecordName, _zone: tzinfo) -> str:
    return f"{name.name} ({_person(name.of)})"


def _day(value: date | None) -> str:
    return "" if value is None else day(value, year=True)


def _short(words: str) -> str:
    return words if len(words) <= _MOST_LETTERS else f"{words[:_MOST_LETTERS].rstrip()}…"


_KINDS: Mapping[str, Callable[[RecordName, tzinfo], str]] = {
    "user": _user,
    "upload": _page,
    "evaluation": _script,
    "exam": _exam,
    "question": _question,
    "proposal": _question,
    "template": _plain,
    "plan": _plain,
    "subscription": _subscription,
    "holiday": _holiday,
    "mapping": _mapping,
    "absence": _absence,
    "consultation": _consultation,
    "marking": _marking,
    "comment": _comment,
    "computer": _computer,
    "import": _plain,
}
"""By `RecordName.kind`."""
