"""Prices as people write them in India: "₹1,499", "₹1,49,999.50"; kept in paise."""

from __future__ import annotations

import re

from mv_desktop.core.errors import InvalidError

GROUPED = r"\d{1,3}(?:,\d{2,3})*,\d{3}|\d+"
"""A whole number with commas as in India or elsewhere, or with none: 14,99 is none, as it might mean 14.99."""
_TYPED = re.compile(rf"(?:₹|rs\.?|inr)?\s*({GROUPED})(?:\.(\d{{1,2}}))?\s*", re.IGNORECASE)
_MOST_DIGITS = 9


def rupees_text(paise: int) -> str:
    """A price: groups as in India, paise only where there are some.

    Raises:
        ValueError: it is less than nothing.
    """
    if paise < 0:
        raise ValueError(paise)
    rupees, rest = divmod(paise, 100)
    digits = str(rupees)
    head, tail = digits[:-3], digits[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    whole = ",".join([*reversed(groups), tail]) if head else tail
    return f"₹{whole}.{rest:02}" if rest else f"₹{whole}"


def read_rupees(typed: str) -> int | None:
    """What was typed, in paise; None for nothing. Commas stand between thousands.

    Raises:
        InvalidError: it is no price.
    """
    if not typed.strip():
        return None
    found = _TYPED.fullmatch(typed.strip())
    if found is None or len(found[1].replace(",", "")) > _MOST_DIGITS:
        raise InvalidError("This is no price. Write it in rupees, such as 1,499 or 1499.50.")
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0"))
