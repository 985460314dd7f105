"""What became of a question's columns, as its form has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mv_desktop.domain.question_draft import ALTERNATIVE, alternative_of, choices_text, steps_text
from mv_desktop.domain.record import Difference
from mv_desktop.ui.admin.question_picture import PICTURE_COLUMNS, picture_differences

_FIELD_OF = {
    "class": "class_name",
    "correct_answer_text": "answer",
    "explanation": "solution",
    "mcq_choices": "choices",
    "mcq_correct_choices": "correct",
    "scheme": "steps",
}
"""What a column of the log is called in the form, where that is otherwise."""
_NOT_TOLD = frozenset({"question_id", "created_by", "version"})


def in_the_form(differences: Sequence[Difference]) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
    """Differences of columns as the form has its fields, and the names of those that are too long to be told."""
    found: list[Difference] = []
    hidden = []
    for one in differences:
        found += picture_differences(one)
        if one.column in PICTURE_COLUMNS:
            continue
        if one.column == "scheme" and not (_is_digest(one.before) or _is_digest(one.after)):
            found += _of_scheme(one)
            continue
        name = _FIELD_OF.get(one.column, one.column)
        if _is_digest(one.before) or _is_digest(one.after):
            hidden.append(name)
        elif one.column not in _NOT_TOLD:
            found.append(Difference(name, _words(one.column, one.before), _words(one.column, one.after)))
    return tuple(one for one in found if one.before != one.after), tuple(hidden)


def _of_scheme(one: Difference) -> list[Difference]:
    """The steps, and what can be answered instead; answer and solution stand in columns of their own, too."""
    before, after = (value if isinstance(value, dict) else None for value in (one.before, one.after))
    found = [Difference("steps", *(None if it is None else steps_text(_steps(it)) for it in (before, after)))]
    others = [dict.fromkeys(ALTERNATIVE) if it is None else alternative_of(it) for it in (before, after)]
    found += (Difference(name, others[0][name] or None, others[1][name] or None) for name in ALTERNATIVE)
    return found


def _steps(scheme: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return scheme.get("steps") or ()


def _is_digest(value: object) -> bool:
    """The log names what is very long by its SHA-256 only."""
    return isinstance(value, dict) and set(value) == {"sha256"}


def _words(column: str, value: object) -> str | int | None:
    """A value of the log as it stands in the form."""
    match column, value:
        case "mcq_choices", list():
            return choices_text(value)
        case "mcq_correct_choices" | "tags", list():
            return ", ".join(map(str, value))
        case _, str() | int():
            return value
    return None if value is None else str(value)
