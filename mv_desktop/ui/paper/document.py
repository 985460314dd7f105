"""A paper laid out on pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from PySide6.QtGui import QImage

from mv_desktop.domain.printed_paper import PrintedPaper, PrintedSection, marks_text
from mv_desktop.ui.paper.flow import Press, block_of, lines_of
from mv_desktop.ui.paper.pages import numbered, pages_of
from mv_desktop.ui.paper.painting import Laid, Told
from mv_desktop.ui.paper.question_block import Kit, Look, question_blocks
from mv_desktop.ui.paper.sheet import UNIT, WIDTH, Block, Rule, Style, Words, metrics, room
from mv_desktop.ui.text import tr, tr_count


def lay_out(paper: PrintedPaper, look: Look, press: Press, images: Mapping[str, QImage], told: Told) -> Laid:
    """Every question on a page, none cut in two that fits on one. On a lane; not twice at once."""
    kit = Kit(press, images)
    blocks: list[Block] = list(_head(paper, press))
    done = 0
    for section in paper.sections:
        blocks += _section(section, press)
        for question in section.questions:
            told(done, paper.count)
            blocks += question_blocks(question, look, kit)
            done += 1
    told(done, paper.count)
    return Laid(paper.title, numbered(pages_of(blocks), paper.title))


# -- private -----------------------------------------------------------------------------------------------------


def _head(paper: PrintedPaper, press: Press) -> Iterator[Block]:
    title = (replace(line, middle=True) for line in lines_of(paper.title, WIDTH, Style.TITLE, press))
    yield replace(block_of(title, WIDTH, after=4 * UNIT), clings=True)
    facts = [tr("Class {name}", name=paper.class_name)] if paper.class_name else []
    if paper.minutes is not None:
        facts.append(tr("Time: {time}", time=_long(paper.minutes)))
    facts.append(tr("Maximum marks: {marks}", marks=marks_text(paper.marks)))
    yield _spread(facts, Style.STRONG, 4 * UNIT)
    if paper.minutes is not None:
        yield _spread([f"{tr('Name')}: {'_' * 34}", f"{tr('Roll number')}: {'_' * 18}"], Style.BODY, 6 * UNIT)
        for words in _instructions(paper):
            yield block_of(lines_of(words, WIDTH, Style.SMALL, press), WIDTH)
    yield Block(10 * UNIT, (Rule(0, 4 * UNIT, WIDTH),))


def _instructions(paper: PrintedPaper) -> Iterator[str]:
    questions = tr_count("{count} question", "{count} questions", paper.count)
    sections = tr_count("{count} section", "{count} sections", len(paper.sections))
    yield tr("This paper has {questions} in {sections}. All of them are to be answered.", questions=questions,
             sections=sections)  # fmt: skip
    if paper.choosing:
        yield tr("Where it says OR, answer one of the two.")
    yield tr("What a question carries stands at the right margin.")


def _section(section: PrintedSection, press: Press) -> Iterator[Block]:
    if not section.name:
        return
    heading = " · ".join(filter(None, (tr("Section {name}", name=section.name), section.title)))
    count, each = len(section.questions), section.each
    whole = marks_text(section.marks)
    carried = whole if each is None else f"{count} × {marks_text(each)} = {whole}"
    block = block_of(lines_of(heading, WIDTH, Style.HEADING, press), WIDTH, after=4 * UNIT)
    x = WIDTH - metrics(Style.HEADING).horizontalAdvance(carried)
    baseline = min((mark.y for mark in block.marks if isinstance(mark, Words)), default=0.0)
    yield Block(4 * UNIT, clings=True)
    yield replace(block, marks=(*block.marks, Words(x, baseline, carried, Style.HEADING)), clings=True)


def _spread(parts: Sequence[str], style: Style, after: float) -> Block:
    """Words from the left to the right margin, the same space between them."""
    measured = metrics(style)
    widths = [measured.horizontalAdvance(part) for part in parts]
    space = (WIDTH - sum(widths)) / max(1, len(parts) - 1)
    marks, x = [], 0.0
    for part, width in zip(parts, widths, strict=True):
        marks.append(Words(x, room(style)[0], part, style))
        x += width + space
    return Block(sum(room(style)) + after, tuple(marks))


def _long(minutes: int) -> str:
    """How long one has, in words as they stand on papers."""
    hours, rest = divmod(minutes, 60)
    parts = [tr_count("{count} hour", "{count} hours", hours)] if hours else []
    if rest or not hours:
        parts.append(tr_count("{count} minute", "{count} minutes", rest))
    return " ".join(parts)
