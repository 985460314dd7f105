"""A deadline as a small badge: icon, word and colour, and the time left."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.deadline_text import SIGNS, DueWork, ToldDeadline, Urgency, told


class DeadlineBadge(QWidget):
    """Says “due today 16:40 · 1 h 20 min left” on a ground of the urgency's colour; the tool tip says why.

    Args:
        wraps: it goes on in a second line where it has no room, as it does in a narrow column.

    Attributes:
        told: what it says now, or None before `show_deadline`.
    """

    def __init__(self, parent: QWidget | None = None, *, wraps: bool = False) -> None:
        super().__init__(parent)
        self.told: ToldDeadline | None = None
        self._icon = QLabel(self)
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(wraps)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(spacing(2), 2, spacing(2), 2)
        layout.setSpacing(spacing(1))
        layout.addWidget(self._icon)
        layout.addWidget(self._words, int(wraps))
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if wraps:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_deadline(self, work: DueWork, calendar: WorkCalendar, now: datetime) -> None:
        """Say the deadline of `work` as it stands at `now`; called again as time goes by."""
        self.told = told(work, calendar, now)
        self._dress()

    @property
    def text(self) -> str:
        """What is written on it."""
        return self._words.text()

    def _dress(self) -> None:
        if self.told is None:
            return
        theme, sign = current_theme(), SIGNS[self.told.urgency]
        self._icon.setPixmap(theme.pixmap(sign.icon, 16, sign.role, self.devicePixelRatioF()))
        self._words.setText(self.told.line)
        palette = self._words.palette()
        if palette.color(self._words.foregroundRole()) != theme.color(sign.role):
            palette.setColor(self._words.foregroundRole(), theme.color(sign.role))
            self._words.setPalette(palette)
        self.setToolTip(self.told.tooltip)
        self.setAccessibleName(f"{self.told.word}: {self.told.line}")
        self.setAccessibleDescription(self.told.tooltip)
        self.update()

    # -- Qt --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        ground = tint(self.told.urgency) if self.told is not None else None
        if ground is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(self.rect(), 4, 4)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "told"):
            self._dress()


def tint(urgency: Urgency) -> QColor | None:
    """The ground behind an urgency's words; None where the ordinary one serves."""
    colors = current_theme().colors
    grounds = {
        Urgency.BREACHED: colors.danger_tint,
        Urgency.TODAY: colors.soon_tint,
        Urgency.DONE: colors.done_tint,
    }
    return QColor(grounds[urgency]) if urgency in grounds else None
