"""Headings as people type them, in English and Hindi."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mv_desktop.domain.heading import bare, meant

CALLED = {
    bare(name): name for name in ("class", "unit", "chapter", "marks", "कक्षा", "अंक", "बड़ा प्रश्न", "हिंदी", "paid (₹)")
} | {
    bare(name): "solution" for name in ("explanation", "solution", "हल", "व्याख्या")
}  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        (" CLASS* ", "class"),
        ("Ｍａｒｋｓ", "marks"),
        ("Marks (out of)", "marks"),
        ("Marks [1–5]:", "marks"),
        ("Paid (₹)", "paid (₹)"),
        ("Explanation / Solution", "solution"),
        ("व्याख्या/हल", "solution"),
        ("Solution\nहल", "solution"),
        ("व्याख्या या हल", "solution"),
        ("कक्षा", "कक्षा"),
        ("कक्\u200dषा", "कक्षा"),
        ("अङ्क", "अंक"),
        ("अँक", "अंक"),
        ("हिन्दी", "हिंदी"),
        ("बडा प्रश्न", "बड़ा प्रश्न"),
        ("class / unit", None),
        ("class / colour", None),
        ("/", None),
        ("", None),
        ("class " * 100, None),
    ],
)
def test_a_heading_is_known_however_it_was_typed(heading: str, name: str | None) -> None:
    for form in ("NFC", "NFD"):
        assert meant(unicodedata.normalize(form, heading), CALLED) == name


def test_digits_of_all_scripts_are_the_same_and_accents_count() -> None:
    assert bare("Hours/month (à 60 min)") == bare("HOURS/MONTH (a\u0300 ६० min)") == "hoursmonthà60min"
    assert bare("ड़") == bare("ड\u093c") == bare("\u095c") == "ड"


@example("𝐴ﬁ")
@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_what_is_bare_stays_so(words: str) -> None:
    assert bare(bare(words)) == bare(words)


@given(st.text(st.characters(codec="ascii"), max_size=30))
def test_english_is_read_as_what_is_mixed_with_hindi(words: str) -> None:
    assert bare(f"{words} हल") == f"{bare(words)}हल"
