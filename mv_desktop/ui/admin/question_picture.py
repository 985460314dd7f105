"""The pictures of a question in its form and in its history."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from mv_desktop.domain.picture import NEW
from mv_desktop.domain.question_draft import lines_of
from mv_desktop.domain.question_picture import COLUMNS, LETTERS, OR_COLUMNS, pictures_of, slots_of
from mv_desktop.domain.record import Difference
from mv_desktop.ui.admin.record_pictures import PicturePlace
from mv_desktop.ui.text import tr

PICTURE_COLUMNS = frozenset(COLUMNS.values())
"""Columns of the log that are pictures and nothing else."""

_PREFIX = "picture:"
_NAMES = {
    "question": "The question as a picture",
    "diagram": "Diagram",
    "answer": "Picture of the answer",
    "solution": "Picture of the solution",
    "or_question": "Or: the question as a picture",
    "or_diagram": "Or: diagram",
    "or_answer": "Or: picture of the answer",
    "or_solution": "Or: picture of the solution",
}
PICTURE_LABELS: Mapping[str, str] = {f"{_PREFIX}{slot}": name for slot, name in _NAMES.items()} | {
    f"{_PREFIX}{letter}": f"Picture of choice {letter}" for letter in LETTERS
}
"""What the history calls each picture, in English."""
_BESIDE = {
    "question_text": "diagram",
    "answer": "answer",
    "solution": "solution",
    "or_text": "or_diagram",
    "or_answer": "or_answer",
    "or_solution": "or_solution",
}


def picture_slots(typed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Which pictures a question can have as its form stands, each with its name in the language spoken."""
    slots = slots_of(typed.get("question_type", ""), len(lines_of(typed.get("choices", ""))))
    return tuple((slot, picture_text(slot)) for slot in slots)


def picture_text(slot: str) -> str:
    """What a question's picture is called, in the language spoken."""
    return tr("Picture of choice {letter}", letter=slot) if slot in LETTERS else tr(_NAMES[slot])


def slot_beside(field: str, line: int) -> str:
    """Where a picture goes that is pasted into a field, at a line of it; "" where to none."""
    if field == "choices":
        return LETTERS[line] if line < len(LETTERS) else ""
    return _BESIDE.get(field, "")


def stored_pictures(place: PicturePlace, pictures: Mapping[str, str]) -> dict[str, str]:
    """The pictures with those stored that are on this computer only. Not for the GUI thread.

    Raises:
        OfflineError: one cannot be stored now.
    """
    return {slot: place.store(one) if one.startswith(NEW) else one for slot, one in pictures.items()}


def picture_differences(one: Difference) -> list[Difference]:
    """What became of pictures by a column's change: a difference for each."""
    for slot, column in COLUMNS.items():
        if one.column == column:
            return [Difference(f"{_PREFIX}{slot}", one.before, one.after)]
    read = {"mcq_choices": _of_choices, "scheme": _instead}.get(one.column)
    if read is None:
        return []
    before, after = read(one.before), read(one.after)
    return [
        Difference(f"{_PREFIX}{slot}", before.get(slot), after.get(slot))
        for slot in (*LETTERS, *OR_COLUMNS)
        if before.get(slot) != after.get(slot)
    ]


def pictures_before(pictures: Mapping[str, str], columns: Mapping[str, JsonValue]) -> dict[str, str]:
    """The pictures as they were when the columns of the history held this."""
    found = dict(pictures)
    for column, value in columns.items():
        slot = column.removeprefix(_PREFIX)
        if column.startswith(_PREFIX):
            found.pop(slot, None)
            if isinstance(value, str) and value:
                found[slot] = value
    return found


def picture_name(place: object) -> str:
    """A picture in the history: its name is its content, so that two that differ are called otherwise."""
    return tr("picture {name}", name=str(place).rpartition("/")[2][:12]) if place else "–"


def _instead(value: JsonValue) -> dict[str, str]:
    return pictures_of({"scheme": value}) if isinstance(value, dict) else {}


def _of_choices(value: JsonValue) -> dict[str, str]:
    if not isinstance(value, list):
        return {}
    return {
        letter: str(choice["image"])
        for letter, choice in zip(LETTERS, value, strict=False)
        if isinstance(choice, dict) and choice.get("image")
    }
