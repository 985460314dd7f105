"""Signing in: who the person is, and what marking needs to know of the server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import SchemaError
from mv_desktop.domain.exchange import SignedIn, StaffRole
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.program import outdated_of
from mv_desktop.domain.sla import Holiday
from mv_desktop.services.moment import moment

OLDEST_SCHEMA = "003"
"""The first version of the database that this program can work with."""


def sign_in(session: Session, program: str, operation_schema: int) -> SignedIn:
    """Begin a day's work; the server writes it into its audit log.

    Args:
        session: on the person's own login.
        program: this program's version.
        operation_schema: `domain.operation.OPERATION_SCHEMA`.

    Raises:
        NotAllowedError: the account is closed, or is nobody's of the staff.
        SchemaError: the database is too old for this program, or this program too old for the database.
    """
    answer = _call(session, "sign_in", program, operation_schema)
    if operation_schema < answer.operation_schema_min:
        raise SchemaError(
            "This program is too old for the server.",
            kept="What you have marked stays on this computer until it can be sent.",
            remedy="Install the newest version.",
        )
    return answer


def hello(session: Session, program: str, operation_schema: int) -> SignedIn:
    """Ask the server who I am and what time it is, without an entry in the audit log.

    A closed account is answered for 14 days, with `active` False, so that pending work can be sent.

    Raises:
        NotAllowedError: the account is nobody's of the staff, or was closed longer ago.
        SchemaError: the database is too old for this program.
    """
    return _call(session, "hello", program, operation_schema)


def _call(session: Session, function: str, program: str, operation_schema: int) -> SignedIn:
    answer = session.scalar(
        text(f"SELECT api.{function}(:program, :operation_schema)"),
        {"program": program, "operation_schema": operation_schema},
    )
    if not isinstance(answer, dict):
        raise TypeError(f"api.{function} answered {type(answer).__name__}")
    return _signed_in(answer)


def _signed_in(answer: Mapping[str, Any]) -> SignedIn:
    return SignedIn(
        user_id=UserId(UUID(answer["user_id"])),
        first_name=answer["first_name"],
        last_name=answer["last_name"],
        email=answer["email"],
        role=StaffRole(answer["role"]),
        is_coordinator=answer["is_coordinator"],
        active=answer["active"],
        must_change_password=answer.get("must_change_password", False),  # a database before 007 does not say
        outdated=outdated_of(answer.get("outdated")),  # a database before 046 does not say
        server_time=moment(answer["server_time"]),
        beacon_id=UUID(answer["beacon_id"]),
        operation_schema_min=answer["operation_schema"]["min"],
        operation_schema_max=answer["operation_schema"]["max"],
        schema_version=answer["schema_version"],
        settings=answer["settings"],
        working_hours=answer["working_hours"],
        holidays=tuple(
            Holiday(date.fromisoformat(row["date"]), row["name"], row["is_working_day"]) for row in answer["holidays"]
        ),
    )
