"""Subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.record import Change, Opened, Slice, Wanted
from mv_desktop.domain.subscriber import SubscriberRow, SubscriptionDraft
from mv_desktop.domain.subscription import SubscriptionStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Subscribers:
    """As `services.subscriber`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[SubscriberRow]:
        """Subscriptions, the newest first, behind the one with the id `after`."""
        from mv_desktop.services.subscriber import subscribers

        with self._connect() as session:
            return subscribers(session, wanted, after)

    def open(self, subscription: UUID) -> Opened[SubscriptionDraft]:
        """One of them."""
        from mv_desktop.services.subscriber import open_subscription

        with self._connect() as session:
            return open_subscription(session, subscription)

    def save(self, opened: Opened[SubscriptionDraft], draft: SubscriptionDraft, reason: str) -> None:
        """Write what differs."""
        from mv_desktop.services.subscriber import put_subscription

        with self._connect() as session:
            put_subscription(session, UUID(opened.key), opened.seen, draft, opened.draft, reason)

    def start(self, draft: SubscriptionDraft, reason: str) -> UUID:
        """Begin one; answers its id."""
        from mv_desktop.services.subscriber import start_subscription

        with self._connect() as session:
            return start_subscription(session, draft, reason)

    def cancel(self, opened: Opened[SubscriptionDraft], reason: str) -> None:
        """End one today."""
        self.save(opened, replace(opened.draft, status=SubscriptionStatus.CANCELLED), reason)

    def changes(self, subscription: UUID) -> tuple[Change, ...]:
        """What was changed of it, the newest first."""
        from mv_desktop.services.change import changes_of

        with self._connect() as session:
            return changes_of(session, "subscription", str(subscription))
