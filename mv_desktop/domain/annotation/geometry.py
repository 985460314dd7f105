"""The same annotation elsewhere, larger, in another colour or once more: plain data, nothing of the screen.

What this version cannot draw it cannot change either: for an unknown kind every function answers None.
"""

from __future__ import annotations

from collections.abc import Callable

from mv_desktop.domain.annotation.shape import Annotation, Figure, Highlight, PenStroke, Stamp, TextNote

_NEAREST, _FARTHEST = -1.0, 2.0
"""How far beside its page a point may stand, as `shape.Fraction` says."""
_PLACES = 5
"""Digits kept of a fraction: a fiftieth of a pixel of a scan at 300 dpi."""
SMALLEST, LARGEST = 0.004, 0.6
"""Of a stamp's size or a text's letters, as fractions of the page's width: what can still be seen and taken hold of."""


Point = tuple[float, float]


def can_change(annotation: Annotation) -> bool:
    """This version can draw it, and so the functions below answer something."""
    return isinstance(annotation, Stamp | PenStroke | Highlight | Figure | TextNote)


def anchor(annotation: Annotation) -> Point | None:
    """The point of its page from which it is drawn; None when this version cannot draw it."""
    if isinstance(annotation, PenStroke | Highlight):
        return annotation.points[0][:2] if annotation.points else None
    return (annotation.x, annotation.y) if isinstance(annotation, Stamp | Figure | TextNote) else None


def moved(annotation: Annotation, dx: float, dy: float) -> Annotation | None:
    """`annotation` shifted by fractions of its page."""
    return mapped(annotation, lambda x, y: (x + dx, y + dy))


def mapped(annotation: Annotation, to: Callable[[float, float], Point]) -> Annotation | None:
    """`annotation` with every one of its points where `to` says, on the same page or on another.

    What may not stand so far beside a page comes back as far as it may: it could not be read again.
    """
    there = placement(annotation, to)
    return None if there is None else annotation.model_copy(update=there)


def placement(annotation: Annotation, to: Callable[[float, float], Point]) -> dict[str, object] | None:
    """The fields that `mapped` changes, for who changes others, too: thousands of copies made twice would be felt."""

    def at(x: float, y: float) -> Point:
        there = to(x, y)
        return _within(there[0]), _within(there[1])

    if isinstance(annotation, PenStroke | Highlight):
        points = tuple((*at(x, y), pressure) for x, y, pressure in annotation.points)
        return {"points": points}
    if isinstance(annotation, Figure):
        (x, y), (x2, y2) = at(annotation.x, annotation.y), at(annotation.x2, annotation.y2)
        return {"x": x, "y": y, "x2": x2, "y2": y2}
    if isinstance(annotation, Stamp | TextNote):
        x, y = at(annotation.x, annotation.y)
        return {"x": x, "y": y}
    return None


def resized(
    annotation: Annotation,
    about: Point,
    across: float,
    down: float,
    *,
    letters: float = 1.0,
    breadth: float | None = None,
) -> Annotation | None:
    """`annotation` made larger or smaller about a point of its page.

    Args:
        annotation: what is resized.
        about: the point (x, y) that stays where it is.
        across: the factor > 0 of its breadth.
        down: the factor > 0 of its height.
        letters: the factor of a stamp's size and of a text's letters; lines keep their width.
        breadth: the factor of the width at which a text wraps, when it is not `across`: text stays upright for the
            viewer of a page that is turned.
    """
    at_x, at_y = about
    result = mapped(annotation, lambda x, y: (at_x + (x - at_x) * across, at_y + (y - at_y) * down))
    if isinstance(result, Stamp):
        return result.model_copy(update={"size": _size(result.size * letters)})
    if isinstance(result, TextNote):
        width = result.width * (across if breadth is None else breadth)
        return result.model_copy(
            update={"size": _size(result.size * letters), "width": round(min(2.0, max(SMALLEST, width)), _PLACES)}
        )
    return result


def with_end(figure: Figure, *, start: bool, at: Point) -> Figure:
    """`figure` with its first or its other end elsewhere."""
    x, y = _within(at[0]), _within(at[1])
    return figure.model_copy(update={"x": x, "y": y} if start else {"x2": x, "y2": y})


def recoloured(annotation: Annotation, color: str) -> Annotation | None:
    """`annotation` in another ink (``#rrggbb``)."""
    return annotation.model_copy(update={"color": color}) if can_change(annotation) else None


def with_lines(annotation: Annotation, width: float) -> Annotation | None:
    """`annotation` drawn with lines of another `width`, a fraction of the page's; None of what is not made of lines.

    A highlighter's stroke is as broad as what it covers, so it is none.
    """
    return annotation.model_copy(update={"width": width}) if isinstance(annotation, PenStroke | Figure) else None


# -- private -------------------------------------------------------------------------------------------------


def _size(value: float) -> float:
    return round(min(LARGEST, max(SMALLEST, value)), _PLACES)


def _within(value: float) -> float:
    return round(min(_FARTHEST, max(_NEAREST, value)), _PLACES)
