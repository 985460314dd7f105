"""The office's screen, by keys: a list beside a form; nothing that was typed is lost, and nobody is overwritten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mv_desktop.domain.subscription import PlanType
from mv_desktop.ui.admin.plan import PlanSubject
from tests.fakes.plan_place import FakeDrafts, FakePlans
from tests.ui.office_hand import OfficeHand

BASIC = PlanType.BASIC


@pytest.fixture
def place() -> FakePlans:
    return FakePlans()


@pytest.fixture
def drafts() -> FakeDrafts:
    return FakeDrafts()


@pytest.fixture
def desk(qtbot, tasks, place, drafts):
    return OfficeHand(qtbot, tasks, PlanSubject(place), drafts)


def test_it_opens_on_the_list_with_the_first_record_beside_it(desk):
    assert _names(desk) == ["Basic Plan", "Premium Plan", "Premium MCQ", "Plan Centum"]
    assert desk.screen.list.table.hasFocus()
    assert desk.panel.heading == "Basic Plan"
    assert desk.form.editor("monthly_price_paise").typed == "299"
    assert not desk.form.differs
    assert not desk.screen.actions_by_id["record.save"].isEnabled()
    desk.press("Down")
    assert desk.panel.heading == "Premium Plan"
    desk.press("/", *"cent", "Return")
    assert _names(desk) == ["Plan Centum"]
    desk.press("Esc", "L", "L")
    assert _names(desk) == ["Premium MCQ"]
    desk.press("Esc")
    assert len(_names(desk)) == 4


def test_a_record_is_changed_by_keys_with_a_reason_and_taken_back(desk, place):
    desk.press("Return")
    assert desk.form.editor("display_name").control.hasFocus()
    desk.write("monthly_price_paise", "1,499")
    assert "What they paid stays" in desk.panel.effect
    desk.press("Ctrl+S")
    assert desk.panel.reason.hasFocus()
    assert place.plans[BASIC].monthly_price_paise == 29900  # nobody has said why
    desk.press(*"dearer", "Return")
    assert place.plans[BASIC].monthly_price_paise == 149900
    assert desk.messages.said == ["Saved: Basic Plan."]
    assert desk.screen.list.table.hasFocus()
    assert desk.panel.reason.text() == ""
    desk.press("H")
    assert [cell.text for cell in desk.panel.history.changes.rows[0].cells][1:] == ["Me", "Changed", "dearer"]
    assert [cell.text for cell in desk.panel.history.values.rows[0].cells] == ["Price a month", "₹299", "₹1,499"]
    desk.press("Esc", "Ctrl+Z")
    assert place.plans[BASIC].monthly_price_paise == 29900
    assert place.log[BASIC][0].reason == "Taken back"
    assert desk.form.editor("monthly_price_paise").typed == "299"


def test_what_is_wrong_is_said_as_one_types_and_nothing_is_sent(desk, place):
    desk.write("exams_per_month", "0")
    assert desk.form.faults == {"exams_per_month": "Between 1 and 1,000 exams a month."}
    desk.write("exams_per_month", "many")
    assert desk.form.faults == {"exams_per_month": "Enter a whole number."}
    desk.write("exams_per_month", "1,5")
    assert desk.form.faults == {"exams_per_month": "Enter a whole number."}
    desk.write("exams_per_month", "1,000")
    assert desk.form.faults == {}
    desk.write("exams_per_month", "many")
    desk.write("display_name", "")
    desk.write("monthly_price_paise", "free")
    desk.panel.reason.setText("because")
    desk.press("Ctrl+S")
    assert set(desk.form.faults) == {"exams_per_month", "display_name", "monthly_price_paise"}
    assert desk.form.editor("display_name").control.hasFocus()
    assert not place.log[BASIC]
    assert desk.panel.effect == ""


def test_what_was_typed_is_kept_when_one_goes_on_and_when_the_program_ends(qtbot, tasks, desk, place, drafts):
    desk.write("exams_per_month", "7")
    desk.screen.list.table.setFocus()
    desk.press("Down")
    assert desk.panel.heading == "Premium Plan"
    assert desk.form.editor("exams_per_month").typed == "50"
    desk.press("Up")
    assert desk.form.editor("exams_per_month").typed == "7"
    assert desk.panel.note == "What you typed is here again; it is not saved yet."
    desk.write("exams_per_month", "many")
    desk.close()
    place.put(BASIC, replace(place.plans[BASIC], description="cheap"), "Asha Rao", "words")
    again = OfficeHand(qtbot, tasks, PlanSubject(place), drafts)
    assert again.form.editor("exams_per_month").typed == "many"
    assert again.panel.note.startswith("It has changed since you typed this.")
    assert again.screen.list.table.model().data(again.screen.list.table.model().index(0, 0)) == "Basic Plan"
    again.press("Ctrl+D")
    assert again.form.editor("exams_per_month").typed == "5"
    assert drafts.by_key == {}
    assert again.messages.said == ["What you typed is discarded."]
    again.messages.undos[0]()
    again.settle()
    assert again.form.editor("exams_per_month").typed == "many"


def test_of_two_who_change_one_record_neither_overwrites_the_other(desk, place):
    desk.write("exams_per_month", "7")
    desk.write("display_name", "Basic")
    other = replace(place.plans[BASIC], exams_per_month=9, sla_hours=24, display_name="Basic")
    place.put(BASIC, other, "Asha Rao", "more exams")
    desk.press("F5")
    assert desk.panel.note == "Asha Rao has changed this since you opened it."
    desk.panel.reason.setText("fewer exams")
    desk.press("Ctrl+S")
    assert place.plans[BASIC] == other
    assert desk.messages.told[0].message.startswith("Asha Rao has changed this meanwhile.")
    assert desk.form.editor("exams_per_month").typed == "7"  # hers stands
    assert desk.form.editor("sla_hours").typed == "24"  # what she did not touch is as it is now
    assert desk.form.faults["exams_per_month"] == "Asha Rao made it “9” meanwhile."
    assert "display_name" not in desk.form.faults
    assert desk.panel.why == "fewer exams"
    desk.press("Ctrl+S")
    assert place.plans[BASIC] == replace(other, exams_per_month=7)


def test_an_earlier_value_is_put_back_from_the_history_and_saved_like_any_other(desk, place):
    for number, price in enumerate((30000, 31000, 32000)):
        place.put(BASIC, replace(place.plans[BASIC], monthly_price_paise=price), "Asha Rao", f"change {number}")
    desk.press("H")
    assert len(desk.panel.history.changes.rows) == 3  # also what came since it was opened
    desk.press("Down", "Down")
    desk.panel.history._back.click()
    desk.settle()
    assert desk.form.editor("monthly_price_paise").typed == "299"
    desk.panel.reason.setText("as it was")
    desk.press("Ctrl+S")
    assert place.plans[BASIC].monthly_price_paise == 29900
    assert place.log[BASIC][0].reason == "as it was"


def test_without_a_server_what_was_read_stays_and_what_is_typed_is_kept(desk, place, drafts):
    desk.write("exams_per_month", "8")
    desk.panel.reason.setText("more")
    place.reachable = False
    desk.press("Ctrl+S")
    assert desk.messages.told[0].kept == "What you typed stays here."
    assert desk.form.editor("exams_per_month").typed == "8"
    desk.press("F5")
    assert desk.screen.state_text.startswith("Not connected.")
    assert len(_names(desk)) == 4
    assert drafts.by_key["plan", "basic"].typed["exams_per_month"] == "8"
    place.reachable = True
    desk.press("F5")
    assert desk.screen.state_text == ""
    desk.press("Ctrl+S")
    assert place.plans[BASIC].exams_per_month == 8
    assert drafts.by_key == {}


def _names(desk: OfficeHand) -> list[str]:
    return [row.display_name for row in desk.screen.list.rows]


def test_what_is_typed_while_the_server_is_asked_is_neither_lost_nor_taken_for_saved(desk, place, drafts):
    desk.write("exams_per_month", "7")
    desk.panel.reason.setText("more")
    with desk.slowly(place, "save"):
        desk.type("Ctrl+S")
        desk.type_into("exams_per_month", "8")
        desk.type_into("description", "What I thought of meanwhile")
    desk.settle()
    assert place.plans[BASIC].exams_per_month == 7
    assert desk.messages.said == ["Saved: Basic Plan."]
    assert desk.form.editor("exams_per_month").typed == "8"
    assert desk.form.editor("description").typed == "What I thought of meanwhile"
    assert desk.form.editor("description").control.hasFocus()
    assert desk.screen.actions_by_id["record.save"].isEnabled()
    assert drafts.by_key["plan", "basic"].seen == place.seen[BASIC]
    desk.panel.reason.setText("words, too")
    desk.press("Ctrl+S")
    assert (place.plans[BASIC].exams_per_month, place.plans[BASIC].description) == (8, "What I thought of meanwhile")
    assert drafts.by_key == {}


def test_what_is_typed_while_a_change_is_taken_back_stays(desk, place, drafts):
    desk.write("exams_per_month", "7")
    desk.panel.reason.setText("more")
    desk.press("Ctrl+S")
    with desk.slowly(place, "open"):
        desk.screen.list.table.setFocus()
        desk.type("Ctrl+Z")
        desk.type_into("description", "typed")
    desk.settle()
    assert place.plans[BASIC].exams_per_month == 5
    assert desk.form.editor("description").typed == "typed"
    assert desk.form.editor("exams_per_month").typed == "5"
    assert drafts.by_key["plan", "basic"].typed == {"description": "typed"}


def test_what_was_typed_before_does_not_stand_over_what_somebody_else_changed_since(desk, place):
    desk.write("exams_per_month", "7")
    desk.screen.list.table.setFocus()
    desk.press("Down")
    place.put(BASIC, replace(place.plans[BASIC], monthly_price_paise=34900), "Asha Rao", "dearer")
    desk.press("Up")
    assert desk.panel.note.startswith("It has changed since you typed this.")
    assert desk.form.editor("exams_per_month").typed == "7"
    assert desk.form.editor("monthly_price_paise").typed == "349"
    desk.panel.reason.setText("more")
    desk.press("Ctrl+S")
    assert (place.plans[BASIC].exams_per_month, place.plans[BASIC].monthly_price_paise) == (7, 34900)


def test_who_changed_the_same_as_somebody_else_has_nothing_left_to_save(desk, place, drafts):
    desk.write("exams_per_month", "7")
    desk.panel.reason.setText("more")
    place.put(BASIC, replace(place.plans[BASIC], exams_per_month=7, display_name="Basic"), "Asha Rao", "more, too")
    desk.press("Ctrl+S")
    assert desk.panel.note == "It was changed meanwhile. This is how it stands now."
    assert desk.panel.heading == "Basic"
    assert not desk.form.differs
    assert not desk.screen.actions_by_id["record.save"].isEnabled()
    assert drafts.by_key == {}
    assert len(place.log[BASIC]) == 1
