"""Writing on the page, by real mouse and key events."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import UserError
from mv_desktop.domain.annotation.shape import Placed, TextNote
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from mv_desktop.ui.canvas.note_editor import BORDER, NoteEditor, NotePreview
from mv_desktop.ui.canvas.tools.tool import StampInk
from tests.fakes.picture_source import new_id, stamp_on
from tests.ui.canvas.conftest import Desk

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def writing(desk: Desk, qtbot: QtBot) -> Desk:
    """The text tool in hand, in a window that has the keyboard; notes are for question 21."""
    desk.view.activateWindow()
    qtbot.waitActive(desk.view)
    desk.view.set_inkwell(lambda _stamp, _page: StampInk(21, "a", Decimal(1), color="#1d4e9e"))
    desk.view.set_tool("text")
    return desk


def come_forward(window: QWidget, qtbot: QtBot) -> None:
    """Another window has the keyboard from now on."""
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def editor(desk: Desk) -> NoteEditor:
    found = desk.view.notes.editor
    assert found is not None, "nothing is being written"
    return found


def type_words(desk: Desk, words: str) -> None:
    QTest.keyClicks(editor(desk), words)


def press(desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(editor(desk), key, modifiers)


def notes(desk: Desk) -> list[TextNote]:
    return [placed.annotation for placed in desk.ink if isinstance(placed.annotation, TextNote)]


def text_on(page: int, text: str, **rest: object) -> Placed:
    values = {"x": 0.3, "y": 0.2} | rest
    return Placed(PageRef(page), TextNote(id=new_id(), text=text, **values))  # type: ignore[arg-type]


def standing(desk: Desk, text: str = "Well done", **rest: object) -> AnnotationId:
    """A note that is there already."""
    placed = text_on(1, text, **rest)
    desk.apply(PutAnnotations((placed,)))
    desk.operations.clear()
    return placed.annotation.annotation_id


# -- a new note ----------------------------------------------------------------------------------------------


def test_click_and_type_and_enter_is_a_note_in_one_step(writing: Desk) -> None:
    at = writing.at(2, 0.3, 0.3)
    writing.click(at)
    assert editor(writing).hasFocus()
    type_words(writing, "Sign lost")
    assert writing.operations == []
    press(writing, Qt.Key.Key_Return)
    (operation,) = writing.operations
    assert isinstance(operation, PutAnnotations)
    (placed,) = operation.placed
    assert placed.page == PageRef(2)
    note = placed.annotation
    assert isinstance(note, TextNote)
    assert (note.text, note.question_number, note.alternative) == ("Sign lost", 21, "a")
    assert (note.color, note.marks) == ("#1d4e9e", None)
    assert note.x == pytest.approx(0.3, abs=0.003)
    assert 0.28 < note.y < 0.3, "the middle of its first line is where was clicked"
    assert writing.view.notes.editor is None
    assert writing.view.hasFocus()


def test_the_field_stands_where_the_note_will_stand_at_its_size(writing: Desk) -> None:
    writing.view.zoom_by(1.7)
    writing.click(writing.at(1, 0.3, 0.2))
    type_words(writing, "Exactly here")
    field = editor(writing)
    corner = field.pos() + QPoint(BORDER, BORDER)
    letters = field.font().pixelSize()
    press(writing, Qt.Key.Key_Return)
    sheet = writing.view.sheet
    assert sheet is not None
    item = sheet.mark(notes(writing)[0].annotation_id)
    assert item is not None
    shown = writing.view.mapFromScene(item.frame().topLeft())
    assert (corner - shown).manhattanLength() <= 2
    assert letters == pytest.approx(notes(writing)[0].size * 794 * writing.view.zoom, abs=1)


def test_a_drag_says_how_wide_it_is(writing: Desk) -> None:
    writing.drag(writing.at(1, 0.2, 0.2), writing.at(1, 0.7, 0.3))
    type_words(writing, "wide")
    press(writing, Qt.Key.Key_Return)
    (note,) = notes(writing)
    assert note.width == pytest.approx(0.5, abs=0.005)
    assert note.y == pytest.approx(0.2, abs=0.003)


def test_near_the_edge_a_note_is_no_wider_than_the_page(writing: Desk) -> None:
    writing.click(writing.at(1, 0.85, 0.2))
    type_words(writing, "narrow")
    press(writing, Qt.Key.Key_Return)
    assert notes(writing)[0].width == pytest.approx(0.15, abs=0.005)


@pytest.mark.parametrize("turns", range(4))
def test_a_note_begun_at_the_edge_stands_on_the_page_all_the_same(writing: Desk, turns: int) -> None:
    writing.view.rotate_page(PageRef(1), turns)
    sheet = writing.view.sheet
    assert sheet is not None
    page = sheet.page(PageRef(1))
    assert page is not None
    shown = sheet.page_rect(page)
    writing.click(writing.view.mapFromScene(shown.right() - 3, shown.top() + 120))
    type_words(writing, "Check the sign")
    press(writing, Qt.Key.Key_Return)
    item = sheet.mark(notes(writing)[0].annotation_id)
    assert item is not None
    assert item.frame().right() <= shown.right() + 1
    assert notes(writing)[0].width == pytest.approx(0.12, abs=0.005)


def test_the_keyboard_draws_the_frame_from_shift_enter_to_enter(writing: Desk) -> None:
    QTest.keyClick(writing.view, Qt.Key.Key_Left)
    QTest.keyClick(writing.view, Qt.Key.Key_Return, SHIFT)
    for _ in range(15):
        QTest.keyClick(writing.view, Qt.Key.Key_Right)
    QTest.keyClick(writing.view, Qt.Key.Key_Return)
    type_words(writing, "by keys")
    press(writing, Qt.Key.Key_Return)
    (note,) = notes(writing)
    assert (note.text, note.width) == ("by keys", pytest.approx(0.3, abs=0.01))


def test_the_keyboards_frame_goes_on_where_the_window_goes_along_with_it(writing: Desk) -> None:
    for _ in range(30):
        QTest.keyClick(writing.view, Qt.Key.Key_Down)  # to the lower edge of the window and on
    QTest.keyClick(writing.view, Qt.Key.Key_Return, SHIFT)
    for which in (*[Qt.Key.Key_Down] * 2, *[Qt.Key.Key_Right] * 4):
        QTest.keyClick(writing.view, which)
    QTest.keyClick(writing.view, Qt.Key.Key_Down)
    QTest.keyClick(writing.view, Qt.Key.Key_Return)
    type_words(writing, "below")
    press(writing, Qt.Key.Key_Return)
    (note,) = notes(writing)
    assert note.width == pytest.approx(0.08, abs=0.01)


def test_a_drag_over_the_edge_makes_a_note_up_to_the_edge(writing: Desk) -> None:
    writing.drag(writing.at(1, 0.8, 0.2), writing.at(1, 1.1, 0.3))
    type_words(writing, "up to the edge")
    press(writing, Qt.Key.Key_Return)
    (note,) = notes(writing)
    assert note.x + note.width == pytest.approx(1.0, abs=0.005)


def test_shift_enter_begins_a_line_and_the_field_grows(writing: Desk) -> None:
    writing.click(writing.at(1, 0.2, 0.2))
    type_words(writing, "one")
    before = editor(writing).height()
    press(writing, Qt.Key.Key_Return, SHIFT)
    type_words(writing, "two")
    assert editor(writing).height() > before * 1.6
    press(writing, Qt.Key.Key_Return, CTRL)
    assert [note.text for note in notes(writing)] == ["one\ntwo"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_nothing_that_was_typed_is_lost_by_another_key(writing: Desk, key: Qt.Key) -> None:
    writing.click(writing.at(1, 0.2, 0.2))
    type_words(writing, "kept")
    press(writing, key)
    assert [note.text for note in notes(writing)] == ["kept"]


def test_a_click_elsewhere_takes_it_and_does_nothing_else(writing: Desk) -> None:
    writing.click(writing.at(1, 0.2, 0.2))
    type_words(writing, "kept")
    writing.click(writing.at(1, 0.6, 0.4))
    assert [note.text for note in notes(writing)] == ["kept"]
    assert writing.view.notes.editor is None
    writing.click(writing.at(1, 0.6, 0.4))
    assert writing.view.notes.editor is not None


def test_another_tool_another_script_and_another_field_take_it(writing: Desk, qtbot: QtBot) -> None:
    writing.click(writing.at(1, 0.2, 0.2))
    type_words(writing, "one")
    writing.view.set_tool("select")
    writing.view.set_tool("text")
    writing.click(writing.at(1, 0.2, 0.3))
    type_words(writing, "two")
    writing.view.setFocus()
    writing.click(writing.at(1, 0.2, 0.4))
    type_words(writing, "three")
    writing.view.close_script()
    assert [note.text for note in notes(writing)] == ["one", "two", "three"]


def test_when_another_program_comes_forward_it_is_kept_and_written_on_afterwards(writing: Desk, qtbot: QtBot) -> None:
    writing.click(writing.at(1, 0.3, 0.3))
    type_words(writing, "Check")
    other = QWidget()
    qtbot.addWidget(other)
    come_forward(other, qtbot)
    assert [note.text for note in notes(writing)] == ["Check"], "it is on the disk"
    item = writing.view.sheet.mark(notes(writing)[0].annotation_id) if writing.view.sheet is not None else None
    assert item is not None
    assert not item.isVisible()
    come_forward(writing.view, qtbot)
    assert editor(writing).hasFocus()
    type_words(writing, " the sign")
    press(writing, Qt.Key.Key_Return)
    assert [note.text for note in notes(writing)] == ["Check the sign"]
    assert writing.view.hasFocus()


def test_a_field_without_words_waits_for_them_until_one_is_back(writing: Desk, qtbot: QtBot) -> None:
    writing.click(writing.at(1, 0.3, 0.3))
    other = QWidget()
    qtbot.addWidget(other)
    come_forward(other, qtbot)
    assert writing.operations == []
    come_forward(writing.view, qtbot)
    assert editor(writing).hasFocus()
    press(writing, Qt.Key.Key_Escape)
    assert writing.operations == []


def test_in_another_window_of_the_program_it_is_done_and_the_pages_have_the_keys_afterwards(
    writing: Desk, qtbot: QtBot
) -> None:
    writing.click(writing.at(1, 0.3, 0.3))
    type_words(writing, "Check")
    other = QWidget()
    qtbot.addWidget(other)
    field = QLineEdit(other)
    field.setFocus()
    come_forward(other, qtbot)
    assert field.hasFocus()
    assert [note.text for note in notes(writing)] == ["Check"]
    assert writing.view.notes.editor is None
    assert field.hasFocus()
    come_forward(writing.view, qtbot)
    assert writing.view.hasFocus()


def test_what_was_not_taken_when_another_program_came_forward_is_asked_for_again(writing: Desk, qtbot: QtBot) -> None:
    writing.view.put_requested.disconnect()
    asked: list[tuple[Placed, ...]] = []
    writing.view.put_requested.connect(asked.append)
    writing.click(writing.at(1, 0.3, 0.3))
    type_words(writing, "Check")
    other = QWidget()
    qtbot.addWidget(other)
    come_forward(other, qtbot)
    come_forward(writing.view, qtbot)
    assert editor(writing).hasFocus()
    press(writing, Qt.Key.Key_Return)
    assert len(asked) == 2


def test_a_note_without_words_is_no_note(writing: Desk) -> None:
    writing.click(writing.at(1, 0.2, 0.2))
    type_words(writing, "  ")
    press(writing, Qt.Key.Key_Escape)
    assert writing.operations == []


def test_letters_and_digits_are_written_and_give_no_command(writing: Desk) -> None:
    writing.click(writing.at(1, 0.2, 0.2))
    type_words(writing, "1 2 Vt?")
    press(writing, Qt.Key.Key_Left)
    press(writing, Qt.Key.Key_Delete)
    press(writing, Qt.Key.Key_Return)
    assert [note.text for note in notes(writing)] == ["1 2 Vt"]


def test_without_the_mouse_enter_writes_at_the_pen_point(writing: Desk) -> None:
    QTest.keyClick(writing.view, Qt.Key.Key_Right)
    QTest.keyClick(writing.view, Qt.Key.Key_Return)
    type_words(writing, "by hand")
    press(writing, Qt.Key.Key_Return)
    assert [note.text for note in notes(writing)] == ["by hand"]


def test_nothing_is_written_when_only_looking(writing: Desk) -> None:
    writing.view.set_read_only(True)
    writing.click(writing.at(1, 0.2, 0.2))
    writing.drag(writing.at(1, 0.2, 0.2), writing.at(1, 0.5, 0.3))
    assert writing.view.notes.editor is None


def test_escape_takes_back_a_drag(writing: Desk) -> None:
    writing.press(writing.at(1, 0.2, 0.2))
    writing.move(writing.at(1, 0.5, 0.3))
    assert writing.view.cancel()
    writing.release(writing.at(1, 0.5, 0.3))
    assert writing.view.notes.editor is None


# -- a note that is there ------------------------------------------------------------------------------------


def test_a_click_with_the_tool_writes_on_at_a_note(writing: Desk) -> None:
    note_id = standing(writing)
    writing.click(writing.at(1, 0.34, 0.21))
    assert editor(writing).toPlainText() == "Well done"
    sheet = writing.view.sheet
    assert sheet is not None
    item = sheet.mark(note_id)
    assert item is not None
    assert not item.isVisible(), "not twice on top of one another"
    type_words(writing, "!")
    press(writing, Qt.Key.Key_Return)
    (note,) = notes(writing)
    assert (note.annotation_id, note.text) == (note_id, "Well done!")
    shown = sheet.mark(note_id)
    assert shown is not None
    assert shown.isVisible()


def test_a_double_click_opens_a_note_from_the_select_tool(writing: Desk) -> None:
    note_id = standing(writing)
    writing.view.set_tool("select")
    at = writing.at(1, 0.34, 0.21)
    writing.click(at)
    writing.mouse(QEvent.Type.MouseButtonDblClick, at)
    writing.release(at)
    type_words(writing, "!")
    press(writing, Qt.Key.Key_Return)
    assert writing.view.tool_name == "select"
    assert writing.view.selected == (note_id,)
    assert notes(writing)[0].text == "Well done!"


def test_enter_opens_the_note_that_is_selected(writing: Desk) -> None:
    note_id = standing(writing)
    writing.view.select([note_id])
    QTest.keyClick(writing.view, Qt.Key.Key_Return)
    assert editor(writing).toPlainText() == "Well done"


def test_enter_on_something_else_selects_that(writing: Desk) -> None:
    note_id = standing(writing)
    writing.view.select([note_id])
    QTest.keyClick(writing.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    spot = writing.view.pointed_spot()
    assert spot is not None
    stamp = stamp_on(1, spot.x, spot.y)
    writing.apply(PutAnnotations((stamp,)))
    QTest.keyClick(writing.view, Qt.Key.Key_Return)
    assert writing.view.notes.editor is None
    assert writing.view.selected == (stamp.annotation.annotation_id,)


def test_a_note_that_is_emptied_is_deleted(writing: Desk) -> None:
    note_id = standing(writing)
    writing.click(writing.at(1, 0.34, 0.21))
    press(writing, Qt.Key.Key_A, CTRL)
    press(writing, Qt.Key.Key_Delete)
    press(writing, Qt.Key.Key_Escape)
    assert writing.operations == [DeleteAnnotations((note_id,))]


def test_a_note_that_was_only_looked_at_is_not_changed(writing: Desk) -> None:
    note_id = standing(writing)
    writing.click(writing.at(1, 0.34, 0.21))
    press(writing, Qt.Key.Key_Escape)
    assert writing.operations == []
    assert writing.shown(note_id)


def test_a_note_as_long_as_a_book_is_not_opened_and_that_is_told(writing: Desk) -> None:
    told: list[UserError] = []
    writing.view.refused.connect(told.append)
    note_id = standing(writing, "x" * 100_000)
    writing.view.select([note_id])
    QTest.keyClick(writing.view, Qt.Key.Key_Return)
    assert writing.view.notes.editor is None
    assert [error.message for error in told] == ["This note is too long to be changed here."]


# -- where it stands -----------------------------------------------------------------------------------------


def test_the_field_goes_along_when_the_pages_are_scrolled_zoomed_and_turned(writing: Desk) -> None:
    writing.click(writing.at(1, 0.3, 0.3))
    type_words(writing, "here")
    field = editor(writing)
    before, letters = field.pos(), field.font().pixelSize()
    bar = writing.view.verticalScrollBar()
    bar.setValue(bar.value() + 40)
    assert before - field.pos() == QPoint(0, 40)
    writing.view.zoom_by(2.0)
    assert field.font().pixelSize() == pytest.approx(2 * letters, abs=1)
    writing.view.rotate_page(PageRef(1))
    sheet = writing.view.sheet
    assert sheet is not None
    page = sheet.page(PageRef(1))
    assert page is not None
    note = writing.view.notes._note
    assert note is not None
    corner = writing.view.mapFromScene(page.mapToScene(note.x * 1000, note.y * page.height))
    assert (field.pos() + QPoint(BORDER, BORDER) - corner).manhattanLength() <= 2


def caret(desk: Desk) -> QPoint:
    """Where the caret is, in the window."""
    field = editor(desk)
    return field.viewport().mapTo(desk.view.viewport(), field.cursorRect().center())


def test_the_pages_go_along_with_what_is_written_over_the_edge_of_the_window(writing: Desk) -> None:
    window = writing.view.viewport().rect()
    writing.click(QPoint(300, window.bottom() - 20))
    for _ in range(8):
        type_words(writing, "line")
        press(writing, Qt.Key.Key_Return, SHIFT)
        assert window.contains(caret(writing))
    assert writing.view.verticalScrollBar().value() > 0
    press(writing, Qt.Key.Key_Escape)
    writing.view.zoom_by(5)
    writing.click(QPoint(window.right() - 30, 200))
    type_words(writing, "words that go on over the right edge")
    assert window.contains(caret(writing))
    press(writing, Qt.Key.Key_Home)
    assert window.contains(caret(writing))


def test_a_note_that_ends_outside_of_the_window_is_opened_at_its_end(writing: Desk) -> None:
    standing(writing, "\n".join(["line"] * 60), x=0.3, y=0.2)
    writing.click(writing.at(1, 0.31, 0.21))
    assert writing.view.viewport().rect().contains(caret(writing))


def test_a_pen_that_taps_twice_opens_a_note_from_the_select_tool(writing: Desk) -> None:
    standing(writing, "Well done", x=0.3, y=0.2)
    writing.view.set_tool("select")
    at = writing.at(1, 0.31, 0.21)
    for _ in range(2):
        writing.pen(QEvent.Type.TabletPress, at)
        writing.pen(QEvent.Type.TabletRelease, at)
    assert editor(writing).toPlainText() == "Well done"
    press(writing, Qt.Key.Key_Escape)
    writing.pen(QEvent.Type.TabletPress, at)
    writing.pen(QEvent.Type.TabletRelease, at)
    writing.clock += 2000
    writing.pen(QEvent.Type.TabletPress, at)
    assert writing.view.notes.editor is None, "not so slowly"


def test_two_quick_ticks_of_a_pen_are_two(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    at = desk.at(1, 0.3, 0.3)
    for _ in range(2):
        desk.pen(QEvent.Type.TabletPress, at)
        desk.pen(QEvent.Type.TabletRelease, at)
    assert len(desk.ink) == 2


def test_on_a_turned_page_what_is_written_stands_upright_where_it_was_written(writing: Desk) -> None:
    writing.view.rotate_page(PageRef(1))
    sheet = writing.view.sheet
    assert sheet is not None
    page = sheet.page(PageRef(1))
    assert page is not None
    at = writing.view.mapFromScene(page.mapToScene(500, 0.5 * page.height))
    writing.click(at)
    corner = editor(writing).pos() + QPoint(BORDER, BORDER)
    type_words(writing, "upright")
    press(writing, Qt.Key.Key_Return)
    item = sheet.mark(notes(writing)[0].annotation_id)
    assert item is not None
    frame = writing.view.mapFromScene(item.frame()).boundingRect()
    assert (frame.topLeft() - corner).manhattanLength() <= 3
    assert frame.width() > frame.height()


def test_while_the_page_is_small_what_is_written_can_still_be_read(writing: Desk) -> None:
    writing.view.zoom_by(0.3)
    writing.click(writing.at(1, 0.3, 0.3))
    assert editor(writing).font().pixelSize() >= 11


# -- maths ---------------------------------------------------------------------------------------------------


def test_maths_is_shown_beside_while_it_is_typed_and_typeset_when_it_is_done(writing: Desk, qtbot: QtBot) -> None:
    writing.click(writing.at(1, 0.3, 0.2))
    type_words(writing, r"so $\frac{1}{2}$")
    (preview,) = writing.view.viewport().findChildren(NotePreview)
    qtbot.waitUntil(preview.isVisible)
    assert preview.y() > editor(writing).geometry().bottom()
    assert preview.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    for _ in range(16):
        press(writing, Qt.Key.Key_Backspace)
    assert not preview.isVisible(), "there is no maths in it any more"
    type_words(writing, "$x$")
    qtbot.waitUntil(preview.isVisible)
    press(writing, Qt.Key.Key_Return)
    sheet = writing.view.sheet
    assert sheet is not None
    qtbot.waitUntil(lambda: not writing.view.viewport().findChildren(NotePreview))
    item = sheet.mark(notes(writing)[0].annotation_id)
    assert item is not None
    source = text_on(1, notes(writing)[0].text.replace("$", r"\$"), width=notes(writing)[0].width)
    writing.apply(PutAnnotations((source,)))
    plain = sheet.mark(source.annotation.annotation_id)
    assert plain is not None
    assert item.path() != plain.path(), "it was known already"


def test_hindi_is_written_as_it_is_typed(writing: Desk) -> None:
    writing.click(writing.at(1, 0.3, 0.2))
    editor(writing).insertPlainText("बहुत अच्छा")
    press(writing, Qt.Key.Key_Return)
    assert [note.text for note in notes(writing)] == ["बहुत अच्छा"]


def test_more_than_a_note_holds_is_refused_and_what_was_written_stays(writing: Desk) -> None:
    told: list[UserError] = []
    writing.view.refused.connect(told.append)
    writing.click(writing.at(1, 0.3, 0.2))
    type_words(writing, "mine")
    for words in ("x" * 19_999, "x" * 50_000):
        data = QMimeData()
        data.setText(words)
        editor(writing).insertFromMimeData(data)
    assert len(told) == 2
    press(writing, Qt.Key.Key_Return)
    assert [note.text for note in notes(writing)] == ["mine"]


def test_a_note_written_at_the_pen_point_is_not_covered_by_it(writing):
    QTest.keyClick(writing.view, Qt.Key.Key_Right)
    began = writing.view.pointed_at()
    QTest.keyClick(writing.view, Qt.Key.Key_Return)
    type_words(writing, "Show your steps")
    press(writing, Qt.Key.Key_Return)
    (note,) = notes(writing)
    frame = writing.view.sheet.mark(note.annotation_id).frame()
    at = writing.view.pointed_at()
    assert frame.adjusted(-1, -1, 1, 1).contains(began)
    assert at.y() - frame.bottom() == pytest.approx(writing.view.reach(18), abs=1)
    assert at.x() == pytest.approx(began.x(), abs=0.1)
    QTest.keyClick(writing.view, Qt.Key.Key_Return)
    type_words(writing, "And the units")
    press(writing, Qt.Key.Key_Return)
    assert len(notes(writing)) == 2, "the next one stands below"
    assert notes(writing)[1].y > note.y
