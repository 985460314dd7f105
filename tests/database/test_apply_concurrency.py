"""Batches that arrive at the same instant: each operation counts once, and nobody waits in a circle."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.operation import apply_operations
from tests.factories.marking import School

ROUNDS = 15
MARK = SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1)))


def test_two_computers_that_touch_the_same_scripts_in_opposite_order_do_not_deadlock(school: School) -> None:
    asha = school.person()
    scripts = [school.script(asha) for _ in range(6)]
    start = threading.Barrier(2)

    def computer(order: int) -> list[VerdictKind]:
        journal = school.journal(asha, scripts[0])
        engine = make_engine(asha.url, application_name="mv-desktop test")
        kinds = []
        for _ in range(ROUNDS):
            batch = [journal.made(MARK, evaluation_id=script) for script in scripts[::order]]
            start.wait(timeout=30)
            with open_session(engine) as session:
                kinds += [v.kind for v in apply_operations(session, journal.stream_id, batch)]
        engine.dispose()
        return kinds

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(computer, (1, -1)))
    assert results == [[VerdictKind.APPLIED] * (6 * ROUNDS)] * 2
    assert school.select("SELECT DISTINCT version FROM evaluations") == [(2 * ROUNDS,)]


def test_one_batch_delivered_twice_at_once_is_applied_once_and_answered_alike(school: School) -> None:
    asha = school.person()
    journal = school.journal(asha)
    engines = [make_engine(asha.url, application_name="mv-desktop test") for _ in range(2)]
    start = threading.Barrier(2)
    for round_ in range(1, ROUNDS + 1):
        batch = [journal.made(MARK) for _ in range(5)]

        def deliver(engine, batch=batch):
            start.wait(timeout=30)
            with open_session(engine) as session:
                return [replace(v, already=False) for v in apply_operations(session, journal.stream_id, batch)]

        with ThreadPoolExecutor(2) as pool:
            one, two = pool.map(deliver, engines)
        assert one == two
        assert school.select("SELECT version, last_seq FROM evaluations, streams") == [(5 * round_, 5 * round_)]
    for engine in engines:
        engine.dispose()
