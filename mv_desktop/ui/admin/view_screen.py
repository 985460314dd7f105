"""A subject of the office that is only read: its list on the left, the row with the cursor on the right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import UserError
from mv_desktop.ui.actions import KeyMap
from mv_desktop.ui.admin.command_button import command_button
from mv_desktop.ui.admin.list_screen import ListScreen
from mv_desktop.ui.admin.port import ViewKeeper
from mv_desktop.ui.admin.record_list import today_of
from mv_desktop.ui.admin.subject import OFFICE_LANE, OFFICE_WORK_LANE, Viewed
from mv_desktop.ui.admin.table_place_dialog import KINDS, ask_where
from mv_desktop.ui.tasks import Progress, Task, Tasks, breathe
from mv_desktop.ui.text import error_text, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.progress_panel import ProgressPanel
from mv_desktop.ui.widgets.sign_label import SignLabel

_FILES = ("csv", "xlsx")


class ViewScreen(ListScreen[Viewed]):
    """One of these for each subject that is only read.

    Args:
        zone: the school's.
        views: as of every `ListScreen`.

    Signals:
        record_wanted(str, str): look at this record, by the kind of its subject and its key.

    Attributes:
        view: the row that is looked at.
    """

    record_wanted = Signal(str, str)

    def __init__(
        self,
        subject: Viewed,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
        *,
        views: ViewKeeper | None = None,
    ) -> None:
        super().__init__(subject, tasks, clock, zone, parent, views=views)
        self._offered = False
        self._working: Task[Any] | None = None
        self._begin_with(self._handlers(), keys)
        self.view = subject.view(self)
        self._build()
        self._connect()
        self._say_state()
        self._show_row()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def told(self) -> str:
        """What came of the last long work."""
        return self._told.text

    @property
    def working(self) -> bool:
        """Something that takes long is being done."""
        return self._working is not None

    @property
    def settled(self) -> bool:
        """Nothing is asked of the server, and nothing waits to be."""
        return super().settled and not self.working

    def refresh(self) -> None:
        """Ask the server again; what was read stays until it has answered."""
        super().refresh()
        if not self._offered and any(choice.fetched for choice in self._subject.choices):
            self._tasks.run(OFFICE_LANE, self._subject.values, self._on_values, self._fail, receiver=self)

    def save_as(self, path: Path) -> None:
        """Write what is looked for now, CSV or for Excel by the name."""
        work = partial(self._subject.save, self.list.wanted, path)
        self._work(work, partial(self._on_saved, path), tr("Saving"))

    def cancel(self) -> None:
        """End what takes long."""
        if self._working is not None:
            self._working.cancel()

    def stop(self) -> None:
        """Ask nothing more."""
        super().stop()
        self.cancel()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._told = SignLabel(self)
        self._told.hide()
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(self._state, 1)
        foot.addWidget(ProgressPanel(self._tasks, self), 2)
        for name, words in self._buttons():
            foot.addWidget(command_button(self.actions_by_id[name], words, self))
        self._divide([self.list, self._told, foot], cast(QWidget, self.view), self._subject.shares)

    def _buttons(self) -> list[tuple[str, str]]:
        files = [(f"record.{kind}", KINDS[kind]) for kind in _FILES] if self._subject.files else []
        return [*([("record.check", tr(self._subject.check))] if self._subject.check else []), *files]

    def _connect(self) -> None:
        self.list.selected.connect(self._show_row)
        self.list.opened.connect(self.view.take_focus)
        self._tasks.finished.connect(self._on_tasks_finished)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        found: dict[str, Callable[[], object]] = {
            name: partial(self._look_alike, name) for name in self._subject.others
        }
        if self._subject.leading:
            found["record.lead"] = self._lead
        if self._subject.check:
            found["record.check"] = self._check
        if self._subject.files:
            found |= {f"record.{kind}": partial(self._ask_where, kind) for kind in _FILES}
        return found

    # -- doing -----------------------------------------------------------------------------------------------

    @property
    def _row(self) -> Any | None:  # noqa: ANN401
        key = self.list.key
        return next((row for row in self._feed.rows if self._subject.key(row) == key), None)

    def _show_row(self) -> None:
        row = self._row
        self.view.show_row(row)
        cast(QWidget, self.view).setVisible(row is not None)
        for name in self._subject.others:
            able = row is not None and self._subject.alike(name, row) is not None
            self.actions_by_id[name].setEnabled(able)
        if self._subject.leading:
            self.actions_by_id["record.lead"].setEnabled(row is not None and self._subject.leads(row) is not None)

    def _lead(self) -> None:
        row = self._row
        record = None if row is None else self._subject.leads(row)
        if record is not None:
            self.record_wanted.emit(*record)

    def _look_alike(self, name: str) -> None:
        row = self._row
        wanted = None if row is None else self._subject.alike(name, row)
        if wanted is not None:
            self.list.offer({of: (pair,) for of, pair in self._subject.called(row).items()})
            self.list.look_for(wanted)

    def _check(self) -> None:
        self._work(self._subject.examine, self._on_examined, tr(self._subject.check))

    def _work(self, work: Callable[[Callable[[int, int], None]], Any], done: Callable[[Any], None], label: str) -> None:
        """One long work at a time, beside the window."""
        if self._working is not None:
            return
        self._told.hide()
        self._working = self._tasks.run_reporting(
            OFFICE_WORK_LANE, partial(_reporting, work), done, self._on_work_failed, label=label, receiver=self
        )
        self._enable()

    def _enable(self) -> None:
        for name in ("record.check", *(f"record.{kind}" for kind in _FILES)):
            if name in self.actions_by_id:
                self.actions_by_id[name].setEnabled(not self.working)

    def _ask_where(self, kind: str) -> None:
        name = f"{tr(self._subject.title)} {today_of(self._clock, self._zone):%Y-%m-%d}"
        ask_where(self, tr("Save as {kind}", kind=KINDS[kind]), name, (kind,), self.save_as)

    def _tell(self, sign: str, words: str) -> None:
        self._told.say(sign, words)
        self._told.setVisible(bool(words))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_values(self, values: Any) -> None:  # noqa: ANN401
        self._offered = True
        self.list.offer(values)
        if self.views is not None:
            self.views.tell()

    def _on_saved(self, path: Path, count: int) -> None:
        words = tr("Saved as {name}, in the folder {folder}.", name=path.name, folder=path.parent)
        self._tell("done", f"{words} {tr_count('{count} row.', '{count} rows.', count)}")

    def _on_examined(self, found: tuple[str, str]) -> None:
        self._tell(*found)

    def _on_work_failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
            return
        self._tell("warning", error_text(error))

    def _on_tasks_finished(self, task: Task[Any]) -> None:
        if task is self._working:
            self._working = None
            if task.cancelled:
                self._tell("info", tr("Stopped. Nothing was written."))
            self._enable()


class _StoppedError(Exception):
    """Nobody wants the result any more."""


def _reporting(work: Callable[[Callable[[int, int], None]], Any], progress: Progress) -> Any:  # noqa: ANN401
    def told(done: int, everything: int) -> None:
        if progress.cancelled:
            raise _StoppedError
        progress.report(done, everything, "" if everything or not done else f"{done:,}")
        breathe()

    try:
        return work(told)
    except _StoppedError:
        return None
