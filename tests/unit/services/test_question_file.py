"""Questions as files: whatever a question says, a file that an export made says it again, cell by cell."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mv_desktop.domain.question_column import Column, match, matched_columns, row_of
from mv_desktop.domain.question_draft import QuestionDraft
from mv_desktop.domain.question_import import Known, planned, read_row
from mv_desktop.domain.record_import import Meaning
from mv_desktop.services.question_file import to_csv, to_xlsx
from mv_desktop.services.table_reader import read_table

UNITS = {"X": ("Circles",), "XII": ("Matrices", "Relations and Functions")}
SEEN = datetime(2026, 7, 1, tzinfo=UTC)
_LETTERS = string.ascii_letters + string.digits + " =+-@'\",;|/$^_{}½é÷अशाx²"
_LINE = st.text(_LETTERS, min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
_WORDS = st.lists(_LINE, max_size=3).map("\n".join)
_TAG = st.text(string.ascii_letters + " =-", min_size=1, max_size=8).map(str.strip).filter(bool)
_COMMON = {
    "question_text": st.lists(_LINE, min_size=1, max_size=3).map("\n".join),
    "topic": _LINE,
    "difficulty": st.sampled_from([None, "easy", "medium", "hard"]),
    "cbse_year": st.sampled_from([None, 2019]),
    "tags": st.lists(_TAG, max_size=3, unique=True).map(", ".join),
    "solution": _WORDS,
    "answer": _LINE,
}
_CLASSES = st.sampled_from([("X", "Circles"), ("XII", "Matrices"), ("XII", "Relations and Functions")])
_MCQ = st.builds(
    lambda choices, correct, values: QuestionDraft(
        choices="\n".join(choices), correct=", ".join(sorted(correct)), **values
    ),
    st.lists(_LINE, min_size=2, max_size=8, unique=True),
    st.sets(st.sampled_from("AB"), min_size=1),
    st.fixed_dictionaries(_COMMON),
)
_WRITTEN = st.builds(
    lambda kind, steps, other, values: QuestionDraft(
        question_type=kind[0], marks=kind[1], steps="\n".join(steps), **other, **values
    ),
    st.sampled_from([("VSA", 2), ("SA", 3), ("LA", 5), ("LA", 6)]),
    st.lists(_LINE.map(lambda text: f"½: {text}"), max_size=3),
    st.fixed_dictionaries({"or_text": _WORDS, "or_answer": _WORDS, "or_steps": _LINE.map(lambda text: f"1: {text}")}),
    st.fixed_dictionaries(_COMMON),
)
_DRAFTS = st.lists(
    st.builds(lambda draft, of: replace(draft, class_name=of[0], unit=of[1]), _MCQ | _WRITTEN, _CLASSES),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize(("write", "ending"), [(to_csv, "csv"), (to_xlsx, "xlsx")])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drafts=_DRAFTS)
def test_what_was_written_reads_in_without_a_change(write, ending: str, tmp_path: Path, drafts) -> None:
    known = [Known(UUID(int=number), SEEN, draft) for number, draft in enumerate(drafts, 1)]
    path = tmp_path / f"bank.{ending}"
    path.write_bytes(write(row_of(one.question_id, one.draft) for one in known))
    headings, lines = read_table(path, match).table
    columns = matched_columns(headings)
    assert set(columns) == set(Column)
    rows = [
        read_row(number, {column: cells[place] for column, place in columns.items() if place < len(cells)}, {}, UNITS)
        for number, cells in lines
    ]
    plan = planned(rows, {row.row: [one] for row, one in zip(rows, known, strict=True)}, {})
    assert [(row.meaning, row.why) for row in plan.rows] == [(Meaning.DUPLICATE, "The bank has it already.")] * len(
        known
    )
    for row, one in zip(rows, known, strict=True):
        for name in row.said:
            mine, again = getattr(one.draft, name), getattr(row.draft, name)
            assert mine == again or str(mine).split() == str(again).split()
