"""Everything that people with a login, or without, might try (`docs/security.md`); none of it may succeed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
import pytest

from mv_desktop.demo.postgres import LocalPostgres
from tests.database import (
    attack_computer,
    attack_identity,
    attack_notice,
    attack_office,
    attack_quality,
    attack_question,
    attack_reading,
    attack_staff,
    attack_writing,
)
from tests.database.attack import Attack, attempt
from tests.database.scene import Planted, Scene, Watch
from tests.fakes.server import clone, drop

ATTACKS = (
    *attack_reading.ATTACKS,
    *attack_identity.ATTACKS,
    *attack_writing.ATTACKS,
    *attack_staff.ATTACKS,
    *attack_office.ATTACKS,
    *attack_computer.ATTACKS,
    *attack_notice.ATTACKS,
    *attack_quality.ATTACKS,
    *attack_question.ATTACKS,
)


@pytest.fixture(scope="module")
def scene(pg_server: LocalPostgres, template_db: str) -> Iterator[Scene]:
    copy = clone(pg_server, template_db, "mv_attack")
    planted = Planted(copy)
    yield planted.scene
    planted.close()
    drop(copy)


@pytest.fixture(scope="module")
def watch(scene: Scene) -> Iterator[Watch]:
    with contextlib.closing(Watch(scene)) as made:
        yield made


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_attack_does_not_succeed(scene: Scene, watch: Watch, attack: Attack) -> None:
    assert attempt(scene, attack, watch) == ""


def test_no_two_attacks_have_one_name() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 80


def test_wrong_password_and_unknown_person_look_alike(scene: Scene) -> None:
    told = []
    for login in (scene.words["meera_login"], "mv_" + "0" * 32):
        with pytest.raises(psycopg.OperationalError) as caught:
            psycopg.connect(scene.database.url_for(login, "wrong"))
        told.append(str(caught.value).replace(login, "LOGIN"))
    assert told[0] == told[1]


@pytest.mark.parametrize("other", ["postgres", "template1"])
def test_people_get_into_no_other_database(scene: Scene, other: str) -> None:
    login, password = scene.logins["asha"]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(scene.database.server.url(other, login, password))
