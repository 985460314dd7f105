"""The check before a submission."""

from dataclasses import replace
from decimal import Decimal as D
from uuid import UUID

import pytest

from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.evaluation import PageInfo, Twin
from mv_desktop.domain.flag import Flag
from mv_desktop.domain.identifier import FlagId, MarkKey, PageRef, UploadId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.script import MarkedScript, Seen
from mv_desktop.domain.submission import Finding, Sentence, Weight, check_submission, submission
from tests.factories.paper import paper

PAGE = PageRef(1)
SEEN = {PAGE: Seen(5.0, 1.0)}


def typed(value):
    return GivenMark(MarkState.MARKED, D(value))


def full_marks():
    return {MarkKey(2): typed(2), MarkKey(3, "a"): typed(3), MarkKey(4): typed(5)}


def stamp(marks, number=2, page=PAGE):
    return Placed(page, Stamp(id=UUID(int=1), stamp="tick", x=0, y=0, marks=marks, question_number=number))


def page(ref=PAGE, questions=(), problem=""):
    return PageInfo(ref, UploadId(UUID(int=ref.page_number)), 100, 140, questions, problem)


def test_a_fully_marked_and_read_script_has_no_findings():
    assert check_submission(MarkedScript(paper(), given=full_marks(), seen=SEEN), [page()]) == ()


def test_the_submission_carries_the_whole_vector_and_the_total():
    operation = submission(MarkedScript(paper(), given=full_marks()))
    assert operation.marks == {2: 2, 3: 3, 4: 5}
    assert operation.total == 10


def test_questions_without_a_mark_block():
    findings = check_submission(MarkedScript(paper(), given={MarkKey(2): typed(1)}), [])
    assert findings == (
        Finding(Weight.BLOCKS, Sentence.NO_MARK, {"question": "3"}, 3),
        Finding(Weight.BLOCKS, Sentence.NO_MARK, {"question": "4"}, 4),
    )
    assert findings[0].text == "Question 3 has no mark."


def test_a_mark_or_ink_for_what_the_student_declared_unanswered_is_told():
    given = {MarkKey(3, "a"): typed(3), MarkKey(4): typed("4.5")}
    script = MarkedScript(paper(), declared_unanswered=[2, 4], given=given, ink=[stamp(None)], seen=SEEN)
    assert [(f.weight, f.question_number, f.text) for f in check_submission(script, [page()])] == [
        (Weight.WARNS, 2, "Question 2: the student declared it unanswered, and there is ink for it."),
        (Weight.WARNS, 4, "Question 4: the student declared it unanswered, and it has 4½."),
    ]


@pytest.mark.parametrize(("marks", "text"), [("2.5", "2½"), ("0.25", "0.25"), ("-1", "-1")])
def test_stamp_sums_that_no_teacher_may_give_block(marks, text):
    given = full_marks()
    del given[MarkKey(2)]
    script = MarkedScript(paper(), given=given, ink=[stamp(marks)], seen=SEEN)
    (finding,) = check_submission(script, [page()])
    assert (finding.weight, finding.question_number) == (Weight.BLOCKS, 2)
    assert f"Question 2 has {text}: it takes 0 to 2" in finding.text


def test_an_impossible_mark_names_its_alternative():
    given = full_marks() | {MarkKey(3, "b"): typed(9)}
    (finding,) = check_submission(MarkedScript(paper(), given=given), [])
    assert finding.text.startswith("Question 3 (b) has 9")
    assert (finding.question_number, finding.alternative) == (3, "b")


def test_a_disagreement_must_be_accepted():
    script = MarkedScript(paper(), given=full_marks(), ink=[stamp("1.5")], seen=SEEN)
    (finding,) = check_submission(script, [page()])
    assert (finding.weight, finding.question_number) == (Weight.ACCEPT, 2)
    assert finding.text == "Question 2: the stamps add up to 1½, the mark is 2."


def test_stamps_on_a_question_not_attempted_must_be_accepted():
    given = full_marks() | {MarkKey(2): GivenMark(MarkState.NOT_ATTEMPTED)}
    (finding,) = check_submission(MarkedScript(paper(), given=given, ink=[stamp("1")], seen=SEEN), [page()])
    assert finding.text.endswith("the mark is not attempted.")


@pytest.mark.parametrize("seen", [{}, {PAGE: Seen(0.3, 1.0)}])
def test_a_page_never_read_warns(seen):
    (finding,) = check_submission(MarkedScript(paper(), given=full_marks(), seen=seen), [page()])
    assert finding == Finding(Weight.WARNS, Sentence.NOT_READ, {"page": "1"}, page=PAGE)
    assert finding.text == "Page 1 was never shown at a readable size."


def test_a_page_that_cannot_be_shown_warns_with_the_reason():
    script = MarkedScript(paper(), given=full_marks())
    (finding,) = check_submission(script, [page(problem="The file is damaged.")])
    assert finding.text == "Page 1 cannot be shown: The file is damaged."


def test_an_attempted_page_without_ink_warns():
    given = full_marks() | {MarkKey(4): GivenMark(MarkState.NOT_ATTEMPTED)}
    script = MarkedScript(paper(), given=given, seen=SEEN)
    (finding,) = check_submission(script, [page(questions=(1, 2, 4))])
    assert finding == Finding(Weight.WARNS, Sentence.NO_INK, {"page": "1", "questions": "2"}, page=PAGE)


def test_the_teachers_own_tags_win_over_the_uploads():
    script = MarkedScript(paper(), given=full_marks(), seen=SEEN, tags={PAGE: (3,)})
    (finding,) = check_submission(script, [page(questions=(2,))])
    assert finding.text == "Page 1 answers 3 and has no ink."


def test_ink_on_the_page_settles_it():
    script = MarkedScript(paper(), given=full_marks(), seen=SEEN, ink=[stamp("2")])
    assert check_submission(script, [page(questions=(2,))]) == ()


def test_what_blocks_comes_first():
    script = MarkedScript(paper(), given={MarkKey(2): typed(1)}, ink=[stamp("1.5")])
    weights = [finding.weight for finding in check_submission(script, [page()])]
    assert weights == [Weight.BLOCKS, Weight.BLOCKS, Weight.ACCEPT, Weight.WARNS]


@pytest.mark.parametrize(
    ("reason", "where", "said"),
    [
        ("another_student", PAGE, "You flagged page 1: it looks like another student's."),
        ("another_student", None, "You flagged the script: it looks like another student's."),
        ("wrong_paper", None, "You flagged the script: it looks like another paper."),
        ("missing_page", None, "You flagged the script: a page is missing."),
    ],
)
def test_a_flag_that_makes_marks_doubtful_warns_until_it_is_answered(reason, where, said):
    flags = [Flag(FlagId(UUID(int=number)), reason, "", where) for number in (1, 2)]
    script = MarkedScript(paper(), given=full_marks(), seen=SEEN, flags=flags)
    (finding,) = check_submission(script, [page()])
    assert (finding.weight, finding.text, finding.page) == (Weight.WARNS, said, where)
    answered = MarkedScript(paper(), given=full_marks(), seen=SEEN, flags=[replace(flags[0], answered=True)])
    assert check_submission(answered, [page()]) == ()


def test_a_page_that_is_the_same_file_as_another_warns_and_a_pdf_once():
    pages = [
        replace(page(PageRef(1)), twin=Twin("VX-4K2", 3)),
        replace(page(PageRef(2, 1)), twin=Twin("", 1)),
        replace(page(PageRef(2, 2)), twin=Twin("", 1)),
        page(PageRef(3)),
    ]
    seen = {one.ref: Seen(5.0, 1.0) for one in pages}
    found = check_submission(MarkedScript(paper(), given=full_marks(), seen=seen), pages)
    assert [(one.weight, one.page, one.text) for one in found] == [
        (Weight.WARNS, PageRef(1), "Page 1 is the same file as page 3 of VX-4K2: is it this student's?"),
        (Weight.WARNS, PageRef(2, 1), "Page 2.1 is the same file as page 1."),
    ]


def test_other_flags_say_nothing_of_the_marks():
    flags = [Flag(FlagId(UUID(int=1)), reason, "", PAGE) for reason in ("illegible", "suspected_copying", "other")]
    assert check_submission(MarkedScript(paper(), given=full_marks(), seen=SEEN, flags=flags), [page()]) == ()


def test_a_side_without_a_mark_is_told_when_the_other_is_not_attempted():
    given = full_marks() | {MarkKey(3, "a"): GivenMark(MarkState.NOT_ATTEMPTED)}
    (finding,) = check_submission(MarkedScript(paper(), given=given, seen=SEEN), [page()])
    assert (finding.weight, finding.question_number) == (Weight.WARNS, 3)
    assert finding.text == "Question 3: (a) is not attempted, (b) has no mark."


def test_nothing_is_told_of_sides_that_are_both_not_attempted():
    given = full_marks() | {MarkKey(3, side): GivenMark(MarkState.NOT_ATTEMPTED) for side in "ab"}
    assert check_submission(MarkedScript(paper(), given=given, seen=SEEN), [page()]) == ()


def test_stamps_beyond_a_question_leave_no_more_to_reach_than_the_paper_has():
    script = MarkedScript(paper(), ink=[stamp("9")])
    assert script.reachable == sum(question.marks for question in script.written)
