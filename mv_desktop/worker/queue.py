"""The queue: jobs at their times and jobs that were asked for, done by Procrastinate over our PostgreSQL.

A supervisor stands around Procrastinate's worker, which ends when the database does. Nothing here is kept in a session:
every transaction names its schema and limits itself, so that a pooler between us and the server changes nothing.
LISTEN is a hint that a pooler loses; the queue is looked at every `POLL_S` anyway.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg_pool import AsyncConnectionPool

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import ServerFaultError, UserError
from mv_desktop.pages.storage import ObjectStore
from mv_desktop.services.database import CONNECT_SECONDS, LIMITS, make_engine, open_session, protected
from mv_desktop.services.job import note_end, note_start
from mv_desktop.worker.failure import backoff, tell
from mv_desktop.worker.mail_server import MailServer
from mv_desktop.worker.schedule import JOBS, Job, Means

POLL_S: Final = 0.5
"""Also how long a job waits that was put in while the same one ended: nothing is told when its lock comes free."""

HEARTBEAT_S: Final = 5.0
STALLED_S: Final = 20.0
"""A worker without a sign of life for so long is taken for dead, and its jobs are done again."""

SLICE_S: Final = 60.0
"""A job that still finds work after so long goes to the end of the queue."""

MADE_UP_S: Final = 2 * 86400
"""What was due while no worker ran is made up for, once, for so long."""

JOB_BACKOFF_S: Final = 120.0
CONCURRENCY: Final = 4
RESCUE_S: Final = 5.0

_STOP_S: Final = 0.2
_BEGIN: Final = f"{LIMITS}; SET LOCAL search_path = procrastinate, pg_temp"
_RESCUE: Final = """
    WITH stalled AS (
        SELECT j.id FROM procrastinate_jobs j
        WHERE j.status = 'doing' AND NOT EXISTS (
            SELECT FROM procrastinate_workers w
            WHERE w.id = j.worker_id AND w.last_heartbeat >= now() - make_interval(secs => %s)
        ) FOR UPDATE OF j SKIP LOCKED
    )
    UPDATE procrastinate_jobs j SET attempts = j.attempts + 1, worker_id = NULL, scheduled_at = NULL, status = CASE
        WHEN EXISTS (SELECT FROM procrastinate_jobs o WHERE o.queueing_lock = j.queueing_lock AND o.status = 'todo')
        THEN 'aborted' ELSE 'todo' END::procrastinate_job_status
    FROM stalled s WHERE s.id = j.id RETURNING j.task_name
"""
"""Atomic, unlike Procrastinate's own way: two workers at it never give one job out twice. Where the same job waits
already, that one does the work."""

_AGAIN: Final = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
    SELECT queue_name, task_name, priority, lock, queueing_lock, args, now() + make_interval(secs => %(wait_s)s)
    FROM procrastinate_jobs WHERE id = %(id)s ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
"""
"""A job anew rather than a retry of Procrastinate's, which fails where the same job was put in meanwhile."""

_log = logging.getLogger(__name__)

Ended = Callable[[str, float, str | None], None]
"""Is told of a run: the job's name, its seconds, and the kind of its error."""


class JobFailedError(Exception):
    """A job failed and was put in again for later; its own error has been told."""


class Queue:
    """Does the jobs of one worker until it is told to stop.

    Args:
        url: of the database, with mv_worker's login.
        store: for the jobs that need it.
        stop: set by whoever wants the queue to end; rounds in hand are finished, what they left is given back.
        clock: for the jobs.
        jobs: what there is to be done.
        ended: is told of each run, in any thread.
        mail: where mails are handed in; None where none are sent.
    """

    def __init__(
        self,
        url: str,
        store: ObjectStore,
        stop: threading.Event,
        clock: Clock,
        *,
        jobs: Sequence[Job] = JOBS,
        ended: Ended | None = None,
        mail: MailServer | None = None,
    ) -> None:
        self._url = url
        self._store = store
        self._stop = stop
        self._clock = clock
        self._jobs = jobs
        self._ended = ended
        self._mail = mail
        self._broken = asyncio.Event()

    def run(self) -> None:
        """Work until `stop` is set. Errors of the database are logged and outlived."""
        _quieten()
        # not Windows' own loop, with which psycopg does not work
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.get_loop().set_exception_handler(self._on_lost_error)
            runner.run(self._supervise())

    # -- supervising -----------------------------------------------------------------------------------------

    async def _supervise(self) -> None:
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                await self._work()
                problem = "it ended by itself"
            except (ConnectorException, psycopg.Error, OSError) as error:
                problem = type(error.__cause__ or error).__name__
            if self._stop.is_set():
                return
            failures = 1 if time.monotonic() - began > STALLED_S else failures + 1
            _log.warning("the queue begins anew: %s", problem)
            end = time.monotonic() + backoff(failures)
            while not self._stop.is_set() and time.monotonic() < end:  # noqa: ASYNC110 - set by another thread
                await asyncio.sleep(_STOP_S)

    async def _work(self) -> None:
        self._broken.clear()
        async with _pool(self._url) as pool:
            app = self._app()
            async with app.open_async(pool):
                worker = asyncio.create_task(
                    app.run_worker_async(
                        name="",
                        concurrency=CONCURRENCY,
                        fetch_job_polling_interval=POLL_S,
                        abort_job_polling_interval=3600.0,
                        install_signal_handlers=False,
                        delete_jobs="successful",
                        update_heartbeat_interval=HEARTBEAT_S,
                        stalled_worker_timeout=STALLED_S,
                    )
                )
                rescue = asyncio.create_task(self._rescue(pool))
                try:
                    while not (worker.done() or rescue.done() or self._broken.is_set() or self._stop.is_set()):
                        await asyncio.wait({worker, rescue}, timeout=_STOP_S, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    rescue.cancel()
                    worker.cancel()  # it finishes what it has in hand
                    ends = await asyncio.gather(worker, rescue, return_exceptions=True)
                for end in ends:
                    if isinstance(end, Exception):
                        raise end

    async def _rescue(self, pool: AsyncConnectionPool[Any]) -> None:
        while True:
            async with pool.connection() as connection:
                cursor = await connection.execute(_RESCUE, (STALLED_S,))
                for (name,) in await cursor.fetchall():
                    _log.warning("%s was in the hands of a worker that is gone; it is done again", name)
            await asyncio.sleep(RESCUE_S)

    def _on_lost_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # How a job ended could not be written down: it would be "doing" for as long as this worker lives. A new one
        # gives it back.
        _log.warning("the queue lost an error: %s", type(context.get("exception")).__name__)
        self._broken.set()

    # -- doing -----------------------------------------------------------------------------------------------

    def _app(self) -> procrastinate.App:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(), periodic_defaults={"max_delay": MADE_UP_S})
        for job in self._jobs:
            self._register(app, job)
        return app

    def _register(self, app: procrastinate.App, job: Job) -> None:
        async def perform(context: procrastinate.JobContext, /, **arguments: Any) -> None:  # noqa: ANN401 - JSON
            arguments.pop("timestamp", None)
            wait_s = await asyncio.to_thread(self._rounds, job, arguments)
            if wait_s is None:
                return
            while True:
                try:
                    await app.connector.execute_query_async(_AGAIN, id=context.job.id, wait_s=wait_s)
                    break
                except ConnectorException:
                    if self._stop.is_set():
                        raise  # it stays "doing", and the next worker takes it
                    await asyncio.sleep(_STOP_S)
            if wait_s:
                raise JobFailedError

        options: dict[str, Any] = {"queue": job.queue, "lock": job.name, "queueing_lock": job.name}
        task = app.task(name=job.name, pass_context=True, **options)(perform)
        if job.when is not None:
            app.periodic(cron=job.when.cron)(task)  # type: ignore[arg-type]

    def _rounds(self, job: Job, arguments: dict[str, Any]) -> float | None:
        """Do rounds of a job until nothing is left; None then, else in how many seconds it is to be done again."""
        began = time.monotonic()
        engine = make_engine(self._url, application_name=f"mv-desktop worker ({job.name})")
        problem: str | None = None
        left, failures = False, 1
        try:
            with open_session(engine) as session:
                note_start(session, job.name)
            means = Means(engine, self._store, self._clock, self._mail)
            while job.work(means, **arguments):
                if self._stop.is_set() or time.monotonic() - began > SLICE_S:
                    left = True
                    break
        except Exception as error:  # noqa: BLE001 - a bug in one job must not end the others
            problem = type(error).__name__
            tell(_log, error, job.name)
        try:
            with open_session(engine) as session:
                failures = note_end(session, job.name, problem)
        except (UserError, ServerFaultError) as error:
            tell(_log, error, job.name)
        finally:
            engine.dispose()
        if self._ended is not None:
            self._ended(job.name, time.monotonic() - began, problem)
        if problem is not None:
            return max(1.0, backoff(failures, JOB_BACKOFF_S))
        return 0.0 if left else None


class _Pool(AsyncConnectionPool[Any]):
    """Connections of which every transaction knows its schema, and its limits as everywhere else."""

    @asynccontextmanager
    async def connection(self, timeout: float | None = None) -> AsyncIterator[Any]:  # noqa: ASYNC109 - its base's
        async with super().connection(timeout) as connection:
            await connection.execute(_BEGIN)
            yield connection


@asynccontextmanager
async def _pool(url: str) -> AsyncIterator[AsyncConnectionPool[Any]]:
    pool = _Pool(
        protected(url).set(drivername="postgresql").render_as_string(hide_password=False),
        kwargs={
            "connect_timeout": CONNECT_SECONDS,
            "prepare_threshold": None,
            "application_name": "mv-desktop worker (queue)",
        },
        min_size=1,
        max_size=3,
        timeout=CONNECT_SECONDS,
        open=False,
        check=AsyncConnectionPool.check_connection,
        name="queue",
    )
    try:
        await pool.open(wait=True, timeout=CONNECT_SECONDS)
        yield pool
    finally:
        await pool.close()


class _Brief(logging.Filter):
    """Keeps Procrastinate's tracebacks and what we tell ourselves out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return getattr(record, "action", None) != "job_error"


def _quieten() -> None:
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    worker = logging.getLogger("procrastinate.worker")
    worker.setLevel(logging.ERROR)
    if not any(isinstance(one, _Brief) for one in worker.filters):
        worker.addFilter(_Brief())
