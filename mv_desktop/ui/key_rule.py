"""Which keys can be given to a command, and what should be known of one: functions on the names of keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from mv_desktop.ui.actions import Scope


class KeyNote(StrEnum):
    """What is told of a key, in English."""

    UNNAMED = "This key has no name, so it cannot be kept."
    DESKTOP = "This key belongs to the desktop; the program does not get to see it."
    WALKS = "This key walks through every window and presses its buttons, so it cannot be a command everywhere."
    LIST = "This key moves through the list of scripts, so it cannot be a command of the queue."
    PAGE = "This key moves over the page and uses the tool in hand there, so it cannot be a command while marking."
    BANK = "This key types or moves in the comment bank, so it cannot be a command there."
    MARK = "In the mark field this key is typed; everywhere else it gives the command."
    FIELD = "In the mark field and in the comment this key is the field's own; everywhere else it gives the command."
    TYPED = "In a text field this key is typed; everywhere else it gives the command."
    EDITS = "In a text field this key does what it does in every program; everywhere else it gives the command."


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to be known of a key.

    Attributes:
        allowed: it can be given to a command.
        note: why not, or what should be known; None when there is nothing to say.
    """

    allowed: bool
    note: KeyNote | None = None


_SILENT = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_ScrollLock,
        Qt.Key.Key_unknown,
    }
)
_ARROWS = frozenset({"Up", "Down", "Left", "Right"})
_JUMPS = frozenset({"Home", "End", "PgUp", "PgDown"})
_ENTER = frozenset({"Enter", "Return"})
_TAB = frozenset({"Tab", "Shift+Tab"})
_DESKTOP = frozenset({"Alt+F4", "Alt+Tab", "Alt+Shift+Tab", "Ctrl+Alt+Del", "Meta"})
_WALKS = _ARROWS | _JUMPS | _ENTER | _TAB | {"Space", "Esc", "Backspace", "Del", "Menu"}
_LIST = _ARROWS | _JUMPS | _TAB | {"Menu"}
_PAGE = _ARROWS | _ENTER | {f"Shift+{arrow}" for arrow in _ARROWS} | {"Space", "Menu"}
_MARK = frozenset("0123456789.,½")
_FIELD = _TAB | {"Esc", "Backspace", "Del"} | _JUMPS
_EDITS = frozenset(f"Ctrl+{key}" for key in "ACVXYZ") | {"Ctrl+Shift+Z", "Ctrl+Backspace", "Ctrl+Del"}
_BANK = _ARROWS | _JUMPS | _TAB | _ENTER | _EDITS | {"Space", "Backspace", "Del", "Menu", "Ctrl+Left", "Ctrl+Right"}
_NEVER = {
    Scope.EVERYWHERE: (_WALKS, KeyNote.WALKS),
    Scope.QUEUE: (_LIST, KeyNote.LIST),
    Scope.MARKING: (_PAGE, KeyNote.PAGE),
    Scope.BANK: (_BANK, KeyNote.BANK),
    Scope.CONFLICT: (_PAGE, KeyNote.PAGE),
}


def is_modifier(key: Qt.Key) -> bool:
    """The key does nothing alone: it is held, locks, or has no name."""
    return key in _SILENT


def key_name(event: QKeyEvent) -> str:
    """The key that was pressed in portable spelling, as the table of commands spells it; "" for a modifier alone."""
    key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if is_modifier(key):
        return ""
    if key == Qt.Key.Key_Backtab:
        key, modifiers = Qt.Key.Key_Tab, modifiers | Qt.KeyboardModifier.ShiftModifier
    # where a sign is typed with Shift depends on the keyboard, so Shift is no part of its name
    if Qt.Key.Key_Space < key <= Qt.Key.Key_ydiaeresis and not chr(key).isalpha():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)


def ruling(key: str, scope: Scope, own: tuple[str, ...] = ()) -> Ruling:
    """What is to be known before `key` gives a command of `scope`.

    Args:
        key: in portable spelling.
        scope: of the command.
        own: the command's default keys, which are never refused.
    """
    if not key:
        return Ruling(allowed=False, note=KeyNote.UNNAMED)
    if key not in own:
        if key in _DESKTOP:
            return Ruling(allowed=False, note=KeyNote.DESKTOP)
        never, why = _NEVER.get(scope, (_WALKS, KeyNote.WALKS))
        if key in never or (scope is Scope.BANK and len(key.removeprefix("Shift+")) == 1):
            return Ruling(allowed=False, note=why)
    return Ruling(allowed=True, note=_note(key, scope))


def _note(key: str, scope: Scope) -> KeyNote | None:
    plain = key.removeprefix("Shift+")
    if scope is not Scope.QUEUE and plain in _MARK:
        return KeyNote.MARK
    if scope is Scope.MARKING and key in _FIELD:
        return KeyNote.FIELD
    if len(plain) == 1 or plain == "Space":
        return KeyNote.TYPED
    return KeyNote.EDITS if key in _EDITS else None
