"""What each benchmark may take, so that every line that is printed says whether it kept to it.

The budgets of `docs/canvas.md`, and those that the benchmarks' own docstrings name. They hold on a computer that does
nothing else meanwhile; on a busy one, look at `ratio`, at `.work` and at the references first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

FRAME_MS = 1000 / 60
DECODE_MS = 81.0
"""What the raw decode of a page takes on the computer for which `docs/canvas.md` sets the freezes' budgets."""


class Budget(NamedTuple):
    """What a number of a line may be.

    Attributes:
        field: of the line: "median_ms", "p95_ms", "max_ms", "ratio" or "value".
        most: the most it may be, in the line's unit.
        references: so many of the line's references may be added to that.
        pages: only on scripts of so many pages; None for all.
        least: it is the least instead, of what is the better the more there is.
        decode_ms: for a computer that decodes a page in so many milliseconds, which is the line's reference. On a
            slower one it grows as the reference does; on a quicker one it stays.
    """

    field: str
    most: float
    references: float = 0.0
    pages: int | None = None
    least: bool = False
    decode_ms: float | None = None

    def limit(self, reference_ms: float) -> float:
        """What it comes to where the reference took `reference_ms`; 0 for none."""
        slower = 1.0 if self.decode_ms is None else max(1.0, reference_ms / self.decode_ms)
        return self.most * slower + self.references * reference_ms


BUDGETS: dict[str, tuple[Budget, ...]] = {
    "open.first_picture": (Budget("median_ms", 40),),
    "open.sharp": (Budget("median_ms", FRAME_MS, references=2),),
    "page.next": (Budget("p95_ms", 25),),
    "script.next": (Budget("median_ms", 100),),
    "stamp.click_to_ink": (Budget("p95_ms", 16),),
    "stamp.click_to_ink.paint": (Budget("median_ms", 2),),
    "stamp.at_2000.growth": (Budget("ratio", 1.3),),
    "pan.at_2000": (Budget("p95_ms", 10),),
    "zoom.at_2000": (Budget("p95_ms", 30),),
    "undo": (Budget("p95_ms", 5),),
    "reopen.at_200": (Budget("median_ms", 150),),
    "bank.open": (Budget("median_ms", 50),),
    "bank.filter": (Budget("median_ms", FRAME_MS),),
    "submit.freeze": (Budget("median_ms", 20, decode_ms=DECODE_MS),),
    "gui.longest_freeze": (Budget("max_ms", 50, decode_ms=DECODE_MS),),
    "canvas.longest_freeze": (Budget("value", 50),),
    "print.shown": (Budget("median_ms", 5_000),),
    "print.again": (Budget("median_ms", 12_000),),
    "print.saved": (Budget("median_ms", 2_000),),
    "print.longest_freeze": (Budget("max_ms", 50),),
    "print.report.shown": (Budget("median_ms", 2_000),),
    "print.report.saved": (Budget("median_ms", 2_000),),
    "print.report.longest_freeze": (Budget("max_ms", 50),),
    "print.insight.shown": (Budget("median_ms", 2_000),),
    "print.insight.saved": (Budget("median_ms", 1_000),),
    "print.insight.longest_freeze": (Budget("max_ms", 50),),
    "memory.20_pages": (Budget("value", 256 * 1.1, pages=20),),
    "memory.50_scripts": (Budget("value", 16),),
    "start.window": (Budget("median_ms", 400),),
    "start.queue": (Budget("median_ms", 1_000),),
    "journal.append": (Budget("p95_ms", 5),),
    "journal.open_at_200": (Budget("median_ms", 30),),
    "journal.queue_200": (Budget("median_ms", 20),),
    "sync.2000_operations": (Budget("median_ms", 10_000),),
    "sync.apply": (Budget("value", 2_000, least=True),),
    "storm.1000": (Budget("value", 300),),
    "pull.200": (Budget("median_ms", 1_000),),
    "cache.read": (Budget("median_ms", 10),),
    "take.20": (Budget("ratio", 1.25),),
    "intake.pdf_100_pages": (Budget("median_ms", 10_000),),
    "assignment.10000": (Budget("max_ms", 60_000),),
    "assignment.limits": (Budget("max_ms", 60_000),),
    "rebalance.calm": (Budget("median_ms", 2_000),),
    "rebalance.sick": (Budget("median_ms", 2_000),),
    "rebalance.full": (Budget("median_ms", 2_000),),
    "board.read": (Budget("median_ms", 250),),
    "board.open": (Budget("median_ms", 500),),
    "board.refresh_none": (Budget("median_ms", 20),),
    "board.refresh_one": (Budget("median_ms", 250),),
    "board.move_200": (Budget("median_ms", 2_000),),
    "board.screen_open": (Budget("median_ms", 200),),
    "board.screen_refresh": (Budget("max_ms", 50),),
    "board.screen_scroll": (Budget("p95_ms", 16),),
    "board.screen_search": (Budget("max_ms", 100),),
    "board.screen_preview": (Budget("max_ms", 50),),
    "board.screen_preview_told": (Budget("median_ms", 1_000),),
    "board.preview": (Budget("median_ms", 20),),
    "board.preview_all": (Budget("median_ms", 20),),
    "questions.page": (Budget("p95_ms", 50),),
    "questions.filtered": (Budget("p95_ms", 50),),
    "questions.next_page": (Budget("p95_ms", 50),),
    "questions.search": (Budget("p95_ms", 100),),
    "questions.mistyped": (Budget("p95_ms", 100),),
    "questions.approve_500": (Budget("value", 10),),
    "questions.undo_500": (Budget("value", 10),),
    "questions.look": (Budget("p95_ms", 2),),
    "questions.alike": (Budget("p95_ms", 100),),
    "question_form.typing": (Budget("p95_ms", 100),),
    "question_form.long": (Budget("p95_ms", 100),),
    "question_form.key": (Budget("max_ms", 50),),
    "questions.import_10000": (Budget("value", 30),),
    "questions.take_back_10000": (Budget("value", 30),),
    "people.take_back_new_5000": (Budget("value", 30),),
    "people.take_back_changed_5000": (Budget("value", 30),),
    "questions.take_back_changed_10000": (Budget("value", 30),),
    "questions.plan_10000": (Budget("value", 30),),
    "deadline.sweep": (Budget("max_ms", 1_000),),
    "deadline.sweep_none": (Budget("max_ms", 1_000),),
    "deadline.sweep_100": (Budget("max_ms", 1_000),),
    "deadline.forecast": (Budget("max_ms", 1_000),),
    "deadline.forecast_1m": (Budget("max_ms", 1_000),),
    "round.exam_idle": (Budget("max_ms", 20),),
    "round.months": (Budget("value", 60),),
    "report.compliance": (Budget("max_ms", 1_000),),
    "report.volume": (Budget("max_ms", 1_000),),
    "report.pace": (Budget("max_ms", 1_000),),
    "report.questions": (Budget("max_ms", 1_000),),
    "insight.units": (Budget("max_ms", 300),),
    "insight.predictions": (Budget("max_ms", 300),),
    "insight.leaders": (Budget("max_ms", 300),),
    "insight.flows": (Budget("max_ms", 300),),
    "insight.promises": (Budget("max_ms", 300),),
    "insight.questions": (Budget("max_ms", 300),),
    "insight.choices": (Budget("max_ms", 300),),
    "analytics.refresh_1m": (Budget("value", 60),),
    "analytics.read_meanwhile": (Budget("max_ms", 500),),
    "analytics.complete_meanwhile": (Budget("max_ms", 500),),
    "office.people.first": (Budget("p95_ms", 50),),
    "office.people.next": (Budget("p95_ms", 50),),
    "office.people.narrowed": (Budget("p95_ms", 50),),
    "office.subscriptions.first": (Budget("p95_ms", 50),),
    "office.subscriptions.next": (Budget("p95_ms", 50),),
    "office.subscriptions.search": (Budget("p95_ms", 100),),
    "office.subscriptions.over": (Budget("p95_ms", 50),),
    "office.look.student": (Budget("p95_ms", 2),),
    "office.look.subscription": (Budget("p95_ms", 2),),
    "office.look.setting": (Budget("p95_ms", 2),),
    "office.search.name": (Budget("p95_ms", 100),),
    "office.search.phone": (Budget("p95_ms", 100),),
    "office.search.email": (Budget("p95_ms", 100),),
    "office.search.school": (Budget("p95_ms", 100),),
    "office.search.short": (Budget("p95_ms", 100),),
    "office.search.nothing": (Budget("p95_ms", 100),),
    "db.queue_1m": (Budget("p95_ms", 5), Budget("ratio", 10)),
}
"""By the name of the benchmark."""

_FREEZE = (Budget("max_ms", 50, decode_ms=DECODE_MS),)
_AUDIT = (Budget("p95_ms", 100),)


def budgets_of(name: str) -> tuple[Budget, ...]:
    """What the benchmark of that name has to keep to; each `freeze.…` is held to the same, and so is each `audit.…`."""
    if re.fullmatch(r"freeze\.\w+", name):
        return _FREEZE
    if re.fullmatch(r"audit\.(?!filled)\w+", name):
        return _AUDIT
    return BUDGETS.get(name, ())


def judged(line: Mapping[str, object]) -> dict[str, object]:
    """The line, with its `budget` in words and whether it was `kept` where there is one."""
    words, kept = [], True
    for budget in budgets_of(str(line["name"])):
        if budget.pages not in {None, line.get("pages")}:
            continue
        reference = line.get("reference_ms")
        found = line.get(budget.field)
        limit = budget.limit(float(reference) if isinstance(reference, int | float) else 0.0)
        kept = kept and isinstance(found, int | float) and (found >= limit if budget.least else found <= limit)
        words.append(f"{budget.field} {'>=' if budget.least else '<='} {round(limit, 1):g}")
    return {**line, "budget": ", ".join(words), "kept": kept} if words else dict(line)
