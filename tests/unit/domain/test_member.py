"""What a member of staff must not be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.member import MemberDraft, is_email, lines_of, member_faults

ASHA = MemberDraft("Asha", "Rao", "asha@school.in", "", StaffRole.TEACHER, False, None, True, True, "", open_scripts=3)


def wrong(**values: object) -> list[str]:
    return [fault.field for fault in member_faults(replace(ASHA, **values))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, []),
        ({"first_name": " ", "last_name": "x" * 101}, ["first_name", "last_name"]),
        ({"email": "asha"}, ["email"]),
        ({"email": " asha@school.in "}, []),
        ({"phone": "9" * 21}, ["phone"]),
        ({"role": StaffRole.ADMIN}, ["role"]),
        ({"role": "admin", "open_scripts": 0, "daily_limit": 5000, "conflicts": "x"}, []),
        ({"daily_limit": 0}, []),
        ({"daily_limit": 1000}, []),
        ({"daily_limit": 1001}, ["daily_limit"]),
        ({"conflicts": "a@b.c\n\n d@e.f "}, []),
        ({"conflicts": "a@b.c\nd"}, ["conflicts"]),
    ],
)
def test_each_field_says_what_is_wrong_with_it(values: dict[str, object], fields: list[str]) -> None:
    assert wrong(**values) == fields


def test_lines_are_read_once_each_and_addresses_as_the_database_reads_them() -> None:
    assert lines_of(" a@b.c \n\nA@B.C\nd@e.f") == ("A@B.C", "d@e.f")
    assert [is_email(words) for words in ("a@b", "a b@c", "a@b@c", "@b", "a@", f"{'a' * 254}@b")] == [
        True, False, False, False, False, False,
    ]  # fmt: skip
