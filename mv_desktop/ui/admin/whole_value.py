"""All of what a row of a table has no room for, and the ids that its names stand for."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mv_desktop.ui.admin.value_words import NOTHING, Said
from mv_desktop.ui.text import tr

_LONG = 40
"""Letters that a cell has room for."""
_MOST_LINES = 10


class WholeValue(QPlainTextEdit):
    """Below the table; there only where its row does not say all itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("The whole value"))
        self.hide()

    @property
    def text(self) -> str:
        """What is shown; "" where the row says all itself."""
        return "" if self.isHidden() else self.toPlainText()

    def show_values(self, values: Iterable[tuple[str, Said]]) -> None:
        """Show these, each below its heading in the language spoken ("" for none); hide where none has more to say."""
        told = [(heading, one) for heading, one in values if one.line != NOTHING]
        more = any(len(one.line) > _LONG or one.whole != one.line for _, one in told)
        words = "\n\n".join("\n".join(filter(None, (heading, one.whole))) for heading, one in told)
        self.setPlainText(words if more else "")
        self.setVisible(more)
        self._fit()

    def _fit(self) -> None:
        """As high as its lines are, as they are broken."""
        layout, block, high = self.document().documentLayout(), self.document().firstBlock(), 0.0
        while block.isValid():
            high += layout.blockBoundingRect(block).height()
            block = block.next()
        high = min(high, self.fontMetrics().lineSpacing() * _MOST_LINES)
        around = self.height() - self.viewport().height() + 2 * self.document().documentMargin()
        if self.height() != (wanted := math.ceil(high + around)):
            self.setFixedHeight(wanted)

    # -- Qt --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
