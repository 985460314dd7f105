"""The scripts on which benchmarks are taken: of one, eight and twenty pages, without marks, with 200 and with 2,000."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image

from mv_desktop.domain.annotation.shape import STAMP_NAMES, Placed
from tests.bench.report import report
from tests.factories import sheet
from tests.fakes.picture_source import stamp_on

PAGES = (1, 8, 20)
MARKS = (0, 200, 2_000)
WIDTH, HEIGHT = 2480, 3508


class Cell(NamedTuple):
    """One kind of script."""

    pages: int
    marks: int

    def report(self, name: str, samples_ms: list[float], reference_ms: float | None = None) -> None:
        """Print what was measured on it; what a name of the budgets has "at_2000" is measured on 2,000 marks."""
        name = f"{name}.at_2000" if self.marks == 2_000 and name in {"stamp", "pan", "zoom"} else name
        report(name, samples_ms, reference_ms, pages=self.pages, marks=self.marks)

    def ink(self, marks: str | None = "1") -> list[Placed]:
        """Stamps in rows all over the script's pages; `marks` is what each carries."""
        each = -(-self.marks // self.pages)
        rows = max(1, -(-each // 10))
        found = [
            stamp_on(page, 0.08 + 0.09 * (n % 10), 0.06 + 0.9 * (n // 10) / rows, stamp=STAMP_NAMES[n % 5], marks=marks)
            for page in range(1, self.pages + 1)
            for n in range(each)
        ]
        return found[: self.marks]


def cells() -> Iterator[Cell]:
    """All of them."""
    return (Cell(pages, marks) for pages in PAGES for marks in MARKS)


def scan() -> Image.Image:
    """A page with the grain of a scanner, so that it is as hard to decode as a real one."""
    grain = Image.effect_noise((WIDTH, HEIGHT), 12).convert("RGB")
    return Image.blend(sheet.photo(WIDTH, HEIGHT), grain, 0.25)
