"""The comment bank: what teachers write again and again, with the marks it is worth (`docs/annotation.md`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.identifier import ChangeId, CommentId, UserId
from mv_desktop.domain.marks import STEP, ZERO, format_marks

LONGEST_TEXT = 2000
"""Characters that a comment may have; the database holds it to that too."""
MOST_MARKS = Decimal(100)


@dataclass(frozen=True, slots=True)
class CommentBody:
    """What a teacher decides of a comment.

    Attributes:
        text: the words, with maths between dollar signs.
        marks: what it is worth, in steps of ½; None when it carries none.
        question_id: the question of the bank that it is for, on whatever paper that stands; None for any question.
        shared: the other teachers have it too.
        archived: it is out of the way, and kept.
    """

    text: str
    marks: Decimal | None = None
    question_id: UUID | None = None
    shared: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class BankComment:
    """A comment as one teacher sees it.

    Attributes:
        owner_id, owner_name: who made it.
        changed_by, changed_by_name: who changed it last.
        version: counts its changes, also those that only this computer has; 0 before the first was sent.
        uses: how often she used it; all_uses: how often anybody did.
    """

    comment_id: CommentId
    body: CommentBody
    owner_id: UserId
    owner_name: str
    changed_by: UserId
    changed_by_name: str
    changed_at: datetime
    version: int = 0
    uses: int = 0
    all_uses: int = 0

    @property
    def text(self) -> str:
        """The words."""
        return self.body.text

    @property
    def marks(self) -> Decimal | None:
        """What it is worth."""
        return self.body.marks


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A comment that was begun and not saved, as it stands in the form: nothing of it need be right yet.

    Attributes:
        marks: as typed, "" for none.
        question_id: the question of the bank, None for any.
        comment_id: the comment that is being changed; None for one that is made.
        before: that comment when the change was begun, or the words of a script that are being kept; else None.
        version: of that comment, then.
    """

    text: str
    marks: str
    question_id: UUID | None
    shared: bool
    comment_id: CommentId | None = None
    before: CommentBody | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class BankPerson:
    """Who works with the bank.

    Attributes:
        directs: a coordinator or an admin, who may change what others share.
    """

    user_id: UserId
    name: str
    directs: bool = False


@dataclass(frozen=True, slots=True)
class PutComment:
    """A comment is new, or is `body` from now on."""

    change_id: ChangeId
    comment_id: CommentId
    body: CommentBody

    kind = "put"


@dataclass(frozen=True, slots=True)
class UseComment:
    """A comment was used once."""

    change_id: ChangeId
    comment_id: CommentId

    kind = "use"


CommentChange = PutComment | UseComment


def may_change(comment: BankComment, person: BankPerson) -> bool:
    """Whether `person` may change a comment: her own, and who directs whatever is shared."""
    return comment.owner_id == person.user_id or (comment.body.shared and person.directs)


def checked(body: CommentBody) -> CommentBody:
    """`body` with its words trimmed.

    Raises:
        InvalidError: it has no words or too many, or marks that no teacher may give.
    """
    text = body.text.strip()
    if not text:
        raise InvalidError("A comment needs some words.", remedy="Write what the student should read.")
    if len(text) > LONGEST_TEXT:
        raise InvalidError(f"A comment may have {LONGEST_TEXT} characters; this one has {len(text)}.")
    if body.marks is not None and (not ZERO <= body.marks <= MOST_MARKS or body.marks % STEP):
        raise InvalidError(f"{body.marks} is no mark: marks go in steps of ½ up to {format_marks(MOST_MARKS)}.")
    return replace(body, text=text)


def applied(
    comments: dict[CommentId, BankComment], change: CommentChange, person: BankPerson, moment: datetime
) -> None:
    """Let `comments` follow a change of hers. The use of a comment that is not there changes nothing."""
    before = comments.get(change.comment_id)
    if isinstance(change, UseComment):
        if before is not None:
            comments[change.comment_id] = replace(before, uses=before.uses + 1, all_uses=before.all_uses + 1)
        return
    if before is None:
        comments[change.comment_id] = BankComment(
            change.comment_id, change.body, person.user_id, person.name, person.user_id, person.name, moment, 1
        )
        return
    comments[change.comment_id] = replace(
        before,
        body=change.body,
        changed_by=person.user_id,
        changed_by_name=person.name,
        changed_at=moment,
        version=before.version + 1,
    )


class CommentIndex:
    """The comments that can be used, ready to be searched at every key.

    Args:
        comments: all that are known; archived ones are left out.
    """

    def __init__(self, comments: Iterable[BankComment]) -> None:
        kept = [comment for comment in comments if not comment.body.archived]
        kept.sort(key=lambda comment: comment.changed_at, reverse=True)
        kept.sort(key=lambda comment: (-comment.uses, -comment.all_uses))
        self._kept = [(comment, _searched(comment)) for comment in kept]
        self._for: UUID | None = None
        self._ordered: list[tuple[BankComment, str]] | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, typed: str, question_id: UUID | None) -> tuple[BankComment, ...]:
        """The comments in which every word of `typed` stands, anywhere and in any case.

        The question's own come first, then the general ones, the most used first. Those of other questions are left
        out.

        Args:
            typed: what to look for; "" finds all.
            question_id: the question that is being marked, None without one.
        """
        if self._ordered is None or question_id != self._for:
            self._for = question_id
            own = [] if question_id is None else [it for it in self._kept if it[0].body.question_id == question_id]
            self._ordered = own + [it for it in self._kept if it[0].body.question_id is None]
        found: Sequence[tuple[BankComment, str]] = self._ordered
        for word in typed.casefold().split():
            found = [item for item in found if word in item[1]]
        return tuple(comment for comment, _ in found)


def _searched(comment: BankComment) -> str:
    # maths is found with and without LaTeX's signs
    marks = "" if comment.marks is None else f" {format_marks(comment.marks)}"
    folded = comment.text.casefold()
    return f"{folded} {folded.translate(_SIGNS)}{marks}"


_SIGNS = str.maketrans("", "", "\\{}$^_")
