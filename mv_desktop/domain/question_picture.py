"""The pictures of a question as it is written: which there are, what columns they are, and what may not be so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mv_desktop.domain.record import Fault

COLUMNS: Mapping[str, str] = {
    "question": "question_image_url",
    "diagram": "diagram_image_url",
    "answer": "correct_answer_image_url",
    "solution": "explanation_image_url",
}
"""Pictures by slot, each in a column of its own; those of choices stand in the choices, by their letters."""

OR_COLUMNS: Mapping[str, str] = {f"or_{slot}": column for slot, column in COLUMNS.items()}
"""Those of what can be answered instead, by slot: named so in the scheme, beside its words."""

LETTERS = "ABCDEFGH"
_SHOWN_CHOICES = 4


def slots_of(question_type: str, choices: int) -> tuple[str, ...]:
    """Where a picture can stand, in the order of the paper.

    Args:
        question_type: "MCQ" has choices, and nothing that can be answered instead.
        choices: how many there are.
    """
    if question_type == "MCQ":
        return ("question", "diagram", *LETTERS[: max(choices, _SHOWN_CHOICES)], "answer", "solution")
    return (*COLUMNS, *OR_COLUMNS)


def pictures_of(stored: Mapping[str, Any]) -> dict[str, str]:
    """The places of the pictures of a row of `questions` with its `scheme`, by slot."""
    found = {slot: stored.get(column) or "" for slot, column in COLUMNS.items()}
    choices: Sequence[Mapping[str, Any]] = stored.get("mcq_choices") or ()
    found |= {letter: choice.get("image") or "" for letter, choice in zip(LETTERS, choices, strict=False)}
    for one in ((stored.get("scheme") or {}).get("alternatives") or ())[:1]:
        found |= {slot: one.get(name) or "" for slot, name in OR_COLUMNS.items()}
    return {slot: place for slot, place in found.items() if place}


def picture_columns(pictures: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str | None]:
    """What is to be written of pictures in columns of their own, by column: what differs from `before`."""
    return {
        column: pictures.get(slot) for slot, column in COLUMNS.items() if pictures.get(slot, "") != before.get(slot, "")
    }


def choice_pictures(pictures: Mapping[str, str]) -> dict[str, str]:
    """Those of choices only."""
    return {slot: place for slot, place in pictures.items() if slot in LETTERS}


def instead_pictures(pictures: Mapping[str, str]) -> dict[str, str]:
    """Those of what can be answered instead, as its scheme names them."""
    return {name: pictures[slot] for slot, name in OR_COLUMNS.items() if pictures.get(slot)}


def picture_faults(question_type: str, choices: int, pictures: Mapping[str, str]) -> Iterator[Fault]:
    """What pictures must not be."""
    for letter in sorted(choice_pictures(pictures)):
        if question_type != "MCQ":
            yield Fault("pictures", "Only a multiple choice question has pictures of choices.")
            return
        if letter not in LETTERS[:choices]:
            yield Fault(
                "pictures", f"There is no choice {letter}. One that is only a picture has the line [{_number(letter)}]."
            )
            return


def _number(letter: str) -> int:
    return LETTERS.index(letter) + 1
