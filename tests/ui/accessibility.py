"""A walk through a window that finds what a screen reader could not name."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QSlider,
    QTextEdit,
    QWidget,
)

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QSlider,
    QTextEdit,
)


def nameless_controls(widget: QWidget) -> list[str]:
    """Controls in `widget` (itself included) without an accessible name, as "Class objectName in Parent".

    What was hidden on its own is not walked: show it first. What is only not shown yet is.
    """
    found = [widget, *widget.findChildren(QWidget)]
    return [
        f"{type(child).__name__} {child.objectName()!r} in {type(child.parentWidget()).__name__}"
        for child in found
        if isinstance(child, _CONTROLS)
        and not (child.isHidden() and child is not widget)
        and not _is_part_of_another(child)
        and not _name(child)
    ]


def _is_part_of_another(widget: QWidget) -> bool:
    """Parts that Qt makes itself: the field of a combo box, the views behind one, header and scroll bars."""
    if isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, (QComboBox, QAbstractSpinBox)):
            return True
        if isinstance(parent, QLineEdit) and isinstance(widget, QAbstractButton):
            return False
        parent = parent.parentWidget()
    inside = widget.parentWidget()
    view_part = isinstance(inside, QAbstractItemView) and isinstance(widget, (QAbstractItemView, QAbstractButton))
    return view_part or (isinstance(inside, QAbstractScrollArea) and isinstance(widget, QScrollBar))


def _name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else widget.accessibleName()
