"""The names of things, so that a script's id is never taken for an annotation's."""

from __future__ import annotations

from typing import NamedTuple, NewType
from uuid import UUID

UserId = NewType("UserId", UUID)
EvaluationId = NewType("EvaluationId", UUID)
ExamInstanceId = NewType("ExamInstanceId", UUID)
QuestionId = NewType("QuestionId", UUID)
UploadId = NewType("UploadId", UUID)
AnnotationId = NewType("AnnotationId", UUID)
OperationId = NewType("OperationId", UUID)
StreamId = NewType("StreamId", UUID)
FlagId = NewType("FlagId", UUID)
CommentId = NewType("CommentId", UUID)
ChangeId = NewType("ChangeId", UUID)
AbsenceId = NewType("AbsenceId", UUID)
ComputerId = NewType("ComputerId", UUID)
MarkingId = NewType("MarkingId", UUID)


class PageRef(NamedTuple):
    """One page of a script: the upload's number, and the page inside a PDF (0 when the upload is an image)."""

    page_number: int
    pdf_page: int = 0

    @property
    def label(self) -> str:
        """As the teacher sees it: "3", or "3.2" for the second page of a PDF."""
        return f"{self.page_number}.{self.pdf_page}" if self.pdf_page else str(self.page_number)


class MarkKey(NamedTuple):
    """What one mark is given for: a question, or one alternative ("a", "b") of an either/or question."""

    question_number: int
    alternative: str = ""
