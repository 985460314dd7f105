"""Attempts to read what is not one's own: tables, functions, error messages, plans, statistics, files, notices."""

from __future__ import annotations

from uuid import uuid4

import psycopg
from psycopg.errors import InsufficientPrivilege, UndefinedFunction, UndefinedTable

from tests.database.attack import Attack
from tests.database.rights import READS, TEACHER
from tests.database.scene import ASHA, MEERA, Scene


def _meera_works(scene: Scene) -> None:
    """She opens a script and asks for a page: what notifies somebody."""
    with psycopg.connect(scene.database.superuser_url) as superuser:
        superuser.execute("UPDATE page_requests SET expires_at = now() WHERE user_id = %s", (scene.words["meera"],))
    with psycopg.connect(scene.url(MEERA), autocommit=True) as connection:
        connection.execute("SELECT api.request_pages(ARRAY[%s]::uuid[])", (scene.words["upload"],))
        opened = (
            "SELECT api.apply_operations(%s, jsonb_build_array(jsonb_build_object('op_id', gen_random_uuid(), 'seq', 1,"
            " 'evaluation_id', %s::uuid, 'assignment_version', 1, 'base_version', 0, 'kind', 'evaluation.open',"
            " 'schema', 1, 'payload', '{}'::jsonb))) -> 0 ->> 'verdict'"
        )
        assert connection.execute(opened, (uuid4(), scene.words["open"])).fetchone() == ("applied",)


_NOT_SENT = {
    "applied_operations": "WHERE user_id <> %(asha)s",
    "bank_comments": "WHERE owner_user_id <> %(asha)s",
}
"""Where her own rows repeat what other attacks of hers named."""

_TABLES = tuple(
    Attack(
        f"{how} {table}",
        ASHA,
        (f"{statement} public.{table} t {_NOT_SENT.get(table, '')}",),
        None if TEACHER in readers else InsufficientPrivilege,
    )
    for table, readers in READS.items()
    for how, statement in (("read all of", "SELECT count(*) FROM"), ("read the rows of", "SELECT t FROM"))
    if how == "read the rows of" or TEACHER not in readers
)
"""Whole rows, which columns that are hidden refuse; what she may read must hold nothing of others."""

_COLUMNS = tuple(
    Attack(f"read {table}.{column}", ASHA, (f"SELECT {column} FROM public.{table}",), InsufficientPrivilege)
    for table, column in (
        ("users", "password_hash"),
        ("users", "phone"),
        ("users", "school_name"),
        ("exam_instances", "student_user_id"),
        ("answer_sheet_uploads", "s3_key"),
        ("answer_sheet_uploads", "s3_bucket"),
        ("answer_sheet_uploads", "student_user_id"),
        ("subscription_plans", "monthly_price_paise"),
        ("system_config", "updated_by"),
    )
)

_ERRORS = (
    Attack(
        "make a cast tell a value",
        ASHA,
        ("SELECT 1 FROM evaluations WHERE evaluation_id = %(open)s AND evaluation_id::text::int = 1",),
    ),
    Attack(
        "make a cast tell a comment",
        ASHA,
        ("SELECT 1 FROM bank_comments WHERE text LIKE '%%comment%%' AND owner_user_id <> %(asha)s AND text::int = 1",),
    ),
    Attack(
        "make a division tell whether a mark is there",
        ASHA,
        ("SELECT 1 FROM mark_registers WHERE evaluation_id = %(open)s AND 1 / (marks - 1) > 0",),
    ),
    Attack(
        "divide by what every row of evaluations holds",
        ASHA,
        ("SELECT 1 / (CASE WHEN teacher_user_id = %(meera)s THEN 0 ELSE 1 END) FROM evaluations",),
    ),
    Attack(
        "call a leaky function before the policy",
        ASHA,
        (
            (
                "CREATE FUNCTION pg_temp.leak(text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS"
                " $$BEGIN RAISE NOTICE 'leak %%', $1; RETURN true; END$$"
            ),
        ),
        InsufficientPrivilege,
    ),
    Attack(
        "cheap built-in casts before the policy",
        ASHA,
        ("SELECT 1 FROM audit_logs WHERE event_data::text::int = 1",),
        InsufficientPrivilege,
    ),
    Attack(
        "make XML of a table", ASHA, ("SELECT table_to_xml('public.subscriptions', true, false, '')",), psycopg.Error
    ),
    Attack("make XML of a query", ASHA, ("SELECT query_to_xml('SELECT * FROM public.evaluations', true, false, '')",)),
    Attack(
        "find a text by searching",
        ASHA,
        (
            (
                "SELECT ts_stat.word FROM ts_stat('SELECT to_tsvector(payload::text)"
                " FROM public.applied_operations WHERE user_id <> ''<asha>''') ts_stat"
            ),
        ),
    ),
    Attack(
        "learn of a row by a foreign key",
        ASHA,
        (
            (
                "INSERT INTO evaluation_flags (flag_id, evaluation_id, reason, raised_by)"
                " VALUES (gen_random_uuid(), %(open)s, 'x', %(asha)s)"
            ),
        ),
        InsufficientPrivilege,
    ),
    Attack(
        "learn of a row by a unique violation",
        ASHA,
        (
            (
                "INSERT INTO users (user_id, email, password_hash, role, first_name, last_name)"
                " VALUES (%(meera)s, %(meera_email)s, '!', 'teacher', 'a', 'b')"
            ),
        ),
        InsufficientPrivilege,
    ),
    Attack("count others' rows in a plan", ASHA, ("EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM evaluations",)),
    Attack(
        "see filtered values in a plan",
        ASHA,
        ("EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM mark_registers WHERE comment LIKE '%%a%%'",),
    ),
)

_CATALOGUE = (
    Attack(
        "read statistics of columns",
        ASHA,
        (
            (
                "SELECT tablename, attname, most_common_vals::text, histogram_bounds::text FROM pg_stats"
                " WHERE schemaname = 'public'"
            ),
        ),
    ),
    Attack("read raw statistics", ASHA, ("SELECT * FROM pg_statistic",), InsufficientPrivilege),
    Attack("read extended statistics", ASHA, ("SELECT * FROM pg_statistic_ext_data",), InsufficientPrivilege),
    Attack(
        "read others' statements",
        ASHA,
        ("SELECT query, client_addr FROM pg_stat_activity WHERE pid <> pg_backend_pid()",),
    ),
    Attack("read verifiers in pg_authid", ASHA, ("SELECT rolpassword FROM pg_authid",), InsufficientPrivilege),
    Attack("read verifiers in pg_shadow", ASHA, ("SELECT passwd FROM pg_shadow",), InsufficientPrivilege),
    Attack("read who may connect", ASHA, ("SELECT * FROM pg_hba_file_rules",), InsufficientPrivilege),
    Attack("read the digests of verifiers", ASHA, ("SELECT * FROM api._verifiers",), InsufficientPrivilege),
    Attack("read waiting differences", ASHA, ("SELECT * FROM api._changes",), InsufficientPrivilege),
    Attack("read large objects", ASHA, ("SELECT * FROM pg_largeobject",), InsufficientPrivilege),
    Attack("read mappings of foreign servers", ASHA, ("SELECT umoptions FROM pg_user_mappings",)),
    Attack("read prepared statements and cursors", ASHA, ("SELECT * FROM pg_prepared_statements",)),
    Attack("read the server's memory of plans", ASHA, ("SELECT query FROM pg_stat_statements",), UndefinedTable),
)

_ROUND_ABOUT = (
    Attack("read a table by TABLE", ASHA, ("TABLE public.subscriptions",), InsufficientPrivilege),
    Attack(
        "join what is hidden",
        ASHA,
        ("SELECT u.first_name FROM users u JOIN exam_instances e ON true WHERE u.user_id <> %(asha)s",),
    ),
    Attack(
        "read through a view of one's own",
        ASHA,
        ("CREATE VIEW public.spy AS SELECT * FROM public.subscriptions",),
        InsufficientPrivilege,
    ),
    Attack(
        "read through a temporary view",
        ASHA,
        ("CREATE TEMP VIEW spy AS SELECT * FROM public.evaluations",),
        InsufficientPrivilege,
    ),
    Attack(
        "keep rows in a temporary table",
        ASHA,
        ("CREATE TEMP TABLE spy AS SELECT * FROM public.evaluations",),
        InsufficientPrivilege,
    ),
    Attack("read a child's rows by ONLY", ASHA, ("SELECT * FROM ONLY public.mark_registers",)),
    Attack("sample a table", ASHA, ("SELECT * FROM evaluations TABLESAMPLE SYSTEM (100)",)),
    Attack(
        "find rows by where they lie",
        ASHA,
        ("SELECT ctid, xmin, * FROM evaluations WHERE ctid = ANY (ARRAY['(0,1)', '(0,2)', '(0,3)']::tid[])",),
    ),
    Attack("copy a table out", ASHA, ("COPY public.users TO STDOUT",), InsufficientPrivilege),
    Attack("copy a query out", ASHA, ("COPY (SELECT * FROM public.evaluations) TO STDOUT",)),
    Attack("copy into a file", ASHA, ("COPY (SELECT 1) TO '/tmp/mv-attack'",), InsufficientPrivilege),
    Attack("copy from a file", ASHA, ("COPY public.users FROM '/etc/passwd'",), InsufficientPrivilege),
    Attack("run a program", ASHA, ("COPY (SELECT 1) TO PROGRAM 'id'",), InsufficientPrivilege),
    Attack("read a file of the server", ASHA, ("SELECT pg_read_file('PG_VERSION')",), InsufficientPrivilege),
    Attack("read bytes of a file", ASHA, ("SELECT pg_read_binary_file('global/pg_control')",), InsufficientPrivilege),
    Attack("list the server's folder", ASHA, ("SELECT pg_ls_dir('.')",), InsufficientPrivilege),
    Attack("list the server's logs", ASHA, ("SELECT * FROM pg_ls_logdir()",), InsufficientPrivilege),
    Attack("read the current log file's name", ASHA, ("SELECT pg_current_logfile()",), InsufficientPrivilege),
    Attack("take a file into a large object", ASHA, ("SELECT lo_import('/etc/passwd')",), InsufficientPrivilege),
    Attack("look at pages of tables", ASHA, ("CREATE EXTENSION pageinspect",), psycopg.Error),
    Attack("connect elsewhere by dblink", ASHA, ("CREATE EXTENSION dblink",), psycopg.Error),
    Attack("use a trusted extension", ASHA, ("CREATE EXTENSION hstore",), psycopg.Error),
    Attack(
        "decode the log of changes",
        ASHA,
        ("SELECT pg_create_logical_replication_slot('spy', 'test_decoding')",),
        psycopg.Error,
    ),
    Attack("subscribe to changes", ASHA, ("CREATE PUBLICATION spy FOR ALL TABLES",), InsufficientPrivilege),
    Attack(
        "export a snapshot and read",
        ASHA,
        ("SELECT pg_export_snapshot() IS NOT NULL", "SELECT * FROM evaluations WHERE teacher_user_id = %(meera)s"),
    ),
    Attack(
        "hear what others are notified of",
        ASHA,
        ("LISTEN mv_page_requests", "LISTEN mv_evaluations", "LISTEN mv_comments", "SELECT pg_sleep(0)"),
        meanwhile=_meera_works,
    ),
    Attack(
        "hold others up by locks that anybody may take",
        ASHA,
        (
            "SELECT count(pg_advisory_lock(k)) FROM generate_series(-2000, 2000) k",
            "BEGIN; LOCK TABLE public.evaluations, public.holidays IN ACCESS SHARE MODE",
            "SELECT 1",
        ),
        meanwhile=_meera_works,
    ),
    Attack(
        "hold others up by a transaction that does not end",
        ASHA,
        (
            "BEGIN",
            "SELECT api.request_pages(ARRAY[%(upload)s])",
            "SELECT api.hello('x', 1)",
            "SELECT api.finish_upload(%(request)s)",
        ),
        meanwhile=_meera_works,
    ),
    Attack(
        "read who uses what by locks",
        ASHA,
        ("SELECT l.relation::regclass::text, l.mode, l.transactionid FROM pg_locks l",),
    ),
)

_FUNCTIONS = (
    Attack("pull a script of somebody else's", ASHA, ("SELECT api.pull_scripts(ARRAY[%(open)s])",)),
    Attack("pull a script among one's own", ASHA, ("SELECT api.pull_scripts(ARRAY[%(my_open)s, %(open)s, %(done)s])",)),
    Attack("pull a script that is completed", ASHA, ("SELECT api.pull_scripts(ARRAY[%(done)s])",)),
    Attack(
        "search finished scripts by everything",
        ASHA,
        ("SELECT api.finished_scripts('%%', NULL, NULL, 100)", "SELECT api.finished_scripts('', NULL, NULL, 100)"),
    ),
    Attack(
        "finished scripts behind somebody else's",
        ASHA,
        ("SELECT api.finished_scripts('', now() + interval '1 day', %(done)s, 100)",),
    ),
    Attack(
        "inject into the search",
        ASHA,
        ("SELECT api.finished_scripts(%(done)s::text || ''' OR true --', NULL, NULL, 100)",),
    ),
    Attack("search with a pattern", ASHA, ("SELECT api.finished_scripts('.*(?=(', NULL, NULL, 100)",)),
    Attack("pull everybody's comments", ASHA, ("SELECT api.pull_comments(-1)", "SELECT api.pull_comments(NULL)")),
    Attack(
        "ask for addresses of others' pages",
        ASHA,
        ("SELECT * FROM api.request_pages(ARRAY[%(upload)s])",),
        says="belongs to no script of yours",
    ),
    Attack(
        "ask for others' pages among one's own",
        ASHA,
        ("SELECT * FROM api.request_pages(ARRAY[%(my_upload)s, %(upload)s, NULL])",),
        says="belongs to no script of yours",
    ),
    Attack("renew others' addresses", ASHA, ("SELECT api.renew_pages(ARRAY[%(upload)s])",), says="(0,)"),
    Attack("see what became of another's upload", ASHA, ("SELECT api.finish_upload(%(request)s)",), says="unknown"),
    Attack(
        "take over another's upload",
        ASHA,
        (
            (
                "SELECT api.request_upload(%(request)s, 'annotated_pdf', %(done)s, repeat('0', 64), repeat('0', 32), 9,"
                " 'application/pdf')"
            ),
        ),
        says="id_reused",
    ),
    Attack(
        "ask for an upload to another's script",
        ASHA,
        (
            (
                "SELECT api.request_upload(gen_random_uuid(), 'annotated_pdf', %(done)s, repeat('0', 64),"
                " repeat('0', 32), 9, 'application/pdf')"
            ),
        ),
        says="not_allowed",
    ),
    Attack(
        "ask for an upload over an answer sheet",
        ASHA,
        (
            (
                "SELECT api.request_upload(gen_random_uuid(), 'rescan', %(upload)s, repeat('0', 64), repeat('0', 32),"
                " 9, 'image/png')"
            ),
        ),
        says="not_allowed",
    ),
    Attack("see everybody's absences", ASHA, ("SELECT api.absences()",)),
    Attack(
        "have a sheet shown as a picture of a question",
        ASHA,
        ("SELECT * FROM api.request_pictures(ARRAY['answer-sheets/1/001.jpg'], ARRAY[%(open)s]::uuid[])",),
    ),
    Attack("hello tells of others", ASHA, ("SELECT api.hello('x', 1)",)),
    *(
        Attack(f"call {call.split('(')[0]}", ASHA, (f"SELECT api.{call}",), refusal)
        for call, refusal in (
            ("_page_answer(%(meera)s, %(upload)s)", InsufficientPrivilege),
            ("_setting('attack_setting')", InsufficientPrivilege),
            ("_staff_name(%(meera)s)", InsufficientPrivilege),
            ("_script_code(%(exam)s)", InsufficientPrivilege),
            ("_caller(true)", InsufficientPrivilege),
            ("_paper(%(exam)s)", InsufficientPrivilege),
            ("pending_page_requests(10)", InsufficientPrivilege),
            ("uploads_to_check(10)", InsufficientPrivilege),
            ("pending_upload_requests(10)", InsufficientPrivilege),
            ("uploads_to_confirm(10)", InsufficientPrivilege),
            ("pictures_to_check(10)", InsufficientPrivilege),
            ("pending_picture_requests(10)", InsufficientPrivilege),
            ("audit_state()", InsufficientPrivilege),
            ("no_such_function()", UndefinedFunction),
        )
    ),
)

ATTACKS = (*_TABLES, *_COLUMNS, *_ERRORS, *_CATALOGUE, *_ROUND_ABOUT, *_FUNCTIONS)
