"""Inks and widths."""

from __future__ import annotations

import pytest

from mv_desktop.domain.annotation.ink import HIGHLIGHTS, INKS, WIDTHS, Ink, ink_named, ink_names


def test_examiner_red_comes_first_and_all_inks_come_round() -> None:
    ink, colors = Ink(), []
    for _ in INKS:
        colors.append(ink.color)
        ink = ink.next_color(highlighter=False)
    assert colors == list(INKS.values())
    assert colors[0] == "#c1121f"
    assert ink == Ink()


def test_the_highlighter_has_inks_of_its_own() -> None:
    ink = Ink("blue").next_color(highlighter=True)
    assert (ink.line, ink.highlight_color) == ("blue", HIGHLIGHTS["lime"])
    for _ in range(len(HIGHLIGHTS) - 1):
        ink = ink.next_color(highlighter=True)
    assert ink == Ink("blue")


def test_widths_grow_and_come_round() -> None:
    assert list(WIDTHS.values()) == sorted(WIDTHS.values())
    assert [Ink().width, Ink().next_width().width, Ink().next_width().next_width().width] == [0.002, 0.004, 0.0012]


@pytest.mark.parametrize("ink", [Ink(), Ink("black", "orange", "thin"), Ink("green").next_width()])
def test_what_is_kept_is_read_again(ink: Ink) -> None:
    assert ink_named(ink_names(ink)) == ink


@pytest.mark.parametrize(
    ("kept", "ink"), [("", Ink()), ("mauve huge", Ink()), ("blue mauve", Ink("blue")), ("lime", Ink(highlight="lime"))]
)
def test_what_is_not_known_is_as_at_first(kept: str, ink: Ink) -> None:
    assert ink_named(kept) == ink
