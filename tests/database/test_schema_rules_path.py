"""Every check, unique rule and reference of the tables that revisions from 003 on added, violated once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from psycopg import errors, sql
from psycopg.types.json import Jsonb

from tests.database.catalogue import FIFTEEN, constraints, unique_indexes
from tests.factories.rows import ADDED, DEADLINE

NOBODY = UUID(int=0)


# (table, the values that break the rule, the constraint that refuses)
VIOLATIONS: list[tuple[str, dict[str, Any], str]] = [
    ("question_schemes", {"version": 0}, "ck_question_schemes_version"),
    ("mark_registers", {"question_number": 0}, "ck_mark_registers_question_number"),
    ("mark_registers", {"state": "lost"}, "ck_mark_registers_state"),
    ("mark_registers", {"state": "marked", "marks": "-0.5"}, "ck_mark_registers_marks"),
    ("mark_registers", {"state": "marked"}, "ck_mark_registers_marked_has_marks"),
    ("mark_registers", {"state": "follows_stamps", "marks": 1}, "ck_mark_registers_marked_has_marks"),
    ("annotation_registers", {"page_number": 0}, "ck_annotation_registers_page"),
    ("annotation_registers", {"pdf_page": -1}, "ck_annotation_registers_page"),
    ("mark_conflicts", {"state": "lost"}, "ck_mark_conflicts_state"),
    ("page_registers", {"page_number": 0}, "ck_page_registers_page"),
    ("page_registers", {"seen_seconds": -1}, "ck_page_registers_seen"),
    ("page_registers", {"largest_share": "1.01"}, "ck_page_registers_seen"),
    ("evaluation_flags", {"reason": " "}, "ck_evaluation_flags_reason"),
    ("evaluation_flags", {"x": 0.5}, "ck_evaluation_flags_spot"),
    ("evaluation_flags", {"x": 0.5, "y": 0.5}, "ck_evaluation_flags_spot"),
    ("evaluation_flags", {"page_number": 1, "x": 0.5, "y": 1.01}, "ck_evaluation_flags_spot"),
    ("evaluation_flags", {"page_number": 1, "x": float("nan"), "y": 0.5}, "ck_evaluation_flags_spot"),
    ("evaluation_flags", {"answer": "A new scan is here."}, "ck_evaluation_flags_answer"),
    ("evaluation_holds", {"kind": "lost"}, "ck_evaluation_holds_kind"),
    ("evaluation_holds", {"reason": " "}, "ck_evaluation_holds_reason"),
    ("applied_operations", {"estimate_quality": "guess"}, "ck_applied_operations_estimate_quality"),
    ("applied_operations", {"verdict": "gap"}, "ck_applied_operations_verdict"),
    ("bank_comments", {"text": ""}, "ck_bank_comments_text"),
    ("bank_comments", {"marks": "0.25"}, "ck_bank_comments_marks"),
    ("bank_comments", {"marks": "-1"}, "ck_bank_comments_marks"),
    ("bank_comments", {"uses": -1}, "ck_bank_comments_version"),
    ("page_files", {"sha256": "0" * 63 + "A"}, "ck_page_files_sha256"),
    ("page_files", {"bytes": -1}, "ck_page_files_bytes"),
    ("page_files", {"pages": {}}, "ck_page_files_pages"),
    ("teacher_absences", {"return_day": "2026-07-01"}, "ck_teacher_absences_days"),
    ("teacher_absences", {"note": "x" * 501}, "ck_teacher_absences_note"),
    ("consultations", {"hours": 0}, "ck_consultations_hours"),
    ("consultations", {"hours": "24.01"}, "ck_consultations_hours"),
    ("consultations", {"note": "x" * 501}, "ck_consultations_note"),
    ("upload_requests", {"kind": "poem"}, "ck_upload_requests_kind"),
    ("upload_requests", {"sha256": "G" * 64}, "ck_upload_requests_sha256"),
    ("upload_requests", {"md5": "G" * 32}, "ck_upload_requests_md5"),
    ("upload_requests", {"bytes": 0}, "ck_upload_requests_bytes"),
    ("question_pictures", {"place": "questions/2.png"}, "ck_question_pictures_place"),
    ("question_pictures", {"sha256": "G" * 64}, "ck_question_pictures_sha256"),
    ("question_pictures", {"bytes": 0}, "ck_question_pictures_bytes"),
    ("audit_seals", {"seal": bytes(31)}, "ck_audit_seals_seal"),
    ("evaluation_versions", {"version_number": 0}, "ck_evaluation_versions_number"),
    ("evaluation_versions", {"reason": " "}, "ck_evaluation_versions_reason"),
    ("evaluation_returns", {"questions": []}, "ck_evaluation_returns_questions"),
    ("evaluation_returns", {"reason": " "}, "ck_evaluation_returns_reason"),
    ("deadline_changes", {"kind": "lost"}, "ck_deadline_changes_kind"),
    ("deadline_changes", {"kind": "excused"}, "ck_deadline_changes_moves"),
    ("deadline_changes", {"reason": " "}, "ck_deadline_changes_reason"),
    ("computers", {"name": "x" * 101}, "ck_computers_name"),
    ("computers", {"revoked_at": str(DEADLINE)}, "ck_computers_revoked"),
    ("computers", {"wiped_at": str(DEADLINE)}, "ck_computers_wiped"),
    ("teacher_limits", {"daily_limit": -1}, "ck_teacher_limits_daily"),
    ("teacher_limits", {"classes": "{IX}"}, "ck_teacher_limits_classes"),
    ("notice_readers", {"language": "fr"}, "ck_notice_readers_language"),
    ("notice_mails", {"tries": -1}, "ck_notice_mails_tries"),
    ("notice_mails", {"outcome": "lost", "ended_at": str(DEADLINE)}, "ck_notice_mails_outcome"),
    ("notice_mails", {"outcome": "sent"}, "ck_notice_mails_ended"),
    ("notices", {"kind": "breached"}, "ck_notices_kind"),
    ("notices", {"key": "x" * 201}, "ck_notices_key"),
    ("notices", {"data": {"x": "x" * 4000}}, "ck_notices_data"),
    ("script_samples", {"why": "liked", "reason": None, "chosen_by": None}, "ck_script_samples_why"),
    ("script_samples", {"reason": None}, "ck_script_samples_asked"),
    ("script_samples", {"reason": " "}, "ck_script_samples_reason"),
    ("second_markings", {"outcome": "lost", "ended_at": str(DEADLINE)}, "ck_second_markings_outcome"),
    ("second_markings", {"outcome": "marked"}, "ck_second_markings_ended"),
    ("sample_marks", {"first_marks": "2.5"}, "ck_sample_marks_first"),
    ("sample_marks", {"second_marks": "-0.5"}, "ck_sample_marks_second"),
    ("sample_marks", {"marked_at": None}, "ck_sample_marks_marked"),
    ("kept_decisions", {"question_number": -1}, "ck_kept_decisions_question_number"),
    ("kept_decisions", {"decision_number": 0}, "ck_kept_decisions_decision_number"),
    ("kept_decisions", {"decision": "lost"}, "ck_kept_decisions_decision"),
    ("kept_decisions", {"reason": " "}, "ck_kept_decisions_reason"),
    ("question_proposals", {"adjustment": "none"}, "ck_question_proposals_adjustment"),
    ("question_proposals", {"reason": " "}, "ck_question_proposals_reason"),
    ("question_decisions", {"decision_number": 0}, "ck_question_decisions_decision_number"),
    ("question_decisions", {"decision": "lost"}, "ck_question_decisions_decision"),
    ("question_decisions", {"decision": "declined", "proposal_id": None}, "ck_question_decisions_declined"),
    ("question_decisions", {"reason": " "}, "ck_question_decisions_reason"),
    ("question_versions", {"version": 0}, "ck_question_versions_version"),
    ("question_versions", {"content": []}, "ck_question_versions_content"),
    ("question_decisions", {"through_version": 0}, "ck_question_decisions_through_version"),
    ("question_rescorings", {"adjustment": "declined"}, "ck_question_rescorings_adjustment"),
    ("question_rescorings", {"through_version": 0}, "ck_question_rescorings_through_version"),
    ("question_rescorings", {"reason": " "}, "ck_question_rescorings_reason"),
    ("question_rescorings", {"rescored": 1}, "ck_question_rescorings_done"),
    ("exam_adjustments", {"decision_number": 0}, "ck_exam_adjustments_decision_number"),
    ("exam_adjustments", {"questions": []}, "ck_exam_adjustments_questions"),
    ("page_versions", {"version_number": 1}, "ck_page_versions_version_number"),
    ("page_versions", {"restores": 1}, "ck_page_versions_source"),
    ("page_versions", {"sha256": "G" * 64}, "ck_page_versions_sha256"),
    ("page_versions", {"pages": {}}, "ck_page_versions_pages"),
    ("page_versions", {"reason": " "}, "ck_page_versions_reason"),
    ("page_exclusions", {"reason": " "}, "ck_page_exclusions_reason"),
    ("page_exclusions", {"end_reason": "hers after all"}, "ck_page_exclusions_end"),
    ("record_imports", {"subject": "setting"}, "ck_record_imports_subject"),
    ("record_imports", {"file_name": ""}, "ck_record_imports_file_name"),
    ("record_imports", {"file_sha256": "A" * 64}, "ck_record_imports_file_sha256"),
    ("record_imports", {"state": "lost"}, "ck_record_imports_state"),
    ("record_imports", {"taken_back_at": None}, "ck_record_imports_taken_back"),
    ("record_imports", {"new_rows": -1}, "ck_record_imports_counts"),
    ("record_import_rows", {"deed": "lost"}, "ck_record_import_rows_deed"),
    ("record_import_rows", {"outcome": "lost"}, "ck_record_import_rows_outcome"),
    ("record_import_rows", {"outcome": "left"}, "ck_record_import_rows_why"),
    ("record_import_rows", {"why": "unknown"}, "ck_record_import_rows_why"),
    ("question_reviews", {"state": "lost"}, "ck_question_reviews_state"),
    ("question_reviews", {"state": "waiting", "submitted_by": None}, "ck_question_reviews_submitted"),
    ("question_reviews", {"decided_at": None}, "ck_question_reviews_decided"),
    ("question_remarks", {"kind": "lost"}, "ck_question_remarks_kind"),
    ("question_remarks", {"words": ""}, "ck_question_remarks_words"),
    ("question_remarks", {"version": 2}, "ck_question_remarks_version"),
    ("question_changes", {"state": "lost"}, "ck_question_changes_state"),
    ("question_changes", {"change": []}, "ck_question_changes_change"),
    ("question_changes", {"base_version": 0}, "ck_question_changes_base_version"),
    ("question_changes", {"state": "waiting", "submitted_at": None}, "ck_question_changes_submitted"),
    ("question_changes", {"decided_at": None}, "ck_question_changes_decided"),
    ("rescan_requests", {"reason": " "}, "ck_rescan_requests_reason"),
    ("rescan_requests", {"outcome": "replaced"}, "ck_rescan_requests_closed"),
    (
        "rescan_requests",
        {"outcome": "lost", "closed_at": str(DEADLINE), "close_reason": "r"},
        "ck_rescan_requests_outcome",
    ),
]
# What two rows must not share, and a value that makes them differ in all other keys.
DUPLICATES: dict[str, tuple[str, dict[str, Any]]] = {
    "pk_staff_logins": ("staff_logins", {}),
    "uq_staff_logins_user_id": ("staff_logins", {"login_name": "mv_1"}),
    "pk_question_schemes": ("question_schemes", {}),
    "pk_evaluation_assignments": ("evaluation_assignments", {}),
    "pk_evaluation_clock": ("evaluation_clock", {}),
    "pk_mark_registers": ("mark_registers", {}),
    "pk_annotation_registers": ("annotation_registers", {}),
    "pk_mark_conflicts": ("mark_conflicts", {}),
    "pk_page_registers": ("page_registers", {}),
    "pk_evaluation_flags": ("evaluation_flags", {}),
    "pk_evaluation_holds": ("evaluation_holds", {"ended_at": str(DEADLINE)}),
    "uq_evaluation_holds_open": ("evaluation_holds", {"hold_id": str(UUID(int=2))}),
    "pk_streams": ("streams", {}),
    "pk_clock_beacons": ("clock_beacons", {}),
    "pk_applied_operations": ("applied_operations", {"seq": 2}),
    "uq_applied_operations_stream_id": ("applied_operations", {"op_id": str(UUID(int=2))}),
    "pk_page_files": ("page_files", {}),
    "pk_page_requests": ("page_requests", {}),
    "pk_teacher_absences": ("teacher_absences", {}),
    "pk_consultations": ("consultations", {}),
    "pk_bank_comments": ("bank_comments", {}),
    "pk_comment_uses": ("comment_uses", {}),
    "pk_comment_changes": ("comment_changes", {}),
    "pk_upload_requests": ("upload_requests", {"s3_key": "uploads/2"}),
    "pk_question_pictures": ("question_pictures", {}),
    "pk_picture_requests": ("picture_requests", {}),
    "uq_upload_requests_s3_key": ("upload_requests", {"request_id": str(UUID(int=2))}),
    "pk_audit_seals": ("audit_seals", {}),
    "pk_evaluation_versions": ("evaluation_versions", {}),
    "pk_evaluation_returns": ("evaluation_returns", {}),
    "pk_deadline_changes": ("deadline_changes", {}),
    "pk_computers": ("computers", {}),
    "pk_teacher_limits": ("teacher_limits", {}),
    "pk_teacher_conflicts": ("teacher_conflicts", {}),
    "pk_notice_readers": ("notice_readers", {}),
    "pk_notice_mails": ("notice_mails", {}),
    "pk_notices": ("notices", {"key": None}),
    "uq_notices_key": ("notices", {"notice_id": str(UUID(int=2))}),
    "pk_script_samples": ("script_samples", {}),
    "pk_second_markings": ("second_markings", {"outcome": "declined", "ended_at": str(DEADLINE)}),
    "uq_second_markings_live": ("second_markings", {"marking_id": str(UUID(int=2))}),
    "pk_sample_marks": ("sample_marks", {}),
    "pk_kept_decisions": ("kept_decisions", {}),
    "pk_question_proposals": ("question_proposals", {}),
    "pk_question_decisions": ("question_decisions", {"proposal_id": None}),
    "uq_question_decisions_proposal_id": ("question_decisions", {"decision_number": 2}),
    "pk_exam_adjustments": ("exam_adjustments", {}),
    "pk_paper_questions": ("paper_questions", {}),
    "pk_question_versions": ("question_versions", {}),
    "pk_question_rescorings": ("question_rescorings", {"finished_at": str(DEADLINE)}),
    "uq_question_rescorings_open": ("question_rescorings", {"rescoring_id": str(UUID(int=2))}),
    "pk_page_versions": ("page_versions", {"version_number": 3, "request_id": None, "restores": 1}),
    "uq_page_versions_upload_id": (
        "page_versions",
        {"version_id": str(UUID(int=2)), "request_id": None, "restores": 1},
    ),
    "uq_page_versions_request_id": ("page_versions", {"version_id": str(UUID(int=2)), "version_number": 3}),
    "pk_page_exclusions": (
        "page_exclusions",
        {"ended_at": str(DEADLINE), "end_reason": "r"},
    ),
    "uq_page_exclusions_open": ("page_exclusions", {"exclusion_id": str(UUID(int=2))}),
    "pk_question_search": ("question_search", {}),
    "pk_question_words": ("question_words", {}),
    "pk_record_imports": ("record_imports", {}),
    "pk_record_import_rows": ("record_import_rows", {}),
    "pk_question_reviews": ("question_reviews", {}),
    "pk_question_remarks": ("question_remarks", {}),
    "pk_question_changes": ("question_changes", {}),
    "pk_rescan_requests": (
        "rescan_requests",
        {"closed_at": str(DEADLINE), "outcome": "replaced", "close_reason": "r"},
    ),
    "uq_rescan_requests_open": ("rescan_requests", {"rescan_id": str(UUID(int=2))}),
}
REFERENCES = [
    ("staff_logins", "user_id"),
    ("question_schemes", "question_id"),
    ("evaluation_assignments", "evaluation_id"),
    ("evaluation_assignments", "teacher_user_id"),
    ("evaluation_assignments", "assigned_by"),
    ("evaluation_clock", "exam_instance_id"),
    ("mark_registers", "evaluation_id"),
    ("annotation_registers", "evaluation_id"),
    ("page_registers", "evaluation_id"),
    ("mark_conflicts", "evaluation_id"),
    ("mark_conflicts", "user_id"),
    ("evaluation_flags", "evaluation_id"),
    ("evaluation_flags", "raised_by"),
    ("evaluation_flags", "answered_by"),
    ("evaluation_holds", "evaluation_id"),
    ("evaluation_holds", "held_by"),
    ("streams", "user_id"),
    ("clock_beacons", "user_id"),
    ("applied_operations", "stream_id"),
    ("applied_operations", "user_id"),
    ("page_files", "upload_id"),
    ("page_requests", "user_id"),
    ("page_requests", "upload_id"),
    ("teacher_absences", "user_id"),
    ("consultations", "subscription_id"),
    ("consultations", "teacher_user_id"),
    ("bank_comments", "owner_user_id"),
    ("bank_comments", "changed_by"),
    ("comment_uses", "comment_id"),
    ("comment_uses", "user_id"),
    ("comment_changes", "user_id"),
    ("upload_requests", "user_id"),
    ("picture_requests", "user_id"),
    ("picture_requests", "picture_id"),
    ("evaluation_versions", "evaluation_id"),
    ("evaluation_versions", "copied_by"),
    ("evaluation_returns", "evaluation_id"),
    ("evaluation_returns", "teacher_user_id"),
    ("evaluation_returns", "returned_by"),
    ("deadline_changes", "evaluation_id"),
    ("deadline_changes", "changed_by"),
    ("computers", "user_id"),
    ("computers", "revoked_by"),
    ("teacher_limits", "user_id"),
    ("teacher_conflicts", "user_id"),
    ("teacher_conflicts", "student_user_id"),
    ("notice_readers", "user_id"),
    ("notice_mails", "user_id"),
    ("notices", "user_id"),
    ("notices", "mail_id"),
    ("script_samples", "evaluation_id"),
    ("script_samples", "teacher_user_id"),
    ("script_samples", "chosen_by"),
    ("second_markings", "evaluation_id"),
    ("second_markings", "teacher_user_id"),
    ("second_markings", "given_by"),
    ("sample_marks", "evaluation_id"),
    ("sample_marks", "teacher_user_id"),
    ("kept_decisions", "op_id"),
    ("kept_decisions", "evaluation_id"),
    ("kept_decisions", "decided_by"),
    ("question_proposals", "template_id"),
    ("question_proposals", "proposed_by"),
    ("question_decisions", "template_id"),
    ("question_decisions", "proposal_id"),
    ("question_decisions", "decided_by"),
    ("exam_adjustments", "exam_instance_id"),
    ("paper_questions", "exam_instance_id"),
    ("question_versions", "question_id"),
    ("question_versions", "replaced_by"),
    ("question_rescorings", "decided_by"),
    ("page_requests", "version_id"),
    ("page_requests", "file_id"),
    ("page_versions", "upload_id"),
    ("page_versions", "request_id"),
    ("page_versions", "replaced_by"),
    ("page_exclusions", "upload_id"),
    ("page_exclusions", "exam_instance_id"),
    ("page_exclusions", "excluded_by"),
    ("page_exclusions", "ended_by"),
    ("question_search", "question_id"),
    ("record_imports", "imported_by"),
    ("record_imports", "taken_back_by"),
    ("record_import_rows", "import_id"),
    ("question_reviews", "question_id"),
    ("question_reviews", "submitted_by"),
    ("question_reviews", "decided_by"),
    ("question_remarks", "question_id"),
    ("question_remarks", "made_by"),
    ("question_remarks", "about"),
    ("question_changes", "question_id"),
    ("question_changes", "made_by"),
    ("question_changes", "decided_by"),
    ("rescan_requests", "upload_id"),
    ("rescan_requests", "exam_instance_id"),
    ("rescan_requests", "flag_id"),
    ("rescan_requests", "asked_by"),
]


@pytest.mark.parametrize(("table", "values", "constraint"), VIOLATIONS)
def test_a_row_that_breaks_a_check_is_refused_by_it(rows, table, values, constraint):
    with pytest.raises(errors.CheckViolation) as caught:
        rows.of(table, **values)
    assert caught.value.sqlstate == "23514"
    assert caught.value.diag.constraint_name == constraint


@pytest.mark.parametrize("constraint", DUPLICATES)
def test_a_second_row_with_the_same_key_is_refused(rows, constraint):
    table, difference = DUPLICATES[constraint]
    rows.of(table)
    row = rows.connection.execute(f"SELECT to_jsonb(t) FROM {table} t".encode()).fetchone()
    assert row is not None
    again = sql.SQL("INSERT INTO {0} SELECT * FROM jsonb_populate_record(NULL::{0}, %s)").format(sql.Identifier(table))
    with pytest.raises(errors.UniqueViolation) as caught:
        rows.connection.execute(again, (Jsonb(row[0] | difference),))
    assert caught.value.sqlstate == "23505"
    assert caught.value.diag.constraint_name == constraint


@pytest.mark.parametrize(("table", "column"), REFERENCES)
def test_a_reference_to_nothing_is_refused(rows, table, column):
    with pytest.raises(errors.ForeignKeyViolation) as caught:
        rows.of(table, **{column: NOBODY})
    assert caught.value.sqlstate == "23503"
    assert caught.value.diag.constraint_name == f"fk_{table}_{column}"


@pytest.mark.parametrize("table", ["evaluation_assignments", "mark_registers", "annotation_registers"])
def test_what_belongs_to_an_open_evaluation_goes_with_it(rows, table):
    evaluation = rows.evaluation()
    rows.of(table, evaluation_id=evaluation)
    rows.connection.execute("DELETE FROM evaluations WHERE evaluation_id = %s", (evaluation,))
    assert (
        rows.connection.execute(f"SELECT FROM {table} WHERE evaluation_id = %s".encode(), (evaluation,)).rowcount == 0
    )


def test_absences_of_one_person_share_no_day_and_those_of_two_may(rows):
    days = {"first_day": "2026-07-02", "return_day": "2026-07-04"}
    person = rows.user()
    rows.of("teacher_absences", user_id=person)
    rows.of("teacher_absences", absence_id=UUID(int=2), **days)
    rows.of("teacher_absences", absence_id=UUID(int=3), user_id=person, first_day="2026-07-03", return_day="2026-07-04")
    with pytest.raises(errors.ExclusionViolation) as caught:
        rows.of("teacher_absences", absence_id=UUID(int=4), user_id=person, **days)
    assert caught.value.diag.constraint_name == "ex_teacher_absences_days"


def test_every_rule_of_the_added_tables_is_violated_above(owner):
    found = owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    ).fetchall()
    added = {name for (name,) in found} - {*FIFTEEN, "alembic_version"}
    assert added == set(ADDED)
    assert constraints(owner, "c", [*added]) == {constraint for _, _, constraint in VIOLATIONS}
    assert constraints(owner, "f", [*added]) == {f"fk_{table}_{column}" for table, column in REFERENCES}
    assert unique_indexes(owner, [*added]) == set(DUPLICATES)
    assert constraints(owner, "x", [*added]) == {"ex_teacher_absences_days"}
