"""The demo's switch that takes the network away, to see what then happens to one's work: nothing."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeySequence

from mv_desktop.ui.shell.contact_watch import CONTACT_LANE
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme

KEY = "Ctrl+Alt+N"


class PluggedNetwork(Protocol):
    """A network that can be taken away."""

    def cut(self) -> None:
        """Take it away."""
        ...

    def mend(self) -> None:
        """Give it back."""
        ...


class UnplugSwitch(QObject):
    """A command of the palette and a button of the bottom line, in the demo only.

    Args:
        network: between this program and the demo's servers.
    """

    def __init__(self, network: PluggedNetwork, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(window)
        self._network, self._tasks = network, tasks
        self.action = QAction(self)
        self.action.setObjectName("demo.unplug")
        self.action.setCheckable(True)
        self.action.setShortcut(QKeySequence(KEY))
        self.action.toggled.connect(self._on_action_toggled)
        window.installEventFilter(self)
        self._dress()
        window.offer_command(self.action)

    # -- private ---------------------------------------------------------------------------------------------

    def _dress(self) -> None:
        cut = self.action.isChecked()
        text = tr("Plug the network in again") if cut else tr("Unplug the network")
        key = self.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.action.setText(text)
        self.action.setToolTip(f"{text}  ({key})")
        self.action.setIcon(current_theme().icon("online" if cut else "offline", "soon" if cut else "muted"))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_action_toggled(self, cut: bool) -> None:  # noqa: FBT001 - Qt's signature
        self._tasks.run(CONTACT_LANE, self._network.cut if cut else self._network.mend, _nothing)
        self._dress()

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        return super().eventFilter(watched, event)


def _nothing(_: None) -> None:
    """The bottom line shows what comes of it."""
