"""The ink and the width of lines that a person drew with last, kept on this computer for her."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

from mv_desktop.domain.annotation.ink import Ink, ink_named, ink_names

if TYPE_CHECKING:  # the pages are imported when they are first needed
    from mv_desktop.ui.canvas.view import PageView
    from mv_desktop.ui.marking.page.page_views import PageViews
    from mv_desktop.ui.shell.main_window import MainWindow


def keep_ink(views: PageViews, window: MainWindow, person: str) -> None:
    """Let `views` draw with what was drawn with last, and keep what is taken from now on.

    Args:
        views: the pages.
        window: where it is kept.
        person: who draws, the same at every sign-in; several people may use one computer.
    """
    name = f"ink/{person}"

    def keep(ink: Ink) -> None:
        window.remember(name, QByteArray(ink_names(ink).encode()))

    def follow(view: PageView) -> None:
        view.ink_changed.connect(keep)

    views.main.set_ink(ink_named(bytes(window.remembered(name).data()).decode(errors="replace")))
    views.each(follow)
