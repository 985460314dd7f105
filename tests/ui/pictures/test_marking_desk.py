"""The states of the marking desk look as in the pictures kept beside this file, which a person has looked at."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QDialog, QWidget

from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.returned import Returned, ReturnedQuestion
from mv_desktop.ui.actions import Scope, build_actions
from mv_desktop.ui.marking.bank.bank_desk import BankDesk
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.theme import ThemeName
from tests.factories.comment import RAVI, comment
from tests.factories.conflict import THREE, disputed
from tests.factories.script import script_view
from tests.fakes import hand
from tests.fakes.bank_store import FakeBankStore
from tests.ui.marking.conftest import Marker
from tests.ui.pictures.conftest import Studio

Looks = Callable[[QWidget, str], None]
PAGE = PageRef(1)
LARGE = (1920, 1080)


def some_marks(marker: Marker) -> None:
    """A sheet with a bit of everything: a contradiction, a side that does not count, and a sum that cannot be."""
    session = marker.session
    for step, y in ((1, 0.2), (2, 0.3)):
        session.award_step(MarkKey(2), step, PAGE, 0.9, y)
    session.give(MarkKey(2), Decimal("1.5"))
    session.give(MarkKey(3, "a"), Decimal(1))
    session.give(MarkKey(3, "b"), Decimal("2.5"))
    session.toggle_not_attempted(MarkKey(4))
    session.give(MarkKey(5), Decimal(1))
    for y in (0.4, 0.5, 0.6, 0.7):
        session.place_stamp("tick", PageRef(2), 0.8, y)
    session.comment(MarkKey(6), "Unit vector is not normalised")
    session.set_current(MarkKey(7))


def sheet_of(marker: Marker) -> QWidget:
    (sheet,) = marker.screen.findChildren(MarkSheet)
    return sheet


def by_key(marker: Marker, *names: str) -> None:
    for name in names:
        marker.screen.actions_by_id[f"marking.{name}"].trigger()


# -- the pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "size"), [("fresh", (1366, 768)), ("fresh_large", LARGE), ("narrow", (800, 600))])
def test_a_script_just_opened(studio: Studio, looks: Looks, name: str, size: tuple[int, int]) -> None:
    looks(studio.opened(size=size).screen, name)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_every_kind_of_ink_all_of_it_selected(studio: Studio, looks: Looks, theme: ThemeName) -> None:
    marker = studio.opened(theme=theme, ink=True)
    if theme == "light":
        looks(marker.screen.view, "ink")
    by_key(marker, "select_all")
    looks(marker.screen, f"ink_selected_{theme}")


def test_ruler_and_protractor(studio: Studio, looks: Looks) -> None:
    marker = studio.opened()
    by_key(marker, "ruler", "protractor")
    looks(marker.screen.view, "aids")


def test_the_magnifier(studio: Studio, looks: Looks) -> None:
    marker = studio.opened(ink=True)
    hand.hover(marker.screen.view, marker.on(1, 0.4, 0.35))
    by_key(marker, "magnifier")
    looks(marker.screen.view, "magnifier")


def test_two_views(studio: Studio, looks: Looks) -> None:
    marker = studio.opened(ink=True)
    by_key(marker, "split")
    looks(marker.screen, "split")


def test_a_page_that_is_turned_and_brightened(studio: Studio, looks: Looks) -> None:
    marker = studio.opened(ink=True)
    by_key(marker, "rotate", "brighten", "brighten")
    looks(marker.screen, "turned")


def test_pages_that_are_missing_a_tag_a_flag_and_a_rescan_asked_for(studio: Studio, looks: Looks) -> None:
    marker = studio.opened(missing=True)
    marker.session.tag_page(PageRef(4), "6-8")
    marker.session.raise_flag("illegible", "", PageRef(3), Spot(0.4, 0.15))
    marker.session.ask_rescan(PAGE)
    looks(marker.screen, "missing")
    marker.screen.view.go_to_page(PageRef(3))
    looks(marker.screen, "flagged")


def test_a_script_without_pages(studio: Studio, looks: Looks) -> None:
    looks(studio.opened(view={"pages": []}).screen.view, "no_pages")


def test_a_script_that_was_completed(studio: Studio, looks: Looks) -> None:
    reason = "This script is completed; its marks are final."
    over = {"state": WorkState.COMPLETED, "read_only": True, "read_only_reason": reason}
    looks(studio.opened(view=over).screen, "completed")


def test_a_note_that_is_being_written(studio: Studio, looks: Looks) -> None:
    marker = studio.opened()
    by_key(marker, "tool.text")
    hand.click(marker.screen.view, marker.on(1, 0.3, 0.3))
    hand.type_text(r"Say why $\frac{1}{2}$ holds")
    looks(marker.screen.view, "note")


def test_a_callout_that_is_being_drawn(studio: Studio, looks: Looks) -> None:
    marker = studio.opened()
    view = marker.screen.view
    view.set_stamp("tick")
    hand.hold(view, marker.on(1, 0.2, 0.15), marker.on(1, 0.3, 0.18), marker.on(1, 0.6, 0.2))
    looks(view, "callout")
    view.cancel()


def test_the_keyboards_place_on_the_page(studio: Studio, looks: Looks) -> None:
    marker = studio.opened()
    for key in ("Right", "Down", "1", "Down"):
        hand.press(key, marker.screen.view)
    looks(marker.screen.view, "pen_point")


@pytest.mark.parametrize(("command", "name"), [("flag", "flag_dialog"), ("hand_back", "hand_back_dialog")])
def test_what_is_told_to_the_coordinator(studio: Studio, looks: Looks, command: str, name: str) -> None:
    marker = studio.opened()
    marker.session.raise_flag("illegible", "The ink is too faint", PAGE, Spot(0.4, 0.15))
    by_key(marker, command)
    (dialog,) = [one for one in marker.screen.findChildren(QDialog) if one.isVisible()]
    looks(dialog, name)


# -- the sheet -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_a_sheet_with_marks_of_every_kind(studio: Studio, looks: Looks, theme: ThemeName) -> None:
    marker = studio.opened(theme=theme, declared=(5, 8), size=LARGE if theme == "dark" else (1366, 768))
    some_marks(marker)
    looks(marker.screen, f"sheet_{theme}")


def test_a_mark_that_cannot_be(studio: Studio, looks: Looks) -> None:
    marker = studio.opened()
    by_key(marker, "mark_field")
    hand.type_text("7")
    hand.press("Return")
    looks(sheet_of(marker), "mark_refused")


def test_questions_that_were_returned(studio: Studio, looks: Looks) -> None:
    returned = Returned(
        "Look again", (ReturnedQuestion(3, "The last step is right"), ReturnedQuestion(6, "See page 2"))
    )
    marker = studio.opened(view={"returned": returned})
    looks(sheet_of(marker), "returned")


def test_a_question_with_two_marks(studio: Studio, looks: Looks) -> None:
    conflicts = tuple(one for one in disputed(script_view()).conflicts if one.key == THREE)
    marker = studio.opened(view={"conflicts": conflicts})
    looks(sheet_of(marker), "two_marks")


def test_the_mark_sheet_in_a_window_of_its_own(studio: Studio, looks: Looks) -> None:
    marker = studio.opened()
    by_key(marker, "sheet_window")
    looks(marker.screen, "sheet_out")


def test_in_hindi_at_the_largest_text(studio: Studio, looks: Looks) -> None:
    marker = studio.opened(language="hi", scale="largest", declared=(5, 8))
    some_marks(marker)
    looks(marker.screen, "hindi_largest")


@pytest.mark.parametrize(("theme", "name"), [("light", "submit_check"), ("contrast", "submit_check_contrast")])
def test_the_check_before_submission(studio: Studio, looks: Looks, theme: ThemeName, name: str) -> None:
    marker = studio.opened(declared=(5, 8), theme=theme)
    some_marks(marker)
    by_key(marker, "submit")
    looks(marker.opened_check(), name)


def test_a_script_that_was_submitted(studio: Studio, looks: Looks) -> None:
    marker = studio.opened(ink=True)
    for key in marker.session.keys:
        marker.session.full(key)
    marker.saved()
    marker.screen.submission.submit()
    studio.qtbot.waitUntil(lambda: bool(marker.held))
    looks(marker.screen, "submitted")


# -- the comment bank ----------------------------------------------------------------------------------------


def test_the_comment_bank_open_and_filtered(studio: Studio, looks: Looks) -> None:
    marker = studio.opened()
    comments = (
        comment(1, "Sign error", "0.5"),
        comment(2, r"Put $x = \frac{1}{2}$ into the first equation", "1.5", uses=3, all_uses=7, shared=True),
        comment(3, "Well done"),
        comment(4, "A unit is missing, and the answer is not said in words as the question asks", "1"),
        comment(5, "Ravi's own words", owner=RAVI, shared=True),
    )
    screen = marker.screen
    desk = BankDesk(
        *(screen, screen.views, lambda: screen.session, FakeBankStore(*comments)),
        *(studio.tasks, studio.ids, studio.clock, marker.messages),
    )
    screen.actions_by_id.update(build_actions(screen, Scope.MARKING, desk.handlers()))
    studio.settle()
    hand.hover(screen.view, marker.on(1, 0.3, 0.2))
    hand.press("C", screen.view)
    looks(screen, "bank")
    hand.type_text("err")
    looks(desk.panel, "bank_filtered")
    hand.press("F2")
    looks(desk.panel, "bank_form")
