"""Writing by hand: layout, wrapping, ink."""

from __future__ import annotations

import random
import re
import tomllib

import pytest
from PIL import Image

from mv_desktop.core.paths import resource
from mv_desktop.demo.handwriting import Hand, Piece, Scribe, drawable, wrap, write
from mv_desktop.demo.stroke import SIGNS, smooth

HAND = Hand(40, unsteady=0.5)


def _scribe(seed: int = 1) -> Scribe:
    return Scribe(HAND, random.Random(seed))


def _solutions() -> list[str]:
    return [
        line
        for path in sorted(resource("questions").glob("*/*.toml"))
        for question in tomllib.loads(path.read_text(encoding="utf-8"))["question"]
        for line in question["solution"]
    ]


def test_every_solution_of_the_question_bank_can_be_written() -> None:
    lines = _solutions()
    assert len(lines) > 1000
    scribe = _scribe()
    for line in lines:
        assert scribe.pieces(line), line
        assert drawable(re.sub(r"\$[^$]*\$", "", line)), line


def test_no_piece_of_the_question_bank_is_wider_than_a_page() -> None:
    scribe = _scribe()
    widest = max(piece.box.width for line in _solutions() for piece in scribe.pieces(line))
    # 170 mm of writing at letters of at most 0.82 × 9 mm
    assert widest / HAND.size < 170 / (0.82 * 9)


def test_fraction_is_taller_than_its_letters_and_stands_on_the_axis() -> None:
    plain, fraction = (_scribe().pieces(text)[0].box for text in ("$1$", r"$\frac{1}{2}$"))
    assert fraction.ascent > plain.ascent
    assert fraction.descent > plain.descent


def test_power_is_raised_and_small() -> None:
    base, power = _scribe().pieces("$x^2$")[0].box.letters
    assert power.y < base.y
    assert power.size < base.size


def test_long_formula_breaks_before_its_relations() -> None:
    assert len(_scribe().pieces("$a=b+c=d$")) == 3


def test_comma_after_a_formula_stays_with_it() -> None:
    pieces = _scribe().pieces("$x=1$, so")
    assert [piece.breakable for piece in pieces] == [False, True, False, True]


def test_lines_are_no_wider_than_the_page() -> None:
    pieces = _scribe().pieces("The quick brown fox jumps over the lazy dog and $x = 1$ " * 4)
    lines = wrap(pieces, 500, 40)
    assert len(lines) > 3
    assert [start for start, _ in lines[1:]] == [40] * (len(lines) - 1)
    for start, line in lines:
        assert start + sum(p.box.width for p in line) + sum(p.space for p in line[1:]) <= 500 + 1e-6
    assert [piece for _, line in lines for piece in line] == pieces


def test_what_is_wider_than_the_page_stays_whole() -> None:
    box = _scribe().word("wide")
    assert wrap([Piece(box, 0, breakable=True)], 1, 0) == [(0.0, [Piece(box, 0, breakable=True)])]


def test_ink_is_where_the_box_is() -> None:
    ink = Image.new("L", (400, 200), 0)
    box = _scribe().pieces(r"$\frac{x}{2}+\sqrt{y}$")[0].box
    write(ink, box, 50, 100, HAND, random.Random(1))
    left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
    stray = HAND.size * 0.3
    assert left >= 50 - stray
    assert right <= 50 + box.width + stray
    assert top >= 100 - box.ascent - stray
    assert bottom <= 100 + box.descent + stray
    assert ink.histogram()[0] < 400 * 200 - 500


def test_crossed_out_word_has_more_ink() -> None:
    scribe = _scribe()
    box = scribe.word("wrong")
    crossed = scribe.crossed_out(box)
    assert crossed.letters == box.letters
    assert crossed.width == box.width
    assert len(crossed.lines) > len(box.lines)


def test_same_chance_writes_the_same() -> None:
    def picture(seed: int) -> bytes:
        ink = Image.new("L", (600, 200), 0)
        scribe = _scribe(seed)
        write(ink, scribe.word("Mathematics"), 20, 100, HAND, scribe.chance)
        return ink.tobytes()

    assert picture(3) == picture(3)
    assert picture(3) != picture(4)


@pytest.mark.parametrize("sign", sorted(SIGNS))
def test_sign_stays_within_its_width(sign: str) -> None:
    points = [point for stroke in (*SIGNS[sign].curves, *SIGNS[sign].lines) for point in smooth(stroke)]
    assert min(x for x, _ in points) > -0.1
    assert max(x for x, _ in points) < SIGNS[sign].width + 0.05
    assert min(y for _, y in points) > -0.4
    assert max(y for _, y in points) < 1.0
