"""A server, or a network, that takes everything and says nothing holds nobody up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from mv_desktop.core.errors import OfflineError
from mv_desktop.services import database, patience
from mv_desktop.services.contact import answers
from mv_desktop.services.patience import IdleState
from tests.factories.marking import School
from tests.factories.road import Road

LIMIT = 0.8


@pytest.fixture
def road(school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    monkeypatch.setattr(patience, "SECONDS", LIMIT)
    monkeypatch.setattr(database, "CONNECT_SECONDS", 2)
    made = Road(school, tmp_path / "vaults")
    yield made
    made.close()


def test_signing_in_to_a_server_that_says_nothing_ends_in_a_sentence(road: Road) -> None:
    road.proxy.stall()
    with pytest.raises(OfflineError, match="did not answer in time"):
        road.sign_in()
    road.proxy.mend()
    assert road.sign_in().sync.run().online


@pytest.mark.parametrize("moment", [0, 1200])
def test_a_server_that_falls_silent_in_the_middle_of_a_run_is_given_up_and_all_arrives_once(
    road: Road, moment: int
) -> None:
    desk = road.sign_in()
    assert desk.sync.run().pulled == 1
    road.mark(desk, "1")
    if moment:
        road.proxy.stall_after(moment)
    else:
        road.proxy.stall()
    assert "did not answer" in desk.sync.run().reason
    road.proxy.mend()
    assert desk.sync.run().online
    assert desk.store.status().pending == 0
    assert road.stored() == Decimal(1)
    applied = road.school.select("SELECT count(*), count(DISTINCT op_id) FROM applied_operations")
    assert applied[0][0] == applied[0][1]


def test_what_is_waited_for_ends_when_nobody_wants_it_any_more(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 60.0)
    desk = road.sign_in()
    desk.sync.run()
    road.mark(desk, "1")
    road.proxy.stall()
    results = []
    run = threading.Thread(target=lambda: results.append(desk.sync.push()))
    run.start()
    while not desk.silent_seconds:
        assert run.is_alive()
    began = time.monotonic()
    desk.give_up()
    run.join(10)
    assert time.monotonic() - began < 2
    assert not results[0].online
    assert desk.store.status().pending == 1
    began = time.monotonic()
    assert not desk.sync.push().online, "nobody is asked any more"
    assert time.monotonic() - began < 1


def test_a_slow_line_is_no_silent_one(road: Road) -> None:
    desk = road.sign_in()
    road.proxy.bytes_per_second = 8_000
    began = time.monotonic()
    result = desk.sync.run()
    assert (result.online, result.pulled) == (True, 1)
    assert time.monotonic() - began > LIMIT


def test_an_idle_connection_tells_that_the_other_side_has_ended_it(road: Road) -> None:
    desk = road.sign_in()
    desk.sync.run()
    assert desk.look() is IdleState.WELL
    road.proxy.cut()
    assert desk.look() is IdleState.STIRRED
    assert not desk.sync.run().online
    assert desk.look() is IdleState.WELL, "there is none"
    road.proxy.mend()
    assert desk.sync.run().online
    assert desk.look() is IdleState.WELL


def test_a_server_that_hangs_says_no_word_and_one_that_is_well_or_busy_does(road: Road) -> None:
    desk = road.sign_in()
    assert desk.ask(5), "there is no connection"
    assert desk.sync.run().online
    assert desk.ask(5)
    assert desk.look() is IdleState.WELL, "its answer was taken"
    with desk._line.connect() as session:
        session.connection()
        assert desk.ask(5), "it is in use, and nothing is said into a transaction"
    road.proxy.stall()
    began = time.monotonic()
    assert not desk.ask(0.1)
    assert time.monotonic() - began < 1
    assert desk.ask(0.1), "that connection is closed"
    road.proxy.mend()
    road.mark(desk, "1")
    assert desk.sync.run().online
    assert road.stored() == Decimal(1)
    road.proxy.cut()
    assert not desk.ask(5)


def test_a_page_of_a_hotel_on_the_servers_port_is_no_server(road: Road) -> None:
    road.proxy.page = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello"
    with pytest.raises(OfflineError) as raised:
        road.sign_in()
    assert raised.value.message
    road.proxy.mend()
    assert road.sign_in().sync.run().online


def test_only_a_server_counts_as_one(road: Road) -> None:
    assert answers(road.profile, 5)
    road.proxy.page = b"HTTP/1.1 302 Found\r\n\r\n"
    assert not answers(road.profile, 5)
    road.proxy.mend()
    road.proxy.stall()
    assert not answers(road.profile, 0.2)
    road.proxy.cut()
    assert not answers(road.profile, 5)
    road.proxy.mend()
    assert answers(road.profile, 5)


def test_a_name_that_is_never_found_is_given_up(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait(30) and [])
    monkeypatch.setattr(database, "CONNECT_SECONDS", 0.2)
    with pytest.raises(OfflineError, match="no server of that name"):
        road.sign_in()
    never.set()
