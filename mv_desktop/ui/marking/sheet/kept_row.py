"""Rows of a list that are painted once for each look."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mv_desktop.ui.marking.sheet.sheet_row import Index
from mv_desktop.ui.theme import current_theme

_ROW_ROLE = Qt.ItemDataRole.UserRole
_LOOKS = (QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_HasFocus)
_KEPT = 300


class KeptRowDelegate(QStyledItemDelegate):
    """Keeps a picture of each row as it looked, and paints that as long as nothing of it changed.

    All rows are painted anew whenever the window gets or loses the keyboard and when another script is opened, and
    that must take no time. What is in the role `UserRole` must be hashable and say all that the row shows.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures: dict[Hashable, QPixmap] = {}

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row into `option.rect`, on the ground that is there."""
        raise NotImplementedError

    # -- Qt --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        ratio = painter.device().devicePixelRatio()
        ground = option.palette.color(option.palette.ColorRole.Base)
        look = (
            *(index.data(_ROW_ROLE), index.row() == 0, option.rect.size().toTuple(), option.font.key()),
            *(bool(option.state & state) for state in _LOOKS),
            *(current_theme().name, ground.name(), ratio),
        )
        picture = self._pictures.get(look)
        if picture is None:
            if len(self._pictures) >= _KEPT:
                self._pictures.clear()
            picture = self._pictures[look] = QPixmap(option.rect.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(ground)
            inside = QPainter(picture)
            inside.translate(-option.rect.topLeft())
            self.paint_row(inside, option, index)
            inside.end()
        painter.drawPixmap(option.rect.topLeft(), picture)
