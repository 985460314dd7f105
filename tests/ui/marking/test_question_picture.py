"""Pictures of a question below its words: shown, told of while they are not there, enlarged by key and click."""

from __future__ import annotations

import threading

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.picture import SeenPicture
from mv_desktop.ui.canvas.page_look import LARGEST_SIDE
from mv_desktop.ui.canvas.picture_dialog import PictureDialog
from mv_desktop.ui.theme import apply_theme
from tests.factories.paper import paper
from tests.fakes.picture_source import encoded
from tests.ui.marking.sheet_bench import Q2, Q4, Bench

BLUE = encoded(Image.new("RGB", (300, 200), "#2244cc"), "PNG")
WIDE = encoded(Image.new("RGB", (LARGEST_SIDE + 500, 400), "#cc2222"), "PNG")


class Shelf:
    """What is there, by place; anything else may come yet."""

    def __init__(self) -> None:
        self.seen: dict[str, SeenPicture] = {}
        self.asked: list[str] = []
        self.threads: set[int] = set()
        self.reachable = True

    def look(self, place: str) -> SeenPicture:
        self.asked.append(place)
        self.threads.add(threading.get_ident())
        if not self.reachable:
            raise OfflineError("The server does not answer.")
        return self.seen.get(place, SeenPicture(None, "It is to come.", waiting=True))


def pictured() -> ExamSnapshot:
    snapshot = paper()
    last = snapshot.questions[-1]
    changed = {
        "question_image_url": "broken", "diagram_image_url": "blue", "explanation_image_url": "wide",
        "choices": ({"id": "A", "text": "", "image": "late"},),
    }  # fmt: skip
    question = type(last).model_validate(last.model_dump() | changed)
    return snapshot.model_copy(update={"questions": (*snapshot.questions[:-1], question)})


@pytest.fixture
def shelf() -> Shelf:
    made = Shelf()
    made.seen = {"blue": SeenPicture(BLUE), "wide": SeenPicture(WIDE), "broken": SeenPicture(None, "It is damaged.")}
    return made


def test_the_pictures_of_a_question_are_shown_or_said_why_not(bench: Bench, shelf: Shelf, qapp: object) -> None:
    panel = bench.sheet._panel
    bench.sheet.show_pictures(shelf.look)
    bench.open(snapshot=pictured())
    bench.session.set_current(Q4)
    bench.qtbot.waitUntil(lambda: panel.shown is not None and "Diagram" in panel.text and panel.complete)
    strip = panel._pictures
    names = [frame.accessibleName() for frame in strip.frames]
    assert names == [
        "The question as a picture: It is damaged.", "Diagram of the question", "Picture of choice A: It is to come.",
    ]  # fmt: skip
    assert "Picture of the solution" not in panel.text
    assert threading.get_ident() not in shelf.threads
    for theme in ("dark", "contrast", "light"):
        apply_theme(qapp, theme)  # type: ignore[arg-type]
        frame = strip.frames[1]
        picture = frame.grab().toImage()
        assert picture.pixelColor(40, picture.height() - 40).name() == "#2244cc"
        assert strip.frames[0].grab().toImage() != QImage()
    # what was waited for comes, and only that is looked for anew
    shelf.asked.clear()
    shelf.seen["late"] = SeenPicture(BLUE)
    bench.sheet.pictures_came()
    bench.qtbot.waitUntil(lambda: strip.frames[2].accessibleName() == "Picture of choice A" and panel.complete)
    assert shelf.asked == ["late"]
    bench.sheet.pictures_came()
    assert shelf.asked == ["late"]
    # the answer's, when it is unfolded; a very large one is made smaller
    bench.sheet.fold_answer()
    bench.qtbot.waitUntil(lambda: panel.complete and "Picture of the solution" in panel.text)
    assert max(panel._answer_pictures._kept["wide"].width(), 1) == LARGEST_SIDE
    # another question has none, and coming back reads nothing
    bench.session.set_current(Q2)
    bench.qtbot.waitUntil(lambda: panel.complete and "Question 2" in panel.text)
    assert strip.isHidden()
    shelf.asked.clear()
    bench.session.set_current(Q4)
    bench.qtbot.waitUntil(lambda: panel.complete and "Diagram" in panel.text)
    assert set(shelf.asked) <= {"broken"}


def test_a_picture_is_enlarged_by_key_and_click_and_the_same_keys_close_it(bench: Bench, shelf: Shelf) -> None:
    panel = bench.sheet._panel
    bench.sheet.enlarge_picture()  # there is none
    bench.sheet.show_pictures(shelf.look)
    bench.open(snapshot=pictured())
    bench.session.set_current(Q4)
    bench.qtbot.waitUntil(lambda: "Diagram" in panel.text and panel.complete)
    for open_it in (bench.sheet.enlarge_picture, panel._pictures.frames[1].click):
        open_it()
        (dialog,) = bench.window.findChildren(PictureDialog)
        assert dialog.windowTitle() == "Diagram of the question"
        bench.qtbot.waitExposed(dialog)
        whole = dialog.look.shown.width()
        QTest.keyClick(dialog.look, Qt.Key.Key_Plus)
        assert dialog.look.shown.width() > whole
        QTest.keyClick(dialog.look, Qt.Key.Key_0)
        assert dialog.look.shown.width() == whole
        QTest.keyClick(dialog.look, Qt.Key.Key_Escape)
        bench.qtbot.waitUntil(lambda: not bench.window.findChildren(PictureDialog))
    panel._pictures.frames[0].click()
    assert not bench.window.findChildren(PictureDialog)


def test_without_a_network_it_is_said_and_tried_again(bench: Bench, shelf: Shelf) -> None:
    panel = bench.sheet._panel
    shelf.reachable = False
    bench.sheet.show_pictures(shelf.look)
    bench.open(snapshot=pictured())
    bench.session.set_current(Q4)
    bench.qtbot.waitUntil(lambda: "The server does not answer." in panel.text and panel.complete)
    shelf.reachable = True
    bench.sheet.pictures_came()
    bench.qtbot.waitUntil(lambda: "Diagram of the question\n" in panel.text and panel.complete)
    bench.sheet.show_pictures(None)
    assert "This picture is not shown here." in panel.text
