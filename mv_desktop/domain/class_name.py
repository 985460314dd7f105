"""The class that people mean, as lists of schools write it."""

from __future__ import annotations

import re
from typing import Final

from mv_desktop.domain.heading import by_name, meant_by_cell

_CALLED: Final = by_name(("X", "x, 10, 10th, 10वीं, दस, दसवीं, दशम"), ("XII", "xii, 12, 12th, 12वीं, बारह, बारहवीं, द्वादश"))
_BESIDE = re.compile(r"class|grade|standard|std|कक्षा|\.0+$", re.IGNORECASE)


def class_named(words: str) -> str | None:
    """X or XII, of "10", "12th", "Class XII", "कक्षा १२" and the like; None of anything else."""
    return meant_by_cell(_BESIDE.sub(" ", words), _CALLED)
