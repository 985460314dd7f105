"""A teacher falls ill: who coordinates calls her in sick, and nothing that can be in time is late. The real program."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from mv_desktop.demo.script_plan import DemoState, script_plans
from mv_desktop.demo.script_seed import evaluation_id
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.ui.coordination.screen import BoardScreen
from mv_desktop.ui.insight.topic import Topic
from mv_desktop.ui.shell.coordination_desk import BOARD
from tests.e2e.program import ALT, CTRL, Key, Program
from tests.e2e.school import School, Teacher

NUMBERS = (170, 171, 172)
WITHIN_S = 120.0
"""From the first key to a board without anything at risk that anybody could clear."""


def test_a_teacher_is_called_in_sick_and_nothing_is_late_that_need_not_be(
    school: School, computer: Callable[[str], None], start: Callable[[], Program]
) -> None:
    head = school.coordinator()
    computer(head.database_url)
    program = start()
    program.show()
    program.sign_in(head.email, head.password, has_scripts=False)  # another test may have marked what she had
    program.wait(lambda: program.workspace.coordination.board is not None, "there is a board for who coordinates")
    program.press("4", modifiers=ALT)
    assert program.window.place == BOARD
    board = program.workspace.coordination.board
    assert isinstance(board, BoardScreen)
    program.wait(lambda: board.look is not None, "the board was read")
    ill = next(index for index in (1, 2) if school.teacher(index).user_id != head.user_id)
    teacher = UserId(school.teacher(ill).user_id)
    plans = [
        replace(script_plans()[20], number=number, state=DemoState.ASSIGNED, teacher=ill, left=9.0)
        for number in NUMBERS
    ]
    school.demo.make_scripts(plans, lambda _: None)
    hers = {EvaluationId(evaluation_id(plan)) for plan in plans}
    program.wait(lambda: hers <= set(board.look.expected), "what has come shows by itself")
    began = time.monotonic()
    board.lists.teachers.setFocus()
    board.lists.teachers.choose([teacher])
    program.press("A")
    board.away_panel._day.setDate(board.away_panel._day.date().addDays(20))
    program.type("fever")
    program.press(Key.Key_Return)
    plan = board.plan_panel
    program.wait(lambda: plan.isVisible() and plan._proposal is not None, "moves are proposed")
    assert plan._proposal is not None
    hopeless = {one.script.evaluation_id for one in plan._proposal.uncleared}
    wanted = plan.moves
    assert hers <= set(wanted)
    plan.reason.setFocus()
    program.press(Key.Key_Return)
    program.wait(lambda: not plan.isVisible(), "they were made")
    program.wait(
        lambda: {entry.script.evaluation_id for entry in board.look.at_risk} <= hopeless,
        "what is still at risk was said to stay so",
    )
    print(f"from the first key to nothing at risk: {time.monotonic() - began:.1f} s, {len(wanted)} moves")
    assert time.monotonic() - began < WITHIN_S
    audited(school, head, teacher, len(wanted))

    program.press("Z", modifiers=CTRL)
    program.wait(lambda: hers <= {e.script.evaluation_id for e in board.look.of(teacher)}, "all of it is back")
    board.lists.teachers.setFocus()
    board.lists.teachers.choose([teacher])
    program.press("A")
    program.type("well again")
    program.press(Key.Key_Return)
    program.wait(lambda: not board.look.teacher[teacher].away, "she is back")
    look_at_dashboards(program)
    program.close()


def audited(school: School, head: Teacher, teacher: UserId, moves: int) -> None:
    """Who did what to whom, and why, stands in the audit log."""
    said = "SELECT event_type, event_data FROM audit_logs WHERE actor_user_id = %s"
    rows = school.rows(said, head.user_id)
    assert sum(row["event_type"] == "evaluation.moved" for row in rows) == moves
    assert all(row["event_data"]["reason"] for row in rows if row["event_type"] == "evaluation.moved")
    (away,) = (row["event_data"] for row in rows if row["event_type"] == "absence.put")
    assert (away["teacher"], away["reason"]) == (str(teacher), "fever")


def look_at_dashboards(program: Program) -> None:
    """All of them are read from the real server, whether anything was summed yet or not."""
    program.press("0", modifiers=ALT)
    insight = program.workspace.insight.screen
    assert insight is not None
    for topic in Topic:
        insight.show_topic(topic)
        program.wait(lambda: insight.report is not None, f"{topic} was read")
