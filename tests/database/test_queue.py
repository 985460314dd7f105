"""The queue against a real server: each job once, whatever becomes of workers and of the database."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.types.json import Jsonb

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import ServerFaultError, SetupError
from mv_desktop.worker import command, queue
from mv_desktop.worker.log import without_addresses
from mv_desktop.worker.metric import Metrics, served
from mv_desktop.worker.queue import Queue
from mv_desktop.worker.schedule import JOBS, Daily, Every, Job, Means
from tests.database.queue_child import NAME, nowhere, taking
from tests.factories.marking import School
from tests.fakes.mail_server import mail_server
from tests.fakes.server import CloneDatabase

ROOT = Path(__file__).parents[2]
FETCH = "SET LOCAL search_path = procrastinate; SELECT id FROM procrastinate_fetch_job_v2(NULL, NULL)"


@pytest.fixture
def url(database: CloneDatabase, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database as mv_worker; who is silent for two seconds is dead."""
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    monkeypatch.setattr(queue, "HEARTBEAT_S", 0.5)
    monkeypatch.setattr(queue, "STALLED_S", 2.0)
    monkeypatch.setattr(queue, "RESCUE_S", 0.5)
    return database.url_for("mv_worker", "worker")


@pytest.fixture
def marbles(database: CloneDatabase) -> Callable[[], list[int]]:
    """A bag of ten marbles; tells how often each was taken."""
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("CREATE TABLE public.marbles (id int PRIMARY KEY, taken int DEFAULT 0 NOT NULL)")
        owner.execute("INSERT INTO public.marbles SELECT generate_series(1, 10)")
        owner.execute("GRANT SELECT, UPDATE ON public.marbles TO mv_worker")
    return lambda: [taken for (taken,) in ask(database, "SELECT taken FROM public.marbles ORDER BY id")]


def ask(database: CloneDatabase, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.owner_url) as owner:
        return owner.execute(query.encode()).fetchall()


def defer(database: CloneDatabase, *arguments: str) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(f"SELECT api._defer({', '.join(['%s'] * len(arguments))})".encode(), arguments)


def tell_somebody(database: CloneDatabase) -> None:
    """Something to be mailed at once."""
    school = School(database)
    school.select("SELECT api._tell(%s, 'script.assigned', %s)", school.person().user_id, Jsonb({"script": "A-1"}))
    school.execute("UPDATE notices SET created_at = now() - interval '5 minutes'")
    school.close()


def statuses(database: CloneDatabase) -> dict[object, object]:
    return dict(ask(database, "SELECT status::text, count(*) FROM procrastinate.procrastinate_jobs GROUP BY 1"))


def until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@contextlib.contextmanager
def working(url: str, jobs: Sequence[Job]) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=Queue(url, nowhere(), stop, SystemClock(), jobs=jobs).run)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


@contextlib.contextmanager
def child(url: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.database.queue_child", url], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Counting:
    """Work that counts how often it was done, and how many did it at once."""

    def __init__(self, *outcomes: Exception) -> None:
        self.times: list[float] = []
        self.arguments: list[dict[str, object]] = []
        self.at_once = self._inside = 0
        self._outcomes = list(outcomes)
        self._lock = threading.Lock()

    def __call__(self, means: Means, **arguments: object) -> int:
        with self._lock:
            self.times.append(time.monotonic())
            self.arguments.append(arguments)
            self._inside += 1
            self.at_once = max(self.at_once, self._inside)
        time.sleep(0.05)
        with self._lock:
            self._inside -= 1
            if self._outcomes:
                raise self._outcomes.pop(0)
        return 0


def test_two_workers_do_what_is_due_once_and_what_was_missed_once(url: str, database: CloneDatabase) -> None:
    often, daily, never = Counting(), Counting(), Counting()
    far = Daily((datetime.now(ZoneInfo("Asia/Kolkata")).hour + 12) % 24)  # its moment does not come meanwhile
    jobs = [Job("a.often", often, Every(1)), Job("a.daily", daily, far), Job("a.never", never)]
    began = time.time()
    with working(url, jobs), working(url, jobs):
        until(lambda: len(often.times) >= 4)
    moments = int(time.time()) - int(began) + 1  # whole seconds, and the one that was past when the workers began
    assert len(often.times) <= moments
    assert often.at_once == 1
    assert len(daily.times) == 1
    with working(url, jobs):  # the day's moment is past, and was made up for already
        seen = len(often.times)
        until(lambda: len(often.times) > seen)
    assert len(daily.times) == 1
    assert never.times == []
    assert statuses(database).keys() <= {"todo"}
    assert ask(database, "SELECT count(*) FROM procrastinate.procrastinate_workers") == [(0,)]


def test_a_job_is_put_in_with_its_transaction_once_and_is_not_taken_before_its_reason_is_seen(
    url: str, database: CloneDatabase
) -> None:
    with psycopg.connect(database.owner_url) as first, psycopg.connect(database.owner_url) as second:
        first.execute("SELECT api._defer('a.job')")
        first.rollback()
        assert statuses(database) == {}
        first.execute("SELECT api._defer('a.job'), api._defer('a.job', '{}', 'a.job')")
        first.commit()
        second.execute("SELECT api._defer('a.job')")  # its reason is not committed yet
        with psycopg.connect(database.superuser_url, autocommit=True) as worker:
            fetch = worker.execute
            assert fetch(FETCH.encode()).nextset() or True
            assert statuses(database) == {"todo": 1}
            second.commit()
            fetch(FETCH.encode())
            assert statuses(database) == {"doing": 1}
        first.execute("SELECT api._defer('a.job')")  # the one in hand may have looked already
        first.commit()
    assert statuses(database) == {"doing": 1, "todo": 1}
    for wrong in ("NULL", "'a', NULL", "'a', '[]'"):
        with pytest.raises(psycopg.errors.InvalidParameterValue):
            ask(database, f"SELECT api._defer({wrong})")
    with psycopg.connect(url) as worker, pytest.raises(psycopg.errors.InsufficientPrivilege):
        worker.execute("SELECT api._defer('a.job')")


def test_what_is_asked_for_is_done_at_once_with_its_arguments_and_again_after_a_failure(
    url: str, database: CloneDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    fault = ServerFaultError("DataError 22000")
    fault.__cause__ = ValueError("Asha Rao https://bucket/page?X-Amz-Signature=1")
    asked, failing = Counting(), Counting(fault, RuntimeError("a bug"))
    with working(url, [Job("a.asked", asked), Job("a.failing", failing)]), caplog.at_level(logging.WARNING):
        until(lambda: ask(database, "SELECT FROM procrastinate.procrastinate_workers"))
        time.sleep(0.5)
        began = time.monotonic()
        defer(database, "a.asked", '{"exam": 7}', "7")
        until(lambda: asked.times)
        assert time.monotonic() - began < queue.POLL_S
        assert asked.arguments == [{"exam": 7}]
        defer(database, "a.failing")
        until(lambda: failing.times)
        until(lambda: statuses(database).get("todo"))
        defer(database, "a.failing")  # it waits already
        until(lambda: len(failing.times) == 3)
        until(lambda: statuses(database) == {"failed": 2})
    runs = "SELECT job, problem, failures, succeeded_at IS NOT NULL, ended_at >= started_at FROM procrastinate.runs"
    assert sorted(ask(database, runs)) == [("a.asked", None, 0, True, True), ("a.failing", None, 0, True, True)]
    assert "a.failing failed: DataError 22000" in caplog.text
    assert "a bug" in caplog.text
    assert "Asha" not in caplog.text
    assert "Signature" not in caplog.text


def test_work_goes_on_after_the_database_was_away(
    url: str, database: CloneDatabase, marbles: Callable[[], list[int]], caplog: pytest.LogCaptureFixture
) -> None:
    defer(database, NAME)
    with working(url, [taking(0.2)]), caplog.at_level(logging.WARNING):
        until(lambda: sum(marbles()) == 3)
        with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
            superuser.execute("ALTER ROLE mv_worker NOLOGIN")
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mv_worker'"
                " AND datname = current_database()"
            )
            until(lambda: f"{NAME}: " in caplog.text)
            time.sleep(1)
            assert sum(marbles()) < 10
            superuser.execute("ALTER ROLE mv_worker LOGIN")
        until(lambda: marbles() == [1] * 10)
        until(lambda: "doing" not in statuses(database) and "todo" not in statuses(database))
    assert "worker@" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(
    url: str, database: CloneDatabase, marbles: Callable[[], list[int]]
) -> None:
    defer(database, NAME)
    for taken in (2, 4):  # the second one begins with what the first one left
        with child(url) as process:
            until(lambda: sum(marbles()) >= taken, 40)  # noqa: B023 - asked within the loop
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert statuses(database) == {"doing": 1}
        ask(
            database,
            "UPDATE procrastinate.procrastinate_workers SET last_heartbeat = now() - '1 h'::interval RETURNING 1",
        )
    with working(url, [taking(0)]), working(url, [taking(0)]):
        until(lambda: marbles() == [1] * 10)
        until(lambda: statuses(database) == {})


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_worker_that_is_killed_at_any_step_of_the_queue_loses_nothing_and_doubles_nothing(
    url: str, database: CloneDatabase, marbles: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = [sys.executable, "-m", "tests.database.queue_kill_child", url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(program, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        assert json.loads(process.stdout.readline()) == "ready"

        def worker(step: int) -> object:
            ask(database, "UPDATE marbles SET taken = CASE WHEN id > 2 THEN 1 ELSE 0 END RETURNING id")
            ask(database, "DELETE FROM procrastinate.runs RETURNING job")
            defer(database, NAME)
            process.stdin.write(f"{step}\n")
            process.stdin.flush()
            said = json.loads(process.stdout.readline())
            ask(
                database,
                "UPDATE procrastinate.procrastinate_workers SET last_heartbeat = now() - '1 h'::interval RETURNING 1",
            )
            return said

        def whole() -> bool:
            ended = ask(database, "SELECT FROM procrastinate.runs WHERE ended_at >= started_at AND problem IS NULL")
            return marbles() == [1] * 10 and statuses(database) == {} and len(ended) == 1

        steps = worker(0)
        assert whole()
        assert isinstance(steps, int)
        assert steps >= 8  # taken, begun, two rounds and one without a find, ended, and on both sides of its being done
        for step in range(1, steps + 1):
            assert worker(step) == "died"
            assert whole() == (step == steps)
            with working(url, [taking(0)]):
                until(whole)
        assert worker(4) == "died"
        monkeypatch.setattr(queue, "_RESCUE", queue._RESCUE.replace("j.status = 'doing'", "false"))
        with working(url, [taking(0)]), pytest.raises(AssertionError, match="it did not happen"):
            until(whole, 2)  # what nobody gives back is noticed
        process.stdin.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_worker_that_is_told_to_end_gives_back_what_is_left(
    url: str, database: CloneDatabase, marbles: Callable[[], list[int]]
) -> None:
    defer(database, NAME)
    with child(url) as process:
        until(lambda: sum(marbles()) >= 2, 40)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert 2 <= sum(marbles()) < 10, "it takes no further one"
    assert statuses(database) == {"todo": 1}
    assert ask(database, "SELECT count(*) FROM procrastinate.procrastinate_workers") == [(0,)]
    with working(url, [taking(0)]):
        until(lambda: marbles() == [1] * 10)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_how_it_goes_is_told_to_people_programs_and_prometheus(
    url: str,
    database: CloneDatabase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    names = {job.name for job in JOBS}
    for name in [name for name in os.environ if name.startswith("MV_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MV_DATABASE_URL", url)
    assert command.main(["--status"]) == 1
    said = capsys.readouterr().out
    assert "WRONG: No worker is at work." in said
    assert all(f"WRONG: {name} is overdue." in said for name in names)

    for name, value in {
        "ENDPOINT": "http://127.0.0.1:9",
        "BUCKET": "b",
        "ACCESS_KEY": "a",
        "SECRET_KEY": "hush",
    }.items():
        monkeypatch.setenv(f"MV_S3_{name}", value)
    tell_somebody(database)
    arguments = ["-m", "mv_desktop", "worker", "--log-json", "--metrics-port", "0"]
    log = tmp_path / "log"
    with log.open("wb") as file, mail_server() as box:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(box.port), "SECURITY": "none"}.items():
            monkeypatch.setenv(f"MV_SMTP_{name}", value)
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stderr=file)
        try:
            until(lambda: box.mails, 60)
            until(lambda: command.main(["--status"]) == 0, 60)
            capsys.readouterr()
            assert command.main(["--status", "--json"]) == 0
            told = json.loads(capsys.readouterr().out)
            (port,) = (line["message"] for line in lines(log) if "metrics are served" in line["message"])
            with urllib.request.urlopen(f"http://127.0.0.1:{port.split()[-1]}/metrics") as answer:
                metrics = answer.read().decode()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert told["workers"] == 1
    assert told["problems"] == []
    assert {job["name"] for job in told["jobs"] if job["last"]["problem"] is None} == names
    for line in ("mv_worker_database_up 1", "mv_queue_workers 1", 'mv_job_overdue{job="audit.seal"} 0'):
        assert line in metrics.splitlines()
    for job in names:
        assert f'mv_worker_runs_total{{job="{job}",outcome="done"}}' in metrics
    assert lines(log)
    assert "worker@" not in log.read_text()

    ask(database, "UPDATE procrastinate.runs SET succeeded_at = now() - interval '1 hour' RETURNING job")
    assert command.main(["--status"]) == 1
    said = capsys.readouterr().out
    assert "audit.seal is overdue" in said
    assert "queue.clean is overdue" not in said
    away = Metrics("postgresql://mv_worker:x@127.0.0.1:9/none")
    away.ended("a.job", 0.5, "OfflineError")
    assert 'mv_worker_runs_total{job="a.job",outcome="failed"} 1' in away.text()
    assert "mv_worker_database_up 0" in away.text()
    with served(away, 0) as taken, pytest.raises(SetupError, match=str(taken)), served(away, taken):
        pass
    monkeypatch.setenv("MV_WORKER_METRICS_PORT", "many")
    with pytest.raises(SetupError, match="MV_WORKER_METRICS_PORT"):
        command.main([])


def lines(log: Path) -> list[dict[str, str]]:
    """The log's lines: each is an object."""
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("see https://s3/b/p.jpg?X-Amz-Signature=1 now", "see [address] now"),
        ("cannot reach postgresql://mv_worker:pw@db/x", "cannot reach [address]"),
        ("asha.rao@example.org asks", "[address] asks"),
        ("page 3 of 5: 12.5 s", "page 3 of 5: 12.5 s"),
    ],
)
def test_no_address_stands_in_the_log(said: str, left: str) -> None:
    assert without_addresses(said) == left


def test_jobs_that_failed_long_ago_are_deleted(url: str, database: CloneDatabase) -> None:
    with working(url, [Job("a.failing", Counting(RuntimeError("x")))]):
        defer(database, "a.failing")
        until(lambda: statuses(database) == {"failed": 1})
    (clean,) = (job for job in JOBS if job.name == "queue.clean")
    with working(url, [clean]):  # its moment is past, so it is made up for at once
        until(lambda: ask(database, "SELECT FROM procrastinate.runs WHERE job = 'queue.clean' AND problem IS NULL"))
        assert statuses(database).get("failed") == 1
        ask(database, "UPDATE procrastinate.procrastinate_events SET at = now() - interval '8 days' RETURNING id")
        defer(database, "queue.clean")
        until(lambda: statuses(database) == {})
