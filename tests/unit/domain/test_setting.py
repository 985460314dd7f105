"""The shared settings are read strictly, each in its own shape."""

import json

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.paths import resource
from mv_desktop.domain.setting import SETTING_SHAPES, ConfigValue, SchemaRange, WorkingHoursValue, parse_setting

HOURS = {"start": "09:00", "end": "18:00", "timezone": "Asia/Kolkata", "weekly_off": ["sunday"], "basis": "working_day"}


def test_every_shipped_setting_can_be_read():
    shipped = json.loads(resource("reference", "system_config.json").read_text(encoding="utf-8"))
    assert len(shipped) == 18
    for setting in shipped:
        assert parse_setting(setting["key"], setting["value"]) is not None


def test_working_hours_keep_what_a_newer_version_adds():
    hours = parse_setting("sla_working_hours", HOURS | {"lunch": ["13:00", "14:00"]})
    assert isinstance(hours, WorkingHoursValue)
    assert hours.weekly_off == ("sunday",)
    assert hours.model_dump(mode="json") == HOURS | {"lunch": ["13:00", "14:00"]}


def test_range_of_schemas_has_the_names_of_the_database():
    found = parse_setting("operation_schema", {"min": 1, "max": 3})
    assert found == SchemaRange(lowest=1, highest=3)
    assert found.model_dump(mode="json") == {"min": 1, "max": 3}


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("max_upload_size_mb", 5, 5),
        ("anonymous_marking", False, False),
        ("recovery_public_key", None, None),
        ("recovery_public_key", "age1", "age1"),
        ("evaluation_ui_stamps", ["tick", "star"], ("tick", "star")),
        ("evaluation_ui_stamps", [], ()),
    ],
)
def test_plain_values_come_as_they_are_and_lists_as_tuples(key, value, read):
    assert parse_setting(key, value) == read


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("max_upload_size_mb", "5"),
        ("max_upload_size_mb", True),
        ("max_upload_size_mb", 5.5),
        ("max_upload_size_mb", None),
        ("anonymous_marking", 1),
        ("anonymous_marking", "true"),
        ("aws_s3_region", ["ap-south-1"]),
        ("evaluation_ui_stamps", "tick"),
        ("evaluation_ui_stamps", ["tick", "skull"]),
        ("operation_schema", {"min": 1}),
        ("sla_working_hours", HOURS | {"weekly_off": "sunday"}),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(key, value):
    with pytest.raises(InvalidError, match=key) as caught:
        parse_setting(key, value)
    assert caught.value.remedy


def test_a_setting_that_the_program_does_not_know_has_no_shape():
    assert "colour_of_the_bikeshed" not in SETTING_SHAPES
    with pytest.raises(KeyError):
        parse_setting("colour_of_the_bikeshed", "red")


@pytest.mark.parametrize("value", [None, True, 5, "x", [1, None], {"a": {"b": []}}])
def test_any_json_may_be_the_value_of_some_setting(value):
    assert ConfigValue(value).model_dump(mode="json") == value
