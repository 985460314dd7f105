"""Valid rows of the shared database, written straight to the tables as their owner.

Every method inserts one row, with the parents it needs, and returns its key; keyword arguments replace or add
columns, so a test names only what it is about.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from mv_desktop.domain.picture import picture_id

_number = itertools.count(1)

CHOICES = [{"id": "A", "text": "$1$", "image": None}, {"id": "B", "text": "$2$", "image": None}]
CONFIG = {"schema": 1, "total_marks": 80, "duration_minutes": 180, "sections": []}
SNAPSHOT = {"schema": 1, "template": CONFIG, "seed": 17, "questions": []}
DEADLINE = datetime(2026, 7, 16, 12, 30, tzinfo=UTC)


class Rows:
    """Makes rows on one connection; committing is the caller's business."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def insert(self, table: str, **values: Any) -> Any:
        """Insert one row; dictionaries, and lists where no array is meant, become JSONB. Returns its first column."""
        columns = sql.SQL(", ").join(map(sql.Identifier, values))
        places = sql.SQL(", ").join(sql.Placeholder() * len(values))
        row = self.connection.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING *").format(sql.Identifier(table), columns, places),
            [_adapted(name, value) for name, value in values.items()],
        ).fetchone()
        assert row is not None
        return row[0]

    def user(self, role: str = "teacher", **values: Any) -> UUID:
        number = next(_number)
        row = {
            "email": f"person{number}@example.org",
            "password_hash": "!",
            "role": role,
            "first_name": "Asha",
            "last_name": f"Rao {number}",
        }
        if role == "student":
            row["student_class"] = "XII"
        return self.insert("users", **row | values)

    def mapping(self, **values: Any) -> UUID:
        row = {"relationship": "mother"}
        if "parent_user_id" not in values:
            row["parent_user_id"] = self.user("parent")
        if "student_user_id" not in values:
            row["student_user_id"] = self.user("student")
        return self.insert("parent_student_mappings", **row | values)

    def plan(self, **values: Any) -> str:
        """The enum knows four plans and all are seeded, so the fourth makes room; nobody may subscribe to it."""
        self.connection.execute("DELETE FROM subscription_plans WHERE plan_type = 'centum'")
        row = {"plan_type": "centum", "display_name": "Plan", "exams_per_month": 5, "sla_hours": 24}
        return self.insert("subscription_plans", **row | values)

    def subscription(self, **values: Any) -> UUID:
        row = {
            "plan_type": "basic",
            "start_date": date(2026, 1, 1),
            "end_date": date(2026, 12, 31),
            "billing_cycle": "annual",
            "exams_limit_per_month": 5,
            "billing_day_of_month": 1,
            "amount_paid_paise": 299_900,
        }
        if "student_user_id" not in values:
            row["student_user_id"] = self.user("student")
        return self.insert("subscriptions", **row | values)

    def question(self, question_type: str = "VSA", **values: Any) -> UUID:
        row = {
            "class": "XII",
            "unit": "Matrices",
            "question_type": question_type,
            "marks": {"MCQ": 1, "VSA": 2, "SA": 3, "LA": 5}[question_type],
            "question_text": "Find $x$.",
        }
        if question_type == "MCQ":
            row |= {"mcq_choices": CHOICES, "mcq_correct_choices": ["B"]}
        return self.insert("questions", **row | values)

    def unsearched(self) -> UUID:
        """A question that is not found, although a trigger sees to it."""
        question = self.question()
        self.connection.execute("DELETE FROM question_search WHERE question_id = %s", (question,))
        return question

    def template(self, **values: Any) -> UUID:
        row = {"template_name": "Board exam", "class": "XII", "exam_type": "board_exam", "config": CONFIG}
        return self.insert("exam_templates", **row | values)

    def exam(self, **values: Any) -> UUID:
        row = {
            "exam_snapshot": SNAPSHOT,
            "exam_type": "board_exam",
            "class": "XII",
            "total_marks": 80,
            "duration_minutes": 180,
        }
        if "student_user_id" not in values:
            row["student_user_id"] = self.user("student")
        if "template_id" not in values:
            row["template_id"] = self.template()
        return self.insert("exam_instances", **row | values)

    def answer(self, **values: Any) -> UUID:
        row = {
            "question_number": 1,
            "question_id": UUID(int=1),
            "selected_choices": ["B"],
            "is_correct": True,
            "marks_awarded": 1,
            "marks_possible": 1,
        }
        return self.insert("student_mcq_answers", **self._of_exam(values) | row | values)

    def upload(self, **values: Any) -> UUID:
        row = {"page_number": 1, "s3_bucket": "sheets", "s3_key": "exams/1/page-1.jpg"}
        if "student_user_id" not in values:
            row["student_user_id"] = self.user("student")
        return self.insert("answer_sheet_uploads", **self._of_exam(values) | row | values)

    def unanswered(self, **values: Any) -> UUID:
        return self.insert("unanswered_questions", **self._of_exam(values) | {"question_number": 30} | values)

    def evaluation(self, **values: Any) -> UUID:
        row = {"sla_deadline": DEADLINE, "sla_hours_allocated": 24}
        if "teacher_user_id" not in values:
            row["teacher_user_id"] = self.user()
        return self.insert("evaluations", **self._of_exam(values) | row | values)

    def mark(self, **values: Any) -> UUID:
        row = {
            "question_number": 21,
            "question_id": UUID(int=21),
            "question_type": "VSA",
            "marks_awarded": 2,
            "marks_possible": 2,
        }
        if "evaluation_id" not in values:
            row |= self._of_exam(values)
            row["evaluation_id"] = self.evaluation(exam_instance_id=(row | values)["exam_instance_id"])
        elif "exam_instance_id" not in values:
            row["exam_instance_id"] = self._exam_of(values["evaluation_id"])
        return self.insert("question_marks", **row | values)

    def audit(self, **values: Any) -> UUID:
        return self.insert("audit_logs", **{"event_type": "user.login"} | values)

    def holiday(self, **values: Any) -> UUID:
        row = {"holiday_date": date(2026, 7, 1), "holiday_name": f"Holiday {next(_number)}"}
        return self.insert("holidays", **row | values)

    def setting(self, **values: Any) -> str:
        return self.insert("system_config", **{"config_key": f"key{next(_number)}", "config_value": {}} | values)

    def of(self, table: str, **values: Any) -> Any:
        """One row of whichever table; returns its first column."""
        if table in _MAKERS:
            return _MAKERS[table](self, **values)
        parents = {column: make(self) for column, make in _PARENTS[table].items() if column not in values}
        return self.insert(table, **_DEFAULTS[table] | parents | values)

    def _exam_of(self, evaluation: UUID) -> UUID:
        row = self.connection.execute(
            "SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", (evaluation,)
        ).fetchone()
        assert row is not None
        return row[0]

    def _of_exam(self, values: dict[str, Any]) -> dict[str, Any]:
        return {} if "exam_instance_id" in values else {"exam_instance_id": self.exam()}


_MAKERS: dict[str, Callable[..., Any]] = {
    "users": Rows.user,
    "parent_student_mappings": Rows.mapping,
    "subscription_plans": Rows.plan,
    "subscriptions": Rows.subscription,
    "questions": Rows.question,
    "exam_templates": Rows.template,
    "exam_instances": Rows.exam,
    "student_mcq_answers": Rows.answer,
    "answer_sheet_uploads": Rows.upload,
    "unanswered_questions": Rows.unanswered,
    "evaluations": Rows.evaluation,
    "question_marks": Rows.mark,
    "audit_logs": Rows.audit,
    "holidays": Rows.holiday,
    "system_config": Rows.setting,
}
# The tables that revisions from 003 on added: the rows they need, and values for the rest.
_PARENTS: dict[str, dict[str, Callable[[Rows], Any]]] = {
    "staff_logins": {"user_id": Rows.user},
    "question_schemes": {"question_id": Rows.question},
    "evaluation_assignments": {"evaluation_id": Rows.evaluation, "teacher_user_id": Rows.user},
    "evaluation_clock": {"exam_instance_id": Rows.exam},
    "mark_registers": {"evaluation_id": Rows.evaluation},
    "annotation_registers": {"evaluation_id": Rows.evaluation},
    "mark_conflicts": {"evaluation_id": Rows.evaluation, "user_id": Rows.user},
    "page_registers": {"evaluation_id": Rows.evaluation},
    "evaluation_flags": {"evaluation_id": Rows.evaluation, "raised_by": Rows.user},
    "evaluation_holds": {"evaluation_id": Rows.evaluation, "held_by": Rows.user},
    "streams": {"user_id": Rows.user},
    "clock_beacons": {"user_id": Rows.user},
    "applied_operations": {"stream_id": lambda rows: rows.of("streams"), "user_id": Rows.user},
    "page_files": {"upload_id": Rows.upload},
    "page_requests": {"user_id": Rows.user, "upload_id": Rows.upload},
    "teacher_absences": {"user_id": Rows.user},
    "bank_comments": {"owner_user_id": Rows.user, "changed_by": Rows.user},
    "comment_uses": {"comment_id": lambda rows: rows.of("bank_comments"), "user_id": Rows.user},
    "comment_changes": {"user_id": Rows.user},
    "audit_seals": {"log_id": Rows.audit},
    "upload_requests": {"user_id": Rows.user},
    "question_pictures": {},
    "picture_requests": {"user_id": Rows.user, "picture_id": lambda rows: rows.of("question_pictures")},
    "evaluation_versions": {"evaluation_id": Rows.evaluation, "copied_by": Rows.user},
    "evaluation_returns": {"evaluation_id": Rows.evaluation, "teacher_user_id": Rows.user, "returned_by": Rows.user},
    "deadline_changes": {"evaluation_id": Rows.evaluation, "changed_by": Rows.user},
    "computers": {"user_id": Rows.user},
    "notice_readers": {"user_id": Rows.user},
    "notice_mails": {"user_id": Rows.user},
    "notices": {"user_id": Rows.user},
    "teacher_limits": {"user_id": Rows.user},
    "teacher_conflicts": {"user_id": Rows.user, "student_user_id": lambda rows: rows.user("student")},
    "script_samples": {"evaluation_id": Rows.evaluation, "teacher_user_id": Rows.user, "chosen_by": Rows.user},
    "second_markings": {
        "evaluation_id": lambda rows: rows.of("script_samples"),
        "teacher_user_id": Rows.user,
        "given_by": Rows.user,
    },
    "sample_marks": {"evaluation_id": lambda rows: rows.of("script_samples"), "teacher_user_id": Rows.user},
    "kept_decisions": {
        "op_id": lambda rows: rows.of("applied_operations"),
        "evaluation_id": Rows.evaluation,
        "decided_by": Rows.user,
    },
    "question_proposals": {"template_id": Rows.template, "proposed_by": Rows.user},
    "question_decisions": {
        "template_id": Rows.template,
        "proposal_id": lambda rows: rows.of("question_proposals"),
        "decided_by": Rows.user,
    },
    "exam_adjustments": {"exam_instance_id": Rows.exam},
    "paper_questions": {"exam_instance_id": Rows.exam},
    "question_versions": {"question_id": Rows.question, "replaced_by": Rows.user},
    "question_rescorings": {"decided_by": Rows.user},
    "page_versions": {
        "upload_id": Rows.upload,
        "request_id": lambda rows: rows.of("upload_requests"),
        "replaced_by": Rows.user,
    },
    "page_exclusions": {"upload_id": Rows.upload, "exam_instance_id": Rows.exam, "excluded_by": Rows.user},
    "question_search": {"question_id": Rows.unsearched},
    "question_words": {},
    "record_imports": {"imported_by": Rows.user, "taken_back_by": Rows.user},
    "record_import_rows": {"import_id": lambda rows: rows.of("record_imports")},
    "consultations": {"subscription_id": Rows.subscription, "teacher_user_id": Rows.user},
    "rescan_requests": {"upload_id": Rows.upload, "exam_instance_id": Rows.exam, "asked_by": Rows.user},
    "question_reviews": {"question_id": Rows.question, "submitted_by": Rows.user, "decided_by": Rows.user},
    "question_remarks": {"question_id": Rows.question, "made_by": Rows.user, "about": Rows.user},
    "question_changes": {"question_id": Rows.question, "made_by": Rows.user, "decided_by": Rows.user},
}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "staff_logins": {"login_name": "mv_0"},
    "question_schemes": {"version": 1, "scheme": {}},
    "evaluation_assignments": {"assignment_version": 2},  # a trigger writes the first
    "evaluation_clock": {"received_at": DEADLINE},
    "mark_registers": {"question_number": 21, "state": "not_attempted", "version": 1},
    "annotation_registers": {
        "annotation_id": UUID(int=1), "page_number": 1, "body": {"id": str(UUID(int=1)), "type": "other"},
        "version": 1, "placed_seq": 1,
    },
    "page_registers": {"page_number": 1, "version": 1},
    "mark_conflicts": {
        "held_operation": UUID(int=1), "stream_id": UUID(int=2), "question_number": 21, "alternative": "",
        "held_state": "not_attempted", "held_comment": "", "version": 1,
    },
    "evaluation_flags": {"flag_id": UUID(int=1), "reason": "blurred"},
    "evaluation_holds": {
        "hold_id": UUID(int=1), "assignment_version": 1, "kind": "handed_back", "reason": "too_ill",
    },
    "streams": {"stream_id": UUID(int=1)},
    "clock_beacons": {"beacon_id": UUID(int=1)},
    "applied_operations": {
        "op_id": UUID(int=1), "seq": 1, "evaluation_id": UUID(int=0), "assignment_version": 1, "base_version": 0,
        "kind": "evaluation.open", "operation_schema": 1, "payload": {}, "estimate_quality": "none",
        "verdict": "refused", "new_version": 0,
    },
    "question_search": {"document": "'matrix'", "text_key": 1},
    "question_words": {"word": "matrix"},
    "record_imports": {
        "import_id": UUID(int=1), "subject": "plan", "file_name": "sheet.csv", "state": "taken_back",
        "taken_back_at": DEADLINE,
    },
    "record_import_rows": {"record_key": "basic", "label": "Basic", "deed": "changed", "left_at": DEADLINE},
    "consultations": {"held_on": date(2026, 7, 1), "hours": 1},
    "question_reviews": {"state": "rejected", "submitted_at": DEADLINE, "decided_at": DEADLINE},
    "question_remarks": {"remark_id": UUID(int=1), "kind": "rejected", "words": "too hard"},
    "question_changes": {
        "state": "rejected", "change": {}, "base": {}, "base_version": 1, "submitted_at": DEADLINE,
        "decided_at": DEADLINE,
    },
    "page_files": {"sha256": "0" * 64, "bytes": 1, "pages": []},
    "page_requests": {"request_id": UUID(int=1)},
    "teacher_absences": {
        "absence_id": UUID(int=1), "first_day": date(2026, 7, 1), "return_day": date(2026, 7, 3),
    },
    "bank_comments": {"comment_id": UUID(int=1), "text": "Sign error"},
    "comment_uses": {},
    "comment_changes": {"change_id": UUID(int=1), "kind": "put", "payload": {}, "answer": {}},
    "audit_seals": {"log_seq": 1, "seal": bytes(32)},
    "upload_requests": {
        "request_id": UUID(int=1), "kind": "rescan", "resource_id": UUID(int=2), "sha256": "0" * 64, "md5": "0" * 32,
        "bytes": 1, "mime_type": "image/png", "s3_key": "uploads/1",
    },
    "question_pictures": {"picture_id": picture_id("questions/1.png"), "place": "questions/1.png"},
    "picture_requests": {},
    "evaluation_versions": {
        "version_number": 1, "reason": "r", "written_in": 1, "evaluation": {}, "exam": {}, "marks": [], "work": {},
    },
    "computers": {"computer_id": UUID(int=1), "name": "PC", "program": "1"},
    "notice_readers": {},
    "notice_mails": {"mail_id": UUID(int=1)},
    "notices": {"kind": "script.assigned", "key": "1", "data": {}},
    "teacher_limits": {},
    "teacher_conflicts": {},
    "script_samples": {"why": "asked", "reason": "r"},
    "second_markings": {},
    "sample_marks": {
        "question_number": 2, "question_id": UUID(int=2), "question_type": "VSA", "marks_possible": 2, "first_marks": 1,
        "second_question_id": UUID(int=2), "second_marks": 1, "marked_at": DEADLINE,
    },
    "evaluation_returns": {"assignment_version": 2, "questions": [{}], "reason": "r"},
    "deadline_changes": {
        "change_id": UUID(int=1), "kind": "extended", "deadline_before": "2026-07-01T06:00Z",
        "deadline_after": "2026-07-02T06:00Z", "reason": "r",
    },
    "kept_decisions": {
        "question_number": 2, "decision_number": 1, "decision": "declined", "assignment_version": 2, "reason": "r",
    },
    "question_proposals": {
        "proposal_id": UUID(int=1), "question_id": UUID(int=2), "adjustment": "award", "reason": "r",
    },
    "question_decisions": {"decision_number": 1, "question_id": UUID(int=2), "decision": "award", "reason": "r"},
    "paper_questions": {"question_number": 99, "question_id": UUID(int=2), "version": 1},
    "question_versions": {"version": 1, "content": {"unit": "Matrices"}},
    "question_rescorings": {
        "rescoring_id": UUID(int=1), "question_id": UUID(int=2), "adjustment": "award", "through_version": 1,
        "reason": "r", "exams": 1,
    },
    "exam_adjustments": {
        "decision_number": 1, "total_marks": 80, "questions": [{
            "question_number": 2, "question_id": str(UUID(int=2)), "adjustment": "award", "awarded": "1",
            "possible": "2",
        }],
    },
    "page_versions": {
        "version_id": UUID(int=1), "version_number": 2, "s3_bucket": "b", "s3_key": "k",
        "mime_type": "image/png", "reason": "r",
    },
    "page_exclusions": {"exclusion_id": UUID(int=1), "reason": "r"},
    "rescan_requests": {"rescan_id": UUID(int=1), "reason": "r"},
}  # fmt: skip
ADDED = tuple(_PARENTS)
"""The tables that revisions from 003 on added to the fifteen."""

_ARRAYS = ("tags", "question_numbers")


def _adapted(column: str, value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) or (isinstance(value, list) and column not in _ARRAYS) else value
