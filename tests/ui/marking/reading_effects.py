"""What the commands that are about reading do: generators that prepare, wait for the key, and look."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PIL import Image

from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.picture import SeenPicture
from mv_desktop.ui.canvas.picture_dialog import PictureDialog
from tests.factories.paper import board_paper, paper
from tests.fakes.picture_source import encoded
from tests.ui.marking.conftest import Marker


def first_page(marker: Marker) -> Iterator[None]:
    marker.screen.view.go_to_page(PageRef(3))
    yield
    assert marker.screen.view.current_page == PageRef(1)


def last_page(marker: Marker) -> Iterator[None]:
    yield
    assert marker.screen.view.current_page == PageRef(3)


def brighten(marker: Marker) -> Iterator[None]:
    yield
    assert marker.screen.view.brightness == 1


def brighten_less(marker: Marker) -> Iterator[None]:
    marker.screen.view.brighten(3)
    yield
    assert marker.screen.view.brightness == 2


def magnifier(marker: Marker) -> Iterator[None]:
    yield
    assert marker.screen._reading._magnifying


def sheet_window(marker: Marker) -> Iterator[None]:
    yield
    assert marker.screen._sheet_window.out


def split(marker: Marker) -> Iterator[None]:
    yield
    assert len(marker.screen._views.shown) == 2


def model_answer(marker: Marker) -> Iterator[None]:
    marker.open(snapshot=board_paper())
    yield
    assert marker.screen._sheet._panel._fold.isChecked()


def question_picture(marker: Marker) -> Iterator[None]:
    snapshot = paper()
    *others, last = snapshot.questions
    drawn = type(last).model_validate(last.model_dump() | {"diagram_image_url": "blue"})
    marker.open(snapshot=snapshot.model_copy(update={"questions": (*others, drawn)}))
    blue = encoded(Image.new("RGB", (40, 30), "#2040c0"), "PNG")
    marker.screen.show_question_pictures(lambda _: SeenPicture(blue))
    marker.session.set_current(marker.session.keys[-1])
    strip = marker.screen._sheet._panel._pictures
    marker.qtbot.waitUntil(lambda: bool(strip.frames) and strip.complete)
    yield
    (dialog,) = marker.screen.window().findChildren(PictureDialog)
    dialog.reject()


READING: dict[str, Callable[[Marker], Iterator[None]]] = {
    "first_page": first_page,
    "last_page": last_page,
    "brighten": brighten,
    "brighten_less": brighten_less,
    "magnifier": magnifier,
    "model_answer": model_answer,
    "question_picture": question_picture,
    "sheet_window": sheet_window,
    "split": split,
}
