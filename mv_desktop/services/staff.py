"""Logins of the staff."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import stringprep
import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.person import NewMember, StaffMember

FEWEST_ITERATIONS = 4096
"""Of PBKDF2: PostgreSQL's default, and all that servers before 16 ask of strangers; see `verifier_for`."""

_FIRST_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of first passwords: nothing that is read wrongly from a slip of paper."""
_FIRST_GROUPS, _FIRST_GROUP = 4, 4
_SALT_BYTES = 16
_PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def provision_login(session: Session, user_id: UserId, verifier: str) -> str:
    """Make or renew the login of an active teacher or admin, with the rights of the role; for admins.

    Args:
        session: an admin's or the owner's.
        user_id: whose login.
        verifier: from `scram_verifier`; the password itself never leaves the computer.

    Returns:
        The login's name.

    Raises:
        InvalidError: the person is not active staff (as translated by `database.open_session`).
    """
    login = session.scalar(
        text("SELECT api.provision_login(:user, :verifier)"), {"user": user_id, "verifier": verifier}
    )
    return str(login)


def change_password(session: Session, verifier: str) -> None:
    """Give the signed-in person's own login another password, at the end of the session's transaction; audited.

    Connections that are open go on; the next one needs the new password. After a first password
    (`SignedIn.must_change_password`) this is the only thing that the server lets her do.

    Args:
        session: on the person's own login.
        verifier: from `scram_verifier`; the password itself never leaves the computer.

    Raises:
        NotAllowedError: the account is closed.
        InvalidError: that is no verifier, or the very one that holds.
    """
    session.execute(text("SELECT api.change_password(:verifier)"), {"verifier": verifier})


# -- What admins do; each of these is audited with its reason. None works on one's own account. ---------------
#
# All raise NotAllowedError for who is no admin, and InvalidError or RefusedError with the server's reason.


def create_person(session: Session, member: NewMember, verifier: str, reason: str) -> UserId:
    """Make a member of staff with a login; her first password must be changed when she first signs in.

    Args:
        session: an admin's, or the owner's for the first admin.
        member: who she is.
        verifier: from `scram_verifier`.
        reason: why, for the audit log.
    """
    made = session.scalar(
        text("SELECT api.create_person(:role, :coordinator, :email, :first, :last, :verifier, :reason)"),
        {
            "role": member.role.value,
            "coordinator": member.is_coordinator,
            "email": member.email,
            "first": member.first_name,
            "last": member.last_name,
            "verifier": verifier,
            "reason": reason,
        },
    )
    return UserId(UUID(str(made)))


def reset_password(session: Session, user_id: UserId, verifier: str, reason: str) -> int:
    """Give somebody another first password, and hang up for her; returns how many connections ended."""
    return int(_call(session, "reset_password(:user, :verifier, :reason)", user_id, reason, verifier=verifier))


def lock_person(session: Session, user_id: UserId, reason: str) -> int:
    """Let somebody in no more, and hang up for her; returns how many connections ended.

    Her work on her own computer stays there and can be exported.
    """
    return int(_call(session, "lock_person(:user, :reason)", user_id, reason))


def unlock_person(session: Session, user_id: UserId, reason: str) -> None:
    """Let somebody in again, with the password she had."""
    _call(session, "unlock_person(:user, :reason)", user_id, reason)


def deactivate_person(session: Session, user_id: UserId, reason: str) -> None:
    """Close an account; for 14 days what is pending is still taken, and kept for a coordinator."""
    _call(session, "deactivate_person(:user, :reason)", user_id, reason)


def reactivate_person(session: Session, user_id: UserId, reason: str) -> None:
    """Open a closed account again."""
    _call(session, "reactivate_person(:user, :reason)", user_id, reason)


def change_email(session: Session, user_id: UserId, email: str, reason: str) -> None:
    """Give somebody another e-mail address; she signs in with it from now on, with the same password."""
    _call(session, "change_email(:user, :email, :reason)", user_id, reason, email=email)


def change_role(session: Session, user_id: UserId, role: StaffRole, reason: str, *, is_coordinator: bool) -> None:
    """Make somebody a teacher or an admin, coordinator or not; her rights follow at once."""
    call = "change_role(:user, :role, :coordinator, :reason)"
    _call(session, call, user_id, reason, role=role.value, coordinator=is_coordinator)


def staff_members(session: Session) -> tuple[StaffMember, ...]:
    """All teachers and admins by name, also closed ones; for admins and the owner."""
    rows = session.execute(text(f"{_MEMBERS} ORDER BY u.last_name, u.first_name, u.email")).mappings()
    return tuple(_member(row) for row in rows)


def staff_member(session: Session, email: str) -> StaffMember:
    """The teacher or admin with that e-mail address; for admins and the owner.

    Raises:
        InvalidError: there is none.
    """
    row = session.execute(text(f"{_MEMBERS} AND lower(u.email) = lower(btrim(:email))"), {"email": email}).mappings()
    found = row.one_or_none()
    if found is None:
        raise InvalidError("No member of staff has that e-mail address.", remedy="Check the address.")
    return _member(found)


def first_password() -> str:
    """A password to be handed over once: 78 bits, easy to read aloud and to type."""
    return "-".join("".join(secrets.choice(_FIRST_LETTERS) for _ in range(_FIRST_GROUP)) for _ in range(_FIRST_GROUPS))


_MEMBERS = """
    SELECT u.user_id, u.email, u.first_name, u.last_name, u.role, u.is_coordinator, u.is_active, u.last_login_at,
           l.login_name IS NOT NULL AS has_login, l.locked_at,
           coalesce(l.must_change_password, false) AS must_change_password
    FROM public.users u LEFT JOIN public.staff_logins l ON l.user_id = u.user_id
    WHERE u.role IN ('teacher', 'admin')
"""


def _member(row: Mapping[Any, Any]) -> StaffMember:
    return StaffMember(
        user_id=UserId(row["user_id"]),
        email=row["email"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        role=StaffRole(row["role"]),
        is_coordinator=row["is_coordinator"],
        is_active=row["is_active"],
        has_login=row["has_login"],
        locked_at=row["locked_at"],
        must_change_password=row["must_change_password"],
        last_login_at=row["last_login_at"],
    )


def _call(session: Session, call: str, user_id: UserId, reason: str, **arguments: object) -> Any:  # noqa: ANN401
    return session.scalar(text(f"SELECT api.{call}"), {"user": user_id, "reason": reason} | arguments)


def verifier_for(session: Session, password: str) -> str:
    """`scram_verifier` with as many iterations as the server asks of those it does not know.

    Before it looks at a password, a server tells how many iterations the login has. Of a stranger it tells its own
    setting, so a login with another number tells everybody who asks that it exists, and whose e-mail address it is.
    """
    setting = session.scalar(text("SELECT current_setting('scram_iterations', true)"))
    return scram_verifier(password, iterations=max(FEWEST_ITERATIONS, int(setting or 0)))


def scram_verifier(password: str, *, iterations: int = FEWEST_ITERATIONS) -> str:
    """What PostgreSQL stores for `password` (SCRAM-SHA-256, RFC 5802 and 7677), with a fresh salt."""
    salt = secrets.token_bytes(_SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", _prepared(password), salt, iterations)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${iterations}:{_base64(salt)}${_base64(stored_key)}:{_base64(server_key)}"


def _prepared(password: str) -> bytes:
    """SASLprep (RFC 4013) as libpq does it: a password that it does not allow is taken as it is."""
    mapped = "".join(
        " " if stringprep.in_table_c12(character) else character
        for character in password
        if not stringprep.in_table_b1(character)
    )
    normal = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    allowed = normal and not any(
        stringprep.in_table_a1(character) or any(prohibited(character) for prohibited in _PROHIBITED)
        for character in normal
    )
    return (normal if allowed and _one_direction(normal) else password).encode()


def _one_direction(text_: str) -> bool:
    right_to_left = [stringprep.in_table_d1(character) for character in text_]
    if not any(right_to_left):
        return True
    return right_to_left[0] and right_to_left[-1] and not any(map(stringprep.in_table_d2, text_))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
