"""Members of staff."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.computer import Computer
from mv_desktop.domain.identifier import ComputerId, UserId
from mv_desktop.domain.member import MemberDraft, MemberRow
from mv_desktop.domain.record import Change, Opened, Slice, Wanted

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Members:
    """As `services.member` and `services.staff`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[MemberRow]:
        """Teachers and admins by name, behind the person `after`."""
        from mv_desktop.services.member import members

        with self._connect() as session:
            return members(session, wanted, after)

    def open(self, user_id: UUID) -> Opened[MemberDraft]:
        """One of them."""
        from mv_desktop.services.member import open_member

        with self._connect() as session:
            return open_member(session, user_id)

    def save(self, opened: Opened[MemberDraft], draft: MemberDraft, reason: str) -> None:
        """Write what differs."""
        from mv_desktop.services.member import put_member

        with self._connect() as session:
            put_member(session, UUID(opened.key), opened.seen, draft, opened.draft, reason)

    def add(self, draft: MemberDraft, reason: str) -> tuple[UUID, str]:
        """Make one; answers who she is, and her first password."""
        from mv_desktop.services.member import add_member

        with self._connect() as session:
            return add_member(session, draft, reason)

    def reset(self, user_id: UUID, reason: str) -> str:
        """Give her another first password, which is answered; what she has open ends."""
        from mv_desktop.services.staff import first_password, reset_password, verifier_for

        password = first_password()
        with self._connect() as session:
            reset_password(session, UserId(user_id), verifier_for(session, password), reason)
        return password

    def lock(self, user_id: UUID, reason: str) -> None:
        """Let her in no more; what she has open ends."""
        from mv_desktop.services.staff import lock_person

        with self._connect() as session:
            lock_person(session, UserId(user_id), reason)

    def unlock(self, user_id: UUID, reason: str) -> None:
        """Let her in again."""
        from mv_desktop.services.staff import unlock_person

        with self._connect() as session:
            unlock_person(session, UserId(user_id), reason)

    def close(self, user_id: UUID, reason: str) -> None:
        """Close her account."""
        from mv_desktop.services.staff import deactivate_person

        with self._connect() as session:
            deactivate_person(session, UserId(user_id), reason)

    def reopen(self, user_id: UUID, reason: str) -> None:
        """Open her account again."""
        from mv_desktop.services.staff import reactivate_person

        with self._connect() as session:
            reactivate_person(session, UserId(user_id), reason)

    def computers(self, user_id: UUID) -> tuple[Computer, ...]:
        """Hers, the one that was seen last first."""
        from mv_desktop.services.computer import computers

        with self._connect() as session:
            return computers(session, UserId(user_id))

    def revoke(self, user_id: UUID, computer: ComputerId, reason: str) -> None:
        """Have a computer of hers send what is pending and empty itself."""
        from mv_desktop.services.computer import revoke_computer

        with self._connect() as session:
            revoke_computer(session, UserId(user_id), computer, reason)

    def restore(self, user_id: UUID, computer: ComputerId, reason: str) -> None:
        """Let her sign in on a computer that was revoked."""
        from mv_desktop.services.computer import restore_computer

        with self._connect() as session:
            restore_computer(session, UserId(user_id), computer, reason)

    def changes(self, user_id: UUID) -> tuple[Change, ...]:
        """What was changed of her, the newest first; not when she signed in."""
        from mv_desktop.services.change import changes_of

        with self._connect() as session:
            return changes_of(session, "user", str(user_id), without=("user.login",))
