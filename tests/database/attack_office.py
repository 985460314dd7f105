"""Attempts at what coordinators and admins decide: faulty questions, and the sheets of a script."""

from __future__ import annotations

import psycopg
from psycopg.errors import InsufficientPrivilege, InvalidParameterValue

from tests.database.attack import Attack
from tests.database.scene import ADMIN, ASHA, CLOSED, COORDINATOR, LOCKED, NEWCOMER, STRANGER, WORKER
from tests.factories.paper import bank_question

_TEMPLATE = "(SELECT template_id FROM public.exam_instances WHERE exam_instance_id = %(done_exam)s)"
_QUESTION = f"'{bank_question('v').question_id}'"
_CODE = "'''; UPDATE public.exam_instances SET total_score = 0; --'"

_CALLS = {
    "propose": "api.propose_adjustment(%(done_exam)s, %(draft)s, 'award', 'x')",
    "decide": "api.adjust_question(%(done_exam)s, %(draft)s, 0, 'award', 'x')",
    "decline": "api.decline_adjustment(%(draft)s, 'x')",
    "list": "api.question_adjustments()",
    "rescore": "api.rescore_exams(10)",
    "see what an adjustment would do": "api.preview_adjustment(%(draft)s, 'award', 1)",
    "see what was decided": "api.question_fault(%(draft)s)",
    "see how students did on a question": "api.question_use(%(draft)s)",
    "look for likenesses": "api.similar_questions('x')",
    "decide everywhere": "api.adjust_everywhere(%(draft)s, 0, 'award', 1, 'x')",
    "work out results": "api.rescore_step(10)",
    "ask for a rescan": "api.ask_rescan(ARRAY[%(upload)s], NULL, 'x')",
    "cancel a rescan": "api.cancel_rescan(%(upload)s, 'x')",
    "replace a page": "api.replace_page(%(upload)s, %(request)s, 'x')",
    "restore a page": "api.restore_page(%(upload)s, 1, 'x')",
    "take a page out": "api.exclude_page(%(upload)s, 'x')",
    "put a page in": "api.include_page(%(upload)s, 'x')",
    "list sheets": "api.script_sheets(%(exam)s)",
    "find scripts by their code": "api.scripts_of_code(1)",
    "list people": "api.people(ARRAY['student'], '', '{}', NULL, 10)",
    "write staff": "api.put_staff(%(coordinator)s, now(), '{\"phone\": \"1\"}', 'x')",
    "enter a student": """api.enrol('student', '{"email": "a@b.c"}', 'x')""",
    "join parents": "api.put_parents(%(student)s, now(), '[]', 'x')",
    "close an account of a family": "api.put_account(%(student)s, now(), false, 'x')",
    "change an address of a family": "api.put_address(%(student)s, now(), 'a@b.c', 'x')",
    "enter many students": "api.enrol_all('student', '[]', 'x')",
    "take back an entry": "api.unenrol(%(student)s, now(), 'x')",
    "begin an import": "api.begin_import(gen_random_uuid(), 'plan', 'f', NULL)",
    "hold an import": "api.hold_import(%(draft)s, 'plan')",
    "keep what an import did": "api.keep_import_rows(%(draft)s, 'plan', '[]')",
    "end an import": "api.end_import(%(draft)s, 'plan', 'x')",
    "forget an import": "api.drop_import(%(draft)s, 'plan')",
    "list imports": "api.imports(NULL, NULL, 10)",
    "see what an import did": "api.import_rows(%(draft)s, 0, 10)",
    "weigh an import": "api.weigh_import(%(draft)s)",
    "take an import back": "api.take_back_import(%(draft)s, 'x', 10)",
    "tell of an import": "api.tell_taken_back(%(draft)s, '[]')",
    "ask whose address it is": "api.known_people('{a@b.c}')",
    "make anonymous": "api.anonymise(%(student)s, now(), 'x')",
    "list subscriptions": "api.subscriptions('', '{}', NULL, 10)",
    "enter consultations": "api.put_consultations(%(student)s, now(), '[]', '{}', 'x')",
    "begin a subscription": "api.start_subscription('a@b.c', '{}', 'x')",
    "tell of a student": "api.student_data(%(student)s, 'x')",
    "see how the calendar stands": "api.calendar_state()",
    "change the calendar": "api.put_calendar('x', '[]', '[]', 'x')",
    "see whose predictions are lowest": "api.insight_predictions(NULL, '2026-07-01', '2026-07-31')",
    "sum the dashboards": "api.refresh_insight()",
    "approve questions": "api.approve_questions('[]', 'x')",
    "take approvals back": "api.undo_approvals('[]')",
    "reject a question": "api.reject_question(%(draft)s, now(), 'x')",
    "note that people were written out": "api.note_export('student', 1, 'csv', 'f.csv', '{}')",
    "see how a question is reviewed": "api.question_review(%(draft)s)",
}
_SHEETS = {
    "ask for a rescan",
    "cancel a rescan",
    "replace a page",
    "restore a page",
    "take a page out",
    "put a page in",
    "list sheets",
}
_MAY = {
    COORDINATOR: {"propose", "list", "see whose predictions are lowest", *_SHEETS},
    ADMIN: {
        "decide",
        "decline",
        "list",
        "list sheets",
        "find scripts by their code",
        "list people",
        "write staff",
        "enter a student",
        "enter many students",
        "take back an entry",
        "ask whose address it is",
        "begin an import",
        "hold an import",
        "keep what an import did",
        "end an import",
        "forget an import",
        "list imports",
        "see what an import did",
        "weigh an import",
        "take an import back",
        "tell of an import",
        "close an account of a family",
        "change an address of a family",
        "join parents",
        "make anonymous",
        "list subscriptions",
        "enter consultations",
        "begin a subscription",
        "tell of a student",
        "see how the calendar stands",
        "change the calendar",
        "see whose predictions are lowest",
        "approve questions",
        "take approvals back",
        "reject a question",
        "note that people were written out",
        "see how a question is reviewed",
        "see what an adjustment would do",
        "see what was decided",
        "see how students did on a question",
        "look for likenesses",
        "decide everywhere",
        "work out results",
    },
    WORKER: {"rescore", "sum the dashboards", "work out results"},
}
_SHUT_OUT = (LOCKED, STRANGER)
"""Who cannot even connect."""

_NOT_HERS = tuple(
    Attack(
        f"as {who}: {name}, which is not hers to do",
        who,
        (f"SELECT {call}",),
        psycopg.OperationalError if who in _SHUT_OUT else InsufficientPrivilege,
    )
    for who in (ASHA, CLOSED, NEWCOMER, LOCKED, STRANGER, COORDINATOR, ADMIN, WORKER)
    for name, call in _CALLS.items()
    if name not in _MAY.get(who, ())
)

_INTERNAL = tuple(
    Attack(f"as {who}: {name}", who, (f"SELECT {call}",), InsufficientPrivilege)
    for who in (ASHA, COORDINATOR, ADMIN)
    for name, call in (
        ("rescore by the inner function", "api._rescore(%(admin)s, ARRAY[%(done_exam)s], 1)"),
        ("tell of a page by the inner function", "api._told_page('page.excluded', NULL, NULL, %(open)s, '{}')"),
        ("tell of a decision by the inner function", "api._tell_decided('evaluation.returned', NULL, %(open)s, '{}')"),
        ("look at sheets by the inner function", "api._sheets(%(exam)s)"),
        ("ask whose rescan it is by the inner function", "api._rescan_of(%(upload)s)"),
        ("ask whose page it is by the inner function", "api._page_of(%(upload)s)"),
        ("ask for a case by the inner function", "api._has_case(%(exam)s)"),
        ("ask who coordinates by the inner function", "api._coordinates(%(coordinator)s)"),
        ("move a deadline by the inner function", "api._move_deadline(%(admin)s, '{}', 'x')"),
        ("change a holiday by the inner function", "api._change_calendar('{}', 'x')"),
        ("see the calendar by the inner function", "api._calendar_state()"),
        ("sum a week by the inner function", "api._sum_week('2026-07-13')"),
        ("lock a page by the inner function", "api._lock_page(%(upload)s, false)"),
        (
            "decide by the inner function",
            f"api._decide_question(%(admin)s, {_TEMPLATE}, {_QUESTION}, 'drop', NULL, 'x')",
        ),
    )
)

_TABLES = (
    Attack("see what is proposed", ASHA, ("SELECT * FROM public.question_proposals",), InsufficientPrivilege),
    Attack("see adjusted results", ASHA, ("SELECT * FROM public.exam_adjustments",), InsufficientPrivilege),
    Attack(
        "as coordinator: take a decision back by hand",
        COORDINATOR,
        ("DELETE FROM public.question_decisions",),
        InsufficientPrivilege,
    ),
    Attack(
        "as admin: write an adjustment by hand",
        ADMIN,
        ("UPDATE public.exam_adjustments SET total_score = 80",),
        InsufficientPrivilege,
    ),
)

_WRONG = (
    Attack("see others' files of pages", ASHA, ("SELECT s3_key FROM public.page_versions",), InsufficientPrivilege),
    Attack("see others' exclusions", ASHA, ("SELECT upload_id FROM public.page_exclusions",), silent=True),
    Attack("see why a page is out", ASHA, ("SELECT reason FROM public.page_exclusions",), InsufficientPrivilege),
    Attack("see what students were asked", ASHA, ("SELECT * FROM public.rescan_requests",), InsufficientPrivilege),
    Attack("see which rescans came", ASHA, ("SELECT * FROM api.rescan_answers()",), InsufficientPrivilege),
    Attack("see what a rescan is", ASHA, ("SELECT * FROM api.rescan_file(%(upload)s)",), InsufficientPrivilege),
    Attack(
        "put a page in by hand",
        ASHA,
        ("UPDATE public.page_exclusions SET ended_at = now()",),
        InsufficientPrivilege,
    ),
    Attack(
        "as coordinator: another file under a page by hand",
        COORDINATOR,
        ("UPDATE public.page_versions SET s3_key = 'x'",),
        InsufficientPrivilege,
    ),
    Attack(
        "as coordinator: a page of a completed script",
        COORDINATOR,
        (
            (
                "SELECT api.exclude_page((SELECT upload_id FROM public.answer_sheet_uploads"
                " WHERE exam_instance_id = %(done_exam)s), 'x')"
            ),
        ),
        says="completed",
    ),
    Attack(
        "as coordinator: a file that is no rescan in a page's place",
        COORDINATOR,
        (f"SELECT api.replace_page(%(upload)s, %(request)s, {_CODE})",),
        says="not_uploaded",
    ),
    Attack(
        "as coordinator: a page that is an exam",
        COORDINATOR,
        (f"SELECT api.ask_rescan(ARRAY[%(exam)s], NULL, {_CODE})",),
        says="unknown",
    ),
    Attack(
        "as coordinator: answer a flag of another script",
        COORDINATOR,
        ("SELECT api.ask_rescan(ARRAY[%(upload)s], %(my_flag)s, 'x')",),
        says="other_flag",
    ),
    Attack(
        "as coordinator: take the only page out",
        COORDINATOR,
        (f"SELECT api.exclude_page(%(upload)s, {_CODE})",),
        says="last_page",
    ),
    Attack(
        "as coordinator: take a page out without a reason",
        COORDINATOR,
        ("SELECT api.exclude_page(%(upload)s, ' ')",),
        InvalidParameterValue,
    ),
    Attack(
        "as coordinator: propose for a template that is none",
        COORDINATOR,
        (f"SELECT api.propose_adjustment(%(done_exam)s, {_QUESTION}, 'award', {_CODE})",),
        says="unknown",
    ),
    Attack(
        "as coordinator: propose what nobody may decide",
        COORDINATOR,
        (f"SELECT api.propose_adjustment({_TEMPLATE}, {_QUESTION}, {_CODE}, 'x')",),
        says="malformed",
    ),
    Attack(
        "as coordinator: propose without a reason",
        COORDINATOR,
        (f"SELECT api.propose_adjustment({_TEMPLATE}, {_QUESTION}, 'award', E' \\n')",),
        InvalidParameterValue,
    ),
    Attack(
        "as admin: decide what she has not seen",
        ADMIN,
        (f"SELECT api.adjust_question({_TEMPLATE}, {_QUESTION}, 99, 'award', 'x')",),
        says="changed",
    ),
    Attack(
        "as admin: decide about nothing seen",
        ADMIN,
        (f"SELECT api.adjust_question({_TEMPLATE}, {_QUESTION}, NULL, 'award', 'x')",),
        says="changed",
    ),
    Attack(
        "as admin: award a question of no exam",
        ADMIN,
        (f"SELECT api.adjust_question({_TEMPLATE}, %(meera)s, 0, 'award', {_CODE})",),
        says="unknown",
    ),
    Attack(
        "as admin: decide without a reason",
        ADMIN,
        (f"SELECT api.adjust_question({_TEMPLATE}, {_QUESTION}, 0, 'award', NULL)",),
        InvalidParameterValue,
    ),
    Attack(
        "as admin: decline what was never proposed",
        ADMIN,
        (f"SELECT api.decline_adjustment(%(meera)s, {_CODE})",),
        says="unknown",
    ),
)

ATTACKS = (*_NOT_HERS, *_INTERNAL, *_TABLES, *_WRONG)
