"""Attempts at questions of others on their way into the bank, and at deciding about one's own."""

from __future__ import annotations

from psycopg.errors import InsufficientPrivilege, InvalidParameterValue

from tests.database.attack import Attack
from tests.database.scene import ADMIN, ASHA, COORDINATOR

_OTHERS = {
    "write another's draft": """api.put_own_question(%(draft)s, now(), '{"topic": "x"}')""",
    "take another's draft away": "api.withdraw_own_question(%(draft)s, now())",
    "hand another's draft in": "api.submit_question(%(draft)s, now(), 'x')",
    "take another's draft back": "api.take_back_question(%(draft)s, now())",
    "speak of another's draft": "api.remark_question(%(draft)s, '''; DELETE FROM questions; --')",
    "make another's draft anew": """api.put_own_question(%(draft)s, NULL, '{"class": "X"}')""",
}

_INNER = {
    "approve by the inner function": "api._approve_question(%(admin)s, %(draft)s, 'x')",
    "write by the inner function": """api._write_question(%(draft)s, '{"topic": "x"}')""",
    "try a change by the inner function": """api._fault_of_change(%(draft)s, '{"topic": "x"}')""",
    "touch by the inner function": "api._touch_question(%(draft)s)",
    "speak by the inner function": "api._remark(%(draft)s, %(admin)s, 'approved', 'x')",
    "read a review by the inner function": "(SELECT api._review_of(q) FROM public.questions q)",
    "answer by the inner function": "api._own_written(%(admin)s, %(draft)s, true)",
    "see a change by the inner function": "(SELECT api._change_shown(q) FROM public.questions q LIMIT 1)",
    "compare by the inner function": "(SELECT api._moved(q, NULL) FROM public.questions q LIMIT 1)",
    "name by the inner function": "api._about(%(draft)s, %(admin)s)",
    "tell by the inner function": "api._tell_approved(%(admin)s, '[]')",
    "list by the inner function": "api._bank_statement('', '{}', NULL, NULL, 1, NULL)",
}

_READ = ("SELECT 1 WHERE api.own_question(%(draft)s) IS NOT NULL",)

ATTACKS = (
    *(Attack(name, ASHA, (f"SELECT {call}",), says="unknown") for name, call in _OTHERS.items()),
    *(
        Attack(f"as {who}: {name}", who, (f"SELECT {call}",), InsufficientPrivilege)
        for who in (ASHA, COORDINATOR, ADMIN)
        for name, call in _INNER.items()
    ),
    *(
        Attack(f"as {who}: {verb} {table}", who, (statement.format(table=table),), InsufficientPrivilege)
        for who in (ASHA, COORDINATOR)
        for table in ("question_reviews", "question_remarks", "question_changes")
        for verb, statement in (("read", "SELECT * FROM public.{table}"), ("empty", "DELETE FROM public.{table}"))
    ),
    Attack("read another's draft", ASHA, _READ, silent=True),
    Attack("as coordinator: read another's draft as one's own", COORDINATOR, _READ, silent=True),
    Attack(
        "list another's drafts",
        ASHA,
        ("""SELECT * FROM api.own_questions('', '{"status": "draft"}')""",),
        silent=True,
    ),
    Attack(
        "list another's drafts among what is active",
        ASHA,
        ("""SELECT * FROM api.own_questions('', '{"whose": "bank", "status": "draft"}')""",),
        silent=True,
    ),
    Attack(
        "list by whose it is, by code",
        ASHA,
        ("""SELECT * FROM api.own_questions('', '{"whose": "bank'' OR true --"}')""",),
        InvalidParameterValue,
    ),
    Attack(
        "list by what is no column",
        ASHA,
        ("""SELECT * FROM api.own_questions('', '{"created_by": "x"}')""",),
        InvalidParameterValue,
    ),
    Attack(
        "list by a value that is code",
        ASHA,
        ("""SELECT * FROM api.own_questions('', '{"status": "draft'' OR true --"}')""",),
        InvalidParameterValue,
    ),
    Attack(
        "as admin: decide by hand",
        ADMIN,
        ("UPDATE public.question_reviews SET state = 'approved'",),
        InsufficientPrivilege,
    ),
    Attack(
        "as admin: write a change in a teacher's name",
        ADMIN,
        ("UPDATE public.question_changes SET change = '{}'",),
        InsufficientPrivilege,
    ),
    Attack("as admin: unsay something", ADMIN, ("DELETE FROM public.question_remarks",), InsufficientPrivilege),
)
