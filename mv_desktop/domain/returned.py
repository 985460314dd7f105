"""Questions of a completed script that a coordinator returned: only these are marked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import ClearMark, DeleteAnnotations, Operation, PutAnnotations, ResolveMark, SetMark


class Pinned(NamedTuple):
    """A place on a page."""

    page: PageRef
    spot: Spot


@dataclass(frozen=True, slots=True)
class ReturnedQuestion:
    """A question that is to be marked again, and why; `pin` is the place that is meant."""

    question_number: int
    reason: str
    pin: Pinned | None = None


def written_pin(pin: Pinned) -> dict[str, float]:
    """A pin as the database has it: page_number, pdf_page, x and y."""
    return {"page_number": pin.page.page_number, "pdf_page": pin.page.pdf_page, "x": pin.spot.x, "y": pin.spot.y}


def read_pin(value: object) -> Pinned | None:
    """A pin out of the database, which looks at nothing in it: None for what is no place on a page."""
    if not isinstance(value, dict):
        return None
    page, part, x, y = value.get("page_number"), value.get("pdf_page", 0), value.get("x"), value.get("y")
    if type(page) is not int or type(part) is not int or page < 1 or part < 0:
        return None
    if not isinstance(x, int | float) or not isinstance(y, int | float) or not (0 <= x <= 1 and 0 <= y <= 1):
        return None
    return Pinned(PageRef(page, part), Spot(float(x), float(y)))


@dataclass(frozen=True, slots=True)
class Returned:
    """What of a script was returned to the teacher who had completed it; the rest of it stays as it is.

    Attributes:
        reason: why the script was returned.
        questions: each with its own reason.
    """

    reason: str
    questions: tuple[ReturnedQuestion, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The questions, rising."""
        return tuple(sorted(question.question_number for question in self.questions))

    def why(self, number: int) -> str:
        """Why a question was returned, "" when it was not."""
        return next((question.reason for question in self.questions if question.question_number == number), "")

    def pin(self, number: int) -> Pinned | None:
        """Where on a page a question was returned, None for no place or when it was not."""
        return next((question.pin for question in self.questions if question.question_number == number), None)

    def closes(self, operation: Operation, ink: Mapping[AnnotationId, Placed]) -> int | None:
        """The first question that was not returned and that `operation` would change; None when it may be done.

        The rule is the server's: ink that belongs to no question is free.

        Args:
            operation: what is to be done.
            ink: what stands on the script before.
        """
        numbers: set[int | None] = set()
        match operation:
            case SetMark() | ClearMark() | ResolveMark():
                numbers = {operation.key.question_number}
            case PutAnnotations():
                numbers = {item.annotation.question_number for item in operation.placed}
                touched = [item.annotation.annotation_id for item in operation.placed]
                numbers |= {ink[one].annotation.question_number for one in touched if one in ink}
            case DeleteAnnotations():
                numbers = {ink[one].annotation.question_number for one in operation.annotation_ids if one in ink}
        return min((number for number in numbers if number is not None and not self.why(number)), default=None)
