"""The worker's loops: they do what is to be done, wait for more, and outlive servers that go away.

Two loops and the queue run side by side, so that a teacher who waits for an address never waits for somebody's large
PDF, and a store that is away holds up no deadline and no seal. Why pages are not in the queue is decision 012.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import psycopg

from mv_desktop.core.clock import Clock, SystemClock
from mv_desktop.domain.picture import PictureRules
from mv_desktop.pages.storage import ObjectStore
from mv_desktop.services.database import make_engine, protected
from mv_desktop.services.page_address import CHANNEL
from mv_desktop.worker.failure import MAX_BACKOFF_S, backoff, tell
from mv_desktop.worker.mail_server import MailServer
from mv_desktop.worker.page_job import Attempts, check_uploads, sign_pending
from mv_desktop.worker.picture_job import check_pictures, picture_rules, sign_pictures
from mv_desktop.worker.queue import Ended, Queue
from mv_desktop.worker.schedule import JOBS, Job
from mv_desktop.worker.upload_job import confirm_uploads, sign_uploads

POLL_S: Final = 2.0
_SLICE_S: Final = 0.25

_log = logging.getLogger(__name__)


def run(
    url: str,
    store: ObjectStore,
    stop: threading.Event,
    *,
    clock: Clock | None = None,
    jobs: Sequence[Job] = JOBS,
    ended: Ended | None = None,
    mail: MailServer | None = None,
    rules: PictureRules | None = None,
) -> None:
    """Do the worker's jobs until `stop` is set. Errors of the servers are logged and outlived.

    Args:
        url: of the database, with mv_worker's login and password.
        store: holds the key.
        stop: set by whoever wants the worker to end; what is in hand is finished first.
        clock: the system's by default.
        jobs: of the queue.
        ended: is told of each run of a job, in any thread.
        mail: where mails are handed in; None where none are sent.
        rules: from where pictures of questions are fetched; what the environment says where None.
    """
    clock, rules = clock or SystemClock(), rules or picture_rules(store)
    queue = Queue(url, store, stop, clock, jobs=jobs, ended=ended, mail=mail)
    others = (
        threading.Thread(target=_check, args=(url, store, stop, clock, rules), name="worker-check"),
        threading.Thread(target=queue.run, name="worker-queue"),
    )
    for other in others:
        other.start()
    try:
        _sign(url, store, stop, clock)
    finally:
        stop.set()
        for other in others:
            other.join()


def _sign(url: str, store: ObjectStore, stop: threading.Event, clock: Clock) -> None:
    engine = make_engine(url, application_name="mv-desktop worker (addresses)")
    hint = Hint(url)
    try:
        loop(
            lambda: (
                sign_pending(engine, store, clock)
                + sign_uploads(engine, store, clock)
                + sign_pictures(engine, store, clock)
            ),
            hint.wait,
            stop,
        )
    finally:
        hint.close()
        engine.dispose()


def _check(url: str, store: ObjectStore, stop: threading.Event, clock: Clock, rules: PictureRules) -> None:
    engine = make_engine(url, application_name="mv-desktop worker (checks)")
    attempts = Attempts(clock)
    try:
        # small batches: the end of the worker waits for the one in hand
        loop(
            lambda: (
                check_pictures(engine, store, rules)
                + confirm_uploads(engine, store)
                + check_uploads(engine, store, attempts, limit=1)
            ),
            lambda stop: stop.wait(POLL_S),
            stop,
        )
    finally:
        engine.dispose()


def loop(work: Callable[[], int], wait: Callable[[threading.Event], object], stop: threading.Event) -> None:
    """Call `work` until `stop` is set: again at once while it finds something, else after `wait`.

    What it raises is logged; the next try comes after a pause that grows to `MAX_BACKOFF_S`.
    """
    failures = 0
    while not stop.is_set():
        try:
            found = work()
        except Exception as error:  # noqa: BLE001 - a bug in one job must not end the others
            failures += 1
            tell(_log, error)
        else:
            failures = 0
            if not found:
                wait(stop)
            continue
        stop.wait(backoff(failures))


class Hint:
    """Wakes the worker early when somebody asks for pages.

    It is a hint only: behind a pooler notices are lost silently, so waiting always ends after `POLL_S`.

    Args:
        url: of the database.
    """

    def __init__(self, url: str) -> None:
        self._url = protected(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._not_before = 0.0

    def wait(self, stop: threading.Event) -> None:
        """Return when somebody asks, when `stop` is set, or after `POLL_S`."""
        end = time.monotonic() + POLL_S
        while not stop.is_set() and (left := end - time.monotonic()) > 0:
            connection = self._listening()
            if connection is None:
                stop.wait(min(left, _SLICE_S))
                continue
            try:
                if list(connection.notifies(timeout=min(left, _SLICE_S), stop_after=1)):
                    return
            except psycopg.Error:
                self.close()

    def close(self) -> None:
        """Stop listening."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def _listening(self) -> psycopg.Connection[tuple[object, ...]] | None:
        if self._connection is None and time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + MAX_BACKOFF_S
            try:
                connection = psycopg.connect(
                    self._url,
                    autocommit=True,
                    connect_timeout=5,
                    prepare_threshold=None,
                    application_name="mv-desktop worker (listening)",
                )
                self._connection = connection
                connection.execute(f"LISTEN {CHANNEL}")
            except psycopg.Error:
                self.close()  # polling goes on; the jobs themselves say what is wrong with the database
        return self._connection
