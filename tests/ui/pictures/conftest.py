"""The marking screen as it is pictured, and the pictures that are kept of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from PIL import Image
from PySide6.QtGui import QCursor, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import IdSource, id_source
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import TextScale, ThemeName, apply_theme
from tests.factories.script import script_view
from tests.fakes.clock import FakeClock
from tests.fakes.script_store import FakeScriptStore
from tests.ui.marking.conftest import Marker
from tests.ui.pictures import script
from tests.ui.pictures.measure import compare, kept, marked_out

REFERENCES = Path(__file__).with_name("reference")
TAKE = "MV_TAKE_PICTURES"
_LONGEST_WAIT = 5.0
_STEADY = 3
"""So many pictures in a row are the same."""
_HELD_ON = 1.0
"""What is counted in seconds (a submission that is held) does not come about while a picture is taken."""


@dataclass
class Studio:
    """Makes marking screens that look the same on every computer and at every time.

    The clock stands still, nothing repeats (what was read, where one was, the time spent), a text cursor does not
    blink, and the pointer is nowhere.
    """

    qtbot: QtBot
    app: QApplication
    tasks: Tasks
    store: FakeScriptStore
    ids: IdSource
    clock: FakeClock

    def __post_init__(self) -> None:
        self._made: list[Marker] = []

    def desk(
        self,
        theme: ThemeName = "light",
        scale: TextScale = "normal",
        language: str = "en",
        size: tuple[int, int] = (1366, 768),
    ) -> Marker:
        """A marking screen without a script."""
        apply_theme(self.app, theme, scale)
        set_language(language)
        made = Marker(self.qtbot, self.store, self.tasks, self.ids, self.clock)
        self._made.append(made)
        made.by_scheme()
        made.screen.resize(*size)
        self.qtbot.waitUntil(made.screen.isActiveWindow)
        return made

    def opened(
        self,
        *,
        missing: bool = False,
        ink: bool = False,
        declared: tuple[int, ...] = (),
        view: Mapping[str, Any] = MappingProxyType({}),
        **look: Any,
    ) -> Marker:
        """A marking screen with the script on it; `view` is what else is true of the script."""
        marker = self.desk(**look)
        self.open(marker, missing=missing, declared=declared, view=view)
        if ink:
            marker.session.put(script.every_ink())
        self.settle()
        return marker

    def open(
        self,
        marker: Marker,
        *,
        missing: bool = False,
        declared: tuple[int, ...] = (),
        view: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Open the script on a screen."""
        pages, pictures = script.pages(missing=missing)
        facts = {"pages": pages, "snapshot": script.paper(), "declared": declared, "title": "Board exam, set 2"}
        marker.screen.show_script(OpenedScript(script_view(**facts | dict(view))), pictures)

    def settle(self) -> None:
        """Wait until all that was begun is shown."""
        for periodic in self.tasks._periodic:
            if not periodic._timer.isSingleShot():
                periodic.cancel()
        self.qtbot.waitUntil(self._is_quiet, timeout=round(_LONGEST_WAIT * 1000))

    def picture(self, widget: QWidget) -> Image.Image:
        """What a widget shows once nothing moves any more: lines of maths are laid out anew when they are typeset."""
        shown: list[Image.Image] = []

        def rests() -> bool:
            self.settle()
            shown.append(_grabbed(widget))
            return len(shown) > _STEADY and all(one == shown[-1] for one in shown[-_STEADY:])

        self.qtbot.waitUntil(rests, timeout=round(_LONGEST_WAIT * 1000))
        return shown[-1]

    def close(self) -> None:
        for made in self._made:
            made.close()

    def _is_quiet(self) -> bool:
        self.app.processEvents()
        waits = any(p.active and p._timer.interval() < _HELD_ON * 1000 for p in self.tasks._periodic)
        return not self.tasks.busy and not waits and all(made.images.idle for made in self._made)


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, clock: FakeClock) -> Iterator[Studio]:
    """Makes screens to be pictured; what it changed for the whole program it changes back."""
    flash = QApplication.cursorFlashTime()
    QApplication.setCursorFlashTime(0)
    QCursor.setPos(-100, -100)
    tasks = Tasks()
    made = Studio(qtbot, qapp, tasks, FakeScriptStore(), id_source(clock), clock)
    yield made
    made.close()
    tasks.shutdown()
    QApplication.setCursorFlashTime(flash)
    set_language("en")


@pytest.fixture
def looks(studio: Studio) -> Callable[[QWidget, str], None]:
    """Compare what a widget shows with the picture of that name, or take that picture anew.

    Where they differ, both and a third with the difference are written into a folder that the message names.
    """

    def check(widget: QWidget, name: str) -> None:
        actual = kept(studio.picture(widget))
        path = REFERENCES / f"{name}.png"
        if os.environ.get(TAKE):
            actual.save(path, optimize=True)
            return
        assert path.exists(), f"There is no picture {path.name} yet: {TAKE}=1 takes it."
        with Image.open(path) as reference:
            reference.load()
        difference = compare(actual, reference)
        if not difference.alike:
            folder = Path(tempfile.mkdtemp(prefix=f"mv-picture-{name}-"))
            reference.save(folder / "reference.png")
            actual.save(folder / "actual.png")
            marked_out(actual, reference).save(folder / "difference.png")
            where = ", ".join(str(cell) for cell in difference.cells[:5])
            pytest.fail(
                f"{name} looks different in {len(difference.cells)} cells (by up to {difference.largest}), at {where}"
                f" …: see {folder}. When it is meant to, {TAKE}=1 takes it anew."
            )

    return check


def _grabbed(widget: QWidget) -> Image.Image:
    """What a widget shows now."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size = (image.width(), image.height())
    return Image.frombytes("RGB", size, bytes(image.constBits()), "raw", "RGB", image.bytesPerLine(), 1)
