"""What a submission writes: right to the half mark, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from mv_desktop.domain.annotation.document import AnnotationDocument
from mv_desktop.domain.annotation.shape import Placed, Stamp, TextNote
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState, totals
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    OpenEvaluation,
    PutAnnotations,
    SeePage,
    SetMark,
    SubmitEvaluation,
    TagPage,
)
from tests.factories.marking import Journal, School
from tests.factories.paper import bank_question

APPLIED, HELD = VerdictKind.APPLIED, VerdictKind.HELD
OPEN = OpenEvaluation()


def typed(number: int, marks: str, alternative: str = "", comment: str = "") -> SetMark:
    return SetMark(MarkKey(number, alternative), GivenMark(MarkState.MARKED, Decimal(marks), comment))


def not_attempted(number: int, alternative: str = "") -> SetMark:
    return SetMark(MarkKey(number, alternative), GivenMark(MarkState.NOT_ATTEMPTED))


def submit(marks: Mapping[int, str], total: str) -> SubmitEvaluation:
    return SubmitEvaluation({number: Decimal(value) for number, value in marks.items()}, Decimal(total))


def stamp(number: int, marks: str | None, alternative: str | None = None, page: int = 1) -> Placed:
    annotation = Stamp(
        id=uuid4(), stamp="tick", x=0.4, y=0.3, question_number=number, marks=marks, alternative=alternative
    )
    return Placed(PageRef(page), annotation)


def document(school: School) -> dict[str, Any]:
    ((data,),) = school.select("SELECT annotation_data FROM evaluations")
    AnnotationDocument.model_validate(data)
    return data


@pytest.fixture
def journal(school: School) -> Journal:
    teacher = school.person()
    return school.journal(teacher, school.script(teacher, pages=2, mcq_score="1"))


def test_completion_writes_marks_totals_and_audit(school: School, journal: Journal) -> None:
    verdicts = journal.send(
        OPEN,
        typed(2, "1.5", comment="see step 2"),
        typed(3, "2", "a"),
        typed(3, "2.50", "b"),
        not_attempted(4),
        submit({2: "1.5", 3: "2.5", 4: "0.0"}, "4.00"),
    )
    assert verdicts[-1].kind is APPLIED
    expected = [
        (2, UUID(bank_question("v").question_id), "VSA", "Matrices", Decimal("1.50"), Decimal(2), "see step 2"),
        (3, UUID(bank_question("b").question_id), "SA", "Matrices", Decimal("2.50"), Decimal(3), None),
        (4, UUID(bank_question("l").question_id), "LA", "Matrices", Decimal("0.00"), Decimal(5), None),
    ]
    stored = school.select(
        "SELECT question_number, question_id, question_type::text, unit, marks_awarded, marks_possible,"
        " teacher_comment FROM question_marks ORDER BY question_number"
    )
    assert stored == expected
    assert school.select(
        "SELECT status, total_manual_marks, sla_breached, submitted_punctuality, completed_at IS NOT NULL,"
        " started_at <= completed_at, version FROM evaluations"
    ) == [("completed", Decimal(4), False, "on_time", True, True, 6)]
    want = totals([Decimal("1.5"), Decimal("2.5"), Decimal(0)], Decimal(1), 11)
    assert school.select("SELECT manual_score, mcq_score, total_score, percentage, status FROM exam_instances") == [
        (want.manual, want.mcq, want.total, want.percentage, "evaluated")
    ]
    assert school.select(
        "SELECT actor_user_id, event_data ->> 'total_manual_marks', event_data ->> 'total_score' FROM audit_logs"
        " WHERE event_type = 'evaluation.completed'"
    ) == [(journal.person.user_id, "4", "5")]


def test_the_document_holds_what_the_marks_do_not_say(school: School, journal: Journal) -> None:
    tick, note = stamp(2, "1.5"), TextNote(id=uuid4(), x=0.5, y=0.6, text="Good, $x=5$", question_number=2)
    gone = stamp(2, "0.5")
    journal.send(
        OPEN,
        PutAnnotations((tick, gone, Placed(PageRef(1), note))),
        DeleteAnnotations((gone.annotation.annotation_id,)),
        SeePage(PageRef(1), 41.2, 0.75),
        SeePage(PageRef(1), 12.0, 1.0),
        TagPage(PageRef(2), (3, 4)),
        typed(3, "2", "a"),
        typed(3, "2.5", "b"),
        not_attempted(4),
        submit({2: "1.5", 3: "2.5", 4: "0"}, "4"),
    )
    data = document(school)
    assert data["schema"] == 1
    assert data["questions"] == [
        {
            "question_number": 3,
            "state": "struck_out",
            "alternative": "a",
            "marks": "2",
            "question_id": bank_question("a").question_id,
        },
        {"question_number": 4, "state": "not_attempted"},
    ]
    first, second = data["pages"]
    assert first["seen"] == {"seconds": 41.2, "largest_share": 1}
    assert (first["page_number"], first["rotation"], first["annotated_s3_key"]) == (1, 0, None)
    assert [(a["type"], a["id"]) for a in first["annotations"]] == [
        ("stamp", str(tick.annotation.id)),
        ("text", str(note.id)),
    ]
    assert first["annotations"][0]["marks"] == "1.5"
    assert "page_number" not in first["annotations"][0]
    assert second == {
        "page_number": 2,
        "rotation": 0,
        "annotated_s3_key": None,
        "seen": {"seconds": 0, "largest_share": 0},
        "question_numbers": [3, 4],
        "annotations": [],
    }


def test_pages_of_a_pdf_are_numbered_through(school: School, journal: Journal) -> None:
    first, _ = school.uploads(journal.evaluation_id)
    school.execute("UPDATE answer_sheet_uploads SET mime_type = 'application/pdf' WHERE upload_id = %s", first)
    with school.rows() as rows:
        sizes = [{"width": 10, "height": 20, "source": "pdf"}] * 2
        rows.insert("page_files", upload_id=first, sha256="0" * 64, bytes=9, pages=sizes)
    journal.send(OPEN, not_attempted(2), not_attempted(3, "a"), not_attempted(4), submit({2: "0", 3: "0", 4: "0"}, "0"))
    pages = [(page["page_number"], page.get("pdf_page", 0)) for page in document(school)["pages"]]
    assert pages == [(1, 1), (1, 2), (2, 0)]


def test_stamps_count_until_a_mark_is_typed(school: School, journal: Journal) -> None:
    journal.send(
        OPEN,
        PutAnnotations((stamp(2, "0.5"), stamp(2, "1.0"), stamp(2, None), stamp(4, "2"), stamp(3, "3", "b"))),
        typed(4, "3.5"),
        submit({2: "1.5", 3: "3", 4: "3.5"}, "8"),
    )
    marks = school.select("SELECT question_number, marks_awarded FROM question_marks ORDER BY 1")
    assert marks == [(2, Decimal("1.5")), (3, Decimal(3)), (4, Decimal("3.5"))]


def test_what_was_declared_unanswered_starts_as_not_attempted(school: School) -> None:
    teacher = school.person()
    journal = school.journal(teacher, school.script(teacher, declared=(2, 3)))
    journal.send(OPEN, typed(4, "5"))
    assert [v.kind for v in journal.send(ClearMark(MarkKey(2)), submit({3: "0", 4: "5"}, "5"))] == [APPLIED, HELD]
    assert [v.kind for v in journal.send(typed(2, "0.5"), submit({2: "0.5", 3: "0", 4: "5"}, "5.5"))] == [APPLIED] * 2
    assert document(school)["questions"] == [{"question_number": 3, "state": "not_attempted"}]


def test_an_attempted_side_wins_a_tie_and_then_the_first_key(school: School, journal: Journal) -> None:
    journal.send(OPEN, not_attempted(3, "a"), typed(3, "0", "b"), not_attempted(2), not_attempted(4))
    journal.send(submit({2: "0", 3: "0", 4: "0"}, "0"))
    kept = school.select("SELECT question_id FROM question_marks WHERE question_number = 3")
    assert kept == [(UUID(bank_question("b").question_id),)]


HELD_CASES: dict[str, tuple[list[Any], SubmitEvaluation, str, dict[str, Any]]] = {
    "a question without a mark": (
        [typed(2, "1"), typed(4, "1")],
        submit({2: "1", 4: "1"}, "2"),
        "incomplete",
        {"missing": [3]},
    ),
    "stamps above the marks": (
        [PutAnnotations((stamp(2, "2.5"),)), typed(3, "1", "a"), typed(4, "1")],
        submit({2: "2.5", 3: "1", 4: "1"}, "4.5"),
        "out_of_range",
        {"questions": [2]},
    ),
    "stamps that are no half steps": (
        [PutAnnotations((stamp(2, "0.25"),)), typed(3, "1", "a"), typed(4, "1")],
        submit({2: "0.25", 3: "1", 4: "1"}, "2.25"),
        "out_of_range",
        {"questions": [2]},
    ),
    "stamps below zero": (
        [PutAnnotations((stamp(2, "-1"),)), typed(3, "1", "a"), typed(4, "1")],
        submit({2: "-1", 3: "1", 4: "1"}, "1"),
        "out_of_range",
        {"questions": [2]},
    ),
    "another mark than the server has": (
        [typed(2, "1.50"), typed(3, "1", "a"), typed(4, "1")],
        submit({2: "2", 3: "1", 4: "1"}, "4"),
        "marks_differ",
        {"questions": [{"question_number": 2, "server": "1.5", "yours": "2"}]},
    ),
    "a mark too many": (
        [typed(2, "1"), typed(3, "1", "a"), typed(4, "1")],
        submit({1: "1", 2: "1", 3: "1", 4: "1"}, "4"),
        "marks_differ",
        {"questions": [{"question_number": 1, "server": None, "yours": "1"}]},
    ),
    "another total": (
        [typed(2, "1"), typed(3, "1", "a"), typed(4, "1")],
        submit({2: "1", 3: "1", 4: "1"}, "3.5"),
        "total_differs",
        {"server": "3", "yours": "3.5"},
    ),
}


@pytest.mark.parametrize("case", HELD_CASES)
def test_a_submission_that_does_not_agree_is_held_and_writes_nothing(
    school: School, journal: Journal, case: str
) -> None:
    before, submission, reason, detail = HELD_CASES[case]
    verdict = journal.send(OPEN, *before, submission)[-1]
    assert (verdict.kind, verdict.reason, verdict.detail) == (HELD, reason, detail)
    assert school.select("SELECT status FROM evaluations") == [("in_progress",)]
    assert school.select("SELECT count(*) FROM question_marks") == [(0,)]
    assert school.select("SELECT status FROM exam_instances") == [("pending_evaluation",)]


def test_a_submission_is_held_while_the_exam_is_not_with_the_teachers(school: School, journal: Journal) -> None:
    school.execute("UPDATE exam_instances SET status = 'uploaded'")
    journal.send(OPEN, not_attempted(2), not_attempted(3, "a"), not_attempted(4))
    (verdict,) = journal.send(submit({2: "0", 3: "0", 4: "0"}, "0"))
    assert (verdict.kind, verdict.reason) == (HELD, "exam_not_open")


@pytest.mark.parametrize(
    ("evidence", "since_ms", "punctuality"),
    [("since_beacon_ms", 600_000, "on_time_sent_later"), ("wall_since_ms", 600_000, "claimed"), ("seq", 0, "late")],
)
def test_a_late_receipt_is_a_breach_and_says_what_is_known(
    school: School, evidence: str, since_ms: int, punctuality: str
) -> None:
    teacher = school.person()
    journal = school.journal(teacher, school.script(teacher, hours_left=-0.5))
    with school.rows() as rows:
        beacon = rows.insert("clock_beacons", user_id=teacher.user_id)
        rows.connection.execute("UPDATE clock_beacons SET issued_at = now() - interval '1 hour'")
    known = {} if evidence == "seq" else {"beacon_id": beacon, evidence: since_ms}
    batch = [OPEN, not_attempted(2), not_attempted(3, "a"), not_attempted(4), submit({2: "0", 3: "0", 4: "0"}, "0")]
    verdicts = journal.deliver(*(journal.made(operation, **known) for operation in batch))
    assert verdicts[-1].kind is APPLIED
    assert school.select("SELECT sla_breached, submitted_punctuality FROM evaluations") == [(True, punctuality)]


def test_a_completed_evaluation_is_final_even_for_the_owner(school: School, journal: Journal) -> None:
    journal.send(
        OPEN, PutAnnotations((stamp(2, "1"),)), SeePage(PageRef(1), 1, 1), typed(3, "1", "a"), not_attempted(4)
    )
    journal.send(submit({2: "1", 3: "1", 4: "0"}, "2"))
    for change in (
        "UPDATE question_marks SET marks_awarded = 2 WHERE question_number = 2",
        "DELETE FROM question_marks",
        (
            "INSERT INTO question_marks SELECT gen_random_uuid(), evaluation_id, exam_instance_id, 5, question_id,"
            " question_type, unit, 1, 1, NULL, now() FROM question_marks LIMIT 1"
        ),
        "UPDATE mark_registers SET comment = 'x'",
        "DELETE FROM annotation_registers",
        "UPDATE page_registers SET seen_seconds = 0",
        "UPDATE evaluations SET annotation_data = NULL",
        "UPDATE evaluations SET total_manual_marks = 3",
        "UPDATE evaluations SET status = 'in_progress'",
        "DELETE FROM evaluations",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            school.execute(change)
