"""Flagging, handing back and reading again: the real program, a real server, by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mv_desktop.demo.script_plan import script_plans
from mv_desktop.demo.script_seed import evaluation_id
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.ui.marking.flow.flag_dialog import FlagDialog
from mv_desktop.ui.marking.flow.hand_back_dialog import HandBackDialog
from tests.e2e.program import CTRL, Key, Program
from tests.e2e.school import School

PLANS = (
    replace(script_plans()[17], number=140, left=2.0),
    replace(script_plans()[10], number=141, teacher=5),
)
"""A script of the sixth teacher's to be handed back, and one that she finished on another computer."""


def test_a_script_is_flagged_and_handed_back_and_an_old_one_is_read_again(
    school: School, computer: Callable[[str], None], start: Callable[[], Program]
) -> None:
    school.demo.make_scripts(PLANS, lambda _: None)
    script, old = (EvaluationId(evaluation_id(plan)) for plan in PLANS)
    teacher = school.teacher(5)
    computer(teacher.database_url)
    program = start()
    program.show()
    program.sign_in(teacher.email, teacher.password)
    assert old not in {row.evaluation_id for row in program.rows}
    program.workspace.queue.select(script)
    program.press(Key.Key_Return)
    program.wait_for_script(script)

    program.press("!")
    program.open_dialog(FlagDialog)
    program.press("1", Key.Key_Return)
    program.activate()
    program.press("f")
    program.wait_until_saved()
    program.press("b")
    program.open_dialog(HandBackDialog)
    program.press("2", Key.Key_Return)
    program.wait(lambda: any("handed back in 10 seconds" in text for text in program.messages), "it is held")
    program.wait(lambda: held(school, script), "the server holds it for the pool")
    assert held(school, script) == [{"reason": "conflict_of_interest", "held_by": teacher.user_id}]
    flag = school.row("SELECT reason, page_number, withdrawn_at FROM evaluation_flags WHERE evaluation_id = %s", script)
    assert flag == {"reason": "illegible", "page_number": 1, "withdrawn_at": None}
    assert school.rows("SELECT 1 FROM mark_registers WHERE evaluation_id = %s", script), "what was marked is kept"

    program.activate()
    program.press(Key.Key_Escape)
    program.wait(lambda: program.application.window.place == "queue", "the queue")
    program.wait(lambda: state(program, script) is WorkState.HANDED_BACK, "it is known to be handed back")
    program.press("d", modifiers=CTRL)
    listed = program.workspace.queue._model
    program.wait(lambda: listed.row_of(old) >= 0, "the server told what she finished elsewhere")
    program.workspace.queue.select(old)
    program.press(Key.Key_Return)
    program.wait_for_script(old)
    assert program.session.read_only
    assert program.session.script.marked == len(program.session.script.written)
    program.wait(lambda: all(page.here for page in program.session.view.pages), "its pages came")
    program.close()


def held(school: School, script: EvaluationId) -> list[dict[str, object]]:
    return school.rows("SELECT reason, held_by FROM evaluation_holds WHERE evaluation_id = %s", script)


def state(program: Program, script: EvaluationId) -> WorkState | None:
    return next((row.state for row in program.rows if row.evaluation_id == script), None)
