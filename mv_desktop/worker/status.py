"""``mv-desktop worker --status``: what the database knows of the workers and their jobs, and what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mv_desktop.services.job import JobRun, QueueState
from mv_desktop.worker.schedule import JOBS, Job

SILENT: Final = timedelta(seconds=30)
"""A worker without a sign of life for so long is not counted."""

WAITED: Final = timedelta(minutes=5)
"""No job may be due and wait for so long."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One job as it stands.

    Attributes:
        name: the job's.
        waiting: how many are due and wait.
        doing: how many are in hand.
        failed: how many failed within a week.
        last: how it went last; None when it never ran.
        overdue: it should have gone well since.
    """

    name: str
    waiting: int
    doing: int
    failed: int
    last: JobRun | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Status:
    """All of it.

    Attributes:
        now: the server's moment.
        workers: how many are alive.
        heartbeat: the last sign of life of any; None when there was none.
        waiting_s: how long the oldest job has been due, in seconds; None when none is.
        jobs: those of the schedule first, then what else is in the queue.
        problems: sentences; empty when all is well.
    """

    now: datetime
    workers: int
    heartbeat: datetime | None
    waiting_s: float | None
    jobs: tuple[JobStatus, ...]
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values; moments as ISO 8601."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    def as_text(self) -> str:
        """A line each."""
        oldest = (
            "nothing is due" if self.waiting_s is None else f"the oldest job has been due for {self.waiting_s:.0f} s"
        )
        lines = [f"{self.workers} workers; {oldest}"]
        lines += [_line(job) for job in self.jobs]
        return "\n".join([*lines, *(f"WRONG: {problem}" for problem in self.problems)])


def judge(state: QueueState, jobs: Sequence[Job] = JOBS) -> Status:
    """What the database says, held against the schedule."""
    times = {job.name: job.when for job in jobs}
    others = sorted({*state.waiting, *state.doing, *state.failed, *state.runs} - set(times))
    found = []
    for name in (*times, *others):
        when, last = times.get(name), state.runs.get(name)
        good = None if last is None else last.succeeded_at
        overdue = when is not None and (good is None or state.now - good > when.overdue)
        waiting, doing, failed = (states.get(name, 0) for states in (state.waiting, state.doing, state.failed))
        found.append(JobStatus(name, waiting, doing, failed, last, overdue))
    alive = sum(state.now - beat <= SILENT for beat in state.heartbeats)
    waited = None if state.oldest is None else max(timedelta(), state.now - state.oldest)
    problems = [] if alive else ["No worker is at work."]
    if waited is not None and waited > WAITED:
        problems.append(f"A job has been due for {waited.total_seconds():.0f} s.")
    problems += [f"{job.name} is overdue." for job in found if job.overdue]
    return Status(
        now=state.now,
        workers=alive,
        heartbeat=max(state.heartbeats, default=None),
        waiting_s=None if waited is None else waited.total_seconds(),
        jobs=tuple(found),
        problems=tuple(problems),
    )


def _line(job: JobStatus) -> str:
    numbers = f"{job.waiting} due, {job.doing} in hand, {job.failed} failed"
    if job.last is None:
        how = "never ran"
    elif job.last.ended_at is None:
        how = f"began {job.last.started_at:%Y-%m-%d %H:%M:%S}"
    elif job.last.problem is None:
        how = f"went well {job.last.ended_at:%Y-%m-%d %H:%M:%S}"
    else:
        how = f"failed {job.last.ended_at:%Y-%m-%d %H:%M:%S}, {job.last.failures} times in a row: {job.last.problem}"
    return f"{job.name:<24} {how}; {numbers}"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple | list) else value
