"""The queue of the worker's jobs, seen from the database: how each went last, what waits, and who is at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

KEEP_DAYS = 7
"""So long a job that failed is kept to be looked at; one that was done is deleted at once."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """How a job went last.

    Attributes:
        job: its name.
        started_at: when it began.
        ended_at: None while it runs, and for ever when its worker was killed.
        succeeded_at: when it last went well.
        problem: the kind of the last run's error; None when it went well, or runs.
        failures: how many runs in a row have failed.
    """

    job: str
    started_at: datetime
    ended_at: datetime | None
    succeeded_at: datetime | None
    problem: str | None
    failures: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """What waits and who works.

    Attributes:
        now: the server's moment, against which all others are meant.
        waiting: how many jobs of each name are due and wait.
        doing: how many of each name are in hand.
        failed: how many of each name failed within `KEEP_DAYS`.
        oldest: since when the job waits that waits longest; None when none does.
        heartbeats: the workers' last signs of life, newest first.
        runs: how each job went last, by name.
    """

    now: datetime
    waiting: dict[str, int]
    doing: dict[str, int]
    failed: dict[str, int]
    oldest: datetime | None
    heartbeats: tuple[datetime, ...]
    runs: dict[str, JobRun]


def note_start(session: Session, job: str) -> None:
    """Write down that a job begins."""
    session.execute(
        text(
            "INSERT INTO procrastinate.runs AS r (job) VALUES (:job) ON CONFLICT (job) DO UPDATE"
            " SET started_at = clock_timestamp(), ended_at = NULL, problem = NULL"
        ),
        {"job": job},
    )


def note_end(session: Session, job: str, problem: str | None) -> int:
    """Write down how a job ended; answers how many of its runs in a row have failed.

    Args:
        session: in a transaction of its own.
        job: its name.
        problem: the kind of its error; None when it went well.
    """
    failures: int = session.execute(
        text(
            "INSERT INTO procrastinate.runs AS r (job, ended_at, succeeded_at, problem, failures)"
            " VALUES (:job, clock_timestamp(), CASE WHEN CAST(:problem AS text) IS NULL THEN clock_timestamp() END,"
            " :problem, CASE WHEN CAST(:problem AS text) IS NULL THEN 0 ELSE 1 END) ON CONFLICT (job) DO UPDATE"
            " SET ended_at = excluded.ended_at, problem = excluded.problem,"
            " succeeded_at = coalesce(excluded.succeeded_at, r.succeeded_at),"
            " failures = CASE WHEN excluded.problem IS NULL THEN 0 ELSE r.failures + 1 END RETURNING r.failures"
        ),
        {"job": job, "problem": problem},
    ).scalar_one()
    return failures


def clean_jobs(session: Session, limit: int) -> int:
    """Delete jobs that ended more than `KEEP_DAYS` ago, and workers without a sign of life since; answers how many."""
    deleted = session.execute(
        text(
            "DELETE FROM procrastinate.procrastinate_jobs WHERE id IN ("
            " SELECT j.id FROM procrastinate.procrastinate_jobs j"
            " WHERE j.status NOT IN ('todo', 'doing') AND NOT EXISTS ("
            "  SELECT FROM procrastinate.procrastinate_events e"
            "  WHERE e.job_id = j.id AND e.at > now() - make_interval(days => :days))"
            " LIMIT :limit FOR UPDATE SKIP LOCKED) RETURNING id"
        ),
        {"days": KEEP_DAYS, "limit": limit},
    ).all()
    session.execute(
        text(
            "DELETE FROM procrastinate.procrastinate_workers"
            " WHERE last_heartbeat < now() - make_interval(days => :days)"
        ),
        {"days": KEEP_DAYS},
    )
    return len(deleted)


def queue_state(session: Session) -> QueueState:
    """What waits, who works, and how each job went last."""
    rows = session.execute(
        text(
            "SELECT task_name, status::text, count(*) AS number, min(coalesce(j.scheduled_at, e.at)) AS since"
            " FROM procrastinate.procrastinate_jobs j"
            " LEFT JOIN procrastinate.procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'"
            " WHERE j.status <> 'todo' OR j.scheduled_at IS NULL OR j.scheduled_at <= now()"
            " GROUP BY task_name, status"
        )
    ).all()
    numbers: dict[str, dict[str, int]] = {}
    for row in rows:
        numbers.setdefault(row.status, {})[row.task_name] = row.number
    beats = session.scalars(
        text("SELECT last_heartbeat FROM procrastinate.procrastinate_workers ORDER BY last_heartbeat DESC LIMIT 100")
    )
    runs = session.execute(
        text("SELECT job, started_at, ended_at, succeeded_at, problem, failures FROM procrastinate.runs ORDER BY job")
    )
    now: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return QueueState(
        now=now,
        waiting=numbers.get("todo", {}),
        doing=numbers.get("doing", {}),
        failed=numbers.get("failed", {}),
        oldest=min((row.since for row in rows if row.status == "todo" and row.since is not None), default=None),
        heartbeats=tuple(beats),
        runs={row.job: JobRun(*row) for row in runs},
    )
