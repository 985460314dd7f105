"""Where something may float over a window without covering what somebody works in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from mv_desktop.ui.theme import spacing

KEPT_CLEAR = "kept-clear"
"""The property of what nothing may float over while it is to be seen."""

_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
_WIDTHS = (*(spacing(150), spacing(120), spacing(95), spacing(80)), spacing(200), spacing(260))
"""From the widest that is usual; wider ones only where words would need more lines than are free."""
_BESIDE = spacing(2)
_EDGE = spacing(1)
_FOOT = spacing(1) // 2
"""Below it: a message with a button is then as tall as the status bar has room for, while nothing above it is free."""
_OWN_WINDOWS = (Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Sheet, Qt.WindowType.Tool)


def keep_clear(panel: QWidget) -> None:
    """Let nothing float over `panel`: somebody is at work in it whenever it is to be seen."""
    panel.setProperty(KEPT_CLEAR, True)


def taken_in(host: QWidget) -> tuple[QRect, ...]:
    """What of `host` may not be covered, in its own pixels.

    These are the panels that are to be kept clear, the field in which somebody writes, and what other windows of the
    program hide.
    """
    taken = [*_kept(host, QPoint(0, 0), host.rect())]
    field = QApplication.focusWidget()
    if isinstance(field, _FIELDS) and field.isVisible() and host.isAncestorOf(field):
        taken.append(QRect(field.mapTo(host, QPoint(0, 0)), field.size()).intersected(host.rect()))
    for window in QApplication.topLevelWidgets():
        if window.isVisible() and window is not host.window() and window.windowType() in _OWN_WINDOWS:
            frame = window.frameGeometry()
            taken.append(QRect(host.mapFromGlobal(frame.topLeft()), frame.size()).intersected(host.rect()))
    return tuple(part for part in taken if not part.isEmpty())


def clear_place(room: QSize, taken: Sequence[QRect], height_at: Callable[[int], int]) -> tuple[QRect, bool]:
    """The lowest place that covers nothing of what is taken, the middle one before others.

    Args:
        room: of the window.
        taken: what may not be covered.
        height_at: how tall it is at a width.

    Returns:
        The place, and whether it covers nothing. Where there is no such place, it is the one that covers least.
    """
    best: tuple[tuple[int, int, int, int], QRect] | None = None
    for width in dict.fromkeys(min(width, room.width() - 2 * _EDGE) for width in _WIDTHS):
        size = QSize(width, height_at(width))
        for place in _places(room, taken, size):
            over = sum(_area(place.intersected(part)) for part in taken)
            aside = abs(place.center().x() - room.width() // 2)
            rank = (over, room.height() - place.bottom(), place.height(), aside)
            if best is None or rank < best[0]:
                best = rank, place
    if best is None:
        return QRect(), False
    return best[1], best[0][0] == 0


def _places(room: QSize, taken: Sequence[QRect], size: QSize) -> Iterator[QRect]:
    """Those at the lower edge and those that touch what is taken: one of them is the lowest that is free."""
    middle, lowest = (room.width() - size.width()) // 2, room.height() - _FOOT - size.height()
    furthest = room.width() - _EDGE - size.width()
    lefts = {middle, _EDGE, furthest}
    tops = {max(0, lowest)}
    for part in taken:
        lefts |= {part.left() - _BESIDE - size.width(), part.right() + 1 + _BESIDE}
        tops |= {part.top() - _EDGE - size.height(), part.bottom() + 1 + _EDGE}
    for top in tops:
        for left in lefts:
            if 0 <= left <= max(furthest, middle) and 0 <= top <= max(0, lowest):
                yield QRect(QPoint(left, top), size)


def _kept(widget: QWidget, at: QPoint, sight: QRect) -> Iterator[QRect]:
    """The panels below `widget`, which stands `at`, as far as they are to be seen; what is hidden is not gone into."""
    for child in widget.children():
        if isinstance(child, QWidget) and not child.isWindow() and child.isVisible():
            part = child.geometry().translated(at).intersected(sight)
            if part.isEmpty():
                continue
            if child.property(KEPT_CLEAR):
                yield part
            else:
                yield from _kept(child, at + child.pos(), part)


def _area(part: QRect) -> int:
    return 0 if part.isEmpty() else part.width() * part.height()
