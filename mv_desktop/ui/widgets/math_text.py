r"""Text with formulas, as questions are written: ``$…$`` in the line, ``$$…$$`` on its own, ``\$`` a dollar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mv_desktop.domain.latex import FORMULA


@dataclass(frozen=True, slots=True)
class Words:
    """Plain writing."""

    text: str


@dataclass(frozen=True, slots=True)
class Tex:
    """A formula.

    Attributes:
        source: LaTeX without its dollars.
        display: it stands on a line of its own.
    """

    source: str
    display: bool = False

    @property
    def written(self) -> str:
        """As it stood in the text, with its dollars."""
        dollars = "$$" if self.display else "$"
        return f"{dollars}{self.source}{dollars}"


@lru_cache(maxsize=1024)  # the same questions and comments come back script after script
def split(text: str) -> tuple[Words | Tex, ...]:
    """The writing and the formulas of `text`, in order. A dollar without a partner is writing."""
    return tuple(_parts(text))


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    r"""`text` in one string without LaTeX's commands, for a screen reader: ``$\frac{1}{2}$`` is "(1)/(2)"."""
    return "".join(_said(part.source) if isinstance(part, Tex) else part.text for part in split(text)).strip()


def _parts(text: str) -> Iterator[Words | Tex]:
    position = 0
    for found in FORMULA.finditer(text):
        if found[1] is None and found[2] is None:  # a backslash and its sign, in words
            continue
        if found.start() > position:
            yield Words(_unescaped(text[position : found.start()]))
        yield Tex(found[1] or found[2], display=found[1] is not None)
        position = found.end()
    if position < len(text):
        yield Words(_unescaped(text[position:]))


def _unescaped(text: str) -> str:
    return text.replace("\\$", "$")


_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_SAID: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\\[dt]?frac\s*" + _GROUP + r"\s*" + _GROUP), r"(\1)/(\2)"),
    (re.compile(r"\\sqrt\s*\[([^\]]*)\]\s*" + _GROUP), r"root \1 of (\2)"),
    (re.compile(r"\\sqrt\s*" + _GROUP), r"root of (\1)"),
    (re.compile(r"\^\s*\\circ|\^\s*\{\s*\\circ\s*\}"), "°"),
    (re.compile(r"\\(?:left|right|,|;|!|quad|qquad|displaystyle)\b|\\[,;! ]"), " "),
    (re.compile(r"\\(?:begin|end)\s*\{([a-z]*)\*?\}"), r" \1 "),
    (re.compile(r"\\(?:text|mathrm|mathbb|mathbf)\s*" + _GROUP), r"\1"),
    (re.compile(r"\\times"), "×"),
    (re.compile(r"\\(?:leq?)\b"), "≤"),
    (re.compile(r"\\(?:geq?)\b"), "≥"),
    (re.compile(r"\\(?:neq?)\b"), "≠"),
    (re.compile(r"\\pm"), "±"),
    (re.compile(r"\\\\"), "; "),
    (re.compile(r"\\([A-Za-z]+)"), r" \1 "),
    (re.compile(r"[{}]"), ""),
    (re.compile(r"\s+"), " "),
)


def _said(tex: str) -> str:
    for _ in range(3):  # fractions inside fractions
        for pattern, replacement in _SAID[:3]:
            tex = pattern.sub(replacement, tex)
    for pattern, replacement in _SAID[3:]:
        tex = pattern.sub(replacement, tex)
    return tex.strip()
