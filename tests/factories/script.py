"""Opened scripts for tests of the screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from mv_desktop.domain.evaluation import PageInfo, ScriptView, WorkState, script_code
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, PageRef, UploadId
from mv_desktop.domain.script import MarkedScript
from tests.factories.paper import paper


def page_info(number: int, questions: tuple[int, ...] = (), **rest) -> PageInfo:
    """An A4 page at 150 dpi that is on this computer."""
    values = {"width": 1240, "height": 1754, "here": True} | rest
    return PageInfo(PageRef(number), UploadId(UUID(int=number)), questions=questions, **values)


def script_view(
    number: int = 1,
    *,
    snapshot: ExamSnapshot | None = None,
    pages: Sequence[PageInfo] | None = None,
    state: WorkState = WorkState.STARTED,
    declared: Iterable[int] = (),
    **rest,
) -> ScriptView:
    """A script of two pages with the small paper, started; `number` tells scripts apart."""
    snapshot = snapshot or paper()
    exam = ExamInstanceId(UUID(int=0xABCDEF0123456789 * number))
    values = {"title": "Board exam", "class_name": "XII", "sla_hours": 24} | rest
    return ScriptView(
        evaluation_id=EvaluationId(UUID(int=number)),
        exam_instance_id=exam,
        script_code=script_code(exam),
        received_at=datetime(2026, 7, 14, 6, 0, tzinfo=UTC),
        deadline=datetime(2026, 7, 15, 11, 10, tzinfo=UTC),
        state=state,
        paper=snapshot,
        pages=tuple(pages) if pages is not None else (page_info(1), page_info(2)),
        script=MarkedScript(snapshot, declared_unanswered=declared),
        **values,
    )
