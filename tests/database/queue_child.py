"""A worker in a process of its own, whose only job takes marbles out of a bag; to be ended in the middle."""

from __future__ import annotations

import signal
import sys
import threading
import time

from sqlalchemy import text

from mv_desktop.core.clock import SystemClock
from mv_desktop.pages.storage import ObjectStore
from mv_desktop.services.database import open_session
from mv_desktop.worker.queue import Queue
from mv_desktop.worker.schedule import Job, Means

NAME = "marble.take"


def nowhere() -> ObjectStore:
    """A store that is away, for jobs that need none."""
    return ObjectStore("http://127.0.0.1:9", "x", "a", "b", "bucket")


def taking(seconds: float) -> Job:
    """A job that takes one marble a round, and holds it for so long before it is written down."""

    def take(means: Means) -> int:
        with open_session(means.engine) as session:
            taken = session.execute(
                text(
                    "UPDATE public.marbles SET taken = taken + 1 WHERE id = (SELECT id FROM public.marbles"
                    " WHERE taken = 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
                )
            ).all()
            if taken:
                time.sleep(seconds)
        return len(taken)

    return Job(NAME, take)


if __name__ == "__main__":
    stop = threading.Event()
    worker = threading.Thread(target=Queue(sys.argv[1], nowhere(), stop, SystemClock(), jobs=[taking(0.3)]).run)
    signals: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: signals.append(number))
    worker.start()
    while worker.is_alive():
        worker.join(0.1)
        if signals:
            stop.set()
