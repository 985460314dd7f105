"""What the database's values are called, of columns that have only a few."""

from __future__ import annotations

from collections.abc import Mapping

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.case import CASE_WORDS, CaseKind
from mv_desktop.domain.evaluation import EvaluationStatus, WorkState
from mv_desktop.domain.exam import ExamStatus
from mv_desktop.domain.flag import FLAG_WORDS
from mv_desktop.domain.hand_back import HAND_BACK_WORDS
from mv_desktop.domain.holiday_import import GAZETTED
from mv_desktop.domain.person import RelationshipType
from mv_desktop.domain.question import QuestionDifficulty, QuestionStatus, QuestionType
from mv_desktop.domain.subscription import BillingCycle, SubscriptionStatus
from mv_desktop.domain.upload import UploadKind
from mv_desktop.ui.admin.audit_words import ROLES
from mv_desktop.ui.admin.column_words import COLUMNS
from mv_desktop.ui.admin.setting_field import BASES, WEEKDAY_WORDS
from mv_desktop.ui.coordination.quality.wording import WHYS
from mv_desktop.ui.queue.row_filter import STATES
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.exam_type_text import EXAM_TYPES
from mv_desktop.ui.widgets.promise_text import PLANS

QUESTION_TYPES: Mapping[str, str] = {
    QuestionType.MCQ: "Multiple choice",
    QuestionType.VSA: "Very short answer",
    QuestionType.SA: "Short answer",
    QuestionType.LA: "Long answer",
}
DIFFICULTIES: Mapping[str, str] = {
    QuestionDifficulty.EASY: "Easy",
    QuestionDifficulty.MEDIUM: "Medium",
    QuestionDifficulty.HARD: "Hard",
}
QUESTION_STATES: Mapping[str, str] = {
    QuestionStatus.DRAFT: "Draft",
    QuestionStatus.ACTIVE: "Active",
    QuestionStatus.ARCHIVED: "Archived",
}
SUBSCRIPTION_STATES: Mapping[str, str] = {
    SubscriptionStatus.ACTIVE: "Active",
    SubscriptionStatus.PENDING: "Waits for its payment",
    SubscriptionStatus.EXPIRED: "Over",
    SubscriptionStatus.CANCELLED: "Cancelled",
}
CYCLES: Mapping[str, str] = {BillingCycle.MONTHLY: "By the month", BillingCycle.ANNUAL: "By the year"}
RELATIONS: Mapping[str, str] = {
    RelationshipType.FATHER: "father",
    RelationshipType.MOTHER: "mother",
    RelationshipType.GUARDIAN: "guardian",
    RelationshipType.OTHER: "other",
}
EXAM_STATES: Mapping[str, str] = {
    ExamStatus.CREATED: "Not begun",
    ExamStatus.IN_PROGRESS: "Under way",
    ExamStatus.SUBMITTED_MCQ: "Choices handed in",
    ExamStatus.PENDING_UPLOAD: "Waits for its pages",
    ExamStatus.UPLOADED: "Pages have come",
    ExamStatus.PENDING_EVALUATION: "Waits for its marks",
    ExamStatus.EVALUATED: "Has its result",
}
_EVALUATION_STATES: Mapping[str, str] = {
    EvaluationStatus.ASSIGNED: STATES[WorkState.NEW],
    EvaluationStatus.IN_PROGRESS: STATES[WorkState.STARTED],
    EvaluationStatus.COMPLETED: STATES[WorkState.COMPLETED],
}
_PUNCTUALITIES: Mapping[str, str] = {
    "on_time": "In time",
    "on_time_sent_later": "In time, sent later",
    "claimed": "In time by her computer’s clock alone",
    "late": "Late",
}
_QUALITIES: Mapping[str, str] = {
    "monotonic": "Measured",
    "wall": "By her computer’s clock alone",
    "none": "Not sure",
}
_ADJUSTMENTS: Mapping[str, str] = {
    Adjustment.AWARD: COLUMNS["award"],
    Adjustment.DROP: COLUMNS["drop"],
    Adjustment.NONE: "As it was marked",
}
HOLDS: Mapping[str, str] = {str(kind): CASE_WORDS[kind] for kind in (CaseKind.HANDED_BACK, CaseKind.WITHDRAWN)}
_UPLOADS: Mapping[str, str] = {
    UploadKind.QUESTION_IMAGE: "Picture of a question",
    UploadKind.RESCAN: "Rescan",
    UploadKind.ANNOTATED_PDF: "Script with its marks, as PDF",
}
_OPERATIONS: Mapping[str, str] = {
    "annotation.delete": "Ink deleted",
    "annotation.put": "Ink on a page",
    "evaluation.hand_back": "Handed back",
    "evaluation.open": "The script opened",
    "evaluation.submit": "Submitted",
    "flag.raise": "Flag",
    "flag.withdraw": "A flag withdrawn",
    "mark.clear": "A mark taken away",
    "mark.resolve": "A choice between two marks",
    "mark.set": "A mark",
    "page.seen": "A page read",
    "page.tag": "Which questions a page answers",
}
_UPLOAD_FAULTS: Mapping[str, str] = {
    "id_reused": "The id of an upload was used twice.",
    "not_allowed": "It was not allowed there.",
}

CHOICES: Mapping[str, Mapping[str, str]] = {
    "adjustment": _ADJUSTMENTS,
    "basis": BASES,
    "billing_cycle": CYCLES,
    "difficulty": DIFFICULTIES,
    "evaluation.kind": _OPERATIONS,
    "evaluation.status": _EVALUATION_STATES,
    "exam.status": EXAM_STATES,
    "exam_type": EXAM_TYPES,
    "held": HOLDS,
    "holiday_type": {GAZETTED: "gazetted"},
    "operation.kind": _OPERATIONS,
    "plan_type": PLANS,
    "punctuality": _PUNCTUALITIES,
    "question.before": _ADJUSTMENTS,
    "question.status": QUESTION_STATES,
    "question_type": QUESTION_TYPES,
    "relationship": RELATIONS,
    "role": ROLES,
    "submitted_punctuality": _PUNCTUALITIES,
    "submitted_quality": _QUALITIES,
    "subscription.status": SUBSCRIPTION_STATES,
    "upload.kind": _UPLOADS,
    "weekly_off": WEEKDAY_WORDS,
    "why": WHYS,
}
"""By column, in English; after the kind of record and a dot, where a column of that name has others elsewhere."""
REASONS: Mapping[str, Mapping[str, str]] = {
    "evaluation.flag_withdrawn": FLAG_WORDS,
    "evaluation.flagged": FLAG_WORDS,
    "evaluation.handed_back": HAND_BACK_WORDS,
    "security.upload_refused": _UPLOAD_FAULTS,
}
"""By event: its reason is one of a few; of all others it is somebody's own words."""


def choice_text(kind: str, column: str, value: str) -> str | None:
    """A value in the language spoken; None where the column may hold anything, or the value is not known.

    Args:
        kind: of the record, as the audit log has it, "exam"; "" where nobody knows.
        column: as the database names it.
        value: as the database has it.
    """
    words = CHOICES.get(f"{kind}.{column}", CHOICES.get(column, {}))
    return tr(words[value]) if value in words else None


def reason_text(event: str, reason: str) -> str:
    """Why something was done, in the language spoken where it was chosen from a few, else in the person's words."""
    words = REASONS.get(event, {})
    return tr(words[reason]) if reason in words else reason
