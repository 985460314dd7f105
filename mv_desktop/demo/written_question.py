"""Questions that the demo's teachers wrote: some wait for approval, one was sent back, one is still a draft.

A change of a question that is in the bank waits, too.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from mv_desktop.demo.population import Person, staff
from mv_desktop.demo.question_bank import shipped_questions
from mv_desktop.domain.person import UserRole
from mv_desktop.domain.question_draft import QuestionDraft, values_of
from mv_desktop.services.question import open_question
from mv_desktop.services.question_review import open_own, put_own, reject_question, submit_question

_NAMESPACE = UUID("9b7f0a34-52c8-5b4f-93d1-7175657374ff")


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A teacher's question.

    Attributes:
        teacher: index into the demo's teachers.
        words: what she said when she handed it in.
        fault: what an admin said was wrong with it; "" while it waits.
        handed_in: it is no draft any more.
    """

    teacher: int
    draft: QuestionDraft
    words: str = ""
    fault: str = ""
    handed_in: bool = True


_QUESTIONS = (
    WrittenQuestion(
        1,
        QuestionDraft(
            unit="Determinants", topic="Area of a triangle", question_type="SA", marks=3, difficulty="medium",
            question_text="Using determinants, find the values of $k$ for which the triangle with vertices $(k, 0)$,"
            " $(4, 0)$ and $(0, 2)$ has an area of 4 square units.",
            answer="$k = 0$ or $k = 8$",
            solution="$\\frac{1}{2}|k(0-2) + 4(2-0)| = 4$\n$|8 - 2k| = 8$\n$k = 0$ or $k = 8$",
            steps="1: writes the area as a determinant\n1: $|8 - 2k| = 8$\n1: both values of $k$",
        ),
        "For the second test of December.",
    ),
    WrittenQuestion(
        1,
        QuestionDraft(
            unit="Matrices", topic="Order of a product", question_type="MCQ", marks=1, difficulty="easy",
            question_text="If $A$ is of order $2 \\times 3$ and $AB$ of order $2 \\times 5$, the order of $B$ is",
            choices="$3 \\times 5$\n$5 \\times 3$\n$2 \\times 5$\n$3 \\times 2$", correct="A", answer="$3 \\times 5$",
            solution="The columns of $A$ are as many as the rows of $B$.",
        ),
    ),
    WrittenQuestion(
        4,
        QuestionDraft(
            class_name="X", unit="Circles", topic="Tangents", question_type="VSA", marks=2, difficulty="medium",
            question_text="From a point $P$, 13 cm from the centre of a circle, a tangent of 12 cm is drawn. Find the"
            " radius.",
            answer="5 cm", solution="$r^2 = 13^2 - 12^2 = 25$\n$r = 5$ cm",
            steps="1: right angle at the point of contact\n1: $r = 5$ cm",
        ),
        "Close to the one of last year, with other numbers.",
    ),
    WrittenQuestion(
        0,
        QuestionDraft(
            unit="Probability", topic="Bayes' theorem", question_type="SA", marks=3, difficulty="hard",
            question_text="A bag holds 4 red and 6 black balls, another one 6 red and 4 black ones. A ball is drawn"
            " from one of them and found to be red. Find the probability that it came from the first bag.",
            answer="$\\frac{2}{5}$",
            solution="$P(E_1|A) = \\frac{\\frac{1}{2} \\cdot \\frac{4}{10}}{\\frac{1}{2} \\cdot \\frac{4}{10} +"
            " \\frac{1}{2} \\cdot \\frac{6}{10}}$\n$= \\frac{2}{5}$",
            steps="1: states Bayes' theorem\n1: puts the numbers in\n1: $\\frac{2}{5}$",
        ),
        fault="Say that the bag is chosen at random; otherwise it has no answer. The steps are fine.",
    ),
    WrittenQuestion(
        0,
        QuestionDraft(
            unit="Integrals", topic="By parts", question_type="VSA", marks=2, difficulty="medium",
            question_text="Find $\\int x \\, e^{2x} \\, dx$.", answer="$\\frac{e^{2x}}{4}(2x - 1) + C$",
            steps="1: integrates by parts\n1: result with $C$",
        ),
        handed_in=False,
    ),
)  # fmt: skip

_PROPOSER = 2
"""Index into the demo's teachers."""
_CHANGED = "xii-three-dimensional-geometry-vsa-2"
_STEPS = (
    "½: writes the line in standard form\n½: reads the direction ratios $2, 3, 6$\n"
    "1: divides by $7$: $\\frac{2}{7}, \\frac{3}{7}, \\frac{6}{7}$"
)
_WHY = "Many write the standard form and stop there. With a mark for both together they get all of it, or nothing."


def write_questions(as_person: Callable[[Person], AbstractContextManager[Session]]) -> None:
    """Write them, each by its teacher's own login, propose the change, and let an admin send a question back.

    Args:
        as_person: opens a session of a member of staff that commits at its end.
    """
    for number in sorted({question.teacher for question in _QUESTIONS}):
        with as_person(staff()[number]) as session:
            for question in _QUESTIONS:
                if question.teacher == number:
                    _write(session, question)
    with as_person(staff()[_PROPOSER]) as session:
        _propose(session)
    admin = next(person for person in staff() if person.role is UserRole.ADMIN)
    with as_person(admin) as session:
        for question in _QUESTIONS:
            if question.fault:
                opened = open_question(session, question_id(question))
                reject_question(session, question_id(question), opened.seen, question.fault)


def question_id(question: WrittenQuestion) -> UUID:
    """The same on every computer."""
    return uuid5(_NAMESPACE, question.draft.question_text)


def _write(session: Session, question: WrittenQuestion) -> None:
    key = question_id(question)
    put_own(session, key, None, values_of(question.draft, None))
    if question.handed_in:
        submit_question(session, key, open_own(session, key).seen, question.words)


def _propose(session: Session) -> None:
    key = next(UUID(one.content.question_id) for one in shipped_questions() if one.key == _CHANGED)
    opened = open_own(session, key)
    put_own(session, key, opened.seen, values_of(replace(opened.draft, steps=_STEPS), opened.draft))
    submit_question(session, key, open_own(session, key).seen, _WHY)
