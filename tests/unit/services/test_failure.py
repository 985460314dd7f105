"""What the driver says, in a teacher's words."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
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
from mv_desktop.services.failure import translated


@pytest.mark.parametrize(
    ("words", "kind", "part"),
    [
        ('FATAL:  password authentication failed for user "mv_1"', NotAllowedError, "e-mail address or the password"),
        ("connection failed: fe_sendauth: no password supplied", NotAllowedError, "e-mail address or the password"),
        ('FATAL:  role "mv_1" is not permitted to log in', ClosedAccountError, "is locked"),
        ('FATAL:  permission denied for database "x"', ClosedAccountError, "may not sign in"),
        ('connection is bad: invalid channel_binding value: "x"', SetupError, "does not understand"),
        ('weak sslmode "prefer" may not be used with sslrootcert=system', SetupError, "does not understand"),
        ('FATAL:  no pg_hba.conf entry for host "1.2.3.4"', NotAllowedError, "from this computer"),
        ("SSL error: certificate verify failed", SetupError, "prove"),
        ("server does not support SSL, but SSL was required", SetupError, "does not encrypt"),
        ('root certificate file "/root/.postgresql/root.crt" does not exist', SetupError, "prove"),
        ('FATAL:  database "x" does not exist', SetupError, "no such database"),
        ('could not translate host name "db" to address', OfflineError, "no server of that name"),
        ("[Errno -2] Name or service not known", OfflineError, "no server of that name"),
        ("FATAL:  sorry, too many clients already", OfflineError, "too busy"),
        ("FATAL:  the database system is starting up", OfflineError, "restarted"),
        ("Connection refused\n\tIs the server running", OfflineError, "does not answer"),
        ("connection timeout expired", OfflineError, "in time"),
        ("server closed the connection unexpectedly", OfflineError, "was lost"),
        ("something nobody has seen", OfflineError, "was lost"),
    ],
)
def test_a_connection_that_fails_is_told_by_its_words(words: str, kind: type[UserError], part: str) -> None:
    error = translated(OperationalError("SELECT 1", {}, psycopg.OperationalError(words)))
    assert type(error) is kind
    assert part in str(error)


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (psycopg.errors.InvalidPassword("x"), NotAllowedError),
        (psycopg.errors.InsufficientPrivilege("x"), NotAllowedError),
        (psycopg.errors.UndefinedFunction("x"), SchemaError),
        (psycopg.errors.UndefinedTable("x"), SchemaError),
        (psycopg.errors.InvalidSchemaName("x"), SchemaError),
        (psycopg.errors.DeadlockDetected("x"), ConflictError),
        (psycopg.errors.LockNotAvailable("x"), ConflictError),
        (psycopg.errors.QueryCanceled("x"), OfflineError),
        (psycopg.errors.AdminShutdown("x"), OfflineError),
        (psycopg.errors.DiskFull("x"), OfflineError),
        (psycopg.errors.ReadOnlySqlTransaction("x"), OfflineError),
        (psycopg.errors.IdleSessionTimeout("x"), OfflineError),
        (psycopg.errors.InvalidParameterValue("x"), InvalidError),
        (psycopg.errors.CheckViolation("x"), RefusedError),
        (psycopg.errors.RestrictViolation("x"), RefusedError),
    ],
)
def test_a_statement_that_fails_is_told_by_its_state(cause: psycopg.Error, kind: type[UserError]) -> None:
    assert type(translated(DBAPIError("SELECT 1", {}, cause))) is kind


@pytest.mark.parametrize("words", ['invalid connection option "bogus"', "bad value for connect_timeout: 'x'"])
def test_setting_in_an_address_that_does_not_exist_is_told(words: str) -> None:
    error = translated(DBAPIError("", {}, psycopg.ProgrammingError(words)))
    assert isinstance(error, SetupError)
    assert "question mark in the address" in error.remedy


def test_a_busy_or_broken_session_is_offline() -> None:
    assert isinstance(translated(PoolTimeoutError()), OfflineError)
    assert isinstance(translated(PendingRollbackError()), OfflineError)


def test_a_fault_of_ours_is_not_hidden() -> None:
    assert translated(DBAPIError("SELEC 1", {}, psycopg.errors.SyntaxError("x"))) is None
    assert translated(DBAPIError("SELECT 1", {}, psycopg.ProgrammingError("x"))) is None
    assert translated(ValueError("x")) is None
