"""What the triggers of the shared database refuse and keep, each seen at work once (`docs/database.md`)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from psycopg import errors, sql

from tests.factories.rows import CONFIG, SNAPSHOT, Rows

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

APPEND_ONLY = {
    "audit_logs": ("tr_audit_logs_append_only", "event_type"),
    "applied_operations": ("tr_applied_operations_append_only", "verdict"),
    "comment_changes": ("tr_comment_changes_append_only", "kind"),
    "audit_seals": ("tr_audit_seals_append_only", "log_id"),
    "evaluation_versions": ("tr_evaluation_versions_append_only", "marks"),
    "evaluation_returns": ("tr_evaluation_returns_append_only", "reason"),
    "deadline_changes": ("tr_deadline_changes_append_only", "reason"),
    "kept_decisions": ("tr_kept_decisions_append_only", "reason"),
    "question_proposals": ("tr_question_proposals_append_only", "reason"),
    "question_decisions": ("tr_question_decisions_append_only", "decision"),
}
GOES_WITH_ITS_QUESTION = {"question_versions": "tr_question_versions_append_only"}
"""Only added to, but for drafts that are taken away with all that hangs on them."""
FINAL = {
    "question_marks": "tr_question_marks_final",
    "mark_registers": "tr_mark_registers_final",
    "annotation_registers": "tr_annotation_registers_final",
    "page_registers": "tr_page_registers_final",
}
KEEPS_UPDATED_AT = {
    "users": "user_id",
    "subscription_plans": "plan_type",
    "subscriptions": "subscription_id",
    "questions": "question_id",
    "exam_templates": "template_id",
    "exam_instances": "exam_instance_id",
    "evaluations": "evaluation_id",
    "system_config": "config_key",
    "holidays": "holiday_id",
    "teacher_absences": "absence_id",
    "consultations": "consultation_id",
}
"""Tables with an updated_at, and their keys."""
OTHERS = {
    "tr_exam_instances_snapshot",
    "tr_evaluations_final",
    "tr_evaluations_final_delete",
    "tr_evaluations_fence",
    "tr_evaluations_assignment",
    "tr_users_login",
    "tr_exam_instances_result",
    "tr_bank_comments_stamp",
}
"""Triggers with tests of their own below."""
ELSEWHERE = {
    "tr_audit_logs_number": "test_audit_seal",
    "tr_audit_logs_stuck": "test_exam",
    "tr_evaluations_breach": "test_breach",
    "tr_evaluations_sample": "test_quality",
    "tr_users_forget_imported": "test_import_history",
    **{f"tr_{table}_change": "test_audit_change" for table in (
        "users", "staff_logins", "parent_student_mappings", "subscription_plans", "subscriptions", "holidays",
        "system_config", "exam_templates", "questions", "question_schemes", "teacher_absences", "evaluations",
        "evaluation_clock", "answer_sheet_uploads", "exam_instances", "page_files",
    )},
    **{f"tr_{name}": "test_board" for name in (
        "evaluations_board", "evaluations_board_update", "evaluation_holds_board", "exam_instances_board",
        "users_board", "staff_logins_board", "teacher_absences_board", "teacher_limits_board",
        "teacher_conflicts_board", "holidays_board", "system_config_board",
    )},
    "tr_users_left": "test_notice_left",
    "tr_staff_logins_left": "test_notice_left",
    **{f"tr_{table}_nobody": "test_notice_nobody" for table in (
        "evaluation_flags", "evaluation_holds", "users", "staff_logins",
    )},
    "tr_consultations_change": "test_subscriber",
    "tr_consultations_hours": "test_subscriber",
    "tr_subscriptions_hours": "test_subscriber",
    "tr_users_beginnings": "test_member",
    "tr_users_beginnings_changed": "test_member",
    "tr_page_files_gone": "test_audit_change",
    "tr_questions_search": "test_question_bank",
    "tr_questions_search_changed": "test_question_bank",
    "tr_question_schemes_search_changed": "test_question_bank",
    "tr_questions_version": "test_question_history",
    "tr_questions_pictures": "test_picture_job",
    "tr_question_schemes_pictures": "test_picture_job",
    "tr_question_schemes_search": "test_question_bank",
    "tr_page_versions_change": "test_sheet",
    "tr_page_versions_gone": "test_sheet",
    "tr_exam_instances_gone": "test_audit_change",
    "tr_exam_instances_adjust": "test_adjustment",
    "tr_exam_instances_paper": "test_rescoring",
    "tr_exam_instances_analytics": "test_analytics",
    "tr_exam_instances_analytics_changed": "test_analytics",
    "tr_exam_instances_analytics_gone": "test_gathered",
    "tr_student_mcq_answers_analytics": "test_gathered",
    "tr_student_mcq_answers_analytics_changed": "test_gathered",
    "tr_student_mcq_answers_analytics_gone": "test_gathered",
    "tr_exam_instances_step": "test_exam",
    "tr_exam_instances_score": "test_exam",
    "tr_exam_instances_uploaded": "test_assignment_round",
    "tr_evaluations_late": "test_assignment_round",
    "tr_exam_instances_unscored": "test_exam",
    "tr_exam_instances_score_lost": "test_exam",
    "tr_student_mcq_answers_earned": "test_exam",
}  # fmt: skip
"""Triggers, and the module that sees them at work."""


def _completed(rows: Rows) -> UUID:
    """An evaluation that is done, with one row of everything that must stay."""
    evaluation = rows.evaluation(annotation_data={"schema": 1})
    for table in FINAL:
        rows.of(table, evaluation_id=evaluation)
    rows.connection.execute(
        "UPDATE evaluations SET status = 'completed', completed_at = now(), total_manual_marks = 2"
        " WHERE evaluation_id = %s",
        (evaluation,),
    )
    return evaluation


def _refused(connection: psycopg.Connection, trigger: str, statement: str, *parameters: object) -> None:
    """`statement` is refused by `trigger`; the transaction goes on as if it had never been sent."""
    with pytest.raises(errors.RestrictViolation) as caught, connection.transaction():
        connection.execute(statement.encode(), parameters)
    assert caught.value.sqlstate == "23001"
    assert caught.value.diag.constraint_name == trigger


def _one(connection: psycopg.Connection, query: str, *parameters: object) -> tuple:
    row = connection.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {0} SET {1} = {1}", "UPDATE {0} SET {1} = {1} WHERE false", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"],
)
def test_what_happened_can_only_be_added_to(rows, table, statement):
    rows.of(table)
    trigger, column = APPEND_ONLY[table]
    _refused(rows.connection, trigger, statement.format(table, column))
    assert _one(rows.connection, f"SELECT count(*) FROM {table}") == (1,)


def test_what_a_question_was_is_changed_by_nobody(rows):
    for table, trigger in GOES_WITH_ITS_QUESTION.items():
        rows.of(table)
        for statement in (f"UPDATE {table} SET version = version", f"TRUNCATE {table}"):
            _refused(rows.connection, trigger, statement)


def test_truncating_people_with_all_that_hangs_on_them_does_not_take_the_log_along(rows):
    actor = rows.user("admin")
    rows.audit(actor_user_id=actor)
    with pytest.raises(errors.RestrictViolation), rows.connection.transaction():
        rows.connection.execute("TRUNCATE users CASCADE")
    assert _one(rows.connection, "SELECT count(*) FROM audit_logs") == (1,)


def test_a_session_that_plays_the_replica_is_refused_too(owner):
    always = owner.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal").fetchall()
    assert {name for (name,) in always} == {
        *(trigger for trigger, _ in APPEND_ONLY.values()),
        *GOES_WITH_ITS_QUESTION.values(),
        *(f"tr_{table}_truncate" for table in _emptied_by_nobody(owner)),
        "tr_exam_instances_snapshot",
    }


def test_no_table_is_ever_emptied_not_even_by_the_owner(owner):
    tables = _emptied_by_nobody(owner)
    assert {"exam_instances", "evaluations", "question_marks", *FINAL, "evaluation_clock", "users"} <= tables
    for table in tables:
        with pytest.raises(errors.RestrictViolation) as caught, owner.transaction():
            owner.execute(f"TRUNCATE {table} CASCADE".encode())
        assert caught.value.diag.constraint_name.endswith(("_truncate", "_append_only"))


def test_a_result_without_an_evaluation_does_not_go_with_its_student(rows):
    student = rows.user("student")
    exam = rows.exam(student_user_id=student, status="evaluated")
    for statement, key in (("exam_instances WHERE exam_instance_id", exam), ("users WHERE user_id", student)):
        _refused(rows.connection, "tr_exam_instances_result", f"DELETE FROM {statement} = %s", key)
    rows.connection.execute(
        "UPDATE exam_instances SET status = 'pending_evaluation' WHERE exam_instance_id = %s", (exam,)
    )
    rows.connection.execute("DELETE FROM users WHERE user_id = %s", (student,))


@pytest.mark.parametrize(
    "change",
    [
        "'{}'::jsonb",
        """exam_snapshot || '{"seed": 18}'""",
        """jsonb_set(exam_snapshot, '{template,weight}', '0.50')""",  # equal to 0.5, but another text
        "exam_snapshot - 'seed'",
    ],
)
def test_a_written_snapshot_never_changes(rows, change):
    exam = rows.exam(exam_snapshot=SNAPSHOT | {"template": CONFIG | {"weight": 0.5}})
    _refused(
        rows.connection,
        "tr_exam_instances_snapshot",
        f"UPDATE exam_instances SET exam_snapshot = {change} WHERE exam_instance_id = %s",
        exam,
    )


def test_all_else_of_an_exam_may_change(rows):
    exam = rows.exam()
    rows.connection.execute(
        "UPDATE exam_instances SET exam_snapshot = exam_snapshot, status = 'in_progress' WHERE exam_instance_id = %s",
        (exam,),
    )
    assert _one(rows.connection, "SELECT status::text FROM exam_instances WHERE exam_instance_id = %s", exam) == (
        "in_progress",
    )


@pytest.mark.parametrize("table", FINAL)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET evaluation_id = evaluation_id", "DELETE FROM {0}"])
def test_what_stands_in_a_completed_evaluation_is_final(rows, table, statement):
    _completed(rows)
    _refused(rows.connection, FINAL[table], statement.format(table))


@pytest.mark.parametrize("table", FINAL)
def test_nothing_is_added_to_a_completed_evaluation(rows, table):
    evaluation = _completed(rows)
    with pytest.raises(errors.RestrictViolation) as caught:
        rows.of(table, evaluation_id=evaluation)
    assert caught.value.diag.constraint_name == FINAL[table]


@pytest.mark.parametrize("table", FINAL)
def test_nothing_is_moved_out_of_or_into_a_completed_evaluation(rows, table):
    evaluation = _completed(rows)
    other = rows.evaluation()
    _refused(rows.connection, FINAL[table], f"UPDATE {table} SET evaluation_id = %s", other)
    rows.of(table, evaluation_id=other)
    _refused(
        rows.connection,
        FINAL[table],
        f"UPDATE {table} SET evaluation_id = %s WHERE evaluation_id = %s",
        evaluation,
        other,
    )


@pytest.mark.parametrize(
    "change",
    [
        "status = 'in_progress'",
        "started_at = now()",
        "completed_at = NULL",
        "total_manual_marks = 3",
        """annotation_data = '{"schema": 2}'""",
        """annotation_data = '{"schema": 1.0}'""",  # equal to 1, but another text
        "submitted_punctuality = 'on_time'",
        "submitted_claimed_at = now()",
        "assigned_at = now() - interval '1 day'",
        "sla_hours_allocated = 48",
        "assignment_version = assignment_version + 1",
        "teacher_user_id = (SELECT user_id FROM users WHERE role = 'admin')",
        "exam_instance_id = (SELECT exam_instance_id FROM exam_instances WHERE class = 'X')",
    ],
)
def test_a_completed_evaluation_is_final(rows, change):
    evaluation = _completed(rows)
    rows.exam(**{"class": "X"})
    rows.user("admin")
    _refused(
        rows.connection,
        "tr_evaluations_final",
        f"UPDATE evaluations SET {change} WHERE evaluation_id = %s",
        evaluation,
    )


def test_a_completed_evaluation_is_never_deleted(rows):
    evaluation = _completed(rows)
    statement = "DELETE FROM evaluations WHERE evaluation_id = %s"
    _refused(rows.connection, "tr_evaluations_final_delete", statement, evaluation)


def test_until_it_is_completed_everything_may_change(rows):
    mark = rows.mark()
    rows.connection.execute("UPDATE question_marks SET marks_awarded = 1 WHERE mark_id = %s", (mark,))
    rows.connection.execute("UPDATE evaluations SET total_manual_marks = 1")
    rows.connection.execute("DELETE FROM evaluations")
    assert _one(rows.connection, "SELECT count(*) FROM question_marks") == (0,)


@pytest.mark.parametrize("table", KEEPS_UPDATED_AT)
def test_the_moment_of_change_is_kept_by_the_database(rows, table):
    key = rows.of(table, updated_at=LONG_AGO)
    names = sql.Identifier(table), sql.Identifier(KEEPS_UPDATED_AT[table])
    select = sql.SQL("SELECT updated_at, now() FROM {} WHERE {} = %s").format(*names)
    written, now = rows.connection.execute(select, (key,)).fetchone()
    assert written == now
    update = sql.SQL("UPDATE {} SET updated_at = %s WHERE {} = %s").format(*names)
    rows.connection.execute(update, (LONG_AGO, key))
    changed, _ = rows.connection.execute(select, (key,)).fetchone()
    assert changed > written


def test_a_new_teacher_is_a_new_assignment(rows):
    evaluation = rows.evaluation(assigned_at=LONG_AGO)
    second = rows.user()
    rows.connection.execute(
        "UPDATE evaluations SET teacher_user_id = %s WHERE evaluation_id = %s", (second, evaluation)
    )
    third = rows.user()
    rows.connection.execute(
        "UPDATE evaluations SET teacher_user_id = %s, assignment_version = 7 WHERE evaluation_id = %s",
        (third, evaluation),
    )
    assignments = rows.connection.execute(
        "SELECT assignment_version, teacher_user_id FROM evaluation_assignments WHERE evaluation_id = %s"
        " ORDER BY assignment_version",
        (evaluation,),
    ).fetchall()
    assert [version for version, _ in assignments] == [1, 2, 7]
    assert [teacher for _, teacher in assignments[1:]] == [second, third]


def test_the_same_teacher_again_is_no_new_assignment(rows):
    evaluation = rows.evaluation()
    rows.connection.execute(
        "UPDATE evaluations SET teacher_user_id = teacher_user_id WHERE evaluation_id = %s", (evaluation,)
    )
    found = _one(
        rows.connection,
        "SELECT assignment_version, (SELECT count(*) FROM evaluation_assignments a"
        " WHERE a.evaluation_id = e.evaluation_id) FROM evaluations e WHERE evaluation_id = %s",
        evaluation,
    )
    assert found == (1, 1)


def test_the_clock_starts_with_the_last_upload_and_never_moves(rows):
    exam = rows.exam()
    rows.upload(exam_instance_id=exam, uploaded_at=LONG_AGO)
    evaluation = rows.evaluation(exam_instance_id=exam)
    rows.upload(exam_instance_id=exam, page_number=2)
    rows.connection.execute(
        "UPDATE evaluations SET teacher_user_id = %s WHERE evaluation_id = %s", (rows.user(), evaluation)
    )
    query = "SELECT received_at FROM evaluation_clock WHERE exam_instance_id = %s"
    assert _one(rows.connection, query, exam) == (LONG_AGO,)


def test_without_an_upload_the_clock_starts_with_the_assignment(rows):
    evaluation = rows.evaluation(assigned_at=LONG_AGO)
    assert _one(
        rows.connection,
        "SELECT received_at FROM evaluation_clock JOIN evaluations USING (exam_instance_id) WHERE evaluation_id = %s",
        evaluation,
    ) == (LONG_AGO,)


def test_a_new_teacher_starts_with_clean_registers(rows):
    evaluation = rows.evaluation()
    registers = [table for table in FINAL if table != "question_marks"]
    for table in registers:
        rows.of(table, evaluation_id=evaluation)
    move = "UPDATE evaluations SET teacher_user_id = %s WHERE evaluation_id = %s"
    rows.connection.execute(move, (rows.user(), evaluation))
    assert [_one(rows.connection, f"SELECT count(*) FROM {table}") for table in registers] == [(0,)] * 3


def test_closing_an_account_revokes_its_login_and_opening_it_gives_it_back(rows):
    person = rows.user()
    rows.insert("staff_logins", login_name="mv_test_login", user_id=person)
    query = "SELECT revoked_at IS NOT NULL FROM staff_logins WHERE user_id = %s"
    for active in (False, True):
        rows.connection.execute("UPDATE users SET is_active = %s WHERE user_id = %s", (active, person))
        assert _one(rows.connection, query, person) == (not active,)


def test_a_comment_says_in_which_transaction_it_changed_and_that_it_was_shared_once(rows):
    (now,) = _one(rows.connection, "SELECT pg_current_xact_id()::text::bigint")
    comment = rows.of("bank_comments", changed_in=1, was_shared=False, shared=True)
    query = "SELECT changed_in, shared, was_shared FROM bank_comments WHERE comment_id = %s"
    assert _one(rows.connection, query, comment) == (now, True, True)
    rows.connection.execute("UPDATE bank_comments SET shared = false, changed_in = 1 WHERE comment_id = %s", (comment,))
    assert _one(rows.connection, query, comment) == (now, False, True)


def test_every_trigger_is_seen_at_work_above(owner):
    found = owner.execute(
        "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
        " WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert {name for (name,) in found} == {
        *(trigger for trigger, _ in APPEND_ONLY.values()),
        *GOES_WITH_ITS_QUESTION.values(),
        *FINAL.values(),
        *(f"tr_{table}_updated_at" for table in KEEPS_UPDATED_AT),
        *(f"tr_{table}_truncate" for table in _emptied_by_nobody(owner)),
        *OTHERS,
        *ELSEWHERE,
    }


def _emptied_by_nobody(connection: psycopg.Connection) -> set[str]:
    """Every table of ours but those that are only added to, whose own triggers see it."""
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    ).fetchall()
    return {name for (name,) in found} - {*APPEND_ONLY, *GOES_WITH_ITS_QUESTION, "alembic_version"}
