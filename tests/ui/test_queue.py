"""The queue: what it shows, how it is steered by keys, and that a refresh moves nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QByteArray, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.domain.evaluation import QueueRow, WorkState
from mv_desktop.domain.returned import Returned, ReturnedQuestion
from mv_desktop.ui.queue.model import COLOR_ROLE, MARK_ROLE, SHARE_ROLE, Column, QueueModel
from mv_desktop.ui.queue.row_filter import RowFilter, matching
from mv_desktop.ui.queue.screen import QueueScreen
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme
from tests.factories.queue_row import CALENDAR, NOON, queue_row, realistic_rows
from tests.fakes.clock import FakeClock
from tests.ui.accessibility import nameless_controls


class Rows:
    """A `QueueSource` of given rows, or of an error."""

    def __init__(self, rows: tuple[QueueRow, ...]) -> None:
        self.given: tuple[QueueRow, ...] | Exception = rows

    def rows(self) -> tuple[QueueRow, ...]:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


class Told:
    """A `Messages` that remembers."""

    def __init__(self) -> None:
        self.errors: list[UserError] = []

    def say(self, text: str, *, undo: Callable[[], object] | None = None) -> None:
        raise AssertionError(f"the queue has nothing to say: {text}")

    def tell(self, error: UserError) -> None:
        self.errors.append(error)


class Bench:
    """A queue screen on a window, with all that it needs."""

    def __init__(self, qtbot: QtBot, tasks: Tasks) -> None:
        self.qtbot, self.source, self.told, self.clock = qtbot, Rows(realistic_rows()), Told(), FakeClock()
        self.tasks = tasks
        self.screen = QueueScreen(self.source, tasks, CALENDAR, self.clock, self.told)
        qtbot.addWidget(self.screen)
        self.opened: list[object] = []
        self.screen.open_requested.connect(self.opened.append)
        self.screen.resize(1270, 700)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.screen.activateWindow()

    def load(self, *rows: QueueRow) -> None:
        if rows:
            self.source.given = rows
        self.screen.refresh()
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.screen, key, modifier)

    @property
    def codes(self) -> list[str]:
        return [row.script_code for row in self.screen._model.rows]


@pytest.fixture
def bench(qtbot: QtBot, tasks: Tasks) -> Bench:
    return Bench(qtbot, tasks)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    set_language("en")


def cell(model: QueueModel, row: int, column: Column, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return model.data(model.index(row, column), role)


# -- filter -------------------------------------------------------------------------------------------------


def test_open_scripts_are_shown_unless_finished_ones_are_wanted() -> None:
    rows = realistic_rows()
    shown = matching(rows, RowFilter())
    assert {row.state for row in shown} == {WorkState.NEW, WorkState.STARTED}
    done = matching(rows, RowFilter(done=True))
    assert {row.state for row in done} == {WorkState.SUBMITTED, WorkState.COMPLETED, WorkState.MOVED}
    assert len(shown) + len(done) == len(rows)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (RowFilter(search="gkv hll"), 0),
        (RowFilter(search="vphll"), 1),
        (RowFilter(search="v p – HLL"), 1),
        (RowFilter(search="hll vp"), 1),
        (RowFilter(search="p hl"), 1),
        (RowFilter(search="  BOARD pre "), 1),
        (RowFilter(search="गणित"), 1),
        (RowFilter(class_name="X"), 3),
        (RowFilter(exam_type="unit_practice"), 1),
        (RowFilter(state=WorkState.STARTED, class_name="XII"), 3),
    ],
)
def test_search_and_filters_narrow(wanted: RowFilter, found: int) -> None:
    assert len(matching(realistic_rows(), wanted)) == found
    assert wanted.narrows


# -- model --------------------------------------------------------------------------------------------------


def test_the_model_keeps_qts_rules_while_rows_come_go_and_move(qtbot: QtBot) -> None:
    model = QueueModel(CALENDAR, FakeClock().now)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows = realistic_rows()
    for wanted in (rows, rows[::-1], rows[2:5], (), rows[5:], rows[4:] + rows[:4], rows):
        model.set_rows(wanted)
        assert model.rows == wanted
    assert tester is not None


def test_only_what_changed_is_told(qtbot: QtBot) -> None:
    model = QueueModel(CALENDAR, FakeClock().now)
    rows = realistic_rows()
    model.set_rows(rows)
    changed: list[tuple[int, int]] = []
    resets: list[bool] = []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved, model.rowsMoved, model.layoutChanged):
        signal.connect(lambda *_: resets.append(True))
    model.set_rows((*rows[:3], dataclasses.replace(rows[3], marked=9), *rows[4:]))
    assert changed == [(3, 3)]
    assert resets == []


def test_cells_say_deadline_progress_and_pages_also_to_a_screen_reader(qtbot: QtBot) -> None:
    model = QueueModel(CALENDAR, FakeClock().now)
    model.set_rows(realistic_rows())
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert cell(model, 0, Column.DUE) == "today 10:48"
    assert cell(model, 0, Column.LEFT) == "42 min late"
    assert cell(model, 0, Column.DUE, spoken) == "Due: Breached, today 10:48"
    assert cell(model, 0, Column.DUE, COLOR_ROLE) == "danger"
    assert cell(model, 1, Column.DUE, COLOR_ROLE) == "soon"
    assert cell(model, 3, Column.DUE, COLOR_ROLE) is None
    assert cell(model, 0, Column.MARKS) == "11/17"
    assert cell(model, 0, Column.MARKS, SHARE_ROLE) == pytest.approx(11 / 17)
    assert cell(model, 0, Column.MARKS, spoken) == "Marked: 11 of 17 questions have a mark"
    assert cell(model, 0, Column.PAGES, spoken) == "Pages: 8 pages · on this computer"
    assert cell(model, 0, Column.SCRIPT, Qt.ItemDataRole.ToolTipRole) == "3 changes only on this computer"
    assert "24 h from Tue 14 Jul" in str(cell(model, 1, Column.DUE, Qt.ItemDataRole.ToolTipRole))
    assert model.data(QModelIndex()) is None


def test_pages_show_what_is_missing_and_what_is_wrong(qtbot: QtBot) -> None:
    model = QueueModel(CALENDAR, FakeClock().now)
    model.set_rows((
        queue_row(1, pages=8, pages_here=3), queue_row(2, page_problem=True), queue_row(3, pages=8, pages_here=0),
    ))  # fmt: skip
    assert [cell(model, n, Column.PAGES) for n in range(3)] == ["3/8", "8", "0/8"]
    assert [cell(model, n, Column.PAGES, MARK_ROLE).icon for n in range(3)] == ["download", "warning", "download"]
    assert "cannot be shown" in str(cell(model, 1, Column.PAGES, Qt.ItemDataRole.ToolTipRole))
    assert "3 on this computer" in str(cell(model, 0, Column.PAGES, Qt.ItemDataRole.ToolTipRole))


def test_a_script_without_pages_has_nothing_to_fetch(qtbot: QtBot) -> None:
    model = QueueModel(CALENDAR, FakeClock().now)
    model.set_rows((
        queue_row(1, pages=0, pages_here=0, state=WorkState.COMPLETED), queue_row(2, pages=0, pages_here=0),
    ))  # fmt: skip
    assert [cell(model, n, Column.PAGES) for n in range(2)] == ["–", "–"]
    assert [cell(model, n, Column.PAGES, MARK_ROLE) for n in range(2)] == [None, None]
    told = [cell(model, n, Column.PAGES, Qt.ItemDataRole.ToolTipRole) for n in range(2)]
    assert told == ["No page of it is kept.", "It has no page yet."]


def test_finished_scripts_say_how_they_ended(qtbot: QtBot) -> None:
    model = QueueModel(CALENDAR, FakeClock().now)
    model.set_rows(tuple(queue_row(n, state=state) for n, state in enumerate(WorkState, start=1)))
    assert [cell(model, n, Column.LEFT) for n in (2, 3, 4)] == [
        "Submitted, being sent", "Completed", "Moved to somebody else",
    ]  # fmt: skip


def test_the_time_left_counts_down_and_paints_only_what_changed(qtbot: QtBot) -> None:
    clock = FakeClock()
    model = QueueModel(CALENDAR, clock.now)
    model.set_rows((queue_row(1, received=NOON - 20 * (NOON - NOON.replace(hour=5))),))
    before = cell(model, 0, Column.LEFT)
    changed: list[int] = []
    model.dataChanged.connect(lambda first, last: changed.append(last.column()))
    model.tell_time()
    assert changed == []
    clock.advance(300)
    model.tell_time()
    assert cell(model, 0, Column.LEFT) != before
    assert changed == [Column.LEFT]


# -- screen -------------------------------------------------------------------------------------------------


def test_open_scripts_stand_in_the_order_given_and_are_counted(bench: Bench) -> None:
    bench.load()
    assert bench.codes == [row.script_code for row in realistic_rows()[:12]]
    assert bench.screen._counts.text() == "12 open · 2 due today · 1 breached"
    assert bench.screen.selected == realistic_rows()[0]


def test_enter_opens_the_selected_script_and_control_enter_the_most_urgent(bench: Bench) -> None:
    bench.load()
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_Return)
    bench.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.press(Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    rows = realistic_rows()
    assert bench.opened == [rows[2].evaluation_id, rows[0].evaluation_id, rows[0].evaluation_id]


def test_the_most_urgent_is_opened_whatever_the_filters_hide(bench: Bench) -> None:
    bench.load()
    bench.screen._filters.search.setText("unit practice")
    assert len(bench.codes) == 1
    bench.screen._mark_next.click()
    assert bench.opened == [realistic_rows()[0].evaluation_id]


def test_slash_goes_to_the_search_typing_filters_enter_opens_escape_clears(bench: Bench) -> None:
    bench.load()
    bench.press(Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is bench.screen._filters.search
    for key in (Qt.Key.Key_Q, Qt.Key.Key_D, Qt.Key.Key_Space):
        bench.press(key)
    assert bench.screen._filters.search.text() == "qd "
    assert bench.codes == [realistic_rows()[1].script_code]
    bench.press(Qt.Key.Key_Return)
    assert bench.opened == [realistic_rows()[1].evaluation_id]
    bench.press(Qt.Key.Key_Escape)
    assert len(bench.codes) == 12


def test_a_returned_script_says_which_questions_are_to_be_marked_again_and_why(bench: Bench) -> None:
    returned = Returned("Look again", (ReturnedQuestion(31, "The graph"), ReturnedQuestion(27, "The last step")))
    bench.load(
        queue_row(1, state=WorkState.STARTED, marked=17, returned=returned),
        queue_row(2),
        queue_row(3, state=WorkState.SUBMITTED, returned=returned),
    )
    model = bench.screen._model
    assert cell(model, 0, Column.PAPER) == "Returned: 27, 31 · XII · Board exam"
    assert cell(model, 0, Column.PAPER, COLOR_ROLE) == "soon"
    assert "Question 27: The last step" in str(cell(model, 0, Column.PAPER, Qt.ItemDataRole.ToolTipRole))
    assert cell(model, 1, Column.PAPER) == "XII · Board exam"
    assert cell(model, 1, Column.PAPER, COLOR_ROLE) is None
    bench.press(Qt.Key.Key_Space)
    preview = bench.screen._preview
    assert "Returned: 27, 31\nLook again\nQuestion 31: The graph\nQuestion 27: The last step" in preview.text
    bench.press(Qt.Key.Key_Down)
    assert "Returned" not in preview.text
    assert not preview._returned_title.isVisible()


def test_a_script_says_how_many_questions_have_two_marks(bench: Bench) -> None:
    bench.load(queue_row(1, state=WorkState.STARTED, conflicts=2), queue_row(2))
    model = bench.screen._model
    assert cell(model, 0, Column.PAPER) == "2 questions with two marks · XII · Board exam"
    assert cell(model, 0, Column.PAPER, COLOR_ROLE) == "soon"
    assert "2 questions with two marks" in str(cell(model, 0, Column.PAPER, Qt.ItemDataRole.ToolTipRole))
    bench.press(Qt.Key.Key_Space)
    assert "2 questions with two marks" in bench.screen._preview.text
    bench.press(Qt.Key.Key_Down)
    assert "two marks" not in bench.screen._preview.text


def test_the_preview_is_there_again_as_wide_as_it_was(bench: Bench, qtbot: QtBot, tasks: Tasks) -> None:
    bench.load()
    bench.press(Qt.Key.Key_Space)
    bench.screen._splitter.setSizes([700, 540])
    shown, wide = bench.screen.save_state(), bench.screen._preview.width()
    bench.press(Qt.Key.Key_Space)
    hidden = bench.screen.save_state()
    again = Bench(qtbot, tasks)
    again.screen.restore_state(shown)
    again.load()
    assert again.screen._preview.isVisible()
    assert again.screen._preview.width() == wide
    assert realistic_rows()[0].script_code in again.screen._preview.text
    again.screen.restore_state(hidden)
    assert not again.screen._preview.isVisible()
    again.screen.restore_state(bench.screen._splitter.saveState())  # as an older program kept it
    assert not again.screen._preview.isVisible()
    again.screen.restore_state(QByteArray(b"+nonsense"))
    assert not again.screen._preview.isVisible()


def test_space_shows_the_preview_which_follows_the_selection_and_hides_it_again(bench: Bench) -> None:
    bench.load()
    bench.press(Qt.Key.Key_Space)
    assert bench.screen._preview.isVisible()
    assert "3 changes only on this computer" in bench.screen._preview.text
    bench.press(Qt.Key.Key_Down)
    assert realistic_rows()[1].script_code in bench.screen._preview.text
    assert "24 h from Tue 14 Jul" in bench.screen._preview.text
    bench.screen._preview._open.click()
    assert bench.opened == [realistic_rows()[1].evaluation_id]
    bench.press(Qt.Key.Key_Space)
    assert not bench.screen._preview.isVisible()


def test_a_refresh_keeps_the_selection_and_the_scrolling(bench: Bench) -> None:
    rows = tuple(queue_row(n) for n in range(1, 61))
    bench.load(*rows)
    bench.screen.select(rows[40].evaluation_id)
    table = bench.screen._table
    table.verticalScrollBar().setValue(600)
    before = table.verticalScrollBar().value()
    bench.load(*(dataclasses.replace(row, marked=3) for row in rows))
    assert bench.screen.selected == dataclasses.replace(rows[40], marked=3)
    assert table.verticalScrollBar().value() == before
    bench.load(*rows[:10], *rows[11:])
    assert bench.screen.selected == rows[40]


def test_finished_scripts_are_shown_on_request(bench: Bench) -> None:
    bench.load()
    bench.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert bench.codes == [row.script_code for row in realistic_rows()[12:]]
    bench.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(bench.codes) == 12


def test_keys_go_on_working_where_nothing_is_listed(bench: Bench) -> None:
    bench.load(queue_row(1))
    bench.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert bench.screen._empty.title == "Nothing finished yet"
    bench.press(Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is bench.screen._filters.search
    bench.press(Qt.Key.Key_Escape)
    assert len(bench.codes) == 1
    bench.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    bench.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    bench.press(Qt.Key.Key_Return)
    assert bench.opened == [queue_row(1).evaluation_id]


def test_filters_do_not_move_when_the_rows_come(bench: Bench) -> None:
    boxes = (bench.screen._filters.classes, bench.screen._filters.types, bench.screen._filters.states)
    before = [box.geometry() for box in boxes]
    bench.load()
    assert [box.geometry() for box in boxes] == before


def test_filters_offer_the_classes_and_types_there_are_and_keep_the_choice(bench: Bench) -> None:
    bench.load()
    box = bench.screen._filters.classes
    assert [box.itemText(n) for n in range(box.count())] == ["All classes", "Class X", "Class XII"]
    box.setCurrentIndex(1)
    assert len(bench.codes) == 3
    bench.load(*realistic_rows(), queue_row(90, class_name="IX"))
    assert box.currentData() == "X"
    assert len(bench.codes) == 3


def test_empty_places_say_what_will_appear_and_what_to_do(bench: Bench, qtbot: QtBot) -> None:
    bench.source.given = ()
    bench.load()
    empty = bench.screen._empty
    assert empty.isVisible()
    assert empty.title == "No scripts to mark"
    assert not bench.screen._mark_next.isEnabled()
    bench.screen.set_contact(online=False, ever=False)
    assert empty.title == "Not connected yet"
    with qtbot.waitSignal(bench.screen.refresh_requested):
        empty.action_requested.emit()
    bench.screen.set_contact(online=False, ever=True)
    assert empty.title == "No scripts to mark"
    bench.load(*realistic_rows())
    bench.screen._filters.search.setText("no such paper")
    assert empty.title == "Nothing matches"
    empty.action_requested.emit()
    assert len(bench.codes) == 12


def test_nothing_is_said_to_be_empty_before_the_rows_were_read(bench: Bench) -> None:
    assert not bench.screen._empty.isVisible()
    assert bench.screen._counts.text() == ""


def test_f5_reads_again_and_asks_the_server(bench: Bench, qtbot: QtBot) -> None:
    bench.load()
    bench.source.given = realistic_rows()[1:]
    with qtbot.waitSignal(bench.screen.refresh_requested):
        bench.press(Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: len(bench.codes) == 11)


def test_an_error_of_the_users_world_is_told_and_the_rows_stay(bench: Bench) -> None:
    bench.load()
    error = OfflineError("The file cannot be read.")
    bench.source.given = error
    bench.load()
    assert bench.told.errors == [error]
    assert len(bench.codes) == 12


def test_every_control_has_a_name(bench: Bench) -> None:
    bench.load()
    bench.screen._toggle_preview()
    assert nameless_controls(bench.screen) == []


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_the_queue_paints_in_every_theme_and_in_hindi(
    bench: Bench, qapp: QApplication, qtbot: QtBot, tasks: Tasks, theme: str
) -> None:
    apply_theme(qapp, theme)  # type: ignore[arg-type]
    set_language("hi")
    hindi = Bench(qtbot, tasks)
    hindi.load()
    hindi.screen._toggle_preview()
    assert hindi.screen._counts.text().startswith("12 बाकी")
    picture = hindi.screen.grab().toImage()
    colors = {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}
    assert len(colors) > 10
    apply_theme(qapp, "light")


def test_long_names_do_not_widen_the_screen(bench: Bench) -> None:
    bench.load(queue_row(1, title="A very long name of a paper " * 20))
    bench.screen.resize(1000, 600)
    assert bench.screen.width() == 1000
    table = bench.screen._table
    assert table.horizontalHeader().length() <= table.viewport().width() + 1
