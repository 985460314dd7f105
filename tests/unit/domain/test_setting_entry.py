"""Settings as they stand in a form: read, refused, and written as the database wants them."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.setting import SETTING_SHAPES, parse_setting
from mv_desktop.domain.setting_entry import (
    LIMITS,
    Entry,
    HoursDraft,
    ValueDraft,
    draft_of,
    entry_of,
    setting_faults,
    value_of,
)
from mv_desktop.domain.sla import WorkingHours
from mv_desktop.services.setting import shipped_settings

HOURS = draft_of("sla_working_hours", shipped_settings()["sla_working_hours"])


def test_what_ships_comes_back_as_it_was() -> None:
    for key, value in shipped_settings().items():
        draft = draft_of(key, value)
        assert setting_faults(draft) == ()
        if entry_of(key) is not Entry.FIXED:
            assert value_of(draft) == value
            parse_setting(key, value_of(draft))
    assert {key for key in SETTING_SHAPES if entry_of(key) is Entry.FIXED} == {
        "anonymous_marking", "operation_schema", "recovery_public_key",
    }  # fmt: skip


def test_hours_that_cannot_be_read_are_empty_and_a_fault() -> None:
    draft = draft_of("sla_working_hours", {"start": "soon", "weekly_off": "sunday"})
    assert isinstance(draft, HoursDraft)
    assert (draft.start, draft.end, draft.timezone, draft.basis, draft.sunday) == (None, None, "", "working_day", False)
    assert {fault.field for fault in setting_faults(draft)} == {"start", "end", "timezone"}
    assert {fault.field for fault in setting_faults(draft_of("sla_working_hours", None))} == {
        "start",
        "end",
        "timezone",
    }


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("end", {"start": time(19)}),
        ("end", {"end": time(9)}),
        ("timezone", {"timezone": "../etc"}),
        ("basis", {"basis": "moon"}),
        ("sunday", dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday"), True)),
    ],
)
def test_hours_that_leave_no_work_are_refused(field: str, values: dict) -> None:
    draft = replace(HOURS, **values)
    (fault,) = setting_faults(draft)
    assert fault.field == field
    with pytest.raises(InvalidError):
        value_of(draft)
    assert isinstance(WorkingHours.from_setting(value_of(HOURS)), WorkingHours)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sample_tolerance", Decimal("0.3")),
        ("sample_tolerance", Decimal("-0.5")),
        ("sample_tolerance", Decimal("99.5")),
        ("cbse_units_class_x", " \n "),
        ("cbse_units_class_x", "Circles\nCircles "),
        ("cbse_units_class_x", "x" * 101),
        ("cbse_units_class_x", "\n".join(map(str, range(101)))),
        ("evaluation_ui_stamps", "moon"),
        ("allowed_upload_mimetypes", "Image/JPEG"),
        ("notification_email_from", "  "),
        ("notification_email_from", "x" * 256),
        ("notification_email_from", "Maths"),
        ("aws_s3_region", "ap south"),
        ("exam_auto_submit_enabled", None),
    ],
)
def test_values_that_nobody_wants_are_refused(key: str, value: object) -> None:
    (fault,) = setting_faults(ValueDraft(key, value))
    assert fault.field == "value"
    assert fault.message.endswith(".")
    with pytest.raises(InvalidError):
        value_of(ValueDraft(key, value))


def test_numbers_lie_between_their_limits_and_what_cannot_be_read_is_empty() -> None:
    for key, (low, high) in LIMITS.items():
        assert [bool(setting_faults(ValueDraft(key, one))) for one in (low - 1, low, high, high + 1)] == [
            True, False, False, True,
        ]  # fmt: skip
        assert low <= shipped_settings()[key] <= high
        assert draft_of(key, "many").value is None
    with pytest.raises(InvalidError):
        value_of(draft_of("operation_schema", {"min": 1, "max": 3}))
