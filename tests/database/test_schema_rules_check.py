"""Every CHECK of the fifteen tables, violated once (`docs/database.md`)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg
import pytest
from psycopg import errors

from tests.database.catalogue import FIFTEEN, constraints

_EARLY, _LATE = datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)

# (what Rows makes, the values that break the rule, the constraint that refuses)
VIOLATIONS = [
    ("user", {"role": "student", "student_class": None}, "ck_users_student_has_class"),
    ("user", {"role": "student", "is_coordinator": True}, "ck_users_coordinator_is_staff"),
    ("user", {"role": "parent", "is_coordinator": True}, "ck_users_coordinator_is_staff"),
    ("plan", {"exams_per_month": 0}, "ck_subscription_plans_exams_per_month"),
    ("plan", {"teacher_hours_per_month": "-0.01"}, "ck_subscription_plans_teacher_hours"),
    ("plan", {"sla_hours": 36}, "ck_subscription_plans_sla_hours"),
    ("plan", {"monthly_price_paise": 0}, "ck_subscription_plans_monthly_price"),
    ("plan", {"annual_price_paise": 0}, "ck_subscription_plans_annual_price"),
    ("subscription", {"end_date": date(2026, 1, 1)}, "ck_subscriptions_dates"),
    ("subscription", {"end_date": date(2025, 12, 31)}, "ck_subscriptions_dates"),
    ("subscription", {"billing_cycle": "weekly"}, "ck_subscriptions_billing_cycle"),
    ("subscription", {"exams_used_this_month": -1}, "ck_subscriptions_exams_used"),
    ("subscription", {"teacher_hours_used": "-0.5"}, "ck_subscriptions_teacher_hours_used"),
    ("subscription", {"billing_day_of_month": 0}, "ck_subscriptions_billing_day"),
    ("subscription", {"billing_day_of_month": 29}, "ck_subscriptions_billing_day"),
    ("question", {"version": 0}, "ck_questions_version"),
    ("question", {"class": "XI"}, "ck_questions_class"),
    ("question", {"cbse_year": 1999}, "ck_questions_cbse_year"),
    ("question", {"cbse_year": 2101}, "ck_questions_cbse_year"),
    ("question", {"question_text": None}, "ck_questions_text_or_image"),
    ("question", {"question_text": " "}, "ck_questions_text_or_image"),
    ("question", {"question_type": "MCQ", "mcq_choices": None}, "ck_questions_mcq_choices"),
    ("question", {"question_type": "MCQ", "mcq_choices": []}, "ck_questions_mcq_choices"),
    ("question", {"question_type": "MCQ", "mcq_correct_choices": None}, "ck_questions_mcq_correct_choices"),
    ("question", {"question_type": "MCQ", "mcq_correct_choices": []}, "ck_questions_mcq_correct_choices"),
    ("question", {"question_type": "MCQ", "marks": 2}, "ck_questions_marks_of_type"),
    ("question", {"question_type": "VSA", "marks": 1}, "ck_questions_marks_of_type"),
    ("question", {"question_type": "SA", "marks": 4}, "ck_questions_marks_of_type"),
    ("question", {"question_type": "LA", "marks": 4}, "ck_questions_marks_of_type"),
    ("question", {"question_type": "LA", "marks": 7}, "ck_questions_marks_of_type"),
    ("template", {"class": "IX"}, "ck_exam_templates_class"),
    ("template", {"exam_type": "unit_practice"}, "ck_exam_templates_unit_practice_has_unit"),
    ("exam", {"started_at": _LATE, "submitted_at": _EARLY}, "ck_exam_instances_submitted_after_start"),
    ("exam", {"mcq_score": "-0.01"}, "ck_exam_instances_mcq_score"),
    ("exam", {"manual_score": "-0.01"}, "ck_exam_instances_manual_score"),
    ("exam", {"total_score": "-0.01"}, "ck_exam_instances_total_score"),
    ("exam", {"percentage": "-0.01"}, "ck_exam_instances_percentage"),
    ("exam", {"percentage": "100.01"}, "ck_exam_instances_percentage"),
    ("exam", {"total_score": "80.01"}, "ck_exam_instances_total_within_marks"),
    ("answer", {"question_number": 0}, "ck_student_mcq_answers_question_number"),
    ("answer", {"marks_awarded": "-0.01"}, "ck_student_mcq_answers_marks_awarded"),
    ("answer", {"marks_possible": 0}, "ck_student_mcq_answers_marks_possible"),
    ("upload", {"page_number": 0}, "ck_answer_sheet_uploads_page_number"),
    ("upload", {"file_size_bytes": 0}, "ck_answer_sheet_uploads_file_size"),
    ("unanswered", {"question_number": 0}, "ck_unanswered_questions_question_number"),
    ("evaluation", {"sla_hours_allocated": 12}, "ck_evaluations_sla_hours"),
    ("evaluation", {"total_manual_marks": "-0.5"}, "ck_evaluations_total_manual_marks"),
    ("evaluation", {"assignment_version": 0}, "ck_evaluations_assignment_version"),
    ("evaluation", {"submitted_punctuality": "soon"}, "ck_evaluations_punctuality"),
    ("mark", {"question_number": 0}, "ck_question_marks_question_number"),
    ("mark", {"marks_awarded": "-0.5"}, "ck_question_marks_marks_awarded"),
    ("mark", {"marks_awarded": 0, "marks_possible": 0}, "ck_question_marks_marks_possible"),
    ("mark", {"marks_awarded": "2.5"}, "ck_question_marks_within_possible"),
    ("holiday", {"holiday_date": date(2023, 12, 31)}, "ck_holidays_date"),
]

# Values at the edge that the rules allow.
ALLOWED = [
    ("user", {"role": "admin", "is_coordinator": True}),
    ("plan", {"teacher_hours_per_month": 0, "sla_hours": 48, "monthly_price_paise": 1, "annual_price_paise": None}),
    ("plan", {"teacher_hours_per_month": None}),
    ("subscription", {"end_date": date(2026, 1, 2), "billing_cycle": "monthly", "billing_day_of_month": 28}),
    ("question", {"question_text": None, "question_image_url": "s3://q/1.png"}),
    ("question", {"question_type": "LA", "marks": 5, "cbse_year": 2000}),
    ("question", {"question_type": "LA", "marks": 6, "cbse_year": 2100, "class": "X", "tags": ["hots"]}),
    ("question", {"question_type": "MCQ"}),
    ("template", {"exam_type": "unit_practice", "specific_unit": "Matrices"}),
    ("exam", {"started_at": _EARLY, "submitted_at": _EARLY, "total_score": 80, "percentage": 100}),
    ("exam", {"submitted_at": _EARLY, "mcq_score": None, "manual_score": None, "total_score": None}),
    ("upload", {"file_size_bytes": 5_000_000_000, "questions_on_page": [21, 22]}),
    ("evaluation", {"sla_hours_allocated": 48, "total_manual_marks": 0, "submitted_punctuality": "claimed"}),
    ("mark", {"marks_awarded": 0, "unit": None}),
    ("holiday", {"holiday_date": date(2024, 1, 1)}),
]


@pytest.mark.parametrize(("maker", "values", "constraint"), VIOLATIONS)
def test_a_row_that_breaks_a_check_is_refused_by_it(rows, maker, values, constraint):
    with pytest.raises(errors.CheckViolation) as caught:
        getattr(rows, maker)(**values)
    assert caught.value.sqlstate == "23514"
    assert caught.value.diag.constraint_name == constraint


@pytest.mark.parametrize(("maker", "values"), ALLOWED)
def test_a_row_at_the_edge_of_the_checks_is_taken(rows, maker, values):
    assert getattr(rows, maker)(**values)


def test_nobody_is_the_parent_of_oneself(rows):
    person = rows.user("student")
    with pytest.raises(errors.CheckViolation) as caught:
        rows.mapping(parent_user_id=person, student_user_id=person)
    assert caught.value.diag.constraint_name == "ck_parent_student_mappings_two_people"


def test_every_check_of_the_fifteen_tables_is_violated_above(owner: psycopg.Connection):
    violated = {constraint for _, _, constraint in VIOLATIONS} | {"ck_parent_student_mappings_two_people"}
    assert constraints(owner, "c", FIFTEEN) == violated


def test_a_choice_that_is_no_list_is_refused_not_an_error(rows):
    with pytest.raises(errors.CheckViolation) as caught:
        rows.question("MCQ", mcq_choices={"A": "1"})
    assert caught.value.diag.constraint_name == "ck_questions_mcq_choices"
