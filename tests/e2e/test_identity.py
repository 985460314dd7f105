"""The first password, the lock, and the next person at the same computer: the real program and a real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from mv_desktop.domain.access import login_name
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.staff import reset_password, scram_verifier
from mv_desktop.ui.shell.first_password import FirstPasswordScreen
from tests.e2e.program import CTRL, Key, Program
from tests.e2e.school import School, Teacher

pytestmark = pytest.mark.xdist_group("marking_path")

FIRST, OWN = "kmp7-trw4-hs2x-9vbn", "gavotte nine plum"
ALT = CTRL | CTRL.__class__.AltModifier


def give_first_password(school: School, teacher: Teacher) -> None:
    """As an administrator does on the command line."""
    engine = make_engine(school.owner_url, application_name="mv-desktop test")
    with open_session(engine) as session:
        reset_password(session, teacher.user_id, scram_verifier(FIRST, iterations=4096), "a new teacher")
    engine.dispose()


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
    school: School, computer: Callable[[str], None], start: Callable[[], Program], tmp_path: Path
) -> None:
    teacher, other = school.teacher(4), school.teacher(3)
    give_first_password(school, teacher)
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
