"""Answer sheets as students send them: pages of handwriting, scanned or photographed.

The same answers, seed and style give the same pages, byte for byte on one version of the image library.
"""

from __future__ import annotations

import io
import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from PIL import Image

from mv_desktop.demo.handwriting import Hand, Piece, Scribe, wrap, write
from mv_desktop.demo.scan import (
    Colour,
    Fault,
    Moved,
    Paper,
    Point,
    as_jpeg,
    as_png,
    page,
    photograph,
    spoiled,
    unmoved,
)

MAX_FILE_BYTES = 5 * 1024 * 1024

_BLUE: Colour = (30, 48, 132)
_BLACK: Colour = (44, 44, 52)
_NUMBER = re.compile(r"(?<![\\a-zA-Z\d.^_])\d+")


class Outcome(StrEnum):
    """How well a question was answered."""

    RIGHT = "right"
    SLIP = "slip"
    WRONG = "wrong"
    UNFINISHED = "unfinished"
    NOT_ATTEMPTED = "not_attempted"


class FileForm(StrEnum):
    """The kinds of file that students send."""

    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class StudentAnswer:
    """What a student writes for one question.

    Attributes:
        question_number: in the paper.
        lines: the right solution, text with maths between dollar signs.
        outcome: what the student makes of it.
        alternative: the chosen side of an either/or question ("a", "b"), or "".
    """

    question_number: int
    lines: tuple[str, ...]
    outcome: Outcome = Outcome.RIGHT
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class SheetStyle:
    """How a student's pages look and arrive.

    Attributes:
        dpi: 150 to 300.
        form: one file a page, or one PDF of all pages.
        black: a black pen instead of a blue one.
        ruled: on ruled paper.
        out_of_order: the questions are answered in another order than asked.
        faults: what is wrong with which written page, counted from 0.
        blank_page: a page without writing comes after this written one, counted from 0; None for no such page.
    """

    dpi: int = 200
    form: FileForm = FileForm.JPEG
    black: bool = False
    ruled: bool = True
    out_of_order: bool = False
    faults: Mapping[int, Fault] = field(default_factory=lambda: MappingProxyType({}))
    blank_page: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerEnd:
    """Where the last line of an answer ends.

    Attributes:
        question_number: whose answer.
        pdf_page: the page of the file, from 1 in a PDF; 0 in a picture.
        x, y: a place beside that line, as fractions of the page as it is sent, upright by its EXIF.
    """

    question_number: int
    pdf_page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class SheetFile:
    """One file of a student's answer sheets.

    Attributes:
        data: the file.
        mime_type: image/jpeg, image/png or application/pdf.
        questions_on_page: the questions of which something is written in it, in ascending order.
        pages: how many pages it has.
        ends: the answers that end in it, in the order in which they were written.
    """

    data: bytes
    mime_type: str
    questions_on_page: tuple[int, ...]
    pages: int = 1
    ends: tuple[AnswerEnd, ...] = ()


def write_pages(answers: Sequence[StudentAnswer], *, seed: int, style: SheetStyle) -> tuple[SheetFile, ...]:
    """A student's answer sheets, in the order of their pages; every file is at most 5 MiB.

    Args:
        answers: in the paper's order; nothing is written for those not attempted.
        seed: the student: her hand, her mistakes and her paper.
        style: how the pages look and arrive.

    Raises:
        UnreadableMathsError: an answer holds maths that cannot be written by hand.
    """
    chance = random.Random(seed)
    writer = _Writer(style, chance)
    attempted = [answer for answer in answers if answer.outcome is not Outcome.NOT_ATTEMPTED]
    if style.out_of_order:
        chance.shuffle(attempted)
    for answer in attempted:
        writer.answer(answer)
    return writer.files()


def student_lines(answer: StudentAnswer, chance: random.Random) -> tuple[str, ...]:
    """The lines a student writes instead of the right ones, by her outcome."""
    lines = list(answer.lines)
    if answer.outcome is Outcome.UNFINISHED:
        return tuple(lines[: max(1, len(lines) // 2)])
    if answer.outcome is Outcome.SLIP:
        start = max(0, len(lines) - 2)
    elif answer.outcome is Outcome.WRONG:
        start = len(lines) // 3
    else:
        return tuple(lines)
    return (*lines[:start], *(altered(line, chance) for line in lines[start:]))


def altered(line: str, chance: random.Random) -> str:
    """`line` with one of its numbers wrong; unchanged when it has none."""
    found = list(_NUMBER.finditer(line))
    if not found:
        return line
    match = chance.choice(found)
    number = int(match[0])
    wrong = number + chance.choice((-2, -1, 1, 2, 10))
    return line[: match.start()] + str(wrong if wrong > 0 else number + 3) + line[match.end() :]


@dataclass
class _Page:
    ink: Image.Image
    questions: set[int] = field(default_factory=set)
    ends: dict[int, Point] = field(default_factory=dict)
    fault: Fault | None = None


class _Writer:
    """Fills page after page with one student's handwriting."""

    def __init__(self, style: SheetStyle, chance: random.Random) -> None:
        self._style = style
        self._chance = chance
        warm = chance.randint(-4, 4)
        self._paper = Paper(
            style.dpi,
            pitch_mm=chance.choice((8.0, 8.5, 9.0)),
            ruled=style.ruled,
            tint=(250 + warm // 2, 248, 243 - warm),
        )
        pitch = self._paper.mm(self._paper.pitch_mm)
        self._hand = Hand(
            size=pitch * chance.uniform(0.7, 0.82),
            heavy=chance.random() < 0.6,
            slant=chance.uniform(-0.12, 0.16),
            unsteady=chance.uniform(0.35, 0.85),
            spacing=chance.uniform(0.28, 0.42),
        )
        self._scribe = Scribe(self._hand, chance)
        base = _BLACK if style.black else _BLUE
        red, green, blue = (max(0, tone + chance.randint(-14, 14)) for tone in base)
        self._colour: Colour = (red, green, blue)
        self._pages: list[_Page] = []
        self._row = 0
        self._depth = 0.0
        self._slope = 0.0

    def answer(self, answer: StudentAnswer) -> None:
        """Write one answer below the last, its number in the margin."""
        lines = [line for text in student_lines(answer, self._chance) for line in self._wrapped(text)]
        self._depth = 0.0
        self._row += 1 if self._row else 0
        if not self._pages or self._row + min(3, len(lines)) > len(self._paper.rules) - 1:
            self._new_page()
        for number, (indent, pieces) in enumerate(lines):
            baseline = self._next_baseline(pieces)
            self._pages[-1].questions.add(answer.question_number)
            if number == 0:
                self._label(answer, baseline)
            end = self._line(indent, pieces, baseline)
            if number + 1 == len(lines):
                self._pages[-1].ends[answer.question_number] = self._beside(end, baseline)

    def files(self) -> tuple[SheetFile, ...]:
        """The pages as the files that the student sends."""
        if not self._pages:
            self._new_page()
        for number, fault in self._style.faults.items():
            if number < len(self._pages):
                self._pages[number].fault = fault
        pages = list(self._pages)
        if self._style.blank_page is not None:
            pages.insert(self._style.blank_page + 1, _Page(Image.new("L", self._paper.size, 0)))
        if self._style.form is FileForm.PDF:
            return (self._pdf(pages),)
        return tuple(self._file(one) for one in pages)

    def _wrapped(self, text: str) -> list[tuple[float, list[Piece]]]:
        pieces = self._scribe.pieces(text)
        if len(pieces) > 1 and self._chance.random() < 0.05:
            # she began something else, and crossed it out
            at = self._chance.randrange(1, len(pieces))
            began = self._scribe.pieces(altered(text, self._chance))[at - 1]
            crossed = Piece(self._scribe.crossed_out(began.box), self._hand.size * 0.3, breakable=True)
            pieces.insert(at, crossed)
            pieces[at + 1] = Piece(pieces[at + 1].box, self._hand.size * 0.3, breakable=True)
        room = self._paper.size[0] - self._paper.margin - self._paper.mm(10)
        return wrap(pieces, room, self._hand.size * self._chance.uniform(0.8, 2.0))

    def _next_baseline(self, pieces: Sequence[Piece]) -> float:
        pitch = self._paper.mm(self._paper.pitch_mm)
        ascent = max((piece.box.ascent for piece in pieces), default=0.0)
        descent = max((piece.box.descent for piece in pieces), default=0.0)
        self._row += max(1, math.ceil((self._depth + ascent) / pitch - 0.02))
        if self._row >= len(self._paper.rules) or self._paper.rules[self._row] + descent > self._paper.size[1]:
            self._new_page()
            self._row += max(1, math.ceil(ascent / pitch - 0.02))
        self._depth = descent
        self._slope = self._chance.uniform(-0.004, 0.003)
        return self._paper.rules[self._row] - self._hand.size * self._chance.uniform(0.0, 0.1)

    def _new_page(self) -> None:
        self._pages.append(_Page(Image.new("L", self._paper.size, 0)))
        self._row, self._depth = 0, 0.0
        number = self._scribe.word(str(len(self._pages)))
        x = self._paper.size[0] - self._paper.mm(18)
        write(self._pages[-1].ink, number, x, self._paper.mm(20), self._hand, self._chance)

    def _label(self, answer: StudentAnswer, baseline: float) -> None:
        text = f"Q{answer.question_number}." + (f"({answer.alternative})" if answer.alternative else "")
        box = self._scribe.word(text)
        x = max(self._paper.mm(4), self._paper.margin - box.width - self._paper.mm(3))
        write(self._pages[-1].ink, box, x, baseline, self._hand, self._chance)

    def _line(self, indent: float, pieces: Sequence[Piece], baseline: float) -> float:
        """Write one line; where it ends."""
        start = self._paper.margin + self._paper.mm(3) + self._chance.uniform(0, 1.5) * self._hand.size * 0.4
        x = start + indent
        for number, piece in enumerate(pieces):
            x += piece.space if number else 0.0
            write(self._pages[-1].ink, piece.box, x, baseline + (x - start) * self._slope, self._hand, self._chance)
            x += piece.box.width
        return x

    def _beside(self, end: float, baseline: float) -> Point:
        """A place for a mark behind a line, or in the right margin where the line leaves no room."""
        width, height = self._paper.size
        x = min(end + self._paper.mm(7), width - self._paper.mm(6))
        return x / width, (baseline - self._hand.size / 3) / height

    def _picture(self, one: _Page) -> tuple[Image.Image, Moved]:
        picture = page(self._paper, one.ink, self._colour, self._chance)
        return (picture, unmoved) if one.fault is None else spoiled(picture, one.fault, self._chance)

    def _file(self, one: _Page) -> SheetFile:
        picture, moved = self._picture(one)
        questions = tuple(sorted(one.questions))
        if self._style.form is FileForm.PNG:
            return SheetFile(as_png(picture, self._style.dpi), "image/png", questions, ends=_ends(one, 0, moved))
        if self._style.form is FileForm.PHOTO:
            photo, shot = photograph(picture, self._chance)
            return SheetFile(photo, "image/jpeg", questions, ends=_ends(one, 0, lambda point: shot(moved(point))))
        return SheetFile(as_jpeg(picture, self._style.dpi), "image/jpeg", questions, ends=_ends(one, 0, moved))

    def _pdf(self, pages: Sequence[_Page]) -> SheetFile:
        made = [self._picture(one) for one in pages]
        pictures = [picture for picture, _ in made]
        ends = [
            end
            for pdf_page, (one, (_, moved)) in enumerate(zip(pages, made, strict=True), start=1)
            for end in _ends(one, pdf_page, moved)
        ]
        questions = tuple(sorted({question for one in pages for question in one.questions}))
        for quality in (72, 55, 40, 25):
            file = io.BytesIO()
            first, *rest = pictures
            first.save(
                file, "PDF", save_all=True, append_images=rest, resolution=float(self._style.dpi), quality=quality
            )
            if file.tell() <= MAX_FILE_BYTES:
                break
        else:
            raise ValueError(f"{len(pages)} pages at {self._style.dpi} dpi do not fit into one file")
        return SheetFile(file.getvalue(), "application/pdf", questions, len(pages), tuple(ends))


def _ends(one: _Page, pdf_page: int, moved: Moved) -> tuple[AnswerEnd, ...]:
    return tuple(AnswerEnd(number, pdf_page, *moved(place)) for number, place in one.ends.items())
