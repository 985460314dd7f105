"""The time on the open script, told quietly, and kept in the teacher's own file alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from mv_desktop.core.clock import Clock
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.pace import Pace, Stopwatch
from mv_desktop.ui.marking.port import STORE_LANE, ScriptStore
from mv_desktop.ui.marking.presence import Presence
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count

_TICK_SECONDS = 5.0
_KEEP_SECONDS = 60.0


class PaceMeter(QObject):
    """Counts while there are signs of work.

    Args:
        show: is told what to show, and what its tool tip says; ("", "") for nothing.
        presence: tells of them.
    """

    def __init__(
        self, store: ScriptStore, tasks: Tasks, clock: Clock, show: Callable[[str, str], None], presence: Presence
    ) -> None:
        super().__init__(presence)
        self._store, self._tasks, self._clock, self._show = store, tasks, clock, show
        self._script: EvaluationId | None = None
        self._watch = Stopwatch(clock.monotonic())
        self._pace = Pace()
        self._before = 0.0
        self._shown = True
        presence.touched.connect(self._on_presence_touched)
        tasks.tick(_TICK_SECONDS, self._on_tick, receiver=self)
        tasks.tick(_KEEP_SECONDS, self._keep, receiver=self)

    def open(self, evaluation_id: EvaluationId, pace: Pace, *, counts: bool) -> None:
        """Begin with a script; `counts`: it can be marked, so that time on it is work."""
        self._end()
        self._pace, self._before = pace, pace.seconds
        if counts:
            self._script = evaluation_id
            self._watch = Stopwatch(self._clock.monotonic())
        self._tell()

    def close(self) -> None:
        """The script is left: what was spent on it is kept."""
        self._end()
        self._tell()

    def set_shown(self, shown: bool) -> None:  # noqa: FBT001 - a setter like Qt's own
        """Whether it is shown; it counts all the same, so that a median is there when it is wanted again."""
        self._shown = shown
        self._tell()

    @property
    def seconds(self) -> float:
        """Spent on the open script in all."""
        return self._before + (self._watch.read(self._clock.monotonic()) if self._script is not None else 0.0)

    # -- private ---------------------------------------------------------------------------------------------

    def _end(self) -> None:
        self._keep()
        self._script = None
        self._pace, self._before = Pace(), 0.0

    def _on_presence_touched(self) -> None:
        if self._script is not None:
            self._watch.touched(self._clock.monotonic())

    def _on_tick(self) -> None:
        if self._script is not None and QGuiApplication.focusWindow() is not None:
            self._tell()

    def _keep(self) -> None:
        if self._script is None:
            return
        spent = self._watch.take(self._clock.monotonic())
        self._before += spent
        if spent > 0:
            self._tasks.run(STORE_LANE, partial(self._store.spend_time, self._script, spent), _nothing, _ignored)

    def _tell(self) -> None:
        if not self._shown or (self._script is None and not self._before):
            self._show("", "")
            return
        text = duration_text(self.seconds)
        tip = [tr("Time you spent on this script.")]
        if self._pace.usual is not None:
            usual = duration_text(self._pace.usual)
            text += " · " + tr("usually {time}", time=usual)
            tip.append(
                tr_count(
                    "Your one finished script of this kind took {time}.",
                    "Half of your {count} finished scripts of this kind took less than {time}.",
                    self._pace.scripts,
                    time=usual,
                )
            )
        tip.append(tr("Pauses of more than two minutes do not count. Only you see this: it stays on this computer."))
        self._show(text, "\n".join(tip))


def duration_text(seconds: float) -> str:
    """In minutes, and hours where there are any: "under 1 min", "12 min", "1 h 5 min"."""
    minutes = int(seconds // 60)
    if not minutes:
        return tr("under 1 min")
    if minutes < 60:
        return tr("{minutes} min", minutes=minutes)
    return tr("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def _nothing(_: object) -> None:
    """The time is kept; nobody has to know."""


def _ignored(_: Exception) -> None:
    """A few seconds less are told; what could not be written is told where work is saved."""
