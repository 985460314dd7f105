"""The office: its subjects side by side, each on a screen of its own that is made when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, set_keys
from mv_desktop.ui.admin.exchange import FilePlace
from mv_desktop.ui.admin.port import DraftKeeper, MomentPlace, ViewKeeper
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.subject import Subject, Viewed
from mv_desktop.ui.admin.view_screen import ViewScreen
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.toast import Messages


class OfficeScreen(QWidget):
    """What was typed in one subject stays while one looks at another.

    Args:
        subjects: in the order of their tabs.
        zone: the school's.
        views: keeps what is looked for again and again in their lists.
        files: writes lists into files; None where none is written.
        moments: says when a record was changed; None: it is looked at again only where somebody asks.

    Signals:
        looked(): the server has answered for the list of a subject.

    Attributes:
        actions_by_id: its commands, for the palette; those of the subject that is looked at are among them.
    """

    looked = Signal()

    def __init__(
        self,
        subjects: Sequence[Subject | Viewed],
        drafts: DraftKeeper,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        messages: Messages,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
        *,
        views: ViewKeeper | None = None,
        files: FilePlace | None = None,
        moments: MomentPlace | None = None,
    ) -> None:
        super().__init__(parent)
        self._subjects, self._keys = tuple(subjects), keys
        self._made: dict[int, RecordScreen | ViewScreen] = {}
        self._make: Callable[[Subject | Viewed], RecordScreen | ViewScreen] = lambda subject: (
            ViewScreen(subject, tasks, clock, zone, self._keys, self, views=views)
            if isinstance(subject, Viewed)
            else RecordScreen(
                *(subject, drafts, tasks, clock, zone, messages, self._keys, self),
                views=views,
                files=files,
                moments=moments,
            )
        )
        self._tabs = QTabBar(self)
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there are keys for it
        self._tabs.setAccessibleName(tr("What is looked at"))
        for subject in self._subjects:
            self._tabs.addTab(tr(subject.title))
        self._tabs.setVisible(len(self._subjects) > 1)
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(3))
        column.setSpacing(spacing(2))
        column.addWidget(self._tabs)
        column.addWidget(self._stack, 1)
        handlers = {"office.next": self._next, "office.previous": self._previous} if len(self._subjects) > 1 else {}
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.RECORD, handlers, keys)
        self._tabs.currentChanged.connect(self._on_tabs_current_changed)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def current(self) -> RecordScreen | ViewScreen:
        """The subject that is looked at."""
        number = max(0, self._tabs.currentIndex())
        if number not in self._made:
            made = self._made[number] = self._make(self._subjects[number])
            made.looked.connect(self.looked)
            if isinstance(made, ViewScreen):
                made.record_wanted.connect(self.lead_to)
            self._stack.addWidget(made)
        return self._made[number]

    @property
    def inner(self) -> dict[str, Callable[[], object]]:
        """What each subject is called, in English, and what shows it."""
        return {subject.title: partial(self.show_subject, subject.kind) for subject in self._subjects}

    def show_subject(self, kind: str) -> RecordScreen | ViewScreen:
        """Look at this subject.

        Raises:
            StopIteration: there is none of that kind.
        """
        number = next(n for n, subject in enumerate(self._subjects) if subject.kind == kind)
        self._tabs.setCurrentIndex(number)
        return self.current

    def lead_to(self, kind: str, key: str) -> None:
        """Look at one record, listed or not."""
        screen = self.show_subject(kind)
        if isinstance(screen, RecordScreen):
            screen.lead_to(key)

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        self._keys = keys
        set_keys(self.actions_by_id, keys)
        for screen in self._made.values():
            screen.set_keys(keys)

    def stop(self) -> None:
        """Keep what was typed; ask nothing more."""
        for screen in self._made.values():
            screen.stop()

    # -- private ---------------------------------------------------------------------------------------------

    def _next(self) -> None:
        self._tabs.setCurrentIndex((self._tabs.currentIndex() + 1) % self._tabs.count())

    def _previous(self) -> None:
        self._tabs.setCurrentIndex((self._tabs.currentIndex() - 1) % self._tabs.count())

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_tabs_current_changed(self, _number: int) -> None:
        self._stack.setCurrentWidget(self.current)
        self.current.list.take_focus()

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._stack.setCurrentWidget(self.current)
