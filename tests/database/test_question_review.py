"""Questions of teachers on a real server: written, handed in, talked about, decided, and taken back again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.question_draft import QuestionDraft, values_of
from mv_desktop.domain.question_review import Approval, RemarkKind, ReviewState
from mv_desktop.domain.record import Opened, Wanted
from mv_desktop.offline.office.question import Questions
from mv_desktop.offline.office.question_review import OwnQuestions, QuestionReviews
from mv_desktop.services.question import put_question
from tests.factories.marking import Person, School

DRAFT = QuestionDraft(
    unit="Matrices", question_type="SA", marks=3, question_text="Solve $x$.", answer="$2$", solution="$2x=4$",
    steps="1: halves it\n2: answers",
)  # fmt: skip
WHY = "Name the unit'); DROP TABLE users; --"


class Desk:
    """A teacher with her questions, and two admins."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.asha, self.meera = school.person(), school.person()
        self.admin, self.other = school.person("admin"), school.person("admin")
        self.own, self.hers = OwnQuestions(self.asha.session), OwnQuestions(self.meera.session)
        self.bank = Questions(self.admin.session)
        self.reviews, self.others = QuestionReviews(self.admin.session), QuestionReviews(self.other.session)

    def written(self, **values: object) -> UUID:
        key = uuid4()
        self.own.save(key, None, replace(DRAFT, **values), "")  # type: ignore[arg-type]
        return key

    def change(self, key: UUID, **values: object) -> None:
        opened = self.own.open(key)
        self.own.save(key, opened, replace(opened.draft, **values), "")  # type: ignore[arg-type]

    def submit(self, key: UUID, words: str = "") -> ReviewState:
        return self.own.submit(self.own.open(key), words)

    def seen(self, key: UUID) -> Approval:
        return Approval(key, self.bank.open(key).seen)

    def state(self, key: UUID) -> tuple[str, ReviewState | None]:
        draft = self.own.open(key).draft
        return draft.status, draft.review.state

    def told(self, person: Person) -> list[str]:
        found = self.school.select("SELECT kind FROM notices WHERE user_id = %s ORDER BY kind", person.user_id)
        return [kind for (kind,) in found]


@pytest.fixture
def desk(school: School) -> Desk:
    return Desk(school)


def listed(find: Callable, **choices: str) -> set[UUID]:
    return {row.question_id for row in find(Wanted("", choices), None).rows}


def test_a_draft_waits_is_rejected_changed_and_approved_with_all_that_was_said(desk: Desk) -> None:
    key = desk.written()
    assert desk.state(key) == ("draft", None)
    assert listed(desk.own.find) == listed(desk.bank.find, status="draft") == {key}
    assert listed(desk.hers.find) == set()
    assert desk.submit(key, "Is it right?") is ReviewState.WAITING
    assert listed(desk.bank.find, status="waiting") == listed(desk.own.find, status="waiting") == {key}
    assert desk.told(desk.admin) == desk.told(desk.other) == ["question.waiting"]
    with pytest.raises(RefusedError, match="waits for an admin already"):
        desk.submit(key)
    opened = desk.bank.open(key)
    assert opened.draft.review.author
    desk.change(key, topic="Linear")  # while it waits: who looked at it before has to look again
    assert desk.state(key) == ("draft", ReviewState.WAITING)
    with pytest.raises(ConflictError):
        desk.reviews.reject(opened, WHY)
    with pytest.raises(InvalidError):
        desk.reviews.reject(desk.bank.open(key), " ")
    desk.reviews.reject(desk.bank.open(key), WHY)
    with pytest.raises(RefusedError, match="does not wait"):
        desk.others.reject(desk.bank.open(key), WHY)
    assert desk.state(key) == ("draft", ReviewState.REJECTED)
    desk.own.remark(key, "Which unit?")
    desk.others.remark(key, "Linear Programming")
    desk.change(key, unit="Linear Programming")
    desk.submit(key, "Done")
    desk.own.take_back(desk.own.open(key))
    with pytest.raises(RefusedError):
        desk.own.take_back(desk.own.open(key))
    desk.submit(key)
    assert desk.reviews.approve([desk.seen(key)], "").left == ()
    assert desk.state(key) == ("active", ReviewState.APPROVED)
    said = [(one.kind, one.words) for one in desk.own.open(key).draft.review.remarks]
    assert said == [
        (RemarkKind.SUBMITTED, "Is it right?"), (RemarkKind.REJECTED, WHY), (RemarkKind.REMARKED, "Which unit?"),
        (RemarkKind.REMARKED, "Linear Programming"), (RemarkKind.SUBMITTED, "Done"), (RemarkKind.TAKEN_BACK, ""),
        (RemarkKind.SUBMITTED, ""), (RemarkKind.APPROVED, ""),
    ]  # fmt: skip
    assert desk.told(desk.asha) == ["question.approved", "question.rejected", "question.remarked"]
    assert desk.told(desk.admin) == ["question.remarked", "question.remarked", "question.waiting"]
    assert desk.told(desk.meera) == []
    events = {change.event for change in desk.bank.changes(key)}
    assert {"question.submitted", "question.rejected", "question.taken_back", "question.approved"} <= events
    # what is another's looks like what is not there
    with pytest.raises(RefusedError, match="no such question"):
        desk.hers.open(key)
    for act in (desk.hers.withdraw, desk.hers.take_back, lambda one: desk.hers.submit(one, "")):
        with pytest.raises(RefusedError, match="no such record"):
            act(desk.own.open(key))
    with pytest.raises(RefusedError, match="no such record"):
        desk.hers.remark(key, "x")
    assert desk.asha.select("SELECT question_id FROM questions") == [(key,)]  # as a table: what is active


def test_a_change_of_an_active_question_waits_beside_it_and_becomes_a_version(desk: Desk) -> None:
    key = desk.written()
    desk.submit(key)
    desk.reviews.approve([desk.seen(key)], "")
    with pytest.raises(RefusedError, match="nothing new"):
        desk.submit(key)
    with pytest.raises(InvalidError, match="marks_of_type"):
        desk.change(key, marks=5)
    desk.change(key, topic="Linear")
    desk.change(key, steps="3: answers")
    assert desk.state(key) == ("active", ReviewState.WRITTEN)
    assert desk.own.open(key).draft.steps == "3: answers"
    stored = desk.bank.open(key)
    assert (stored.draft.topic, stored.draft.version, stored.draft.steps) == ("", 1, DRAFT.steps)
    desk.submit(key)
    stored = desk.bank.open(key)
    assert {one.column for one in stored.draft.review.differences} == {"topic", "scheme"}
    assert stored.draft.proposed is not None
    assert (stored.draft.proposed.topic, stored.draft.proposed.steps) == ("Linear", "3: answers")
    assert ("Linear", None) in {
        (one.after, one.before) for one in stored.draft.review.differences if one.column == "topic"
    }
    # an admin changes the question meanwhile: both changes hold
    desk.bank.save(key, stored, replace(stored.draft, tags="board"), "tag")
    with pytest.raises(ConflictError):
        desk.reviews.reject(stored, WHY)
    assert desk.reviews.approve([Approval(key, stored.seen)], "").left == ((key, "changed"),)
    approved = desk.reviews.approve([desk.seen(key)], "fine")
    now = desk.bank.open(key).draft
    assert (now.topic, now.tags, now.steps, now.version) == ("Linear", "board", "3: answers", 3)
    assert desk.school.select("SELECT version FROM question_schemes ORDER BY 1") == [(1,), (2,), (3,)]
    assert (now.review.differences, now.proposed) == ((), None)
    # taken back: as it was, with a version of its own, and the change waits again
    assert desk.others.undo(approved.done).left == ((key, "not_waiting"),)  # another admin's
    assert [one.question_id for one in desk.reviews.undo(approved.done).done] == [key]
    now = desk.bank.open(key).draft
    assert (now.topic, now.tags, now.steps, now.version) == ("", "board", DRAFT.steps, 4)
    assert desk.state(key) == ("active", ReviewState.WAITING)
    desk.own.withdraw(desk.own.open(key))
    assert desk.state(key) == ("active", None)
    with pytest.raises(RefusedError, match="nothing new"):
        desk.own.withdraw(desk.own.open(key))
    opened = desk.bank.open(key)
    desk.bank.save(key, opened, replace(opened.draft, status="archived"), "old")
    with pytest.raises(RefusedError, match="archived"):
        desk.change(key, topic="x")
    draft = desk.written(question_text="another")
    desk.submit(draft)
    desk.own.withdraw(desk.own.open(draft))
    assert listed(desk.own.find) == {key}
    left = desk.school.select("SELECT count(*) FROM question_remarks WHERE question_id = %s", draft)
    assert left == [(0,)]


def test_many_are_approved_at_once_by_two_admins_and_taken_back_but_for_what_is_used(desk: Desk) -> None:
    keys = [desk.written(question_text=f"Find $x_{{{n}}}$.") for n in range(6)]
    imported = uuid4()
    with desk.admin.session() as session:
        put_question(session, imported, None, values_of(DRAFT, None), "import")
    for key in keys[:4]:
        desk.submit(key)
    seen = [desk.seen(key) for key in (*keys, imported)]
    desk.change(keys[5], topic="late")
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda place: place.approve(seen, ""), (desk.reviews, desk.others))
    assert {one.question_id for one in first.done}.isdisjoint({one.question_id for one in second.done})
    done = [*first.done, *second.done]
    assert {one.question_id for one in done} == {*keys[:5], imported}
    assert {"question.approved_many", "question.approved"} & set(desk.told(desk.asha))
    own = desk.school.select(
        "SELECT count(*) FROM audit_logs WHERE event_type = 'question.approved' AND event_data -> 'own' = 'true'"
    )
    assert own == [(int(imported in {one.question_id for one in first.done}),)]
    with desk.school.rows() as rows:
        rows.exam(exam_snapshot={"schema": 1, "questions": [{"question_number": 1, "question_id": str(keys[0])}]})
    desk.change(keys[5], topic="later")
    found = [desk.reviews.undo(first.done), desk.others.undo(second.done)]
    assert [left for one in found for left in one.left] == [(keys[0], "used")]
    assert desk.state(keys[0]) == ("active", ReviewState.APPROVED)
    assert [desk.state(key) for key in keys[1:5]] == [("draft", ReviewState.WAITING)] * 3 + [
        ("draft", ReviewState.WRITTEN)
    ]
    assert desk.bank.open(imported).draft.status == "draft"
    # the form of an admin decides as well, with the same consequences
    for key, status in ((keys[1], "active"), (keys[2], "archived")):
        opened = desk.bank.open(key)
        desk.bank.save(key, opened, replace(opened.draft, status=status), "by the form")
    assert desk.state(keys[1]) == ("active", ReviewState.APPROVED)
    assert desk.state(keys[2])[1] is ReviewState.REJECTED
    assert desk.told(desk.asha).count("question.rejected") == 1
    opened = desk.bank.open(keys[2])
    desk.bank.save(keys[2], opened, replace(opened.draft, status="active"), "after all")
    assert desk.state(keys[2]) == ("active", ReviewState.APPROVED)
    assert listed(desk.bank.find, status="rejected") == set()
    # what waits beside a question is decided when that is archived
    desk.change(keys[1], topic="other")
    desk.submit(keys[1])
    for status in ("archived", "active"):
        opened = desk.bank.open(keys[1])
        desk.bank.save(keys[1], opened, replace(opened.draft, status=status), "by the form")
        assert desk.state(keys[1]) == (status, ReviewState.REJECTED)
    assert keys[1] not in listed(desk.bank.find, status="waiting")
    assert desk.told(desk.asha).count("question.rejected") == 2
    assert desk.own.open(keys[1]).draft.topic == "other"
    for rows_ in ("{}", "[{}]", '[{"question_id": "x", "seen": "yesterdayish"}]'):
        (answer,) = desk.admin.select("SELECT api.approve_questions(%s::jsonb)", rows_)[0]
        assert answer.get("refused") == "malformed" or answer["left"][0]["refused"] == "unknown"


def test_without_approval_what_is_handed_in_is_in_the_bank(desk: Desk) -> None:
    with desk.school.rows() as rows:
        rows.connection.execute(
            "UPDATE system_config SET config_value = 'false' WHERE config_key = 'question_approval_required'"
        )
    key = desk.written()
    assert desk.submit(key) is ReviewState.APPROVED
    desk.change(key, topic="Linear")
    assert not desk.own.open(key).draft.review.required
    assert desk.submit(key) is ReviewState.APPROVED
    opened: Opened[QuestionDraft] = desk.own.open(key)
    assert (opened.draft.status, opened.draft.topic, opened.draft.version) == ("active", "Linear", 2)
    assert desk.told(desk.admin) == desk.told(desk.asha) == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.asha.select("SELECT api.approve_questions('[]')")
    with pytest.raises(InvalidError):
        desk.own.remark(key, " ")
