"""A script of which two questions were marked otherwise on two computers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.conflict import ConflictSide, MarkConflict
from mv_desktop.domain.evaluation import ScriptView
from mv_desktop.domain.identifier import MarkKey, OperationId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import PutAnnotations, SetMark
from tests.factories.local import NOW
from tests.fakes.picture_source import stamp_on

TWO, THREE = MarkKey(2), MarkKey(3, "a")


def given(marks: str, comment: str = "") -> GivenMark:
    return GivenMark(MarkState.MARKED, Decimal(marks), comment)


def op(number: int) -> OperationId:
    return OperationId(UUID(int=number))


def ticks(key: MarkKey, count: int, page: int = 1, x: float = 0.3) -> tuple[Placed, ...]:
    side = key.alternative or None
    rest = {"question_number": key.question_number, "alternative": side, "marks": "1.0"}
    return tuple(stamp_on(page, x, 0.2 + number / 10, **rest) for number in range(count))


def disputed(store_view: ScriptView) -> ScriptView:
    """Question 2 has 1 here and the sum of one tick there; question 3 (a) has 2 here and 1½ there."""
    here, there = ticks(TWO, 2), ticks(TWO, 1, 2, 0.6)
    first = MarkConflict(
        store_view.evaluation_id,
        TWO,
        ConflictSide(given("1", "Units?"), NOW, op(11), here),
        ConflictSide(GivenMark(), NOW, op(12), there),
        op(11),
    )
    second = MarkConflict(
        store_view.evaluation_id, THREE, ConflictSide(given("2")), ConflictSide(given("1.5"), NOW, op(14)), op(13)
    )
    script = store_view.script
    script.apply(PutAnnotations((*here, *there)))
    script.apply(SetMark(TWO, first.mine.given))
    script.apply(SetMark(THREE, second.mine.given))
    return replace(store_view, conflicts=(first, second))
