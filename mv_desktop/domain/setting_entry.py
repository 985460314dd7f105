"""The shared settings as admins keep them: what stands in the form of each, and what it must not be."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from decimal import Decimal
from email.utils import parseaddr
from enum import StrEnum
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.annotation.shape import STAMP_NAMES
from mv_desktop.domain.program import LONGEST_MESSAGE, is_older, is_version
from mv_desktop.domain.record import Fault
from mv_desktop.domain.setting import parse_setting
from mv_desktop.domain.sla import WEEKDAYS, Basis

_LONGEST_WORD = 100
"""A unit of the bank, as `questions.unit` can hold it."""
_LONGEST_TEXT = 255
_MOST_WORDS = 100
_HALF = Decimal("0.5")
_MOST_MARKS = Decimal(99)


class Entry(StrEnum):
    """How the value of a setting is entered."""

    HOURS = "hours"
    NUMBER = "number"
    SWITCH = "switch"
    TEXT = "text"
    WORDS = "words"
    MARKS = "marks"
    PROGRAM = "program"
    FIXED = "fixed"
    """It is shown, and kept by something else than a form."""


class Limits(NamedTuple):
    """Between which whole numbers a value lies, both ends included."""

    low: int
    high: int


LIMITS: dict[str, Limits] = {
    "leaderboard_top_n": Limits(1, 1000),
    "max_upload_size_mb": Limits(1, 100),
    "analytics_refresh_hour": Limits(0, 23),
    "analytics_retention_days": Limits(30, 3650),
    "exam_grace_period_minutes": Limits(0, 120),
    "session_timeout_minutes": Limits(1, 1440),
    "max_login_attempts": Limits(1, 100),
    "s3_signed_url_expiry_minutes": Limits(1, 1440),
    "max_pages_per_script": Limits(1, 1000),
    "max_page_megapixels": Limits(1, 400),
    "sample_first": Limits(0, 100),
    "sample_percent": Limits(0, 100),
}
"""Of each setting that is a number."""

_ENTRIES: dict[str, Entry] = dict.fromkeys(LIMITS, Entry.NUMBER) | {
    "sla_working_hours": Entry.HOURS,
    "exam_auto_submit_enabled": Entry.SWITCH,
    "notifications_enabled": Entry.SWITCH,
    "question_approval_required": Entry.SWITCH,
    "notification_email_from": Entry.TEXT,
    "aws_s3_region": Entry.TEXT,
    "allowed_upload_mimetypes": Entry.WORDS,
    "evaluation_ui_stamps": Entry.WORDS,
    "cbse_units_class_xii": Entry.WORDS,
    "cbse_units_class_x": Entry.WORDS,
    "minimum_program": Entry.PROGRAM,
    "sample_tolerance": Entry.MARKS,
    "sample_tolerance_long": Entry.MARKS,
}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting in the list.

    Attributes:
        value: as the database has it.
        default: as it is shipped; None where the program ships none.
        changed_by: who changed it last, "" where nobody did.
    """

    key: str
    value: JsonValue
    default: JsonValue
    changed_at: datetime
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class ValueDraft:
    """A setting of one value.

    Attributes:
        value: a number, a switch, words, or one word a line; None where what stands there cannot be read.
        default: as it is shipped, in JSON; not written.
    """

    key: str
    value: Any
    default: JsonValue = None


@dataclass(frozen=True, slots=True)
class HoursDraft:
    """The working hours; a weekday that is true is closed every week."""

    key: str
    start: time | None
    end: time | None
    timezone: str
    basis: str
    monday: bool
    tuesday: bool
    wednesday: bool
    thursday: bool
    friday: bool
    saturday: bool
    sunday: bool
    default: JsonValue = None


@dataclass(frozen=True, slots=True)
class ProgramDraft:
    """The smallest version of the program that may connect.

    Attributes:
        version: "" lets every version connect; what is told is kept for the next time.
        starts: from which day on.
        english, hindi: what whoever has an older program is told; without Hindi the English.
        here: the version of the program that is used for this, which must be able to go on; "" where nobody says.
    """

    key: str
    version: str
    starts: date | None
    english: str
    hindi: str
    here: str = ""
    default: JsonValue = None


SettingDraft = ValueDraft | HoursDraft | ProgramDraft


def entry_of(key: str) -> Entry:
    """How a setting is entered; what this program does not know, and what no form keeps, is fixed."""
    return _ENTRIES.get(key, Entry.FIXED)


def draft_of(key: str, value: JsonValue, default: JsonValue = None) -> SettingDraft:
    """What stands in the form of a setting."""
    entry = entry_of(key)
    if entry is Entry.HOURS:
        return _hours(key, value, default)
    if entry is Entry.FIXED:
        return ValueDraft(key, value, default)
    if entry is Entry.PROGRAM:
        return _program(key, value, default)
    try:
        read = parse_setting(key, value)
    except InvalidError:
        return ValueDraft(key, None, default)
    if entry is Entry.WORDS:
        read = "\n".join(read)
    elif entry is Entry.MARKS:
        read = Decimal(read)
    return ValueDraft(key, read, default)


def value_of(draft: SettingDraft) -> JsonValue:
    """What a draft is in the database.

    Raises:
        InvalidError: something is wrong with it, or no form keeps it.
    """
    if entry_of(draft.key) is Entry.FIXED or setting_faults(draft):
        raise InvalidError("This setting cannot be saved so.")
    if isinstance(draft, HoursDraft):
        return {
            "start": cast(time, draft.start).isoformat("minutes"),
            "end": cast(time, draft.end).isoformat("minutes"),
            "timezone": draft.timezone,
            "weekly_off": [day for day in WEEKDAYS if getattr(draft, day)],
            "basis": draft.basis,
        }
    if isinstance(draft, ProgramDraft):
        return _program_value(draft)
    value: JsonValue = draft.value
    match entry_of(draft.key):
        case Entry.WORDS:
            value = list(_words(draft.value))
        case Entry.MARKS:
            value = f"{draft.value.normalize():f}"
    return value


def setting_faults(draft: SettingDraft) -> tuple[Fault, ...]:
    """What a setting must not be, field by field."""
    if isinstance(draft, HoursDraft):
        return tuple(_hours_faults(draft))
    if isinstance(draft, ProgramDraft):
        return tuple(_program_faults(draft))
    if entry_of(draft.key) is Entry.FIXED:
        return ()
    if draft.value is None:
        return (Fault("value", "Something must be entered here."),)
    match entry_of(draft.key):
        case Entry.NUMBER:
            low, high = LIMITS[draft.key]
            message = "" if low <= draft.value <= high else Worded("Between {low} and {high}.", low=low, high=high)
        case Entry.MARKS:
            right = 0 <= draft.value <= _MOST_MARKS and draft.value % _HALF == 0
            message = "" if right else "Marks go in steps of a half, from 0 to 99."
        case Entry.WORDS:
            message = _words_fault(draft.key, _words(draft.value))
        case Entry.TEXT:
            message = _text_fault(draft.key, draft.value)
        case _:
            message = ""
    return (Fault("value", message),) if message else ()


def _hours(key: str, value: JsonValue, default: JsonValue) -> HoursDraft:
    """What can be read of them; the rest is empty, and a fault."""
    found = value if isinstance(value, dict) else {}
    off = found.get("weekly_off")
    closed = {str(day).lower() for day in off} if isinstance(off, list) else set()
    return HoursDraft(
        key,
        _time(found.get("start")),
        _time(found.get("end")),
        str(found.get("timezone") or ""),
        str(found.get("basis") or Basis.WORKING_DAY.value),
        **{day: day in closed for day in WEEKDAYS},
        default=default,
    )


def _time(value: JsonValue) -> time | None:
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        return None


def _hours_faults(draft: HoursDraft) -> list[Fault]:
    found = [
        Fault(name, "Enter a time of the day, such as 09:00.")
        for name, value in (("start", draft.start), ("end", draft.end))
        if value is None
    ]
    if draft.start is not None and draft.end is not None and draft.start >= draft.end:
        found.append(Fault("end", "The day must end after it begins."))
    if not _is_zone(draft.timezone):
        found.append(Fault("timezone", "There is no such time zone; India's is Asia/Kolkata."))
    if draft.basis not in tuple(Basis):
        found.append(Fault("basis", "Choose one of these."))
    if all(getattr(draft, day) for day in WEEKDAYS):
        found.append(Fault("sunday", "One day of the week at least must be a working day."))
    return found


def _program(key: str, value: JsonValue, default: JsonValue) -> ProgramDraft:
    """What can be read of it; the rest is empty, and a fault."""
    found = value if isinstance(value, dict) else {}
    message = found.get("message")
    words = message if isinstance(message, dict) else {}
    try:
        starts = date.fromisoformat(str(found.get("from")))
    except ValueError:
        starts = None
    return ProgramDraft(
        key,
        str(found.get("version") or ""),
        starts,
        str(words.get("en") or ""),
        str(words.get("hi") or ""),
        default=default,
    )


def _program_value(draft: ProgramDraft) -> JsonValue:
    version = draft.version.strip()
    return {
        "version": version,
        "from": cast(date, draft.starts).isoformat() if version else "",
        "message": {"en": draft.english.strip(), "hi": draft.hindi.strip()},
    }


def _program_faults(draft: ProgramDraft) -> list[Fault]:
    version = draft.version.strip()
    found = [
        Fault(name, "At most 500 letters.")
        for name, words in (("english", draft.english), ("hindi", draft.hindi))
        if len(words) > LONGEST_MESSAGE
    ]
    if not version:
        return found
    if not is_version(version):
        found.append(Fault("version", "A version is written like 1.4 or 1.4.2."))
    elif draft.here and is_older(draft.here, version):
        found.append(
            Fault("version", Worded("This program is {version} itself and would be shut out.", version=draft.here))
        )
    if draft.starts is None:
        found.append(Fault("starts", "Choose a day."))
    if not draft.english.strip():
        found.append(Fault("english", "Say what they are to do."))
    return found


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _words(typed: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in typed.splitlines() if word.strip())


def _words_fault(key: str, words: tuple[str, ...]) -> str:
    twice = next((word for number, word in enumerate(words) if word in words[:number]), "")
    long = next((word for word in words if len(word) > _LONGEST_WORD), "")
    if not words:
        return "One line at least is needed."
    if twice:
        return Worded("“{word}” stands there twice.", word=twice)
    if key == "evaluation_ui_stamps" and set(words) - set(STAMP_NAMES):
        return Worded("Only these can be used: {words}.", words=", ".join(STAMP_NAMES))
    if key == "allowed_upload_mimetypes" and not all(re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", word) for word in words):
        return "A kind of file is written like image/jpeg."
    if long:
        return Worded("“{word}” is too long: at most 100 letters.", word=long[:_LONGEST_WORD])
    return "At most 100 lines." if len(words) > _MOST_WORDS else ""


def _text_fault(key: str, words: str) -> str:
    if not words.strip():
        return "Something must be entered here."
    if len(words) > _LONGEST_TEXT:
        return "At most 255 letters."
    address = parseaddr(words)[1]
    if key == "notification_email_from" and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        return "Write it as Name <name@example.org>."
    if key == "aws_s3_region" and not re.fullmatch(r"[a-z0-9-]+", words):
        return "A region is written like ap-south-1."
    return ""


HOURS_FIELDS = tuple(one.name for one in fields(HoursDraft) if one.name not in {"key", "default"})
"""Of the working hours, in the order of the form."""
PROGRAM_FIELDS = ("version", "starts", "english", "hindi")
"""Of the smallest version, in the order of the form."""
