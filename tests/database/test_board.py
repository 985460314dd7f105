"""The board: what who coordinates reads of everybody, what has changed since, and many scripts moved at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.board_state import Board
from mv_desktop.domain.board_view import at_risk, teacher_rows
from mv_desktop.domain.identifier import AbsenceId, EvaluationId, MarkKey, UserId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.move import MoveError, WantedMove
from mv_desktop.domain.operation import OpenEvaluation, SetMark
from mv_desktop.domain.rebalance import rebalance
from mv_desktop.services.absence import absences, call_back, call_in_sick
from mv_desktop.services.assignment import assign_script, pool_script, withdraw_script
from mv_desktop.services.assignment_move import move_back, move_scripts
from mv_desktop.services.board import PACES_EVERY, fetched_at, read_board, read_waiting, refreshed
from mv_desktop.services.forecast import expected_finishes
from tests.factories.marking import Person, School


@pytest.fixture
def head(school: School) -> Person:
    return school.person("admin", is_coordinator=True)


def board_of(person: Person) -> Board:
    with person.session() as session:
        return read_board(session)


def away(school: School, person: Person, days: int = 3) -> None:
    school.execute(
        "INSERT INTO teacher_absences (absence_id, user_id, first_day, return_day)"
        " VALUES (gen_random_uuid(), %s, api._today(), api._today() + %s)",
        person.user_id,
        days,
    )


def audited(school: School, *events: str) -> list[tuple[str, UUID, UUID, dict[str, object]]]:
    return school.select(
        "SELECT event_type, actor_user_id, resource_id, event_data FROM audit_logs WHERE event_type = ANY (%s)"
        " ORDER BY created_at, resource_id",
        list(events),
    )


def test_all_that_is_open_is_read_with_who_has_it_and_who_could(school: School, head: Person) -> None:
    asha, bina, gone = (school.person() for _ in range(3))
    hers = school.script(asha, hours_left=200)
    begun = school.script(asha, hours_left=300, status="in_progress", started_at=datetime.now(UTC))
    pooled, withdrawn, left = (school.script(who, hours_left=100) for who in (asha, bina, gone))
    late = school.script(bina, hours_left=-1)
    done = school.script(asha, hours_left=50)
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", gone.user_id)
    away(school, bina)
    with school.rows() as rows:
        student = rows.user("student")
        rows.mapping(parent_user_id=asha.user_id, student_user_id=student)
    school.execute("INSERT INTO teacher_limits VALUES (%s, 5, '{X}')", bina.user_id)
    school.execute(
        "UPDATE evaluations SET status = 'completed', started_at = now(), completed_at = now(), total_manual_marks = 1"
        " WHERE evaluation_id = %s",
        done,
    )
    with head.session() as session:
        pool_script(session, pooled, 1, "unreadable")
        withdraw_script(session, withdrawn, 1, "wrong student")

    board = board_of(head)
    script = board.school.script
    assert set(script) == {hers, begun, pooled, withdrawn, left, late}
    assert [script[key].started for key in (hers, begun)] == [False, True]
    assert [script[key].teacher_id for key in (hers, pooled, withdrawn)] == [asha.user_id, None, None]
    assert [script[key].withdrawn for key in (pooled, withdrawn)] == [False, True]
    assert [board.entries[key].held for key in (hers, pooled, withdrawn)] == [None, "handed_back", "withdrawn"]
    assert board.entries[pooled].last_teacher == asha.user_id
    assert board.school.holder(script[left]) is None
    marker = board.school.marker
    assert set(marker) == {asha.user_id, bina.user_id}
    assert marker[asha.user_id].barred_students == {student}
    assert (marker[bina.user_id].daily_limit, marker[bina.user_id].classes) == (5, frozenset({"X"}))
    assert marker[asha.user_id].given_today == 4
    assert board.school.is_away(bina.user_id)
    assert {user: teacher.marks for user, teacher in board.teachers.items()} == {
        asha.user_id: True,
        bina.user_id: True,
        gone.user_id: False,
    }

    # the board, the worker and the forecast of each script say the same
    expected = board.school.expected(board.school.scripts)
    with head.session() as session:
        told = {e.script.evaluation_id: e for e in expected_finishes(session, board.read_at)}
    mine = {e.script.evaluation_id: e for e in expected}
    assert [mine[key].finish for key in (hers, begun, late)] == [told[key].finish for key in (hers, begun, late)]
    assert {
        row.user_id: row.outlook.scripts for row in teacher_rows(board.school, board.teachers.values(), expected)
    } == {
        asha.user_id: 2,
        bina.user_id: 1,
        gone.user_id: 1,
    }
    assert late not in {entry.script.evaluation_id for entry in at_risk(expected)}


def test_only_who_coordinates_or_administers_reads_it_and_only_who_coordinates_moves(school: School) -> None:
    teacher, admin = school.person(), school.person("admin")
    script = school.script(teacher)
    for call in ("board_changes()", "board_scripts()", "board_teachers()", "board_checkouts('{}')"):
        with psycopg.connect(admin.url) as connection:
            connection.execute(f"SELECT * FROM api.{call}".encode())
        with psycopg.connect(teacher.url) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"SELECT * FROM api.{call}".encode())
    for person in (teacher, admin):
        with pytest.raises(NotAllowedError), person.session() as session:
            move_scripts(session, [WantedMove(script, 1, None)], "why")
        with psycopg.connect(person.url) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM api._board_changes")


def test_what_changes_is_told_once_it_is_committed_and_nothing_is_missed(school: School, head: Person) -> None:
    asha, bina = school.person(), school.person()
    first, second, third = (school.script(asha, hours_left=100) for _ in range(3))
    board = board_of(head)
    # a transaction that began before the board was looked at, and ends after
    with psycopg.connect(school.database.owner_url) as slow:
        slow.execute(
            "UPDATE evaluations SET sla_deadline = sla_deadline + interval '1 hour' WHERE evaluation_id = %s", [third]
        )
        with head.session() as session:
            found = refreshed(session, board)
            assert not found.is_new
            move_scripts(session, [WantedMove(first, 1, bina.user_id)], "she asked")
        with head.session() as session:
            found = refreshed(session, found.board)
            assert found.changed == {first}
            assert found.board.school.script[first].teacher_id == bina.user_id
            assert found.board.entries[first].assignment_version == 2
            assert found.board.school.marker[bina.user_id].given_today == 1
    with head.session() as session:
        found = refreshed(session, found.board)
    assert third in found.changed
    school.execute(
        "UPDATE evaluations SET status = 'completed', started_at = now(), completed_at = now(), total_manual_marks = 1"
        " WHERE evaluation_id = %s",
        second,
    )
    away(school, asha)
    with head.session() as session:
        pool_script(session, first, 2, "unreadable")
    with head.session() as session:
        found = refreshed(session, found.board)
    assert (found.rest, found.whole) == (True, False)
    assert found.changed >= {first, second}
    assert set(found.board.school.script) == {first, third}
    assert found.board.school.is_away(asha.user_id)
    assert found.board.entries == board_of(head).entries
    with head.session() as session:
        nothing = refreshed(session, refreshed(session, found.board).board)
    assert not nothing.is_new
    # after a night nobody remembers what changed: all is read again
    old = nothing.board.read_at - timedelta(hours=2)
    with head.session() as session:
        again = refreshed(session, replace(nothing.board, read_at=old))
    assert (again.whole, again.is_new, again.board.entries) == (True, True, found.board.entries)
    school.execute("UPDATE api._board_changes SET changed_at = now() - interval '2 hours'")
    school.execute(
        "UPDATE evaluations SET sla_deadline = sla_deadline + interval '1 hour' WHERE evaluation_id = %s", third
    )
    before = school.select("SELECT count(*) FROM api._board_changes WHERE changed_at < now() - interval '1 hour'")
    school.execute(
        "UPDATE evaluations SET sla_deadline = sla_deadline + interval '1 hour' WHERE evaluation_id = %s", third
    )
    after = school.select("SELECT count(*) FROM api._board_changes WHERE changed_at < now() - interval '1 hour'")
    assert after[0][0] == before[0][0] - 3


def test_how_long_teachers_take_is_read_again_after_some_minutes(school: School, head: Person) -> None:
    asha = school.person()
    scripts = [school.script(asha, hours_left=100 + n) for n in range(4)]
    board = board_of(head)
    kind = board.school.script[scripts[0]].exam_type
    usual = board.school.paces.expected(asha.user_id, kind)
    for key in scripts[:3]:
        school.execute(
            "UPDATE evaluations SET status = 'completed', completed_at = now(), total_manual_marks = 1,"
            " started_at = now() - interval '3 minutes' WHERE evaluation_id = %s",
            key,
        )
    with head.session() as session:
        soon = refreshed(session, board)
        later = refreshed(session, replace(board, paces_at=board.paces_at - PACES_EVERY))
    assert soon.board.school.paces.expected(asha.user_id, kind) == usual
    assert later.board.school.paces.expected(asha.user_id, kind) == timedelta(minutes=3)
    assert later.board.paces_at == later.board.read_at


def test_many_move_at_once_with_reason_and_go_back(school: School, head: Person) -> None:
    asha, bina, chitra = (school.person() for _ in range(3))
    scripts = [school.script(asha, hours_left=100 + n) for n in range(3)]
    pooled = school.script(bina, hours_left=50)
    with head.session() as session:
        pool_script(session, pooled, 1, "unreadable")
    assert board_of(head).entries[pooled][2:] == (bina.user_id, "handed_back", "unreadable")
    deadlines = school.select("SELECT evaluation_id, sla_deadline FROM evaluations ORDER BY 1")
    away(school, chitra)
    wanted = [WantedMove(scripts[0], 1, bina.user_id), WantedMove(scripts[1], 1, None)]
    wanted += [WantedMove(scripts[2], 1, chitra.user_id), WantedMove(pooled, 1, bina.user_id)]
    with head.session() as session:
        moved = move_scripts(session, wanted, "  Asha is ill ")
    assert moved.away == {chitra.user_id}
    assert {one.evaluation_id: (one.assignment_version, one.came_from, one.to) for one in moved.scripts} == {
        scripts[0]: (2, asha.user_id, bina.user_id),
        scripts[1]: (1, asha.user_id, None),
        scripts[2]: (2, asha.user_id, chitra.user_id),
        pooled: (2, None, bina.user_id),
    }
    assert school.select("SELECT evaluation_id, sla_deadline FROM evaluations ORDER BY 1") == deadlines
    entries = audited(school, "evaluation.moved", "evaluation.pooled")[1:]
    assert {data["reason"] for *_, data in entries} == {"Asha is ill"}
    assert {data["batch"] for *_, data in entries} == {str(moved.batch)}
    assert {actor for _, actor, *_ in entries} == {head.user_id}
    assert {(key, data["from_pool"]) for event, _, key, data in entries if event == "evaluation.moved"} == {
        (scripts[0], False),
        (scripts[2], False),
        (pooled, True),
    }
    told = school.select("SELECT user_id, key FROM notices WHERE kind = 'script.assigned'")
    assert set(told) >= {(bina.user_id, f"{scripts[0]} 2"), (bina.user_id, f"{pooled} 2")}

    with head.session() as session:
        back = move_back(session, moved, "a mistake")
    board = board_of(head)
    assert [board.school.script[key].teacher_id for key in (*scripts, pooled)] == [asha.user_id] * 3 + [None]
    assert {data["undoes"] for *_, data in audited(school, "evaluation.moved", "evaluation.pooled")[5:]} == {
        str(moved.batch)
    }
    with pytest.raises(MoveError), head.session() as session:
        move_back(session, moved, "twice")
    with head.session() as session:
        move_back(session, back, "it was none")
    assert board_of(head).school.script[pooled].teacher_id == bina.user_id


def test_what_was_marked_is_there_again_when_a_script_comes_back_from_the_pool(school: School, head: Person) -> None:
    asha, bina = school.person(), school.person()
    journal = school.journal(asha)
    script = journal.evaluation_id
    journal.send(OpenEvaluation(), SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1))))
    marks = school.select("SELECT * FROM mark_registers")
    assert marks
    with head.session() as session:
        moved = move_scripts(session, [WantedMove(script, 1, None)], "too much")
    assert not school.select("SELECT 1 FROM evaluation_holds WHERE ended_at IS NOT NULL")
    with head.session() as session:
        back = move_back(session, moved, "a mistake")
    assert [(one.came_from, one.to) for one in back.scripts] == [(None, asha.user_id)]
    assert school.select("SELECT * FROM mark_registers") == marks
    with head.session() as session:
        move_scripts(session, [WantedMove(script, back.scripts[0].assignment_version, bina.user_id)], "she is ill")
    assert school.select("SELECT * FROM mark_registers") == []
    assert school.select("SELECT status, started_at FROM evaluations") == [("assigned", None)]
    assert school.select("SELECT count(*) FROM applied_operations") == [(2,)]


def test_what_nobody_ever_had_is_listed_with_its_deadline_until_somebody_has_it(school: School, head: Person) -> None:
    asha = school.person()
    received = datetime.now(UTC) - timedelta(hours=2)
    with school.rows() as rows:
        exam = rows.exam(status="uploaded")
        rows.upload(exam_instance_id=exam, page_number=1, s3_key="1.jpg", uploaded_at=received)
    board = board_of(head)
    with head.session() as session:
        (entry,) = read_waiting(session, board.school.calendar)
        assert (entry.exam_instance_id, entry.sla_hours, entry.has_plan) == (exam, 48, False)
        assert entry.due == board.school.calendar.deadline(received, 48).due
        given = assign_script(session, entry.exam_instance_id, asha.user_id, entry.sla_hours, entry.due, "by hand")
    with head.session() as session:
        found = refreshed(session, board)
        assert (found.changed, found.rest) == ({given.evaluation_id}, True)
        assert read_waiting(session, board.school.calendar) == ()
    with pytest.raises(NotAllowedError), asha.session() as session:
        read_waiting(session, board.school.calendar)


def test_all_or_none_and_the_slower_is_told_who_was_faster(school: School, head: Person) -> None:
    asha, bina, closed = (school.person() for _ in range(3))
    other = school.person(is_coordinator=True)
    scripts = [school.script(asha, hours_left=100 + n) for n in range(6)]
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", closed.user_id)
    with other.session() as session:
        move_scripts(session, [WantedMove(scripts[0], 1, bina.user_id)], "faster")
        pool_script(session, scripts[1], 1, "unreadable")
        withdraw_script(session, scripts[2], 1, "wrong student")
    unknown = EvaluationId(uuid4())
    to = [bina, None, bina, closed, asha, bina]
    wanted = [
        WantedMove(script, 1, None if who is None else who.user_id) for script, who in zip(scripts, to, strict=True)
    ]
    before = school.select("SELECT * FROM evaluation_assignments ORDER BY 1, 2")
    with pytest.raises(MoveError) as caught, head.session() as session:
        move_scripts(session, [*wanted, WantedMove(unknown, 1, None)], "slower")
    assert school.select("SELECT * FROM evaluation_assignments ORDER BY 1, 2") == before
    faults = caught.value.faults
    assert set(faults) == {*scripts[:5], unknown}
    ((name,),) = school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", other.user_id)
    assert isinstance(faults[scripts[0]], ConflictError)
    assert faults[scripts[0]].message.startswith(f"{name} was faster: the script is with ")
    assert isinstance(faults[scripts[1]], ConflictError)
    assert isinstance(faults[scripts[3]], RefusedError)
    assert caught.value.kept == "Nothing was moved."
    with head.session() as session:
        assert len(move_scripts(session, [wanted[5]], "alone").scripts) == 1
    with psycopg.connect(head.url, autocommit=True) as connection:
        for moves, reason in (
            ("[]", "why"),
            ("{}", "why"),
            (f'[{{"evaluation": "{scripts[5]}", "version": 2}}]', " "),
            (f'[{{"evaluation": "{scripts[5]}"}}, {{"evaluation": "{scripts[5]}"}}]', "why"),
            ("[" + ", ".join(f'{{"evaluation": "{uuid4()}"}}' for _ in range(2001)) + "]", "why"),
        ):
            with pytest.raises(errors.InvalidParameterValue):
                connection.execute("SELECT api.move_scripts(%s, %s)", [moves, reason])
        with pytest.raises(errors.InvalidParameterValue):
            connection.execute("SELECT * FROM api.board_checkouts(%s)", [[uuid4() for _ in range(2001)]])


def test_a_teacher_called_in_sick_has_no_breach_a_moment_later(school: School, head: Person) -> None:
    asha, bina, chitra = (school.person() for _ in range(3))
    scripts = [school.script(asha, hours_left=30 + n) for n in range(5)]
    school.script(bina, hours_left=500)
    away(school, asha, days=30)
    with psycopg.connect(asha.url, autocommit=True) as connection:
        connection.execute("SELECT api.request_pages(array(SELECT upload_id FROM answer_sheet_uploads LIMIT 1))")
    with head.session() as session:
        board = read_board(session)
        assert set(fetched_at(session, scripts)) < set(scripts)
        found = rebalance(board.school)
        version = {key: entry.assignment_version for key, entry in board.entries.items()}
        wanted = [
            WantedMove(move.script.evaluation_id, version[move.script.evaluation_id], move.to) for move in found.moves
        ]
        assert len(wanted) == 5
        move_scripts(session, wanted, "Asha is ill")
    after = board_of(head).school
    assert not at_risk(after.expected(after.scripts))
    assert {after.script[key].teacher_id for key in scripts} <= {UserId(bina.user_id), UserId(chitra.user_id)}


def test_a_change_reads_none_of_the_others(school: School) -> None:
    """Whatever there was when its query was planned: read and sorted each time, ten thousand at once took a minute."""
    scans = "SELECT seq_scan, idx_scan FROM pg_stat_xact_all_tables WHERE relid = 'api._board_changes'::regclass"
    with psycopg.connect(school.database.superuser_url) as connection:
        connection.execute("INSERT INTO api._board_changes (written_in) SELECT 1 FROM generate_series(1, 5)")
        connection.execute("ANALYZE api._board_changes")
        before = connection.execute(scans).fetchone()
        for _ in range(3):
            connection.execute("SELECT api._note_board(NULL)")
        after = connection.execute(scans).fetchone()
    assert before is not None
    assert after == (before[0], before[1] + 3)


def test_who_coordinates_calls_a_teacher_in_sick_and_the_board_counts_on_her_no_more(
    school: School, head: Person
) -> None:
    asha, bina = school.person(), school.person()
    script = school.script(asha, hours_left=30)
    board = board_of(head)
    absence = AbsenceId(uuid4())
    back = date.today() + timedelta(days=40)
    with head.session() as session:
        call_in_sick(session, asha.user_id, absence, back, "  ill ")
        news = refreshed(session, board)
        assert news.rest
        assert news.board.school.is_away(asha.user_id)
        assert rebalance(news.board.school).moves[0].to == bina.user_id
    with asha.session() as session:
        (hers,) = absences(session).absences
        assert school.select("SELECT user_id, kind FROM notices WHERE kind LIKE 'absence.%%'") == [
            (asha.user_id, "absence.entered")
        ]
        assert (hers.absence_id, hers.return_day, hers.note) == (absence, back, "ill")
    ((_, who, what, data),) = audited(school, "absence.put")
    assert (who, what, data["teacher"], data["reason"]) == (head.user_id, absence, str(asha.user_id), "ill")
    with head.session() as session, pytest.raises(InvalidError, match="is entered as away from"):
        call_in_sick(session, asha.user_id, AbsenceId(uuid4()), back, "twice")
    with head.session() as session:
        call_back(session, asha.user_id, "well again")
    told = school.select("SELECT user_id, kind FROM notices WHERE kind LIKE 'absence.%%' ORDER BY created_at")
    assert told[1:] == [(asha.user_id, "absence.ended")]
    ((_, who, _, data),) = audited(school, "absence.deleted")  # it began today, so it never was
    assert (who, data["reason"]) == (head.user_id, "well again")
    school.execute(
        "INSERT INTO teacher_absences (absence_id, user_id, first_day, return_day)"
        " VALUES (%s, %s, api._today() - 2, api._today() + 2)",
        absence,
        asha.user_id,
    )
    with head.session() as session:
        call_back(session, asha.user_id, "sooner than planned")
    assert not board_of(head).school.is_away(asha.user_id)
    assert school.select("SELECT return_day - api._today() FROM teacher_absences WHERE absence_id = %s", absence) == [
        (0,)
    ]
    assert script in board_of(head).school.script


def test_an_absence_that_makes_no_sense_is_refused_and_nobody_else_may_enter_one(school: School, head: Person) -> None:
    asha = school.person()
    student = UserId(uuid4())
    today = school.select("SELECT api._today()")[0][0]
    with head.session() as session:
        for day in (today, today + timedelta(days=367), date.max):
            with pytest.raises(InvalidError):
                call_in_sick(session, asha.user_id, AbsenceId(uuid4()), day, "ill")
        with pytest.raises(InvalidError, match="no such teacher"):
            call_in_sick(session, student, AbsenceId(uuid4()), today + timedelta(days=1), "ill")
        with pytest.raises(InvalidError, match="not entered as away"):
            call_back(session, asha.user_id, "well")
    for who in (asha, school.person("admin")):
        with pytest.raises(NotAllowedError), who.session() as session:
            call_in_sick(session, asha.user_id, AbsenceId(uuid4()), today + timedelta(days=1), "ill")
        with pytest.raises(NotAllowedError), who.session() as session:
            call_back(session, asha.user_id, "well")
    assert school.select("SELECT count(*) FROM teacher_absences") == [(0,)]
