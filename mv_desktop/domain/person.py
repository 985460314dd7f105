"""People: what they are, and how they belong together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import UserId


class UserRole(StrEnum):
    """What a person is; the values are the database's. A coordinator is a teacher or admin with a mark of its own."""

    STUDENT = "student"
    PARENT = "parent"
    TEACHER = "teacher"
    ADMIN = "admin"


class RelationshipType(StrEnum):
    """What a parent is to a student; the values are the database's."""

    FATHER = "father"
    MOTHER = "mother"
    GUARDIAN = "guardian"
    OTHER = "other"


class AccountState(StrEnum):
    """What somebody can do with her account."""

    ACTIVE = "active"
    FIRST_PASSWORD = "first password"  # noqa: S105 (a state, no password)
    """She has still to change the password that was given to her."""
    LOCKED = "locked"
    CLOSED = "closed"
    NO_LOGIN = "no login"


@dataclass(frozen=True, slots=True)
class NewMember:
    """Who is to become a member of staff."""

    email: str
    first_name: str
    last_name: str
    role: StaffRole = StaffRole.TEACHER
    is_coordinator: bool = False


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A teacher or admin, as admins see her.

    Attributes:
        is_active: False once the account was closed.
        locked_at: when an admin locked it, or None.
        must_change_password: the password was given to her, and she has not changed it yet.
    """

    user_id: UserId
    email: str
    first_name: str
    last_name: str
    role: StaffRole
    is_coordinator: bool
    is_active: bool
    has_login: bool
    locked_at: datetime | None
    must_change_password: bool
    last_login_at: datetime | None

    @property
    def state(self) -> AccountState:
        """What weighs most: closed before locked before a first password."""
        if not self.is_active:
            return AccountState.CLOSED
        if not self.has_login:
            return AccountState.NO_LOGIN
        if self.locked_at is not None:
            return AccountState.LOCKED
        return AccountState.FIRST_PASSWORD if self.must_change_password else AccountState.ACTIVE
