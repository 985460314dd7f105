"""Plans."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from mv_desktop.domain.plan import PlanDraft, PlanRow
from mv_desktop.domain.record import Change, Opened
from mv_desktop.domain.subscription import PlanType

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Plans:
    """As `services.plan`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def all(self) -> tuple[PlanRow, ...]:
        """Every plan."""
        from mv_desktop.services.plan import plans

        with self._connect() as session:
            return plans(session)

    def open(self, plan: PlanType) -> Opened[PlanDraft]:
        """One of them."""
        from mv_desktop.services.plan import open_plan

        with self._connect() as session:
            return open_plan(session, plan)

    def save(self, opened: Opened[PlanDraft], draft: PlanDraft, reason: str) -> None:
        """Write what differs."""
        from mv_desktop.services.plan import put_plan

        with self._connect() as session:
            put_plan(session, PlanType(opened.key), opened.seen, draft, opened.draft, reason)

    def changes(self, plan: PlanType) -> tuple[Change, ...]:
        """What was changed of it, the newest first."""
        from mv_desktop.services.change import changes_of

        with self._connect() as session:
            return changes_of(session, "plan", plan.value)
