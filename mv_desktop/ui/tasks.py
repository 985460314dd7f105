"""The only background runner: lanes of work, with the results on the GUI thread.

A lane is a name. Work on one lane runs in the order in which it was given, on one thread that stays the same for
the life of the runner (so a lane may own a database connection); the lanes in `POOLS` run several at once.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import MethodType
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot

T = TypeVar("T")

POOLS: dict[str, int] = {"pages": 2}
"""Lanes whose order does not matter, and how many threads each has. Every other lane has one."""

IMPORT_LANE = "import"
"""Where modules are imported before they are needed."""

_SWITCH_SECONDS = 0.0001
_BREATH_SECONDS = 0.0003
_LONGEST_BREATH_SECONDS = 0.004
_TURN_SECONDS = 0.004
_SWEEP_EVERY = 8

LONG_WORK = threading.Lock()
"""For work that takes the interpreter's lock again and again, and breathes in between: two at once would take as long,
waiting for one another, and leave the window half as much."""

_log = logging.getLogger(__name__)


def breathe() -> None:
    """Let the window go on, between two calls that hold the interpreter lock. On another thread than the window's.

    Without it the window would have the lock for `_SWITCH_SECONDS` only and then wait for the whole of the next call.
    Who comes back from the pause late had to wait for the lock: the window is at work, and may go on for longer, or of
    every two milliseconds it would get a fifth.
    """
    began = before = time.perf_counter()
    while True:
        time.sleep(_BREATH_SECONDS)
        now = time.perf_counter()
        if now - before < 1.5 * _BREATH_SECONDS or now - began > _LONGEST_BREATH_SECONDS:
            return
        before = now


class Progress:
    """Given to work that reports how far it is. Its methods may be called from any thread."""

    def __init__(self, task: Task[Any], mailbox: _Mailbox) -> None:
        self._task = task
        self._mailbox = mailbox

    def report(self, done: float, total: float, text: str = "") -> None:
        """Say how far the work is.

        Args:
            done: how much is done, in the unit of `total`.
            total: how much there is; 0 while that is not known.
            text: what is being done, a few words for the user.
        """
        self._mailbox.progressed.emit(self._task, done, total, text)

    @property
    def cancelled(self) -> bool:
        """True when nobody wants the result any more; long work looks at it and returns early."""
        return self._task.cancelled


class Task(Generic[T]):
    """Work that was given to a lane.

    Attributes:
        lane: where it runs.
        label: what it does, a few words for the user ("" when it is not shown).
        cancelled: its result is not wanted any more.
        finished: its result was delivered or dropped.
        future: the lane's own record of it; only its end is told there.
    """

    def __init__(
        self,
        lane: str,
        label: str,
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None,
        receiver: QObject | None,
    ) -> None:
        self.lane = lane
        self.label = label
        self.cancelled = False
        self.finished = False
        self.future: Future[None] | None = None
        self._done = done
        self._failed = failed
        self._receivers = [r for r in (receiver, _owner(done), _owner(failed)) if r is not None]

    def cancel(self) -> None:
        """Drop the work when it has not begun, and its result when it has. May be called at any time."""
        self.cancelled = True

    @property
    def wanted(self) -> bool:
        """True while somebody is there to take the result."""
        return not self.cancelled and all(shiboken6.isValid(receiver) for receiver in self._receivers)

    def deliver(self, result: T) -> None:
        """Hand the result to whoever asked for it. On the GUI thread."""
        self._done(result)

    def deliver_failure(self, error: Exception) -> bool:
        """Hand the failure to whoever asked for it; False when nobody did. On the GUI thread."""
        if self._failed is None:
            return False
        self._failed(error)
        return True


class Periodic(QObject):
    """Something that happens again and again until `cancel`, or until its receiver is gone."""

    def __init__(self, seconds: float, call: Callable[[], None], receiver: QObject | None, parent: QObject) -> None:
        super().__init__(parent)
        self._call = call
        self._receiver = receiver if receiver is not None else _owner(call)
        self._timer = QTimer(self)
        # coarse: one wake-up of the computer serves several timers
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.setInterval(max(1, round(seconds * 1000)))
        self._timer.timeout.connect(self._on_timer_timeout)

    def start(self, *, once: bool = False) -> None:
        """Begin to count; with `once` it happens a single time."""
        self._timer.setSingleShot(once)
        self._timer.start()

    def now(self) -> None:
        """Do it at once, and count from now."""
        if self._timer.isActive():
            self._timer.start()
        self._on_timer_timeout()

    def cancel(self) -> None:
        """Never again. May be called at any time."""
        self._timer.stop()

    @property
    def active(self) -> bool:
        """True while it will happen again."""
        return self._timer.isActive()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._receiver is not None and not shiboken6.isValid(self._receiver):
            self.cancel()
            return
        self._call()


class Tasks(QObject):
    """Runs work off the GUI thread and brings the results back to it.

    Signals:
        error(Exception): work failed and no `failed` was given: the one door for what nobody expected.
        started(Task), finished(Task): for a view of what is going on.
        progressed(Task, done, total, text): as `Progress.report` was called.
    """

    error = Signal(object)
    started = Signal(object)
    finished = Signal(object)
    progressed = Signal(object, float, float, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # a lane that computes gives the interpreter back to the GUI thread after this, not after Python's usual 5 ms
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._open: set[Task[Any]] = set()
        self._periodic: list[Periodic] = []
        self._made = 0
        self._closing = False
        self._closed = False
        self._arrived: deque[tuple[Task[Any], object, Exception | None]] = deque()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._on_turn_timeout)
        self._mailbox = _Mailbox(self)
        self._mailbox.ended.connect(self._on_mailbox_ended, Qt.ConnectionType.QueuedConnection)
        self._mailbox.progressed.connect(self._on_mailbox_progressed, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        lane: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        label: str = "",
        receiver: QObject | None = None,
    ) -> Task[T]:
        """Run `work` on `lane`; then call `done` with its result, or `failed` with its exception, on the GUI thread.

        Nothing is called when the task was cancelled, or when the receiver is gone: the QObject whose method `done`
        or `failed` is, or `receiver` when they are plain functions.

        Raises:
            RuntimeError: `shutdown` has ended.
        """
        return self.run_reporting(lane, lambda _: work(), done, failed, label=label, receiver=receiver)

    def run_reporting(
        self,
        lane: str,
        work: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        label: str = "",
        receiver: QObject | None = None,
    ) -> Task[T]:
        """As `run`, for work that reports its progress and looks whether it was cancelled.

        Raises:
            RuntimeError: `shutdown` has ended.
        """
        if self._closed:
            raise RuntimeError(f"work for lane {lane!r} came after the shutdown")
        task = Task(lane, label, done, failed, receiver)
        self._open.add(task)
        task.future = self._lane(lane).submit(_perform, task, work, self._mailbox)
        self.started.emit(task)
        return task

    def every(
        self,
        seconds: float,
        lane: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        label: str = "",
        receiver: QObject | None = None,
    ) -> Periodic:
        """Run `work` on `lane` every `seconds`, first after that time. A turn is left out while the last still runs."""
        running: list[Task[T]] = []

        def turn() -> None:
            if running and not running[0].finished:
                return
            running[:] = [self.run(lane, work, done, failed, label=label, receiver=receiver)]

        return self._repeat(seconds, turn, receiver if receiver is not None else _owner(done), once=False)

    def tick(self, seconds: float, call: Callable[[], None], *, receiver: QObject | None = None) -> Periodic:
        """Call `call` on the GUI thread every `seconds`: for counting and for clocks on screen, never for work."""
        return self._repeat(seconds, call, receiver, once=False)

    def after(self, seconds: float, call: Callable[[], None], *, receiver: QObject | None = None) -> Periodic:
        """Call `call` on the GUI thread once, after `seconds`."""
        return self._repeat(seconds, call, receiver, once=True)

    @property
    def busy(self) -> tuple[Task[Any], ...]:
        """The tasks whose results are still to come."""
        return tuple(self._open)

    @property
    def closed(self) -> bool:
        """`shutdown` has ended: no more work can be given."""
        return self._closed

    def shutdown(self) -> None:
        """End what repeats, let all work that was given finish, deliver its results, and end the threads.

        Work that results give in their turn is still done. Call it on the GUI thread; a second call does nothing.
        """
        self._closing = True
        for periodic in self._periodic:
            periodic.cancel()
        while self._open:
            for task in list(self._open):
                if task.future is not None:
                    task.future.exception()  # waits; a failure itself is told through the mailbox
            # the queued results, without letting the user's clicks in
            QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
            while self._arrived:
                self._deliver_next()
        self._closed = True
        for executor in self._lanes.values():
            executor.shutdown(wait=True)
        self._lanes.clear()

    # -- private ---------------------------------------------------------------------------------------------

    def _lane(self, name: str) -> ThreadPoolExecutor:
        executor = self._lanes.get(name)
        if executor is None:
            executor = ThreadPoolExecutor(POOLS.get(name, 1), thread_name_prefix=f"lane-{name}")
            self._lanes[name] = executor
        return executor

    def _repeat(self, seconds: float, call: Callable[[], None], receiver: QObject | None, *, once: bool) -> Periodic:
        self._made += 1
        if self._made % _SWEEP_EVERY == 0:
            self._sweep()
        periodic = Periodic(seconds, call, receiver, self)
        if not self._closing:
            periodic.start(once=once)
            self._periodic.append(periodic)
        return periodic

    def _sweep(self) -> None:
        """Let go of what has ended: not when it ends, for then its own timer is still calling."""
        for ended in [periodic for periodic in self._periodic if not periodic.active]:
            self._periodic.remove(ended)
            ended.setParent(None)  # whoever still holds it keeps it; nobody else does

    def _close(self, task: Task[Any]) -> None:
        if not task.finished:
            task.finished = True
            self._open.discard(task)
            self.finished.emit(task)

    def _deliver_next(self) -> None:
        task, result, error = self._arrived.popleft()
        if self._arrived:
            # before the delivery: it may open a dialog, and the others must not wait for its end; a millisecond from
            # now, because Qt would call a timer of none again before others that are due
            self._turn.start(1)
        self._close(task)
        if not task.wanted:
            if error is not None:
                _log.warning("nobody was there to be told of a failure on lane %s", task.lane, exc_info=error)
        elif error is None:
            task.deliver(result)
        elif not task.deliver_failure(error):
            self.error.emit(error)

    @Slot(object, object, object)
    def _on_mailbox_ended(self, task: Task[Any], result: object, error: Exception | None) -> None:
        # not at once: all that has come would be delivered, and painted, in one turn of the event loop
        self._arrived.append((task, result, error))
        self._turn.start(0)

    @Slot()
    def _on_turn_timeout(self) -> None:
        """Deliver for a few milliseconds; what is left has its turn after the user's keys and the painting."""
        end = time.perf_counter() + _TURN_SECONDS
        while self._arrived:
            self._deliver_next()
            if time.perf_counter() >= end:
                return

    @Slot(object, float, float, str)
    def _on_mailbox_progressed(self, task: Task[Any], done: float, total: float, text: str) -> None:
        if task.wanted and not task.finished:
            self.progressed.emit(task, done, total, text)


class _Mailbox(QObject):
    """Where the lanes leave what goes to the GUI thread."""

    ended = Signal(object, object, object)
    progressed = Signal(object, float, float, str)


def _perform(task: Task[T], work: Callable[[Progress], T], mailbox: _Mailbox) -> None:
    """One task, on a thread of its lane."""
    if task.cancelled:
        mailbox.ended.emit(task, None, None)
        return
    try:
        result = work(Progress(task, mailbox))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told on the GUI thread
        mailbox.ended.emit(task, None, error)
    else:
        mailbox.ended.emit(task, result, None)


def _owner(call: Callable[..., Any] | None) -> QObject | None:
    """The QObject whose method `call` is, if it is one."""
    if isinstance(call, MethodType) and isinstance(call.__self__, QObject):
        return call.__self__
    return None
