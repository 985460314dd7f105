"""Lists of people, found by what is known of them and read piece by piece."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.record import Wanted

PIECE = 100
"""So many people are read at once."""
TODAY = (
    "(now() AT TIME ZONE coalesce((SELECT c.config_value ->> 'timezone' FROM public.system_config c"
    " WHERE c.config_key = 'sla_working_hours'), 'Asia/Kolkata'))::date"
)
"""Which day it is where the school works, in SQL: `current_date` is the server's own."""
_PART = 1000


def known_people(session: Session, emails: Sequence[str]) -> dict[int, tuple[UUID, str]]:
    """Whose addresses these are, and her role as the database names it, by the place in `emails`; of nobody's none.

    Raises:
        NotAllowedError: the caller is no admin.
    """
    found: dict[int, tuple[UUID, str]] = {}
    for start in range(0, len(emails), _PART):
        rows = session.execute(
            text("SELECT * FROM api.known_people(CAST(:emails AS text[]))"),
            {"emails": list(emails[start : start + _PART])},
        )
        found |= {start + number - 1: (user_id, role) for number, user_id, role in rows}
    return found


def people(
    session: Session, roles: Sequence[str], wanted: Wanted, after: UUID | None, limit: int = PIECE
) -> tuple[list[Mapping[Any, Any]], bool]:
    """People of these roles by last and first name, and whether others follow them.

    Args:
        session: on an admin's own login.
        roles: as the database names them.
        wanted: each of its words must stand somewhere in her names, e-mail address, phone number or school; words
            of one or two letters where a word begins.
        after: the last person of the piece before.
        limit: at most so many.

    Raises:
        NotAllowedError: the caller is no admin.
        InvalidError: too much is looked for.
    """
    rows = session.execute(
        text("SELECT * FROM api.people(:roles, :words, CAST(:choices AS jsonb), :after, :limit)"),
        {
            "roles": list(roles),
            "words": wanted.words,
            "choices": json.dumps(dict(wanted.choices)),
            "after": after,
            "limit": limit + 1,
        },
    )
    found: list[Mapping[Any, Any]] = [dict(row) for row in rows.mappings()]
    return found[:limit], len(found) > limit
