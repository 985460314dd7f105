"""Scripts that are marked a second time: chosen, given, marked blindly, and who learns what came of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.agreement import MarkedTwice
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import EvaluationId, MarkingId, MarkKey, UploadId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark, SubmitEvaluation
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.domain.sample import Standing, Why
from mv_desktop.domain.second import SecondMark
from mv_desktop.services.assignment import return_questions, withdraw_script
from mv_desktop.services.database import open_session
from mv_desktop.services.page_address import answer, pending, request_pages
from mv_desktop.services.quality import (
    ask_sample,
    choose_samples,
    give_sample,
    give_samples,
    own_agreement,
    read_pairs,
    read_quality,
    read_results,
    results,
    samples,
    second_teachers,
    take_sample_back,
)
from mv_desktop.services.second_marking import decline_second, mark_second, read_second, second_tasks
from mv_desktop.worker import sample_job
from tests.factories.marking import Journal, Person, School
from tests.factories.worker import worker_engine

KEYS = (MarkKey(2), MarkKey(3, "a"), MarkKey(4))
SECRET = "canary comment"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def submit(journal: Journal, marks: Sequence[str]) -> None:
    given = dict(zip(KEYS, map(Decimal, marks), strict=True))
    set_ = [SetMark(key, GivenMark(MarkState.MARKED, mark, SECRET)) for key, mark in given.items()]
    totals = {key.question_number: mark for key, mark in given.items()}
    answers = journal.send(*set_, SubmitEvaluation(totals, sum(given.values(), Decimal())))
    assert {one.kind for one in answers[-1:]} == {"applied"}, answers


def complete(school: School, teacher: Person, marks: Sequence[str] = ("1", "2", "3")) -> EvaluationId:
    journal = school.journal(teacher, school.script(teacher, pages=2))
    submit(journal, marks)
    return journal.evaluation_id


def second(*marks: str, side: str = "a") -> list[SecondMark]:
    keys = (KEYS[0], MarkKey(3, side), KEYS[2])
    return [SecondMark(key, Decimal(mark), "see step 2") for key, mark in zip(keys, marks, strict=True)]


def sampled(
    school: School, coordinator: Person, first: Person, to: Person, **marks: Sequence[str]
) -> tuple[EvaluationId, MarkingId]:
    evaluation = complete(school, first, **marks)
    with coordinator.session() as session:
        ask_sample(session, evaluation, "A parent asked")
        return evaluation, give_sample(session, evaluation, to.user_id)


def audited(school: School) -> list[tuple]:
    return school.select(
        "SELECT event_type, actor_user_id FROM audit_logs WHERE event_type LIKE 'sample.%%' ORDER BY log_seq"
    )


def test_the_first_of_a_teacher_are_always_chosen_and_of_the_rest_a_share(school: School) -> None:
    asha, meera = school.person(), school.person()
    school.execute("UPDATE system_config SET config_value = '40' WHERE config_key = 'sample_percent'")
    with worker_engine(school) as engine:
        scripts = [complete(school, asha) for _ in range(4)]
        assert sample_job.choose_samples(engine, limit=3) == 3
        assert sample_job.choose_samples(engine) == 1
        scripts += [complete(school, asha) for _ in range(30)]
        other = complete(school, meera)
        assert sample_job.choose_samples(engine) == 31
        assert sample_job.choose_samples(engine) == 0
        found = dict(school.select("SELECT evaluation_id, why FROM script_samples"))
        assert [found.get(one) for one in scripts[:5]] == ["first"] * 5
        assert found.pop(other) == "first"
        late = {one for one in scripts[5:] if found.get(one) == "share"}
        assert 1 <= len(late) <= 25  # 29 scripts at 40 %
        # decided once: neither a return nor another percentage makes a difference
        school.execute("UPDATE system_config SET config_value = '100' WHERE config_key = 'sample_percent'")
        out = next(one for one in scripts[5:] if one not in late)
        school.execute("INSERT INTO api._scripts_to_sample VALUES (%s, now())", scripts[0])
        assert sample_job.choose_samples(engine) == 1
        assert out not in dict(school.select("SELECT evaluation_id, why FROM script_samples"))
    assert Counter(audited(school)) == {("sample.chosen", None): len(found) + 1}
    marks = school.select(
        "SELECT question_number, first_marks, second_marks FROM sample_marks WHERE evaluation_id = %s", other
    )
    assert sorted(marks) == [(2, 1, None), (3, 2, None), (4, 3, None)]


def test_two_workers_at_once_decide_of_each_script_once(school: School) -> None:
    asha = school.person()
    scripts = [complete(school, asha) for _ in range(8)]
    with worker_engine(school) as one, worker_engine(school) as other:
        with open_session(one) as slow:
            # has decided and not yet committed, when the other one comes
            assert choose_samples(slow, 3).decided == 3
            assert sample_job.choose_samples(other) == 5
        scripts += [complete(school, asha) for _ in range(4)]
        with ThreadPoolExecutor(2) as pool:
            decided = sum(pool.map(sample_job.choose_samples, (one, other)))
        assert decided + sample_job.choose_samples(one) == 4
        assert school.select("SELECT * FROM api._scripts_to_sample") == []
    taken = {one for (one,) in school.select("SELECT evaluation_id FROM script_samples")}
    assert set(scripts[:5]) <= taken
    assert len(audited(school)) == len(taken)


def test_a_script_that_is_returned_is_decided_of_when_it_comes_back(school: School) -> None:
    asha, coordinator = school.person(), school.person(is_coordinator=True)
    journal = school.journal(asha)
    submit(journal, ("1", "2", "3"))
    with coordinator.session() as session:
        later = datetime.now(UTC) + timedelta(days=2)
        return_questions(session, journal.evaluation_id, 1, [ReturnedQuestion(2, "Look again")], later, "A slip")
    with worker_engine(school) as engine:
        assert sample_job.choose_samples(engine) == 0
        with coordinator.session() as session, pytest.raises(RefusedError, match="completed"):
            ask_sample(session, journal.evaluation_id, "x")
        journal.assignment_version = 2
        submit(journal, ("2", "2", "3"))
        assert sample_job.choose_samples(engine) == 1
    assert school.select("SELECT first_marks FROM sample_marks ORDER BY question_number") == [(2,), (2,), (3,)]


def test_who_coordinates_asks_gives_and_takes_back(school: School) -> None:
    asha, meera, priya = school.person(), school.person(), school.person(is_coordinator=True)
    gone, barred, other_class = school.person(), school.person(), school.person()
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", gone.user_id)
    script = complete(school, asha)
    ((student,),) = school.select(
        "SELECT student_user_id FROM exam_instances JOIN evaluations USING (exam_instance_id) WHERE evaluation_id = %s",
        script,
    )
    with school.rows() as rows:
        rows.insert("teacher_conflicts", user_id=barred.user_id, student_user_id=student)
        rows.connection.execute(
            "INSERT INTO teacher_limits (user_id, classes) VALUES (%s, '{X}')", (other_class.user_id,)
        )
    with pytest.raises(InvalidError), priya.session() as session:
        ask_sample(session, script, " ")
    with priya.session() as session:
        with pytest.raises(RefusedError, match="no such script"):
            give_sample(session, script, meera.user_id)
        ask_sample(session, script, "A parent asked")
        with pytest.raises(ConflictError, match="a sample already"):
            ask_sample(session, script, "Again")
        for teacher, why in (
            (asha, "has had the script"),
            (gone, "no active teacher"),
            (priya, "sees the first marks"),
            (barred, "may not mark this student"),
            (other_class, "does not mark this class"),
        ):
            with pytest.raises(RefusedError, match=why):
                give_sample(session, script, teacher.user_id)
        marking = give_sample(session, script, meera.user_id)
    with priya.session() as session:
        with pytest.raises(ConflictError, match="has this sample"):
            give_sample(session, script, meera.user_id)
        (sample,) = samples(session)
        assert (sample.standing, sample.why, sample.reason) == (Standing.GIVEN, Why.ASKED, "A parent asked")
        assert (sample.teacher_id, sample.second_id, sample.marking_id) == (asha.user_id, meera.user_id, marking)
        take_sample_back(session, marking, "She is ill")
        with pytest.raises(ConflictError, match="Nobody has"):
            take_sample_back(session, marking, "Again")
        assert samples(session)[0].standing is Standing.WAITING
        again = give_sample(session, script, meera.user_id)
    with meera.session() as session:
        decline_second(session, again, "I know this handwriting")
        with pytest.raises(RefusedError, match="any more"):
            decline_second(session, again, "Again")
    with priya.session() as session:
        (sample,) = samples(session)
        assert (sample.standing, sample.declined) == (Standing.WAITING, 1)
    assert audited(school) == [
        ("sample.chosen", priya.user_id),
        ("sample.given", priya.user_id),
        ("sample.taken_back", priya.user_id),
        ("sample.given", priya.user_id),
        ("sample.declined", meera.user_id),
    ]
    told = school.select(
        "SELECT user_id, kind, data FROM notices WHERE kind LIKE 'sample.%%' ORDER BY created_at, kind"
    )
    assert [(user, kind) for user, kind, _ in told] == [
        (meera.user_id, "sample.given"),
        (meera.user_id, "sample.given"),
        (priya.user_id, "sample.declined"),
    ]
    assert [data for _, kind, data in told if kind == "sample.given"] == [{}, {}]
    for person in (asha, meera, school.person("admin")):
        with pytest.raises(NotAllowedError), person.session() as session:
            give_sample(session, script, meera.user_id)


def test_who_could_mark_a_sample_is_whoever_is_not_refused(school: School) -> None:
    asha, meera, priya = school.person(), school.person(), school.person(is_coordinator=True)
    busy, away, closed, barred, other_class = (school.person() for _ in range(5))
    script = complete(school, asha)
    today = datetime.now(UTC).date()
    with school.rows() as rows:
        execute = rows.connection.execute
        execute(
            "INSERT INTO teacher_conflicts SELECT %s, student_user_id FROM exam_instances"
            " JOIN evaluations USING (exam_instance_id) WHERE evaluation_id = %s",
            (barred.user_id, script),
        )
        execute("INSERT INTO teacher_limits (user_id, classes) VALUES (%s, '{X}')", (other_class.user_id,))
        execute("UPDATE staff_logins SET locked_at = now() WHERE user_id = %s", (closed.user_id,))
        rows.of("second_markings", teacher_user_id=busy.user_id)
        span = {"first_day": today - timedelta(2), "return_day": today + timedelta(2)}
        rows.of("teacher_absences", user_id=away.user_id, **span)
    with priya.session() as session:
        with pytest.raises(RefusedError, match="no such"):
            second_teachers(session, script)
        ask_sample(session, script, "A parent asked")
        could = second_teachers(session, script)
        assert [one.user_id for one in could] == [meera.user_id, busy.user_id, away.user_id]
        assert [(one.open, one.away) for one in could] == [(0, False), (1, False), (0, True)]
        for teacher in (asha, barred, other_class, priya):
            with pytest.raises(RefusedError):
                give_sample(session, script, teacher.user_id)


def test_the_worker_gives_what_waits_to_whoever_comes_first_and_leaves_what_a_coordinator_took_back(
    school: School,
) -> None:
    asha, meera, priya = school.person(), school.person(), school.person(is_coordinator=True)
    busy, away = school.person(), school.person()
    today = datetime.now(UTC).date()
    with school.rows() as rows:
        for _ in range(3):
            rows.of("second_markings", teacher_user_id=busy.user_id)
        span = {"first_day": today - timedelta(2), "return_day": today + timedelta(2)}
        rows.of("teacher_absences", user_id=away.user_id, **span)
    script = complete(school, asha)
    who = "SELECT teacher_user_id, given_by FROM second_markings WHERE evaluation_id = %s ORDER BY given_at"
    with priya.session() as session:
        ask_sample(session, script, "A parent asked")
    with worker_engine(school) as engine:
        assert sample_job.give_samples(engine) == 1
        assert sample_job.give_samples(engine) == 0
        assert school.select(who, script) == [(meera.user_id, None)]
        with priya.session() as session, pytest.raises(ConflictError, match="has this sample already"):
            give_sample(session, script, busy.user_id)
        with meera.session() as session:
            (task,) = second_tasks(session)
            decline_second(session, task.marking_id, "I know this handwriting")
        # never to whoever has had it, though she has the fewest open
        assert sample_job.give_samples(engine) == 1
        assert school.select(who, script) == [(meera.user_id, None), (busy.user_id, None)]
        with priya.session() as session:
            (sample,) = (one for one in samples(session) if one.evaluation_id == script)
            take_sample_back(session, sample.marking_id, "She has too many")
        now = datetime.now(UTC)
        assert sample_job.give_samples(engine) == 0  # hers to give
        with open_session(engine) as session:
            later = give_samples(session, 20, now + timedelta(minutes=61))
            assert (later.looked, later.given) == (1, 0)  # who is left is away
            assert give_samples(session, 20, now + timedelta(minutes=66)).looked == 0
            assert give_samples(session, 20, now + timedelta(minutes=72)).looked == 1
    with priya.session() as session:
        (sample,) = (one for one in samples(session) if one.evaluation_id == script)
        assert (sample.standing, sample.nobody) == (Standing.WAITING, True)
        give_sample(session, script, away.user_id)  # by hand an absence only warns
        (sample,) = (one for one in samples(session) if one.evaluation_id == script)
        assert (sample.standing, sample.nobody) == (Standing.GIVEN, False)
    assert [(event, actor) for event, actor in audited(school) if event == "sample.given"] == [
        ("sample.given", None),
        ("sample.given", None),
        ("sample.given", priya.user_id),
    ]
    told = school.select("SELECT user_id, data FROM notices WHERE kind = 'sample.given' ORDER BY created_at")
    assert told == [(meera.user_id, {}), (busy.user_id, {}), (away.user_id, {})]


def test_two_workers_at_once_give_each_sample_once_and_none_that_is_withdrawn(school: School) -> None:
    asha, priya = school.person(), school.person(is_coordinator=True)
    for _ in range(3):
        school.person()
    scripts = [complete(school, asha) for _ in range(8)]
    with priya.session() as session:
        for script in scripts:
            ask_sample(session, script, "All of them")
        later = datetime.now(UTC) + timedelta(days=2)
        return_questions(session, scripts[0], 1, [ReturnedQuestion(2, "Look again")], later, "A slip")
        withdraw_script(session, scripts[0], 2, "The student left")
    given = "SELECT evaluation_id, count(*) FROM second_markings GROUP BY 1"
    with worker_engine(school) as one, worker_engine(school) as other:
        with open_session(one) as slow:
            # has given and not yet committed, when the other one and a coordinator come
            assert give_samples(slow, 3).looked == 3
            assert sample_job.give_samples(other) == 5
        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(sample_job.give_samples, (one, other))) == 0
    assert sorted(school.select(given)) == sorted((script, 1) for script in scripts[1:])


def test_a_second_marking_changes_nothing_for_the_student_and_is_told_to_the_teacher_concerned_alone(
    school: School,
) -> None:
    asha, meera, priya, sunita = school.person(), school.person(), school.person(is_coordinator=True), school.person()
    admin = school.person("admin")
    script, marking = sampled(school, priya, asha, meera)
    standing = (
        "SELECT to_jsonb(e), to_jsonb(x), (SELECT jsonb_agg(m ORDER BY m.question_number) FROM question_marks m"
        " WHERE m.evaluation_id = e.evaluation_id) FROM evaluations e JOIN exam_instances x USING (exam_instance_id)"
    )
    before = school.select(standing)
    with meera.session() as session:
        (task,) = second_tasks(session)
        assert (task.marking_id, task.questions) == (marking, 3)
        paper = read_second(session, marking)
        assert [q.question_number for q in ExamSnapshot.model_validate_json(paper.snapshot).questions] == [1, 2, 3, 4]
        assert len(paper.pages) == 2
        for wrong, why in (
            (second("1", "2", "3")[:2], "not marked yet: 4"),
            (second("2.5", "2", "3"), "not possible: 2"),
            (second("1", "2.25", "3"), "not possible: 3"),
            (second("1", "2", "3", side="c"), "not possible: 3"),
            (second("1", "2", "3") + second("1", "2", "3")[:1], "not possible: 2"),
            ([*second("1", "2", "3"), SecondMark(MarkKey(1), Decimal(1))], "not possible: 1"),
            ([*second("1", "2", "3"), SecondMark(MarkKey(9), Decimal(1))], "not possible: 9"),
        ):
            with pytest.raises(InvalidError, match=why):
                mark_second(session, marking, wrong)
        mark_second(session, marking, second("1", "1", "4.5", side="b"), "Neat work")
        mark_second(session, marking, second("1", "1", "4.5", side="b"), "Neat work")
        with pytest.raises(RefusedError, match="any more"):
            mark_second(session, marking, second("0", "1", "4.5", side="b"))
        assert second_tasks(session) == ()
    assert school.select(standing) == before
    for person, reads in ((priya, True), (admin, True), (asha, True), (meera, False), (sunita, False)):
        with person.session() as session:
            found = results(session, LONG_AGO)
            assert results(session, datetime.now(UTC) + timedelta(hours=1)).pairs == ()
            assert results(session, LONG_AGO, asha.user_id) == found
        if not reads:
            assert (found.pairs, found.whole, dict(found.teachers)) == ((), None, {})
            continue
        assert [(p.question_number, p.first, p.second, p.same_side) for p in found.pairs] == [
            (2, 1, 1, True),
            (3, 2, 1, False),
            (4, 3, Decimal("4.5"), True),
        ]
        assert all(isinstance(one, MarkedTwice) and one.comment == "see step 2" for one in found.pairs)
        assert found.whole is not None
        assert (found.whole.exact, found.whole.within_half, found.whole.tolerated) == (1, 1, 1)
        assert (found.whole.mean_difference, found.whole.mean_distance) == (Decimal("-0.17"), Decimal("0.83"))
        assert set(found.teachers) == {asha.user_id}
        assert set(found.scripts) == {script}
        with person.session() as session:
            assert own_agreement(session, asha.user_id).whole == found.whole
            assert read_pairs(session, script) == found.pairs
    with meera.session() as session:
        assert own_agreement(session, meera.user_id).pairs == read_pairs(session, script) == ()
    with priya.session() as session:
        told = read_results(session, LONG_AGO, datetime.now(UTC) + timedelta(hours=1))
        look = read_quality(session)
        assert read_results(session, LONG_AGO, LONG_AGO + timedelta(days=1)).pairs == ()
    assert (set(told.names), set(told.wordings) <= set(told.questions)) == ({asha.user_id}, True)
    assert (look.sampling.first, look.sampling.percent, look.sampling.tolerance) == (5, 2, told.tolerance)
    assert {pair.code for pair in told.pairs} == {look.samples[0].code}
    with priya.session() as session:
        (sample,) = samples(session)
    assert (sample.standing, sample.second_id, sample.comment) == (Standing.MARKED, meera.user_id, "Neat work")
    assert audited(school)[-1] == ("sample.marked", meera.user_id)


def test_who_marks_a_second_time_learns_nothing_of_the_first(school: School) -> None:
    asha, meera, priya = school.person(), school.person(), school.person(is_coordinator=True)
    script, marking = sampled(school, priya, asha, meera, marks=("1.5", "2.5", "3.5"))
    uploads = school.uploads(script)
    ((exam,),) = school.select("SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", script)
    tables = [
        name
        for (name,) in school.select(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    ]
    heard: list[str] = []
    marks = json.dumps([{"question_number": n, "alternative": "a" if n == 3 else "", "marks": "1"} for n in (2, 3, 4)])
    calls = [
        "SELECT api.my_second_markings()",
        f"SELECT api.read_second_marking('{marking}')",
        f"SELECT api.pull_scripts('{{{script}}}')",
        f"SELECT api.script_sums('{{{script}}}')",
        f"SELECT api.moved_to('{{{script}}}')",
        "SELECT api.finished_scripts('', NULL, NULL, 100)",
        "SELECT api.my_notices(NULL, 200)",
        f"SELECT * FROM api.request_pages('{{{uploads[0]}}}')",
        f"SELECT api.mark_second('{marking}', '[]')",
        f"SELECT api.mark_second('{marking}', '{marks.replace('1', '99')}')",
        f"""SELECT api.mark_second('{marking}', '[{{"question_number": "x", "marks": []}}, 7, null]')""",
        f"SELECT api.mark_second('{marking}', '7')",
        f"SELECT api.mark_second('{marking}', '[]', repeat('x', 3000))",
        f"SELECT api.decline_second('{marking}', ' ')",
        *(
            f"SELECT * FROM public.{table}"
            for table in tables
            if table not in ("exam_templates", "questions", "question_schemes")
        ),
    ]
    with psycopg.connect(meera.url, autocommit=True) as connection:

        def listen() -> None:
            for call in calls:
                try:
                    heard.extend(str(row) for row in connection.execute(call.encode()).fetchall())
                except psycopg.Error as error:
                    heard.extend(filter(None, (str(error), error.diag.message_detail, error.diag.context)))

        listen()
        assert connection.execute("SELECT api.mark_second(%s, %s, NULL)", (marking, marks)).fetchone() == (
            {"done": True},
        )
        listen()
    told = "\n".join(heard)
    assert str(marking) in told
    for secret in (SECRET, asha.user_id, asha.login, script, exam, "'1.5'", "'2.5'", "Decimal('3.5"):
        assert str(secret) not in told, secret


def test_pages_are_open_to_her_while_she_has_it_and_no_longer(school: School) -> None:
    asha, meera, priya, sunita = school.person(), school.person(), school.person(is_coordinator=True), school.person()
    script, marking = sampled(school, priya, asha, meera)
    pages = [UploadId(one) for one in school.uploads(script)]

    def addresses(person: Person) -> list[str | None]:
        with person.session() as session:
            return [page.problem or page.address for page in request_pages(session, pages)]

    foreign = ["This page belongs to no script of yours."] * 2
    with worker_engine(school) as engine:

        def sign() -> int:
            with open_session(engine) as session:
                asked = pending(session, 10)
                later = datetime.now(UTC) + timedelta(minutes=10)
                return sum(answer(session, one.request_id, f"https://s3/{one.key}", later) for one in asked)

        assert addresses(sunita) == foreign
        assert sign() == 0
        assert addresses(meera) == [None, None]
        assert sign() == 2
        assert all(str(one).startswith("https://s3/") for one in addresses(meera))
        with priya.session() as session:
            take_sample_back(session, marking, "She is ill")
        assert addresses(meera) == foreign
        assert meera.select("SELECT * FROM page_requests") == []
        # asked for, and ended before the worker came
        with priya.session() as session:
            marking = give_sample(session, script, meera.user_id)
        assert addresses(meera) == [None, None]
        with priya.session() as session:
            take_sample_back(session, marking, "She is ill again")
        assert sign() == 0
        with priya.session() as session:
            marking = give_sample(session, script, meera.user_id)
        assert addresses(meera) == [None, None]
        # she sees the first marks now, and all pages of what is completed
        school.execute("UPDATE users SET is_coordinator = true WHERE user_id = %s", meera.user_id)
        with meera.session() as session:
            assert second_tasks(session) == ()
            with pytest.raises(RefusedError):
                read_second(session, marking)
            with pytest.raises(RefusedError):
                mark_second(session, marking, second("1", "1", "1"))
        school.execute("UPDATE users SET is_coordinator = false WHERE user_id = %s", meera.user_id)
        assert sign() == 2
        ((student,),) = school.select(
            "SELECT student_user_id FROM exam_instances JOIN evaluations USING (exam_instance_id)"
            " WHERE evaluation_id = %s",
            script,
        )
        with school.rows() as rows:
            rows.insert("teacher_conflicts", user_id=meera.user_id, student_user_id=student)
        assert addresses(meera) == foreign
        with meera.session() as session, pytest.raises(RefusedError):
            read_second(session, marking)
    # the first teacher's own are as they were
    assert addresses(asha) == [None, None]


def test_whoever_was_given_the_script_itself_meanwhile_has_seen_too_much(school: School) -> None:
    asha, meera, priya = school.person(), school.person(), school.person(is_coordinator=True)
    script, marking = sampled(school, priya, asha, meera)
    with priya.session() as session:
        later = datetime.now(UTC) + timedelta(days=2)
        return_questions(session, script, 1, [ReturnedQuestion(2, "Look again")], later, "A slip")
    with meera.session() as session:
        assert read_second(session, marking).marking_id == marking  # a return to its teacher is no matter
    for teacher in (meera, asha):
        school.move(script, teacher)
    with meera.session() as session:
        assert second_tasks(session) == ()
        with pytest.raises(RefusedError):
            read_second(session, marking)
        with pytest.raises(RefusedError):
            mark_second(session, marking, second("1", "1", "1"))
        (page, *_) = request_pages(session, [UploadId(one) for one in school.uploads(script)])
    assert page.problem == "This page belongs to no script of yours."
