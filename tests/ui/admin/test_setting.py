"""The settings, by keys: each with a form of its own, and what no form keeps is shown with the reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mv_desktop.domain.holiday import Move
from mv_desktop.domain.setting import SETTING_SHAPES
from mv_desktop.ui.admin.setting import SettingSubject
from mv_desktop.ui.admin.setting_field import SETTING_FIELDS
from mv_desktop.ui.text import catalogue
from tests.fakes.holiday_place import script
from tests.fakes.plan_place import FakeDrafts
from tests.fakes.setting_place import FakeSettings
from tests.ui.office_hand import OfficeHand


@pytest.fixture
def place() -> FakeSettings:
    return FakeSettings()


@pytest.fixture
def desk(qtbot, tasks, place):
    return OfficeHand(qtbot, tasks, SettingSubject(place), FakeDrafts())


def find(desk: OfficeHand, key: str) -> None:
    """As a person does: search for its name, and go down to it."""
    desk.screen.list.clear()
    desk.press("/")
    desk.screen.list.search.setText(key)
    desk.settle()
    desk.press("Return")
    desk.screen.list.select(key)
    desk.settle()
    assert desk.screen.list.key == key


def test_every_setting_has_a_name_a_group_and_a_sentence(desk, place):
    assert SETTING_FIELDS.keys() == SETTING_SHAPES.keys()
    assert {row.key for row in desk.screen.list.rows} == set(place.rows)
    assert all(field.help.endswith(".") for _, field in SETTING_FIELDS.values())
    for row in desk.screen.list.rows:  # no raw JSON anywhere
        shown = [desk.screen.subject.text(row, column) for column in range(4)]
        assert not any(mark in words for words in shown for mark in '{}[]"'), shown
    assert desk.panel.heading == "Working hours"
    assert desk.form.editor("start").typed == "09:00"
    assert desk.form.editor("sunday").typed == "yes"
    assert not desk.form.differs
    desk.press("L", "L")
    assert {row.key for row in desk.screen.list.rows} == {
        key for key, (group, _) in SETTING_FIELDS.items() if group == "exam"
    }


def test_hours_are_changed_by_keys_and_taken_back(desk, place):
    before = place.rows["sla_working_hours"].value
    desk.press("Return")
    assert desk.form.editor("start").control.hasFocus()
    desk.write("start", "19")
    assert desk.form.faults == {"start": "Enter a time of the day, such as 09:00."}
    desk.write("start", "19:30")
    assert desk.form.faults == {}  # it is said beside the end, which nobody has touched
    desk.write("end", "17:00")
    assert desk.form.faults == {"end": "The day must end after it begins."}
    desk.write("start", "8:30")
    desk.write("timezone", "Asia/Nowhere")
    assert "Asia/Kolkata" in desk.form.faults["timezone"]
    desk.write("timezone", "Asia/Kolkata")
    desk.form.editor("saturday").control.setFocus()
    desk.press("Space")
    assert "of deadlines that run you are asked" in desk.panel.effect
    desk.press("Ctrl+S", *"winter", "Return")
    assert place.rows["sla_working_hours"].value == {
        "start": "08:30", "end": "17:00", "timezone": "Asia/Kolkata", "weekly_off": ["saturday", "sunday"],
        "basis": "working_day",
    }  # fmt: skip
    desk.press("H")
    assert [cell.text for cell in desk.panel.history.values.rows[0].cells] == [
        "Value",
        "09:00–18:00, closed on Sunday; Asia/Kolkata; 24 hours are one working day",
        "08:30–17:00, closed on Saturday, Sunday; Asia/Kolkata; 24 hours are one working day",
    ]  # fmt: skip
    desk.panel.history._back.click()
    desk.settle()
    assert (desk.form.editor("start").typed, desk.form.editor("saturday").typed) == ("09:00", "")
    desk.press("Ctrl+D")
    desk.screen.list.take_focus()
    desk.press("Ctrl+Z")
    assert place.rows["sla_working_hours"].value == before


def test_other_hours_are_saved_with_the_deadlines_that_move_or_without(desk, place):
    running = script(1, "2026-07-15T14:00", "2026-07-16T14:00")
    place.moves = (Move(running, running.due + timedelta(hours=3)),)
    desk.write("end", "17:00")
    desk.panel.reason.setText("winter")
    desk.press("Ctrl+S")
    assert desk.panel.moves.asking
    assert place.log["sla_working_hours"] == []  # nothing is saved yet
    desk.write("end", "16:00")  # what was asked about is otherwise now
    assert not desk.panel.moves.asking
    desk.press("Ctrl+S")
    desk.panel.moves._move.click()
    desk.settle()
    assert place.moved == place.moves
    assert place.rows["sla_working_hours"].value["end"] == "16:00"
    desk.press("Ctrl+Z")  # taking it back is asked about like any other change
    assert desk.panel.moves.asking
    desk.panel.moves._stay.click()
    desk.settle()
    assert place.moved == ()
    assert place.rows["sla_working_hours"].value["end"] == "18:00"
    assert desk.messages.said[-1] == "Taken back."


@pytest.mark.parametrize(
    ("key", "typed", "message", "right", "value"),
    [
        ("max_login_attempts", "0", "Between {low} and {high}.", "7", 7),
        ("sample_tolerance", "0.3", "Marks go in steps of a half, from 0 to 99.", "1.5", "1.5"),
        ("notification_email_from", "nobody", "Write it as Name <name@example.org>.", "M <a@b.in>", "M <a@b.in>"),
        ("aws_s3_region", "Mumbai", "A region is written like ap-south-1.", "ap-south-2", "ap-south-2"),
        ("allowed_upload_mimetypes", "jpeg", "A kind of file is written like image/jpeg.", "image/png", ["image/png"]),
        ("evaluation_ui_stamps", "tick\nmoon", "Only these can be used: {words}.", "star\ntick", ["star", "tick"]),
        ("cbse_units_class_x", "Circles\nCircles", "“{word}” stands there twice.", " Circles \n\n", ["Circles"]),
    ],
)  # fmt: skip
def test_wrong_values_are_refused_beside_the_field(desk, place, key, typed, message, right, value):
    find(desk, key)
    before = place.rows[key].value
    (fault,) = _faults_of(desk, typed)
    assert getattr(fault.message, "template", fault.message) == message
    assert message in catalogue("hi")
    assert desk.form.faults == {"value": str(fault.message)}
    desk.panel.reason.setText("because")
    desk.press("Ctrl+S")
    assert place.rows[key].value == before
    _faults_of(desk, right)
    desk.press("Ctrl+S")
    assert place.rows[key].value == value
    assert place.log[key][0].reason == "because"


def _faults_of(desk: OfficeHand, typed: str):
    control = desk.form.editor("value").control
    (control.setPlainText if hasattr(control, "setPlainText") else control.setText)(typed)
    desk.settle()
    draft, _ = desk.form._look()
    return desk.screen.subject.faults(draft)


def test_limits_and_default_stand_below_and_what_goes_is_said(desk, place):
    find(desk, "max_login_attempts")
    assert desk.form._notes["value"].text.endswith("Between 1 and 100. By default: 5 times.")
    find(desk, "exam_auto_submit_enabled")
    desk.form.editor("value").control.setFocus()
    desk.press("Space")
    desk.panel.reason.setText("small school")
    desk.press("Ctrl+S")
    assert place.rows["exam_auto_submit_enabled"].value is False
    find(desk, "cbse_units_class_x")
    control = desk.form.editor("value").control
    control.setPlainText(control.toPlainText().replace("\nCircles\n", "\n"))
    desk.settle()
    assert desk.panel.effect == "Questions and templates that name Circles keep it; no new ones can."


def test_the_smallest_version_has_a_form_of_its_own(desk, place):
    find(desk, "minimum_program")
    assert desk.panel.heading == "Smallest version of the program"
    desk.write("version", "new")
    assert "1.4.2" in desk.form.faults["version"]
    desk.write("version", "0.0.7")
    desk.panel.reason.setText("it loses ink")
    desk.press("Ctrl+S")
    assert place.rows["minimum_program"].value["version"] == ""  # nobody would know what to do
    desk.form.editor("starts").write("2026-12-01")
    for name, words in (("english", "Ask Ravi."), ("hindi", "रवि से पूछिए।")):
        desk.form.editor(name).control.setPlainText(words)
    desk.settle()
    assert "nothing new comes until" in desk.panel.effect
    desk.press("Ctrl+S")
    assert place.rows["minimum_program"].value == {
        "version": "0.0.7", "from": "2026-12-01", "message": {"en": "Ask Ravi.", "hi": "रवि से पूछिए।"},
    }  # fmt: skip
    assert desk.screen.subject.text(place.rows["minimum_program"], 1) == "0.0.7 from Tue 1 Dec 2026"
    desk.write("version", "")
    assert desk.panel.effect == "Every version of the program may connect."


@pytest.mark.parametrize(
    ("key", "shown", "why"),
    [
        ("operation_schema", "min 1, max 3", "Its updates say so, nobody else."),
        ("recovery_public_key", "–", "and not typed here."),
        ("anonymous_marking", "yes", "no program shows them names."),
        ("web_banner", "hello, there", "The web platform keeps it."),
    ],
)
def test_what_no_form_keeps_is_shown_with_the_reason_and_cannot_be_typed_in(desk, place, key, shown, why):
    find(desk, key)
    assert desk.form.editor("value").typed == shown
    assert desk.form._notes["value"].text.endswith(why)
    before = place.rows[key]
    desk.press("Return", *"xyz")
    assert desk.form.editor("value").typed == shown
    assert not desk.screen.actions_by_id["record.save"].isEnabled()
    assert place.rows[key] == before
