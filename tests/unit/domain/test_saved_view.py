"""What is looked for again and again, under names."""

from __future__ import annotations

from mv_desktop.domain.record import Fault, Wanted
from mv_desktop.domain.saved_view import (
    LONGEST_NAME,
    MOST_VIEWS,
    SavedView,
    first,
    kept,
    looked_through,
    name_fault,
    renamed,
    turned_first,
    without,
)

CIRCLES = Wanted("circle", {"class": "X"})
MATRICES = Wanted("", {"class": "XII", "unit": "Matrices"})


def test_a_view_is_kept_in_place_of_its_namesake_and_stays_the_first() -> None:
    views = kept(kept((), "  my   circles ", CIRCLES), "Matrices", MATRICES)
    assert [view.name for view in views] == ["Matrices", "my circles"]
    views = turned_first(views, "MY CIRCLES")
    assert first(views) == SavedView("my circles", CIRCLES, first=True)
    views = kept(views, "My Circles", MATRICES)
    assert first(views) == SavedView("My Circles", MATRICES, first=True)
    views = turned_first(views, "matrices")
    assert [view.name for view in views if view.first] == ["Matrices"]
    assert first(turned_first(views, "matrices")) is None
    views = renamed(views, "matrices", " A  list ")
    assert [(view.name, view.first) for view in views] == [("A list", True), ("My Circles", False)]
    assert [view.name for view in without(views, "a LIST")] == ["My Circles"]
    assert without(views, "never") == views


def test_what_is_looked_for_is_recognised_and_everything_is_no_view() -> None:
    views = (SavedView("All", Wanted()), SavedView("Circles", CIRCLES))
    found = looked_through(views, Wanted("circle", {"class": "X"}))
    assert found is not None
    assert found.name == "Circles"
    assert looked_through(views, Wanted("circle")) is None
    assert looked_through(views, Wanted()) is None


def test_a_name_is_there_short_enough_and_nobody_elses() -> None:
    views = (SavedView("One", CIRCLES), SavedView("Two", MATRICES))
    assert name_fault(" \t", views) == Fault("name", "Give the view a name.")
    assert name_fault("x" * LONGEST_NAME, views) is None
    assert name_fault("x" * (LONGEST_NAME + 1), views) == Fault("name", "The name of a view has at most 60 characters.")
    assert name_fault("ONE", views) is None  # it takes the place of what is kept there
    assert name_fault("two", views, "One") == Fault("name", "Another view has this name.")
    assert name_fault("ONE", views, "One") is None
    assert name_fault("Three", views, "One") is None
    full = tuple(SavedView(f"v{n}", CIRCLES) for n in range(MOST_VIEWS))
    assert name_fault("new", full) == Fault("name", "A list has at most 50 views. Remove one first.")
    assert name_fault("V7", full) is None
    assert name_fault("new", full, "v7") is None
