"""Cases: what waits for who coordinates because something went wrong, each about one script or one teacher's work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.adjustment import QuestionCase
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, PageRef
from mv_desktop.domain.kept_work import KeptReading, Piece
from mv_desktop.domain.sheet import Sheet
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.domain.working_time import WorkingTime

REASON_MAX: Final = 2000
"""The longest reason or answer that the server takes."""

_HOURS = re.compile(r"(\d{1,3})(?:[.,](5|25|75))?\s*h?")
_END = datetime.max.replace(tzinfo=UTC)


class CaseKind(StrEnum):
    """What a case is about."""

    FLAG = "flag"
    """A teacher's flag that nobody has answered."""
    HANDED_BACK = "handed_back"
    """A script in the pool."""
    WITHDRAWN = "withdrawn"
    """A script out of marking."""
    KEPT_WORK = "kept_work"
    """Work of a former teacher that nobody has decided about."""
    RESCAN = "rescan"
    """A student was asked for a better scan, and no page was replaced by one."""
    REFUSED_WORK = "refused_work"
    """What the server refused of a teacher's work lately, to be looked into."""
    SCRIPT = "script"
    """Nothing is wrong: a script that was searched for."""


CASE_WORDS: Mapping[CaseKind, str] = {
    CaseKind.FLAG: "Flag",
    CaseKind.HANDED_BACK: "Handed back",
    CaseKind.WITHDRAWN: "Withdrawn",
    CaseKind.KEPT_WORK: "Kept work",
    CaseKind.RESCAN: "Rescan asked for",
    CaseKind.REFUSED_WORK: "Refused work",
    CaseKind.SCRIPT: "Script",
}
"""What a kind is called, in English."""


@dataclass(frozen=True, slots=True)
class CaseScript:
    """A script as it stood when it was read.

    Attributes:
        evaluation_id: None while nobody ever had it; then the next six say nothing.
        teacher: who has it, or had it last.
        assignment_version: to be named when it is changed.
        due: its deadline.
        sla_hours: what was promised.
        breached: the deadline was not kept.
        excused: that it was not is excused.
        completed: it is marked.
        held: why nobody marks it, "handed_back" or "withdrawn"; "" while somebody does.
    """

    exam_instance_id: ExamInstanceId
    template_id: UUID
    code: str
    class_name: str
    title: str
    evaluation_id: EvaluationId | None = None
    teacher: str = ""
    assignment_version: int = 0
    due: datetime | None = None
    sla_hours: int = 0
    breached: bool = False
    excused: bool = False
    completed: bool = False
    held: str = ""


@dataclass(frozen=True, slots=True)
class RescanAnswer:
    """What a student put into the store for a rescan that she was asked for; the worker has found it to be there.

    Attributes:
        request_id: names the latest file, which can take the page's place.
        arrived_at: when that came, aware.
        mime_type: what it is said to be.
        files: how many came.
    """

    request_id: UUID
    arrived_at: datetime
    mime_type: str
    files: int


@dataclass(frozen=True, slots=True)
class Case:
    """Something that waits.

    Attributes:
        key: names it, the same at every reading.
        since: from when on it waits.
        by: who said so: the teacher of a flag or of work, whoever put a script into the pool or asked for a rescan.
        reason: as the database has it: of a flag or a hand-back a value of its enumeration, else words; of work why
            it was kept or refused, with "; " between several.
        words: what was said besides.
        script: None for refused work, which may be of many.
        subject: the flag, or the request for a rescan.
        page, spot: what a flag or a rescan is about.
        piece: which kept work.
        operations: how many changes of kept or refused work wait.
        scripts: of how many scripts refused work is.
        answer: of a rescan what the student sent; None: nothing yet.
    """

    key: str
    kind: CaseKind
    since: datetime
    by: str
    reason: str = ""
    words: str = ""
    script: CaseScript | None = None
    subject: UUID | None = None
    page: PageRef | None = None
    spot: Spot | None = None
    piece: Piece | None = None
    operations: int = 0
    scripts: int = 0
    answer: RescanAnswer | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """All that waits at one moment, the oldest deadline first, and the working time that new deadlines are made of."""

    cases: tuple[Case, ...]
    calendar: WorkCalendar
    read_at: datetime


@dataclass(frozen=True, slots=True)
class CaseQuestion:
    """A question of a script's paper; `marks` are what it got in a completed script, None before that.

    `marked` says that it can be returned: it is one that a teacher marks, of a completed script. `fault` is what was
    proposed or decided of it as faulty in all exams of the template, None where nothing was.
    """

    number: int
    question_id: UUID
    possible: Decimal
    marked: bool = False
    marks: Decimal | None = None
    fault: QuestionCase | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What is to be known before something is decided.

    Attributes:
        script: as it is now.
        sheets: its pages.
        questions: of its exam.
        kept: the work that the case is about.
        opens_pages: the server gives its pages, and tells which rescans came; one before revision 036 does neither.
        came: the rescan that the student sent, where the case is about one and the server gives it.
    """

    script: CaseScript | None
    sheets: tuple[Sheet, ...] = ()
    questions: tuple[CaseQuestion, ...] = ()
    kept: KeptReading | None = None
    opens_pages: bool = True
    came: Sheet | None = None

    @property
    def visible(self) -> bool:
        """It has pages that can be looked at."""
        return self.opens_pages and bool(self.sheets)

    @property
    def looked_at(self) -> tuple[Sheet, ...]:
        """Its pages in order, and before the one that was asked for anew what came for it."""
        came = self.came
        if came is None:
            return self.sheets
        found = [(came, sheet) if sheet.upload_id == came.upload_id else (sheet,) for sheet in self.sheets]
        return tuple(sheet for sheets in found for sheet in sheets)

    @property
    def returnable(self) -> tuple[int, ...]:
        """The numbers of the questions that can be returned, rising."""
        return tuple(question.number for question in self.questions if question.marked)


def in_order(cases: Iterable[Case]) -> tuple[Case, ...]:
    """The oldest deadline first, then what waits longest; what has no deadline comes last."""

    def place(case: Case) -> tuple[datetime, datetime, str]:
        due = case.script.due if case.script is not None else None
        return due or _END, case.since, case.key

    return tuple(sorted(cases, key=place))


def new_deadline(text: str, due: datetime, calendar: WorkCalendar, now: datetime) -> datetime:
    """The later deadline that somebody typed: a moment of the school's clock, or so many working hours more.

    Args:
        text: "2026-11-28 16:40", or "8" or "8 h"; hours count from the old deadline, or from now when that has passed.
        due: the old deadline, aware.
        calendar: when work is done.
        now: aware.

    Raises:
        InvalidError: it is neither, or not later than both the old deadline and now.
    """
    text = text.strip()
    hours = _HOURS.fullmatch(text)
    if hours is not None:
        more = timedelta(hours=float(f"{hours[1]}.{hours[2] or 0}"))
        found = WorkingTime(calendar, max(due, now), ()).after(more) if more else due
    else:
        found = _moment(text, calendar.hours.zone)
    if found is None or found <= max(due, now):
        raise InvalidError("The new deadline must be later than the old one, and later than now.")
    return found


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or ":" not in text:
        raise InvalidError(
            f"“{text}” is neither a moment nor a number of working hours.",
            remedy="Type hours, such as 8, or a moment, such as 2027-01-28 16:40.",
        )
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)
