"""Attempts to change what is final or somebody else's: by statements, by others' operations, by words that are code."""

from __future__ import annotations

import json
from typing import Any

from psycopg.errors import Error, InsufficientPrivilege, InvalidParameterValue

from tests.database.attack import Attack
from tests.database.scene import ASHA, CLOSED


def sent(kind: str, content: dict[str, Any], /, *, script: str, stream: str = "gen_random_uuid()", **more: str) -> str:
    """A batch of one operation; `script`, `stream` and what `more` names are SQL."""
    fields = {"op_id": "gen_random_uuid()", "seq": "1", "assignment_version": "1", "base_version": "0", "schema": "1"}
    fields |= {"evaluation_id": script, "kind": f"'{kind}'"} | more
    fields.setdefault("payload", "'" + json.dumps(content).replace("'", "''").replace("%", "%%") + "'::jsonb")
    pairs = ", ".join(f"'{name}', {value}" for name, value in fields.items())
    return f"SELECT api.apply_operations({stream}, jsonb_build_array(jsonb_build_object({pairs})))"


def _literal(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "''").replace("%", "%%") + "'"


MARK = {"question_number": 2, "alternative": None, "state": "marked", "marks": "2", "comment": ""}
_INK = {
    "id": "00000000-0000-4000-8000-000000000001",
    "page_number": 1,
    "pdf_page": 0,
    "type": "text",
    "text": "x",
    "x": 0.1,
    "y": 0.1,
    "width": 0.3,
    "size": 0.018,
    "color": "#D32F2F",
    "question_number": None,
    "alternative": None,
    "marks": None,
}
_CODE = (
    "'; UPDATE public.evaluations SET status = 'completed'; --",
    "$$; DROP TABLE public.evaluations; $$",
    '"}, {"kind": "evaluation.submit"',
    "\\'; SELECT api._setting('attack_setting'); --",
    "%s%n%x{0}{open}",
)
"""Words that would do something if anything took them for code."""

_STATEMENTS = tuple(
    Attack(name, ASHA, (statement,), InsufficientPrivilege)
    for name, statement in (
        ("raise a final mark", "UPDATE public.question_marks SET marks_awarded = marks_possible"),
        ("raise the result", "UPDATE public.exam_instances SET total_score = 80 WHERE exam_instance_id = %(my_exam)s"),
        ("move her own deadline", "UPDATE public.evaluations SET sla_deadline = now() + interval '9 days'"),
        (
            "open what is completed",
            "UPDATE public.evaluations SET status = 'in_progress' WHERE evaluation_id = %(my_done)s",
        ),
        ("take a script over", "UPDATE public.evaluations SET teacher_user_id = %(asha)s"),
        ("give a script away", "UPDATE public.evaluations SET teacher_user_id = %(meera)s"),
        ("make it not late", "UPDATE public.evaluations SET sla_breached = false"),
        ("change a snapshot", "UPDATE public.exam_instances SET exam_snapshot = '{}'"),
        ("change a copied snapshot", "UPDATE public.evaluation_versions SET marks = '[]'"),
        ("write into the log", "INSERT INTO public.audit_logs (event_type) VALUES ('user.login')"),
        ("clear the log", "DELETE FROM public.audit_logs"),
        ("empty the log", "TRUNCATE public.audit_logs CASCADE"),
        ("write a seal", "INSERT INTO public.audit_seals SELECT 1"),
        ("change a seal", "UPDATE public.audit_seals SET seal = '\\x00'"),
        ("forget operations", "DELETE FROM public.applied_operations"),
        ("change operations", "UPDATE public.applied_operations SET verdict = 'applied'"),
        ("change a setting", "UPDATE public.system_config SET config_value = '1'"),
        ("add a holiday", "INSERT INTO public.holidays (holiday_date, holiday_name) VALUES ('2100-01-01', 'x')"),
        ("change her clock", "UPDATE public.clock_beacons SET issued_at = now() - interval '9 days'"),
        ("change her stream", "UPDATE public.streams SET last_seq = 0"),
        ("answer her own page request", "UPDATE public.page_requests SET address = 'x'"),
        ("check a page herself", "UPDATE public.page_files SET problem = NULL"),
        ("make herself coordinator", "UPDATE public.users SET is_coordinator = true"),
        ("rename her login", "UPDATE public.staff_logins SET user_id = %(meera)s"),
        ("unlock somebody", "UPDATE public.staff_logins SET locked_at = NULL"),
        (
            "write an unlogged difference",
            (
                "INSERT INTO api._changes (resource_type, resource_key, act, changes)"
                " VALUES ('user', 'x', 'changed', '{}')"
            ),
        ),
        ("write a verifier's digest", "UPDATE api._verifiers SET digest = '\\x00'"),
        (
            "write by MERGE",
            (
                "MERGE INTO public.evaluations e USING (SELECT 1) s ON true WHEN MATCHED THEN"
                " UPDATE SET status = 'completed'"
            ),
        ),
        (
            "write by ON CONFLICT",
            (
                "INSERT INTO public.system_config (config_key, config_value) VALUES"
                " ('anonymous_marking', 'false') ON CONFLICT (config_key) DO UPDATE SET config_value = 'false'"
            ),
        ),
        ("write by WITH", "WITH w AS (UPDATE public.question_marks SET marks_awarded = 0 RETURNING 1) SELECT * FROM w"),
        ("write by COPY", "COPY public.evaluation_flags FROM STDIN"),
        ("lock rows for others", "SELECT * FROM public.evaluations FOR UPDATE"),
        ("share-lock rows", "SELECT * FROM public.evaluations FOR KEY SHARE"),
        ("lock a table", "BEGIN; LOCK TABLE public.evaluations IN ACCESS EXCLUSIVE MODE"),
        ("lock a table for reading", "BEGIN; LOCK TABLE public.staff_logins IN SHARE MODE"),
        ("lock a table she reads", "BEGIN; LOCK TABLE public.holidays IN SHARE ROW EXCLUSIVE MODE"),
        (
            "move a sequence",
            (
                "SELECT setval(c.oid, 1) FROM pg_class c WHERE relkind = 'S'"
                " AND relnamespace IN ('public'::regnamespace, 'api'::regnamespace)"
            ),
        ),
        ("refresh and reindex", "REINDEX TABLE public.evaluations"),
        ("cluster a table", "CLUSTER public.evaluations USING pk_evaluations"),
    )
)

_OPERATIONS = (
    Attack("mark in somebody else's script", ASHA, (sent("mark.set", MARK, script="%(open)s"),), says="never_assigned"),
    Attack(
        "mark in somebody else's completed script",
        ASHA,
        (sent("mark.set", MARK, script="%(done)s"),),
        says="never_assigned",
    ),
    Attack(
        "open somebody else's script", ASHA, (sent("evaluation.open", {}, script="%(open)s"),), says="never_assigned"
    ),
    Attack(
        "submit somebody else's script",
        ASHA,
        (sent("evaluation.submit", {"marks": {}, "total": "0"}, script="%(open)s"),),
        says="never_assigned",
    ),
    Attack(
        "hand back somebody else's script",
        ASHA,
        (sent("evaluation.hand_back", {"reason": "too_ill"}, script="%(open)s"),),
        says="never_assigned",
    ),
    Attack(
        "flag somebody else's script",
        ASHA,
        (sent("flag.raise", {"flag_id": _INK["id"], "reason": "blurred", "comment": ""}, script="%(open)s"),),
        says="never_assigned",
    ),
    Attack(
        "withdraw somebody else's flag",
        ASHA,
        (sent("flag.withdraw", {}, script="%(my_open)s", payload="jsonb_build_object('flag_id', %(flag)s)"),),
        says="unknown_flag",
    ),
    Attack(
        "mark in her own completed script", ASHA, (sent("mark.set", MARK, script="%(my_done)s"),), says="'completed'"
    ),
    Attack(
        "clear a mark of a completed script",
        ASHA,
        (sent("mark.clear", {"question_number": 2, "alternative": None}, script="%(my_done)s"),),
        says="'completed'",
    ),
    Attack(
        "submit a completed script again",
        ASHA,
        (sent("evaluation.submit", {"marks": {"2": "2"}, "total": "2"}, script="%(my_done)s"),),
        says="'completed'",
    ),
    Attack(
        "hand back a completed script",
        ASHA,
        (sent("evaluation.hand_back", {"reason": "too_ill"}, script="%(my_done)s"),),
        says="'completed'",
    ),
    Attack(
        "mark in a later assignment",
        ASHA,
        (sent("mark.set", MARK, script="%(my_open)s", assignment_version="2"),),
        says="never_assigned",
    ),
    Attack(
        "more marks than the question has",
        ASHA,
        (sent("mark.set", MARK | {"marks": "99"}, script="%(my_open)s"),),
        says="out_of_range",
    ),
    Attack(
        "fewer marks than none",
        ASHA,
        (sent("mark.set", MARK | {"marks": "-1"}, script="%(my_open)s"),),
        says="out_of_range",
    ),
    Attack(
        "marks that are no number",
        ASHA,
        (sent("mark.set", MARK | {"marks": "NaN"}, script="%(my_open)s"),),
        says="out_of_range",
    ),
    Attack(
        "a mark for a question that is not asked",
        ASHA,
        (sent("mark.set", MARK | {"question_number": 77}, script="%(my_open)s"),),
        says="unknown_question",
    ),
    Attack(
        "replay Meera's operation",
        ASHA,
        (sent("evaluation.open", {}, script="%(open)s", op_id="%(op)s"),),
        says="op_id_reused",
    ),
    Attack(
        "replay her operation for one's own script",
        ASHA,
        (sent("evaluation.open", {}, script="%(my_open)s", op_id="%(op)s"),),
        says="op_id_reused",
    ),
    Attack(
        "go on with Meera's stream",
        ASHA,
        (sent("evaluation.open", {}, script="%(my_open)s", stream="%(stream)s", seq="99"),),
        says="stream_not_yours",
    ),
    Attack(
        "take Meera's stream from its beginning",
        ASHA,
        (sent("evaluation.open", {}, script="%(my_open)s", stream="%(stream)s"),),
        says="stream_not_yours",
    ),
    Attack(
        "write over Meera's ink by its id",
        ASHA,
        (
            sent(
                "annotation.delete",
                {},
                script="%(open)s",
                payload="jsonb_build_object('annotation_ids', jsonb_build_array(%(annotation)s))",
            ),
        ),
        says="never_assigned",
    ),
    Attack(
        "an operation of a kind of one's own",
        ASHA,
        (sent("evaluation.return", {}, script="%(my_done)s"),),
        says="'completed'",
    ),
    Attack(
        "an internal function as a kind", ASHA, (sent("_submit(p_op)", {}, script="%(my_open)s"),), says="unknown_kind"
    ),
    Attack(
        "ink larger than is allowed",
        ASHA,
        (
            sent(
                "annotation.put",
                {},
                script="%(my_open)s",
                payload="jsonb_build_object('page', 1, 'x', repeat('x', 2000000))",
            ),
        ),
        says="too_large",
    ),
    Attack(
        "more operations than are allowed",
        ASHA,
        ("SELECT api.apply_operations(gen_random_uuid(), (SELECT jsonb_agg(1) FROM generate_series(1, 51)))",),
        InvalidParameterValue,
    ),
    Attack(
        "operations that are none", ASHA, ("SELECT api.apply_operations(gen_random_uuid(), '[1, null, []]')",), Error
    ),
    Attack("call the worker's completion", ASHA, ("SELECT api.mark_breaches(10)",), InsufficientPrivilege),
    Attack(
        "sign an address oneself",
        ASHA,
        ("SELECT api.answer_page_request(%(page_request)s, 'x', now(), NULL)",),
        InsufficientPrivilege,
    ),
    Attack(
        "declare a page sound",
        ASHA,
        ("SELECT api.store_page_file(%(upload)s, repeat('0', 64), 1, '[]')",),
        InsufficientPrivilege,
    ),
    Attack("seal the log", ASHA, ("SELECT api.seal_audit(10)",), InsufficientPrivilege),
    Attack(
        "write into the log by the function",
        ASHA,
        ("SELECT api._audit('user.login', %(meera)s, 'user', %(meera)s, '{}')",),
        InsufficientPrivilege,
    ),
    Attack("complete by the function", ASHA, ("SELECT api._submit(NULL)",), InsufficientPrivilege),
    Attack("judge by the function", ASHA, ("SELECT api._judge(true, NULL, '{}', '{}', '{}')",), InsufficientPrivilege),
    Attack(
        "move a deadline by the function",
        ASHA,
        ("SELECT api.extend_deadline(%(my_open)s, now(), now() + interval '9 days', 'x')",),
        InsufficientPrivilege,
    ),
    Attack(
        "return a script by the function",
        ASHA,
        ("SELECT api.return_questions(%(my_done)s, 1, '[]', now(), 'x')",),
        InsufficientPrivilege,
    ),
    Attack(
        "assign a script by the function",
        ASHA,
        ("SELECT api.move_script(%(open)s, 1, %(asha)s, 'x')",),
        InsufficientPrivilege,
    ),
    Attack(
        "move many scripts by the function",
        ASHA,
        ("SELECT api.move_scripts(jsonb_build_array(jsonb_build_object('evaluation', %(open)s, 'version', 1)), 'x')",),
        InsufficientPrivilege,
    ),
    Attack("answer one's own flag", ASHA, ("SELECT api.answer_flag(%(my_flag)s, 'x')",), InsufficientPrivilege),
    Attack(
        "move Meera's absence",
        ASHA,
        ("SELECT api.put_absence(%(absence)s, '2100-02-01', '2100-02-02', 'x')",),
        says="somebody else's",
    ),
    Attack(
        "enter that Meera is away",
        ASHA,
        ("SELECT api.call_in_sick(%(meera)s, gen_random_uuid(), '2100-02-01', 'x')",),
        InsufficientPrivilege,
    ),
    Attack("enter that Meera is back", ASHA, ("SELECT api.call_back(%(meera)s, 'x')",), InsufficientPrivilege),
    Attack("delete Meera's absence", ASHA, ("SELECT api.delete_absence(%(absence)s)",)),
    Attack(
        "change Meera's comment",
        ASHA,
        (
            (
                "SELECT api.apply_comment_changes(jsonb_build_array(jsonb_build_object('change_id', gen_random_uuid(),"
                " 'kind', 'put', 'comment_id', %(comment)s, 'base_version', 1, 'text', 'x', 'shared', true,"
                " 'archived', false)))"
            ),
        ),
        says="not_yours",
    ),
    Attack("say that Meera's upload is there", ASHA, ("SELECT api.finish_upload(%(request)s)",), says="unknown"),
    Attack(
        "mark though the account is closed",
        CLOSED,
        (sent("mark.set", MARK, script="%(open)s"),),
        says="never_assigned",
    ),
)

_MINE = ("mark_registers", "annotation_registers", "evaluations", "evaluation_flags", "evaluation_holds")
_WORDS = tuple(
    attack
    for number, code in enumerate(_CODE)
    for attack in (
        Attack(
            f"code in the comment of a mark, {number}",
            ASHA,
            # with the base of who has seen every mark: it is no conflict
            (sent("mark.set", MARK | {"comment": code}, script="%(my_open)s", base_version="1000000"),),
            may=_MINE,
            says="'applied'",
        ),
        Attack(
            f"code in ink, {number}",
            ASHA,
            (sent("annotation.put", {"annotations": [_INK | {"text": code}]}, script="%(my_open)s"),),
            may=_MINE,
            says="'applied'",
        ),
        Attack(
            f"code in a flag, {number}",
            ASHA,
            (
                sent(
                    "flag.raise",
                    {"flag_id": f"00000000-0000-4000-8000-00000000001{number}", "reason": "blurred", "comment": code},
                    script="%(my_open)s",
                ),
            ),
            may=_MINE,
            says="'applied'",
        ),
        Attack(
            f"code as a script's id, {number}",
            ASHA,
            (
                (
                    f"SELECT api.apply_operations(gen_random_uuid(), jsonb_build_array(jsonb_build_object('op_id',"
                    f" gen_random_uuid(), 'seq', 1, 'evaluation_id', {_literal(code)}, 'kind', {_literal(code)})))"
                ),
            ),
        ),
        Attack(
            f"code in an absence, {number}",
            ASHA,
            (
                (
                    f"SELECT api.put_absence(gen_random_uuid(), '2101-01-0{number + 1}', '2101-01-0{number + 2}',"
                    f" {_literal(code)})"
                ),
            ),
            says="done",
        ),
        Attack(
            f"code in the search, {number}", ASHA, (f"SELECT api.finished_scripts({_literal(code)}, NULL, NULL, 10)",)
        ),
        Attack(f"code in the program's name, {number}", ASHA, (f"SELECT api.hello({_literal(code)}, 1)",)),
        Attack(
            f"code in a comment of the bank, {number}",
            ASHA,
            (
                (
                    "SELECT api.apply_comment_changes(jsonb_build_array(jsonb_build_object('change_id',"
                    f" gen_random_uuid(), 'kind', 'put', 'comment_id', gen_random_uuid(), 'base_version', 0,"
                    f" 'text', {_literal(code)}, 'shared', false, 'archived', false)))"
                ),
            ),
            says="'applied'",
        ),
    )
)

ATTACKS = (*_STATEMENTS, *_OPERATIONS, *_WORDS)
