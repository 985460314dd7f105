"""Students and parents."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.family import FamilyRow, ParentDraft, StudentDraft
from mv_desktop.domain.record import Change, Opened, Slice, Wanted

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class _Family:
    """What both have.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def anonymise(self, opened: Opened[StudentDraft] | Opened[ParentDraft], reason: str) -> None:
        """Take away for good what says who this is."""
        from mv_desktop.services.family import anonymise

        with self._connect() as session:
            anonymise(session, UUID(opened.key), opened.seen, reason)

    def close(self, opened: Opened[StudentDraft] | Opened[ParentDraft], reason: str) -> None:
        """Close the account on the web platform."""
        self._put_account(opened, reason, is_open=False)

    def reopen(self, opened: Opened[StudentDraft] | Opened[ParentDraft], reason: str) -> None:
        """Open it again."""
        self._put_account(opened, reason, is_open=True)

    def changes(self, user_id: UUID) -> tuple[Change, ...]:
        """What was changed, the newest first."""
        from mv_desktop.services.change import changes_of

        with self._connect() as session:
            return changes_of(session, "user", str(user_id))

    def _put_account(self, opened: Opened[StudentDraft] | Opened[ParentDraft], reason: str, *, is_open: bool) -> None:
        from mv_desktop.services.family import put_account

        with self._connect() as session:
            put_account(session, UUID(opened.key), opened.seen, is_open=is_open, reason=reason)

    def _page(self, role: str, wanted: Wanted, after: UUID | None) -> Slice[FamilyRow]:
        from mv_desktop.services.family import family

        with self._connect() as session:
            return family(session, role, wanted, after)


class Students(_Family):
    """As `services.family` has students."""

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[FamilyRow]:
        """Students by name, behind the one with the id `after`."""
        return self._page("student", wanted, after)

    def open(self, user_id: UUID) -> Opened[StudentDraft]:
        """One of them."""
        from mv_desktop.services.family import open_student

        with self._connect() as session:
            return open_student(session, user_id)

    def save(self, opened: Opened[StudentDraft], draft: StudentDraft, reason: str) -> None:
        """Write what differs."""
        from mv_desktop.services.family import put_student

        with self._connect() as session:
            put_student(session, UUID(opened.key), opened.seen, draft, opened.draft, reason)

    def add(self, draft: StudentDraft, reason: str) -> UUID:
        """Enter one; answers who she is."""
        from mv_desktop.services.family import add_student

        with self._connect() as session:
            return add_student(session, draft, reason)

    def export(self, user_id: UUID, target: Path, reason: str) -> None:
        """Write everything that is known of one student, and of nobody else, into a zip."""
        from mv_desktop.services.family import student_data, write_data

        with self._connect() as session:
            data = student_data(session, user_id, reason)
        write_data(data, target)


class Parents(_Family):
    """As `services.family` has parents."""

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[FamilyRow]:
        """Parents by name, behind the one with the id `after`."""
        return self._page("parent", wanted, after)

    def open(self, user_id: UUID) -> Opened[ParentDraft]:
        """One of them."""
        from mv_desktop.services.family import open_parent

        with self._connect() as session:
            return open_parent(session, user_id)

    def save(self, opened: Opened[ParentDraft], draft: ParentDraft, reason: str) -> None:
        """Write what differs."""
        from mv_desktop.services.family import put_parent

        with self._connect() as session:
            put_parent(session, UUID(opened.key), opened.seen, draft, opened.draft, reason)

    def add(self, draft: ParentDraft, reason: str) -> UUID:
        """Enter one; answers who she is."""
        from mv_desktop.services.family import add_parent

        with self._connect() as session:
            return add_parent(session, draft, reason)
