"""What ids stand for: names of people, scripts, questions and the like, by primary keys, as an admin reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.record_name import RecordName, is_id
from mv_desktop.services.family import ANONYMOUS

_LETTERS = 300
"""Of a question or a comment: more than a line shows, so that it ends within no formula that is seen."""


def _person(table: str) -> str:
    """Her name; "" for who was made anonymous."""
    return f"CASE WHEN {table}.email NOT LIKE '%{ANONYMOUS}' THEN {table}.first_name || ' ' || {table}.last_name END"


_COLUMNS: Final[Mapping[str, str]] = {
    "name": "text", "role": "text", "of": "text", "exam": "uuid", "number": "int", "at": "timestamptz", "first": "date",
    "last": "date",
}  # fmt: skip
_QUESTION = {"name": f"left(q.question_text, {_LETTERS})", "of": "q.unit", "number": "q.marks"}
_PAGE = {"exam": "p.exam_instance_id", "number": "p.page_number"}
_SOURCES: Final[tuple[tuple[str, Mapping[str, str], str], ...]] = (
    ("user", {"name": _person("u"), "role": "u.role::text"}, "public.users u WHERE u.user_id"),
    ("upload", _PAGE, "public.answer_sheet_uploads p WHERE p.upload_id"),
    ("evaluation", {"exam": "e.exam_instance_id"}, "public.evaluations e WHERE e.evaluation_id"),
    (
        "exam",
        {
            "name": "t.template_name",
            "of": _person("u"),
            "exam": "x.exam_instance_id",
            "at": "coalesce(x.started_at, x.created_at)",
        },
        (
            "public.exam_instances x JOIN public.exam_templates t ON t.template_id = x.template_id"
            " JOIN public.users u ON u.user_id = x.student_user_id WHERE x.exam_instance_id"
        ),
    ),
    ("question", _QUESTION, "public.questions q WHERE q.question_id"),
    ("template", {"name": "t.template_name"}, "public.exam_templates t WHERE t.template_id"),
    (
        "subscription",
        {"name": "n.display_name", "of": _person("u"), "first": "b.start_date", "last": "b.end_date"},
        (
            "public.subscriptions b JOIN public.subscription_plans n ON n.plan_type = b.plan_type"
            " JOIN public.users u ON u.user_id = b.student_user_id WHERE b.subscription_id"
        ),
    ),
    ("holiday", {"name": "h.holiday_name", "first": "h.holiday_date"}, "public.holidays h WHERE h.holiday_id"),
    (
        "mapping",
        {"name": _person("u"), "of": _person("s")},
        (
            "public.parent_student_mappings m JOIN public.users u ON u.user_id = m.parent_user_id"
            " JOIN public.users s ON s.user_id = m.student_user_id WHERE m.mapping_id"
        ),
    ),
    (
        "absence",
        {"name": _person("u"), "first": "a.first_day", "last": "a.return_day"},
        "public.teacher_absences a JOIN public.users u ON u.user_id = a.user_id WHERE a.absence_id",
    ),
    (
        "consultation",
        {"name": _person("u"), "of": _person("s"), "first": "c.held_on"},
        (
            "public.consultations c JOIN public.users u ON u.user_id = c.teacher_user_id"
            " JOIN public.subscriptions b ON b.subscription_id = c.subscription_id"
            " JOIN public.users s ON s.user_id = b.student_user_id WHERE c.consultation_id"
        ),
    ),
    (
        "marking",
        {"name": _person("u"), "exam": "e.exam_instance_id"},
        (
            "public.second_markings k JOIN public.users u ON u.user_id = k.teacher_user_id"
            " JOIN public.evaluations e ON e.evaluation_id = k.evaluation_id WHERE k.marking_id"
        ),
    ),
    (
        "proposal",
        _QUESTION,
        "public.question_proposals r JOIN public.questions q ON q.question_id = r.question_id WHERE r.proposal_id",
    ),
    (
        "upload",
        _PAGE,
        "public.page_versions v JOIN public.answer_sheet_uploads p ON p.upload_id = v.upload_id WHERE v.version_id",
    ),
    ("comment", {"name": f"left(c.text, {_LETTERS})"}, "public.bank_comments c WHERE c.comment_id"),
    ("computer", {"name": "m.name", "of": "m.of"}, "machines m WHERE m.computer_id"),
    (
        "import",
        {"name": "l.event_data ->> 'file'"},  # the table of imports is read by functions alone
        "public.audit_logs l WHERE l.event_data ->> 'file' <> '' AND l.resource_type = 'import' AND l.resource_id",
    ),
)
"""Of which kind a thing is, what is told of it, and where it lies: ended by the column that is its id."""


def _told(kind: str, told: Mapping[str, str]) -> str:
    """All columns, of a kind that has some of them."""
    columns = ", ".join(f'CAST({told.get(name, "NULL")} AS {of}) AS "{name}"' for name, of in _COLUMNS.items())
    return f"'{kind}' AS kind, {columns}"


_ONE = " UNION ALL ".join(
    f"(SELECT {_told(kind, told)} FROM {where} = w.id LIMIT 1)"  # noqa: S608 - ours
    for kind, told, where in _SOURCES
)


# An id stands in one table: the first that has it ends the search, and what occurs most is looked at first. Computers
# have no index by their own id, and are few.
_NAMES: Final = f"""
    WITH wanted (id) AS (SELECT unnest(CAST(:ids AS uuid[]))), machines AS MATERIALIZED (
        SELECT DISTINCT ON (c.computer_id) c.computer_id, c.name, {_person("u")} AS of
        FROM public.computers c JOIN public.users u ON u.user_id = c.user_id
        WHERE c.computer_id = ANY (CAST(:ids AS uuid[])) ORDER BY c.computer_id, c.last_seen_at DESC
    )
    SELECT w.id::text AS key, x.* FROM wanted w CROSS JOIN LATERAL (
        {_ONE} LIMIT 1
    ) x
    UNION ALL
    SELECT n.plan_type::text, {_told("plan", {"name": "n.display_name"})}
    FROM public.subscription_plans n WHERE n.plan_type::text = ANY (CAST(:plans AS text[]))
"""  # noqa: S608 - ours


def names_of(session: Session, keys: Collection[str]) -> Mapping[str, RecordName]:
    """What these are called now; those that nothing is known of (deleted, or no record's at all) are left out.

    Args:
        session: of an admin.
        keys: ids, and the database's names of plans.
    """
    ids = [key for key in keys if is_id(key)]
    plans = [key for key in keys if not is_id(key)]
    if not ids and not plans:
        return {}
    rows = session.execute(text(_NAMES), {"ids": ids, "plans": plans})
    return {
        row.key: RecordName(
            *(row.kind, row.name or "", row.role or "", row.of or "", row.exam, row.number, row.at, row.first, row.last)
        )
        for row in rows
    }
