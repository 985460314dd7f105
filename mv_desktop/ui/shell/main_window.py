"""The program's one window: the sign-in screen first, then the places with the rail and the status bar.

Its dialogs are imported when they are first wanted, so that the window is there sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from mv_desktop.ui.actions import KeyMap, Scope, build_actions, commands_of, set_keys
from mv_desktop.ui.clipboard import forget_marks
from mv_desktop.ui.command import ADMINISTERING, COORDINATING, TEACHING
from mv_desktop.ui.part import mark_parts, step_part, tab_through_all
from mv_desktop.ui.shell.key_settings import KeySettings
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.preference_table import BY_KEY, PreferencePage, Preferences
from mv_desktop.ui.shell.rail import Rail
from mv_desktop.ui.shell.room import Room
from mv_desktop.ui.shell.status_bar import StatusBar
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import (
    TEXT_SCALES,
    TextScale,
    ThemeChoice,
    apply_theme,
    current_theme,
    desktop_theme,
    follow_desktop,
    spacing,
)
from mv_desktop.ui.widgets.stack import Stack
from mv_desktop.ui.widgets.toast import ToastTray

if TYPE_CHECKING:
    from mv_desktop.ui.widgets.command_palette import Entry

NAME = "Mathvidya"

_SCREEN = (spacing(320), spacing(190))
_ROOMY = (spacing(360), spacing(230))
"""On a smaller screen the window begins with all of it: beside its frame it would not fit."""
_LEAST = (spacing(160), spacing(70))
"""A screen of 1366×768 at 200 % has 683×384, frame and task bar included; what has no room is scrolled to."""
_SOME = ("board", "cases", "reports", "quality", "second", "office", "insight", "questions")
"""Places that are not always there: each has its command while it is."""

_LOCKED = ("app.palette", "app.keys", "app.preferences")
"""Commands that open windows; there are none while the places are covered."""
_GEOMETRY = "window/geometry"


class MainWindow(QMainWindow):
    """Holds the screens and what belongs to all of them: commands, preferences, messages.

    Args:
        settings: where sizes and preferences are kept.
        keys: the keys as this person has them.

    Signals:
        close_requested(): the person wants to close it; `allow_close` then does.
        sign_out_requested(), lock_requested(), send_requested(), decide_requested(), export_requested(),
        servers_requested().
        place_requested(place): she wants to go there.
        painted(): it is on the screen, for the first time.
        keys_changed(KeyMap): she changed her keys.
        preference_chosen(key, value): she chose something in the preferences.

    Attributes:
        status: the status bar.
        messages: the one door to the person.
        preferences: what she chose.
    """

    close_requested = Signal()
    sign_out_requested = Signal()
    lock_requested = Signal()
    send_requested = Signal()
    decide_requested = Signal()
    export_requested = Signal()
    servers_requested = Signal()
    place_requested = Signal(str)
    painted = Signal()
    keys_changed = Signal(object)
    preference_chosen = Signal(str, str)

    def __init__(self, tasks: Tasks, settings: QSettings, keys: KeyMap | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._tasks = tasks
        self._keys = keys or KeyMap()
        self._key_settings: KeySettings | None = None
        self._pages: tuple[PreferencePage, ...] = ()
        self._offers_servers = False
        self._offered: list[QAction] = []
        self._find_scripts: Callable[[str], Sequence[Entry]] | None = None
        self._was_painted = False
        self._to_decide = 0
        self._exportable = False
        self._places: dict[str, tuple[Place, QWidget]] = {}
        self._may_close = False
        self._sign_in: QWidget | None = None
        self._cover: QWidget | None = None
        self._title = NAME
        self.preferences = Preferences(settings)
        self.setWindowTitle(NAME)
        self._rail = Rail(self)
        self._rail.chosen.connect(self.place_requested)
        self._stack = Stack(self)
        self.status = StatusBar(tasks, self)
        self.status.sign_out_requested.connect(self.sign_out_requested)
        self.status.sync_requested.connect(self._on_status_sync_requested)
        self._root = Stack(self)
        self._root.addWidget(self._build_workspace())
        self._room = Room(self._root, self)
        self.setCentralWidget(self._room)
        self.messages = ToastTray(self, tasks)
        mark_parts(self._rail, self.status, self.messages)
        self._actions = build_actions(self, Scope.EVERYWHERE, self._handlers(), self._keys)
        self._actions["app.close_message"].setEnabled(False)
        self.messages.changed.connect(self._on_messages_changed)
        self._actions["app.servers"].setEnabled(False)
        self._actions["app.decide"].setEnabled(False)
        self._actions["app.export"].setEnabled(False)
        self._offer_places()
        self.status.decide_requested.connect(self.decide_requested)
        self._restore_geometry()
        follow_desktop(self._on_desktop_changed)

    # -- sign-in and workspace -------------------------------------------------------------------------------

    def open_sign_in(self, screen: QWidget) -> None:
        """Show `screen` alone, instead of the places."""
        if self._sign_in is not None and self._sign_in is not screen:
            self._root.removeWidget(self._sign_in)
            self._sign_in.deleteLater()
        self._sign_in = screen
        if self._root.indexOf(screen) < 0:
            self._root.addWidget(screen)
        self._root.setCurrentWidget(screen)
        self._drop_cover()
        self.entitle("")
        self._enable_workspace_commands(signed_in=False)
        screen.setFocus()

    def open_workspace(self, name: str, role: str) -> None:
        """Show the places; `name` and `role` (as it is shown) are of the person signed in."""
        self.messages.clear()
        self.status.show_person(name, role)
        self._root.setCurrentIndex(0)
        self._enable_workspace_commands(signed_in=True)

    def cover(self, screen: QWidget) -> None:
        """Show `screen` alone instead of the places, which stay as they are; nothing of them can be seen or done."""
        self._cover = screen
        self._root.addWidget(screen)
        self._root.setCurrentWidget(screen)
        self.messages.hush(hushed=True)
        self.setWindowTitle(NAME)
        self._enable_workspace_commands(signed_in=False)
        for name in (*_LOCKED, "app.servers"):
            self._actions[name].setEnabled(False)
        screen.setFocus()

    def uncover(self) -> None:
        """Show the places again."""
        if self._cover is None:
            return
        self._root.setCurrentIndex(0)
        self._drop_cover()
        self.setWindowTitle(self._title)
        self._enable_workspace_commands(signed_in=True)

    def close_workspace(self) -> None:
        """Take all places away, when the person signs out, and what is hers.

        What could not be saved meanwhile goes on to be told, until somebody signs in.
        """
        for dialog in self.findChildren(QDialog):
            if not dialog.isHidden():
                dialog.done(QDialog.DialogCode.Rejected)
        self.messages.clear(errors=False)
        forget_marks()
        self._stack.hide()  # or each would be shown when the one before it goes, and ask for what is closed already
        for place in tuple(self._places):
            self.remove_place(place)
        self._stack.show()
        self._key_settings, self._pages, self._find_scripts = None, (), None
        self._use_keys(KeyMap())
        self.set_to_decide(0)
        self.set_exportable(exportable=False)

    def take_keys_of(self, person: str, defaults: Mapping[str, Iterable[str]]) -> KeyMap:
        """Use the keys that a person has on this computer from now on, and keep what she changes.

        Args:
            person: who she is, the same at every sign-in.
            defaults: default keys instead of the table's (`KeyMap`).
        """
        self._key_settings = KeySettings(self._settings, person)
        self._use_keys(self._key_settings.load(defaults))
        return self._keys

    def offer_pages(self, pages: Iterable[PreferencePage]) -> None:
        """Show these pages among the preferences of who is signed in, below those of the table."""
        self._pages = tuple(pages)

    def offer_servers(self) -> None:
        """The list of servers can be changed; the demo has its own."""
        self._offers_servers = True
        self._actions["app.servers"].setEnabled(True)

    def offer_command(self, action: QAction) -> None:
        """A command that only this window has: it stands in the palette and in the bottom line, and its key works."""
        self._offered.append(action)
        self.addAction(action)
        self.status.offer(action)

    def offer_scripts(self, find: Callable[[str], Sequence[Entry]] | None) -> None:
        """The palette finds scripts, too; None when nobody is signed in."""
        self._find_scripts = find

    def going(self, place: str) -> QAction:
        """The command that leads to a place, which may not be there yet."""
        return self._actions[f"app.{place}"]

    def add_place(self, name: str, place: Place, widget: QWidget) -> None:
        """Add a screen; the first that is added is shown."""
        self._places[name] = (place, widget)
        self._stack.addWidget(widget)
        self._fit_status()
        if place.text:
            self._rail.add(name, place.icon, place.text, self._keys.shown(place.go) if place.go else "")
        tab_through_all((self._rail, self._stack, self.status))
        self._offer_places()
        if len(self._places) == 1:
            self.show_place(name)

    def count_at(self, name: str, number: int, words: str) -> None:
        """So many wait at a place; `words` say it to a screen reader."""
        self._rail.count(name, number, words)

    def remove_place(self, name: str) -> None:
        """Take a screen away and destroy it."""
        _place, widget = self._places.pop(name)
        self._rail.remove(name)
        self._stack.removeWidget(widget)
        self._fit_status()
        self._offer_places()
        widget.deleteLater()

    def show_place(self, name: str) -> None:
        """Go to a screen.

        Raises:
            KeyError: it was not added.
        """
        place, widget = self._places[name]
        self._rail.setVisible(bool(place.text))
        self._rail.mark(name)
        self._stack.setCurrentWidget(widget)
        self.entitle(place.title or place.text)
        if widget.focusWidget() is None:  # else the screen has said what of it the keys are for
            widget.setFocus()
        else:
            widget.focusWidget().setFocus()

    def entitle(self, title: str) -> None:
        """Say in the window's title what is shown; "" for the program's name alone."""
        self._title = title or NAME
        if self._cover is None:
            self.setWindowTitle(self._title)

    @property
    def place(self) -> str:
        """The screen one is on, "" while there is none."""
        return next((name for name, (_, widget) in self._places.items() if widget is self._stack.currentWidget()), "")

    def set_to_decide(self, scripts: int) -> None:
        """So many scripts have questions that were marked otherwise on two computers."""
        self._to_decide = scripts
        self.status.show_to_decide(scripts)
        self._actions["app.decide"].setEnabled(scripts > 0 and self._actions["app.queue"].isEnabled())

    def set_exportable(self, *, exportable: bool) -> None:
        """There is work that could be written into a file."""
        self._exportable = exportable
        self._actions["app.export"].setEnabled(exportable and self._actions["app.queue"].isEnabled())

    def allow_close(self) -> None:
        """Close for good: everything is saved."""
        self._may_close = True
        self.close()

    def remember(self, name: str, state: QByteArray) -> None:
        """Keep how a screen is divided, or what else of it is to be as it was."""
        self._settings.setValue(f"splitter/{name}", state)

    def remembered(self, name: str) -> QByteArray:
        """What was kept; empty when nothing was."""
        return cast(QByteArray, self._settings.value(f"splitter/{name}", QByteArray(), type=QByteArray))

    # -- construction ----------------------------------------------------------------------------------------

    def _build_workspace(self) -> QWidget:
        workspace = QWidget(self)
        column = QVBoxLayout(workspace)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addWidget(self._stack, 1)
        column.addLayout(row, 1)
        column.addWidget(self.status)
        return workspace

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "app.palette": self._open_palette,
            "app.keys": self._open_keys,
            "app.next_part": lambda: step_part(self, 1),
            "app.previous_part": lambda: step_part(self, -1),
            "app.close_message": self.messages.close_newest,
            "app.queue": lambda: self.place_requested.emit("queue"),
            "app.sync": lambda: self.place_requested.emit("sync"),
            "app.notices": lambda: self.place_requested.emit("notices"),
            **{f"app.{name}": partial(self.place_requested.emit, name) for name in _SOME},
            "app.decide": self.decide_requested.emit,
            "app.send_now": self.send_requested.emit,
            "app.export": self.export_requested.emit,
            "app.theme": self._switch_theme,
            "app.text_larger": lambda: self._step_text(1),
            "app.text_smaller": lambda: self._step_text(-1),
            "app.full_screen": self._toggle_full_screen,
            "app.preferences": self._open_preferences,
            "app.change_keys": lambda: self._open_preferences("keys"),
            "app.absences": lambda: self._open_preferences("absences"),
            "app.change_password": lambda: self._open_preferences("password"),
            "app.servers": self.servers_requested.emit,
            "app.lock": self.lock_requested.emit,
            "app.sign_out": self.sign_out_requested.emit,
            "app.quit": self.close,
        }

    def _enable_workspace_commands(self, *, signed_in: bool) -> None:
        for name in (
            "app.queue",
            "app.sync",
            "app.notices",
            "app.send_now",
            "app.lock",
            "app.sign_out",
            "app.change_keys",
        ):
            self._actions[name].setEnabled(signed_in)
        self._offer_places()
        self._actions["app.decide"].setEnabled(signed_in and self._to_decide > 0)
        self._actions["app.export"].setEnabled(signed_in and self._exportable)
        offered = {page.name for page in self._pages} if signed_in else set()
        self._actions["app.absences"].setEnabled("absences" in offered)
        self._actions["app.change_password"].setEnabled("password" in offered)

    def _offer_places(self) -> None:
        signed_in = self._actions["app.queue"].isEnabled()
        for name in _SOME:
            self._actions[f"app.{name}"].setVisible(name in self._places)
            self._actions[f"app.{name}"].setEnabled(signed_in and name in self._places)

    def _drop_cover(self) -> None:
        cover, self._cover = self._cover, None
        if cover is not None:
            self._root.removeWidget(cover)
            cover.deleteLater()
            self.messages.hush(hushed=False)
            for name in _LOCKED:
                self._actions[name].setEnabled(True)
            self._actions["app.servers"].setEnabled(self._offers_servers)

    def _restore_geometry(self) -> None:
        self.setMinimumSize(*_LEAST)
        kept = cast(QByteArray, self._settings.value(_GEOMETRY, QByteArray(), type=QByteArray))
        if kept.isEmpty() or not self.restoreGeometry(kept):
            self.resize(*_SCREEN)
            room = self.screen().availableSize()
            if room.width() < _ROOMY[0] or room.height() < _ROOMY[1]:
                self.setWindowState(Qt.WindowState.WindowMaximized)

    def _fit_status(self) -> None:
        """Give the status bar's room to the screens where it is short: the palette and Sync have all of it.

        Whichever place is shown, so that going from one to another moves nothing.
        """
        needed = self._stack.tallest() + self.status.minimumSizeHint().height()
        self.status.setVisible(self.height() >= needed)

    # -- commands --------------------------------------------------------------------------------------------

    @property
    def _roles(self) -> frozenset[str]:
        """Whose commands are offered."""
        places = {"board": COORDINATING, "office": ADMINISTERING, "questions": TEACHING}
        found = frozenset[str]().union(*(roles for place, roles in places.items() if place in self._places))
        return found or TEACHING

    def _current(self) -> Place:
        if self._root.currentIndex() == 0 and self.place:
            return self._places[self.place][0]
        return Place(Scope.EVERYWHERE)

    def _open_palette(self) -> None:
        from mv_desktop.ui.shell.reach import choices, elsewhere, pages
        from mv_desktop.ui.widgets.command_palette import CommandPalette, entry_of

        here = self._current()
        actions = (*here.actions.values(), *self._actions.values(), *self._offered)
        places = {name: place for name, (place, _) in self._places.items()} if self._root.currentIndex() == 0 else {}
        entries = (
            *(entry_of(action) for action in actions if action.isVisible()),
            *elsewhere(places, self.place, self._go),
            *choices(self._choose, self.preferences.value),
            *(pages(self._pages, self._open_preferences) if places else ()),
        )
        palette = CommandPalette(entries, self, self._find_scripts if places else None)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open()

    def _go(self, place: str) -> bool:
        """Go to a place as by its button; False when one is elsewhere then."""
        if place != self.place:
            self.place_requested.emit(place)
        return place == self.place

    def _choose(self, preference: str, value: str) -> None:
        self.preferences.choose(preference, value)
        self._on_preference_chosen(preference, value)
        if preference == "language":  # all others hold at once
            self.messages.say(tr(BY_KEY[preference].note))

    def _open_keys(self) -> None:
        from mv_desktop.ui.widgets.key_sheet import KeySheet

        sheet = KeySheet(commands_of(self._current().scope, self._roles), self._keys, self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def _open_preferences(self, page: str = "") -> None:
        from mv_desktop.ui.shell.preferences import PreferencesDialog

        pages = () if self._key_settings is None else (PreferencePage("keys", tr("Keys"), self._key_page), *self._pages)
        dialog = PreferencesDialog(self.preferences, pages, self)
        dialog.show_page(page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._on_preference_chosen)
        dialog.open()

    def _key_page(self, parent: QWidget) -> QWidget:
        from mv_desktop.ui.shell.key_page import KeyPage

        page = KeyPage(self._keys, self._roles, parent)
        page.changed.connect(self._on_key_page_changed)
        return page

    def _use_keys(self, keys: KeyMap) -> None:
        self._keys = keys
        set_keys(self._actions, keys)
        for name, (place, _) in self._places.items():
            self._rail.tell_key(name, keys.shown(place.go) if place.go else "")

    def _switch_theme(self) -> None:
        self.preferences.choose("theme", "light" if current_theme().name == "dark" else "dark")
        self._dress()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _step_text(self, step: int) -> None:
        sizes = list(TEXT_SCALES)
        index = sizes.index(cast(TextScale, self.preferences.value("text_scale"))) + step
        self.preferences.choose("text_scale", sizes[min(max(index, 0), len(sizes) - 1)])
        self._dress()

    def _dress(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme = cast(ThemeChoice, self.preferences.value("theme"))
            apply_theme(app, theme, cast(TextScale, self.preferences.value("text_scale")))
            self._fit_status()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_desktop_changed(self) -> None:
        """The desktop turned dark or light, as some do every evening."""
        if self.preferences.value("theme") == "system" and desktop_theme() != current_theme().name:
            self._dress()

    def _on_messages_changed(self) -> None:
        self._actions["app.close_message"].setEnabled(bool(self.messages.toasts))

    def _on_status_sync_requested(self) -> None:
        self.place_requested.emit("sync")

    def _on_key_page_changed(self, keys: KeyMap) -> None:
        if self._key_settings is not None:
            self._key_settings.save(keys)
            self._use_keys(keys)
            self.keys_changed.emit(keys)

    def _on_preference_chosen(self, key: str, value: str) -> None:
        self.preference_chosen.emit(key, value)
        if key in {"theme", "text_scale"}:
            self._dress()

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_painted:
            self.windowHandle().installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_status()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt paints a window when it is exposed, after whoever filters that."""
        if event.type() == QEvent.Type.Expose and watched is self.windowHandle() and not self._was_painted:
            self._was_painted = True
            watched.removeEventFilter(self)
            self._tasks.after(0.0, self.painted.emit, receiver=self)
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.setValue(_GEOMETRY, self.saveGeometry())
        if not self._may_close:
            self.close_requested.emit()
        # whoever was asked may have allowed it already, and Qt does not begin a second closing within the first
        event.setAccepted(self._may_close)
