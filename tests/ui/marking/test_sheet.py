"""The mark sheet: marked by keyboard, and it says what the session says."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QFontMetrics, QImage, QKeySequence, QPainter

from mv_desktop.ui.marking.sheet.sheet_cell import _paint_notes, _Writer, cells, row_height
from mv_desktop.ui.marking.sheet.sheet_row import SheetRow
from mv_desktop.ui.text import set_language, tr
from mv_desktop.ui.theme import apply_theme, contrast, current_theme, spacing
from tests.factories.paper import board_paper
from tests.ui.accessibility import nameless_controls
from tests.ui.marking.sheet_bench import CTRL, PAGE, Q2, Q3A, Q3B, Q4, SHIFT

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


def test_a_screen_reader_hears_of_marks_that_are_given_while_the_pages_have_the_keyboard(bench):
    bench.page.setFocus()
    heard = []
    bench.sheet.announcer.announced.connect(heard.append)
    bench.session.give(Q2, D("1.5"))
    assert heard == []  # nobody listens
    QAccessible.setActive(True)
    try:
        bench.session.give(Q2, D(1))
        bench.session.set_current(Q4)
    finally:
        QAccessible.setActive(False)
    assert heard[0].startswith("Question 2, ")
    assert ", 1 of 2" in heard[0]
    assert heard[1].startswith("Question 4, ")
    assert "no mark yet" in heard[1]


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
        ("1/2", "“1/2” is not a mark. Half a mark is .5."),
        ("1 1/2", "“1 1/2” is not a mark."),
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


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_mark_that_is_given_by_a_key_is_the_correction_of_what_was_none(bench, elsewhere):
    bench.type("99")
    bench.page.setFocus()
    bench.session.comment(Q2, "Good.")
    bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    if elsewhere:
        bench.session.set_current(Q4)
    assert bench.row(Q2).refused == "99", "neither words nor stamps are a mark that was given"
    bench.session.full(Q2)
    assert bench.row(Q2).refused == ""
    assert bench.reason == ""
    assert bench.field == ("" if elsewhere else "2")
    assert bench.sheet.commit()
    assert bench.marks(Q2) == D(2)
    bench.session.set_current(Q2)
    assert bench.field == "2"


def test_a_mark_given_elsewhere_leaves_what_is_being_typed_alone(bench):
    bench.type("99")
    bench.page.setFocus()
    bench.session.set_current(Q4)
    bench.sheet.focus_mark()
    bench.type("1")
    bench.session.full(Q2)
    assert (bench.row(Q2).refused, bench.field) == ("", "1")
    assert bench.sheet.commit()
    assert bench.marks(Q4) == D(1)


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


def test_only_the_letter_of_a_side_is_struck_out_and_not_its_question(bench):
    bench.session.set_current(Q4)
    rows = bench.sheet._list

    def seen(key, part):
        place = cells(rows.visualRect(bench.sheet._model.index_of(key)), rows.fontMetrics())
        return rows.viewport().grab(getattr(place, part)).toImage()

    parts = [(Q3A, "number"), (Q3B, "joint"), (Q3A, "side"), (Q3B, "side")]
    bench.session.give(Q3A, D(1))
    first_counts = [seen(*part) for part in parts]
    bench.session.give(Q3B, D(2))
    second_counts = [seen(*part) for part in parts]
    assert [a == b for a, b in zip(first_counts, second_counts, strict=True)] == [True, True, False, False]


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


def test_a_click_on_the_current_row_leads_to_its_page_again_and_its_menu_does_not(bench):
    bench.page.setFocus()
    bench.click(Q2)
    assert bench.chosen == [Q2]
    rows = bench.sheet._list
    place = rows.visualRect(bench.sheet._model.index_of(Q2)).topLeft() + QPoint(20, 8)
    bench.qtbot.mouseClick(rows.viewport(), Qt.MouseButton.RightButton, pos=place)
    assert bench.chosen == [Q2]


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


@pytest.mark.parametrize("scale", ["normal", "largest"])
def test_how_far_one_is_is_said_whole_at_every_text_size(qapp, bench, scale):
    apply_theme(qapp, "light", scale)
    set_language("hi")
    try:
        bench.open(snapshot=board_paper())
        bench.session.give(bench.session.keys[0], D("1.5"))
        bench.sheet.resize(bench.sheet.minimumWidth(), 600)
        progress = bench.sheet._progress
        bench.qtbot.waitUntil(lambda: progress.width() >= progress.fontMetrics().horizontalAdvance(progress.text()))
        assert progress.text().startswith("17 में से 1 जाँचे")
        assert "अधिकतम" in progress.toolTip()
    finally:
        set_language("en")
        apply_theme(qapp, "light")


@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_side_that_does_not_count_says_so_whole_in_the_largest_text(qapp, language):
    apply_theme(qapp, "light", "largest")
    set_language(language)
    try:
        metrics = QFontMetrics(qapp.font())
        row = QRect(0, 0, spacing(84), row_height(metrics))  # as wide as the list is on a screen of 1366 pixels
        assert cells(row, metrics).note.width() >= metrics.horizontalAdvance(tr("not counted"))
    finally:
        set_language("en")
        apply_theme(qapp, "light")


def test_a_word_that_does_not_fit_beside_the_sum_of_the_stamps_is_an_icon_and_not_cut(qapp):
    image = QImage(300, 40, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    writer = _Writer(painter, qapp.font(), current_theme(), selected=False)
    text = tr("not counted")
    whole = QRect(0, 0, painter.fontMetrics().horizontalAdvance(text), 40)
    narrow = whole.adjusted(0, 0, -1, 0)

    def painted(place):
        image.fill(Qt.GlobalColor.white)
        _paint_notes(writer, place, struck)
        return sum(image.pixelColor(x, y) != QColor("white") for x in range(300) for y in range(40))

    struck = SheetRow(Q3A, "", True, "SA", "", "3", "", False, False, True, "")
    assert writer.word(narrow, text, "muted") == narrow
    assert writer.word(whole, text, "muted") != whole
    word, icon = painted(whole), painted(narrow)
    painter.end()
    assert word > icon > 0


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_that_one_types_in_the_mark_is_seen_on_its_row_in_every_palette(qapp, bench, theme):
    apply_theme(qapp, theme)
    try:
        bench.sheet.focus_mark()
        bench.qtbot.waitUntil(bench.sheet._field.hasFocus)
        field = bench.sheet._field.grab().toImage()
        ring = field.pixelColor(0, field.height() // 2).name()
        assert contrast(ring, current_theme().colors.selection) >= 3
    finally:
        apply_theme(qapp, "light")
