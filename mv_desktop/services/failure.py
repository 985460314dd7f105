"""What the driver and the server say when something goes wrong, in the words of our own errors.

This is the only place that knows: services raise what SQLAlchemy raises, and `database.open_session` asks here.
"""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mv_desktop.core.errors import (
    ClosedAccountError,
    ConflictError,
    InvalidError,
    NotAllowedError,
    OfflineError,
    RefusedError,
    SchemaError,
    SetupError,
    UserError,
)

_JOURNAL = "Your work is saved on this computer."

_ADDRESS_REMEDY = "Correct what follows the question mark in the address."
# The driver's own words before it asks anybody; only these, because its other ones tell of a bug of ours.
_ADDRESS_FAILURES = re.compile(r"invalid connection option|invalid URI query parameter|bad value for \w+:")

# Before a connection stands, libpq gives no SQLSTATE, only words. Order matters: the first that fits is taken.
_CONNECTION_FAILURES: tuple[tuple[str, type[UserError], str, str], ...] = (
    (
        # PgBouncer says "SASL authentication failed", and of a stranger "no such user"
        r"password authentication failed|no password supplied|SCRAM|SASL auth|no such user|role \S+ does not exist",
        NotAllowedError,
        "The e-mail address or the password is wrong.",
        "Check both and try again; the password distinguishes capitals.",
    ),
    (
        r"is not permitted to log in",
        ClosedAccountError,
        "This account is locked.",
        "Ask your administrator to unlock it.",
    ),
    (
        r"password has expired|permission denied for database",
        ClosedAccountError,
        "This account may not sign in here.",
        "Ask your administrator to unlock it.",
    ),
    (
        r"does not support SSL",
        SetupError,
        "The server does not encrypt the connection, so nothing was sent to it.",
        "Ask your administrator to switch TLS on at the server.",
    ),
    (
        r"certificate|SSL error|root\.crt|SSL connection",
        SetupError,
        "The server could not prove that it is the right one, so nothing was sent to it.",
        "Ask your administrator for the server's certificate.",
    ),
    (
        r"invalid \S+ value|invalid integer value|weak sslmode",
        SetupError,
        "The server's address has a setting that PostgreSQL does not understand.",
        _ADDRESS_REMEDY,
    ),
    (
        r"no pg_hba\.conf entry",
        NotAllowedError,
        "The server does not accept connections from this computer.",
        "Ask your administrator, and say from which network you connect.",
    ),
    (
        r"database \S+ does not exist|no such database",
        SetupError,
        "The server has no such database.",
        "Check the server's profile.",
    ),
    (
        r"could not translate host name|failed to resolve host|Name or service not known|nodename nor servname",
        OfflineError,
        "There is no server of that name, or this computer has no network.",
        "Check the network and the server's profile.",
    ),
    (
        r"too many (clients|connections)|remaining connection slots",
        OfflineError,
        "The server is too busy to take another connection.",
        "Try again in a minute.",
    ),
    (
        r"starting up|shutting down|in recovery mode",
        OfflineError,
        "The server is being restarted.",
        "Try again in a minute.",
    ),
    (
        r"Connection refused",
        OfflineError,
        "The server does not answer.",
        "Check the network; if others cannot reach it either, tell your administrator.",
    ),
    (
        r"timeout|timed out",
        OfflineError,
        "The server did not answer in time.",
        "Check the network and try again.",
    ),
)
_OFFLINE = ("The connection to the server was lost.", "It is tried again by itself when the network is back.")

_BUSY_STATES = frozenset({"40001", "40P01", "55P03"})
_MISSING_STATES = frozenset({"42883", "42P01", "42703", "3F000", "42704"})
_OFFLINE_CLASSES = frozenset({"08", "53", "57", "58"})


def translated(error: Exception) -> UserError | None:
    """What `error` means to a person, or None when it is a fault of ours."""
    if isinstance(error, PoolTimeoutError):
        return OfflineError("The connection to the server is still busy.", kept=_JOURNAL, remedy="Try again.")
    if isinstance(error, PendingRollbackError):
        return OfflineError(_OFFLINE[0], kept=_JOURNAL, remedy=_OFFLINE[1])
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _by_state(state, _primary(error))
    if type(error.orig).__name__ == "ProgrammingError" and _ADDRESS_FAILURES.match(str(error.orig)):
        return SetupError("The server's address has a setting that does not exist.", remedy=_ADDRESS_REMEDY)
    if type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError"):
        return _by_words(str(error.orig))
    return None


def _by_words(words: str) -> UserError:
    for pattern, kind, message, remedy in _CONNECTION_FAILURES:
        if re.search(pattern, words, re.IGNORECASE):
            return kind(message, kept=_JOURNAL if kind is OfflineError else "", remedy=remedy)
    return OfflineError(_OFFLINE[0], kept=_JOURNAL, remedy=_OFFLINE[1])


def _by_state(state: str, primary: str) -> UserError | None:
    if state in ("28P01", "28000"):
        return _by_words("password authentication failed")
    if state == "42501":
        return _not_allowed(primary)
    if state in _MISSING_STATES:
        return SchemaError(
            "The server's database is too old for this program.",
            remedy="Tell your administrator: the database needs 'mv-desktop migrate'.",
        )
    if state in _BUSY_STATES:
        return ConflictError("Somebody else is changing the same thing.", kept=_JOURNAL, remedy="Try again.")
    if state == "57014":
        return OfflineError("The server took too long to answer.", kept=_JOURNAL, remedy="Try again in a minute.")
    if state == "25006":
        # a copy that is only read, as during a switch-over
        return OfflineError("The server takes no changes now.", kept=_JOURNAL, remedy="Try again in a minute.")
    if state[:2] in _OFFLINE_CLASSES:
        return OfflineError(_OFFLINE[0], kept=_JOURNAL, remedy=_OFFLINE[1])
    if state == "22023":
        return InvalidError(f"The server did not accept what was sent: {primary}.")
    if state[:2] == "23" or state in ("P0001", "55006"):
        return RefusedError(f"The server refused: {primary}.")
    return None


def _not_allowed(primary: str) -> UserError:
    if primary.startswith("the first password"):
        return NotAllowedError(
            "Your password was chosen by somebody else, so it must be changed before anything else.",
            remedy="Sign in and choose one of your own.",
        )
    if primary.startswith("this login belongs to no active"):
        return ClosedAccountError(
            "Your account is closed.",
            kept="What you did on this computer is saved here.",
            remedy="Ask your administrator if you should be let in.",
        )
    return NotAllowedError("Your account may not do this.", remedy="Ask your administrator if you should.")


def _primary(error: DBAPIError) -> str:
    diagnostics = getattr(error.orig, "diag", None)
    return str(getattr(diagnostics, "message_primary", None) or "no reason was given")
