"""Flags on real PostgreSQL: raised with a place, withdrawn until they are answered, and pulled again."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from mv_desktop.domain.exchange import PulledFlag, VerdictKind
from mv_desktop.domain.flag import FlagReason, Spot
from mv_desktop.domain.identifier import FlagId, PageRef
from mv_desktop.domain.operation import RaiseFlag, WithdrawFlag
from mv_desktop.services.evaluation import pull_scripts
from tests.factories.marking import Journal, School

APPLIED, REFUSED = VerdictKind.APPLIED, VerdictKind.REFUSED


def flag(**values) -> RaiseFlag:
    standard = {"reason": FlagReason.ILLEGIBLE, "comment": "the last line", "page": PageRef(1), "spot": Spot(0.25, 0.5)}
    return RaiseFlag(FlagId(uuid4()), **(standard | values))


def pulled(journal: Journal) -> tuple[PulledFlag, ...]:
    with journal.person.session() as session:
        (script,) = pull_scripts(session, [journal.evaluation_id])
    return script.flags


def test_a_flag_is_kept_with_its_spot_and_comes_back_whole(school: School) -> None:
    journal = school.journal(school.person())
    spot, page, script = flag(), flag(spot=None), flag(spot=None, page=None, reason=FlagReason.MISSING_PAGE)
    assert [v.kind for v in journal.send(spot, page, script)] == [APPLIED] * 3
    assert pulled(journal) == (
        PulledFlag(spot.flag_id, 1, 0, "illegible", "the last line", 0.25, 0.5),
        PulledFlag(page.flag_id, 1, 0, "illegible", "the last line"),
        PulledFlag(script.flag_id, None, None, "missing_page", "the last line"),
    )


def test_a_flag_of_a_program_one_release_behind_is_taken(school: School) -> None:
    journal = school.journal(school.person())
    payload = {"flag_id": str(uuid4()), "reason": "rescan_requested", "comment": "", "page_number": 1, "pdf_page": 0}
    assert [v.kind for v in journal.deliver(journal.raw("flag.raise", payload))] == [APPLIED]
    assert [(f.reason, f.x) for f in pulled(journal)] == [("rescan_requested", None)]


@pytest.mark.parametrize("place", [{"x": 1.5, "y": 0.5}, {"x": 0.5}, {"x": "NaN", "y": 0.5}, {"x": "left", "y": 0.5}])
def test_a_place_that_cannot_be_is_refused(school: School, place) -> None:
    journal = school.journal(school.person())
    payload = {"flag_id": str(uuid4()), "reason": "illegible", "page_number": 1, "pdf_page": 0} | place
    assert [(v.kind, v.reason) for v in journal.deliver(journal.raw("flag.raise", payload))] == [(REFUSED, "malformed")]


def test_a_flag_is_withdrawn_twice_and_raised_again(school: School) -> None:
    journal = school.journal(school.person())
    raised = flag()
    withdrawn = WithdrawFlag(raised.flag_id)
    assert [v.kind for v in journal.send(raised, withdrawn, withdrawn)] == [APPLIED] * 3
    assert pulled(journal) == ()
    events = "SELECT count(*) FROM audit_logs WHERE event_type = 'evaluation.flag_withdrawn'"
    assert school.select(events) == [(2,)]
    journal.send(raised)
    assert [f.flag_id for f in pulled(journal)] == [raised.flag_id]


def test_an_answered_flag_stands(school: School) -> None:
    journal = school.journal(school.person())
    raised = flag()
    journal.send(raised)
    school.execute(
        "UPDATE evaluation_flags SET answered_at = now(), answered_by = %s, answer = 'Look again.'",
        journal.person.user_id,
    )
    (verdict,) = journal.send(WithdrawFlag(raised.flag_id))
    assert (verdict.kind, verdict.reason) == (REFUSED, "flag_answered")
    assert [v.kind for v in journal.send(raised)] == [REFUSED]
    assert [(f.answered, f.answer) for f in pulled(journal)] == [(True, "Look again.")]


def test_nobody_withdraws_a_flag_that_is_not_hers_or_of_another_script(school: School) -> None:
    asha, meera = school.person(), school.person()
    journal, hers = school.journal(asha), school.journal(meera)
    raised = flag()
    journal.send(raised)
    for other in (hers, school.journal(asha)):
        (verdict,) = other.send(WithdrawFlag(raised.flag_id))
        assert (verdict.kind, verdict.reason) == (REFUSED, "unknown_flag")
    (verdict,) = journal.send(WithdrawFlag(FlagId(UUID(int=7))))
    assert verdict.reason == "unknown_flag"
    assert len(pulled(journal)) == 1
