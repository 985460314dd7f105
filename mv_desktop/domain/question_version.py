"""Versions of a question side by side: what stands in both, and where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from mv_desktop.domain.question_draft import QuestionDraft

COMPARED = (
    *("question_text", "choices", "correct", "answer", "solution", "steps"),
    *("or_text", "or_answer", "or_solution", "or_steps", "pictures"),
    *("class_name", "unit", "topic", "question_type", "marks", "difficulty", "cbse_year", "tags"),
)
"""What is compared, by attribute of a draft, in the order of the form."""
_PIECE = re.compile(r"\\[A-Za-z]+|\w+|\s+|.", re.DOTALL)


class Kept(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    """It stands on the older side only."""
    NEW = "new"
    """It stands on the newer side only."""


@dataclass(frozen=True, slots=True)
class QuestionVersion:
    """What a question was.

    Attributes:
        replaced_at, replaced_by: when the next version took its place, and who wrote that; None and "" of the newest.
        draft: as the form has it.
        proposed_by: who wrote the change by which it became this; "" where an admin wrote it himself.
    """

    version: int
    replaced_at: datetime | None
    replaced_by: str
    draft: QuestionDraft
    proposed_by: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters of one side."""

    text: str
    kept: Kept


@dataclass(frozen=True, slots=True)
class Compared:
    """One field on both sides.

    Attributes:
        field: the draft's attribute.
        before, after: its text in pieces, of the older and the newer one.
    """

    field: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def differs(self) -> bool:
        """Something is otherwise."""
        return any(piece.kept is not Kept.SAME for piece in (*self.before, *self.after))


def compared(before: QuestionDraft, after: QuestionDraft) -> tuple[Compared, ...]:
    """Two versions field by field; fields that are empty in both are left out."""
    return tuple(
        Compared(name, *_pieces(was, now))
        for name in COMPARED
        for was, now in ((_words(before, name), _words(after, name)),)
        if was or now
    )


def _words(draft: QuestionDraft, name: str) -> str:
    value = getattr(draft, name)
    if isinstance(value, Mapping):
        return "\n".join(f"{part}: {words}" for part, words in sorted(value.items()))
    return "" if value is None else str(value)


def _pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Words and commands are one piece each, so that no formula is cut within a name."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    was = _joined(("".join(old[a:b]), Kept.SAME if what == "equal" else Kept.GONE) for what, a, b, _, _ in steps)
    now = _joined(("".join(new[a:b]), Kept.SAME if what == "equal" else Kept.NEW) for what, _, _, a, b in steps)
    return was, now


def _joined(pieces: Iterator[tuple[str, Kept]]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for text, kept in pieces:
        if found and found[-1].kept is kept:
            found[-1] = Piece(found[-1].text + text, kept)
        elif text:
            found.append(Piece(text, kept))
    return tuple(found)


def marked(pieces: Sequence[Piece]) -> str:
    """A side in one line of plain text, as a screen reader hears it: what differs stands between brackets."""
    signs = {Kept.SAME: ("", ""), Kept.GONE: ("[-", "-]"), Kept.NEW: ("[+", "+]")}
    return "".join(f"{signs[piece.kept][0]}{piece.text}{signs[piece.kept][1]}" for piece in pieces)
