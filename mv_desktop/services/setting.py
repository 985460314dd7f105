"""The system's settings (`system_config`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import JsonValue
from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop import __version__
from mv_desktop.core.errors import RefusedError, SetupError
from mv_desktop.core.paths import resource
from mv_desktop.domain.record import Opened
from mv_desktop.domain.setting_entry import ProgramDraft, SettingDraft, SettingRow, draft_of, value_of
from mv_desktop.services.record import Written, put_setting

_FILES = ("system_config.json", "later_config.json")
"""What a new database begins with: by the migration of the reference data, and by later ones."""
_ROWS = (
    "SELECT c.config_key, c.config_value, c.updated_at,"
    " coalesce(u.first_name || ' ' || u.last_name, '') AS changed_by"
    " FROM public.system_config c LEFT JOIN public.users u ON u.user_id = c.updated_by"
)
_TODAY = "SELECT (now() AT TIME ZONE 'Asia/Kolkata')::date"


def settings(session: Session) -> Mapping[str, Any]:
    """Every setting that the signed-in person or the worker may read, by key."""
    rows = session.execute(text("SELECT config_key, config_value FROM public.system_config"))
    return {row.config_key: row.config_value for row in rows}


def signed_url_minutes(session: Session) -> int:
    """How long a page's address stays valid, in minutes.

    Raises:
        SetupError: the setting is missing or no whole number.
    """
    value: Any = settings(session).get("s3_signed_url_expiry_minutes")
    try:
        return int(value)
    except (TypeError, ValueError):
        raise SetupError(
            "The setting s3_signed_url_expiry_minutes is missing or no whole number.",
            remedy="Ask an administrator to correct it.",
        ) from None


@cache
def shipped_settings() -> Mapping[str, JsonValue]:
    """What a new database begins with, by key."""
    rows = [row for name in _FILES for row in json.loads(resource("reference", name).read_text(encoding="utf-8"))]
    return {row["key"]: row["value"] for row in rows}


def setting_rows(session: Session) -> tuple[SettingRow, ...]:
    """Every setting with who changed it last, by key; for who keeps them."""
    return tuple(
        SettingRow(row.config_key, row.config_value, shipped_settings().get(row.config_key), *row[2:])
        for row in session.execute(text(f"{_ROWS} ORDER BY c.config_key"))
    )


def open_setting(session: Session, key: str) -> Opened[SettingDraft]:
    """A setting as it stands.

    Raises:
        RefusedError: there is none.
    """
    row = session.execute(text(f"{_ROWS} WHERE c.config_key = :key"), {"key": key}).one_or_none()
    if row is None:
        raise RefusedError("There is no such setting on the server.")
    draft = draft_of(key, row.config_value, shipped_settings().get(key))
    if isinstance(draft, ProgramDraft):
        draft = replace(draft, here=__version__, starts=draft.starts or session.scalar(text(_TODAY)))
    return Opened(key, row.updated_at, draft)


def put_draft(session: Session, opened: Opened[SettingDraft], draft: SettingDraft, reason: str) -> Written:
    """Write a setting.

    Raises:
        ConflictError: somebody was faster.
        InvalidError: the value does not fit.
    """
    return put_setting(session, opened.key, opened.seen, value_of(draft), reason)
