"""Plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.plan import PlanDraft, PlanRow
from mv_desktop.domain.record import Change, Opened
from mv_desktop.domain.record_import import Done, Put, Told, at_row, tell
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


class PlanTable:
    """Plans from files: all four are looked at, and none is made or taken away.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def opened(self, keys: Sequence[str]) -> tuple[Opened[PlanDraft], ...]:
        """These as they stand."""
        return tuple(one for one in self.alike(()) if one.key in set(keys))

    def alike(self, drafts: Sequence[PlanDraft]) -> tuple[Opened[PlanDraft], ...]:
        """All of them."""
        from mv_desktop.services.plan import open_plan, plans

        del drafts
        with self._connect() as session:
            return tuple(open_plan(session, row.plan_type) for row in plans(session))

    def consequence(self, puts: Sequence[Put]) -> Consequence | None:
        """No deadline that runs moves."""
        del puts
        return None

    def put(
        self, puts: Sequence[Put], reason: str, weighed: tuple[Consequence, Sequence[Move]] | None, told: Told
    ) -> tuple[Done, ...]:
        """Write all of them, or none.

        Raises:
            ConflictError: somebody was faster.
            InvalidError: a value does not fit.
        """
        from mv_desktop.services.plan import open_plan, put_plan

        del weighed
        done = []
        with self._connect() as session:
            for number, put in enumerate(puts, 1):
                if put.opened is None or put.draft is None:
                    raise TypeError("plans are neither made nor taken away")
                plan = PlanType(put.opened.key)
                with at_row(put):
                    put_plan(session, plan, put.opened.seen, put.draft, put.opened.draft, reason)
                done.append(Done(open_plan(session, plan), put.opened, put.row))
                tell(told, number, len(puts))
        return tuple(done)
