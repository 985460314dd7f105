"""The system's settings (`system_config`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import SetupError


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
