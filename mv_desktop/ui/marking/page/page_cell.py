"""How one page looks in the list of pages: its label and signs, its thumbnail where there is room, its questions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem

from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.marking.page.page_row import ROW_ROLE, PageRow
from mv_desktop.ui.marking.sheet.kept_row import KeptRowDelegate
from mv_desktop.ui.marking.sheet.sheet_row import Index
from mv_desktop.ui.theme import ColorRole, Theme, current_theme, spacing

ROOMY = spacing(20)
"""From this width on a list has thumbnails; a narrower one has one line a page."""

_ICON = 14
_PADDING = spacing(2)
_SMALL = 0.85
_A4 = 297 / 210


class PageCell(KeptRowDelegate):
    """The page's label and its signs, its picture, and the questions under them in small writing.

    Args:
        picture: the thumbnail of a page, None while it is not here.
        turn: by how many quarter turns a page is turned for viewing.
    """

    def __init__(
        self, pages: QListView, picture: Callable[[PageRef], QImage | None], turn: Callable[[PageRef], int]
    ) -> None:
        super().__init__(pages)
        self._pages = pages
        self._picture = picture
        self._turn = turn

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: PageRow = index.data(ROW_ROLE)
        theme = current_theme()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        _paint_ground(painter, option, theme, selected=selected)
        rect = option.rect.adjusted(_PADDING, spacing(1), -_PADDING, -spacing(1))
        line = QRect(rect.left(), rect.top(), rect.width(), option.fontMetrics.height())
        painter.setPen(QColor(theme.colors.on_selection) if selected else theme.color("text"))
        font = QFont(option.font)
        font.setWeight(QFont.Weight.Medium)
        painter.setFont(font)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, row.ref.label)
        self._paint_signs(painter, line, row, theme, selected=selected)
        box = self._box(option)
        if box.isValid():
            _paint_empty(painter, box, row, theme)
        small = _small(option.font)
        painter.setFont(small)
        painter.setPen(QColor(theme.colors.on_selection) if selected else theme.color("muted"))
        top = box.bottom() + spacing(1) if box.isValid() else line.bottom() + 1
        below = QRect(rect.left(), top, rect.width(), QFontMetrics(small).height())
        words = QFontMetrics(small).elidedText(row.questions_text, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    # -- private ---------------------------------------------------------------------------------------------

    def _box(self, option: QStyleOptionViewItem) -> QRect:
        """Where the thumbnail is; empty in a narrow list."""
        # as wide beside a scroll bar as without one: with rows that grew when it goes there would be need of it again
        room = self._pages.contentsRect().width() - self._pages.verticalScrollBar().sizeHint().width()
        if room < ROOMY:
            return QRect()
        width = room - 2 * _PADDING
        top = option.rect.top() + spacing(1) + option.fontMetrics.height() + spacing(1)
        return QRect(option.rect.left() + _PADDING, top, width, round(width * _A4))

    def _paint_signs(self, painter: QPainter, line: QRect, row: PageRow, theme: Theme, *, selected: bool) -> None:
        """From the right, so that "read" stands in one column on all pages."""
        right = line.right() + 1
        ratio = painter.device().devicePixelRatio()
        for name, role in reversed(row.signs):
            right -= _ICON
            shown: ColorRole = "on_accent" if selected and theme.name == "contrast" else role
            top = line.top() + (line.height() - _ICON) // 2
            painter.drawPixmap(right, top, theme.pixmap(name, _ICON, shown, ratio))
            right -= 2

    # -- Qt --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        box = self._box(option)
        row: PageRow = index.data(ROW_ROLE)
        picture = self._picture(row.ref) if box.isValid() and not row.problem else None
        if picture is not None:
            ring = 2 if option.state & QStyle.StateFlag.State_Selected else 1
            _paint_picture(painter, QRectF(box), picture, self._turn(row.ref), ring)

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        height = option.fontMetrics.height() + QFontMetrics(_small(option.font)).height() + 2 * spacing(1)
        box = self._box(option)
        return QSize(spacing(18), height + (box.height() + 2 * spacing(1) if box.isValid() else 0))


def _paint_picture(painter: QPainter, box: QRectF, picture: QImage, turn: int, ring: int) -> None:
    """As large as the box lets it be, turned as the page is, with a line around it: wider for the current page."""
    sideways = bool(turn % 2)
    size = QSize(picture.height(), picture.width()) if sideways else picture.size()
    shown = QRectF(QPointF(), size.scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio))
    shown.moveCenter(box.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.fillRect(box, QColor(current_theme().colors.canvas))
    painter.translate(shown.center())
    painter.rotate(90.0 * turn)
    across, down = (shown.height(), shown.width()) if sideways else (shown.width(), shown.height())
    painter.drawImage(QRectF(-across / 2, -down / 2, across, down), picture)
    painter.restore()
    _paint_edge(painter, shown.toAlignedRect(), ring)


def _paint_edge(painter: QPainter, rect: QRect, ring: int) -> None:
    colors = current_theme().colors
    pen = QPen(QColor(colors.accent if ring > 1 else colors.page_edge), ring)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(0, 0, -1, -1))


def _paint_empty(painter: QPainter, box: QRect, row: PageRow, theme: Theme) -> None:
    """Where a thumbnail will be, or the sign of why there is none."""
    painter.fillRect(box, QColor(theme.colors.skeleton))
    name = "warning" if row.problem else "" if row.here else "download"
    if name:
        side = spacing(6)
        icon = theme.pixmap(name, side, "on_skeleton", painter.device().devicePixelRatio())
        painter.drawPixmap(box.center() - QPoint(side // 2, side // 2), icon)
    _paint_edge(painter, box, 1)


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, theme: Theme, *, selected: bool) -> None:
    if selected:
        painter.fillRect(option.rect, QColor(theme.colors.selection))
    if option.state & QStyle.StateFlag.State_HasFocus:
        ring = theme.colors.on_selection if theme.name == "contrast" else theme.colors.accent
        painter.setPen(QPen(QColor(ring), 2))
        painter.drawRect(option.rect.adjusted(1, 1, -1, -1))


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * _SMALL)
    return small
