"""Comments that were begun and not saved: they come back when the same form is opened again."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from mv_desktop.domain.comment import BankComment, CommentBody, CommentDraft
from mv_desktop.ui.text import tr


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

    @classmethod
    def new(cls, body: CommentBody) -> Begun:
        """A comment is written."""
        return cls(None, tr("New comment"), body)

    @classmethod
    def keeping(cls, words: CommentBody) -> Begun:
        """Words of a script are kept."""
        return cls(words, tr("Keep a comment"), words)

    @classmethod
    def editing(cls, comment: BankComment, *, mine: bool) -> Begun:
        """A comment is changed; what is not hers to change becomes one of her own."""
        note = "" if mine else tr("It is {name}'s. What you write is kept as a comment of your own.",
                                  name=comment.owner_name)  # fmt: skip
        body = comment.body if mine else replace(comment.body, shared=False)
        return cls(comment.comment_id, tr("Edit the comment"), body, note, comment)


class Drafts:
    """The unfinished comments, by what they were begun from.

    Attributes:
        interrupted: the one that was being written when another script was opened; it comes back by itself.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[Begun, CommentDraft]] = {}
        self.interrupted: Begun | None = None

    def keep(self, begun: Begun, draft: CommentDraft) -> None:
        """It was left unfinished."""
        edited = begun.edited
        if edited is not None:
            draft = replace(draft, comment_id=edited.comment_id, before=edited.body, version=edited.version)
        elif begun.source is not None:
            draft = replace(draft, before=begun.body)
        self._kept[begun.source] = begun, draft

    def bring(self, begun: Begun, draft: CommentDraft) -> None:
        """It was left unfinished before the program was started; what was begun since goes before."""
        self._kept.setdefault(begun.source, (begun, draft))

    @property
    def kept(self) -> tuple[CommentDraft, ...]:
        """All of them, to be written down."""
        return tuple(draft for _, draft in self._kept.values())

    def get(self, asked: Begun) -> tuple[Begun, CommentDraft | None]:
        """What was left unfinished where `asked` begins; `asked` and None when nothing was."""
        return self._kept.get(asked.source, (asked, None))

    def drop(self, begun: Begun) -> None:
        """It was saved, or is not wanted any more."""
        self._kept.pop(begun.source, None)
