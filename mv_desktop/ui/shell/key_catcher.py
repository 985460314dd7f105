"""The dialog that waits for one key, and says at once what that key means already."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mv_desktop.ui.actions import BY_ID, SCOPE_TITLES, KeyMap, native
from mv_desktop.ui.key_rule import key_name, ruling
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing


class KeyCatcher(QDialog):
    """Press a key; then use it, take it from the command that has it, or leave everything as it is.

    Args:
        command_id: for which command.
        keys: the keys as they are now.

    Signals:
        caught(str): this key is to give the command, and no other one there.
    """

    caught = Signal(str)

    def __init__(self, command_id: str, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._command, self._keys = BY_ID[command_id], keys
        self._key = ""
        self.setWindowTitle(tr("A key for “{command}”", command=tr(self._command.text)))
        self._pad = KeyPad(self)
        self._pad.pressed.connect(self._on_pad_pressed)
        self._told = QLabel(self)
        self._told.setWordWrap(True)
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._use = QPushButton(self)
        self._use.clicked.connect(self._on_use_clicked)
        self._again = QPushButton(tr("Another key"), self)
        self._again.clicked.connect(self._listen)
        self._leave = QPushButton(tr("Leave it"), self)
        self._leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addStretch(1)
        for button in (self._use, self._again, self._leave):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(5), spacing(5), spacing(5), spacing(4))
        layout.setSpacing(spacing(3))
        layout.addWidget(self._pad)
        layout.addWidget(self._told)
        layout.addLayout(row)
        self._told.setMinimumHeight(4 * self._told.fontMetrics().lineSpacing())
        self.setMinimumWidth(spacing(120))
        self._listen()

    @property
    def told(self) -> str:
        """What is said of the key."""
        return self._told.text()

    # -- private ---------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        self._key = ""
        self._pad.say(tr("Press the key"))
        self._tell(tr("Every key counts here, also Tab and Esc. When it is pressed, Esc leaves everything as it is."))
        self._use.setText(tr("Use this key"))
        self._use.setEnabled(False)
        self._again.setEnabled(False)
        self._pad.setFocus()

    def _on_pad_pressed(self, key: str) -> None:
        self._key = key
        self._pad.say(native(key) or "?")
        rule = ruling(key, self._command.scope, self._keys.default_keys(self._command.command_id))
        lines = [tr(rule.note)] if rule.note is not None else []
        owners = self._keys.owners(self._command.command_id, key) if rule.allowed else ()
        own = key in self._keys.keys(self._command.command_id)
        if own:
            lines.append(tr("It gives this command already."))
        lines += [
            tr("It gives “{command}” ({place}) now.", command=tr(owner.text), place=tr(SCOPE_TITLES[owner.scope]))
            for owner in owners
        ]
        self._tell(" ".join(lines) if lines else tr("This key is free."))
        taken = owners[0] if owners else None
        self._use.setText(
            tr("Use this key") if taken is None else tr("Take it from “{command}”", command=tr(taken.text))
        )
        self._use.setEnabled(rule.allowed and not own)
        self._again.setEnabled(True)
        # who has to give a key away decides; a free one wants only Enter
        chosen = self._again if not self._use.isEnabled() else self._leave if owners else self._use
        chosen.setDefault(True)
        chosen.setFocus()

    def _tell(self, words: str) -> None:
        self._told.setText(words)
        self._pad.setAccessibleDescription(words)
        for button in (self._use, self._again, self._leave):
            button.setAccessibleDescription(words)  # a screen reader says it with the button the focus went to

    def _on_use_clicked(self) -> None:
        key = self._key
        self.accept()
        self.caught.emit(key)


class KeyPad(QFrame):
    """Takes every key while it has the focus.

    Signals:
        pressed(str): a key in portable spelling; "" for one that has no name.
    """

    pressed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(tr("Press the key"))
        self._words = QLabel(self)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setFont(current_theme().font(1.4))
        layout = QVBoxLayout(self)
        layout.addWidget(self._words)

    def say(self, words: str) -> None:
        """Show the key that was pressed, or what to do."""
        self._words.setText(words)

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:  # here, because Tab never reaches keyPressEvent
                name = key_name(event)
                if (name or Qt.Key(event.key()) == Qt.Key.Key_unknown) and not event.isAutoRepeat():
                    self.pressed.emit(name)
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setLineWidth(2)
        self.setFrameShape(QFrame.Shape.Box)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setLineWidth(1)
        self.setFrameShape(QFrame.Shape.StyledPanel)
