"""Plans in the office."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from mv_desktop.domain.money import rupees_text
from mv_desktop.domain.plan import PlanDraft, PlanRow, plan_faults
from mv_desktop.domain.record import ORDER, Change, Fault, Opened, Slice, Wanted, ordered
from mv_desktop.domain.subscription import PlanType
from mv_desktop.ui.admin.exchange import TablePlace
from mv_desktop.ui.admin.field import Field, Kind
from mv_desktop.ui.admin.subject import Choice, Column, Subject
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.keyed_model import Sign

_FIELDS = (
    Field("display_name", "Name"),
    Field("description", "Description", Kind.LINES),
    Field("monthly_price_paise", "Price a month", Kind.MONEY, optional=True, section="Price",
          help="Nothing where it is not sold by the month."),
    Field("annual_price_paise", "Price a year", Kind.MONEY, optional=True,
          help="Nothing where it is not sold by the year."),
    Field("exams_per_month", "Exams a month", Kind.WHOLE, section="What it offers"),
    Field("teacher_hours_per_month", "Hours with a teacher a month", Kind.DECIMAL, optional=True, unit="hours",
          help="Consultations. Nothing means without limit; marking is never charged to them."),
    Field("sla_hours", "Marked within", Kind.CHOICE, choices=((24, "24 hours"), (48, "48 hours")),
          help="Working hours, without Sundays and holidays."),
    Field("allow_board_exam", "Board papers", Kind.SWITCH, section="Which exams it allows"),
    Field("allow_section_practice", "Practice of short answers", Kind.SWITCH),
    Field("allow_unit_practice", "Practice of a unit", Kind.SWITCH),
    Field("allow_mcq_only", "Multiple choice tests", Kind.SWITCH),
    Field("leaderboard_eligible", "Its students stand on the leaderboard", Kind.SWITCH, section="Besides"),
    Field("is_active", "It is sold", Kind.SWITCH),
)  # fmt: skip


class PlanPlace(Protocol):
    """As `offline.office.plan.Plans`."""

    def all(self) -> tuple[PlanRow, ...]:
        """Every plan."""
        ...

    def open(self, plan: PlanType) -> Opened[PlanDraft]:
        """One of them."""
        ...

    def save(self, opened: Opened[PlanDraft], draft: PlanDraft, reason: str) -> None:
        """Write what differs."""
        ...

    def changes(self, plan: PlanType) -> tuple[Change, ...]:
        """What was changed of it."""
        ...


_ORDERS: Mapping[str, Callable[[PlanRow], object]] = {
    "name": lambda row: row.display_name.casefold(),
    "students": lambda row: -row.subscribers,
}


class PlanSubject(Subject):
    """There are four plans, and none is ever made or taken away here: exams and subscriptions name them."""

    kind = "plan"
    title = "Plans"
    columns = (
        Column("Plan"),
        Column("A month", "₹99,999", figure=True),
        Column("A year", "₹9,99,999", figure=True),
        Column("Exams", "1,000", figure=True),
        Column("Marked within", "48 h", figure=True),
        Column("Students", "10,000", figure=True),
    )
    choices = (
        Choice("sold", "Sold", (("yes", "Sold"), ("no", "Not sold"))),
        Choice(ORDER, "Order", (("name", "By name"), ("students", "Most students first")), usual="By price"),
    )
    fields = _FIELDS
    naming = ("display_name",)

    def __init__(self, place: PlanPlace, table: TablePlace | None = None) -> None:
        self._place, self.table = place, table

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: PlanRow) -> str:
        return row.plan_type.value

    def text(self, row: PlanRow, column: int) -> str:
        return (
            row.display_name,
            _price(row.monthly_price_paise),
            _price(row.annual_price_paise),
            str(row.exams_per_month),
            tr("{hours} h", hours=row.sla_hours),
            str(row.subscribers),
        )[column]

    def sign(self, row: PlanRow, column: int) -> Sign | None:
        if column:
            return None
        return Sign("done", "done") if row.is_active else Sign("close", "muted")

    def color(self, row: PlanRow, column: int) -> ColorRole | None:
        del column
        return None if row.is_active else "muted"

    def name(self, draft: PlanDraft) -> str:
        return draft.display_name

    def faults(self, draft: PlanDraft) -> Sequence[Fault]:
        return plan_faults(draft)

    def effect(self, draft: PlanDraft, before: PlanDraft | None) -> str:
        """What running subscriptions feel of it at once, and what they do not."""
        if before is None or not before.subscribers:
            return ""
        lines = []
        students = tr_count("{count} student has this plan.", "{count} students have this plan.", before.subscribers)
        if (draft.exams_per_month, draft.teacher_hours_per_month) != (
            before.exams_per_month, before.teacher_hours_per_month,
        ):  # fmt: skip
            lines.append(tr("Their limits stay as they were sold; new subscriptions get the new ones."))
        if (draft.monthly_price_paise, draft.annual_price_paise) != (
            before.monthly_price_paise, before.annual_price_paise,
        ):  # fmt: skip
            lines.append(tr("What they paid stays; the new price is that of the next subscription."))
        if draft.sla_hours != before.sla_hours:
            lines.append(tr("Scripts that come from now on are promised anew; deadlines that run do not move."))
        taken = [
            tr(field.label)
            for field in _FIELDS
            if field.name.startswith("allow_") and getattr(before, field.name) and not getattr(draft, field.name)
        ]
        if taken:
            lines.append(tr("From now on they can start no more: {exams}.", exams=", ".join(taken)))
        if draft.leaderboard_eligible != before.leaderboard_eligible:
            lines.append(tr("The leaderboard changes when it is next worked out."))
        if before.is_active and not draft.is_active:
            lines.append(tr("Nobody new can have it; who has it keeps it to its end."))
        return "\n".join([students, *lines]) if lines else ""

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: PlanRow | None) -> Slice[PlanRow]:
        del after  # there are four
        words, sold = wanted.words.casefold(), wanted.choices.get("sold")
        found = (
            row
            for row in self._place.all()
            if words in row.display_name.casefold() and sold in {None, "yes" if row.is_active else "no"}
        )
        return Slice(ordered(found, wanted, _ORDERS))

    def open(self, key: str) -> Opened[PlanDraft]:
        return self._place.open(PlanType(key))

    def save(self, opened: Opened[PlanDraft] | None, draft: PlanDraft, reason: str) -> str:
        if opened is None:
            raise TypeError("no plan is made here")
        self._place.save(opened, draft, reason)
        return opened.key

    def changes(self, key: str) -> Sequence[Change]:
        return self._place.changes(PlanType(key))


def _price(paise: int | None) -> str:
    return "–" if paise is None else rupees_text(paise)
