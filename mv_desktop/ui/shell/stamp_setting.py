"""Which stamps a teacher is offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mv_desktop.domain.annotation.shape import STAMP_NAMES, StampName


def offered_stamps(settings: Mapping[str, Any]) -> tuple[StampName, ...]:
    """The stamps that the server's setting names, in its order; names that this version does not know are left out."""
    offered = settings.get("evaluation_ui_stamps") or STAMP_NAMES
    return tuple(name for name in offered if name in STAMP_NAMES) or STAMP_NAMES
