"""The comment bank on the real server: who may do what, and that no words are ever lost."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.comment import PutComment, UseComment
from mv_desktop.domain.comment_exchange import MAX_CHANGES, ChangeVerdict, SentChange
from mv_desktop.domain.identifier import ChangeId, CommentId
from mv_desktop.services.comment import apply_comment_changes, pull_comments
from tests.factories.comment import body
from tests.factories.marking import Person, School

APPLIED, COPIED, REFUSED = ChangeVerdict.APPLIED, ChangeVerdict.COPIED, ChangeVerdict.REFUSED


def put(text="Sign error", marks=None, *, of=None, base=0, **rest) -> SentChange:
    comment_id = CommentId(of or uuid4())
    return SentChange(PutComment(ChangeId(uuid4()), comment_id, body(text, marks, **rest)), base)


def use(comment_id) -> SentChange:
    return SentChange(UseComment(ChangeId(uuid4()), comment_id), 0)


def send(person: Person, *changes: SentChange):
    with person.session() as session:
        return apply_comment_changes(session, changes)


def bank(person: Person, after: int = 0):
    with person.session() as session:
        return pull_comments(session, after)


def texts(person: Person) -> list[str]:
    return sorted(item.text for item in bank(person).comments)


@pytest.fixture
def asha(school: School) -> Person:
    return school.person()


@pytest.fixture
def ravi(school: School) -> Person:
    return school.person()


def test_a_comment_is_kept_as_it_was_written(asha):
    question = uuid4()
    sent = put("  Put $x = 2$ \n", "1.5", question_id=question, shared=True)
    (answer,) = send(asha, sent)
    assert (answer.verdict, answer.version, answer.change_id) == (APPLIED, 1, sent.change.change_id)
    (kept,) = bank(asha).comments
    assert kept.body == body("Put $x = 2$", "1.5", question_id=question, shared=True)
    assert (kept.owner_id, kept.changed_by, kept.version) == (asha.user_id, asha.user_id, 1)
    assert kept.owner_name.strip()


def test_a_change_sent_twice_takes_effect_once_and_gets_the_same_answer(asha):
    new = put()
    again = put("Sign error!", of=new.change.comment_id, base=1)
    counted = use(new.change.comment_id)
    first = send(asha, new, again, counted)
    assert send(asha, new, again, counted) == first
    (kept,) = bank(asha).comments
    assert (kept.text, kept.version, kept.uses) == ("Sign error!", 2, 1)


def test_a_personal_comment_is_nobody_elses(school, asha, ravi):
    chief = school.person(is_coordinator=True)
    (answer,) = send(asha, put("Mine"))
    assert answer.verdict is APPLIED
    send(asha, put("Ours", shared=True))
    for other in (ravi, chief):
        assert texts(other) == ["Ours"]
        assert other.select("SELECT text FROM bank_comments") == [("Ours",)]
    assert sorted(asha.select("SELECT text FROM bank_comments")) == [("Mine",), ("Ours",)]


def test_what_is_shared_is_counted_for_each_and_for_all(asha, ravi):
    shared = put(shared=True)
    send(asha, shared, use(shared.change.comment_id))
    send(ravi, use(shared.change.comment_id), use(shared.change.comment_id))
    (hers,), (his,) = bank(asha).comments, bank(ravi).comments
    assert [(item.uses, item.all_uses) for item in (hers, his)] == [(1, 3), (2, 3)]


def test_only_who_made_it_or_who_directs_changes_what_is_shared_and_it_is_known_who_did(school, asha, ravi):
    chief, admin = school.person(is_coordinator=True), school.person("admin")
    shared = put("Ours", shared=True)
    comment_id = shared.change.comment_id
    send(asha, shared)
    (answer,) = send(ravi, put("His way", of=comment_id, base=1, shared=True))
    assert (answer.verdict, answer.reason) == (COPIED, "not_yours")
    assert texts(ravi) == ["His way", "Ours"]
    assert texts(asha) == ["Ours"]
    for version, person in enumerate((chief, admin), start=1):
        (answer,) = send(person, put(f"Better {version}", of=comment_id, base=version, shared=True))
        assert (answer.verdict, answer.version) == (APPLIED, version + 1)
    (kept,) = bank(asha).comments
    assert (kept.text, kept.owner_id, kept.changed_by) == ("Better 2", asha.user_id, admin.user_id)
    assert school.select("SELECT count(*) FROM audit_logs WHERE event_type = 'comment.changed'") == [(2,)]


def test_of_two_who_change_the_same_the_later_is_told_and_both_texts_are_kept(school, asha):
    chief = school.person(is_coordinator=True)
    shared = put("Ours", shared=True)
    comment_id = shared.change.comment_id
    send(asha, shared)
    send(chief, put("The chief's", of=comment_id, base=1, shared=True))
    later = put("Asha's", "1", of=comment_id, base=1, shared=True)
    (answer,) = send(asha, later)
    assert (answer.verdict, answer.reason, answer.version) == (COPIED, "changed", 1)
    assert answer.by.strip()
    assert answer.copy_id == later.change.change_id
    assert texts(asha) == ["Asha's", "The chief's"]
    assert texts(chief) == ["The chief's"]
    assert school.select("SELECT copy_of FROM bank_comments WHERE comment_id = %s", answer.copy_id) == [(comment_id,)]


def test_sharing_and_archiving_never_quarrel_with_a_text_that_is_the_same(asha):
    new = put()
    comment_id = new.change.comment_id
    send(asha, new)
    answers = send(
        asha,
        put(of=comment_id, base=1, shared=True),
        put(of=comment_id, base=1, shared=True, archived=True),
        put(of=comment_id, base=1, shared=True, archived=True),
    )
    assert [(answer.verdict, answer.version) for answer in answers] == [(APPLIED, 2), (APPLIED, 3), (APPLIED, 3)]
    (kept,) = bank(asha).comments
    assert kept.body == body(shared=True, archived=True)


def test_only_news_is_pulled_and_what_is_shared_no_longer_goes(asha, ravi):
    shared, other = put("Ours", shared=True), put("Another", shared=True)
    send(asha, shared, other)
    cursor = bank(ravi).cursor
    send(asha, put("Ours", of=shared.change.comment_id, base=1, shared=False))
    news = bank(ravi, cursor)
    assert news.gone == (shared.change.comment_id,)
    assert shared.change.comment_id not in {item.comment_id for item in news.comments}
    assert bank(ravi, news.cursor).gone == ()
    assert [item.text for item in bank(asha, news.cursor).comments] == []
    assert texts(ravi) == ["Another"]


def test_what_commits_while_somebody_asks_is_not_missed(school, asha, ravi):
    with ravi.session() as writing:
        apply_comment_changes(writing, [put("Late", shared=True)])
        send(asha, put("Early", shared=True))
        seen = bank(asha)
        assert [item.text for item in seen.comments] == ["Early"]
    assert "Late" in {item.text for item in bank(asha, seen.cursor).comments}


def test_a_cursor_of_another_server_gets_everything(asha):
    send(asha, put())
    assert len(bank(asha, 2**60).comments) == 1


@pytest.mark.parametrize(
    "wrong", [put(" "), put("x" * 2001), put("x", "0.25"), put("x", "101"), put("x", "-1"), use(uuid4())]
)
def test_what_cannot_be_is_refused_and_the_rest_goes_on(asha, wrong):
    good = put("Good")
    refused, applied = send(asha, wrong, good)
    assert (refused.verdict, applied.verdict) == (REFUSED, APPLIED)
    assert texts(asha) == ["Good"]


def test_a_change_id_of_somebody_else_shows_and_changes_nothing(asha, ravi):
    hers = put("Mine")
    send(asha, hers)
    (answer,) = send(ravi, replace(hers, change=replace(hers.change, comment_id=CommentId(uuid4()))))
    assert (answer.verdict, answer.reason) == (REFUSED, "change_id_reused")
    (answer,) = send(ravi, hers)
    assert answer.verdict is REFUSED
    assert texts(ravi) == []


def test_guessing_a_personal_comments_id_tells_nothing_of_it(asha, ravi):
    hers = put("Mine")
    send(asha, hers, use(hers.change.comment_id))
    (answer,) = send(ravi, put("Guess", of=hers.change.comment_id, base=1))
    assert (answer.verdict, answer.by) == (COPIED, "")
    (counted,) = send(ravi, use(hers.change.comment_id))
    assert counted.verdict is REFUSED
    assert texts(asha) == ["Mine"]


def test_every_wording_is_kept_and_nobody_can_change_that(school, asha):
    new = put("One")
    send(asha, new, put("Two", of=new.change.comment_id, base=1))
    wordings = school.select("SELECT payload ->> 'text' FROM comment_changes ORDER BY received_at")
    assert wordings == [("One",), ("Two",)]
    with pytest.raises(psycopg.errors.RestrictViolation):
        school.execute("DELETE FROM comment_changes")


def test_too_many_changes_and_changes_without_a_name_are_turned_down(asha):
    with pytest.raises(ValueError, match="51 changes"):
        send(asha, *[put() for _ in range(MAX_CHANGES + 1)])
    nameless = put()
    object.__setattr__(nameless.change, "change_id", "nonsense")
    with pytest.raises(InvalidError):
        send(asha, nameless)


def test_what_is_far_too_long_is_refused_and_not_kept(school, asha):
    (answer,) = send(asha, put("x" * 100_000 + "".join(map(chr, range(0x900, 0x9000)))))
    assert (answer.verdict, answer.reason) == (REFUSED, "too_large")
    assert school.select("SELECT count(*) FROM comment_changes") == [(0,)]


def test_a_change_cannot_take_the_id_of_somebody_elses_comment(asha, ravi):
    hers, shared = put("Mine"), put("Ours", shared=True)
    send(asha, hers, shared)
    forged = put("Guess", of=shared.change.comment_id, base=1)
    object.__setattr__(forged.change, "change_id", ChangeId(hers.change.comment_id))
    (answer,) = send(ravi, forged)
    assert answer.verdict is REFUSED
    assert texts(asha) == ["Mine", "Ours"]


def test_a_closed_account_reads_and_writes_nothing(school, asha):
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", asha.user_id)
    with pytest.raises(NotAllowedError):
        send(asha, put())
    with pytest.raises(NotAllowedError):
        bank(asha)


def test_a_question_id_of_a_comment_need_not_be_in_the_bank_any_more(asha):
    (answer,) = send(asha, put(question_id=UUID(int=5)))
    assert answer.verdict is APPLIED
