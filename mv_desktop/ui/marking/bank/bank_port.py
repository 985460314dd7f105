"""What the comment bank's panel needs from the teacher's local file. Called on the lane "store" only."""

from __future__ import annotations

from typing import Protocol

from mv_desktop.domain.comment import BankComment, BankPerson, CommentBody, CommentDraft
from mv_desktop.domain.identifier import CommentId, EvaluationId


class BankStore(Protocol):
    """The comment bank on this computer. A call that writes returns when it is on the disk, and not before."""

    def person(self) -> BankPerson | None:
        """Who works here; None before the server was ever spoken to."""
        ...

    def comments(self) -> tuple[BankComment, ...]:
        """All comments, archived ones too."""
        ...

    def put(self, body: CommentBody, comment_id: CommentId, version: int | None = None) -> None:
        """Write down a new comment, or what one is from now on.

        Args:
            body: what it is.
            comment_id: which.
            version: what she saw when she began to change it; None when that is the newest.

        Raises:
            UserError: it could not be written; nothing of it was.
        """
        ...

    def drafts(self) -> tuple[CommentDraft, ...]:
        """The comments that were begun and not saved."""
        ...

    def keep_drafts(self, drafts: tuple[CommentDraft, ...]) -> None:
        """These are all of them now. Raises as `put`."""
        ...

    def use(self, comment_id: CommentId) -> None:
        """Count that a comment was used once. Raises as `put`."""
        ...

    def standing(self, comment_id: CommentId, before: CommentBody) -> int:
        """On how many scripts not yet submitted a comment stands word for word."""
        ...

    def update(self, before: CommentBody, after: BankComment, but: EvaluationId | None) -> frozenset[EvaluationId]:
        """Bring a changed comment to these scripts but one; answers those that look different now. Raises as `put`."""
        ...
