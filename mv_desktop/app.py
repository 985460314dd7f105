"""Builds the parts and hands them to one another: the only place that knows them all.

Nothing heavy is imported before the first window is on screen (`docs/decisions/003-late-imports.md`).
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import mv_desktop
from mv_desktop.core.clock import SteadyClock, SystemClock
from mv_desktop.core.display import need_screen
from mv_desktop.core.errors import SetupError, UserError
from mv_desktop.core.ids import id_source
from mv_desktop.core.log_file import log_to_file
from mv_desktop.core.paths import config_dir, data_dir, resource
from mv_desktop.domain.access import login_name
from mv_desktop.ui.clipboard import release_clipboard
from mv_desktop.ui.garbage import Collector, spare_what_stays
from mv_desktop.ui.shell.ahead import Ahead
from mv_desktop.ui.shell.leave import Leave
from mv_desktop.ui.shell.leaving_screen import left_text
from mv_desktop.ui.shell.lockout import SignInLock
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.preference_table import Preferences
from mv_desktop.ui.shell.server_desk import ServerDesk
from mv_desktop.ui.shell.sign_in import DemoPerson, SignInScreen
from mv_desktop.ui.shell.starting import StartingScreen
from mv_desktop.ui.shell.unplug_switch import UnplugSwitch
from mv_desktop.ui.tasks import Progress, Tasks
from mv_desktop.ui.text import set_language, tr
from mv_desktop.ui.theme import TextScale, ThemeChoice, apply_theme, make_application

if TYPE_CHECKING:
    from mv_desktop.demo.demonstration import Demonstration
    from mv_desktop.demo.script_maker import ScriptMakers
    from mv_desktop.offline.desk import Desk
    from mv_desktop.offline.former_password import FormerPassword
    from mv_desktop.services.patience import Patience
    from mv_desktop.ui.shell.crash import CrashDialog
    from mv_desktop.ui.shell.idle_lock import IdleLock
    from mv_desktop.ui.shell.workspace import Workspace

_LOCK = "sign-in/lock"
_ATTEMPTS = "sign-in/attempts"
_LAST_SERVER = "sign-in/server"
_LAST_EMAIL = "sign-in/email"
_ROLES = {"teacher": "Teacher", "admin": "Admin"}
_KEYRING_SECONDS = 5.0
"""So long after her work: the desktop's keyring may be slow, and nothing waits for it."""
_log = logging.getLogger(__name__)


class Application(QObject):
    """The running program: one window, and what is behind it.

    Signals:
        workspace_opened(Workspace): somebody is signed in.
        scripts_made(): the demo has one more script.

    Attributes:
        window: the window.
        tasks: the background runner.
        workspace: the places of who is signed in, or None.
        idle: locks them while she is away, or None.
    """

    workspace_opened = Signal(object)
    scripts_made = Signal()

    def __init__(self, qt: QApplication) -> None:
        super().__init__(qt)
        config_dir().mkdir(parents=True, exist_ok=True)
        self._settings = QSettings(str(config_dir() / "settings.ini"), QSettings.Format.IniFormat)
        preferences = Preferences(self._settings)
        set_language(preferences.value("language"))
        apply_theme(qt, cast(ThemeChoice, preferences.value("theme")), cast(TextScale, preferences.value("text_scale")))
        self._clock = SystemClock()
        self._steady = SteadyClock(self._clock)
        self._ids = id_source(self._clock)
        self.tasks = Tasks(self)
        self.tasks.error.connect(self.report)
        Collector(self.tasks)
        self.window = MainWindow(self.tasks, self._settings)
        self.window.setWindowIcon(QIcon(str(resource("icons", "mathvidya.svg"))))
        self.window.close_requested.connect(self._on_window_close_requested)
        self.window.sign_out_requested.connect(self._on_window_sign_out_requested)
        self.workspace: Workspace | None = None
        self.idle: IdleLock | None = None
        attempts = cast(int, self._settings.value(_ATTEMPTS, 5, type=int))
        self._lock = SignInLock(attempts, self._steady, self._remembered_failures())
        self._screen: SignInScreen | None = None
        self._servers = ServerDesk(self.window, self.tasks, data_dir() / "vaults", self)
        self._leaving = self._signing_out = False
        self._ahead = Ahead(self.tasks, _import_workspace, _import_services, self)
        self._unopened: Desk | None = None
        self._patience: Patience | None = None
        self._leave = Leave(self.window, self.tasks, self)
        self._parting = self._page_proxy = ""
        self._crash: CrashDialog | None = None
        self._end: Callable[[], None] = _nothing
        self.scripts_made.connect(self._on_scripts_made)
        sys.excepthook = self._on_uncaught

    # -- starting --------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Show the sign-in screen for the servers this computer knows, and import the rest meanwhile."""
        self._servers.load()
        self._show_sign_in()
        self.window.painted.connect(self._ahead.begin)
        self.window.show()

    def open_demo(self, folder: Path | None, *, fresh: bool, scripts: int) -> None:
        """Show the window at once, start the demo's servers behind it, and then let people sign in."""
        self.window.open_sign_in(StartingScreen(self.tasks))
        self.window.show()

        def start(progress: Progress) -> Demonstration:
            from mv_desktop.demo.demonstration import Demonstration

            demo = Demonstration(folder, scripts=scripts)
            if fresh:
                demo.erase()
            demo.start(lambda text: progress.report(0, 0, text))
            return demo

        self.tasks.run_reporting("demo", start, self._on_demo_started, self._on_demo_failed)

    # -- signing in and out ----------------------------------------------------------------------------------

    def sign_in(self, server: str, email: str, password: str, former: FormerPassword | None = None) -> None:
        """Sign in in the background, and open the workspace; `former` as `open_desk` takes it."""
        from mv_desktop.services.patience import Patience

        profile = self._servers.profile(server)
        if self._screen is not None:
            self._screen.busy(True)
        self._ahead.hold()
        self._patience = patience = Patience()
        who, proxy, folder = (profile, email, password), self._page_proxy, data_dir() / "vaults"

        def work() -> Desk:
            from mv_desktop.offline.tried import TriedPassword

            # before the import: what is being imported already comes as far meanwhile
            tried = TriedPassword(folder, profile.name, login_name(email), password)
            from mv_desktop.offline.desk import open_desk

            return open_desk(
                *who, folder, self._clock, self._ids, patience, page_proxy=proxy, former=former, derive=tried
            )

        came_in = partial(self._on_signed_in, server, email, password)
        self.tasks.run("sync", work, came_in, self._on_sign_in_failed)

    def _on_signed_in(self, server: str, email: str, password: str, desk: Desk) -> None:
        if self._leaving:
            desk.close()
            return
        self._settings.setValue(_LAST_SERVER, server)
        self._settings.setValue(_LAST_EMAIL, email)
        self._servers.leave()
        if self._screen is not None:
            self._screen.succeeded()
        self._remember_failures()
        if desk.person.must_change_password:
            self._ask_first_password(desk, password)
        else:
            self._open_workspace(desk)

    def _ask_first_password(self, desk: Desk, given: str) -> None:
        from mv_desktop.ui.shell.first_password import FirstPasswordScreen

        screen = FirstPasswordScreen(desk.own, self.tasks, given)
        screen.changed.connect(partial(self._open_workspace, desk))
        screen.left.connect(self._on_first_password_left)
        self._unopened = desk
        self.window.open_sign_in(screen)

    def _on_first_password_left(self) -> None:
        self._close_unopened(self._show_sign_in)

    def _close_unopened(self, done: Callable[[], None]) -> None:
        """Close the desk of who has not changed her first password, after what goes on there."""
        if self._unopened is None:
            done()
            return
        self.tasks.run("sync", self._unopened.close, lambda _: done(), lambda _: done())
        self._unopened = None

    def _open_workspace(self, desk: Desk) -> None:
        from mv_desktop.ui.shell.idle_lock import IdleLock
        from mv_desktop.ui.shell.workspace import Workspace

        if self._leaving:
            return
        self._unopened = None
        self.workspace = Workspace(desk, self.window, self.tasks, self._clock, self._ids)
        self.workspace.person_changed.connect(partial(self._on_workspace_person_changed, desk))
        self.workspace.turned_away.connect(self._on_workspace_turned_away)
        self.window.open_workspace(*self._heard_of(desk))
        spare_what_stays()
        self.workspace.queue_shown.connect(self._ahead.release)
        self.workspace_opened.emit(self.workspace)
        self.idle = IdleLock(desk, self.workspace, self.window, self.tasks, self._lock, self._clock, self._steady)
        self.idle.tried.connect(self._remember_failures)
        self.workspace.start()
        self.tasks.after(_KEYRING_SECONDS, partial(self._keep_key, desk), receiver=self.workspace)

    def _keep_key(self, desk: Desk) -> None:
        self.tasks.run("keyring", desk.keep_key, _ignore)

    def _heard_of(self, desk: Desk) -> tuple[str, str]:
        """Name and role of who is signed in; what the server says of signing in is remembered."""
        person = desk.person
        self._lock.max_attempts = int(person.settings.get("max_login_attempts") or self._lock.max_attempts)
        self._settings.setValue(_ATTEMPTS, self._lock.max_attempts)
        role = "Coordinator" if person.is_coordinator else _ROLES[person.role.value]
        return f"{person.first_name} {person.last_name}", tr(role)

    def _on_workspace_person_changed(self, desk: Desk) -> None:
        self.window.status.show_person(*self._heard_of(desk))

    def _on_workspace_turned_away(self, sentence: str) -> None:
        """This computer let somebody in whom the server does not."""
        self._parting = sentence
        self._on_window_sign_out_requested()

    def _on_sign_in_failed(self, error: Exception) -> None:
        self._ahead.release()
        if not isinstance(error, UserError):
            if self._screen is not None:
                self._screen.busy(False)
            self.report(error)
        elif self._screen is not None:
            self._screen.failed(error)
            self._remember_failures()

    def _on_window_sign_out_requested(self) -> None:
        if self.workspace is not None and not self._leaving and not self._signing_out:
            self._signing_out = True
            self.window.messages.clear()
            self._end_idle()
            self._leave.close(self.workspace, self._on_signed_out)

    def _end_idle(self) -> None:
        if self.idle is not None:
            self.idle.end()
            self.idle = None

    def _on_signed_out(self) -> None:
        self._signing_out = False
        if self._leaving:
            self._part()
            return
        if self.workspace is not None:
            if self.workspace.left_behind and not self._parting:
                self._parting = left_text(self.workspace.left_behind)
            self.workspace.deleteLater()
            self.workspace = None
        self._show_sign_in()
        if self._screen is not None:
            self._screen.tell(self._parting)
        self._parting = ""

    def _show_sign_in(self) -> None:
        self._ahead.release()
        servers = self._servers
        self._screen = SignInScreen(servers.places(), self._lock, self._steady, may_change=servers.may_change)
        self._screen.sign_in_requested.connect(self.sign_in)
        servers.attend(self._screen)
        self.window.open_sign_in(self._screen)
        self._screen.suggest(
            str(self._settings.value(_LAST_SERVER, "", type=str)), str(self._settings.value(_LAST_EMAIL, "", type=str))
        )

    # -- the demo --------------------------------------------------------------------------------------------

    def _on_demo_started(self, demo: Demonstration) -> None:
        if self._leaving:
            demo.stop()
            return
        self._end = demo.stop
        people = [
            DemoPerson(
                person["name"],
                "Coordinator" if person["is_coordinator"] else _ROLES[person["role"]],
                person["email"],
                person["password"],
            )
            for person in demo.description()["people"]
        ]
        profile, self._page_proxy, network = demo.unpluggable()
        UnplugSwitch(network, self.window, self.tasks)
        self._servers.use_demo(profile, people)
        self._show_sign_in()
        self._ahead.begin()
        self.tasks.run_reporting(
            "demo", partial(self._make_scripts, demo), _ignore, self.report, label=tr("Writing answer sheets …")
        )

    def _make_scripts(self, demo: Demonstration, progress: Progress) -> None:
        missing = len(demo.missing())
        if not missing:
            return
        from mv_desktop.demo.script_maker import ScriptMakers

        makers: ScriptMakers = ScriptMakers(demo.folder, demo.scripts)
        ready: list[int] = []

        def stop() -> None:
            makers.stop()
            demo.stop()

        def done(number: int) -> None:
            ready.append(number)
            progress.report(len(ready), missing)
            self.scripts_made.emit()
            if progress.cancelled:
                makers.stop()

        self._end = stop
        try:
            makers.wait(done)
        except SetupError:
            if not (self._leaving or progress.cancelled):
                raise
        finally:
            self._end = demo.stop

    def _on_scripts_made(self) -> None:
        if self.workspace is not None:
            self.workspace.driver.soon()

    def _on_demo_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.window.messages.tell(error)
        else:
            self.report(error)

    # -- trouble ---------------------------------------------------------------------------------------------

    def report(self, error: Exception) -> None:
        """The one door for errors nobody expected: a sentence for the user's world, a report for our bugs."""
        if isinstance(error, UserError):
            self.window.messages.tell(error)
            return
        _log.error("unexpected", exc_info=error)
        if self._crash is not None and self._crash.isVisible():
            return  # a bug that happens at every paint must not bury the window
        from mv_desktop.ui.shell.crash import CrashDialog, crash_details

        self._crash = CrashDialog(crash_details(error, mv_desktop.__version__), self.window)
        self._crash.open()

    def _on_uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, Exception):
            self.report(error.with_traceback(trace))
        else:
            sys.__excepthook__(kind, error, trace)

    # -- leaving ---------------------------------------------------------------------------------------------

    def hurry(self) -> None:
        """Whoever ends the session waits for nobody to read anything."""
        self._leave.hurried = True

    def _on_window_close_requested(self) -> None:
        if self._leaving:
            return
        self._leaving = True
        self.window.setEnabled(False)
        if self._signing_out:
            return  # and then it closes
        if self.workspace is not None:
            self._end_idle()
            self._leave.close(self.workspace, self._part)
        else:
            if self._patience is not None:
                self._patience.give_up()  # nobody is let in any more
            self._close_unopened(self._finish)

    def _part(self) -> None:
        """Say what is left behind on this computer, and close."""
        left = 0 if self.workspace is None else self.workspace.left_behind
        self.workspace = None
        self._leave.note(left, self._finish)

    def _finish(self) -> None:
        self.window.hide()  # all is saved; servers take a moment to stop
        self._end()
        self.tasks.shutdown()
        self.window.allow_close()
        QApplication.exit(0)  # Qt leaves by itself only when a window closes that can be seen

    # -- private ---------------------------------------------------------------------------------------------

    def _remembered_failures(self) -> dict[str, object]:
        kept = self._settings.value(_LOCK, {})
        return {str(key): value for key, value in kept.items()} if isinstance(kept, dict) else {}

    def _remember_failures(self) -> None:
        self._settings.setValue(_LOCK, self._lock.remembered(self._steady))


def run() -> int:
    """Open the program and return its exit status."""
    return _run(lambda application: application.open())


def run_demo(folder: Path | None, *, fresh: bool, scripts: int) -> int:
    """Open the program on a demo and return its exit status."""
    return _run(lambda application: application.open_demo(folder, fresh=fresh, scripts=scripts))


def make_qt(arguments: Sequence[str] = ()) -> QApplication:
    """Qt's application object, named so that its files have our name.

    Raises:
        SetupError: there is no screen.
    """
    need_screen()
    qt = make_application(sys.argv[0], arguments)
    qt.setApplicationName("mathvidya")
    qt.setApplicationDisplayName("Mathvidya")
    qt.setApplicationVersion(mv_desktop.__version__)
    qt.setDesktopFileName("mathvidya")
    qt.aboutToQuit.connect(release_clipboard)
    return qt


def _run(start: Callable[[Application], None]) -> int:
    log_to_file()
    qt = make_qt()
    application = Application(qt)
    _close_on_signal(application)
    start(application)
    return qt.exec()


def _close_on_signal(application: Application) -> None:
    """Ctrl+C and the end of the session close the window as its button does, within a second; twice ends at once."""

    def close(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        application.hurry()
        application.window.close()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)


def _import_workspace() -> None:
    import mv_desktop.offline.desk
    import mv_desktop.ui.shell.idle_lock
    import mv_desktop.ui.shell.workspace  # noqa: F401


def _import_services() -> None:
    import zxcvbn  # noqa: F401 - a tenth of a second when a new password is judged

    import mv_desktop.pages.download
    import mv_desktop.pages.intake
    import mv_desktop.services.evaluation
    import mv_desktop.services.operation
    import mv_desktop.services.page_address
    import mv_desktop.services.sign_in  # noqa: F401


def _ignore(_: object) -> None:
    """Nothing follows."""


def _nothing() -> None:
    """There is nothing to end."""
