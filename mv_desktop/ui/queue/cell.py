"""How a cell of the queue is painted: icon, text in the colour of its state, and the bar of what is marked."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from mv_desktop.ui.queue.model import COLOR_ROLE, HEADINGS, MARK_ROLE, SHARE_ROLE, Column, Index, Mark
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import Theme, current_theme, spacing
from mv_desktop.ui.widgets.deadline_text import longest_moment
from mv_desktop.ui.widgets.share_bar import BAR_HEIGHT, paint_share

PADDING = spacing(2)
ICON = 16
BAR_WIDTH = spacing(18)


class QueueCell(QStyledItemDelegate):
    """Paints the cells of `QueueModel`."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled = QStyleOptionViewItem(option)
        self.initStyleOption(styled, index)
        selected = bool(styled.state & QStyle.StateFlag.State_Selected)
        text, styled.text = styled.text, ""
        # a focus frame around one cell says nothing where rows are chosen: the row is filled instead
        styled.state &= ~QStyle.StateFlag.State_HasFocus
        QApplication.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, styled, painter, styled.widget)
        theme = current_theme()
        painter.save()
        rect = styled.rect.adjusted(PADDING, 0, -PADDING, 0)
        rect = self._paint_mark(painter, rect, index, theme, selected=selected)
        rect = self._paint_bar(painter, rect, index, theme, selected=selected)
        role = index.data(COLOR_ROLE)
        color = QColor(theme.colors.on_selection) if selected else theme.color(role or "text")
        painter.setPen(color)
        font = QFont(styled.font)
        if index.column() in {Column.DUE, Column.SCRIPT}:
            font.setWeight(QFont.Weight.Medium)
        painter.setFont(font)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(styled.displayAlignment), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        extra = 2 * PADDING
        if index.data(MARK_ROLE) is not None:
            extra += ICON + spacing(2)
        if index.data(SHARE_ROLE) is not None:
            extra += BAR_WIDTH + spacing(2)
        return QSize(hint.width() + extra, hint.height())

    def _paint_mark(self, painter: QPainter, rect: QRect, index: Index, theme: Theme, *, selected: bool) -> QRect:
        """The icon; returns what is left of the cell. All rows of a column leave its place free."""
        if index.column() not in {Column.DUE, Column.SCRIPT, Column.PAGES}:
            return rect
        mark: Mark | None = index.data(MARK_ROLE)
        before = index.column() == Column.DUE
        x = rect.left() if before else rect.right() - ICON + 1
        if mark is not None:
            top = rect.top() + (rect.height() - ICON) // 2
            ratio = painter.device().devicePixelRatio()
            role = "on_accent" if selected and theme.name == "contrast" else mark.role
            painter.drawPixmap(x, top, theme.pixmap(mark.icon, ICON, role, ratio))
        return rect.adjusted(ICON + spacing(2), 0, 0, 0) if before else rect.adjusted(0, 0, -ICON - spacing(2), 0)

    def _paint_bar(self, painter: QPainter, rect: QRect, index: Index, theme: Theme, *, selected: bool) -> QRect:
        share = index.data(SHARE_ROLE)
        if share is None:
            return rect
        bar = QRectF(rect.left(), rect.center().y() - 2, BAR_WIDTH, BAR_HEIGHT)
        if selected and theme.name == "contrast":  # there the selection is the accent colour itself
            paint_share(painter, bar, share, theme.colors.outline, theme.colors.on_selection)
        elif selected:
            paint_share(painter, bar, share, theme.colors.base)  # a darker ground would look like a full bar
        else:
            paint_share(painter, bar, share, theme.colors.border)
        return rect.adjusted(BAR_WIDTH + spacing(2), 0, 0, 0)


def size_columns(table: QTableView) -> None:
    """Widths by the longest words a column can hold, so that nothing jumps when rows come."""
    metrics = table.fontMetrics()
    table.verticalHeader().setDefaultSectionSize(max(spacing(9), metrics.height() + spacing(3)))
    icon = ICON + spacing(2)
    samples = {
        Column.DUE: (tr("tomorrow {time}", time="00:00"), icon),
        Column.LEFT: (f"00 {tr('{hours} h {minutes} min', hours=0, minutes=59)}", 0),
        Column.SCRIPT: ("WM-0W0", icon),
        Column.MARKS: ("00/00", BAR_WIDTH + spacing(2)),
        Column.PAGES: ("00/00", icon),
    }
    header = table.horizontalHeader()
    for column, (sample, extra) in samples.items():
        words = max(metrics.horizontalAdvance(sample), metrics.horizontalAdvance(longest_moment()) * (column == 0))
        heading = metrics.horizontalAdvance(tr(HEADINGS[column])) + spacing(2)
        header.resizeSection(column, max(words + extra, heading) + 2 * PADDING + spacing(3))
    header.setSectionResizeMode(Column.PAPER, QHeaderView.ResizeMode.Stretch)
