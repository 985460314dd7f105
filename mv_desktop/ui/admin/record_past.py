"""What was changed of the record that is looked at: shown instead of its form, put back, and who did it meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from mv_desktop.core.clock import Clock
from mv_desktop.domain.record import Change, Opened, put_back
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.text import tr

_MEANWHILE = {
    "archived": "{name} has archived this since you opened it.",
    "deleted": "{name} has taken this away since you opened it.",
}
"""By what the log calls it; anything else is a change."""


class RecordPast(QObject):
    """Of one panel.

    Args:
        zone: the school's.

    Signals:
        looked(): the history is shown; there may be more of it by now.
        edited(): something else stands in the form.

    Attributes:
        changes: of the record that is looked at, the newest first.
    """

    looked = Signal()
    edited = Signal()

    def __init__(self, subject: Subject, clock: Clock, zone: tzinfo, screen: QObject) -> None:
        super().__init__(screen)
        self._subject, self._clock, self._zone = subject, clock, zone
        self._panel: RecordPanel | None = None
        self._opened: Callable[[], Opened[Any] | None] = _nothing
        self._known: UUID | None = None
        self.changes: tuple[Change, ...] = ()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def handlers(self) -> dict[str, Callable[[], object]]:
        """What its command does."""
        return {"record.history": self._turn}

    def attach(self, panel: RecordPanel, opened: Callable[[], Opened[Any] | None]) -> None:
        """Show it on this panel, of the record that is looked at; None where one is made, or none is."""
        self._panel, self._opened = panel, opened
        panel.history.put_back_wanted.connect(self._on_put_back_wanted)

    def begin(self, changes: tuple[Change, ...]) -> None:
        """Such is the past of the record as it is opened."""
        self.changes = changes
        self._known = changes[0].log_id if changes else None

    def go_on(self, changes: tuple[Change, ...]) -> None:
        """There is more of it since; who looks at it stays where she is."""
        self.changes = changes
        if self._panel is not None and self._panel.shows_history:
            self._panel.history.show_changes(changes, self._clock.now(), self._zone)

    def meanwhile(self, *, gone: bool) -> str:
        """What somebody has done since it was opened, in the language spoken; `gone` where the record is no more."""
        newest = next((one for one in self.changes[:1] if one.log_id != self._known), None)
        who = newest.by if newest is not None and newest.by else tr("Somebody else")
        did = "deleted" if gone else "" if newest is None else newest.event.rpartition(".")[2]
        return tr(_MEANWHILE.get(did, "{name} has changed this since you opened it."), name=who)

    def put_back(self, typed: Mapping[str, str]) -> None:
        """Let these values of then stand in the form."""
        if self._panel is None:
            return
        self._panel.show_form()
        self._panel.form.type_again(typed)
        self._panel.say("info", tr("These are the values of then. They hold once you save them."))
        self._panel.form.enter()
        self.edited.emit()

    # -- private ---------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        if self._panel is None:
            return
        if self._panel.shows_history:
            self._panel.show_form()
            self._panel.form.enter()
        elif self._opened() is not None:
            self._panel.show_history(self.changes, self._clock.now(), self._zone)
            self.looked.emit()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_put_back_wanted(self, which: UUID) -> None:
        opened = self._opened()
        if opened is None:
            return
        fields = {field.name: field for field in self._subject.fields_of(opened.draft)}
        before = self._subject.put_back(opened.draft, put_back(self.changes, which))
        self.put_back({name: fields[name].typed(value) for name, value in before.items()})


def _nothing() -> None:
    """Nothing is looked at yet."""
