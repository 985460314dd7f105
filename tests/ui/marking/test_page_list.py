"""The list of pages: what it says of each, and who chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QPaintEvent, QRegion
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.evaluation import Twin
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.marking.page.page_list import PageList
from mv_desktop.ui.marking.page.page_row import ROW_ROLE, PageRow
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from tests.factories.script import page_info, script_view
from tests.fakes.script_store import FakeScriptStore
from tests.ui.accessibility import nameless_controls

FIRST, SECOND, THIRD = PageRef(1), PageRef(2), PageRef(3, 1)
PAGES = (
    page_info(1, (2, 3)),
    page_info(2, here=False),
    replace(page_info(3, problem="The file is damaged."), ref=THIRD),
)


class Bench:
    """A page list in a window."""

    def __init__(self, qtbot: QtBot, session: MarkingSession) -> None:
        self.qtbot, self.session = qtbot, session
        self.list = PageList()
        qtbot.addWidget(self.list)
        self.list.resize(96, 400)
        self.chosen: list[PageRef] = []
        self.list.page_chosen.connect(self.chosen.append)
        self.list.set_session(session)
        with qtbot.waitExposed(self.list):
            self.list.show()
        self.list.activateWindow()
        self.list.setFocus()

    def row(self, ref: PageRef) -> PageRow:
        row: PageRow = self.list._model.index_of(ref).data(ROW_ROLE)
        return row

    def icons(self, ref: PageRef) -> list[str]:
        return [name for name, _ in self.row(ref).signs]

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.list, key)


@pytest.fixture
def session_of(tasks: Tasks, store: FakeScriptStore, ids: IdSource) -> Callable[..., MarkingSession]:
    return lambda **view: MarkingSession(OpenedScript(script_view(**view)), store, tasks, ids)


@pytest.fixture
def bench(qtbot: QtBot, session_of: Callable[..., MarkingSession]) -> Bench:
    return Bench(qtbot, session_of(pages=PAGES))


def test_each_page_says_its_questions_and_what_is_the_matter(bench):
    assert bench.row(FIRST).words == "Page 1\nQuestions 2, 3\nNo ink\nNot read yet"
    assert bench.row(FIRST).questions_text == "Q2, 3"
    assert bench.icons(FIRST) == []
    assert "Not on this computer yet" in bench.row(SECOND).words
    assert bench.icons(SECOND) == ["download"]
    assert bench.row(THIRD).words.startswith("Page 3.1\nCannot be shown: The file is damaged.")
    assert bench.icons(THIRD) == ["warning"]


def test_a_page_that_is_the_same_file_as_another_says_so(
    qtbot: QtBot, tasks: Tasks, store: FakeScriptStore, ids: IdSource
) -> None:
    pages = (replace(PAGES[0], twin=Twin("VX-4K2", 3)), replace(PAGES[1], here=True, twin=Twin("", 1)))
    bench = Bench(qtbot, MarkingSession(OpenedScript(script_view(pages=pages)), store, tasks, ids))
    assert "The same file as page 3 of VX-4K2" in bench.row(FIRST).words
    assert "The same file as page 1\n" in bench.row(SECOND).words
    assert bench.icons(FIRST) == bench.icons(SECOND) == ["copy"]


def test_many_questions_in_a_row_are_said_in_short(bench):
    questions = (21, 23, 24, 25, 29, 30)
    assert replace(bench.row(FIRST), questions=questions).questions_text == "Q21, 23–25, 29, 30"
    assert replace(bench.row(FIRST), questions=()).questions_text == ""


def test_ink_reading_and_a_rescan_appear_as_they_happen(bench):
    bench.session.place_stamp("tick", FIRST, 0.5, 0.5)
    assert bench.icons(FIRST) == ["pen"]
    bench.session.see_page(FIRST, 0.5, 1.0)
    assert bench.icons(FIRST) == ["pen"]
    bench.session.see_page(FIRST, 1.5, 1.0)
    assert bench.icons(FIRST) == ["pen", "check"]
    bench.session.ask_rescan(FIRST)
    assert bench.icons(FIRST) == ["flag", "pen", "check"]
    assert "A rescan was asked for\nHas ink\nRead" in bench.row(FIRST).words
    bench.session.undo()
    assert bench.icons(FIRST) == ["pen", "check"]
    bench.session.undo()
    assert bench.icons(FIRST) == ["check"]


def test_a_change_touches_only_the_rows_of_its_pages(bench):
    changed = []
    bench.list._model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    bench.session.place_stamp("tick", SECOND, 0.5, 0.5)
    bench.session.full(bench.session.keys[0])
    assert changed == [(1, 1)]


def test_only_the_rows_that_changed_are_painted(bench, qtbot):
    regions: list[QRegion] = []

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QPaintEvent):
                regions.append(event.region())
            return False

    viewport, watch = bench.list.viewport(), Watch()
    qtbot.waitUntil(lambda: bench.list.visualRect(bench.list._model.index_of(SECOND)).isValid())
    QCoreApplication.processEvents()
    viewport.installEventFilter(watch)
    bench.session.place_stamp("tick", SECOND, 0.5, 0.5)
    qtbot.waitUntil(lambda: bool(regions))
    QCoreApplication.processEvents()
    rects = {page: bench.list.visualRect(bench.list._model.index_of(page)) for page in (FIRST, SECOND, THIRD)}
    assert {page for page, rect in rects.items() if any(each.intersects(rect) for each in regions)} == {SECOND}


def test_pages_that_arrive_are_shown_by_a_refresh(bench):
    bench.list.set_current(SECOND)
    bench.session.view.pages = (PAGES[0], replace(PAGES[1], here=True), PAGES[2])
    bench.list.refresh()
    assert bench.icons(SECOND) == []
    assert bench.list.currentIndex() == bench.list._model.index_of(SECOND)


def test_the_screen_scrolling_is_followed_without_an_echo(bench):
    bench.list.set_current(THIRD)
    assert bench.list.currentIndex().data(ROW_ROLE).ref == THIRD
    bench.list.set_current(PageRef(99))
    assert bench.list.currentIndex().data(ROW_ROLE).ref == THIRD
    assert bench.chosen == []


def test_pages_are_chosen_by_keys_and_by_clicks(qtbot, bench):
    bench.list.set_current(FIRST)
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_End)
    bench.press(Qt.Key.Key_Home)
    place = bench.list.visualRect(bench.list._model.index_of(SECOND)).center()
    qtbot.mouseClick(bench.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert bench.chosen == [SECOND, THIRD, FIRST, SECOND]


def test_letters_are_the_screens_actions(bench):
    done = []
    action = QAction("next", bench.list)
    action.setShortcut(QKeySequence("J"))
    action.triggered.connect(lambda: done.append("next"))
    bench.list.addAction(action)
    bench.press(Qt.Key.Key_J)
    assert done == ["next"]
    assert bench.chosen == []


def test_another_script_replaces_the_pages_and_chooses_none(bench, session_of):
    before = bench.session
    bench.list.set_session(session_of(number=2))
    before.place_stamp("tick", FIRST, 0.5, 0.5)
    assert bench.list._model.rowCount() == 2
    assert bench.icons(FIRST) == []
    bench.list.set_session(None)
    assert bench.list._model.rowCount() == 0
    assert bench.chosen == []


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_it_paints_in_every_palette_at_its_narrowest(bench, qapp, theme):
    bench.session.place_stamp("tick", FIRST, 0.5, 0.5)
    bench.list.set_current(FIRST)
    try:
        apply_theme(qapp, theme, "largest")
        bench.list.resize(72, 300)
        assert not bench.list.grab().isNull()
    finally:
        apply_theme(qapp, "light")


def test_the_list_and_its_rows_have_names(bench):
    assert nameless_controls(bench.list) == []
    index = bench.list._model.index_of(FIRST)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Page 1, Questions 2, 3, No ink, Not read yet"


def test_a_click_on_the_page_that_is_looked_at_leads_to_its_top(bench):
    bench.list.set_current(SECOND)
    assert bench.chosen == []
    for ref, button in ((SECOND, Qt.MouseButton.LeftButton), (SECOND, Qt.MouseButton.RightButton), (FIRST, None)):
        place = bench.list.visualRect(bench.list._model.index_of(ref)).center()
        bench.qtbot.mouseClick(bench.list.viewport(), button or Qt.MouseButton.LeftButton, pos=place)
    assert bench.chosen == [SECOND, FIRST]
