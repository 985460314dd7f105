"""How a row of the mark sheet is laid out and painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.script import Declaration
from mv_desktop.ui.marking.sheet.kept_row import KeptRowDelegate
from mv_desktop.ui.marking.sheet.sheet_row import ROW_ROLE, Index, SheetRow
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole, Theme, current_theme, spacing

ICON = 14
_GAP = spacing(2)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the parts of a row are, from the left."""

    section: QRect
    number: QRect
    joint: QRect
    side: QRect
    kind: QRect
    note: QRect
    mark: QRect
    possible: QRect


def row_height(metrics: QFontMetrics) -> int:
    """The height of every row, in pixels."""
    return metrics.height() + 2


def cells(row: QRect, metrics: QFontMetrics) -> Cells:
    """The parts of a row that takes the place `row`; the same in every row, so that columns align."""
    width = metrics.horizontalAdvance
    left, right, top, height = row.left() + _GAP, row.right() - _GAP + 1, row.top(), row.height()

    def from_left(size: int) -> QRect:
        nonlocal left
        rect = QRect(left, top, size, height)
        left += size
        return rect

    def from_right(size: int) -> QRect:
        nonlocal right
        right -= size
        return QRect(right, top, size, height)

    section = from_left(width("D") + _GAP)
    number = from_left(width("000"))
    joint = from_left(width(f" {tr('or')} "))
    side = from_left(max(width("a"), width("b")) + _GAP)
    kind = from_left(width("VSA") + _GAP)
    possible = from_right(width("/10"))
    from_right(spacing(1))  # or the field of the mark would touch it
    mark = from_right(width("10½") + spacing(4))
    note = QRect(left, top, right - left - _GAP, height)
    return Cells(section, number, joint, side, kind, note, mark, possible)


class SheetCell(KeptRowDelegate):
    """Paints the rows of `SheetModel`."""

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: SheetRow = index.data(ROW_ROLE)
        theme = current_theme()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setFont(option.font)
        _paint_ground(painter, option, row, theme, selected=selected, first=index.row() == 0)
        places = cells(option.rect, option.fontMetrics)
        writer = _Writer(painter, option.font, theme, selected=selected)
        quiet: ColorRole = "muted" if row.struck or row.closed else "text"
        writer.write(places.section, _LEFT, row.section, "muted")
        if row.first:
            writer.write(places.number, _RIGHT, str(row.key.question_number), "muted" if row.closed else "text")
        else:
            writer.write(places.joint, _CENTRE, tr("or"), "muted")
        # only the side is struck out: its question counts, by the other one
        writer.write(places.side, _LEFT, row.key.alternative, quiet, struck=row.struck)
        writer.write(places.kind, _LEFT, row.kind, "muted")
        _paint_notes(writer, places.note, row)
        if row.refused:
            writer.write(_inner(places.mark), _RIGHT, row.refused, "danger")
        else:
            role: ColorRole = "muted" if row.not_attempted else "danger" if row.impossible else quiet
            writer.write(_inner(places.mark), _RIGHT, row.shown_mark or "–", role, struck=row.struck and bool(row.mark))
        writer.write(places.possible, _LEFT, f"/{row.possible}", "muted")

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(spacing(60), row_height(option.fontMetrics))


def _inner(mark: QRect) -> QRect:
    """The writing in the mark's cell ends where it ends in the field that stands there for the current row."""
    return mark.adjusted(0, 0, -spacing(2), 0)


def _paint_ground(
    painter: QPainter, option: QStyleOptionViewItem, row: SheetRow, theme: Theme, *, selected: bool, first: bool
) -> None:
    if selected:
        painter.fillRect(option.rect, QColor(theme.colors.selection))
    if row.section and not first:
        painter.setPen(QPen(QColor(theme.colors.border), 1))
        painter.drawLine(option.rect.topLeft(), option.rect.topRight())
    if option.state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(QColor(theme.colors.accent if theme.name != "contrast" else theme.colors.on_selection), 2))
        painter.drawRect(option.rect.adjusted(1, 1, -1, -1))


def _paint_notes(writer: _Writer, place: QRect, row: SheetRow) -> None:
    """From the right: returned or not, the sum of the stamps, the comment, what the student declared, the rest."""
    if row.refused:
        place = writer.icon(place, "warning", "danger")
    if row.returned and row.first:
        place = writer.icon(writer.word(place, tr("returned"), "soon", beside=ICON), "undo", "soon")
    if row.first and row.adjusted is not Adjustment.NONE:
        words = tr("awarded") if row.adjusted is Adjustment.AWARD else tr("dropped")
        place = writer.icon(writer.word(place, words, "soon", beside=ICON), "info", "soon")
    if row.stamps:
        role: ColorRole = "danger" if row.impossible else "soon" if row.disagrees else "muted"
        place = writer.note(place, f"Σ {row.stamps}", role)
        if row.disagrees or row.impossible:
            place = writer.icon(place, "warning", role)
    if row.comment:
        place = writer.icon(place, "comment", "muted")
    if row.declared is not Declaration.NONE:
        stands = row.declared is Declaration.STANDS
        place = writer.word(place, tr("declared"), "muted" if stands else "soon", beside=ICON)
        place = writer.icon(place, "person" if stands else "warning", "muted" if stands else "soon")
    if row.struck:
        rest = writer.word(place, tr("not counted"), "muted")
        if rest == place:
            writer.icon(place, "minus", "muted")


class _Writer:
    """Writes in the colours of one row."""

    def __init__(self, painter: QPainter, font: QFont, theme: Theme, *, selected: bool) -> None:
        self._painter, self._font, self._theme, self._selected = painter, font, theme, selected
        self._struck = QFont(font)
        self._struck.setStrikeOut(True)

    def write(
        self, place: QRect, alignment: Qt.AlignmentFlag, text: str, role: ColorRole, *, struck: bool = False
    ) -> None:
        """Write `text` in `place`, shortened where it does not fit."""
        if not text:
            return
        self._painter.setPen(self._color(role))
        self._painter.setFont(self._struck if struck else self._font)
        shown = self._painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        self._painter.drawText(place, alignment, shown)

    def note(self, place: QRect, text: str, role: ColorRole) -> QRect:
        """Write `text` at the right of `place`; returns what is left of it."""
        if place.width() <= 0:
            return place
        self.write(place, _RIGHT, text, role)
        used = self._painter.fontMetrics().horizontalAdvance(text)
        return place.adjusted(0, 0, -used - spacing(1), 0)

    def word(self, place: QRect, text: str, role: ColorRole, *, beside: int = 0) -> QRect:
        """The same where `text` fits whole, with `beside` pixels more; otherwise nothing: half a word tells nobody."""
        used = self._painter.fontMetrics().horizontalAdvance(text)
        return self.note(place, text, role) if used + beside <= place.width() else place

    def icon(self, place: QRect, name: str, role: ColorRole) -> QRect:
        """Paint an icon at the right of `place`; returns what is left of it."""
        if place.width() < ICON:
            return place
        ratio = self._painter.device().devicePixelRatio()
        shown: ColorRole = "on_accent" if self._selected and self._theme.name == "contrast" else role
        top = place.top() + (place.height() - ICON) // 2
        self._painter.drawPixmap(place.right() - ICON + 1, top, self._theme.pixmap(name, ICON, shown, ratio))
        return place.adjusted(0, 0, -ICON - spacing(1), 0)

    def _color(self, role: ColorRole) -> QColor:
        if self._selected and (self._theme.name == "contrast" or role in {"text", "muted"}):
            return QColor(self._theme.colors.on_selection)
        return self._theme.color(role)
