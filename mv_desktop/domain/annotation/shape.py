"""The kinds of annotation, as they stand in `evaluations.annotation_data` (schema 1).

Coordinates are fractions of the unrotated page: x of its width, y of its height, origin top left; sizes and
widths are fractions of the page width. Unknown fields are kept; an unknown `type` becomes `UnknownAnnotation`
and is kept too.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from pydantic import Field, ValidationError, field_validator

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.domain.question import Stored

EXAMINER_RED = "#c1121f"
"""The default ink."""
HIGHLIGHTER_YELLOW = "#ffd60a"
"""The highlighter's ink."""

StampName = Literal["tick", "cross", "half", "circle", "star"]
STAMP_NAMES: tuple[StampName, ...] = ("tick", "cross", "half", "circle", "star")

FigureName = Literal["line", "arrow", "box", "ellipse"]
FIGURE_NAMES: tuple[FigureName, ...] = ("line", "arrow", "box", "ellipse")

Fraction = Annotated[float, Field(ge=-1.0, le=2.0, allow_inf_nan=False)]
Extent = Annotated[float, Field(gt=0.0, le=2.0, allow_inf_nan=False)]


class Annotation(Stored):
    """What all annotations have.

    Attributes:
        id: a UUIDv7 made where the annotation was made.
        question_number: the question it belongs to, or None.
        alternative: the side of an either/or question ("a", "b"), or None.
        marks: what it carries, a decimal string ("1.0"), or None.
        group: what was made in one gesture and is selected and moved together has the same; None stands alone.
        step: the step of the question's scheme, from 1, that its marks are for, or None.
    """

    id: UUID
    type: str
    color: str = EXAMINER_RED
    question_number: int | None = None
    alternative: str | None = None
    marks: str | None = None
    group: UUID | None = None
    step: Annotated[int, Field(ge=1)] | None = None

    @field_validator("marks")
    @classmethod
    def _decimal_marks(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                if not Decimal(value).is_finite():
                    raise ValueError("marks must be a finite number")
            except InvalidOperation as error:
                raise ValueError("marks must be a decimal string") from error
        return value

    @property
    def annotation_id(self) -> AnnotationId:
        """The typed id."""
        return AnnotationId(self.id)

    @property
    def mark_key(self) -> MarkKey | None:
        """What its marks count for, or None when it belongs to no question."""
        if self.question_number is None:
            return None
        return MarkKey(self.question_number, self.alternative or "")

    @property
    def carried(self) -> Decimal | None:
        """Its marks as a number."""
        return None if self.marks is None else Decimal(self.marks)


class Stamp(Annotation):
    """A stamp; (x, y) is its centre, `size` its width."""

    type: Literal["stamp"] = "stamp"
    stamp: StampName
    x: Fraction
    y: Fraction
    size: Extent = 0.03


class PenStroke(Annotation):
    """A pen stroke; each point is (x, y, pressure 0..1)."""

    type: Literal["pen"] = "pen"
    points: tuple[tuple[float, float, float], ...]
    width: Extent = 0.002


class Highlight(Annotation):
    """A broad stroke that what lies under it shows through; points as a pen's."""

    type: Literal["highlighter"] = "highlighter"
    color: str = HIGHLIGHTER_YELLOW
    points: tuple[tuple[float, float, float], ...]
    width: Extent = 0.022


class Figure(Annotation):
    """A straight figure from (x, y) to (x2, y2); `width` is its line's.

    A line and an arrow run from the one to the other, and an arrow's head is at (x2, y2); a box and an ellipse have
    them as opposite corners, in whichever order they were drawn.
    """

    type: FigureName
    x: Fraction
    y: Fraction
    x2: Fraction
    y2: Fraction
    width: Extent = 0.002


class TextNote(Annotation):
    """Text with maths; (x, y) is its top left corner."""

    type: Literal["text"] = "text"
    x: Fraction
    y: Fraction
    width: Extent = 0.3
    text: str
    size: Extent = 0.018


class UnknownAnnotation(Annotation):
    """An annotation that this version cannot draw: kept as it came and shown as a placeholder."""


_KINDS: dict[str, type[Annotation]] = {
    "stamp": Stamp,
    "pen": PenStroke,
    "highlighter": Highlight,
    "text": TextNote,
    **dict.fromkeys(FIGURE_NAMES, Figure),
}


class Placed(NamedTuple):
    """An annotation and the page it stands on."""

    page: PageRef
    annotation: Annotation


def parse_annotation(data: dict[str, Any]) -> Annotation:
    """The annotation that `data` (an entry of ``annotations``) describes.

    Raises:
        InvalidError: a known type with impossible values, or no id.
    """
    try:
        return _KINDS.get(str(data.get("type")), UnknownAnnotation).model_validate(data)
    except ValidationError as error:
        raise InvalidError("An annotation could not be read.", kept="It was set aside unchanged.") from error


def annotation_json(annotation: Annotation) -> dict[str, Any]:
    """`annotation` as JSON data; fields that are None and were never given are left out."""
    return annotation.model_dump(mode="json", exclude_none=True)
