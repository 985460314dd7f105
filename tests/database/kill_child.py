"""Does one job of the worker, and dies by kill -9 at a step of it: python -m tests.database.kill_child.

It reads a line of JSON for each job to be done and forks for it, because to start Python anew takes a second. A step is
what lies between two transactions, before the first and after the last: to die within one is the same as to die before
it, for the server forgets all of it. It answers how much was done in how many steps, or that the job died.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import NoReturn

from sqlalchemy import event, text

from mv_desktop.core.clock import SystemClock
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.worker.mail_server import from_environment
from mv_desktop.worker.schedule import JOBS, Job, Means
from tests.database.queue_child import nowhere

REACH_OUT = frozenset({"notice.mail"})
"""Jobs that do something outside the database."""


class Steps:
    """Counts the steps, and dies at one."""

    def __init__(self, last: int) -> None:
        self._last = last
        self.taken = 0

    def take(self, *_: object) -> None:
        self.taken += 1
        if self.taken == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def _torn(means: Means) -> int:
    """What is marked in one transaction and told in another is never told when a death comes in between."""
    with open_session(means.engine) as session:
        marked = session.execute(text("UPDATE public.torn SET marked = true WHERE NOT marked RETURNING 1")).all()
    if marked:
        with open_session(means.engine) as session:
            session.execute(text("UPDATE public.torn SET told = told + 1"))
    return len(marked)


def _twice(means: Means) -> int:
    """What is told before it is marked is told again by whoever comes after a death in between."""
    with open_session(means.engine) as session:
        late = session.execute(text("SELECT 1 FROM public.torn WHERE NOT marked")).all()
    if late:
        with open_session(means.engine) as session:
            session.execute(text("UPDATE public.torn SET told = told + 1"))
        with open_session(means.engine) as session:
            session.execute(text("UPDATE public.torn SET marked = true"))
    return len(late)


def _half(means: Means) -> int:
    """What is done in parts, of which the first alone is looked at, stays half done."""
    with open_session(means.engine) as session:
        left = session.execute(text("SELECT 1 FROM public.torn WHERE told = 0")).all()
    for _ in range(2 if left else 0):
        with open_session(means.engine) as session:
            session.execute(text("UPDATE public.torn SET told = told + 1, marked = true"))
    return len(left)


FAULTY = (
    Job("marked before it is told", _torn),
    Job("told before it is marked", _twice),
    Job("looked at by its first part", _half),
)
"""Jobs that a kill at some step leaves in a state that nobody puts right; the test must notice each."""


def do(url: str, name: str, steps: Steps | None = None) -> int:
    """All rounds of a job, as the queue does them; answers how much was done."""
    (job,) = (one for one in (*JOBS, *FAULTY) if one.name == name)
    engine = make_engine(url, application_name="mv-desktop test kill")
    if steps is not None:
        event.listen(engine, "begin", steps.take)
        if name in REACH_OUT:  # between the end of one and the begin of the next something happens elsewhere
            event.listen(engine, "checkin", steps.take)
    means, whole = Means(engine, nowhere(), SystemClock(), from_environment()), 0
    while done := job.work(means):
        whole += done
    engine.dispose()
    if steps is not None:
        steps.take()
    return whole


def _child(url: str, name: str, last: int, answer: int) -> NoReturn:
    try:
        steps = Steps(last)
        said: object = [do(url, name, steps), steps.taken]
    except Exception as error:  # noqa: BLE001 - the test tells
        said = f"{type(error).__name__}: {error}"
    os.write(answer, json.dumps(said).encode())
    os._exit(0)


def _main() -> None:
    for line in sys.stdin:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            _child(*json.loads(line), write)
        os.close(write)
        with os.fdopen(read) as answer:
            said = answer.read()
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps("died") if died else said, flush=True)


if __name__ == "__main__":
    print(json.dumps("ready"), flush=True)
    _main()
