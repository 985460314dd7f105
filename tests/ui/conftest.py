"""What every test with widgets leaves as it found it."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import _PROPERTY

_PACKAGE = "mv_desktop"
"""What `make coverage` measures."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Where the rules are measured alone, no widget counts for them: tests without widgets must cover each branch.

    Measuring costs a sixth of the time of these tests.
    """
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = getattr(plugin, "cov_controller", None)
    if controller is None or not controller.started or _PACKAGE in item.config.getoption("cov_source"):
        return (yield)
    controller.pause()
    try:
        return (yield)
    finally:
        controller.resume()


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
