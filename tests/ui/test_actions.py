"""The table of commands, and the keys that give them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.ui.actions import (
    BY_ID,
    COMMANDS,
    KeyMap,
    Scope,
    build_actions,
    commands_of,
    set_keys,
    stamp_keys,
)


def test_no_two_commands_share_a_key_where_both_can_be_given() -> None:
    assert KeyMap().conflicts() == ()


def test_every_command_has_a_text_and_a_name_of_its_own_and_valid_keys() -> None:
    assert len(BY_ID) == len(COMMANDS)
    for command in COMMANDS:
        assert command.text.strip()
        assert command.roles
        for key in command.keys:
            assert not QKeySequence(key).isEmpty(), key
            assert QKeySequence(key).toString(), key


def test_the_keys_of_marking_are_those_of_the_design() -> None:
    wanted = {
        "marking.stamp.tick": "1", "marking.stamp.cross": "2", "marking.stamp.half": "3", "marking.stamp.circle": "4",
        "marking.stamp.star": "5", "marking.tool.pen": "P", "marking.tool.text": "T", "marking.comment_bank": "C",
        "marking.flag": "!", "marking.hand_back": "B", "marking.mark_field": "M", "marking.half_more": "+",
        "marking.half_less": "-", "marking.half_and_next": "H", "marking.full": "F", "marking.zero": "0",
        "marking.not_attempted": "N", "marking.next_question": "Tab", "marking.previous_question": "Shift+Tab",
        "marking.next_page": "J", "marking.previous_page": "K", "marking.fit_width": "W", "marking.select": "V",
        "marking.delete": "Del", "marking.undo": "Ctrl+Z", "marking.redo": "Ctrl+Shift+Z", "marking.rotate": "R",
        "marking.next_unmarked": "U", "marking.submit": "Ctrl+Enter", "marking.next_script": "Ctrl+Right",
        "marking.go_to_question": "G", "marking.follow_stamps": "=", "app.keys": "?", "app.palette": "Ctrl+K",
    }  # fmt: skip
    assert {name: KeyMap().keys(name)[0] for name in wanted} == wanted


def test_an_override_replaces_the_default_and_is_the_only_thing_remembered() -> None:
    keys = KeyMap().changed("marking.full", ["L"])
    assert keys.keys("marking.full") == ("L",)
    assert keys.overrides == {"marking.full": ("L",)}
    assert keys.changed("marking.full", ["F"]).overrides == {}


def test_a_conflict_is_found_between_a_screen_and_everywhere_but_not_between_two_screens() -> None:
    found = KeyMap({"marking.full": ["Ctrl+K"], "app.palette": ["Ctrl+K"]}).conflicts()
    assert [(c.key, c.first.command_id, c.second.command_id) for c in found] == [
        ("Ctrl+K", "app.palette", "marking.full")
    ]
    assert KeyMap({"marking.full": ["Space"]}).conflicts() == ()


def test_what_a_person_chose_wins_over_a_default_that_came_later() -> None:
    keys = KeyMap({"marking.full": ["Ctrl+K", "L"]})
    assert keys.conflicts() == ()
    assert keys.keys("app.palette") == ()
    assert keys.keys("app.keys") == ("?", "F1")
    assert keys.changed("marking.full", ["L"]).keys("app.palette") == ("Ctrl+K",)


def test_a_key_is_given_to_one_command_and_taken_from_the_others_there() -> None:
    keys = KeyMap().given("marking.full", "N")
    assert [owner.command_id for owner in KeyMap().owners("marking.full", "N")] == ["marking.not_attempted"]
    assert keys.keys("marking.full") == ("F", "N")
    assert keys.keys("marking.not_attempted") == ()
    assert keys.conflicts() == ()
    assert keys.taken("marking.full", "F").keys("marking.full") == ("N",)


def test_a_key_of_another_screen_is_left_there() -> None:
    keys = KeyMap().given("marking.full", "F5")
    assert keys.keys("queue.refresh") == ("F5",)
    assert KeyMap().owners("marking.full", "F5") == ()


def test_in_the_bank_only_its_own_keys_and_the_few_over_all_can_be_in_each_others_way() -> None:
    assert [owner.command_id for owner in KeyMap().owners("bank.new", "Alt+2")] == ["bank.take.2"]
    keys = KeyMap().given("bank.new", "Alt+2")
    assert (keys.keys("app.sync"), keys.keys("bank.take.2")) == (("Alt+2",), ())
    assert [owner.command_id for owner in KeyMap().owners("bank.new", "Ctrl+K")] == ["app.palette"]
    assert KeyMap().owners("marking.full", "F2") == ()
    found = KeyMap({"bank.new": ["Ctrl+Q", "F5"], "app.quit": ["Ctrl+Q"]}).conflicts()
    assert [(c.first.command_id, c.second.command_id) for c in found] == [("app.quit", "bank.new")]


def test_the_keys_of_marking_are_listed_with_those_of_the_bank() -> None:
    scopes = [command.scope for command in commands_of(Scope.MARKING)]
    assert list(dict.fromkeys(scopes)) == [Scope.MARKING, Scope.BANK, Scope.EVERYWHERE]


def test_one_enter_key_means_both() -> None:
    keys = KeyMap().given("marking.full", "Ctrl+Return")
    assert keys.keys("marking.full") == ("F", "Ctrl+Enter", "Ctrl+Return")
    assert keys.keys("marking.submit") == ()
    assert keys.taken("marking.full", "Ctrl+Enter").keys("marking.full") == ("F",)


def test_usual_keys_come_back_for_one_command_and_for_all_without_a_conflict() -> None:
    keys = KeyMap({"marking.newer": ["X"]}).given("marking.full", "N").given("marking.zero", "F")
    back = keys.reset("marking.full")
    assert back.keys("marking.full") == ("F",)
    assert back.keys("marking.zero") == ("0",)
    assert back.keys("marking.not_attempted") == ()
    assert back.conflicts() == ()
    everything = keys.reset_all()
    assert everything.overrides == {"marking.newer": ("X",)}
    assert everything.keys("marking.not_attempted") == ("N",)


def test_every_command_has_a_key_of_its_own_unless_a_person_takes_it_away() -> None:
    assert [command.command_id for command in COMMANDS if not command.keys] == []


def test_overrides_of_commands_that_do_not_exist_survive() -> None:
    assert KeyMap({"marking.newer": ["X"]}).overrides == {"marking.newer": ("X",)}


def test_stamps_get_their_keys_in_the_order_of_the_setting() -> None:
    keys = KeyMap(defaults=stamp_keys(["star", "tick", "unheard of"]))
    assert keys.keys("marking.stamp.star") == ("1",)
    assert keys.keys("marking.stamp.tick") == ("2",)
    assert keys.keys("marking.stamp.cross") == ()
    assert keys.conflicts() == ()


def test_a_screen_lists_its_own_commands_first_and_only_those_of_the_role() -> None:
    listed = commands_of(Scope.QUEUE)
    assert listed[0].scope is Scope.QUEUE
    assert {command.scope for command in listed} == {Scope.QUEUE, Scope.EVERYWHERE}
    assert commands_of(Scope.QUEUE, frozenset({"stranger"})) == ()
    assert {command.scope for command in commands_of(Scope.EVERYWHERE)} == {Scope.EVERYWHERE}


def test_a_key_calls_its_handler_and_typing_in_a_field_does_not(qtbot: QtBot) -> None:
    screen = QWidget()
    field = QLineEdit(screen)
    other = QWidget(screen)
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    layout = QVBoxLayout(screen)
    layout.addWidget(field)
    layout.addWidget(other)
    qtbot.addWidget(screen)
    calls: list[str] = []
    build_actions(screen, Scope.MARKING, {"marking.full": lambda: calls.append("full")})
    with qtbot.waitExposed(screen):
        screen.show()
    screen.activateWindow()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_F)
    assert (field.text(), calls) == ("f", [])
    other.setFocus()
    qtbot.keyClick(other, Qt.Key.Key_F)
    assert calls == ["full"]


def test_a_handler_for_a_command_of_another_screen_is_a_mistake(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    with pytest.raises(ValueError, match=r"queue\.open"):
        build_actions(widget, Scope.MARKING, {"queue.open": lambda: None})


def test_tool_tips_name_the_key_and_follow_a_change(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    actions = build_actions(widget, Scope.QUEUE, {"queue.refresh": lambda: None})
    assert actions["queue.refresh"].toolTip() == "Refresh  (F5)"
    set_keys(actions, KeyMap({"queue.refresh": []}))
    assert actions["queue.refresh"].toolTip() == "Refresh"
