"""Rows of a teacher's queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from mv_desktop.domain.evaluation import QueueRow, WorkState, script_code
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId
from mv_desktop.domain.returned import Returned
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours

NOON = datetime(2026, 7, 15, 6, 0, tzinfo=UTC)
"""Wednesday 11:30 in India, where `FakeClock` stands."""

CALENDAR = WorkCalendar(WorkingHours(), [Holiday(datetime(2026, 7, 17, tzinfo=UTC).date(), "Muharram")])


def queue_row(
    number: int = 1,
    *,
    received: datetime = NOON - timedelta(hours=2),
    sla_hours: int = 24,
    deadline: datetime | None = None,
    title: str = "Board exam",
    class_name: str = "XII",
    exam_type: str = "board_exam",
    state: WorkState = WorkState.NEW,
    breached: bool = False,
    marked: int = 0,
    written: int = 17,
    pages: int = 8,
    pages_here: int = 8,
    page_problem: bool = False,
    unsent: int = 0,
    returned: Returned | None = None,
    taken: bool = False,
    conflicts: int = 0,
) -> QueueRow:
    """One row; its ids and its script code follow from `number`, its deadline from the calendar unless given."""
    instance = ExamInstanceId(UUID(int=number * 7_919_317_771))
    return QueueRow(
        evaluation_id=EvaluationId(UUID(int=number)),
        exam_instance_id=instance,
        script_code=script_code(instance),
        title=title,
        class_name=class_name,
        exam_type=exam_type,
        received_at=received,
        deadline=deadline or CALENDAR.deadline(received, sla_hours).due,
        sla_hours=sla_hours,
        breached=breached,
        state=state,
        marked=marked,
        written=written,
        total_marks=80,
        pages=pages,
        pages_here=pages_here,
        page_problem=page_problem,
        unsent=unsent,
        returned=returned,
        taken=taken,
        conflicts=conflicts,
    )


def realistic_rows() -> tuple[QueueRow, ...]:
    """A morning's queue: late, due today, tomorrow and later, with long names and Hindi."""
    hour = timedelta(hours=1)
    rows = [
        queue_row(1, received=NOON - 26 * hour, marked=11, state=WorkState.STARTED, unsent=3, breached=True,
                  deadline=NOON - timedelta(minutes=42)),
        queue_row(2, received=NOON - 22.5 * hour, marked=5, state=WorkState.STARTED),
        queue_row(3, received=NOON - 20 * hour, class_name="X", pages=10),
        queue_row(4, received=NOON - 2 * hour, class_name="X", title="बोर्ड परीक्षा – गणित (मानक)", pages_here=4,
                  pages=12),
        queue_row(5, received=NOON - hour, title="Unit practice: applications of integrals", page_problem=True,
                  exam_type="unit_practice", written=10, marked=10, state=WorkState.STARTED),
        queue_row(6, received=NOON - 20 * hour, sla_hours=48, pages_here=0, pages=9,
                  title="Pre-board examination 2026–27, second paper, Kendriya Vidyalaya regional pattern, set C"),
        queue_row(7, received=NOON - hour, sla_hours=48, class_name="X", exam_type="section_sa", title="Short answers",
                  written=6, pages=4),
        *(queue_row(20 + n, received=NOON - n * hour / 9, sla_hours=48, pages_here=0, pages=7 + n) for n in range(5)),
        queue_row(40, received=NOON - 50 * hour, state=WorkState.SUBMITTED, marked=17, unsent=1),
        queue_row(41, received=NOON - 70 * hour, state=WorkState.COMPLETED, marked=17),
        queue_row(42, received=NOON - 90 * hour, state=WorkState.MOVED, marked=4),
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.state not in {WorkState.NEW, WorkState.STARTED}, row.deadline)))
