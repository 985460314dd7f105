"""Which scripts should go to whom, so that as few as possible are late: what is proposed to who coordinates.

What is certain stands in `docs/board.md`. Cleared is what was going to be late, or lay in nobody's hands, and will be
finished in time. What is overdue cannot be cleared any more and stays where it is. Every script that moves will be
finished in time where it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from mv_desktop.core.sentence import Worded
from mv_desktop.domain.assignment import Obstacle
from mv_desktop.domain.board import BoardScript, Preview, School, preview
from mv_desktop.domain.forecast import work_text
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.rebalance_search import MOST_SCRIPTS, Search
from mv_desktop.domain.relief import fewest_moves, is_hopeless, relieve
from mv_desktop.domain.standing import Standing

_MOST_PROVED = 200
"""Where more than so many stay uncleared, it is not asked whether each had to."""


class Hurdle(StrEnum):
    """Why a script cannot be cleared: the last thing that stands in the way."""

    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"
    STARTED = "started"
    NO_TEACHER = "no_teacher"
    AWAY = "away"
    CLASS = "class"
    CONFLICT = "conflict"
    LIMIT = "limit"
    TOO_LONG = "too_long"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class Move:
    """A script and to whom it should go."""

    script: BoardScript
    to: UserId


@dataclass(frozen=True, slots=True)
class Uncleared:
    """A script that is late, or will be, whatever is moved; `why` says it to a person."""

    script: BoardScript
    hurdle: Hurdle
    why: Worded


@dataclass(frozen=True, slots=True)
class Proposal:
    """What should be moved, and what that does.

    Attributes:
        moves: in the order of the deadlines.
        preview: what is expected before and after all of them.
        uncleared: what stays late, in the order of the deadlines.
        least: it is proved that nothing clears more, and that no fewer moves clear as many.
    """

    moves: tuple[Move, ...]
    preview: Preview
    uncleared: tuple[Uncleared, ...]
    least: bool


def rebalance(school: School, *, started_too: bool = False) -> Proposal:
    """The smallest set of moves that clears every script that can be cleared; `docs/board.md` says what is certain.

    The same school gives the same answer, in whatever order it is told, and nothing more once it is applied.

    Args:
        school: how it stands.
        started_too: what somebody has begun may move as well; who gets it starts anew.
    """
    moves: dict[EvaluationId, UserId] = {}
    found = _round(school, started_too=started_too, prove=True)
    least = found.proved
    then = school
    while found.moves:
        moves |= found.moves
        then = then.moved(found.moves)
        found = _round(then, started_too=started_too, prove=False)
        # each the least, which says nothing of both together
        least = least and not found.moves
    moves = {key: to for key, to in moves.items() if school.script[key].teacher_id != to}
    ordered = sorted(moves, key=lambda key: (school.script[key].due, key.int))
    return Proposal(
        tuple(Move(school.script[key], moves[key]) for key in ordered),
        preview(school, moves),
        _uncleared(then, found.standing),
        least,
    )


def spread(school: School, freed: Iterable[EvaluationId], *, started_too: bool = False) -> Proposal:
    """To whom else scripts should go: as if they lay in nobody's hands, and then as `rebalance`.

    What finds no room stays where it is, and who gives something away is given nothing. Somebody who has begun one of
    them hands it over with it.

    Args:
        school: how it stands.
        freed: what is to be given to others.
        started_too: what else somebody has begun may move as well.

    Raises:
        KeyError: a script is unknown.
    """
    wanted = {key: school.script[key] for key in freed}
    if not wanted:
        return rebalance(school, started_too=started_too)
    givers = {script.teacher_id for script in wanted.values()}
    # what stays with them, because nobody can take it, needs the room that they have
    markers = tuple(
        replace(marker, daily_limit=marker.given_today) if marker.user_id in givers else marker
        for marker in school.markers
    )
    found = rebalance(replace(school, markers=markers).moved(dict.fromkeys(wanted)), started_too=started_too)
    moves = {move.script.evaluation_id: move.to for move in found.moves}
    uncleared = tuple(_staying(one, wanted.get(one.script.evaluation_id)) for one in found.uncleared)
    ordered = tuple(Move(school.script[key], to) for key, to in moves.items())
    return Proposal(ordered, preview(school, moves), uncleared, found.least)


def _staying(one: Uncleared, freed: BoardScript | None) -> Uncleared:
    """Of a script that was to be given to others, that nobody can take it: who has it now is none of them."""
    if freed is None:
        return one
    if one.hurdle in {Hurdle.OVERDUE, Hurdle.WITHDRAWN}:
        return replace(one, script=freed)
    return Uncleared(freed, Hurdle.NO_ROOM, Worded(NOBODY_ELSE))


@dataclass(frozen=True, slots=True)
class _Round:
    """Moves that clear something, and whether it is proved that none do better; `standing` is after them."""

    moves: Mapping[EvaluationId, UserId]
    proved: bool
    standing: Standing


def _round(school: School, *, started_too: bool, prove: bool) -> _Round:
    standing = Standing(school, started_too=started_too)
    if not standing.uncleared():
        return _Round({}, True, standing)
    relieve(standing)
    moves = standing.moves()
    left = standing.uncleared()
    proved = False
    if len(standing.scripts) <= MOST_SCRIPTS:
        search = Search(Standing(school, started_too=started_too), (len(left), len(moves)))
        moves, proved = moves if search.found is None else search.found, search.complete
    if prove and not proved and len(left) <= _MOST_PROVED:
        first = Standing(school, started_too=started_too)
        hopeless = all(is_hopeless(first, rank) for rank in left)
        proved = hopeless and len(moves) == fewest_moves(first, set(left))
    users = [marker.user_id for marker in standing.school.markers]
    return _Round({standing.scripts[rank].evaluation_id: users[n] for rank, n in moves.items()}, proved, standing)


def _uncleared(school: School, standing: Standing) -> tuple[Uncleared, ...]:
    late = {rank for rank in range(len(standing.scripts)) if standing.is_overdue(rank)} | set(standing.uncleared())
    withdrawn = {s.evaluation_id: rank for rank, s in enumerate(standing.scripts) if s.withdrawn}
    expected = school.expected(school.script[key] for key in withdrawn)
    late |= {withdrawn[entry.script.evaluation_id] for entry in expected if entry.at_risk}
    return tuple(_told(standing, rank) for rank in sorted(late))


def _told(standing: Standing, rank: int) -> Uncleared:
    hurdle = _hurdle(standing, rank)
    script = standing.scripts[rank]
    if hurdle is not Hurdle.TOO_LONG:
        return Uncleared(script, hurdle, Worded(SENTENCES[hurdle]))
    able = list(standing.able(rank))
    work = min(queue.cost(rank) for queue in able)
    left = max(queue.until(rank) for queue in able)
    values = {"work": _text(work), "left": _text(left)}
    return Uncleared(script, hurdle, Worded(SENTENCES[hurdle], **values))


def _hurdle(standing: Standing, rank: int) -> Hurdle:
    script = standing.scripts[rank]
    if standing.is_overdue(rank):
        return Hurdle.OVERDUE
    if script.withdrawn:
        return Hurdle.WITHDRAWN
    if not standing.movable[rank]:
        return Hurdle.STARTED
    if any(queue.cost(rank) <= queue.until(rank) for queue in standing.able(rank)):
        return Hurdle.NO_ROOM
    return _nearest(standing.obstacles(rank)) if next(standing.able(rank), None) is None else Hurdle.TOO_LONG


def _nearest(found: Iterable[Obstacle]) -> Hurdle:
    nearest = (Obstacle.LIMIT, Obstacle.CONFLICT, Obstacle.CLASS, Obstacle.AWAY)
    return next((Hurdle(obstacle.value) for obstacle in nearest if obstacle in found), Hurdle.NO_TEACHER)


def _text(microseconds: int) -> str:
    return work_text(timedelta(microseconds=microseconds))


NOBODY_ELSE = "Nobody else would be in time with it; it stays where it is."
"""What is said of a script that was to be given to others."""

SENTENCES = {
    Hurdle.OVERDUE: "Its deadline has passed.",
    Hurdle.WITHDRAWN: "It is out of marking until it is released.",
    Hurdle.STARTED: "Its teacher has begun it, and nobody can take enough of what stands before it.",
    Hurdle.NO_TEACHER: "Nobody else marks.",
    Hurdle.AWAY: "Everybody else is away.",
    Hurdle.CLASS: "Nobody else who is there marks its class.",
    Hurdle.CONFLICT: "Whoever else could mark it may not mark this student’s scripts.",
    Hurdle.LIMIT: "Whoever else could mark it was given as many scripts today as she may be.",
    Hurdle.TOO_LONG: "It takes {work} at least, and {left} of working time is left: nobody would be in time.",
    Hurdle.NO_ROOM: "Whoever may mark it would be late with it, or with something that she finishes in time now.",
}
"""By hurdle, what is said to a person."""
