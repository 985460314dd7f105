"""What is decided about a script is told to whom it concerns, once, and to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.flag import FlagReason
from mv_desktop.domain.identifier import FlagId, PageRef
from mv_desktop.domain.operation import OpenEvaluation, RaiseFlag
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.services.assignment import (
    answer_flag,
    excuse_deadline,
    extend_deadline,
    move_script,
    pool_script,
    release_script,
    return_questions,
    withdraw_script,
)
from tests.database.test_kept_work import decline, late, mark, reading, take  # noqa: F401 - a fixture
from tests.database.test_return import KEYS, finished
from tests.database.test_sheet import Desk
from tests.factories.marking import Journal, Person, School

WHY = "Look again'); --"


@pytest.fixture
def asha(school: School) -> Person:
    return school.person()


@pytest.fixture
def meera(school: School) -> Person:
    return school.person()


@pytest.fixture
def priya(school: School) -> Person:
    return school.person(is_coordinator=True)


def told(school: School) -> list[tuple[Any, str]]:
    """To whom what was told of decisions, the oldest first."""
    return school.select(
        "SELECT user_id, kind FROM notices WHERE kind NOT IN ('script.assigned', 'sla.breached')"
        " ORDER BY created_at, notice_id"
    )


def due(school: School, evaluation: object) -> datetime:
    deadline: datetime
    ((deadline,),) = school.select("SELECT sla_deadline FROM evaluations WHERE evaluation_id = %s", evaluation)
    return deadline


def soon(days: int = 3) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def test_an_answer_is_told_to_who_raised_the_flag_though_another_has_the_script(
    school: School, asha: Person, meera: Person, priya: Person
) -> None:
    journal, flag = school.journal(asha), FlagId(uuid4())
    journal.send(RaiseFlag(flag, "illegible"))
    with priya.session() as session:
        move_script(session, journal.evaluation_id, 1, meera.user_id, WHY)
        answer_flag(session, flag, WHY)
    assert told(school) == [(asha.user_id, "flag.answered")]
    ((data,),) = school.select("SELECT data FROM notices WHERE kind = 'flag.answered'")
    ((exam,),) = school.select("SELECT exam_instance_id FROM evaluations")
    assert data == {
        "evaluation_id": str(journal.evaluation_id),
        "script": script_code(exam),
        "due_at": data["due_at"],
    }
    assert datetime.fromisoformat(data["due_at"]) == due(school, journal.evaluation_id)
    assert WHY not in str(data)


def test_what_is_returned_is_told_with_its_new_deadline(school: School, asha: Person, priya: Person) -> None:
    journal = finished(school, asha)
    deadline = soon()
    with priya.session() as session:
        return_questions(session, journal.evaluation_id, 1, [ReturnedQuestion(2, WHY)], deadline, WHY)
    assert told(school) == [(asha.user_id, "script.returned")]
    ((data,),) = school.select("SELECT data FROM notices WHERE kind = 'script.returned'")
    assert datetime.fromisoformat(data["due_at"]) == due(school, journal.evaluation_id)


def test_deadlines_that_are_extended_or_excused_are_told(school: School, asha: Person, priya: Person) -> None:
    script = school.script(asha, hours_left=-1)
    with priya.session() as session:
        excuse_deadline(session, script, due(school, script), WHY)
    with priya.session() as session:
        extend_deadline(session, script, due(school, script), soon(), WHY)
    assert told(school) == [(asha.user_id, "script.excused"), (asha.user_id, "script.extended")]


def test_a_script_that_is_taken_out_and_comes_again_is_told(school: School, asha: Person, priya: Person) -> None:
    script = school.script(asha)
    with priya.session() as session:
        withdraw_script(session, script, 1, WHY)
    with priya.session() as session:
        release_script(session, script, 1, WHY)
    assert told(school) == [(asha.user_id, "script.withdrawn"), (asha.user_id, "script.released")]


def test_what_puts_a_script_into_the_pool_is_not_told_a_second_time(
    school: School, asha: Person, priya: Person
) -> None:
    """Her program says so by itself, and of an absent teacher it would be hundreds."""
    script = school.script(asha)
    with priya.session() as session:
        pool_script(session, script, 1, WHY)
    assert told(school) == []


def test_pages_that_change_are_told_to_who_marks_them(school: School) -> None:
    desk = Desk(school)
    first, second = desk.uploads
    desk.journal.send(OpenEvaluation())
    new = desk.replace(first)
    desk.do("restore_page", new, 1, WHY)
    desk.do("exclude_page", second, WHY)
    desk.do("include_page", second, WHY)
    kinds = ["page.replaced", "page.replaced", "page.excluded", "page.included"]
    assert told(school) == [(desk.asha.user_id, kind) for kind in kinds]


def test_a_rescan_that_is_asked_for_in_the_name_of_a_flag_answers_it_and_is_told_once(school: School) -> None:
    desk, flag = Desk(school), FlagId(uuid4())
    desk.journal.send(OpenEvaluation(), RaiseFlag(flag, FlagReason.RESCAN, "", PageRef(1)))
    desk.do("ask_rescan", [desk.uploads[0]], WHY, flag)
    assert told(school) == [(desk.asha.user_id, "flag.answered")]


def test_who_had_the_script_before_learns_what_became_of_her_work(
    school: School,
    asha: Person,
    priya: Person,
    late: Journal,  # noqa: F811
) -> None:
    late.send(mark(KEYS[0], "2"))
    take(priya, reading(priya), [4])
    decline(priya, reading(priya))
    assert told(school) == [(asha.user_id, "work.taken"), (asha.user_id, "work.declined")]


def test_who_decides_of_her_own_is_not_told(school: School, priya: Person) -> None:
    script = school.script(priya)
    with school.person("admin", is_coordinator=True).session() as session:
        extend_deadline(session, script, due(school, script), soon(), WHY)
    assert told(school) == [(priya.user_id, "script.extended")]
    school.execute("SELECT api._tell_decided('evaluation.deadline_extended', %s, %s, '{}')", priya.user_id, script)
    assert len(told(school)) == 1
