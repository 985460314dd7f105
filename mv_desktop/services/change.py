"""What was changed of a record, by whom and why, as the audit log has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.record import Change, Difference
from mv_desktop.services.record_name import names_of

MOST_CHANGES = 200


def changes_of(
    session: Session, resource_type: str, key: str, limit: int = MOST_CHANGES, *, without: Sequence[str] = ()
) -> tuple[Change, ...]:
    """The changes of one record, the newest first, with what their ids stand for.

    Args:
        session: of an admin.
        resource_type: the audit log's name of its kind.
        key: its id; the name of what has none, such as a plan.
        limit: at most so many.
        without: events that are no change.
    """
    named = "l.resource_id = CAST(:key AS uuid)" if _is_id(key) else "l.event_data ->> 'key' = :key"
    rows = session.execute(
        text(
            "SELECT l.log_id, l.created_at, l.event_type, l.event_data,"  # noqa: S608 - ours
            " coalesce(u.first_name || ' ' || u.last_name, '') AS by"
            " FROM public.audit_logs l LEFT JOIN public.users u ON u.user_id = l.actor_user_id"
            f" WHERE l.resource_type = :kind AND {named} AND l.event_type <> ALL (:without)"
            " ORDER BY l.log_seq DESC LIMIT :limit"
        ),
        {"kind": resource_type, "key": key, "limit": limit, "without": list(without)},
    )
    found = [_change(row) for row in rows]
    names = names_of(session, {key for change in found for key in change.keys})
    return tuple(replace(change, names=names) for change in found)


def _is_id(key: str) -> bool:
    return len(key) == 36 and key.count("-") == 4


def _change(row: Any) -> Change:  # noqa: ANN401 (a row of SQLAlchemy)
    data: Mapping[str, Any] = row.event_data or {}
    changes = data.get("changes") or {}
    return Change(
        row.log_id,
        row.created_at,
        row.by,
        row.event_type,
        str(data.get("reason") or ""),
        tuple(Difference(column, changes[column].get("old"), changes[column].get("new")) for column in sorted(changes)),
        tuple(data.get("hidden") or ()),
    )
