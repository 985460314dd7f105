"""What the commands that are about a selection do: generators that prepare, wait for the key, and look."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from mv_desktop.domain.annotation.clipping import MIME_TYPE
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.canvas.aid.board import AidName
from tests.ui.marking.conftest import Marker


def _stamped(marker: Marker) -> None:
    """A selected tick on the current page, and nothing on the clipboard."""
    QGuiApplication.clipboard().clear()
    page = marker.screen.view.current_page
    stamp = marker.session.place_stamp("tick", page or PageRef(1), 0.5, 0.3)
    marker.screen.view.select([stamp.annotation_id])


def _held() -> QMimeData:
    return QGuiApplication.clipboard().mimeData()


def select_all(marker: Marker) -> Iterator[None]:
    _stamped(marker)
    marker.screen.view.select(())
    yield
    assert len(marker.screen.view.selected) == 1


def copy(marker: Marker) -> Iterator[None]:
    _stamped(marker)
    yield
    assert _held().hasFormat(MIME_TYPE)
    assert len(marker.session.script.ink) == 1


def cut(marker: Marker) -> Iterator[None]:
    _stamped(marker)
    yield
    assert _held().hasFormat(MIME_TYPE)
    assert not marker.session.script.ink


def paste(marker: Marker) -> Iterator[None]:
    _stamped(marker)
    marker.screen.view.clippings.copy()
    yield
    assert len(marker.session.script.ink) == 2


def duplicate(marker: Marker) -> Iterator[None]:
    _stamped(marker)
    yield
    assert len(marker.session.script.ink) == 2


def lays(name: AidName) -> Callable[[Marker], Iterator[None]]:
    def effect(marker: Marker) -> Iterator[None]:
        yield
        assert marker.screen.view.aids.shown(name) is not None

    return effect


def select_question(marker: Marker) -> Iterator[None]:
    _stamped(marker)
    marker.screen.view.select(())
    yield
    assert len(marker.screen.view.selected) == 1


def count_for(marker: Marker) -> Iterator[None]:
    _stamped(marker)
    session = marker.session
    key = session.keys[-1]
    session.set_current(key)
    yield
    assert [placed.annotation.mark_key for placed in session.script.ink.values()] == [key]


EDITING: dict[str, Callable[[Marker], Iterator[None]]] = {
    "ruler": lays("ruler"),
    "protractor": lays("protractor"),
    "select_all": select_all,
    "select_question": select_question,
    "count_for": count_for,
    "copy": copy,
    "cut": cut,
    "paste": paste,
    "duplicate": duplicate,
}
