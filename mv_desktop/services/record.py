"""What admins write of people, plans, subscriptions, holidays, templates and settings.

Each change names the `updated_at` that the caller saw, and gives a reason that stands in the audit log. E-mail, role
and whether an account is open are the business of the functions for people; a password is written by nobody here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.setting import SETTING_SHAPES, parse_setting


class RecordKind(StrEnum):
    """The kinds of things that are written by `put_record`; the values are the database's."""

    STUDENT = "student"
    STAFF = "staff"
    PLAN = "plan"
    SUBSCRIPTION = "subscription"
    HOLIDAY = "holiday"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Written:
    """A row after it was written; `updated_at` is what the next change names."""

    updated_at: datetime
    version: int | None = None


def put_record(
    session: Session,
    kind: RecordKind,
    key: UUID | str,
    seen: datetime | None,
    values: Mapping[str, Any],
    reason: str,
) -> Written:
    """Change columns of a row; with `seen` None make it, which is possible for holidays and templates.

    Args:
        session: on an admin's own login.
        kind: what it is.
        key: its id, or the name of the plan; the caller chooses the id of a new one.
        seen: the `updated_at` that the caller saw.
        values: by column, as the database names them.
        reason: at most 2,000 characters.

    Raises:
        ConflictError: somebody was faster; the sentence says who.
        InvalidError: a value does not fit, or breaks a rule of the table.
        RefusedError: there is no such row, or a column is not to be written here.
        NotAllowedError: the caller is no admin.
    """
    return _put(session, str(kind), str(key), seen, values, reason)


def put_setting(session: Session, key: str, seen: datetime, value: JsonValue, reason: str) -> Written:
    """Change a setting; the shape is checked here and by the database.

    Raises:
        InvalidError: the value does not have the setting's shape.
        RefusedError: there is no such setting to be changed.
        ConflictError: somebody was faster.
    """
    if key in SETTING_SHAPES:
        parse_setting(key, value)
    return _put(session, "setting", key, seen, {"config_value": value}, reason)


def delete_holiday(session: Session, holiday: UUID, seen: datetime, reason: str) -> None:
    """Take a holiday away. Deadlines that were worked out already stay.

    Raises:
        ConflictError: somebody has changed it meanwhile.
        RefusedError: it is gone already.
    """
    accepted(
        session.scalar(
            text("SELECT api.delete_holiday(CAST(:holiday AS uuid), CAST(:seen AS timestamptz), :reason)"),
            {"holiday": holiday, "seen": seen, "reason": reason},
        )
    )


def accepted(answer: object) -> Mapping[str, Any]:
    """The answer of a function that writes a record.

    Raises:
        ConflictError: the caller was slower than somebody.
        InvalidError: what she wrote does not fit.
        RefusedError: it cannot be done at all.
    """
    if not isinstance(answer, dict):
        raise TypeError(f"the server answered {type(answer).__name__}")
    match answer.get("refused"):
        case None:
            return answer
        case "changed":
            who = answer.get("by") or "Somebody else"
            raise ConflictError(f"{who} has changed this meanwhile. Nothing was saved.", remedy="Look at it again.")
        case "malformed":
            raise InvalidError("A value cannot be read. Nothing was saved.")
        case "rule" if answer["rule"] == "ck_questions_pictures":
            raise InvalidError(
                "A picture must be put in here; one that nobody has looked at cannot stand in a question."
            )
        case "rule":
            raise InvalidError(f"A value breaks a rule of the database ({answer['rule']}). Nothing was saved.")
        case why:
            raise RefusedError(_REFUSALS.get(why, f"The server refused: {why}."))


_REFUSALS = {
    "unknown": "There is no such record on the server.",
    "anonymous": "This person was made anonymous: there is no account any more.",
    "so_already": "This is so already.",
    "not_writable": "This cannot be changed here.",
    "unknown_setting": "There is no such setting to be changed.",
    "not_draft": "This question is no draft any more; an admin can change it.",
    "no_such_step": "A question cannot go from its state to that one.",
    "archived": "This question is archived. An admin can make it active again.",
    "import_runs": "This import is still being written.",
    "waits_already": "It waits for an admin already.",
    "nothing_written": "There is nothing new of it that could be handed in or taken away.",
    "not_waiting": "It does not wait for anybody any more.",
}


def _put(
    session: Session, kind: str, key: str, seen: datetime | None, values: Mapping[str, Any], reason: str
) -> Written:
    answer = accepted(
        session.scalar(
            text("SELECT api.put_record(:kind, :key, CAST(:seen AS timestamptz), CAST(:values AS jsonb), :reason)"),
            {"kind": kind, "key": key, "seen": seen, "values": as_json(values), "reason": reason},
        )
    )
    return Written(datetime.fromisoformat(answer["updated_at"]))


def as_json(values: Mapping[str, Any]) -> str:
    """Columns as JSON; moments, days, ids and decimals as text, which PostgreSQL reads without loss."""

    def plain(value: object) -> str:
        if isinstance(value, date | UUID | Decimal):
            return str(value)
        raise TypeError(f"{type(value).__name__} is no value of a column")

    return json.dumps(dict(values), default=plain)
