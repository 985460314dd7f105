"""Everybody's queue while moves are tried: who would finish what in time, and who has room for one more.

Scripts go by their rank in the order of the deadlines, in which every queue is worked off, and time is counted in whole
microseconds: both are compared a million times.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeAlias

from mv_desktop.domain.assignment import Obstacle, obstacle
from mv_desktop.domain.board import BoardScript, School
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import UserId

NOBODY: Final = -1
"""The queue of what nobody has."""

_MICROSECOND = timedelta(microseconds=1)
_FOR_EVER = 2**62
_FEW = 4
"""Of so many teachers it is asked again and again whether they have room meanwhile."""

Kind: TypeAlias = tuple[str, ExamType, UserId | None]
"""Whatever decides who may have a script: class, kind of exam, and the student where anybody may not mark her."""


class Queue:
    """What one teacher has, the nearest deadline first.

    Args:
        standing: where it belongs.
        number: its place there.

    Attributes:
        ranks: what she has, in order.
        total: how long all of it takes.
        given: how many she got beside what she had.
        away: she is absent today, and gets nothing.
    """

    def __init__(self, standing: Standing, number: int) -> None:
        school = standing.school
        self.marker = school.markers[number]
        self.away = school.is_away(self.marker.user_id)
        self.given = 0
        self.ranks: list[int] = []
        self.total = 0
        self._scripts = standing.scripts
        self._time = school.time_of(self.marker.user_id)
        paces = school.paces
        self._cost = {kind: paces.expected(self.marker.user_id, kind) // _MICROSECOND for kind in ExamType}
        # one for all who are away on the same days
        self._until = standing.known.setdefault(id(self._time), {})
        self._done: list[int] = []
        self._room: list[int] = []
        self._peak: list[int] | None = None

    def cost(self, rank: int) -> int:
        """How long she takes for a script."""
        return self._cost[self._scripts[rank].exam_type]

    def until(self, rank: int) -> int:
        """Her working time before the deadline of a script."""
        found = self._until.get(rank)
        if found is None:
            found = self._until[rank] = self._time.before(self._scripts[rank].due) // _MICROSECOND
        return found

    def may(self, rank: int) -> bool:
        """She may be given it."""
        script = self._scripts[rank]
        return not self.away and obstacle(self.marker, script.class_name, script.student_id, self.given) is None

    def holds(self, rank: int) -> bool:
        """She would finish it in time, and so all that she finishes in time now."""
        place = bisect_left(self.ranks, rank)
        work = self._cost[self._scripts[rank].exam_type]
        if place < len(self.ranks) and work > self._room[place]:
            return False
        return (self._done[place - 1] if place else 0) + work <= self.until(rank)

    def might_hold(self, kind: Kind, rank: int) -> bool:
        """No: she holds nothing of that kind that is due no later than `rank`, until something is taken from her."""
        place = bisect_left(self.ranks, rank)
        here = self.until(rank) - (self._done[place - 1] if place else 0)
        if place < len(self.ranks):
            here = min(here, self._room[place])
        return self._cost[kind[1]] <= (max(here, self._peaks()[place - 1]) if place else here)

    def could_hold(self, rank: int, without: int) -> bool:
        """She would finish it in time if one of hers went."""
        place = bisect_left(self.ranks, rank)
        before = self._done[place - 1] if place else 0
        return before - self.cost(without) * (without < rank) + self.cost(rank) <= self.until(rank)

    def excess(self, rank: int) -> int:
        """By how much a script that she has is finished after its deadline; 0 or less: in time."""
        return self._done[bisect_left(self.ranks, rank)] - self.until(rank)

    def up_to(self, rank: int, first: int = 0) -> Sequence[int]:
        """What she has from a rank on up to a script, itself included."""
        return self.ranks[bisect_left(self.ranks, first) : bisect_left(self.ranks, rank) + 1]

    def late(self) -> Iterator[int]:
        """What she has and finishes after the deadline."""
        return (rank for rank, done in zip(self.ranks, self._done, strict=True) if done > self.until(rank))

    def add(self, rank: int) -> None:
        """She has it; count afterwards."""
        insort(self.ranks, rank)

    def remove(self, rank: int) -> None:
        """She has it no longer; count afterwards."""
        del self.ranks[bisect_left(self.ranks, rank)]

    def count(self) -> None:
        """Bring up to date how much is done when, and how much room there is."""
        done = 0
        self._done = [done := done + self._cost[self._scripts[rank].exam_type] for rank in self.ranks]
        self.total = done
        until = self._until
        for rank in self.ranks:
            if rank not in until:
                self.until(rank)
        room = _FOR_EVER
        rooms = []
        for rank, passed in zip(reversed(self.ranks), reversed(self._done), strict=True):
            spare = until[rank] - passed
            if 0 <= spare < room:
                room = spare
            rooms.append(room)
        rooms.reverse()
        self._room = rooms
        self._peak = None

    def _peaks(self) -> list[int]:
        """By place, how long a script may be at most that is due before the one there; made when somebody asks."""
        if self._peak is None:
            peak, before = -_FOR_EVER, 0
            self._peak = []
            for rank, passed, spare in zip(self.ranks, self._done, self._room, strict=True):
                here = min(self._until[rank] - before, spare)
                peak = max(peak, here)
                self._peak.append(peak)
                before = passed
        return self._peak


class Standing:
    """All queues of a school, and what was moved.

    Args:
        school: how it stands before anything is moved.
        started_too: what somebody has begun may move as well.

    Attributes:
        scripts: by rank.
        queues: in the order of the teachers' ids.
        home: by rank, the queue it was in at first.
        where: by rank, the queue it is in.
        movable: by rank, whether it may move at all.
        known: by working time, and there by rank, how much of it there is before the deadline.
    """

    def __init__(self, school: School, *, started_too: bool) -> None:
        markers = tuple(sorted(school.markers, key=lambda marker: marker.user_id.int))
        self.school = replace(school, markers=markers)
        self.scripts: list[BoardScript] = sorted(school.scripts, key=lambda s: (s.due, s.evaluation_id.int))
        self.known: dict[int, dict[int, int]] = {}
        self.queues = [Queue(self, number) for number in range(len(markers))]
        number_of = {marker.user_id: number for number, marker in enumerate(markers)}
        self.home = [number_of.get(s.teacher_id, NOBODY) if s.teacher_id else NOBODY for s in self.scripts]
        self.where = list(self.home)
        self._open = bisect_left(self.scripts, school.now, key=lambda s: s.due)
        self.movable = [
            rank >= self._open and not s.withdrawn and (started_too or not s.started or self.home[rank] == NOBODY)
            for rank, s in enumerate(self.scripts)
        ]
        barred = frozenset[object]().union(*(marker.barred_students for marker in markers))
        self._kind: list[Kind] = [
            (s.class_name, s.exam_type, s.student_id if s.student_id in barred else None) for s in self.scripts
        ]
        for rank, number in enumerate(self.home):
            if number != NOBODY:
                self.queues[number].ranks.append(rank)
        for queue in self.queues:
            queue.count()
        self._order = sorted((queue.total, number) for number, queue in enumerate(self.queues) if not queue.away)
        self._events = 0
        self._freed: list[tuple[int, int]] = []
        self._full: dict[Kind, tuple[int, int, set[int]]] = {}
        self._able: dict[Kind, list[int]] = {}

    def uncleared(self) -> list[int]:
        """What will be late and is not yet, or lies in nobody's hands, in the order of the deadlines."""
        found = [rank for queue in self.queues for rank in queue.late() if rank >= self._open]
        found += [
            rank
            for rank, number in enumerate(self.where)
            if number == NOBODY and rank >= self._open and not self.scripts[rank].withdrawn
        ]
        return sorted(found)

    def is_overdue(self, rank: int) -> bool:
        """Its deadline has passed."""
        return rank < self._open

    def is_uncleared(self, rank: int) -> bool:
        """It will be late, or lies in nobody's hands; of what is not overdue."""
        number = self.where[rank]
        return number == NOBODY or self.queues[number].excess(rank) > 0

    def moves(self) -> Mapping[int, int]:
        """By rank, to which queue it went."""
        return {rank: now for rank, (was, now) in enumerate(zip(self.home, self.where, strict=True)) if was != now}

    def move(self, rank: int, to: int) -> None:
        """Put a script into a queue, or take it out of all."""
        came = self.where[rank]
        if came != NOBODY:
            self._change(came, rank, adds=False)
            self._events += 1
            self._freed.append((self._events, came))
        if to != NOBODY:
            self._change(to, rank, adds=True)
        self.where[rank] = to

    def place(self, rank: int) -> int | None:
        """The least loaded of those who may have a script and hold it, not its own teacher; None where nobody does."""
        kind = self._kind[rank]
        reach, seen, able = self._full.get(kind, (NOBODY, 0, set()))
        if rank > reach:
            found = self._first(rank, self._order)
            if found is None:
                self._remember(kind, rank)
        else:
            if seen < self.last_freed():
                since = self._freed[bisect_right(self._freed, seen, key=lambda event: event[0]) :]
                able |= {number for _, number in since if self.queues[number].might_hold(kind, reach)}
                self._full[kind] = reach, self._events, able
            holding = [n for n in able if self.queues[n].holds(rank)]
            found = self._first(rank, sorted((self.queues[n].total, n) for n in holding if not self.queues[n].away))
        return found

    def last_freed(self) -> int:
        """The moment at which anybody last got more room."""
        return self._freed[-1][0] if self._freed else 0

    def mark(self) -> int:
        """A moment to which `forget` leads back."""
        return self._events

    def forget(self, mark: int) -> None:
        """All queues stand as they did at `mark` again, after moves there and back: nobody has more room than then."""
        del self._freed[bisect_right(self._freed, mark, key=lambda event: event[0]) :]

    def able(self, rank: int) -> Iterator[Queue]:
        """Who may have a script as things stood at first, its own teacher apart."""
        kind = self._kind[rank]
        if kind not in self._able:
            self._able[kind] = [number for number, queue in enumerate(self.queues) if queue.may(rank)]
        return (self.queues[number] for number in self._able[kind] if number != self.home[rank])

    def obstacles(self, rank: int) -> set[Obstacle]:
        """What stands in the way of all others who may not have a script."""
        script, found = self.scripts[rank], set()
        for number, queue in enumerate(self.queues):
            if number != self.where[rank]:
                fault = obstacle(queue.marker, script.class_name, script.student_id, queue.given)
                found.add(Obstacle.AWAY if queue.away else fault)
        return {fault for fault in found if fault is not None}

    def _first(self, rank: int, order: Sequence[tuple[int, int]]) -> int | None:
        barred = self.where[rank], self.home[rank]
        for _, number in order:
            queue = self.queues[number]
            if number not in barred and queue.holds(rank) and queue.may(rank):
                return number
        return None

    def _remember(self, kind: Kind, rank: int) -> None:
        """Nobody holds it: note how much later a deadline must be before asking everybody makes sense again."""
        last = len(self.scripts) - 1
        reach, able = rank, None
        for part in (128, 32, 8, 2, 1):
            farther = min(last, rank + (last - rank) // part)
            more = self._might_hold(kind, farther, _FEW)
            if len(more) > _FEW:
                break
            reach, able = farther, more
        self._full[kind] = reach, self._events, self._might_hold(kind, rank) if able is None else able

    def _might_hold(self, kind: Kind, rank: int, most: int = _FOR_EVER) -> set[int]:
        """Who might hold such a script; where they are more than `most`, one more of them."""
        found: set[int] = set()
        for _, number in self._order:
            if self.queues[number].might_hold(kind, rank):
                found.add(number)
                if len(found) > most:
                    break
        return found

    def _change(self, number: int, rank: int, *, adds: bool) -> None:
        queue = self.queues[number]
        if not queue.away:
            del self._order[bisect_left(self._order, (queue.total, number))]
        if adds:
            queue.add(rank)
        else:
            queue.remove(rank)
        if self.home[rank] != number:
            queue.given += 1 if adds else -1
        queue.count()
        if not queue.away:
            insort(self._order, (queue.total, number))
