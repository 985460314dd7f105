"""LaTeX formulas as pictures: typeset by ziamath on a lane of its own, drawn through QtSvg, and remembered.

ziamath is Python and takes 1 to 30 ms a formula, and a third of a second to import: none of that happens on the GUI
thread.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from xml.etree import ElementTree as ET

from PySide6.QtCore import QByteArray, QObject, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from mv_desktop.ui.tasks import Progress, Task, Tasks

LANE = "math"
"""The one lane on which ziamath runs: it keeps state in its modules."""

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
    except Exception:  # noqa: BLE001 - latex2mathml and ziamath raise whatever comes, asserts too; the source is shown
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


def formula_svg(source: str, pixels: float, color: str, *, display: bool) -> str:
    """A formula as SVG with its baseline at y = 0. On the lane "math" only.

    Args:
        source: LaTeX without its dollars.
        pixels: the size of its letters.
        color: ``#rrggbb``.
        display: with large operators.

    Raises:
        Exception: of any kind, where the source is not understood.
    """
    from ziamath.config import config
    from ziamath.tex import tex2mml
    from ziamath.zmath import Math

    config.svg2 = False  # plain SVG 1.1: QtSvg draws no <symbol>
    root = ET.fromstring(_MATH_NAMESPACE.sub("", tex2mml(source, inline=not display)))  # noqa: S314 - our own
    with_tall_bars(root)
    root.set("mathcolor", color)
    svg: str = Math(root, size=pixels).svg()
    return svg


_MATH_NAMESPACE = re.compile(r'\sxmlns="[^"]*"')
_BARS = {"|": 1, "‖": 2}


def with_tall_bars(element: ET.Element) -> None:
    r"""Let vertical bars of \left|…\right| and of determinants grow with what they enclose, in place.

    ziamath 0.13 stretches brackets but not bars; it does draw the sides of an <menclose> at full height.
    """
    for child in element:
        with_tall_bars(child)
    children = list(element)
    for index, child in enumerate(children):
        between_bars = 0 < index < len(children) - 1 and child.tag == "mtable"
        if between_bars and _bars(children[index - 1]) and _bars(children[index - 1]) == _bars(children[index + 1]):
            _enclose(element, children[index - 1 : index + 2], left=True, right=True)
            with_tall_bars(element)
            return
    if len(children) > 2 and _is_fence(children[0], "prefix") and _is_fence(children[-1], "postfix"):
        left, right = bool(_bars(children[0])), bool(_bars(children[-1]))
        if left or right:
            _enclose(element, children, left=left, right=right)


def _bars(element: ET.Element) -> int:
    return _BARS.get((element.text or "").strip(), 0) if element.tag == "mo" else 0


def _is_fence(element: ET.Element, form: str) -> bool:
    return element.tag == "mo" and element.get("stretchy") == "true" and element.get("form") == form


def _enclose(parent: ET.Element, run: list[ET.Element], *, left: bool, right: bool) -> None:
    """Put what is between the ends of `run` into boxes that have sides instead of the ends that are bars."""
    start = list(parent).index(run[0])
    inside = ET.Element("mrow")
    inside.extend(run[1:-1])
    for depth in range(max(_bars(run[0]), _bars(run[-1]))):
        sides = [
            name for name, end, bars in (("left", left, _bars(run[0])), ("right", right, _bars(run[-1])))
            if end and bars > depth
        ]  # fmt: skip
        box = ET.Element("menclose", notation=" ".join(sides))
        box.append(inside)
        inside = ET.Element("mrow")
        inside.append(box)
    for element in run:
        parent.remove(element)
    kept = ([] if left else [run[0]]) + [inside] + ([] if right else [run[-1]])
    for offset, element in enumerate(kept):
        parent.insert(start + offset, element)
