"""What the Sync page says of the file into which unsent work goes: whether there is any, and what was written."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from mv_desktop.offline.export import Exported
from mv_desktop.ui.sync.state import SyncState
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel


class ExportPart(QWidget):
    """A sentence for what the button does, or why it is grey; after that, what the file holds and what to do with it.

    Signals:
        requested(): write such a file.

    Attributes:
        button: stands where the page wants it.
    """

    requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._writing = self._any = False
        self.button = QPushButton(tr("Export unsent work …"), parent)
        self.button.setEnabled(False)
        self.button.clicked.connect(self.requested)
        self._hint = ToneLabel("", "muted", self)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        self._written = SignLabel(self)
        self._written.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addWidget(self._hint)
        column.addWidget(self._written)
        self._tell()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What is said below the button."""
        return "\n".join(part for part in (self._hint.text(), self._written.text) if part)

    def show_state(self, state: SyncState) -> None:
        """Tell whether there is anything to export."""
        self._any = exportable(state)
        self._tell()

    def show_writing(self) -> None:
        """The file is being written."""
        self._writing = True
        self._written.hide()
        self._tell()

    def show_failed(self) -> None:
        """No file was written; why is told elsewhere."""
        self._writing = False
        self._tell()

    def show_written(self, done: Exported) -> None:
        """Tell what the file holds and what to do with it; stands until the next one."""
        self._writing = False
        self._written.say("info" if done.path is None else "done", written_text(done))
        self._written.show()
        self._tell()

    # -- private ---------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        words = (
            tr("The file is being written …")
            if self._writing
            else tr("For a computer that finds no network: a file that your coordinator can bring in.")
            if self._any
            else tr("Nothing is unsent, so there is nothing to export.")
        )
        if words != self._hint.text():
            self._hint.setText(words)
            self.button.setAccessibleDescription(words)
        self.button.setEnabled(self._any and not self._writing)


def exportable(state: SyncState) -> bool:
    """There is work that the server does not have, or has refused."""
    return state.pending > 0 or state.refused > 0


def written_text(done: Exported) -> str:
    """What was written, who is to have it, and that nothing is gone from here; a sentence a line."""
    if done.path is None:
        return tr("Everything has reached the server meanwhile; no file was written.")
    parts = [
        tr_count(
            "{count} change is in the file {name}, in the folder {folder}.",
            "{count} changes are in the file {name}, in the folder {folder}.",
            done.operations + done.comments,
            name=done.path.name,
            folder=done.path.parent,
        )
    ]
    if done.damaged:
        parts[0] += " " + (
            tr_count(
                "{count} of them was damaged on the disk and cannot be brought in.",
                "{count} of them were damaged on the disk and cannot be brought in.",
                done.damaged,
            )
        )
    parts.append(tr("Give it to your coordinator, who brings it in; your marks are then kept and taken by hand."))
    parts.append(
        tr("It is sealed: only your school can open it.")
        if done.sealed_for
        else tr("It is not sealed: whoever has it can read your marks and remarks, so hand it over yourself.")
    )
    parts.append(tr("Your work also stays on this computer, and is sent when it finds the network."))
    return "\n".join(parts)
