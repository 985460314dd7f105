"""Every budget of the canvas is looked at by the benchmarks, and one that is missed can be seen."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.bench.__main__ import missed_in
from tests.bench.budget import BUDGETS, budgets_of, judged

ROOT = Path(__file__).parents[2]


def line(name: str, **fields: object) -> dict[str, object]:
    return {"name": name, "median_ms": 1.0, "p95_ms": 1.0, "max_ms": 1.0, "reference_ms": None, **fields}


def test_every_benchmark_of_the_table_has_a_budget_and_is_printed():
    table = (ROOT / "docs" / "canvas.md").read_text("utf-8").split("## Budgets")[1]
    names = {
        name
        for row in table.splitlines()
        if row.startswith("| ") and len(row.split("|")) == 6
        for name in re.findall(r"`([a-z0-9_.]+)`", row.split("|")[2])
    }
    assert len(names) > 15
    benchmarks = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "bench").glob("bench_*.py"))
    for name in names:
        assert budgets_of(name) or budgets_of(f"{name}.growth"), name
        step = re.sub(r"^start\.\w+|\.at_2000$|^freeze\.\w+", "", name)  # these names are put together
        assert not step or f'"{step}"' in benchmarks, name


@pytest.mark.parametrize("name", BUDGETS)
def test_a_budget_can_be_missed(name):
    value = 0 if any(budget.least for budget in BUDGETS[name]) else 1e9
    much = {"median_ms": 1e9, "p95_ms": 1e9, "max_ms": 1e9, "ratio": 1e9, "value": value, "pages": 20}
    found = judged(line(name, **much))
    assert found["kept"] is False
    (told,) = missed_in(json.dumps(found))
    assert told.startswith(f"{name} (20 pages)")
    assert str(found["budget"]) in told


def test_what_keeps_to_it_says_so_and_is_not_told():
    found = judged(line("undo", p95_ms=5.0, pages=8, marks=200))
    assert (found["budget"], found["kept"]) == ("p95_ms <= 5", True)
    assert missed_in(json.dumps(found)) == []


@pytest.mark.parametrize(("rate", "kept"), [(1_999, False), (2_000, True), (9_000, True)])
def test_of_some_there_must_be_so_many_at_least(rate, kept):
    assert judged(line("sync.apply", value=rate))["kept"] is kept


def test_a_line_without_a_budget_stays_as_it_is():
    plain = line("pen.move")
    assert judged(plain) == plain
    assert missed_in(json.dumps(plain)) == []


@pytest.mark.parametrize(("median", "kept"), [(216.6, True), (217.0, False)])
def test_what_is_measured_by_its_reference_has_twice_that_and_a_frame(median, kept):
    assert judged(line("open.sharp", median_ms=median, reference_ms=100.0))["kept"] is kept


@pytest.mark.parametrize(
    ("decode", "most", "kept"),
    [(81.0, 50.0, True), (81.0, 50.1, False), (162.0, 100.0, True), (162.0, 100.1, False), (40.0, 50.0, True)],
)
def test_a_freeze_is_judged_by_how_quick_the_computer_decodes_but_never_stricter_than_the_budget(decode, most, kept):
    for name in ("freeze.paste", "gui.longest_freeze"):
        assert judged(line(name, max_ms=most, reference_ms=decode))["kept"] is kept
    assert judged(line("submit.freeze", median_ms=most * 0.4, reference_ms=decode))["kept"] is kept


@pytest.mark.parametrize(("pages", "judges"), [(8, False), (20, True)])
def test_memory_is_judged_at_twenty_pages(pages, judges):
    assert ("kept" in judged({"name": "memory.20_pages", "value": 1.0, "pages": pages})) is judges


def test_every_freeze_has_the_same_budget_but_its_work_has_none():
    assert judged(line("freeze.paste", max_ms=51.0))["kept"] is False
    assert "kept" not in judged(line("freeze.paste.work", max_ms=51.0))
