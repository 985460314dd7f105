"""Questions returned after completion: copied first, only they are open again, and both versions are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import ConflictError, RefusedError
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    OpenEvaluation,
    PutAnnotations,
    SetMark,
    SubmitEvaluation,
)
from mv_desktop.domain.returned import Pinned, Returned, ReturnedQuestion
from mv_desktop.domain.submission import submission
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services.assignment import move_script, return_questions
from mv_desktop.services.evaluation import pull_scripts
from mv_desktop.services.sheet import exclude_page
from tests.factories.local import open_store
from tests.factories.marking import Journal, School

APPLIED, KEPT, REFUSED = VerdictKind.APPLIED, VerdictKind.KEPT, VerdictKind.REFUSED
KEYS = (MarkKey(2), MarkKey(3, "a"), MarkKey(4))
TWO = [ReturnedQuestion(2, "The last step'); --", Pinned(PageRef(1), Spot(0.5, 0.25)))]


def mark(key: MarkKey, marks: str) -> SetMark:
    return SetMark(key, GivenMark(MarkState.MARKED, Decimal(marks)))


def stamp(number: int | None) -> Placed:
    return Placed(PageRef(1), Stamp(id=uuid4(), stamp="tick", x=0.5, y=0.5, question_number=number, marks=None))


def sending(*marks: str) -> SubmitEvaluation:
    values = [Decimal(value) for value in marks]
    return SubmitEvaluation(dict(zip((2, 3, 4), values, strict=True)), sum(values, Decimal(0)))


def finished(school: School, teacher, *ink: Placed) -> Journal:
    journal = school.journal(teacher)
    marks = [mark(key, "1") for key in KEYS]
    put = [PutAnnotations(ink)] if ink else []
    *_, last = journal.send(OpenEvaluation(), *put, *marks, sending("1", "1", "1"))
    assert last.kind is APPLIED
    return journal


def give_back(person, journal: Journal, questions=TWO, version: int = 1):
    with person.session() as session:
        return return_questions(
            session, journal.evaluation_id, version, questions, datetime.now(UTC) + timedelta(days=2), "A slip"
        )


@pytest.fixture
def asha(school: School):
    return school.person()


@pytest.fixture
def priya(school: School):
    return school.person(is_coordinator=True)


@pytest.mark.parametrize("role", ["teacher", "admin"])
def test_everything_is_copied_before_it_is_opened(school: School, asha, role: str) -> None:
    person = school.person(role, is_coordinator=role == "teacher")
    journal = finished(school, asha, stamp(2))
    (before,) = school.select(
        "SELECT to_jsonb(e), (to_jsonb(x) ->> 'total_score')::float FROM evaluations e, exam_instances x"
    )
    assert give_back(person, journal).assignment_version == 2
    ((copy, exam, marks, work, who),) = school.select(
        "SELECT evaluation, exam, marks, work, copied_by FROM evaluation_versions"
    )
    assert (copy, exam["total_score"], who) == (before[0], before[1], person.user_id)
    assert [m["marks_awarded"] for m in marks] == [1, 1, 1]
    assert [len(work[name]) for name in ("marks", "annotations")] == [3, 1]
    assert "student_user_id" not in exam
    assert school.select("SELECT status::text, total_manual_marks, annotation_data FROM evaluations") == [
        ("in_progress", None, None)
    ]
    assert school.select("SELECT count(*) FROM question_marks") == [(0,)]
    assert school.select("SELECT status::text, manual_score, total_score, percentage FROM exam_instances") == [
        ("pending_evaluation", 0, 1, None)
    ]
    assert school.select("SELECT actor_user_id FROM audit_logs WHERE event_type = 'evaluation.returned'") == [
        (person.user_id,)
    ]
    assert asha.select("SELECT questions -> 0 ->> 'reason' FROM evaluation_returns") == [("The last step'); --",)]


def test_only_what_was_returned_can_be_changed(school: School, asha, priya) -> None:
    on_three, on_none = stamp(3), stamp(None)
    journal = finished(school, asha, on_three, on_none)
    give_back(priya, journal)
    journal.assignment_version = 2
    moved = Placed(PageRef(1), on_three.annotation.model_copy(update={"question_number": 2}))
    closed = (
        mark(KEYS[1], "2"),
        ClearMark(KEYS[2]),
        PutAnnotations((stamp(4),)),
        PutAnnotations((moved,)),
        DeleteAnnotations((AnnotationId(on_three.annotation.id),)),
    )
    assert [(v.kind, v.reason) for v in journal.send(*closed)] == [(REFUSED, "not_returned")] * len(closed)
    braced = {"annotation_ids": ["{" + str(on_three.annotation.id).upper() + "}"]}
    assert [v.reason for v in journal.deliver(journal.raw("annotation.delete", braced))] == ["not_returned"]
    open_ = (
        mark(KEYS[0], "1.5"),
        PutAnnotations((stamp(2), stamp(None))),
        DeleteAnnotations((AnnotationId(on_none.annotation.id),)),
    )
    assert [v.kind for v in journal.send(*open_, sending("1.5", "1", "1"))] == [APPLIED] * 4
    assert school.select("SELECT total_manual_marks, status::text FROM evaluations") == [(Decimal("3.50"), "completed")]
    give_back(priya, journal, version=2)
    assert school.select("SELECT version_number, evaluation -> 'total_manual_marks' FROM evaluation_versions") == [
        (1, 3),
        (2, 3.5),
    ]


def test_what_was_made_before_the_return_is_kept(school: School, asha, priya) -> None:
    journal = finished(school, asha)
    give_back(priya, journal)
    assert [(v.kind, v.reason) for v in journal.send(mark(KEYS[0], "2"))] == [(KEPT, "assignment_changed")]


def test_another_teacher_who_gets_it_marks_all_of_it(school: School, asha, priya) -> None:
    journal, meera = finished(school, asha), school.person()
    give_back(priya, journal)
    with priya.session() as session:
        move_script(session, journal.evaluation_id, 2, meera.user_id, "She left")
    hers = replace(school.journal(meera, journal.evaluation_id), assignment_version=3)
    marks = [mark(key, "0.5") for key in KEYS]
    assert [v.kind for v in hers.send(*marks, sending("0.5", "0.5", "0.5"))] == [APPLIED] * 4


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ([], "needs a reason"),
        ([ReturnedQuestion(2, " ")], "needs a reason"),
        ([ReturnedQuestion(2, "x" * 2001)], "needs a reason"),
        ([TWO[0], TWO[0]], "needs a reason"),
        ([ReturnedQuestion(1, "an MCQ")], "no such marked question"),
        ([ReturnedQuestion(99, "none")], "no such marked question"),
    ],
)
def test_nonsense_opens_nothing(school: School, asha, priya, questions, words: str) -> None:
    journal = finished(school, asha)
    with pytest.raises(RefusedError, match=words):
        give_back(priya, journal, questions)
    assert school.select("SELECT status::text FROM evaluations") == [("completed",)]
    assert school.select("SELECT count(*) FROM evaluation_versions") == [(0,)]


def test_the_slower_of_two_and_one_that_is_open_are_refused(school: School, asha, priya) -> None:
    journal = finished(school, asha)
    give_back(priya, journal)
    with pytest.raises(ConflictError, match="was faster"):
        give_back(school.person(is_coordinator=True), journal)
    with pytest.raises(RefusedError, match="completed"):
        give_back(priya, journal, version=2)


def test_a_pin_is_a_place_on_a_page_that_the_teacher_sees_and_nothing_else(school: School, asha, priya) -> None:
    script = school.script(asha, pages=3)
    journal = school.journal(asha, script)
    journal.send(OpenEvaluation(), *(mark(key, "1") for key in KEYS))
    uploads = school.select("SELECT upload_id, page_number FROM answer_sheet_uploads ORDER BY page_number")
    with priya.session() as session:
        exclude_page(session, uploads[1][0], "Another student's")
    school.execute("UPDATE answer_sheet_uploads SET mime_type = 'application/pdf' WHERE page_number = 3")
    with school.rows() as rows:
        two = [{"width": 620, "height": 876, "source": "pdf-image"}] * 2
        rows.insert("page_files", upload_id=uploads[2][0], sha256="0" * 64, bytes=1, pages=two)
    *_, last = journal.send(sending("1", "1", "1"))
    assert last.kind is APPLIED
    place = {"page_number": 1, "pdf_page": 0, "x": 0.5, "y": 0.5}
    wrong: dict[str, list[object]] = {
        "malformed": [
            "1", 7, True, [], [place], {}, {"page_number": 1}, {**place, "note": "x"}, {**place, "x": "0.5"},
            {**place, "y": None}, {**place, "x": 1.001}, {**place, "y": -0.001}, {**place, "page_number": 1.5},
            {**place, "page_number": -1}, {**place, "pdf_page": "0"}, {**place, "page_number": 10**40},
        ],
        "unknown_page": [
            {**place, "page_number": 4}, {**place, "page_number": 0}, {**place, "page_number": 2},
            {**place, "pdf_page": 1}, {**place, "page_number": 3}, {**place, "page_number": 3, "pdf_page": 3},
        ],
    }  # fmt: skip
    call = text("SELECT api.return_questions(:script, 1, CAST(:questions AS jsonb), now() + interval '1 day', 'x')")

    def refused(pins: str) -> str | None:
        with priya.session() as session:
            answer = session.scalar(call, {"script": script, "questions": pins})
        return answer.get("refused")

    def written(*pins: object) -> str:
        numbered = zip((2, 3, 4), pins, strict=False)
        return json.dumps([{"question_number": n, "reason": "A slip", "pin": pin} for n, pin in numbered])

    for fault, pins in wrong.items():
        assert [refused(written(place, pin)) for pin in pins] == [fault] * len(pins)
    assert refused(written(place).replace("0.5", "0." + "5" * 300, 1)) == "malformed"  # kept by nobody
    assert school.select("SELECT count(*) FROM evaluation_returns") == [(0,)]
    good = [{**place, "x": 0, "y": 1}, {**place, "page_number": 3, "pdf_page": 2}, None]
    assert refused(written(*good)) is None
    ((kept,),) = asha.select("SELECT questions FROM evaluation_returns")
    assert [one["pin"] for one in kept] == good
    with asha.session() as session:
        (told,) = pull_scripts(session, [script])
    assert [one.pin for one in told.returned.questions] == [
        Pinned(PageRef(1), Spot(0, 1)),
        Pinned(PageRef(3, 2), Spot(0.5, 0.5)),
        None,
    ]


def test_a_copy_made_in_another_transaction_opens_nothing(school: School, asha, priya) -> None:
    journal = finished(school, asha)
    give_back(priya, journal)
    journal.assignment_version = 2
    journal.send(sending("1", "1", "1"))
    opening = "UPDATE evaluations SET status = 'in_progress'"
    with pytest.raises(errors.RestrictViolation):
        school.execute(opening)
    with psycopg.connect(school.database.owner_url) as connection:
        copy = (
            "INSERT INTO evaluation_versions SELECT evaluation_id, 2, 'x', copied_by, {}, {}, evaluation, exam, marks,"
            " work"
        )
        stale = copy.format("now() - interval '1 s'", "pg_current_xact_id()::text::bigint")
        connection.execute(f"{stale} FROM evaluation_versions".encode())
        with pytest.raises(errors.RestrictViolation):
            connection.execute(opening)
        connection.rollback()


def test_her_computer_gets_it_back_and_sends_it_again(school: School, asha, priya, tmp_path) -> None:
    script = school.script(asha)
    store = open_store(tmp_path, SystemClock())
    sync = Synchroniser(store, asha.session, SystemClock())
    sync.run()

    def state() -> WorkState:
        (row,) = store.queue(SystemClock().now())
        return row.state

    for key in KEYS:
        store.record(script, mark(key, "1"))
    store.record(script, submission(store.open_script(script).script))
    sync.run()
    assert state() is WorkState.COMPLETED
    give_back(priya, Journal(asha, script, uuid4()))  # type: ignore[arg-type]
    sync.run()
    assert state() is WorkState.STARTED
    view = store.open_script(script)
    assert not view.read_only
    returned = Returned("A slip", (TWO[0],))  # with its pin
    assert (view.returned, store.queue(SystemClock().now())[0].returned) == (returned, returned)
    (told,) = store.status().messages
    assert (told.kind, told.questions, told.text.endswith("Why: A slip")) == ("returned", (2,), True)
    assert [view.script.given[key].marks for key in KEYS] == [1, 1, 1]
    store.record(script, mark(KEYS[0], "1.5"))
    store.record(script, mark(KEYS[1], "0.5"))  # not returned: refused, said, and taken back
    result = sync.run()
    assert result.pending == 0
    given = store.open_script(script).script.given
    assert [given[key].marks for key in KEYS] == [Decimal("1.5"), 1, 1]
    store.record(script, submission(store.open_script(script).script))
    sync.run()
    assert state() is WorkState.COMPLETED
    assert store.open_script(script).returned is None
    assert school.select("SELECT total_manual_marks FROM evaluations") == [(Decimal("3.50"),)]
    store._vault.close()
