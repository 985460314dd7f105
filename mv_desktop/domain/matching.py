"""The largest matching of a graph: as many pairs of neighbours as can be, none of which share one."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


def largest_matching(beside: Sequence[Sequence[int]]) -> list[int]:
    """Whom each is paired with; -1 for nobody (Edmonds: odd circles are shrunk to one while a path is looked for).

    Who has a partner keeps one: those with small numbers are served first. The time grows with the cube of the number.

    Args:
        beside: the neighbours of each, by number, both ways.
    """
    found = [-1] * len(beside)
    for start, here in enumerate(beside):
        if found[start] == -1:
            free = next((other for other in here if found[other] == -1), None)
            if free is None:
                _Search(beside, found).improve(start)
            else:
                found[start], found[free] = free, start
    return found


class _Search:
    """Looks for a path from somebody without a partner to another, on which every second step is a pair."""

    def __init__(self, beside: Sequence[Sequence[int]], found: list[int]) -> None:
        self._beside, self._found = beside, found
        self._from = [-1] * len(beside)
        self._base = list(range(len(beside)))  # the circle that each was shrunk to
        self._even = [False] * len(beside)
        self._waiting: deque[int] = deque()

    def improve(self, start: int) -> None:
        """Pair `start` with somebody, re-pairing those between, where that is possible."""
        self._even[start] = True
        self._waiting.append(start)
        while self._waiting:
            here = self._waiting.popleft()
            for other in self._beside[here]:
                if self._base[here] == self._base[other] or self._found[here] == other:
                    continue
                mate = self._found[other]
                if other == start or (mate != -1 and self._from[mate] != -1):
                    self._shrink(here, other)
                elif self._from[other] == -1:
                    self._from[other] = here
                    if mate == -1:
                        self._turn(other)
                        return
                    self._even[mate] = True
                    self._waiting.append(mate)

    def _turn(self, end: int) -> None:
        while end != -1:
            before = self._from[end]
            after = self._found[before]
            self._found[end], self._found[before] = before, end
            end = after

    def _shrink(self, one: int, other: int) -> None:
        root = self._meeting(one, other)
        circle: set[int] = set()
        self._mark(one, root, other, circle)
        self._mark(other, root, one, circle)
        for number, base in enumerate(self._base):
            if base in circle:
                self._base[number] = root
                if not self._even[number]:
                    self._even[number] = True
                    self._waiting.append(number)

    def _mark(self, number: int, root: int, child: int, circle: set[int]) -> None:
        while self._base[number] != root:
            mate = self._found[number]
            circle |= {self._base[number], self._base[mate]}
            self._from[number] = child
            child, number = mate, self._from[mate]

    def _meeting(self, one: int, other: int) -> int:
        above = set[int]()
        while True:
            one = self._base[one]
            above.add(one)
            if self._found[one] == -1:
                break
            one = self._from[self._found[one]]
        while self._base[other] not in above:
            other = self._from[self._found[self._base[other]]]
        return self._base[other]
