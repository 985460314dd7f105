"""Words in the colour and the size of what they mean, in every palette and at every text size."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from mv_desktop.ui.theme import ColorRole, current_theme


class ToneLabel(QLabel):
    """A label that follows the theme while it is shown.

    Args:
        tone: the colour's role.
        factor: its size against ordinary text.
        strong: it is a heading.
    """

    def __init__(
        self,
        text: str = "",
        tone: ColorRole = "text",
        parent: QWidget | None = None,
        *,
        factor: float = 1.0,
        strong: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self._factor, self._weight = factor, QFont.Weight.DemiBold if strong else QFont.Weight.Normal
        self._tone: ColorRole = tone
        self._dress()

    def set_tone(self, tone: ColorRole) -> None:
        """Mean something else."""
        self._tone = tone
        self._dress()

    def _dress(self) -> None:
        font = current_theme().font(self._factor, self._weight)
        if self.font() != font:
            self.setFont(font)
        color, palette = current_theme().color(self._tone), self.palette()
        if palette.color(self.foregroundRole()) != color:
            palette.setColor(self.foregroundRole(), color)
            self.setPalette(palette)

    # -- Qt --------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange} and hasattr(self, "_tone"):
            self._dress()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._dress()  # a style sheet may have given it the palette of where it now stands
