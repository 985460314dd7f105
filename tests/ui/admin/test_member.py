"""Staff in the office, by keys: what can be done with somebody, asked and told; a first password is shown once."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.person import AccountState
from mv_desktop.ui.admin.member import CLOSE, LOCK, MemberSubject
from mv_desktop.ui.theme import spacing
from tests.fakes.member_place import FakeMembers, member
from tests.ui.admin.desk import SubjectDesk

ASHA, MEERA, NILA, OM = (UUID(int=number) for number in (1, 2, 3, 4))


@pytest.fixture
def place() -> FakeMembers:
    return FakeMembers()


@pytest.fixture
def desk(qtbot, tasks, place) -> SubjectDesk:
    return SubjectDesk(qtbot, tasks, MemberSubject(place))


def offered(desk: SubjectDesk) -> list[str]:
    return [name for name in ("reset", "lock", "unlock", "close", "reopen") if desk.able(f"record.{name}")]


def test_what_can_be_done_is_what_fits_the_account_and_never_one_s_own(desk):
    assert desk.panel.heading == "Asha Rao"
    assert "12 open scripts" in desk.panel.facts
    assert "Away from Mon 20 Jul to Wed 22 Jul 2026" in desk.panel.facts
    assert offered(desk) == ["reset", "lock", "close"]
    desk.press("Down", "Down")
    assert (desk.panel.facts, offered(desk)) == ("This is your own account.", [])
    desk.press("Down")
    assert offered(desk) == ["reset", "unlock", "close"]
    desk.press("Down")
    assert offered(desk) == ["reopen"]
    desk.press("Up", "Up", "Up", "Up")
    desk.write("phone", "98")
    assert offered(desk) == []  # what was typed is saved or discarded first
    desk.press("Ctrl+D")
    assert offered(desk) == ["reset", "lock", "close"]
    desk.press("N")
    assert offered(desk) == []


def test_an_account_is_closed_after_it_was_said_what_becomes_of_her_scripts(desk, place):
    desk.press("Ctrl+Del")
    desk.say_why("left us")
    assert "12 open scripts stay hers until" in desk.panel.question.text
    assert "14 days" in desk.panel.question.text
    desk.press("Esc")
    assert place.log == {}
    desk.press("Ctrl+Del")
    assert desk.panel.question.asking  # the reason stands there still
    desk.press("Tab", "Space")
    assert place.people[ASHA].state is AccountState.CLOSED
    assert (place.log[ASHA][0].event, place.log[ASHA][0].reason) == ("user.deactivated", "left us")
    assert desk.messages.said == ["Done: Close the account."]
    assert desk.panel.why == ""
    assert offered(desk) == ["reopen"]
    desk.press("Ctrl+I")
    desk.say_why("is back")
    assert place.people[ASHA].state is AccountState.ACTIVE


def test_who_would_leave_nobody_to_coordinate_is_told_before(desk, place):
    for key in place.people:
        place.put(key, "changed", "Om Patel", "nobody else coordinates", alone=True)
    desk.press("F5")
    nobody = "Nobody coordinates then: flags and scripts that are handed back wait for nobody."
    assert "Nobody coordinates: flags and scripts that were handed back wait for nobody." in desk.panel.facts
    desk.press("Down")
    assert "Nobody coordinates" not in desk.panel.facts  # she does
    for act in (LOCK, CLOSE):
        assert nobody in desk.screen.subject.asked(act, place.people[MEERA])
    desk.form.editor("is_coordinator").control.click()
    desk.settle()
    assert nobody in desk.panel.effect
    place.people[MEERA] = replace(place.people[MEERA], alone=False)
    for act in (LOCK, CLOSE):
        assert nobody not in desk.screen.subject.asked(act, place.people[MEERA])


def test_a_lost_computer_is_revoked_with_a_reason_and_let_in_again(desk, place):
    desk.press("Shift+C")
    window = desk.screen.windows.window
    assert window.windowTitle() == "Computers of Asha Rao"
    desk.settle()
    assert [row.cells[0].text for row in window.table.rows] == ["asha-laptop", "without a name", "old-desk"]
    states = [row.cells[3].text.partition(" ")[0] for row in window.table.rows]
    assert states == ["in", "revoked", "emptied"]
    assert window.about.text.startswith("Revoked, it sends what is pending")
    window.go.click()
    assert window.told.text == "Say why; it stands in the history."
    assert place.machines[0].revoked_at is None
    window.reason.setText("left in a taxi")
    window.go.click()
    desk.settle()
    assert (place.machines[0].reason, window.reason.text(), window.told.text) == ("left in a taxi", "", "")
    assert window.go.text() == "Let her in again"
    assert window.about.text == "Revoked: left in a taxi"
    place.machines[0] = replace(place.machines[0], revoked_at=None)  # another admin was faster
    window.reason.setText("found")
    window.go.click()
    desk.settle()
    assert window.told.text == "This computer is not revoked."
    window.table.setCurrentIndex(window.table.model().index(2, 0))
    assert "2 changes that the server would not take are still there, encrypted." in window.about.text
    window.go.click()
    desk.settle()
    assert place.machines[2].revoked_at is None
    window.reject()
    desk.screen.list.take_focus()
    desk.press("Down")
    desk.press("Shift+C")
    window = desk.screen.windows.window
    desk.settle()
    assert window.told.text == "She has not worked on any computer yet."
    assert not window.go.isEnabled()
    window.reject()


def test_a_new_first_password_is_shown_until_it_is_taken_and_nowhere_else(desk, place):
    desk.press("Ctrl+R")
    desk.say_why("forgot it")
    desk.press("Tab", "Space")
    assert desk.panel.once.value == place.given[0]
    assert "Asha Rao" in desk.panel.once.label
    desk.screen.list.table.setFocus()
    desk.press("Down")
    assert desk.panel.heading == "Meera Shah"
    assert desk.panel.once.value == place.given[0]  # it is hers whose name stands beside it
    desk.panel.once._copy.click()
    assert QApplication.clipboard().text() == place.given[0]
    desk.panel.once._end.click()
    assert (desk.panel.once.value, desk.panel.once.label) == ("", "")
    assert place.given[0] not in "".join(desk.messages.said)
    assert desk.drafts.by_key == {}


def test_a_teacher_is_made_by_keys_with_a_password_for_once(desk, place):
    desk.press("N")
    desk.write("first_name", "Uma")
    desk.write("last_name", "Das")
    desk.write("email", "asha@school.in")
    desk.write("daily_limit", "20")
    assert "shown once" in desk.panel.effect
    desk.press("Ctrl+S")
    desk.say_why("new year")
    assert desk.messages.told[0].message == "Somebody has that e-mail address already."
    assert desk.panel.once.value == ""
    desk.write("email", "uma@school.in")
    desk.press("Ctrl+S")
    made = place.people[UUID(int=6)]
    assert (made.email, made.daily_limit, made.role) == ("uma@school.in", 20, StaffRole.TEACHER)
    assert desk.panel.once.value == place.given[0]
    assert desk.panel.heading == "Uma Das"
    desk.screen.stop()
    assert desk.panel.once.value == ""


def test_a_change_says_what_she_notices_and_of_two_admins_none_overwrites_the_other(desk, place):
    desk.press("Down")
    desk.write("email", "meera.shah@school.in")
    desk.write("role", "admin")
    desk.write("conflicts", "ravi@home.in\nnobody")
    told = desk.panel.effect
    assert "signs in with the new address" in told
    assert "rights change at once" in told
    assert "stays as it is" in told
    desk.write("role", "teacher")
    assert desk.form.faults == {"conflicts": "One e-mail address of a student a line."}
    desk.write("conflicts", "ravi@home.in")
    desk.write("role", "admin")
    place.put(MEERA, "locked", "Nila Iyer", "why", state=AccountState.LOCKED)
    desk.panel.reason.setText("she leads us")
    desk.press("Ctrl+S")
    assert place.people[MEERA].role == StaffRole.TEACHER
    assert desk.form.editor("role").typed == "admin"
    desk.press("Ctrl+S")
    assert place.people[MEERA].role == StaffRole.ADMIN
    desk.press("Up")
    desk.write("role", "admin")
    assert desk.form.faults == {"role": "She has open scripts; they must be given to others first."}


def test_a_long_list_comes_piece_by_piece_as_one_goes_down(qtbot, tasks, place):
    place.people |= {UUID(int=100 + number): member(f"T{number:03}", "Zed") for number in range(400)}
    place.seen |= dict.fromkeys(place.people, place.seen[ASHA])
    desk = SubjectDesk(qtbot, tasks, MemberSubject(place))
    first = len(desk.screen.list.rows)
    assert 50 <= first < 405
    desk.press("Ctrl+End")
    desk.press("Ctrl+End")
    assert len(desk.screen.list.rows) > first
    asked = place.pages
    desk.go_to("T399")
    assert [row.first_name for row in desk.screen.list.rows] == ["T399"]
    assert place.pages == asked + 1  # one question, once the typing rests


def test_an_address_gets_the_room_that_a_large_window_has(desk, place):
    place.people[ASHA] = replace(place.people[ASHA], email="meenakshi.venkataraghavan@mathvidya.example")
    desk.press("F5")
    desk.screen.resize(1830, 1000)
    table = desk.screen.list.table
    needed = table.fontMetrics().horizontalAdvance(place.people[ASHA].email) + 2 * spacing(2)
    assert table.columnWidth(1) >= needed
