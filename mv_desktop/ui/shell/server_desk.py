"""The servers that one can sign in to: those of the file or the demo's, their dialog, and whether they answer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt

from mv_desktop.core.errors import UserError
from mv_desktop.services.profile import URL_VARIABLE, ServerProfile, load_profiles
from mv_desktop.ui.shell.contact_watch import Contact, ContactWatch
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.sign_in import DemoPerson, SignInPlace, SignInScreen
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import error_text, tr


class ServerDesk(QObject):
    """Knows the servers, and lets the list of them be changed.

    Args:
        folder: where the local files of people are.

    Attributes:
        profiles: the servers there are.
    """

    def __init__(self, window: MainWindow, tasks: Tasks, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window, self._tasks, self._folder = window, tasks, folder
        self.profiles: tuple[ServerProfile, ...] = ()
        self._people: tuple[DemoPerson, ...] = ()
        self._trouble = ""
        self._screen: SignInScreen | None = None
        self._watch = ContactWatch(self._look, tasks, self)
        self._watch.told.connect(self._on_watch_told)
        window.servers_requested.connect(self._on_window_servers_requested)

    def load(self) -> None:
        """Read the file of the profiles, or the environment; what hinders that is said on the sign-in screen."""
        try:
            self.profiles = load_profiles()
        except UserError as error:
            self._trouble = error_text(error)
        self._window.offer_servers()

    def use_demo(self, profile: ServerProfile, people: Sequence[DemoPerson]) -> None:
        """There is the demo's server only, with its people; the file is not touched."""
        self.profiles, self._people = (profile,), tuple(people)

    def profile(self, name: str) -> ServerProfile:
        """The server of that name.

        Raises:
            StopIteration: there is none.
        """
        return next(profile for profile in self.profiles if profile.name == name)

    @property
    def may_change(self) -> bool:
        """The list can be changed; the demo has its own."""
        return not self._people

    def places(self) -> tuple[SignInPlace, ...]:
        """The servers, as the sign-in screen offers them."""
        return tuple(
            SignInPlace(
                profile.name,
                f"{profile.host}:{profile.port}/{profile.database}",
                profile.protected,
                self._people if profile.demo else (),
            )
            for profile in self.profiles
        )

    def attend(self, screen: SignInScreen) -> None:
        """Tell this screen of changes, and whether its server answers, until `leave`."""
        self._screen = screen
        screen.servers_requested.connect(self._on_window_servers_requested)
        screen.server_chosen.connect(self._watch.watch)
        self._watch.watch(screen.server)
        if not self.profiles:
            none_known = tr(
                "No server is known on this computer. Enter yours under “Servers …”, or try the program with: "
                "mv-desktop demo"
            )
            screen.tell(self._trouble or none_known)

    def leave(self) -> None:
        """Somebody is signed in."""
        self._screen = None
        self._watch.end()

    # -- private ---------------------------------------------------------------------------------------------

    def _look(self, server: str) -> Contact:
        """Whether a server can be reached, and who could work without it; on a lane."""
        from mv_desktop.offline.home import known_logins
        from mv_desktop.services.contact import answers

        profile = next((profile for profile in self.profiles if profile.name == server), None)
        if profile is None or answers(profile):
            return Contact(server, reachable=True)
        return Contact(server, reachable=False, known=known_logins(self._folder, server))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_watch_told(self, contact: Contact) -> None:
        if self._screen is not None:
            self._screen.show_contact(contact)

    def _on_window_servers_requested(self) -> None:
        from mv_desktop.ui.shell.server_dialog import ServerDialog
        from mv_desktop.ui.shell.server_store import ServersOfFile

        overruled = URL_VARIABLE in os.environ
        note = tr("{name} names one server, which is used instead of this list.", name=URL_VARIABLE)
        dialog = ServerDialog(ServersOfFile(self._folder), self._tasks, self._window, note=note if overruled else "")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not overruled:
            dialog.changed.connect(self._on_dialog_changed)
        dialog.open()

    def _on_dialog_changed(self, profiles: tuple[ServerProfile, ...]) -> None:
        self.profiles, self._trouble = profiles, ""
        if self._screen is not None:
            self._screen.set_places(self.places())
