"""Whether a bank fills the sections of a paper, and from which units: an exact look at numbers (`docs/exams.md`).

It is about questions of one kind and marks, which differ only by their unit and by whether they offer something else
to answer themselves ("sided"). A place in a section is *double* where a student can choose: there stands one that is
sided, or one with a partner from the same unit.

In a unit with T questions, q of them sided, n places of which d are double can be filled where n <= T and
n + d <= T + q: each double place takes one more, unless what stands there is sided. Whose places they are does not
matter. What sections on named units leave of T is a unit's `room`, and what their doubles leave of room + q is `more`:
a place for any unit takes one of both, one that is double takes another one of `more`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mv_desktop.domain.matching import largest_matching


@dataclass(frozen=True, slots=True)
class Want:
    """What a section wants.

    Attributes:
        count: so many questions.
        units: so many of each unit, together `count`; None where any will do.
        doubles: so many of them offer a choice, at most `count`.
    """

    count: int
    units: Mapping[str, int] | None
    doubles: int


def places_of(want: Want) -> Iterable[tuple[str | None, int]]:
    """The cells of a section: each unit with its number; None where any will do."""
    return ((None, want.count),) if want.units is None else want.units.items()


class Stock(NamedTuple):
    """What the bank has of a unit."""

    plain: int
    sided: int


class Filled(NamedTuple):
    """What one cell of a section needs, and what there is for it.

    Attributes:
        section: its number among those that were looked at.
        unit: None where any will do.
        double: it is about the places that offer a choice, not about the questions.
        available: what is left when the cells that come first have theirs: those on named units before those on any,
            questions before choices, and each in the order of the sections.
    """

    section: int
    unit: str | None
    double: bool
    needed: int
    available: int


@dataclass(slots=True)
class Room:
    """What is left of a unit for places on any unit."""

    room: int
    more: int

    def take(self, places: int, doubles: int) -> None:
        """Fill so many places, of which so many are double."""
        self.room -= places
        self.more -= places + doubles


def holds(rooms: Iterable[Room], singles: int, doubles: int) -> bool:
    """So many places that are not double, and so many that are, can be filled with what is left."""
    ones = twos = pairs = 0
    for unit in rooms:
        ones += min(unit.room, unit.more)
        twos += min(2 * unit.room, unit.more)
        pairs += min(unit.room, unit.more // 2)
    return ones >= singles + doubles and twos >= singles + 2 * doubles and pairs >= doubles


def rooms_of(
    wants: Sequence[Want], stock: Mapping[str, Stock], doubles: Sequence[Mapping[str, int]]
) -> dict[str, Room]:
    """What sections on named units leave, when their doubles come from these units; less than nothing where short."""
    rooms = {unit: Room(has.plain + has.sided, has.plain + 2 * has.sided) for unit, has in stock.items()}
    for want, double in zip(wants, doubles, strict=True):
        for unit, count in (want.units or {}).items():
            rooms.setdefault(unit, Room(0, 0)).take(count, double.get(unit, 0))
    return rooms


def doubles_of(wants: Sequence[Want], stock: Mapping[str, Stock]) -> list[dict[str, int]] | None:
    """From which units the doubles of the sections on named units come, so that all sections can be filled.

    Args:
        wants: the sections.
        stock: what there is; where it does not matter, units that stand first come first.

    Returns:
        For each section a number for each unit; None where the bank does not fill all sections.
    """
    rooms = rooms_of(wants, stock, [{}] * len(wants))
    if any(unit.room < 0 for unit in rooms.values()):
        return None
    singles = sum(want.count - want.doubles for want in wants if want.units is None)
    doubles = sum(want.doubles for want in wants if want.units is None)
    found = _Doubles(wants, tuple(rooms))
    # first what places on any unit cannot use, then what only their doubles use, last what all of them use
    found.add(lambda unit: rooms[unit].more - 2 * rooms[unit].room)
    found.add(lambda unit: rooms[unit].more - rooms[unit].room)
    found.add(lambda unit: rooms[unit].more)
    if not found.all:
        return None
    left = list(rooms_of(wants, stock, found.placed).values())
    if holds(left, singles, doubles):
        return found.placed
    if not holds((Room(2 * unit.room, 2 * unit.more) for unit in left), 2 * singles, 2 * doubles):
        return None
    return _paired(wants, rooms, singles, doubles)  # what is short is only a pair of the same unit


def filled(wants: Sequence[Want], stock: Mapping[str, Stock]) -> tuple[Filled, ...]:
    """Every cell of the sections, in their order; the bank fills them exactly where none needs more than it has."""
    left = Counter({unit: has.plain + has.sided for unit, has in stock.items()})
    available: dict[tuple[int, str | None], int] = {}
    got: list[Want] = []
    for number, want in enumerate(wants):
        units = dict(want.units or {})
        for unit, count in units.items():
            available[number, unit] = left[unit]
            units[unit] = min(count, left[unit])
            left[unit] -= units[unit]
        got.append(replace(want, units=want.units and units, count=sum(units.values()), doubles=0))
    rest = left.total()
    for number, want in enumerate(wants):
        if want.units is None:
            available[number, None] = rest
            got[number] = replace(got[number], count=min(want.count, rest))
            rest -= got[number].count
    choices = _choices(wants, got, stock)
    cells: list[Filled] = []
    for number, want in enumerate(wants):
        for place, count in places_of(want):
            cells.append(Filled(number, place, False, count, available[number, place]))
        if want.doubles:
            cells.append(Filled(number, None, True, want.doubles, choices[number]))
    return tuple(cells)


def _choices(wants: Sequence[Want], got: list[Want], stock: Mapping[str, Stock]) -> dict[int, int]:
    """How many places of each section that wants it can be double, when it comes to what `got` says; `got` is used up.

    A section that gets what it wants is told how many more it could have beside all others.
    """
    wanted = [min(want.doubles, has.count) for want, has in zip(wants, got, strict=True)]
    full = [replace(has, doubles=count) for has, count in zip(got, wanted, strict=True)]
    if doubles_of(full, stock) is not None:
        got[:] = full
    else:
        for number, count in enumerate(wanted):
            got[number] = replace(got[number], doubles=_most(got, stock, number, count))
    most = {}
    for number, want in enumerate(wants):
        if want.doubles:
            enough = got[number].doubles == want.doubles
            most[number] = _most(got, stock, number, got[number].count) if enough else got[number].doubles
    return most


def _most(got: Sequence[Want], stock: Mapping[str, Stock], number: int, limit: int) -> int:
    """So many places of a section can be double, from as many as there are up to `limit`."""
    low, high = got[number].doubles, limit
    trial = list(got)
    while low < high:
        middle = (low + high + 1) // 2
        trial[number] = replace(got[number], doubles=middle)
        if doubles_of(trial, stock) is None:
            high = middle - 1
        else:
            low = middle
    return low


class _Doubles:
    """Doubles of sections, put into units of which each holds so many.

    Attributes:
        placed: for each section a number for each unit.
    """

    def __init__(self, wants: Sequence[Want], units: Sequence[str]) -> None:
        self._wants = wants
        self._units = [[unit for unit in units if (want.units or {}).get(unit)] for want in wants]
        self.placed: list[dict[str, int]] = [dict.fromkeys(units, 0) for units in self._units]
        self._used: Counter[str] = Counter()

    @property
    def all(self) -> bool:
        """Every double of a section on named units has its unit."""
        return not any(self._missing(number) for number in range(len(self._wants)))

    def add(self, most: Callable[[str], int]) -> None:
        """Place as many more as can be, when a unit holds so many; units that are used stay used."""
        for number in range(len(self._wants)):
            while self._missing(number) and self._place(number, most, set()):
                pass

    def _missing(self, number: int) -> bool:
        want = self._wants[number]
        return want.units is not None and sum(self.placed[number].values()) < want.doubles

    def _place(self, number: int, most: Callable[[str], int], seen: set[str]) -> bool:
        """One more of a section, for which doubles of others may move to other units."""
        wanted, mine = self._wants[number].units or {}, self.placed[number]
        for unit in sorted(self._units[number], key=mine.__getitem__):  # a bit of each rather than all of one
            if unit in seen or mine[unit] == wanted[unit]:
                continue
            seen.add(unit)
            if self._used[unit] < most(unit):
                self._used[unit] += 1
                mine[unit] += 1
                return True
            for other, theirs in enumerate(self.placed):
                if other != number and theirs.get(unit) and self._place(other, most, seen):
                    theirs[unit] -= 1
                    mine[unit] += 1
                    return True
        return False


def _paired(
    wants: Sequence[Want], rooms: Mapping[str, Room], singles: int, doubles: int
) -> list[dict[str, int]] | None:
    """As `doubles_of`, where it matters which units are left with an odd number: a matching of each with each.

    Those to be paired are the places of each section on named units, as many "not double" as it has places that are
    not, the places on any unit that are not double, and what units have left. A place is paired with "not double" or
    with what makes it double. What is left of units in pairs are the doubles on any unit.
    """
    graph = _Graph()
    not_double = [graph.some(want.count - want.doubles if _named(want) else 0) for want in wants]
    places = [{unit: graph.some(count) for unit, count in (want.units or {}).items() if _named(want)} for want in wants]
    alone = graph.some(singles)
    special = len(graph.beside)
    for mine, exempt in zip(places, not_double, strict=True):
        for place in mine.values():
            graph.join(place, exempt)
    for unit, left in rooms.items():
        taking = [place for mine in places for place in mine.get(unit, ())]
        room, more = graph.some(left.room), graph.some(min(left.more - left.room, left.room + len(taking)))
        graph.join(taking, [*room, *more])
        graph.join(alone, room)
        graph.join(room, more)
        for number, one in enumerate(room):
            graph.join([one], room[number + 1 :])
    found = largest_matching(graph.beside)
    if -1 in found[:special] or sum(mate >= special for mate in found[special:]) < 2 * doubles:
        return None
    return [{unit: sum(found[one] >= special for one in place) for unit, place in mine.items()} for mine in places]


def _named(want: Want) -> bool:
    """Its doubles come from units that it names."""
    return want.units is not None and want.doubles > 0


class _Graph:
    """Whom each can be paired with.

    Attributes:
        beside: the neighbours of each, by number.
    """

    def __init__(self) -> None:
        self.beside: list[list[int]] = []

    def some(self, count: int) -> range:
        """So many more."""
        self.beside.extend([] for _ in range(count))
        return range(len(self.beside) - count, len(self.beside))

    def join(self, these: Iterable[int], those: Sequence[int]) -> None:
        """Each of these can be paired with each of those."""
        for one in these:
            self.beside[one] += those
            for other in those:
                self.beside[other].append(one)
