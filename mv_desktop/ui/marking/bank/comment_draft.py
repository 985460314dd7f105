"""Comments that were begun and not saved: they come back when the same form is opened again."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from uuid import UUID

from mv_desktop.domain.comment import BankComment, CommentBody


@dataclass(frozen=True, slots=True)
class Begun:
    """What the form was opened for.

    Attributes:
        source: what tells it from others: the id of a comment, words of a script, or None for a new comment.
        title: what is being done.
        body: what stood in the fields at first.
        note: a sentence below the title.
        edited: the comment as it was when its change was begun; None for one that is made.
    """

    source: Hashable
    title: str
    body: CommentBody
    note: str = ""
    edited: BankComment | None = None


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """What stands in the form, as it was typed: nothing of it need be right yet.

    Attributes:
        marks: as typed, "" for none.
        question_id: the question of the bank, None for any.
    """

    text: str
    marks: str
    question_id: UUID | None
    shared: bool


class Drafts:
    """The unfinished comments since the sign-in, by what they were begun from.

    Attributes:
        interrupted: the one that was being written when another script was opened; it comes back by itself.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[Begun, CommentDraft]] = {}
        self.interrupted: Begun | None = None

    def keep(self, begun: Begun, draft: CommentDraft) -> None:
        """It was left unfinished."""
        self._kept[begun.source] = begun, draft

    def get(self, asked: Begun) -> tuple[Begun, CommentDraft | None]:
        """What was left unfinished where `asked` begins; `asked` and None when nothing was."""
        return self._kept.get(asked.source, (asked, None))

    def drop(self, begun: Begun) -> None:
        """It was saved, or is not wanted any more."""
        self._kept.pop(begun.source, None)
