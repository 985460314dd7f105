"""Prices as they are written and read in India."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.money import read_rupees, rupees_text


@pytest.mark.parametrize(
    ("paise", "text"),
    [
        (0, "₹0"), (5, "₹0.05"), (29900, "₹299"), (149900, "₹1,499"), (149950, "₹1,499.50"), (1499900, "₹14,999"),
        (14999900, "₹1,49,999"), (1234567890, "₹1,23,45,678.90"),
    ],
)  # fmt: skip
def test_groups_are_those_of_india(paise: int, text: str) -> None:
    assert rupees_text(paise) == text


@pytest.mark.parametrize(
    ("typed", "paise"),
    [
        ("", None), ("  ", None), ("1,499", 149900), ("₹ 1,499.5", 149950), ("rs. 299", 29900), ("Rs299", 29900),
        ("INR 1499.05", 149905), ("1,49,999", 14999900), ("149,999", 14999900), ("0,999", 99900),
    ],
)  # fmt: skip
def test_what_people_type_is_read(typed: str, paise: int | None) -> None:
    assert read_rupees(typed) == paise


@pytest.mark.parametrize(
    "typed",
    [
        "free",
        "-5",
        "1.499",
        "1 499",
        "12e3",
        "1,499.5.0",
        "1" * 10,
        ",",
        "₹",
        "14,99",
        "1499,50",
        "1,,499",
        "1499,",
        "1,499,5",
    ],
)
def test_what_is_no_price_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(InvalidError, match="no price"):
        read_rupees(typed)


@given(st.integers(0, 99_999_999_999))
def test_what_is_written_is_read_again(paise: int) -> None:
    assert read_rupees(rupees_text(paise)) == paise


def test_nobody_pays_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="-1"):
        rupees_text(-1)
