"""The first password, the lock, and the next person at the same computer: the real program and a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from mv_desktop.demo.script_plan import script_plans
from mv_desktop.demo.script_seed import evaluation_id
from mv_desktop.domain.access import login_name
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.person import NewMember
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.staff import create_person, scram_verifier
from mv_desktop.ui.shell.first_password import FirstPasswordScreen
from tests.e2e.program import CTRL, Key, Program
from tests.e2e.school import School, Teacher

PLAN = replace(script_plans()[16], number=143, left=1.5)
"""A script that no other test marks."""
FIRST, OWN = "kmp7-trw4-hs2x-9vbn", "gavotte nine plum"
ALT = CTRL | CTRL.__class__.AltModifier


@pytest.fixture
def newcomer(school: School) -> Iterator[Teacher]:
    """A teacher with a first password, made as an administrator does on the command line, and a script in her queue.

    She leaves afterwards: no other test can sign in as her, so none of its work may be given to her.
    """
    school.demo.make_scripts((PLAN,), lambda _: None)
    member = NewMember("farida@example.org", "Farida", "Qureshi")
    engine = make_engine(school.owner_url, application_name="mv-desktop test")
    with open_session(engine) as session:
        user_id = create_person(session, member, scram_verifier(FIRST, iterations=4096), "a new teacher")
    engine.dispose()
    school.move(EvaluationId(evaluation_id(PLAN)), user_id)
    yield Teacher(user_id, member.email, FIRST, school.teacher(4).database_url)
    with psycopg.connect(school.owner_url) as connection:
        connection.execute("UPDATE users SET is_active = false WHERE user_id = %s", (user_id,))


def works(teacher: Teacher, password: str) -> bool:
    """Whether the server lets her in with it."""
    info = psycopg.conninfo.conninfo_to_dict(teacher.database_url) | {
        "user": login_name(teacher.email),
        "password": password,
    }
    try:
        psycopg.connect(**info).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_first_password_is_changed_work_is_locked_and_somebody_else_sees_nothing(
    school: School, newcomer: Teacher, computer: Callable[[str], None], start: Callable[[], Program], tmp_path: Path
) -> None:
    teacher, other = newcomer, school.teacher(3)
    computer(teacher.database_url)
    program = start()
    program.show()
    program.type_credentials(teacher.email, FIRST)
    program.wait(
        lambda: any(screen.isVisible() for screen in program.window.findChildren(FirstPasswordScreen)),
        "it is asked for",
    )
    assert program.application.workspace is None
    program.wait(lambda: isinstance(QApplication.focusWidget(), QLineEdit), "the focus is in a field")
    program.type(OWN)
    program.press(Key.Key_Tab)
    program.type(OWN)
    program.press(Key.Key_Return)
    program.wait(lambda: program.application.workspace is not None, "she is in")
    program.wait(lambda: program.rows and program.workspace.driver.ever_in_contact, "the queue is filled")
    assert works(teacher, OWN)
    assert not works(teacher, FIRST)

    program.press("l", modifiers=ALT)
    idle = program.application.idle
    assert idle is not None
    assert idle.locked
    program.type("a guess")
    program.press(Key.Key_Return)
    program.wait(lambda: idle.screen is not None and "is wrong" in idle.screen.message, "it is refused")
    program.press("a", modifiers=CTRL)
    program.type(OWN)
    program.press(Key.Key_Return)
    program.wait(lambda: not idle.locked, "it is unlocked")
    hers = {row.evaluation_id for row in program.rows}
    assert evaluation_id(PLAN) in hers

    program.press("l", modifiers=ALT)
    program.click(program.button("Sign in as somebody else"))
    program.wait(lambda: program.application.workspace is None, "she is signed out")
    program.sign_in_screen()
    program.type_credentials(other.email, other.password)
    program.wait(lambda: program.application.workspace is not None, "the other one is in")
    program.wait(lambda: program.workspace.driver.ever_in_contact, "the queue is filled")
    assert not hers & {row.evaluation_id for row in program.rows}
    homes = [path.parent for path in (tmp_path / "data" / "vaults").rglob("key.json")]
    assert len(set(homes)) == 2
    settings = (tmp_path / "config" / "settings.ini").read_text(encoding="utf-8")
    log = tmp_path / "data" / "log" / "mv-desktop.log"
    for secret in (OWN, FIRST, other.password):
        assert secret not in settings
        assert not log.exists() or secret not in log.read_text(encoding="utf-8")
    assert teacher.email not in settings
