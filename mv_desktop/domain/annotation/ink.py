"""Inks and line widths: what a teacher draws with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mv_desktop.domain.annotation.shape import EXAMINER_RED, HIGHLIGHTER_YELLOW

INKS: Mapping[str, str] = {"red": EXAMINER_RED, "blue": "#1d4e9e", "green": "#1a7340", "black": "#1f2328"}
"""Colours of lines, stamps and writing by name; each stands out from white paper."""
HIGHLIGHTS: Mapping[str, str] = {"yellow": HIGHLIGHTER_YELLOW, "lime": "#b5e61d", "orange": "#ffa62b"}
"""Colours of the highlighter by name."""
WIDTHS: Mapping[str, float] = {"thin": 0.0012, "medium": 0.002, "thick": 0.004}
"""Widths of the pen and of figures' lines by name, as fractions of the page's width."""


@dataclass(frozen=True, slots=True)
class Ink:
    """What is chosen, by name: the ink of lines, that of the highlighter, and the width of lines."""

    line: str = "red"
    highlight: str = "yellow"
    breadth: str = "medium"

    @property
    def color(self) -> str:
        """The ink of lines, stamps and writing, ``#rrggbb``."""
        return INKS[self.line]

    @property
    def highlight_color(self) -> str:
        """The highlighter's ink, ``#rrggbb``."""
        return HIGHLIGHTS[self.highlight]

    @property
    def width(self) -> float:
        """The width of lines as a fraction of the page's."""
        return WIDTHS[self.breadth]

    def in_color(self, name: str) -> Ink:
        """With another ink: of lines, or of the highlighter when it is one of its own; any other changes nothing."""
        if name in INKS:
            return replace(self, line=name)
        return replace(self, highlight=name) if name in HIGHLIGHTS else self

    def in_width(self, name: str) -> Ink:
        """With lines of another width; an unknown one changes nothing."""
        return replace(self, breadth=name) if name in WIDTHS else self

    def next_color(self, *, highlighter: bool) -> Ink:
        """With the next ink of lines, or of the highlighter."""
        if highlighter:
            return replace(self, highlight=_after(self.highlight, HIGHLIGHTS))
        return replace(self, line=_after(self.line, INKS))

    def next_width(self) -> Ink:
        """With lines of the next width."""
        return replace(self, breadth=_after(self.breadth, WIDTHS))


def ink_named(names: str) -> Ink:
    """The ink that `ink_names` wrote; what it does not know is as it is at first."""
    ink = Ink()
    for name in names.split():
        ink = ink.in_color(name).in_width(name)
    return ink


def ink_names(ink: Ink) -> str:
    """`ink` in words, to be kept."""
    return f"{ink.line} {ink.highlight} {ink.breadth}"


# -- private -------------------------------------------------------------------------------------------------


def _after(name: str, choices: Mapping[str, object]) -> str:
    names = list(choices)
    return names[(names.index(name) + 1) % len(names)]
