"""Small papers for tests."""

from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from mv_desktop.domain.exam import ExamSnapshot, Section, TemplateConfig
from mv_desktop.domain.question import (
    Alternative,
    Choice,
    PaperQuestion,
    QuestionType,
    Scheme,
    SchemeStep,
    SnapshotQuestion,
)

_LINE = "Differentiate $y = \\sin^{-1}(x) + e^{2x}$ with respect to $x$ and simplify the result. "


def bank_question(name: str, kind: str = "VSA", marks: int = 2, unit: str = "Matrices") -> PaperQuestion:
    """A question whose id is made from its name; its scheme has one step that earns all."""
    mcq = kind == "MCQ"
    return PaperQuestion(
        question_id=str(uuid5(NAMESPACE_URL, name)),
        question_type=QuestionType(kind),
        marks=Decimal(marks),
        unit=unit,
        question_text=f"Question {name}",
        choices=tuple(Choice(id=c, text=c) for c in "ABCD") if mcq else (),
        correct=("B",) if mcq else (),
        scheme=Scheme() if mcq else Scheme(steps=(SchemeStep(text="All of it", marks=Decimal(marks)),)),
    )


def section(name="A", kind="VSA", marks=2, count=1, **rest) -> Section:
    return Section(
        section=name,
        title=name,
        question_type=QuestionType(kind),
        marks_per_question=marks,
        question_count=count,
        **rest,
    )


def template(*sections: Section) -> TemplateConfig:
    total = sum(s.marks_per_question * s.question_count for s in sections)
    return TemplateConfig(total_marks=total, duration_minutes=60, sections=sections)


def paper() -> ExamSnapshot:
    """One MCQ (1), a VSA (2), an SA (3) with an either/or, and an LA (5): questions 1 to 4."""
    mcq, vsa, la = bank_question("m", "MCQ", 1), bank_question("v"), bank_question("l", "LA", 5)
    a, b = bank_question("a", "SA", 3), bank_question("b", "SA", 3)
    alternatives = tuple(Alternative(key=k, **q.model_dump()) for k, q in (("a", a), ("b", b)))
    return ExamSnapshot(
        seed=1,
        template=template(
            section("A", "MCQ", 1), section("B"), section("C", "SA", 3, either_or=1), section("D", "LA", 5)
        ),
        questions=(
            SnapshotQuestion(question_number=1, section="A", **mcq.model_dump()),
            SnapshotQuestion(question_number=2, section="B", **vsa.model_dump()),
            SnapshotQuestion(question_number=3, section="C", alternatives=alternatives, **a.model_dump()),
            SnapshotQuestion(question_number=4, section="D", **la.model_dump()),
        ),
    )


def board_paper() -> ExamSnapshot:
    """37 questions of the board's pattern, with texts and schemes of the length that real ones have."""
    kinds = [("MCQ", 1)] * 20 + [("VSA", 2)] * 5 + [("SA", 3)] * 6 + [("LA", 5)] * 6
    questions = []
    for number, (kind, marks) in enumerate(kinds, 1):
        steps = tuple(SchemeStep(text=_LINE, marks=Decimal(1)) for _ in range(marks))
        content = bank_question(f"q{number}", kind, marks).model_dump()
        content |= {"question_text": _LINE * 3, "scheme": Scheme(solution=(_LINE,) * 6, steps=steps)}
        questions.append(SnapshotQuestion(question_number=number, section="A", **content))
    sections = (
        section("A", "MCQ", 1, 20),
        section("B", "VSA", 2, 5),
        section("C", "SA", 3, 6),
        section("D", "LA", 5, 6),
    )
    return ExamSnapshot(seed=1, template=template(*sections), questions=tuple(questions))
