"""Attempts to be somebody else, to get more rights, or to take the rules away."""

from __future__ import annotations

from psycopg import OperationalError
from psycopg.errors import (
    Error,
    InsufficientPrivilege,
    InvalidParameterValue,
)

from tests.database.attack import Attack
from tests.database.scene import ASHA, CLOSED, LOCKED, NEWCOMER, STRANGER, WORKER

_PULL = "SELECT api.pull_scripts(ARRAY[%(open)s])"
_READ = "SELECT * FROM public.evaluations WHERE teacher_user_id = %(meera)s"
_ME = "SELECT api.me() = %(meera)s AND 1 / 0 = 1"
"""Divides by nothing only where she has become Meera."""

_ROLES = tuple(
    Attack(f"{verb} {role.strip('<>')}", ASHA, (f'{verb} "{role}"', _READ, f'{verb} "{role}"'), InsufficientPrivilege)
    for role in (
        "mv_owner",
        "mv_admin",
        "mv_coordinator",
        "mv_worker",
        "mv_super",
        "<meera_login>",
        "<admin_login>",
        "pg_read_all_data",
        "pg_write_all_data",
        "pg_monitor",
        "pg_signal_backend",
        "pg_read_server_files",
    )
    for verb in ("SET ROLE", "SET SESSION AUTHORIZATION")
)

_PUT_ON = (
    Attack(
        "set the role by set_config", ASHA, ("SELECT set_config('role', 'mv_admin', false)",), InsufficientPrivilege
    ),
    Attack(
        "set the session's person by set_config",
        ASHA,
        ("SELECT set_config('session_authorization', %(meera_login)s, false)",),
        InsufficientPrivilege,
    ),
    Attack(
        "make settings of who she is",
        ASHA,
        (
            (
                "SELECT set_config(k, %(meera)s::text, false) IS NULL FROM unnest(ARRAY['app.user_id', 'app.me',"
                " 'api.me', 'mv.user_id', 'mv.me', 'request.user', 'session.user_id', 'app.current_user']) k"
            ),
            _ME,
            _READ,
            _PULL,
        ),
    ),
    Attack(
        "name her login in a setting",
        ASHA,
        (
            (
                "SELECT set_config(k, %(meera_login)s, false) IS NULL FROM unnest(ARRAY['app.login', 'mv.login', "
                "'app.user', 'mv.user', 'api.login']) k"
            ),
            _ME,
            _READ,
            _PULL,
        ),
    ),
    Attack("call herself Meera's program", ASHA, ("SET application_name = '<meera_login>'", _ME, _READ, _PULL)),
    Attack(
        "put functions of her own before the server's",
        ASHA,
        (
            "SET search_path = pg_temp, public, pg_catalog",
            ("CREATE FUNCTION pg_temp.session_user() RETURNS name LANGUAGE sql AS $$SELECT '<meera_login>'::name$$"),
        ),
        InsufficientPrivilege,
    ),
    Attack(
        "put a table of her own before staff_logins",
        ASHA,
        ("SET search_path = pg_temp, public", "CREATE TEMP TABLE staff_logins AS SELECT 1"),
        InsufficientPrivilege,
    ),
    Attack(
        "put an operator of her own before =",
        ASHA,
        ("CREATE OPERATOR public.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = uuid_ne)",),
        InsufficientPrivilege,
    ),
    Attack(
        "empty the search path for functions",
        ASHA,
        ("SET search_path = ''", _ME, ("SELECT api.pull_scripts(ARRAY[%(open)s])")),
    ),
    Attack("switch row security off", ASHA, ("SET row_security = off", _READ), InsufficientPrivilege),
    Attack(
        "play the replica, whose triggers are off",
        ASHA,
        ("SET session_replication_role = replica",),
        InsufficientPrivilege,
    ),
    Attack(
        "let changed system tables be written",
        ASHA,
        ("SET allow_system_table_mods = on", "UPDATE pg_authid SET rolsuper = true"),
        InsufficientPrivilege,
    ),
    Attack("load a library", ASHA, ("LOAD 'auto_explain'",), InsufficientPrivilege),
    Attack("preload a library", ASHA, ("SET session_preload_libraries = 'auto_explain'",), InsufficientPrivilege),
    Attack("log everybody's statements", ASHA, ("SET log_statement = 'all'",), InsufficientPrivilege),
    Attack("change the server's settings", ASHA, ("ALTER SYSTEM SET ssl = off",), InsufficientPrivilege),
    Attack("reset the session", ASHA, ("DISCARD ALL", "RESET ROLE", "RESET SESSION AUTHORIZATION", _READ)),
)

_RIGHTS = tuple(
    Attack(name, ASHA, (statement,), refusal)
    for name, statement, refusal in (
        ("make herself superuser", 'ALTER ROLE "<asha_login>" SUPERUSER', InsufficientPrivilege),
        ("let herself make roles", 'ALTER ROLE "<asha_login>" CREATEROLE', InsufficientPrivilege),
        ("let herself go around row security", 'ALTER ROLE "<asha_login>" BYPASSRLS', InsufficientPrivilege),
        ("rename herself to Meera", 'ALTER ROLE "<asha_login>" RENAME TO mv_other', Error),
        ("rename Meera", 'ALTER ROLE "<meera_login>" RENAME TO mv_other', InsufficientPrivilege),
        ("set Meera's password", "ALTER ROLE \"<meera_login>\" PASSWORD 'x'", InsufficientPrivilege),
        ("lock Meera out", 'ALTER ROLE "<meera_login>" NOLOGIN', InsufficientPrivilege),
        ("set something for Meera", "ALTER ROLE \"<meera_login>\" SET search_path = 'x'", InsufficientPrivilege),
        ("set something for all", "ALTER DATABASE <database> SET search_path = 'x'", InsufficientPrivilege),
        ("rename the database", "ALTER DATABASE <database> RENAME TO other", InsufficientPrivilege),
        ("drop the database", "DROP DATABASE <database>", Error),
        ("copy the database", "CREATE DATABASE mine TEMPLATE <database>", InsufficientPrivilege),
        ("join the admins", 'GRANT mv_admin TO "<asha_login>"', InsufficientPrivilege),
        ("join the coordinators", 'GRANT mv_coordinator TO "<asha_login>"', InsufficientPrivilege),
        ("take the teachers' group from Meera", 'REVOKE mv_teacher FROM "<meera_login>"', InsufficientPrivilege),
        ("give herself Meera", 'GRANT "<meera_login>" TO "<asha_login>"', InsufficientPrivilege),
        ("become a member of the owner", 'GRANT mv_owner TO "<asha_login>"', InsufficientPrivilege),
        ("make a role", "CREATE ROLE spy LOGIN", InsufficientPrivilege),
        ("drop a role", 'DROP ROLE "<meera_login>"', InsufficientPrivilege),
        ("drop what Meera owns", 'DROP OWNED BY "<meera_login>"', InsufficientPrivilege),
        ("take over what the owner owns", 'REASSIGN OWNED BY mv_owner TO "<asha_login>"', InsufficientPrivilege),
        ("own a table", 'ALTER TABLE public.evaluations OWNER TO "<asha_login>"', InsufficientPrivilege),
        ("drop a table", "DROP TABLE public.evaluations CASCADE", InsufficientPrivilege),
        ("drop a policy", "DROP POLICY teacher_reads ON public.evaluations", InsufficientPrivilege),
        ("widen a policy", "ALTER POLICY teacher_reads ON public.evaluations USING (true)", InsufficientPrivilege),
        ("add a policy", "CREATE POLICY mine ON public.evaluations USING (true)", InsufficientPrivilege),
        (
            "switch row security off on a table",
            "ALTER TABLE public.evaluations DISABLE ROW LEVEL SECURITY",
            InsufficientPrivilege,
        ),
        ("switch a trigger off", "ALTER TABLE public.question_marks DISABLE TRIGGER ALL", InsufficientPrivilege),
        (
            "add a trigger",
            ("CREATE TRIGGER t AFTER INSERT ON public.evaluations EXECUTE FUNCTION public.mv_refuse_change()"),
            InsufficientPrivilege,
        ),
        ("add a rule", "CREATE RULE r AS ON SELECT TO public.holidays DO INSTEAD SELECT 1", InsufficientPrivilege),
        (
            "add an index with a function",
            "CREATE INDEX ON public.evaluations ((teacher_user_id::text))",
            InsufficientPrivilege,
        ),
        (
            "replace api.me",
            "CREATE OR REPLACE FUNCTION api.me() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
            InsufficientPrivilege,
        ),
        ("change api.me", "ALTER FUNCTION api.me() SECURITY INVOKER", InsufficientPrivilege),
        (
            "make a function in public",
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            InsufficientPrivilege,
        ),
        ("make a table in public", "CREATE TABLE public.mine (x int)", InsufficientPrivilege),
        ("make a type in api", "CREATE TYPE api.mine AS ENUM ('x')", InsufficientPrivilege),
        ("make a schema", "CREATE SCHEMA mine", InsufficientPrivilege),
        ("make a cast", "CREATE CAST (uuid AS int) WITH INOUT AS IMPLICIT", Error),
        ("make a language", "CREATE LANGUAGE plpython3u", Error),
        (
            "make an event trigger",
            ("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.mv_refuse_change()"),
            Error,
        ),
        ("make a foreign server", "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw", Error),
        ("give her rights to everybody", "GRANT SELECT ON public.evaluations TO PUBLIC", None),
        ("comment on a table", "COMMENT ON TABLE public.evaluations IS 'x'", InsufficientPrivilege),
        ("analyse a table", "ANALYZE public.subscriptions", None),
        (
            "grant by default",
            "ALTER DEFAULT PRIVILEGES FOR ROLE mv_owner GRANT SELECT ON TABLES TO PUBLIC",
            InsufficientPrivilege,
        ),
        (
            "take the verifiers by a block",
            "DO $$BEGIN PERFORM rolpassword FROM pg_authid; END$$",
            InsufficientPrivilege,
        ),
        ("write by a block", "DO $$BEGIN UPDATE public.evaluations SET version = 1; END$$", InsufficientPrivilege),
    )
)

_OTHERS = (
    Attack(
        "end others' sessions",
        ASHA,
        (
            (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND usename IS NOT NULL"
            ),
        ),
        InsufficientPrivilege,
    ),
    Attack(
        "cancel others' statements",
        ASHA,
        (
            (
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND usename IS NOT NULL"
            ),
        ),
        InsufficientPrivilege,
    ),
    Attack("reload the server", ASHA, ("SELECT pg_reload_conf()",), InsufficientPrivilege),
    Attack("take a checkpoint", ASHA, ("CHECKPOINT",), InsufficientPrivilege),
    Attack("forget the statistics", ASHA, ("SELECT pg_stat_reset()",), InsufficientPrivilege),
    Attack("turn the log", ASHA, ("SELECT pg_rotate_logfile()",), InsufficientPrivilege),
    Attack("lock Meera as an admin does", ASHA, ("SELECT api.lock_person(%(meera)s, 'x')",), InsufficientPrivilege),
    Attack(
        "change Meera's password as an admin does",
        ASHA,
        ("SELECT api.reset_password(%(meera)s, %(verifier)s, 'x')",),
        InsufficientPrivilege,
    ),
    Attack(
        "give Meera's login another password",
        ASHA,
        ("SELECT api.provision_login(%(meera)s, %(verifier)s)",),
        InsufficientPrivilege,
    ),
    Attack(
        "make herself an admin", ASHA, ("SELECT api.change_role(%(asha)s, 'admin', false, 'x')",), InsufficientPrivilege
    ),
    Attack(
        "make a login",
        ASHA,
        ("SELECT api._put_login_role('mv_spy', %(verifier)s, 'admin', true)",),
        InsufficientPrivilege,
    ),
    Attack(
        "inject into a verifier",
        ASHA,
        ("SELECT api.change_password('SCRAM-SHA-256$4096:YQ==$'' SUPERUSER PASSWORD ''x')",),
        InvalidParameterValue,
    ),
    Attack("give a password for a verifier", ASHA, ("SELECT api.change_password('horse')",), InvalidParameterValue),
)

_CLOSED_DOORS = (
    Attack("sign in while locked", LOCKED, ("SELECT * FROM public.evaluations",), OperationalError),
    Attack(
        "read before the first password is changed",
        NEWCOMER,
        (
            "SELECT u FROM (SELECT user_id, email FROM public.users) u",
            "SELECT * FROM public.evaluations",
            "SELECT * FROM public.holidays",
            "SELECT config_key FROM public.system_config",
        ),
        silent=True,
    ),
    *(
        Attack(f"as {who}: {call.split('(')[0]}", who, (f"SELECT api.{call}",), InsufficientPrivilege)
        for who in (NEWCOMER, CLOSED)
        for call in (
            "pull_scripts(ARRAY[%(open)s])",
            "request_pages(ARRAY[%(upload)s])",
            "absences()",
            "put_absence(gen_random_uuid(), '2100-01-01', '2100-01-02', '')",
            "pull_comments(0)",
            "apply_comment_changes('[]')",
            "finished_scripts('', NULL, NULL, 9)",
            "renew_pages(ARRAY[%(upload)s])",
            "finish_upload(%(request)s)",
            "delete_absence(%(absence)s)",
        )
    ),
    Attack(
        "send work before the first password is changed",
        NEWCOMER,
        ("SELECT api.apply_operations(gen_random_uuid(), '[]')",),
        InsufficientPrivilege,
    ),
    Attack(
        "let herself off changing it",
        NEWCOMER,
        ("UPDATE public.staff_logins SET must_change_password = false",),
        InsufficientPrivilege,
    ),
    Attack(
        "keep the first password",
        NEWCOMER,
        ("SELECT api.change_password((SELECT rolpassword FROM pg_authid WHERE rolname = session_user))",),
        InsufficientPrivilege,
    ),
    Attack("sign in though closed", CLOSED, ("SELECT api.sign_in('x', 1)",), InsufficientPrivilege),
    Attack(
        "change the password though closed",
        CLOSED,
        ("SELECT api.change_password(%(verifier)s)",),
        InsufficientPrivilege,
    ),
    Attack(
        "read though closed",
        CLOSED,
        ("SELECT * FROM public.evaluations", "SELECT * FROM public.holidays", "SELECT user_id FROM public.users"),
        silent=True,
    ),
    Attack("connect without a group", STRANGER, ("SELECT 1",), OperationalError),
)

_WORKERS = (
    *(
        Attack(f"as the worker: {statement.split(' (')[0]}", WORKER, (statement,), InsufficientPrivilege)
        for statement in (
            "SELECT * FROM public.evaluations",
            "SELECT * FROM public.users",
            "SELECT * FROM public.audit_logs",
            "SELECT * FROM public.bank_comments",
            "SELECT api.apply_operations(gen_random_uuid(), '[]')",
            "SELECT api.pull_scripts(ARRAY[%(open)s])",
            "SELECT api.reset_password(%(meera)s, %(verifier)s, 'x')",
            "SELECT api.provision_login(%(meera)s, %(verifier)s)",
            "UPDATE public.page_requests SET address = 'x'",
            "UPDATE public.audit_seals SET seal = '\\x00'",
            "SET ROLE mv_owner",
        )
    ),
)

ATTACKS = (*_ROLES, *_PUT_ON, *_RIGHTS, *_OTHERS, *_CLOSED_DOORS, *_WORKERS)
