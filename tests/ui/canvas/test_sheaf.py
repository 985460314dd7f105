"""Marks in sheaves: they lie as before, nothing is passed over, and what is empty goes."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF
from PySide6.QtGui import QImage, QPainter

from mv_desktop.domain.annotation.shape import Highlight, Placed
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.sheaf import SHEAF_SIZE, Sheaf
from mv_desktop.ui.canvas.view import SMOOTH_MARKS
from tests.fakes.picture_source import new_id, stamp_on
from tests.ui.canvas.conftest import Desk


def test_later_marks_lie_over_earlier_ones_whatever_sheaf_they_are_in(desk: Desk) -> None:
    marks = tuple(stamp_on(1, 0.5, 0.5) for _ in range(2 * SHEAF_SIZE + 3))
    for start in range(0, len(marks), 50):
        desk.apply(PutAnnotations(marks[start : start + 50]))
    sheet = _sheet(desk)
    lying = [item.annotation_id for item in sheet.marks_in(_item(sheet, marks[0]).frame())]
    assert lying == [placed.annotation.annotation_id for placed in reversed(marks)]
    assert len(_sheaves(sheet)) == 3


def test_a_highlight_lies_under_the_ink_of_earlier_sheaves(desk: Desk) -> None:
    ticks = tuple(stamp_on(1, 0.5, 0.5) for _ in range(40))
    desk.apply(PutAnnotations(ticks))
    stroke = Highlight(id=new_id(), points=((0.4, 0.5, 0.5), (0.6, 0.5, 0.5)))
    desk.apply(PutAnnotations((Placed(PageRef(1), stroke),)))
    sheet = _sheet(desk)
    lying = sheet.marks_in(_item(sheet, ticks[0]).frame())
    assert lying[-1].annotation_id == stroke.annotation_id
    assert len(lying) == 41


def test_a_sheaf_reaches_around_all_its_marks_also_when_they_grow_move_or_the_page_is_turned(desk: Desk) -> None:
    first, second = stamp_on(1, 0.5, 0.5), stamp_on(1, 0.52, 0.52)
    desk.apply(PutAnnotations((first, second)))
    sheet = _sheet(desk)
    _item(sheet, first).stand_at(QPointF(900, 1200))
    _assert_covered(sheet)
    sheet.preview((stamp_on(1, 0.02, 0.9, size=0.2, annotation_id=first.annotation.annotation_id),))
    _assert_covered(sheet)
    sheet.turn_page(PageRef(1), 1)
    _assert_covered(sheet)


def test_what_stands_far_from_its_sheaf_s_others_is_painted(desk: Desk) -> None:
    corners = tuple(stamp_on(1, x, y, size=0.1) for x in (0.02, 0.98) for y in (0.02, 0.98))
    for corner in corners:
        desk.apply(PutAnnotations((corner,)))
    sheet = _sheet(desk)
    for corner in corners:
        place = _item(sheet, corner).sceneBoundingRect()
        picture = QImage(40, 40, QImage.Format.Format_ARGB32)
        picture.fill(0)
        painter = QPainter(picture)
        sheet.render(painter, picture.rect().toRectF(), place)
        painter.end()
        red = sum(
            picture.pixelColor(x, y).red() > 2 * picture.pixelColor(x, y).green() for x in range(40) for y in range(40)
        )
        assert red > 40


def test_sheaves_that_have_lost_all_their_marks_go(desk: Desk) -> None:
    sheet = _sheet(desk)
    stamp = stamp_on(1)
    for _ in range(3 * SHEAF_SIZE):  # placed and taken back, again and again
        desk.apply(PutAnnotations((stamp,)))
        desk.apply(DeleteAnnotations((stamp.annotation.annotation_id,)))
    assert len(_sheaves(sheet)) <= 1
    assert sheet.mark_count(PageRef(1)) == 0


def test_many_marks_that_go_are_out_of_sight_at_once_and_whole_sheaves_are_deleted_in_later_turns(desk: Desk) -> None:
    marks = tuple(stamp_on(1, 0.1 + n / 400, 0.5) for n in range(4 * SHEAF_SIZE))
    for start in range(0, len(marks), 50):
        desk.apply(PutAnnotations(marks[start : start + 50]))
    sheet, kept = _sheet(desk), marks[70:75]
    gone = tuple(placed for placed in marks if placed not in kept)
    first = _item(sheet, gone[0])
    desk.apply(DeleteAnnotations(tuple(placed.annotation.annotation_id for placed in gone)))
    assert {item.annotation_id for item in sheet.marks_in(sheet.sceneRect())} == {
        placed.annotation.annotation_id for placed in kept
    }
    assert (sheet.mark_total, sheet.mark_count(PageRef(1))) == (5, 5)
    assert shiboken6.isValid(first)
    desk.apply(PutAnnotations(gone))  # undone before the turn has come
    desk.qtbot.waitUntil(lambda: not sheet.marks_waiting)
    assert not shiboken6.isValid(first)
    assert sheet.mark_count(PageRef(1)) == len(marks)
    assert len(sheet.marks_in(sheet.sceneRect())) == len(marks)
    _assert_covered(sheet)


def test_with_very_many_marks_a_zoom_goes_on_without_smooth_edges_and_they_come_back(desk: Desk) -> None:
    desk.view.fit_page()
    desk.apply(PutAnnotations(tuple(stamp_on(1, 0.3 + n / 5000, 0.5) for n in range(SMOOTH_MARKS + 100))))
    desk.qtbot.waitUntil(lambda: not _sheet(desk).marks_waiting)
    desk.view.zoom_by(0.9)
    assert not desk.view.renderHints() & QPainter.RenderHint.Antialiasing
    desk.view.zoom_by(0.9)
    desk.qtbot.waitUntil(lambda: bool(desk.view.renderHints() & QPainter.RenderHint.Antialiasing))


def test_marks_that_come_by_turns_get_their_smooth_edges_in_the_end(desk: Desk) -> None:
    desk.view.fit_page()
    marks = tuple(stamp_on(1, 0.3 + n / 5000, 0.5) for n in range(2 * SMOOTH_MARKS))
    rough = []
    desk.apply(PutAnnotations(marks))
    while _sheet(desk).marks_waiting:
        desk.qtbot.wait(5)
        rough.append(not desk.view.renderHints() & QPainter.RenderHint.Antialiasing)
    assert any(rough)
    desk.qtbot.waitUntil(lambda: bool(desk.view.renderHints() & QPainter.RenderHint.Antialiasing))


def test_a_zoom_over_as_many_marks_as_teachers_make_keeps_its_smooth_edges(desk: Desk) -> None:
    desk.view.fit_page()
    desk.apply(PutAnnotations(tuple(stamp_on(1, 0.3 + n / 5000, 0.5) for n in range(60))))
    desk.view.zoom_by(0.9)
    assert desk.view.renderHints() & QPainter.RenderHint.Antialiasing


def test_the_marks_of_a_script_that_was_left_go_by_turns(desk: Desk) -> None:
    desk.apply(PutAnnotations(tuple(stamp_on(1, 0.3 + n / 5000, 0.5) for n in range(3 * SHEAF_SIZE))))
    desk.qtbot.waitUntil(lambda: not _sheet(desk).marks_waiting)
    sheet = _sheet(desk)
    desk.view.close_script()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert sheet.mark_total == 3 * SHEAF_SIZE
    assert sheet.take_apart(0.0)
    assert sheet.mark_total == 2 * SHEAF_SIZE
    desk.qtbot.waitUntil(lambda: not shiboken6.isValid(sheet))


def test_marks_that_are_still_coming_when_the_script_is_left_come_no_more(desk: Desk) -> None:
    desk.apply(PutAnnotations(tuple(stamp_on(1, 0.3 + n / 5000, 0.5) for n in range(3 * SHEAF_SIZE))))
    sheet = _sheet(desk)
    assert sheet.marks_waiting
    desk.view.show_script(desk.infos, desk.script, desk.source)
    desk.qtbot.waitUntil(lambda: not shiboken6.isValid(sheet))
    desk.qtbot.waitUntil(lambda: _sheet(desk).mark_total == 3 * SHEAF_SIZE)


def test_a_script_that_is_left_does_not_tell_each_mark_that_its_window_is_not_active(desk: Desk) -> None:
    heard = []

    class Spy(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            heard.append(event.type())
            return False

    with desk.qtbot.waitActive(desk.view):
        desk.view.activateWindow()
    sheet, spy = _sheet(desk), Spy()
    sheet.installEventFilter(spy)
    desk.view.close_script()
    assert QEvent.Type.WindowDeactivate not in heard


def _sheet(desk: Desk) -> PageScene:
    assert desk.view.sheet is not None
    return desk.view.sheet


def _item(sheet: PageScene, placed: Placed) -> MarkItem:
    item = sheet.mark(placed.annotation.annotation_id)
    assert item is not None
    return item


def _sheaves(sheet: PageScene) -> list[Sheaf]:
    return [item for item in sheet.items() if isinstance(item, Sheaf)]


def _assert_covered(sheet: PageScene) -> None:
    for sheaf in _sheaves(sheet):
        for item in sheaf.childItems():
            assert isinstance(item, MarkItem)
            assert sheaf.rect().contains(item.mapRectToParent(item.boundingRect()))
