"""The questions of a page, as a teacher types them."""

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.page_tag import parse_question_numbers

KNOWN = range(21, 38)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("21", (21,)),
        ("21, 22-24", (21, 22, 23, 24)),
        ("24 22  23", (22, 23, 24)),
        ("21–23;30, 22,", (21, 22, 23, 30)),
        (" 25 — 25 ", (25,)),
        ("", ()),
        (" , ", ()),
    ],
)
def test_numbers_and_ranges_are_read_in_rising_order(text, numbers):
    assert parse_question_numbers(text, KNOWN) == numbers


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        ("21, x", "“x” is not a question number.", "Type numbers such as 21, 23-25."),
        ("-21", "“-21” is not a question number.", "Type numbers such as 21, 23-25."),
        ("24-22", "“24-22” runs backwards.", "Type 22-24."),
        ("20-22", "This paper has no written question 20.", "Its questions are 21 to 37."),
        ("36 38", "This paper has no written question 38.", "Its questions are 21 to 37."),
    ],
)
def test_what_names_no_question_is_refused_with_what_to_do(text, said, remedy):
    with pytest.raises(InvalidError) as refused:
        parse_question_numbers(text, KNOWN)
    assert (refused.value.message, refused.value.remedy) == (said, remedy)


def test_a_paper_without_written_questions_has_none_to_name():
    with pytest.raises(InvalidError) as refused:
        parse_question_numbers("1", ())
    assert refused.value.remedy == "Its questions are none."
