"""What a dialog asks, above its buttons: on a small screen it scrolls, and the buttons stay in sight."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.ui.theme import spacing

_FRAME = spacing(12)
"""So much of the screen is left to a window's title and to the desktop's bar."""
_LEAST = spacing(24)


class DialogBody(QScrollArea):
    """A column of widgets, as tall as it needs to be where there is room, and scrolled where there is not.

    What takes the keyboard comes into sight.

    Args:
        name: what the part is called for who hears the screen.

    Attributes:
        column: where the widgets are put.
    """

    def __init__(self, name: str, parent: QDialog) -> None:
        super().__init__(parent)
        self._dialog = parent
        self._content = QWidget(self)
        self.column = QVBoxLayout(self._content)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(spacing(3))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(self._content)
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # noqa: S101 (a widget needs one)
        app.focusChanged.connect(self._on_app_focus_changed)

    def fit(self) -> None:
        """Give the dialog the size that all of this needs, as far as its screen has it; once it is filled."""
        layout, room = self._dialog.layout(), self._dialog.screen().availableSize()
        assert layout is not None  # noqa: S101 (the body stands in it)
        width = min(max(self._dialog.minimumWidth(), layout.sizeHint().width()), room.width() - _FRAME)
        margins = layout.contentsMargins()
        inside = width - margins.left() - margins.right()
        around = layout.sizeHint().height() - self.sizeHint().height()
        self._dialog.setMinimumWidth(min(self._dialog.minimumWidth(), width))
        self._dialog.resize(width, min(around + self._height_for(inside), room.height() - _FRAME))

    # -- private ---------------------------------------------------------------------------------------------

    def _height_for(self, width: int) -> int:
        if self.column.hasHeightForWidth():
            return self.column.totalHeightForWidth(width)
        return self.column.totalSizeHint().height()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_app_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._content.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, spacing(2))

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return self.column.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.column.totalMinimumSize().width(), _LEAST)
