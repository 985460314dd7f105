"""The board by mouse and keyboard: what it shows, what it keeps while it changes, and work moved on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.identifier import UserId
from mv_desktop.ui.coordination import move_panel
from mv_desktop.ui.coordination.board_lists import Shown
from mv_desktop.ui.coordination.drag import SCRIPTS
from mv_desktop.ui.coordination.screen import HIDDEN_SECONDS, BoardScreen
from mv_desktop.ui.coordination.script_model import Column, due_of
from mv_desktop.ui.coordination.teacher_model import Column as TeacherColumn
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import whole_moment
from mv_desktop.ui.widgets.toast import ToastTray
from tests.fakes.board_place import CALENDAR, FakeBoardPlace, exam_id, script_id, teacher_id

ASHA, BINA, CHARU = (teacher_id(number) for number in (1, 2, 3))


class Desk:
    """A board in a window, with messages over it."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, place: FakeBoardPlace) -> None:
        self.qtbot, self.place = qtbot, place
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.host.resize(1286, 700)
        self.tray = ToastTray(self.host, tasks)
        self.screen = BoardScreen(place, tasks, self.tray)
        self.screen.setParent(self.host)
        self.screen.resize(self.host.size())
        self.host.show()
        self.screen.show()
        self.until(lambda: self.screen.look is not None)

    @property
    def lists(self):
        return self.screen.lists

    def until(self, reached: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(reached, timeout=5000)

    def refresh(self) -> None:
        """What has changed on the server is on the screen."""
        before = self.place.looks
        self.screen.refresh()
        self.until(lambda: self.place.looks > before and not self.screen._asking.running)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier, widget=None) -> None:
        if not self.host.isActiveWindow():
            self.host.activateWindow()  # what a desktop does when a list of names closes; here there is none
        QTest.keyClick(widget or QApplication.focusWidget() or self.screen, key, modifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget(), text)

    def codes(self) -> list[str]:
        model = self.lists.scripts.model()
        return [model.index(row, Column.SCRIPT).data() for row in range(model.rowCount())]

    def names(self) -> list[str]:
        model = self.lists.teachers.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def cell(self, teacher: UserId, column: TeacherColumn) -> str:
        model = self.lists.teachers.model()
        return model.index(model.row_of(teacher), column).data()

    def said(self) -> list[str]:
        return [toast.text for toast in self.tray.toasts]


@pytest.fixture
def place() -> FakeBoardPlace:
    """Asha has more than she can do by tonight, Bina has time, Charu little to do."""
    made = FakeBoardPlace(4, 0)
    for number in range(1, 21):
        made.add(number, ASHA, timedelta(hours=7), started=number == 1)
    made.add(30, BINA, timedelta(hours=-1))
    made.add(31, BINA, timedelta(hours=30))
    made.add(32, CHARU, timedelta(hours=31))
    made.add(33, None, timedelta(hours=6))
    return made


@pytest.fixture
def desk(qtbot: QtBot, tasks: Tasks, place: FakeBoardPlace) -> Iterator[Desk]:
    made = Desk(qtbot, tasks, place)
    yield made
    made.screen.hide()


def test_it_opens_on_what_breaks_first_with_each_teacher_against_the_clock(desk):
    assert desk.names() == ["Asha Rao", "Bina Das", "Charulata Venkataraghavan-Krishnamurthy", "Devika Iyer"]
    assert desk.lists.shown is Shown.RISK
    assert desk.lists.scripts.hasFocus()
    model = desk.lists.scripts.model()
    dues = [due_of(row) for row in model.rows]
    assert dues == sorted(dues)
    assert len(dues) == len(desk.screen.look.at_risk) > 0
    assert model.index(0, Column.WHY).data().startswith("No. ")
    tip = model.index(0, Column.DUE).data(Qt.ItemDataRole.ToolTipRole)
    assert f"Due {whole_moment(dues[0], CALENDAR.hours.zone)}" in tip.splitlines()
    assert desk.cell(ASHA, TeacherColumn.TODAY) == "20"
    assert int(desk.cell(ASHA, TeacherColumn.RISK)) == len(dues)
    assert desk.cell(BINA, TeacherColumn.OVERDUE) == "1"
    assert desk.cell(ASHA, TeacherColumn.WORK) == "8:30 of 7:00"
    assert desk.screen.state_text == "Live"


def test_each_list_has_a_key_and_what_is_looked_for_narrows_both(desk):
    for key, shown, count in (
        (Qt.Key.Key_2, Shown.OVERDUE, 1),
        (Qt.Key.Key_3, Shown.POOL, 1),
        (Qt.Key.Key_5, Shown.ALL, 24),
    ):
        desk.press(key)
        assert desk.lists.shown is shown
        assert desk.lists.scripts.model().rowCount() == count
    desk.press(Qt.Key.Key_Slash)
    assert desk.screen.filters.search.hasFocus()
    desk.type("bina")
    assert desk.names() == ["Bina Das"]
    assert desk.lists.scripts.model().rowCount() == 2
    desk.press(Qt.Key.Key_Escape)
    assert len(desk.names()) == 4
    code = desk.codes()[3]
    desk.press(Qt.Key.Key_Slash)
    desk.type(code.lower())
    assert desk.codes() == [code]
    assert desk.names() == ["Bina Das"] or desk.names() == ["Asha Rao"]
    desk.press(Qt.Key.Key_Escape)
    desk.press(Qt.Key.Key_D)
    assert {
        due_of(row).astimezone(desk.screen.look.board.school.calendar.hours.zone).day
        for row in desk.lists.scripts.model().rows
    } == {15}


def test_a_change_anywhere_shows_by_itself_and_selection_scroll_and_menu_stay(desk, place):
    for number in range(100, 180):
        place.add(number, CHARU, timedelta(hours=40, minutes=number))
    desk.press(Qt.Key.Key_5)
    desk.refresh()
    table = desk.lists.scripts
    table.choose([script_id(150), script_id(151)])
    table.verticalScrollBar().setValue(table.verticalScrollBar().value() + 7)
    top = table.model().keys_at([table.rowAt(0)])[0]
    offset = table.rowViewportPosition(table.rowAt(0))
    QApplication.sendEvent(desk.screen, _menu_event(desk.screen))
    (menu,) = [m for m in desk.screen.findChildren(QMenu) if m.isVisible()]
    place.add(99, BINA, timedelta(minutes=90))
    place.give(script_id(101), BINA)
    before = place.looks
    desk.until(
        lambda: place.looks > before and table.model().row_of(script_id(99)) >= 0
    )  # by itself, within two seconds
    assert table.chosen == (script_id(150), script_id(151))
    assert table.model().keys_at([table.rowAt(0)])[0] == top
    assert table.rowViewportPosition(table.rowAt(0)) == offset
    assert menu.isVisible()
    menu.close()
    assert desk.cell(BINA, TeacherColumn.TODAY) == "1"


def test_scripts_are_moved_by_keyboard_alone_after_it_was_said_what_that_does(desk, place):
    desk.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    chosen = desk.lists.chosen
    assert len(chosen) == 2
    place.fetched = {chosen[0]: place.now}
    desk.press(Qt.Key.Key_M)
    panel = desk.screen.move_panel
    assert panel.name.hasFocus()
    assert panel.heading == "Move 2 scripts"
    desk.type("devi")
    desk.press(Qt.Key.Key_Return)
    assert panel.name.target.teacher == teacher_id(4)
    assert panel.reason.hasFocus()
    lines = panel._effect.text.splitlines()
    assert lines[0].startswith("Asha Rao: 20 scripts") or lines[1].startswith("Asha Rao: 20 scripts")
    assert any(line.startswith("Devika Iyer: no scripts; then 2 scripts") for line in lines)
    desk.until(lambda: "lies on its teacher’s computer" in panel._begun.text)
    desk.press(Qt.Key.Key_Return)
    assert place.reasons == []  # a reason is missing
    desk.type("Asha has too much")
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: not panel.isVisible())
    assert place.reasons == ["Asha has too much"]
    assert [place.scripts[key].teacher_id for key in chosen] == [teacher_id(4)] * 2
    assert desk.said() == ["2 scripts moved."]
    desk.until(lambda: desk.cell(teacher_id(4), TeacherColumn.TODAY) == "2")
    assert desk.lists.body.hasFocus()


def test_what_a_large_move_does_is_worked_out_beside_the_window_and_said_before_it_can_be_done(
    desk, place, monkeypatch
):
    monkeypatch.setattr(move_panel, "_MOST_AT_ONCE", 0)
    desk.press(Qt.Key.Key_M)
    panel = desk.screen.move_panel
    panel.name.name(BINA)
    panel.reason.setText("room")
    assert panel._effect.text == "What it does is being worked out …"
    desk.press(Qt.Key.Key_Return, widget=panel.reason)
    assert place.reasons == []  # nobody has read yet what it does
    desk.until(lambda: "; then " in panel._effect.text)
    said = panel._effect.text
    place.give(script_id(9), BINA)
    desk.screen.refresh()
    desk.until(lambda: panel._effect.text != said)
    assert "; then " in panel._effect.text  # what was said stood until the next was known
    panel.name.name(teacher_id(4))
    panel.name.name(BINA)
    desk.until(lambda: panel.ready)
    desk.press(Qt.Key.Key_Return, widget=panel.reason)
    desk.until(lambda: place.reasons == ["room"])


def test_a_move_is_taken_back_from_its_message_and_by_key_afterwards(desk, place):
    first, second = script_id(5), script_id(6)
    for key in (first, second):
        desk.screen.lists.show_list(Shown.ALL)
        desk.lists.scripts.choose([key])
        desk.press(Qt.Key.Key_M)
        desk.screen.move_panel.name.name(BINA)
        desk.screen.move_panel.reason.setText("room")
        desk.press(Qt.Key.Key_Return, widget=desk.screen.move_panel.reason)
        desk.until(lambda k=key: place.scripts[k].teacher_id == BINA and not desk.screen._mover.busy)
    toast = desk.tray.toasts[-1]
    undo = next(button for button in toast.findChildren(QPushButton) if button.text() == "Undo")
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    desk.until(lambda: place.scripts[second].teacher_id == ASHA and not desk.screen._mover.busy)
    assert place.scripts[first].teacher_id == BINA
    desk.lists.scripts.setFocus()
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: place.scripts[first].teacher_id == ASHA and not desk.screen._mover.busy)
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "Nothing was moved here that could be taken back." in desk.said()


def test_who_was_faster_is_told_and_nothing_of_it_is_done(desk, place):
    desk.press(Qt.Key.Key_5)
    desk.lists.scripts.choose([script_id(2), script_id(3)])
    desk.press(Qt.Key.Key_M)
    panel = desk.screen.move_panel
    panel.name.name(CHARU)
    panel.reason.setText("evening out")
    place.give(script_id(3), BINA)
    desk.press(Qt.Key.Key_Return, widget=panel.reason)
    desk.until(lambda: any("moved this script a moment ago" in text for text in desk.said()))
    assert place.scripts[script_id(2)].teacher_id == ASHA
    assert panel.isVisible()
    assert panel.reason.text() == "evening out"
    desk.until(lambda: desk.screen.look.board.school.script[script_id(3)].teacher_id == BINA)
    desk.press(Qt.Key.Key_Return, widget=panel.reason)  # it is known now who has it
    desk.until(lambda: place.scripts[script_id(3)].teacher_id == CHARU)


def test_what_was_handed_back_stands_in_the_pool_with_its_reason_and_the_foot_says_all_of_it(desk, place):
    key = place.add(700, None, timedelta(hours=30))
    desk.refresh()
    desk.press(Qt.Key.Key_3)
    desk.lists.scripts.choose([key])
    model = desk.lists.scripts.model()
    why = model.index(model.row_of(key), Column.WHY).data()
    assert why == "Handed back: The pages are upside down · 30 min of work"
    foot = desk.screen._foot.about
    assert foot.text().startswith(f"{script_code(exam_id(700))} · Class XII · ")
    assert why in foot.text()
    desk.press(Qt.Key.Key_5)
    desk.until(lambda: why not in foot.text())
    assert foot.text().startswith(model.index(0, Column.SCRIPT).data())
    desk.screen.filters.search.setText("nobody has such a name")
    desk.until(lambda: foot.text() == "")


def test_scripts_are_dragged_onto_a_teacher_and_into_the_pool(desk, place):
    desk.press(Qt.Key.Key_5)
    desk.lists.scripts.choose([script_id(2), script_id(3)])
    teachers = desk.lists.teachers
    row = teachers.model().row_of(BINA)
    at = QPoint(30, teachers.rowViewportPosition(row) + 5)
    _drop(teachers.viewport(), at)
    panel = desk.screen.move_panel
    assert panel.isVisible()
    assert panel.name.target.teacher == BINA
    assert panel.reason.hasFocus()
    desk.press(Qt.Key.Key_Escape)
    assert not panel.isVisible()
    tabs = desk.lists.tabs
    _drop(tabs, tabs.tabRect(2).center())
    assert panel.isVisible()
    assert panel.name.target.teacher is None
    desk.type("nobody is free")
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: place.scripts[script_id(2)].teacher_id is None)


def test_a_teacher_called_in_sick_has_her_work_given_to_others_in_a_few_keys(desk, place):
    desk.lists.teachers.setFocus()
    desk.lists.teachers.choose([ASHA])
    desk.press(Qt.Key.Key_A)
    panel = desk.screen.away_panel
    assert panel.heading == "Asha Rao is away from today on"
    assert panel.day.isoformat() == "2026-07-16"
    desk.type("ill")
    desk.press(Qt.Key.Key_Return)
    plan = desk.screen.plan_panel
    desk.until(lambda: plan.isVisible() and bool(plan.moves))
    assert desk.screen.look.teacher[ASHA].away
    assert len(plan.moves) == 20  # nineteen of hers and what lay in nobody's hands; what she has begun stays
    assert next(row.why for row in plan._rest.rows) == "Its deadline has passed."
    plan._started.click()
    desk.until(lambda: len(plan.moves) == 21)
    desk.press(Qt.Key.Key_Return, widget=plan.reason)
    desk.until(lambda: not desk.screen.look.at_risk)
    assert [script for script in place.scripts.values() if script.teacher_id == ASHA] == []
    assert place.reasons == ["ill", "So that less is late"]
    desk.lists.teachers.choose([ASHA])
    desk.press(Qt.Key.Key_A, widget=desk.lists.teachers)
    assert panel.heading == "Asha Rao is back today"
    desk.type("well again")
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: not desk.screen.look.teacher[ASHA].away)


def test_of_a_proposal_some_moves_are_left_out_and_what_they_do_is_told_anew(desk, place):
    desk.press(Qt.Key.Key_P)
    plan = desk.screen.plan_panel
    desk.until(lambda: bool(plan.moves))
    count = len(plan.moves)
    assert plan.table.hasFocus()
    text = plan._effect.text
    first = next(iter(plan.moves))
    desk.press(Qt.Key.Key_Space)
    assert len(plan.moves) == count - 1
    assert first not in plan.moves
    assert plan._effect.text != text
    desk.press(Qt.Key.Key_Space)
    assert len(plan.moves) == count
    desk.press(Qt.Key.Key_Space)
    desk.press(Qt.Key.Key_Return, widget=plan.reason)
    desk.until(lambda: len(place.reasons) == 1)
    assert place.scripts[first].teacher_id in {ASHA, None}


def test_all_of_a_teachers_work_is_spread_over_who_has_room(desk, place):
    desk.lists.teachers.choose([BINA])
    desk.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert set(desk.lists.chosen) == {script_id(30), script_id(31)}
    desk.press(Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    plan = desk.screen.plan_panel
    desk.until(lambda: bool(plan.moves))
    assert script_id(31) in plan.moves
    assert plan.moves[script_id(31)] != BINA
    desk.press(Qt.Key.Key_Escape)
    assert not plan.isVisible()
    assert place.reasons == []


def test_what_nobody_ever_had_is_given_out_with_the_rest(desk, place):
    place.wait(60, timedelta(hours=5))
    desk.press(Qt.Key.Key_3)
    desk.refresh()
    desk.lists.scripts.selectAll()
    assert exam_id(60) in desk.lists.chosen
    desk.press(Qt.Key.Key_M)
    panel = desk.screen.move_panel
    panel.name.name(teacher_id(4))
    assert "1 script that nobody ever had" in panel._effect.text
    panel.reason.setText("she has room")
    desk.press(Qt.Key.Key_Return, widget=panel.reason)
    desk.until(lambda: place.scripts[script_id(33)].teacher_id == teacher_id(4))
    assert place.scripts[script_id(60)].teacher_id == teacher_id(4)
    assert place.waiting == ()


def test_without_a_server_it_stays_readable_says_so_and_comes_back(desk, place):
    desk.press(Qt.Key.Key_5)
    desk.lists.scripts.choose([script_id(4)])
    desk.press(Qt.Key.Key_M)
    panel = desk.screen.move_panel
    panel.name.name(BINA)
    panel.reason.setText("room")
    place.reachable = False
    desk.press(Qt.Key.Key_Return, widget=panel.reason)
    desk.until(lambda: desk.screen.state_text.startswith("Not connected: as of "))
    assert any("All of it was moved, or nothing" in text for text in desk.said())
    assert panel.isVisible()
    assert panel.reason.text() == "room"
    assert len(desk.codes()) == 24
    assert not desk.screen.actions_by_id["board.move"].isEnabled()
    place.reachable = True
    desk.screen.refresh()
    desk.until(lambda: desk.screen.state_text == "Live")
    assert desk.screen.actions_by_id["board.move"].isEnabled()
    assert desk.said()[-1] == "Nothing was moved."
    place.answers = False  # it does what it is asked to, and the network fails before anybody hears of it
    desk.press(Qt.Key.Key_Return, widget=panel.reason)
    desk.until(lambda: desk.said()[-1] == "The answer was lost, but it was done: 1 script moved.")
    assert place.scripts[script_id(4)].teacher_id == BINA
    assert not panel.isVisible()


def test_a_board_that_never_came_says_why_and_tries_again(qtbot, tasks):
    place = FakeBoardPlace(2, 3)
    place.reachable = False
    host = QWidget()
    qtbot.addWidget(host)
    screen = BoardScreen(place, tasks, ToastTray(host, tasks))
    screen.setParent(host)
    host.show()
    screen.show()
    qtbot.waitUntil(lambda: screen._empty.title == "The board cannot be shown")
    place.reachable = True
    qtbot.waitUntil(lambda: screen.look is not None, timeout=6000)
    assert screen.lists.isVisible()
    screen.hide()


def test_while_nobody_looks_the_server_is_asked_now_and_then(desk, place):
    desk.screen.hide()
    desk.until(lambda: not desk.screen._asking.running)
    before = place.looks
    QTest.qWait(1500)
    assert place.looks == before
    assert desk.screen._asking._timer._timer.interval() == 1000 * HIDDEN_SECONDS
    desk.screen.show()
    desk.until(lambda: place.looks > before)


def test_behind_another_place_the_lists_wait_until_somebody_looks(desk, place):
    desk.press(Qt.Key.Key_5)
    desk.screen.hide()
    place.add(99, BINA, timedelta(minutes=90))
    told = []
    desk.screen.looked.connect(told.append)
    desk.refresh()
    assert script_id(99) in told[-1].expected
    assert desk.lists.scripts.model().row_of(script_id(99)) == -1
    desk.screen.show()
    assert desk.lists.scripts.model().row_of(script_id(99)) >= 0


def test_teachers_are_put_in_the_order_of_what_matters(desk):
    header = desk.lists.teachers.horizontalHeader()
    x = header.sectionViewportPosition(TeacherColumn.RISK) + 5
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 5))
    assert desk.names()[0] == "Asha Rao"
    desk.lists.order_by(TeacherColumn.OVERDUE)
    assert desk.names()[0] == "Bina Das"


def _menu_event(screen):
    return QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(400, 300), screen.mapToGlobal(QPoint(400, 300)))


def _drop(widget, at: QPoint) -> None:
    """As Qt tells a widget of what is dragged over it and let go."""
    data = QMimeData()
    data.setData(SCRIPTS, b"1")
    action, left, none = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(at, action, data, left, none))
    move = QDragMoveEvent(at, action, data, left, none)
    QApplication.sendEvent(widget, move)
    assert move.isAccepted()
    drop = QDropEvent(QPointF(at), action, data, left, none)
    QApplication.sendEvent(widget, drop)
    assert drop.isAccepted()


def test_in_a_small_window_names_are_whole_and_what_can_be_spared_is_left_out(desk):
    teachers, scripts = desk.lists.teachers, desk.lists.scripts
    desk.screen.resize(1266, 676)  # what a screen of 1366 × 768 leaves
    QApplication.processEvents()
    room = teachers.columnWidth(TeacherColumn.NAME) - spacing(9)
    assert room >= teachers.fontMetrics().horizontalAdvance("Subhash Chattopadhyay")
    room = scripts.columnWidth(Column.TEACHER) - spacing(4)
    assert room >= scripts.fontMetrics().horizontalAdvance("Gurpreet Kaur")
    assert scripts.isColumnHidden(Column.WHY)
    assert "Pace: " in teachers.model().index(0, TeacherColumn.NAME).data(Qt.ItemDataRole.ToolTipRole)
    desk.host.resize(1820, 1000)
    desk.screen.resize(1820, 1000)
    QApplication.processEvents()
    assert not scripts.isColumnHidden(Column.WHY)
    assert not teachers.isColumnHidden(TeacherColumn.PACE)


def test_the_list_of_proposed_moves_takes_no_room_from_the_lists_while_it_is_not_there(desk):
    screen = desk.screen
    assert screen.minimumSizeHint().height() < screen.plan_panel.minimumSizeHint().height()
    desk.press(Qt.Key.Key_M)
    assert screen.move_panel.isVisible()
    assert not screen._stack.hasHeightForWidth()  # the window would scroll
