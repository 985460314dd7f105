"""Labels that say something else without what stands around them being laid out anew."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.ui.theme import TEXT_SCALES, apply_theme
from mv_desktop.ui.widgets.fitting_label import FittingLabel
from mv_desktop.ui.widgets.steady_label import SteadyLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel


class Bench(QObject):
    """A window with a row of labels, which counts how often it is laid out."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.layouts = 0
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.row = QHBoxLayout(self.window)
        self.window.installEventFilter(self)

    def show(self, label: QLabel) -> None:
        self.row.addWidget(label)
        self.window.resize(400, 60)
        self.window.show()
        self.settle()
        self.layouts = 0

    def settle(self) -> None:
        QCoreApplication.sendPostedEvents()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.layouts += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_nothing_is_laid_out_anew_while_the_words_have_the_room_that_they_need(bench):
    label = SteadyLabel(parent=bench.window)
    label.keep_room_for("80½/80")
    bench.show(label)
    for text in ("1/80", "1½/80", "80½/80"):
        label.setText(text)
        bench.settle()
        assert (label.text(), bench.layouts) == (text, 0)
    label.setText("100½/100")
    bench.settle()
    assert bench.layouts > 0
    assert label.width() >= label.fontMetrics().horizontalAdvance("100½/100")
    label.clear()
    assert label.text() == ""


def test_that_the_work_is_saved_is_said_without_a_layout(bench):
    label = FittingLabel(bench.window, usual="saved on this computer", least="saving …")
    label.tell("saved on this computer", "saved", "saved on this computer")
    bench.show(label)
    label.tell("saving …", "saving …", "saving …")
    bench.settle()
    assert (label.text(), bench.layouts) == ("saving …", 0)
    label.tell("nothing of it could be saved until now", "not saved", "why")
    bench.settle()
    assert bench.layouts > 0


def test_what_stands_after_the_dot_goes_below_where_it_has_no_room_beside(bench):
    label = FittingLabel(bench.window, breaks=True)
    label.tell("3 of 17 marked · up to 60 possible", "3 of 17 marked", "why")
    bench.show(label)
    wide, high = label.sizeHint().width(), label.sizeHint().height()
    said = {}
    for width in (wide, wide - 1, wide // 2 + 20, wide // 3):
        label.resize(width, 80)
        said[width] = label.text(), label.sizeHint().height() // high
    assert list(said.values()) == [
        ("3 of 17 marked · up to 60 possible", 1),
        ("3 of 17 marked\nup to 60 possible", 2),
        ("3 of 17 marked\nup to 60 possible", 2),
        ("3 of 17 marked", 1),
    ]
    label.resize(wide // 2 + 20, 80)
    label.tell("17 of 17 marked", "17 of 17 marked", "why")
    assert (label.text(), label.sizeHint().height()) == ("17 of 17 marked", 2 * high), "nothing beside it moves"


@pytest.mark.parametrize("scale", TEXT_SCALES)
def test_it_looks_as_any_label_does(bench, qapp, scale):
    apply_theme(qapp, "light", scale)
    plain, steady = ToneLabel("2½/3", "soon", bench.window), SteadyLabel("soon", bench.window)
    steady.setText("2½/3")
    assert steady.sizeHint() == plain.sizeHint()
    for label in (plain, steady):
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.resize(90, 50)
    assert steady.grab().toImage() == plain.grab().toImage()


def test_it_needs_more_room_in_larger_letters(bench, qapp):
    smallest, *_, largest = sorted(TEXT_SCALES, key=TEXT_SCALES.__getitem__)
    apply_theme(qapp, "light", smallest)
    label = SteadyLabel(parent=bench.window)
    label.setText("2½/3")
    bench.show(label)
    before = label.sizeHint()
    apply_theme(qapp, "light", largest)
    bench.settle()
    assert label.sizeHint().width() > before.width()
    assert label.width() >= label.sizeHint().width()
