"""The strip below the pages."""

from __future__ import annotations

import itertools
from decimal import Decimal as D

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.belonging import Belonging
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.stamping import Carried
from mv_desktop.ui.actions import COMMANDS, Scope, build_actions
from mv_desktop.ui.marking.session import SaveState
from mv_desktop.ui.marking.tool.tool_strip import ToolStrip
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.clear_place import taken_in
from tests.ui.accessibility import nameless_controls

_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class Bench:
    """A strip, the actions around it, and what came of them."""

    def __init__(self, qtbot: QtBot, *stamps: str) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.given: list[str] = []
        marking = [command.command_id for command in COMMANDS if command.scope is Scope.MARKING]
        handlers = {name: (lambda name=name: self.given.append(name)) for name in marking}
        self.actions: dict[str, QAction] = build_actions(self.window, Scope.MARKING, handlers)
        self.strip = ToolStrip(stamps or ("tick", "cross", "half", "circle", "star"), self.actions, self.window)
        self.stamps: list[str] = []
        self.values: list[D] = []
        self.strip.stamp_chosen.connect(self.stamps.append)
        self.strip.value_chosen.connect(self.values.append)
        self.window.resize(1000, 60)
        self.window.show()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_a_stamp_is_taken_in_hand_by_its_button(bench):
    for name, button in bench.strip._stamps.items():
        button.click()
        assert bench.stamps[-1] == name
        assert button.isChecked()
    bench.strip.show_tool("pen", "star")
    assert not any(button.isChecked() for button in bench.strip._stamps.values())


def test_nothing_floats_over_the_tools(bench):
    assert taken_in(bench.window) == (bench.strip.geometry(),)


def test_stamps_stand_in_the_order_of_the_setting(qtbot):
    bench = Bench(qtbot, "cross", "tick")
    assert list(bench.strip._stamps) == ["cross", "tick"]
    bench.strip.show_tool("stamp", "star")  # not offered: nothing to press in
    assert not any(button.isChecked() for button in bench.strip._stamps.values())


def test_the_stamp_in_hand_is_shown(bench):
    bench.strip.show_tool("stamp", "half")
    assert bench.strip._stamps["half"].isChecked()
    bench.strip.show_tool("select", "half")
    assert not bench.strip._stamps["half"].isChecked()
    assert bench.stamps == []


def test_what_a_tick_carries_is_chosen_in_halves(bench):
    box = bench.strip._value
    assert [box.itemText(n) for n in range(4)] == ["auto", "½", "1", "1½"]
    assert (box.currentText(), bench.strip.value) == ("auto", None)
    box.setCurrentIndex(5)
    box.setCurrentIndex(0)
    assert bench.values == [D("2.5"), None]


@pytest.mark.parametrize("command", ["undo", "redo", "rotate", "zoom_out", "zoom_in", "fit_width", "fit_page"])
def test_buttons_do_what_their_keys_do(bench, command):
    action = bench.actions[f"marking.{command}"]
    button = next(b for b in bench.strip._buttons if b.accessibleName() == action.text())
    button.click()
    assert bench.given == [f"marking.{command}"]
    action.setEnabled(False)
    assert not button.isEnabled()
    assert button.toolTip() == action.toolTip()


def test_it_says_what_is_saved_and_how_large_the_page_is(bench):
    assert bench.strip.saved_text == "saved on this computer"
    bench.strip.show_saved(SaveState.SAVING)
    assert bench.strip.saved_text == "saving …"
    bench.strip.show_zoom(1.254)
    assert bench.strip._zoom.text() == "125 %"


def test_it_says_what_the_stamp_in_hand_counts_for(bench):
    bench.strip.show_target("stamp", "tick", "27", Carried(None, D(1)))
    assert bench.strip.target_text == "Tick: +1 → Q27"
    bench.strip.show_target("stamp", "tick", "27", Carried(2, D("0.5")))
    assert bench.strip.target_text == "Tick: +½ → Q27 · step 2"
    assert bench.strip._target.toolTip() == "Tick gives ½ to question 27, for step 2 of its scheme"
    bench.strip.show_target("stamp", "tick", "27", Carried())
    assert bench.strip.target_text == "Tick → Q27 · full"
    bench.strip.show_target("stamp", "cross", "30 (b)", Carried(None, D(0)))
    assert bench.strip.target_text == "Cross: 0 → Q30 (b)"
    bench.strip.show_target("stamp", "circle", "27", Carried())
    assert bench.strip.target_text == "Circle → Q27"
    bench.strip.show_target("select", "tick", "27", Carried(None, D(1)))
    assert bench.strip.target_text == "Stamps → Q27"
    bench.strip.show_target("select", "tick", "", Carried(None, D(1)))
    assert bench.strip.target_text == ""


def test_it_says_what_is_selected_counts_for(bench):
    label = bench.strip._target
    keys = (MarkKey(2), MarkKey(3, "b"), MarkKey(31))
    bench.strip.show_selection(Belonging(4, keys[:1], loose=False, marks=D("1.5")))
    assert bench.strip.target_text == "4 selected → Q2 · +1½"
    assert label.toolTip() == "What is selected belongs to question 2, and gives 1½"
    bench.strip.show_selection(Belonging(4, keys, loose=True, marks=None))
    assert bench.strip.target_text == "4 selected → Q2, 3 (b), …"
    assert label.toolTip() == "What is selected belongs to questions 2, 3 (b), 31, and gives no marks"
    label.resize(label.minimumSizeHint())
    bench.strip.show_selection(Belonging(1, (), loose=True, marks=None))
    assert bench.strip.target_text == "1 selected · no question"
    assert label.toolTip() == "What is selected belongs to no question"


def test_where_room_is_short_it_says_less_and_tells_all_in_the_tool_tip(bench):
    label = bench.strip._target
    bench.strip.show_target("stamp", "circle", "30 (b)", Carried())
    label.resize(label.minimumSizeHint())
    assert label.text() == "→ Q30 (b)"
    assert label.toolTip() == "Circle for question 30 (b), without marks"
    label.resize(label.sizeHint())
    assert label.text() == "Circle → Q30 (b)"


def test_nothing_beside_them_moves_when_the_words_change(bench):
    saved, target = bench.strip._saved, bench.strip._target
    room = saved.sizeHint(), saved.minimumSizeHint(), target.minimumSizeHint()
    bench.strip.show_saved(SaveState.SAVING)
    bench.strip.show_target("stamp", "tick", "30 (b)", Carried(None, D("2.5")))
    assert (saved.sizeHint(), saved.minimumSizeHint(), target.minimumSizeHint()) == room


def test_nothing_can_be_stamped_on_a_read_only_script(bench):
    bench.strip.set_read_only(True)
    assert not any(button.isEnabled() for button in bench.strip._stamps.values())
    assert not bench.strip._value.isEnabled()
    assert not bench.strip._saved.isVisible()
    bench.strip.set_read_only(False)
    assert all(button.isEnabled() for button in bench.strip._stamps.values())
    assert bench.strip._saved.isVisible()


def test_it_follows_the_theme_and_every_control_has_a_name(bench, qapp: QApplication):
    before = bench.strip._stamps["tick"].icon().cacheKey()
    apply_theme(qapp, "dark")
    assert bench.strip._stamps["tick"].icon().cacheKey() != before
    apply_theme(qapp, "light")
    assert nameless_controls(bench.window) == []


def test_the_wheel_over_the_value_changes_nothing_and_its_keys_stop_at_both_ends(bench):
    box = bench.strip._value
    at = QPointF(box.rect().center())
    turn = QWheelEvent(
        at, QPointF(box.mapToGlobal(at)), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, turn)
    assert bench.strip.value is None
    bench.strip.change_value(1)
    assert bench.strip.value == D("0.5")
    bench.strip.change_value(-5)
    assert bench.strip.value is None
    bench.strip.change_value(99)
    assert bench.strip.value == 6
    assert bench.values == [D("0.5"), None, D(6)]
    bench.strip.set_read_only(True)
    bench.strip.change_value(-1)
    assert bench.strip.value == 6
    assert "[" in box.toolTip()


@pytest.mark.parametrize(
    ("language", "scale"), [("en", "normal"), ("hi", "normal"), ("en", "largest"), ("hi", "largest")]
)
def test_what_there_is_no_room_for_is_left_out_and_nothing_overlaps_or_is_cut(
    qtbot: QtBot, qapp: QApplication, language: str, scale: str
):
    apply_theme(qapp, "light", scale)  # once for all widths: to dress the application takes longer than the rest
    set_language(language)
    try:
        for width in (310, 360, 420, 500, 640, 760, 900, 1100):
            nothing_overlaps_or_is_cut(Bench(qtbot).strip, width)
    finally:
        set_language("en")


def nothing_overlaps_or_is_cut(strip: ToolStrip, width: int) -> None:
    strip.show_target("stamp", "tick", "30 (b)", Carried(None, D("1.5")))
    width = max(width, strip.minimumSizeHint().width())
    strip.resize(width, strip.sizeHint().height())
    QApplication.processEvents()
    shown = sorted((w for w in strip.findChildren(QWidget, options=_DIRECT) if w.isVisible()), key=lambda w: w.x())
    for left, right in itertools.pairwise(shown):
        assert left.geometry().right() < right.geometry().left(), width
    assert shown[-1].geometry().right() <= width
    # a label asks for four pixels more than its words need
    cut = [w for w in shown if w.width() + 4 < min(w.minimumSizeHint().width(), w.maximumWidth())]
    assert [(type(w).__name__, w.width(), w.minimumSizeHint().width(), width) for w in cut] == []
    assert {strip._value, *strip._stamps.values()} <= set(shown)
    assert (strip._left_out == 0) is (width >= strip._needed(0)), width


def test_what_was_left_out_comes_back_and_a_read_only_script_says_nothing_of_saving(bench):
    strip = bench.strip
    strip.resize(strip.minimumSizeHint().width(), 44)
    assert not strip._zoom.isVisible()
    strip.set_read_only(True)
    strip.resize(1100, 44)
    assert strip._zoom.isVisible()
    assert not strip._saved.isVisible()
    strip.set_read_only(False)
    assert strip._saved.isVisible()
