"""What PostgreSQL's catalogue knows of a database, as plain text that tests compare."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

FIFTEEN = (
    "users",
    "parent_student_mappings",
    "subscription_plans",
    "subscriptions",
    "questions",
    "exam_templates",
    "exam_instances",
    "student_mcq_answers",
    "answer_sheet_uploads",
    "unanswered_questions",
    "evaluations",
    "question_marks",
    "audit_logs",
    "holidays",
    "system_config",
)
"""The tables that the web platform shares."""


def constraints(connection: psycopg.Connection, kind: str, tables: Sequence[str]) -> set[str]:
    """Names of the constraints of one `kind` (pg_constraint.contype) on `tables`."""
    found = connection.execute(
        "SELECT conname FROM pg_constraint WHERE contype = %s AND conrelid = ANY(%s::regclass[])", (kind, list(tables))
    )
    return {name for (name,) in found}


def unique_indexes(connection: psycopg.Connection, tables: Sequence[str]) -> set[str]:
    """Names of the unique indexes on `tables`, those of keys and constraints included."""
    found = connection.execute(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indisunique AND i.indrelid = ANY(%s::regclass[])",
        (list(tables),),
    )
    return {name for (name,) in found}
