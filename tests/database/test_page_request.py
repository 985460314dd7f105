"""The way of a page's address from the teacher's question to the worker's answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.orm import Session

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.flag import FlagReason
from mv_desktop.domain.identifier import EvaluationId, FlagId, MarkKey, PageRef, UploadId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import HandBack, OpenEvaluation, RaiseFlag, SetMark
from mv_desktop.services.assignment import answer_flag, move_script
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.evaluation import pull_scripts
from mv_desktop.services.page_address import CHANNEL, answer, answer_problem, pending, renew_pages, request_pages
from mv_desktop.services.page_file import store_page_file, uploads_to_check
from mv_desktop.services.setting import signed_url_minutes
from mv_desktop.services.sheet import ask_rescan, exclude_page
from tests.database.test_return import finished
from tests.factories.marking import Person, School


class Worker:
    """The worker's own login."""

    def __init__(self, school: School) -> None:
        with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
        url = school.database.url_for("mv_worker", "worker")
        self.engines = [make_engine(url, application_name="mv-desktop test worker") for _ in range(2)]

    @contextmanager
    def session(self, number: int = 0) -> Iterator[Session]:
        with open_session(self.engines[number]) as session:
            yield session


@pytest.fixture
def worker(school: School) -> Iterator[Worker]:
    made = Worker(school)
    yield made
    for engine in made.engines:
        engine.dispose()


def uploads(school: School, evaluation_id: EvaluationId) -> list[UploadId]:
    return [UploadId(upload) for upload in school.uploads(evaluation_id)]


def in_minutes(minutes: float) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def test_a_page_is_asked_for_signed_and_answered(school: School, worker: Worker) -> None:
    asha = school.person()
    pages = uploads(school, school.script(asha, pages=2))
    with asha.session() as session:
        first = request_pages(session, pages)
    assert {(p.upload_id, p.address, p.problem) for p in first} == {(page, None, None) for page in pages}
    with worker.session() as session:
        requests = pending(session, 10)
        assert [r.bucket for r in requests] == ["sheets", "sheets"]
        expires = in_minutes(signed_url_minutes(session))
        assert all(answer(session, r.request_id, f"https://s3/{r.key}?sig", expires) for r in requests)
        assert not answer(session, requests[0].request_id, "https://elsewhere", expires)
    with asha.session() as session:
        answered = {p.upload_id: p for p in request_pages(session, pages)}
    assert answered[pages[0]].address is not None
    assert answered[pages[0]].address.endswith("/1.jpg?sig")
    assert answered[pages[0]].expires_at == expires
    assert school.select("SELECT count(*) FROM page_requests") == [(2,)]


def test_an_address_is_made_anew_before_it_expires_and_a_problem_is_tried_again(school: School, worker: Worker) -> None:
    asha = school.person()
    (page,) = uploads(school, school.script(asha))
    with asha.session() as session:
        request_pages(session, [page])
    with worker.session() as session:
        (request,) = pending(session, 10)
        answer(session, request.request_id, "https://s3/a", in_minutes(0.5))
    with asha.session() as session:
        assert request_pages(session, [page])[0].address is None
    with worker.session() as session:
        (request,) = pending(session, 10)
        answer_problem(session, request.request_id, "The file is gone.")
    with asha.session() as session:
        assert request_pages(session, [page])[0].problem == "The file is gone."
    school.execute("UPDATE page_requests SET signed_at = now() - interval '2 minutes'")
    with asha.session() as session:
        assert request_pages(session, [page])[0].problem is None
    with worker.session() as session:
        assert len(pending(session, 10)) == 1


def test_a_page_of_somebody_else_is_refused_and_audited(school: School, worker: Worker) -> None:
    asha, meera = school.person(), school.person()
    (hers,) = uploads(school, school.script(asha))
    (foreign,) = uploads(school, school.script(meera))
    with asha.session() as session:
        answers = {p.upload_id: p.problem for p in request_pages(session, [hers, foreign, UploadId(uuid4())])}
    assert answers.pop(hers) is None
    assert set(answers.values()) == {"This page belongs to no script of yours."}
    with worker.session() as session:
        assert [r.upload_id for r in pending(session, 10)] == [hers]
    events = school.select("SELECT event_type FROM audit_logs WHERE resource_type = 'page' ORDER BY 1")
    assert events == [("page.requested",), ("security.page_refused",)]


def test_an_address_is_for_the_one_who_asked(school: School, worker: Worker) -> None:
    asha, meera = school.person(), school.person()
    script = school.script(asha)
    (page,) = uploads(school, script)
    with asha.session() as session:
        request_pages(session, [page])
    with worker.session() as session:
        answer(session, pending(session, 1)[0].request_id, "https://s3/a", in_minutes(15))
    school.move(script, meera)
    with meera.session() as session:
        assert request_pages(session, [page])[0].address is None
    assert [address for (address,) in meera.select("SELECT address FROM page_requests")] == [None]
    with asha.session() as session:
        assert request_pages(session, [page])[0].address is None
    assert asha.select("SELECT address FROM page_requests") == []


def test_no_address_is_signed_for_who_may_not_have_the_page_any_more(school: School, worker: Worker) -> None:
    people = moved, held, locked, closed, stays = [school.person() for _ in range(5)]
    scripts = [school.script(person) for person in people]
    for person, script in zip(people, scripts, strict=True):
        with person.session() as session:
            request_pages(session, uploads(school, script))
    school.move(scripts[0], stays)
    school.journal(held, scripts[1]).send(HandBack("too_ill"))
    school.execute("UPDATE staff_logins SET locked_at = now() WHERE user_id = %s", locked.user_id)
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", closed.user_id)
    with worker.session() as session:
        assert [request.upload_id for request in pending(session, 10)] == uploads(school, scripts[4])
    assert moved.select("SELECT * FROM page_requests") == []


def test_two_workers_share_the_requests(school: School, worker: Worker) -> None:
    asha = school.person()
    pages = uploads(school, school.script(asha, pages=4))
    with asha.session() as session:
        request_pages(session, pages)
    with worker.session(0) as one, worker.session(1) as two:
        first, second = pending(one, 2), pending(two, 10)
    assert {r.upload_id for r in first} | {r.upload_id for r in second} == set(pages)
    assert len(first) == len(second) == 2


def test_asking_notifies_the_worker(school: School) -> None:
    asha = school.person()
    pages = uploads(school, school.script(asha))
    with psycopg.connect(school.database.owner_url, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with asha.session() as session:
            request_pages(session, pages)
        assert [n.channel for n in listener.notifies(timeout=5, stop_after=1)] == [CHANNEL]


def test_the_workers_check_reaches_the_teacher(school: School, worker: Worker) -> None:
    asha = school.person()
    script = school.script(asha, pages=2)
    good, broken = uploads(school, script)
    with worker.session() as session:
        assert {u.upload_id for u in uploads_to_check(session, 10)} == {good, broken}
        sizes = [{"width": 1240, "height": 1754, "source": "jpeg"}]
        store_page_file(session, good, sha256="a" * 64, size=1234, pages=sizes)
        store_page_file(session, broken, sha256="b" * 64, size=7, pages=[], problem="The file is empty.")
        assert uploads_to_check(session, 10) == ()
    with asha.session() as session:
        ((first, second),) = [pulled.pages for pulled in pull_scripts(session, [script])]
    assert (first.sha256, first.size, first.checked, list(first.pages)) == ("a" * 64, 1234, True, sizes)
    assert (second.problem, second.pages) == ("The file is empty.", ())


def test_too_many_pages_at_once_are_not_accepted(school: School) -> None:
    asha = school.person()
    with pytest.raises(InvalidError), asha.session() as session:
        request_pages(session, [UploadId(uuid4()) for _ in range(501)])


def test_who_coordinates_gets_pages_of_scripts_with_a_case_and_of_no_others(school: School, worker: Worker) -> None:
    asha, meera = school.person(), school.person()
    priya, rohan = (school.person(is_coordinator=True) for _ in range(2))
    flagged = school.journal(asha, school.script(asha, pages=2))
    (quiet,) = uploads(school, school.script(meera))
    first, second = uploads(school, flagged.evaluation_id)

    def asked(person: Person, *pages: UploadId) -> dict[UploadId, str | None]:
        with person.session() as session:
            return {page.upload_id: page.problem for page in request_pages(session, pages)}

    foreign = "This page belongs to no script of yours."
    assert asked(priya, first, quiet) == {first: foreign, quiet: foreign}
    flag = FlagId(uuid4())
    flagged.send(OpenEvaluation(), RaiseFlag(flag, FlagReason.ILLEGIBLE, "The last line", PageRef(1)))
    with priya.session() as session:
        exclude_page(session, second, "Another student's")
    assert asked(priya, first, second, quiet) == {first: None, second: None, quiet: foreign}
    assert asked(meera, first) == {first: foreign}  # who does not coordinate gets nothing of others, case or no case
    assert asked(asha, second) == {second: "This page was taken out of the script."}
    with worker.session() as session:
        requests = pending(session, 10)
        assert {r.upload_id for r in requests} == {first, second}
        assert all(answer(session, r.request_id, f"https://s3/{r.key}?hers", in_minutes(5)) for r in requests)
    with priya.session() as session:
        assert all(page.address for page in request_pages(session, [first, second]))
    with rohan.session() as session:  # addresses are for her who asked
        assert [page.address for page in request_pages(session, [first])] == [None]
    assert rohan.select("SELECT address FROM public.page_requests") == []
    with worker.session() as session:
        assert [r.upload_id for r in pending(session, 10)] == [first]
    school.execute("UPDATE users SET is_coordinator = false WHERE user_id = %s", rohan.user_id)
    with worker.session() as session:
        assert pending(session, 10) == ()
    with priya.session() as session:
        answer_flag(session, flag, "Mark what can be read")
    assert asked(priya, first) == {first: foreign}  # with the case her addresses end
    log = school.select(
        "SELECT actor_user_id, event_data -> 'coordinating' FROM audit_logs"
        " WHERE event_type = 'page.requested' AND event_data ? 'coordinating' ORDER BY created_at"
    )
    assert [(who, set(pages)) for who, pages in log] == [
        (priya.user_id, {str(first), str(second)}),
        (rohan.user_id, {str(first)}),
    ]


@pytest.mark.parametrize("case", ["completed", "handed back", "rescan", "kept work"])
def test_each_kind_of_case_opens_the_pages_and_renewing_them(school: School, worker: Worker, case: str) -> None:
    asha, meera, priya = school.person(), school.person(), school.person(is_coordinator=True)
    journal = finished(school, asha) if case == "completed" else school.journal(asha)
    (page, *_) = uploads(school, journal.evaluation_id)
    match case:
        case "handed back":
            journal.send(OpenEvaluation(), HandBack("too_ill"))
        case "rescan":
            with priya.session() as session:
                ask_rescan(session, [page], "Dark")
        case "kept work":
            journal.send(OpenEvaluation(), SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1))))
            with priya.session() as session:
                move_script(session, journal.evaluation_id, 1, meera.user_id, "Ill")
    with priya.session() as session:
        assert [p.problem for p in request_pages(session, [page])] == [None]
    with worker.session() as session:
        (request,) = pending(session, 10)
        answer(session, request.request_id, "https://s3/moved", in_minutes(5))
    school.execute("UPDATE page_requests SET signed_at = now() - interval '1 minute'")
    with priya.session() as session:
        assert renew_pages(session, [page]) == 1
