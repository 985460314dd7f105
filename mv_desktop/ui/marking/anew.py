"""Showing the open script anew where it is: never under a hand that is at work on it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from mv_desktop.ui.canvas.image_cache import PictureSource
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.screen import MarkingScreen
from mv_desktop.ui.marking.sheet.mark_field import MarkField


def hand_is_full(screen: MarkingScreen) -> bool:
    """Whether the teacher is in the middle of something that showing the script anew would break.

    That is a dialog, a menu, a field in which she writes, and a gesture; also while she looks something up in another
    program. The mark's field counts only from the first digit that she has typed: who marks by keys stays in it from
    question to question.
    """
    if QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None:
        return True
    if QApplication.mouseButtons() != Qt.MouseButton.NoButton or any(view.gesturing for view in screen.views.shown):
        return True
    return any(_writes(place) for place in _keyboards(screen))


def show_anew(screen: MarkingScreen, opened: OpenedScript, pictures: PictureSource) -> None:
    """Show the open script as it is now: at the place, the question and the field where she is, as she works there."""
    session, view = screen.session, screen.views.active
    in_the_mark = isinstance(QApplication.focusWidget(), MarkField)
    question = None if session is None else session.current
    selected, pen_spot = view.selected, view.pen_spot
    screen.show_script(replace(opened, place=screen.views.main.place() or opened.place), pictures, anew=True)
    if screen.session is not None and question is not None:
        screen.session.set_current(question)
    if selected:
        view.select(selected)
    view.stand_pen(pen_spot)
    if in_the_mark:
        screen.actions_by_id["marking.mark_field"].trigger()


# -- private -------------------------------------------------------------------------------------------------


def _keyboards(screen: MarkingScreen) -> list[QWidget | None]:
    """Where the keyboard is; while it is in no window of the program, where it will be when she comes back."""
    now = QApplication.focusWidget()
    return [window.focusWidget() for window in screen.windows] if now is None else [now]


def _writes(place: QWidget | None) -> bool:
    if isinstance(place, MarkField):
        return place.isModified()
    return isinstance(place, QLineEdit | QPlainTextEdit)
