"""This computer as the server knows it: an id that is made with the file, and whether an admin revoked it."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop import __version__
from mv_desktop.core.errors import ServerFaultError, UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.computer import MEETING_SCHEMA
from mv_desktop.domain.exchange import SignedIn
from mv_desktop.domain.identifier import ComputerId
from mv_desktop.offline import meta, revocation
from mv_desktop.offline.disk import LocalFileError
from mv_desktop.offline.revocation import RevokedError
from mv_desktop.offline.vault import Vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from mv_desktop.offline.store import LocalStore

Connect = Callable[[], AbstractContextManager["Session"]]

_NAME = "computer_id"

_log = logging.getLogger(__name__)


class ThisComputer:
    """One person's file on this computer.

    Args:
        vault: the open file.
        ids: makes its id, once.

    Attributes:
        name: what the computer calls itself, for admins to recognise it.
        everything_was_tried: the server was reached since it was known that this computer is revoked, and has answered
            all that it would; what is pending after that stays.
    """

    def __init__(self, vault: Vault, ids: IdSource) -> None:
        self._vault, self._ids = vault, ids
        self._computer_id: ComputerId | None = None
        self.name = computer_name()
        self.everything_was_tried = False

    @property
    def computer_id(self) -> ComputerId:
        """The id; a copy of the file has the same one.

        Raises:
            LocalFileError: it could not be read, or written when it was needed first.
        """
        if self._computer_id is None:
            with self._vault.transaction() as db:
                text = meta.read(db, _NAME)
                if text is None:
                    text = str(self._ids())
                    meta.write(db, _NAME, text)
            self._computer_id = ComputerId(UUID(text))
        return self._computer_id

    @property
    def revoked(self) -> bool:
        """The server's last word is that this computer is revoked."""
        return revocation.mark_of(self._vault.home) is not None

    def heard(self, *, revoked: bool) -> None:
        """Keep what the server said, so that it holds without a network, too.

        Raises:
            LocalFileError: the folder cannot be written.
        """
        if revoked and not self.revoked:
            revocation.mark(self._vault.home, self.computer_id, sent=False)
        elif not revoked and self.revoked:
            revocation.unmark(self._vault.home)


def computer_name() -> str:
    """What this computer calls itself."""
    return platform.node()[:100]


def still_revoked(home: Path, person: SignedIn, connect: Connect) -> bool:
    """Whether `person`, whom the server has let in, comes to a revoked computer on which work of hers waits to be sent.

    Args:
        home: her folder.
        person: the server's answer.
        connect: a session on her own login.

    Raises:
        RevokedError: it is revoked, and nothing waits.
        LocalFileError: an admin took the revocation back, and the folder cannot be written.
    """
    found = revocation.mark_of(home)
    if found is None or found.computer_id is None or person.schema_version < MEETING_SCHEMA:
        return found is not None
    from mv_desktop.services.computer import computer_wiped, meet_computer

    with connect() as session:
        revoked = meet_computer(session, found.computer_id, computer_name(), __version__)
        if revoked and found.sent:
            computer_wiped(session, found.computer_id, 0)
    if not revoked:
        revocation.unmark(home)
    elif found.sent:
        raise RevokedError
    return revoked


def retire(vault: Vault, store: LocalStore, connect: Connect) -> None:
    """Close the file of a revoked computer, wipe what an admin wants wiped, and tell the server how that went.

    Args:
        vault: the open file; closed afterwards.
        store: the work in it.
        connect: a session on her own login. Where there is none, the server is told at her next try to sign in.
    """
    from mv_desktop.services.computer import computer_wiped

    here = store.computer.computer_id
    try:
        left = revocation.leave_computer(vault, store)
    except LocalFileError as error:
        _log.warning("the file of a revoked computer could not be wiped altogether: %s", error.code)
        return
    if left is not None:
        with suppress(UserError, ServerFaultError), connect() as session:
            computer_wiped(session, here, left)
