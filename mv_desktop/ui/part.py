"""The parts of a window: a key leads from one to the next, and Tab walks through them in the order of the screen.

While marking, Tab is the next question, so that without such a key only a mouse would get to what stands beside the
pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget

_PROPERTY = "mv_part"


def mark_parts(*parts: QWidget) -> None:
    """Let these widgets be parts of their window. What is inside of one belongs to it, unless it is a part, too."""
    for part in parts:
        part.setProperty(_PROPERTY, True)


def tab_through(widgets: Iterable[QWidget]) -> None:
    """Let Tab lead from each of these controls, which are in one window, to the next."""
    for one, following in pairwise(widgets):
        QWidget.setTabOrder(one, following)


def tab_through_all(parts: Iterable[QWidget]) -> None:
    """Let Tab lead through all controls of the first of these widgets, then through those of the next.

    Within each they keep their order. To be called again when one of them came from another window.
    """
    inside: list[QWidget] = []
    for part in parts:
        walk = _chain(part.window())
        inside += [one for one in walk if (one is part or part.isAncestorOf(one)) and _takes_tab(one)]
    tab_through(dict.fromkeys(inside))


def enter(part: QWidget) -> None:
    """Give the keyboard to the first control of a widget, in Tab's order; to nothing when it has none."""
    inside = (one for one in _chain(part.window()) if part.isAncestorOf(one) and _takes_tab(one))
    first = next(inside, None)
    if first is not None:
        first.setFocus(Qt.FocusReason.OtherFocusReason)


def take_keyboard(widget: QWidget, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
    """Give a widget the keyboard, also from another window of the program: that of the mark sheet may have it."""
    if not widget.isActiveWindow():
        widget.activateWindow()
    widget.setFocus(reason)


def step_part(window: QWidget, by: int) -> None:
    """Give the keyboard to the next part of `window` (`by` = 1) or to the one before (-1), all around.

    The windows that belong to it count as its parts, too, dialogs apart. A part that can have the keyboard itself,
    as a list can, gets it; in another one it goes where it was last, or to the first control.
    """
    stops = _stops(window)
    if not stops:
        return
    parts = list(stops)
    here = _part_of(QApplication.focusWidget())
    at = parts.index(here) + by if here in stops else 0 if by > 0 else -1
    target = stops[parts[at % len(parts)]]
    if not target.isActiveWindow():
        target.activateWindow()
    target.setFocus(Qt.FocusReason.TabFocusReason)


# -- private -------------------------------------------------------------------------------------------------


def _stops(window: QWidget) -> dict[QWidget, QWidget]:
    """The parts in Tab's order, window by window, and what in each takes the keyboard."""
    beside = [one for one in window.findChildren(QWidget) if one.windowType() == Qt.WindowType.Window]
    stops: dict[QWidget, QWidget] = {}
    for one in (window, *beside):
        usable = [control for control in _chain(one) if _takes_tab(control) and _usable(control)]
        parts = list(dict.fromkeys(part for control in usable if (part := _part_of(control)) is not None))
        # Tab goes round and has no beginning: it is what stands at the top left
        first = min(range(len(parts)), key=lambda at: parts[at].mapTo(one, QPoint()).manhattanLength(), default=0)
        for part in (*parts[first:], *parts[:first]):
            last = part.focusWidget()
            inside = [control for control in usable if _part_of(control) is part]
            stops[part] = part if part in inside else last if last in inside else inside[0]
    return stops


def _part_of(widget: QWidget | None) -> QWidget | None:
    """The innermost part in which a widget is."""
    while widget is not None and not widget.property(_PROPERTY):
        widget = None if widget.isWindow() else widget.parentWidget()
    return widget


def _chain(window: QWidget) -> list[QWidget]:
    """All widgets of a window, in the order in which Tab would come to them."""
    found, one = [window], window.nextInFocusChain()
    while one is not None and one is not window:
        found.append(one)
        one = one.nextInFocusChain()
    return found


def _usable(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled()


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
