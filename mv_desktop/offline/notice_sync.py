"""Fetching what a person was told, and sending what she has read: after her marking, and never in its way."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from mv_desktop.core.errors import OfflineError, ServerFaultError, UserError
from mv_desktop.domain.notice import Notice, NoticePage
from mv_desktop.offline.disk import LocalFileError
from mv_desktop.offline.notice_store import MOST, NoticeStore, Taken

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

AT_ONCE: Final = 50

_log = logging.getLogger(__name__)


class NoticeServices(Protocol):
    """What notices need of the server. Asked of servers that have them only (`domain.notice.NOTICE_SCHEMA`)."""

    def my_notices(self, session: Session, after: UUID | None, limit: int) -> NoticePage:
        """The newest, or those that come after one in that order."""
        ...

    def read_notices(self, session: Session, notice_ids: Sequence[UUID]) -> None:
        """She has read these."""
        ...

    def set_notice_language(self, session: Session, language: str) -> None:
        """Write to her in this language."""
        ...

    def listen(self, session: Session, channel: str) -> None:
        """Let the connection be woken when she is told something."""
        ...


class ServerNotices:
    """The real server. What speaks to it is imported when it is first asked (`docs/decisions/003-late-imports.md`)."""

    def my_notices(self, session: Session, after: UUID | None, limit: int) -> NoticePage:
        from mv_desktop.services import notice

        return notice.my_notices(session, after, limit)

    def read_notices(self, session: Session, notice_ids: Sequence[UUID]) -> None:
        from mv_desktop.services import notice

        notice.read_notices(session, notice_ids)

    def set_notice_language(self, session: Session, language: str) -> None:
        from mv_desktop.services import notice

        notice.set_notice_language(session, language)

    def listen(self, session: Session, channel: str) -> None:
        from mv_desktop.services import notice

        notice.listen(session, channel)


def sync_notices(
    store: NoticeStore,
    connect: Callable[[], AbstractContextManager[Session]],
    services: NoticeServices,
) -> Taken:
    """Send what was read, then fetch, and let the connection be woken by what comes next.

    What the server does not take is written to the log and tried again with the next run: marking goes on being sent.

    Args:
        store: hers.
        connect: gives a session in one transaction.
        services: the server's.

    Raises:
        OfflineError: the server cannot be reached any more.
        LocalFileError: this computer's own file could not be written.
    """
    try:
        read = store.to_send()
        with connect() as session:
            if read:
                services.read_notices(session, read)
            page = services.my_notices(session, None, AT_ONCE)
            # before anything is read: what is told from now on wakes, and nothing falls between
            services.listen(session, page.channel)
            if store.language not in {None, page.language}:
                services.set_notice_language(session, store.language)
        if read:
            store.sent(read)
        taken = store.take(_all_new(store, page, connect, services))
    except (OfflineError, LocalFileError):
        raise
    except (UserError, ServerFaultError, ValueError) as error:
        _log.warning("notices were not fetched: %s", type(error).__name__, exc_info=error)
        return Taken()
    return taken


def _all_new(
    store: NoticeStore,
    page: NoticePage,
    connect: Callable[[], AbstractContextManager[Session]],
    services: NoticeServices,
) -> list[Notice]:
    """The page, and older ones for as long as nothing of a page is known here."""
    found = list(page.notices)
    newest = page.notices
    while len(newest) == AT_ONCE and len(found) < MOST and not store.known(one.notice_id for one in newest):
        with connect() as session:
            newest = services.my_notices(session, newest[-1].notice_id, AT_ONCE).notices
        found += newest
    return found
