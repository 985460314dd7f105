"""Sending the changes of the comment bank and asking for news: after a teacher's marking, and never in its way."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from mv_desktop.core.errors import OfflineError, ServerFaultError, UserError
from mv_desktop.domain.comment_exchange import MAX_CHANGES, ChangeAnswer, PulledComments, SentChange
from mv_desktop.domain.identifier import ChangeId
from mv_desktop.offline.bank import CommentBank
from mv_desktop.offline.disk import LocalFileError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_log = logging.getLogger(__name__)


class BankServices(Protocol):
    """What the bank needs of the server."""

    def apply_comment_changes(self, session: Session, changes: Sequence[SentChange]) -> tuple[ChangeAnswer, ...]:
        """Send changes."""
        ...

    def pull_comments(self, session: Session, after: int) -> PulledComments:
        """What is new since `after`."""
        ...


class ServerBank:
    """The real server. What speaks to it is imported when it is first asked (`docs/decisions/003-late-imports.md`)."""

    def apply_comment_changes(self, session: Session, changes: Sequence[SentChange]) -> tuple[ChangeAnswer, ...]:
        from mv_desktop.services import comment

        return comment.apply_comment_changes(session, changes)

    def pull_comments(self, session: Session, after: int) -> PulledComments:
        from mv_desktop.services import comment

        return comment.pull_comments(session, after)


def sync_bank(
    bank: CommentBank,
    connect: Callable[[], AbstractContextManager[Session]],
    services: BankServices,
    *,
    fetch: bool = True,
) -> bool:
    """Send, then fetch (not when only sending is wanted); True when the bank looks different now.

    What the server does not take, and a server that has no comment bank yet, is written to the log and tried again
    with the next run: marking goes on being sent.

    Raises:
        OfflineError: the server cannot be reached any more.
        LocalFileError: this computer's own file could not be written.
    """
    different = False
    try:
        before: ChangeId | None = None
        # what was sent and got no answer is not sent again in the same run
        while (changes := bank.pending(MAX_CHANGES)) and changes[0].change.change_id != before:
            before = changes[0].change.change_id
            with connect() as session:
                answers = services.apply_comment_changes(session, changes)
            different |= bank.answer(answers)
        if fetch:
            with connect() as session:
                pulled = services.pull_comments(session, bank.cursor)
            different |= bank.take(pulled)
    except (OfflineError, LocalFileError):
        raise
    except (UserError, ServerFaultError) as error:
        _log.warning("the comment bank was not synchronised: %s", type(error).__name__, exc_info=error)
    return different
