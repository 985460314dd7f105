"""That the checks and attacks notice faults: each is put into a copy of the scene, and one of them must see it."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

import psycopg
import pytest

from mv_desktop.demo.postgres import LocalPostgres
from tests.database.attack import attempt
from tests.database.check import CHECKS, breaks
from tests.database.scene import Planted, Scene, Watch
from tests.database.test_attack import ATTACKS
from tests.database.weakening import WEAKENINGS, Weakening
from tests.fakes.server import clone, drop

_ATTACKS = {attack.name: attack for attack in ATTACKS}
_number = itertools.count(1)


@pytest.fixture(scope="module")
def planted(pg_server: LocalPostgres, template_db: str) -> Iterator[Scene]:
    """A scene that nobody is connected to, to be copied."""
    copy = clone(pg_server, template_db, "mv_weak")
    made = Planted(copy)
    yield made.scene
    made.close()
    drop(copy)


@pytest.mark.parametrize("weakening", [one for one in WEAKENINGS if one.noticed_by not in CHECKS], ids=str)
def test_fault_is_noticed_by_an_attack(planted: Scene, weakening: Weakening) -> None:
    name = planted.database.name
    copy = clone(planted.database.server, name, f"{name}_{next(_number)}")
    scene = planted.on(copy)
    with psycopg.connect(copy.superuser_url, autocommit=True) as superuser:
        weakening.apply(superuser, copy.name)
    with contextlib.closing(Watch(scene)) as watch:
        why = attempt(scene, _ATTACKS[weakening.noticed_by], watch)
    drop(copy)
    assert why != ""


@pytest.mark.parametrize("weakening", [one for one in WEAKENINGS if one.noticed_by in CHECKS], ids=str)
def test_fault_is_noticed_by_a_check(planted: Scene, weakening: Weakening) -> None:
    with psycopg.connect(planted.database.superuser_url) as superuser:
        assert breaks(superuser, weakening.noticed_by) == []
        weakening.apply(superuser, planted.database.name)
        assert breaks(superuser, weakening.noticed_by) != []
        superuser.rollback()
