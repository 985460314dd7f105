"""What a teacher has finished: only hers, the latest first, page by page, and by script code."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.evaluation import EvaluationStatus, script_code
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark, SubmitEvaluation
from mv_desktop.services.evaluation import finished_scripts, pull_scripts
from tests.factories.marking import Journal, School


def finish(school: School, teacher) -> Journal:
    journal = school.journal(teacher, school.script(teacher, pages=2))
    given_mark = GivenMark(MarkState.MARKED, Decimal("0.5"))
    marks = [SetMark(key, given_mark) for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))]
    journal.send(*marks, SubmitEvaluation(dict.fromkeys((2, 3, 4), Decimal("0.5")), Decimal("1.5")))
    return journal


def test_the_list_is_hers_alone_the_latest_first_and_goes_on_where_it_stopped(school: School) -> None:
    asha, meera = school.person(), school.person()
    mine = [finish(school, asha).evaluation_id for _ in range(3)]
    finish(school, meera)
    school.script(asha)
    with asha.session() as session:
        first = finished_scripts(session, limit=2)
        rest = finished_scripts(session, before=first[-1], limit=2)
    assert [row.evaluation_id for row in (*first, *rest)] == mine[::-1]
    row = first[0]
    assert (row.written, row.pages, row.title, row.class_name, row.total_marks) == (3, 2, "Board exam", "XII", 11)
    assert row.completed_at > row.received_at


def test_scripts_finished_in_the_same_moment_are_all_listed(school: School) -> None:
    asha = school.person()
    mine = {finish(school, asha).evaluation_id for _ in range(3)}
    school.execute("ALTER TABLE evaluations DISABLE TRIGGER tr_evaluations_final")
    school.execute("UPDATE evaluations SET completed_at = '2026-07-01T06:00Z'")
    found = []
    with asha.session() as session:
        while rows := finished_scripts(session, before=found[-1] if found else None, limit=1):
            found += rows
    assert {row.evaluation_id for row in found} == mine
    assert len(found) == 3


def test_a_script_is_found_by_part_of_its_code_however_it_is_typed(school: School) -> None:
    asha = school.person()
    wanted, _ = finish(school, asha), finish(school, asha)
    with asha.session() as session:
        (row,) = [row for row in finished_scripts(session) if row.evaluation_id == wanted.evaluation_id]
        code = script_code(row.exam_instance_id)
        for typed in (code, code.lower(), f" {code.replace('-', '')} ", code[1:5]):
            assert wanted.evaluation_id in {found.evaluation_id for found in finished_scripts(session, typed)}
        assert finished_scripts(session, "OOOOO") == ()


def test_a_finished_script_is_pulled_with_its_final_marks(school: School) -> None:
    journal = finish(school, school.person())
    with journal.person.session() as session:
        (script,) = pull_scripts(session, [journal.evaluation_id])
        (row,) = finished_scripts(session)
    assert script.status is EvaluationStatus.COMPLETED
    assert script.completed_at == row.completed_at
    assert [str(mark.marks) for mark in script.marks] == ["0.5"] * 3


def test_only_teachers_have_such_a_list(school: School) -> None:
    with pytest.raises(NotAllowedError), school.person("admin").session() as session:
        finished_scripts(session)


def test_the_server_makes_the_same_codes(owner) -> None:
    exams = [UUID(int=0), UUID(int=2**128 - 1), UUID(int=2**32), *(uuid4() for _ in range(500))]
    found = owner.execute(
        "SELECT api._script_code(e) FROM unnest(%s::uuid[]) WITH ORDINALITY x (e, n) ORDER BY n", (exams,)
    )
    assert [code for (code,) in found.fetchall()] == [script_code(exam) for exam in exams]
