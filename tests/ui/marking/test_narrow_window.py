"""The marking screen in a window that has little room for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.ui.actions import Scope
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme
from tests.ui.marking.conftest import Marker

_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly
_SCREENS = ((683, 384), (800, 600), (960, 540), (1100, 700))


@pytest.fixture(params=[("en", "normal"), ("hi", "normal"), ("en", "largest"), ("hi", "largest")], ids="-".join)
def spoken(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[tuple[str, str]]:
    """The language, and the size of the text."""
    language, scale = request.param
    apply_theme(qapp, "light", scale)
    set_language(language)
    yield request.param
    set_language("en")


@pytest.fixture
def window(spoken: tuple[str, str], marker: Marker, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The program's window with a script open."""
    made = MainWindow(marker.tasks, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    made.add_place("marking", Place(Scope.MARKING, actions=marker.screen.actions_by_id), marker.screen)
    made.open_workspace("Asha Verma", "Teacher")
    made.showNormal()
    marker.open()
    yield made
    marker.screen.setParent(None)
    made.allow_close()
    made.deleteLater()


def in_row(parent: QWidget) -> list[QWidget]:
    """What is seen in a row, from the left."""
    return sorted((w for w in parent.findChildren(QWidget, options=_DIRECT) if w.isVisible()), key=lambda w: w.x())


@pytest.mark.parametrize("size", _SCREENS, ids=str)
def test_nothing_overlaps_or_is_cut_and_what_has_no_room_is_scrolled_to(window, marker, qapp, size):
    window.resize(*size)
    qapp.processEvents()
    qapp.processEvents()
    assert (window.width(), window.height()) == size
    for row in (marker.screen._strip, marker.screen._top):
        controls = in_row(row)
        assert controls
        for left, right in itertools.pairwise(controls):
            assert left.geometry().right() < right.geometry().left()
        assert controls[0].x() >= 0
        assert controls[-1].geometry().right() < row.width()
    least, has = marker.screen.minimumSizeHint(), marker.screen.size()
    assert has.width() >= least.width()
    assert has.height() >= least.height()
    room = window._room
    assert (room.horizontalScrollBar().maximum() > 0) is (room.widget().width() > room.viewport().width())
    assert (room.verticalScrollBar().maximum() > 0) is (room.widget().height() > room.viewport().height())


def test_a_screen_of_1366_by_768_at_twice_the_size_shows_all_of_it(window, marker, spoken, qapp):
    window.resize(683, 384)
    qapp.processEvents()
    qapp.processEvents()
    if spoken[1] == "normal":
        assert marker.screen.size() == window.size()
        assert not window.status.isVisible()
    else:
        marker.screen.actions_by_id["marking.mark_field"].trigger()  # what is typed comes into sight
        field = window.focusWidget()
        right = field.mapTo(window, field.rect().topRight()).x()
        assert 0 < right < window.width()
