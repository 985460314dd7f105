"""The kinds of annotation, as they stand in `evaluations.annotation_data` (schema 1).

Coordinates are fractions of the unrotated page: x of its width, y of its height, origin top left; sizes and
widths are fractions of the page width. Unknown fields are kept; an unknown `type` becomes `UnknownAnnotation`
and is kept too, and so does what breaks the rules of its type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, NamedTuple, Self
from uuid import UUID, uuid5

from pydantic import (
    Field,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
)

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
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**31), lt=2**31)]

_MOST_MARKS = 1000
"""The server takes nothing that carries as much or more."""
_FINEST_EXPONENT = -20
_NAMELESS = UUID("7d7b2e0c-4b0f-5c52-9a55-1f5b0d6f3a10")
"""The namespace of ids made for annotations that came without one."""


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
    question_number: Whole | None = None
    alternative: str | None = None
    marks: str | None = None
    group: UUID | None = None
    step: Annotated[int, Field(ge=1)] | None = None

    @field_validator("marks")
    @classmethod
    def _decimal_marks(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                number = Decimal(value)
            except InvalidOperation as error:
                raise ValueError("marks must be a decimal string") from error
            if not number.is_finite() or abs(number) >= _MOST_MARKS:
                raise ValueError("marks must be a number below a thousand")
            if int(number.as_tuple().exponent) < _FINEST_EXPONENT:
                raise ValueError("marks must not be finer than anybody gives them")
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
    points: tuple[tuple[Fraction, Fraction, Share], ...]
    width: Extent = 0.002


class Highlight(Annotation):
    """A broad stroke that what lies under it shows through; points as a pen's."""

    type: Literal["highlighter"] = "highlighter"
    color: str = HIGHLIGHTER_YELLOW
    points: tuple[tuple[Fraction, Fraction, Share], ...]
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
    """Text with maths; (x, y) is its top left corner.

    Attributes:
        comment_id: the comment of the bank that it was placed from, or None.
        comment_version: which version of that comment.
    """

    type: Literal["text"] = "text"
    x: Fraction
    y: Fraction
    width: Extent = 0.3
    text: str
    size: Extent = 0.018
    comment_id: UUID | None = None
    comment_version: int | None = None


class UnknownAnnotation(Annotation):
    """An annotation that this version cannot draw: kept as it came and shown as a placeholder.

    What it says of its question and marks counts as far as it makes sense, as it does on the server.
    """

    _body: Mapping[str, Any] | None = PrivateAttr(default=None)

    @classmethod
    def kept(cls, body: Mapping[str, Any], annotation_id: UUID | None = None) -> Self:
        """The placeholder for an entry that breaks the rules of its type, or of all types.

        Args:
            body: the entry, which `annotation_json` answers again as it is.
            annotation_id: its id where another than its own is known; one is made of its content when it has none.
        """
        fields: dict[str, Any] = {}
        for name in Annotation.model_fields:
            if name in body and name not in {"id", "type"}:
                try:
                    read = Annotation.model_validate({"id": _NAMELESS, "type": "", name: body[name]})
                except ValidationError:
                    continue
                fields[name] = getattr(read, name)
        kind = body.get("type")
        found = cls(
            id=annotation_id or _own_id(body) or uuid5(_NAMELESS, json.dumps(body, sort_keys=True, default=str)),
            type=kind if isinstance(kind, str) else "",
            **fields,
        )
        found._body = dict(body)
        found.__pydantic_fields_set__.clear()  # what is changed later is told from what came by this
        return found

    @property
    def body(self) -> Mapping[str, Any] | None:
        """The entry as it came, None for one that was made here."""
        return self._body

    @model_serializer(mode="wrap")
    def _written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        if self._body is None:
            return written
        return {**self._body, **{name: value for name, value in written.items() if name in self.model_fields_set}}


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


def parse_annotation(data: Mapping[str, Any]) -> Annotation:
    """The annotation that `data` (an entry of ``annotations``) describes.

    Raises:
        InvalidError: a known type with impossible values, or no id.
    """
    try:
        found = _KINDS.get(str(data.get("type")), UnknownAnnotation).model_validate(data)
    except ValidationError as error:
        raise InvalidError("An annotation could not be read.", kept="It was set aside unchanged.") from error
    return UnknownAnnotation.kept(data) if isinstance(found, UnknownAnnotation) else found


def read_annotation(data: Mapping[str, Any], annotation_id: UUID | None = None) -> Annotation:
    """The annotation that `data` describes, whatever it holds.

    What breaks the rules of its type is a placeholder that is kept as it came: no entry ever closes a script.

    Args:
        data: an entry of ``annotations``.
        annotation_id: its id, where it is known from elsewhere.
    """
    try:
        found = parse_annotation(data)
    except InvalidError:
        return UnknownAnnotation.kept(data, annotation_id)
    same = annotation_id is None or annotation_id == found.id
    return found if same else UnknownAnnotation.kept(data, annotation_id)


def is_known(kind: str) -> bool:
    """This version can draw annotations of that type."""
    return kind in _KINDS


def annotation_json(annotation: Annotation) -> dict[str, Any]:
    """`annotation` as JSON data; fields that are None are left out, and what this version does not know stays."""
    written = annotation.model_dump(mode="json")
    if isinstance(annotation, UnknownAnnotation) and annotation.body is not None:
        return written
    extra = annotation.model_extra or {}
    return {name: value for name, value in written.items() if value is not None or name in extra}


def _own_id(body: Mapping[str, Any]) -> UUID | None:
    try:
        return UUID(str(body["id"]))
    except (KeyError, ValueError):
        return None
