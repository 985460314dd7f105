"""LaTeX formulas as pictures: typeset in a process of their own, drawn through QtSvg on a lane, and remembered."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QByteArray, QObject, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from mv_desktop.typeset.typesetter import FormulaError, formula_svg
from mv_desktop.ui.tasks import Progress, Task, Tasks

LANE = "math"
"""The one lane that waits for the process that typesets."""

_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class FormulaKey:
    """What a picture of a formula depends on.

    Attributes:
        source: LaTeX without its dollars.
        display: on a line of its own, with large operators.
        pixels: the size of its letters, logical pixels.
        color: ``#rrggbb``.
        ratio: the screen's pixels to a logical pixel.
    """

    source: str
    display: bool
    pixels: float
    color: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Formula:
    """A typeset formula, sizes in logical pixels.

    Attributes:
        image: what to draw; None when ziamath does not understand the source.
        width, height: its size.
        depth: how much of the height is below the baseline.
    """

    image: QImage | None
    width: float = 0.0
    height: float = 0.0
    depth: float = 0.0


class FormulaPress:
    """Typesets formulas in the background and remembers them. On the GUI thread only."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._known: OrderedDict[FormulaKey, Formula] = OrderedDict()

    def known(self, key: FormulaKey) -> Formula | None:
        """The formula if it was typeset before."""
        formula = self._known.get(key)
        if formula is not None:
            self._known.move_to_end(key)
        return formula

    def prepare(
        self, keys: Iterable[FormulaKey], done: Callable[[], None], *, receiver: QObject | None = None
    ) -> Task[dict[FormulaKey, Formula]] | None:
        """Typeset `keys` and call `done` once, when all can be had from `known`.

        None when the runner has ended: a window that is still there then goes without.
        """
        if self._tasks.closed:
            return None
        wanted = tuple(key for key in dict.fromkeys(keys) if key not in self._known)

        def keep(made: dict[FormulaKey, Formula]) -> None:
            self._known.update(made)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            done()

        return self._tasks.run_reporting(LANE, partial(_typeset_all, wanted), keep, receiver=receiver)


def typeset(key: FormulaKey) -> Formula:
    """The formula of `key`; without a picture when its source is not understood. On the lane "math" only."""
    try:
        svg = formula_svg(key.source, key.pixels, key.color, display=key.display)
    except FormulaError:
        return Formula(None)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    box = renderer.viewBoxF()
    width, height = math.ceil(box.width()), math.ceil(box.height())
    if width <= 0 or height <= 0:
        return Formula(None)
    image = QImage(round(width * key.ratio), round(height * key.ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    # a whole number of pixels around, but the formula's own scale inside
    renderer.render(painter, QRectF(0, 0, box.width() * key.ratio, box.height() * key.ratio))
    painter.end()
    image.setDevicePixelRatio(key.ratio)
    # the view box counts from the baseline, downwards
    return Formula(image, width, height, depth=box.y() + height)


def _typeset_all(keys: tuple[FormulaKey, ...], progress: Progress) -> dict[FormulaKey, Formula]:
    made: dict[FormulaKey, Formula] = {}
    for key in keys:
        if progress.cancelled:
            break
        made[key] = typeset(key)
    return made
