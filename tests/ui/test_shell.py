"""The window: places, keys, status, the Sync page, preferences, the crash report, and a light start."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import OfflineError
from mv_desktop.ui.actions import Scope
from mv_desktop.ui.shell.crash import CrashDialog, crash_details
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.preference_table import PREFERENCES, Preferences
from mv_desktop.ui.shell.preferences import PreferencesDialog
from mv_desktop.ui.shell.status_bar import StatusBar
from mv_desktop.ui.sync.screen import SyncScreen
from mv_desktop.ui.sync.state import SyncState, state_icon, status_line
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme, current_theme, spacing
from mv_desktop.ui.widgets.command_palette import CommandPalette
from mv_desktop.ui.widgets.key_sheet import KeySheet
from mv_desktop.ui.widgets.progress_panel import ProgressPanel
from mv_desktop.ui.widgets.tone_label import ToneLabel
from tests.factories.queue_row import CALENDAR, NOON
from tests.ui.accessibility import nameless_controls

ZONE = CALENDAR.hours.zone


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def window(qtbot: QtBot, tasks: Tasks, settings: QSettings) -> Iterator[MainWindow]:
    main = MainWindow(tasks, settings)
    qtbot.addWidget(main)
    with qtbot.waitExposed(main):
        main.show()
    main.activateWindow()
    yield main
    main._may_close = True


@pytest.fixture(autouse=True)
def ordinary_again(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "light")
    yield
    set_language("en")
    apply_theme(qapp, "light")


def furnish(window: MainWindow) -> dict[str, QWidget]:
    """Three screens: two places of the rail, and one that takes the rail's room."""
    screens: dict[str, QWidget] = {"queue": QWidget(), "sync": SyncScreen(), "marking": QWidget()}
    window.add_place("queue", Place(Scope.QUEUE, "queue", "Queue", go="app.queue"), screens["queue"])
    window.add_place("sync", Place(Scope.EVERYWHERE, "sync", "Sync", go="app.sync"), screens["sync"])
    window.add_place("marking", Place(Scope.MARKING), screens["marking"])
    window.open_workspace("Meera Krishnamurthy", "Teacher")
    return screens


# -- window -------------------------------------------------------------------------------------------------


def test_sign_in_stands_alone_and_then_gives_way_to_the_places(window: MainWindow) -> None:
    screen = QWidget()
    window.open_sign_in(screen)
    assert screen.isVisible()
    assert not window.status.isVisible()
    assert not window._actions["app.sign_out"].isEnabled()
    furnish(window)
    assert not screen.isVisible()
    assert window.status.isVisible()
    assert window._actions["app.sign_out"].isEnabled()
    assert window.place == "queue"


def test_the_rail_leads_to_places_and_makes_room_for_marking(window: MainWindow, qtbot: QtBot) -> None:
    screens = furnish(window)
    asked: list[str] = []
    window.place_requested.connect(asked.append)
    window._rail._buttons["sync"].click()
    assert asked == ["sync"]
    window.show_place("sync")
    assert screens["sync"].isVisible()
    assert window._rail._buttons["sync"].isChecked()
    window.show_place("marking")
    assert not window._rail.isVisible()
    assert window.place == "marking"
    window.show_place("queue")
    assert window._rail.isVisible()
    window._rail.add("long", "pen", "A place with a long name", "")
    buttons = window._rail._buttons.values()
    qtbot.waitUntil(lambda: all(button.isVisible() for button in buttons))
    window.grab()  # lays it out
    assert {button.width() for button in buttons} == {window._rail.width() - 2 * spacing(1)}


def test_the_title_says_what_is_shown(window: MainWindow) -> None:
    furnish(window)
    assert window.windowTitle() == "Queue"
    window.show_place("marking")
    window.entitle("VX-4K2 · Board paper")
    assert window.windowTitle() == "VX-4K2 · Board paper"
    window.open_sign_in(QWidget())
    assert window.windowTitle() == "Mathvidya"


def test_at_first_it_takes_the_whole_of_a_small_screen_and_later_what_it_had(
    window: MainWindow, tasks: Tasks, settings: QSettings, qtbot: QtBot
) -> None:
    assert window.isMaximized()  # the offscreen screen is small
    window.showNormal()
    window.resize(760, 650)
    window.close()
    again = MainWindow(tasks, settings)
    qtbot.addWidget(again)
    again._may_close = True
    assert not again.isMaximized()
    assert again.size() == window.size()


def test_progress_stays_where_it_is_whatever_is_said_of_the_work(
    window: MainWindow, tasks: Tasks, qtbot: QtBot
) -> None:
    furnish(window)
    window.resize(800, 650)
    go_on = threading.Event()
    try:
        tasks.run("store", go_on.wait, lambda _: None, label="Writing answer sheets …")
        panel = window.status.findChild(ProgressPanel)
        qtbot.waitUntil(panel.isVisible)
        place = panel.geometry()
        window.status.show_state(SyncState(12, online=True, last_sent_at=NOON), NOON, ZONE)
        assert panel.geometry() == place
    finally:
        go_on.set()


def test_it_closes_when_that_is_allowed_at_once(window: MainWindow) -> None:
    window.close_requested.connect(window.allow_close)
    assert window.close()
    assert not window.isVisible()


def test_keys_lead_to_places_and_to_the_sheet_and_the_palette(window: MainWindow, qtbot: QtBot) -> None:
    furnish(window)
    asked: list[str] = []
    window.place_requested.connect(asked.append)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert asked == ["sync", "queue"]
    qtbot.keyClick(window, Qt.Key.Key_Question)
    sheet = window.findChild(KeySheet)
    assert sheet is not None
    sheet.close()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(CommandPalette)
    assert palette is not None
    assert "app.preferences" in palette.listed
    palette.close()


def test_messages_are_closed_by_a_key_from_wherever_one_is_and_outlast_a_change_of_the_look(window, qtbot):
    furnish(window)
    close = window._actions["app.close_message"]
    assert not close.isEnabled()
    for words in ("one", "two", "three"):
        window.messages.say(words)
    for command in ("app.theme", "app.text_larger", "app.text_larger", "app.theme"):
        window._actions[command].trigger()
        qtbot.wait(10)
    qtbot.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert [toast.text for toast in window.messages.toasts] == ["one", "two"]
    close.trigger()
    close.trigger()
    assert not close.isEnabled()


def test_send_now_can_be_given_by_key_whatever_the_network_does(window: MainWindow, qtbot: QtBot) -> None:
    furnish(window)
    window.status.show_state(SyncState(2, alone=True), NOON, ZONE)
    with qtbot.waitSignal(window.send_requested):
        qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)


def test_closing_asks_first_and_remembers_the_size(
    window: MainWindow, qtbot: QtBot, tasks: Tasks, settings: QSettings
) -> None:
    window.resize(760, 650)  # the offscreen screen is 800 × 800, and there is a frame
    with qtbot.waitSignal(window.close_requested):
        assert not window.close()
    assert window.isVisible()
    window.allow_close()
    assert not window.isVisible()
    again = MainWindow(tasks, settings)
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (760, 650)
    again._may_close = True


def test_damaged_settings_give_the_usual_size(qtbot: QtBot, tasks: Tasks, settings: QSettings) -> None:
    settings.setValue("window/geometry", QByteArray(b"rubbish"))
    settings.setValue("preference/theme", "pink")
    main = MainWindow(tasks, settings)
    qtbot.addWidget(main)
    assert main.width() == 1280
    assert main.preferences.value("theme") == "system"
    main._may_close = True


def test_where_the_window_is_low_the_status_bar_gives_its_room_to_the_screens(window: MainWindow) -> None:
    screens = furnish(window)
    screens["marking"].setMinimumHeight(350)
    window.showNormal()
    window.resize(700, 500)
    assert window.status.isVisible()
    window.resize(700, 384)
    assert not window.status.isVisible()
    window.show_place("marking")  # the same in all places, so that nothing moves
    assert not window.status.isVisible()
    window.remove_place("marking")
    assert window.status.isVisible()
    window.resize(100, 100)
    assert (window.width(), window.height()) == (640, 280)


def test_how_a_screen_is_divided_is_remembered(window: MainWindow) -> None:
    assert window.remembered("queue").isEmpty()
    window.remember("queue", QByteArray(b"1234"))
    assert window.remembered("queue") == QByteArray(b"1234")


class _Shown(QObject):
    """Counts how often something is shown."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Show
        return False


def test_signing_out_takes_the_places_away(window: MainWindow, qtbot: QtBot) -> None:
    shown = _Shown()
    for screen in furnish(window).values():
        screen.installEventFilter(shown)
    with qtbot.waitSignal(window.sign_out_requested):
        window.status._sign_out.click()
    window.close_workspace()
    assert shown.count == 0, "none asks for anything when the one before it goes"
    assert window.place == ""
    assert window._rail._buttons == {}
    furnish(window)
    assert window.place == "queue"


def test_the_theme_and_the_text_size_change_at_once_and_are_kept(window: MainWindow, qtbot: QtBot) -> None:
    furnish(window)
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert current_theme().name == "dark"
    assert window.preferences.value("theme") == "dark"
    window._actions["app.text_larger"].trigger()
    window._actions["app.text_larger"].trigger()
    window._actions["app.text_larger"].trigger()
    assert current_theme().scale == "largest"
    heading = window.findChild(SyncScreen).findChild(ToneLabel)
    assert heading.font().pointSizeF() == pytest.approx(current_theme().font(1.5).pointSizeF())
    assert heading.palette().color(heading.foregroundRole()) == current_theme().color("text")
    window._actions["app.text_smaller"].trigger()
    assert window.preferences.value("text_scale") == "large"


def test_every_control_of_the_window_has_a_name(window: MainWindow) -> None:
    furnish(window)
    assert nameless_controls(window) == []


def test_the_window_fits_a_small_screen_with_the_largest_text_and_a_long_name(
    window: MainWindow, qapp: QApplication
) -> None:
    furnish(window)
    apply_theme(qapp, "dark", "largest")
    window.open_workspace("Venkatanarasimharajuvaripeta Subrahmanyam Chandrasekhar Iyer", "Coordinator")
    state = SyncState(123456, last_sent_at=NOON - timedelta(days=1))
    window.status.show_state(state, NOON, ZONE)
    window.resize(1366, 768)
    assert window.width() == 1366
    assert window._root.minimumSizeHint().width() <= 1366
    assert "Venkatanarasimharajuvaripeta Subrahmanyam" in window.status._person.toolTip()


# -- where the work is --------------------------------------------------------------------------------------

SENT = NOON - timedelta(minutes=30)


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (SyncState(), "nothing to send · offline"),
        (SyncState(3, last_sent_at=SENT, online=True), "3 changes on this computer · last sent 11:00 · online"),
        (SyncState(1, last_sent_at=SENT), "1 change on this computer · last sent 11:00 · offline"),
        (SyncState(0, last_sent_at=SENT, online=True), "everything is sent · last sent 11:00 · online"),
        (SyncState(2, online=True, sending=True), "2 changes on this computer · sending …"),
        (SyncState(0, sending=True), "nothing to send · connecting …"),
        (SyncState(0, online=True, sending=True), "nothing to send · online"),
        (
            SyncState(0, last_sent_at=SENT - timedelta(days=1), online=True),
            "everything is sent · last sent yesterday 11:00 · online",
        ),
    ],
)
def test_the_status_line_says_where_the_work_is(state: SyncState, line: str) -> None:
    assert status_line(state, NOON, ZONE) == line


def test_the_icon_does_not_pretend() -> None:
    assert state_icon(SyncState(0, online=False))[0] == "offline"
    assert state_icon(SyncState(1, online=True))[0] == "sync"
    assert state_icon(SyncState(0, online=True))[0] == "online"
    assert state_icon(SyncState(0, online=False, sending=True))[0] == "sync"
    assert state_icon(SyncState(0, online=True, sending=True))[0] == "online"


def test_the_sync_page_and_the_status_bar_say_why_and_when_it_is_tried_again(qtbot: QtBot, tasks: Tasks) -> None:
    screen, bar = SyncScreen(), StatusBar(tasks)
    qtbot.addWidget(screen)
    qtbot.addWidget(bar)
    error = OfflineError("The server is being restarted.", remedy="Try again in a minute.")
    failed = SyncState(2, reason=error.message, remedy=error.remedy, next_try_at=NOON + timedelta(minutes=5))
    for shown in (screen, bar):
        shown.show_state(failed, NOON, ZONE)
    assert screen.text.splitlines()[2:5] == [
        "Connection: offline; last contact never",
        "Why: The server is being restarted. Try again in a minute.",
        "Tried again: by itself, at 11:35 at the latest; “Send now” tries at once",
    ]
    assert "The server is being restarted." in bar._sync.toolTip()
    assert bar._sync.accessibleDescription() == str(error)
    trying = replace(failed, sending=True, next_try_at=None)
    screen.show_state(trying, NOON, ZONE)
    assert "Tried again: now …" in screen.text
    for shown in (screen, bar):
        shown.show_state(replace(trying, online=True, sending=False, reason="", remedy=""), NOON, ZONE)
    assert "Why" not in screen.text
    assert "Tried again" not in screen.text
    assert bar._sync.toolTip() == "Where my work is"


def test_what_is_to_be_decided_is_told_below_and_decided_from_there_and_by_a_key(
    qtbot: QtBot, window: MainWindow
) -> None:
    button = window.status._decide
    assert not button.isVisible()
    window.open_workspace("Asha Rao", "Teacher")
    window.set_to_decide(2)
    assert (button.isVisible(), button.text().strip()) == (True, "2 scripts to decide")
    with qtbot.waitSignal(window.decide_requested):
        button.click()
    with qtbot.waitSignal(window.decide_requested):
        window._actions["app.decide"].trigger()
    window.set_to_decide(0)
    assert not button.isVisible()
    assert not window._actions["app.decide"].isEnabled()


# -- preferences and crash report ---------------------------------------------------------------------------


def test_the_preferences_dialog_is_made_from_the_table_and_keeps_what_is_chosen(
    qtbot: QtBot, settings: QSettings
) -> None:
    preferences = Preferences(settings)
    dialog = PreferencesDialog(preferences)
    qtbot.addWidget(dialog)
    boxes = {box.objectName(): box for box in dialog.findChildren(QComboBox)}
    assert set(boxes) == {preference.key for preference in PREFERENCES}
    with qtbot.waitSignal(dialog.chosen) as chosen:
        boxes["language"].setCurrentIndex(boxes["language"].findData("hi"))
    assert chosen.args == ["language", "hi"]
    assert Preferences(settings).value("language") == "hi"
    assert nameless_controls(dialog) == []


def test_every_preference_starts_at_one_of_its_choices_and_takes_no_other(settings: QSettings) -> None:
    preferences = Preferences(settings)
    for preference in PREFERENCES:
        assert preference.default in preference.choices
        assert preferences.value(preference.key) == preference.default
        with pytest.raises(ValueError, match="cannot be"):
            preferences.choose(preference.key, "nonsense")


def test_crash_details_hold_places_and_kinds_but_nothing_personal() -> None:
    try:
        try:
            raise ValueError("Meera gave 3 marks to /home/meera/answer.pdf")
        except ValueError as error:
            raise KeyError("meera@school.example") from error
    except KeyError as error:
        details = crash_details(error, "1.2.3")
    assert "mv-desktop 1.2.3" in details
    assert "builtins.KeyError" in details
    assert "caused by\nbuiltins.ValueError" in details
    assert f"{Path(__file__).name}:" in details
    assert "meera" not in details.lower()
    assert str(Path(__file__).parent) not in details


def test_the_crash_dialog_copies_its_details(qtbot: QtBot) -> None:
    dialog = CrashDialog("the details")
    qtbot.addWidget(dialog)
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Copy details").click()
    assert QGuiApplication.clipboard().text() == "the details"
    assert nameless_controls(dialog) == []


# -- start --------------------------------------------------------------------------------------------------


def test_the_first_window_imports_nothing_heavy() -> None:
    code = (
        "import sys, mv_desktop.ui.shell.main_window, mv_desktop.ui.shell.sign_in, mv_desktop.ui.sync.state,"
        " mv_desktop.ui.shell.crash, mv_desktop.ui.text;"
        "print([n for n in ('sqlalchemy', 'psycopg', 'boto3', 'pymupdf', 'alembic', 'pydantic', 'ziamath', 'PIL',"
        " 'sqlcipher3', 'cryptography') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_queue_screen_imports_no_database_and_no_picture_library() -> None:
    code = (
        "import sys, mv_desktop.ui.queue.screen;"
        "print([n for n in ('sqlalchemy', 'psycopg', 'boto3', 'pymupdf', 'alembic', 'ziamath', 'PIL')"
        " if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_window_takes_the_whole_screen_and_gives_it_back(window):
    window.showMaximized()
    window._actions["app.full_screen"].trigger()
    assert window.isFullScreen()
    window._actions["app.full_screen"].trigger()
    assert not window.isFullScreen()
    assert window.isMaximized()


@pytest.mark.parametrize(("choice", "worn"), [("system", "dark"), ("light", "light")])
def test_the_window_follows_the_desktop_while_it_is_open_unless_colours_were_chosen(
    window: MainWindow, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, choice: str, worn: str
) -> None:
    window.preferences.choose("theme", choice)
    apply_theme(qapp, "light")
    monkeypatch.setattr("mv_desktop.ui.theme._resolved", lambda wanted: "dark" if wanted == "system" else wanted)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert current_theme().name == worn
