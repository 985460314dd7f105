"""A comment of the bank as writing on a page: where it stands, and how it follows a change of the comment."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from mv_desktop.domain.annotation.shape import EXAMINER_RED, Placed, TextNote
from mv_desktop.domain.annotation.turned import as_seen, as_uploaded, extent
from mv_desktop.domain.comment import BankComment, CommentBody
from mv_desktop.domain.identifier import CommentId, MarkKey, PageRef

SIZE = 0.018
"""Of the letters, as a fraction of the page's width."""

_LETTER = 0.52  # a letter's breadth on average, and
_LINE = 1.5  # a line's height, of the size
_TALL_LINE = 2.5  # one with fractions
_COMMAND, _SIGN = re.compile(r"\\[A-Za-z]+"), re.compile(r"[{}$^_]|\\[,;!]")
_TALL = re.compile(r"\\(?:[dt]?frac|int|sum|lim|begin)")
_WIDEST, _NARROWEST = 0.42, 0.08
_MARGIN = 0.01


def note_of(
    comment: BankComment,
    new_id: UUID,
    at: tuple[PageRef, float, float],
    key: MarkKey | None,
    *,
    ratio: float,
    turns: int = 0,
    color: str = EXAMINER_RED,
) -> Placed:
    """The note that a comment becomes on a page: all of it on the page, as near to the point as that allows.

    Args:
        comment: what is placed.
        new_id: of the note.
        at: the page, and the point (x, y) where the note should begin.
        key: the question it belongs to; without one it carries no marks, which would count for nothing.
        ratio: the page's height over its width.
        turns: by how many quarters it is turned for viewing, clockwise: writing stays upright for the viewer.
        color: of the ink.
    """
    page, x, y = at
    width, height = _extent(comment.text)
    across, down = extent(turns, ratio)
    seen = as_seen(turns, x, y)
    x, y = as_uploaded(turns, _within(seen[0], 1 - width / across), _within(seen[1], 1 - height / down))
    note = TextNote(
        id=new_id,
        x=round(x, 5),
        y=round(y, 5),
        width=width,
        text=comment.text,
        size=SIZE,
        color=color,
        question_number=None if key is None else key.question_number,
        alternative=(key.alternative or None) if key else None,
        marks=None if key is None else carried(comment.marks),
        comment_id=comment.comment_id,
        comment_version=comment.version,
    )
    return Placed(page, note)


def stands_unchanged(placed: Placed, comment_id: CommentId, before: CommentBody) -> bool:
    """Whether this is the comment as it was before a change, and nobody wrote in it by hand."""
    note = placed.annotation
    return isinstance(note, TextNote) and note.comment_id == comment_id and note.text == before.text


def updated(notes: Iterable[Placed], before: CommentBody, after: BankComment) -> tuple[Placed, ...]:
    """These notes with the comment's new words; marks that were changed by hand stay."""
    result = []
    for placed in notes:
        note = placed.annotation
        assert isinstance(note, TextNote)  # noqa: S101 (`stands_unchanged` said so)
        change: dict[str, object] = {
            "text": after.text,
            "comment_version": after.version,
            "width": max(note.width, _extent(after.text)[0]),
        }
        if note.question_number is not None and note.carried == before.marks:
            change["marks"] = carried(after.marks)
        result.append(placed._replace(annotation=note.model_copy(update=change)))
    return tuple(result)


def carried(marks: Decimal | None) -> str | None:
    """Marks as an annotation carries them."""
    return None if marks is None else f"{marks:.1f}"


def _extent(text: str) -> tuple[float, float]:
    """About how wide and high the text will be, in widths of the page."""
    lines = [_COMMAND.sub("x", _SIGN.sub("", line)) for line in text.split("\n")]
    longest = max(len(line) for line in lines)
    width = min(_WIDEST, max(_NARROWEST, round(longest * _LETTER * SIZE + 0.01, 3)))
    per_line = max(1, int(width / (_LETTER * SIZE)))
    count = sum(max(1, math.ceil(len(line) / per_line)) for line in lines)
    return width, count * SIZE * (_TALL_LINE if _TALL.search(text) else _LINE)


def _within(value: float, most: float) -> float:
    return max(_MARGIN, min(value, most - _MARGIN))
