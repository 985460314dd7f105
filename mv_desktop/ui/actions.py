"""The one table of commands: menus, keys, the command palette and the key sheet are made from it.

A command is declared once, here; a screen gives the handlers of the commands it can carry out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from mv_desktop.ui.text import tr


class Scope(StrEnum):
    """Where a command can be given."""

    EVERYWHERE = "everywhere"
    QUEUE = "queue"
    MARKING = "marking"


SCOPE_TITLES: Mapping[Scope, str] = {
    Scope.EVERYWHERE: "Everywhere",
    Scope.QUEUE: "Queue",
    Scope.MARKING: "Marking",
}

EVERYONE = frozenset({"teacher", "coordinator", "admin"})


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can tell the program to do.

    Attributes:
        command_id: its name in settings and in code, "scope.what".
        text: what it does, in English, as a menu or the palette says it.
        keys: default keys in Qt's portable spelling; the first is the one that is shown.
        roles: who may give it.
        needs_online: it does nothing without a connection.
    """

    command_id: str
    text: str
    keys: tuple[str, ...] = ()
    scope: Scope = Scope.EVERYWHERE
    roles: frozenset[str] = field(default=EVERYONE)
    needs_online: bool = False


def _queue(what: str, text: str, *keys: str) -> Command:
    return Command(f"queue.{what}", text, keys, Scope.QUEUE)


def _marking(what: str, text: str, *keys: str) -> Command:
    return Command(f"marking.{what}", text, keys, Scope.MARKING)


STAMP_COMMANDS = ("marking.stamp.tick", "marking.stamp.cross", "marking.stamp.half", "marking.stamp.circle",
                  "marking.stamp.star")  # fmt: skip

COMMANDS: tuple[Command, ...] = (
    Command("app.palette", "Find a command", ("Ctrl+K",)),
    Command("app.keys", "Show the keys of this screen", ("?", "F1")),
    Command("app.queue", "Go to the queue", ("Alt+1",)),
    Command("app.sync", "Go to Sync", ("Alt+2",)),
    Command("app.send_now", "Send now", ("Ctrl+Shift+S",), needs_online=True),
    Command("app.theme", "Switch between light and dark", ("Ctrl+Shift+L",)),
    Command("app.text_larger", "Larger text"),
    Command("app.text_smaller", "Smaller text"),
    Command("app.preferences", "Preferences", ("Ctrl+,",)),
    Command("app.sign_out", "Sign out"),
    Command("app.quit", "Quit", ("Ctrl+Q",)),
    _queue("mark_next", "Mark next", "Ctrl+Enter", "Ctrl+Return"),
    _queue("open", "Open the script", "Enter", "Return"),
    _queue("preview", "Preview the script", "Space"),
    _queue("search", "Search", "Ctrl+F", "/"),
    _queue("done", "Show finished scripts", "Ctrl+D"),
    _queue("clear", "Clear search and filters", "Esc"),
    _queue("refresh", "Refresh", "F5"),
    _marking("stamp.tick", "Stamp a tick at the pointer", "1"),
    _marking("stamp.cross", "Stamp a cross at the pointer", "2"),
    _marking("stamp.half", "Stamp a half at the pointer", "3"),
    _marking("stamp.circle", "Stamp a circle at the pointer", "4"),
    _marking("stamp.star", "Stamp a star at the pointer", "5"),
    _marking("tick_more", "A tick carries half a mark more", "]"),
    _marking("tick_less", "A tick carries half a mark less", "["),
    _marking("mark_field", "Type the mark", "M"),
    _marking("comment", "Write a comment on the question", "Shift+M"),
    _marking("half_more", "Half a mark more", "+"),
    _marking("half_less", "Half a mark less", "-"),
    _marking("half_and_next", "Half a mark more, and the next question", "H"),
    _marking("full", "Full marks", "F"),
    _marking("zero", "Zero", "0"),
    _marking("not_attempted", "Not attempted", "N"),
    _marking("follow_stamps", "Back to the sum of the stamps", "="),
    _marking("next_question", "Next question", "Tab"),
    _marking("previous_question", "Previous question", "Shift+Tab"),
    _marking("next_unmarked", "Next question without a mark", "U"),
    _marking("go_to_question", "Go to question …", "G"),
    _marking("tag_page", "Say which questions are on this page …", "Q"),
    _marking("next_page", "Next page", "J"),
    _marking("previous_page", "Previous page", "K"),
    _marking("first_page", "First page", "Ctrl+Home"),
    _marking("last_page", "Last page", "Ctrl+End"),
    _marking("fit_width", "Fit the width", "W"),
    _marking("fit_page", "Fit the page", "Shift+W"),
    _marking("zoom_in", "Zoom in", "Ctrl++", "Ctrl+="),
    _marking("zoom_out", "Zoom out", "Ctrl+-"),
    _marking("zoom_100", "Actual size (100 %)", "Ctrl+0"),
    _marking("rotate", "Turn the page's view", "R"),
    _marking("brighten", "Brighter pages, darker ink", "Ctrl+B"),
    _marking("brighten_less", "Pages less bright", "Ctrl+Shift+B"),
    _marking("select", "Select", "V"),
    _marking("delete", "Delete what is selected", "Del", "Backspace"),
    _marking("undo", "Undo", "Ctrl+Z"),
    _marking("redo", "Redo", "Ctrl+Shift+Z", "Ctrl+Y"),
    _marking("rescan", "Ask for a rescan of this page", "Ctrl+R"),
    _marking("submit", "Check and submit", "Ctrl+Enter", "Ctrl+Return"),
    _marking("next_script", "Next script", "Ctrl+Right"),
    _marking("back", "Back to the queue", "Esc"),
)

BY_ID: Mapping[str, Command] = {command.command_id: command for command in COMMANDS}


@dataclass(frozen=True, slots=True)
class KeyConflict:
    """One key that would mean two commands at the same place."""

    key: str
    first: Command
    second: Command


class KeyMap:
    """Which keys give which command: the defaults, and what a person changed.

    Args:
        overrides: command id → keys instead of the defaults; () takes all keys away. Ids that this version does
            not know are left alone, so that a newer version's settings survive.
    """

    def __init__(self, overrides: Mapping[str, Iterable[str]] | None = None) -> None:
        self._overrides = {name: tuple(map(_portable, keys)) for name, keys in (overrides or {}).items()}

    @property
    def overrides(self) -> dict[str, tuple[str, ...]]:
        """What differs from the defaults, to be remembered."""
        return dict(self._overrides)

    def keys(self, command_id: str) -> tuple[str, ...]:
        """The keys of a command in portable spelling.

        Raises:
            KeyError: there is no such command.
        """
        command = BY_ID[command_id]
        return self._overrides.get(command_id, tuple(map(_portable, command.keys)))

    def shown(self, command_id: str) -> str:
        """The first key as this computer spells it ("⌘K" on a Mac), "" when there is none."""
        keys = self.keys(command_id)
        return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""

    def changed(self, command_id: str, keys: Iterable[str]) -> KeyMap:
        """A key map in which `command_id` has `keys`; the defaults are not remembered as a change."""
        overrides: dict[str, Iterable[str]] = {**self._overrides, command_id: tuple(keys)}
        if tuple(map(_portable, overrides[command_id])) == tuple(map(_portable, BY_ID[command_id].keys)):
            del overrides[command_id]
        return KeyMap(overrides)

    def conflicts(self) -> tuple[KeyConflict, ...]:
        """Keys that mean two commands where both can be given."""
        return tuple(
            KeyConflict(key, first, second)
            for first, second in combinations(COMMANDS, 2)
            if _overlap(first.scope, second.scope)
            for key in self.keys(first.command_id)
            if key in self.keys(second.command_id)
        )


def stamp_keys(order: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Overrides that give the keys 1, 2, 3 … to the stamps in `order` (the setting `evaluation_ui_stamps`)."""
    keys: dict[str, tuple[str, ...]] = dict.fromkeys(STAMP_COMMANDS, ())
    for number, stamp in enumerate(order, start=1):
        if f"marking.stamp.{stamp}" in keys:
            keys[f"marking.stamp.{stamp}"] = (str(number),)
    return keys


def commands_of(scope: Scope, role: str = "teacher") -> tuple[Command, ...]:
    """The commands that can be given on a screen of `scope` by somebody with `role`, the screen's own first."""
    own = [command for command in COMMANDS if command.scope is scope]
    general = [command for command in COMMANDS if command.scope is Scope.EVERYWHERE is not scope]
    return tuple(command for command in (*own, *general) if role in command.roles)


def build_actions(
    parent: QWidget, scope: Scope, handlers: Mapping[str, Callable[[], object]], keys: KeyMap | None = None
) -> dict[str, QAction]:
    """An action for each command that has a handler, added to `parent`.

    The keys of a screen work while the focus is inside `parent`, those of `Scope.EVERYWHERE` in the whole window.

    Raises:
        ValueError: a handler's command does not exist in `scope`.
    """
    unknown = [name for name in handlers if name not in BY_ID or BY_ID[name].scope is not scope]
    if unknown:
        raise ValueError(f"no commands of scope {scope}: {', '.join(unknown)}")
    keys = keys or KeyMap()
    actions = {}
    for name, handler in handlers.items():
        actions[name] = action = QAction(tr(BY_ID[name].text), parent)
        action.setObjectName(name)
        action.setData(name)
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut
            if scope is Scope.EVERYWHERE
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        action.triggered.connect(_without_checked(handler))
        parent.addAction(action)
    set_keys(actions, keys)
    return actions


def set_keys(actions: Mapping[str, QAction], keys: KeyMap) -> None:
    """Give actions the keys of `keys`, and say them in the tool tips."""
    for name, action in actions.items():
        action.setShortcuts([QKeySequence(key) for key in keys.keys(name)])
        shown = keys.shown(name)
        action.setToolTip(f"{action.text()}  ({shown})" if shown else action.text())


def set_online(actions: Mapping[str, QAction], online: bool) -> None:  # noqa: FBT001 - there is nothing else to say
    """Enable what needs a connection only while there is one."""
    for name, action in actions.items():
        if BY_ID[name].needs_online:
            action.setEnabled(online)


def _portable(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def _overlap(first: Scope, second: Scope) -> bool:
    return first is second or Scope.EVERYWHERE in {first, second}


def _without_checked(handler: Callable[[], object]) -> Callable[[bool], None]:
    def call(_checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's signature
        handler()

    return call
