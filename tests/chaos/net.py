"""Real sockets that are cut after any number of bytes, in either direction, in the middle of whatever is on them."""

from __future__ import annotations

import random
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import make_url

from mv_desktop.core.clock import SystemClock
from mv_desktop.demo.network import Proxy
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services.database import make_engine, open_session
from tests.chaos.world import World, scratch
from tests.factories.local import open_store


@dataclass
class Wired:
    """What came of it.

    Attributes:
        cuts: runs of sync that were cut off; `sent` operations arrived all the same.
        lost: operations that did not arrive, or not in their order.
        twice: what counts more than once.
    """

    cuts: int = 0
    sent: int = 0
    lost: int = 0
    twice: int = 0


def cut_the_wire(world: World, rounds: int, seed: int) -> Wired:
    """Mark and send over a wire that is cut at random in two of three rounds, and once more when it is mended."""
    chance = random.Random(seed)
    teacher = world.people[0]
    scripts = [world.school.script(teacher) for _ in range(3)]
    url = make_url(teacher.url)
    proxy = Proxy(int(url.port or 0))
    engine = make_engine(url.set(port=proxy.port), application_name="mv-desktop chaos")
    folder, clock = scratch(), SystemClock()
    store = open_store(folder, clock)

    @contextmanager
    def connect():
        with open_session(engine) as session:
            yield session

    sync, result, made = Synchroniser(store, connect, clock), Wired(), []
    try:
        sync.run()
        for _ in range(rounds):
            for _ in range(chance.randrange(1, 12)):
                given = GivenMark(MarkState.MARKED, Decimal(chance.randrange(5)) / 2, "x" * chance.randrange(200))
                key = chance.choice([MarkKey(2), MarkKey(3, "a"), MarkKey(4)])
                made.append(str(store.record(chance.choice(scripts), SetMark(key, given)).op_id))
            if chance.random() < 0.7:
                cut = chance.choice([proxy.cut_after, proxy.cut_after_sent])
                cut(chance.choice([chance.randrange(2_500), chance.randrange(20_000)]))
            result.cuts += not sync.run().online
            proxy.mend()
        sync.run()
        result.lost += store.status().pending
    finally:
        store._vault.close()
        engine.dispose()
        proxy.close()
        shutil.rmtree(folder)
    _count(world, scripts, made, result)
    world.admin.execute(
        "UPDATE evaluations SET teacher_user_id = %s WHERE evaluation_id = ANY (%s)", (world.limbo.user_id, scripts)
    )
    return result


def _count(world: World, scripts: list, made: list[str], result: Wired) -> None:
    rows = world.select(
        "SELECT op_id, verdict FROM applied_operations WHERE evaluation_id = ANY (%s) ORDER BY received_at, seq",
        scripts,
    )
    arrived = [str(row["op_id"]) for row in rows]
    ((versions),) = world.select("SELECT sum(version) AS n FROM evaluations WHERE evaluation_id = ANY (%s)", scripts)
    result.sent = len(arrived)
    result.lost += len(set(made) - set(arrived)) + (arrived != made)
    result.twice += abs(int(versions["n"]) - sum(row["verdict"] == "applied" for row in rows))
