"""Either/or questions of the bank: what can be answered instead stands in the scheme, and becomes a side of a paper's.

A paper's either/or question has its sides as alternatives (`SnapshotQuestion`), whether they come from one question of
the bank, which is what this is about, or from two.
"""

from __future__ import annotations

from pydantic import TypeAdapter

from mv_desktop.domain.question import PaperQuestion, Scheme


class Instead(Scheme):
    """What can be answered instead, for the same marks, with its pictures, and how it is marked."""

    question_text: str
    question_image_url: str | None = None
    diagram_image_url: str | None = None
    correct_answer_image_url: str | None = None
    explanation_image_url: str | None = None


_INSTEAD = TypeAdapter(tuple[Instead, ...])
_NAME = "alternatives"


def has_sides(question: PaperQuestion) -> bool:
    """The bank offers something else to answer in the question itself."""
    return bool((question.scheme.model_extra or {}).get(_NAME))


def sides(question: PaperQuestion) -> tuple[PaperQuestion, ...]:
    """The sides as a paper holds them: the question itself first. Of a question without any, itself alone.

    All sides carry the question's id, marks, unit and topic; each has pictures of its own, and only the question itself
    has choices.
    """
    found = _INSTEAD.validate_python((question.scheme.model_extra or {}).get(_NAME) or ())
    rest = {name: value for name, value in question.scheme if name != _NAME}
    first = question.model_copy(update={"scheme": Scheme(**rest)})
    return first, *(_side(first, one) for one in found)


def _side(first: PaperQuestion, one: Instead) -> PaperQuestion:
    own = set(Instead.model_fields) - set(Scheme.model_fields)
    scheme = Scheme(**{name: value for name, value in one if name not in own})
    return first.model_copy(update={**{name: getattr(one, name) for name in own}, "scheme": scheme})
