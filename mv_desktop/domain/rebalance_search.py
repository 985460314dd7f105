"""Looks through all that could be done in a small school: fewer left uncleared first, then fewer moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mv_desktop.domain.standing import NOBODY, Standing

MOST_SCRIPTS: Final = 60
"""Of more it is not tried: there is no end to it."""

MOST_STEPS: Final = 20_000
"""So many steps are taken; a number and no time, so that the same school gets the same answer."""


class Search:
    """One search through all sets of moves that are better than a known one.

    Queues are worked off by deadline, and so are the scripts looked at here: whether one is in time is known as soon as
    it gets its place, whatever is decided about those after it.

    Args:
        standing: before anything is moved.
        best: how many scripts the known moves leave uncleared, and how many they are.

    Attributes:
        found: the best moves, by rank, where they are better than the known ones.
        complete: everything was looked through, so nothing is better.
    """

    def __init__(self, standing: Standing, best: tuple[int, int]) -> None:
        self.found: Mapping[int, int] | None = None
        self.complete = True
        self._standing = standing
        self._best = best
        self._steps = MOST_STEPS
        self._load = [0] * len(standing.queues)
        self._moves: dict[int, int] = {}
        self._needy = frozenset(standing.uncleared())
        self._look(0, 0)

    def _look(self, rank: int, uncleared: int) -> None:
        """Decide about a script and all after it."""
        if self._steps == 0:
            self.complete = False
            return
        self._steps -= 1
        if (uncleared, len(self._moves)) >= self._best:
            return
        if rank == len(self._standing.scripts):
            self._best = uncleared, len(self._moves)
            self.found = dict(self._moves)
            return
        self._stay(rank, uncleared)
        if self._standing.movable[rank]:
            for number in range(len(self._load)):
                self._go(rank, number, uncleared)

    def _stay(self, rank: int, uncleared: int) -> None:
        standing = self._standing
        home = standing.home[rank]
        if home == NOBODY:
            self._look(rank + 1, uncleared + (rank in self._needy))
            return
        queue = standing.queues[home]
        self._load[home] += queue.cost(rank)
        late = not standing.is_overdue(rank) and self._load[home] > queue.until(rank)
        if not late or rank in self._needy:
            self._look(rank + 1, uncleared + late)
        self._load[home] -= queue.cost(rank)

    def _go(self, rank: int, number: int, uncleared: int) -> None:
        queue = self._standing.queues[number]
        if number == self._standing.home[rank] or not queue.may(rank):
            return
        self._load[number] += queue.cost(rank)
        if self._load[number] <= queue.until(rank):
            queue.given += 1
            self._moves[rank] = number
            self._look(rank + 1, uncleared)
            del self._moves[rank]
            queue.given -= 1
        self._load[number] -= queue.cost(rank)
