"""One of two computers: the mark given there, its comment, when, and how much ink."""

from __future__ import annotations

from datetime import datetime, tzinfo

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mv_desktop.domain.conflict import ConflictSide
from mv_desktop.domain.marks import EffectiveMark, MarkState, format_marks
from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.tone_label import ToneLabel


class SideCard(QWidget):
    """What one computer says of a question, and the button that lets it count.

    Args:
        number: as beside its ink and on its key.
        name: which computer it is.
        action: the command that lets it count.

    Signals:
        chosen(): let this count.
    """

    chosen = Signal()

    def __init__(self, number: str, name: str, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = False
        self._name = name
        self._heading = ToneLabel(f"{number}  {name}", parent=self, strong=True)
        self._sign = QLabel(self)
        self._mark = ToneLabel("", parent=self, factor=1.7, strong=True)
        self._comment = _line(self)
        self._about = ToneLabel("", "muted", self)
        self._about.setWordWrap(True)
        self._button = QPushButton(tr("Let this count"), self)
        self._button.setAccessibleName(f"{tr('Let this count')}: {name}")
        self._button.clicked.connect(self.chosen)
        follow_tip(self._button, action)
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), spacing(2), spacing(3), spacing(3))
        column.setSpacing(spacing(1))
        top = QHBoxLayout()
        top.addWidget(self._heading)
        top.addStretch(1)
        top.addWidget(self._sign)
        column.addLayout(top)
        for label in (self._mark, self._comment, self._about):
            column.addWidget(label)
        column.addSpacing(spacing(1))
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_side(
        self, side: ConflictSide, mark: EffectiveMark, possible: str, now: datetime, zone: tzinfo, *, counts: bool
    ) -> None:
        """Show a question's side; `counts` when it was chosen."""
        self._counts = counts
        self._mark.setText(effective_text(mark, possible))
        comment = side.given.comment
        self._comment.setText(f"“{comment}”" if comment else "")
        self._comment.setVisible(bool(comment))
        parts = [moment(side.at, now, zone)] if side.at is not None else []
        if side.given.state is MarkState.FOLLOWS_STAMPS:
            parts.append(tr("the sum of the stamps"))
        ink = len(side.annotations)
        parts.append(tr_count("{count} piece of ink", "{count} pieces of ink", ink) if ink else tr("no ink"))
        self._about.setText(" · ".join(parts))
        theme = current_theme()
        words = tr("counts now")
        self._sign.setPixmap(theme.pixmap("done", 18, "done", self.devicePixelRatioF()) if counts else QPixmap())
        self._sign.setToolTip(words if counts else "")
        self._button.setEnabled(not counts)
        said = (self._mark.text(), self._comment.text(), self._about.text(), words if counts else "")
        self.setAccessibleDescription(", ".join(part for part in said if part))
        self.update()

    @property
    def text(self) -> str:
        """All that it says."""
        return "\n".join(label.text() for label in (self._heading, self._mark, self._comment, self._about))

    @property
    def counts(self) -> bool:
        """It was chosen."""
        return self._counts

    # -- Qt --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = current_theme().colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors.done if self._counts else colors.outline), 2 if self._counts else 1))
        painter.setBrush(QColor(colors.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)


def effective_text(mark: EffectiveMark, possible: str) -> str:
    """“2½ of 3”, “not attempted”, “no mark”."""
    if mark.not_attempted:
        return tr("not attempted")
    if mark.marks is None:
        return tr("no mark")
    return tr("{marks} of {possible}", marks=format_marks(mark.marks), possible=possible)


def _line(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
