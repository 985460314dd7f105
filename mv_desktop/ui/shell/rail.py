"""The places of the program, down the left side."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from mv_desktop.ui.theme import ColorRole, current_theme, spacing

_MOST_SAID = 99


class RailButton(QToolButton):
    """One place: its icon above its name, a bar at its side while one is there."""

    def __init__(self, icon: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._count = 0
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setIconSize(QSize(20, 20))
        self.setMinimumSize(spacing(19), spacing(15))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)  # all as wide as the longest name

    def count(self, number: int, words: str) -> None:
        """Show how many wait there, none for 0; `words` say it to a screen reader."""
        self._count = number
        self.setAccessibleName(f"{self.text()}, {words}" if number else self.text())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(spacing(1), 2, -spacing(1), -2)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colors.selection if self.isChecked() else theme.colors.raised))
            painter.drawRoundedRect(ground, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colors.accent), 2))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), 6, 6)
        words = QColor(theme.colors.on_selection if self.isChecked() else theme.colors.text)
        height = 20 + spacing(1) + self.fontMetrics().height()
        top = (self.height() - height) // 2
        role: ColorRole = "on_accent" if self.isChecked() and theme.name == "contrast" else "text"
        icon = theme.pixmap(self._icon_name, 20, role, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - 20) // 2, top, icon)
        if self._count:
            self._paint_count(painter, QPointF((self.width() + 20) / 2, top + 3.0))
        painter.setFont(self.font())
        painter.setPen(words)
        below = self.rect().adjusted(0, top + 20 + spacing(1), 0, 0)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, self.text())

    def _paint_count(self, painter: QPainter, middle: QPointF) -> None:
        theme = current_theme()
        font = theme.font(0.8, weight=QFont.Weight.DemiBold)
        text = str(self._count) if self._count <= _MOST_SAID else f"{_MOST_SAID}+"
        metrics = QFontMetricsF(font)
        high = metrics.height()
        wide = max(high, metrics.horizontalAdvance(text) + spacing(2))
        pill = QRectF(middle.x() - high / 2, middle.y() - high / 2, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(pill, high / 2, high / 2)
        painter.setFont(font)
        painter.setPen(theme.color("on_accent"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = max(spacing(19), metrics.horizontalAdvance(self.text()) + spacing(5))
        return QSize(width, 20 + metrics.height() + spacing(5))


class Rail(QWidget):
    """The buttons of the places.

    Signals:
        chosen(place): the person wants to go there.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, RailButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(spacing(1), spacing(3), spacing(1), spacing(3))
        self._column.setSpacing(spacing(1))
        self._column.addStretch(1)

    def add(self, place: str, icon: str, text: str, key: str) -> None:
        """A button for `place`, below those that are there; `key` is told in its tool tip."""
        button = RailButton(icon, text, self)
        button.clicked.connect(partial(self._on_button_clicked, place))
        self._group.addButton(button)
        self._buttons[place] = button
        self._column.insertWidget(self._column.count() - 1, button)
        self.tell_key(place, key)

    def tell_key(self, place: str, key: str) -> None:
        """Say in the tool tip which key leads to `place`; "" when none does."""
        button = self._buttons.get(place)
        if button is not None:
            button.setToolTip(f"{button.text()}  ({key})" if key else button.text())

    def count(self, place: str, number: int, words: str) -> None:
        """Show beside a place's icon how many wait there; `words` say it to a screen reader."""
        if place in self._buttons:
            self._buttons[place].count(number, words)

    def remove(self, place: str) -> None:
        """Take away a place's button."""
        button = self._buttons.pop(place, None)
        if button is not None:
            self._group.removeButton(button)
            button.deleteLater()

    def mark(self, place: str) -> None:
        """Show that one is at `place`."""
        if place in self._buttons:
            self._buttons[place].setChecked(True)

    def _on_button_clicked(self, place: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's signature
        self.chosen.emit(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(current_theme().colors.border))
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
