"""Which questions of a bank stand in the sections of a paper, all of one kind and marks (`docs/exams.md`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from mv_desktop.domain.paper_plan import Room, Stock, Want, doubles_of, holds, places_of, rooms_of
from mv_desktop.domain.question import PaperQuestion
from mv_desktop.domain.question_alternative import has_sides


@dataclass(slots=True)
class Drawn:
    """The questions of a section.

    Attributes:
        chosen: in the order in which they are drawn.
        partners: by the question's id, what can be answered instead of it.
    """

    chosen: list[PaperQuestion] = field(default_factory=list)
    partners: dict[str, PaperQuestion] = field(default_factory=dict)


def draw(wants: Sequence[Want], pool: Sequence[PaperQuestion]) -> list[Drawn] | None:
    """For each section the first questions that fit.

    Where that leaves too little for a section behind, each section takes the first that leave enough for all.

    Args:
        wants: the sections.
        pool: the questions, in the order in which they are drawn.

    Returns:
        None where the pool cannot fill all sections, whichever questions are taken.
    """
    return _first_that_fit(wants, _Pool(pool)) or _first_that_leave_enough(wants, _Pool(pool))


def stock_of(pool: Sequence[PaperQuestion]) -> dict[str, Stock]:
    """How many there are of each unit; the unit of the first question stands first."""
    units = Counter(question.unit for question in pool)
    sided = Counter(question.unit for question in pool if has_sides(question))
    return {unit: Stock(count - sided[unit], sided[unit]) for unit, count in units.items()}


class _Pool:
    """Questions that are drawn one by one; each is known by its place.

    Attributes:
        questions: all of them.
    """

    def __init__(self, questions: Sequence[PaperQuestion]) -> None:
        self.questions = questions
        self._taken = bytearray(len(questions))

    def left(self, unit: str | None) -> Iterator[int]:
        """The places of those of a unit, or of all, that nobody took."""
        for place, question in enumerate(self.questions):
            if not self._taken[place] and unit in {None, question.unit}:
                yield place

    def take(self, place: int) -> PaperQuestion:
        """This one is drawn."""
        self._taken[place] = True
        return self.questions[place]

    def drawn(self, chosen: Iterable[int], doubles: Mapping[str | None, int]) -> Drawn | None:
        """Those that stand at these places, as many as are wanted with a choice; None where partners are missing.

        Args:
            chosen: taken already, those that offer something else by themselves among them.
            doubles: so many of each unit have a choice; of None, so many of all other units together.
        """
        made = Drawn([self.questions[place] for place in sorted(chosen)])
        missing = Counter(doubles)
        plain = []
        for question in made.chosen:
            unit = question.unit if question.unit in doubles else None
            if has_sides(question):
                missing[unit] -= 1
            else:
                plain.append((unit, question))
        for unit, question in plain:
            if missing[unit] > 0:
                partner = next((one for one in self.left(question.unit) if not has_sides(self.questions[one])), None)
                if partner is not None:
                    made.partners[question.question_id] = self.take(partner)
                    missing[unit] -= 1
        return None if any(count > 0 for count in missing.values()) else made


def _first_that_fit(wants: Sequence[Want], pool: _Pool) -> list[Drawn] | None:
    made: list[Drawn] = []
    for want in wants:
        chosen: list[int] = []
        for unit, count in places_of(want):
            found = list(islice(pool.left(unit), count))
            chosen += found
            for place in found:
                pool.take(place)
        drawn = pool.drawn(chosen, {None: want.doubles}) if len(chosen) == want.count else None
        if drawn is None:
            return None
        made.append(drawn)
    return made


def _first_that_leave_enough(wants: Sequence[Want], pool: _Pool) -> list[Drawn] | None:
    stock = stock_of(pool.questions)
    named = doubles_of(wants, stock)
    if named is None:
        return None
    spread = _spread(wants, rooms_of(wants, stock, named), pool)
    places = [one if want.units is None else want.units for want, (one, _) in zip(wants, spread, strict=True)]
    doubles = [two if want.units is None else one for want, (_, two), one in zip(wants, spread, named, strict=True)]
    units = _Units(stock, places, doubles)
    made = []
    for place, double in zip(places, doubles, strict=True):
        chosen: list[int] = []
        for unit, count in place.items():
            chosen += units.take(pool, unit, count, double.get(unit, 0))
        drawn = pool.drawn(chosen, dict[str | None, int](double.items()))
        assert drawn is not None  # noqa: S101 - that is what was looked for
        made.append(drawn)
    return made


def _spread(wants: Sequence[Want], rooms: Mapping[str, Room], pool: _Pool) -> list[tuple[Counter[str], Counter[str]]]:
    """How many places of each section on any unit are filled from each unit, and how many of them are double.

    The units of the first questions, as long as what is left is enough for the rest. `rooms` is used up.
    """
    ones = sum(want.count - want.doubles for want in wants if want.units is None)
    twos = sum(want.doubles for want in wants if want.units is None)
    seen = bytearray(len(pool.questions))
    found: list[tuple[Counter[str], Counter[str]]] = []
    for want in wants:
        places, doubles = Counter[str](), Counter[str]()
        found.append((places, doubles))
        missing = [0, 0] if want.units is not None else [want.count - want.doubles, want.doubles]
        full: set[str] = set()
        for number, question in enumerate(pool.questions):
            if not any(missing):
                break
            unit = question.unit
            if seen[number] or unit in full:
                continue
            for double in (1, 0):
                rooms[unit].take(1, double)
                rest = (ones - (not double), twos - double)
                if missing[double] and rooms[unit].room >= 0 <= rooms[unit].more and holds(rooms.values(), *rest):
                    ones, twos = rest
                    missing[double] -= 1
                    places[unit] += 1
                    doubles[unit] += double
                    seen[number] = True
                    break
                rooms[unit].take(-1, -double)
            else:
                full.add(unit)  # what does not fit now fits no more in this section
    return found


class _Units:
    """What sections still need of each unit, so that one takes no question whose kind a later one needs.

    Args:
        stock: what there is.
        places, doubles: of each section, what it needs of each unit.
    """

    def __init__(
        self, stock: Mapping[str, Stock], places: Sequence[Mapping[str, int]], doubles: Sequence[Mapping[str, int]]
    ) -> None:
        self._plain = Counter({unit: has.plain for unit, has in stock.items()})
        self._sided = Counter({unit: has.sided for unit, has in stock.items()})
        self._places, self._doubles = Counter[str](), Counter[str]()
        for place, double in zip(places, doubles, strict=True):
            self._places.update(place)
            self._doubles.update(double)

    def take(self, pool: _Pool, unit: str, count: int, doubles: int) -> list[int]:
        """The places of the next section's questions of a unit; what they need as partners is kept for them."""
        self._places[unit] -= count
        self._doubles[unit] -= doubles
        chosen: list[int] = []
        waiting = 0  # of those chosen, so many can have a partner
        for place in pool.left(unit):
            if len(chosen) == count:
                break
            sided = has_sides(pool.questions[place])
            left = self._sided if sided else self._plain
            left[unit] -= 1
            rest = max(0, doubles - sided)
            if self._enough(unit, count - len(chosen) - 1, rest, waiting + (not sided)):
                chosen.append(place)
                doubles, waiting = rest, waiting + (not sided)
            else:
                left[unit] += 1
        for place in chosen:
            pool.take(place)
        self._plain[unit] -= doubles  # the partners
        return chosen

    def _enough(self, unit: str, count: int, doubles: int, waiting: int) -> bool:
        """So many more places, and so many doubles among them and those that wait, leave enough for later sections."""
        partners = max(0, doubles - count)  # of those that wait; the other doubles may come with those that are sided
        plain, sided = self._plain[unit], self._sided[unit]
        places = count + self._places[unit]
        return (
            partners <= min(waiting, plain)
            and places + partners <= plain + sided
            and places + self._doubles[unit] + doubles <= plain + 2 * sided
        )
