"""What passes between this computer and the server, as plain data.

The journal makes what is sent, the mirror keeps what is received, and `services` carries both; none of them needs
to know how the others work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, FlagId, OperationId, UploadId, UserId
from mv_desktop.domain.marks import MarkState
from mv_desktop.domain.program import Outdated
from mv_desktop.domain.returned import Returned
from mv_desktop.domain.sla import Holiday

MAX_OPERATIONS = 50
"""How many operations one call may carry."""


class StaffRole(StrEnum):
    """The roles of people who may sign in; the values are the database's."""

    TEACHER = "teacher"
    ADMIN = "admin"


class VerdictKind(StrEnum):
    """What the server says of an operation.

    The first five are final: the server has stored them. The others are about the delivery: nothing was stored,
    and nothing after that operation was looked at.
    """

    APPLIED = "applied"
    KEPT = "kept"
    """Not hers any more: stored for the coordinator, without effect on the script."""
    REFUSED = "refused"
    HELD = "held"
    """A submission that does not agree with what the server has: the script stays open."""
    CONFLICT = "conflict"
    """The question was marked otherwise on her other computer: stored beside that mark until she decides."""
    GAP = "gap"
    SEQ_REUSED = "seq_reused"
    UNSUPPORTED_SCHEMA = "unsupported_schema"
    STREAM_NOT_YOURS = "stream_not_yours"
    UNKNOWN = "unknown"
    """A word that this version does not know: the operation waits for a newer program."""

    @property
    def final(self) -> bool:
        """True when the operation is answered and need not be sent again."""
        return self in _FINAL


_FINAL = frozenset({VerdictKind.APPLIED, VerdictKind.KEPT, VerdictKind.REFUSED, VerdictKind.HELD, VerdictKind.CONFLICT})


@dataclass(frozen=True, slots=True)
class SentOperation:
    """An operation as it goes to the server.

    Attributes:
        seq: its place in its stream, from 1, without gaps.
        assignment_version, base_version: the state of the evaluation that it was made on.
        payload: see `domain.operation.to_payload`.
        schema: the version of the payload's shape.
        wall: the computer's clock when it was made, aware.
        beacon_id: the last clock beacon the server had given, or None.
        since_beacon_ms: milliseconds since then on the monotonic clock, None after a restart.
        wall_since_ms: milliseconds since then on the wall clock.
        program: the program's version.
    """

    op_id: OperationId
    seq: int
    evaluation_id: EvaluationId
    assignment_version: int
    base_version: int
    kind: str
    payload: Mapping[str, Any]
    schema: int
    wall: datetime
    beacon_id: UUID | None = None
    since_beacon_ms: int | None = None
    wall_since_ms: int | None = None
    program: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The server's answer to one operation.

    Attributes:
        reason: a short stable name ("reassigned", "out_of_range"), None when applied.
        detail: what belongs to the reason, for example ``{"missing": [24]}``.
        version: the evaluation's version after it, None when the server does not say.
        already: the stored answer, given again.
        expected: the sequence number the server waits for (GAP and SEQ_REUSED), else None.
    """

    op_id: OperationId
    seq: int
    kind: VerdictKind
    reason: str | None = None
    detail: Mapping[str, Any] | None = None
    version: int | None = None
    already: bool = False
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and what marking needs to know of the server.

    Attributes:
        active: False once the account was closed; then only work that is pending can be sent.
        server_time: the server's clock when it answered; `beacon_id` stands for that moment.
        operation_schema_min, operation_schema_max: the operation schemas the server accepts.
        schema_version: the database's migration, for example "003".
        settings: the system's settings that marking needs, by key.
        working_hours: the setting `sla_working_hours`.
        outdated: this program is older than the server wants, or will be from a day on; None of one that is new enough.
        must_change_password: somebody else chose the password; until it is changed the server refuses all else.
    """

    user_id: UserId
    first_name: str
    last_name: str
    email: str
    role: StaffRole
    is_coordinator: bool
    active: bool
    server_time: datetime
    beacon_id: UUID
    operation_schema_min: int
    operation_schema_max: int
    schema_version: str
    settings: Mapping[str, Any]
    working_hours: Mapping[str, Any]
    holidays: tuple[Holiday, ...]
    must_change_password: bool = False
    outdated: Outdated | None = None

    @property
    def shut_out(self) -> bool:
        """This program is too old to be given anything new."""
        return self.outdated is not None and self.outdated.refused


MOVED_SCHEMA: Final = "015"
"""The first version of the database that says who has a script now."""


@dataclass(frozen=True, slots=True)
class AssignedScript:
    """One open evaluation of the signed-in teacher, without its paper.

    Attributes:
        version: counts the applied operations: a script whose version is known need not be pulled again.
        breached: the server's verdict at this moment.
    """

    evaluation_id: EvaluationId
    exam_instance_id: ExamInstanceId
    status: EvaluationStatus
    deadline: datetime
    sla_hours: int
    breached: bool
    assignment_version: int
    version: int


@dataclass(frozen=True, slots=True)
class PulledPage:
    """One uploaded file of a script.

    Attributes:
        size: bytes, None while not known; `sha256`: in hexadecimal, None before the check.
        checked: the server's worker has looked at it.
        pages: for each page inside, ``{"width", "height", "source"}``; empty before the check or when broken.
        problem: why it cannot be shown, a sentence for the teacher, or None.
    """

    upload_id: UploadId
    page_number: int
    mime_type: str | None
    size: int | None
    sha256: str | None
    questions: tuple[int, ...]
    checked: bool
    pages: tuple[Mapping[str, Any], ...]
    problem: str | None


@dataclass(frozen=True, slots=True)
class PulledMark:
    """The register of one question or one alternative."""

    question_number: int
    alternative: str
    state: MarkState
    marks: Decimal | None
    comment: str
    version: int


@dataclass(frozen=True, slots=True)
class PulledAnnotation:
    """An annotation that stands on a page; `body` is its entry in `annotation_data`."""

    annotation_id: UUID
    page_number: int
    pdf_page: int
    body: Mapping[str, Any]
    version: int


@dataclass(frozen=True, slots=True)
class PulledReading:
    """How one page was read and tagged; `question_numbers` is None when it was never tagged."""

    page_number: int
    pdf_page: int
    seconds: float
    largest_share: float
    question_numbers: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class PulledFlag:
    """Something the teacher reported; `page_number` is None for the whole script, `x` and `y` for a whole page."""

    flag_id: FlagId
    page_number: int | None
    pdf_page: int | None
    reason: str
    comment: str = ""
    x: float | None = None
    y: float | None = None
    answered: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class PulledConflict:
    """A question with two marks: the held one, beside the one that is among the script's marks.

    Attributes:
        held: the operation that gave the held mark; `made_at`: when, as well as that is known.
        version: how far the script was when it was held.
        open: she has not decided yet.
        kept: the operation that gave the mark that counts, None when that is not known; `kept_at`: when.
    """

    held: OperationId
    question_number: int
    alternative: str
    state: MarkState
    marks: Decimal | None
    comment: str
    version: int
    open: bool
    made_at: datetime | None = None
    kept: OperationId | None = None
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PulledScript:
    """Everything the server has of one script of the teacher's.

    Attributes:
        received_at: the start of its SLA.
        snapshot: the frozen paper as JSON text (`domain.exam.ExamSnapshot`).
        annotations: in the order in which they were first placed.
        newer_program: what its annotations were made with is newer than this program: the version to install, "" when
            it is not known; None for annotations that this program knows.
        returned: what of it is to be marked again after it was completed; None when all of it can be marked.
        conflicts: questions marked otherwise on two of her computers.
        adjusted: questions that turned out to be faulty, by number, and what holds for whoever had them.
    """

    evaluation_id: EvaluationId
    exam_instance_id: ExamInstanceId
    assignment_version: int
    version: int
    status: EvaluationStatus
    deadline: datetime
    sla_hours: int
    breached: bool
    received_at: datetime
    title: str
    class_name: str
    exam_type: str
    total_marks: int
    snapshot: str
    declared_unanswered: tuple[int, ...]
    pages: tuple[PulledPage, ...]
    marks: tuple[PulledMark, ...]
    annotations: tuple[PulledAnnotation, ...]
    seen: tuple[PulledReading, ...]
    flags: tuple[PulledFlag, ...]
    newer_program: str | None = None
    completed_at: datetime | None = None
    returned: Returned | None = None
    conflicts: tuple[PulledConflict, ...] = ()
    adjusted: Mapping[int, Adjustment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FinishedScript:
    """One completed script in the list of what the teacher has finished, without its paper.

    Attributes:
        completed_at: when the server took its submission, aware UTC.
        written: questions that were marked.
        pages: as far as they are known.
    """

    evaluation_id: EvaluationId
    exam_instance_id: ExamInstanceId
    completed_at: datetime
    deadline: datetime
    sla_hours: int
    breached: bool
    received_at: datetime
    title: str
    class_name: str
    exam_type: str
    total_marks: int
    written: int
    pages: int


@dataclass(frozen=True, slots=True)
class PageAddress:
    """Where one page can be fetched now.

    Attributes:
        address: a signed address, None while the server has none yet.
        expires_at: until when it works.
        problem: why there will be none, a sentence for the teacher, or None.
    """

    upload_id: UploadId
    address: str | None
    expires_at: datetime | None
    problem: str | None
