"""Telling the coordinator from the marking screen: flags, and handing the script back, by keys alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QRadioButton

from mv_desktop.domain.flag import Flag, Spot
from mv_desktop.domain.identifier import FlagId, PageRef
from mv_desktop.domain.operation import HandBack, RaiseFlag, WithdrawFlag
from mv_desktop.ui.canvas.flag_item import FlagItem
from mv_desktop.ui.marking.flow import submission_hold
from mv_desktop.ui.marking.flow.flag_dialog import FlagDialog
from mv_desktop.ui.marking.flow.hand_back_dialog import HandBackDialog
from mv_desktop.ui.marking.page.page_row import ROW_ROLE, PageRow
from mv_desktop.ui.theme import TEXT_SCALES, apply_theme
from tests.fakes import hand
from tests.ui.accessibility import nameless_controls

PAGE = PageRef(1)


def opened(marker, kind: type[QDialog], key: str):
    """The dialog that a key brings, once it has the keyboard."""
    hand.press(key, marker.screen.view)
    dialog = next(found for found in marker.screen.findChildren(kind) if found.isVisible())
    marker.qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def press_on_page(marker, key: str) -> None:
    """Press a key on the pages, once a dialog has given the keyboard back (which takes a window manager)."""
    marker.screen.activateWindow()
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)
    hand.press(key, marker.screen.view)


def told(marker) -> list[Flag]:
    return list(marker.session.script.flags.values())


def flag_items(marker) -> list[FlagItem]:
    return [item for item in marker.screen.view.sheet.items() if isinstance(item, FlagItem)]


def page_row_of(marker, page: int) -> PageRow:
    model = marker.screen._pages.model()
    rows = [model.index(number, 0).data(ROW_ROLE) for number in range(model.rowCount())]
    return next(row for row in rows if row.ref == PageRef(page))


def page_words(marker, page: int) -> str:
    return page_row_of(marker, page).words


# -- flags ---------------------------------------------------------------------------------------------------


def test_a_spot_is_flagged_where_the_pointer_is_by_two_keys_more(marker, store):
    marker.open()
    hand.hover(marker.screen.view, marker.on(1, 0.25, 0.3))
    dialog = opened(marker, FlagDialog, "!")
    assert nameless_controls(dialog) == []
    hand.press("1")
    hand.press("Return")
    (flag,) = told(marker)
    assert (flag.reason, flag.page, flag.comment) == ("illegible", PAGE, "")
    assert flag.spot == pytest.approx((0.25, 0.3), abs=0.01)
    marker.saved()
    assert store.operations()[-1] == RaiseFlag(flag.flag_id, "illegible", "", PAGE, flag.spot)
    assert "The coordinator is told." in marker.messages.said
    (item,) = flag_items(marker)
    assert item.toolTip() == "Illegible"
    assert "Flagged: Illegible" in page_words(marker, 1)
    press_on_page(marker, "Ctrl+Z")
    assert told(marker) == flag_items(marker) == []
    assert "Flagged" not in page_words(marker, 1)
    press_on_page(marker, "Ctrl+Shift+Z")
    assert told(marker) == [flag]


def test_the_pen_point_points_as_well_as_the_pointer(marker):
    marker.open()
    hand.press("Right", marker.screen.view)
    dialog = opened(marker, FlagDialog, "!")
    assert dialog._places.checkedButton().objectName() == "spot"
    hand.press("3")
    hand.press("Return")
    assert told(marker)[0].spot is not None


def test_without_a_pointer_on_a_page_it_is_the_page_and_of_a_missing_page_the_script(marker):
    marker.open()
    dialog = opened(marker, FlagDialog, "!")
    assert dialog._places.checkedButton().objectName() == "page"
    hand.press("4")
    assert dialog._places.checkedButton().objectName() == "script"
    hand.press("Return")
    (flag,) = told(marker)
    assert (flag.reason, flag.page, flag.spot) == ("missing_page", None, None)
    assert flag_items(marker) == []


def test_a_place_that_she_chose_stays_whatever_the_reason(marker):
    marker.open()
    dialog = opened(marker, FlagDialog, "!")
    next(button for button in dialog._places.buttons() if button.objectName() == "script").click()
    hand.press("1")
    hand.press("Return")
    assert told(marker)[0].page is None


def test_something_else_needs_words(marker):
    marker.open()
    dialog = opened(marker, FlagDialog, "!")
    hand.press("6")
    assert not dialog._confirm.isEnabled()
    assert not dialog._picker._needed.isHidden()
    hand.press("Return")
    assert dialog.isVisible()
    hand.type_text("Tea was spilt; 5 lines are gone")
    hand.press("Return")
    (flag,) = told(marker)
    assert (flag.reason, flag.comment) == ("other", "Tea was spilt; 5 lines are gone")


@pytest.fixture
def large(qapp):
    apply_theme(qapp, "light", "largest")
    yield
    apply_theme(qapp, "light")


@pytest.mark.parametrize("kind", [FlagDialog, HandBackDialog])
def test_with_the_largest_text_and_much_told_before_it_fits_on_the_screen(large, marker, kind):
    session = marker.open()
    for number in range(6):
        session.raise_flag("other", f"{number}: " + "the end of the answer is smudged " * 6, PAGE)
    dialog = opened(marker, kind, "!" if kind is FlagDialog else "B")
    room = dialog.screen().availableGeometry()
    assert dialog.height() < room.height()
    for button in (dialog._confirm, dialog.findChild(QRadioButton, "other")):
        assert button.visibleRegion().boundingRect() == button.rect(), "all of it is in sight"
    hand.press("6" if kind is FlagDialog else "5")
    assert dialog._picker._words.visibleRegion().boundingRect() == dialog._picker._words.rect()


def test_tab_brings_every_earlier_flag_into_sight(marker):
    session = marker.open()
    for number in range(12):
        session.raise_flag("other", f"Page {number} " + "is smudged " * 12, PAGE)
    dialog = opened(marker, FlagDialog, "!")
    last = [button for button in dialog.findChildren(QPushButton) if button.text() == "Withdraw"][-1]
    assert last.visibleRegion().isEmpty()
    last.setFocus()
    assert last.visibleRegion().boundingRect() == last.rect()


def test_escape_tells_nothing(marker):
    marker.open()
    opened(marker, FlagDialog, "!")
    hand.press("1")
    hand.press("Escape")
    assert told(marker) == []


def test_what_was_told_is_listed_and_withdrawn_until_it_is_answered(marker, store):
    session = marker.open()
    session.raise_flag("illegible", "the end", PAGE, Spot(0.1, 0.2))
    answered = Flag(FlagId(session._ids()), "missing_page", answered=True, answer="It came today.")
    session.script.flags[answered.flag_id] = answered
    dialog = opened(marker, FlagDialog, "!")
    buttons = [button for button in dialog.findChildren(QPushButton) if button.text() == "Withdraw"]
    assert [button.accessibleName() for button in buttons] == ["Withdraw: Page 1, a spot · Illegible: the end"]
    buttons[0].click()
    assert told(marker) == [answered]
    marker.saved()
    assert isinstance(store.operations()[-1], WithdrawFlag)
    assert "The flag is withdrawn." in marker.messages.said
    press_on_page(marker, "Ctrl+Z")
    assert {flag.reason for flag in told(marker)} == {"missing_page", "illegible"}


def test_of_a_script_that_is_done_the_answers_are_read_and_nothing_is_asked(marker):
    session = marker.open()
    answered = Flag(FlagId(session._ids()), "missing_page", answered=True, answer="It came today.")
    session.script.flags[answered.flag_id] = answered
    session.raise_flag("illegible", "", PAGE)
    session.freeze("This script is completed.")
    dialog = opened(marker, FlagDialog, "!")
    shown = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert "The whole script · A page is missing · answered: It came today." in shown
    assert not any(button.isVisible() for button in dialog.findChildren(QRadioButton))
    assert [button.text() for button in dialog.findChildren(QPushButton) if button.isVisible()] == ["Close"]
    hand.press("1")
    hand.press("Escape")
    assert len(told(marker)) == 2
    assert not dialog.isVisible()


def test_a_rescan_that_was_answered_is_told_with_its_answer_and_can_be_asked_for_again(marker, store):
    session = marker.open()
    press_on_page(marker, "Ctrl+R")
    (flag,) = told(marker)
    assert "A rescan was asked for" in page_words(marker, 1).splitlines()
    assert ("flag", "soon") in page_row_of(marker, 1).signs
    press_on_page(marker, "Ctrl+R")
    assert marker.messages.said[-1] == "A rescan of page 1 was already asked for."
    session.script.flags[flag.flag_id] = replace(flag, answered=True, answer="The student sends it tonight.")
    session.flags_changed.emit()
    assert "A rescan was asked for" not in page_words(marker, 1).splitlines()
    words = "Flagged: A rescan was asked for · answered: The student sends it tonight."
    assert words in page_words(marker, 1).splitlines()
    assert ("flag", "muted") in page_row_of(marker, 1).signs
    press_on_page(marker, "Ctrl+R")
    assert marker.messages.said[-1] == "The coordinator is asked for a rescan of page 1."
    assert [one.answered for one in told(marker)] == [True, False]
    assert ("flag", "soon") in page_row_of(marker, 1).signs


def test_a_flag_of_another_students_page_warns_before_submission(marker):
    session = marker.open()
    session.raise_flag("another_student", "", PAGE)
    assert "You flagged page 1: it looks like another student's." in [found.text for found in session.findings()]


def test_flags_are_on_the_page_again_after_reopening_and_after_pages_came(marker):
    session = marker.open()
    session.raise_flag("illegible", "", PAGE, Spot(0.5, 0.5))
    marker.saved()
    marker.screen.pages_changed(tuple(session.view.pages), marker.pictures)
    assert len(flag_items(marker)) == 1
    marker.screen.pages_changed(tuple(session.view.pages[:2]), marker.pictures)
    assert len(flag_items(marker)) == 1


def test_a_flag_is_no_ink_and_stands_upright_on_a_turned_page(marker):
    marker.open().raise_flag("illegible", "", PAGE, Spot(0.5, 0.25))
    (item,) = flag_items(marker)
    marker.screen.view.rotate_page(PAGE)
    assert not marker.session.script.ink
    assert item.deviceTransform(marker.screen.view.viewportTransform()).m12() == pytest.approx(0)


def test_flags_and_pages_names_grow_with_the_text_while_the_script_is_open(marker, qapp, qtbot):
    apply_theme(qapp, "light")
    marker.open().raise_flag("illegible", "", PAGE, Spot(0.5, 0.25))
    (label, *_) = marker.screen.view.sheet._labels
    before = flag_items(marker)[0].sceneTransform().m11(), label.font().pixelSize()
    apply_theme(qapp, "light", "largest")
    qtbot.waitUntil(lambda: label.font().pixelSize() > before[1])
    (item,) = flag_items(marker)
    assert item.sceneTransform().m11() == pytest.approx(before[0] * TEXT_SCALES["largest"])
    apply_theme(qapp, "light")
    qtbot.waitUntil(lambda: label.font().pixelSize() == before[1])


def test_a_flag_that_could_not_be_saved_is_not_shown(marker, store, qtbot):
    session = marker.open()
    marker.saved()
    store.fail = 1
    with qtbot.waitSignal(session.taken_back):
        session.raise_flag("illegible", "", PAGE, Spot(0.5, 0.5))
    assert told(marker) == flag_items(marker) == []


def flag(marker, *keys: str) -> None:
    opened(marker, FlagDialog, "!")
    for key in (*keys, "Return"):
        hand.press(key)
    marker.screen.activateWindow()
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)


def test_each_messages_undo_takes_back_its_own_flag(marker):
    marker.open()
    flag(marker, "1")
    flag(marker, "4")
    hand.press("Ctrl+R", marker.screen.view)
    first, second = marker.messages.undos[:2]
    first()
    assert [item.reason for item in told(marker)] == ["missing_page", "rescan_requested"]
    first()
    assert [item.reason for item in told(marker)] == ["missing_page", "rescan_requested"]
    second()
    assert [item.reason for item in told(marker)] == ["rescan_requested"]


def test_what_was_told_already_is_not_told_twice(marker, store):
    marker.open()
    flag(marker, "1")
    flag(marker, "1")
    assert len(told(marker)) == 1
    assert marker.messages.said[-1] == "The coordinator was told that before."
    marker.saved()
    assert len([item for item in store.operations() if isinstance(item, RaiseFlag)]) == 1
    flag(marker, "5")
    assert len(told(marker)) == 2


# -- handing back --------------------------------------------------------------------------------------------


def test_a_script_is_handed_back_by_three_keys_and_held_for_ten_seconds(marker, store, qtbot):
    session = marker.open()
    seen: list[tuple[object, int]] = []
    marker.screen.hold.handed_back.connect(lambda script, seconds: seen.append((script, seconds)))
    dialog = opened(marker, HandBackDialog, "B")
    assert nameless_controls(dialog) == []
    hand.press("2")
    hand.press("Return")
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(session.view.evaluation_id, 10)]
    assert session.read_only
    assert session.read_only_reason == "Handed back. For ten seconds it can be taken back."
    assert store.held[session.view.evaluation_id][0] == HandBack("conflict_of_interest")
    assert store.submitted == {}
    press_on_page(marker, "Ctrl+Z")
    qtbot.waitUntil(lambda: not session.read_only)
    assert store.held == {}


def test_after_the_seconds_it_is_in_the_journal(marker, store, qtbot, monkeypatch):
    monkeypatch.setattr(submission_hold, "HOLD_SECONDS", 0.02)
    session = marker.open()
    opened(marker, HandBackDialog, "B")
    hand.press("1")
    hand.press("Return")
    qtbot.waitUntil(lambda: store.submitted == {session.view.evaluation_id: HandBack("too_ill")})
    qtbot.waitUntil(lambda: not marker.screen.hold.holds(session.view.evaluation_id))


def test_another_reason_needs_words_and_the_dialog_says_what_will_happen(marker, store):
    marker.open().full(marker.session.keys[0])
    dialog = opened(marker, HandBackDialog, "B")
    texts = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "It leaves your queue" in texts
    assert "1 of 3 questions" in texts
    hand.press("5")
    hand.press("Return")
    assert dialog.isVisible()
    hand.type_text("He is my nephew")
    hand.press("Return")
    assert not dialog.isVisible()
    marker.qtbot.waitUntil(lambda: bool(store.held))
    ((operation, _),) = store.held.values()
    assert operation == HandBack("other", "He is my nephew")


def test_a_script_on_its_way_to_the_server_is_not_handed_back(marker, store, qtbot):
    session = marker.open()
    for key in session.keys:
        session.full(key)
    marker.screen.submission.submit()
    qtbot.waitUntil(lambda: bool(store.held))
    hand.press("B", marker.screen.view)
    assert not any(found.isVisible() for found in marker.screen.findChildren(HandBackDialog))
    assert marker.messages.said[-1] == "Submitted. For ten seconds it can be taken back."


def test_what_is_handed_back_cannot_be_submitted_or_flagged(marker, qtbot):
    marker.open()
    opened(marker, HandBackDialog, "B")
    hand.press("1")
    hand.press("Return")
    press_on_page(marker, "Ctrl+Return")
    assert marker.check is None
    press_on_page(marker, "!")
    assert not any(found.isVisible() for found in marker.screen.findChildren(FlagDialog))


def test_a_disk_that_refuses_leaves_the_script_open(marker, store, qtbot):
    session = marker.open()
    marker.saved()
    store.fail = 1
    opened(marker, HandBackDialog, "B")
    hand.press("1")
    hand.press("Return")
    qtbot.waitUntil(lambda: not session.read_only)
    assert [str(error) for error in marker.messages.told][-1].startswith("The disk is full.")
