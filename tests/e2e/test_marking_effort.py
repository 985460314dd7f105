"""How many keys and clicks it takes to mark a whole script: the real program, its own file, and a teacher who knows it.

Both scripts are board papers of the demo with 17 written questions. The marks are fixed below, halves among them; the
numbers are printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from PySide6.QtCore import QPoint

from mv_desktop.domain.identifier import EvaluationId, MarkKey
from mv_desktop.domain.marks import format_marks
from mv_desktop.domain.submission import Weight
from tests.e2e.program import Key, Program
from tests.e2e.school import School

Start = Callable[[], Program]
Computer = Callable[[str], None]
HALF = Decimal("0.5")

BY_KEYS = 7
"""The script that is marked by keys alone: class XII, one PDF, seven either/or questions."""
TYPED: dict[MarkKey, str | None] = {
    MarkKey(21, "b"): "2", MarkKey(22, "a"): None, MarkKey(23): "1", MarkKey(24): "1½", MarkKey(25): "0",
    MarkKey(26, "a"): "2½", MarkKey(27, "a"): None, MarkKey(28, "a"): "3", MarkKey(29): "½", MarkKey(30): "2",
    MarkKey(31): None, MarkKey(32, "b"): "3½", MarkKey(33, "b"): "5", MarkKey(34): "4½", MarkKey(35): None,
    MarkKey(36): "2½", MarkKey(37): "5",
}  # fmt: skip
"""Halves: 24, 26, 29, 32, 34 and 36. None is not attempted."""

BY_STAMPS = 4
"""The script that is marked by stamps alone: class X, five pages of several questions each."""
STAMPED: dict[MarkKey, str] = {
    MarkKey(21, "b"): "tx", MarkKey(22, "a"): "tt", MarkKey(23): "xth", MarkKey(24): "ttt", MarkKey(25): "th",
    MarkKey(26, "a"): "", MarkKey(27, "b"): "tth", MarkKey(28, "a"): "x", MarkKey(29): "ttt", MarkKey(30): "xt",
    MarkKey(31): "ttt", MarkKey(32, "b"): "ttt", MarkKey(33, "a"): "tttt", MarkKey(34): "th", MarkKey(35): "ttt",
    MarkKey(36): "tt", MarkKey(37): "tt",
}  # fmt: skip
"""Tick, half and cross, step by step of the scheme; "" is not attempted. 40 stamps."""
FILLED = {
    21: "1", 22: "2", 23: "1½", 24: "2", 25: "1½", 26: "0", 27: "2½", 28: "0", 29: "2½", 30: "1", 31: "2", 32: "2½",
    33: "4", 34: "1½", 35: "2½", 36: "2", 37: "2",
}  # fmt: skip
"""What the stamps must fill in. Halves: 23, 25, 27, 29, 32, 34 and 35."""


@dataclass
class Hand:
    """Presses and clicks, and counts both.

    Attributes:
        keys: pressed, one after the other.
        clicks: how often the mouse was clicked.
    """

    program: Program
    keys: list[str] = field(default_factory=list)
    clicks: int = 0

    def press(self, *keys: Key | str) -> None:
        for key in keys:
            self.keys.append(key if isinstance(key, str) else key.name.removeprefix("Key_"))
            self.program.press(key)

    def click(self, at: QPoint) -> None:
        self.clicks += 1
        self.program.click(self.program.marking.view.viewport(), at)


def opened(school: School, computer: Computer, program: Program, number: int) -> EvaluationId:
    """Open a script of the first teacher's as she does; opening is not counted."""
    teacher, script = school.teacher(0), school.script(number)
    computer(teacher.database_url)
    program.show()
    program.sign_in(teacher.email, teacher.password)
    program.workspace.queue.select(script)
    program.press(Key.Key_Return)
    program.wait_for_script(script)
    return script


def marks_text(marks: dict[int, str]) -> str:
    halves = [number for number, text in marks.items() if text.endswith("½")]
    listed = ", ".join(f"{number}: {text}" for number, text in sorted(marks.items()))
    return f"marks {listed}; halves: {', '.join(map(str, halves))}"


def assert_done(program: Program, expected: dict[int, str]) -> None:
    """Every question has the mark that it is to have, on the disk, and nothing stands in the way of submitting."""
    session = program.session
    program.wait_until_saved()
    assert {number: format_marks(marks) for number, marks in session.script.vector.items()} == expected
    assert len(expected) == session.script.marked == len(session.script.written) == 17
    assert [f.text for f in session.findings() if f.weight is not Weight.WARNS] == []


def test_seventeen_questions_take_at_most_three_keys_each(
    school: School, computer: Computer, start: Start, tell: Callable[[str], None]
) -> None:
    program = start()
    opened(school, computer, program, BY_KEYS)
    session, hand = program.session, Hand(program)
    assert {key.question_number for key in TYPED} == {question.question_number for question in session.script.written}
    hand.press("m")  # into the mark, once
    for key, text in TYPED.items():
        if text is None and session.script.mark(key.question_number).mark is not None:
            continue  # the student declared it unanswered
        if session.current != key:
            hand.press(Key.Key_Tab)  # past the side that the student left out
        assert session.current == key
        if text is None:
            hand.press("n", "u")
        elif text.endswith("½"):
            hand.press(*text.removesuffix("½"), "h")  # the digit, and half a mark more and on
            if session.script.mark(key.question_number).kept == key.alternative == "a":
                hand.press("u")  # past the other side
        else:
            hand.press(text, "u")  # the digit, and on to the next question without a mark
    expected = {key.question_number: text or "0" for key, text in TYPED.items()}
    assert_done(program, expected)
    for key, text in TYPED.items():
        mark = session.script.mark(key.question_number).mark
        assert mark is not None
        assert mark.not_attempted is (text is None), "a zero that was given is no answer left out"
    each = len(hand.keys) / len(TYPED)
    tell(f"by keys: {len(hand.keys)} keys for 17 questions, {each:.2f} each; no click; {marks_text(expected)}")
    tell("  " + " ".join(hand.keys))
    assert sum(text.endswith("½") for text in expected.values()) == 6
    assert hand.clicks == 0
    assert each <= 3
    program.close()


def test_forty_stamps_take_at_most_a_click_each_and_fill_the_marks(
    school: School, computer: Computer, start: Start, tell: Callable[[str], None]
) -> None:
    program = start()
    opened(school, computer, program, BY_STAMPS)
    session, hand = program.session, Hand(program)
    written = [question.question_number for question in session.script.written]
    assert [key.question_number for key in STAMPED] == written
    hand.clicks += 1
    program.click(program.button("Tick"))  # the tick in hand; a half and a cross are stamped by their keys
    leading = 0
    for key, outcome in STAMPED.items():
        if not outcome and session.script.mark(key.question_number).mark is not None:
            continue  # the student declared it unanswered
        before = len(hand.keys)
        if session.current is not None and session.current.question_number != key.question_number:
            hand.press("u")
        if session.current != key:
            hand.press(Key.Key_Tab)
        assert session.current == key
        if not outcome:
            hand.press("n")
        leading += len(hand.keys) - before
        for number, stamp in enumerate(outcome):
            at = place_for(program, key, number)
            if stamp == "t":
                hand.click(at)
            else:
                program.point(program.marking.view.viewport(), at)
                hand.press({"h": "3", "x": "2"}[stamp])
    stamps = len(session.script.ink)
    assert_done(program, FILLED)
    typed = [key for key, given in session.script.given.items() if given.marks is not None]
    tell(
        f"by stamps: {stamps} stamps by {hand.clicks} clicks (one took the tick in hand) and"
        f" {len(hand.keys) - leading} keys at the pointer; {leading} keys to go from question to question;"
        f" {len(typed)} marks typed; {marks_text(FILLED)}"
    )
    assert sum(text.endswith("½") for text in FILLED.values()) == 7
    assert stamps == 40
    assert typed == [], "the stamps fill the marks"
    assert hand.clicks + len(hand.keys) - leading <= stamps + 1
    assert hand.clicks <= stamps
    assert leading <= 2 * len(STAMPED)
    program.close()


def place_for(program: Program, key: MarkKey, number: int) -> QPoint:
    """A place in the window, on a page that answers the question, where no other stamp of this test stands."""
    view, session = program.marking.view, program.session
    assert view.sheet is not None
    taken = {(round(i.annotation.x, 2), round(i.annotation.y, 2)) for i in session.script.ink.values()}  # type: ignore[attr-defined]
    size = view.viewport().size()
    for y in range(60 + 45 * number, size.height() - 30, 23):
        for x in range(200, size.width() - 200, 61):
            spot = view.sheet.spot_at(view.mapToScene(QPoint(x, y)))
            if spot is None or key.question_number not in session.questions_on(spot.page):
                continue
            if (round(spot.x, 2), round(spot.y, 2)) not in taken:
                return QPoint(x, y)
    raise AssertionError(f"no page that answers {key} is to be seen")
