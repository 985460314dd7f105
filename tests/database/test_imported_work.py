"""Work brought in by a file: kept and never applied, each operation once, whatever comes first."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from mv_desktop.core.errors import NotAllowedError, RefusedError
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import MarkKey, UserId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, SetMark
from mv_desktop.services.imported_work import import_operations
from mv_desktop.services.kept_work import kept_work, read_kept, take_kept

FILE = "a" * 64


def mark(number: int, marks: str) -> SetMark:
    return SetMark(MarkKey(number), GivenMark(MarkState.MARKED, Decimal(marks)))


def envelope(sent) -> dict:
    """As the journal writes it."""
    values = asdict(sent) | {"wall": sent.wall.isoformat()}
    del values["seq"]
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}


@pytest.fixture
def asha(school):
    return school.person()


@pytest.fixture
def priya(school):
    return school.person(is_coordinator=True)


@pytest.fixture
def journal(school, asha):
    made = school.journal(asha)
    made.send(OpenEvaluation())
    return made


def bring(person, journal, *sent, teacher=None):
    with person.session() as session:
        return import_operations(
            session, teacher or journal.person.user_id, FILE, [envelope(operation) for operation in sent]
        )


def test_it_is_kept_for_a_coordinator_who_takes_it(school, journal, priya):
    sent = [journal.made(mark(2, "1")), journal.made(mark(2, "1.5")), journal.made(mark(4, "2"))]
    assert bring(priya, journal, *sent).kept == 3
    assert school.select("SELECT count(*) FROM mark_registers") == [(0,)]
    with priya.session() as session:
        (work,) = kept_work(session)
        assert (work.operations, work.reasons) == (3, ("imported",))
        take_kept(session, read_kept(session, work.piece), None, "Her laptop is dead")
    assert school.select("SELECT question_number, marks FROM mark_registers ORDER BY 1") == [(2, 1.5), (4, 2)]
    ((data,),) = school.select("SELECT event_data FROM audit_logs WHERE event_type = 'evaluation.work_imported'")
    assert (data["file"], data["operations"], data["teacher"]) == (FILE, 3, str(journal.person.user_id))


def test_the_same_file_twice_and_the_computer_itself_afterwards_change_nothing(school, journal, priya):
    sent = [journal.made(mark(2, "1")), journal.made(mark(4, "2"))]
    assert bring(priya, journal, *sent).kept == 2
    again = bring(priya, journal, *sent)
    assert (again.kept, again.known) == (0, 2)
    verdicts = journal.deliver(*sent)
    assert [(v.kind, v.reason, v.already) for v in verdicts] == [(VerdictKind.KEPT, "imported", True)] * 2
    assert journal.send(mark(3, "1"))[0].reason != "gap"  # its stream goes on
    assert school.select("SELECT count(*) FROM applied_operations WHERE reason = 'imported'") == [(2,)]


def test_what_the_computer_had_sent_before_is_known(school, journal, priya):
    sent = [journal.made(mark(2, "1"))]
    assert journal.deliver(*sent)[0].kind is VerdictKind.APPLIED
    answer = bring(priya, journal, *sent, journal.made(mark(4, "2")))
    assert (answer.kept, answer.known) == (1, 1)


def test_a_changed_operation_and_what_was_never_hers_are_refused_and_audited(school, journal, priya):
    known = journal.made(mark(2, "1"))
    journal.deliver(known)
    forged = journal.made(mark(2, "0"), op_id=known.op_id)
    strange = journal.made(mark(2, "1"), evaluation_id=school.script(school.person()))
    broken = journal.made(mark(2, "1"), base_version=None)
    later = journal.made(mark(2, "1"), schema=99)
    answer = bring(priya, journal, forged, strange, broken, later)
    assert (answer.kept, answer.known) == (0, 0)
    assert [answer.refused[str(sent.op_id)] for sent in (forged, strange, broken, later)] == [
        "op_id_reused", "never_assigned", "malformed_envelope", "unsupported_schema",
    ]  # fmt: skip
    assert school.select("SELECT count(*) FROM applied_operations") == [(2,)]
    ((data,),) = school.select("SELECT event_data FROM audit_logs WHERE event_type = 'security.import_refused'")
    assert data["operations"] == dict(answer.refused)


def test_more_than_one_call_carries_goes_in_order(journal, priya):
    sent = [journal.made(mark(2, "1")) for _ in range(120)]
    assert bring(priya, journal, *sent).kept == 120
    with priya.session() as session:
        (work,) = kept_work(session)
    assert work.operations == 120


def test_who_does_not_coordinate_and_files_of_another_server_are_refused(journal, asha, priya):
    with pytest.raises(NotAllowedError):
        bring(asha, journal, journal.made(mark(2, "1")))
    with pytest.raises(RefusedError, match="no scripts on this server"):
        bring(priya, journal, teacher=UserId(uuid4()))
