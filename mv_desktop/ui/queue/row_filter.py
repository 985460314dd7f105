"""Which scripts of the queue are shown: search, class, type of exam, state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mv_desktop.domain.evaluation import QueueRow, WorkState, searched_code
from mv_desktop.ui.text import tr

OPEN_STATES = frozenset({WorkState.NEW, WorkState.STARTED})
DONE_STATES = frozenset(WorkState) - OPEN_STATES

EXAM_TYPES: dict[str, str] = {
    "board_exam": "Board exam",
    "section_mcq": "MCQ section",
    "section_vsa": "Very short answers",
    "section_sa": "Short answers",
    "unit_practice": "Unit practice",
}
"""What a teacher calls the database's types of exam."""

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


def exam_type_text(exam_type: str) -> str:
    """The type of exam in the language spoken; a type this version does not know as it is."""
    return tr(EXAM_TYPES[exam_type]) if exam_type in EXAM_TYPES else exam_type


def _searched(row: QueueRow) -> str:
    code = row.script_code.casefold()
    return f"{code} {code.replace('-', '')} {row.title.casefold()} {row.class_name.casefold()}"
