"""Logins of the staff."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import stringprep
import unicodedata

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.identifier import UserId

ITERATIONS = 32_768
"""Of PBKDF2, eight times PostgreSQL's default: guessing gets slower, signing in stays below a tenth of a second."""

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

    Connections that are open go on; the next one needs the new password.

    Args:
        session: on the person's own login.
        verifier: from `scram_verifier`; the password itself never leaves the computer.

    Raises:
        NotAllowedError: the account is closed.
        InvalidError: that is no verifier.
    """
    session.execute(text("SELECT api.change_password(:verifier)"), {"verifier": verifier})


def scram_verifier(password: str, *, iterations: int = ITERATIONS) -> str:
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
