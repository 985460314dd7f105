"""The box of drawing tools at the left of the pages."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.ink import INKS, Ink
from mv_desktop.domain.annotation.shape import Highlight, Placed
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.actions import COMMANDS, Scope, build_actions
from mv_desktop.ui.marking.tool.tool_box import ToolBox
from mv_desktop.ui.theme import apply_theme, contrast
from tests.fakes import hand
from tests.fakes.picture_source import new_id
from tests.ui.accessibility import nameless_controls
from tests.ui.marking.conftest import Marker


class Bench:
    """A box, the actions around it, and what came of them."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.given: list[str] = []
        marking = [command.command_id for command in COMMANDS if command.scope is Scope.MARKING]
        handlers = {name: (lambda name=name: self.given.append(name)) for name in marking}
        self.actions: dict[str, QAction] = build_actions(self.window, Scope.MARKING, handlers)
        self.box = ToolBox(self.actions, self.window)
        self.inks: list[str] = []
        self.widths: list[str] = []
        self.box.ink_chosen.connect(self.inks.append)
        self.box.width_chosen.connect(self.widths.append)
        self.window.resize(200, 900)
        self.box.resize(44, 900)
        self.window.show()

    def shown(self) -> list[QToolButton]:
        """The buttons from top to bottom."""
        buttons = [button for button in self.box.findChildren(QToolButton) if button.isVisible()]
        return sorted(buttons, key=lambda button: button.y())

    def pressed(self) -> list[str]:
        return [name for name, button in self.box._tools.items() if button.isChecked()]

    def chosen_ink(self) -> list[str]:
        return [name for name, button in self.box._inks.items() if button.isChecked()]


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


@pytest.mark.parametrize("tool", ["pen", "highlighter", "eraser", "line", "arrow", "box", "ellipse"])
def test_a_button_does_what_its_key_does_and_says_the_key(bench: Bench, tool: str) -> None:
    button = bench.box._tools[tool]
    action = bench.actions[f"marking.tool.{tool}"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bench.given == [f"marking.tool.{tool}"]
    assert button.toolTip() == action.toolTip()
    assert button.toolTip().endswith(")")


def test_the_tool_in_hand_is_shown(bench: Bench) -> None:
    assert bench.pressed() == ["select"]
    bench.box.show_tool("pen")
    assert bench.pressed() == ["pen"]
    bench.box.show_tool("pan")
    assert bench.pressed() == ["pan"]
    bench.box.show_tool("stamp")
    assert bench.pressed() == []


def test_inks_and_widths_are_chosen(bench: Bench) -> None:
    QTest.mouseClick(bench.box._inks["green"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(bench.box._widths["thick"], Qt.MouseButton.LeftButton)
    assert (bench.inks, bench.widths) == (["green"], ["thick"])


def test_the_ink_in_hand_is_shown_and_the_highlighter_has_its_own(bench: Bench) -> None:
    bench.box.show_ink(Ink("blue", "orange", "thin"))
    assert bench.chosen_ink() == ["blue"]
    assert bench.box._widths["thin"].isChecked()
    bench.box.show_inks(highlighter=True)
    assert bench.chosen_ink() == ["orange"]
    assert [button.objectName() for button in bench.shown()[-8:-5]] == ["yellow", "lime", "orange"]
    bench.box.show_inks(highlighter=False)
    assert bench.chosen_ink() == ["blue"]
    assert [button.objectName() for button in bench.shown()[-9:-5]] == ["red", "blue", "green", "black"]


def test_nothing_can_be_drawn_on_a_read_only_script(bench: Bench) -> None:
    bench.box.set_read_only(True)
    assert [button.accessibleName() for button in bench.shown() if button.isEnabled()] == [
        "Select",
        "Move the pages by dragging",
        "Ruler",
        "Protractor",
    ], "one may look and measure"
    bench.box.set_read_only(False)
    assert all(button.isEnabled() for button in bench.shown())


@pytest.mark.parametrize("height", [180, 260, 330, 420, 520, 700])
@pytest.mark.parametrize("highlighter", [False, True])
def test_what_there_is_no_room_for_is_left_out_and_nothing_overlaps(
    bench: Bench, qapp: QApplication, height: int, *, highlighter: bool
) -> None:
    bench.box.show_inks(highlighter=highlighter)
    bench.box.resize(44, height)
    qapp.processEvents()
    shown = bench.shown()
    for upper, lower in itertools.pairwise(shown):
        assert upper.geometry().bottom() < lower.geometry().top()
    assert shown[-1].geometry().bottom() < height
    names = [button.accessibleName() for button in shown]
    hand = ["Move the pages by dragging"] if height > 180 else []
    assert names[: 4 + len(hand)] == ["Select", *hand, "Pen", "Highlighter", "Eraser"]
    assert ("Thin lines" in names) is (height >= bench.box.sizeHint().height())


def test_it_follows_the_theme_and_every_control_has_a_name(bench: Bench, qapp: QApplication) -> None:
    watched = (bench.box._tools["pen"], bench.box._widths["thin"])
    before = [button.icon().cacheKey() for button in watched]
    apply_theme(qapp, "dark")
    assert all(button.icon().cacheKey() != key for button, key in zip(watched, before, strict=True))
    apply_theme(qapp, "light")
    assert nameless_controls(bench.window) == []


@pytest.mark.parametrize("color", INKS.values(), ids=str)
def test_lines_stand_out_from_paper(color: str) -> None:
    assert contrast(color, "#ffffff") >= 3


def test_a_tool_an_ink_and_a_width_reach_the_page(marker: Marker) -> None:
    marker.open()
    box, view = marker.screen._box, marker.screen.view
    for button in (box._tools["arrow"], box._inks["black"], box._widths["thin"]):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (view.tool_name, view.ink) == ("arrow", Ink("black", breadth="thin"))
    hand.press("Y", view)
    hand.press("I", view)
    assert view.ink.highlight == "lime"
    assert box._inks["lime"].isChecked()
    hand.press("Shift+I", view)
    assert box._widths["medium"].isChecked()


def test_the_box_gives_its_ink_to_what_is_selected(marker: Marker) -> None:
    session = marker.open()
    made = session.place_stamp("tick", PageRef(1), 0.5, 0.5)
    marker.screen.view.set_ink(Ink("blue"))
    marker.screen.view.select([made.annotation_id])
    QTest.mouseClick(marker.screen._box._widths["medium"], Qt.MouseButton.LeftButton)
    assert session.script.ink[made.annotation_id].annotation.color == INKS["red"]
    QTest.mouseClick(marker.screen._box._inks["blue"], Qt.MouseButton.LeftButton)
    assert session.script.ink[made.annotation_id].annotation.color == INKS["blue"]


def test_the_inks_are_the_highlighters_while_only_its_strokes_are_selected(marker: Marker) -> None:
    session = marker.open()
    highlight = Placed(PageRef(1), Highlight(id=new_id(), points=((0.2, 0.2, 0.5), (0.6, 0.2, 0.5))))
    session.put([highlight])
    marker.screen.view.select([highlight.annotation.annotation_id])
    assert marker.screen._box._inks["yellow"].isVisible()
    assert not marker.screen._box._inks["red"].isVisible()
    marker.screen.view.select([])
    assert marker.screen._box._inks["red"].isVisible()


def test_stamps_are_in_the_ink_in_hand(marker: Marker) -> None:
    marker.open()
    marker.screen.view.set_ink(Ink("green"))
    hand.press("1", marker.screen.view)
    (placed,) = marker.session.script.ink.values()
    assert placed.annotation.color == INKS["green"]


def test_an_instrument_on_the_page_stays_pressed_until_it_is_gone(marker: Marker) -> None:
    marker.open()
    view, box = marker.screen.view, marker.screen._box
    for name in ("ruler", "protractor"):
        QTest.mouseClick(box._aids[name], Qt.MouseButton.LeftButton)
        assert name in view.aids.names
        assert box._aids[name].isChecked()
    hand.press("Shift+R", view)
    assert not box._aids["ruler"].isChecked()
    assert box._aids["protractor"].isChecked()
    assert view.cancel()
    assert not box._aids["protractor"].isChecked()
    QTest.mouseClick(box._aids["ruler"], Qt.MouseButton.LeftButton)
    marker.screen.leave()
    assert not box._aids["ruler"].isChecked()
    QTest.mouseClick(box._aids["ruler"], Qt.MouseButton.LeftButton)
    assert not box._aids["ruler"].isChecked(), "there is no page to lay it on"


def test_words_are_written_with_a_button_of_the_box(marker: Marker) -> None:
    marker.open()
    QTest.mouseClick(marker.screen._box._tools["text"], Qt.MouseButton.LeftButton)
    assert marker.screen.view.tool_name == "text"
    marker.screen._box.set_read_only(True)
    assert not marker.screen._box._tools["text"].isEnabled()
    assert marker.screen._box._aids["ruler"].isEnabled(), "one may measure where one may not write"
