"""A question on paper: its number, its words and choices, what it carries at the right margin, and how it is marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtGui import QImage

from mv_desktop.domain.printed_paper import PrintedQuestion, marks_text, solution_pictures
from mv_desktop.domain.question import Choice, PaperQuestion
from mv_desktop.ui.paper.flow import Line, Press, block_of, lines_of, natural_width
from mv_desktop.ui.paper.sheet import UNIT, WIDTH, Block, Mark, Photo, Style, Words, metrics, moved, room
from mv_desktop.ui.text import tr

NUMBER = 28 * UNIT
"""The column of the numbers."""
MARKS = 30 * UNIT
"""The column of the marks, at the right margin."""
INSIDE = WIDTH - NUMBER - MARKS
_GAP = 8 * UNIT
_AFTER = 8 * UNIT
_AFTER_PART = 3 * UNIT
_COLUMNS = (4, 2, 1)
_DOTS_PER_INCH = 150
"""Of pictures, where they need not be made smaller."""
_TALLEST = 250 * UNIT
_TALLEST_CHOICE = 110 * UNIT


@dataclass(frozen=True, slots=True)
class Look:
    """What is printed of each question beside itself.

    Attributes:
        solutions: the answer, and how it is come by.
        scheme: what earns which marks.
    """

    solutions: bool = False
    scheme: bool = False


@dataclass(frozen=True, slots=True)
class Kit:
    """What words and pictures are made with.

    Attributes:
        press: typesets formulas.
        images: by address; one that is not here is said to be missing.
    """

    press: Press
    images: Mapping[str, QImage]


def question_blocks(question: PrintedQuestion, look: Look, kit: Kit) -> Iterator[Block]:
    """A question, which stays on one page, and below it what the look says, which begins beside its first lines."""
    body: list[Block] = []
    for number, side in enumerate(question.sides):
        if number:
            body.append(_middle(tr("OR")))
        body += _body(side, kit)
    first = body[0] if body else Block(sum(room(Style.BODY)))  # the platform takes an end of line for words
    body = body or [first]
    label = f"{question.number}."
    baseline = _baseline(first)
    carried = marks_text(question.marks)
    at_right = WIDTH - metrics(Style.BODY).horizontalAdvance(carried)
    signs = (Words(0, baseline, label, Style.BODY), Words(at_right, baseline, carried, Style.BODY))
    body[0] = replace(first, marks=(*signs, *first.marks))
    below = list(_below(question, look, kit))
    yield from together(body, after=_AFTER_PART if below else _AFTER)
    yield from below


def together(blocks: Sequence[Block], after: float = 0.0) -> Iterator[Block]:
    """Blocks of which none begins another page without the others, as long as they fit on one."""
    yield from (replace(one, clings=True) for one in blocks[:-1])
    yield replace(blocks[-1], height=blocks[-1].height + after, clings=False)


# -- private -----------------------------------------------------------------------------------------------------


def _body(side: PaperQuestion, kit: Kit) -> Iterator[Block]:
    text = (side.question_text or "").strip()
    yield from (block_of((line,), INSIDE, NUMBER) for line in lines_of(text, INSIDE, Style.BODY, kit.press))
    for address in filter(None, (side.question_image_url, side.diagram_image_url)):
        yield _picture(address, kit, INSIDE, _TALLEST, NUMBER, middle=True)
    if side.choices:
        yield from _choices(side.choices, kit)


def _choices(choices: Sequence[Choice], kit: Kit) -> Iterator[Block]:
    """In as many columns as the widest fits into."""
    label = max(metrics(Style.BODY).horizontalAdvance(f"({one.id}) ") for one in choices)
    widest = max(natural_width(one.text, Style.BODY, kit.press) for one in choices) + label + _GAP
    fitting = (2, 1) if any(one.image for one in choices) else _COLUMNS
    columns = next((count for count in fitting if widest <= INSIDE / count), 1)
    width = INSIDE / columns
    for start in range(0, len(choices), columns):
        cells = [_cell(one, label, width - _GAP, kit) for one in choices[start : start + columns]]
        above = max(_baseline(cell) for cell in cells)
        marks: list[Mark] = []
        height = 0.0
        for number, cell in enumerate(cells):
            down = above - _baseline(cell)
            marks += [moved(mark, NUMBER + number * width, down) for mark in cell.marks]
            height = max(height, down + cell.height)
        yield Block(height + _AFTER_PART / 2, tuple(marks))


def _cell(choice: Choice, label: float, width: float, kit: Kit) -> Block:
    words = block_of(lines_of(choice.text, width - label, Style.BODY, kit.press), width - label, label)
    marks, height = words.marks, words.height
    baseline = _baseline(words)
    if choice.image:
        picture = _picture(choice.image, kit, width - label, _TALLEST_CHOICE, label)
        marks += tuple(moved(mark, 0, height) for mark in picture.marks)
        height += picture.height
    return Block(max(height, sum(room(Style.BODY))), (Words(0, baseline, f"({choice.id})", Style.BODY), *marks))


def _picture(address: str, kit: Kit, width: float, tallest: float, x: float, *, middle: bool = False) -> Block:
    image = kit.images.get(address)
    if image is None or image.isNull():
        return block_of(lines_of(tr("(a picture that is not here)"), width, Style.SMALL, kit.press), width, x)
    wide, high = (side * 72 * UNIT / _DOTS_PER_INCH for side in (image.width(), image.height()))
    scale = min(1.0, width / wide, tallest / high)
    left = x + (width - wide * scale) / 2 * middle
    return Block(high * scale + 2 * _AFTER_PART, (Photo(left, _AFTER_PART, wide * scale, high * scale, image),))


def _middle(words: str) -> Block:
    (line,) = lines_of(words, INSIDE, Style.STRONG, _no_formula)
    air = replace(line, middle=True, above=line.above + 2 * UNIT, below=line.below + 2 * UNIT)
    return block_of((air,), INSIDE, NUMBER)


def _baseline(block: Block) -> float:
    """Of the first line of a block; of one without words, as if it began with some."""
    found = [mark.y for mark in block.marks if isinstance(mark, Words)]
    return min(found) if found else room(Style.BODY)[0]


# -- how it is marked --------------------------------------------------------------------------------------------


def _below(question: PrintedQuestion, look: Look, kit: Kit) -> Iterator[Block]:
    for number, side in enumerate(question.sides):
        found = [*(_solution(side, kit) if look.solutions else ()), *(_scheme(side, kit) if look.scheme else ())]
        if number and found:
            yield replace(_middle(tr("OR")), clings=True)
        last = number == len(question.sides) - 1
        yield from _loosely(found, after=_AFTER if last else _AFTER_PART)


def _solution(side: PaperQuestion, kit: Kit) -> list[Block]:
    lines = list(_answer(side))
    lines += list(filter(None, (line.strip() for line in side.scheme.solution)))
    pictures = [_picture(one, kit, INSIDE, _TALLEST, NUMBER, middle=True) for one in solution_pictures(side)]
    return [*_named(tr("Solution"), [(line, "") for line in lines or [" "] * bool(pictures)], kit), *pictures]


def _answer(side: PaperQuestion) -> Iterator[str]:
    if side.correct:
        texts = {one.id: one.text for one in side.choices}
        right = ", ".join(f"({name}) {texts.get(name, '')}".strip() for name in side.correct)
        yield tr("Answer: {answer}", answer=right)
    elif side.scheme.answer:
        yield tr("Answer: {answer}", answer=side.scheme.answer)


def _scheme(side: PaperQuestion, kit: Kit) -> list[Block]:
    rows = [
        (f"({step.part}) {step.text}" if step.part else step.text, marks_text(step.marks)) for step in side.scheme.steps
    ]
    if not rows:
        rows = [(line, marks_text(side.marks)) for line in _answer(side)]
    return _named(tr("Marking scheme"), rows, kit)


def _named(name: str, rows: Sequence[tuple[str, str]], kit: Kit) -> list[Block]:
    """Rows below a name, marks at the right margin beside the last line of each."""
    if not rows:
        return []
    head = lines_of(name, INSIDE, Style.STRONG, _no_formula)
    blocks = [replace(block_of(head, INSIDE, NUMBER), clings=True)]
    for words, carried in rows:
        lines = lines_of(words, INSIDE, Style.BODY, kit.press)
        for number, line in enumerate(lines):
            blocks.append(_row(line, carried if number == len(lines) - 1 else ""))
    return blocks


def _row(line: Line, carried: str) -> Block:
    block = block_of((line,), INSIDE, NUMBER)
    if not carried:
        return block
    x = WIDTH - metrics(Style.BODY).horizontalAdvance(carried)
    return replace(block, marks=(*block.marks, Words(x, line.above, carried, Style.BODY)))


def _loosely(blocks: Sequence[Block], after: float) -> Iterator[Block]:
    """Neither the first two lines nor the last two stand on a page by themselves."""
    last = len(blocks) - 1
    for number, one in enumerate(blocks):
        if number == last:
            yield replace(one, height=one.height + after)
        else:
            yield replace(one, clings=one.clings or number in {0, 1} or number == last - 1)


def _no_formula(_tex: object) -> None:
    """Labels hold none."""
