"""Computers that the server knows, and those that an admin revokes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from mv_desktop.core.errors import InvalidError, RefusedError
from mv_desktop.domain.identifier import ComputerId
from mv_desktop.services.computer import computer_wiped, computers, meet_computer, restore_computer, revoke_computer


@pytest.fixture
def asha(school):
    return school.person()


@pytest.fixture
def admin(school):
    return school.person("admin")


def meet(person, computer: ComputerId, name: str = "PC", program: str = "1.0") -> bool:
    with person.session() as session:
        return meet_computer(session, computer, name, program)


def known(admin, person=None):
    with admin.session() as session:
        return computers(session, person and person.user_id)


def events(school, computer) -> list[str]:
    rows = school.select("SELECT event_type FROM audit_logs WHERE resource_id = %s ORDER BY log_seq", computer)
    return [event for (event,) in rows]


def test_a_computer_is_revoked_wiped_and_found_again(school, asha, admin):
    computer = ComputerId(uuid4())
    assert not meet(asha, computer, "LAPTOP-" + "é" * 200)
    assert not meet(asha, computer, "LAPTOP", "1.1")
    (row,) = known(admin)
    assert (row.user_id, row.email, row.name, row.program) == (asha.user_id, asha.email, "LAPTOP", "1.1")
    assert (row.revoked_at, row.reason, row.wiped_at) == (None, "", None)
    with asha.session() as session:
        computer_wiped(session, computer, 0)  # nobody asked for it
    with admin.session() as session:
        revoke_computer(session, asha.user_id, computer, "Stolen'; --")
    assert meet(asha, computer)
    with asha.session() as session:
        computer_wiped(session, computer, 2)
        computer_wiped(session, computer, 2)
        computer_wiped(session, computer, 0)
    (row,) = known(admin, asha)
    assert (row.reason, row.left_behind, row.wiped_at is not None) == ("Stolen'; --", 0, True)
    with admin.session() as session:
        restore_computer(session, asha.user_id, computer, "Found")
    assert not meet(asha, computer)
    assert events(school, computer) == [f"computer.{what}" for what in ("met", "revoked", "wiped", "wiped", "restored")]


def test_what_makes_no_sense_is_refused(school, asha, admin):
    computer = ComputerId(uuid4())
    meet(asha, computer)
    with admin.session() as session, pytest.raises(RefusedError, match="no such computer"):
        revoke_computer(session, admin.user_id, computer, "x")
    with pytest.raises(InvalidError), admin.session() as session:
        revoke_computer(session, asha.user_id, computer, " ")
    with admin.session() as session, pytest.raises(RefusedError, match="not revoked"):
        restore_computer(session, asha.user_id, computer, "x")
    with admin.session() as session:
        revoke_computer(session, asha.user_id, computer, "x")
    with admin.session() as session, pytest.raises(RefusedError, match="already"):
        revoke_computer(session, asha.user_id, computer, "x")


def test_the_same_computer_is_another_for_somebody_else(school, asha, admin):
    computer, meera = ComputerId(uuid4()), school.person()
    meet(asha, computer)
    with admin.session() as session:
        revoke_computer(session, asha.user_id, computer, "x")
    assert not meet(meera, computer)
    assert len(known(admin)) == 2


def test_only_a_hundred_are_remembered_and_the_revoked_ones_are(school, asha, admin):
    first, second = ComputerId(uuid4()), ComputerId(uuid4())
    meet(asha, first)
    meet(asha, second)
    with admin.session() as session:
        revoke_computer(session, asha.user_id, first, "x")
    school.execute("UPDATE computers SET last_seen_at = now() - interval '1 year'")
    with asha.session() as session:
        for _ in range(100):
            meet_computer(session, ComputerId(uuid4()), "many", "1")
    ids = {row.computer_id for row in known(admin)}
    assert first in ids
    assert second not in ids
    assert len(ids) == 101


def test_a_closed_account_still_says_where_it_is(school, asha, admin):
    computer = ComputerId(uuid4())
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", asha.user_id)
    assert not meet(asha, computer)
    with admin.session() as session:
        revoke_computer(session, asha.user_id, computer, "left")
    assert meet(asha, computer)
