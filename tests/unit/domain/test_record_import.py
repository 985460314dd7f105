"""What a row of a table does to records: new, changed, repeated or wrong, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from mv_desktop.core.errors import ConflictError, InvalidError, OfflineError
from mv_desktop.domain.heading import Match
from mv_desktop.domain.record import Fault, Opened
from mv_desktop.domain.record_import import (
    KEY,
    ImportPlan,
    ImportStoppedError,
    Layout,
    Meaning,
    Put,
    RowError,
    TableColumn,
    at_row,
    check_columns,
    drafted,
    matched_columns,
    matching_of,
    planned,
    read_row,
    tell,
)

SEEN = datetime(2026, 7, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Room:
    name: str = ""
    floor: int = 0
    wing: str = ""
    notes: str = ""


def whole(words: str) -> int:
    if not words.isdecimal():
        raise InvalidError("Enter a whole number.")
    return int(words)


def room_faults(room: Room) -> tuple[Fault, ...]:
    faults = [] if room.name else [Fault("name", "A room needs a name.")]
    if room.floor > 9:
        faults.append(Fault("floor", "There is no such floor."))
    return (*faults, *((Fault("", "Nobody lives there."),) if room.notes == "empty" else ()))


def column(name: str, *headings: str, read: Callable[[str], object] = str, made_only: bool = False) -> TableColumn:
    return TableColumn(name, headings, read, str, made_only)


LAYOUT = Layout(
    (column("name", "Name", "नाम"), column("floor", "Floor", read=whole), column("wing", "Wing", made_only=True),
     column("notes", "Notes")),
    ("name", "wing"),
    room_faults,
    Room(),
)  # fmt: skip
HALL = Opened("1", SEEN, Room("Hall", 1, "", "wide  and\nlow"))
LAB = Opened("2", SEEN, Room("Lab", 2, "West"))
ALL = {KEY: 0, "name": 1, "floor": 2, "wing": 3, "notes": 4}
NAMED = {KEY: "ID", "name": "नाम", "floor": "Floor", "wing": "Wing", "notes": "Notes"}


def plan(*rows: tuple[str, ...], layout: Layout = LAYOUT) -> ImportPlan:
    read = [read_row(layout, number, dict(zip(ALL, row, strict=False)), NAMED) for number, row in enumerate(rows, 2)]
    return planned(layout, read, (HALL, LAB), NAMED)


def test_each_row_is_what_it_does_and_says_where_it_is_wrong():
    found = plan(
        ("", "hall", "1", "", "wide and \nlow"),
        ("", "LAB", "3", "west"),
        ("2", "Lab", "4"),
        ("", "Attic", "2", "East", ""),
        ("", "attic", "3", "east"),
        ("", "Cellar", "minus one"),
        ("", "Roof", "12"),
        ("9", "Roof"),
        ("", "", "1"),
        ("2", "", "", "East"),
        ("1", "Lab", "", ""),
        ("", "Shed", "", "", "empty"),
        ("1", "Great Hall"),
    )
    assert [(row.row, row.meaning.value, row.column, row.why) for row in found.rows] == [
        (2, "duplicate", "", "It is there already."),
        (3, "changed", "", ""),
        (4, "duplicate", "", "The same as row 3."),
        (5, "new", "", ""),
        (6, "duplicate", "", "The same as row 5."),
        (7, "wrong", "Floor", "Enter a whole number."),
        (8, "wrong", "Floor", "There is no such floor."),
        (9, "wrong", "ID", "There is no such record on the server."),
        (10, "wrong", "नाम", "Something must be entered here."),
        (11, "wrong", "Wing", "This is said of a new one, and never changes."),
        (12, "changed", "", ""),
        (13, "wrong", "", "Nobody lives there."),
        (14, "duplicate", "", "The same as row 12."),
    ]
    assert found.puts == (
        Put(3, LAB, Room("Lab", 3, "West")),
        Put(5, None, Room("Attic", 2, "East")),
        Put(12, HALL, replace(HALL.draft, name="Lab")),
    )
    assert found.count(Meaning.WRONG) == 6
    taken = plan(("1", "Lab", "", "West"))
    assert taken.rows[0].why == "This is said of a new one, and never changes."
    other = plan(("1", "Lab"), layout=replace(LAYOUT, naming=("name",)))
    assert (other.rows[0].column, other.rows[0].why) == ("नाम", "Another one is called so already.")


def test_where_none_is_made_a_row_must_mean_one_that_is_there():
    layout = replace(LAYOUT, blank=None, naming=("name",))
    found = plan(("", "Hall", "2"), ("", "Attic", "2"), ("", "", "2"), layout=layout)
    assert [row.meaning for row in found.rows] == [Meaning.CHANGED, Meaning.WRONG, Meaning.WRONG]
    assert (found.rows[1].column, found.rows[1].why) == ("नाम", "There is none of this name, and none is made here.")
    assert drafted(layout, read_row(layout, 2, {"name": "Hall"}, NAMED)) is None
    assert layout.needed == ("name",)
    assert LAYOUT.needed == ("name",)  # a room may be in no wing
    assert drafted(LAYOUT, read_row(LAYOUT, 2, {"name": " Hall "}, NAMED)) == Room("Hall")
    assert drafted(LAYOUT, read_row(LAYOUT, 2, {"floor": "x"}, NAMED)) is None


def test_columns_are_found_by_their_names_in_any_language_and_spelling():
    assert matched_columns(LAYOUT, ["id", "नाम", " FLOOR* ", "Floor", "colour"]) == {KEY: 0, "name": 1, "floor": 2}
    assert matched_columns(LAYOUT, ["ID / पहचान", "नाम\nName", "Floor (0–3)"]) == {"name": 1, "floor": 2}
    match = matching_of(LAYOUT)
    assert match(["Floor", "Name"]) == match(["id", "Floor"]) == Match(True, 2)
    assert match(["Floor", "colour"]) == match(["id", "colour"]) == Match(False, 1)
    check_columns(LAYOUT, {"name": 0})
    check_columns(LAYOUT, {KEY: 0})
    with pytest.raises(InvalidError, match="no column for: Name"):
        check_columns(LAYOUT, {"floor": 0})
    odd = replace(LAYOUT, naming=("nowhere",), blank=None)
    with pytest.raises(InvalidError, match="no column for"):
        check_columns(odd, {})
    unsaid = planned(odd, [read_row(odd, 2, {}, {})], (), {})
    assert unsaid.rows[0].column == ""


def test_what_the_server_refuses_is_told_with_its_row():
    with pytest.raises(ConflictError, match=r"^Row 7: Somebody was faster. Look again.$"), at_row(Put(7, None, Room())):
        raise ConflictError("Somebody was faster.", remedy="Look again.")
    with pytest.raises(ConflictError, match=r"^Somebody"), at_row(Put(0, HALL, None)):
        raise ConflictError("Somebody was faster.")
    with pytest.raises(OfflineError, match=r"^The server"), at_row(Put(7, None, Room())):
        raise OfflineError("The server cannot be reached.")
    tell(None, 1, 2)
    tell(lambda _done, _all: True, 1, 2)
    with pytest.raises(ImportStoppedError):
        tell(lambda _done, _all: False, 1, 2)
    assert RowError(2, "Floor", "why").row == 2
