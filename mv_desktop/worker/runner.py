"""The worker's loops: they do what is to be done, wait for more, and outlive servers that go away.

Six loops run side by side, so that a teacher who waits for an address never waits for somebody's large PDF, and a
store that is away holds up no deadline and no seal.
"""

from __future__ import annotations

import logging
import random
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import psycopg
from sqlalchemy import Engine

from mv_desktop.core.clock import Clock, SystemClock
from mv_desktop.core.errors import ServerFaultError, UserError
from mv_desktop.pages.storage import ObjectStore
from mv_desktop.services.database import make_engine, protected
from mv_desktop.services.page_address import CHANNEL
from mv_desktop.worker.audit_job import seal_audit
from mv_desktop.worker.counter_job import turn_months
from mv_desktop.worker.deadline_job import mark_breached
from mv_desktop.worker.exam_job import submit_exams
from mv_desktop.worker.page_job import Attempts, check_uploads, sign_pending
from mv_desktop.worker.score_job import rescore
from mv_desktop.worker.upload_job import confirm_uploads, sign_uploads

POLL_S: Final = 2.0
DEADLINE_POLL_S: Final = 120.0
"""Screens compare deadlines themselves; what is written down may be this late."""

SEAL_POLL_S: Final = 60.0
"""An entry of the audit log waits so long for its seal, or a little longer."""

EXAM_POLL_S: Final = 30.0
"""So long after the grace an exam is submitted, or a little longer."""

COUNTER_POLL_S: Final = 60.0
"""A month may begin so late; an exam that is started meanwhile begins it."""

MAX_BACKOFF_S: Final = 30.0

_SLICE_S: Final = 0.25

_log = logging.getLogger(__name__)


def run(url: str, store: ObjectStore, stop: threading.Event, *, clock: Clock | None = None) -> None:
    """Do the worker's jobs until `stop` is set. Errors of the servers are logged and outlived.

    Args:
        url: of the database, with mv_worker's login and password.
        store: holds the key.
        stop: set by whoever wants the worker to end; what is in hand is finished first.
        clock: the system's by default.
    """
    clock = clock or SystemClock()
    others = (
        threading.Thread(target=_check, args=(url, store, stop, clock), name="worker-check"),
        threading.Thread(target=_mark, args=(url, stop), name="worker-deadlines"),
        threading.Thread(target=_seal, args=(url, stop), name="worker-audit"),
        threading.Thread(target=_submit, args=(url, stop), name="worker-exams"),
        threading.Thread(target=_count, args=(url, stop), name="worker-counters"),
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
        loop(lambda: sign_pending(engine, store, clock) + sign_uploads(engine, store, clock), hint.wait, stop)
    finally:
        hint.close()
        engine.dispose()


def _check(url: str, store: ObjectStore, stop: threading.Event, clock: Clock) -> None:
    engine = make_engine(url, application_name="mv-desktop worker (checks)")
    attempts = Attempts(clock)
    try:
        # small batches: the end of the worker waits for the one in hand
        loop(
            lambda: check_uploads(engine, store, attempts, limit=1) + confirm_uploads(engine, store),
            lambda stop: stop.wait(POLL_S),
            stop,
        )
    finally:
        engine.dispose()


def _mark(url: str, stop: threading.Event) -> None:
    # a fault in the second never holds up the first
    _now_and_then(url, "deadlines", lambda engine: mark_breached(engine) + rescore(engine), DEADLINE_POLL_S, stop)


def _seal(url: str, stop: threading.Event) -> None:
    _now_and_then(url, "audit", seal_audit, SEAL_POLL_S, stop)


def _submit(url: str, stop: threading.Event) -> None:
    _now_and_then(url, "exams", submit_exams, EXAM_POLL_S, stop)


def _count(url: str, stop: threading.Event) -> None:
    _now_and_then(url, "counters", turn_months, COUNTER_POLL_S, stop)


def _now_and_then(url: str, name: str, work: Callable[[Engine], int], pause_s: float, stop: threading.Event) -> None:
    engine = make_engine(url, application_name=f"mv-desktop worker ({name})")

    def rest(stop: threading.Event) -> None:
        engine.dispose()  # a connection costs the server more than it is worth between two rounds
        stop.wait(pause_s)

    try:
        loop(lambda: work(engine), rest, stop)
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
        except UserError as error:
            failures += 1
            _log.warning("%s", error)
        except ServerFaultError as error:
            # where, and what kind: the server's own words may hold rows, and signed addresses with them
            failures += 1
            _log.error("a job of the worker failed: %s\n%s", error, "".join(traceback.format_tb(error.__traceback__)))
        except Exception:  # noqa: BLE001 - a bug in one job must not end the others
            failures += 1
            _log.exception("a job of the worker failed")
        else:
            failures = 0
            if not found:
                wait(stop)
            continue
        stop.wait(backoff(failures))


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row; at random, so that many workers do not come back at once."""
    longest = min(MAX_BACKOFF_S, 2.0 ** min(failures - 1, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


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
