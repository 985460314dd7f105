"""Questions of teachers on a real server: written, handed in, talked about, decided, and taken back again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.question_alternative import sides
from mv_desktop.domain.question_draft import QuestionDraft, values_of
from mv_desktop.domain.question_review import Approval, RemarkKind, ReviewState
from mv_desktop.domain.record import Opened, Wanted
from mv_desktop.offline.office.question import Questions
from mv_desktop.offline.office.question_history import QuestionHistory
from mv_desktop.offline.office.question_review import OwnQuestions, QuestionReviews
from mv_desktop.services.migration import downgrade, migrate
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
    # another's draft looks like what is not there
    draft = desk.written(question_text="Find $y$.")
    with pytest.raises(RefusedError, match="no such question"):
        desk.hers.open(draft)
    for act in (
        desk.hers.withdraw, desk.hers.take_back, lambda one: desk.hers.submit(one, ""),
        lambda one: desk.hers.save(draft, one, replace(one.draft, topic="x"), ""),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match="no such record"):
            act(desk.own.open(draft))
    for one in (draft, key):
        with pytest.raises(RefusedError, match="no such record"):
            desk.hers.remark(one, "x")
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
    assert desk.state(key) == ("active", ReviewState.APPROVED)
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


def test_her_questions_are_printed_as_she_wrote_them_and_what_is_due_is_counted(desk: Desk) -> None:
    drawn, changed, sent = desk.written(or_text="Find $w$.", or_steps=DRAFT.steps), desk.written(), desk.written()
    for key in (changed, sent):
        desk.submit(key)
    assert (desk.reviews.due(), desk.own.due(), desk.hers.due()) == (2, 0, 0)
    desk.reviews.approve([desk.seen(changed)], "")
    desk.reviews.reject(desk.bank.open(sent), WHY)
    assert (desk.reviews.due(), desk.own.due(), desk.hers.due()) == (0, 1, 0)
    desk.change(changed, question_text="Find $v$.")
    printed = desk.own.printed([sent, changed, drawn, uuid4()])
    assert {one.question_id: one.question_text for one in printed} == {
        str(drawn): DRAFT.question_text, str(sent): DRAFT.question_text, str(changed): "Find $v$.",
    }  # fmt: skip
    both = next(one for one in printed if one.question_id == str(drawn))
    assert [side.question_text for side in sides(both)] == [DRAFT.question_text, "Find $w$."]
    assert [one.question_text for one in desk.hers.printed([sent, changed, drawn])] == [DRAFT.question_text]
    assert [one.question_id for one in desk.bank.printed([changed])] == [str(changed)]
    desk.submit(changed)
    assert (desk.reviews.due(), desk.own.due()) == (1, 1)


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


def active(desk: Desk, **values: object) -> UUID:
    """A question of Asha's that is in the bank."""
    key = desk.written(**values)
    desk.submit(key)
    desk.reviews.approve([desk.seen(key)], "")
    return key


def proposed(desk: Desk, key: UUID, words: str = "The sign is wrong", **values: object) -> None:
    """A change of it by Meera, handed in."""
    opened = desk.hers.open(key)
    desk.hers.save(key, opened, replace(opened.draft, **values), "")  # type: ignore[arg-type]
    desk.hers.submit(desk.hers.open(key), words)


def test_a_change_of_anothers_question_is_proposed_followed_returned_and_approved_with_its_writers_name(
    desk: Desk,
) -> None:
    key = active(desk)
    other = active(desk, question_text="Prove $y$.")
    assert listed(desk.hers.find) == set()
    assert listed(desk.hers.find, whose="bank") == {key, other}
    assert listed(desk.hers.find, whose="bank", unit="Circles") == set()
    opened = desk.hers.open(key)
    assert (opened.draft.review.own, opened.draft.review.state, opened.draft.review.remarks) == (False, None, ())
    assert opened.draft.review.author
    desk.hers.save(key, opened, replace(opened.draft, question_text="Solve $-x$."), "")
    # it is hers alone until it is handed in, and stands in nobody's way
    assert desk.hers.open(key).draft.question_text == "Solve $-x$."
    assert desk.own.open(key).draft.question_text == DRAFT.question_text
    assert (desk.bank.open(key).draft.review.differences, desk.reviews.due()) == ((), 0)
    assert listed(desk.hers.find) == {key}
    with pytest.raises(ConflictError):  # from another computer of hers
        desk.hers.save(key, opened, replace(opened.draft, topic="late"), "")
    admins = desk.bank.open(key)
    assert desk.hers.submit(desk.hers.open(key), "The sign is wrong") is ReviewState.WAITING
    with pytest.raises(ConflictError):  # who looks at it looks again
        desk.bank.save(key, admins, replace(admins.draft, tags="board"), "tag")
    assert listed(desk.bank.find, status="waiting") == listed(desk.hers.find, status="waiting") == {key}
    assert listed(desk.own.find, status="waiting") == set()
    assert desk.reviews.due() == 1
    review = desk.bank.open(key).draft.review
    assert (review.state, review.author != review.proposer, review.remarks[-1].words) == (
        ReviewState.WAITING, True, "The sign is wrong",
    )  # fmt: skip
    assert [(one.column, one.before, one.after) for one in review.differences] == [
        ("question_text", DRAFT.question_text, "Solve $-x$."),
    ]  # fmt: skip
    # the writer of the question sees nothing of it, and neither may take it back
    assert [one.kind for one in desk.own.open(key).draft.review.remarks] == [RemarkKind.SUBMITTED, RemarkKind.APPROVED]
    with pytest.raises(RefusedError, match="does not wait"):
        desk.own.take_back(desk.own.open(key))
    desk.hers.take_back(desk.hers.open(key))
    assert (desk.reviews.due(), desk.hers.open(key).draft.review.state) == (0, ReviewState.WRITTEN)
    desk.hers.submit(desk.hers.open(key), "")
    desk.reviews.reject(desk.bank.open(key), "Say which sign")
    assert (desk.told(desk.meera), desk.hers.due(), desk.own.due()) == (["question.rejected"], 1, 0)
    desk.hers.remark(key, "The first one")
    desk.others.remark(key, "Thanks")
    assert [one.words for one in desk.hers.open(key).draft.review.remarks][-3:] == [
        "Say which sign", "The first one", "Thanks",
    ]  # fmt: skip


def test_a_change_that_is_approved_is_a_version_that_names_its_writer_until_the_approval_is_taken_back(
    desk: Desk,
) -> None:
    key = active(desk)
    proposed(desk, key, question_text="Solve $-x$.")
    desk.reviews.reject(desk.bank.open(key), "Say which sign")
    desk.hers.remark(key, "The first one")
    desk.others.remark(key, "Thanks")
    desk.hers.submit(desk.hers.open(key), "Now")
    proposer = desk.bank.open(key).draft.review.proposer
    done = desk.reviews.approve([desk.seen(key)], "").done
    now = desk.own.open(key).draft
    assert (now.question_text, now.version, now.status) == ("Solve $-x$.", 2, "active")
    assert desk.told(desk.meera) == ["question.approved", "question.rejected", "question.remarked"]
    assert desk.told(desk.asha) == ["question.approved", "question.changed"]
    office = QuestionHistory(desk.admin.session)
    assert [one.proposed_by for one in office.versions(key)] == [proposer, ""]
    ((by, own),) = desk.school.select(
        "SELECT event_data ->> 'proposed_by', event_data -> 'own' FROM audit_logs"
        " WHERE event_type = 'question.approved' AND event_data ? 'proposed_by'"
    )
    assert (by, own) == (str(desk.meera.user_id), None)
    # the approval is taken back: it is as it was, and waits again
    assert [one.question_id for one in desk.reviews.undo(done).done] == [key]
    assert desk.own.open(key).draft.question_text == DRAFT.question_text
    assert desk.hers.open(key).draft.review.state is ReviewState.WAITING
    desk.hers.withdraw(desk.hers.open(key))
    assert (listed(desk.hers.find), desk.hers.open(key).draft.review.state) == (set(), None)


def test_the_writer_of_questions_is_told_once_how_many_others_changed(desk: Desk) -> None:
    keys = [active(desk, question_text=f"Find ${number}x$.") for number in (2, 3)]
    for key in keys:
        proposed(desk, key, question_text=f"Find $x$ of {key}.")
    assert desk.reviews.approve([desk.seen(key) for key in keys], "").left == ()
    told = desk.school.select(
        "SELECT kind, data -> 'count' FROM notices WHERE user_id = %s AND kind LIKE 'question.changed%%'",
        desk.asha.user_id,
    )
    assert told == [("question.changed_many", 2)]
    assert "question.approved_many" in desk.told(desk.meera)


def test_a_writer_who_left_is_told_nothing_of_changes(desk: Desk) -> None:
    key = active(desk)
    proposed(desk, key, question_text="Solve $-x$.")
    desk.school.execute("UPDATE users SET is_active = false WHERE user_id = %s", desk.asha.user_id)
    assert desk.reviews.approve([desk.seen(key)], "").left == ()
    assert desk.told(desk.asha) == ["question.approved"]


def test_a_change_that_was_written_for_an_older_version_says_so_and_nothing_is_written_over(desk: Desk) -> None:
    key = active(desk)
    proposed(desk, key, question_text="Solve $-x$.", topic="Signs")
    # something else is changed meanwhile: both hold
    opened = desk.bank.open(key)
    desk.bank.save(key, opened, replace(opened.draft, tags="board"), "tag")
    review = desk.hers.open(key).draft.review
    assert (review.base_version, review.moved, desk.hers.open(key).draft.version) == (1, (), 2)
    # the same is changed meanwhile, once as she wants it and once otherwise
    opened = desk.bank.open(key)
    desk.bank.save(key, opened, replace(opened.draft, question_text="Solve $+x$.", topic="Signs"), "a slip")
    for place in (desk.hers, desk.bank):
        assert place.open(key).draft.review.moved == ("question_text",)
    assert desk.reviews.approve([desk.seen(key)], "").left == ((key, "moved"),)
    assert desk.bank.open(key).draft.question_text == "Solve $+x$."
    # she writes the other column only: she has not looked at this one
    opened = desk.hers.open(key)
    desk.hers.save(key, opened, replace(opened.draft, topic="Sign rules"), "")
    assert desk.hers.open(key).draft.review.moved == ("question_text",)
    desk.hers.take_back(desk.hers.open(key))
    desk.hers.submit(desk.hers.open(key), "I have seen it: it is minus")
    review = desk.bank.open(key).draft.review
    assert (review.moved, review.base_version) == ((), 3)
    assert desk.reviews.approve([desk.seen(key)], "").left == ()
    now = desk.bank.open(key).draft
    assert (now.question_text, now.topic, now.tags, now.version) == ("Solve $-x$.", "Sign rules", "board", 4)


def test_several_propose_at_once_one_is_looked_at_after_the_other(desk: Desk) -> None:
    key = active(desk)
    third = desk.school.person(is_coordinator=True)
    theirs = OwnQuestions(third.session)
    proposed(desk, key, topic="Signs")
    opened = theirs.open(key)
    assert opened.draft.topic == ""  # what Meera writes is not hers to see
    theirs.save(key, opened, replace(opened.draft, topic="Rules", tags="new"), "")
    theirs.submit(theirs.open(key), "")
    desk.change(key, solution="$x=2$")
    desk.submit(key)
    assert desk.reviews.due() == 1
    approved = desk.reviews.approve([desk.seen(key)], "")
    assert (approved.left, desk.bank.open(key).draft.topic) == ((), "Signs")
    review = desk.bank.open(key).draft.review
    assert (review.moved, review.remarks[-1].kind) == (("topic",), RemarkKind.APPROVED)
    desk.reviews.reject(desk.bank.open(key), "It has one now")
    assert desk.told(third) == ["question.rejected"]
    assert desk.reviews.approve([desk.seen(key)], "").left == ()
    assert desk.bank.open(key).draft.solution == "$x=2$"
    assert desk.reviews.due() == 0
    # two at once: each waits for the other, and neither is lost
    seen = [desk.hers.open(key), theirs.open(key)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(
            lambda one: one[0].save(key, one[1], replace(one[1].draft, difficulty="hard"), ""),
            zip((desk.hers, theirs), seen, strict=True),
        ))  # fmt: skip
    states = "SELECT state, change ->> 'difficulty' FROM question_changes WHERE made_by IN (%s, %s) ORDER BY 1"
    assert desk.school.select(states, desk.meera.user_id, third.user_id) == [("rejected", "hard"), ("written", "hard")]
    # archived: whatever waits is decided, and nothing new is taken
    desk.hers.submit(desk.hers.open(key), "")
    theirs.submit(theirs.open(key), "")
    opened = desk.bank.open(key)
    desk.bank.save(key, opened, replace(opened.draft, status="archived"), "old")
    assert desk.reviews.due() == 0
    assert {desk.hers.open(key).draft.review.state, theirs.open(key).draft.review.state} == {ReviewState.REJECTED}
    opened = desk.hers.open(key)
    with pytest.raises(RefusedError, match="archived"):
        desk.hers.save(key, opened, replace(opened.draft, topic="x"), "")
    assert desk.reviews.approve([desk.seen(key)], "").left == ((key, "not_waiting"),)
    with pytest.raises(RefusedError, match="no such question"):
        OwnQuestions(desk.school.person().session).open(key)


def test_anothers_question_waits_for_an_admin_whatever_the_settings_say(desk: Desk) -> None:
    key = active(desk)
    with desk.school.rows() as rows:
        rows.connection.execute(
            "UPDATE system_config SET config_value = 'false' WHERE config_key = 'question_approval_required'"
        )
    proposed(desk, key, topic="Signs")
    desk.change(key, solution="$x=2$")
    assert desk.submit(key) is ReviewState.APPROVED  # hers, and not the one that waits
    now = desk.bank.open(key).draft
    assert (now.topic, now.solution, now.review.state) == ("", "$x=2$", ReviewState.WAITING)
    assert desk.hers.open(key).draft.review.required
    assert not desk.own.open(key).draft.review.required
    # a draft whose approval is taken back would leave what is written of it without its question
    draft = desk.written(question_text="Find $z$.")
    with desk.school.rows() as rows:
        rows.connection.execute(
            "UPDATE system_config SET config_value = 'true' WHERE config_key = 'question_approval_required'"
        )
    desk.submit(draft)
    done = desk.reviews.approve([desk.seen(draft)], "").done
    opened = desk.hers.open(draft)
    desk.hers.save(draft, opened, replace(opened.draft, topic="Signs"), "")
    assert desk.reviews.undo(done).left == ((draft, "changed"),)


def test_what_waits_beside_questions_is_kept_on_the_way_down_and_up_but_for_what_is_anothers(desk: Desk) -> None:
    key = active(desk)
    proposed(desk, key, topic="Signs")
    desk.change(key, solution="$x=2$")
    desk.submit(key, "A better one")
    url = desk.school.database.owner_url
    downgrade(url, "065")
    assert desk.school.select("SELECT state, change ->> 'explanation' FROM question_reviews") == [("waiting", "$x=2$")]
    migrate(url)
    now = desk.bank.open(key).draft
    assert (now.review.state, now.review.proposer, now.review.moved) == (ReviewState.WAITING, "", ())
    assert [one.words for one in desk.own.open(key).draft.review.remarks] == ["", "", "A better one"]
    assert desk.reviews.approve([desk.seen(key)], "").left == ()
    assert (desk.bank.open(key).draft.solution, desk.hers.open(key).draft.topic) == ("$x=2$", "")
    assert desk.hers.open(key).draft.review.state is None
