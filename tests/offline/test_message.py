import pytest

from mv_desktop.offline.message import telling


@pytest.mark.parametrize(
    ("verdict", "reason", "detail", "says", "questions"),
    [
        ("held", "incomplete", {"missing": [24]}, "question 24 has no mark", (24,)),
        ("held", "incomplete", {"missing": [24, 25, 30]}, "questions 24, 25 and 30 have no mark", (24, 25, 30)),
        ("held", "out_of_range", {"questions": [22]}, "question 22 has a mark that the paper does not allow", (22,)),
        (
            "held",
            "marks_differ",
            {"questions": [{"question_number": 22, "server": None, "yours": "2"}]},
            "question 22: 2 here, no mark on the server",
            (22,),
        ),
        ("held", "total_differs", {"server": "41", "yours": "40"}, "the total is 40 here and 41 on the server", ()),
        ("held", "exam_not_open", {"status": "evaluated"}, "Ask your coordinator", ()),
        ("held", "something_new", None, "held it back (something_new)", ()),
        ("kept", "reassigned", None, "VX-4K2 was given to another teacher", ()),
        ("kept", "deactivated", None, "Your account is closed", ()),
        ("kept", "something_new", None, "kept a change on VX-4K2 without applying it (something_new)", ()),
        ("refused", "never_assigned", None, "VX-4K2 is not assigned to you", ()),
        ("refused", "malformed", {"code": "22P02"}, "(mark.set: malformed)", ()),
    ],
)
def test_every_answer_is_told_in_a_sentence_with_the_questions_to_jump_to(verdict, reason, detail, says, questions):
    told = telling(verdict, reason, detail, "VX-4K2", "mark.set")
    assert says in told.text
    assert told.questions == questions


def test_what_was_applied_is_not_told():
    assert telling("applied", None, None, "VX-4K2", "mark.set") is None
