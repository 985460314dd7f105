"""The LaTeX that students' answers use."""

from __future__ import annotations

import pytest

from mv_desktop.demo.latex import (
    Accent,
    Fence,
    Fraction,
    Grid,
    Root,
    Row,
    Script,
    Symbol,
    UnreadableMathsError,
    parse,
)

X, ONE, TWO = Symbol("x"), Symbol("1"), Symbol("2")


def test_fraction_with_and_without_braces() -> None:
    assert parse(r"\frac12").items == (Fraction(ONE, TWO),)
    assert parse(r"\frac{1}{x}").items == (Fraction(Row((ONE,)), Row((X,))),)


def test_raised_and_lowered_in_either_order() -> None:
    assert parse("x_1^2") == parse("x^2_1") == Row((Script(X, TWO, ONE),))


def test_primes_are_raised_with_powers() -> None:
    assert parse("x''").items == (Script(X, Row((Symbol("'"), Symbol("'")))),)


def test_power_takes_one_digit_and_keeps_the_rest_beside_it() -> None:
    assert parse("x^21").items == (Script(X, TWO), ONE)


def test_root_with_a_degree() -> None:
    assert parse(r"\sqrt[3]{x}").items == (Root(Row((X,)), Row((Symbol("3"),))),)


def test_matrix_is_a_grid_between_brackets() -> None:
    matrix = parse(r"\begin{bmatrix}1&2\\x&1\end{bmatrix}").items[0]
    assert matrix == Fence("[", Grid(((Row((ONE,)), Row((TWO,))), (Row((X,)), Row((ONE,))))), "]")


def test_last_row_may_end_with_a_line_break() -> None:
    matrix = parse(r"\begin{vmatrix}1\\2\\ \end{vmatrix}").items[0]
    assert isinstance(matrix, Fence)
    assert isinstance(matrix.body, Grid)
    assert len(matrix.body.rows) == 2


def test_missing_bracket_of_a_fence() -> None:
    assert parse(r"\left. x \right|").items == (Fence("", Row((X,)), "|"),)


def test_accents() -> None:
    marks = [item.mark for item in parse(r"\vec{a}\hat i\overline{AB}").items if isinstance(item, Accent)]
    assert marks == ["arrow", "hat", "bar"]


def test_limits_stand_under_sums_and_beside_integrals() -> None:
    total, integral = parse(r"\sum_1^2 \int_1^2").items
    assert isinstance(total, Script)
    assert isinstance(integral, Script)
    assert total.stacked
    assert not integral.stacked


def test_text_keeps_its_spaces() -> None:
    assert parse(r"\text{if } x").items == (Symbol("if ", "word"), X)


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        (r"\unheard", "unknown command"),
        (r"\begin{tikz}\end{tikz}", "unknown environment"),
        (r"\frac{1}", "missing"),
        ("{x", "missing"),
        ("x}", "unexpected"),
        (r"\left( x", "missing"),
        (r"\begin{bmatrix}1\end{vmatrix}", "missing"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_quotes_the_formula(formula: str, problem: str) -> None:
    with pytest.raises(UnreadableMathsError, match=problem) as raised:
        parse(formula)
    assert formula in str(raised.value)
