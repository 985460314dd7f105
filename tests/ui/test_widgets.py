"""Messages, empty places, progress, the key sheet and the command palette."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QLabel, QPlainTextEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import InvalidError, OfflineError
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, commands_of
from mv_desktop.ui.gesture import GESTURES
from mv_desktop.ui.tasks import Progress, Tasks
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets import toast as toast_module
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.command_palette import CommandPalette, entry_of, matches
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.key_sheet import KeyCap, KeySheet
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.progress_panel import ProgressPanel
from mv_desktop.ui.widgets.share_bar import ShareBar
from mv_desktop.ui.widgets.toast import ToastTray
from tests.ui.accessibility import nameless_controls


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(1000, 700)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.activateWindow()
    return widget


OFFLINE = OfflineError("The server does not answer.", kept="Your work is saved.", remedy="Try again later.")


# -- messages -----------------------------------------------------------------------------------------------


def test_a_message_stands_a_while_and_goes_by_itself(
    qtbot: QtBot, host: QWidget, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toast_module, "SHOWN_SECONDS", 0.05)
    tray = ToastTray(host, tasks)
    tray.say("Submitted.")
    assert [toast.text for toast in tray.toasts] == ["Submitted."]
    assert tray.isVisible()
    qtbot.waitUntil(lambda: tray.toasts == ())
    assert not tray.isVisible()


def test_undo_takes_back_once_and_removes_the_message(host: QWidget, tasks: Tasks) -> None:
    tray, undone = ToastTray(host, tasks), []
    tray.say("Deleted.", undo=lambda: undone.append(True))
    button = next(b for b in tray.toasts[0].findChildren(QPushButton) if b.text() == "Undo")
    button.click()
    assert undone == [True]
    assert tray.toasts == ()


def test_an_error_says_what_happened_what_was_kept_and_what_to_do_and_is_copied(host: QWidget, tasks: Tasks) -> None:
    tray = ToastTray(host, tasks)
    tray.tell(OFFLINE)
    tray.tell(OFFLINE)
    assert [toast.text for toast in tray.toasts] == [str(OFFLINE)]
    next(b for b in tray.toasts[0].findChildren(QPushButton) if b.text() == "Copy details").click()
    assert QGuiApplication.clipboard().text() == f"[offline] {OFFLINE}"
    tray.toasts[0]._close.click()
    assert tray.toasts == ()


def test_a_refusal_at_which_nothing_was_at_stake_goes_by_itself(
    qtbot: QtBot, host: QWidget, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toast_module, "REFUSED_SECONDS", 0.05)
    tray, nothing = ToastTray(host, tasks), InvalidError("There is nothing to paste.")
    tray.tell(OFFLINE)
    tray.tell(InvalidError("It is too much.", kept="What you wrote stays."))
    tray.tell(nothing)
    tray.tell(nothing)
    assert [toast.text for toast in tray.toasts][2:] == [str(nothing)]
    qtbot.waitUntil(lambda: len(tray.toasts) == 2)
    assert [toast.error.code for toast in tray.toasts if toast.error] == ["offline", "invalid"], "the others are closed"


def test_passing_messages_make_room_and_errors_stay(host: QWidget, tasks: Tasks) -> None:
    tray = ToastTray(host, tasks)
    tray.tell(OFFLINE)
    for number in range(5):
        tray.say(f"message {number}")
    assert [toast.text for toast in tray.toasts] == [str(OFFLINE), "message 3", "message 4"]


@pytest.mark.parametrize(
    "panel",
    [QRect(300, 100, 400, 590), QRect(20, 560, 960, 130), QRect(0, 300, 600, 400), QRect(0, 0, 1000, 640)],
    ids=["in the middle", "all along the lower edge", "at the left", "nearly all"],
)
def test_messages_stand_beside_a_panel_in_which_somebody_is_at_work(qtbot, host, tasks, panel):
    tray, taken = ToastTray(host, tasks), QFrame(host)
    keep_clear(taken)
    taken.setGeometry(panel)
    tray.say("The comment is in the bank.")
    usual = tray.geometry()
    taken.show()
    qtbot.waitUntil(lambda: not tray.geometry().intersects(panel))  # nobody has touched a key
    assert host.rect().contains(tray.geometry())
    for label in tray.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())
    taken.hide()
    qtbot.waitUntil(lambda: tray.geometry() == usual)


def test_a_panel_counts_as_far_as_it_is_to_be_seen(qtbot, host, tasks):
    sight = QScrollArea(host)
    sight.setGeometry(0, 0, 1000, 400)
    taken = QWidget()
    keep_clear(taken)
    taken.setFixedSize(900, 4000)
    sight.setWidget(taken)
    sight.show()
    tray = ToastTray(host, tasks)
    tray.say("Saved.")
    assert tray.geometry().bottom() > 680
    assert tray.geometry().center().x() == pytest.approx(500, abs=2)


def test_a_message_does_not_cover_the_field_in_which_one_writes(qtbot, host, tasks):
    tray, field = ToastTray(host, tasks), QPlainTextEdit(host)
    field.setGeometry(400, 560, 300, 130)
    field.show()
    tray.say("Saved.")
    assert tray.geometry().intersects(field.geometry())
    field.setFocus()
    qtbot.waitUntil(lambda: not tray.geometry().intersects(field.geometry()))


def test_a_message_is_not_hidden_by_a_dialog(qtbot, host, tasks):
    tray, dialog = ToastTray(host, tasks), QDialog(host)
    tray.say("Saved.")
    dialog.setGeometry(QRect(host.mapToGlobal(tray.pos()), QSize(500, 300)))
    dialog.show()
    stands = QRect(host.mapFromGlobal(dialog.pos()), dialog.size())
    qtbot.waitUntil(lambda: not tray.geometry().intersects(stands))
    dialog.reject()


def test_where_there_is_room_for_few_the_newest_is_shown_and_says_how_many_stand_back(qtbot, host, tasks):
    taken = QFrame(host)
    keep_clear(taken)
    taken.setGeometry(0, 0, 1000, 650)
    taken.show()
    tray = ToastTray(host, tasks)
    for number in range(3):
        tray.say(f"message {number}")
    assert not tray.geometry().intersects(taken.geometry())
    assert [toast.isVisible() for toast in tray.toasts] == [False, False, True]
    assert "and 2 more" in [label.text() for label in tray.toasts[-1].findChildren(QLabel) if label.isVisible()]
    tray.close_newest()
    assert [toast.isVisible() for toast in tray.toasts] == [False, True]
    taken.hide()
    qtbot.waitUntil(lambda: all(toast.isVisible() for toast in tray.toasts))
    first, second = (toast.geometry() for toast in tray.toasts)
    assert second.top() > first.bottom(), "they stack"


def test_an_error_in_three_parts_stands_in_one_line_where_there_is_room_for_no_more(qtbot, host, tasks):
    taken = QFrame(host)
    keep_clear(taken)
    taken.setGeometry(0, 0, 1000, 656)
    taken.show()
    tray = ToastTray(host, tasks)
    tray.tell(OFFLINE)
    assert not tray.geometry().intersects(taken.geometry())
    (toast,) = tray.toasts
    assert toast.accessibleName() == "The server does not answer. Your work is saved. Try again later."
    tray.clear()
    tray.tell(OfflineError("A < b & “c”.", remedy="Do <i>this</i>."))
    (words,) = (label for label in tray.toasts[0].findChildren(QLabel) if "A " in label.text())
    assert "A &lt; b &amp; “c”." in words.text(), "what it says is no HTML"
    assert "Do &lt;i&gt;this&lt;/i&gt;." in words.text()


def test_a_message_with_a_button_stands_in_the_middle_of_the_status_bar_while_all_above_is_taken(qtbot, host, tasks):
    tray, taken = ToastTray(host, tasks), QFrame(host)
    keep_clear(taken)
    tray.say("VX-4K2 is submitted in 10 seconds.", undo=lambda: None)
    taken.setGeometry(0, 0, 1000, 700 - tray.height() - 3)
    taken.show()
    qtbot.wait(500)  # it looks whether it still stands well
    assert not tray.geometry().intersects(taken.geometry())
    assert tray.geometry().center().x() == pytest.approx(500, abs=2)
    assert tray.height() <= 38, "the status bar is 40 pixels high"


def test_a_message_leaves_the_keyboard_where_it_is_and_gives_it_back(qtbot, host, tasks):
    tray, field = ToastTray(host, tasks), QPlainTextEdit(host)
    field.show()
    field.setFocus()
    tray.say("Deleted.", undo=lambda: None)
    tray.say("Saved.")
    assert QApplication.focusWidget() is field
    qtbot.mouseClick(tray.toasts[1]._close, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is field
    (toast,) = tray.toasts
    toast.findChildren(QPushButton)[0].setFocus(Qt.FocusReason.TabFocusReason)  # as F6 does
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert tray.toasts == ()
    assert QApplication.focusWidget() is field


def test_messages_stay_inside_the_window_when_it_shrinks(qtbot: QtBot, host: QWidget, tasks: Tasks) -> None:
    tray = ToastTray(host, tasks)
    tray.tell(OfflineError("long " * 40, kept="kept " * 40))
    host.resize(500, 600)
    qtbot.waitUntil(lambda: tray.geometry().right() < 500)
    assert host.rect().contains(tray.geometry())
    for label in tray.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())
    assert nameless_controls(tray) == []


# -- small ones ---------------------------------------------------------------------------------------------


def test_an_empty_place_shows_a_button_only_when_there_is_something_to_do(qtbot: QtBot, qapp: QApplication) -> None:
    empty = EmptyState()
    qtbot.addWidget(empty)
    empty.tell("queue", "No scripts", "They appear here.", "Refresh")
    assert not empty._button.isHidden()
    with qtbot.waitSignal(empty.action_requested):
        empty._button.click()
    empty.tell("queue", "No scripts", "They appear here. " * 10)
    assert empty._button.isHidden()
    empty.resize(900, 500)
    empty.show()
    assert empty._sentence.height() >= empty._sentence.heightForWidth(empty._sentence.width())
    assert empty.accessibleName() == "No scripts"
    apply_theme(qapp, "dark")
    apply_theme(qapp, "light")


def test_the_primary_button_is_the_accent_and_shows_its_focus(qtbot: QtBot, host: QWidget) -> None:
    button, other = PrimaryButton("Go", host), QPushButton("Other", host)
    button.setGeometry(100, 100, 120, 40)
    button.show()
    other.show()
    other.setFocus()
    plain = button.grab().toImage()
    button.setFocus()
    assert button.grab().toImage() != plain
    button.setEnabled(False)
    assert button.grab().toImage() != plain


def test_a_bar_says_its_share(qtbot: QtBot) -> None:
    bar = ShareBar("Marked")
    qtbot.addWidget(bar)
    bar.set_share(0.5)
    assert bar.accessibleName() == "Marked: 50 %"


def test_progress_says_what_and_how_much_and_can_be_cancelled(qtbot: QtBot, tasks: Tasks) -> None:
    panel = ProgressPanel(tasks)
    qtbot.addWidget(panel)
    gate, stopped = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        progress.report(3, 12, "VX-4K2")
        gate.wait(5)
        if progress.cancelled:
            stopped.set()

    tasks.run("store", lambda: None, lambda _: None)
    assert panel.isHidden(), "work without a label is not shown"
    tasks.run_reporting("pages", work, lambda _: None, label="Fetching pages")
    assert not panel.isHidden()
    qtbot.waitUntil(lambda: panel.text == "Fetching pages · VX-4K2 · 3 of 12")
    panel._cancel.click()
    gate.set()
    qtbot.waitUntil(panel.isHidden)
    assert stopped.is_set()
    assert nameless_controls(panel) == []


# -- keys and commands --------------------------------------------------------------------------------------


def test_the_key_sheet_lists_every_command_with_a_key(qtbot: QtBot) -> None:
    keys = KeyMap({"queue.refresh": []})
    sheet = KeySheet(commands_of(Scope.QUEUE), keys)
    qtbot.addWidget(sheet)
    texts = {label.text() for label in sheet.findChildren(QLabel)}
    shown = {c.text for c in commands_of(Scope.QUEUE) if keys.keys(c.command_id)}
    assert shown <= texts
    assert "Refresh" not in texts
    caps = {cap.text() for cap in sheet.findChildren(KeyCap)}
    assert {"Ctrl+Enter", "Space", "Ctrl+K"} <= caps
    assert nameless_controls(sheet) == []


def test_the_key_sheet_tells_what_the_hand_does_on_the_pages(qtbot: QtBot) -> None:
    sheet = KeySheet(commands_of(Scope.MARKING), KeyMap())
    qtbot.addWidget(sheet)
    caps = {cap.text() for cap in sheet.findChildren(KeyCap)}
    texts = {label.text() for label in sheet.findChildren(QLabel)}
    for gesture in GESTURES[Scope.MARKING]:
        assert gesture.how in caps
        assert gesture.text in texts
    assert {"Space + drag", "Ctrl + wheel"} <= caps


def test_the_palette_filters_by_words_and_enter_does_it(qtbot: QtBot, host: QWidget) -> None:
    done: list[str] = []
    names = ("app.sign_out", "app.sync", "app.theme", "app.quit")
    actions = build_actions(host, Scope.EVERYWHERE, {name: (lambda n=name: done.append(n)) for name in names})
    actions["app.quit"].setEnabled(False)
    palette = CommandPalette(map(entry_of, actions.values()), host)
    palette.open()
    assert palette.listed == ["app.sign_out", "app.sync", "app.theme", "app.quit"]
    assert nameless_controls(palette) == []
    field = palette._field
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert done == ["app.sync"]
    assert not palette.isVisible()
    palette = CommandPalette(map(entry_of, actions.values()), host)
    palette.open()
    qtbot.keyClicks(palette._field, "light sw")
    assert palette.listed == ["app.theme"]
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert done == ["app.sync", "app.theme"]


def test_the_palette_says_of_a_command_that_it_cannot_be_given_now_and_why(qtbot: QtBot, host: QWidget) -> None:
    names = ("app.quit", "app.sync")
    actions = build_actions(host, Scope.EVERYWHERE, {name: lambda: pytest.fail("it was off") for name in names})
    actions["app.quit"].setEnabled(False)
    palette = CommandPalette(map(entry_of, actions.values()), host)
    palette.open()
    assert palette.listed == ["app.sync", "app.quit"]
    assert [item.text(1) for _, item in palette._shown] == ["", "not now"]
    qtbot.keyClicks(palette._field, "quit")
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert palette.isVisible()


@pytest.mark.parametrize("spoken", ["en", "hi"])
@pytest.mark.parametrize("typed", ["sign out", "साइन आउट"])
def test_the_palette_finds_commands_by_their_words_in_both_languages(qtbot, host, spoken, typed):
    set_language(spoken)
    try:
        actions = build_actions(host, Scope.EVERYWHERE, dict.fromkeys(("app.sync", "app.sign_out"), lambda: None))
        palette = CommandPalette(map(entry_of, actions.values()), host)
        palette.open()
        palette._field.setText(typed)
        assert palette.listed == ["app.sign_out"]
        palette.close()
    finally:
        set_language("en")


def test_the_palette_does_nothing_when_nothing_fits_and_escape_closes(qtbot: QtBot, host: QWidget) -> None:
    actions = build_actions(host, Scope.EVERYWHERE, {"app.sync": lambda: pytest.fail("nothing was chosen")})
    palette = CommandPalette(map(entry_of, actions.values()), host)
    palette.open()
    qtbot.keyClicks(palette._field, "zzz")
    qtbot.keyClick(palette._field, Qt.Key.Key_Down)
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClick(palette._field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_words_match_in_any_order_and_case() -> None:
    assert matches("Switch between light and dark", "DARK swi")
    assert not matches("Switch between light and dark", "darker")
    assert matches("anything", "")
    assert matches("हिन्दी में", "हिंदी")
    assert matches("VX-4K2 · X", "vx4k2")
    assert not matches("Find a command", "nda")  # no word runs on into the next


def test_no_cell_of_a_table_of_facts_has_a_frame_of_its_own(qtbot):
    table = FactTable("Facts", ("One", "Two"), 1)
    qtbot.addWidget(table)
    table.show_rows([TableRow(1, (Cell("same"), Cell("same")))])
    table.resize(400, 120)
    with qtbot.waitExposed(table):
        table.show()
    table.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    picture = table.viewport().grab().toImage()
    first, second = (table.visualRect(table.model().index(0, column)) for column in (0, 1))
    both = [picture.copy(QRect(rect.left(), rect.top(), 30, rect.height())) for rect in (first, second)]
    assert both[0] == both[1]
