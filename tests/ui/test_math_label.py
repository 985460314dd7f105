"""Text with formulas: how it is split, typeset, laid out, read aloud and copied."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.typeset.formula import with_tall_bars
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.formula import FormulaKey, FormulaPress, typeset
from mv_desktop.ui.widgets.math_label import MathLabel
from mv_desktop.ui.widgets.math_text import Tex, Words, plain, split


@pytest.fixture
def press(qtbot: QtBot) -> Iterator[FormulaPress]:
    tasks = Tasks()
    yield FormulaPress(tasks)
    tasks.shutdown()


def key(source: str, *, display: bool = False) -> FormulaKey:
    return FormulaKey(source, display, 16.0, "#000000", 1.0)


def test_text_is_split_at_dollars_and_escaped_or_lonely_dollars_are_writing() -> None:
    assert split(r"a $x$ costs \$5 $$y$$") == (
        Words("a "), Tex("x"), Words(" costs $5 "), Tex("y", display=True),
    )  # fmt: skip
    assert split("only one $ here") == (Words("only one $ here"),)
    assert split("") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"Half is $\frac{1}{2}$.", "Half is (1)/(2)."),
        (r"$\frac{-b\pm\sqrt{D}}{2a}$", "(-b±root of (D))/(2a)"),
        (r"$\sin 60^\circ \le 1$", "sin 60° ≤ 1"),
    ],
)
def test_formulas_are_read_aloud_without_commands(text: str, said: str) -> None:
    assert plain(text) == said


def test_a_formula_has_a_size_and_a_part_below_the_baseline(qapp: QApplication) -> None:
    letter, fraction = typeset(key("x")), typeset(key(r"\frac{1}{2}"))
    assert letter.image is not None
    assert fraction.image is not None
    assert fraction.height > letter.height
    assert fraction.depth > letter.depth
    assert 0 < fraction.depth < fraction.height


def test_a_formula_that_is_not_understood_has_no_picture(qapp: QApplication) -> None:
    assert typeset(key(r"\frac{1")).image is None


@pytest.mark.parametrize(
    ("bars", "without"),
    [
        (r"\left|\frac{\frac{a}{b}}{2}\right|", r"\frac{\frac{a}{b}}{2}"),
        (r"\begin{vmatrix}1&2\\3&4\\5&6\end{vmatrix}", r"\begin{matrix}1&2\\3&4\\5&6\end{matrix}"),
        (r"\left.\frac{\frac{a}{b}}{2}\right|", r"\frac{\frac{a}{b}}{2}"),
    ],
)
def test_bars_are_as_tall_as_what_they_enclose(qapp: QApplication, bars: str, without: str) -> None:
    picture = typeset(key(bars)).image
    bare = typeset(key(without)).image
    assert picture is not None
    assert bare is not None
    # the right bar is the last thing drawn: its column must be inked nearly from top to bottom
    inked = max(
        sum(picture.pixelColor(x, y).alpha() > 60 for y in range(picture.height()))
        for x in range(picture.width() - 6, picture.width())
    )
    assert inked >= bare.height() - 4


def test_small_bars_and_other_fences_are_left_alone() -> None:
    source = '<mrow><mo stretchy="false">|</mo><mi>x</mi><mo stretchy="false">|</mo></mrow>'
    root = ET.fromstring(source)
    with_tall_bars(root)
    assert ET.tostring(root, encoding="unicode") == source


def test_the_label_shows_words_at_once_and_formulas_when_they_are_typeset(qtbot: QtBot, press: FormulaPress) -> None:
    label = MathLabel(press, r"Solve $x^2=4$ for $x$.")
    qtbot.addWidget(label)
    label.resize(400, 100)
    label.show()
    assert not label.complete
    before = label.toPlainText()
    qtbot.waitUntil(lambda: label.complete)
    assert label.toPlainText() == before
    assert "Solve" in before
    again = MathLabel(press, r"Solve $x^2=4$ for $x$.")
    qtbot.addWidget(again)
    assert again.complete, "what was typeset before is remembered"


def test_a_broken_formula_is_shown_as_its_source(qtbot: QtBot, press: FormulaPress) -> None:
    label = MathLabel(press, r"Broken: $\frac{1$ here")
    qtbot.addWidget(label)
    qtbot.waitUntil(lambda: label.complete)
    assert label.toPlainText() == r"Broken: $\frac{1$ here"


def test_copying_gives_the_formulas_source(qtbot: QtBot, press: FormulaPress) -> None:
    label = MathLabel(press, "First $x^2$ then\n$$y$$ end")
    qtbot.addWidget(label)
    qtbot.waitUntil(lambda: label.complete)
    label.selectAll()
    assert label.createMimeDataFromSelection().text().split() == ["First", "$x^2$", "then", "$$y$$", "end"]
    cursor = label.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(5, QTextCursor.MoveMode.KeepAnchor)
    label.setTextCursor(cursor)
    assert label.createMimeDataFromSelection().text() == "rst"


def test_the_label_is_named_for_screen_readers_and_as_tall_as_its_text(qtbot: QtBot, press: FormulaPress) -> None:
    label = MathLabel(press, "word " * 60)
    qtbot.addWidget(label)
    label.resize(600, 10)
    label.show()
    wide = label.height()
    label.resize(200, 10)
    assert label.height() > wide
    assert label.accessibleName().startswith("word word")


def test_a_formula_on_a_line_of_its_own_has_no_empty_line_below_it(qtbot: QtBot, press: FormulaPress) -> None:
    source = r"\frac{\frac{\frac{a}{b}}{c}}{d}"
    label = MathLabel(press, f"$${source}$$Words.")
    qtbot.addWidget(label)
    label.resize(400, 200)
    label.show()
    qtbot.waitUntil(lambda: label.complete)
    (key,) = (key for key in press._known if key.source == source)
    formula = press.known(key)
    assert formula.height <= label.height() <= formula.height + 2.5 * label.fontMetrics().lineSpacing()


@pytest.mark.parametrize(
    ("text", "grows"),
    [
        (r"Integrates $\frac{2x}{x^2+4}$", True),
        (r"Half is $\dfrac12$", False),
        ("Integrates $x^2+4$", False),
        (r"$$\frac{2x}{x^2+4}$$", False),
        (r"$x\fraction$", False),
    ],
)
def test_tall_fractions_within_a_line_can_be_read(qtbot: QtBot, press: FormulaPress, text: str, grows: bool) -> None:
    heights, widths = [], []
    for tall in (False, True):
        label = MathLabel(press, text, tall=tall)
        qtbot.addWidget(label)
        label.resize(400, 100)
        label.show()
        qtbot.waitUntil(lambda label=label: label.complete)  # type: ignore[misc]
        heights.append(label.height())
        widths.append(label.document().idealWidth())
        assert label.lines == (2 if "$$" in text else 1)
    assert (heights[1] > 1.15 * heights[0]) is grows
    assert (widths[1] > widths[0]) is grows


def test_a_label_says_when_its_height_changes(qtbot: QtBot, press: FormulaPress) -> None:
    label = MathLabel(press, "one line")
    qtbot.addWidget(label)
    label.resize(400, 100)
    label.show()
    with qtbot.waitSignal(label.reshaped):
        label.resize(40, 100)
    assert label.lines > 1


def test_formulas_follow_the_palette(qtbot: QtBot, qapp: QApplication, press: FormulaPress) -> None:
    apply_theme(qapp, "light")
    label = MathLabel(press, "$x$")
    qtbot.addWidget(label)
    qtbot.waitUntil(lambda: label.complete)
    apply_theme(qapp, "dark")
    qtbot.waitUntil(lambda: label.complete)
    label.show()
    lightest = max(label.grab().toImage().pixelColor(x, y).lightness() for x in range(12) for y in range(12))
    assert lightest > 150
    apply_theme(qapp, "light")


def test_a_text_that_was_replaced_takes_its_formulas_along(qtbot: QtBot, press: FormulaPress) -> None:
    label = MathLabel(press, "$a+b+c$")
    qtbot.addWidget(label)
    label.set_text("no formula")
    assert label.complete
    assert label.toPlainText() == "no formula"


def test_long_text_does_not_hold_up_the_screen(qtbot: QtBot, press: FormulaPress) -> None:
    typeset(key("x"))  # ziamath is imported
    text = " ".join(rf"step {n}: $\frac{{x_{{{n}}}}}{{\sqrt{{{n}}}}}$" for n in range(60))
    MathLabel(press).deleteLater()
    started = time.thread_time()
    label = MathLabel(press, text)
    spent = time.thread_time() - started
    qtbot.addWidget(label)
    assert spent < 0.15, "typesetting 60 fractions takes several hundred milliseconds: it went to another thread"
    qtbot.waitUntil(lambda: label.complete, timeout=20_000)


def test_ziamath_is_not_imported_with_the_widget() -> None:
    import subprocess

    code = "import sys, mv_desktop.ui.widgets.math_label; print('ziamath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


def test_a_label_that_outlives_the_runner_follows_the_theme_without_its_formulas(
    qtbot: QtBot, qapp: QApplication
) -> None:
    tasks = Tasks()
    label = MathLabel(FormulaPress(tasks), r"Half is $\frac{1}{2}$.")
    qtbot.addWidget(label)
    label.show()
    qtbot.waitUntil(lambda: label.complete)
    tasks.shutdown()
    apply_theme(qapp, "dark")
    assert label.complete
    apply_theme(qapp, "light")
    assert label.text == r"Half is $\frac{1}{2}$."
