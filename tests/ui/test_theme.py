"""The palettes can be read, the face is the bundled one, and icons follow the palette."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontInfo, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import SetupError
from mv_desktop.core.paths import resource
from mv_desktop.ui.theme import PALETTES, TEXT_SCALES, ThemeName, apply_theme, contrast, current_theme
from mv_desktop.ui.widgets.primary_button import PrimaryButton

WRITING_ON_GROUND = [
    (writing, ground)
    for writing in ("text", "muted", "accent", "danger", "soon", "done")
    for ground in ("window", "base", "raised")
] + [
    ("on_accent", "accent"),
    ("on_selection", "selection"),
    ("danger", "danger_tint"),
    ("soon", "soon_tint"),
    ("done", "done_tint"),
    ("on_canvas", "canvas"),
    ("on_skeleton", "skeleton"),
]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize(("writing", "ground"), WRITING_ON_GROUND)
def test_writing_can_be_read(name: ThemeName, writing: str, ground: str) -> None:
    colors = PALETTES[name]
    least = 7.0 if name == "contrast" else 4.5
    assert contrast(getattr(colors, writing), getattr(colors, ground)) >= least


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("ground", ["window", "base", "raised"])
@pytest.mark.parametrize("edge", ["outline", "accent"])
def test_the_edge_of_a_control_can_be_seen(name: ThemeName, edge: str, ground: str) -> None:
    colors = PALETTES[name]
    assert contrast(getattr(colors, edge), getattr(colors, ground)) >= 3


@pytest.mark.parametrize("name", PALETTES)
def test_the_page_is_the_brightest_thing(name: ThemeName) -> None:
    colors = PALETTES[name]
    for ground in ("window", "base", "raised", "canvas", "skeleton"):
        assert contrast(getattr(colors, ground), "#ffffff") > 1.05


@pytest.mark.parametrize("name", PALETTES)
def test_the_application_wears_the_palette(qapp: QApplication, name: ThemeName) -> None:
    theme = apply_theme(qapp, name)
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == PALETTES[name].window
    assert current_theme() == theme
    assert "@" not in qapp.styleSheet()
    pictures = re.findall(r'url\("([^"]+)"\)', qapp.styleSheet())
    assert pictures
    assert not [path for path in pictures if QImage(path).isNull()]


@pytest.mark.parametrize("name", PALETTES)
def test_a_tool_that_cannot_be_used_stands_back(qtbot: QtBot, qapp: QApplication, name: ThemeName) -> None:
    apply_theme(qapp, name)
    bar = QWidget()
    tool = QToolButton(bar)
    tool.setAutoRaise(True)
    tool.setEnabled(False)
    tool.setFixedSize(30, 30)
    qtbot.addWidget(bar)
    bar.show()
    picture = bar.grab(tool.geometry()).toImage()
    edge = {picture.pixelColor(15, 0).name(), picture.pixelColor(0, 15).name(), picture.pixelColor(29, 15).name()}
    assert edge == {PALETTES[name].window}


def test_the_bundled_face_is_used_with_figures_of_one_width(qapp: QApplication) -> None:
    font = apply_theme(qapp, "light").font()
    assert QFontInfo(font).family() == "Mukta"
    assert font.isFeatureSet(QFont.Tag("tnum"))


def test_there_are_three_text_sizes(qapp: QApplication) -> None:
    sizes = [apply_theme(qapp, "light", scale).font().pointSizeF() for scale in TEXT_SCALES]
    assert len(sizes) == 3
    assert sizes == sorted(set(sizes))
    assert qapp.font().pointSizeF() == sizes[-1]


def test_the_system_choice_is_one_of_the_palettes(qapp: QApplication) -> None:
    assert apply_theme(qapp, "system").name in PALETTES


OF_ITS_OWN_COLOURS = {"mathvidya"}
"""The program's own sign looks the same everywhere."""


def test_every_icon_can_be_drawn_in_every_palette(qtbot: QtBot, qapp: QApplication) -> None:
    names = sorted({path.stem for path in resource("icons").glob("*.svg")} - OF_ITS_OWN_COLOURS)
    assert len(names) > 40
    for palette in PALETTES:
        theme = apply_theme(qapp, palette)
        for name in names:
            image = theme.pixmap(name, 48).toImage().convertToFormat(QImage.Format.Format_ARGB32)
            drawn = {
                image.pixelColor(x, y).name()
                for x in range(48)
                for y in range(48)
                if image.pixelColor(x, y).alpha() == 255
            }
            assert drawn == {theme.colors.text}, name


def test_an_icon_that_does_not_exist_is_told(qtbot: QtBot, qapp: QApplication) -> None:
    with pytest.raises(SetupError, match="no-such-icon"):
        apply_theme(qapp, "light").icon("no-such-icon")


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_an_empty_box_to_tick_is_seen_and_a_ticked_one_has_a_tick(qtbot: QtBot, qapp: QApplication, name) -> None:
    apply_theme(qapp, name)
    box = QCheckBox()
    qtbot.addWidget(box)
    box.resize(30, 24)
    window = current_theme().colors.window
    empty = box.grab().toImage()
    assert max(contrast(color, window) for color in colors_of(empty)) >= 2.5
    box.setChecked(True)
    ticked = box.grab().toImage()
    accent = current_theme().colors.accent
    inside = colors_of(ticked.copy(9, 8, 6, 8))
    assert accent in inside
    assert max(contrast(color, accent) for color in inside) >= 3, "the tick"


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_an_empty_box_to_tick_is_seen_in_a_list_too(qtbot: QtBot, qapp: QApplication, name) -> None:
    apply_theme(qapp, name)
    rows = QListWidget()
    qtbot.addWidget(rows)
    for state in (Qt.CheckState.Unchecked, Qt.CheckState.Checked):
        item = QListWidgetItem("")
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(state)
        rows.addItem(item)
    colors = current_theme().colors
    empty, ticked = (colors_of(rows.viewport().grab(rows.visualItemRect(rows.item(row))).toImage()) for row in range(2))
    assert max(contrast(color, colors.base) for color in empty) >= 2.5
    assert max(contrast(color, colors.accent) for color in ticked if color != colors.base) >= 3, "the tick"
    assert colors.accent in ticked


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_what_one_is_at_in_the_list_of_a_box_is_seen(qtbot: QtBot, qapp: QApplication, name) -> None:
    apply_theme(qapp, name)
    box = QComboBox()
    qtbot.addWidget(box)
    box.addItems(["", "", ""])
    box.show()
    box.showPopup()
    view = box.view()
    view.setCurrentIndex(box.model().index(1, 0))
    colors, picture = current_theme().colors, view.viewport().grab().toImage()
    here, there = (view.visualRect(box.model().index(row, 0)).center() for row in (1, 2))
    assert picture.pixelColor(there).name() == colors.base
    seen = picture.pixelColor(here).name()
    assert contrast(seen, colors.base) >= contrast(colors.selection, colors.base) * 0.9
    box.hidePopup()


def test_in_high_contrast_the_groups_of_a_menu_are_told_apart(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, "contrast")
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Copy")
    menu.addSeparator()
    menu.addAction("Flag")
    menu.ensurePolished()
    line = menu.actionGeometry(menu.actions()[1])
    seen = colors_of(menu.grab(line).toImage())
    assert max(contrast(color, current_theme().colors.base) for color in seen) >= 3


def test_in_high_contrast_a_button_that_cannot_be_pressed_looks_so(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, "contrast")
    off, usual = PrimaryButton("Hand back"), QPushButton("Go on")
    off.setEnabled(False)
    for button in (off, usual):
        qtbot.addWidget(button)
    brightest = [
        max(contrast(color, "#000000") for color in colors_of(button.grab().toImage())) for button in (off, usual)
    ]
    assert brightest[0] < brightest[1] * 0.75


def colors_of(picture: QImage) -> list[str]:
    """Of every point."""
    return [picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())]
