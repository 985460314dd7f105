"""Plans in memory, behind the office's port."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from mv_desktop.core.errors import ConflictError, OfflineError
from mv_desktop.domain.plan import PlanDraft, PlanRow
from mv_desktop.domain.record import Change, Difference, FormDraft, Opened
from mv_desktop.domain.subscription import PlanType

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)


def plan(name: str, price: int, **values: object) -> PlanDraft:
    draft = PlanDraft(name, "", 5, None, True, True, False, True, False, 48, price, price * 10, True, 12)
    return replace(draft, **values)  # type: ignore[arg-type]


class FakePlans:
    """A `PlanPlace`.

    Attributes:
        reachable: False cuts the network.
        plans, seen, log: as the server has them.
    """

    def __init__(self) -> None:
        self.reachable = True
        self.plans = {
            PlanType.BASIC: plan("Basic Plan", 29900),
            PlanType.PREMIUM: plan("Premium Plan", 99900, exams_per_month=50),
            PlanType.PREMIUM_MCQ: plan("Premium MCQ", 49900, subscribers=0, is_active=False),
            PlanType.CENTUM: plan("Plan Centum", 149900, sla_hours=24),
        }
        self.seen = dict.fromkeys(self.plans, NOW)
        self.log: dict[PlanType, list[Change]] = {key: [] for key in self.plans}

    def put(self, key: PlanType, draft: PlanDraft, by: str, reason: str) -> None:
        """Somebody changes it."""
        before = self.plans[key]
        self.seen[key] += timedelta(minutes=1)
        differences = tuple(
            Difference(one.name, getattr(before, one.name), getattr(draft, one.name))
            for one in fields(PlanDraft)
            if getattr(before, one.name) != getattr(draft, one.name)
        )
        number = sum(map(len, self.log.values())) + 1
        self.log[key].insert(0, Change(UUID(int=number), self.seen[key], by, "plan.changed", reason, differences))
        self.plans[key] = draft

    # -- the place -------------------------------------------------------------------------------------------

    def all(self) -> tuple[PlanRow, ...]:
        self._reach()
        return tuple(
            PlanRow(
                key, one.display_name, one.monthly_price_paise, one.annual_price_paise, one.exams_per_month,
                one.sla_hours, one.is_active, one.subscribers,
            )
            for key, one in self.plans.items()
        )  # fmt: skip

    def open(self, plan: PlanType) -> Opened[PlanDraft]:
        self._reach()
        return Opened(plan.value, self.seen[plan], self.plans[plan])

    def save(self, opened: Opened[PlanDraft], draft: PlanDraft, reason: str) -> None:
        self._reach()
        key = PlanType(opened.key)
        if self.seen[key] != opened.seen:
            raise ConflictError("Asha Rao has changed this meanwhile. Nothing was saved.", remedy="Look at it again.")
        self.put(key, draft, "Me", reason)

    def changes(self, plan: PlanType) -> tuple[Change, ...]:
        self._reach()
        return tuple(self.log[plan])

    def _reach(self) -> None:
        if not self.reachable:
            raise OfflineError("The server cannot be reached.")


class FakeDrafts:
    """A `DraftKeeper` that outlives screens."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[str, str], FormDraft] = {}

    def kept(self, kind: str) -> tuple[FormDraft, ...]:
        return tuple(draft for (of, _), draft in self.by_key.items() if of == kind)

    def keep(self, draft: FormDraft) -> None:
        self.by_key[draft.kind, draft.key] = draft

    def drop(self, kind: str, key: str) -> None:
        self.by_key.pop((kind, key), None)
