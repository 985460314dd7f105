"""Open work of a teacher who cannot do it any more is told to whoever coordinates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mv_desktop.services.staff import deactivate_person, lock_person, reactivate_person
from tests.factories.marking import Person, School


def told(school: School) -> list[tuple[Any, str, dict[str, Any]]]:
    return school.select("SELECT user_id, kind, data FROM notices WHERE kind LIKE 'teacher.%%' ORDER BY user_id, kind")


def leave(school: School, admin: Person, teacher: Person, how: str) -> None:
    """By the office, or as the web platform writes it."""
    if how == "role_changed":
        school.execute("UPDATE users SET role = 'admin' WHERE user_id = %s", teacher.user_id)
        return
    with admin.session() as session:
        {"closed": deactivate_person, "locked": lock_person}[how](session, teacher.user_id, "left the school")


@pytest.mark.parametrize("how", ["closed", "locked", "role_changed"])
def test_who_coordinates_is_told_how_many_and_when_the_first_is_due(school: School, how: str) -> None:
    admin, asha, meera = school.person("admin"), school.person(), school.person()
    priya = school.person(is_coordinator=True)
    later, first = school.script(asha, hours_left=30), school.script(asha, hours_left=5)
    pooled, done = school.script(asha, hours_left=1), school.script(asha, hours_left=1)
    school.script(meera, hours_left=1)
    school.execute(
        "INSERT INTO evaluation_holds (evaluation_id, assignment_version, kind, reason, held_by)"
        " VALUES (%s, 1, 'handed_back', 'too_ill', %s)",
        pooled, priya.user_id,
    )  # fmt: skip
    school.execute("UPDATE evaluations SET status = 'completed', completed_at = now() WHERE evaluation_id = %s", done)
    leave(school, admin, asha, how)
    ((user, kind, data),) = told(school)
    assert (user, kind, data["count"]) == (priya.user_id, f"teacher.{how}", 2)
    assert (data["evaluation_id"], data["teacher_user_id"]) == (str(first), str(asha.user_id))
    ((due,),) = school.select("SELECT sla_deadline FROM evaluations WHERE evaluation_id = %s", first)
    assert datetime.fromisoformat(data["due_at"]) == due
    assert later != first


def test_nothing_is_told_of_who_has_nothing_open_or_comes_back_or_was_none(school: School) -> None:
    admin, asha, other = school.person("admin"), school.person(), school.person("admin")
    school.person(is_coordinator=True)
    with admin.session() as session:
        deactivate_person(session, asha.user_id, "ill")
        deactivate_person(session, other.user_id, "left")
        reactivate_person(session, asha.user_id, "well")
    school.script(asha)
    school.execute(
        "UPDATE users SET is_active = true, role = 'teacher', first_name = 'A' WHERE user_id = %s", asha.user_id
    )
    assert told(school) == []


def test_second_markings_that_are_left_are_told_too(school: School) -> None:
    admin, asha, meera = school.person("admin"), school.person(), school.person()
    priya = school.person(is_coordinator=True)
    script = school.script(meera)
    school.execute(
        "WITH sample AS (INSERT INTO script_samples (evaluation_id, teacher_user_id, why) VALUES (%s, %s, 'share')"
        " RETURNING evaluation_id) INSERT INTO second_markings (evaluation_id, teacher_user_id)"
        " SELECT evaluation_id, %s FROM sample", script, meera.user_id, asha.user_id,
    )  # fmt: skip
    leave(school, admin, asha, "closed")
    ((user, kind, data),) = told(school)
    assert (user, kind, data["count"]) == (priya.user_id, "teacher.seconds_left", 1)
