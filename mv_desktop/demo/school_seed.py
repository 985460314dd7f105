"""Writes the demo's people, plans, question bank and templates. Run by the owner of the database; idempotent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mv_desktop.demo.comment_bank import ShippedComment, shipped_comments
from mv_desktop.demo.population import Person, Pupil, pupils, staff
from mv_desktop.demo.question_bank import BankQuestion, ShippedTemplate, shipped_questions, shipped_templates
from mv_desktop.domain.person import UserRole
from mv_desktop.domain.question import QuestionDifficulty, QuestionStatus
from mv_desktop.domain.subscription import BillingCycle, SubscriptionStatus
from mv_desktop.models.base import Base
from mv_desktop.models.comment import BankCommentRow
from mv_desktop.models.exam_template import ExamTemplate
from mv_desktop.models.mapping import ParentStudentMapping
from mv_desktop.models.question import Question, QuestionScheme
from mv_desktop.models.subscription import Subscription, SubscriptionPlan
from mv_desktop.models.system import SystemConfig
from mv_desktop.models.user import User

_SCHOOL_AGE = timedelta(days=400)
"""Longer than any subscription: people, questions and templates are older than what refers to them."""
_NO_PASSWORD = "!"  # matches no password: staff sign in by their database login, the others not at all


def seed_school(session: Session, today: date) -> None:
    """Write everything that is there before the first exam; what is already there stays as it is.

    Args:
        session: of the database's owner; the caller commits.
        today: subscriptions are made to run on this day.
    """
    opened = _morning(today - _SCHOOL_AGE)
    _add(session, User, [_user(person, opened) for person in staff()])
    _add(session, User, [_user(person, opened) for pupil in pupils() for person in (pupil.student, pupil.parent)])
    _add(session, ParentStudentMapping, [_mapping(pupil, opened) for pupil in pupils()])
    plans = {plan.plan_type: plan for plan in session.scalars(select(SubscriptionPlan))}
    if session.scalar(select(Subscription.subscription_id).limit(1)) is None:
        session.add_all(_subscription(pupil, plans[pupil.plan], today) for pupil in pupils())
    admin = next(person.user_id for person in staff() if person.role is UserRole.ADMIN)
    _add(session, Question, [_question(question, admin, opened) for question in shipped_questions()])
    written = [question for question in shipped_questions() if question.content.question_type.written]
    _add(session, QuestionScheme, [_scheme(question) for question in written])
    templates = shipped_templates(units(session))
    _add(session, ExamTemplate, [_template(template, admin, opened) for template in templates])
    _add(session, BankCommentRow, [_comment(comment, opened) for comment in shipped_comments()])


def units(session: Session) -> dict[str, list[str]]:
    """The configured units by class."""
    keys = {"X": "cbse_units_class_x", "XII": "cbse_units_class_xii"}
    rows = session.scalars(select(SystemConfig).where(SystemConfig.config_key.in_(keys.values())))
    values = {row.config_key: row.config_value.root for row in rows}
    return {class_name: [str(unit) for unit in _listed(values[key])] for class_name, key in keys.items()}


def _listed(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"a list of units was expected, not {value!r}")
    return list(value)


def _add(session: Session, table: type[Base], rows: list[dict[str, object]]) -> None:
    session.execute(insert(table).on_conflict_do_nothing(), rows)


def _morning(day: date) -> datetime:
    """Half past eleven in India."""
    return datetime.combine(day, time(6), UTC)


def _user(person: Person, opened: datetime) -> dict[str, object]:
    return {
        "user_id": person.user_id,
        "email": person.email,
        "password_hash": _NO_PASSWORD,
        "role": person.role,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "student_class": person.student_class,
        "school_name": person.school,
        "is_coordinator": person.is_coordinator,
        "email_verified": True,
        "created_at": opened,
    }


def _mapping(pupil: Pupil, opened: datetime) -> dict[str, object]:
    return {
        "parent_user_id": pupil.parent.user_id,
        "student_user_id": pupil.student.user_id,
        "relationship": pupil.relationship,
        "is_primary": True,
        "created_at": opened,
    }


def _subscription(pupil: Pupil, plan: SubscriptionPlan, today: date) -> Subscription:
    """It has run for a month at least, so that the exams of the last days were taken under it."""
    annual = pupil.billing_cycle is BillingCycle.ANNUAL
    month = _billing_month(today, pupil.billing_day)
    start = _later(month, -(1 + pupil.billing_day % 11) if annual else -1)
    end = _later(start if annual else month, 12 if annual else 1)
    return Subscription(
        student_user_id=pupil.student.user_id,
        plan_type=plan.plan_type,
        start_date=start,
        end_date=end - timedelta(days=1),
        billing_cycle=pupil.billing_cycle,
        status=SubscriptionStatus.ACTIVE,
        exams_limit_per_month=plan.exams_per_month,
        teacher_hours_limit=plan.teacher_hours_per_month,
        billing_day_of_month=pupil.billing_day,
        last_counter_reset_date=month,
        amount_paid_paise=(plan.annual_price_paise if annual else plan.monthly_price_paise) or 0,
        created_at=_morning(start),
    )


def _billing_month(today: date, billing_day: int) -> date:
    """When the month of the plan that `today` is in began; no billing day is later than the 28th."""
    this = today.replace(day=billing_day)
    return this if this <= today else _later(this, -1)


def _later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def _question(question: BankQuestion, admin: UUID, opened: datetime) -> dict[str, object]:
    content = question.content
    return {
        "question_id": UUID(content.question_id),
        "version": content.version,
        "class_name": question.class_name,
        "unit": content.unit,
        "topic": content.topic,
        "question_type": content.question_type,
        "marks": int(content.marks),
        "difficulty": QuestionDifficulty(question.difficulty),
        "question_text": content.question_text,
        "diagram_image_url": content.diagram_image_url,
        "explanation_image_url": content.explanation_image_url,
        "mcq_choices": content.choices or None,
        "mcq_correct_choices": content.correct or None,
        "correct_answer_text": question.answer,
        "explanation": question.explanation,
        "tags": list(question.tags),
        "status": QuestionStatus.ACTIVE,
        "created_by": admin,
        "created_at": opened,
    }


def _scheme(question: BankQuestion) -> dict[str, object]:
    content = question.content
    return {"question_id": UUID(content.question_id), "version": content.version, "scheme": content.scheme}


def _comment(comment: ShippedComment, opened: datetime) -> dict[str, object]:
    body = comment.body
    return {
        "comment_id": comment.comment_id,
        "owner_user_id": comment.owner.user_id,
        "changed_by": comment.owner.user_id,
        "text": body.text,
        "marks": body.marks,
        "question_id": body.question_id,
        "shared": body.shared,
        "created_at": opened,
        "changed_at": opened,
    }


def _template(template: ShippedTemplate, admin: UUID, opened: datetime) -> dict[str, object]:
    return {
        "template_id": template.template_id,
        "template_name": template.name,
        "class_name": template.class_name,
        "exam_type": template.exam_type,
        "config": template.config,
        "specific_unit": template.unit,
        "created_by": admin,
        "created_at": opened,
    }
