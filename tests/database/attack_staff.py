"""Attempts of coordinators and admins, who may do much, at what they may not."""

from __future__ import annotations

import psycopg
from psycopg.errors import Error, InsufficientPrivilege, InvalidParameterValue, ObjectInUse

from tests.database.attack import Attack
from tests.database.attack_writing import MARK, sent
from tests.database.scene import ADMIN, COORDINATOR, Scene


def _flag_withdrawn(scene: Scene) -> None:
    """Her script is being marked, and nothing is to be decided about it."""
    with psycopg.connect(scene.database.superuser_url) as superuser:
        superuser.execute(
            "UPDATE evaluation_flags SET withdrawn_at = now() WHERE evaluation_id = %s", (scene.words["open"],)
        )


def _pinned(pin: str) -> str:
    """A call that returns a question with this pin."""
    quoted = pin.replace("'", "''")
    return (
        "SELECT api.return_questions(%(my_done)s, 1, jsonb_build_array(jsonb_build_object("
        f"'question_number', 2, 'reason', 'x', 'pin', '{quoted}'::jsonb)), now() + interval '1 day', 'x')"
    )


_STAFF = tuple(
    Attack(f"as {who}: {name}", who, (statement,), refusal)
    for who in (COORDINATOR, ADMIN)
    for name, statement, refusal in (
        ("read hashes", "SELECT password_hash FROM public.users", InsufficientPrivilege),
        ("read others' comments", "SELECT * FROM public.bank_comments", None),
        ("pull others' comments", "SELECT api.pull_comments(-1)", None),
        (
            "read others' addresses",
            "SELECT * FROM public.page_requests",
            InsufficientPrivilege if who == ADMIN else None,
        ),
        ("read others' uploads", "SELECT * FROM public.upload_requests", InsufficientPrivilege),
        ("read verifiers", "SELECT rolpassword FROM pg_authid", InsufficientPrivilege),
        ("read digests", "SELECT * FROM api._verifiers", InsufficientPrivilege),
        ("read comment changes", "SELECT * FROM public.comment_changes", InsufficientPrivilege),
        ("write a final mark", "UPDATE public.question_marks SET marks_awarded = 0", InsufficientPrivilege),
        ("write a result", "UPDATE public.exam_instances SET total_score = 0", InsufficientPrivilege),
        ("write an evaluation", "UPDATE public.evaluations SET sla_deadline = now()", InsufficientPrivilege),
        ("clear the log", "DELETE FROM public.audit_logs", InsufficientPrivilege),
        ("write into the log", "INSERT INTO public.audit_logs (event_type) VALUES ('x')", InsufficientPrivilege),
        ("change a seal", "UPDATE public.audit_seals SET seal = '\\x00'", InsufficientPrivilege),
        ("become the owner", "SET ROLE mv_owner", InsufficientPrivilege),
        ("switch a trigger off", "ALTER TABLE public.question_marks DISABLE TRIGGER ALL", InsufficientPrivilege),
        ("write the log by the function", "SELECT api._audit('x', NULL, 'user', NULL, '{}')", InsufficientPrivilege),
        ("seal the log", "SELECT api.seal_audit(1)", InsufficientPrivilege),
        (
            "take away its own name",
            "SELECT api._put_login_role('mv_spy', %(verifier)s, 'admin', true)",
            InsufficientPrivilege,
        ),
        ("make a role", "CREATE ROLE spy", InsufficientPrivilege),
        ("write a logins row", "UPDATE public.staff_logins SET user_id = user_id", InsufficientPrivilege),
        (
            "fetch a page that is none",
            "SELECT * FROM api.request_pages(ARRAY[%(exam)s])",
            InsufficientPrivilege if who == ADMIN else None,
        ),
        ("delete an absence", "SELECT api.delete_absence(%(absence)s)", None),
    )
)

_COORDINATOR = (
    Attack(
        "as coordinator: fetch a page of a script without a case",
        COORDINATOR,
        ("SELECT 1", "SELECT * FROM api.request_pages(ARRAY[%(upload)s])"),
        says="belongs to no script of yours",
        meanwhile=_flag_withdrawn,
    ),
    Attack(
        "as coordinator: send code in a pin",
        COORDINATOR,
        (_pinned('{"page_number": 1, "pdf_page": 0, "x": 0.5, "y": 0.5, "text": "\'); DROP TABLE users; --"}'),),
        says="malformed",
    ),
    Attack(
        "as coordinator: pin a page that is none of the script's",
        COORDINATOR,
        (_pinned('{"page_number": 99, "pdf_page": 0, "x": 0.5, "y": 0.5}'),),
        says="unknown_page",
    ),
    Attack(
        "as coordinator: mark a script",
        COORDINATOR,
        (sent("mark.set", MARK, script="%(open)s"),),
        says="never_assigned",
    ),
    Attack(
        "as coordinator: complete a script",
        COORDINATOR,
        (sent("evaluation.submit", {"marks": {}, "total": "0"}, script="%(open)s"),),
        says="never_assigned",
    ),
    *(
        Attack(f"as coordinator: {statement.split('(')[0]}", COORDINATOR, (statement,), refusal)
        for statement, refusal in (
            ("SELECT * FROM public.staff_logins", InsufficientPrivilege),
            ("SELECT * FROM public.audit_seals", InsufficientPrivilege),
            ("SELECT * FROM public.audit_logs WHERE resource_type = 'user'", None),
            ("SELECT api.lock_person(%(meera)s, 'x')", InsufficientPrivilege),
            ("SELECT api.unlock_person(%(locked)s, 'x')", InsufficientPrivilege),
            ("SELECT api.reset_password(%(meera)s, %(verifier)s, 'x')", InsufficientPrivilege),
            ("SELECT api.change_role(%(coordinator)s, 'admin', true, 'x')", InsufficientPrivilege),
            ("SELECT api.change_email(%(meera)s, 'x@example.org', 'x')", InsufficientPrivilege),
            ("SELECT api.deactivate_person(%(meera)s, 'x')", InsufficientPrivilege),
            ("SELECT api.reactivate_person(%(closed)s, 'x')", InsufficientPrivilege),
            (
                "SELECT api.create_person('admin', false, 'x@example.org', 'a', 'b', %(verifier)s, 'x')",
                InsufficientPrivilege,
            ),
            ("SELECT api.audit_state()", InsufficientPrivilege),
        )
    ),
    Attack(
        "as coordinator: assign with code as the reason",
        COORDINATOR,
        ("SELECT api.move_script(%(open)s, 99, %(asha)s, '''; DROP TABLE public.users; --')",),
        says="changed",
    ),
    Attack(
        "as coordinator: move many scripts, with an assignment that never was",
        COORDINATOR,
        ("SELECT api.move_scripts(jsonb_build_array(jsonb_build_object('evaluation', %(open)s, 'version', 99)), 'x')",),
        says="changed",
    ),
    Attack(
        "as coordinator: enter that somebody is away without a reason",
        COORDINATOR,
        ("SELECT api.call_in_sick(%(asha)s, gen_random_uuid(), (now() + interval '3 days')::date, ' ')",),
        InvalidParameterValue,
    ),
    Attack(
        "as coordinator: extend without a reason",
        COORDINATOR,
        ("SELECT api.extend_deadline(%(open)s, now(), now() + interval '9 days', ' ')",),
        Error,
    ),
    Attack("as admin: lock herself out", ADMIN, ("SELECT api.lock_person(%(admin)s, 'x')",), InvalidParameterValue),
    Attack(
        "as admin: take her own role",
        ADMIN,
        ("SELECT api.change_role(%(admin)s, 'teacher', false, 'x')",),
        InvalidParameterValue,
    ),
    Attack(
        "as admin: reset without a reason",
        ADMIN,
        ("SELECT api.reset_password(%(meera)s, %(verifier)s, ' ')",),
        InvalidParameterValue,
    ),
    Attack(
        "as admin: a role that there is not",
        ADMIN,
        ("SELECT api.change_role(%(meera)s, 'mv_owner', false, 'x')",),
        Error,
    ),
    Attack(
        "as admin: code in a name",
        ADMIN,
        (
            (
                "SELECT api.create_person('teacher', false, 'x@example.org', 'a''; DROP TABLE users; --', E'b\\n',"
                " %(verifier)s, 'x')"
            ),
        ),
        InvalidParameterValue,
    ),
    Attack(
        "as admin: code in a verifier",
        ADMIN,
        ("SELECT api.reset_password(%(meera)s, 'SCRAM-SHA-256$4096:YQ==$x'' SUPERUSER', 'x')",),
        InvalidParameterValue,
    ),
    Attack(
        "as admin: a login for a student",
        ADMIN,
        ("SELECT api.reset_password(%(student)s, %(verifier)s, 'x')",),
        InvalidParameterValue,
    ),
    Attack(
        "as admin: another's password without a reason",
        ADMIN,
        ("SELECT api.provision_login(%(meera)s, %(verifier)s)",),
        ObjectInUse,
    ),
)

ATTACKS = (*_STAFF, *_COORDINATOR)
