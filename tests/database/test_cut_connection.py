"""A server that vanishes in the middle of an answer is a sentence and another try, wherever in the answer it is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from tests.factories.marking import PASSWORD, School
from tests.factories.road import Road

MOMENTS = (1, 60, 300, 700, 1200, 2000, 4000, 9000)
"""Bytes of answers: while connecting, within the password's exchange, in an answer, between two."""


@pytest.fixture
def road(school: School, tmp_path: Path) -> Iterator[Road]:
    made = Road(school, tmp_path / "vaults")
    yield made
    made.close()


@pytest.mark.parametrize("moment", MOMENTS[:4])
def test_signing_in_says_what_happened_and_works_the_next_time(road: Road, moment: int) -> None:
    road.proxy.cut_after(moment)
    with pytest.raises(OfflineError) as raised:
        road.sign_in()
    assert raised.value.message
    assert raised.value.remedy
    assert PASSWORD not in str(raised.value)
    road.proxy.mend()
    assert road.sign_in().sync.run().online


@pytest.mark.parametrize("reused", [True, False], ids=["open connection", "new connection"])
def test_every_moment_of_a_sync_ends_in_a_message_and_everything_arrives_once(road: Road, reused: bool) -> None:
    desk = road.sign_in()
    assert desk.sync.run().pulled == 1
    cut_off = 0
    for number, moment in enumerate(MOMENTS):
        marks = Decimal(number % 3) / 2
        desk.store.record(road.script, SetMark(MarkKey(2), GivenMark(MarkState.MARKED, marks)))
        if not reused:
            desk.hang_up()
        road.proxy.cut_after(moment)
        result = desk.sync.run()
        if not result.online:
            cut_off += 1
            assert result.message
        road.proxy.mend()
        again = desk.sync.run()
        assert (again.online, again.code) == (True, "")
        assert desk.store.status().pending == 0
        ((stored,),) = road.school.select(
            "SELECT marks FROM mark_registers WHERE evaluation_id = %s AND question_number = 2", road.script
        )
        assert stored == marks
    assert cut_off >= 3
    applied = road.school.select("SELECT count(*), count(DISTINCT op_id) FROM applied_operations")
    assert applied[0][0] == applied[0][1]


def test_a_connection_that_was_closed_while_nobody_worked_is_opened_anew(road: Road) -> None:
    desk = road.sign_in()
    desk.sync.run()
    mine = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
    road.school.execute("SELECT pg_stat_clear_snapshot()")
    assert road.school.select(mine, road.asha.login) == [(1,)]
    desk.hang_up()
    for _ in range(200):
        if road.school.select(mine, road.asha.login) == [(0,)]:
            break
    assert road.school.select(mine, road.asha.login) == [(0,)]
    assert desk.sync.run().online
