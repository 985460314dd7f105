"""Records that are nearly the same as what is being written: which, how alike they are, and a way to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.record import Opened
from mv_desktop.ui.actions import shown_key
from mv_desktop.ui.admin.pause import Pauses
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.subject import OFFICE_WORK_LANE, Subject
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.sign_label import SignLabel

_RESTING_SECONDS = 0.35
"""So long nothing is typed before the server is asked."""
_LONGEST = 80
"""So many letters of a question stand on its button; all that is known of it in its tip."""
_COMMAND = "record.alike"


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that is nearly the same.

    Attributes:
        key: its own.
        words: what it is, in the language spoken.
        alike: 0 to 1.
    """

    key: str
    words: str
    alike: float


class AlikeBox(QWidget):
    """Takes no place while nothing is alike.

    Signals:
        wanted(str): the record with this key is to be looked at.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = SignLabel(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(spacing(1))
        self._column.addWidget(self._told)
        self._buttons: list[QPushButton] = []
        self._found: Sequence[Alike] = ()
        self.hide()

    @property
    def found(self) -> Sequence[Alike]:
        """What is shown, the most alike first."""
        return self._found

    @property
    def texts(self) -> tuple[str, ...]:
        """What the buttons say."""
        return tuple(button.text().replace("&&", "&") for button in self._buttons)

    def show_alike(self, found: Sequence[Alike], key: str) -> None:
        """Show these; `key` opens the first."""
        if found == self._found:
            return
        self._found = found
        for button in self._buttons:
            self._column.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for place, one in enumerate(found):
            opening = one.words if len(one.words) <= _LONGEST else f"{one.words[:_LONGEST].rstrip()} …"
            words = tr("{share} % alike: {words}", share=round(100 * one.alike), words=opening)
            button = QPushButton(words.replace("&", "&&"), self)  # columns of a matrix are no keys
            button.setStyleSheet("text-align: left")
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # no question widens the form
            button.setToolTip(f"{one.words} ({key})" if place == 0 and key else one.words)
            button.clicked.connect(partial(self.wanted.emit, one.key))
            self._column.addWidget(button)
            self._buttons.append(button)
        self._told.say(
            "warning" if found else "",
            tr_count("{count} question asks nearly the same.", "{count} questions ask nearly the same.", len(found)),
        )
        self.setVisible(bool(found))


class RecordAlike(QObject):
    """Of a subject whose records are compared (`Subject.compared`).

    Signals:
        wanted(str): the record with this key is to be looked at; what was typed stays.

    Attributes:
        box: where they are shown.
    """

    wanted = Signal(str)

    def __init__(self, subject: Subject, tasks: Tasks, screen: QWidget) -> None:
        super().__init__(screen)
        self._subject, self._tasks = subject, tasks
        self._pauses = Pauses(tasks, self)
        self._panel: RecordPanel | None = None
        self._opened: Callable[[], Opened[Any] | None] = _nothing
        self._actions: Mapping[str, QAction] = {}
        self._task: Task[Sequence[Alike]] | None = None
        self._asked = ""
        self.box = AlikeBox(screen)
        self.box.wanted.connect(self.wanted)

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What its command does."""
        return {_COMMAND: self._look_at_first}

    @property
    def busy(self) -> bool:
        """The server is asked, or will be."""
        return self._task is not None or self._pauses.waiting

    def attach(
        self, panel: RecordPanel, actions: Mapping[str, QAction], opened: Callable[[], Opened[Any] | None]
    ) -> None:
        """Follow the form of this panel."""
        self._panel, self._actions, self._opened = panel, actions, opened
        panel.put_below(self.box)
        panel.form.shown.connect(self._on_form_shown)
        actions[_COMMAND].setEnabled(False)

    def stop(self) -> None:
        """Ask nothing more."""
        self._pauses.stop()

    # -- private ---------------------------------------------------------------------------------------------

    def _words(self) -> str:
        """What is being written; "" while it is as it was opened."""
        panel, opened = self._panel, self._opened()
        if panel is None or not self._subject.compared:
            return ""
        words = panel.form.typed.get(self._subject.compared, "").strip()
        was = "" if opened is None else str(getattr(opened.draft, self._subject.compared)).strip()
        return "" if words == was else words

    def _ask(self) -> None:
        words, opened = self._words(), self._opened()
        self._asked = words
        if self._task is not None:
            self._task.cancel()
        work = partial(self._subject.alike, words, None if opened is None else opened.key)
        self._task = self._tasks.run(OFFICE_WORK_LANE, work, self._on_found, self._on_failed, receiver=self)

    def _look_at_first(self) -> None:
        if self.box.found:
            self.wanted.emit(self.box.found[0].key)

    def _show(self, found: Sequence[Alike]) -> None:
        self.box.show_alike(found, shown_key(self._actions[_COMMAND]))
        self._actions[_COMMAND].setEnabled(bool(found))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_form_shown(self) -> None:
        words = self._words()
        if words == self._asked:
            return
        if words:
            self._pauses.later("alike", _RESTING_SECONDS, self._ask)
            return
        self._asked = ""
        self._pauses.drop("alike")
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._show(())

    def _on_found(self, found: Sequence[Alike]) -> None:
        self._task = None
        self._show(found)

    def _on_failed(self, error: Exception) -> None:
        """What cannot be asked is not said: it stops nobody from writing."""
        self._task = None
        self._show(())
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)


def _nothing() -> None:
    """Nothing is looked at yet."""
