"""While nobody coordinates, admins are told, so that nothing waits for nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mv_desktop.offline.office.member import Members
from mv_desktop.services.staff import deactivate_person, lock_person
from tests.factories.marking import Person, School


def told(school: School) -> list[tuple[object, ...]]:
    return school.select("SELECT user_id FROM notices WHERE kind = 'staff.nobody_coordinates' ORDER BY user_id")


def _unassigned(school: School) -> None:
    school.execute("SELECT api._tell_coordinators('script.unassigned', '{}', 'k')")


def _many_late(school: School) -> None:
    school.execute("SELECT api._tell_all('sla.breached', '{NULL}', '{k}', ARRAY['{}'::jsonb], now())")


def _handed_back(school: School) -> None:
    asha = school.person()
    school.execute(
        "INSERT INTO evaluation_holds (evaluation_id, assignment_version, kind, reason, held_by)"
        " VALUES (%s, 1, 'handed_back', 'too_ill', %s)",
        school.script(asha), asha.user_id,
    )  # fmt: skip


def _flagged(school: School) -> None:
    asha = school.person()
    school.execute(
        "INSERT INTO evaluation_flags (flag_id, evaluation_id, reason, raised_by)"
        " VALUES (gen_random_uuid(), %s, 'illegible', %s)",
        school.script(asha), asha.user_id,
    )  # fmt: skip


@pytest.mark.parametrize("happens", [_unassigned, _many_late, _handed_back, _flagged])
def test_admins_are_told_once_a_day_of_what_waits_for_nobody(school: School, happens: Callable[[School], None]) -> None:
    admins = sorted(school.person("admin").user_id for _ in range(2))
    school.person()
    happens(school)
    _unassigned(school)
    assert told(school) == [(admin,) for admin in admins]


@pytest.mark.parametrize("happens", [_unassigned, _many_late, _handed_back, _flagged])
def test_nothing_is_told_while_somebody_coordinates(school: School, happens: Callable[[School], None]) -> None:
    school.person("admin")
    school.person(is_coordinator=True)
    happens(school)
    assert told(school) == []


@pytest.mark.parametrize("how", ["closed", "locked", "no_more"])
def test_admins_are_told_when_the_last_one_does_so_no_more(school: School, how: str) -> None:
    admin = school.person("admin")
    priya, meera = (school.person(is_coordinator=True) for _ in range(2))

    def leave(who: Person) -> None:
        if how == "no_more":
            school.execute("UPDATE users SET is_coordinator = false WHERE user_id = %s", who.user_id)
            return
        with admin.session() as session:
            {"closed": deactivate_person, "locked": lock_person}[how](session, who.user_id, "left the school")

    members = Members(admin.session)
    assert not members.open(priya.user_id).draft.alone
    leave(meera)
    assert told(school) == []
    assert members.open(priya.user_id).draft.alone
    leave(priya)
    assert told(school) == [(admin.user_id,)]
    assert members.open(admin.user_id).draft.alone
