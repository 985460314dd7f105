"""The line below the board: all that is known of the script with the cursor, and how new all of it is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel


class FootLine(QWidget):
    """Says in whole sentences what the columns of the list have no room for.

    Attributes:
        about: of the script.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.about = ElidedLabel("", "text", self)
        self.about.setAccessibleName(tr("The script with the cursor"))
        self._state = ToneLabel("", "muted", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(4))
        row.addWidget(self.about, 1)
        row.addWidget(self._state)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def state_text(self) -> str:
        """How new it is, in words; "" before there is anything."""
        return self._state.text()

    def say_live(self, time: str) -> None:
        """The board is as the server has it; `time` is when it changed last."""
        self._state.set_tone("muted")
        self._state.setText(tr("Live"))
        self._state.setToolTip(tr("Changes show within two seconds. The last was at {time}.", time=time))

    def say_old(self, time: str, why: str) -> None:
        """The server was not reached since `time`, for the reason that `why` says."""
        self._state.set_tone("soon")
        self._state.setText(tr("Not connected: as of {time}", time=time))
        self._state.setToolTip(why)

    def clear(self) -> None:
        """There is nothing yet."""
        self._state.setText("")
        self.about.setText("")
