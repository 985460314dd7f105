"""Settings in memory, behind the office's port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import JsonValue

from mv_desktop.core.errors import ConflictError, OfflineError
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.record import Change, Difference, Opened
from mv_desktop.domain.setting_entry import ProgramDraft, SettingDraft, SettingRow, draft_of, value_of
from mv_desktop.services.setting import shipped_settings
from tests.fakes.plan_place import NOW


class FakeSettings:
    """A `SettingPlace` with what ships, what no form keeps, and one of another program's.

    Attributes:
        reachable: False cuts the network.
        rows, log: as the server has them.
        moves, moved: the deadlines that other working hours move, and those that moved.
    """

    def __init__(self) -> None:
        self.reachable = True
        values: dict[str, JsonValue] = {
            **shipped_settings(), "operation_schema": {"min": 1, "max": 3}, "web_banner": ["hello", "there"],
        }  # fmt: skip
        self.rows = {key: SettingRow(key, value, shipped_settings().get(key), NOW) for key, value in values.items()}
        self.moves: tuple[Move, ...] = ()
        self.moved: tuple[Move, ...] = ()
        self.log: dict[str, list[Change]] = {key: [] for key in self.rows}

    def put(self, key: str, value: JsonValue, by: str, reason: str) -> None:
        """Somebody changes it."""
        before = self.rows[key]
        at: datetime = before.changed_at + timedelta(minutes=1)
        number = sum(map(len, self.log.values())) + 1
        difference = Difference("config_value", before.value, value)
        self.log[key].insert(0, Change(UUID(int=number), at, by, "setting.changed", reason, (difference,)))
        self.rows[key] = replace(before, value=value, changed_at=at, changed_by=by)

    # -- the place -------------------------------------------------------------------------------------------

    def all(self) -> tuple[SettingRow, ...]:
        self._reach()
        return tuple(self.rows.values())

    def open(self, key: str) -> Opened[SettingDraft]:
        self._reach()
        row = self.rows[key]
        draft = draft_of(key, row.value, row.default)
        if isinstance(draft, ProgramDraft):
            draft = replace(draft, here="0.1.0", starts=draft.starts or NOW.date())
        return Opened(key, row.changed_at, draft)

    def save(self, opened: Opened[SettingDraft], draft: SettingDraft, reason: str) -> None:
        self._reach()
        if self.rows[opened.key].changed_at != opened.seen:
            raise ConflictError("Asha Rao has changed this meanwhile. Nothing was saved.", remedy="Look at it again.")
        self.put(opened.key, value_of(draft), "Me", reason)

    def consequence(self, opened: Opened[SettingDraft], draft: SettingDraft) -> Consequence:
        self._reach()
        return Consequence("as it is", self.moves)

    def save_hours(
        self, opened: Opened[SettingDraft], draft: SettingDraft, state: str, moving: Sequence[Move], reason: str
    ) -> None:
        self.moved = tuple(moving)
        self.save(opened, draft, reason)

    def changes(self, key: str) -> tuple[Change, ...]:
        self._reach()
        return tuple(self.log[key])

    def _reach(self) -> None:
        if not self.reachable:
            raise OfflineError("The server cannot be reached.")
