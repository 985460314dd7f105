"""The worker's jobs, as ONE table: what each is called, what it does, and how often.

A job is a function that does one round and answers how much it did; it is called again at once until it answers 0.
What is done again does no harm, and two workers at once never do a thing twice: the jobs of a worker that is killed are
done again.

Functions of the database put a job into the queue by its name (`api._defer`), besides its own times or without any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Engine

from mv_desktop.core.clock import Clock
from mv_desktop.pages.storage import ObjectStore
from mv_desktop.services.database import open_session
from mv_desktop.services.job import clean_jobs
from mv_desktop.worker.analytics_job import refresh_read_models
from mv_desktop.worker.assignment_job import assign_scripts
from mv_desktop.worker.audit_job import seal_audit
from mv_desktop.worker.counter_job import turn_months
from mv_desktop.worker.deadline_job import mark_breached, watch_risk, watch_unassigned
from mv_desktop.worker.exam_job import submit_exams
from mv_desktop.worker.insight_job import refresh_dashboards
from mv_desktop.worker.mail_server import MailServer
from mv_desktop.worker.notice_job import mail_notices, prune_notices
from mv_desktop.worker.sample_job import choose_samples, give_samples
from mv_desktop.worker.score_job import rescore, rescore_everywhere

_KOLKATA: Final = timedelta(hours=5, minutes=30)
"""Ahead of UTC, all the year round."""


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many seconds, counted from midnight UTC, so that all workers mean the same moments.

    Attributes:
        seconds: a part of a minute, minutes that are a part of an hour, or hours that are a part of a day.
    """

    seconds: int

    def __post_init__(self) -> None:
        for unit, whole in ((1, 60), (60, 3600), (3600, 86400)):
            if self.seconds < whole:
                if self.seconds < unit or self.seconds % unit or whole % self.seconds:
                    break
                return
        raise ValueError(f"{self.seconds} seconds do not divide a minute, an hour or a day")

    @property
    def cron(self) -> str:
        """As cron has it, in UTC, with seconds as a sixth field."""
        if self.seconds < 60:
            return f"* * * * * */{self.seconds}"
        if self.seconds < 3600:
            return f"*/{self.seconds // 60} * * * *"
        return f"0 */{self.seconds // 3600} * * *"

    @property
    def overdue(self) -> timedelta:
        """So long after its last good run something is wrong."""
        return timedelta(seconds=3 * self.seconds + 60)


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day, at an hour and minute of Asia/Kolkata. Missed while no worker ran, it is made up for once."""

    hour: int
    minute: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.hour < 24 and 0 <= self.minute < 60):
            raise ValueError(f"there is no {self.hour}:{self.minute:02}")

    @property
    def cron(self) -> str:
        """As cron has it, in UTC."""
        at = timedelta(days=1, hours=self.hour, minutes=self.minute) - _KOLKATA
        return f"{at.seconds // 60 % 60} {at.seconds // 3600} * * *"

    @property
    def overdue(self) -> timedelta:
        """So long after its last good run something is wrong."""
        return timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Means:
    """What jobs work with.

    Attributes:
        engine: the database with mv_worker's login; its one connection is the job's own.
        store: holds the key to the pages.
        clock: the worker's; what is due is for the database's clock to say.
        mail: where mails are handed in; None where none are sent.
    """

    engine: Engine
    store: ObjectStore
    clock: Clock
    mail: MailServer | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work.

    Attributes:
        name: in the queue, in logs and metrics: subject and verb.
        work: one round; with the arguments that `api._defer` was given as keywords. Answers how much was done.
        when: its times; None for what is only ever asked for.
        queue: "default", or "slow" for what takes many seconds.
    """

    name: str
    work: Callable[..., int]
    when: Every | Daily | None = None
    queue: str = "default"


def _clean(engine: Engine, *, limit: int = 1000) -> int:
    with open_session(engine) as session:
        return clean_jobs(session, limit)


JOBS: Final[tuple[Job, ...]] = (
    # put into the queue by the step that makes a script complete; by itself for those that nobody could be given
    Job("script.assign", lambda means: assign_scripts(means.engine), Every(60)),
    # Screens compare deadlines themselves; what is written down may be this late. The quarter of an hour would
    # save nothing: a round without findings is one look into an index.
    Job("deadline.mark", lambda means: mark_breached(means.engine), Every(120)),
    Job("deadline.forecast", lambda means: watch_risk(means.engine), Every(900)),
    Job("deadline.unassigned", lambda means: watch_unassigned(means.engine), Every(300)),
    # so long after the grace, or a little longer
    Job("exam.submit", lambda means: submit_exams(means.engine), Every(30)),
    Job("counter.turn", lambda means: turn_months(means.engine), Every(60)),  # an exam started meanwhile does it too
    # put into the queue by the decision; by itself where a worker died on the way
    Job("score.rescore", lambda means: rescore_everywhere(means.engine), Every(60)),
    Job("score.mend", lambda means: rescore(means.engine), Every(120)),
    # what is chosen is given in the same round
    Job("sample.choose", lambda means: choose_samples(means.engine) + give_samples(means.engine), Every(60)),
    Job("audit.seal", lambda means: seal_audit(means.engine), Every(60)),
    # one mail a round, so that a worker that is told to end waits for no more than the one in hand
    Job("notice.mail", lambda means: mail_notices(means.engine, means.mail, limit=1), Every(30), "slow"),
    Job("notice.prune", lambda means: prune_notices(means.engine), Daily(3, 40)),
    # The database says when it is time; five minutes apart at least.
    Job("analytics.refresh", lambda means: refresh_read_models(means.engine), Every(60), "slow"),
    # ten minutes apart at least, as the database says
    Job("insight.refresh", lambda means: refresh_dashboards(means.engine), Every(60), "slow"),
    Job("queue.clean", lambda means: _clean(means.engine), Daily(3, 20)),
)
"""All jobs. A new one is a line here."""
