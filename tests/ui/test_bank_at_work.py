"""The comment bank in the whole workspace: her real file, a school in memory, real keys."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QToolButton

from tests.factories.comment import MEENAKSHI, RAVI, comment
from tests.fakes import hand
from tests.ui.test_workspace import ONE, TWO, School, school

__all__ = ["school"]


def listed(at_work: School) -> list[str]:
    return [item.text for item in panel(at_work).listed]


def panel(at_work: School):
    from mv_desktop.ui.marking.bank.bank_panel import BankPanel

    return at_work.work.marking.findChild(BankPanel)


def notes(at_work: School) -> list[str]:
    return [placed.annotation.text for placed in at_work.work.marking.session.script.ink.values()]


def place(at_work: School, typed: str) -> None:
    hand.press("C", at_work.work.marking.view)
    hand.type_text(typed)
    hand.press("Return")


def test_a_comment_is_made_used_and_sent_and_a_colleagues_comes_in(school):
    work = school.arrived()
    school.open(ONE)
    hand.press("C", work.marking.view)
    hand.press("Ctrl+N")
    hand.type_text("Sign error in $x$")
    hand.press("Ctrl+Return")
    hand.press("Return")
    assert notes(school) == ["Sign error in $x$"]
    school.until(lambda: [item.uses for item in school.server.bank.values()] == [1])
    school.until(lambda: work.driver.state.pending == 0)
    school.server.write(comment(5, "From Ravi", owner=RAVI, shared=True))
    work.driver.now()
    school.settled()
    hand.press("C", work.marking.view)
    school.until(lambda: "From Ravi" in listed(school))


def test_a_button_beside_the_pages_opens_it_too(school):
    work = school.arrived()
    school.open(ONE)
    (button,) = [item for item in work.marking.findChildren(QToolButton) if item.accessibleName() == "Comment bank"]
    assert "(C)" in button.toolTip()
    assert button.isVisible()
    button.click()
    assert panel(school).isVisible()
    hand.press("Escape", panel(school)._field)
    assert work.marking.view.hasFocus()


def test_a_changed_comment_is_brought_to_a_script_that_is_not_open(school):
    school.server.write(comment(5, "Sign error", "1"))
    work = school.arrived()
    for script in (ONE, TWO):
        school.open(script)
        place(school, "sign")
        school.settled()
    hand.press("C", work.marking.view)
    hand.press("F2")
    form = panel(school).form
    school.until(form._update.isVisible)
    assert form._update.text() == "Save and update 2 scripts"
    form._text.setPlainText("Sign error in step 2")
    form._update.click()
    school.until(lambda: "2 scripts were updated." in school.said())
    assert notes(school) == ["Sign error in step 2"]
    school.open(ONE)
    assert not panel(school).isVisible()
    assert notes(school) == ["Sign error in step 2"]
    hand.press("Ctrl+Z", work.marking.view)
    assert notes(school) == ["Sign error"]


def test_a_coordinators_words_that_come_while_she_writes_are_not_written_over(school):
    mine = comment(5, "Sign error", shared=True)
    school.server.write(mine)
    work = school.arrived()
    school.open(ONE)
    hand.press("C", work.marking.view)
    hand.press("F2")
    hand.type_text("Sign error in step 2")
    theirs = replace(mine, body=replace(mine.body, text="Sign of the product"), changed_by=MEENAKSHI.user_id, version=2)
    school.server.write(theirs)
    work.driver.now()
    school.until(lambda: any(item.text == "Sign of the product" for item in school.desk.store.bank.comments()))
    school.settled()
    hand.press("Ctrl+Return")
    school.settled()
    work.driver.now()
    school.until(lambda: len(school.server.bank) == 2)
    assert sorted(item.text for item in school.server.bank.values()) == ["Sign error in step 2", "Sign of the product"]


def test_a_half_written_comment_goes_with_her_to_the_next_script(school):
    work = school.arrived()
    school.open(ONE)
    hand.press("C", work.marking.view)
    hand.press("Ctrl+N")
    hand.type_text("The limits of the integral")
    hand.press("Ctrl+Right", work.marking.view)
    school.until(lambda: work.marking.evaluation_id == TWO)
    assert not panel(school).isVisible()
    assert "Your unfinished comment is kept; the comment bank opens with it." in school.said()
    hand.press("C", work.marking.view)
    assert panel(school).form._text.toPlainText() == "The limits of the integral"


def test_a_half_written_comment_outlives_the_program(school):
    work = school.arrived()
    school.open(ONE)
    hand.press("C", work.marking.view)
    hand.press("Ctrl+N")
    hand.type_text("The limits of the integral")
    school.close()
    work = school.sign_in()
    school.settled()
    school.open(ONE)
    hand.press("C", work.marking.view)
    school.settled()  # the bank is read
    hand.press("Ctrl+N")
    assert panel(school).form._text.toPlainText() == "The limits of the integral"
