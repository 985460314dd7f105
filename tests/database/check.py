"""Rules about rights that the catalogue can answer; each query finds what breaks one."""

from __future__ import annotations

import psycopg

_OURS = "('public'::regnamespace, 'api'::regnamespace, 'procrastinate'::regnamespace)"
_ADDED_TO_ONLY = (
    "audit_logs",
    "applied_operations",
    "comment_changes",
    "evaluation_versions",
    "evaluation_returns",
    "deadline_changes",
    "kept_decisions",
    "question_proposals",
    "question_decisions",
)

CHECKS = {
    "row security is on for every table": f"""
        SELECT oid::regclass FROM pg_class
        WHERE relnamespace IN {_OURS} AND relkind IN ('r', 'p') AND NOT relrowsecurity""",
    "no view shows what row security hides": f"""
        SELECT oid::regclass FROM pg_class WHERE relnamespace IN {_OURS} AND relkind IN ('v', 'f')""",
    "a materialised view is granted to nobody": f"""
        SELECT c.oid::regclass, g.grantee::regrole
        FROM pg_class c CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) g
        WHERE relnamespace IN {_OURS} AND relkind = 'm' AND g.grantee <> c.relowner""",
    "every definer and trigger function empties the search path": """
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'api'::regnamespace AND (prosecdef OR prorettype = 'trigger'::regtype)
          AND NOT coalesce('search_path=""' = ANY (proconfig), false)""",
    "no function of ours is open to everybody": f"""
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace IN {_OURS} AND proowner = 'mv_owner'::regrole
          AND has_function_privilege('public', oid, 'EXECUTE')""",
    "internal functions are granted to nobody": """
        SELECT p.oid::regprocedure, g.grantee::regrole FROM pg_proc p, aclexplode(p.proacl) g
        WHERE p.pronamespace = 'api'::regnamespace AND left(p.proname, 1) = '_' AND g.grantee <> p.proowner""",
    "everybody has no right on the database": """
        SELECT p FROM unnest(ARRAY['CONNECT', 'TEMP', 'CREATE']) p
        WHERE has_database_privilege('public', current_database(), p)""",
    "nobody but the owner makes anything in the schemas": """
        SELECT n.oid::regnamespace, g.grantee::regrole FROM pg_namespace n, aclexplode(n.nspacl) g
        WHERE n.nspname IN ('public', 'api', 'procrastinate') AND g.privilege_type = 'CREATE'
          AND NOT pg_has_role(g.grantee, n.nspowner, 'USAGE') AND g.grantee <> 'mv_owner'::regrole
          AND g.grantee <> n.nspowner
        UNION ALL SELECT n::regnamespace, NULL FROM unnest(ARRAY['public', 'api', 'procrastinate']) n
        WHERE has_schema_privilege('public', n, 'CREATE')""",
    "everybody may use nothing in api and in the queue": """
        SELECT n FROM unnest(ARRAY['api', 'procrastinate']) n WHERE has_schema_privilege('public', n, 'USAGE')""",
    "everybody reads and writes no table": f"""
        SELECT oid::regclass, p FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
        WHERE relnamespace IN {_OURS} AND relkind IN ('r', 'p') AND has_table_privilege('public', oid, p)""",
    "no trigger is switched off": f"""
        SELECT tgrelid::regclass, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
        WHERE relnamespace IN {_OURS} AND tgenabled IN ('D', 'R')""",
    "what is added to only refuses changes, the replica's too": f"""
        SELECT t FROM unnest(ARRAY{list(_ADDED_TO_ONLY)}) t WHERE NOT EXISTS (
            SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
            WHERE g.tgrelid = ('public.' || t)::regclass AND p.proname = 'mv_refuse_change' AND g.tgenabled = 'A'
              AND g.tgtype & 2 = 2 AND g.tgtype & 56 = 56)""",
    "no policy asks a setting": """
        SELECT polrelid::regclass, polname FROM pg_policy
        WHERE concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) ~ 'current_setting'""",
    "no group may more than carry rights": """
        SELECT rolname FROM pg_roles WHERE rolname ~ '^mv_(teacher|coordinator|admin|worker|owner)$'
          AND (rolsuper OR rolbypassrls OR rolreplication OR rolcreatedb
               OR rolcreaterole AND rolname <> 'mv_owner' OR rolcanlogin AND rolname !~ '(worker|owner)')""",
}
"""What holds: the query that finds what breaks it."""


def breaks(connection: psycopg.Connection, check: str) -> list[tuple[object, ...]]:
    """What breaks one of `CHECKS`."""
    return connection.execute(CHECKS[check].encode()).fetchall()
