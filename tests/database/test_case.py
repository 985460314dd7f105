"""Cases: all that waits for who coordinates, in a few queries; what is decided stands in the log with who and why."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.case import Case, CaseFile, CaseKind, Cases, new_deadline
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.flag import FlagReason, Spot
from mv_desktop.domain.hand_back import HandBackReason
from mv_desktop.domain.identifier import FlagId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import HandBack, OpenEvaluation, RaiseFlag, SetMark
from mv_desktop.domain.returned import Pinned, ReturnedQuestion
from mv_desktop.offline.casework import Casework
from mv_desktop.services import assignment, case, sheet
from mv_desktop.services.migration import downgrade
from tests.database.test_return import KEYS, finished, mark, sending
from tests.factories.marking import Journal, Person, School

WHY = "So it was decided'); DROP TABLE users; --"


@pytest.fixture
def asha(school: School) -> Person:
    return school.person()


@pytest.fixture
def priya(school: School) -> Person:
    return school.person(is_coordinator=True)


def cases(person: Person) -> Cases:
    with person.session() as session:
        return case.read_cases(session)


def only(person: Person, kind: CaseKind) -> Case:
    (found,) = [one for one in cases(person).cases if one.kind is kind]
    return found


def file_of(person: Person, one: Case) -> CaseFile:
    with person.session() as session:
        return case.read_file(session, one)


def searched(school: School, person: Person, journal: Journal) -> Case:
    ((exam,),) = school.select(
        "SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", journal.evaluation_id
    )
    with person.session() as session:
        (found,) = case.find_scripts(session, script_code(exam))
    assert found.script is not None
    assert found.script.evaluation_id == journal.evaluation_id
    return found


def flag(journal: Journal) -> FlagId:
    raised = RaiseFlag(FlagId(uuid4()), FlagReason.ILLEGIBLE, "the last line", PageRef(2), Spot(0.25, 0.5))
    journal.send(raised)
    return raised.flag_id


def name(school: School, person: Person) -> str:
    ((found,),) = school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", person.user_id)
    return str(found)


def log(school: School) -> list[tuple[str, UUID, str]]:
    return school.select(
        "SELECT event_type, actor_user_id, coalesce(event_data ->> 'reason', event_data ->> 'answer') FROM audit_logs"
        " WHERE actor_user_id IN (SELECT user_id FROM users WHERE is_coordinator)"
        " AND split_part(event_type, '.', 1) IN ('evaluation', 'page') ORDER BY created_at, log_id"
    )


def test_all_that_waits_is_read_with_what_it_is_about_the_oldest_deadline_first(school, asha, priya) -> None:
    meera = school.person()
    flagged = school.journal(asha, school.script(asha, pages=2, hours_left=20))
    flag_id = flag(flagged)
    flagged.send(SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(99))))  # refused: the question carries 2
    back = school.journal(asha, school.script(asha, hours_left=-5))
    back.send(HandBack(HandBackReason.OTHER, "I taught her"))
    out, moved, blurred = (school.journal(asha, school.script(asha, hours_left=hours)) for hours in (40, 10, 30))
    moved.send(SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1))))
    with priya.session() as session:
        assignment.withdraw_script(session, out.evaluation_id, 1, "Wrong student")
        assignment.move_script(session, moved.evaluation_id, 1, meera.user_id, "Ill")
        sheet.ask_rescan(session, school.uploads(blurred.evaluation_id), "Blurred, please")

    statements: list[str] = []
    with priya.session() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *given: statements.append(given[2]))
        found = case.read_cases(session)
    assert len(statements) <= 8
    assert [one.kind for one in found.cases] == [
        CaseKind.HANDED_BACK,
        CaseKind.KEPT_WORK,
        CaseKind.FLAG,
        CaseKind.RESCAN,
        CaseKind.WITHDRAWN,
        CaseKind.REFUSED_WORK,
    ]
    handed, kept, flagged_case, rescan, withdrawn, refused = found.cases
    assert (handed.reason, handed.words, handed.by) == ("other", "I taught her", name(school, asha))
    assert handed.script is not None
    assert (handed.script.held, handed.script.breached, handed.script.excused) == ("handed_back", True, False)
    assert (flagged_case.subject, flagged_case.reason, flagged_case.words) == (flag_id, "illegible", "the last line")
    assert (flagged_case.page, flagged_case.spot) == (PageRef(2), Spot(0.25, 0.5))
    assert flagged_case.script is not None
    assert (flagged_case.script.teacher, flagged_case.script.breached) == (name(school, asha), False)
    assert (rescan.reason, rescan.page, rescan.by) == ("Blurred, please", PageRef(1), name(school, priya))
    assert (withdrawn.reason, withdrawn.by) == ("Wrong student", name(school, priya))
    assert kept.script is not None
    assert (kept.by, kept.script.teacher, kept.operations) == (name(school, asha), name(school, meera), 1)
    assert (refused.script, refused.operations, refused.scripts) == (None, 1, 1)
    for one in found.cases:
        file = file_of(priya, one)
        assert (file.script, file.returnable) == (one.script, ())
        assert len(file.sheets) == (0 if one is refused else 2 if one is flagged_case else 1)
        assert (file.kept is None) == (one is not kept)
    for person in (asha, school.person("admin")):
        with pytest.raises(NotAllowedError):
            cases(person)


def test_a_server_one_release_behind_shows_the_cases_without_pages_and_answers(school, asha, priya) -> None:
    script = school.script(asha)
    with priya.session() as session:
        sheet.ask_rescan(session, school.uploads(script), "Blurred, please")
    assert file_of(priya, only(priya, CaseKind.RESCAN)).visible
    downgrade(school.database.owner_url, "035")
    rescan = only(priya, CaseKind.RESCAN)
    file = file_of(priya, rescan)
    assert (rescan.answer, len(file.sheets), file.opens_pages, file.visible) == (None, 1, False, False)
    Casework(priya.session).cancel_rescan(rescan.subject, WHY)
    assert cases(priya).cases == ()


def test_a_script_is_found_by_its_code_and_returned_or_looked_at_again_at_a_student_s_request(
    school, asha, priya
) -> None:
    journal = finished(school, asha)
    open_script = school.journal(asha)
    with priya.session() as session:
        assert case.find_scripts(session, "VX-4K") == ()
    found = searched(school, priya, journal)
    file = file_of(priya, found)
    assert [(q.number, q.possible, q.marks) for q in file.questions] == [(1, 1, None), (2, 2, 1), (3, 3, 1), (4, 5, 1)]
    assert file.returnable == (2, 3, 4)
    desk = Casework(priya.session)
    assert [one.script for one in desk.find(found.script.code)] == [found.script]
    desk.return_questions(found.script, [ReturnedQuestion(3, "The sum", Pinned(PageRef(1), Spot(0.5, 0.5)))], WHY)
    with pytest.raises(ConflictError, match="was faster"):
        desk.recheck(found.script, None, "she asked")
    again = searched(school, priya, journal)
    assert again.script.assignment_version == 2
    assert not again.script.completed
    hours = school.select("SELECT sla_hours_allocated FROM evaluations WHERE evaluation_id = %s", journal.evaluation_id)
    with priya.session() as session:
        expected = cases(priya).calendar.deadline(cases(priya).read_at, hours[0][0]).due
    assert abs(again.script.due - expected) < timedelta(minutes=1)
    for numbers in (None, [2]):
        with pytest.raises(RefusedError, match="completed"), priya.session() as session:
            case.recheck(session, searched(school, priya, open_script).script, numbers, "she asked")

    second = finished(school, asha)
    with pytest.raises(InvalidError), priya.session() as session:
        case.recheck(session, searched(school, priya, second).script, None, " ")
    with priya.session() as session:
        case.recheck(session, searched(school, priya, second).script, None, "She counted 4 marks.")
    (returned,) = school.select(
        "SELECT questions, reason FROM evaluation_returns WHERE evaluation_id = %s", second.evaluation_id
    )
    assert [q["question_number"] for q in returned[0]] == [2, 3, 4]
    assert returned[1] == "At the student's request: She counted 4 marks."
    assert school.select("SELECT count(*) FROM evaluation_versions") == [(2,)]
    assert log(school) == [
        ("evaluation.returned", priya.user_id, WHY),
        ("evaluation.returned", priya.user_id, returned[1]),
    ]


def test_what_is_decided_ends_the_case_and_stands_in_the_log_and_the_slower_is_told_who_was_faster(
    school, asha, priya
) -> None:
    other = school.person(is_coordinator=True)
    journal = school.journal(asha, school.script(asha, pages=2, hours_left=-1))
    for _ in range(2):
        flag(journal)
    first, second = (one for one in cases(priya).cases if one.kind is CaseKind.FLAG)
    script = file_of(priya, first)
    pages = [one.page_id for one in script.sheets]
    calendar, now = cases(priya).calendar, cases(priya).read_at
    later = new_deadline("8", first.script.due, calendar, now)

    one, question = script.script, script.questions[1].question_id
    asked = {
        "answer": lambda desk: desk.answer(first.subject, WHY),
        "rescan": lambda desk: desk.ask_rescan(pages[1:], WHY, second.subject),
        "exclude": lambda desk: desk.exclude(pages[:1], WHY),
        "excuse": lambda desk: desk.excuse(one, WHY),
        "extend": lambda desk: desk.extend(one, later, WHY),
        "propose": lambda desk: desk.propose(one, question, Adjustment.AWARD, WHY),
        "withdraw": lambda desk: desk.withdraw(one, WHY),
        "release": lambda desk: desk.release(one, WHY),
    }
    for which, decide in asked.items():
        decide(Casework(priya.session))
        # of two who excuse the same, the second learns that it is done; all others learn who was faster
        kind, words = (RefusedError, "already") if which == "excuse" else (ConflictError, name(school, priya))
        with pytest.raises(kind, match=words):
            decide(Casework(other.session))
    assert [(what, who, why) for what, who, why in log(school)] == [
        (what, priya.user_id, WHY)
        for what in (
            "evaluation.flag_answered",
            "evaluation.flag_answered",  # by the request for a rescan
            "page.rescan_asked",
            "page.excluded",
            "evaluation.deadline_excused",
            "evaluation.deadline_extended",
            "evaluation.withdrawn",
            "evaluation.released",
        )
    ]
    assert school.select(
        "SELECT actor_user_id, event_data ->> 'reason' FROM audit_logs"
        " WHERE event_type = 'question.adjustment_proposed'"
    ) == [(priya.user_id, WHY)]
    desk = Casework(priya.session)
    (left,) = desk.cases().cases
    assert (left.kind, left.reason) == (CaseKind.RESCAN, WHY)
    assert (left.script.due, left.script.breached, left.script.held) == (later, True, "")
    with pytest.raises(RefusedError):
        desk.exclude([pages[1], uuid4()], WHY)  # all or none
    desk.cancel_rescan(left.subject, WHY)
    desk.include(pages[:1], WHY)
    assert all(page.excluded is None for page in desk.file(first).sheets)
    assert cases(priya).cases == ()


def test_a_flag_of_a_script_that_was_completed_meanwhile_is_answered_and_changes_nothing_of_it(
    school, asha, priya
) -> None:
    journal = school.journal(asha)
    raised = RaiseFlag(FlagId(uuid4()), FlagReason.OTHER, "which way?", None, None)
    journal.send(OpenEvaluation(), raised, *(mark(key, "1") for key in KEYS), sending("1", "1", "1"))
    before = school.select("SELECT total_manual_marks, completed_at FROM evaluations")
    desk = Casework(priya.session)
    (waiting,) = desk.cases().cases
    assert waiting.script.completed
    desk.answer(waiting.subject, WHY)
    assert desk.cases().cases == ()
    assert school.select("SELECT total_manual_marks, completed_at FROM evaluations") == before


def test_kept_work_ends_as_a_case_when_all_of_it_is_decided(school, asha, priya) -> None:
    meera, other = school.person(), school.person(is_coordinator=True)
    journal = school.journal(asha)
    for number, alternative in ((2, ""), (3, "a"), (4, "")):
        journal.send(SetMark(MarkKey(number, alternative), GivenMark(MarkState.MARKED, Decimal(1))))
    with priya.session() as session:
        assignment.move_script(session, journal.evaluation_id, 1, meera.user_id, "Ill")
    reading = file_of(priya, only(priya, CaseKind.KEPT_WORK)).kept
    assert Casework(priya.session).take(reading, [2, 3], WHY).questions == (2, 3)
    with pytest.raises(ConflictError, match=name(school, priya)):
        Casework(other.session).decline(reading, None, WHY)
    left = only(other, CaseKind.KEPT_WORK)
    assert left.operations == 1
    Casework(other.session).decline(file_of(other, left).kept, [4], WHY)
    assert cases(priya).cases == ()
    assert log(school)[1:] == [
        ("evaluation.kept_taken", priya.user_id, WHY),
        ("evaluation.kept_declined", other.user_id, WHY),
    ]
