"""Every unique rule, foreign key and exclusion of the fifteen tables, violated once (`docs/database.md`)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import psycopg
import pytest
from psycopg import errors, sql

from tests.database.catalogue import FIFTEEN, constraints, unique_indexes
from tests.factories.rows import Rows

NOBODY = UUID(int=0)
# From PostgreSQL 18 on, RESTRICT has a code of its own.
RESTRICTED = (errors.ForeignKeyViolation, errors.RestrictViolation)


def _same_email(rows: Rows) -> None:
    rows.user(email="Asha@Example.org")
    rows.user(email="asha@example.ORG")


def _same_pair(rows: Rows) -> None:
    pair = {"parent_user_id": rows.user("parent"), "student_user_id": rows.user("student")}
    rows.mapping(**pair)
    rows.mapping(**pair, relationship="guardian")


def _same_plan(rows: Rows) -> None:
    rows.insert("subscription_plans", plan_type="basic", display_name="Again", exams_per_month=1, sla_hours=24)


def _same_answer(rows: Rows) -> None:
    exam = rows.exam()
    rows.answer(exam_instance_id=exam)
    rows.answer(exam_instance_id=exam)


def _same_page(rows: Rows) -> None:
    exam = rows.exam()
    rows.upload(exam_instance_id=exam)
    rows.upload(exam_instance_id=exam, s3_key="another")


def _same_unanswered(rows: Rows) -> None:
    exam = rows.exam()
    rows.unanswered(exam_instance_id=exam)
    rows.unanswered(exam_instance_id=exam, declared_unanswered=False)


def _second_evaluation(rows: Rows) -> None:
    exam = rows.exam()
    rows.evaluation(exam_instance_id=exam)
    rows.evaluation(exam_instance_id=exam)


def _same_mark(rows: Rows) -> None:
    exam = rows.exam()
    evaluation = rows.evaluation(exam_instance_id=exam)
    rows.mark(exam_instance_id=exam, evaluation_id=evaluation)
    rows.mark(exam_instance_id=exam, evaluation_id=evaluation)


def _same_holiday(rows: Rows) -> None:
    rows.holiday(holiday_name="Founders' Day")
    rows.holiday(holiday_name="Founders' Day")


def _same_setting(rows: Rows) -> None:
    rows.setting(config_key="max_login_attempts")


def _same_number(rows: Rows) -> None:
    rows.audit()
    rows.connection.execute("SELECT setval('audit_log_seq', currval('audit_log_seq'), false)")
    rows.audit()


DUPLICATES = {
    "uq_audit_logs_log_seq": _same_number,
    "uq_users_email": _same_email,
    "uq_parent_student_mappings_pair": _same_pair,
    "pk_subscription_plans": _same_plan,
    "uq_student_mcq_answers_question": _same_answer,
    "uq_answer_sheet_uploads_page": _same_page,
    "uq_unanswered_questions_question": _same_unanswered,
    "uq_evaluations_exam_instance_id": _second_evaluation,
    "uq_question_marks_question": _same_mark,
    "uq_holidays_date_name": _same_holiday,
    "pk_system_config": _same_setting,
}
UUID_KEYS = {
    "users": ("user", "user_id"),
    "parent_student_mappings": ("mapping", "mapping_id"),
    "subscriptions": ("subscription", "subscription_id"),
    "questions": ("question", "question_id"),
    "exam_templates": ("template", "template_id"),
    "exam_instances": ("exam", "exam_instance_id"),
    "student_mcq_answers": ("answer", "answer_id"),
    "answer_sheet_uploads": ("upload", "upload_id"),
    "unanswered_questions": ("unanswered", "record_id"),
    "evaluations": ("evaluation", "evaluation_id"),
    "question_marks": ("mark", "mark_id"),
    "audit_logs": ("audit", "log_id"),
    "holidays": ("holiday", "holiday_id"),
}


# (constraint, what Rows makes, the column, the parent Rows makes, what happens when the parent is deleted)
REFERENCES = [
    ("fk_parent_student_mappings_parent_user_id", "mapping", "parent_user_id", "users", "CASCADE"),
    ("fk_parent_student_mappings_student_user_id", "mapping", "student_user_id", "users", "CASCADE"),
    ("fk_subscriptions_student_user_id", "subscription", "student_user_id", "users", "CASCADE"),
    ("fk_subscriptions_plan_type", "subscription", "plan_type", "subscription_plans", "RESTRICT"),
    ("fk_questions_created_by", "question", "created_by", "users", "RESTRICT"),
    ("fk_exam_templates_created_by", "template", "created_by", "users", "RESTRICT"),
    ("fk_exam_instances_student_user_id", "exam", "student_user_id", "users", "CASCADE"),
    ("fk_exam_instances_template_id", "exam", "template_id", "exam_templates", "RESTRICT"),
    ("fk_student_mcq_answers_exam_instance_id", "answer", "exam_instance_id", "exam_instances", "CASCADE"),
    ("fk_answer_sheet_uploads_exam_instance_id", "upload", "exam_instance_id", "exam_instances", "CASCADE"),
    ("fk_answer_sheet_uploads_student_user_id", "upload", "student_user_id", "users", "RESTRICT"),
    ("fk_unanswered_questions_exam_instance_id", "unanswered", "exam_instance_id", "exam_instances", "CASCADE"),
    ("fk_evaluations_exam_instance_id", "evaluation", "exam_instance_id", "exam_instances", "RESTRICT"),
    ("fk_evaluations_teacher_user_id", "evaluation", "teacher_user_id", "users", "RESTRICT"),
    ("fk_question_marks_evaluation_id", "mark", "evaluation_id", "evaluations", "CASCADE"),
    ("fk_question_marks_exam_instance_id", "mark", "exam_instance_id", "exam_instances", "RESTRICT"),
    ("fk_audit_logs_actor_user_id", "audit", "actor_user_id", "users", "RESTRICT"),
    ("fk_system_config_updated_by", "setting", "updated_by", "users", "RESTRICT"),
]
_TABLE_OF = {maker: table for table, (maker, _) in UUID_KEYS.items()} | {"setting": "system_config"}


def _make_parent(rows: Rows, maker: str, column: str, parent: str) -> object:
    if parent == "subscription_plans":
        return rows.plan()
    if parent == "users":
        return rows.user("student" if column == "student_user_id" else "teacher")
    return getattr(rows, UUID_KEYS[parent][0])()


@pytest.mark.parametrize("constraint", DUPLICATES)
def test_a_second_row_with_the_same_key_is_refused(rows, constraint):
    with pytest.raises(errors.UniqueViolation) as caught:
        DUPLICATES[constraint](rows)
    assert caught.value.sqlstate == "23505"
    assert caught.value.diag.constraint_name == constraint


@pytest.mark.parametrize("table", UUID_KEYS)
def test_a_uuid_key_is_made_by_the_server_and_never_used_twice(rows, table):
    maker, column = UUID_KEYS[table]
    made = getattr(rows, maker)()
    assert isinstance(made, UUID)
    with pytest.raises(errors.UniqueViolation) as caught:
        getattr(rows, maker)(**{column: made})
    assert caught.value.diag.constraint_name == f"pk_{table}"


def test_every_unique_rule_is_violated_above(owner):
    assert unique_indexes(owner, FIFTEEN) == {*DUPLICATES, *(f"pk_{table}" for table in UUID_KEYS)}


def test_two_holidays_may_share_a_day(rows):
    day = date(2026, 10, 5)
    assert rows.holiday(holiday_date=day, holiday_name="A") != rows.holiday(holiday_date=day, holiday_name="B")


@pytest.mark.parametrize(("constraint", "maker", "column", "parent", "rule"), REFERENCES)
def test_a_reference_to_nothing_is_refused(rows, constraint, maker, column, parent, rule):
    missing: object = NOBODY
    if parent == "subscription_plans":
        rows.connection.execute("DELETE FROM subscription_plans WHERE plan_type = 'centum'")
        missing = "centum"
    values = {column: missing}
    if column == "evaluation_id":
        values["exam_instance_id"] = rows.exam()
    elif maker == "mark":
        values["evaluation_id"] = rows.evaluation()
    with pytest.raises(errors.ForeignKeyViolation) as caught:
        getattr(rows, maker)(**values)
    assert caught.value.sqlstate == "23503"
    assert caught.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("constraint", "maker", "column", "parent"), [entry[:4] for entry in REFERENCES if entry[4] == "RESTRICT"]
)
def test_what_is_referred_to_cannot_be_deleted(rows, constraint, maker, column, parent):
    key = _make_parent(rows, maker, column, parent)
    values = {column: key}
    if constraint == "fk_question_marks_exam_instance_id":
        # Of another exam than the evaluation's, or the evaluation's own key would refuse first.
        values["evaluation_id"] = rows.evaluation()
    getattr(rows, maker)(**values)
    with pytest.raises(RESTRICTED) as caught:
        _delete(rows.connection, parent, key)
    assert caught.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("constraint", "maker", "column", "parent"), [entry[:4] for entry in REFERENCES if entry[4] == "CASCADE"]
)
def test_what_belongs_to_a_row_goes_with_it(rows, constraint, maker, column, parent):
    key = _make_parent(rows, maker, column, parent)
    table = _TABLE_OF[maker]
    child = getattr(rows, maker)(**{column: key})
    _delete(rows.connection, parent, key)
    found = rows.connection.execute(
        sql.SQL("SELECT FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(UUID_KEYS[table][1])),
        (child,),
    )
    assert found.rowcount == 0


def test_every_foreign_key_is_violated_above(owner):
    actions = {"c": "CASCADE", "r": "RESTRICT"}
    found = owner.execute(
        "SELECT conname, confdeltype::text FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
        (list(FIFTEEN),),
    ).fetchall()
    assert {name: actions[rule] for name, rule in found} == {entry[0]: entry[4] for entry in REFERENCES}


def test_two_active_subscriptions_of_a_student_share_no_day(rows):
    student = rows.user("student")
    rows.subscription(student_user_id=student)
    with pytest.raises(errors.ExclusionViolation) as caught:
        # It starts on the day on which the other one ends: both days count.
        rows.subscription(student_user_id=student, start_date=date(2026, 12, 31), end_date=date(2027, 6, 30))
    assert caught.value.sqlstate == "23P01"
    assert caught.value.diag.constraint_name == "ex_subscriptions_one_active"


def test_there_is_no_other_exclusion(owner):
    assert constraints(owner, "x", FIFTEEN) == {"ex_subscriptions_one_active"}


@pytest.mark.parametrize(
    "values",
    [
        {"start_date": date(2027, 1, 1), "end_date": date(2027, 6, 30)},
        {"status": "pending"},
        {"status": "expired"},
        {"status": "cancelled"},
    ],
)
def test_a_later_or_inactive_subscription_may_stand_beside_an_active_one(rows, values):
    student = rows.user("student")
    rows.subscription(student_user_id=student)
    assert rows.subscription(student_user_id=student, **values)


def test_a_subscription_that_becomes_active_again_must_not_overlap(rows):
    student = rows.user("student")
    rows.subscription(student_user_id=student)
    rows.subscription(student_user_id=student, status="pending")
    with pytest.raises(errors.ExclusionViolation):
        rows.connection.execute("UPDATE subscriptions SET status = 'active' WHERE student_user_id = %s", (student,))


def test_another_student_may_subscribe_on_the_same_days(rows):
    assert rows.subscription() != rows.subscription()


def _delete(connection: psycopg.Connection, table: str, key: object) -> None:
    column = "plan_type" if table == "subscription_plans" else UUID_KEYS[table][1]
    connection.execute(
        sql.SQL("DELETE FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(column)), (key,)
    )
