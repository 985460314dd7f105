"""Which keys can be given to a command, and what is said of them."""

from __future__ import annotations

import pytest

from mv_desktop.ui.actions import COMMANDS, Scope, portable
from mv_desktop.ui.key_rule import KeyNote, Ruling, ruling


@pytest.mark.parametrize(
    ("key", "scope", "note"),
    [
        ("", Scope.MARKING, KeyNote.UNNAMED),
        ("Alt+F4", Scope.QUEUE, KeyNote.DESKTOP),
        ("Tab", Scope.EVERYWHERE, KeyNote.WALKS),
        ("Return", Scope.EVERYWHERE, KeyNote.WALKS),
        ("Down", Scope.QUEUE, KeyNote.LIST),
        ("Space", Scope.MARKING, KeyNote.PAGE),
        ("Shift+Left", Scope.MARKING, KeyNote.PAGE),
        ("Enter", Scope.MARKING, KeyNote.PAGE),
        ("N", Scope.BANK, KeyNote.BANK),
        ("Shift+N", Scope.BANK, KeyNote.BANK),
        ("7", Scope.BANK, KeyNote.BANK),
        ("Ctrl+V", Scope.BANK, KeyNote.BANK),
        ("Up", Scope.BANK, KeyNote.BANK),
    ],
)
def test_a_key_that_the_window_needs_is_refused_with_the_reason(key, scope, note):
    assert ruling(key, scope) == Ruling(allowed=False, note=note)


@pytest.mark.parametrize(
    ("key", "scope", "note"),
    [
        ("7", Scope.MARKING, KeyNote.MARK),
        (".", Scope.EVERYWHERE, KeyNote.MARK),
        ("Esc", Scope.MARKING, KeyNote.FIELD),
        ("Shift+Tab", Scope.MARKING, KeyNote.FIELD),
        ("L", Scope.QUEUE, KeyNote.TYPED),
        ("Shift+L", Scope.MARKING, KeyNote.TYPED),
        ("Ctrl+C", Scope.MARKING, KeyNote.EDITS),
        ("Ctrl+Shift+L", Scope.EVERYWHERE, None),
        ("F7", Scope.EVERYWHERE, None),
        ("Return", Scope.QUEUE, None),
        ("F2", Scope.BANK, None),
    ],
)
def test_of_a_key_that_fields_use_too_that_is_said(key, scope, note):
    assert ruling(key, scope) == Ruling(allowed=True, note=note)


def test_no_command_is_refused_its_own_default():
    for command in COMMANDS:
        keys = tuple(map(portable, command.keys))
        assert all(ruling(key, command.scope, keys).allowed for key in keys)
