"""What every test with widgets leaves as it found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import _PROPERTY


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    """The background runner; all that was given to it is done when the test ends."""
    runner = Tasks()
    yield runner
    runner.shutdown()


@pytest.fixture(autouse=True)
def no_button_stays_pressed() -> Iterator[None]:
    """Qt counts the buttons of the whole process: one that a test never let go is pressed for all that come after."""
    yield
    if QApplication.instance() is None or QApplication.mouseButtons() == Qt.MouseButton.NoButton:
        return
    anywhere = QWidget()
    for button in Qt.MouseButton:
        if button & QApplication.mouseButtons():
            QTest.mouseRelease(anywhere, button)
    anywhere.deleteLater()
    QApplication.sendPostedEvents(anywhere, QEvent.Type.DeferredDelete.value)
    assert QApplication.mouseButtons() == Qt.MouseButton.NoButton


@pytest.fixture(autouse=True)
def undressed() -> Iterator[None]:
    """A theme goes with the test that chose it: a style sheet would cost each widget of all that come after a third."""
    yield
    app = QApplication.instance()
    if not isinstance(app, QApplication) or app.property(_PROPERTY) is None:
        return
    app.setProperty(_PROPERTY, None)
    app.setStyleSheet("")
    app.setPalette(QPalette())
    app.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
