"""Marking by keys alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from PySide6.QtWidgets import QListWidget

from mv_desktop.domain.identifier import MarkKey
from mv_desktop.ui.marking.flow.submit_check import SubmitCheck
from tests.e2e.program import CTRL, SHIFT, Key, Program
from tests.e2e.school import Given, Stamped

TICK, CROSS, HALF_STAMP, CIRCLE, STAR = "tick", "cross", "half", "circle", "star"


class KeyboardMarking:
    """Marks the open script by keys alone, each question in another way, and remembers what it gave.

    Attributes:
        given: by question and side, what must count there.
        stamps: what must stand on the pages.
        used: the ways in which a mark was given.
    """

    def __init__(self, program: Program, declared: set[int]) -> None:
        self._program = program
        self._declared = declared
        self.given: dict[MarkKey, Given] = {}
        self.stamps: list[Stamped] = []
        self.used: set[str] = set()

    def run(self) -> None:
        """Mark every question, from the first to the last."""
        self._program.press("]", "]")  # by the scheme is not the same for every question: a tick carries 1
        session = self._program.session
        ways = self._ways()
        for number, key in enumerate(session.keys):
            assert session.current == key
            if key.question_number in self._declared:
                self.given[key] = Given(Decimal(0), not_attempted=True)
            else:
                name, way = next(ways)
                while name.startswith("stamp") and session.page_of(key.question_number) is None:
                    name, way = next(ways)
                self.used.add(name)
                self.given[key] = way(key)
            if session.current == key and number + 1 < len(session.keys):
                self._program.press(Key.Key_Tab)

    def _ways(self) -> Iterator[tuple[str, Callable[[MarkKey], Given]]]:
        ways = [
            ("full", self._full),
            ("typed", self._typed),
            ("stamped", self._stamped),
            ("half and next", self._half_and_next),
            ("zero", self._zero),
            ("not attempted", self._not_attempted),
            ("stamped, then more", self._stamped_then_full),
            ("by halves", self._by_halves),
            ("stamps again", self._stamps_again),
            ("with words", self._with_words),
        ]
        while True:
            yield from ways

    def _full(self, key: MarkKey) -> Given:
        self._program.press("f")
        return Given(self._program.session.possible(key))

    def _typed(self, _key: MarkKey) -> Given:
        self._program.press("m")
        self._program.type("1.5")
        self._program.press(Key.Key_Return, Key.Key_Escape)
        return Given(Decimal("1.5"))

    def _half_and_next(self, _key: MarkKey) -> Given:
        self._program.press("h")
        return Given(Decimal("0.5"))

    def _zero(self, _key: MarkKey) -> Given:
        self._program.press("0")
        return Given(Decimal(0))

    def _not_attempted(self, _key: MarkKey) -> Given:
        self._program.press("n")
        return Given(Decimal(0), not_attempted=True)

    def _by_halves(self, _key: MarkKey) -> Given:
        self._program.press("+", "+", "+", "-")
        return Given(Decimal(1))

    def _with_words(self, key: MarkKey) -> Given:
        self._program.press("m", modifiers=SHIFT)
        self._program.type("Check the sign in line 2.")
        self._program.press(Key.Key_Return)  # into the mark
        self._program.type("2")
        self._program.press(Key.Key_Escape if key == self._program.session.keys[-1] else Key.Key_Tab, Key.Key_Escape)
        return Given(Decimal(2), comment="Check the sign in line 2.")

    def _stamped(self, key: MarkKey) -> Given:
        """All five stamps at the pen point, each a little further on."""
        marks = {"1": (TICK, Decimal(1)), "2": (CROSS, Decimal(0)), "3": (HALF_STAMP, Decimal("0.5")),
                 "4": (CIRCLE, None), "5": (STAR, None)}  # fmt: skip
        for pressed, (stamp, carried) in marks.items():
            self._program.press(Key.Key_Right, Key.Key_Down, Key.Key_Right)
            self._program.press(pressed)
            self.stamps.append(Stamped(stamp, key, carried))
        return Given(Decimal("1.5"))

    def _stamped_then_full(self, key: MarkKey) -> Given:
        self._program.press(Key.Key_Left, Key.Key_Up, "1", "f")
        self.stamps.append(Stamped(TICK, key, Decimal(1)))
        return Given(self._program.session.possible(key))

    def _stamps_again(self, key: MarkKey) -> Given:
        self._program.press(Key.Key_Up, "3", "f", "=")
        self.stamps.append(Stamped(HALF_STAMP, key, Decimal("0.5")))
        return Given(Decimal("0.5"))


def submit_by_keyboard(program: Program) -> None:
    """Check and submit, accepting on the way what must be accepted."""
    program.press(Key.Key_Return, modifiers=CTRL)
    check = program.open_dialog()
    assert isinstance(check, SubmitCheck)
    findings = check.findChildren(QListWidget)[0]
    for row in range(findings.count()):
        if "settle or accept" in findings.item(row).text():
            program.press(Key.Key_Space)
        program.press(Key.Key_Down)
    assert check.may_submit, [findings.item(row).text() for row in range(findings.count())]
    program.press(Key.Key_Return, modifiers=CTRL)
    program.wait(lambda: any("submitted in 10 seconds" in text for text in program.messages), "it is held")


def give_full_marks(program: Program) -> None:
    """Give every question and side of the open script full marks: the quickest way through."""
    for _ in program.session.keys:
        program.press("f", Key.Key_Tab)
