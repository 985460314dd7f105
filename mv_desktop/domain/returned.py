"""Questions of a completed script that a coordinator returned: only these are marked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.domain.operation import ClearMark, DeleteAnnotations, Operation, PutAnnotations, ResolveMark, SetMark


@dataclass(frozen=True, slots=True)
class ReturnedQuestion:
    """A question that is to be marked again, and why; `pin` is a place: page_number, pdf_page, x and y."""

    question_number: int
    reason: str
    pin: Mapping[str, float] | None = None


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
