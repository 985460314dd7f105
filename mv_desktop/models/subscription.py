"""Plans, and who has subscribed to which."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.subscription import PlanType, SubscriptionStatus
from mv_desktop.models.base import (
    Base,
    CreatedAt,
    Hours,
    Name100,
    NewUuid,
    No,
    Text20,
    Text50,
    Text255,
    UpdatedAt,
    Yes,
    Zero,
)
from mv_desktop.models.enums import PLAN_TYPE, SUBSCRIPTION_STATUS


class SubscriptionPlan(Base):
    """What a plan offers and costs; `teacher_hours_per_month` None is unlimited."""

    __tablename__ = "subscription_plans"

    plan_type: Mapped[PlanType] = mapped_column(PLAN_TYPE, primary_key=True)
    display_name: Mapped[Name100]
    description: Mapped[str | None]
    exams_per_month: Mapped[int]
    teacher_hours_per_month: Mapped[Hours | None]
    allow_board_exam: Mapped[Yes]
    allow_section_practice: Mapped[Yes]
    allow_unit_practice: Mapped[No]
    allow_mcq_only: Mapped[Yes]
    leaderboard_eligible: Mapped[No]
    sla_hours: Mapped[int]
    monthly_price_paise: Mapped[int | None]
    annual_price_paise: Mapped[int | None]
    is_active: Mapped[Yes]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    __table_args__ = (
        CheckConstraint("exams_per_month > 0", name="exams_per_month"),
        CheckConstraint("teacher_hours_per_month >= 0", name="teacher_hours"),
        CheckConstraint("sla_hours IN (24, 48)", name="sla_hours"),
        CheckConstraint("monthly_price_paise > 0", name="monthly_price"),
        CheckConstraint("annual_price_paise > 0", name="annual_price"),
        Index("ix_subscription_plans_active", "monthly_price_paise", postgresql_where=text("is_active")),
    )


class Subscription(Base):
    """One student's subscription; two active ones of a student never share a day."""

    __tablename__ = "subscriptions"

    subscription_id: Mapped[NewUuid]
    student_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    plan_type: Mapped[PlanType] = mapped_column(
        PLAN_TYPE, ForeignKey("subscription_plans.plan_type", ondelete="RESTRICT")
    )
    start_date: Mapped[date]
    end_date: Mapped[date]
    billing_cycle: Mapped[Text20]
    status: Mapped[SubscriptionStatus] = mapped_column(SUBSCRIPTION_STATUS, server_default=text("'active'"))
    exams_used_this_month: Mapped[Zero]
    exams_limit_per_month: Mapped[int]
    teacher_hours_used: Mapped[Hours | None] = mapped_column(server_default=text("0"))
    teacher_hours_limit: Mapped[Hours | None]
    billing_day_of_month: Mapped[int]
    last_counter_reset_date: Mapped[date | None]
    amount_paid_paise: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), server_default=text("'INR'"))
    payment_gateway: Mapped[Text50 | None]
    payment_gateway_ref: Mapped[Text255 | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    __table_args__ = (
        CheckConstraint("end_date > start_date", name="dates"),
        CheckConstraint("billing_cycle IN ('monthly', 'annual')", name="billing_cycle"),
        CheckConstraint("exams_used_this_month >= 0", name="exams_used"),
        CheckConstraint("teacher_hours_used >= 0", name="teacher_hours_used"),
        CheckConstraint("billing_day_of_month BETWEEN 1 AND 28", name="billing_day"),
        ExcludeConstraint(
            ("student_user_id", "="),
            (text("daterange(start_date, end_date, '[]')"), "&&"),
            where=text("status = 'active'"),
            using="gist",
            name="ex_subscriptions_one_active",
        ),
        Index("ix_subscriptions_student", "student_user_id"),
        Index("ix_subscriptions_status", "status"),
        Index(
            "ix_subscriptions_student_active", "student_user_id", "status", postgresql_where=text("status = 'active'")
        ),
        Index("ix_subscriptions_start", text("start_date DESC"), "subscription_id"),
        Index("ix_subscriptions_end_active", "end_date", postgresql_where=text("status = 'active'")),
    )


class ConsultationRow(Base):
    """A consultation of a student with a teacher, under the subscription that it counts against (revision 048)."""

    __tablename__ = "consultations"

    consultation_id: Mapped[NewUuid]
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscriptions.subscription_id", ondelete="CASCADE"))
    teacher_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    held_on: Mapped[date]
    hours: Mapped[Hours]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    __table_args__ = (
        CheckConstraint("hours > 0 AND hours <= 24", name="hours"),
        CheckConstraint("length(note) <= 500", name="note"),
        Index("ix_consultations_held_on", "subscription_id", "held_on"),
        Index("ix_consultations_day", "held_on", "subscription_id"),
    )
