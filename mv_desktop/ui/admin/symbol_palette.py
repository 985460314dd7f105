"""Mathematical symbols by keys: type a few letters of LaTeX, Enter puts it where one writes."""

from __future__ import annotations

import re
from functools import partial

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.command_palette import CommandPalette, Entry

SYMBOLS: tuple[tuple[str, str], ...] = (
    ("a⁄b", r"\frac{}{}"),
    ("√", r"\sqrt{}"),
    ("ⁿ√", r"\sqrt[]{}"),
    ("x²", "^{2}"),
    ("xⁿ", "^{}"),
    ("xₙ", "_{}"),
    ("×", r"\times"),
    ("·", r"\cdot"),
    ("÷", r"\div"),
    ("±", r"\pm"),
    ("≤", r"\leq"),
    ("≥", r"\geq"),
    ("≠", r"\neq"),
    ("≈", r"\approx"),
    ("≡", r"\equiv"),
    ("∝", r"\propto"),
    ("∞", r"\infty"),
    ("°", r"^{\circ}"),
    ("∠", r"\angle"),
    ("△", r"\triangle"),
    ("∥", r"\parallel"),
    ("⊥", r"\perp"),
    ("∼", r"\sim"),
    ("≅", r"\cong"),
    ("∴", r"\therefore"),
    ("∵", r"\because"),
    ("⇒", r"\Rightarrow"),
    ("⇔", r"\Leftrightarrow"),
    ("→", r"\to"),
    ("∈", r"\in"),
    ("∉", r"\notin"),
    ("⊂", r"\subset"),
    ("⊆", r"\subseteq"),
    ("∪", r"\cup"),
    ("∩", r"\cap"),
    ("∅", r"\emptyset"),
    ("ℝ", r"\mathbb{R}"),
    ("ℕ", r"\mathbb{N}"),
    ("ℤ", r"\mathbb{Z}"),
    ("ℚ", r"\mathbb{Q}"),
    ("∫", r"\int_{}^{}\,dx"),
    ("∑", r"\sum_{}^{}"),
    ("∏", r"\prod_{}^{}"),
    ("lim", r"\lim_{x\to }"),
    ("d⁄dx", r"\frac{d}{dx}"),
    ("dy⁄dx", r"\frac{dy}{dx}"),
    ("∂", r"\partial"),
    ("sin", r"\sin"),
    ("cos", r"\cos"),
    ("tan", r"\tan"),
    ("cot", r"\cot"),
    ("sec", r"\sec"),
    ("cosec", r"\cosec"),
    ("sin⁻¹", r"\sin^{-1}"),
    ("cos⁻¹", r"\cos^{-1}"),
    ("tan⁻¹", r"\tan^{-1}"),
    ("log", r"\log"),
    ("ln", r"\ln"),
    ("→a", r"\vec{}"),
    ("î", r"\hat{i}"),
    ("ĵ", r"\hat{j}"),
    ("k̂", r"\hat{k}"),
    ("|a|", r"\left|\right|"),
    ("( )", r"\left(\right)"),
    ("[a b]", r"\begin{bmatrix} & \\ & \end{bmatrix}"),
    ("(a b)", r"\begin{pmatrix} & \\ & \end{pmatrix}"),
    ("|a b|", r"\begin{vmatrix} & \\ & \end{vmatrix}"),
    ("{", r"\begin{cases} \\ \end{cases}"),
    ("x̄", r"\bar{}"),
    ("P(A)", "P(A)"),
    ("P(A|B)", r"P(A\mid B)"),
    ("C(n,r)", r"\binom{}{}"),
    ("α", r"\alpha"),
    ("β", r"\beta"),
    ("γ", r"\gamma"),
    ("θ", r"\theta"),
    ("λ", r"\lambda"),
    ("μ", r"\mu"),
    ("π", r"\pi"),
    ("σ", r"\sigma"),
    ("φ", r"\phi"),
    ("ω", r"\omega"),
    ("Δ", r"\Delta"),
)
"""How each looks, and its LaTeX; where there is something to fill in, braces are empty."""

_HOLE = re.compile(r"[{\[](?=[}\]])|\\to |\\left[|(]|(?:matrix|cases)\}(?= )")
_DOLLAR = re.compile(r"(?<!\\)\$")


class SymbolPalette(CommandPalette):
    """Puts what is chosen where `control` has its cursor, between dollar signs where it stands in words.

    Args:
        control: a `QLineEdit` or `QPlainTextEdit`.
    """

    def __init__(self, control: QLineEdit | QPlainTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(
            [Entry(latex, f"{look}    {latex}", partial(insert, control, latex)) for look, latex in SYMBOLS], parent
        )
        self.setWindowTitle(tr("Symbols"))
        self._field.setPlaceholderText(tr("A few letters of a symbol, such as frac or int"))
        self._field.setAccessibleName(tr("Symbols"))


def insert(control: QLineEdit | QPlainTextEdit, latex: str) -> None:
    """Write this where the cursor is, and put the cursor where something is to be filled in."""
    text = control.text() if isinstance(control, QLineEdit) else control.toPlainText()
    place = control.cursorPosition() if isinstance(control, QLineEdit) else control.textCursor().position()
    inside = len(_DOLLAR.findall(text[:place])) % 2 == 1
    written = latex if inside else f"${latex}$"
    if inside and latex[-1:].isalpha() and latex.startswith("\\"):
        written += " "  # or the next letter would belong to the command
    back = len(written) - _hole(latex) - (0 if inside else 1)
    if isinstance(control, QLineEdit):
        control.insert(written)
        control.setCursorPosition(place + len(written) - back)
    else:
        control.insertPlainText(written)
        cursor = control.textCursor()
        cursor.setPosition(cursor.position() - back)
        control.setTextCursor(cursor)
    control.setFocus()


def _hole(latex: str) -> int:
    """How many letters of `latex` stand before what is to be filled in; all of them where nothing is."""
    found = _HOLE.search(latex)
    return len(latex) if found is None else found.end()
