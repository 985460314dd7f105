"""What stands in the audit log beside who, when and on what."""

from __future__ import annotations

from pydantic import JsonValue

from mv_desktop.domain.question import Stored


class Change(Stored):
    """One field before and after."""

    old: JsonValue = None
    new: JsonValue = None


class EventData(Stored):
    """`audit_logs.event_data`; an event may add fields of its own.

    Attributes:
        login: the database login that did it.
        program: the program and its version, as it named itself.
        reason: why, in the person's words, where a reason is asked for.
        changes: the changed fields.
    """

    login: str | None = None
    program: str | None = None
    reason: str | None = None
    changes: dict[str, Change] | None = None
