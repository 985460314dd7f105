"""What was before a change, and before those that came after it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from mv_desktop.domain.record import Change, Difference, put_back

AT = datetime(2026, 7, 15, tzinfo=UTC)


def change(number: int, *differences: Difference) -> Change:
    return Change(UUID(int=number), AT, "Asha Rao", "plan.changed", "", differences)


def test_the_oldest_value_wins_and_what_came_before_the_change_is_left_alone() -> None:
    changes = (
        change(3, Difference("price", 20, 30)),
        change(2, Difference("price", 10, 20), Difference("name", "a", "b")),
        change(1, Difference("price", 5, 10)),
    )
    assert put_back(changes, UUID(int=3)) == {"price": 20}
    assert put_back(changes, UUID(int=2)) == {"price": 10, "name": "a"}
    assert put_back(changes, UUID(int=9)) == {}
