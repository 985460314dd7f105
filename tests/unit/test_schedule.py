"""The table of the worker's jobs, and the words for its times."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

import mv_desktop.worker
from mv_desktop.core.paths import shipped
from mv_desktop.worker.schedule import JOBS, Daily, Every

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize("seconds", [1, 2, 5, 30, 60, 120, 300, 900, 3600, 7200, 43200])
def test_every_so_many_seconds_is_just_that_all_day(seconds: int) -> None:
    begin = datetime(2026, 7, 15, 23, tzinfo=UTC)
    moments = croniter(Every(seconds).cron, begin)
    seen = [moments.get_next(datetime) for _ in range(50)]
    assert {later - earlier for earlier, later in pairwise(seen)} == {timedelta(seconds=seconds)}


@pytest.mark.parametrize("seconds", [0, -1, 7, 59, 61, 90, 420, 3599, 5400, 18000, 86400])
def test_what_would_not_be_even_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="do not divide"):
        Every(seconds)


@given(st.integers(0, 23), st.integers(0, 59))
def test_daily_is_the_hour_of_kolkata(hour: int, minute: int) -> None:
    due = croniter(Daily(hour, minute).cron, datetime(2026, 7, 15, 12, tzinfo=UTC)).get_next(datetime)
    assert (due.astimezone(KOLKATA).hour, due.astimezone(KOLKATA).minute) == (hour, minute)


@pytest.mark.parametrize(("hour", "minute"), [(24, 0), (-1, 0), (0, 60)])
def test_there_is_no_such_hour(hour: int, minute: int) -> None:
    with pytest.raises(ValueError, match="there is no"):
        Daily(hour, minute)


def test_the_jobs_have_names_of_their_own_that_a_metric_can_bear() -> None:
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", name) for name in names)


def test_the_migrated_tables_are_those_of_the_procrastinate_that_is_installed() -> None:
    """A release with another schema needs a revision: its migrations are in its package."""
    theirs = files("procrastinate").joinpath("sql/schema.sql").read_text(encoding="utf-8")
    (ours,) = (shipped("migrations") / "sql").glob("*_procrastinate.sql")
    assert ours.read_text(encoding="utf-8").endswith(theirs[theirs.index("-- Enums") :])


def test_the_documented_jobs_and_times_are_those_of_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs/deployment.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `([a-z]+\.[a-z]+)` \| ((?:every \d+ s|daily \d\d:\d\d))", page, re.MULTILINE))
    times = {
        job.name: (
            f"every {job.when.seconds} s"
            if isinstance(job.when, Every)
            else f"daily {job.when.hour:02}:{job.when.minute:02}"
        )
        for job in JOBS
        if job.when is not None
    }
    assert told == times


def test_no_round_of_a_job_is_forgotten_in_the_table():
    called = {name for job in JOBS for name in (job.work.__name__, *job.work.__code__.co_names)}
    looped = {
        "sign_pending",
        "check_uploads",
        "sign_uploads",
        "confirm_uploads",
        "check_pictures",
        "sign_pictures",
    }  # the loops for pages, `worker/runner.py`
    rounds = {
        name
        for module in pkgutil.iter_modules(mv_desktop.worker.__path__)
        if module.name.endswith("_job")
        for name, one in inspect.getmembers(importlib.import_module(f"mv_desktop.worker.{module.name}"), callable)
        if inspect.isfunction(one)
        and one.__module__.endswith(module.name)
        and not name.startswith("_")
        and next(iter(inspect.signature(one).parameters), "") == "engine"
    }
    assert len(rounds) >= 10
    assert rounds - called - looped == set(), "a line of JOBS is missing"
