"""The board on the screen, with 500 teachers and 20,000 open scripts that are there already.

- board.screen_open: from the look to the painted window. Budget: 200 ms, beside `board.open`.
- board.screen_refresh: a script has moved, seen in the list of all. Budget: 50 ms, during which nothing else happens.
- board.screen_scroll: a page further in the list of all, painted. Budget: 16 ms.
- board.screen_search: a letter more in the search. Budget: 100 ms.
- board.screen_preview: two hundred scripts chosen that one teacher is to get, until the window goes on. Budget: 50 ms.
- board.screen_preview_told: the same, until it is said what that does. Budget: 1 s.
"""

from __future__ import annotations

import gc
import os
import sys
from functools import partial

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from mv_desktop.domain.board_look import Look
from mv_desktop.ui.coordination.board_lists import Shown
from mv_desktop.ui.coordination.name_field import Target
from mv_desktop.ui.coordination.screen import BoardScreen
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.toast import ToastTray
from tests.bench.report import report, timed
from tests.fakes.board_place import FakeBoardPlace, script_id, teacher_id

_SCRIPTS = int(os.environ.get("BENCH_SCRIPTS", "20000"))
_TEACHERS = _SCRIPTS // 40
_ROUNDS = 15


class _Kept(FakeBoardPlace):
    """Computes a look only when it is told to: here only the window is measured."""

    kept: Look

    def renew(self) -> None:
        self.kept = super().look().prepared()
        gc.freeze()  # the program makes few objects for a change; this made all of them anew

    def look(self) -> Look:
        return self.kept


def main() -> int:
    app = QApplication([])
    apply_theme(app, "light")
    place = _Kept(_TEACHERS, _SCRIPTS)
    place.renew()
    size = {"scripts": _SCRIPTS, "teachers": _TEACHERS}
    tasks = Tasks()
    gc.disable()  # as in the program, where garbage waits for its turn
    opened = []
    for _ in range(_ROUNDS):
        host = QWidget()
        host.resize(1286, 700)
        screen = BoardScreen(place, tasks, ToastTray(host, tasks))
        screen.setParent(host)
        screen.resize(host.size())
        host.show()
        opened.append(timed(partial(_open, screen, place.kept)))
        if len(opened) < _ROUNDS:
            host.close()
            host.deleteLater()
    report("board.screen_open", opened, **size)
    screen.lists.show_list(Shown.ALL)
    QTest.qWait(50)
    fresh = []
    for number in range(1, _ROUNDS + 1):
        place.give(script_id(number), teacher_id(1))
        place.renew()
        fresh.append(timed(partial(_refresh, screen, place.kept)))
    report("board.screen_refresh", fresh, **size)
    bar = screen.lists.scripts.verticalScrollBar()
    pages = []
    for number in range(100):
        bar.setValue(number * bar.maximum() // 100)
        pages.append(timed(screen.lists.scripts.viewport().grab))
    report("board.screen_scroll", pages, **size)
    search = screen.filters.search
    report("board.screen_search", [timed(partial(_type, search, letter)) for letter in "asha"], **size)
    search.clear()
    begun, told = [], []
    for number in range(1, _ROUNDS + 1):
        begun.append(timed(partial(_preview, screen, number)))
        told.append(begun[-1] + timed(partial(_until_told, screen)))
    report("board.screen_preview", begun, **size)
    report("board.screen_preview_told", told, **size)
    screen.hide()
    tasks.shutdown()
    return 0


def _open(screen: BoardScreen, look: Look) -> None:
    screen._on_looked(look)
    screen.grab()


def _refresh(screen: BoardScreen, look: Look) -> None:
    screen._on_looked(look)
    QApplication.processEvents()


def _type(field: QLineEdit, letter: str) -> None:
    QTest.keyClicks(field, letter)


def _preview(screen: BoardScreen, number: int) -> None:
    look = screen.look
    assert look is not None
    keys = [entry.script.evaluation_id for entry in look.by_due[number * 200 : number * 200 + 200]]
    screen.move_panel.begin(keys, look, Target(teacher_id(number)))


def _until_told(screen: BoardScreen) -> None:
    while not screen.move_panel.ready:
        QTest.qWait(1)


if __name__ == "__main__":
    sys.exit(main())
