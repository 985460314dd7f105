"""What students and parents must not be, and how parents are named in lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.family import (
    ParentDraft,
    ParentLine,
    StudentDraft,
    parent_faults,
    parents_text,
    read_parents,
    student_faults,
)
from mv_desktop.domain.person import RelationshipType

RAVI = StudentDraft("Ravi", "Kumar", "ravi@home.in", "X", "", "", "")


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, []),
        ({"first_name": "", "email": "x", "phone": "9" * 21}, ["first_name", "email", "phone"]),
        ({"school_name": "x" * 256}, ["school_name"]),
        ({"parents": "mum@home.in"}, ["parents"]),
        ({"parents": "mum@home.in aunt"}, ["parents"]),
        ({"parents": "mum mother"}, ["parents"]),
        ({"parents": "mum@home.in mother second"}, ["parents"]),
        ({"parents": "mum@home.in mother first please"}, ["parents"]),
        ({"parents": "a@b.c mother first\nd@e.f father first"}, ["parents"]),
        ({"parents": "\n".join(f"p{number}@b.c other" for number in range(11))}, ["parents"]),
        ({"parents": "\n a@b.c  Mother first \n"}, []),
        ({"parents": "a@b.c mother First Mira K Das; d@e.f father Dev Das"}, []),
        ({"parents": f"a@b.c mother Mira {'x' * 101}"}, ["parents"]),
    ],
)
def test_each_field_says_what_is_wrong_with_it(values: dict[str, str], fields: list[str]) -> None:
    assert [fault.field for fault in student_faults(replace(RAVI, **values))] == fields  # type: ignore[arg-type]


def test_a_parent_needs_a_name_and_an_address() -> None:
    assert parent_faults(ParentDraft("Anu", "Kumar", "mum@home.in", "")) == ()
    assert [fault.field for fault in parent_faults(ParentDraft("", " ", "", ""))] == [
        "first_name", "last_name", "email",
    ]  # fmt: skip


def test_lines_are_read_as_they_are_written() -> None:
    parents = (
        ParentLine("mum@home.in", RelationshipType.MOTHER, is_primary=True),
        ParentLine("dad@home.in", RelationshipType.FATHER),
    )
    assert parents_text(parents) == "mum@home.in mother first\ndad@home.in father"
    assert read_parents(parents_text(parents)) == parents
    assert read_parents("A@b.c mother\na@B.c father") == (ParentLine("a@B.c", RelationshipType.FATHER),)
    assert read_parents("a@b.c mother first Mira K Das") == (
        ParentLine("a@b.c", RelationshipType.MOTHER, True, "Mira K", "Das"),
    )
    with pytest.raises(InvalidError, match="One parent a line"):
        read_parents("only words here")
