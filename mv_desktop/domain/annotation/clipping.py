"""Annotations on their way through the clipboard: written as text, and read without trusting a word of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.geometry import Point, can_change, placement
from mv_desktop.domain.annotation.shape import (
    Annotation,
    Figure,
    Highlight,
    PenStroke,
    Stamp,
    TextNote,
    annotation_json,
    parse_annotation,
)
from mv_desktop.domain.annotation.weight import check_weight
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import STEP

MIME_TYPE = "application/x-mathvidya-annotations+json"
MOST_BYTES = 4 * 1024 * 1024
"""A clipping that is larger is not even read."""
MOST_CHARACTERS = 20_000
"""The longest text that becomes a note."""

_SCHEMA = 1
_FLATTEST, _LONGEST = 0.02, 50.0
"""A page's height over its width, so that nothing is divided by next to nothing."""
_LINE = 1.5
"""A line's height, of the letters' size."""
_COLOR = re.compile("#[0-9a-fA-F]{6}")
_FIELDS = frozenset().union(*(kind.model_fields for kind in (Stamp, PenStroke, Highlight, Figure, TextNote)))
"""What another program puts into an annotation beyond these does not come in."""


class Clipped(NamedTuple):
    """An annotation and the shape of the page that it was taken from: its height over its width."""

    annotation: Annotation
    ratio: float


@dataclass(frozen=True, slots=True)
class Clipping:
    """What was cut out or copied."""

    items: tuple[Clipped, ...]

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of all their points, both ways in fractions of a page's width."""
        points = [(x, y * item.ratio) for item in self.items for x, y in _points(item.annotation)]
        across, down = [x for x, _ in points], [y for _, y in points]
        return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2

    def shift_within(self, ratio: float, shift: Point, turns: int = 0) -> Point:
        """`shift` changed so far that all of it stands on the page; of what is larger, the upper left corner does.

        Both shifts are in fractions of the page's width; `ratio` is its height over its width, `turns` by how many
        quarters it is turned for viewing, clockwise: writing stays upright for the viewer.
        """
        left, top, right, bottom = self._bounds(turns)
        return _kept(shift[0], left, right, 1.0), _kept(shift[1], top, bottom, ratio)

    def shift_aside(self, ratio: float, shift: Point, by: float, turns: int = 0) -> Point:
        """`shift` and `by` more to the right and down; where the page ends there, to the left or up instead.

        What has no room either way goes over the edge: it would lie where nobody sees it. All are in fractions of the
        page's width; `ratio` and `turns` are as in `shift_within`.
        """
        if not by:
            return shift
        left, top, right, bottom = self._bounds(turns)
        across = _aside(shift[0], by, left, right, 1.0)
        down = _aside(shift[1], by, top, bottom, ratio)
        return (shift[0] + by, shift[1] + by) if (across, down) == shift else (across, down)

    @property
    def text(self) -> str:
        """What is written in it, for other programs; "" when nothing is."""
        notes = (item.annotation for item in self.items)
        return "\n\n".join(note.text for note in notes if isinstance(note, TextNote))

    def _bounds(self, turns: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of all of it on a page turned so, both ways in fractions of a page's width."""
        lefts, tops, rights, bottoms = zip(*(_box(item, turns) for item in self.items), strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    def placed_on(
        self, ratio: float, shift: tuple[float, float], ids: IdSource, key: MarkKey | None
    ) -> tuple[Annotation, ...]:
        """New annotations for a page, with ids and groups of their own.

        What belonged to a question belongs to `key` now and carries there what it carried: a copied tick is one more
        tick. What belonged to none belongs to none; without a `key` nothing carries marks.

        Args:
            ratio: the page's height over its width.
            shift: how far they go, in fractions of the page's width.
            ids: for new ids.
            key: the question that they are for.
        """
        groups: dict[UUID, UUID] = {}
        result = []
        for annotation, of in self.items:
            fields = placement(annotation, partial(_shifted, shift, of, ratio))
            if fields is not None:
                group = annotation.group
                if group is not None:
                    group = groups.setdefault(group, ids())
                fields |= {"id": ids(), "group": group, **_question_fields(annotation, key)}
                result.append(annotation.model_copy(update=fields))
        return tuple(result)


def clipping_of(annotations: Iterable[Clipped]) -> Clipping:
    """The clipping of annotations. Those of unknown kinds are left out: their questions and places are not known.

    Raises:
        InvalidError: it is too much.
    """
    known = tuple(item for item in annotations if can_change(item.annotation))
    check_weight(item.annotation for item in known)
    return Clipping(known)


def written(clipping: Clipping) -> bytes:
    """The clipping as it stands on the clipboard."""
    entries = [{"ratio": item.ratio, "annotation": annotation_json(item.annotation)} for item in clipping.items]
    return json.dumps({"schema": _SCHEMA, "items": entries}, ensure_ascii=False).encode()


def read_clipping(data: bytes) -> Clipping:
    """The clipping that `data` holds; what in it is none of ours or breaks the rules is left out.

    Raises:
        InvalidError: it cannot be read, holds nothing that can be pasted, or is too much.
    """
    if len(data) > MOST_BYTES:
        raise _too_much()
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    entries = body.get("items") if isinstance(body, dict) and body.get("schema") == _SCHEMA else None
    if not isinstance(entries, list):
        raise _unreadable()
    found = tuple(item for entry in entries if (item := _read(entry)) is not None)
    if not found:
        raise _unreadable()
    check_weight(item.annotation for item in found)
    return Clipping(found)


def read_as_written(clipping: Clipping) -> bool:
    """`read_clipping` would find in what is written of it exactly this, and it need not be read to be had again."""
    return all(
        _FLATTEST <= item.ratio <= _LONGEST and not item.annotation.model_extra and _keeps_the_rules(item.annotation)
        for item in clipping.items
    )


def checked_text(text: str) -> str:
    """Words from another program, as a note may hold them.

    Raises:
        InvalidError: they are too many.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    text = "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())
    if len(text) > MOST_CHARACTERS:
        raise _too_much()
    return text


# -- private -------------------------------------------------------------------------------------------------


def _shifted(shift: Point, source: float, target: float, x: float, y: float) -> Point:
    """From a page of one shape to one of another, both ways by fractions of a width."""
    return x + shift[0], (y * source + shift[1]) / target


def _question_fields(annotation: Annotation, key: MarkKey | None) -> dict[str, object]:
    """What changes in a copy that is for `key`."""
    if annotation.question_number is None and annotation.marks is None:
        return {}
    if key is None:  # marks that belong to no question would count for nothing
        return {"question_number": None, "alternative": None, "marks": None, "step": None}
    same = annotation.mark_key == key
    return {
        "question_number": key.question_number,
        "alternative": key.alternative or None,
        "step": annotation.step if same else None,  # a step of another question's scheme means nothing here
    }


def _read(entry: Any) -> Clipped | None:  # noqa: ANN401 - whatever the clipboard holds
    body, ratio = (entry.get("annotation"), entry.get("ratio")) if isinstance(entry, dict) else (None, None)
    if not isinstance(body, dict) or not isinstance(ratio, int | float) or isinstance(ratio, bool):
        return None
    if not _FLATTEST <= ratio <= _LONGEST:
        return None
    try:
        found = parse_annotation({name: body[name] for name in body if name in _FIELDS})
    except InvalidError:
        return None
    return Clipped(found, float(ratio)) if _keeps_the_rules(found) else None


def _keeps_the_rules(found: Annotation) -> bool:
    if not can_change(found) or not _COLOR.fullmatch(found.color):
        return False
    if isinstance(found, PenStroke | Highlight) and not found.points:
        return False
    carried = found.carried
    return carried is None or (carried >= 0 and not carried % STEP)


def _too_much() -> InvalidError:
    return InvalidError("What was copied is too much for a page.", remedy="Copy less of it.")


def _unreadable() -> InvalidError:
    return InvalidError("What was copied cannot be put on a page.")


def _kept(shift: float, first: float, last: float, length: float) -> float:
    """`shift` so that `first`..`last` lies in 0..`length`, or at least begins there."""
    return max(min(shift, length - last), -first)


def _aside(shift: float, by: float, first: float, last: float, length: float) -> float:
    """`shift` and `by` more, or less where `first`..`last` would leave 0..`length`; `shift` where both ways do."""
    return next((there for there in (shift + by, shift - by) if first + there >= 0 and last + there <= length), shift)


def _box(item: Clipped, turns: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, both ways in fractions of a page's width; of a note, its first line."""
    annotation = item.annotation
    if isinstance(annotation, Stamp):  # first, and without lists of one point: there may be a thousand
        x, y, half = annotation.x, annotation.y * item.ratio, annotation.size / 2
        return x - half, y - half, x + half, y + half
    points = _points(annotation)
    xs, ys = [x for x, _ in points], [y * item.ratio for _, y in points]
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    if isinstance(annotation, TextNote):
        across, down = _written(turns, annotation.width, _LINE * annotation.size)
        return left + min(across, 0.0), top + min(down, 0.0), right + max(across, 0.0), bottom + max(down, 0.0)
    return left, top, right, bottom


def _written(turns: int, breadth: float, height: float) -> Point:
    """How far to the right and down on the uploaded page writing leads that is upright on the turned one."""
    return ((breadth, height), (height, -breadth), (-breadth, -height), (-height, breadth))[turns % 4]


def _points(annotation: Annotation) -> Sequence[Point]:
    if isinstance(annotation, PenStroke | Highlight):
        return [(x, y) for x, y, _ in annotation.points]
    if isinstance(annotation, Figure):
        return [(annotation.x, annotation.y), (annotation.x2, annotation.y2)]
    return [(annotation.x, annotation.y)] if isinstance(annotation, Stamp | TextNote) else []
