"""Takes the pictures of the guide anew: a demo is made, and the program goes through it by keys and clicks.

.venv/bin/python tools/screenshots.py [--into docs/guide/images] [--data-dir DIR] [--size 1366x768] [--part light …]
    [--choose language=hi --choose theme=dark …]

Each part is a process of its own, because the language is chosen when the program starts. They share one demo, new
and in a temporary folder unless --data-dir names one; the part "light" submits one of its scripts.
"""

from __future__ import annotations

import argparse
import calendar
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import cast
from uuid import uuid4

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent.parent))

from openpyxl import Workbook
from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSettings, Qt
from PySide6.QtGui import QAction, QColor, QCursor, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QPlainTextEdit, QWidget

from mv_desktop.app import Application, make_qt
from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.core.paths import config_dir
from mv_desktop.demo.script_plan import STANDARD
from mv_desktop.domain.annotation.shape import Annotation, Figure, Highlight, Placed, StampName, TextNote
from mv_desktop.domain.board_look import Look
from mv_desktop.domain.evaluation import QueueRow, WorkState
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.question import QuestionType
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.screen import OfficeScreen
from mv_desktop.ui.admin.view_screen import ViewScreen
from mv_desktop.ui.coordination.screen import BoardScreen
from mv_desktop.ui.marking.screen import MarkingScreen
from mv_desktop.ui.second.screen import SecondScreen
from mv_desktop.ui.shell.coordination_desk import CoordinationDesk
from mv_desktop.ui.shell.preference_table import Preferences
from mv_desktop.ui.shell.sign_in import SignInScreen
from mv_desktop.ui.shell.workspace import Workspace

PARTS = ("dark", "contrast", "hindi", "office", "office-dark", "admin", "admin-dark", "second", "light")
COORDINATOR = 2
ADMIN = 6
"""Which of the demo's people coordinates."""
SCRIPTS_OPEN = 10
"""So many open scripts has the demo's first teacher."""


class Camera:
    """The running program, somebody's hands, and a folder for pictures."""

    def __init__(self, folder: Path, size: tuple[int, int], choices: dict[str, str]) -> None:
        self._folder = folder
        self._qt = make_qt()
        config_dir().mkdir(parents=True, exist_ok=True)
        preferences = Preferences(QSettings(str(config_dir() / "settings.ini"), QSettings.Format.IniFormat))
        for key, value in choices.items():
            preferences.choose(key, value)
        self._application = Application(self._qt)
        self.window = self._application.window
        self._size = size

    # -- hands -----------------------------------------------------------------------------------------------

    def start(self, folder: Path) -> None:
        """Open the program on a demo, until somebody can sign in."""
        self._application.open_demo(folder, fresh=False, scripts=STANDARD)
        self.window.showNormal()
        self.window.resize(*self._size)
        self.wait(lambda: bool(self.window.findChildren(SignInScreen)), 180)

    def sign_in(self) -> Workspace:
        """Sign in as the demo's first teacher, and wait for her whole queue and its pages."""
        people = cast(QListWidget, self.window.findChildren(SignInScreen)[-1].findChild(QListWidget))
        people.setCurrentRow(0)
        QTest.keyClick(people, Qt.Key.Key_Return)
        self.wait(lambda: self._application.workspace is not None)
        workspace = cast(Workspace, self._application.workspace)
        self.wait(lambda: len([row for row in workspace.queue.rows if _open(row)]) >= SCRIPTS_OPEN - 1, 300)
        self.wait(lambda: all(row.pages_here == row.pages or row.page_problem for row in workspace.queue.rows), 300)
        self.wait(lambda: not workspace.driver.state.sending)
        return workspace

    def sign_in_who_coordinates(self) -> CoordinationDesk:
        """Sign in as the demo's coordinator, and wait for the board."""
        people = cast(QListWidget, self.window.findChildren(SignInScreen)[-1].findChild(QListWidget))
        people.setCurrentRow(COORDINATOR)
        QTest.keyClick(people, Qt.Key.Key_Return)
        self.wait(lambda: self._application.workspace is not None)
        offices = cast(Workspace, self._application.workspace).coordination
        self.wait(lambda: offices.board is not None and offices.board.look is not None, 60)
        self.wait(lambda: len(cast(Look, cast(BoardScreen, offices.board).look).expected) >= SCRIPTS_OPEN, 300)
        return offices

    def sign_in_who_administers(self) -> OfficeScreen:
        """Sign in as the demo's admin, and wait for the office."""
        people = cast(QListWidget, self.window.findChildren(SignInScreen)[-1].findChild(QListWidget))
        people.setCurrentRow(ADMIN)
        QTest.keyClick(people, Qt.Key.Key_Return)
        self.wait(lambda: self._application.workspace is not None)
        desk = cast(Workspace, self._application.workspace).office
        self.wait(lambda: desk.screen is not None, 60)
        self.wait(lambda: not self._application.tasks.busy, 900)  # the demo is made beside the window
        return cast(OfficeScreen, desk.screen)

    def open(self, row: QueueRow) -> MarkingScreen:
        """Open a script by its row in the queue."""
        workspace = cast(Workspace, self._application.workspace)
        workspace.queue.select(row.evaluation_id)
        self.press("queue.open", workspace.queue.actions_by_id)
        self.wait(lambda: workspace.marking.evaluation_id == row.evaluation_id)
        self.rest(1.5)
        return workspace.marking

    def press(self, command: str, actions: Mapping[str, QAction]) -> None:
        """Give a command as its key does."""
        actions[command].trigger()
        self.rest(0.3)

    def dialog(self) -> QDialog:
        """The dialog that is open."""
        self.wait(lambda: any(_shown_dialogs(self.window)))
        return next(iter(_shown_dialogs(self.window)))

    def rest(self, seconds: float) -> None:
        """Let the program do what it has to do."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._qt.processEvents()
            time.sleep(0.005)

    def wait(self, until: Callable[[], bool], seconds: float = 30) -> None:
        """Let the program go on until something is so.

        Raises:
            TimeoutError: it did not become so.
        """
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise TimeoutError
            self.rest(0.02)

    def close(self) -> None:
        """Close the window and leave."""
        self.window.close()
        self.wait(lambda: not self.window.isVisible(), 60)
        self.rest(0.2)

    # -- camera ----------------------------------------------------------------------------------------------

    def shoot(self, name: str) -> None:
        """Save the window, with the dialog that is open, as `name`.png."""
        QCursor.setPos(self.window.mapToGlobal(self.window.rect().center()))
        self.rest(0.4)
        picture = self.window.grab()
        for dialog in _shown_dialogs(self.window):
            _lay_upon(picture, dialog, self.window)
        _save(picture, self._folder / f"{name}.png")
        print(name, flush=True)


def _shown_dialogs(window: QWidget) -> list[QDialog]:
    return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]


def _lay_upon(picture: QPixmap, dialog: QDialog, window: QWidget) -> None:
    """A dialog is a window of its own: put it where it stands, in the middle."""
    place = QPoint((window.width() - dialog.width()) // 2, (window.height() - dialog.height()) // 2)
    painter = QPainter(picture)
    painter.drawPixmap(place, dialog.grab())
    painter.setPen(QColor("#868e99"))
    painter.drawRect(place.x() - 1, place.y() - 1, dialog.width() + 1, dialog.height() + 1)
    painter.end()


def _save(picture: QPixmap, path: Path) -> None:
    """As a PNG of 256 colours: a third of the size, and no difference that one sees."""
    raw = QByteArray()
    buffer = QBuffer(raw)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    image = Image.open(BytesIO(bytes(raw.data()))).convert("RGB")
    image.quantize(256, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)


def _open(row: QueueRow) -> bool:
    return row.state in (WorkState.NEW, WorkState.STARTED)


_INK: tuple[tuple[MarkKey, StampName, float, float], ...] = (
    (MarkKey(21, "a"), "tick", 0.74, 0.120),
    (MarkKey(21, "a"), "tick", 0.66, 0.210),
    (MarkKey(22, "a"), "tick", 0.48, 0.300),
    (MarkKey(22, "a"), "half", 0.62, 0.363),
)
"""What a teacher has put on the first page of the demo's most urgent script; where its lines end is always the same."""
_NOTE = "Say why: $(x-1)^2 \\geq 0$ for all $x$"
LARGE = (1920, 1080)
"""The second size in which the marking screen is taken, beside that of `--size`."""


def _open_marked(camera: Camera, workspace: Workspace) -> MarkingScreen:
    """Open the most urgent script, with some marks on its first page and the tick in hand."""
    marking = camera.open(workspace.queue.rows[0])
    session = marking.session
    assert session is not None
    page = session.view.pages[0].ref
    marking.view.go_to_page(page)
    if not session.script.ink_on(page):
        for key, stamp, x, y in _INK:
            session.set_current(key)
            session.place_stamp(stamp, page, x, y)
        session.put(Placed(page, annotation) for annotation in _drawn())
    session.set_current(MarkKey(23))
    marking.view.set_stamp("tick")
    camera.rest(2.0)
    return marking


def _drawn() -> tuple[Annotation, ...]:
    """What she has drawn and written beside her stamps."""
    ids = id_source(SystemClock())
    group = uuid4()
    return (
        Figure(id=ids(), type="box", x=0.175, y=0.322, x2=0.36, y2=0.352, group=group),
        Figure(id=ids(), type="line", x=0.36, y=0.337, x2=0.70, y2=0.312, group=group),
        TextNote(id=ids(), x=0.71, y=0.303, width=0.27, text=_NOTE, question_number=22, alternative="a"),
        Highlight(id=ids(), points=((0.16, 0.2125, 0.5), (0.60, 0.2125, 0.5))),
    )


def _shoot_large(camera: Camera, name: str) -> None:
    """The same on a large monitor."""
    before = camera.window.size()
    camera.window.resize(*LARGE)
    camera.rest(1.5)
    camera.shoot(name)
    camera.window.resize(before)
    camera.rest(1.0)


# -- the parts ------------------------------------------------------------------------------------------------


def dark(camera: Camera) -> None:
    """The queue and a script, dark."""
    workspace = camera.sign_in()
    camera.shoot("queue-dark")
    _open_marked(camera, workspace)
    camera.shoot("marking-dark")
    _shoot_large(camera, "marking-dark-large")


def contrast(camera: Camera) -> None:
    """A script in high contrast and in the largest text."""
    workspace = camera.sign_in()
    _open_marked(camera, workspace)
    camera.shoot("marking-contrast")
    _shoot_large(camera, "marking-contrast-large")


def hindi(camera: Camera) -> None:
    """The queue and a script in Hindi."""
    workspace = camera.sign_in()
    camera.shoot("hindi-queue")
    _open_marked(camera, workspace)
    camera.shoot("hindi")


def office(camera: Camera) -> None:
    """The board with a move and a proposal, the cases, the reports and quality."""
    offices = camera.sign_in_who_coordinates()
    board, cases, reports = offices.board, offices.cases, offices.reports
    assert board is not None
    assert cases is not None
    assert reports is not None
    camera.press("app.board", camera.window._actions)  # noqa: SLF001 - the hands of the person at the window
    camera.press("board.all", board.actions_by_id)
    camera.shoot("board")
    camera.press("board.move", board.actions_by_id)
    board.move_panel.name.name(cast(Look, board.look).teachers[0].user_id)
    camera.shoot("board-move")
    camera.press("board.clear", board.actions_by_id)
    camera.press("board.hers_all", board.actions_by_id)
    camera.press("board.spread", board.actions_by_id)
    camera.wait(lambda: bool(board.plan_panel.moves))
    camera.shoot("board-proposal")
    camera.press("board.clear", board.actions_by_id)
    camera.press("app.cases", camera.window._actions)  # noqa: SLF001
    camera.rest(1.5)
    camera.shoot("cases")
    camera.press("cases.look", cases.actions_by_id)
    camera.wait(lambda: cases.pages.page is not None and not cases.pages.busy)
    camera.shoot("case-page")
    camera.press("cases.look", cases.actions_by_id)
    camera.press("app.reports", camera.window._actions)  # noqa: SLF001
    camera.rest(1.5)
    camera.shoot("reports")
    camera.press("report.print", reports.actions_by_id)
    camera.rest(1.5)
    camera.shoot("reports-print")
    camera.dialog().reject()
    camera.rest(0.2)
    _shoot_quality(camera, offices, "quality")


def office_dark(camera: Camera) -> None:
    """The board, the cases, the reports and quality, dark."""
    offices = camera.sign_in_who_coordinates()
    board = offices.board
    assert board is not None
    camera.press("app.board", camera.window._actions)  # noqa: SLF001
    camera.press("board.all", board.actions_by_id)
    camera.shoot("board-dark")
    camera.press("app.cases", camera.window._actions)  # noqa: SLF001
    camera.rest(1.5)
    camera.shoot("cases-dark")
    camera.press("app.reports", camera.window._actions)  # noqa: SLF001
    camera.rest(1.5)
    camera.shoot("reports-dark")
    _shoot_quality(camera, offices, "quality-dark")


def _shoot_quality(camera: Camera, offices: CoordinationDesk, name: str) -> None:
    quality = offices.quality
    assert quality is not None
    camera.press("app.quality", camera.window._actions)  # noqa: SLF001
    camera.wait(lambda: quality.sample is not None, 120)  # the worker chooses samples each minute
    camera.rest(1.5)
    camera.shoot(name)


def admin(camera: Camera, ending: str) -> None:
    """The office."""
    office = camera.sign_in_who_administers()
    camera.press("app.office", camera.window._actions)  # noqa: SLF001 - the hands of the person at the window
    plans = cast(RecordScreen, office.show_subject("plan"))
    camera.wait(lambda: plans.settled and bool(plans.panel.heading))
    cast(QLineEdit, plans.panel.form.editor("monthly_price_paise").control).setText("349")
    cast(QLineEdit, plans.panel.form.editor("exams_per_month").control).setText("0")
    camera.rest(1.0)
    if not ending:
        camera.shoot("office")
    camera.press("record.discard", plans.actions_by_id)
    for kind, look in _SUBJECTS.items():
        screen = _subject(camera, office, kind)
        look(camera, screen)
        if not ending or kind in _DARK:
            camera.window.messages.clear()
            camera.shoot(f"office-{kind}{ending}")
    camera.press("app.insight", camera.window._actions)  # noqa: SLF001
    camera.rest(4.0)
    camera.window.messages.clear()
    camera.shoot(f"insight{ending}")
    camera.press("app.office", camera.window._actions)  # noqa: SLF001
    if not ending:
        _shoot_views(camera, cast(RecordScreen, _subject(camera, office, "question")))
        _shoot_import(camera, cast(RecordScreen, _subject(camera, office, "student")))


def _subject(camera: Camera, office: OfficeScreen, kind: str) -> RecordScreen | ViewScreen:
    """A subject of the office, its first record beside its list."""
    screen = office.show_subject(kind)
    camera.rest(0.5)
    camera.wait(lambda: screen.settled and bool(screen.list.rows), 60)
    camera.rest(1.0)
    return screen


def _look(_camera: Camera, screen: RecordScreen | ViewScreen) -> None:
    """As it is."""
    screen.list.take_focus()


def _look_at_a_telling_entry(camera: Camera, screen: RecordScreen | ViewScreen) -> None:
    """A script that was given to a teacher: people, a script and an exam stand in it."""
    row = next(row for row in screen.list.rows if row.event == "evaluation.assigned")
    screen.list.select(screen.subject.key(row))
    screen.list.take_focus()
    camera.rest(0.5)


def _look_for(words: str) -> Callable[[Camera, RecordScreen | ViewScreen], None]:
    """What is found by these words."""

    def look(camera: Camera, screen: RecordScreen | ViewScreen) -> None:
        screen.list.search.setText(words)
        camera.rest(1.5)
        screen.list.take_focus()
        camera.rest(0.5)

    return look


def _ask_about_deadlines(camera: Camera, screen: RecordScreen | ViewScreen) -> None:
    """A holiday is entered over which deadlines run."""
    panel = cast(RecordScreen, screen).panel
    screen.actions_by_id["record.new"].trigger()
    camera.rest(0.3)
    when = date.today() + timedelta(days=1)  # noqa: DTZ011 - as on the demo's computer
    while when.weekday() > calendar.FRIDAY:
        when += timedelta(days=1)
    editor = panel.form.editor("holiday_date")
    editor.write(when.isoformat())
    editor.changed.emit()
    cast(QLineEdit, panel.form.editor("holiday_name").control).setText("Heavy rain")
    panel.reason.setText("The district closed all schools")
    screen.actions_by_id["record.save"].trigger()
    camera.rest(1.5)


def _change_a_question(camera: Camera, screen: RecordScreen | ViewScreen) -> None:
    """A question with a formula, and what is wrong with it."""
    panel = cast(RecordScreen, screen).panel
    choice = next(n for n, row in enumerate(screen.list.rows) if row.question_type == QuestionType.VSA)
    screen.list.select(screen.subject.key(screen.list.rows[choice]))
    camera.rest(1.5)
    control = cast(QPlainTextEdit, panel.form.editor("question_text").control)
    control.setPlainText(
        control.toPlainText().rstrip() + r" Let $\vec{a} = \frac{1}{2}\hat{i}$, and say what \vecc is."
    )
    camera.rest(1.5)


_SUBJECTS: Mapping[str, Callable[[Camera, RecordScreen | ViewScreen], None]] = {
    "member": _look,
    "student": _look,
    "subscription": _look,
    "template": _look,
    "holiday": _ask_about_deadlines,
    "setting": _look_for("hours"),
    "question": _change_a_question,
    "audit": _look_at_a_telling_entry,
}
"""What is looked at of each subject; "plan" comes before them."""
_DARK = ("holiday", "question")


def _shoot_views(camera: Camera, screen: RecordScreen) -> None:
    camera.press("record.discard", screen.actions_by_id)
    views = screen.views
    assert views is not None
    for words, name in (("matrices", "Matrices that wait"), ("triangle", "Triangles")):
        screen.list.search.setText(words)
        camera.rest(1.0)
        camera.press("record.keep_view", screen.actions_by_id)
        dialog = views.dialog
        assert dialog is not None
        dialog.name.setText(name)
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        camera.rest(0.3)
        if name != "Triangles":
            dialog.reject()
            camera.rest(0.3)
    camera.window.messages.clear()
    camera.shoot("office-views")
    camera.dialog().reject()


def _shoot_import(camera: Camera, screen: RecordScreen) -> None:
    rows = [("First name", "Last name", "E-mail", "Class", "School")]
    rows += [(f"Asha{n}", "Newcomer", f"asha{n}@school.example", "X", "Kendriya Vidyalaya") for n in range(38)]
    rows[8:10] = [("Ravi", "Das", "ravi.das@", "X", ""), ("Uma", "Rao", "uma@school.example", "IX", "")]
    book = Workbook(write_only=True)
    for name, lines in (("Instructions", [("One row for each student.",)]), ("Class X", rows), ("Class XII", rows[:3])):
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    files = screen.files
    assert files is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "newcomers.xlsx"
        book.save(path)
        files.read_in(path)
        camera.wait(lambda: files.dialog is not None and not files.dialog.busy and bool(files.dialog.rows.rows))
        camera.rest(0.5)
        camera.shoot("office-import")
        camera.dialog().reject()


def second(camera: Camera) -> None:
    """What waits to be marked a second time, and a script that is."""
    desk = camera.sign_in().second
    camera.wait(lambda: desk.screen is not None, 300)  # the worker chooses samples and gives them each minute
    screen = cast(SecondScreen, desk.screen)
    actions = screen.actions_by_id
    camera.press("app.second", camera.window._actions)  # noqa: SLF001 - the hands of the person at the window
    camera.rest(1.0)
    camera.shoot("second-list")
    camera.press("second.open", actions)
    camera.wait(lambda: screen.bench.session is not None, 60)
    session = screen.bench.session
    assert session is not None
    camera.wait(lambda: all(page.here or page.problem for page in session.view.pages), 120)
    for command in ("step.1", "next_question", "full", "next_question", "half_and_next"):
        camera.press(f"second.{command}", actions)
    camera.rest(1.5)
    camera.shoot("second")
    while session.next_unmarked() is not None:
        for command in ("next_unmarked", "full", "half_less"):
            camera.press(f"second.{command}", actions)
    camera.press("second.hand_in", actions)
    camera.shoot("second-hand-in")
    camera.press("second.back", actions)
    camera.press("second.back", actions)


def light(camera: Camera) -> None:
    """Everything else; submits a script."""
    camera.shoot("sign-in")
    workspace = camera.sign_in()
    camera.shoot("queue-light")
    queue = workspace.queue
    queue.select(queue.rows[2].evaluation_id)
    camera.press("queue.preview", queue.actions_by_id)
    camera.shoot("queue-preview")
    camera.press("queue.preview", queue.actions_by_id)
    _shoot_dialogs_of_the_window(camera)
    marking = _open_marked(camera, workspace)
    _shoot_marking(camera, marking)
    broken = next(row for row in queue.rows if row.page_problem)
    camera.press("marking.back", marking.actions_by_id)
    camera.open(broken)
    _go_to_broken_page(marking)
    camera.rest(1.0)
    camera.shoot("broken-page")
    camera.press("marking.back", marking.actions_by_id)
    short = next(row for row in queue.rows if _open(row) and row.written <= 5)
    _shoot_submission(camera, workspace, short)


def _shoot_dialogs_of_the_window(camera: Camera) -> None:
    actions = camera.window._actions  # noqa: SLF001 - the hands of the person at the window
    for command, name in (("app.preferences", "preferences"), ("app.change_keys", "change-keys")):
        camera.press(command, actions)
        camera.shoot(name)
        camera.dialog().reject()


def _shoot_marking(camera: Camera, marking: MarkingScreen) -> None:
    actions = marking.actions_by_id
    camera.shoot("marking-light")
    _shoot_large(camera, "marking-light-large")
    _shoot_panels(camera, marking)
    marking.view.set_tool("select")
    camera.press("marking.next_unmarked", actions)
    window = camera.window._actions  # noqa: SLF001 - as above
    for command, name in (("app.keys", "key-sheet"), ("app.palette", "palette")):
        camera.press(command, window)
        camera.shoot(name)
        camera.dialog().reject()
        camera.rest(0.2)
    camera.press("marking.submit", actions)
    camera.shoot("submit-check")
    camera.dialog().reject()
    camera.rest(0.2)
    camera.window.activateWindow()
    camera.press("marking.mark_field", actions)
    field = camera.window.focusWidget()
    QTest.keyClicks(field, "7")
    QTest.keyClick(field, Qt.Key.Key_Return)
    camera.shoot("mark-refused")
    QTest.keyClick(field, Qt.Key.Key_Escape)


def _shoot_panels(camera: Camera, marking: MarkingScreen) -> None:
    """What a key opens over the page."""
    actions = marking.actions_by_id
    camera.press("marking.comment_bank", actions)
    camera.rest(1.0)
    camera.shoot("comment-bank")
    QTest.keyClick(camera.window.focusWidget(), Qt.Key.Key_Escape)
    camera.rest(0.3)
    for command, name in (("flag", "flag"), ("hand_back", "hand-back")):
        camera.press(f"marking.{command}", actions)
        camera.shoot(name)
        camera.dialog().reject()
        camera.rest(0.2)
    camera.window.activateWindow()


def _go_to_broken_page(marking: MarkingScreen) -> None:
    session = marking.session
    assert session is not None
    ref: PageRef = next(page.ref for page in session.view.pages if page.problem)
    marking.view.go_to_page(ref)


def _shoot_submission(camera: Camera, workspace: Workspace, row: QueueRow) -> None:
    marking = camera.open(row)
    actions = marking.actions_by_id
    session = marking.session
    assert session is not None
    for key in session.keys:
        session.set_current(key)
        camera.press("marking.full", actions)
    camera.press("marking.submit", actions)
    camera.shoot("submit-warnings")
    QTest.keyClick(camera.dialog(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    camera.rest(1.5)
    camera.shoot("submit-hold")
    camera.press("marking.back", actions)
    camera.wait(lambda: any(one.state is WorkState.COMPLETED for one in workspace.queue.rows), 60)
    camera.wait(lambda: not marking.hold.can_take_back(row.evaluation_id))
    camera.rest(2.0)
    camera.press("app.sync", camera.window._actions)  # noqa: SLF001 - as above
    camera.shoot("sync")
    camera.press("app.notices", camera.window._actions)  # noqa: SLF001 - as above
    camera.shoot("notices")
    camera.press("app.queue", camera.window._actions)  # noqa: SLF001 - as above
    camera.press("queue.done", workspace.queue.actions_by_id)
    camera.shoot("queue-finished")
    camera.open(row)
    camera.shoot("completed")


_CHOICES = {
    "light": {"theme": "light"},
    "dark": {"theme": "dark"},
    "contrast": {"theme": "contrast", "text_scale": "largest"},
    "hindi": {"theme": "light", "language": "hi"},
    "office": {"theme": "light"},
    "office-dark": {"theme": "dark"},
    "admin": {"theme": "light"},
    "admin-dark": {"theme": "dark"},
    "second": {"theme": "light"},
}


_PARTS: Mapping[str, Callable[[Camera], None]] = {
    "light": light,
    "dark": dark,
    "contrast": contrast,
    "hindi": hindi,
    "office": office,
    "office-dark": office_dark,
    "admin": partial(admin, ending=""),
    "admin-dark": partial(admin, ending="-dark"),
    "second": second,
}


def take(part: str, folder: Path, demo: Path, size: tuple[int, int], choices: Mapping[str, str]) -> None:
    """Take the pictures of one part, in this process; `choices` are preferences that go before those of the part."""
    camera = Camera(folder, size, {**_CHOICES[part], **choices})
    camera.start(demo)
    try:
        _PARTS[part](camera)
    finally:
        camera.close()


def main() -> int:
    """Take the pictures of all parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=Path(__file__).parent.parent / "docs" / "guide" / "images")
    parser.add_argument("--data-dir", type=Path, help="a demo to use, instead of a new one")
    parser.add_argument("--size", default="1366x768", metavar="WxH")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; may be repeated")
    parser.add_argument(
        "--choose", action="append", default=[], metavar="KEY=VALUE", help="a preference, such as language=hi"
    )
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    options.into.mkdir(parents=True, exist_ok=True)
    if options.here:
        choices = dict(one.split("=", 1) for one in options.choose)
        take(options.part[0], options.into, options.data_dir, (width, height), choices)
        return 0
    with tempfile.TemporaryDirectory(prefix="mv-screenshots-") as temporary:
        demo = options.data_dir or Path(temporary) / "demo"
        for part in options.part or PARTS:
            environment = {
                **os.environ,
                "MV_CONFIG_DIR": f"{temporary}/{part}/config",
                "MV_DATA_DIR": f"{temporary}/{part}/data",
            }
            arguments = ["--here", "--part", part, "--into", options.into, "--data-dir", demo, "--size", options.size]
            arguments += [f"--choose={one}" for one in options.choose]
            subprocess.run([sys.executable, __file__, *map(str, arguments)], env=environment, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
