"""What the record says of questions, in memory, behind the office's port."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from mv_desktop.core.errors import UserError
from mv_desktop.domain.item_statistic import ChoiceCount, sums_of
from mv_desktop.domain.question_use import AlikeQuestion, QuestionUse, VersionUse
from mv_desktop.domain.question_version import QuestionVersion
from tests.fakes.question_place import NOW, FakeQuestions

NOT_USED = QuestionUse(0, 0, None, None, (), (), 0, None, None, sums_of(()), None, ())


class FakeHistory:
    """A `HistoryPlace` over a bank in memory: a question had an old version, and who repeats another's words is told.

    Attributes:
        used: what is answered of use.
        problem: what stands in the way, as long as it is there.
        asked: which words were compared, one by one, and with which question left out.
    """

    def __init__(self, questions: FakeQuestions) -> None:
        self._questions = questions
        self.used = QuestionUse(
            1200, 900, NOW - timedelta(days=90), NOW,
            (VersionUse(2, 1100, 850, 1000, 0.42), VersionUse(1, 100, 90, 40, 0.5)),
            (("Board exam", 1000), ("Unit practice", 200)), 1040, 0.42, 1.0,
            sums_of([(n % 2, (n * 7 % 10) / 10) for n in range(40)]), 2,
            (
                ChoiceCount("A", 30, right=False, rest=0.9), ChoiceCount("B", 20, right=True, rest=0.5),
                ChoiceCount("C", 1, right=False, rest=0.1), ChoiceCount("", 9, right=False, rest=0.2),
            ),
        )  # fmt: skip
        self.problem: UserError | None = None
        self.asked: list[tuple[str, UUID | None]] = []

    def use(self, question: UUID) -> QuestionUse:
        self._reach()
        return self.used

    def versions(self, question: UUID) -> tuple[QuestionVersion, ...]:
        self._reach()
        now = self._questions.bank[question]
        old = replace(now, question_text=f"{now.question_text} Old.", steps="2: all of it", topic="Before")
        return (QuestionVersion(2, None, "", now), QuestionVersion(1, NOW, "Priya Nair", old))

    def alike(self, words: str, but: UUID | None) -> tuple[AlikeQuestion, ...]:
        self.asked.append((words, but))
        self._reach()
        found = [
            (key, draft)
            for key, draft in self._questions.bank.items()
            if key != but and draft.question_text[:10] in words
        ]
        return tuple(
            AlikeQuestion(str(key), draft.status, draft.class_name, draft.unit, 0.93 - place / 10, draft.question_text)
            for place, (key, draft) in enumerate(found[:2])
        )

    def _reach(self) -> None:
        if self.problem is not None:
            raise self.problem
