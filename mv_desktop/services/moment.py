"""Moments as JSON carries them."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """The moment that PostgreSQL wrote into JSON, aware, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
