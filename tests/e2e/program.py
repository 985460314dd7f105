"""The real program, used as a person uses it: by keys that go where the focus is, and by clicks on what is seen."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLineEdit,
    QListWidget,
    QPushButton,
    QWidget,
)

from mv_desktop.app import Application
from mv_desktop.domain.evaluation import QueueRow
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.ui.marking.flow.submit_check import SubmitCheck
from mv_desktop.ui.marking.screen import MarkingScreen
from mv_desktop.ui.marking.session import MarkingSession, SaveState
from mv_desktop.ui.shell.leaving_screen import LeavingScreen
from mv_desktop.ui.shell.sign_in import SignInScreen
from mv_desktop.ui.shell.workspace import MARKING, Workspace

PATIENCE_S = 90.0
"""How long a condition may take on a computer that does much else; nothing waits longer than it needs."""

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key
W = TypeVar("W", bound=QWidget)


class _Application(Application):
    """Remembers what nobody expected, so that a test fails with it."""

    def __init__(self, qt: QApplication) -> None:
        self.unexpected: list[Exception] = []
        super().__init__(qt)

    def report(self, error: Exception) -> None:
        self.unexpected.append(error)


class Program:
    """One running program; folders and server come from the environment, as they always do.

    Attributes:
        application: the program itself.
    """

    def __init__(self, qt: QApplication) -> None:
        self._qt = qt
        self._hook = sys.excepthook
        qt.setQuitOnLastWindowClosed(False)  # the next program in this process needs Qt's loop
        self.application = _Application(qt)
        self._shown = False

    # -- time ------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Let everything happen that is due."""
        self._qt.processEvents()
        self._qt.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        if QApplication.activeWindow() is None and self._shown and self.window.isVisible():
            self.window.activateWindow()  # what a desktop does when a dialog closes; here there is none
        if self.application.unexpected:
            raise self.application.unexpected[0]

    def wait(self, condition: Callable[[], object], what: str, seconds: float = PATIENCE_S) -> None:
        """Let time pass until `condition` holds."""
        end = time.monotonic() + seconds
        while True:
            self.turn()
            if condition():
                return
            if time.monotonic() > end:
                raise TimeoutError(f"after {seconds:g} s still not: {what}; messages: {self.messages}")
            time.sleep(0.005)

    # -- the keyboard ----------------------------------------------------------------------------------------

    def press(self, *keys: Key | str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press keys, one after the other, where the focus is."""
        for key in keys:
            focus = QApplication.focusWidget()
            if focus is None:
                raise AssertionError(f"{key} was pressed, and nothing has the focus")
            held = modifiers
            if key == Key.Key_Backtab:
                held |= Qt.KeyboardModifier.ShiftModifier  # there is no other way to press it on a keyboard
            QTest.keyClick(focus, key, held)
            self.turn()

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.press(*text)

    # -- the mouse -------------------------------------------------------------------------------------------

    def click(self, widget: QWidget, at: QPoint | None = None, *, double: bool = False) -> None:
        """Move to a widget that can be seen, or to a point of it, and click."""
        at = widget.rect().center() if at is None else at
        if not widget.isVisible() or not widget.visibleRegion().contains(at):
            raise AssertionError(f"{widget} cannot be seen at {at}")
        QTest.mouseMove(widget, at)
        QTest.mouseClick(widget, LEFT, pos=at)
        if double:
            QTest.mouseDClick(widget, LEFT, pos=at)
        self.turn()

    def point(self, widget: QWidget, at: QPoint) -> None:
        """Move the pointer to a point of a widget that can be seen."""
        if not widget.isVisible() or not widget.visibleRegion().contains(at):
            raise AssertionError(f"{widget} cannot be seen at {at}")
        QTest.mouseMove(widget, at)
        self.turn()

    def button(self, name: str, inside: QWidget | None = None) -> QAbstractButton:
        """The visible button of that name or text."""
        for button in (inside or self.window).findChildren(QAbstractButton):
            names = (button.accessibleName(), button.text().split("   ")[0])
            if button.isVisible() and name in names:
                return button
        raise AssertionError(f"there is no button {name!r}")

    def named(self, kind: type[W], name: str) -> W:
        """The visible widget of that kind and accessible name."""
        (found,) = (w for w in self.window.findChildren(kind) if w.isVisible() and w.accessibleName() == name)
        return found

    def click_row(self, view: QAbstractItemView, row: int) -> None:
        """Click on a row of a list."""
        place: QRect = view.visualRect(view.model().index(row, 0))
        self.click(view.viewport(), QPoint(place.left() + place.width() // 3, place.center().y()))

    # -- places ----------------------------------------------------------------------------------------------

    @property
    def window(self) -> QWidget:
        """The program's window."""
        return self.application.window

    @property
    def workspace(self) -> Workspace:
        """The places of who is signed in."""
        assert self.application.workspace is not None
        return self.application.workspace

    @property
    def marking(self) -> MarkingScreen:
        """The marking screen."""
        return self.workspace.marking

    @property
    def session(self) -> MarkingSession:
        """The open script."""
        assert self.marking.session is not None
        return self.marking.session

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        """The queue."""
        return self.workspace.queue.rows

    @property
    def messages(self) -> list[str]:
        """What the messages on the window say."""
        return [toast.text for toast in self.application.window.messages.toasts]

    @property
    def status(self) -> str:
        """What the status bar says of the work."""
        return self.application.window.status.text

    def sign_in_screen(self) -> SignInScreen:
        """The sign-in screen that is shown."""
        screens = [screen for screen in self.window.findChildren(SignInScreen) if screen.isVisible()]
        assert len(screens) == 1
        return screens[0]

    def open_dialog(self, kind: type[QDialog] = SubmitCheck) -> QDialog:
        """The dialog of that kind; waits for it."""
        found: list[QDialog] = []

        def there() -> bool:
            found[:] = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind)]
            return bool(found) and found[0].isVisible() and found[0].isActiveWindow()

        self.wait(there, f"a {kind.__name__}")
        return found[0]

    # -- what every test does --------------------------------------------------------------------------------

    def show(self) -> None:
        """Open the window on the sign-in screen."""
        self.application.open()
        self.activate()

    def show_demo(self, folder: Path) -> None:
        """Open the window on the demo in that folder."""
        self.application.open_demo(folder, fresh=False, scripts=1)
        self.activate()
        self.wait(lambda: isinstance(QApplication.focusWidget(), QListWidget), "the demo's people", seconds=120)

    def choose_person(self, email: str) -> None:
        """Sign in as one of the demo's people, by keys."""
        screen = self.sign_in_screen()
        self.press(Key.Key_Home)
        for _ in range(100):
            if screen._email.text() == email:
                break
            self.press(Key.Key_Down)
        self.press(Key.Key_Return)
        self.wait(lambda: self.application.workspace is not None, f"signed in; it says {self._sign_in_message()!r}")

    def activate(self) -> None:
        """Bring the window to the front."""
        self._shown = True
        self.window.showNormal()  # the offscreen platform's own screen is smaller than any that teachers have
        self.window.resize(1366, 768)
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow, "the window is active")

    def type_credentials(self, email: str, password: str) -> None:
        """Fill in the sign-in screen by keys alone, and press Enter."""
        self.wait(lambda: isinstance(QApplication.focusWidget(), QLineEdit), "the focus is in a field")
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit) and field.echoMode() is QLineEdit.EchoMode.Password:
            self.press(Key.Key_Backtab, modifiers=SHIFT)  # after a refusal
        self.press("a", modifiers=CTRL)
        self.type(email)
        self.press(Key.Key_Return)
        self.press("a", modifiers=CTRL)
        self.type(password)
        self.press(Key.Key_Return)

    def sign_in(self, email: str, password: str, *, has_scripts: bool = True) -> None:
        """Sign in, and wait for the queue with all its scripts, if there must be any."""
        self.type_credentials(email, password)
        self.wait(lambda: self.application.workspace is not None, f"signed in; it says {self._sign_in_message()!r}")
        self.wait(
            lambda: (self.rows or not has_scripts) and self.workspace.driver.ever_in_contact, "the queue is filled"
        )

    def wait_for_script(self, evaluation_id: EvaluationId | None = None) -> None:
        """Wait until a script is open, with all its pages that can be shown."""

        def there() -> bool:
            session = self.marking.session
            return (
                self.application.window.place == MARKING
                and session is not None
                and evaluation_id in (None, session.view.evaluation_id)
                and bool(session.view.pages)
                and all(page.here or page.problem for page in session.view.pages)
            )

        self.wait(there, "the script and its pages are open")
        self.wait(lambda: QApplication.focusWidget() is self.marking.view, "the focus is on the pages")

    def wait_until_saved(self) -> None:
        """Wait until everything done so far is said to be saved."""
        self.wait(lambda: self.session.save_state is SaveState.SAVED, "saved on this computer")

    def wait_until_sent(self) -> None:
        """Wait until nothing is only on this computer."""
        store = self.workspace._desk.store
        said = ("everything is sent", "nothing to send")

        def sent() -> bool:
            saved = self.marking.session is None or self.marking.session.save_state is SaveState.SAVED
            there = saved and store.status().pending == 0  # what is said may be a moment old
            return there and self.status.startswith(said) and self.status.endswith("online")

        self.wait(sent, "all is sent")

    def close(self) -> None:
        """Close the window as a person does, and let go of everything."""
        window = self.application.window
        window.close()
        self.wait(lambda: not window.isVisible() or self._read_what_is_left(), "the program has ended")
        self.wait(lambda: not window.isVisible(), "the program has ended")
        self.discard()

    def _read_what_is_left(self) -> bool:
        """Close the note on what waits on this computer, when it is there."""
        screen = self.window.findChild(LeavingScreen)
        button = None if screen is None else screen.focusProxy()
        if isinstance(button, QPushButton) and button.text() == "Close":
            button.click()
            return True
        return False

    def discard(self) -> None:
        """Make room for the next program in this process; after a failed test, too."""
        if not shiboken6.isValid(self.application):
            return
        if self.window.isVisible():
            self.application.unexpected.clear()
            self.window.close()
            self.wait(lambda: not self.window.isVisible(), "the program has ended")
        sys.excepthook = self._hook
        self.application.tasks.shutdown()
        for part in (self.application.window, self.application):
            part.deleteLater()
        self._qt.processEvents()
        self._qt.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _sign_in_message(self) -> str:
        return self.sign_in_screen().message if self.application.workspace is None else ""
