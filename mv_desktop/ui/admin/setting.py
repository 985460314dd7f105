"""Settings in the office: each with an editor of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from pydantic import JsonValue

from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.record import Change, Fault, Opened, Slice, Wanted
from mv_desktop.domain.setting_entry import (
    LIMITS,
    Entry,
    HoursDraft,
    ProgramDraft,
    SettingDraft,
    SettingRow,
    ValueDraft,
    draft_of,
    entry_of,
    setting_faults,
)
from mv_desktop.ui.admin.choice_words import choice_text
from mv_desktop.ui.admin.field import Field, Kind
from mv_desktop.ui.admin.setting_field import GROUPS, HOURS, PROGRAM, SETTING_FIELDS
from mv_desktop.ui.admin.subject import Choice, Column, Subject
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import day
from mv_desktop.ui.widgets.keyed_model import Sign

_OTHERS = Field(
    "value", "Setting of another program", Kind.LINES, read_only=True, lines=2,
    help="This program does not use it. The web platform keeps it.",
)  # fmt: skip


class SettingPlace(Protocol):
    """As `offline.office.setting.Settings`."""

    def all(self) -> tuple[SettingRow, ...]:
        """Every setting."""
        ...

    def open(self, key: str) -> Opened[SettingDraft]:
        """One of them."""
        ...

    def save(self, opened: Opened[SettingDraft], draft: SettingDraft, reason: str) -> None:
        """Write it."""
        ...

    def consequence(self, opened: Opened[SettingDraft], draft: SettingDraft) -> Consequence:
        """Which deadlines move by other working hours."""
        ...

    def save_hours(
        self, opened: Opened[SettingDraft], draft: SettingDraft, state: str, moving: Sequence[Move], reason: str
    ) -> None:
        """Write other working hours, and move these deadlines with them."""
        ...

    def changes(self, key: str) -> tuple[Change, ...]:
        """What was changed of it."""
        ...


class SettingSubject(Subject):
    """None is ever made or taken away here: programs ask for them by name."""

    kind = "setting"
    title = "Settings"
    columns = (
        Column("Setting"),
        Column("Value", "09:00–18:00, closed on Sun"),
        Column("By default", "09:00–18:00, closed on Sun"),
        Column("Changed by", "Lakshmi Narayanan"),
    )
    choices = (Choice("group", "Part", GROUPS),)

    def __init__(self, place: SettingPlace) -> None:
        self._place = place

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: SettingRow) -> str:
        return row.key

    def text(self, row: SettingRow, column: int) -> str:
        if column == 0:
            return _label(row.key)
        if column == 3:
            return row.changed_by
        value = row.value if column == 1 else row.default
        return _told(value, SETTING_FIELDS[row.key][1].unit if row.key in SETTING_FIELDS else "")

    def sign(self, row: SettingRow, column: int) -> Sign | None:
        return Sign("lock", "muted") if column == 0 and entry_of(row.key) is Entry.FIXED else None

    def color(self, row: SettingRow, column: int) -> ColorRole | None:
        return "muted" if column == 2 or entry_of(row.key) is Entry.FIXED else None

    def name(self, draft: SettingDraft) -> str:
        return _label(draft.key)

    def fields_of(self, draft: SettingDraft) -> Sequence[Field]:
        if isinstance(draft, HoursDraft):
            return _hours_fields(draft)
        if isinstance(draft, ProgramDraft):
            return PROGRAM
        field = _field(draft.key)
        if field.read_only:
            return (field,)
        default = "" if draft.default is None else _told(draft.default, field.unit)
        return (replace(field, limits=LIMITS.get(draft.key), default=default),)

    def faults(self, draft: SettingDraft) -> Sequence[Fault]:
        return setting_faults(draft)

    def effect(self, draft: SettingDraft, before: SettingDraft | None) -> str:
        """What is felt of it elsewhere, where that is not what one would think."""
        if isinstance(draft, HoursDraft):
            return tr("Scripts that come from now on are promised by them; of deadlines that run you are asked.")
        if isinstance(draft, ProgramDraft):
            if not draft.version.strip():
                return tr("Every version of the program may connect.")
            return tr(
                "Whoever has an older program sends what was done and reads what is on the computer; nothing new comes "
                "until there is a newer one, and office and board are closed. This program is {version}.",
                version=draft.here,
            )
        if isinstance(before, ValueDraft) and draft.key.startswith("cbse_units_"):
            gone = sorted(set(str(before.value).splitlines()) - set(str(draft.value).splitlines()))
            if gone:
                return tr("Questions and templates that name {units} keep it; no new ones can.", units=", ".join(gone))
        return ""

    def weighs(self, draft: SettingDraft | None) -> bool:
        return isinstance(draft, HoursDraft)

    @property
    def labels(self) -> Mapping[str, str]:
        return {"config_value": "Value"}

    def put_back(self, draft: SettingDraft, columns: Mapping[str, JsonValue]) -> Mapping[str, object]:
        if entry_of(draft.key) is Entry.FIXED or "config_value" not in columns:
            return {}
        before = draft_of(draft.key, columns["config_value"], draft.default)
        return {field.name: getattr(before, field.name) for field in self.fields_of(draft)}

    def difference(self, column: str, value: object) -> str:
        del column
        if not isinstance(value, dict) or not {"timezone", "basis"} <= value.keys():
            return _told(value)
        # a list has no room for these, yet either may be all that was changed
        basis = str(value["basis"])
        return f"{_told(value)}; {value['timezone']}; {choice_text('setting', 'basis', basis) or basis}"

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: SettingRow | None) -> Slice[SettingRow]:
        del after  # there are fewer than fit on two screens
        words, group = wanted.words.casefold(), wanted.choices.get("group")
        rows = [
            row
            for row in self._place.all()
            if group in {None, _group(row.key)}
            and words in f"{_label(row.key)} {tr(_field(row.key).help)} {row.key}".casefold()
        ]
        return Slice(tuple(sorted(rows, key=_order)))

    def open(self, key: str) -> Opened[SettingDraft]:
        opened = self._place.open(key)
        draft = opened.draft
        if isinstance(draft, ValueDraft) and entry_of(key) is Entry.FIXED:
            return replace(opened, draft=replace(draft, value=_told(draft.value)))  # it is only shown
        return opened

    def save(self, opened: Opened[SettingDraft] | None, draft: SettingDraft, reason: str) -> str:
        if opened is None:
            raise TypeError("no setting is made here")
        self._place.save(opened, draft, reason)
        return opened.key

    def consequence(self, opened: Opened[SettingDraft] | None, draft: SettingDraft) -> Consequence:
        if opened is None:
            raise TypeError("no setting is made here")
        return self._place.consequence(opened, draft)

    def save_weighed(
        self,
        opened: Opened[SettingDraft] | None,
        draft: SettingDraft,
        reason: str,
        seen: Consequence,
        moving: Sequence[Move],
    ) -> str:
        if opened is None:
            raise TypeError("no setting is made here")
        self._place.save_hours(opened, draft, seen.state, moving, reason)
        return opened.key

    def changes(self, key: str) -> Sequence[Change]:
        return self._place.changes(key)


def _field(key: str) -> Field:
    return SETTING_FIELDS[key][1] if key in SETTING_FIELDS else _OTHERS


def _label(key: str) -> str:
    return tr(SETTING_FIELDS[key][1].label) if key in SETTING_FIELDS else key


def _group(key: str) -> str:
    return SETTING_FIELDS[key][0] if key in SETTING_FIELDS else "other"


def _order(row: SettingRow) -> tuple[int, str]:
    return [name for name, _ in GROUPS].index(_group(row.key)), _label(row.key)


def _hours_fields(draft: HoursDraft) -> tuple[Field, ...]:
    default = draft_of(draft.key, draft.default)
    said = {name: field.typed(getattr(default, name)) for field in HOURS[:4] for name in (field.name,)}
    said["basis"] = choice_text("setting", "basis", said["basis"]) or ""
    return tuple(replace(field, default=said.get(field.name, "")) for field in HOURS)


def _told(value: object, unit: str = "") -> str:
    """A value in words: never as it stands in the database."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return _told_parts(value)
    return f"{value} {tr(unit)}" if unit else str(value)


def _told_parts(value: Mapping[str, object]) -> str:
    if {"version", "from"} <= value.keys():
        if not value["version"]:
            return tr("every version")
        since = date.fromisoformat(str(value["from"]))
        return tr("{version} from {day}", version=value["version"], day=day(since, year=True))
    if {"start", "end", "weekly_off"} <= value.keys() and isinstance(value["weekly_off"], list):
        off = [choice_text("setting", "weekly_off", str(day)) or str(day) for day in value["weekly_off"]]
        hours = f"{value['start']}–{value['end']}"
        return tr("{hours}, closed on {days}", hours=hours, days=", ".join(off)) if off else hours
    return ", ".join(f"{name} {_told(part)}" for name, part in value.items())
