"""The second marking of a script: what is given to whom, what was typed so far, and what is handed in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from mv_desktop.core.errors import InvalidError, UserError
from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.exchange import PulledPage
from mv_desktop.domain.identifier import AnnotationId, MarkingId, MarkKey
from mv_desktop.domain.marks import ZERO, GivenMark, MarkState
from mv_desktop.domain.operation import (
    DeleteAnnotations,
    Operation,
    PutAnnotations,
    SetMark,
    from_payload,
    to_payload,
)
from mv_desktop.domain.script import MarkedScript

SECOND_SCHEMA: Final = "032"
"""The first version of the database in which scripts are marked a second time."""

_DRAFT: Final = 1
"""How a draft is written down; what a newer program wrote otherwise is left alone."""

COMMENT_MAX: Final = 2000
"""Characters that the server keeps of a comment, and of the reason for handing back."""


@dataclass(frozen=True, slots=True)
class SecondTask:
    """A script that the signed-in teacher has to mark a second time.

    Attributes:
        marking_id: all that she knows it by.
        title: of the paper.
        questions: how many she has to mark.
    """

    marking_id: MarkingId
    given_at: datetime
    title: str
    class_name: str
    exam_type: str
    questions: int


@dataclass(frozen=True, slots=True)
class SecondScript:
    """What she marks: the paper and the pages, as the student left them.

    Attributes:
        snapshot: the paper, as JSON (`domain.exam.ExamSnapshot`).
        declared_unanswered: the questions that the student declared so.
        pages: to be fetched with `services.page_address.request_pages`, as long as she has it.
    """

    marking_id: MarkingId
    given_at: datetime
    title: str
    class_name: str
    exam_type: str
    snapshot: str
    declared_unanswered: tuple[int, ...]
    pages: tuple[PulledPage, ...]


@dataclass(frozen=True, slots=True)
class SecondMark:
    """Her marks for a question.

    Attributes:
        key: the question; of an either/or question the side that counts.
        marks: in steps of a half.
        comment: "" for none; at most 2000 characters are kept.
    """

    key: MarkKey
    marks: Decimal
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SecondDraft:
    """What she typed so far, as it stands on her computer until it is handed in.

    Attributes:
        title, class_name: of the paper, so that a draft can be told when the server no longer gives it.
        operations: make the marks, comments and step ticks anew on an empty script.
        comment: to who coordinates.
        gone: the server says that the marking is not hers any more; the draft is only read.
    """

    marking_id: MarkingId
    title: str
    class_name: str
    operations: tuple[SetMark | PutAnnotations, ...] = ()
    comment: str = ""
    gone: bool = False

    def done(self, operations: Iterable[Operation]) -> SecondDraft:
        """The draft after these changes; of what was changed twice the last is kept, so that it does not grow."""
        marks: dict[MarkKey, SetMark] = {}
        ink: dict[AnnotationId, Placed] = {}
        for operation in (*self.operations, *operations):
            match operation:
                case SetMark(key):
                    marks[key] = operation
                case PutAnnotations(placed):
                    ink |= {item.annotation.annotation_id: item for item in placed}
                case DeleteAnnotations(annotation_ids):
                    for annotation_id in annotation_ids:
                        ink.pop(annotation_id, None)
        stamps = (PutAnnotations(tuple(ink.values())),) if ink else ()
        return replace(self, operations=(*marks.values(), *stamps))

    @property
    def given(self) -> tuple[tuple[MarkKey, GivenMark], ...]:
        """What she gave, question by question; what steps were ticked for is their sum."""
        ticked: dict[MarkKey, Decimal] = {}
        found: dict[MarkKey, GivenMark] = {}
        for operation in self.operations:
            if isinstance(operation, SetMark):
                found[operation.key] = operation.given
            else:
                for stamp in (item.annotation for item in operation.placed):
                    if stamp.question_number is not None and stamp.marks is not None:
                        key = MarkKey(stamp.question_number, stamp.alternative or "")
                        ticked[key] = ticked.get(key, ZERO) + Decimal(stamp.marks)
        for key, marks in ticked.items():
            given = found.get(key, GivenMark())
            if given.state is MarkState.FOLLOWS_STAMPS:
                found[key] = GivenMark(MarkState.MARKED, marks, given.comment)
        return tuple(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What there is to do, as far as is known now.

    Attributes:
        waiting: what she has to mark, the longest given first; None where the server could not be asked.
        drafts: what she typed on this computer.
        unreadable: so many drafts only a newer version of the program can read.
        trouble: why something is not known, or could not be written down.
    """

    waiting: tuple[SecondTask, ...] | None
    drafts: tuple[SecondDraft, ...] = ()
    unreadable: int = 0
    trouble: UserError | None = None

    @property
    def lost(self) -> tuple[MarkingId, ...]:
        """The drafts of what the server does not know as hers, and that do not say so yet."""
        known = None if self.waiting is None else {task.marking_id for task in self.waiting}
        return (
            ()
            if known is None
            else tuple(draft.marking_id for draft in self.drafts if not draft.gone and draft.marking_id not in known)
        )


def missing(script: MarkedScript) -> tuple[int, ...]:
    """The written questions that have no mark that can be handed in, in the order of the paper."""
    numbers = (question.question_number for question in script.written)
    return tuple(number for number in numbers if _counting(script, number) is None)


def second_marks(script: MarkedScript) -> tuple[SecondMark, ...]:
    """What is handed in; what was not attempted counts as zero.

    Raises:
        InvalidError: a question is missing.
    """
    if left := missing(script):
        numbers = ", ".join(map(str, left))
        raise InvalidError(f"Questions are not marked yet: {numbers}.", kept="Nothing was sent.")
    found = (_counting(script, question.question_number) for question in script.written)
    return tuple(mark for mark in found if mark is not None)


def draft_json(draft: SecondDraft) -> str:
    """How a draft is kept."""
    return json.dumps(
        {
            "draft": _DRAFT,
            "marking_id": str(draft.marking_id),
            "title": draft.title,
            "class": draft.class_name,
            "operations": [{"kind": each.kind, "payload": to_payload(each)} for each in draft.operations],
            "comment": draft.comment,
            "gone": draft.gone,
        }
    )


def read_draft(text: str) -> SecondDraft:
    """A draft as it was kept.

    Raises:
        InvalidError, KeyError, TypeError, ValueError: it is none that this version knows.
    """
    entry: Mapping[str, Any] = json.loads(text)
    if entry["draft"] > _DRAFT:
        raise ValueError("a draft of a newer version")
    draft = SecondDraft(
        MarkingId(UUID(entry["marking_id"])),
        str(entry["title"]),
        str(entry["class"]),
        comment=str(entry["comment"]),
        gone=bool(entry["gone"]),
    )
    return draft.done(from_payload(each["kind"], each["payload"]) for each in entry["operations"])


def _counting(script: MarkedScript, number: int) -> SecondMark | None:
    """What counts for a question, where it is possible."""
    found = script.mark(number)
    if found.kept is None or found.mark is None:
        return None
    key = MarkKey(number, found.kept)
    marks = ZERO if found.mark.not_attempted else found.mark.marks
    if marks is None or not ZERO <= marks <= script.possible(key):
        return None
    return SecondMark(key, marks, script.given_mark(key).comment.strip()[:COMMENT_MAX])
