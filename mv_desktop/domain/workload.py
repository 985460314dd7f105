"""How long a teacher is expected to take for a script, in working time: her own median, else a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import UserId

FEWEST_SCRIPTS: Final = 3
"""Of fewer scripts a median says nothing."""

DEFAULT_WORK: Final[Mapping[ExamType, timedelta]] = {
    ExamType.BOARD_EXAM: timedelta(minutes=30),
    ExamType.SECTION_MCQ: timedelta(minutes=5),
    ExamType.SECTION_VSA: timedelta(minutes=10),
    ExamType.SECTION_SA: timedelta(minutes=15),
    ExamType.UNIT_PRACTICE: timedelta(minutes=15),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a teacher took for one kind of exam.

    Attributes:
        median: more than nothing.
        scripts: of how many.
    """

    median: timedelta
    scripts: int


@dataclass(frozen=True, slots=True)
class Paces:
    """What was measured, by teacher and kind of exam."""

    measured: Mapping[tuple[UserId, ExamType], Measured] = field(default_factory=dict)

    def expected(self, teacher: UserId | None, exam_type: ExamType) -> timedelta:
        """How long `teacher` is expected to take; the default when nobody has the script, or too little is known."""
        found = None if teacher is None else self.measured.get((teacher, exam_type))
        return DEFAULT_WORK[exam_type] if found is None or found.scripts < FEWEST_SCRIPTS else found.median
