"""One script that is the same on every computer and every day, for pictures of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw

from mv_desktop.domain.annotation.shape import FIGURE_NAMES, STAMP_NAMES, Annotation, Placed, read_annotation
from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.question import Alternative, Scheme, SchemeStep, SnapshotQuestion
from tests.factories.bad_ink import BROKEN
from tests.factories.paper import bank_question, section, template
from tests.fakes.picture_source import MemoryPictures, encoded, page_info

_TEXTS = {
    "v": (r"Find $\frac{dy}{dx}$ if $y = \sin^{-1}(2x)$.", (("Chain rule", "1"), (r"$\frac{2}{\sqrt{1-4x^2}}$", "1"))),
    "w": ("Evaluate the determinant of the matrix.", (("Expands along a row", "1"), ("$-6$", "1"))),
    "a": (r"Show that $f(x) = x^3 + x$ is one-one.", (("Definition", "1"), ("Steps", "1"), ("Conclusion", "1"))),
    "b": (r"Find the range of $g(x) = \frac{1}{1+x^2}$.", (("Bounds", "2"), ("$(0, 1]$", "1"))),
    "s": ("Find the unit vector along the sum.", (("Sum", "1"), ("Magnitude", "1"), ("Unit vector", "1"))),
    "l": (
        r"Solve $\frac{dy}{dx} + y\cot x = 2\cos x$.",
        ((r"Integrating factor $\sin x$", "1"), (r"$\int \sin 2x\,dx$", "2"), ("Constant", "1"), ("Answer", "1")),
    ),
}
_LINES = (
    "Q.{question}   Given that y = f(x), we have to find dy/dx",
    "Let u = 2x, then du/dx = 2",
    "dy/dx = dy/du . du/dx = 2 / (1 - 4x x)",
    "",
    "so the tangent at x = 0 has slope 2",
    "and its equation is y = 2x",
    "",
    "Hence proved.",
)


def paper() -> ExamSnapshot:
    """Eight questions of all kinds, 1 a choice and 3 an either/or, with schemes and maths."""
    kinds = ((1, "m", "MCQ", 1), (2, "v", "VSA", 2), (4, "w", "VSA", 2), (5, "w", "VSA", 2), (6, "s", "SA", 3),
             (7, "l", "LA", 5), (8, "l", "LA", 5))  # fmt: skip
    questions = [_question(number, _content(name, kind, marks)) for number, name, kind, marks in kinds]
    sides = {side: _content(side, "SA", 3) for side in "ab"}
    alternatives = tuple(Alternative(key=side, **content) for side, content in sides.items())
    questions.insert(2, SnapshotQuestion(question_number=3, section="C", alternatives=alternatives, **sides["a"]))
    parts = (section("A", "MCQ", 1), section("B", "VSA", 2, 3), section("C", "SA", 3, 2), section("D", "LA", 5, 2))
    return ExamSnapshot(seed=1, template=template(*parts), questions=tuple(questions))


def pages(*, missing: bool = False) -> tuple[list[PageInfo], MemoryPictures]:
    """Four pages, the fourth blank; with `missing` the first is damaged and the second did not come yet."""
    source, infos = MemoryPictures(), []
    for number in range(1, 5):
        picture = _page(number)
        source.put(PageRef(number), encoded(picture, "PNG"), encoded(picture.resize((155, 219)), "PNG"))
        infos.append(page_info(number, questions=() if number == 4 else (number + 1,)))
    if missing:
        infos[0] = page_info(1, problem="This page's file is damaged and cannot be shown.", questions=(2,))
        infos[1] = page_info(2, here=False, questions=(3,))
        source.files = {key: data for key, data in source.files.items() if key[0].page_number > 2}
    return infos, source


def every_ink() -> list[Placed]:
    """Every kind of ink on the first page, in an order of its own, wild marks among it."""
    bodies: list[dict[str, Any]] = [
        {"type": "stamp", "stamp": name, "x": 0.16 + 0.16 * at, "y": 0.1, "question_number": 2, "size": 0.04}
        for at, name in enumerate(STAMP_NAMES)
    ]
    bodies[0] |= {"marks": "1", "step": 1}
    bodies[2] |= {"marks": "0.5", "step": 2}
    wave = [[0.12 + 0.02 * at, 0.2 + 0.012 * (at % 3), 0.3 + 0.05 * (at % 9)] for at in range(14)]
    bodies += [
        {"type": "highlighter", "points": [[0.14, 0.15, 0.5], [0.6, 0.15, 0.5]]},
        {"type": "pen", "points": wave, "width": 0.004},
        {"type": "pen", "points": [[x, y + 0.05, p] for x, y, p in wave], "color": "#1a4fa3"},
    ]
    for at, kind in enumerate(FIGURE_NAMES):
        left, top = 0.5 + 0.22 * (at % 2), 0.2 + 0.06 * (at // 2)
        bodies.append({"type": kind, "x": left, "y": top, "x2": left + 0.16, "y2": top + 0.04, "width": 0.003})
    group = str(UUID(int=0x77))
    bodies += [
        {"type": "text", "x": 0.14, "y": 0.32, "text": r"Use $\int_0^1 x^2\,dx = \frac{1}{3}$ here", "width": 0.4},
        {"type": "text", "x": 0.14, "y": 0.4, "text": "A longer word to the student, over lines, in green.",
         "width": 0.26, "color": "#1a7340"},
        {"type": "box", "x": 0.56, "y": 0.35, "x2": 0.76, "y2": 0.41, "width": 0.002, "group": group},
        {"type": "line", "x": 0.76, "y": 0.38, "x2": 0.92, "y2": 0.38, "width": 0.002, "group": group},
        {"type": "stamp", "stamp": "tick", "x": 0.94, "y": 0.38, "group": group, "marks": "0.5", "question_number": 2},
        BROKEN["a kind nobody knows"], BROKEN["a stamp at x 1e+308"], BROKEN["text that is a list"],
    ]  # fmt: skip
    return [placed(at + 1, body) for at, body in enumerate(bodies)]


def placed(number: int, body: dict[str, Any], page: int = 1) -> Placed:
    """`body` on a page, with the id `number`."""
    found: Annotation = read_annotation(body | {"id": str(UUID(int=number))})
    return Placed(PageRef(page), found)


def _content(name: str, kind: str, marks: int) -> dict[str, Any]:
    content = bank_question(name, kind, marks).model_dump()
    if name in _TEXTS:
        text, steps = _TEXTS[name]
        scheme = Scheme(answer="As shown", steps=tuple(SchemeStep(text=t, marks=Decimal(m)) for t, m in steps))
        content |= {"question_text": text, "scheme": scheme}
    return content


def _question(number: int, content: dict[str, Any]) -> SnapshotQuestion:
    return SnapshotQuestion(question_number=number, section="A", **content)


def _page(number: int) -> Image.Image:
    """A sheet of ruled paper with some lines of writing; as PNG it is the same whatever decodes it."""
    image = Image.new("RGB", (620, 877), "#fdfdfa")
    if number == 4:
        return image
    draw = ImageDraw.Draw(image)
    for y in range(88, 877, 29):
        draw.line([(0, y), (620, y)], fill="#c9d5e6")
    draw.line([(62, 0), (62, 877)], fill="#e0a0a0")
    for at, line in enumerate(_LINES[:5]):
        draw.text((76, 92 + 48 * at), line.format(question=number + 1), fill="#22264d", font_size=19)
    return image
