"""The question under the mark sheet, and the sheet in every palette, size and language."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QToolButton

from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.question import Scheme, SchemeStep
from mv_desktop.ui.marking.sheet.scheme_step import StepRow
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme, current_theme
from tests.factories.paper import paper
from tests.ui.marking.sheet_bench import PAGE, Q2, Q3A, Q3B, Q4, Bench

# -- the question ----------------------------------------------------------------------------------------------


def long_paper() -> ExamSnapshot:
    snapshot = paper()
    steps = (
        SchemeStep(text="Finds $x=2$", marks=D("1.5"), part="i"),
        SchemeStep(text="शेषफल लिखता है", marks=D("3.5"), part="ii"),
    )
    scheme = Scheme(answer="$x=2$", solution=("$2x=4$", "$x=2$"), steps=steps)
    changed = {"scheme": scheme, "question_text": "हल कीजिए: " + "बहुत लंबा प्रश्न " * 200 + "$x$"}
    questions = (*snapshot.questions[:-1], snapshot.questions[-1].model_copy(update=changed))
    return snapshot.model_copy(update={"questions": questions})


def test_the_panel_shows_text_steps_and_their_marks(bench):
    bench.open(snapshot=long_paper())
    bench.session.set_current(Q4)
    shown = bench.sheet._panel.text
    assert "Question 4 · LA · 5 marks" in shown
    assert "(i) Finds $x=2$ 1½" in shown
    assert "(ii) शेषफल लिखता है 3½" in shown
    assert "$2x=4$" not in shown


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_a_frame_shows_that_the_keys_scroll_the_panel(bench, qapp, theme):
    apply_theme(qapp, theme)
    bench.open(snapshot=long_paper())
    panel = bench.sheet._panel
    bench.qtbot.waitUntil(lambda: panel.complete)
    frames = []
    for focused in (bench.sheet._list, panel):
        focused.setFocus(Qt.FocusReason.TabFocusReason)
        picture = panel.grab().toImage()
        frames.append([picture.pixelColor(picture.width() // 2, y).name() for y in (0, 1)])
    assert frames[0] != frames[1]
    assert frames[1] == [current_theme().colors.accent] * 2


def test_the_model_answer_unfolds_and_stays_so(bench):
    bench.open(snapshot=long_paper())
    bench.session.set_current(Q4)
    bench.sheet._panel._fold.click()
    assert bench.sheet._panel.text.endswith("$2x=4$\n$x=2$")
    bench.session.set_current(Q2)
    bench.session.set_current(Q4)
    assert bench.sheet._panel.text.endswith("$2x=4$\n$x=2$")


def test_a_key_brings_the_model_answer_into_sight_and_folds_it(qtbot, bench):
    bench.open(snapshot=long_paper())
    bench.session.set_current(Q4)
    panel = bench.sheet._panel
    qtbot.waitUntil(lambda: panel.complete and panel._fold.visibleRegion().isEmpty())
    bench.sheet.fold_answer()
    qtbot.waitUntil(lambda: panel.complete)
    assert panel._fold.isChecked()
    assert not panel._fold.visibleRegion().isEmpty()
    assert not panel._answer.visibleRegion().isEmpty()
    bench.sheet.fold_answer()
    assert not panel._answer.isVisible()


def test_tab_leads_through_the_steps_to_the_model_answer_also_when_there_are_more_of_them(bench):
    bench.open(snapshot=long_paper())
    bench.session.set_current(Q2)
    bench.sheet._panel._fill_now()
    bench.session.set_current(Q4)
    panel = bench.sheet._panel
    panel._fill_now()
    buttons = [row.button for row in panel.findChildren(StepRow)]
    assert len(buttons) > 1
    chain = [panel, one := panel]
    while (one := one.nextInFocusChain()) is not panel:
        chain.append(one)
    met = [one for one in chain if one in {*buttons, panel._fold}]
    assert met == [*buttons, panel._fold]


def test_a_long_question_scrolls_and_never_widens_the_sheet(qtbot, bench):
    bench.open(snapshot=long_paper())
    bench.session.set_current(Q4)
    qtbot.waitUntil(lambda: bench.sheet._panel.complete)
    panel = bench.sheet._panel
    qtbot.waitUntil(lambda: panel.verticalScrollBar().maximum() > 0)
    assert panel.widget().width() <= panel.viewport().width()
    assert bench.sheet.width() == 340


def test_an_either_or_question_says_which_side_is_shown(bench):
    bench.session.set_current(Q3B)
    assert "Question 3 (b) · SA · 3 marks" in bench.sheet._panel.text
    assert "Question b" in bench.sheet._panel.text


def test_a_step_stands_in_the_middle_of_its_line_and_at_the_first_of_several(qtbot, bench):
    row = StepRow(1, bench.sheet._panel._press, bench.window)
    row.setGeometry(350, 0, 330, 200)
    row.show()
    for text, lines in ((r"Integrates $\frac{2x}{x^2+4}$", 1), ("Integrates by parts and " * 4, 4), ("Value", 1)):
        row.show_step(SchemeStep(text=text, marks=D(1)), begins_part=False)
        qtbot.waitUntil(lambda: row._words.complete)
        row.resize(330, row.sizeHint().height())
        row.layout().activate()
        button, words = row.button.geometry(), row._words.geometry()
        if lines == 1:
            assert row._words.lines == 1
            assert abs(button.center().y() - words.center().y()) <= 1
        else:
            assert row._words.lines > 1
            assert button.top() == words.top()


def test_keys_reach_the_screen_after_a_click_into_the_question(bench):
    bench.action("next", "U")
    bench.sheet._panel._text.setFocus(Qt.FocusReason.MouseFocusReason)
    assert bench.sheet._panel._text.hasFocus()
    bench.press(Qt.Key.Key_U)
    assert bench.done == ["next"]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_it_paints_in_every_palette_and_at_every_text_size_and_width(bench, qapp, theme):
    bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    bench.session.give(Q2, D(2))
    bench.session.comment(Q2, "ok")
    bench.session.give(Q3B, D(1))
    try:
        apply_theme(qapp, theme, "largest")
        for width in (300, 420):
            bench.sheet.resize(width, 500)
            qapp.processEvents()
            assert not bench.sheet.grab().isNull()
            place = bench.sheet._list.mark_place(bench.sheet._model.index_of(Q2))
            assert bench.sheet._field.geometry() == place
            assert place.right() < bench.sheet._list.viewport().width()
    finally:
        apply_theme(qapp, "light")


def test_it_speaks_hindi(qtbot, open_session, tasks):
    set_language("hi")
    try:
        hindi = Bench(qtbot, open_session, tasks)
        hindi.session.give(Q3A, D(1))
        assert "प्रश्न 3 (b)" in hindi.row(Q3B).sentence
    finally:
        set_language("en")


class Changes(QObject):
    """Counts how often buttons get another hint."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.ToolTipChange
        return False


def test_the_marks_of_a_step_have_room_when_the_text_grows(bench, qapp):
    apply_theme(qapp, "light")
    bench.open(snapshot=long_paper())
    bench.qtbot.waitUntil(lambda: bench.sheet._panel.complete)
    row = bench.sheet._panel.findChildren(StepRow)[0]
    rooms = [label.minimumWidth() for label in (row._part, row._marks)]
    apply_theme(qapp, "light", "largest")
    bench.qtbot.waitUntil(lambda: row._marks.minimumWidth() > rooms[1])
    assert row._part.minimumWidth() > rooms[0]
    assert row._marks.minimumWidth() >= row._marks.fontMetrics().horizontalAdvance("1½/1½")
    apply_theme(qapp, "light")


def test_a_mark_for_one_step_changes_only_its_row(bench):
    bench.open(snapshot=long_paper())
    bench.session.set_current(Q4)
    panel = bench.sheet._panel
    assert panel.text
    changes = Changes(panel)
    for row in panel.findChildren(StepRow):
        row.findChild(QToolButton).installEventFilter(changes)
    panel.show_given({2: D("3.5")}, editable=True)
    assert changes.count == 1
    panel.show_given({2: D("3.5")}, editable=True)
    assert changes.count == 1
    panel.show_given({}, editable=True)
    assert changes.count == 2
