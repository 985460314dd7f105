"""A question that the demo's coordinator proposes as faulty, which its admin finds and decides."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.demo.population import Person, staff
from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.services.adjustment import propose_adjustment

_WHY: Final = "The last line can be read in two ways, and most students took it the other way."
_MOST_SET: Final = text(
    "SELECT x.template_id, p.question_id FROM paper_questions p"
    " JOIN exam_instances x ON x.exam_instance_id = p.exam_instance_id"
    " JOIN questions q ON q.question_id = p.question_id AND q.question_type <> 'MCQ'"
    " GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1"
)


def propose_faulty(
    as_owner: Callable[[], AbstractContextManager[Session]],
    as_person: Callable[[Person], AbstractContextManager[Session]],
) -> None:
    """Propose that the written question that most exams of one template had be awarded.

    Args:
        as_owner: opens a session that reads everything.
        as_person: opens a session of a member of staff that commits at its end.
    """
    with as_owner() as session:
        row = session.execute(_MOST_SET).one()
    coordinator = next(person for person in staff() if person.is_coordinator)
    with as_person(coordinator) as session:
        propose_adjustment(session, row.template_id, row.question_id, Adjustment.AWARD, _WHY)
