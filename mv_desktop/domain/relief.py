"""Clears what would be late, one script after another, the most urgent first: a good set of moves, quickly found."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence, Set
from typing import Final

from mv_desktop.domain.standing import NOBODY, Queue, Standing

MOST_EXCHANGES: Final = 400
"""So many exchanges are tried in all; a number and no time, so that the same school gets the same answer."""

MOST_OF_ONE: Final = 20
"""So many of these for one script, so that the first that is hopeless does not use them up."""


def relieve(standing: Standing) -> None:
    """Move scripts until nothing more can be cleared, and take back what was not needed.

    For each script that would be late, the longest one that has to be done before it, and for which somebody has room,
    goes: that clears most with least. Where nobody has room, somebody makes it by handing one of hers to a third.
    Nothing that is in time becomes late.
    """
    relief = _Relief(standing)
    for rank in standing.uncleared():
        if standing.is_uncleared(rank):
            relief.clear(rank)
    _take_back(standing)


def fewest_moves(standing: Standing, hopeless: Set[int]) -> int:
    """As many moves as it takes at least to clear all but `hopeless`, before anything was moved (Moore and Hodgson).

    It may take more, where others have no room for just those scripts.
    """
    pool = sum(standing.where[rank] == NOBODY for rank in standing.uncleared() if rank not in hopeless)
    return pool + sum(_fewest_out_of(standing, queue, hopeless) for queue in standing.queues)


def is_hopeless(standing: Standing, rank: int) -> bool:
    """A script that would be late whatever is moved: before anything was, with nothing but what cannot move before it.

    Others may be late all the same, because there is not room for all.
    """
    home = standing.home[rank]
    if home != NOBODY:
        queue = standing.queues[home]
        stays = sum(queue.cost(one) for one in queue.up_to(rank) if one == rank or not standing.movable[one])
        if stays <= queue.until(rank):
            return False
    return not standing.movable[rank] or all(q.cost(rank) > q.until(rank) for q in standing.able(rank))


def _fewest_out_of(standing: Standing, queue: Queue, hopeless: Set[int]) -> int:
    work, count = 0, 0
    longest: list[int] = []
    for rank in queue.ranks:
        work += queue.cost(rank)
        if standing.movable[rank]:
            heapq.heappush(longest, -queue.cost(rank))
        wanted = rank not in hopeless and not standing.is_overdue(rank)
        while wanted and longest and work > queue.until(rank):
            work += heapq.heappop(longest)
            count += 1
    return count


def _take_back(standing: Standing) -> None:
    """Undo moves that turned out not to be needed."""
    again = True
    while again:
        again = False
        for rank in sorted(standing.moves(), reverse=True):
            home = standing.home[rank]
            if home != NOBODY and standing.queues[home].holds(rank):
                standing.move(rank, home)
                again = True


class _Relief:
    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._exchanges = MOST_EXCHANGES
        self._tried: dict[int, tuple[int, int]] = {}

    def clear(self, rank: int) -> None:
        """See that a script is in time, or leave all as it is."""
        standing = self._standing
        if standing.where[rank] == NOBODY:
            if not self._send(rank):
                self._exchange((rank,))
            return
        sent: list[int] = []
        mark = standing.mark()
        queue = standing.queues[standing.where[rank]]
        while standing.is_uncleared(rank):
            enough, less = self._candidates(queue, rank)
            gone = next((one for one in enough if self._send(one)), None)
            if gone is None and self._exchange(enough):
                return
            if gone is None:
                gone = next((one for one in less if self._send(one)), None)
            if gone is None:
                for one in sent:
                    standing.move(one, standing.home[one])
                standing.forget(mark)
                self._tried[standing.where[rank]] = standing.mark(), rank
                return
            sent.append(gone)

    def _candidates(self, queue: Queue, rank: int) -> tuple[Sequence[int], Sequence[int]]:
        """What may go so that a script is done earlier: what is enough alone, and what is not; the longest first."""
        standing = self._standing
        excess = queue.excess(rank)
        tried, known = self._tried.get(standing.where[rank], (NOBODY, NOBODY))
        fresh = known + 1 if tried >= standing.last_freed() else 0  # for those before nobody has had room since
        able = [
            one
            for one in queue.up_to(rank, fresh)
            if standing.movable[one] and standing.home[one] == standing.where[rank]
        ]
        able.sort(key=lambda one: (queue.cost(one), one), reverse=True)
        enough = [one for one in able if queue.cost(one) >= excess or one == rank]
        return enough, [one for one in able if queue.cost(one) < excess and one != rank]

    def _send(self, rank: int) -> bool:
        to = self._standing.place(rank)
        if to is None:
            return False
        self._standing.move(rank, to)
        return True

    def _exchange(self, candidates: Sequence[int]) -> bool:
        """One of `candidates` goes to somebody who hands one of hers on for it."""
        standing = self._standing
        left = min(MOST_OF_ONE, self._exchanges)
        for rank, number, other in self._chances(candidates) if left else ():
            left -= 1
            self._exchanges -= 1
            mark = standing.mark()
            if self._hand_on(rank, number, other):
                return True
            standing.forget(mark)
            if not left:
                return False
        return False

    def _chances(self, candidates: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """What to try: a script, to whom it would go, and what she would hand on, the longest of hers first."""
        standing = self._standing
        for rank in candidates:
            barred = standing.where[rank], standing.home[rank]
            for number, queue in enumerate(standing.queues):
                if number not in barred and queue.may(rank):
                    hers = [
                        one
                        for one in queue.ranks
                        if standing.movable[one] and standing.home[one] == number and queue.could_hold(rank, one)
                    ]
                    yield from ((rank, number, one) for one in sorted(hers, key=lambda one: (-queue.cost(one), one)))

    def _hand_on(self, rank: int, number: int, other: int) -> bool:
        standing = self._standing
        came = standing.where[rank]
        standing.move(other, NOBODY)
        if standing.queues[number].holds(rank):
            standing.move(rank, number)
            if self._send(other):
                return True
            standing.move(rank, came)
        standing.move(other, number)
        return False
