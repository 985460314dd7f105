"""A worker that dies by kill -9 at a step of the queue itself: python -m tests.database.queue_kill_child URL.

It reads a step a line, and forks a worker for it that takes one job, does it, notes its end and leaves. Steps are: a
job was taken; before each transaction of its run (what the run begins and ends with, and its rounds); before and after
it is written down as done. It answers in how many steps it was done, or that the worker died.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any, NoReturn

from procrastinate.jobs import Job as Taken
from procrastinate.manager import JobManager
from sqlalchemy import Engine, event

from mv_desktop.core.clock import SystemClock
from mv_desktop.worker.queue import Queue
from tests.database.kill_child import Steps
from tests.database.queue_child import nowhere, taking


def _work(url: str, last: int, answer: int) -> NoReturn:
    steps, stop = Steps(last), threading.Event()
    fetch, finish = JobManager.fetch_job, JobManager.finish_job_by_id_async

    async def fetched(self: JobManager, *given: Any, **named: Any) -> Taken | None:
        job = await fetch(self, *given, **named)
        if job is not None:
            steps.take()
        return job

    async def finished(self: JobManager, *given: Any, **named: Any) -> None:
        steps.take()
        await finish(self, *given, **named)
        steps.take()
        stop.set()

    JobManager.fetch_job, JobManager.finish_job_by_id_async = fetched, finished  # type: ignore[method-assign]
    event.listen(Engine, "begin", steps.take)
    Queue(url, nowhere(), stop, SystemClock(), jobs=[taking(0)]).run()
    os.write(answer, json.dumps(steps.taken).encode())
    os._exit(0)


if __name__ == "__main__":
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            _work(sys.argv[1], int(line), write)
        os.close(write)
        with os.fdopen(read) as told:
            said = told.read()
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps("died") if died else said, flush=True)
