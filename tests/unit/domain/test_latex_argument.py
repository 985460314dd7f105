r"""Commands that lack what belongs to them, such as ``\frac{1}``: the rule against the typesetter, form by form."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from latex2mathml import commands

from mv_desktop.core.sentence import Worded
from mv_desktop.demo.question_bank import content_of_class
from mv_desktop.domain.latex import FORMULA, latex_fault
from mv_desktop.domain.latex_argument import ARGUMENTS, BRACKETED, DELIMITED, INFIX, SWITCHES
from mv_desktop.domain.latex_name import COMMANDS
from mv_desktop.domain.question_draft import QuestionDraft, question_faults
from mv_desktop.typeset.formula import formula_svg


def _is_typeset(formula: str) -> bool:
    try:
        return formula_svg(formula, 20, "#000000", display=False).startswith("<svg")
    except Exception:  # noqa: BLE001 - each library under it has its own
        return False


# -- forms ----------------------------------------------------------------------------------------------------

_COMPLETE = r"""
\frac12 | \frac 1 2 | \frac1{2} | \frac{1}2 | \frac\pi2 | \frac{}{} | \frac{1}{} | \frac55 | \frac.5 | \dfrac 1 2
\frac\frac12 3 | \frac\left(x\right)2 | \frac\begin{matrix}1\end{matrix}2 | \frac\mathbb R2 | \frac\text{a}\text{b}
\frac{1}{2}^2 | \frac12_3 | \frac{1}^2 3 | \frac{1}'2 | x^\frac12 | x^{\frac12} | \frac12.5 | \frac\operatorname{a}2
\sqrt2 | \sqrt x | \sqrt{} | \sqrt[3]{x} | \sqrt[3]2 | \sqrt [n+1] {x} | \sqrt[\frac12]{x} | \sqrt\frac12
\sqrt\sqrt2 | \sqrt\left(x\right) | \sqrt\begin{matrix}1\end{matrix} | \sqrt{[} | \sqrt[x{]}]{y} | \sqrt] | [\sqrt2]
\sqrt, | \vec a | \vec{a} | \vec\frac12 | \hat\imath | \overline{AB} | \bar x^2 | \underbrace{x}_{2}
\overset{a}{b} | \overset a b | \stackrel?= | \underset{x\to0}\lim | \binom nr | \binom{n}{r}
\binom{n}{\frac{1}{2}} | \binom1 2 | \binom{\binom ab}{2} | \text{a} | \text {a b} | \text a | \text{ }
x_\text{max} | \mathrm{d}x | \mathrm dx | \mathbb{R} | \mathbf{} | \mbox{a} | \text{5% of \sqrt} | \text{5\%}
\text{a_b^c} | \boxed{x} | \cancel x | \phantom{} | \pmod 3 | \pmod{3} | a\bmod b | \left(x\right)
\left.x\right|_0^1 | \left\{x\right. | \left\langle x\right\rangle | \left<x\right> | \left{x\right}
\left(x\middle|y\right) | \left(\frac12\right) | \big( | \big\{ | \Big|_0^1 | \bigl[x\bigr] | \big\langle
\xrightarrow{} | \xrightarrow[a]{b} | \xrightarrow\text{a} | \xrightarrow[a]b | 1\over 2 | {1\over 2} | {}\over{}
n\choose k | {n\atop k} | 1\above1pt 2 | 1\above{1pt}2 | \left(1\over2\right) | \sum\limits_{i}^2 | \int\limits_a^b
\sum\nolimits^2 | \mathop{x}\limits_1 | \operatorname*{argmax}\limits_x | \hspace{1cm} | \hspace1cm | \kern1em
\rule{1cm}{2cm} | \raise1pt x | \smash{x} | \smash[b]{x} | \color{red}x | {\color{red}x} | \textcolor{red}{x}
\colorbox{red}{x} | \fcolorbox{red}{blue}{x} | \begin{matrix}\frac12&\sqrt2\\1&\vec a\end{matrix}
\begin{array}{c|c}1&2\end{array} | \begin{aligned}a&=b\\&=c\end{aligned} | \begin{pmatrix*}[r]1&2\end{pmatrix*}
\begin {matrix}1\end {matrix} | \cases{a\\b} | \substack{a\\b} | \matrix{a} | \genfrac(){0pt}{0}{a}{b}
\sideset{_1^2}{_3^4}\sum | \skew3\hat A | \not= | \unicode{9786} | \displaystyle x | {\bf x} | 20\%
x^12^3 | f'^2 | f'' | x_1' | x^{2'} | \{x\} | \% | 1.5 | 12
"""
_INCOMPLETE = r"""
\frac | \frac{1} | \frac1 | \frac5 | x^\frac | x^{\frac} | x^\frac1 | a\frac | \frac{\sqrt}{2} | \frac{\vec}{1}
\frac{1}^2 | \frac' | \left(\frac1\right) | \left(\frac{1}\right) | \frac\left(x\right) | \frac1\over2
\frac\displaystyle x | \begin{matrix}\frac{1}&2\end{matrix} | \begin{matrix}\frac{1}\end{matrix} | \dfrac{1}
\tfrac{1} | \cfrac{1} | \sqrt | \sqrt[3] | \sqrt[3 | \left(\sqrt\right) | \begin{matrix}\sqrt\end{matrix}
\sqrt\vec | \sqrt\bf x | \sqrt\limits | \vec | \hat | \overline | x\vec | \vec{a}\times\vec | x_\vec | \underbrace
\overset{a} | \stackrel | \underset{x} | \binom{n} | \binom12 | \overset12 | \text | \text{} | \mbox{}
\text{a}\text{} | \left(\text\right) | \mathrm | \mathbb | \boxed | \left(x\right | \left\right)
\left(x\middle\right) | \big | \bigl | x\Big | \xrightarrow | \xrightarrow[a] | 1\over | \over 2 | {1\over}
{\over 2} | \left(1\over\right) | \left(\over2\right) | \choose | n\choose | {\choose k}
\begin{matrix}1&\over2\end{matrix} | n\atop | 1\above1pt | \sqrt\over2 | \limits | \sum\limits | \sum\limits x
x\limits_1 | \limits_1 | (\limits_1 | \hspace | \kern | \rule{1cm} | \raise1pt | \smash[b] | \color | \color{red}
\textcolor{red} | \colorbox{red} | \pmod | \begin | \begin{matrix}\end{matrix} | \cases | \matrix | \substack
\genfrac | \genfrac{(}{)}{0pt}{0}{a}{b} | \sideset{}{} | \genfrac(){0pt}{0}{a} | \skew{3} | \unicode
"""
_SHOWN_BADLY = r"""
{\frac{1}} | x^{\frac{1}} | \frac{1}{\vec} | {\sqrt} | \overline{\sqrt} | {\vec} | {\text} | {\mathrm} | {\big}
{\rule{1cm}} | \begin{matrix}\frac{1}\\2\end{matrix} | \begin{matrix}\sqrt\\1\end{matrix} | \vec\\ | \vec^2 | \sqrt'
\frac^2 3 | \end
"""


def _forms(table: str) -> list[str]:
    return [form.strip() for line in table.split("\n") for form in line.split(" | ") if form.strip()]


@pytest.mark.parametrize("formula", _forms(_COMPLETE))
def test_what_is_complete_is_taken_and_typeset(formula: str) -> None:
    assert latex_fault(f"${formula}$") == ""
    assert _is_typeset(formula)


@pytest.mark.parametrize("formula", _forms(_INCOMPLETE))
def test_what_is_not_complete_is_named_and_cannot_be_typeset(formula: str) -> None:
    fault = latex_fault(f"Find ${formula}$.")
    assert isinstance(fault, Worded)
    assert fault.template == "“{command}” is not complete: write it as in {example}."
    assert str(fault.values["command"]) in formula
    assert not _is_typeset(formula)


@pytest.mark.parametrize("formula", _forms(_SHOWN_BADLY))
def test_what_the_typesetter_shows_with_a_brace_or_a_break_for_an_argument_is_named_too(formula: str) -> None:
    assert "is not complete" in latex_fault(f"${formula}$")


def test_the_first_one_that_is_not_complete_is_named() -> None:
    assert latex_fault(r"$\sqrt{2}+{\frac{1}}+\sqrt$") == r"“\frac” is not complete: write it as in \frac{x}{y}."
    assert latex_fault(r"$x$ and $\left(\vec\right)$") == r"“\vec” is not complete: write it as in \vec{x}."
    assert latex_fault(r"${1\over}$") == r"“\over” is not complete: write it as in {x\over y}."
    assert latex_fault(r"$\big$") == r"“\big” is not complete: write it as in \big(."


@pytest.mark.parametrize("formula", ["20%", "x%y", r"\frac{1%}{2}", "%"])
def test_what_a_percent_sign_hides_is_not_lost_in_silence(formula: str) -> None:
    assert latex_fault(f"${formula}$") == "“%” hides what stands behind it. A percent sign itself is written \\%."


@pytest.mark.parametrize(
    "formula", [r"x^2'", r"x^\right)", r"\left(x^\right)", r"\begin{matrix}x_\end{matrix}", r"x^\text{a}^2"]
)
def test_powers_without_a_place_are_named(formula: str) -> None:
    assert latex_fault(f"${formula}$")
    assert not _is_typeset(formula)


def test_environments_are_those_that_can_be_shown() -> None:
    assert latex_fault(r"$\begin{aligned*}a\end{aligned*}$") == r"“\begin{aligned*}” cannot be shown."


# -- each command ---------------------------------------------------------------------------------------------


def test_the_lists_are_what_the_typesetter_takes() -> None:
    one, two = commands.COMMANDS_WITH_ONE_PARAMETER, commands.COMMANDS_WITH_TWO_PARAMETERS
    assert {name: ARGUMENTS[name] for name in (*one, *two)} == {**dict.fromkeys(one, 1), **dict.fromkeys(two, 2)}
    fonts = [name for name in commands.LOCAL_FONTS if name.startswith(commands.MATH)]
    assert {ARGUMENTS[name] for name in fonts} == {1}
    assert set(commands.EXTENSIBLE_ARROWS) == BRACKETED - {r"\sqrt", r"\smash"}
    assert {*commands.BIG, *commands.BIG_OPEN_CLOSE, r"\left", r"\middle", r"\right"} == DELIMITED
    assert {*commands.STYLES, *commands.MSTYLE_SIZES, *commands.GLOBAL_FONTS} - {r"\tt"} == SWITCHES
    assert {ARGUMENTS[name] for name in commands.MATRICES if not name.endswith("*")} == {1}
    known = {f"\\{name}" for name in COMMANDS}
    assert known >= {*ARGUMENTS, *BRACKETED, *DELIMITED, *SWITCHES, *INFIX}


_OWN_FORM = {
    f"\\{name}" for name in (
        "genfrac", "sideset", "skew", "style", "verb", "unicode", "newcommand", "newenvironment", "def",
        "DeclareMathOperator",
    )
}  # fmt: skip


@pytest.mark.parametrize("command", sorted(set(ARGUMENTS) - _OWN_FORM))
def test_each_command_is_taken_with_its_arguments_and_named_without(command: str) -> None:
    whole = command + "{1}" * ARGUMENTS[command]
    assert latex_fault(f"${whole}$") == ""
    assert _is_typeset(whole)
    for count in range(ARGUMENTS[command]):
        short = command + "{1}" * count
        assert f"“{command}” is not complete" in latex_fault(f"${short}$")
        assert f"“{command}” is not complete" in latex_fault(f"${{{short}}}x$")
        assert not _is_typeset(short) or command == r"\mathchoice"


def test_the_examples_can_be_typeset_themselves() -> None:
    alone = {*ARGUMENTS, *DELIMITED, *INFIX, r"\limits", r"\begin"} - _OWN_FORM | {
        r"\genfrac",
        r"\sideset",
        r"\skew",
        r"\unicode",
    }
    for command in alone - {r"\left", r"\right", r"\middle"}:
        fault = latex_fault(f"${command}$")
        assert isinstance(fault, Worded)
        example = str(fault.values["example"])
        assert latex_fault(f"${example}$") == ""
        assert _is_typeset(example), example


# -- whole formulas -------------------------------------------------------------------------------------------


def test_the_shipped_questions_have_no_fault() -> None:
    texts = [
        words for class_name in ("X", "XII") for question in content_of_class(class_name)
        for words in _words(question.model_dump())
    ]  # fmt: skip
    assert sum(len(FORMULA.findall(words)) for words in texts) > 4000
    assert [words for words in texts if latex_fault(words)] == []


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [words for one in inside for words in _words(one)]


_ATOMS = st.sampled_from(
    ["x", "12", "3.5", r"\pi ", "+", "=", "(", ")", r"\sin ", r"\text{if }", "f'", r"\big|", "<", ","]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = inner.map("{{{}}}".format)
    argument = group | st.sampled_from([" x", " 2", r"\pi "])
    rows = st.tuples(inner, inner, inner).map(lambda of: "{}&{}\\\\{}".format(*of))
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.builds("{}{}{}".format, st.sampled_from([r"\frac", r"\dfrac", r"\binom", r"\overset"]), group, group),
        st.builds("{}{}{}".format, st.sampled_from([r"\frac", r"\underset"]), argument, argument),
        st.builds("{}{}".format, st.sampled_from([r"\sqrt", r"\vec", r"\overline", r"\mathbf", r"\sqrt[3]"]), argument),
        st.builds(
            "{}{}{}{}{}".format,
            st.sampled_from(["x", r"\int", r"\sum\limits"]),
            st.just("_"),
            group,
            st.just("^"),
            group,
        ),
        st.builds(r"\left({}\right]".format, inner),
        st.builds("{{{}\\over {}}}".format, inner, inner),
        st.builds(r"\begin{{cases}}{}\end{{cases}}".format, rows),
    )


@settings(max_examples=40)
@given(st.recursive(_ATOMS, _larger, max_leaves=8))
def test_a_formula_that_is_complete_is_never_refused_and_each_that_lost_an_argument_is(formula: str) -> None:
    assert latex_fault(f"${formula}$") == ""
    assert _is_typeset(formula)
    for found in re.finditer(r"\\(?:frac|dfrac|sqrt|vec|overline|mathbf|binom|overset|underset)(?![a-z])", formula):
        assert latex_fault(f"${formula[: found.start()]}{{{found[0]}}}{formula[found.end() :]}$")


def test_it_is_said_beside_the_field() -> None:
    draft = QuestionDraft(
        class_name="XII", unit="Integrals", topic="", question_type="VSA", marks=2, difficulty=None,
        question_text=r"Find $\frac{1}$.", choices="", correct="", answer="$x$", solution="", steps="2: finds",
        cbse_year=None, tags="", status="draft",
    )  # fmt: skip
    (fault,) = question_faults(draft)
    assert (fault.field, fault.message) == ("question_text", r"“\frac” is not complete: write it as in \frac{x}{y}.")
    assert question_faults(replace(draft, question_text=r"Find $\frac{1}2$.")) == ()
