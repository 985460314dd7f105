"""The server's samples and second markings of a school in memory."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from mv_desktop.core.errors import ConflictError, OfflineError, RefusedError
from mv_desktop.domain.agreement import MarkedTwice, Tolerance, agreement, by_question, by_script, by_teacher
from mv_desktop.domain.identifier import EvaluationId, MarkingId, QuestionId, UserId
from mv_desktop.domain.quality import QualityLook, Results, Sample, Sampling, SecondTeacher
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.sample import Standing, Why

NOW = datetime(2026, 7, 15, 9, tzinfo=UTC)
TOLERANCE = Tolerance(Decimal("0.5"), Decimal(1))
ASHA, MEERA, BINA, LAKSHMI = (UserId(UUID(int=number)) for number in range(1, 5))
NAMES = {ASHA: "Asha Rao", MEERA: "Meera Krishnamurthy", BINA: "Bina Das", LAKSHMI: "Lakshmi Venkatasubramanian"}
_MARKS = (("2", "2"), ("2.5", "2"), ("3", "1.5"), ("4", "4.5"), ("1", "1"))


def _sample(number: int, code: str, teacher: UserId, why: Why, standing: Standing, **more: object) -> Sample:
    made = Sample(
        EvaluationId(UUID(int=100 + number)),
        code,
        teacher,
        NAMES[teacher],
        why,
        "",
        NOW - timedelta(days=number),
        standing,
    )
    if standing is not Standing.WAITING:
        second = MEERA if teacher is ASHA else ASHA
        made = replace(
            made,
            marking_id=MarkingId(UUID(int=200 + number)),
            second_id=second,
            second=NAMES[second],
            given_at=NOW - timedelta(hours=30),
        )
    if standing is Standing.MARKED:
        made = replace(made, marked_at=NOW - timedelta(hours=3))
    return replace(made, **more)


class FakeQualityPlace:
    """A `QualityPlace`.

    Attributes:
        samples: as the server has them; teachers_: who could have one, best first.
        reachable: False cuts the network; faster: somebody else gives a sample first.
        calls: what was done, in order.
        gate: what is asked waits until it is set.
    """

    def __init__(self) -> None:
        waits, given, marked = Standing.WAITING, Standing.GIVEN, Standing.MARKED
        self.samples = [
            _sample(1, "VX-4K2", ASHA, Why.FIRST, waits),
            _sample(2, "RT-8P1", BINA, Why.SHARE, waits, nobody=True, declined=1),
            _sample(3, "KM-3Q7", LAKSHMI, Why.ASKED, given, reason="A parent asked"),
            _sample(4, "PL-9D4", ASHA, Why.FIRST, marked, comment="Neat work"),
            _sample(5, "BW-2F6", LAKSHMI, Why.SHARE, marked),
        ]
        self.offered = (
            SecondTeacher(MEERA, NAMES[MEERA], 0, away=False),
            SecondTeacher(BINA, NAMES[BINA], 1, away=False),
            SecondTeacher(LAKSHMI, NAMES[LAKSHMI], 0, away=True),
        )
        self.reachable, self.faster, self.quiet = True, False, False
        self.calls: list[tuple[object, ...]] = []
        self.asked: list[tuple[datetime, datetime]] = []
        self.gate = threading.Event()
        self.gate.set()

    def look(self) -> QualityLook:
        self._ask()
        return QualityLook(tuple(self.samples), Sampling(5, 2, TOLERANCE), NOW)

    def results(self, since: datetime, until: datetime) -> Results:
        self._ask()
        self.asked.append((since, until))
        done = [one for one in self.samples if one.standing is Standing.MARKED and not self.quiet]
        pairs = tuple(pair for one in done for pair in self._twice(one))
        return Results(
            pairs,
            TOLERANCE,
            agreement(pairs, TOLERANCE),
            by_teacher(pairs, TOLERANCE),
            by_question(pairs, TOLERANCE),
            by_script(pairs, TOLERANCE),
            NAMES,
            {
                QuestionId(UUID(int=number)): rf"Find $\frac{{1}}{{2}}x^2$ in equation {number}"
                for number in range(1, 5)
            },
        )

    def pairs(self, evaluation: EvaluationId) -> tuple[MarkedTwice, ...]:
        self._ask()
        return self._twice(next(one for one in self.samples if one.evaluation_id == evaluation))

    def teachers(self, evaluation: EvaluationId) -> tuple[SecondTeacher, ...]:
        self._ask()
        found = next(one for one in self.samples if one.evaluation_id == evaluation)
        return () if found.nobody else self.offered

    def give(self, evaluation: EvaluationId, teacher: UserId) -> None:
        self._ask()
        if self.faster:
            self._change(evaluation, BINA)
            raise ConflictError("Priya Nair was faster: Bina Das has this sample.")
        self.calls.append(("give", evaluation, teacher))
        self._change(evaluation, teacher)

    def take_back(self, marking: MarkingId, reason: str) -> None:
        self._ask()
        self.calls.append(("take_back", marking, reason))
        for at, one in enumerate(self.samples):
            if one.marking_id == marking:
                self.samples[at] = replace(
                    one, standing=Standing.WAITING, marking_id=None, second_id=None, second="", given_at=None
                )

    def ask(self, code: str, reason: str) -> EvaluationId:
        self._ask()
        if code == "ZZ-999":
            raise RefusedError("No script has this code.", remedy="Look at it again.")
        self.calls.append(("ask", code, reason))
        made = _sample(6 + len(self.calls), code, BINA, Why.ASKED, Standing.WAITING, reason=reason)
        self.samples.insert(0, made)
        return made.evaluation_id

    def _change(self, evaluation: EvaluationId, teacher: UserId) -> None:
        for at, one in enumerate(self.samples):
            if one.evaluation_id == evaluation:
                self.samples[at] = replace(
                    one,
                    standing=Standing.GIVEN,
                    marking_id=MarkingId(UUID(int=300)),
                    second_id=teacher,
                    second=NAMES[teacher],
                    given_at=NOW,
                    nobody=False,
                )

    def _twice(self, sample: Sample) -> tuple[MarkedTwice, ...]:
        swap = sample.teacher_id == ASHA
        return tuple(
            MarkedTwice(
                sample.evaluation_id,
                sample.teacher_id,
                number,
                QuestionId(UUID(int=number)),
                QuestionType.LA if number > 3 else QuestionType.SA,
                Decimal(5 if number > 3 else 3),
                Decimal(first if swap else second),
                Decimal(second if swap or number != 3 else first),
                same_side=number != 2,
                comment="see step 2" if number == 3 else "",
                code=sample.code,
            )
            for number, (first, second) in enumerate(_MARKS, start=1)
        )

    def _ask(self) -> None:
        self.gate.wait(10)
        if not self.reachable:
            raise OfflineError("The server does not answer.", remedy="Try again when there is a network.")
