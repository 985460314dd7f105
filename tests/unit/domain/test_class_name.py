"""Classes as schools write them."""

from __future__ import annotations

import pytest

from mv_desktop.domain.class_name import class_named


@pytest.mark.parametrize(
    ("words", "named"),
    [
        *((words, "X") for words in ("X", "x", "10", "10.0", "10th", "Class 10", "STD X", "कक्षा १०", "दसवीं")),
        *((words, "XII") for words in ("xii", "12", "12th", "Grade XII", "१२वीं", "कक्षा 12 / Class 12", "बारहवीं")),
        *((words, None) for words in ("", "IX", "11", "XII-A", "X, XII", "1012", "Class")),
    ],
)
def test_what_means_a_class(words: str, named: str | None) -> None:
    assert class_named(words) == named
