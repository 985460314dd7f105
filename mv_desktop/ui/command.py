"""What a command is, and where and by whom it can be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """Where a command can be given."""

    EVERYWHERE = "everywhere"
    QUEUE = "queue"
    MARKING = "marking"
    BANK = "bank"
    CONFLICT = "conflict"
    NOTICES = "notices"
    BOARD = "board"
    CASES = "cases"
    REPORT = "report"
    QUALITY = "quality"
    SECOND = "second"
    RECORD = "record"
    INSIGHT = "insight"


SCOPE_TITLES: Mapping[Scope, str] = {
    Scope.EVERYWHERE: "Everywhere",
    Scope.QUEUE: "Queue",
    Scope.MARKING: "Marking",
    Scope.BANK: "Comment bank",
    Scope.CONFLICT: "Two marks of a question",
    Scope.NOTICES: "Notices",
    Scope.BOARD: "Board",
    Scope.CASES: "Cases",
    Scope.REPORT: "Reports",
    Scope.QUALITY: "Quality",
    Scope.SECOND: "Second marking",
    Scope.RECORD: "Office",
    Scope.INSIGHT: "Insight",
}

EVERYONE = frozenset({"teacher", "coordinator", "admin"})
TEACHING = frozenset({"teacher"})
COORDINATING = frozenset({"coordinator"})
OFFICE = frozenset({"coordinator", "admin"})
ADMINISTERING = frozenset({"admin"})
KEEPING = frozenset({"teacher", "admin"})
"""Who keeps records: admins those of the office, teachers the questions they write."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can tell the program to do.

    Attributes:
        command_id: its name in settings and in code, "scope.what".
        text: what it does, in English, as a menu or the palette says it.
        keys: default keys in Qt's portable spelling; the first is the one that is shown.
        roles: who may give it.
    """

    command_id: str
    text: str
    keys: tuple[str, ...] = ()
    scope: Scope = Scope.EVERYWHERE
    roles: frozenset[str] = field(default=EVERYONE)
