"""The log is sealed in one chain in the order of its entries, and whoever meddles with it is found out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import psycopg
import pytest
from sqlalchemy import Engine

from mv_desktop.cli import main
from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.audit_chain import Break
from mv_desktop.services.audit import Verification, state, verify
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.worker.audit_job import seal_audit
from tests.factories.marking import Person, School

WRITE = "INSERT INTO audit_logs (event_type, event_data) VALUES (%s, '{\"a\": 1.50}') RETURNING log_seq"


class Office:
    """An admin who checks, a worker who seals, and the superuser who meddles."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.admin: Person = school.person("admin")
        with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
        self.worker_url = school.database.url_for("mv_worker", "worker")
        self.worker: Engine = make_engine(self.worker_url, application_name="mv-desktop test worker")

    def write(self, *events: str) -> list[int]:
        """Entries, each in a transaction of its own; returns their numbers."""
        numbers = []
        for event in events:
            with psycopg.connect(self.school.database.owner_url) as connection:
                row = connection.execute(WRITE, (event,)).fetchone()
                assert row is not None
                numbers.append(row[0])
        return numbers

    def seal(self) -> int:
        return seal_audit(self.worker)

    def verify(self, expected: bytes | None = None) -> Verification:
        return verify(self.admin.engine, expected)

    def meddle(self, statement: str, *parameters: object) -> None:
        """As the superuser of the server, who can switch triggers off."""
        with psycopg.connect(self.school.database.superuser_url) as connection:
            for switch in ("DISABLE", "ENABLE"):
                for table in ("audit_logs", "audit_seals"):
                    connection.execute(f"ALTER TABLE {table} {switch} TRIGGER ALL".encode())
                if switch == "DISABLE":
                    connection.execute(statement.encode(), parameters)

    def sealed(self) -> list[int]:
        return [number for (number,) in self.school.select("SELECT log_seq FROM audit_seals ORDER BY 1")]

    def written(self) -> list[int]:
        return [number for (number,) in self.school.select("SELECT log_seq FROM audit_logs ORDER BY 1")]


@pytest.fixture
def office(school: School) -> Iterator[Office]:
    made = Office(school)
    yield made
    made.worker.dispose()


@contextmanager
def still_writing(office: Office, event: str = "slow") -> Iterator[psycopg.Connection]:
    """Somebody who has written an entry and not committed it."""
    with psycopg.connect(office.school.database.owner_url) as connection:
        connection.execute(WRITE, (event,))
        yield connection


def test_what_is_committed_is_sealed_once_and_checks(office: Office) -> None:
    office.write("a", "b")
    assert office.seal() == len(office.written())
    assert office.seal() == 0
    assert office.sealed() == office.written()
    found = office.verify()
    assert (found.sound, found.chain.sound) == (True, len(office.written()))
    office.write("c")
    assert office.seal() == 1
    assert office.verify(found.chain.newest.digest).sound  # type: ignore[union-attr]


def test_an_entry_is_numbered_by_the_database_whatever_its_writer_says(office: Office) -> None:
    last = office.written()[-1]
    office.school.execute("INSERT INTO audit_logs (event_type, log_seq) VALUES ('forged', 1)")
    assert office.written()[-1] == last + 1


def test_nothing_is_sealed_past_somebody_who_still_writes(office: Office) -> None:
    before = office.written()
    with still_writing(office) as slow:
        (later,) = office.write("later")
        office.seal()
        assert later not in office.sealed()
        office.seal()
        assert office.sealed() == []  # it began before the first look, so even the oldest wait
        slow.commit()
    assert office.seal() > 0
    while office.seal():
        pass
    assert office.sealed() == [*before, later - 1, later]
    assert office.verify().sound


def test_a_server_that_is_never_at_rest_is_sealed_up_to_the_oldest_writer(office: Office) -> None:
    """There is somebody at work at every moment, as on a busy server; each for a short time."""
    before = office.written()
    with still_writing(office) as first:
        office.seal()  # sets the mark
        with still_writing(office) as second:
            first.commit()
            sealed = office.seal()
            assert sealed == len(before) + 1
            assert office.sealed() == office.written()[:sealed]
            second.rollback()
    (last,) = office.write("after")
    assert office.seal() == 1
    assert office.sealed()[-1] == last  # a number that was rolled back is a gap, and no fault
    assert office.verify().sound


def test_two_workers_make_one_chain(office: Office) -> None:
    office.write(*map(str, range(30)))
    other = make_engine(office.worker_url, application_name="mv-desktop test worker")
    barrier, counts, errors = Barrier(2), [], []

    def work(engine: Engine) -> None:
        try:
            barrier.wait(10)
            counts.extend(seal_audit(engine, limit=3) for _ in range(20))
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [Thread(target=work, args=(engine,)) for engine in (office.worker, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.dispose()
    while office.seal():
        pass
    assert errors == []
    assert sum(counts) > 0
    assert office.sealed() == office.written()
    assert office.verify().sound


def _swap(office: Office, one: int, two: int) -> None:
    numbers = {one: -1, two: one, -1: two}
    for old, new in numbers.items():
        office.meddle("UPDATE audit_logs SET log_seq = %s WHERE log_seq = %s", new, old)


MEDDLING: dict[Break, Callable[[Office, int, int], None]] = {
    Break.CHANGED: lambda office, one, two: office.meddle(
        "UPDATE audit_logs SET event_data = event_data || '{\"a\": 1.5}' WHERE log_seq = %s", one
    ),
    Break.MISSING: lambda office, one, two: office.meddle("DELETE FROM audit_logs WHERE log_seq = %s", one),
    Break.INSERTED: lambda office, one, two: office.meddle("DELETE FROM audit_seals WHERE log_seq = %s", one),
    Break.REORDERED: _swap,
}


@pytest.mark.parametrize("kind", MEDDLING)
def test_meddling_is_found_and_the_first_broken_entry_named(office: Office, kind: Break) -> None:
    numbers = office.write("one", "two", "three")
    office.seal()
    assert office.verify().sound
    MEDDLING[kind](office, numbers[0], numbers[1])
    found = office.verify()
    assert not found.sound
    assert found.chain.fault is not None
    assert (found.chain.fault.kind, found.chain.fault.number) == (kind, numbers[0])
    assert f"BROKEN: entry {numbers[0]} (" in found.as_text()


@pytest.mark.parametrize(
    "change",
    [
        "event_type = 'x'", "actor_user_id = (SELECT user_id FROM users LIMIT 1)", "actor_role = 'admin'",
        "actor_ip = '192.0.2.7'", "resource_type = 'x'", "resource_id = gen_random_uuid()", "event_data = NULL",
        "created_at = created_at + interval '1 microsecond'",
    ],
)  # fmt: skip
def test_every_column_is_sealed(office: Office, change: str) -> None:
    (number,) = office.write("one")
    office.seal()
    office.meddle(f"UPDATE audit_logs SET {change} WHERE log_seq = %s", number)
    fault = office.verify().chain.fault
    assert fault is not None
    assert (fault.kind, fault.number) == (Break.CHANGED, number)


def test_a_seal_that_was_changed_is_found(office: Office) -> None:
    one, _ = office.write("one", "two")
    office.seal()
    office.meddle("UPDATE audit_seals SET seal = sha256('x') WHERE log_seq = %s", one)
    fault = office.verify().chain.fault
    assert fault is not None
    assert fault.number == one


def test_an_entry_slipped_in_between_is_never_sealed(office: Office) -> None:
    one, two = office.write("one", "two")
    office.meddle("DELETE FROM audit_logs WHERE log_seq = %s", one)
    office.seal()
    office.meddle("INSERT INTO audit_logs (event_type, log_seq) VALUES ('slipped in', %s)", one)
    assert office.seal() == 0
    fault = office.verify().chain.fault
    assert fault is not None
    assert (fault.kind, fault.number) == (Break.INSERTED, one)
    assert two in office.sealed()


def test_an_end_that_was_cut_off_is_found_with_a_noted_seal(office: Office, monkeypatch, capsys) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", office.admin.url)
    (last,) = office.write("the end")
    office.seal()
    assert main(["audit", "verify"]) == 0
    noted = next(
        line.split(": ")[1] for line in capsys.readouterr().out.splitlines() if line.startswith("Newest seal: ")
    )
    assert main(["audit", "verify", "--expect", noted]) == 0
    for table in ("audit_logs", "audit_seals"):
        office.meddle(f"DELETE FROM {table} WHERE log_seq >= %s", last)
    assert main(["audit", "verify"]) == 0
    capsys.readouterr()
    assert main(["audit", "verify", "--json", "--expect", noted.upper()]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert (answer["sound"], answer["expected_seal_found"], answer["fault"]) == (False, False, None)
    # nobody is told to note the seal of a chain that was made anew
    assert main(["audit", "verify", "--expect", noted]) == 3
    assert "Newest seal" not in capsys.readouterr().out


def test_the_command_names_the_broken_entry(office: Office, monkeypatch, capsys) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", office.admin.url)
    (number,) = office.write("one")
    office.seal()
    office.meddle("DELETE FROM audit_logs WHERE log_seq = %s", number)
    assert main(["audit", "verify"]) == 3
    assert f"BROKEN: entry {number} (" in capsys.readouterr().out
    assert main(["audit", "verify", "--json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert (answer["fault"]["kind"], answer["fault"]["entry"], answer["sound"]) == ("missing", number, False)


@pytest.mark.parametrize("noted", ["abc", "z" * 64, ""])
def test_what_is_no_seal_is_not_looked_for(office: Office, noted: str, monkeypatch, capsys) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", office.admin.url)
    assert main(["audit", "verify", "--expect", noted]) == 1
    assert "is no seal" in capsys.readouterr().err


def test_entries_without_a_seal_are_told(office: Office) -> None:
    office.seal()
    with open_session(office.admin.engine) as session:
        assert state(session).unsealed == 0
    office.write("new", "newer")
    with open_session(office.admin.engine) as session:
        found = state(session)
    assert (found.unsealed, found.newest is not None) == (2, True)
    assert 0 <= found.waiting_s < 60
    assert "2 entries have no seal yet, the oldest since " in office.verify().as_text()


def test_a_database_that_came_from_a_busier_server_is_sealed_on(office: Office) -> None:
    """After a restore, transactions are numbered from the start again."""
    office.seal()
    office.school.execute("UPDATE api._seal_mark SET before_xid = '900000000000', log_seq = log_seq + 1000")
    with still_writing(office) as first:
        office.seal()
        first.commit()
    assert office.seal() == 1
    with still_writing(office) as first:
        office.seal()
        with still_writing(office):
            first.commit()
            assert office.seal() == 1


@pytest.mark.parametrize("role", ["teacher", "coordinator"])
def test_only_an_admin_checks_and_only_the_worker_seals(office: Office, role: str) -> None:
    person = office.school.person(is_coordinator=role == "coordinator")
    with pytest.raises(NotAllowedError):
        verify(person.engine)
    for url in (person.url, office.admin.url):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT api.seal_audit(1)")


def test_somebody_who_has_just_begun_to_write_is_waited_for(office: Office) -> None:
    """No transaction is over after hers has begun, so that no snapshot names it."""
    before = office.written()
    with still_writing(office) as slow:
        assert office.seal() == 0
        slow.commit()
    assert office.seal() == len(before) + 1
    assert office.verify().sound


def test_a_transaction_that_looks_at_the_past_or_has_written_seals_nothing(office: Office) -> None:
    with psycopg.connect(office.worker_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.errors.InvalidTransactionState):
            connection.execute("SELECT api.seal_audit(1)")
    with psycopg.connect(office.worker_url) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        with pytest.raises(psycopg.errors.InvalidTransactionState):
            connection.execute("SELECT api.seal_audit(1)")
