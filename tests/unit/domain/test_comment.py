from decimal import Decimal
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.comment_note import note_of, stands_unchanged, updated
from mv_desktop.domain.annotation.shape import Placed, Stamp, TextNote, annotation_json, parse_annotation
from mv_desktop.domain.annotation.turned import as_seen, extent
from mv_desktop.domain.comment import (
    LONGEST_TEXT,
    CommentIndex,
    PutComment,
    UseComment,
    applied,
    checked,
    may_change,
)
from mv_desktop.domain.identifier import ChangeId, CommentId, MarkKey, PageRef
from tests.factories.comment import ASHA, MEENAKSHI, NOON, RAVI, body, comment

MATRICES, CONICS = UUID(int=101), UUID(int=102)
ID = UUID(int=77)


def texts(found):
    return [item.text for item in found]


def change(number=1):
    return ChangeId(UUID(int=number))


# -- finding ------------------------------------------------------------------------------------------------


def test_all_words_must_stand_in_a_comment_anywhere_and_in_any_case():
    index = CommentIndex([comment(1, "Sign error in step 2"), comment(2, "Error in the UNIT"), comment(3, "Well done")])
    assert texts(index.find("ERR  unit", None)) == ["Error in the UNIT"]
    assert sorted(texts(index.find("err", None))) == ["Error in the UNIT", "Sign error in step 2"]
    assert index.find("missing", None) == ()
    assert len(index.find("", None)) == len(index) == 3


def test_maths_is_found_with_and_without_its_signs_and_marks_by_their_number():
    index = CommentIndex([comment(1, r"Put $x_1 = \frac{1}{2}$", "1.5")])
    for typed in ("frac12", r"\frac{1}", "x1", "x_1", "1½"):
        assert index.find(typed, None), typed


def test_the_questions_own_come_first_then_the_most_used_and_those_of_others_are_left_out():
    index = CommentIndex(
        [
            comment(1, "general, used", uses=3, all_uses=3),
            comment(2, "general, used by others", all_uses=9),
            comment(3, "general, newer"),
            comment(4, "own", question_id=MATRICES),
            comment(5, "own, used", question_id=MATRICES, uses=1, all_uses=1),
            comment(6, "of another", question_id=CONICS, uses=50),
            comment(7, "archived", archived=True, uses=50),
        ]
    )
    general = ["general, used", "general, used by others", "general, newer"]
    assert texts(index.find("", MATRICES)) == ["own, used", "own", *general]
    assert texts(index.find("", None)) == general
    assert texts(index.find("", CONICS)) == ["of another", *general]


# -- rules --------------------------------------------------------------------------------------------------


def test_everybody_changes_her_own_and_who_directs_what_is_shared():
    mine, shared, private = comment(1), comment(2, owner=RAVI, shared=True), comment(3, owner=RAVI)
    assert [may_change(item, ASHA) for item in (mine, shared, private)] == [True, False, False]
    assert [may_change(item, MEENAKSHI) for item in (mine, shared, private)] == [False, True, False]


def test_words_are_trimmed_and_marks_go_in_halves():
    assert checked(body("  Good  ", "1.5")) == body("Good", "1.5")
    assert checked(body("Good")).marks is None


@pytest.mark.parametrize(
    "wrong", [body(" \n"), body("x" * (LONGEST_TEXT + 1)), body("x", "0.25"), body("x", "-1"), body("x", "100.5")]
)
def test_a_comment_without_words_with_too_many_or_with_impossible_marks_is_refused(wrong):
    with pytest.raises(InvalidError):
        checked(wrong)


def test_changes_make_change_and_count():
    comments = {}
    first = PutComment(change(1), CommentId(ID), body("One"))
    applied(comments, first, ASHA, NOON)
    made = comments[ID]
    assert (made.text, made.owner_name, made.version) == ("One", "Asha Rao", 1)
    applied(comments, UseComment(change(2), CommentId(ID)), ASHA, NOON)
    applied(comments, PutComment(change(3), CommentId(ID), body("Two", shared=True)), MEENAKSHI, NOON)
    now = comments[ID]
    assert (now.text, now.owner_name, now.changed_by_name, now.version) == ("Two", "Asha Rao", "Meenakshi V.", 2)
    assert (now.uses, now.all_uses) == (1, 1)
    applied(comments, UseComment(change(4), CommentId(UUID(int=5))), ASHA, NOON)
    assert list(comments) == [ID]


# -- on the page --------------------------------------------------------------------------------------------


SIDE_A = MarkKey(3, "a")


def placed(item=None, x=0.4, y=0.3, key: MarkKey | None = SIDE_A, ratio=1.414, turns=0) -> Placed:
    return note_of(item or comment(1, "Sign error", "1.5"), ID, (PageRef(2), x, y), key, ratio=ratio, turns=turns)


def test_a_comment_becomes_a_note_with_its_marks_its_question_and_its_name():
    where, note = placed()
    assert where == PageRef(2)
    assert isinstance(note, TextNote)
    assert (note.text, note.x, note.y, note.marks) == ("Sign error", 0.4, 0.3, "1.5")
    assert note.mark_key == SIDE_A
    assert (note.comment_id, note.comment_version) == (UUID(int=1), 1)
    again = parse_annotation(annotation_json(note))
    assert again == note
    assert placed(key=MarkKey(2)).annotation.mark_key == MarkKey(2)


def test_without_a_question_it_carries_no_marks():
    note = placed(key=None).annotation
    assert (note.question_number, note.marks) == (None, None)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1, 1), (0.99, 0.5), (0.5, 0.999)])
@pytest.mark.parametrize("text", ["Good", "A much longer comment on what went wrong here. " * 4, "One\nTwo\nThree"])
def test_all_of_it_stands_on_the_page(x, y, text):
    note = placed(comment(1, text), x, y).annotation
    assert 0 <= note.x <= note.x + note.width <= 1
    assert 0 <= note.y < 1


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("corner", [(0, 0), (1, 0), (1, 1), (0, 1), (0.5, 0.5)])
def test_all_of_it_stands_on_a_page_that_is_turned(corner, turns):
    note = placed(comment(1, "A much longer comment on what went wrong here. " * 4), *corner, turns=turns).annotation
    x, y = as_seen(turns, note.x, note.y)
    broad, high = extent(turns, 1.414)
    assert 0 < x <= x + note.width / broad < 1
    assert 0 < y < 1 - 4 * note.size / high
    if corner == (0.5, 0.5):
        assert (note.x, note.y) == corner


def test_a_formula_takes_about_the_room_that_it_is_drawn_in():
    source = placed(comment(1, r"$\frac{\sin\theta}{\cos\theta}$")).annotation
    words = placed(comment(1, "x" * len(source.text))).annotation
    assert source.width < words.width / 2
    low, high = (placed(comment(1, text), y=1.0).annotation.y for text in ("$x$", r"$\frac{1}{2}$"))
    assert high < low


def test_a_note_follows_its_comment_unless_it_was_changed_by_hand():
    item = comment(1, "Sign error", "1.5")
    note = placed(item)
    by_hand = note._replace(annotation=note.annotation.model_copy(update={"text": "Sign error!"}))
    stamp = Placed(PageRef(1), Stamp(id=ID, stamp="tick", x=0.5, y=0.5))
    before = item.body
    unchanged = [stands_unchanged(it, item.comment_id, before) for it in (note, by_hand, stamp)]
    assert unchanged == [True, False, False]
    assert not stands_unchanged(note, CommentId(UUID(int=9)), before)
    after = comment(1, "Sign error in the second step", "1", version=2)
    (new,) = updated([note], before, after)
    assert (new.annotation.text, new.annotation.marks, new.annotation.comment_version) == (after.text, "1.0", 2)
    assert (new.annotation.id, new.annotation.x, new.page) == (ID, note.annotation.x, note.page)


def test_marks_that_were_changed_by_hand_stay():
    item = comment(1, "Sign error", "1.5")
    note = placed(item)
    less = note._replace(annotation=note.annotation.model_copy(update={"marks": "0.5"}))
    (new,) = updated([less], item.body, comment(1, "Sign", None, version=2))
    assert (new.annotation.text, new.annotation.marks) == ("Sign", "0.5")
    (without,) = updated([note], item.body, comment(1, "Sign", None, version=2))
    assert without.annotation.marks is None
    assert without.annotation.carried is None
    assert Decimal(note.annotation.marks) == Decimal("1.5")
