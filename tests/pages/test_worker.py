"""The worker against real servers: what a student uploads is looked at, what a teacher asks for is signed."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import OfflineError, RefusedError, ServerFaultError, SetupError
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import ExamInstanceId, PageRef, UploadId
from mv_desktop.domain.sheet import PagePicture, Sheet
from mv_desktop.offline.case_page import CasePages
from mv_desktop.offline.page_source import ServerPages
from mv_desktop.pages.download import fetch
from mv_desktop.pages.problem import WrongContentError
from mv_desktop.pages.storage import ObjectStore
from mv_desktop.services.database import make_engine
from mv_desktop.services.page_address import request_pages
from mv_desktop.services.sheet import ask_rescan, script_sheets
from mv_desktop.worker import command, page_job, runner
from mv_desktop.worker.page_job import Attempts, check_uploads, sign_pending
from mv_desktop.worker.schedule import JOBS, Every, Job
from tests.factories import sheet
from tests.factories.marking import Person, School
from tests.fakes.clock import FakeClock
from tests.fakes.server import CloneDatabase, TestStore

ROOT = Path(__file__).parents[2]
PASSWORD = "worker"


class Uploads:
    """One teacher's script whose uploads the test names; the files are in the store."""

    def __init__(self, school: School, store: ObjectStore) -> None:
        self.school = school
        self.store = store
        self.teacher: Person = school.person()
        self.exam = school.select(
            "SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", school.script(self.teacher, pages=0)
        )[0][0]
        self._pages = 0

    def add(self, data: bytes | None, *, bucket: str = "") -> UploadId:
        """Upload a page; None is one whose file never arrived."""
        self._pages += 1
        key = f"worker/{uuid4()}.jpg"
        if data is not None:
            self.store.put(key, data, content_type="image/jpeg")
        with self.school.rows() as rows:
            upload = rows.upload(
                exam_instance_id=self.exam,
                page_number=self._pages,
                s3_key=key,
                s3_bucket=bucket or self.store.bucket,
                uploaded_at=datetime.now(UTC) + timedelta(seconds=self._pages),
            )
        return UploadId(upload)

    def found(self) -> dict[UUID, tuple[object, ...]]:
        """What the worker wrote down."""
        rows = self.school.select("SELECT upload_id, sha256, bytes, pages, problem FROM page_files")
        return {row[0]: row[1:] for row in rows}

    def ask(self, *uploads: UploadId) -> dict[UploadId, PageAddress]:
        """As the teacher's program asks."""
        with self.teacher.session() as session:
            return {page.upload_id: page for page in request_pages(session, uploads)}


@pytest.fixture
def store(s3: TestStore) -> Iterator[ObjectStore]:
    made = s3.store()
    yield made
    made.close()


@pytest.fixture
def uploads(database: CloneDatabase, store: ObjectStore) -> Iterator[Uploads]:
    school = School(database)
    yield Uploads(school, store)
    school.close()


@pytest.fixture
def url(database: CloneDatabase) -> str:
    """The database as mv_worker."""
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE mv_worker PASSWORD '{PASSWORD}'")
    return database.url_for("mv_worker", PASSWORD)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = make_engine(url, application_name="mv-desktop test worker")
    yield made
    made.dispose()


def until(true: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_a_requested_page_is_signed_for_as_long_as_the_setting_says(
    uploads: Uploads, engine: Engine, store: ObjectStore
) -> None:
    data = sheet.jpeg()
    upload = uploads.add(data)
    uploads.school.execute(
        "UPDATE system_config SET config_value = '7' WHERE config_key = 's3_signed_url_expiry_minutes'"
    )
    assert uploads.ask(upload)[upload].address is None
    assert sign_pending(engine, store, SystemClock()) == 1
    assert sign_pending(engine, store, SystemClock()) == 0
    page = uploads.ask(upload)[upload]
    assert page.address is not None
    assert page.expires_at is not None
    assert "X-Amz-Expires=420" in page.address
    assert timedelta(minutes=6, seconds=30) < page.expires_at - datetime.now(UTC) <= timedelta(minutes=7)
    assert fetch(page.address, expected_bytes=len(data)) == data


def test_an_address_is_renewed_a_minute_before_it_ends(uploads: Uploads, engine: Engine, store: ObjectStore) -> None:
    upload = uploads.add(sheet.jpeg())
    uploads.ask(upload)
    sign_pending(engine, store, SystemClock())
    assert uploads.ask(upload)[upload].address is not None
    uploads.school.execute("UPDATE page_requests SET expires_at = now() + interval '59 seconds'")
    assert uploads.ask(upload)[upload].address is None
    assert sign_pending(engine, store, SystemClock()) == 1
    assert uploads.ask(upload)[upload].address is not None


def test_who_coordinates_looks_at_a_page_of_a_case(uploads: Uploads, engine: Engine, store: ObjectStore) -> None:
    data = sheet.jpeg()
    upload = uploads.add(data)
    check_uploads(engine, store, Attempts(SystemClock()))
    priya = uploads.school.person(is_coordinator=True)
    with priya.session() as session:
        ask_rescan(session, [upload], "Dark")
        (asked,) = script_sheets(session, ExamInstanceId(uploads.exam))
    assert (asked.size, asked.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    signed: list[int] = []
    source = ServerPages(priya.session, 1)

    def looked(at: Sheet) -> tuple[PagePicture, ...]:
        pages = CasePages(source, lambda _: signed.append(sign_pending(engine, store, SystemClock())))
        return pages.pictures(at, lambda: False)

    try:
        (picture,) = looked(asked)
        assert (signed, picture.page, picture.data) == ([1], PageRef(1), data)
        with pytest.raises(WrongContentError):  # not the file that the worker had looked at
            looked(replace(asked, sha256="0" * 64))
        uploads.school.execute(
            "UPDATE rescan_requests SET closed_at = now(), outcome = 'cancelled', close_reason = 'x'"
        )
        with pytest.raises(RefusedError, match="no script of yours"):
            looked(asked)
    finally:
        source.close()


def test_requests_are_signed_in_batches(uploads: Uploads, engine: Engine, store: ObjectStore) -> None:
    uploads.ask(*(uploads.add(None) for _ in range(5)))
    assert [sign_pending(engine, store, SystemClock(), limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_uploads_are_checked_and_what_they_are_is_written_down(
    uploads: Uploads, engine: Engine, store: ObjectStore
) -> None:
    photo, scan, cut = sheet.jpeg(orientation=6), sheet.pdf_of_photos(2), sheet.jpeg()[:9000]
    ids = [uploads.add(data) for data in (photo, scan, cut)]
    attempts = Attempts(SystemClock())
    assert check_uploads(engine, store, attempts) == 3
    assert check_uploads(engine, store, attempts) == 0
    found = uploads.found()
    page = {"width": 620, "height": 876, "source": "pdf-image"}
    assert found[ids[0]][1:] == (len(photo), [{"width": 876, "height": 620, "source": "image"}], None)
    assert found[ids[1]][1:] == (len(scan), [page, page], None)
    assert found[ids[2]][2] == []
    assert str(found[ids[2]][3]).startswith("This picture is incomplete")
    assert all(len(str(row[0])) == 64 for row in found.values())


def test_a_file_that_is_too_large_is_not_read(uploads: Uploads, engine: Engine, store: ObjectStore) -> None:
    upload = uploads.add(bytes(5 * 1024 * 1024 + 1))
    assert check_uploads(engine, store, Attempts(SystemClock())) == 1
    sha256, size, pages, problem = uploads.found()[upload]
    assert (sha256, size, pages) == (page_job.NOT_READ, 5 * 1024 * 1024 + 1, [])
    assert "larger than 5 MB" in str(problem)


def test_files_that_cannot_be_read_wait_and_hide_no_others(
    uploads: Uploads, engine: Engine, store: ObjectStore
) -> None:
    missing = [uploads.add(None), uploads.add(None), uploads.add(sheet.jpeg(), bucket="no-such-bucket")]
    good = uploads.add(sheet.jpeg())
    clock = FakeClock()
    attempts = Attempts(clock)
    assert [check_uploads(engine, store, attempts, limit=1) for _ in range(5)] == [1, 1, 1, 1, 0]
    assert set(uploads.found()) == {good}
    assert len(attempts) == 3
    clock.advance(31)
    (key,) = uploads.school.select("SELECT s3_key FROM answer_sheet_uploads WHERE upload_id = %s", missing[0])[0]
    store.put(key, sheet.jpeg(), content_type="image/jpeg")  # it arrives after all
    assert check_uploads(engine, store, attempts) == 3
    assert set(uploads.found()) == {good, missing[0]}
    assert check_uploads(engine, store, attempts) == 0
    clock.advance(299)
    assert check_uploads(engine, store, attempts) == 0
    uploads.school.execute("DELETE FROM answer_sheet_uploads WHERE upload_id = %s", missing[1])
    check_uploads(engine, store, attempts)
    assert len(attempts) == 1


def test_a_check_that_failed_here_is_tried_again_and_then_told(
    uploads: Uploads, engine: Engine, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = uploads.add(sheet.pdf_of_photos(5))
    monkeypatch.setattr(page_job, "CHECK_TIMEOUT_S", 0.01)
    clock = FakeClock()
    attempts = Attempts(clock)
    for _ in range(2):
        assert check_uploads(engine, store, attempts) == 1
        assert uploads.found() == {}
        clock.advance(2000)
    assert check_uploads(engine, store, attempts) == 1
    assert "took too long" in str(uploads.found()[upload][3])
    assert len(attempts) == 0


def test_an_administrator_may_lower_the_limits_but_not_raise_them(
    uploads: Uploads, engine: Engine, store: ObjectStore
) -> None:
    school = uploads.school
    school.execute("UPDATE system_config SET config_value = '2' WHERE config_key = 'max_pages_per_script'")
    school.execute("UPDATE system_config SET config_value = '100000' WHERE config_key = 'max_page_megapixels'")
    scan, bomb = uploads.add(sheet.pdf_of_text(3)), uploads.add(sheet.png_bomb())
    check_uploads(engine, store, Attempts(SystemClock()))
    found = uploads.found()
    assert found[scan][3] == "This PDF has 3 pages; at most 2 are accepted."
    assert "more than 60 million" in str(found[bomb][3])


def test_a_store_that_is_away_leaves_everything_for_later(uploads: Uploads, engine: Engine) -> None:
    uploads.add(sheet.jpeg())
    gone = ObjectStore("http://127.0.0.1:9", "x", "a", "b", "bucket")
    attempts = Attempts(SystemClock())
    with pytest.raises(OfflineError):
        check_uploads(engine, gone, attempts)
    assert uploads.found() == {}
    assert len(attempts) == 0
    gone.close()


@contextlib.contextmanager
def running(url: str, store: ObjectStore, jobs: Sequence[Job] = JOBS) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=runner.run, args=(url, store, stop), kwargs={"jobs": jobs})
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def test_the_worker_answers_at_once_when_it_is_told(uploads: Uploads, url: str, store: ObjectStore) -> None:
    data = sheet.jpeg()
    first, second = uploads.add(data), uploads.add(data)
    with running(url, store):
        until(lambda: uploads.ask(first)[first].address)
        until(lambda: len(uploads.found()) == 2)
        until(lambda: listeners(uploads.school.database) == 1)
        quickest = 99.0
        for _ in range(3):  # the machine may be busy: the best of three is below a poll
            started = time.monotonic()
            uploads.ask(second)
            until(lambda: uploads.ask(second)[second].address, 10)
            quickest = min(quickest, time.monotonic() - started)
            uploads.school.execute("DELETE FROM page_requests")
        assert quickest < runner.POLL_S / 2


def test_the_worker_outlives_lost_connections(
    uploads: Uploads, url: str, store: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = uploads.add(sheet.jpeg()), uploads.add(sheet.jpeg())
    with running(url, store), caplog.at_level(logging.WARNING):
        until(lambda: uploads.ask(first)[first].address)
        with psycopg.connect(uploads.school.database.superuser_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE mv_worker NOLOGIN")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mv_worker'")
            until(lambda: caplog.records)
            connection.execute("ALTER ROLE mv_worker LOGIN")
        uploads.ask(second)
        until(lambda: uploads.ask(second)[second].address)
    assert "Traceback" not in caplog.text


def test_notices_that_are_lost_only_cost_a_poll(
    uploads: Uploads, url: str, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "CHANNEL", "nobody_speaks_here")
    upload = uploads.add(None)
    with running(url, store):
        until(lambda: listeners(uploads.school.database) == 1)
        uploads.ask(upload)
        until(lambda: uploads.ask(upload)[upload].address, runner.POLL_S + 20)


def test_a_slow_check_delays_no_address(
    uploads: Uploads, url: str, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    checking, go_on = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> int:
        checking.set()
        go_on.wait(30)
        return 0

    monkeypatch.setattr(runner, "check_uploads", slow)
    upload = uploads.add(None)
    with running(url, store), contextlib.ExitStack() as stack:
        stack.callback(go_on.set)
        assert checking.wait(20)
        uploads.ask(upload)
        until(lambda: uploads.ask(upload)[upload].address)


def test_what_is_late_is_marked_at_the_start_and_from_time_to_time_whatever_the_store_does(
    uploads: Uploads, url: str
) -> None:
    jobs = [replace(job, when=Every(1)) for job in JOBS if job.name == "deadline.mark"]
    school, gone = uploads.school, ObjectStore("http://127.0.0.1:9", "x", "a", "b", "bucket")
    uploads.add(None)

    def late() -> int:
        return len(school.select("SELECT 1 FROM evaluations WHERE sla_breached"))

    school.script(uploads.teacher, hours_left=-1)
    with running(url, gone, jobs):
        until(lambda: late() == 1)
        school.script(uploads.teacher, hours_left=-2)
        until(lambda: late() == 2)
    gone.close()


def test_two_workers_share_the_work(uploads: Uploads, url: str, store: ObjectStore) -> None:
    ids = [uploads.add(None) for _ in range(30)]
    with running(url, store), running(url, store):
        uploads.ask(*ids)
        until(lambda: all(page.address for page in uploads.ask(*ids).values()))
    rows = uploads.school.select("SELECT count(*), count(signed_at) FROM page_requests")
    assert rows == [(30, 30)]


def test_a_failing_job_is_tried_again_after_growing_pauses() -> None:
    pauses = [[runner.backoff(failures) for _ in range(50)] for failures in (1, 2, 3, 4, 50)]
    assert all(0.5 <= pause <= 1 for pause in pauses[0])
    assert all(4 <= pause <= 8 for pause in pauses[3])
    assert all(15 <= pause <= runner.MAX_BACKOFF_S for pause in pauses[4])
    assert len(set(pauses[4])) > 10


def test_a_bug_in_a_job_does_not_end_the_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fault = ServerFaultError("DataError 22000")
    fault.__cause__ = ValueError("https://store/page?signature")
    stop, outcomes = threading.Event(), iter([ZeroDivisionError(), OfflineError("away"), fault, 3, 0])
    monkeypatch.setattr(runner, "backoff", lambda failures: 0.001 * failures)

    def work() -> int:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    runner.loop(work, lambda stop: stop.set(), stop)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING", "ERROR"]
    assert "DataError 22000" in caplog.text
    assert "signature" not in caplog.text
    assert next(outcomes, None) is None


@contextlib.contextmanager
def child(url: str, s3: TestStore, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as a process of its own."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MV_")}
    server = s3.server
    environment = ours | {
        "MV_DATABASE_URL": url,
        "MV_S3_ENDPOINT": server.endpoint,
        "MV_S3_REGION": server.region,
        "MV_S3_BUCKET": server.bucket,
        "MV_S3_ACCESS_KEY": server.access_key,
        "MV_S3_SECRET_KEY": server.secret_key,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "mv_desktop", "worker", *arguments],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=ROOT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "stdin", "stop"])
def test_the_worker_ends_when_it_is_told(uploads: Uploads, url: str, s3: TestStore, how: str) -> None:
    if os.name == "nt" and how.startswith("SIG"):
        pytest.skip("Windows has no such signals")
    arguments = () if how.startswith("SIG") else ("--until-stdin-closes",)
    upload = uploads.add(sheet.jpeg())
    with child(url, s3, *arguments) as process:
        until(lambda: uploads.ask(upload)[upload].address)
        assert process.stdin is not None
        if how == "stdin":
            process.stdin.close()
        elif how == "stop":
            process.stdin.write(b"stop\n")
            process.stdin.flush()
        else:
            process.send_signal(getattr(signal, how))
        assert process.wait(15) == 0
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert "signed the addresses" in said
    for secret in (PASSWORD + "@", s3.server.secret_key, "X-Amz", "Traceback", str(uploads.teacher.email)):
        assert secret not in said


def test_a_worker_without_an_environment_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MV_DATABASE_URL", "MV_S3_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SetupError, match="MV_DATABASE_URL") as raised:
        command.main([])
    assert "MV_DATABASE_URL" in raised.value.remedy
    monkeypatch.setenv("MV_DATABASE_URL", "no address")
    with pytest.raises(SetupError, match="not the address"):
        command.main([])


def listeners(database: CloneDatabase) -> int:
    with psycopg.connect(database.superuser_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name LIKE '%%listening%%' "
            "AND query LIKE 'LISTEN%%'",
            (database.name,),
        ).fetchone()
    assert row is not None
    return int(row[0])
