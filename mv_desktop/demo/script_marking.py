"""Marks a script of the demo as a teacher would: stamps with marks, a comment here and there, and the submission."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

import mv_desktop
from mv_desktop.demo.answer_sheet import Outcome, SheetFile, StudentAnswer
from mv_desktop.domain.annotation.shape import Placed, Stamp, StampName
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.exchange import MAX_OPERATIONS, PulledScript, SentOperation, VerdictKind
from mv_desktop.domain.flag import FlagReason, Spot
from mv_desktop.domain.identifier import EvaluationId, FlagId, MarkKey, OperationId, PageRef, StreamId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    OpenEvaluation,
    Operation,
    PutAnnotations,
    RaiseFlag,
    SeePage,
    SetMark,
    schema_of,
    to_payload,
)
from mv_desktop.domain.question import SnapshotQuestion
from mv_desktop.domain.script import MarkedScript
from mv_desktop.domain.submission import submission
from mv_desktop.services.evaluation import pull_scripts
from mv_desktop.services.operation import apply_operations

_NAMESPACE = UUID("c2f5d0b6-19f1-5a3c-9c1b-6d61726b696e")
_PRAISE = "Well done."
_DOUBT = "The last line cannot be read."
_COMMENTS = (
    "Method right, arithmetic slip in the last line.",
    "Write the unit.",
    "सही विधि, अंतिम चरण जाँचें।",
)


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """An answer as the teacher finds it.

    Attributes:
        answer: what was written.
        page: the page on which it ends.
        x, y: a place beside its last line there.
    """

    answer: StudentAnswer
    page: PageRef
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a student handed in.

    Attributes:
        pages: all of them, in order.
        answers: by question number; what is not there was not attempted.
    """

    pages: tuple[PageRef, ...]
    answers: Mapping[int, FoundAnswer]


def handed_in(answers: Sequence[StudentAnswer], files: Sequence[SheetFile]) -> HandedIn:
    """Where these answers stand in the files that `write_pages` made of them; files are numbered from 1."""
    by_number = {answer.question_number: answer for answer in answers}
    pages: list[PageRef] = []
    found = {}
    for number, file in enumerate(files, start=1):
        is_pdf = file.mime_type == "application/pdf"
        pages += [PageRef(number, page) for page in (range(1, file.pages + 1) if is_pdf else (0,))]
        for end in file.ends:
            answer = by_number[end.question_number]
            found[end.question_number] = FoundAnswer(answer, PageRef(number, end.pdf_page), end.x, end.y)
    return HandedIn(tuple(pages), found)


class DemoMarking:
    """Sends the marking of one script, once.

    Args:
        session: of the script's teacher, by her own login.
        evaluation_id: the script.
        handed_in: what the student handed in.
        seed: decides the marks.
    """

    def __init__(self, session: Session, evaluation_id: EvaluationId, handed_in: HandedIn, seed: int) -> None:
        self._session = session
        self._evaluation_id = evaluation_id
        self._handed_in = handed_in
        self._chance = random.Random(seed)

    def send(self, *, share: float, submit: bool) -> None:
        """Mark the first `share` (0..1) of the questions, and submit when asked to.

        Raises:
            RuntimeError: the server did not apply an operation.
        """
        (pulled,) = pull_scripts(self._session, [self._evaluation_id])
        if pulled.status is not EvaluationStatus.ASSIGNED:
            return
        script = MarkedScript(
            ExamSnapshot.model_validate_json(pulled.snapshot), declared_unanswered=pulled.declared_unanswered
        )
        operations: list[Operation] = [OpenEvaluation()]
        for question in script.written[: round(share * len(script.written))]:
            operations += self._marked(script, question)
        operations += [SeePage(page, 20.0, 1.0) for page in self._handed_in.pages]
        for operation in operations:
            script.apply(operation)
        if submit:
            operations.append(submission(script))
        else:
            operations += self._doubts(script)
        self._apply(operations, pulled)

    def _doubts(self, script: MarkedScript) -> Iterator[Operation]:
        """What she tells the coordinator of a script that she has not finished: of the last answer that she marked."""
        last = next((self._handed_in.answers.get(number) for number in sorted(script.vector, reverse=True)), None)
        if last is not None:
            flag_id = FlagId(uuid5(_NAMESPACE, f"flag/{self._evaluation_id}"))
            yield RaiseFlag(
                flag_id, FlagReason.ILLEGIBLE, _DOUBT, last.page, Spot(self._near(last.x), self._near(last.y))
            )

    def _marked(self, script: MarkedScript, question: SnapshotQuestion) -> Iterator[Operation]:
        number = question.question_number
        found = self._handed_in.answers.get(number)
        if found is None:
            key = MarkKey(number, question.options[0][0])
            if script.given_mark(key).state is not MarkState.NOT_ATTEMPTED:  # the student forgot to say so
                yield SetMark(key, GivenMark(MarkState.NOT_ATTEMPTED))
            return
        key = MarkKey(number, found.answer.alternative)
        marks = self._marks(question, found.answer.outcome)
        yield PutAnnotations((Placed(found.page, self._stamp(key, found, marks, question.marks)),))
        if self._chance.random() < 0.2:
            comment = _PRAISE if marks == question.marks else self._chance.choice(_COMMENTS)
            yield SetMark(key, GivenMark(MarkState.MARKED, marks, comment))

    def _marks(self, question: SnapshotQuestion, outcome: Outcome) -> Decimal:
        halves = int(question.marks * 2)
        lost = {
            Outcome.RIGHT: self._chance.choice((0, 0, 0, 0, 1)),
            Outcome.SLIP: self._chance.choice((1, 1, 2)),
            Outcome.UNFINISHED: halves // 2,
        }.get(outcome, halves - self._chance.choice((0, 1, 2)))
        return Decimal(halves - lost) / 2

    def _stamp(self, key: MarkKey, found: FoundAnswer, marks: Decimal, possible: Decimal) -> Stamp:
        stamp: StampName = "tick" if marks == possible else "half" if marks else "cross"
        return Stamp(
            id=uuid5(_NAMESPACE, f"{self._evaluation_id}/{key}"),
            stamp=stamp,
            x=self._near(found.x),
            y=self._near(found.y),
            question_number=key.question_number,
            alternative=key.alternative or None,
            marks=str(marks),
        )

    def _near(self, place: float) -> float:
        """About there, and on the page: a hand does not stamp in a straight column."""
        return round(min(0.98, max(0.02, place + self._chance.uniform(-0.003, 0.003))), 4)

    def _apply(self, operations: list[Operation], pulled: PulledScript) -> None:
        sent = [self._sent(seq, operation, pulled) for seq, operation in enumerate(operations, start=1)]
        stream = StreamId(uuid5(_NAMESPACE, f"stream/{self._evaluation_id}"))
        for start in range(0, len(sent), MAX_OPERATIONS):
            for verdict in apply_operations(self._session, stream, sent[start : start + MAX_OPERATIONS]):
                if verdict.kind is not VerdictKind.APPLIED:
                    raise RuntimeError(f"the demo's marking was not applied: {verdict}")
        self._session.commit()

    def _sent(self, seq: int, operation: Operation, pulled: PulledScript) -> SentOperation:
        return SentOperation(
            op_id=OperationId(uuid5(_NAMESPACE, f"{self._evaluation_id}/{seq}")),
            seq=seq,
            evaluation_id=self._evaluation_id,
            assignment_version=pulled.assignment_version,
            base_version=pulled.version,
            kind=operation.kind,
            payload=to_payload(operation),
            schema=schema_of(operation),
            wall=datetime.now(UTC),
            program=mv_desktop.__version__,
        )
