"""Without a network, with a restart, and a coordinator who moves the script meanwhile: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from mv_desktop.demo.network import Proxy
from mv_desktop.demo.script_plan import script_plans
from mv_desktop.demo.script_seed import evaluation_id
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.ui.marking.flow.flag_dialog import FlagDialog
from mv_desktop.ui.marking.flow.hand_back_dialog import HandBackDialog
from tests.e2e.program import CTRL, Key, Program
from tests.e2e.school import School

PLAN = replace(script_plans()[17], number=142, left=1.5)
"""A script of the sixth teacher's that the fifth gets before she is back online."""


@pytest.fixture
def proxy(school: School) -> Iterator[Proxy]:
    """The way to the server, which can be cut."""
    way = Proxy(school.port)
    yield way
    way.close()


def test_what_was_handed_back_offline_is_kept_when_the_coordinator_moved_it_before(
    school: School, computer: Callable[[str], None], start: Callable[[], Program], proxy: Proxy
) -> None:
    school.demo.make_scripts((PLAN,), lambda _: None)
    script = EvaluationId(evaluation_id(PLAN))
    teacher, other = school.teacher(5), school.teacher(4)
    computer(teacher.database_url.replace(f":{school.port}/", f":{proxy.port}/"))
    program = start()
    program.show()
    program.sign_in(teacher.email, teacher.password)
    program.workspace.queue.select(script)
    program.press(Key.Key_Return)
    program.wait_for_script(script)
    program.wait_until_sent()

    proxy.cut()
    work_and_hand_back(program)
    program.close()

    school.move(script, other.user_id)
    program = start()
    program.show()
    program.type_credentials(teacher.email, teacher.password)
    program.wait(
        lambda: program.application.workspace is not None and bool(program.rows), "the queue, without a server"
    )
    row = next(row for row in program.rows if row.evaluation_id == script)
    assert row.state is WorkState.HANDED_BACK
    bank = program.workspace._desk.store.bank
    (comment,) = [comment for comment in bank.comments() if comment.text == "Read the norm again"]
    assert comment.uses == 1

    proxy.mend()
    program.wait(lambda: any("was moved to" in text for text in told(program)), "she is told that it was moved")
    program.wait(lambda: program.workspace._desk.store.status().pending == 0, "all is answered")
    assert {row["verdict"] for row in school.operations(script) if row["kind"] == "evaluation.hand_back"} == {"kept"}
    assert school.evaluation(script)["teacher_user_id"] == other.user_id
    assert school.rows("SELECT 1 FROM evaluation_holds WHERE evaluation_id = %s", script) == []
    kept = {row["kind"] for row in school.operations(script) if row["verdict"] == "kept"}
    assert {"mark.set", "annotation.put", "flag.raise", "evaluation.hand_back"} <= kept
    said = school.row("SELECT owner_user_id, shared FROM bank_comments WHERE text = 'Read the norm again'")
    assert said == {"owner_user_id": teacher.user_id, "shared": False}
    program.close()


def work_and_hand_back(program: Program) -> None:
    """Offline: a mark, a new comment on the page, a flag, and then the script is handed back."""
    program.press("f")
    program.wait(lambda: program.status.endswith("offline"), "it says that it is offline")
    program.press("c")
    program.press("n", modifiers=CTRL)
    program.type("Read the norm again")
    program.press(Key.Key_Return, modifiers=CTRL)
    program.press(Key.Key_Return)
    assert [placed.annotation.text for placed in program.session.script.ink.values()][-1] == "Read the norm again"
    program.press("!")
    program.open_dialog(FlagDialog)
    program.press("5", Key.Key_Return)
    program.activate()
    program.wait_until_saved()
    program.press("b")
    program.open_dialog(HandBackDialog)
    program.press("2", Key.Key_Return)
    program.wait(lambda: any("handed back in 10 seconds" in text for text in program.messages), "it is held")
    program.activate()


def told(program: Program) -> list[str]:
    return [message.text for message in program.workspace._desk.store.status().messages]
