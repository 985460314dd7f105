"""A sample, given by who coordinates, marked blind by the second teacher, and what comes of it. The real program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mv_desktop.demo.script_plan import DemoState, script_plans
from mv_desktop.demo.script_seed import evaluation_id
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.sample import Standing
from mv_desktop.ui.coordination.quality.screen import QualityScreen
from mv_desktop.ui.second.screen import SecondScreen
from mv_desktop.ui.shell.coordination_desk import QUALITY
from mv_desktop.ui.shell.second_desk import SECOND
from tests.e2e.program import ALT, CTRL, Key, Program
from tests.e2e.school import School, Teacher

NUMBER = 180
ALL = "SELECT * FROM second_markings WHERE evaluation_id = %s ORDER BY given_at"


def test_a_sample_is_given_marked_blind_and_its_result_shown_to_who_coordinates(
    school: School, computer: Callable[[str], None], start: Callable[[], Program]
) -> None:
    plan = replace(script_plans()[10], number=NUMBER, state=DemoState.EVALUATED, teacher=3)
    school.demo.make_scripts([plan], lambda _: None)
    script = EvaluationId(evaluation_id(plan))
    first = school.row(
        "SELECT total_manual_marks, annotation_data, exam_instance_id FROM evaluations WHERE evaluation_id = %s", script
    )
    assert any(page["annotations"] for page in first["annotation_data"]["pages"])
    head = school.coordinator()
    computer(head.database_url)
    give(quality_of(start(), head), script, script_code(first["exam_instance_id"]), school)

    (given,) = school.rows(ALL, script)
    meera = school.person(given["teacher_user_id"])
    computer(meera.database_url)
    program = start()
    marked = mark(program, meera, school, script)
    program.close()
    (ended,) = school.rows(ALL, script)
    assert (ended["outcome"], ended["comment"]) == ("marked", "neat")
    pairs = school.rows(
        "SELECT question_number, first_marks, second_marks FROM sample_marks WHERE evaluation_id = %s ORDER BY 1",
        script,
    )
    assert {row["question_number"]: row["second_marks"] for row in pairs} == marked
    after = school.evaluation(script)
    assert after["total_manual_marks"] == first["total_manual_marks"], "no student's marks change"
    assert after["annotation_data"] == first["annotation_data"]

    program = start()
    quality = quality_of(program, head)[1]
    quality.list.select(script)
    program.wait(lambda: quality.sample is not None and quality.sample.standing is Standing.MARKED, "it is marked")
    program.wait(lambda: len(quality.view.table.rows) == len(pairs), "both markings stand there")
    assert quality.sample.second_id == meera.user_id
    assert f"Marked twice: {len(pairs)} questions of 1 script." in quality.view.text
    program.close()


def quality_of(program: Program, head: Teacher) -> tuple[Program, QualityScreen]:
    """Signed in, and at quality."""
    program.show()
    program.sign_in(head.email, head.password, has_scripts=False)
    program.wait(lambda: program.workspace.coordination.quality is not None, "there is quality for who coordinates")
    assert not program.application.window.going(SECOND).isVisible(), "who coordinates marks nothing a second time"
    program.press("7", modifiers=ALT)
    assert program.application.window.place == QUALITY
    quality = program.workspace.coordination.quality
    assert isinstance(quality, QualityScreen)
    program.wait(lambda: not program.application.tasks.busy, "the samples are read")
    return program, quality


def give(there: tuple[Program, QualityScreen], script: EvaluationId, code: str, school: School) -> None:
    """Ask for the script, and give it to whoever is best; where the worker was faster, it was."""
    program, quality = there
    if not school.rows("SELECT FROM script_samples WHERE evaluation_id = %s", script):
        program.press("N")
        program.type(code)
        quality.ask_panel.reason.setFocus()
        program.type("A parent asked")
        program.press(Key.Key_Return)
    program.wait(lambda: school.rows("SELECT FROM script_samples WHERE evaluation_id = %s", script), "it is a sample")
    program.press(Key.Key_F5)
    program.wait(lambda: not program.application.tasks.busy, "the samples are read again")
    if not school.rows(ALL, script):
        quality.list.select(script)
        program.press("G")
        program.wait(lambda: bool(quality.give_panel.name.labels), "who could have it")
        program.type(quality.give_panel.name.labels[0][:4])
        program.press(Key.Key_Return, Key.Key_Return)
    program.wait(lambda: school.rows(ALL, script), "it is given")
    program.close()


def mark(program: Program, teacher: Teacher, school: School, script: EvaluationId) -> dict[int, Decimal]:
    """By keys alone: from the line above the queue to the hand-in; what was given."""
    program.show()
    program.sign_in(teacher.email, teacher.password, has_scripts=False)
    second = program.workspace.second
    program.wait(second.line.isVisible, "a line above the queue says so")
    program.press("8", modifiers=ALT)
    assert program.application.window.place == SECOND
    screen = second.screen
    assert isinstance(screen, SecondScreen)
    program.wait(lambda: not program.application.tasks.busy, "what waits is listed")
    (marking,) = (row["marking_id"] for row in school.rows(ALL, script))
    program.press(Key.Key_Home)
    while screen._list.selected != marking:
        program.press(Key.Key_Down)
    program.press(Key.Key_Return)
    program.wait(lambda: screen.bench.session is not None, "it is on the desk")
    session = screen.bench.session
    assert session is not None
    program.wait(lambda: all(page.here or page.problem for page in session.view.pages), "its pages are there", 60)
    assert session.script.ink == {}
    assert all(session.script.given_mark(key).marks is None for key in session.keys)
    assert session.flags == ()
    for _ in session.keys:
        program.press("F", "-", Key.Key_Tab)
    program.press("C")
    program.type("neat")
    program.press(Key.Key_Escape)
    program.press(Key.Key_Return, modifiers=CTRL)
    program.press(Key.Key_Return, modifiers=CTRL)
    expected: dict[int, Any] = {}
    for question in session.script.written:
        expected[question.question_number] = Decimal(question.marks) - Decimal("0.5")
    program.wait(lambda: not screen.marking, f"it is handed in; it says {screen.bench.panel.told!r}")
    program.wait(lambda: "Handed in. Thank you." in program.messages, "that is said")
    return expected
