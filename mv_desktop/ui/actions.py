"""The one table of commands: menus, keys, the command palette and the key sheet are made from it.

A command is declared once, here; a screen gives the handlers of the commands it can carry out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from mv_desktop.ui.command import ADMINISTERING, COORDINATING, OFFICE, SCOPE_TITLES, TEACHING, Command, Scope
from mv_desktop.ui.insight_command import INSIGHT_COMMANDS
from mv_desktop.ui.office_command import OFFICE_COMMANDS
from mv_desktop.ui.record_command import RECORD_COMMANDS
from mv_desktop.ui.second_command import SECOND_COMMANDS
from mv_desktop.ui.text import tr

__all__ = ["COORDINATING", "OFFICE", "SCOPE_TITLES", "Command", "Scope"]  # as if they stood here


def _queue(what: str, text: str, *keys: str) -> Command:
    return Command(f"queue.{what}", text, keys, Scope.QUEUE)


def _marking(what: str, text: str, *keys: str) -> Command:
    return Command(f"marking.{what}", text, keys, Scope.MARKING)


def _bank(what: str, text: str, *keys: str) -> Command:
    return Command(f"bank.{what}", text, keys, Scope.BANK)


def _conflict(what: str, text: str, *keys: str) -> Command:
    return Command(f"conflict.{what}", text, keys, Scope.CONFLICT)


def _notices(what: str, text: str, *keys: str) -> Command:
    return Command(f"notices.{what}", text, keys, Scope.NOTICES)


_LEADING_ON = frozenset({
    "next_question", "previous_question", "next_page", "previous_page", "zoom_in", "zoom_out", "tick_more", "tick_less",
    "undo", "redo",
})  # fmt: skip
KEYED = 10
"""So many comments of the bank have a key of their own: Alt+1 to Alt+9, and Alt+0."""

OVER_ALL = frozenset({"app.palette", "app.quit"})
"""Commands of the whole window that can be given in the comment bank, too; all other keys are its own there."""

STAMP_COMMANDS = ("marking.stamp.tick", "marking.stamp.cross", "marking.stamp.half", "marking.stamp.circle",
                  "marking.stamp.star")  # fmt: skip

COMMANDS: tuple[Command, ...] = (
    Command("app.palette", "Find a command", ("Ctrl+K",)),
    Command("app.keys", "Show the keys of this screen", ("?", "F1")),
    Command("app.next_part", "Next part of the window", ("F6",)),
    Command("app.previous_part", "Previous part of the window", ("Shift+F6",)),
    Command("app.close_message", "Close the newest message", ("Ctrl+Alt+X",)),
    Command("app.queue", "Go to the queue", ("Alt+1",)),
    Command("app.sync", "Go to Sync", ("Alt+2",)),
    Command("app.notices", "Go to the notices", ("Alt+3",)),
    Command("app.board", "Go to the board", ("Alt+4",), roles=COORDINATING),
    Command("app.cases", "Go to the cases", ("Alt+5",), roles=COORDINATING),
    Command("app.reports", "Go to the reports", ("Alt+6",), roles=OFFICE),
    Command("app.quality", "Go to quality", ("Alt+7",), roles=COORDINATING),
    Command("app.second", "Go to the second markings", ("Alt+8",), roles=TEACHING),
    Command("app.office", "Go to the office", ("Alt+9",), roles=ADMINISTERING),
    Command("app.insight", "Go to insight", ("Alt+0",), roles=OFFICE),
    Command("app.questions", "Go to the questions you write", ("Ctrl+Alt+Q",), roles=TEACHING),
    Command("app.decide", "Decide between two marks", ("Ctrl+Alt+M",)),
    Command("app.send_now", "Send now", ("Ctrl+Shift+S",)),
    Command("app.export", "Export unsent work …", ("Ctrl+Shift+E",)),
    Command("app.theme", "Switch between light and dark", ("Ctrl+Shift+L",)),
    Command("app.text_larger", "Larger text", ("Ctrl+Alt++", "Ctrl+Alt+=")),
    Command("app.text_smaller", "Smaller text", ("Ctrl+Alt+-",)),
    Command("app.full_screen", "Full screen, or back", ("F11",)),
    Command("app.preferences", "Preferences", ("Ctrl+,",)),
    Command("app.change_keys", "Change the keys", ("Ctrl+Shift+K",)),
    Command("app.absences", "Absences", ("Ctrl+Alt+A",)),
    Command("app.change_password", "Change the password", ("Ctrl+Alt+P",)),
    Command("app.servers", "Servers …", ("Ctrl+Alt+S",)),
    Command("app.lock", "Lock", ("Ctrl+Alt+L",)),
    Command("app.sign_out", "Sign out", ("Ctrl+Shift+Q",)),
    Command("app.quit", "Quit", ("Ctrl+Q",)),
    _queue("mark_next", "Mark next", "Ctrl+Enter", "Ctrl+Return"),
    _queue("open", "Open the script", "Enter", "Return"),
    _queue("preview", "Preview the script", "Space"),
    _queue("search", "Search", "Ctrl+F", "/"),
    _queue("done", "Show finished scripts", "Ctrl+D"),
    _queue("take_along", "Take with me, or no longer", "Ctrl+T"),
    _queue("clear", "Clear search and filters", "Esc"),
    _queue("refresh", "Refresh", "F5"),
    _queue("take_back", "Take back the last submission", "Ctrl+Z"),
    _marking("stamp.tick", "Stamp a tick at the pointer", "1"),
    _marking("stamp.cross", "Stamp a cross at the pointer", "2"),
    _marking("stamp.half", "Stamp a half at the pointer", "3"),
    _marking("stamp.circle", "Stamp a circle at the pointer", "4"),
    _marking("stamp.star", "Stamp a star at the pointer", "5"),
    _marking("tool.pen", "Pen", "P"),
    _marking("tool.highlighter", "Highlighter", "Y"),
    _marking("tool.line", "Straight line", "L"),
    _marking("tool.arrow", "Arrow", "A"),
    _marking("tool.box", "Box", "X"),
    _marking("tool.ellipse", "Ellipse", "O"),
    _marking("tool.text", "Write on the page", "T"),
    _marking("tool.eraser", "Eraser", "E"),
    _marking("ink_color", "Next ink colour", "I"),
    _marking("ink_width", "Next line width", "Shift+I"),
    _marking("tick_more", "A tick carries half a mark more", "]"),
    _marking("tick_less", "A tick carries half a mark less", "["),
    _marking("mark_field", "Type the mark", "M"),
    _marking("comment", "Write a comment on the question", "Shift+M"),
    _marking("comment_bank", "Comment bank", "C"),
    _marking("keep_comment", "Keep the comment in the bank", "Ctrl+Shift+C"),
    _marking("half_more", "Half a mark more", "+"),
    _marking("half_less", "Half a mark less", "-"),
    _marking("half_and_next", "Half a mark more, and the next question", "H"),
    *(_marking(f"step.{n}", f"Step {n} of the scheme: give it, or take it back", f"Ctrl+{n}") for n in range(1, 10)),
    _marking("full", "Full marks", "F"),
    _marking("zero", "Zero", "0"),
    _marking("not_attempted", "Not attempted", "N"),
    _marking("follow_stamps", "Back to the sum of the stamps", "="),
    _marking("next_question", "Next question", "Tab"),
    _marking("previous_question", "Previous question", "Shift+Tab"),
    _marking("next_unmarked", "Next question without a mark", "U"),
    _marking("model_answer", "Show the model answer, or fold it", "D"),
    _marking("question_picture", "Enlarge the picture of the question", "Shift+D"),
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
    _marking("magnifier", "Magnifier", "Z"),
    _marking("split", "Two views of the pages: beside, below, or one again", "Shift+S"),
    _marking("sheet_window", "Mark sheet in a window of its own, or back", "Ctrl+Shift+M"),
    _marking("rotate", "Turn the page's view", "R"),
    _marking("brighten", "Brighter pages, darker ink", "Ctrl+B"),
    _marking("brighten_less", "Pages less bright", "Ctrl+Shift+B"),
    _marking("ruler", "Ruler", "Shift+R"),
    _marking("protractor", "Protractor", "Shift+P"),
    _marking("select", "Select", "V"),
    _marking("pan", "Move the pages by dragging", "S"),
    _marking("select_all", "Select everything on this page", "Ctrl+A"),
    _marking("select_question", "Select the ink of this question", "Ctrl+Shift+A"),
    _marking("delete", "Delete what is selected", "Del", "Backspace"),
    _marking("copy", "Copy what is selected", "Ctrl+C"),
    _marking("cut", "Cut what is selected", "Ctrl+X"),
    _marking("paste", "Paste where the pointer is", "Ctrl+V"),
    _marking("duplicate", "Once more what is selected", "Ctrl+D"),
    _marking("count_for", "Count what is selected for this question", "Shift+Q"),
    _marking("undo", "Undo", "Ctrl+Z"),
    _marking("redo", "Redo", "Ctrl+Shift+Z", "Ctrl+Y"),
    _marking("rescan", "Ask for a rescan of this page", "Ctrl+R"),
    _marking("flag", "Flag to the coordinator …", "!"),
    _marking("propose_change", "Propose a change of this question …", "Shift+C"),
    _marking("hand_back", "Hand the script back …", "B"),
    _marking("submit", "Check and submit", "Ctrl+Enter", "Ctrl+Return"),
    _marking("next_script", "Next script", "Ctrl+Right"),
    _marking("back", "Back to the queue", "Esc"),
    _bank("place", "Put the comment on the page", "Enter", "Return"),
    _bank("word", "Put its words into the question's comment", "Shift+Enter", "Shift+Return"),
    _bank("new", "New comment", "Ctrl+N"),
    _bank("edit", "Edit the comment", "F2"),
    _bank("share", "Share the comment, or keep it to yourself", "Ctrl+S"),
    _bank("archive", "Archive the comment", "Del"),
    _bank("close", "Close the comment bank", "Esc"),
    _bank("save", "Save the comment", "Ctrl+Enter", "Ctrl+Return"),
    _bank("save_and_update", "Save the comment, update scripts", "Ctrl+Shift+Enter", "Ctrl+Shift+Return"),
    _bank("begin_anew", "Begin the comment anew", "Ctrl+Shift+N"),
    *(_bank(f"take.{n}", f"Put comment {n} of the list on the page", f"Alt+{n % 10}") for n in range(1, KEYED + 1)),
    _conflict("mine", "Let this computer's mark count", "1"),
    _conflict("theirs", "Let the other computer's mark count", "2"),
    _conflict("parts", "Take parts of both …", "M"),
    _conflict("ink", "Show the ink of both, of this computer, or of the other", "L"),
    _conflict("next", "Next question to decide", "Ctrl+Down"),
    _conflict("previous", "Previous question to decide", "Ctrl+Up"),
    _conflict("undo", "Undo the last decision", "Ctrl+Z"),
    _conflict("next_page", "Next page", "J"),
    _conflict("previous_page", "Previous page", "K"),
    _conflict("fit_width", "Fit the width", "W"),
    _conflict("zoom_in", "Zoom in", "Ctrl++", "Ctrl+="),
    _conflict("zoom_out", "Zoom out", "Ctrl+-"),
    _conflict("back", "Back to where you came from", "Esc"),
    _notices("open", "Show what the notice is about", "Enter", "Return"),
    _notices("read", "The notice is read", "Space"),
    _notices("read_all", "All notices are read", "Ctrl+Shift+R"),
    *SECOND_COMMANDS,
    *OFFICE_COMMANDS,
    *RECORD_COMMANDS,
    *INSIGHT_COMMANDS,
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

    A key that a person gave to a command is no longer a default of another one, so that what a newer version brings
    never takes a key away from her.

    Args:
        overrides: command id → keys instead of the defaults; () takes all keys away. Ids that this version does
            not know are left alone, so that a newer version's settings survive.
        defaults: command id → default keys instead of the table's, as `stamp_keys` gives them.
    """

    def __init__(
        self,
        overrides: Mapping[str, Iterable[str]] | None = None,
        defaults: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._overrides = {name: tuple(map(portable, keys)) for name, keys in (overrides or {}).items()}
        self._defaults = {name: tuple(map(portable, keys)) for name, keys in (defaults or {}).items()}

    @property
    def overrides(self) -> dict[str, tuple[str, ...]]:
        """What differs from the defaults, to be remembered."""
        return dict(self._overrides)

    def keys(self, command_id: str) -> tuple[str, ...]:
        """The keys of a command in portable spelling.

        Raises:
            KeyError: there is no such command.
        """
        if command_id in self._overrides and command_id in BY_ID:
            return self._overrides[command_id]
        return tuple(key for key in self.default_keys(command_id) if not self._is_given(key, BY_ID[command_id]))

    def default_keys(self, command_id: str) -> tuple[str, ...]:
        """The keys that a command has until a person changes them.

        Raises:
            KeyError: there is no such command.
        """
        return self._defaults.get(command_id, tuple(map(portable, BY_ID[command_id].keys)))

    def shown(self, command_id: str) -> str:
        """The first key as this computer spells it ("⌘K" on a Mac), "" when there is none."""
        keys = self.keys(command_id)
        return native(keys[0]) if keys else ""

    def is_changed(self, command_id: str) -> bool:
        """A person gave the command other keys than its defaults."""
        return command_id in self._overrides

    def changed(self, command_id: str, keys: Iterable[str]) -> KeyMap:
        """A key map in which `command_id` has `keys`; the defaults are not remembered as a change."""
        return self._with({command_id: tuple(map(portable, keys))})

    def owners(self, command_id: str, key: str) -> tuple[Command, ...]:
        """The other commands that `key` gives where `command_id` can be given, too."""
        command, twins = BY_ID[command_id], _twins(portable(key))
        return tuple(
            other
            for other in COMMANDS
            if other is not command
            and _overlap(other, command)
            and any(twin in self.keys(other.command_id) for twin in twins)
        )

    def given(self, command_id: str, key: str) -> KeyMap:
        """A key map in which `key` gives `command_id` as well as its other keys, and no other command there."""
        twins = _twins(portable(key))
        keys = {other.command_id: self._without(other.command_id, twins) for other in self.owners(command_id, key)}
        return self._with(keys | {command_id: (*self._without(command_id, twins), *twins)})

    def taken(self, command_id: str, key: str) -> KeyMap:
        """A key map in which `key` no longer gives `command_id`."""
        return self._with({command_id: self._without(command_id, _twins(portable(key)))})

    def reset(self, command_id: str) -> KeyMap:
        """A key map in which `command_id` has its default keys, and no other command has those of them it had not."""
        found = self._with({command_id: self.default_keys(command_id)})
        for key in self.default_keys(command_id):
            for other in found.owners(command_id, key):
                found = found.taken(other.command_id, key)
        return found

    def reset_all(self) -> KeyMap:
        """A key map with the default keys; what this version does not know stays as it is."""
        unknown = {name: keys for name, keys in self._overrides.items() if name not in BY_ID}
        return KeyMap(unknown, self._defaults)

    def conflicts(self) -> tuple[KeyConflict, ...]:
        """Keys that mean two commands where both can be given."""
        return tuple(
            KeyConflict(key, first, second)
            for first, second in combinations(COMMANDS, 2)
            if _overlap(first, second)
            for key in self.keys(first.command_id)
            if key in self.keys(second.command_id)
        )

    def _with(self, changes: Mapping[str, tuple[str, ...]]) -> KeyMap:
        overrides = {**self._overrides, **changes}
        for name in changes:
            if overrides[name] == self.default_keys(name):
                del overrides[name]
        return KeyMap(overrides, self._defaults)

    def _without(self, command_id: str, gone: Iterable[str]) -> tuple[str, ...]:
        return tuple(key for key in self.keys(command_id) if key not in gone)

    def _is_given(self, key: str, command: Command) -> bool:
        """A person gave `key` to another command, which can be given where `command` can."""
        return any(
            key in keys and name != command.command_id and name in BY_ID and _overlap(BY_ID[name], command)
            for name, keys in self._overrides.items()
        )


def stamp_keys(order: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Defaults that give the keys 1, 2, 3 … to the stamps in `order` (the setting `evaluation_ui_stamps`)."""
    keys: dict[str, tuple[str, ...]] = dict.fromkeys(STAMP_COMMANDS, ())
    for number, stamp in enumerate(order, start=1):
        if f"marking.stamp.{stamp}" in keys:
            keys[f"marking.stamp.{stamp}"] = (str(number),)
    return keys


def commands_of(scope: Scope, roles: frozenset[str] = TEACHING) -> tuple[Command, ...]:
    """The commands that can be given on a screen of `scope` by somebody with `roles`, the screen's own first."""
    scopes = {scope, Scope.BANK} if scope is Scope.MARKING else {scope}
    own = [command for command in COMMANDS if command.scope in scopes]
    general = [command for command in COMMANDS if command.scope is Scope.EVERYWHERE is not scope]
    return tuple(command for command in (*own, *general) if roles & command.roles)


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


def once_a_press(actions: Mapping[str, QAction]) -> None:
    """Let a key that is held be one key, but where it leads from one to the next.

    A finger that lifts late would stamp twice, take back what it gave, or leave the script.
    """
    for name, action in actions.items():
        action.setAutoRepeat(name.partition(".")[2] in _LEADING_ON)


def set_keys(actions: Mapping[str, QAction], keys: KeyMap) -> None:
    """Give actions the keys of `keys`, and say them in the tool tips."""
    for name, action in actions.items():
        action.setShortcuts([QKeySequence(key) for key in keys.keys(name)])
        shown = keys.shown(name)
        action.setToolTip(f"{action.text()}  ({shown})" if shown else action.text())


def follow_tip(widget: QWidget, action: QAction) -> None:
    """Let the tool tip of `widget` be that of `action` from now on: its key can be changed at any time."""
    _Tip(widget, action)


def shown_key(action: QAction) -> str:
    """The first key of an action as this computer spells it, "" when it has none."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def portable(key: str) -> str:
    """`key` as it is kept, the same on every computer."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def native(key: str) -> str:
    """`key` as this computer spells it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _twins(key: str) -> tuple[str, ...]:
    """The key, and the other Enter key with it: who presses one means both."""
    before, plus, last = key.rpartition("+")
    return tuple(f"{before}{plus}{name}" for name in ("Enter", "Return")) if last in {"Enter", "Return"} else (key,)


class _Tip(QObject):
    """Belongs to the widget, so that it ends with it."""

    def __init__(self, widget: QWidget, action: QAction) -> None:
        super().__init__(widget)
        self._widget, self._action = widget, action
        action.changed.connect(self._on_action_changed)
        self._on_action_changed()

    @Slot()
    def _on_action_changed(self) -> None:
        tip = self._action.toolTip()
        if self._widget.toolTip() != tip:
            self._widget.setToolTip(tip)


def _overlap(first: Command, second: Command) -> bool:
    """Both can be given at the same place."""
    if Scope.BANK in {first.scope, second.scope}:
        return all(command.scope is Scope.BANK or command.command_id in OVER_ALL for command in (first, second))
    return first.scope is second.scope or Scope.EVERYWHERE in {first.scope, second.scope}


def _without_checked(handler: Callable[[], object]) -> Callable[[bool], None]:
    def call(_checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's signature
        handler()

    return call
