"""Writes the demo's people, plans, question bank and templates. Run by the owner of the database; idempotent."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mv_desktop.demo.population import Person, Pupil, pupils, staff
from mv_desktop.demo.question_bank import BankQuestion, ShippedTemplate, shipped_questions, shipped_templates
from mv_desktop.domain.person import UserRole
from mv_desktop.domain.question import QuestionDifficulty, QuestionStatus
from mv_desktop.domain.subscription import BillingCycle, SubscriptionStatus
from mv_desktop.models.base import Base
from mv_desktop.models.exam_template import ExamTemplate
from mv_desktop.models.mapping import ParentStudentMapping
from mv_desktop.models.question import Question, QuestionScheme
from mv_desktop.models.subscription import Subscription, SubscriptionPlan
from mv_desktop.models.system import SystemConfig
from mv_desktop.models.user import User

_NO_PASSWORD = "!"  # matches no password: staff sign in by their database login, the others not at all


def seed_school(session: Session, today: date) -> None:
    """Write everything that is there before the first exam; what is already there stays as it is.

    Args:
        session: of the database's owner; the caller commits.
        today: subscriptions are made to run on this day.
    """
    _add(session, User, [_user(person) for person in staff()])
    _add(session, User, [_user(person) for pupil in pupils() for person in (pupil.student, pupil.parent)])
    _add(session, ParentStudentMapping, [_mapping(pupil) for pupil in pupils()])
    plans = {plan.plan_type: plan for plan in session.scalars(select(SubscriptionPlan))}
    if session.scalar(select(Subscription.subscription_id).limit(1)) is None:
        session.add_all(_subscription(pupil, plans[pupil.plan], today) for pupil in pupils())
    admin = next(person.user_id for person in staff() if person.role is UserRole.ADMIN)
    _add(session, Question, [_question(question, admin) for question in shipped_questions()])
    written = [question for question in shipped_questions() if question.content.question_type.written]
    _add(session, QuestionScheme, [_scheme(question) for question in written])
    _add(session, ExamTemplate, [_template(template, admin) for template in shipped_templates(units(session))])


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


def _user(person: Person) -> dict[str, object]:
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
    }


def _mapping(pupil: Pupil) -> dict[str, object]:
    return {
        "parent_user_id": pupil.parent.user_id,
        "student_user_id": pupil.student.user_id,
        "relationship": pupil.relationship,
        "is_primary": True,
    }


def _subscription(pupil: Pupil, plan: SubscriptionPlan, today: date) -> Subscription:
    annual = pupil.billing_cycle is BillingCycle.ANNUAL
    start = today - timedelta(days=pupil.billing_day)
    return Subscription(
        student_user_id=pupil.student.user_id,
        plan_type=plan.plan_type,
        start_date=start,
        end_date=start + timedelta(days=365 if annual else 30),
        billing_cycle=pupil.billing_cycle,
        status=SubscriptionStatus.ACTIVE,
        exams_limit_per_month=plan.exams_per_month,
        teacher_hours_limit=plan.teacher_hours_per_month,
        billing_day_of_month=pupil.billing_day,
        amount_paid_paise=(plan.annual_price_paise if annual else plan.monthly_price_paise) or 0,
    )


def _question(question: BankQuestion, admin: UUID) -> dict[str, object]:
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
        "mcq_choices": content.choices or None,
        "mcq_correct_choices": content.correct or None,
        "correct_answer_text": question.answer,
        "explanation": question.explanation,
        "tags": list(question.tags),
        "status": QuestionStatus.ACTIVE,
        "created_by": admin,
    }


def _scheme(question: BankQuestion) -> dict[str, object]:
    content = question.content
    return {"question_id": UUID(content.question_id), "version": content.version, "scheme": content.scheme}


def _template(template: ShippedTemplate, admin: UUID) -> dict[str, object]:
    return {
        "template_id": template.template_id,
        "template_name": template.name,
        "class_name": template.class_name,
        "exam_type": template.exam_type,
        "config": template.config,
        "specific_unit": template.unit,
        "created_by": admin,
    }
