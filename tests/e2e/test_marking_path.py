"""The main job from end to end: the real program, a real server, and a teacher of the demo with her own login."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QComboBox, QListView, QListWidget, QTableView

from mv_desktop.demo.network import Proxy
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.ui.shell.sign_in import SignInScreen
from tests.e2e.keyboard import KeyboardMarking, submit_by_keyboard
from tests.e2e.program import CTRL, SHIFT, Key, Program
from tests.e2e.school import Given, School, Stamped, assert_completed, stamps_of

Start = Callable[[], Program]
Computer = Callable[[str], None]


def test_whole_script_is_marked_and_submitted_by_keyboard_alone(
    school: School, computer: Computer, start: Start
) -> None:
    teacher, script = school.teacher(0), school.script(1)
    computer(teacher.database_url)
    program = start()
    program.show()
    program.sign_in(teacher.email, teacher.password)
    program.press(Key.Key_Return, modifiers=CTRL)  # mark next: the most urgent
    program.wait_for_script(script)
    program.press(Key.Key_Escape)
    program.wait(lambda: program.application.window.place == "queue", "the queue again")
    program.press(Key.Key_Return)  # the row where one was
    program.wait_for_script(script)
    program.press("j", "k")
    marking = KeyboardMarking(program, school.declared_unanswered(script))
    marking.run()
    assert len(marking.used) == 10
    assert len(marking.given) == len(program.session.keys) > 17, "the sides of either/or questions, too"
    program.wait_until_saved()
    submit_by_keyboard(program)
    assert not school.completed(script), "for ten seconds it can be taken back"
    program.wait_for_script(school.script(6))  # the next one has come by itself
    program.wait(lambda: school.completed(script), "the server has the submission")
    evaluation = assert_completed(school, script, teacher, marking.given)
    assert Counter(stamps_of(evaluation)) == Counter(marking.stamps)
    program.wait_until_sent()
    program.close()


# -- the mouse ----------------------------------------------------------------------------------------------


class MouseMarking:
    """Marks the open script by clicks alone: a row of the mark sheet, a stamp, a place on the page."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._sheet = program.named(QListView, "Mark sheet")
        self._value = program.named(QComboBox, "What a tick carries")
        self._clicks = 0
        self.given: dict[MarkKey, Given] = {}
        self.stamps: list[Stamped] = []

    def run(self) -> None:
        """Stamp every question, each with other stamps."""
        self.choose_value("1")
        ways = (("Tick",), ("Tick", "Half"), ("Cross",), ("Tick", "Tick", "Half"), ("Circle", "Half"), ("Star", "Tick"))
        for number, key in enumerate(self._program.session.keys):
            self._program.click_row(self._sheet, number)
            assert self._program.session.current == key
            for name in ways[number % len(ways)]:
                self.stamp(key, name)

    def stamp(self, key: MarkKey, name: str, tick: Decimal = Decimal(1)) -> None:
        """Take a stamp in hand and click on the page."""
        view = self._program.marking.view
        self._program.click(self._program.button(name))
        self._program.click(view.viewport(), QPoint(80 + 37 * (self._clicks % 20), 120 + 41 * (self._clicks // 20)))
        self._clicks += 1
        marks = {"Tick": tick, "Half": Decimal("0.5"), "Cross": Decimal(0)}.get(name)
        self.stamps.append(Stamped(name.lower(), key, marks))
        before = self.given.get(key, Given(Decimal(0)))
        self.given[key] = Given(before.marks + (marks or 0))

    def choose_value(self, text: str) -> None:
        """Let a tick carry another value, by the box beside the stamps."""
        self._program.click(self._value)
        choices = self._value.view()
        self._program.wait(choices.isVisible, "the values are offered")
        row = self._value.findText(text)

        def chosen() -> bool:
            # Qt takes no release for a choice that comes as quickly as a second click
            if choices.isVisible():
                self._program.click_row(choices, row)
            return self._value.currentIndex() == row

        self._program.wait(chosen, f"a tick carries {text}")


def submit_by_mouse(program: Program) -> None:
    """Click on “Check and submit”, and then on “Submit”."""
    program.click(program.button("Check and submit"))
    check = program.open_dialog()
    program.click(program.button("Submit", check))
    program.wait(lambda: any("submitted in 10 seconds" in text for text in program.messages), "it is held")


def test_whole_script_is_marked_by_mouse_alone_taken_back_and_submitted_on_sign_out(
    school: School, computer: Computer, start: Start
) -> None:
    teacher, script = school.teacher(2), school.script(15)
    computer("")
    program = start()
    program.application.open_demo(school.demo.folder, fresh=False, scripts=1)  # a second program on the same servers
    program.activate()
    program.wait(lambda: program.window.findChildren(SignInScreen), "the demo has started")
    program.click_row(program.named(QListWidget, "People of the demo"), 2)
    program.click(program.button("Sign in"))
    program.wait(lambda: program.application.workspace is not None and program.rows, "the queue is filled")
    table = program.named(QTableView, "Scripts to mark")
    program.click(table.viewport(), table.visualRect(table.model().index(0, 0)).center())
    program.click(program.button("Mark next"))
    program.wait_for_script(script)

    marking = MouseMarking(program)
    marking.run()
    program.click(program.button("Undo"))
    assert len(program.session.script.ink) == len(marking.stamps) - 1
    program.click(program.button("Redo"))
    assert len(program.session.script.ink) == len(marking.stamps)
    submit_by_mouse(program)
    program.click(program.button("Take back", program.application.window.messages))
    program.wait_for_script(script)
    assert not program.session.read_only
    program.click_row(program.named(QListView, "Mark sheet"), 2)  # a cross stands there
    marking.choose_value("1½")
    marking.stamp(program.session.keys[2], "Tick", Decimal("1.5"))
    submit_by_mouse(program)
    program.click(program.button("Sign out"))
    program.wait(lambda: program.application.workspace is None, "signed out")
    assert school.completed(script), "what is held goes at once on sign-out"
    evaluation = assert_completed(school, script, teacher, marking.given)
    assert Counter(stamps_of(evaluation)) == Counter(marking.stamps)
    kinds = Counter(row["kind"] for row in school.operations(script))
    assert kinds["evaluation.submit"] == 1, "the one that was taken back was never sent"
    program.close()


# -- closing and reopening ----------------------------------------------------------------------------------


def test_script_closed_in_the_middle_is_found_as_it_was_left(school: School, computer: Computer, start: Start) -> None:
    teacher, script = school.teacher(5), school.script(18)
    computer(teacher.database_url)
    program = start()
    program.show()
    program.sign_in(teacher.email, teacher.password)
    program.press(Key.Key_Return)
    program.wait_for_script(script)
    untouched = program.session.script.vector
    program.press(Key.Key_Plus, modifiers=CTRL)
    program.press(Key.Key_PageDown)
    program.press(Key.Key_Right, "1", Key.Key_Tab, "f", Key.Key_Tab, "h", Key.Key_Right, "3")
    program.press(Key.Key_Z, modifiers=CTRL)
    before = program.session.script
    place = program.marking.view.place()
    assert len(before.ink) == 1
    assert place is not None
    program.close()

    program = start()
    program.show()
    program.sign_in(teacher.email, teacher.password)
    program.press(Key.Key_Return)
    program.wait_for_script(script)
    after = program.session.script
    assert (after.given, after.ink, after.vector) == (before.given, before.ink, before.vector)
    found = program.marking.view.place()
    assert found is not None
    assert (found.page, found.zoom) == (place.page, place.zoom)
    assert found.fraction == pytest.approx(place.fraction, abs=0.01)
    program.press(Key.Key_Z, modifiers=CTRL | SHIFT)
    assert len(after.ink) == 2, "what was undone can be redone"
    for _ in range(4):
        program.press(Key.Key_Z, modifiers=CTRL)
    assert (after.ink, after.vector) == ({}, untouched), "and everything can be undone"
    assert not program.session.can_undo
    program.close()


# -- without a network --------------------------------------------------------------------------------------


@pytest.fixture
def proxy(school: School) -> Iterator[Proxy]:
    """The way to the server, which can be cut."""
    way = Proxy(school.port)
    yield way
    way.close()


def test_marking_goes_on_without_the_server_and_all_is_sent_when_it_is_back(
    school: School, computer: Computer, start: Start, proxy: Proxy
) -> None:
    teacher, script = school.teacher(3), school.script(16)
    computer(teacher.database_url.replace(f":{school.port}/", f":{proxy.port}/"))
    program = start()
    program.show()
    program.sign_in(teacher.email, teacher.password)
    program.press(Key.Key_Return)
    program.wait_for_script(script)
    program.wait_until_sent()
    already = len(school.operations(script))

    proxy.cut()
    program.press("f", Key.Key_Tab)
    program.wait(lambda: program.status.endswith("offline"), "it says that it is offline")
    program.press("h", Key.Key_Right, "1", "3")
    program.wait_until_saved()
    program.press(Key.Key_Escape, Key.Key_Escape)  # the pen point, and then the script
    program.wait(lambda: program.application.window.place == "queue", "the queue")
    program.press(Key.Key_Return)
    program.wait_for_script(script)
    program.press(Key.Key_Tab, "0")
    program.wait_until_saved()
    program.wait(lambda: "on this computer" in program.status, "it says what is only here")
    assert program.status.endswith("offline")
    assert program.messages == [], "nobody is bothered"
    assert len(school.operations(script)) == already
    marked, ink = program.session.script.vector, dict(program.session.script.ink)

    proxy.mend()
    program.wait_until_sent()
    assert all(row["verdict"] == "applied" for row in school.operations(script))
    registers = school.rows(
        "SELECT annotation_id FROM annotation_registers WHERE evaluation_id = %s AND NOT deleted", script
    )
    assert {row["annotation_id"] for row in registers} == set(ink)
    effective = school.rows("SELECT * FROM api._effective_marks(%s) WHERE kept", script)
    assert {row["question_number"]: row["marks"] for row in effective} == marked
    program.close()


# -- a page that cannot be shown ----------------------------------------------------------------------------


def test_broken_page_says_why_and_a_rescan_can_be_asked_for(school: School, computer: Computer, start: Start) -> None:
    teacher, script = school.teacher(0), school.script(6)
    computer(teacher.database_url)
    program = start()
    program.show()
    program.sign_in(teacher.email, teacher.password)
    program.workspace.queue.select(script)
    program.press(Key.Key_Return)
    program.wait_for_script(script)
    (broken,) = [page for page in program.session.view.pages if page.problem]
    assert broken.ref.page_number == 2
    view = program.marking.view
    while view.current_page != broken.ref:
        assert view.current_page is not None
        program.press("j" if view.current_page < broken.ref else "k")
    assert view.sheet is not None
    placeholder = view.sheet.page(broken.ref)
    assert placeholder is not None
    assert placeholder.problem == broken.problem
    button = next(
        point
        for point in (QPoint(view.viewport().width() // 2, y) for y in range(0, view.viewport().height(), 4))
        if placeholder.on_rescan_button(placeholder.mapFromScene(view.mapToScene(point)))
    )
    program.click(view.viewport(), button)
    program.wait(lambda: any("asked for a rescan of page 2" in text for text in program.messages), "it says so")
    program.wait_until_sent()
    flag = school.row("SELECT * FROM evaluation_flags WHERE evaluation_id = %s", script)
    assert (flag["page_number"], flag["reason"]) == (2, "rescan_requested")
    assert flag["raised_by"] == teacher.user_id
    program.press("r", modifiers=CTRL)
    program.wait(lambda: any("already asked for" in text for text in program.messages), "once is enough")
    program.press(Key.Key_Escape)
    program.wait(lambda: program.application.window.place == "queue", "the queue")
    program.press(Key.Key_Return)
    program.wait_for_script(script)
    assert program.session.rescan_asked(PageRef(2))
    program.close()


# -- signing in ---------------------------------------------------------------------------------------------


def refused(program: Program, email: str, password: str) -> str:
    """What the sign-in screen says to these."""
    program.type_credentials(email, password)
    program.wait(lambda: program.sign_in_screen().message, "it says why not")
    return program.sign_in_screen().message


def test_wrong_password_and_unknown_address_are_told_alike(school: School, computer: Computer, start: Start) -> None:
    teacher = school.teacher(3)
    computer(teacher.database_url)
    program = start()
    program.show()
    wrong = refused(program, teacher.email, "not her password")
    assert wrong.startswith("The e-mail address or the password is wrong.")
    assert refused(program, "nobody@mathvidya.example", "not her password") == wrong
    program.sign_in(teacher.email, teacher.password, has_scripts=False)
    program.close()


def test_server_that_does_not_answer_is_told_at_sign_in(school: School, computer: Computer, start: Start) -> None:
    teacher = school.teacher(3)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and nobody listens
        parts = urlsplit(teacher.database_url)
        computer(teacher.database_url.replace(f":{parts.port}/", f":{nobody.getsockname()[1]}/"))
        program = start()
        program.show()
        message = refused(program, teacher.email, teacher.password)
    assert message.startswith("The server does not answer.")
    assert "attempt" not in message, "this is no wrong password"
    program.close()
