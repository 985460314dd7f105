"""The process that typesets formulas, and what becomes of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from mv_desktop.typeset.child import main
from mv_desktop.typeset.formula import formula_svg
from mv_desktop.typeset.typesetter import FormulaError, Typesetter

PLAIN = {"pixels": 20.0, "color": "#123456"}


@pytest.fixture
def typesetter() -> Iterator[Typesetter]:
    made = Typesetter()
    yield made
    made.close()


def python(code: str, longest: float = 10.0, first: float = 40.0) -> Typesetter:
    return Typesetter([sys.executable, "-c", code], longest, first)


def test_a_formula_comes_from_the_process_as_it_would_be_here(typesetter: Typesetter) -> None:
    for source, display in ((r"\frac{1}{x_2}", False), (r"\int_0^1 x\,dx", True), (r"\text{हल}", False)):
        there = typesetter.svg(source, **PLAIN, display=display)
        assert there.startswith("<svg")
        assert there == formula_svg(source, **PLAIN, display=display)


@pytest.mark.parametrize(
    ("source", "same"),
    [
        (r"\binom{n}{r}", r"\left( n\atop r\right)"),
        (r"\binom{n+\frac{1}{2}}{\sqrt{x_{1}}}^2", r"\left( {n+\frac{1}{2}}\atop{\sqrt{x_{1}}}\right)^2"),
        (r"\binom {\binom{a}{b}}{\{c}", r"\left({\left(a\atop b\right)}\atop{\{c}\right)"),
        (r"\binom{n}2+\left(\frac{1}{2}\right)", r"\binom n2+\left(\frac{1}{2}\right)"),
        (r"\binom{n}{r}+\binom{n}{\frac{1}{2}}", r"\left(n\atop r\right)+\left(n\atop{\frac{1}{2}}\right)"),
    ],
)
def test_binomials_of_anything_are_typeset(source: str, same: str) -> None:
    assert formula_svg(source, **PLAIN, display=False) == formula_svg(same, **PLAIN, display=False)


def test_signs_among_words_are_shown_as_they_are_meant() -> None:
    """A percent sign at the start could not be typeset, and the backslash before it was shown."""

    def shown(source: str) -> str:
        return formula_svg(source, **PLAIN, display=False)

    assert shown(r"\text{% and 5% of x}") == shown(r"\text{\% and 5\% of x}")
    assert shown(r"\text{a_1 #2 \$3}") == shown(r"\text{a\_1 \#2 \$3}")
    assert shown(r"\text{5\%}") != shown(r"\text{5}")
    assert shown(r"\text{5\$}") != shown(r"\text{5}")


def test_what_is_not_understood_is_told_and_the_next_one_is_typeset(typesetter: Typesetter) -> None:
    with pytest.raises(FormulaError):
        typesetter.svg(r"\frac{1", **PLAIN, display=False)
    assert typesetter.svg("x", **PLAIN, display=False)


def test_a_process_that_died_is_replaced(typesetter: Typesetter) -> None:
    typesetter.svg("x", **PLAIN, display=False)
    process = typesetter._process
    assert process is not None
    process.kill()
    process.wait()
    assert typesetter.svg("y", **PLAIN, display=False)


def test_a_process_that_dies_over_a_formula_costs_this_one_only() -> None:
    once = "import sys; sys.stdin.readline()"
    setter = python(once)
    with pytest.raises(FormulaError):
        setter.svg("x", **PLAIN, display=False)
    assert setter._process is None
    setter._command = Typesetter()._command
    assert setter.svg("x", **PLAIN, display=False)
    setter.close()


@pytest.mark.parametrize(
    "code",
    ["print('no JSON', flush=True); input()", "print('[1]', flush=True); input()", "import time; time.sleep(60)"],
    ids=["nonsense", "no answer", "stuck"],
)
def test_a_process_that_does_not_answer_is_ended(code: str) -> None:
    setter = python(code, first=0.5)
    with pytest.raises(FormulaError):
        setter.svg("x", **PLAIN, display=False)
    setter.close()


def test_without_a_process_the_source_is_shown() -> None:
    with pytest.raises(FormulaError):
        Typesetter(["/nowhere/mv-desktop"]).svg("x", **PLAIN, display=False)


def test_a_process_that_has_answered_is_given_less_time() -> None:
    answer = 'print(\'{"svg": "<svg/>"}\', flush=True)'
    setter = python(f"input(); {answer}; input(); import time; time.sleep(60)", longest=0.5)
    assert setter.svg("x", **PLAIN, display=False) == "<svg/>"
    with pytest.raises(FormulaError):
        setter.svg("x", **PLAIN, display=False)
    setter.close()


def test_the_process_ends_with_who_asked_it(typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mv_desktop.typeset.typesetter._FAREWELL_SECONDS", 20.0)  # on a computer that is busy
    typesetter.svg("x", **PLAIN, display=False)
    process = typesetter._process
    assert process is not None
    typesetter.close()
    assert process.returncode == 0
    typesetter.close()


def test_the_process_takes_no_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["x"]) == 2
    assert "no arguments" in capsys.readouterr().err
