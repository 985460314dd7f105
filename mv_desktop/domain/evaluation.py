"""A script to be marked, as the queue and the marking screen see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.conflict import MarkConflict, undecided
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, MarkKey, PageRef, UploadId
from mv_desktop.domain.returned import Returned
from mv_desktop.domain.script import MarkedScript

_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class EvaluationStatus(StrEnum):
    """The database's states of an evaluation."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class WorkState(StrEnum):
    """What a teacher sees of a script's state on her computer."""

    NEW = "new"
    STARTED = "started"
    SUBMITTED = "submitted"
    """Submitted here, not yet confirmed by the server."""
    COMPLETED = "completed"
    MOVED = "moved"
    """No longer hers; what she marked was kept."""
    HANDED_BACK = "handed_back"
    """Given back to the pool by herself; what she marked was kept."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One script of a teacher's queue.

    Attributes:
        received_at: the start of its SLA, aware UTC.
        deadline: when it is due, aware UTC.
        sla_hours: 24 or 48.
        breached: the server's verdict.
        title: the paper's name, for example "Board exam".
        class_name: "X" or "XII".
        marked, written: questions with a mark, and questions to mark.
        pages: pages known so far; pages_here: of these on this computer.
        page_problem: at least one page cannot be shown.
        unsent: operations only on this computer.
        returned: what of it is to be marked again after it was completed.
        taken: its pages stay on this computer, because she takes it along.
        conflicts: questions that were marked otherwise on another computer of hers.
    """

    evaluation_id: EvaluationId
    exam_instance_id: ExamInstanceId
    script_code: str
    title: str
    class_name: str
    exam_type: str
    received_at: datetime
    deadline: datetime
    sla_hours: int
    breached: bool
    state: WorkState
    marked: int
    written: int
    total_marks: int
    pages: int
    pages_here: int
    page_problem: bool
    unsent: int
    returned: Returned | None = None
    taken: bool = False
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class TakenSize:
    """What scripts that are taken along come to.

    Attributes:
        scripts, pages: how many.
        bytes: of all their pages.
        coming: of these, what is not on this computer yet.
        room: what the pages of scripts that stay may take.
    """

    scripts: int
    pages: int
    bytes: int
    coming: int = 0
    room: int = 0


class Twin(NamedTuple):
    """A page that is the very same file as another one.

    Attributes:
        script_code: of the script that it belongs to; "" for the same script.
        page_number: of its upload.
    """

    script_code: str
    page_number: int


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One page of a script, in reading order.

    Attributes:
        width, height: pixels after the EXIF turn; (0, 0) while not known.
        questions: question numbers known to be answered on it.
        problem: why it cannot be shown, a sentence for the teacher, or "".
        here: its files are on this computer.
        twin: another page whose file is the very same, byte for byte.
    """

    ref: PageRef
    upload_id: UploadId
    width: int
    height: int
    questions: tuple[int, ...] = ()
    problem: str = ""
    here: bool = False
    twin: Twin | None = None


@dataclass(slots=True)
class ScriptView:
    """A script opened for marking: the paper, the pages, and what was done so far.

    `script` is the live model that the marking screen changes; everything else is as it was when opened: so are
    `conflicts`, the questions of which another computer of hers says otherwise, in the order of the paper, and
    `adjusted`, by number the questions that turned out to be faulty and what holds for whoever had them.
    """

    evaluation_id: EvaluationId
    exam_instance_id: ExamInstanceId
    script_code: str
    title: str
    class_name: str
    received_at: datetime
    deadline: datetime
    sla_hours: int
    state: WorkState
    paper: ExamSnapshot
    pages: tuple[PageInfo, ...]
    script: MarkedScript
    read_only: bool = False
    read_only_reason: str = ""
    returned: Returned | None = None
    conflicts: tuple[MarkConflict, ...] = ()
    adjusted: Mapping[int, Adjustment] = field(default_factory=dict)

    @property
    def to_decide(self) -> tuple[MarkKey, ...]:
        """Those of `conflicts` of which no mark was given since, unless the script is only to be read."""
        return () if self.read_only else tuple(item.key for item in undecided(self.conflicts, self.script.decided))


BRIGHTEST = 3
"""How many steps there are from a page as it was uploaded to the strongest contrast."""


Fit = Literal["width", "page"]
"""What fits the window, and goes on fitting when its size changes."""


class Place(NamedTuple):
    """Where a script was left, and how it was looked at.

    Attributes:
        page: the page in the middle of the window.
        fraction: how far down that page the middle is, 0..1 of its height as shown.
        zoom: 1 is life size; None while something fits the window.
        turns: the pages that are turned for viewing, and by how many quarter turns clockwise (1..3).
        brightness: 0 as uploaded … `BRIGHTEST` the strongest contrast; for all pages.
        fit: what fits the window where `zoom` is None.
    """

    page: PageRef
    fraction: float
    zoom: float | None = None
    turns: tuple[tuple[PageRef, int], ...] = ()
    brightness: int = 0
    fit: Fit = "width"


def script_code(exam_instance_id: UUID) -> str:
    """The code that stands for a student while marking, such as "VX-4K2": the same on every computer.

    It is made from the exam's id, so it says nothing of the student. 24² · 32³ codes: repeats among a teacher's
    open scripts are rare, and harmless because nothing is looked up by it alone.
    """
    number = exam_instance_id.int
    letters = ""
    for _ in range(2):
        number, digit = divmod(number, len(_CODE_LETTERS))
        letters += _CODE_LETTERS[digit]
    rest = ""
    for _ in range(3):
        number, digit = divmod(number, len(_CODE_ALPHABET))
        rest += _CODE_ALPHABET[digit]
    return f"{letters}-{rest}"


def code_number(code: str) -> int | None:
    """The rest that the id of every exam with this code leaves when it is divided by 24² · 32³; None: it is no code."""
    letters, _, rest = code.partition("-")
    if len(letters) != 2 or len(rest) != 3 or set(letters) - set(_CODE_LETTERS) or set(rest) - set(_CODE_ALPHABET):
        return None
    number = 0
    for sign in reversed(rest):
        number = number * len(_CODE_ALPHABET) + _CODE_ALPHABET.index(sign)
    for sign in reversed(letters):
        number = number * len(_CODE_LETTERS) + _CODE_LETTERS.index(sign)
    return number


def searched_code(search: str) -> str:
    """The part of a script code that is searched for, in capitals, without blanks and dashes; "" when it can be none.

    "vx 4k2" and "VX–4K2" mean VX-4K2: a code is read aloud and typed in many ways.
    """
    code = _BETWEEN.sub("", search).upper()
    return code if _CODE_PART.fullmatch(code) else ""


_BETWEEN = re.compile(r"[\s\u002d\u00ad\u2010-\u2015\u2212]+")
"""Blanks, and everything that looks like a dash."""
_CODE_PART = re.compile(f"[{_CODE_LETTERS}]{{0,2}}[{_CODE_ALPHABET}]{{0,3}}")
"""A code without its dash, or the end, the middle or the beginning of one."""
