"""Settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

from mv_desktop.domain.holiday import Consequence, HoursChange, Move
from mv_desktop.domain.record import Change, Opened
from mv_desktop.domain.setting_entry import SettingDraft, SettingRow, value_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Settings:
    """As `services.setting`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def all(self) -> tuple[SettingRow, ...]:
        """Every setting."""
        from mv_desktop.services.setting import setting_rows

        with self._connect() as session:
            return setting_rows(session)

    def open(self, key: str) -> Opened[SettingDraft]:
        """One of them."""
        from mv_desktop.services.setting import open_setting

        with self._connect() as session:
            return open_setting(session, key)

    def save(self, opened: Opened[SettingDraft], draft: SettingDraft, reason: str) -> None:
        """Write it."""
        from mv_desktop.services.setting import put_draft

        with self._connect() as session:
            put_draft(session, opened, draft, reason)

    def consequence(self, opened: Opened[SettingDraft], draft: SettingDraft) -> Consequence:
        """Which deadlines move by other working hours."""
        from mv_desktop.services.calendar import consequence

        with self._connect() as session:
            return consequence(session, (), HoursChange(opened.seen, value_of(draft)))

    def save_hours(
        self, opened: Opened[SettingDraft], draft: SettingDraft, state: str, moving: Sequence[Move], reason: str
    ) -> None:
        """Write other working hours, and move these deadlines with them."""
        from mv_desktop.services.calendar import put_calendar

        with self._connect() as session:
            put_calendar(session, state, (), moving, reason, HoursChange(opened.seen, value_of(draft)))

    def changes(self, key: str) -> tuple[Change, ...]:
        """What was changed of it, the newest first; by whom stands there anyway."""
        from mv_desktop.services.change import changes_of

        with self._connect() as session:
            found = changes_of(session, "setting", key)
        return tuple(
            replace(change, differences=tuple(one for one in change.differences if one.column == "config_value"))
            for change in found
        )
