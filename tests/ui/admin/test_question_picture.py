"""Pictures of a question in the office: pasted, dropped and chosen, kept, stored, taken out, put back."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from mv_desktop.domain.picture import NEW
from mv_desktop.domain.question_picture import COLUMNS
from mv_desktop.domain.record import Change, Difference
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.question_picture import picture_differences, pictures_before
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.canvas.picture_dialog import PictureDialog
from mv_desktop.ui.canvas.picture_strip import PictureStrip
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.picture_place import FakePictures
from tests.fakes.picture_source import encoded
from tests.fakes.plan_place import FakeDrafts
from tests.fakes.question_place import NOW, FakeQuestions, question

BLUE = encoded(Image.new("RGB", (300, 200), "#2244cc"), "PNG")
RED = encoded(Image.new("RGB", (100, 200), "#cc2222"), "PNG")


class Desk:
    """The bank with a server and a store in memory."""

    def __init__(self, qtbot, tasks, place: FakeQuestions, pictures: FakePictures, drafts: FakeDrafts) -> None:
        self.qtbot, self.tasks, self.pictures = qtbot, tasks, pictures
        self.messages = KeptMessages()
        subject = QuestionSubject(place, lambda: UUID(int=999), pictures=pictures)
        zone = ZoneInfo("Asia/Kolkata")
        self.screen = RecordScreen(subject, drafts, tasks, FakeClock(NOW), zone, self.messages)
        qtbot.addWidget(self.screen)
        self.screen.resize(1290, 900)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.settle()

    @property
    def form(self):
        return self.screen.panel.form

    @property
    def table(self):
        return self.form.editor("pictures").control

    @property
    def strip(self):
        return self.screen.pictures.strip

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy and self.screen.settled, timeout=10_000)

    def press(self, *keys: str) -> None:
        self.screen.activateWindow()
        self.qtbot.waitUntil(self.screen.isActiveWindow)
        for key in keys:
            hand.press(key, self.screen.focusWidget())
        self.settle()

    def copy(self, data: bytes | QImage | str) -> None:
        mime = QMimeData()
        if isinstance(data, QImage):
            mime.setImageData(data)
        elif isinstance(data, str):
            mime.setText(data)
        else:
            mime.setData("image/png", data)
        QGuiApplication.clipboard().setMimeData(mime)

    def drop(self, slot: str, mime: QMimeData) -> None:
        rows = self.table._list
        self.table.choose(slot)
        at = QPointF(rows.visualItemRect(rows.currentItem()).center())
        none = Qt.KeyboardModifier.NoModifier
        rows.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, none))
        self.settle()


def clipped(words: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(words)
    return mime


def place_of(data: bytes) -> str:
    return f"s3://school/uploads/question_image/{hashlib.sha256(data).hexdigest()}.png"


@pytest.fixture
def place() -> FakeQuestions:
    made = FakeQuestions()
    first = UUID(int=1)
    made.bank[first] = question(1, question_type="MCQ", marks=1, steps="", choices="a\nb\n[3]", correct="A")
    return made


@pytest.fixture
def pictures() -> FakePictures:
    return FakePictures()


@pytest.fixture
def drafts() -> FakeDrafts:
    return FakeDrafts()


@pytest.fixture
def desk(qtbot, tasks, place, pictures, drafts):
    made = Desk(qtbot, tasks, place, pictures, drafts)
    yield made
    QGuiApplication.clipboard().clear()


def test_pictures_are_pasted_dropped_and_chosen_shown_and_saved(desk, place, pictures, tmp_path: Path) -> None:
    desk.form.editor("question_text").control.setFocus()
    desk.copy(BLUE)
    desk.press("Ctrl+V")  # beside the words that are typed: the diagram
    assert desk.table.pictures == {"diagram": place_of(BLUE)}
    assert desk.strip.text == "Diagram"
    desk.copy("words")
    desk.form.editor("topic").control.setFocus()
    desk.press("Ctrl+V")
    assert desk.form.editor("topic").typed == "words"
    choices = desk.form.editor("choices").control
    choices.setFocus()
    cursor = choices.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    choices.setTextCursor(cursor)
    desk.copy(QImage.fromData(RED))
    desk.press("Ctrl+V")
    assert set(desk.table.pictures) == {"diagram", "C"}
    mime = QMimeData()
    path = tmp_path / "photo.png"
    path.write_bytes(RED)
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    desk.drop("solution", mime)
    assert desk.table.pictures["solution"] == place_of(RED)
    desk.table.setFocus()
    desk.table.choose("answer")
    hand.press("Return", desk.screen.focusWidget())  # an empty row asks for a file
    (dialog,) = desk.screen.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    desk.settle()
    assert [line.split(" · ")[1] for line in desk.table.text.split("\n")] == [
        "no picture", "there is a picture", "no picture", "no picture", "there is a picture", "no picture",
        "there is a picture", "there is a picture",
    ]  # fmt: skip
    assert desk.table.text.startswith("The question as a picture · no picture\nDiagram · there is a picture")
    desk.press("Ctrl+G")
    (shown,) = desk.screen.findChildren(PictureDialog)
    assert shown.windowTitle() == "Picture of the answer"
    shown.close()
    desk.screen.panel.reason.setText("for the test")
    desk.press("Ctrl+S")
    saved = place.bank[UUID(int=1)].pictures
    assert set(saved) == {"diagram", "C", "answer", "solution"}
    assert all(one.startswith("s3://") for one in saved.values())
    # replaced, and taken out again
    desk.table.setFocus()
    desk.table.choose("diagram")
    desk.copy(RED)
    desk.press("Ctrl+V")
    assert desk.table.pictures["diagram"] == place_of(RED)
    desk.press("Del")
    assert "diagram" not in desk.table.pictures
    desk.press("Ctrl+D")
    assert desk.table.pictures == saved


def test_what_can_be_answered_instead_has_pictures_of_its_own(desk, place) -> None:
    place.bank[UUID(int=1)] = question(1, or_text="Find $y$.", or_steps="2: finds it")
    desk.screen.lead_to(str(UUID(int=1)))
    desk.settle()
    for field, data in (("or_text", BLUE), ("or_solution", RED)):
        desk.form.editor(field).control.setFocus()
        desk.copy(data)
        desk.press("Ctrl+V")
    assert desk.table.pictures == {"or_diagram": place_of(BLUE), "or_solution": place_of(RED)}
    assert desk.strip.text == "Or: diagram\nOr: picture of the solution"
    assert desk.form.faults == {}
    desk.screen.panel.reason.setText("for the test")
    desk.press("Ctrl+S")
    assert place.bank[UUID(int=1)].pictures == {"or_diagram": place_of(BLUE), "or_solution": place_of(RED)}


def test_a_file_that_is_dropped_where_words_are_typed_stands_beside_them(desk, tmp_path: Path) -> None:
    mime = QMimeData()
    path = tmp_path / "photo.png"
    path.write_bytes(RED)
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    solution, none = desk.form.editor("solution").control, Qt.KeyboardModifier.NoModifier
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    for dropped in (mime, clipped("words")):  # words are typed as ever
        QApplication.sendEvent(solution.viewport(), QDragEnterEvent(QPoint(5, 5), copy, dropped, left, none))
        QApplication.sendEvent(solution.viewport(), QDropEvent(QPointF(5, 5), copy, dropped, left, none))
    desk.settle()
    assert solution.toPlainText() == "words"
    assert desk.table.pictures == {"solution": place_of(RED)}


def test_a_picture_that_is_dropped_on_the_answer_is_its_picture_and_not_its_address(desk, tmp_path: Path) -> None:
    path, mime = tmp_path / "any.name", QMimeData()
    path.write_bytes(RED)
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    answer, none = desk.form.editor("answer").control, Qt.KeyboardModifier.NoModifier
    before, copy, left = answer.text(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    for dropped in (mime, clipped("words")):  # words are typed as ever
        QApplication.sendEvent(answer, QDragEnterEvent(QPoint(5, 5), copy, dropped, left, none))
        QApplication.sendEvent(answer, QDropEvent(QPointF(5, 5), copy, dropped, left, none))
    desk.settle()
    assert sorted(answer.text()) == sorted(f"{before}words")
    assert desk.table.pictures == {"answer": place_of(RED)}


def test_what_is_no_picture_is_refused_and_what_is_wrong_is_said_beside_it(desk, tmp_path: Path) -> None:
    path = tmp_path / "drawing.png"
    path.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    for urls in ([QUrl.fromLocalFile(str(path))], [QUrl("https://evil.example.net/7.png")]):
        mime = QMimeData()
        mime.setUrls(urls)
        desk.drop("diagram", mime)
    desk.table.setFocus()
    desk.copy("only words")
    desk.press("Ctrl+V")
    assert [str(error).split(":")[0] for error in desk.messages.told] == [
        "This is no picture that can stand in a question",
        "Only files of this computer can be put in. Save the picture first.",
        "There is no picture to be put in. Copy one first.",
    ]
    assert desk.table.pictures == {}
    desk.table.choose("D")
    desk.copy(BLUE)
    desk.press("Ctrl+V")
    assert desk.form.faults == {"pictures": "There is no choice D. One that is only a picture has the line [4]."}
    desk.form.editor("question_type").write("SA")
    desk.form.editor("question_type").changed.emit()
    assert desk.form.faults["pictures"] == "Only a multiple choice question has pictures of choices."


def test_a_picture_is_not_lost_without_a_network_nor_by_the_end_of_the_program(
    qtbot, tasks, desk, place, pictures, drafts
) -> None:
    pictures.reachable = False
    desk.form.editor("choices").write("a\nb\nc")
    desk.form.editor("choices").changed.emit()
    desk.table.setFocus()
    desk.table.choose("question")
    desk.copy(BLUE)
    desk.press("Ctrl+V")
    assert desk.table.pictures["question"].startswith(NEW)
    assert "on this computer only" in desk.table.text
    assert desk.strip.text == "The question as a picture"
    desk.screen.panel.reason.setText("for the test")
    desk.press("Ctrl+S")
    assert "cannot be reached" in str(desk.messages.told[0])
    desk.qtbot.waitUntil(lambda: bool(drafts.kept("question")))
    again = Desk(qtbot, tasks, place, pictures, drafts)  # the program anew
    assert again.table.pictures["question"].startswith(NEW)
    pictures.reachable = True
    again.screen.pictures._store_rest()
    again.settle()
    assert again.table.pictures["question"] == place_of(BLUE)
    again.screen.panel.reason.setText("for the test")
    again.press("Ctrl+S")
    assert place.bank[UUID(int=1)].pictures == {"question": place_of(BLUE)}


def test_the_history_tells_each_picture_and_brings_it_back() -> None:
    assert picture_differences(Difference("diagram_image_url", None, "s3://a")) == [
        Difference("picture:diagram", None, "s3://a")
    ]
    before = [{"id": "A", "image": "s3://a"}, {"id": "B", "image": "s3://b"}]
    after = [{"id": "A", "image": "s3://a"}, {"id": "B", "image": None}]
    assert picture_differences(Difference("mcq_choices", before, after)) == [Difference("picture:B", "s3://b", None)]
    assert picture_differences(Difference("topic", "a", "b")) == []
    scheme = {"steps": [], "alternatives": [{"question_text": "Find $y$.", "diagram_image_url": "s3://d"}]}
    assert picture_differences(Difference("scheme", {"steps": []}, scheme)) == [
        Difference("picture:or_diagram", None, "s3://d")
    ]
    assert pictures_before({"or_diagram": "s3://d"}, {"picture:or_diagram": None}) == {}
    found = pictures_before({"diagram": "s3://new", "A": "s3://a"}, {"picture:diagram": None, "picture:B": "s3://b"})
    assert found == {"A": "s3://a", "B": "s3://b"}


def test_the_history_shows_what_a_picture_was_and_is(qtbot, tasks, place, pictures, drafts) -> None:
    was, now = (pictures.store(pictures.take(data)) for data in (BLUE, RED))
    lost = "s3://school/uploads/question_image/lost.png"
    place.log = [
        Change(UUID(int=5), NOW, "Priya Nair", "question.changed", "", (
            Difference(COLUMNS["diagram"], was, now), Difference(COLUMNS["solution"], lost, None),
            Difference("topic", "Before", "After"),
        ))
    ]  # fmt: skip
    desk = Desk(qtbot, tasks, place, pictures, drafts)
    desk.screen.actions_by_id["record.history"].trigger()
    history = desk.screen.panel.history
    (strip,) = history.findChildren(PictureStrip)
    seen = {}
    for number, row in enumerate(history.values.rows):
        history.values.setCurrentIndex(history.values.model().index(number, 0))
        qtbot.waitUntil(lambda: strip.complete)
        seen[row.key] = strip.text.splitlines() if strip.isVisible() else []
    assert seen == {
        "picture:diagram": ["Before", "After"],
        "picture:solution": ["Before: This picture is not in the store."],
        "topic": [],
    }
