"""The mark sheet: marked by keyboard, and it says what the session says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as D

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.question import Scheme, SchemeStep
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet import MarkSheet
from mv_desktop.ui.marking.sheet_row import SheetRow
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme
from tests.factories.paper import paper
from tests.factories.script import script_view
from tests.fakes.script_store import FakeScriptStore
from tests.ui.accessibility import nameless_controls

Q2, Q3A, Q3B, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)
PAGE = PageRef(1)
NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Bench:
    """A mark sheet in a window beside a page that can have the focus."""

    def __init__(self, qtbot: QtBot, open_session: Callable[..., MarkingSession], tasks: Tasks) -> None:
        self.qtbot, self._open = qtbot, open_session
        self.window = QWidget()
        self.page = QWidget(self.window)
        self.page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sheet = MarkSheet(tasks, self.window)
        self.sheet.setGeometry(0, 0, 340, 620)
        self.window.resize(700, 620)
        qtbot.addWidget(self.window)
        self.done: list[str] = []
        self.chosen: list[MarkKey] = []
        self.left: list[bool] = []
        self.sheet.question_chosen.connect(self.chosen.append)
        self.sheet.left.connect(lambda: self.left.append(True))
        self.session = self.open()
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.sheet.focus_mark()

    def open(self, **view) -> MarkingSession:
        self.session = self._open(**view)
        self.sheet.set_session(self.session)
        return self.session

    def action(self, name: str, key: str) -> None:
        """An action of the screen around the sheet."""
        action = QAction(name, self.window)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda: self.done.append(name))
        self.window.addAction(action)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(QApplication.focusWidget(), text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(QApplication.focusWidget(), key, modifier)

    def click(self, key: MarkKey, *, mark: bool = False) -> None:
        rows = self.sheet._list
        index = self.sheet._model.index_of(key)
        place = rows.mark_place(index).center() if mark else rows.visualRect(index).topLeft() + QPoint(20, 8)
        self.qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, NONE, place)

    def row(self, key: MarkKey) -> SheetRow:
        return next(row for row in self.sheet._model.rows if row.key == key)

    def marks(self, key: MarkKey) -> D | None:
        return self.session.script.mark(key.question_number).options[key.alternative].marks

    @property
    def field(self) -> str:
        return self.sheet._field.text()

    @property
    def in_field(self) -> bool:
        return self.sheet._field.hasFocus()

    @property
    def reason(self) -> str:
        return self.sheet._bubble.text

    @property
    def total(self) -> str:
        return self.sheet._total.text()


@pytest.fixture
def open_session(tasks: Tasks, store: FakeScriptStore, ids: IdSource) -> Callable[..., MarkingSession]:
    def opened(**view) -> MarkingSession:
        return MarkingSession(OpenedScript(script_view(**view)), store, tasks, ids)

    return opened


@pytest.fixture
def bench(qtbot: QtBot, open_session: Callable[..., MarkingSession], tasks: Tasks) -> Bench:
    return Bench(qtbot, open_session, tasks)


# -- by keyboard -----------------------------------------------------------------------------------------------


def test_a_whole_script_is_marked_with_digits_and_enter_or_tab(bench):
    bench.type("1.5")
    bench.press(Qt.Key.Key_Tab)
    bench.type("2")
    bench.press(Qt.Key.Key_Return)
    bench.press(Qt.Key.Key_Enter)  # the other side stays without a mark
    bench.type("½")
    bench.press(Qt.Key.Key_Return)
    assert [bench.marks(key) for key in (Q2, Q3A, Q3B, Q4)] == [D("1.5"), D(2), None, D("0.5")]
    assert bench.chosen == [Q3A, Q3B, Q4]
    assert bench.in_field
    assert bench.total == "4/10"
    assert bench.sheet._progress.text() == "3 of 3 marked"


def test_shift_tab_accepts_and_goes_back(bench):
    bench.press(Qt.Key.Key_Tab)
    bench.type("3")
    bench.press(Qt.Key.Key_Backtab, SHIFT)
    assert bench.session.current == Q2
    assert bench.marks(Q3A) == 3


def test_arrows_accept_and_go_up_and_down(bench):
    bench.type("1")
    bench.press(Qt.Key.Key_Down)
    assert (bench.session.current, bench.marks(Q2)) == (Q3A, 1)
    bench.press(Qt.Key.Key_Up)
    assert (bench.session.current, bench.field) == (Q2, "1")


def test_at_the_ends_of_the_list_nothing_moves(bench):
    bench.press(Qt.Key.Key_Backtab, SHIFT)
    assert bench.session.current == Q2
    bench.session.set_current(Q4)
    bench.press(Qt.Key.Key_Tab)
    assert bench.session.current == Q4
    assert bench.in_field
    assert bench.chosen == []


def test_what_one_types_replaces_the_mark_that_stood_there(bench):
    bench.session.give(Q3A, D("2.5"))
    bench.press(Qt.Key.Key_Tab)
    assert bench.field == "2½"
    bench.type("1")
    bench.press(Qt.Key.Key_Return)
    assert bench.marks(Q3A) == 1


def test_passing_over_a_mark_changes_nothing(bench):
    bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    for _ in range(3):
        bench.press(Qt.Key.Key_Tab)
    assert bench.session.script.given == {}
    assert bench.marks(Q2) == 1


def test_an_emptied_field_goes_back_to_the_stamps(bench):
    bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    bench.session.give(Q2, D(2))
    bench.press(Qt.Key.Key_Backspace)
    assert bench.field == ""
    bench.press(Qt.Key.Key_Return)
    assert bench.marks(Q2) == 1


def test_escape_restores_and_leaves(bench):
    bench.session.give(Q2, D(2))
    bench.type("1")
    bench.press(Qt.Key.Key_Escape)
    assert bench.left == [True]
    assert bench.field == "2"
    assert bench.marks(Q2) == 2


def test_leaving_the_field_for_the_page_takes_what_was_typed(bench):
    bench.type("1")
    bench.page.setFocus()
    assert bench.marks(Q2) == 1


@pytest.mark.parametrize("key", ["F", "N", "+", "=", "Ctrl+Return"])
def test_other_keys_are_the_screens_actions_and_act_on_what_was_typed(bench, key):
    bench.action("act", key)
    bench.type("1.5")
    combination = QKeySequence(key)[0]
    bench.press(combination.key(), combination.keyboardModifiers())
    assert bench.done == ["act"]
    assert bench.marks(Q2) == D("1.5")


def test_keys_of_the_field_are_never_the_screens_actions(bench):
    for key in ("1", "0", "Del", "Backspace", "Tab", "Esc"):
        bench.action(key, key)
    bench.type("10")
    for key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Tab, Qt.Key.Key_Escape):
        bench.press(key)
    assert bench.done == []
    assert bench.marks(Q2) == 1


def test_undo_is_the_fields_while_one_types_and_the_scripts_otherwise(bench):
    bench.action("undo", "Ctrl+Z")
    bench.type("1")
    bench.press(Qt.Key.Key_Z, CTRL)
    assert bench.done == []
    assert bench.field == ""
    bench.press(Qt.Key.Key_Escape)
    bench.press(Qt.Key.Key_Z, CTRL)
    assert bench.done == ["undo"]


# -- what is no mark -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("7", "7 is not between 0 and 2. This question carries 2 marks."),
        ("0.3", "not a multiple of ½"),
        ("..", "not a mark"),
    ],
)
def test_what_is_no_mark_stays_with_its_reason(bench, typed, reason):
    bench.type(typed)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Tab):
        bench.press(key)
        assert bench.session.current == Q2
        assert bench.field == typed
        assert reason in bench.reason
        assert reason in bench.sheet._field.accessibleDescription()
    assert not bench.sheet.commit()
    assert bench.marks(Q2) is None


def test_the_reason_goes_as_soon_as_one_types_on(bench):
    bench.type("7")
    bench.press(Qt.Key.Key_Return)
    bench.press(Qt.Key.Key_Backspace)
    assert bench.reason == ""
    bench.type("2")
    bench.press(Qt.Key.Key_Return)
    assert bench.session.current == Q3A
    assert bench.row(Q2).refused == ""
    assert bench.sheet.commit()


def test_what_is_no_mark_holds_back_actions_and_other_rows(bench):
    bench.action("act", "F")
    bench.type("7")
    bench.press(Qt.Key.Key_F)
    assert bench.done == []
    bench.click(Q4)
    assert bench.session.current == Q2
    assert bench.chosen == []
    assert bench.sheet._list.currentIndex() == bench.sheet._model.index_of(Q2)


def test_what_is_no_mark_is_kept_when_the_screen_goes_on_and_is_met_again(bench):
    bench.type("7")
    bench.page.setFocus()
    bench.session.set_current(Q4)
    assert bench.reason == ""
    assert bench.row(Q2).refused == "7"
    assert "“7” was typed" in bench.row(Q2).sentence
    assert not bench.sheet.commit()
    assert bench.session.current == Q2
    assert bench.field == "7"
    bench.sheet.focus_mark()
    bench.press(Qt.Key.Key_Escape)
    assert bench.field == ""
    assert bench.row(Q2).refused == ""
    assert bench.sheet.commit()


# -- what the rows say -----------------------------------------------------------------------------------------


def test_rows_stand_in_paper_order_with_their_sections(bench):
    rows = bench.sheet._model.rows
    assert [row.key for row in rows] == [Q2, Q3A, Q3B, Q4]
    assert [row.section for row in rows] == ["B", "C", "", "D"]
    assert [(row.kind, row.possible) for row in rows] == [("VSA", "2"), ("SA", "3"), ("SA", "3"), ("LA", "5")]


def test_the_lower_side_of_an_either_or_question_is_struck_out_with_a_word(bench):
    assert not any(row.struck for row in bench.sheet._model.rows)
    bench.session.give(Q3A, D(1))
    assert (bench.row(Q3A).struck, bench.row(Q3B).struck) == (False, True)
    bench.session.give(Q3B, D("2.5"))
    assert (bench.row(Q3A).struck, bench.row(Q3B).struck) == (True, False)
    assert bench.row(Q3A).sentence == "Question 3 (a), SA, 1 of 3, not counted"
    assert bench.total == "2½/10"


def test_not_attempted_is_a_word_and_no_zero(bench):
    bench.session.toggle_not_attempted(Q2)
    assert bench.row(Q2).shown_mark == "n/a"
    assert bench.field == ""
    assert bench.sheet._field.placeholderText() == "n/a"
    bench.press(Qt.Key.Key_Return)
    assert bench.session.script.mark(2).mark.not_attempted
    assert "not attempted" in bench.row(Q2).sentence


def test_the_stamps_sum_and_its_disagreement_are_shown(bench):
    bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    bench.session.place_stamp("half", PAGE, 0.5, 0.6)
    row = bench.row(Q2)
    assert (row.mark, row.stamps, row.disagrees) == ("1½", "1½", False)
    assert bench.field == "1½"
    bench.type("2")
    bench.press(Qt.Key.Key_Return)
    row = bench.row(Q2)
    assert (row.mark, row.stamps, row.disagrees) == ("2", "1½", True)
    assert "but the stamps add up to 1½" in row.sentence


def test_a_change_from_elsewhere_does_not_take_what_is_being_typed(bench):
    bench.type("1")
    bench.session.place_stamp("half", PAGE, 0.5, 0.5)
    assert bench.field == "1"
    assert bench.row(Q2).mark == "½"


def test_a_change_touches_only_the_rows_of_its_questions(bench):
    changed = []
    bench.sheet._model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    bench.session.give(Q4, D(1))
    assert changed == [(3, 3)]
    assert bench.session.current == Q2
    assert bench.sheet._list.currentIndex().row() == 0


def test_undo_brings_the_old_mark_into_its_row(bench):
    bench.type("2")
    bench.press(Qt.Key.Key_Return)
    bench.session.undo()
    assert bench.row(Q2).mark == ""
    assert (bench.session.current, bench.field) == (Q2, "")


# -- choosing --------------------------------------------------------------------------------------------------


def test_a_click_goes_to_a_row_and_a_click_on_a_mark_into_its_field(bench):
    bench.page.setFocus()
    bench.click(Q3B)
    assert bench.chosen == [Q3B]
    assert not bench.in_field
    bench.click(Q4, mark=True)
    assert bench.chosen == [Q3B, Q4]
    assert bench.in_field


def test_arrows_in_the_list_choose_and_enter_goes_into_the_mark(bench):
    bench.sheet._list.setFocus()
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_Up)
    assert bench.chosen == [Q3A, Q3B, Q3A]
    bench.press(Qt.Key.Key_Return)
    assert bench.in_field


def test_the_screen_choosing_a_question_is_followed_without_an_echo(bench):
    bench.session.set_current(Q4)
    assert bench.chosen == []
    assert bench.sheet._panel.shown[0].question_number == 4
    assert bench.sheet._list.currentIndex() == bench.sheet._model.index_of(Q4)


def test_the_field_stands_on_the_mark_of_the_current_row(bench):
    for key in (Q2, Q4):
        bench.session.set_current(key)
        assert bench.sheet._field.geometry() == bench.sheet._list.mark_place(bench.sheet._model.index_of(key))


def test_letters_in_the_list_are_the_screens_actions(bench):
    bench.action("next", "U")
    bench.sheet._list.setFocus()
    bench.press(Qt.Key.Key_U)
    assert bench.done == ["next"]


# -- comments --------------------------------------------------------------------------------------------------


def test_a_comment_is_taken_by_enter_and_shown_by_an_icon(bench):
    bench.sheet.focus_comment()
    bench.type("Show the last step")
    assert bench.row(Q2).comment == ""
    bench.press(Qt.Key.Key_Return)
    assert bench.row(Q2).comment == "Show the last step"
    assert bench.in_field


def test_a_comment_belongs_to_the_question_it_was_begun_for(bench):
    bench.sheet.focus_comment()
    bench.type("Well done")
    bench.session.set_current(Q4)
    assert bench.row(Q2).comment == "Well done"
    assert bench.row(Q4).comment == ""
    assert bench.sheet._comment.toPlainText() == ""


@pytest.mark.parametrize("how", ["commit", "escape", "tab", "focus"])
def test_no_way_out_of_the_comment_loses_it(bench, how):
    bench.action("next", "Tab")
    bench.sheet.focus_comment()
    bench.type("ok")
    match how:
        case "commit":
            assert bench.sheet.commit()
        case "escape":
            bench.press(Qt.Key.Key_Escape)
            assert bench.left == [True]
        case "tab":
            bench.press(Qt.Key.Key_Tab)
            assert bench.session.current == Q3A
        case "focus":
            bench.page.setFocus()
    assert bench.session.script.given_mark(Q2).comment == "ok"
    assert bench.done == []


def test_a_comment_may_have_lines(bench):
    bench.sheet.focus_comment()
    bench.type("one")
    bench.press(Qt.Key.Key_Return, SHIFT)
    bench.type("two")
    bench.sheet.commit()
    assert bench.session.script.given_mark(Q2).comment == "one\ntwo"


# -- scripts and read-only -------------------------------------------------------------------------------------


def test_another_script_takes_what_was_typed_for_the_one_before(bench):
    first = bench.session
    bench.type("2")
    bench.open(number=2)
    assert first.script.mark(2).mark.marks == 2
    assert bench.marks(Q2) is None
    assert bench.field == ""
    first.give(Q4, D(5))
    assert bench.total == "0/10"


def test_without_a_script_the_sheet_is_empty(bench):
    bench.sheet.set_session(None)
    assert bench.sheet._model.rows == []
    assert bench.total == ""
    assert bench.sheet._panel.shown is None
    assert bench.sheet.commit()


def test_a_read_only_script_shows_its_marks_and_takes_none(bench):
    bench.open(read_only=True, read_only_reason="It was submitted.", declared=[2])
    bench.sheet.focus_mark()
    assert not bench.sheet._field.isVisible()
    assert bench.sheet._comment.isReadOnly()
    assert bench.row(Q2).shown_mark == "n/a"
    assert bench.sheet._list.toolTip() == "It was submitted."
    assert bench.sheet._list.hasFocus()
    bench.press(Qt.Key.Key_Down)
    assert bench.chosen == [Q3A]


def test_a_script_that_freezes_and_thaws_is_followed(bench):
    bench.session.give(Q2, D(2))
    bench.session.freeze("It is being submitted.")
    assert not bench.sheet._field.isVisible()
    bench.session.thaw()
    assert bench.sheet._field.isVisible()
    assert bench.field == "2"


def test_every_control_has_a_name(bench, qtbot):
    qtbot.waitUntil(lambda: bench.sheet._panel.complete)  # the question is laid out in a later turn
    assert nameless_controls(bench.sheet) == []
    assert bench.sheet._field.accessibleName() == "Mark for question 2, of 2"
    bench.session.set_current(Q3B)
    assert bench.sheet._field.accessibleName() == "Mark for question 3 (b), of 3"


# -- the question ----------------------------------------------------------------------------------------------


def long_paper() -> ExamSnapshot:
    snapshot = paper()
    steps = (
        SchemeStep(text="Finds $x=2$", marks=D("1.5"), part="i"),
        SchemeStep(text="शेषफल लिखता है", marks=D("3.5"), part="ii"),
    )
    scheme = Scheme(answer="$x=2$", solution=("$2x=4$", "$x=2$"), steps=steps)
    changed = {"scheme": scheme, "question_text": "हल कीजिए: " + "बहुत लंबा प्रश्न " * 60 + "$x$"}
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


def test_the_model_answer_unfolds_and_stays_so(bench):
    bench.open(snapshot=long_paper())
    bench.session.set_current(Q4)
    bench.sheet._panel._fold.click()
    assert bench.sheet._panel.text.endswith("$2x=4$\n$x=2$")
    bench.session.set_current(Q2)
    bench.session.set_current(Q4)
    assert bench.sheet._panel.text.endswith("$2x=4$\n$x=2$")


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
