"""The measure sees what a person sees, and does not see by which rules letters are drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageDraw
from PySide6.QtGui import QFont, QRawFont

from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.text import catalogue
from mv_desktop.ui.theme import FONT_FAMILY, Theme
from tests.ui.marking.conftest import Marker
from tests.ui.pictures.conftest import REFERENCES, Studio
from tests.ui.pictures.measure import CELL_LIMIT, compare, kept, marked_out


@pytest.fixture
def marker(studio: Studio) -> Marker:
    return studio.opened(ink=True)


def test_the_same_screen_drawn_again_is_the_same(studio: Studio, marker: Marker) -> None:
    first = studio.picture(marker.screen)
    assert compare(kept(studio.picture(marker.screen)), kept(first)).largest == 0


def test_a_missing_stamp_is_seen_where_it_stood(studio: Studio, marker: Marker) -> None:
    marker.session.place_stamp("tick", PageRef(1), 0.8, 0.5)
    with_it = studio.picture(marker.screen)
    assert marker.session.undo()
    assert not compare(kept(studio.picture(marker.screen)), kept(with_it)).alike
    at = marker.screen.view.viewport().mapTo(marker.screen, marker.on(1, 0.8, 0.5))
    area = (at.x() - 20, at.y() - 20, at.x() + 20, at.y() + 20)
    without = with_it.copy()
    without.paste(studio.picture(marker.screen).crop(area), area)
    difference = compare(kept(without), kept(with_it))
    assert difference.cells, "the stamp alone is enough"
    assert all(abs(x - at.x()) < 40 and abs(y - at.y()) < 40 for x, y in difference.cells)


def test_a_panel_that_moved_by_two_steps_of_the_grid_is_seen(studio: Studio, marker: Marker) -> None:
    whole = studio.picture(marker.screen)
    panel = marker.screen._sheet
    at = panel.mapTo(marker.screen, panel.rect().topLeft())
    area = (at.x() - 24, at.y(), at.x() + panel.width() - 8, at.y() + panel.height())
    moved = whole.copy()
    moved.paste(whole.crop(area), (area[0] + 8, area[1]))
    assert not compare(kept(moved), kept(whole)).alike


@pytest.mark.parametrize("offset", range(8))
def test_a_small_badge_of_the_wrong_colour_is_seen_wherever_it_stands(offset: int) -> None:
    def badge(color: str) -> Image.Image:
        picture = Image.new("RGB", (160, 160), "#e8eaed")
        ImageDraw.Draw(picture).ellipse((64 + offset, 64 + offset, 72 + offset, 72 + offset), fill=color)
        return kept(picture)

    assert not compare(badge("#17633a"), badge("#ad0f1b")).alike
    assert not compare(badge("#17633a"), badge("#e8eaed")).alike


@pytest.mark.parametrize(
    "drawn",
    [
        lambda font: font.setHintingPreference(QFont.HintingPreference.PreferNoHinting),
        lambda font: font.setHintingPreference(QFont.HintingPreference.PreferFullHinting),
        lambda font: font.setStyleStrategy(QFont.StyleStrategy.NoAntialias),
    ],
    ids=["no hinting", "full hinting", "no antialiasing"],
)
def test_letters_drawn_by_other_rules_pass(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, drawn: Callable[[QFont], None]
) -> None:
    usual = Theme.font

    def other(theme: Theme, factor: float = 1.0, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = usual(theme, factor, weight)
        drawn(font)
        return font

    before = studio.opened()
    reference = studio.picture(before.screen)
    before.screen.hide()
    monkeypatch.setattr(Theme, "font", other)
    after = studio.opened()
    actual = studio.picture(after.screen)
    assert ImageChops.difference(actual, reference).getbbox() is not None, "the letters are drawn otherwise"
    difference = compare(kept(actual), kept(reference))
    assert difference.largest <= CELL_LIMIT, difference


def test_no_letter_of_the_program_is_taken_from_this_computers_fonts(studio: Studio) -> None:
    face = QRawFont.fromFont(studio.desk().screen.font())
    hindi = catalogue("hi")
    letters = {letter for text in (*hindi, *hindi.values()) for letter in text} - {"\n"}
    assert face.familyName() == FONT_FAMILY
    assert sorted(letter for letter in letters if not face.supportsCharacter(ord(letter))) == []


def test_a_picture_of_another_size_is_another() -> None:
    small, large = Image.new("RGB", (80, 80)), Image.new("RGB", (88, 80))
    assert not compare(small, large).alike
    assert marked_out(small, large).size == small.size


def test_what_differs_is_marked_in_red() -> None:
    before, after = Image.new("RGB", (80, 80), "white"), Image.new("RGB", (80, 80), "white")
    ImageDraw.Draw(after).rectangle((40, 40, 60, 60), fill="black")
    red, _, blue = marked_out(after, before).getpixel((50, 50))  # type: ignore[misc]
    assert red > blue + 40


def test_the_pictures_together_are_small() -> None:
    assert sum(path.stat().st_size for path in REFERENCES.glob("*.png")) < 1_250_000
