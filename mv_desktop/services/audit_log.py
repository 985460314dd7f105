"""The audit log for admins: read from the newest on, by any filter, a page at a time (`docs/security.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.audit_entry import NOBODY, AuditEntry, AuditSearch
from mv_desktop.domain.record import Difference, Slice
from mv_desktop.services.record_name import names_of

PAGE: Final = 100
_TOLD_APART = ("login", "program", "reason", "changes", "hidden", "key")

# The different words of an indexed column, one look into the index each: there are some dozens among millions.
_EVENTS = """
    RECURSIVE words (word) AS (
        (SELECT l.event_type FROM public.audit_logs l ORDER BY l.event_type LIMIT 1)
        UNION ALL
        SELECT (SELECT l.event_type FROM public.audit_logs l WHERE l.event_type > w.word ORDER BY l.event_type LIMIT 1)
        FROM words w WHERE w.word IS NOT NULL
    )
"""
_KINDS = """
    RECURSIVE words (word) AS (
        (SELECT l.resource_type FROM public.audit_logs l ORDER BY l.resource_type LIMIT 1)
        UNION ALL
        SELECT (
            SELECT l.resource_type FROM public.audit_logs l WHERE l.resource_type > w.word
            ORDER BY l.resource_type LIMIT 1
        )
        FROM words w WHERE w.word IS NOT NULL
    )
"""
# Each event by itself, from the newest on: ix_audit_logs_event_time and ix_audit_logs_actor_event have both filter and
# order, so that none reads more than a page, however rare it is what is looked for.
_BY_EVENT = """
    WITH {events}, found AS (
        SELECT x.log_seq, x.created_at FROM words w CROSS JOIN LATERAL (
            SELECT l.log_seq, l.created_at FROM public.audit_logs l
            WHERE l.event_type = w.word {where} ORDER BY l.created_at DESC, l.log_seq DESC LIMIT :limit
        ) x WHERE {which}
        ORDER BY x.created_at DESC, x.log_seq DESC LIMIT :limit
    )
"""
_BY_TIME = """
    WITH found AS (
        SELECT l.log_seq, l.created_at FROM public.audit_logs l
        WHERE true {where} ORDER BY l.created_at DESC, l.log_seq DESC LIMIT :limit
    )
"""
_BY_RECORD = """
    WITH {kinds}, exams (id) AS (
        SELECT CAST(:record AS uuid) WHERE CAST(:record AS uuid) IS NOT NULL
        UNION ALL SELECT s.id FROM api.scripts_of_code(CAST(:code AS bigint)) s (id)
    ), records (id) AS (
        SELECT e.id FROM exams e
        UNION SELECT v.evaluation_id FROM exams e JOIN public.evaluations v ON v.exam_instance_id = e.id
        UNION SELECT p.upload_id FROM exams e JOIN public.answer_sheet_uploads p ON p.exam_instance_id = e.id
        UNION SELECT u.user_id FROM public.users u WHERE u.email = :named
    ), found AS (
        SELECT x.log_seq, x.created_at FROM records r CROSS JOIN words w CROSS JOIN LATERAL (
            SELECT l.log_seq, l.created_at FROM public.audit_logs l
            WHERE l.resource_type = w.word AND l.resource_id = r.id {where}
            ORDER BY l.created_at DESC, l.log_seq DESC LIMIT :limit
        ) x
        UNION ALL
        SELECT l.log_seq, l.created_at FROM public.audit_logs l
        WHERE :named <> '' AND l.resource_type IN ('plan', 'setting', 'export') AND l.resource_id IS NULL
          AND starts_with(lower(l.event_data ->> 'key'), lower(:named)) {where}
        ORDER BY created_at DESC, log_seq DESC LIMIT :limit
    )
"""
_ENTRIES = """
    SELECT l.log_seq, l.log_id, l.created_at, l.event_type, l.actor_user_id, l.actor_role::text AS role,
        host(l.actor_ip) AS address,
        coalesce(l.resource_type, '') AS kind, coalesce(l.resource_id::text, l.event_data ->> 'key', '') AS record,
        l.event_data, coalesce(a.first_name || ' ' || a.last_name, '') AS by, s.log_seq IS NOT NULL AS sealed,
        CASE l.resource_type
            WHEN 'exam' THEN l.resource_id
            WHEN 'evaluation' THEN (
                SELECT v.exam_instance_id FROM public.evaluations v WHERE v.evaluation_id = l.resource_id)
            WHEN 'upload' THEN (
                SELECT p.exam_instance_id FROM public.answer_sheet_uploads p WHERE p.upload_id = l.resource_id)
        END AS exam,
        CASE l.resource_type
            WHEN 'user' THEN (
                SELECT u.first_name || ' ' || u.last_name FROM public.users u WHERE u.user_id = l.resource_id)
            WHEN 'subscription' THEN (
                SELECT u.first_name || ' ' || u.last_name FROM public.subscriptions b
                JOIN public.users u ON u.user_id = b.student_user_id WHERE b.subscription_id = l.resource_id)
            WHEN 'template' THEN (
                SELECT t.template_name FROM public.exam_templates t WHERE t.template_id = l.resource_id)
            WHEN 'holiday' THEN (SELECT h.holiday_name FROM public.holidays h WHERE h.holiday_id = l.resource_id)
        END AS name
    FROM found f JOIN public.audit_logs l ON l.log_seq = f.log_seq
    LEFT JOIN public.users a ON a.user_id = l.actor_user_id
    LEFT JOIN public.audit_seals s ON s.log_seq = l.log_seq
    ORDER BY f.created_at DESC, f.log_seq DESC
"""


def audit_page(
    session: Session, search: AuditSearch, after: AuditEntry | None = None, limit: int = PAGE
) -> Slice[AuditEntry]:
    """Entries from the newest on, or those behind `after`.

    Args:
        session: of an admin.
        search: which of them.
        after: the last entry of the page before.
        limit: at most so many.
    """
    query, values = audit_query(search, after, limit)
    rows = session.execute(text(query), values).all()
    return Slice(tuple(map(_entry, rows[:limit])), len(rows) > limit)


def named_page(session: Session, search: AuditSearch, after: AuditEntry | None = None) -> Slice[AuditEntry]:
    """As `audit_page`, and what the ids of its entries stand for."""
    found = audit_page(session, search, after)
    names = names_of(session, {key for entry in found.rows for key in entry.keys})
    return replace(found, rows=tuple(replace(entry, names=names) for entry in found.rows))


def audit_query(search: AuditSearch, after: AuditEntry | None, limit: int) -> tuple[str, dict[str, Any]]:
    """What `audit_page` asks, and with which values: apart, so that it can be seen how it is carried out."""
    values: dict[str, Any] = {"limit": limit + 1}
    where = _where(search, after, values)
    if search.of_records:
        found = _BY_RECORD.format(kinds=_KINDS, where=where + _event(search, values))
        values |= {"record": search.record, "code": search.code, "named": search.named}
    elif search.actor or search.kind or search.event:
        which = "w.word = :event" if search.event else "split_part(w.word, '.', 1) = :kind" if search.kind else "true"
        found = _BY_EVENT.format(events=_EVENTS, where=where, which=which)
        values |= {"event": search.event} if search.event else {"kind": search.kind} if search.kind else {}
    else:
        found = _BY_TIME.format(where=where)
    return found + _ENTRIES, values


def audit_events(session: Session) -> tuple[str, ...]:
    """The different events that the log has, by name."""
    query = f"WITH {_EVENTS} SELECT w.word FROM words w WHERE w.word IS NOT NULL ORDER BY 1"  # noqa: S608 - ours
    return tuple(session.scalars(text(query)))


def audit_people(session: Session) -> tuple[tuple[UUID, str], ...]:
    """Who may have done something with a login of her own: the staff, also who is no more, by name."""
    rows = session.execute(
        text(
            "SELECT u.user_id, u.first_name || ' ' || u.last_name AS name FROM public.users u"
            " WHERE u.role IN ('teacher', 'admin') ORDER BY lower(u.first_name || ' ' || u.last_name), u.user_id"
        )
    )
    return tuple((row.user_id, row.name) for row in rows)


def _where(search: AuditSearch, after: AuditEntry | None, values: dict[str, Any]) -> str:
    """What holds for every entry; `values` gets what it needs."""
    parts = []
    if search.actor == NOBODY:
        parts.append("l.actor_user_id IS NULL")
    elif search.actor:
        parts.append("l.actor_user_id = CAST(:actor AS uuid)")
        values["actor"] = search.actor
    if search.since is not None:
        parts.append("l.created_at >= :since")
        values["since"] = search.since
    if search.until is not None:
        parts.append("l.created_at < :until")
        values["until"] = search.until
    if after is not None:
        parts.append("(l.created_at, l.log_seq) < (:at, :number)")
        values |= {"at": after.at, "number": after.number}
    return "".join(f" AND {part}" for part in parts)


def _event(search: AuditSearch, values: dict[str, Any]) -> str:
    if search.event:
        values["event"] = search.event
        return " AND l.event_type = :event"
    if search.kind:
        values["kind"] = search.kind
        return " AND split_part(l.event_type, '.', 1) = :kind"
    return ""


def _entry(row: Any) -> AuditEntry:  # noqa: ANN401 (a row of SQLAlchemy)
    data: Mapping[str, Any] = row.event_data or {}
    changes = data.get("changes") or {}
    return AuditEntry(
        row.log_seq,
        row.log_id,
        row.created_at,
        row.by,
        row.role or "",
        row.event_type,
        row.kind,
        row.record,
        row.name or "",
        row.exam,
        str(data.get("reason") or ""),
        str(data.get("login") or ""),
        str(data.get("program") or ""),
        row.address or "",
        tuple(Difference(column, changes[column].get("old"), changes[column].get("new")) for column in sorted(changes)),
        tuple(data.get("hidden") or ()),
        tuple((name, data[name]) for name in sorted(data) if name not in _TOLD_APART),
        row.sealed,
        row.actor_user_id,
    )
