"""Which ids of an entry of the log are asked about."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from mv_desktop.domain.audit_entry import AuditEntry
from mv_desktop.domain.record import Change, Difference
from mv_desktop.domain.record_name import MOST_KEYS, is_id, keys_in, keys_of, short_id

AT = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
ONE, TWO, THREE = (f"0192f7aa-1111-7222-8333-44445555666{n}" for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (ONE, True),
        (ONE[:-1], False),
        (f"{ONE} ", False),
        (f"{ONE}\n", False),
        (ONE.replace("-", ""), False),
        ("a-name-that-has-thirty-six-letters-!", False),
        (7, False),
        (None, False),
    ],
)
def test_an_id_is_told_from_everything_else(value, is_one):
    assert is_id(value) is is_one


def test_of_an_id_without_a_name_its_end_is_told():
    assert short_id(ONE) == "…55556661"


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("teacher_user_id", ONE, [ONE]),
        ("reason", "ill", []),
        ("uploads", [ONE, TWO, 3], [ONE, TWO]),
        ("before", {"exam": ONE, "after": [{"to": TWO}]}, [ONE, TWO]),
        ("operations", {ONE: 3, TWO: [THREE]}, [ONE, TWO, THREE]),
        ("plan_type", "basic", ["basic"]),
        ("plan_type", "", []),
        ("before", {"plan_type": "basic", "name": "basic"}, ["basic"]),
        ("hours", None, []),
    ],
)
def test_ids_are_found_however_deep_they_lie(column, value, found):
    assert list(keys_in(column, value)) == found


def test_each_is_asked_about_once_and_of_long_lists_the_first():
    many = [str(UUID(int=number)) for number in range(MOST_KEYS + 5)]
    assert keys_of([("from", ONE), ("to", TWO), ("teacher", ONE)]) == (ONE, TWO)
    assert keys_of([("teacher", ONE), ("uploads", many)]) == (ONE, *many[: MOST_KEYS - 1])


def test_an_entry_asks_about_what_it_was_done_to_and_about_its_values():
    entry = AuditEntry(
        7, UUID(int=7), AT, "Asha Rao", "admin", "evaluation.moved", "evaluation", ONE,
        differences=(Difference("teacher_user_id", TWO, THREE),), rest=(("from", TWO), ("hours", 3)),
    )  # fmt: skip
    assert entry.keys == (ONE, TWO, THREE)
    assert AuditEntry(8, UUID(int=8), AT, "", "", "plan.changed", "plan", "basic").keys == ("basic",)
    assert AuditEntry(9, UUID(int=9), AT, "", "", "setting.changed", "setting", "max_login_attempts").keys == ()


def test_a_change_asks_about_its_values():
    differences = (Difference("created_by", None, ONE), Difference("marks", 2, 3))
    assert Change(UUID(int=7), AT, "Asha Rao", "template.created", "new", differences).keys == (ONE,)
