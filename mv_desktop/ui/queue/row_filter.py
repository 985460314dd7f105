"""Which scripts of the queue are shown: search, class, type of exam, state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mv_desktop.domain.evaluation import QueueRow, WorkState, searched_code

OPEN_STATES = frozenset({WorkState.NEW, WorkState.STARTED})
DONE_STATES = frozenset(WorkState) - OPEN_STATES

STATES: dict[WorkState, str] = {
    WorkState.NEW: "Not started",
    WorkState.STARTED: "Started",
    WorkState.SUBMITTED: "Submitted, being sent",
    WorkState.COMPLETED: "Completed",
    WorkState.MOVED: "Moved to somebody else",
    WorkState.HANDED_BACK: "Handed back",
}


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a teacher wants to see; empty strings and None mean "any".

    Attributes:
        search: part of a script code, or words that must stand in code or paper.
        done: show what is finished instead of what is open.
    """

    search: str = ""
    class_name: str = ""
    exam_type: str = ""
    state: WorkState | None = None
    done: bool = False

    @property
    def narrows(self) -> bool:
        """True when it could hide an open script."""
        return bool(self.search.strip() or self.class_name or self.exam_type or self.state)


def matching(rows: Iterable[QueueRow], wanted: RowFilter) -> tuple[QueueRow, ...]:
    """The rows that `wanted` lets through, in their order."""
    words, code = wanted.search.casefold().split(), searched_code(wanted.search)
    states = frozenset({wanted.state}) if wanted.state else (DONE_STATES if wanted.done else OPEN_STATES)
    return tuple(
        row
        for row in rows
        if row.state in states
        and wanted.class_name in {"", row.class_name}
        and wanted.exam_type in {"", row.exam_type}
        and (all(word in _searched(row) for word in words) or (code and code in row.script_code.replace("-", "")))
    )


def _searched(row: QueueRow) -> str:
    code = row.script_code.casefold()
    return f"{code} {code.replace('-', '')} {row.title.casefold()} {row.class_name.casefold()}"
