"""The shared settings: what the values of `system_config` look like."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, JsonValue, RootModel, TypeAdapter, ValidationError, model_validator

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.shape import StampName
from mv_desktop.domain.program import LONGEST_MESSAGE, is_day, is_version
from mv_desktop.domain.question import Stored


class ConfigValue(RootModel[JsonValue]):
    """`system_config.config_value`: any JSON value, null included; `parse_setting` knows which shape a key has."""


class WorkingHoursValue(Stored):
    """`sla_working_hours`; `domain/sla.py` reads its meaning."""

    start: str
    end: str
    timezone: str
    weekly_off: tuple[str, ...]
    basis: str = "working_day"


class SchemaRange(Stored):
    """`operation_schema`: the versions of operations that the server accepts, both ends included."""

    lowest: int = Field(alias="min")
    highest: int = Field(alias="max")


class ProgramMessage(Stored):
    """What whoever has an older program is told, in English and, where an admin wrote it, in Hindi."""

    en: Annotated[str, Field(max_length=LONGEST_MESSAGE)]
    hi: Annotated[str, Field(max_length=LONGEST_MESSAGE)] = ""


class MinimumProgramValue(Stored):
    """`minimum_program`: the smallest version that may connect, and from which day on; version "": any may."""

    version: str
    starts: str = Field(alias="from")
    message: ProgramMessage

    @model_validator(mode="after")
    def _whole(self) -> MinimumProgramValue:
        if self.version and not (is_version(self.version) and is_day(self.starts) and self.message.en.strip()):
            raise ValueError("something of it is missing")
        return self


MINUTES = TypeAdapter(Annotated[int, Field(ge=1, le=1440)])
"""Of what protects for as long as it lasts: without an end it would protect nothing."""

PERCENT = TypeAdapter(Annotated[int, Field(ge=0, le=100)])
"""A share, or a small count."""

TOLERANCE = TypeAdapter(Annotated[str, Field(pattern=r"^[0-9]{1,2}([.][05])?$")])
"""Marks, in steps of a half; a decimal string like all marks in JSON."""

SETTING_SHAPES: dict[str, TypeAdapter[Any]] = {
    "sla_working_hours": TypeAdapter(WorkingHoursValue),
    "leaderboard_top_n": TypeAdapter(int),
    "max_upload_size_mb": TypeAdapter(int),
    "allowed_upload_mimetypes": TypeAdapter(tuple[str, ...]),
    "evaluation_ui_stamps": TypeAdapter(tuple[StampName, ...]),
    "analytics_refresh_hour": TypeAdapter(int),
    "analytics_retention_days": TypeAdapter(int),
    "exam_auto_submit_enabled": TypeAdapter(bool),
    "exam_grace_period_minutes": TypeAdapter(int),
    "notifications_enabled": TypeAdapter(bool),
    "notification_email_from": TypeAdapter(str),
    "question_approval_required": TypeAdapter(bool),
    "session_timeout_minutes": MINUTES,
    "max_login_attempts": TypeAdapter(Annotated[int, Field(ge=1, le=100)]),
    "aws_s3_region": TypeAdapter(str),
    "s3_signed_url_expiry_minutes": MINUTES,
    "cbse_units_class_xii": TypeAdapter(tuple[str, ...]),
    "cbse_units_class_x": TypeAdapter(tuple[str, ...]),
    "anonymous_marking": TypeAdapter(bool),
    "recovery_public_key": TypeAdapter(str | None),
    "minimum_program": TypeAdapter(MinimumProgramValue),
    "operation_schema": TypeAdapter(SchemaRange),
    "max_pages_per_script": TypeAdapter(int),
    "max_page_megapixels": TypeAdapter(int),
    "sample_first": PERCENT,
    "sample_percent": PERCENT,
    "sample_tolerance": TOLERANCE,
    "sample_tolerance_long": TOLERANCE,
}
"""The shape of each setting that this program reads."""


def parse_setting(key: str, value: JsonValue) -> Any:  # noqa: ANN401 (each key has a type of its own)
    """The value of the setting `key`, checked.

    Raises:
        InvalidError: the value does not have the setting's shape.
        KeyError: the program knows no such setting.
    """
    try:
        # Strict about JSON's own types: "5" is not 5, and 1 is not true.
        return SETTING_SHAPES[key].validate_python(_tupled(value), strict=True)
    except ValidationError as error:
        raise InvalidError(
            f"The setting “{key}” cannot be read.", remedy="An admin can correct it in the settings."
        ) from error


def _tupled(value: JsonValue) -> Any:  # noqa: ANN401
    """`value` with tuples for lists, which is what strict validation takes for a tuple."""
    if isinstance(value, list):
        return tuple(_tupled(item) for item in value)
    if isinstance(value, dict):
        return {key: _tupled(item) for key, item in value.items()}
    return value
