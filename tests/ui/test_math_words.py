"""Questions in one line of a list: formulas as letters, whatever was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.ui.widgets.math_words import in_a_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Find $x$.", "Find x."),
        ("$x^2 - 5x + 6 = 0$", "x² − 5x + 6 = 0"),
        ("$a_1, a_{12}, a_n, x^{-1}, x^{n+1}, x^{2k}, e^x$", "a₁, a₁₂, a_n, x⁻¹, xⁿ⁺¹, x^(2k), e^x"),
        (r"$\frac{1}{2}$ of $3\frac{3}{4}$", "½ of 3¾"),
        (r"$\frac{x+1}{x-2}$, $\dfrac{a}{b^2}$, $\frac12$", "(x+1)/(x−2), a/b², ½"),
        (r"$\frac{\frac{a}{b}+1}{c}$", "(a/b+1)/c"),
        (r"$\sqrt{2}$, $\sqrt{x+1}$, $\sqrt[3]{8}$, $\sqrt[5]{x}$, $\frac{\sqrt3}{2}$", "√2, √(x+1), ∛8, ⁵√x, √3/2"),
        (r"$\sin\theta + \cos^2 x = 2\tan x$", "sin θ + cos² x = 2 tan x"),
        (r"$\sin^{-1}\left(\frac{x}{2}\right)$", "sin⁻¹(x/2)"),
        (r"$\int_0^1 x^2\,dx$, $\int_{a}^{b} f(x)\,dx$", "∫₀¹ x² dx, ∫_a^b f(x) dx"),
        (r"$\lim_{x \to 0} \frac{\sin x}{x}$", "lim_(x → 0) (sin x)/x"),
        (r"$\sum_{i=1}^{n} i$", "∑_(i=1)ⁿ i"),
        (r"$A \times B$, $a\le b$, $x\in\mathbb{R}$, $90^\circ$, $30^{\circ}$", "A × B, a ≤ b, x ∈ ℝ, 90°, 30°"),
        (r"$\vec{a}\cdot\vec b$, $\overline{AB}$, $\hat{i}$", "a\u20d7 · b\u20d7, AB, i\u0302"),
        (r"$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$", "( 1 2 ; 3 4 )"),
        (r"$\begin{vmatrix}a\\b\end{vmatrix}$ $\left[\begin{array}{cc}1&0\end{array}\right]$", "|a; b| [1 0]"),
        (r"$f(x)=\begin{cases}x, & x>0 \\ 0, & \text{otherwise}\end{cases}$", "f(x)={x, x>0 ; 0, otherwise"),
        (r"$x \text{ is } 5\%$, $\{1, 2\}$, $f'(x)$, $y^{\prime\prime}$", "x is 5%, {1, 2}, f′(x), y′′"),
        (r"$\binom{n}{r}$, $\left.x\right|_0$, $\operatorname{adj} A$", "C(n, r), x|₀, adj A"),
        (r"It costs \$5. $$x=1$$ Then?", "It costs $5. x=1 Then?"),
        (r"$\odd 3\newcommand$", "odd 3 newcommand"),
        (r"Price $5 and more", "Price $5 and more"),
        (r"Solve $\frac{x^2", "Solve x²/…"),  # the opening of a long question ends anywhere
        (r"Solve $x^", "Solve x"),
        ("a\n b", "a b"),
        ("", ""),
    ],
)
def test_formulas_are_shown_as_letters(text: str, shown: str) -> None:
    assert in_a_line(text) == shown


def test_braces_in_braces_end_somewhere() -> None:
    assert in_a_line(f"${'{' * 200}x{'}' * 200}$").startswith("{{")
    assert in_a_line(f"${'x^{' * 150}y{'}' * 150}$").startswith("x^(x^(")


@given(st.text(alphabet=r"\{}$^_&[]frac sqrt begin end left 12x", max_size=120))
def test_whatever_is_written_is_one_line(text: str) -> None:
    shown = in_a_line(text)
    assert shown == " ".join(shown.split())
