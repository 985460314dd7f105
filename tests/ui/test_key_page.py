"""Changing the keys: the page, the dialog that waits for one, and that they are kept and hold at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect, QSettings, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, set_keys
from mv_desktop.ui.key_rule import key_name
from mv_desktop.ui.shell.key_catcher import KeyCatcher
from mv_desktop.ui.shell.key_page import KeyPage
from mv_desktop.ui.shell.key_settings import KeySettings
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.preferences import PreferencesDialog
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from tests.ui.accessibility import nameless_controls


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def page(qtbot: QtBot) -> KeyPage:
    made = KeyPage(KeyMap())
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings) -> Iterator[MainWindow]:
    tasks = Tasks()
    main = MainWindow(tasks, settings)
    qtbot.addWidget(main)
    main.add_place("queue", Place(Scope.QUEUE, "queue", "Queue", go="app.queue"), QWidget())
    main.take_keys_of("meera", {})
    main.open_workspace("Meera Krishnamurthy", "Teacher")
    with qtbot.waitExposed(main):
        main.show()
    main.activateWindow()
    yield main
    main._may_close = True
    tasks.shutdown()


def catcher_of(page: QWidget) -> KeyCatcher:
    return next(catcher for catcher in page.findChildren(KeyCatcher) if catcher.isVisible())


def first_ink(widget: QWidget, area: QRect) -> int:
    """The first column of pixels within `area` in which something is written."""
    image = widget.grab(area).toImage()
    ground = image.pixelColor(image.width() - 1, image.height() // 2).lightness()
    rows = range(4, image.height() - 4)
    return next(x for x in range(image.width())
                if any(abs(image.pixelColor(x, y).lightness() - ground) > 60 for y in rows))  # fmt: skip


def test_the_arrow_keys_go_from_command_to_command_over_the_headings(page: KeyPage, qtbot: QtBot) -> None:
    page._filter.setFocus()
    qtbot.keyClicks(page._filter, "pen")
    qtbot.keyClick(page._filter, Qt.Key.Key_Down)
    walked = [page._list.currentItem().text(0)]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Home):
        qtbot.keyClick(page._list, key)
        walked.append(page._list.currentItem().text(0))
    assert walked == ["Open the script", "Pen", "Pen", "Open the script", "Open the script", "Pen", "Open the script"]


def test_the_headings_stand_over_their_columns(page: KeyPage, qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    page.resize(700, 500)
    tree, header = page._list, page._list.header()
    item = page._items["app.keys"]
    item.setText(1, "Keys")  # the same words as the heading: no letter begins further in than another
    row = tree.visualItemRect(item)
    left, width = header.sectionViewportPosition(1), header.sectionSize(1)
    head = first_ink(header.viewport(), QRect(left, 0, width, header.height()))
    below = first_ink(tree.viewport(), QRect(left, row.top(), width, row.height()))
    assert abs(head - below) <= 1


def chips(page: KeyPage) -> list[str]:
    found = (page._chips.itemAt(number).widget() for number in range(page._chips.count()))
    return [chip.text() for chip in found if isinstance(chip, QPushButton)]


# -- the name of a key ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "modifiers", "name"),
    [
        (Qt.Key.Key_L, Qt.KeyboardModifier.NoModifier, "L"),
        (Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier, "Shift+L"),
        (Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier, "?"),
        (Qt.Key.Key_Plus, Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier, "Ctrl++"),
        (Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier, "1"),
        (Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier, "Shift+Tab"),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "Esc"),
        (Qt.Key.Key_F12, Qt.KeyboardModifier.AltModifier, "Alt+F12"),
        (Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier, ""),
    ],
)
def test_a_key_is_named_as_the_table_of_commands_names_it(key, modifiers, name):
    assert key_name(QKeyEvent(QEvent.Type.KeyPress, key, modifiers)) == name


# -- the page -------------------------------------------------------------------------------------------------


def test_a_free_key_is_given_by_keyboard_alone_and_another_one_takes_its_place(qtbot, page):
    heard: list[KeyMap] = []
    page.changed.connect(heard.append)
    page._filter.setFocus()
    qtbot.keyClicks(page._filter, "full marks")
    qtbot.keyClick(page._filter, Qt.Key.Key_Return)
    catcher = catcher_of(page)
    assert catcher.focusWidget() is catcher._pad
    qtbot.keyClick(catcher._pad, Qt.Key.Key_F12)
    assert catcher.told == "This key is free."
    qtbot.keyClick(catcher.focusWidget(), Qt.Key.Key_Return)
    assert heard[-1].keys("marking.full") == ("F", "F12")
    assert chips(page) == ["F", "F12"]
    qtbot.keyClick(page._chips.itemAt(0).widget(), Qt.Key.Key_Space)
    assert heard[-1].keys("marking.full") == ("F12",)


def test_a_taken_key_is_told_at_once_and_is_taken_or_left(qtbot, page):
    page.select("marking.full")
    for leave in (True, False):
        qtbot.keyClick(page._list, Qt.Key.Key_Return)
        catcher = catcher_of(page)
        qtbot.keyClick(catcher._pad, Qt.Key.Key_N)
        assert "It gives “Not attempted” (Marking) now." in catcher.told
        assert catcher.focusWidget() is catcher._leave, "nothing is taken by pressing Enter"
        if leave:
            qtbot.keyClick(catcher._leave, Qt.Key.Key_Return)
            assert page.keys.overrides == {}
        else:
            qtbot.keyClick(catcher._leave, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
            qtbot.keyClick(catcher._again, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
            assert catcher.focusWidget() is catcher._use
            assert catcher._use.text() == "Take it from “Not attempted”"
            qtbot.keyClick(catcher._use, Qt.Key.Key_Return)
    assert page.keys.keys("marking.full") == ("F", "N")
    assert page.keys.keys("marking.not_attempted") == ()


def test_tab_and_escape_are_keys_like_any_other_until_one_was_pressed(qtbot, page):
    page.select("queue.refresh")
    page._add.click()
    catcher = catcher_of(page)
    qtbot.keyClick(catcher._pad, Qt.Key.Key_Tab)
    assert "moves through the list" in catcher.told
    assert not catcher._use.isEnabled()
    assert catcher.focusWidget() is catcher._again
    qtbot.keyClick(catcher._again, Qt.Key.Key_Return)
    qtbot.keyClick(catcher._pad, Qt.Key.Key_Escape)
    assert "Clear search and filters" in catcher.told
    qtbot.keyClick(catcher.focusWidget(), Qt.Key.Key_Escape)
    assert not catcher.isVisible()
    assert page.keys.overrides == {}


def test_a_letter_is_explained_and_a_key_that_is_its_own_is_not_given_twice(qtbot, page):
    page.select("marking.full")
    page._add.click()
    catcher = catcher_of(page)
    qtbot.keyClick(catcher._pad, Qt.Key.Key_7)
    assert catcher.told.startswith("In the mark field this key is typed")
    assert catcher._use.isEnabled()
    catcher._again.click()
    qtbot.keyClick(catcher._pad, Qt.Key.Key_F)
    assert catcher.told.endswith("It gives this command already.")
    assert not catcher._use.isEnabled()
    catcher.reject()


def test_usual_keys_come_back_and_that_is_undone(qtbot, page):
    page.select("marking.full")
    page._chips.itemAt(0).widget().click()
    page._use(page.keys.given("marking.zero", "F12"))
    changed = page.keys
    assert page._items["marking.full"].text(2) == "changed"
    page._reset_all.click()
    assert page.keys.overrides == {}
    assert not page._reset_all.isEnabled()
    page._undo.click()
    assert page.keys.overrides == changed.overrides
    page.select("marking.full")
    page._reset.click()
    assert page.keys.overrides == {"marking.zero": ("0", "F12")}


def test_the_filter_finds_commands_by_words_and_by_key(page):
    page._filter.setText("ctrl+k")
    shown = [name for name, item in page._items.items() if not item.isHidden()]
    assert shown == ["app.palette"]
    assert page._current() == "app.palette"
    page._filter.setText("no such thing")
    assert page._current() is None
    assert not page._add.isEnabled()


def test_two_commands_on_one_key_are_told_in_words_with_a_sign(qtbot):
    page = KeyPage(KeyMap({"marking.full": ["L"], "marking.zero": ["L"]}))
    qtbot.addWidget(page)
    assert page._told.text() == "1 key gives two commands, so neither works."
    for name, other in (("marking.full", "Zero"), ("marking.zero", "Full marks")):
        assert page._items[name].text(2) == f"L: also “{other}”"
        assert not page._items[name].icon(2).isNull()
    assert nameless_controls(page) == []


# -- kept, and everywhere at once -----------------------------------------------------------------------------


def test_keys_are_kept_for_each_person_and_unknown_ones_survive(settings):
    meera, rahul = KeySettings(settings, "meera"), KeySettings(settings, "rahul")
    settings.setValue("keys/meera", '{"marking.newer": ["X"]}')
    meera.save(meera.load().given("marking.full", "Ctrl+F12"))
    settings.sync()
    assert meera.load().overrides == {"marking.newer": ("X",), "marking.full": ("F", "Ctrl+F12")}
    assert rahul.load().overrides == {}


@pytest.mark.parametrize("kept", ["", "no JSON", "[1]", '{"a": 3}', "7"])
def test_kept_keys_that_cannot_be_read_are_the_usual_ones(settings, kept):
    settings.setValue("keys/meera", kept)
    assert KeySettings(settings, "meera").load().keys("marking.full") == ("F",)


def test_a_changed_key_holds_at_once_in_the_window_and_at_the_next_sign_in(qtbot, window, settings):
    heard: list[KeyMap] = []
    window.keys_changed.connect(heard.append)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = next(iter(window.findChildren(PreferencesDialog)))
    page = dialog.findChild(KeyPage)
    page._use(page.keys.given("app.queue", "F12").taken("app.queue", "Alt+1"))
    dialog.close()
    assert window._actions["app.queue"].shortcut().toString() == "F12"
    assert "F12" in window._rail._buttons["queue"].toolTip()
    assert heard[-1].keys("app.queue") == ("F12",)
    window.close_workspace()
    assert window._actions["app.queue"].shortcut().toString() == "Alt+1", "what is hers goes with her"
    assert window.take_keys_of("meera", {}).keys("app.queue") == ("F12",)
    assert window.take_keys_of("rahul", {}).keys("app.queue") == ("Alt+1",)


def test_nobody_changes_keys_who_is_not_signed_in(window):
    window.open_sign_in(QWidget())
    assert not window._actions["app.change_keys"].isEnabled()


def test_a_tool_tip_follows_its_command(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    actions = build_actions(host, Scope.QUEUE, {"queue.refresh": lambda: None})
    button = QPushButton(host)
    follow_tip(button, actions["queue.refresh"])
    assert button.toolTip() == "Refresh  (F5)"
    set_keys(actions, KeyMap({"queue.refresh": ["F6"]}))
    assert button.toolTip() == "Refresh  (F6)"
