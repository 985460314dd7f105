"""Annotations as they should never be found, for tests that nothing in them closes a script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

ID = "0192f7aa-1111-7222-8333-444455556666"
STAMP: dict[str, Any] = {"id": ID, "type": "stamp", "stamp": "tick", "x": 0.4, "y": 0.3, "size": 0.03}
PEN: dict[str, Any] = {"id": ID, "type": "pen", "points": [[0.1, 0.2, 0.5], [0.2, 0.2, 0.5]], "width": 0.002}
MARKER: dict[str, Any] = {**PEN, "type": "highlighter", "width": 0.022}
LINE: dict[str, Any] = {"id": ID, "type": "line", "x": 0.1, "y": 0.1, "x2": 0.5, "y2": 0.5, "width": 0.002}
TEXT: dict[str, Any] = {"id": ID, "type": "text", "x": 0.1, "y": 0.9, "text": "see $x^2$"}

WILD_NUMBERS: tuple[Any, ...] = ("NaN", "-Infinity", 1e308, -1e308, 10**40, 3, -2, None, [], {"a": 1}, "wide", True)

BROKEN: dict[str, dict[str, Any]] = {
    "a kind nobody knows": {"id": ID, "type": "hologram", "depth": [1, None, {"at": None}], "color": "#c1121f"},
    "no kind": {"id": ID, "x": 0.1},
    "a kind that is a number": {"id": ID, "type": 7},
    "a kind that is a list": {"id": ID, "type": ["pen"], "points": "many"},
    "only an id": {"id": ID},
    **{f"a stamp at x {value!r}": STAMP | {"x": value} for value in WILD_NUMBERS if value is not True},
    **{f"a stamp of size {value!r}": STAMP | {"size": value} for value in (0, -0.1, "NaN", 1e308, None)},
    **{f"a pen point at {value!r}": PEN | {"points": [[0.1, value, 0.5]]} for value in ("NaN", 1e308, 99, None)},
    **{f"a highlighter point at {value!r}": MARKER | {"points": [[value, 0.1, 0.5]]} for value in ("inf", -1e308)},
    "a pen without pressure": PEN | {"points": [[0.1, 0.2]]},
    "pen points in a row": PEN | {"points": [0.1, 0.2, 0.5]},
    "a line to nowhere": LINE | {"x2": "NaN"},
    "text that is a list": TEXT | {"text": ["a"]},
    "an unknown stamp": STAMP | {"stamp": "skull"},
    "a colour that is a number": STAMP | {"color": 255},
    "a colour that is an object": LINE | {"color": {"r": 1}},
    "a question that is a word": STAMP | {"question_number": "twenty"},
    "a question beyond all papers": STAMP | {"question_number": 10**30, "marks": "1"},
    "a question that is a list": STAMP | {"question_number": [2], "marks": "1"},
    "marks that are a number": STAMP | {"question_number": 2, "marks": 1.5},
    "marks that are no number": STAMP | {"question_number": 2, "marks": "NaN"},
    "marks beyond all sums": STAMP | {"question_number": 2, "marks": "1e999999"},
    "marks finer than any": STAMP | {"question_number": 2, "marks": "1e-999999"},
    "an unknown kind with marks that are a list": {"id": ID, "type": "hologram", "question_number": 2, "marks": [1]},
}
"""Entries of ``annotations`` with a good id that break the rules of their kind or of all kinds, by what is wrong."""


def numbered(number: int, body: dict[str, Any]) -> dict[str, Any]:
    """`body` with an id of its own."""
    return body | {"id": str(UUID(int=number))}
