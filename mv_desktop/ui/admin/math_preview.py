"""What is typed as it will look, while it is typed: words with formulas, above the form."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.math_label import MathLabel

_LARGER = 1.2
"""Its letters against ordinary ones: a fraction within a line has small figures, which somebody has to check here."""


class MathPreview(QScrollArea):
    """Scrolls where there is more than fits."""

    def __init__(self, press: FormulaPress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        body = QWidget(self)
        self._label = MathLabel(press, "", body)
        self._label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(spacing(2), spacing(2), spacing(2), spacing(2))
        self._column.addWidget(self._label)
        self._column.addStretch(1)
        self.setAccessibleName(tr("Preview"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(spacing(20))
        self.setWidget(body)
        self._enlarge()

    @property
    def text(self) -> str:
        """What is shown."""
        return self._label.text

    @property
    def complete(self) -> bool:
        """No formula is still being typeset."""
        return self._label.complete

    def put_below(self, widget: QWidget) -> None:
        """Let this stand below the words."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def show_text(self, text: str) -> None:
        """Show this."""
        self._label.set_text(text)

    # -- private ---------------------------------------------------------------------------------------------

    def _enlarge(self) -> None:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * _LARGER)
        self._label.setFont(font)

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._enlarge()  # what was said before may have been lost when it came into its window

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_label"):
            self._enlarge()
