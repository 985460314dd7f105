"""Faults that a migration might bring, and what must notice each: the suite would be worth little if it saw none."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Weakening:
    """One fault.

    Attributes:
        name: what is wrong, as a test's name.
        noticed_by: the attack that succeeds then, or the check that fails.
        statement: makes the fault, as superuser; `<database>` is the database's name.
        function: a function of `api` in which `was` becomes `becomes`.
    """

    name: str
    noticed_by: str
    statement: str = ""
    function: str = ""
    was: str = ""
    becomes: str = ""

    def __str__(self) -> str:
        return self.name

    def apply(self, connection: psycopg.Connection, database: str) -> None:
        """Make the fault."""
        if self.statement:
            connection.execute(self.statement.replace("<database>", database).encode())
            return
        found = connection.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND proname = %s",
            (self.function,),
        ).fetchall()
        ((source,),) = found
        assert self.was in source, f"api.{self.function} has changed"
        connection.execute(sql.SQL(source.replace(self.was, self.becomes)))


WEAKENINGS = (
    Weakening(
        "row security off on one table",
        "read the rows of mark_registers",
        "ALTER TABLE public.mark_registers DISABLE ROW LEVEL SECURITY",
    ),
    Weakening(
        "row security off on a table that teachers do not read",
        "row security is on for every table",
        "ALTER TABLE public.subscriptions DISABLE ROW LEVEL SECURITY",
    ),
    Weakening(
        "a read model that teachers read",
        "a materialised view is granted to nobody",
        "GRANT SELECT ON public.leaderboard TO mv_teacher",
    ),
    Weakening(
        "a policy that trusts a setting",
        "make settings of who she is",
        "ALTER POLICY teacher_reads ON public.evaluations USING (teacher_user_id = coalesce("
        "nullif(current_setting('app.user_id', true), '')::uuid, (SELECT api.me())))",
    ),
    Weakening(
        "a policy that forgets whose it is",
        "read the rows of teacher_absences",
        "ALTER POLICY teacher_reads ON public.teacher_absences USING ((SELECT api.me()) IS NOT NULL)",
    ),
    Weakening("a grant on a table", "read all of subscriptions", "GRANT SELECT ON public.subscriptions TO mv_teacher"),
    Weakening(
        "a grant on a column",
        "read users.password_hash",
        "GRANT SELECT (password_hash) ON public.users TO mv_teacher",
    ),
    Weakening(
        "a grant to write a seal",
        "as admin: change a seal",
        "GRANT UPDATE ON public.audit_seals TO mv_admin",
    ),
    Weakening(
        "an internal function open to everybody",
        "call _setting",
        "GRANT EXECUTE ON FUNCTION api._setting(text) TO PUBLIC",
    ),
    Weakening(
        "temporary tables for everybody",
        "keep rows in a temporary table",
        "GRANT TEMPORARY ON DATABASE <database> TO PUBLIC",
    ),
    Weakening("everybody makes things in public", "make a table in public", "GRANT CREATE ON SCHEMA public TO PUBLIC"),
    Weakening(
        "a definer function with the caller's search path",
        "every definer and trigger function empties the search path",
        "ALTER FUNCTION api.pull_scripts(uuid[]) RESET search_path",
    ),
    Weakening(
        "a view that runs with its owner's rights",
        "no view shows what row security hides",
        "CREATE VIEW public.queue AS SELECT * FROM public.evaluations; GRANT SELECT ON public.queue TO mv_teacher",
    ),
    Weakening(
        "the log may be changed",
        "what is added to only refuses changes, the replica's too",
        "DROP TRIGGER tr_audit_logs_append_only ON public.audit_logs",
    ),
    Weakening(
        "final marks may be changed",
        "no trigger is switched off",
        "ALTER TABLE public.question_marks DISABLE TRIGGER tr_question_marks_final",
    ),
    Weakening(
        "completed scripts take marks",
        "mark in her own completed script",
        function="_judge",
        was="WHEN v_evaluation.status = 'completed' THEN 'completed'",
        becomes="",
    ),
    Weakening(
        "operations of scripts that were never hers",
        "mark in somebody else's script",
        function="_judge",
        was="AND a.teacher_user_id = v_op.user_id",
        becomes="",
    ),
    Weakening(
        "an operation's id tells another's answer",
        "replay Meera's operation",
        function="_same_operation",
        was="p_before.user_id = p_user AND",
        becomes="",
    ),
    Weakening(
        "the caller is whom the program names",
        "call herself Meera's program",
        function="_newcomer",
        was="l.login_name = session_user",
        becomes="l.login_name = coalesce(nullif(current_setting('application_name'), ''), session_user)",
    ),
    Weakening(
        "the first password need not be changed",
        "as newcomer: pull_scripts",
        function="_caller",
        was="v_person.must_change AND v_person.active",
        becomes="false",
    ),
    Weakening(
        "row security forgets the first password",
        "read before the first password is changed",
        function="me",
        was="AND NOT l.must_change_password",
        becomes="",
    ),
    Weakening(
        "pages of anybody's scripts",
        "ask for addresses of others' pages",
        function="request_pages",
        was="e.teacher_user_id = v_me AND",
        becomes="",
    ),
    Weakening(
        "an admin's function is a coordinator's",
        "as coordinator: SELECT api.deactivate_person",
        "GRANT EXECUTE ON FUNCTION api.deactivate_person(uuid, text) TO mv_coordinator;"
        " CREATE OR REPLACE FUNCTION api._admin() RETURNS uuid LANGUAGE sql AS"
        " $$SELECT user_id FROM public.staff_logins WHERE login_name = session_user$$",
    ),
    Weakening(
        "who reads notices is not asked whose they are",
        "mark Meera's notice as read",
        function="read_notices",
        was="n.user_id = v_caller.user_id AND n.read_at IS NULL",
        becomes="n.read_at IS NULL",
    ),
    Weakening(
        "coordinators read everybody's notices",
        "as coordinator: read what others are told",
        "ALTER POLICY coordinator_reads ON public.notices USING (true)",
    ),
    Weakening(
        "a notification says which page",
        "hear what others are notified of",
        function="request_pages",
        was="pg_notify('mv_page_requests', '')",
        becomes="pg_notify('mv_page_requests', p_uploads::text)",
    ),
)
