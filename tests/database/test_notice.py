"""What people are told: once, each her own, and woken without anybody else hearing of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.factories.marking import Person, School


def _tell(school: School, person: Person, kind: str = "script.assigned", key: str | None = None, **data: Any) -> bool:
    ((told,),) = school.select("SELECT api._tell(%s, %s, %s, %s)", person.user_id, kind, Jsonb(data), key)
    return bool(told)


def _mine(person: Person, *parameters: object) -> dict[str, Any]:
    places = ", ".join(["%s"] * len(parameters))
    ((answer,),) = person.select(f"SELECT api.my_notices({places})", *parameters)
    return answer


def test_the_same_is_told_once_and_each_reads_her_own(school: School) -> None:
    asha, meera = school.person(), school.person()
    coordinator = school.person("admin", is_coordinator=True)
    assert [_tell(school, asha, key="1", script="A-1") for _ in range(2)] == [True, False]
    assert _tell(school, asha, "sla.breached", key="1")
    assert _tell(school, meera, key="1")
    assert [_tell(school, asha) for _ in range(2)] == [True, True]
    coordinators = "SELECT api._tell_coordinators('script.at_risk', '{}', 'k')"
    assert [school.select(coordinators) for _ in range(2)] == [[(1,)], [(0,)]]
    assert [n["kind"] for n in _mine(asha)["notices"]] == ["script.assigned"] * 2 + ["sla.breached", "script.assigned"]
    assert [n["kind"] for n in _mine(coordinator)["notices"]] == ["script.at_risk"]
    assert coordinator.select("SELECT DISTINCT user_id FROM notices") == [(coordinator.user_id,)]

    # page after page, nothing twice and nothing left out
    seen: list[str] = []
    while part := _mine(asha, seen[-1] if seen else None, 3)["notices"]:
        seen += [notice["notice_id"] for notice in part]
    assert len(set(seen)) == len(seen) == _mine(asha)["unread"] == 4
    foreign = _mine(meera)["notices"][0]["notice_id"]
    assert asha.select("SELECT api.read_notices(%s::uuid[])", [foreign, seen[0], str(uuid4())]) == [(1,)]
    assert asha.select("SELECT api.read_notices(%s::uuid[])", seen[:1]) == [(0,)]
    assert (_mine(asha)["unread"], _mine(meera)["unread"]) == (3, 1)
    assert asha.select("SELECT api.read_notices(NULL)") == [(3,)]
    assert _mine(asha, foreign)["notices"] == []
    for refused in ("my_notices(NULL, 201)", "my_notices(NULL, 0)", "set_notice_language('fr')"):
        with pytest.raises(psycopg.errors.InvalidParameterValue):
            asha.select(f"SELECT api.{refused}")


def test_nobody_is_told_who_is_not_active_staff_or_when_notices_are_off(school: School) -> None:
    asha, gone = school.person(), school.person()
    with school.rows() as rows:
        student = rows.user("student")
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", gone.user_id)
    assert school.select("SELECT api._tell(%s, 'a.b', '{}')", student) == [(False,)]
    assert not _tell(school, gone)
    school.execute("UPDATE system_config SET config_value = 'false' WHERE config_key = 'notifications_enabled'")
    assert not _tell(school, asha)
    assert school.select("SELECT count(*) FROM notices") == [(0,)]


def test_she_alone_is_woken(school: School) -> None:
    asha, meera = school.person(), school.person()
    channels = [_mine(person)["channel"] for person in (asha, meera)]
    assert len(set(channels)) == 2
    with psycopg.connect(asha.url, autocommit=True) as listener:
        listener.execute(f"LISTEN {channels[0]}")
        _tell(school, meera)
        _tell(school, asha)
        assert [(n.channel, n.payload) for n in listener.notifies(timeout=5, stop_after=1)] == [(channels[0], "")]
        assert list(listener.notifies(timeout=0.1)) == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            listener.execute("SELECT channel FROM notice_readers")
