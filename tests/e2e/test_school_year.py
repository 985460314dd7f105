"""A new school year by keyboard alone: holidays, templates, 500 questions, 40 students. The program on the demo."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import openpyxl
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from mv_desktop.ui.admin.holiday_import import HolidayImport
from mv_desktop.ui.admin.import_dialog import ImportDialog
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.screen import OfficeScreen
from mv_desktop.ui.admin.template_bank import TemplateBank
from tests.e2e.program import ALT, CTRL, Key, Program
from tests.e2e.school import School

WITHIN_S = 60.0
"""Half of it on a computer that does nothing else."""
QUESTIONS, STUDENTS = 500, 40
TAG = "yearbook"
_MOST_TABS = 40


class Admin:
    """Who administers, at a keyboard that counts; nothing here touches the mouse or the parts of a window."""

    def __init__(self, program: Program) -> None:
        self.program, self.keys = program, 0

    @property
    def screen(self) -> RecordScreen:
        return cast(RecordScreen, cast(OfficeScreen, self.program.workspace.office.screen).current)

    def press(self, *keys: Key | str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.keys += len(keys)
        self.program.press(*keys, modifiers=held)

    def type(self, words: str) -> None:
        self.press(*words)

    def settle(self) -> None:
        self.program.wait(lambda: self.screen.settled and not self.program.application.tasks.busy, "it has come")

    def until(self, reached: Callable[[], object], what: str) -> None:
        self.program.wait(reached, what)

    def hear(self, before: Sequence[str], otherwise: Callable[[], bool] = lambda: False) -> str:
        """What the program says that it did not say before; "" where it asks something instead."""
        self.until(lambda: set(self.program.messages) - set(before) or otherwise(), "something is said")
        return next((words for words in self.program.messages if words not in before), "")

    def go_to(self, kind: str) -> RecordScreen:
        """Ctrl+Tab until that subject is looked at."""
        for _ in range(_MOST_TABS):
            if self.screen.subject.kind == kind:
                break
            self.press(Key.Key_Tab, held=CTRL)
        assert self.screen.subject.kind == kind
        self.settle()
        return self.screen

    def tab_to(self, wanted: Callable[[], QWidget]) -> None:
        """Tab until the keyboard is there."""
        for _ in range(_MOST_TABS):
            if QApplication.focusWidget() is wanted():
                return
            self.press(Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {wanted()}")

    def bring_in(self, path: Path) -> ImportDialog:
        """Ctrl+O, the name of the file, and what its rows would do."""
        self.press("O", held=CTRL)
        self.program.open_dialog(QFileDialog)
        self.type(str(path))
        self.press(Key.Key_Return)
        dialog = cast(ImportDialog, self.program.open_dialog(ImportDialog))
        self.until(lambda: not dialog.busy and bool(dialog.rows.rows), "each row says what it does")
        assert QApplication.focusWidget() is dialog.reason
        return dialog

    def take_it(self, dialog: ImportDialog, why: str) -> str:
        """Say why, and bring it in; answers what is told."""
        self.type(why)
        self.tab_to(lambda: dialog.go)
        before = self.program.messages
        self.press(Key.Key_Space)
        words = self.hear(before)
        self.settle()
        return words


def test_a_new_school_year_is_set_up_by_keyboard_alone(
    school: School,
    computer: Callable[[str], None],
    start: Callable[[], Program],
    tell: Callable[[str], None],
    tmp_path: Path,
) -> None:
    head = school.admin()
    computer(head.database_url)
    sheets = (question_sheet(tmp_path / "questions.xlsx", school), student_sheet(tmp_path / "students.xlsx"))
    program = start()
    program.show()
    program.sign_in(head.email, head.password, has_scripts=False)
    program.wait(lambda: program.workspace.office.screen is not None, "there is an office")
    admin = Admin(program)
    took: dict[str, tuple[float, int]] = {}
    began = time.monotonic()
    admin.press("9", held=ALT)
    banks: list[tuple[int, int]] = []
    for name, step in (
        ("templates", lambda: banks.append(check_templates(admin, school))),
        ("holidays", lambda: import_holidays(admin, school)),
        ("questions", lambda: import_questions(admin, school, sheets[0])),
        ("approval", lambda: approve(admin, school)),
        ("students", lambda: import_students(admin, school, sheets[1])),
        ("templates again", lambda: banks.append(check_templates(admin, school))),
    ):
        before, keys = time.monotonic(), admin.keys
        step()
        took[name] = (time.monotonic() - before, admin.keys - keys)
    whole = time.monotonic() - began
    parts = ", ".join(f"{name} {seconds:.1f} s with {keys} keys" for name, (seconds, keys) in took.items())
    (had, _), (has, lacks) = banks
    assert has > had
    assert lacks == 0
    tell(f"a new school year by keyboard alone: {whole:.1f} s, {admin.keys} keys ({parts})")
    assert whole < WITHIN_S
    program.close()


def check_templates(admin: Admin, school: School) -> tuple[int, int]:
    """Each template with the cursor says below its form what the bank has for it, and what it lacks: both, summed."""
    screen = admin.go_to("template")
    admin.press(Key.Key_Home, held=CTRL)
    seen: dict[str, tuple[int, int]] = {}
    for number in range(len(screen.list.rows)):
        if number:
            admin.press(Key.Key_Down)
        admin.settle()
        aside = cast(TemplateBank, screen.panel.aside)
        has, lacks = ([row.cells[column].text for row in aside.table.rows] for column in (4, 5))
        seen[cast(str, screen.list.key)] = (sum(map(int, has)), sum(int(one) for one in lacks if one != "–"))
    assert set(seen) == {row["id"] for row in school.rows("SELECT template_id::text AS id FROM exam_templates")}
    return sum(has for has, _ in seen.values()), sum(lacks for _, lacks in seen.values())


def import_holidays(admin: Admin, school: School) -> None:
    """The gazetted holidays of the year to come."""
    admin.go_to("holiday")
    before = _count(school, "holidays")
    admin.press("I")
    dialog = cast(HolidayImport, admin.program.open_dialog(HolidayImport))
    admin.until(lambda: not dialog.busy and dialog.chosen, "what is new is chosen")
    chosen, year = len(dialog.chosen), dialog.year.currentData()
    admin.tab_to(lambda: dialog.reason)
    admin.type(f"gazette of {year}")
    said = admin.program.messages
    admin.press(Key.Key_Return)
    words = admin.hear(said, lambda: dialog.moves.asking)
    if not words:
        admin.press(Key.Key_Space)  # the careful answer has the keyboard: deadlines stay
        words = admin.hear(said)
    admin.settle()
    assert chosen >= 10
    assert _count(school, "holidays") == before + chosen
    assert words == f"{chosen} holidays were entered."


def import_questions(admin: Admin, school: School, path: Path) -> None:
    """Five hundred come as drafts, each row told before."""
    admin.go_to("question")
    before = _count(school, "questions")
    dialog = admin.bring_in(path)
    assert dialog.told.text.startswith(f"{QUESTIONS} rows: {QUESTIONS} new"), dialog.told.text
    assert admin.take_it(dialog, "the new year").startswith(f"Brought in: {QUESTIONS} new")
    assert _count(school, "questions") == before + QUESTIONS
    assert _count(school, f"questions WHERE status = 'draft' AND '{TAG}' = ANY(tags)") == QUESTIONS


def approve(admin: Admin, school: School) -> None:
    """All that is looked for is selected and approved after one question."""
    screen = admin.go_to("question")
    admin.press("/")
    admin.type(TAG)
    admin.press(Key.Key_Return)
    admin.until(lambda: screen.list.wanted.words == TAG and screen.settled, "only they are listed")
    admin.settle()
    admin.press("A", held=CTRL)
    admin.until(lambda: len(screen.list.chosen) == QUESTIONS, "all of them are selected")
    admin.settle()
    admin.press("A")
    admin.until(lambda: screen.panel.question.asking, "it is asked once")
    said = admin.program.messages
    admin.press(Key.Key_Tab, Key.Key_Space)  # past the careful answer
    admin.hear(said)
    admin.settle()
    assert _count(school, f"questions WHERE status = 'active' AND '{TAG}' = ANY(tags)") == QUESTIONS
    admin.press(Key.Key_Escape)


def import_students(admin: Admin, school: School, path: Path) -> None:
    """Forty students, each with a parent."""
    admin.go_to("student")
    before = _count(school, "users WHERE role = 'student'")
    dialog = admin.bring_in(path)
    assert dialog.told.text.startswith(f"{STUDENTS} rows: {STUDENTS} new"), dialog.told.text
    admin.take_it(dialog, "the new year")
    assert _count(school, "users WHERE role = 'student'") == before + STUDENTS
    new = "users WHERE role = 'student' AND right(email, 16) = '@newyear.example' AND student_class IN ('X', 'XII')"
    assert _count(school, new) == STUDENTS


def question_sheet(path: Path, school: School) -> Path:
    """A teacher's sheet, its columns as she calls them; of each unit as many as of the next."""
    units = {
        class_name: school.row("SELECT config_value AS units FROM system_config WHERE config_key = %s",
                               f"cbse_units_class_{class_name.lower()}")["units"]
        for class_name in ("X", "XII")
    }  # fmt: skip
    rows: list[Sequence[object]] = []
    for n in range(QUESTIONS):
        class_name = "X" if n % 2 else "XII"
        unit = units[class_name][n // 2 % len(units[class_name])]
        text = f"The sum of the first ${n + 3}$ terms of an AP with $a = {7 * n + 2}$ and $d = {n % 13 + 1}$ is"
        total = (n + 3) * (2 * (7 * n + 2) + (n + 2) * (n % 13 + 1)) // 2
        options = [f"${total + step}$" for step in (0, 2, 5, 9)]
        kind, marks = ("MCQ", 1) if n % 5 else ("VSA", 2)
        choices = [*options, "A"] if kind == "MCQ" else ["", "", "", "", ""]
        rows.append((class_name, unit, kind, marks, "Easy", text, *choices, f"${total}$", "By the formula.", TAG))
    headings = (
        "Class", "Chapter/Unit", "Question Type", "Marks", "Difficulty", "Question Text in LaTeX", "Option A text",
        "Option B text", "Option C text", "Option D text", "Correct option", "Answer", "Explanation", "Tags",
    )  # fmt: skip
    return _sheet(path, headings, rows)


def student_sheet(path: Path) -> Path:
    """As a school writes them down."""
    rows = [
        (f"Asha{n}", f"Newcomer{n}", f"asha{n}@newyear.example", "X" if n % 2 else "XII", "Kendriya Vidyalaya")
        for n in range(STUDENTS)
    ]
    return _sheet(path, ("First name", "Last name", "E-mail", "Class", "School"), rows)


def _sheet(path: Path, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Instructions"
    cast(Any, first).append(["One row for each; leave the headings as they are."])
    sheet = book.create_sheet("2026")
    for row in (headings, *rows):
        cast(Any, sheet).append(list(row))
    book.save(path)
    return path


def _count(school: School, what: str) -> int:
    return int(school.row(f"SELECT count(*) AS found FROM {what}")["found"])
