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


_PARTS = {
    "columns": """
        SELECT c.relname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname,
               format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
               a.attidentity, a.attgenerated
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relnamespace = ANY (:ours)""",
    "constraints": """
        SELECT c.conrelid::regclass::text, c.conname, c.contype, c.convalidated, pg_get_constraintdef(c.oid)
        FROM pg_constraint c WHERE c.connamespace = ANY (:ours) AND c.conrelid <> 0 AND c.contype <> 'n'""",
    "indexes": """
        SELECT i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = ANY (:ours)""",
    "enum values": """
        SELECT t.typname, e.enumsortorder, e.enumlabel
        FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = ANY (:ours)""",
    "triggers": """
        SELECT t.tgrelid::regclass::text, pg_get_triggerdef(t.oid), t.tgenabled
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND c.relnamespace = ANY (:ours)""",
    "functions": """
        SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid), p.proowner::regrole::text
        FROM pg_proc p WHERE p.pronamespace = ANY (:ours)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    "policies": """
        SELECT p.polrelid::regclass::text, p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
               pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
        FROM pg_policy p""",
    "relations": """
        SELECT c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole::text
        FROM pg_class c WHERE c.relnamespace = ANY (:ours)""",
    "grants on relations": """
        SELECT c.relname, g.grantee::regrole::text, g.privilege_type, g.is_grantable
        FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) g
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = ANY (:ours)""",
    "grants on columns": """
        SELECT a.attrelid::regclass::text, a.attname, g.grantee::regrole::text, g.privilege_type
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) g
        WHERE c.relnamespace = ANY (:ours)""",
    "grants on functions": """
        SELECT p.oid::regprocedure::text, g.grantee::regrole::text, g.privilege_type
        FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
        WHERE p.pronamespace = ANY (:ours)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    "grants on types": """
        SELECT t.typname, g.grantee::regrole::text, g.privilege_type
        FROM pg_type t, aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) g
        WHERE t.typtype IN ('c', 'e') AND t.typnamespace = ANY (:ours)""",
    "grants on schemas": """
        SELECT n.nspname, g.grantee::regrole::text, g.privilege_type
        FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g
        WHERE n.oid = ANY (:ours)""",
    "grants on the database": """
        SELECT g.grantee::regrole::text, g.privilege_type
        FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) g
        WHERE d.datname = current_database()""",
    "default grants": "SELECT defaclrole::regrole::text, defaclobjtype, defaclacl::text FROM pg_default_acl",
    "comments": """
        SELECT d.classoid::regclass::text, i.identity, d.description
        FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
        WHERE i.schema IN ('public', 'api', 'procrastinate') OR i.type = 'schema' AND i.identity = 'api'""",
    "extensions": "SELECT extname, extversion FROM pg_extension",
}
# Schemas by name: api is absent before 003.
_OURS = "ARRAY(SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'api', 'procrastinate'))"


def catalogue(connection: psycopg.Connection) -> dict[str, list[str]]:
    """Everything that a migration can make or change in a database, by kind, as sorted lines of text."""
    connection.execute("SET LOCAL search_path = ''")  # so that names are written out alike whoever asks
    return {
        part: sorted(map(repr, connection.execute(query.replace(":ours", _OURS).encode()).fetchall()))
        for part, query in _PARTS.items()
    }
