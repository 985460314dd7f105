"""What stands above a page of a case: which one it is, and buttons for what keys do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from mv_desktop.ui.actions import follow_tip, native
from mv_desktop.ui.canvas.page_look import ZOOM_STEP, PageLook
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel


class PageBar(QWidget):
    """The title, and the buttons of the page below it.

    Args:
        actions: "cases.previous_page", "cases.next_page" and "cases.look".
        look: what is enlarged.

    Signals:
        chosen(): this page is meant.
    """

    chosen = Signal()

    def __init__(self, actions: Mapping[str, QAction], look: PageLook, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons: dict[QToolButton, str] = {}
        self._title = ToneLabel("", parent=self, strong=True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self.choose = QPushButton(f"{tr('Choose')}  ({native('Space')})", self)
        self.choose.setAccessibleName(tr("Choose this page"))
        self.choose.setToolTip(tr("Choose this page"))
        self.choose.clicked.connect(self.chosen)
        self.choose.hide()
        back = QPushButton(tr("To the list"), self)
        back.clicked.connect(actions["cases.look"].trigger)
        follow_tip(back, actions["cases.look"])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(1))
        row.addWidget(self._title, 1)
        row.addWidget(self.choose)
        for icon, name in (("chevron-left", "cases.previous_page"), ("chevron-right", "cases.next_page")):
            row.addWidget(self._step(icon, actions[name]))
        for icon, words, act in (
            ("zoom-out", f"{tr('Zoom out')}  (-)", lambda: look.zoom(1 / ZOOM_STEP)),
            ("zoom-in", f"{tr('Zoom in')}  (+)", lambda: look.zoom(ZOOM_STEP)),
            ("fit-width", f"{tr('Fit the width')}  (1)", lambda: look.fit(wide=True)),
            ("fit-page", f"{tr('Fit the page')}  (0)", lambda: look.fit(wide=False)),
        ):
            row.addWidget(self._zoom(icon, words, act))
        row.addWidget(back)
        self._dress()

    @property
    def title(self) -> str:
        """Which page is shown."""
        return self._title.text()

    def say(self, title: str) -> None:
        """Say which page is shown."""
        self._title.setText(title)

    # -- private ---------------------------------------------------------------------------------------------

    def _button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(spacing(8), spacing(8))
        button.setAccessibleName(words)
        button.setToolTip(words)
        self._icons[button] = icon
        return button

    def _step(self, icon: str, action: QAction) -> QToolButton:
        button = self._button(icon, action.text())
        follow_tip(button, action)
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        button.setEnabled(action.isEnabled())
        return button

    def _zoom(self, icon: str, words: str, act: Callable[[], None]) -> QToolButton:
        button = self._button(icon, words)
        button.clicked.connect(act)
        return button

    def _dress(self) -> None:
        for button, icon in self._icons.items():
            button.setIcon(current_theme().icon(icon))

    # -- Qt --------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_icons"):
            self._dress()
