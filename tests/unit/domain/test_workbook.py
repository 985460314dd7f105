"""Which sheet of a workbook is read."""

from __future__ import annotations

from collections.abc import Sequence

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.heading import Match
from mv_desktop.domain.workbook import (
    NO_SHEET,
    Chosen,
    Sheet,
    SheetError,
    choice,
    first_wanted,
    looked_at,
    names_text,
    place_of_headings,
)

WANTED = ("Class", "Unit", "Question")


def match(headings: Sequence[str]) -> Match:
    known = len({*headings} & {*WANTED, "Topic", "Year"})
    return Match({*WANTED} <= {*headings}, known)


def sheet(name: str, *rows: Sequence[str]) -> Sheet:
    return looked_at(name, rows, match)


EMPTY = sheet("Sheet3", (), ("", ""))
HELP = sheet("Instructions", ("How to fill it in",), ("Column", "What to write", "Example"), ("Class", "X or XII", "X"))
TWELVE = sheet("Class XII", ("Annual plan",), WANTED, ("XII", "Matrices", "Find $x$."))
TEN = sheet("Class X", (*WANTED, "Topic"), ("X", "Circles", "Find $y$.", "Arcs"))
BARE = sheet("Template", WANTED, ())
HALF = sheet("Class IX", ("Std", "Unit", "Question"), ("IX", "Lines", "Find $z$."))
NOTES = sheet("Notes", ("Topic", "Said", "By"), ("Arcs", "too few", "Asha"))


def test_the_first_sheet_that_fits_is_taken_else_the_one_that_fits_best_else_the_first() -> None:
    assert first_wanted((EMPTY, HELP, BARE, HALF, TWELVE, TEN)) == "Class XII"
    assert first_wanted((HELP, TEN, TWELVE)) == "Class X"
    assert first_wanted((HELP, NOTES, HALF)) == "Class IX"
    assert first_wanted((EMPTY, HELP, NOTES)) == "Instructions"  # one known heading may be chance
    assert first_wanted((EMPTY, BARE)) == "Template"
    assert first_wanted((EMPTY,)) is first_wanted(()) is None


def test_those_that_could_be_meant_as_well_are_named() -> None:
    whole = (EMPTY, HELP, BARE, HALF, TWELVE, TEN)
    there = ("Instructions", "Template", "Class IX", "Class XII", "Class X")
    assert choice(whole, "Class XII") == Chosen("Class XII", there, ("Class IX", "Class X"))
    assert choice(whole, "Instructions").unread == ("Class IX", "Class XII", "Class X")
    assert choice((HELP, TWELVE, NOTES), "Class XII").unread == ()
    assert choice((HELP, EMPTY), "Sheet3") == Chosen("Sheet3", ("Instructions", "Sheet3"))
    assert choice((), "") == NO_SHEET


def test_headings_stand_below_titles_and_where_all_that_is_wanted_is() -> None:
    school = ("Our School", "Delhi", "2026")
    assert place_of_headings((school, (), WANTED, ("X", "Circles", "Find")), match) == 2
    assert place_of_headings((school, ("Std", "Unit", "Question")), match) == 0
    assert place_of_headings((("Title",), ("Std", "Unit", "Question")), match) == 1
    assert place_of_headings((("Title",), ("x",) * 201), match) == 0
    assert place_of_headings((), match) == place_of_headings(((), ()), match) == 0


def test_a_file_is_named_with_its_sheet_where_it_has_several() -> None:
    assert NO_SHEET.named("a.csv") == "a.csv"
    assert Chosen("One", ("One",)).named("a.xlsx") == "a.xlsx"
    assert Chosen("कक्षा १२", ("One", "कक्षा १२")).named("a.xlsx") == "a.xlsx (कक्षा १२)"
    assert Chosen("x" * 200, ("One", "x" * 200)).named("a.xlsx") == f"a.xlsx ({'x' * 59}…)"
    assert names_text(("A", "B")) == "“A”, “B”"
    assert names_text([str(n) for n in range(9)]).endswith("“7”, …")


def test_a_sheet_that_cannot_be_taken_names_the_others() -> None:
    chosen = choice((HELP, TWELVE), "Instructions")
    error = SheetError(InvalidError("No.", kept="All of it.", remedy="Do."), chosen)
    assert (str(error), error.chosen, error.code) == ("No. All of it. Do.", chosen, "invalid")
