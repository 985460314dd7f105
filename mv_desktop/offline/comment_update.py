"""Bringing a changed comment of the bank to the scripts on which it stands and that are not yet submitted."""

from __future__ import annotations

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.annotation.comment_note import updated
from mv_desktop.domain.comment import BankComment, CommentBody
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.offline.store import LocalStore


def update_scripts(
    store: LocalStore, before: CommentBody, after: BankComment, *, but: EvaluationId | None = None
) -> frozenset[EvaluationId]:
    """Let the notes that are the comment's old words have the new ones, one ordinary operation a script.

    On each script it is one step that can be undone there. Notes changed by hand are left alone.

    Args:
        store: the teacher's own copy.
        before: what the comment was.
        after: the comment as it is now.
        but: a script that is left out: the open one, whose own session records what happens to it.

    Returns:
        The scripts that look different now.

    Raises:
        LocalFileError: an operation could not be written; those before it stand.
    """
    changed = set()
    for standing in store.bank.standing(after.comment_id, before):
        if standing.evaluation_id == but:
            continue
        new = PutAnnotations(updated(standing.notes, before, after))
        try:
            store.record(standing.evaluation_id, new, inverse=(PutAnnotations(standing.notes),))
        except (NotAllowedError, InvalidError):
            continue  # it was submitted or moved away meanwhile
        changed.add(standing.evaluation_id)
    return frozenset(changed)
