"""Marks a script of the demo as a teacher would: stamps with marks, a comment here and there, and the submission."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

import mv_desktop
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.exchange import MAX_OPERATIONS, PulledScript, SentOperation, VerdictKind
from mv_desktop.domain.identifier import EvaluationId, MarkKey, OperationId, PageRef, StreamId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    OPERATION_SCHEMA,
    OpenEvaluation,
    Operation,
    PutAnnotations,
    SeePage,
    SetMark,
    to_payload,
)
from mv_desktop.domain.question import SnapshotQuestion
from mv_desktop.domain.script import MarkedScript
from mv_desktop.domain.submission import submission
from mv_desktop.services.evaluation import pull_scripts
from mv_desktop.services.operation import apply_operations

_NAMESPACE = UUID("c2f5d0b6-19f1-5a3c-9c1b-6d61726b696e")
_COMMENTS = (
    "Method right, arithmetic slip in the last line.",
    "Write the unit.",
    "सही विधि, अंतिम चरण जाँचें।",
    "Well done.",
)


class DemoMarking:
    """Sends the marking of one script, once.

    Args:
        session: of the script's teacher, by her own login.
        evaluation_id: the script.
        seed: decides the marks.
    """

    def __init__(self, session: Session, evaluation_id: EvaluationId, seed: int) -> None:
        self._session = session
        self._evaluation_id = evaluation_id
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
            ExamSnapshot.model_validate(pulled.snapshot), declared_unanswered=pulled.declared_unanswered
        )
        operations: list[Operation] = [OpenEvaluation()]
        for question in script.written[: round(share * len(script.written))]:
            operations += self._marked(script, question, pulled)
        operations += [SeePage(PageRef(page.page_number), 20.0, 1.0) for page in pulled.pages]
        for operation in operations:
            script.apply(operation)
        if submit:
            operations.append(submission(script))
        self._apply(operations, pulled)

    def _marked(self, script: MarkedScript, question: SnapshotQuestion, pulled: PulledScript) -> Iterator[Operation]:
        number = question.question_number
        alternative = question.options[0][0]
        key = MarkKey(number, alternative)
        if script.given_mark(key).state is MarkState.NOT_ATTEMPTED:
            return
        halves = int(question.marks * 2)
        marks = Decimal(max(0, halves - self._chance.choice((0, 0, 0, 1, 1, 2, 3)))) / 2
        yield PutAnnotations((Placed(self._page(number, pulled), self._stamp(key, marks)),))
        if self._chance.random() < 0.2:
            yield SetMark(key, GivenMark(MarkState.MARKED, marks, self._chance.choice(_COMMENTS)))

    def _stamp(self, key: MarkKey, marks: Decimal) -> Stamp:
        return Stamp(
            id=uuid5(_NAMESPACE, f"{self._evaluation_id}/{key}"),
            stamp="tick" if marks else "cross",
            x=round(self._chance.uniform(0.72, 0.9), 4),
            y=round(self._chance.uniform(0.12, 0.9), 4),
            question_number=key.question_number,
            alternative=key.alternative or None,
            marks=str(marks),
        )

    def _page(self, number: int, pulled: PulledScript) -> PageRef:
        page = next((page for page in pulled.pages if number in page.questions), pulled.pages[0])
        return PageRef(page.page_number, 1 if page.mime_type == "application/pdf" else 0)

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
            schema=OPERATION_SCHEMA,
            wall=datetime.now(UTC),
            program=mv_desktop.__version__,
        )
