"""What the demo's students did before today: who sat which paper when, how well, and when it was marked.

The same on every computer but for the dates, which are counted back from today.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from math import exp
from zlib import crc32

from mv_desktop.demo.population import Pupil, pupils
from mv_desktop.demo.question_bank import shipped_questions
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.question import PaperQuestion, SnapshotQuestion
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.domain.subscription import PlanType

WEEKS = 14
_SUNDAY = 6
_SPOKEN_OF = ("Matrices", "Probability", "Integrals", "Determinants"), ("Triangles", "Circles", "Polynomials")
"""Units of class XII and of class X that are practised."""
_SLOW = {3: 0.16, 5: 0.10}
"""The share of scripts that a teacher completes too late, where it is more than others'."""
_SELDOM = 0.04
_TEACHERS = (0, 1, 2, 3, 4, 5, 0, 1, 3, 4, 1, 4)
"""Some have more scripts than others."""
_EASE = {"easy": 1.0, "medium": 0.1, "hard": -0.9}
_HARD_UNITS = {"Integrals": -0.7, "Three Dimensional Geometry": -0.5, "Circles": -0.6, "Probability": -0.3}
_LIKED_UNITS = {"Matrices": 0.5, "Polynomials": 0.5, "Statistics": 0.4, "Linear Programming": 0.6}


@dataclass(frozen=True, slots=True)
class PastPaper:
    """A paper that several students sat; `unit` for unit practice. Its seed is its place among all."""

    seed: int
    class_name: str
    exam_type: ExamType
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PastExam:
    """One student's exam; ids are made from its number, and `day` is when she sat it."""

    number: int
    paper: PastPaper
    pupil: Pupil
    day: date
    teacher: int

    @property
    def sla_hours(self) -> int:
        """What her plan promises."""
        return 24 if self.pupil.plan is PlanType.CENTUM else 48


@dataclass(frozen=True, slots=True)
class PastTimes:
    """When what happened; the last three are of papers that somebody marked."""

    started: datetime
    submitted: datetime
    received: datetime
    due: datetime
    begun: datetime
    completed: datetime


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """What a question earned; `choice` of a multiple-choice question, `side` of an either/or question."""

    question: SnapshotQuestion
    marks: Decimal
    attempted: bool = True
    choice: str = ""
    side: tuple[str, PaperQuestion] | None = None


def past_exams(today: date) -> tuple[PastExam, ...]:
    """All exams of the last weeks, the oldest first; none on a Sunday, and none today."""
    exams: list[PastExam] = []
    for back in range(WEEKS * 7, 0, -1):
        day = today - timedelta(days=back)
        if day.weekday() != _SUNDAY:
            week, place = divmod(WEEKS * 7 - back, 7)
            for pupil, paper in _sat(week, place):
                number = len(exams) + 1
                exams.append(PastExam(number, paper, pupil, day, _TEACHERS[number % len(_TEACHERS)]))
    return tuple(exams)


def times_of(exam: PastExam, minutes: int, calendar: WorkCalendar, now: datetime) -> PastTimes | None:
    """When an exam was sat and marked; None when it could not all have happened by now.

    Args:
        exam: which.
        minutes: how long its paper may take.
        calendar: working hours and holidays.
        now: the moment before which all of it lies, aware.
    """
    chance = random.Random(exam.number)
    taken = timedelta(minutes=round(minutes * chance.uniform(0.8, 1.0)))
    morning = datetime.combine(exam.day, time(9), calendar.hours.zone) + timedelta(minutes=chance.randrange(240))
    started = morning.astimezone(now.tzinfo)
    submitted = started + taken
    received = submitted + timedelta(minutes=chance.randint(8, 35))
    due = calendar.deadline(received, exam.sla_hours).due
    late = chance.random() < _SLOW.get(exam.teacher, _SELDOM)
    spare = timedelta(minutes=chance.randint(15, 420))
    assigned = received + timedelta(minutes=3)
    completed = due + spare / 2 if late else max(due - spare, assigned + timedelta(minutes=40))
    if completed > now - timedelta(minutes=10) and not late:
        completed = assigned + (now - assigned) * chance.uniform(0.5, 0.95)
    begun = max(assigned, completed - timedelta(minutes=chance.randint(12, 55)))
    if begun >= completed or completed > now - timedelta(minutes=5):
        return None
    return PastTimes(started, submitted, received, due, begun, completed)


def answers_of(exam: PastExam, questions: Sequence[SnapshotQuestion]) -> tuple[PastAnswer, ...]:
    """What each question of the paper earned; multiple choice that was left out is not there."""
    chance = random.Random(10_000 + exam.number)
    ability = _ability(exam)
    return tuple(answer for question in questions for answer in _answered(question, ability, chance))


# -- private -------------------------------------------------------------------------------------------------


def _sat(week: int, place: int) -> Iterator[tuple[Pupil, PastPaper]]:
    """Who sits what on a day of a week; `place` is the day's, counted from the first."""
    for number, pupil in enumerate(pupils()):
        class_name = str(pupil.student.student_class)
        choices = pupil.plan is PlanType.PREMIUM_MCQ
        if (number * 3 + week) % 7 == place and (number + week) % 3 == 0:
            yield pupil, _paper(week, class_name, ExamType.SECTION_MCQ if choices else ExamType.BOARD_EXAM)
        elif (number * 5 + week * 2) % 7 == place and (number + week) % 3 == 1 and not choices:
            yield pupil, _other(week, number, class_name, pupil.plan)
        elif (number + week) % 9 == place and (number + week) % 3 == 2 and not choices:
            yield pupil, _other(week, number + 1, class_name, pupil.plan)


def _other(week: int, number: int, class_name: str, plan: PlanType) -> PastPaper:
    kinds = [ExamType.SECTION_SA, ExamType.SECTION_MCQ, ExamType.SECTION_VSA]
    if plan is not PlanType.BASIC:
        kinds.append(ExamType.UNIT_PRACTICE)
    return _paper(week, class_name, kinds[(number + week // 2) % len(kinds)])


def _paper(week: int, class_name: str, exam_type: ExamType) -> PastPaper:
    fortnight = week if exam_type is ExamType.BOARD_EXAM else week // 2
    units = _SPOKEN_OF[class_name == "X"]
    unit = units[fortnight % len(units)] if exam_type is ExamType.UNIT_PRACTICE else None
    kind = list(ExamType).index(exam_type)
    return PastPaper(5_000 + fortnight * 20 + kind * 2 + (class_name == "X"), class_name, exam_type, unit)


def _ability(exam: PastExam) -> float:
    """How strong a student is on that day, about nought for the middle one: most of them learn, some do not."""
    chance = random.Random(exam.pupil.student.email)
    level, learns = chance.gauss(0.35, 0.95), chance.gauss(0.05, 0.06)
    return level + learns * (exam.number / 25) + random.Random(exam.number).gauss(0, 0.25)


def _answered(question: SnapshotQuestion, ability: float, chance: random.Random) -> Iterator[PastAnswer]:
    if not question.question_type.written:
        yield from _chosen(question, ability, chance)
        return
    side = chance.choice(question.options)
    likely = _likely(side[1], ability)
    if chance.random() < 0.10 * (1 - likely):
        yield PastAnswer(question, Decimal(0), attempted=False, side=side)
        return
    share = min(1.0, max(0.0, chance.gauss(likely + 0.05, 0.22)))
    yield PastAnswer(question, Decimal(round(share * float(question.marks) * 2)) / 2, side=side)


def _chosen(question: SnapshotQuestion, ability: float, chance: random.Random) -> Iterator[PastAnswer]:
    wrong = [choice.id for choice in question.choices if choice.id not in question.correct]
    if chance.random() < 0.02:
        return  # left out
    if not wrong or chance.random() < 0.15 + 0.85 * _likely(question, ability):
        yield PastAnswer(question, question.marks, choice=question.correct[0])
        return
    tempting = crc32(question.question_id.encode()) % len(wrong)
    yield PastAnswer(question, Decimal(0), choice=wrong[tempting] if chance.random() < 0.55 else chance.choice(wrong))


def _likely(question: PaperQuestion, ability: float) -> float:
    """How likely the student is to do it right (0..1), by the logistic curve of item response."""
    own = (crc32(question.question_id.encode()) % 1000 / 1000 - 0.5) * 1.2
    unit = _HARD_UNITS.get(question.unit, 0.0) + _LIKED_UNITS.get(question.unit, 0.0)
    ease = _EASE[_difficulties()[question.question_id]] + own + unit
    return 1 / (1 + exp(-(ability + ease + 0.3)))


@cache
def _difficulties() -> Mapping[str, str]:
    return {question.content.question_id: question.difficulty for question in shipped_questions()}
