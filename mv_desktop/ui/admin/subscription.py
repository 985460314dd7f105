"""Subscriptions as a subject of the office."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from pydantic import JsonValue
from PySide6.QtWidgets import QWidget

from mv_desktop.domain.consultation import Consultation
from mv_desktop.domain.record import Change, Fault, Opened, Slice, Wanted
from mv_desktop.domain.subscriber import SubscriberRow, SubscriptionDraft, share_text, subscription_faults
from mv_desktop.domain.subscription import BillingCycle, PlanType, SubscriptionStatus, month_began
from mv_desktop.ui.admin.act import Act, Once
from mv_desktop.ui.admin.choice_words import CYCLES, SUBSCRIPTION_STATES
from mv_desktop.ui.admin.exam_window import EXAMS, ExamDesk
from mv_desktop.ui.admin.field import Field, Kind
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import Choice, Column, Subject
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import day, longest_day
from mv_desktop.ui.widgets.keyed_model import Sign
from mv_desktop.ui.widgets.promise_text import PLANS

_SIGNS: dict[SubscriptionStatus, Sign] = {
    SubscriptionStatus.ACTIVE: Sign("done", "done"),
    SubscriptionStatus.PENDING: Sign("clock", "soon"),
    SubscriptionStatus.EXPIRED: Sign("close", "muted"),
    SubscriptionStatus.CANCELLED: Sign("close", "muted"),
}
_STATES, _PLANS, _CYCLES = (
    tuple((str(value), name) for value, name in words.items()) for words in (SUBSCRIPTION_STATES, PLANS, CYCLES)
)
_ENDED = (SubscriptionStatus.EXPIRED, SubscriptionStatus.CANCELLED)
CANCEL = Act("record.cancel", "Cancel …")
_MONTH = timedelta(days=30)
_MONTHS_TOLD = 3


class SubscriberPlace(Protocol):
    """As `offline.office.subscriber.Subscribers`."""

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[SubscriberRow]:
        """Subscriptions, the newest first, behind the one with the id `after`."""
        ...

    def open(self, subscription: UUID) -> Opened[SubscriptionDraft]:
        """One of them."""
        ...

    def save(self, opened: Opened[SubscriptionDraft], draft: SubscriptionDraft, reason: str) -> None:
        """Write what differs."""
        ...

    def start(self, draft: SubscriptionDraft, reason: str) -> UUID:
        """Begin one; answers its id."""
        ...

    def cancel(self, opened: Opened[SubscriptionDraft], reason: str) -> None:
        """End one today."""
        ...

    def changes(self, subscription: UUID) -> tuple[Change, ...]:
        """What was changed of it."""
        ...


class SubscriptionSubject(Subject):
    """Who has which plan, and what of the month is used. None is ever taken away: it was paid.

    Args:
        today: which day it is where the school works.
        exams: what shows a student's exams; None where nothing does.
    """

    kind = "subscription"
    title = "Subscriptions"
    columns = (
        Column("Student"),
        Column("Plan", "Premium MCQ Plan"),
        Column("Begins", longest_day),
        Column("Ends", longest_day),
        Column("Exams", "1,000 / 1,000", figure=True),
        Column("Hours", "99.5 / 99.5", figure=True),
    )
    choices = (
        Choice("status", "State", _STATES),
        Choice("plan", "Plan", _PLANS),
        Choice("hours", "Hours", (("over", "More than the plan gives"),)),
    )
    fields = (
        Field("email", "Student", made_only=True, help="The student's e-mail address."),
        Field("plan_type", "Plan", Kind.CHOICE, choices=_PLANS),
        Field("start_date", "Begins", Kind.DAY),
        Field("end_date", "Ends", Kind.DAY, help="The last day."),
        Field("billing_cycle", "Paid", Kind.CHOICE, choices=_CYCLES),
        Field("billing_day_of_month", "A month begins on day", Kind.WHOLE,
              help="1 to 28: then the counters begin anew."),
        Field("amount_paid_paise", "Amount paid", Kind.MONEY, made_only=True),
        Field("consultations", "Consultations", Kind.ROWS, section="With a teacher", row=Consultation, columns=(
            Field("held_on", "Day", Kind.DAY), Field("teacher", "Teacher’s e-mail"),
            Field("hours", "Hours", Kind.DECIMAL), Field("note", "Note", Kind.LINES),
        ), help="One a row: Ctrl+Enter adds one, Ctrl+Del takes it away. Each counts in the month in which it was."),
        Field("teacher_hours_limit", "Hours a month", Kind.DECIMAL, optional=True, unit="hours",
              help="Nothing means without limit."),
        Field("exams_used_this_month", "Used this month", Kind.WHOLE, section="Exams"),
        Field("exams_limit_per_month", "Of", Kind.WHOLE, help="What was sold; a new one gets what its plan has now."),
        Field("status", "State", Kind.CHOICE, section="Besides", choices=_STATES),
    )  # fmt: skip
    new = "New subscription"
    acts = (CANCEL,)

    def __init__(self, place: SubscriberPlace, today: Callable[[], date], exams: ExamDesk | None = None) -> None:
        self._place, self._today = place, today
        self._exams, self.windows = exams, () if exams is None else (EXAMS,)

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: SubscriberRow) -> str:
        return str(row.subscription_id)

    def text(self, row: SubscriberRow, column: int) -> str:
        return (
            row.student,
            row.plan,
            day(row.start_date, year=True),
            day(row.end_date, year=True),
            share_text(row.exams_used, row.exams_limit),
            share_text(row.hours_used, row.hours_limit),
        )[column]

    def sign(self, row: SubscriberRow, column: int) -> Sign | None:
        return None if column else _SIGNS[row.status]

    def color(self, row: SubscriberRow, column: int) -> ColorRole | None:
        del column
        return "muted" if row.status in _ENDED else None

    def name(self, draft: SubscriptionDraft) -> str:
        return f"{draft.student or draft.email}, {tr(PLANS[draft.plan_type])}"

    def blank(self) -> SubscriptionDraft:
        first = self._today()
        return SubscriptionDraft(
            "", PlanType.BASIC, first, first + _MONTH, BillingCycle.MONTHLY, min(first.day, 28), None
        )

    def faults(self, draft: SubscriptionDraft) -> Sequence[Fault]:
        return subscription_faults(draft)

    def facts(self, draft: SubscriptionDraft) -> str:
        """The month in figures, and her other subscriptions."""
        exams = share_text(draft.exams_used_this_month, draft.exams_limit_per_month)
        hours = share_text(draft.hours_used, draft.teacher_hours_limit)
        lines = [
            tr(SUBSCRIPTION_STATES[draft.status]),
            tr("This month: {exams} exams, {hours} hours with a teacher", exams=exams, hours=hours),
        ]
        if draft.payment_gateway or draft.payment_ref:
            paid, number = (words or "–" for words in (draft.payment_gateway, draft.payment_ref))
            lines.append(tr("Paid through {gateway}, number of the payment {number}", gateway=paid, number=number))
        lines += [
            tr(
                "More than the plan gives: {hours} hours in the month from {day}",
                hours=share_text(used, draft.teacher_hours_limit),
                day=day(first, year=True),
            )
            for first, used in draft.over()[:_MONTHS_TOLD]
        ]
        lines += [
            tr(
                "Besides: {plan}, {first} to {last} ({state})",
                plan=other.plan,
                first=day(other.start_date, year=True),
                last=day(other.end_date, year=True),
                state=tr(SUBSCRIPTION_STATES[other.status]),
            )
            for other in draft.others
        ]
        return "\n".join(lines)

    def put_back(self, draft: SubscriptionDraft, columns: Mapping[str, JsonValue]) -> Mapping[str, object]:
        """Consultations stand in the history as words, which say less than their rows."""
        found = super().put_back(draft, columns)
        return {name: value for name, value in found.items() if name != "consultations"}

    def effect(self, draft: SubscriptionDraft, before: SubscriptionDraft | None) -> str:
        """What the student notices."""
        if before is None:
            return tr("It gets the limits that its plan has now, and counts from its first day.")
        lines = []
        lines += _consultation_lines(draft, before)
        if draft.plan_type != before.plan_type:
            lines.append(
                tr("Which exams can be started follows the new plan at once; the limits stay as they stand here.")
            )
        if draft.status != before.status and draft.status in _ENDED:
            lines.append(tr("She can start no exam with it any more; what she has started goes on."))
        return "\n".join(lines)

    def able(self, act: Act, draft: SubscriptionDraft) -> bool:
        return draft.student_id is not None if act == EXAMS else draft.status not in _ENDED

    def window(self, act: Act, opened: Opened[SubscriptionDraft], tasks: Tasks, parent: QWidget) -> RecordWindow:
        student = opened.draft.student_id
        if act != EXAMS or self._exams is None or student is None:
            return super().window(act, opened, tasks, parent)
        return self._exams.of_student(student, opened.draft.student, tasks, parent)

    def asked(self, act: Act, draft: SubscriptionDraft) -> str:
        del act
        return tr(
            "Cancel the subscription of {name}? She can start no exam with it any more; what she has started goes on, "
            "and nothing is paid back.",
            name=draft.student,
        )

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: SubscriberRow | None) -> Slice[SubscriberRow]:
        return self._place.page(wanted, None if after is None else after.subscription_id)

    def open(self, key: str) -> Opened[SubscriptionDraft]:
        return self._place.open(UUID(key))

    def save(self, opened: Opened[SubscriptionDraft] | None, draft: SubscriptionDraft, reason: str) -> str:
        if opened is None:
            return str(self._place.start(draft, reason))
        self._place.save(opened, draft, reason)
        return opened.key

    def act(self, act: Act, opened: Opened[SubscriptionDraft], reason: str, target: Path | None) -> Once | None:
        del act, target
        self._place.cancel(opened, reason)
        return None

    def changes(self, key: str) -> Sequence[Change]:
        return self._place.changes(UUID(key))


def _consultation_lines(draft: SubscriptionDraft, before: SubscriptionDraft) -> list[str]:
    """What other consultations, or another limit of them, mean for the months."""
    if (draft.consultations, draft.teacher_hours_limit, draft.billing_day_of_month) == (
        before.consultations, before.teacher_hours_limit, before.billing_day_of_month,
    ):  # fmt: skip
        return []
    used, limit = draft.hours_used, draft.teacher_hours_limit
    lines = [tr("Then {hours} hours of this month are used.", hours=share_text(used, limit))]
    if limit is not None and used > limit:
        lines.append(tr("That is more than the plan gives."))
    known = set(before.consultations)
    late = sum(
        one not in known and month_began(one.held_on, draft.billing_day_of_month) < _this_month(draft)
        for one in draft.consultations
    )
    if late:
        lines.append(
            tr_count(
                "{count} consultation is of an earlier month: it counts there, and not against this one.",
                "{count} consultations are of earlier months: they count there, and not against this one.",
                late,
            )
        )
    return lines


def _this_month(draft: SubscriptionDraft) -> date:
    return date.min if draft.billing_today is None else month_began(draft.billing_today, draft.billing_day_of_month)
