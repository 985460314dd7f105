"""LaTeX as SVG by ziamath: Python that takes 1 to 30 ms a formula, and a third of a second to import."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET


def formula_svg(source: str, pixels: float, color: str, *, display: bool) -> str:
    """A formula as SVG with its baseline at y = 0.

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
    written = tex2mml(_plain_binomials(_WORDS.sub(_hidden, source)), inline=not display)
    for hidden, entity in _ENTITIES.items():
        written = written.replace(hidden, entity)
    root = ET.fromstring(_MATH_NAMESPACE.sub("", written))  # noqa: S314 - our own
    with_tall_bars(root)
    root.set("mathcolor", color)
    svg: str = Math(root, size=pixels).svg()
    return svg


_MATH_NAMESPACE = re.compile(r'\sxmlns="[^"]*"')
_WORDS = re.compile(r"\\(?:text[a-z]*|[mhf]box)\s*\{[^{}]*\}")
"""Words in a formula, in which latex2mathml 3 leaves these signs as they are, so that it is no XML."""
_HIDDEN = {"<": "\ue000", ">": "\ue001", "&": "\ue002", "%": "\ue003", "$": "\ue004", "#": "\ue005", "_": "\ue006"}
_ENTITIES = {
    "\ue000": "&lt;",
    "\ue001": "&gt;",
    "\ue002": "&amp;",
    "\ue003": "%",
    "\ue004": "$",
    "\ue005": "#",
    "\ue006": "_",
}
_SIGNS = re.compile(r"<|>|%|\\([&%$#_])")


def _hidden(words: re.Match[str]) -> str:
    return _SIGNS.sub(lambda sign: _HIDDEN[sign[1] or sign[0]], words[0])


_GROUP = r"(\{(?:\\.|[^{}\\]|\{(?:\\.|[^{}\\]|\{(?:\\.|[^{}\\]|\{(?:\\.|[^{}\\])*\})*\})*\})*\})"
_BINOMIAL = re.compile(rf"\\binom\s*{_GROUP}\s*{_GROUP}")


def _plain_binomials(source: str) -> str:
    r"""``\binom{n}{r}`` as ziamath 0.13 means to write it, for which any closing brace ends an argument."""
    found = 1
    while found:
        source, found = _BINOMIAL.subn(r"\\left(\1\\atop\2\\right)", source)
    return source.replace(r"\binom{", r"\binom {")  # whose second argument has no braces: ziamath looks on for some


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
