"""Two versions side by side: each side keeps all of its letters, and only what differs is marked."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.domain.question_draft import QuestionDraft
from mv_desktop.domain.question_version import COMPARED, Kept, compared, marked

_TEXT = st.text(alphabet="ab \\$frac{}\n12½अ", max_size=40)


def test_words_and_commands_are_never_cut_and_empty_fields_are_left_out():
    before = QuestionDraft(question_text="Find $\\frac{1}{x}$ now", marks=None, pictures={"question": "1"})
    after = QuestionDraft(question_text="Find $\\frac{2}{x}$ then, now", difficulty="hard")
    found = {one.field: (marked(one.before), marked(one.after), one.differs) for one in compared(before, after)}
    assert found == {
        "question_text": ("Find $\\frac{[-1-]}{x}$ now", "Find $\\frac{[+2+]}{x}$ [+then, +]now", True),
        "class_name": ("XII", "XII", False),
        "question_type": ("MCQ", "MCQ", False),
        "marks": ("", "[+1+]", True),
        "difficulty": ("", "[+hard+]", True),
        "pictures": ("[-question: 1-]", "", True),
    }
    (command,) = (
        one for one in compared(QuestionDraft(answer=r"\alpha"), QuestionDraft(answer=r"\alph")) if one.differs
    )
    assert (marked(command.before), marked(command.after)) == (r"[-\alpha-]", r"[+\alph+]")


@given(_TEXT, _TEXT)
def test_each_side_keeps_its_letters_and_what_is_the_same_is_the_same(before: str, after: str) -> None:
    found = {one.field: one for one in compared(QuestionDraft(solution=before), QuestionDraft(solution=after))}
    assert set(found) <= set(COMPARED)
    if not before and not after:
        assert "solution" not in found
        return
    one = found["solution"]
    assert "".join(piece.text for piece in one.before) == before
    assert "".join(piece.text for piece in one.after) == after
    same = ["".join(p.text for p in side if p.kept is Kept.SAME) for side in (one.before, one.after)]
    assert same[0] == same[1]
    assert one.differs == (before != after)
    assert all(a.kept is not b.kept for side in (one.before, one.after) for a, b in pairwise(side))
