"""What a file did is written in a shape that can be read again, also by a program that knows another one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.import_history import difference, restored


@dataclass(frozen=True)
class _Draft:
    name: str
    hours: int


def test_what_stood_there_is_put_back_from_the_difference() -> None:
    before, after = _Draft("Plus", 2), _Draft("Plus", 3)
    assert difference(before, after, ("name", "hours")) == ({"hours": 2}, {"hours": 3})
    assert restored(after, {"hours": 2}) == before


def test_what_another_program_wrote_otherwise_is_refused_in_words() -> None:
    with pytest.raises(InvalidError, match="What stood there before cannot be read"):
        restored(_Draft("Plus", 3), {"hours": "two"})
