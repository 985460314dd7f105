"""A program is woken by what its person is told, on the connection that it has, and finds it without that, too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.offline.desk import Desk, open_desk
from mv_desktop.services.patience import IdleState
from mv_desktop.services.profile import profile_from_url
from tests.factories.marking import PASSWORD, Person, School

KIND = "script.assigned"


@pytest.fixture
def asha(school: School) -> Person:
    return school.person()


@pytest.fixture
def desk(school: School, asha: Person, tmp_path: Path) -> Iterator[Desk]:
    clock = SystemClock()
    opened = open_desk(profile_from_url(asha.url), asha.email, PASSWORD, tmp_path, clock, id_source(clock))
    opened.sync.run()
    yield opened
    opened.close()


def _tell(school: School, person: Person, script: str) -> None:
    school.select("SELECT api._tell(%s, %s, %s)", person.user_id, KIND, Jsonb({"script": script}))


def _looks(desk: Desk, wanted: IdleState) -> bool:
    """The connection is as `wanted` within a few seconds, as the window would find it."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if desk.look() is wanted:
            return True
        time.sleep(0.01)
    return False


def _fetched(desk: Desk) -> list[str | None]:
    return [notice.data.script for notice in desk.sync.run().notices.fresh]


def test_she_is_woken_once_by_what_she_is_told_and_by_nothing_else(school: School, asha: Person, desk: Desk) -> None:
    meera = school.person()
    assert desk.look() is IdleState.WELL
    _tell(school, meera, "not hers")
    time.sleep(0.2)
    assert desk.look() is IdleState.WELL
    _tell(school, asha, "A-1")
    assert _looks(desk, IdleState.STIRRED)
    assert _fetched(desk) == ["A-1"]
    assert desk.look() is IdleState.WELL, "what woke it is known"


def test_what_she_is_told_while_the_connection_is_in_use_wakes_afterwards(
    school: School, asha: Person, desk: Desk
) -> None:
    with desk._line.connect() as session:
        session.connection().exec_driver_sql("SELECT 1")
        _tell(school, asha, "A-1")
        session.connection().exec_driver_sql("SELECT pg_sleep(0.2)")
    assert desk.look() is IdleState.STIRRED
    assert desk.look() is IdleState.WELL, "once: who does nothing about it is not woken for ever"
    assert _fetched(desk) == ["A-1"]


def test_who_is_not_woken_finds_it_when_she_asks_and_is_woken_again(school: School, asha: Person, desk: Desk) -> None:
    with desk._line.connect() as session:
        session.connection().exec_driver_sql("UNLISTEN *")  # as a pooler does that gives others her connection
    _tell(school, asha, "A-1")
    time.sleep(0.2)
    assert desk.look() is IdleState.WELL
    assert _fetched(desk) == ["A-1"]
    _tell(school, asha, "A-2")
    assert _looks(desk, IdleState.STIRRED)
    assert _fetched(desk) == ["A-2"]


def test_who_knows_the_channel_can_wake_her_and_no_more(school: School, asha: Person, desk: Desk) -> None:
    ((channel,),) = school.select("SELECT channel FROM notice_readers WHERE user_id = %s", asha.user_id)
    with psycopg.connect(school.person().url, autocommit=True) as other:
        other.execute("SELECT pg_notify(%s, %s)", (channel, '{"kind": "script.assigned", "script": "forged"}'))
    assert _looks(desk, IdleState.STIRRED)
    assert _fetched(desk) == []
    assert desk.store.notices.notices().notices == ()
