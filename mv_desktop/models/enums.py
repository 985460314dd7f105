"""The ten enum types of the shared database. Their values are shared with the web platform: fixed."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Enum

from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.exam import ExamStatus, ExamType
from mv_desktop.domain.person import RelationshipType, UserRole
from mv_desktop.domain.question import QuestionDifficulty, QuestionStatus, QuestionType
from mv_desktop.domain.subscription import PlanType, SubscriptionStatus


def _enum_type(values: type[StrEnum], name: str) -> Enum:
    # SQLAlchemy would store the members' names; the database has their values.
    return Enum(values, name=name, values_callable=lambda members: [member.value for member in members])


USER_ROLE = _enum_type(UserRole, "mv_user_role")
RELATIONSHIP_TYPE = _enum_type(RelationshipType, "mv_relationship_type")
PLAN_TYPE = _enum_type(PlanType, "mv_plan_type")
SUBSCRIPTION_STATUS = _enum_type(SubscriptionStatus, "mv_subscription_status")
QUESTION_TYPE = _enum_type(QuestionType, "mv_question_type")
QUESTION_DIFFICULTY = _enum_type(QuestionDifficulty, "mv_question_difficulty")
QUESTION_STATUS = _enum_type(QuestionStatus, "mv_question_status")
EXAM_TYPE = _enum_type(ExamType, "mv_exam_type")
EXAM_STATUS = _enum_type(ExamStatus, "mv_exam_status")
EVALUATION_STATUS = _enum_type(EvaluationStatus, "mv_evaluation_status")

ENUM_TYPES: tuple[Enum, ...] = (
    USER_ROLE,
    RELATIONSHIP_TYPE,
    PLAN_TYPE,
    SUBSCRIPTION_STATUS,
    QUESTION_TYPE,
    QUESTION_DIFFICULTY,
    QUESTION_STATUS,
    EXAM_TYPE,
    EXAM_STATUS,
    EVALUATION_STATUS,
)
"""All ten, for whoever wants to look at them as a whole."""
