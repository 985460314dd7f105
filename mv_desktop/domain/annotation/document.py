"""A completed script's annotations as one document: `evaluations.annotation_data`, schema 1 (`docs/annotation.md`)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SerializeAsAny

from mv_desktop.domain.annotation.shape import Annotation, read_annotation
from mv_desktop.domain.question import Stored


def _read(value: Any) -> Any:  # noqa: ANN401 (whatever JSON holds)
    return read_annotation(value) if isinstance(value, dict) else value


AnyAnnotation = Annotated[SerializeAsAny[Annotation], BeforeValidator(_read)]
"""An annotation of whichever kind; an unknown kind is kept."""


class QuestionNote(Stored):
    """What is to be said of a question beyond its row in `question_marks`.

    Attributes:
        state: "not_attempted", or what a later version says.
        alternative: the side of an either/or question it is about, or None.
        marks: of a struck-out alternative, a decimal string.
    """

    question_number: int
    state: str | None = None
    alternative: str | None = None
    marks: str | None = None


class Seen(Stored):
    """How long a page was shown at a readable size, and the largest share (0..1) of it at once."""

    seconds: float = 0.0
    largest_share: float = 0.0


class AnnotatedPage(Stored):
    """One page with its annotations, in the order in which they were placed.

    Attributes:
        pdf_page: the page inside a PDF upload, from 1; 0 for an image.
        rotation: degrees clockwise by which the page is turned for viewing.
        annotated_s3_key: the stored picture of the page with its ink, or None.
    """

    page_number: int
    pdf_page: int = 0
    rotation: int = 0
    annotated_s3_key: str | None = None
    seen: Seen | None = None
    annotations: tuple[AnyAnnotation, ...] = ()


class AnnotationDocument(Stored):
    """`evaluations.annotation_data`."""

    schema_: int = Field(default=1, alias="schema")
    questions: tuple[QuestionNote, ...] = ()
    pages: tuple[AnnotatedPage, ...] = ()
