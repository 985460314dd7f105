"""Work that came from a teacher who has the script no more, as who coordinates sees it before she decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mv_desktop.domain.identifier import EvaluationId, UserId


@dataclass(frozen=True, slots=True)
class Piece:
    """One teacher's work on a script in one assignment."""

    evaluation_id: EvaluationId
    teacher_user_id: UserId
    work_version: int


@dataclass(frozen=True, slots=True)
class KeptWork:
    """What the list says of a piece; `waiting` operations of it are still undecided."""

    piece: Piece
    teacher: str
    present_teacher: str
    operations: int
    waiting: int
    reasons: tuple[str, ...]
    submitted: bool
    last_at: datetime


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question as its former teacher left it, beside what stands now; number 0 is what belongs to no question.

    The mappings are as the server holds them: payloads of marks, bodies of annotations, decisions with who and why.
    """

    number: int
    waiting: int
    marks: tuple[Mapping[str, Any], ...]
    annotations: tuple[Mapping[str, Any], ...]
    present_marks: tuple[Mapping[str, Any], ...]
    present_annotations: tuple[Mapping[str, Any], ...]
    decisions: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class RefusedWork:
    """So many operations of a teacher's, on so many scripts, that the server refused for one reason."""

    teacher_user_id: UserId
    teacher: str
    reason: str
    operations: int
    scripts: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class KeptReading:
    """A piece as it was read; what is decided is decided about this state and no other.

    `replaces`: another teacher has begun, so that a question that is taken takes the place of hers.
    """

    piece: Piece
    assignment_version: int
    version: int
    seen: str
    replaces: bool
    questions: tuple[KeptQuestion, ...]
    others: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """The questions that were taken, and by question why others were not: these wait on."""

    questions: tuple[int, ...]
    left: Mapping[int, str]
