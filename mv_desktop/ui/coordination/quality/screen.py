"""Quality: the samples on the left, one of them on the right; how well teachers agree, and where marks differ most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import ConflictError, OfflineError, RefusedError, UserError
from mv_desktop.domain.agreement import MarkedTwice
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.quality import QualityLook, Sample, SecondTeacher
from mv_desktop.domain.sample import Standing
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, set_keys
from mv_desktop.ui.asking import Asking, keep_focus_inside
from mv_desktop.ui.coordination.panel import Panel
from mv_desktop.ui.coordination.quality.panel import AskPanel, GivePanel, TakeBackPanel
from mv_desktop.ui.coordination.quality.port import QUALITY_LANE, QualityPlace
from mv_desktop.ui.coordination.quality.result_view import ResultView
from mv_desktop.ui.coordination.quality.sample_list import SampleList
from mv_desktop.ui.coordination.quality.sample_view import SampleView
from mv_desktop.ui.coordination.quality.wording import sampling_text
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.toast import Messages
from mv_desktop.ui.widgets.tone_label import ToneLabel

REFRESH_SECONDS = 30.0
"""How often the server is asked while somebody looks."""


class View(StrEnum):
    """What is looked at, in the order of the tabs."""

    SAMPLES = "samples"
    TEACHERS = "teachers"
    QUESTIONS = "questions"


_TABS = {View.SAMPLES: "Samples", View.TEACHERS: "Teachers", View.QUESTIONS: "Where marks differ most"}


class QualityScreen(QWidget):
    """What was read stays readable without a network; to give, take back and ask there must be one.

    Signals:
        counted(int): so many samples wait for a second teacher.

    Attributes:
        actions_by_id: its commands, for the palette.
        list, view: the samples, and the one that is looked at.
        results: how well markings agree.
        give_panel, back_panel, ask_panel: what is asked before something is done.

    Args:
        zone: the school's.
    """

    counted = Signal(int)

    def __init__(
        self,
        place: QualityPlace,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        messages: Messages,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._clock, self._zone, self._messages = place, tasks, clock, zone, messages
        self._look: QualityLook | None = None
        self._read = 0.0
        self._pairs: dict[EvaluationId, tuple[MarkedTwice, ...]] = {}
        self._busy = False
        self._asking = Asking(
            tasks, QUALITY_LANE, place.look, self, self._on_look, self._on_look_failed, seconds=REFRESH_SECONDS
        )
        self.list = SampleList(self)
        self.results = ResultView(place, tasks, clock, zone, self)
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.QUALITY, self._handlers(), keys)
        self.view = SampleView(self.actions_by_id, self)
        self.give_panel, self.back_panel, self.ask_panel = GivePanel(self), TakeBackPanel(self), AskPanel(self)
        self._build()
        self._connect()
        self._show_empty()
        self._enable()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def sample(self) -> Sample | None:
        """The one that is looked at."""
        return self.list.sample

    @property
    def shown(self) -> View:
        """What is looked at."""
        return list(View)[max(0, self._tabs.currentIndex())]

    @property
    def rule(self) -> str:
        """By what samples are chosen, in words."""
        return self._rule.text()

    @property
    def state_text(self) -> str:
        """What is said of how new all of it is, "" while it is."""
        return self._state.text()

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)
        self.view.name_keys()

    def show_view(self, view: View) -> None:
        """Look at something else."""
        self._tabs.setCurrentIndex(list(View).index(view))

    def stop(self) -> None:
        """Ask the server nothing more: the program ends, or this is not for her any more."""
        self._asking.stop()

    def refresh(self) -> None:
        """Ask the server at once how all of it is."""
        self._asking.now()
        if self.shown is not View.SAMPLES and self.isVisible():
            self.results.refresh()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._tabs = QTabBar(self)
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # each view has a key of its own
        self._tabs.setAccessibleName(tr("What is looked at"))
        for view, name in _TABS.items():
            key = self.actions_by_id[f"quality.{view.value}"].shortcut().toString()
            self._tabs.addTab(f"{tr(name)}  {key}".rstrip())
        self._state = ToneLabel("", "muted", self)
        self._rule = ToneLabel("", "muted", self)
        self._rule.setWordWrap(True)
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._tabs)
        top.addWidget(self._state, 1)
        for name, words in (("quality.ask", tr("Choose a script …")), ("quality.refresh", tr("Refresh"))):
            top.addWidget(self._button(name, words))
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self.view)
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 3)
        split.setSizes([spacing(175), spacing(135)])
        self._split = split
        self._stack = QStackedWidget(self)
        self._stack.addWidget(split)
        self._stack.addWidget(self.results)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(3))
        column.setSpacing(spacing(2))
        column.addLayout(top)
        column.addWidget(self._rule)
        column.addWidget(self._stack, 1)
        for panel in self._panels:
            column.addWidget(panel)
        mark_parts(self.list, self.view, self.results, *self._panels)

    def _button(self, name: str, words: str) -> QPushButton:
        button, action = QPushButton(words, self), self.actions_by_id[name]
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        follow_tip(button, action)
        return button

    @property
    def _panels(self) -> tuple[Panel, ...]:
        return (self.give_panel, self.back_panel, self.ask_panel)

    def _connect(self) -> None:
        self.list.selected.connect(self._on_list_selected)
        self.list.opened.connect(self._on_list_opened)
        self.list.empty.action_requested.connect(self.refresh)
        self.results.teacher_opened.connect(self._on_results_teacher_opened)
        self._tabs.currentChanged.connect(self._on_tabs_current_changed)
        self.give_panel.done.connect(self._on_give_done)
        self.back_panel.done.connect(self._on_back_done)
        self.ask_panel.done.connect(self._on_ask_done)
        for panel in self._panels:
            panel.cancelled.connect(self._close_panels)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            **{f"quality.{view.value}": partial(self.show_view, view) for view in View},
            "quality.give": self._begin_give,
            "quality.take_back": self._begin_back,
            "quality.ask": self._begin_ask,
            "quality.standing": self._next_standing,
            "quality.days": self._choose_days,
            "quality.search": self._search,
            "quality.clear": self._clear,
            "quality.refresh": self.refresh,
        }

    # -- what is shown ---------------------------------------------------------------------------------------

    def _now(self) -> datetime:
        """By the server's clock: this computer's may be wrong, and only counts what has passed since."""
        if self._look is None:
            return self._clock.now()
        return self._look.read_at + timedelta(seconds=self._clock.elapsed() - self._read)

    def _show(self) -> None:
        look = self._look
        if look is not None:
            self._rule.setText(sampling_text(look.sampling))
            self.list.show_samples(look.samples, self._now(), self._zone)
        self._say_state()
        self._show_sample()

    def _show_sample(self) -> None:
        sample, look = self.sample, self._look
        self.view.setVisible(sample is not None)
        if sample is not None and look is not None:
            pairs = self._pairs.get(sample.evaluation_id)
            self.view.show_sample(sample, pairs, look.sampling.tolerance, self._now(), self._zone)
        self._enable()

    def _read_pairs(self) -> None:
        sample = self.sample
        if sample is None or sample.standing is not Standing.MARKED or sample.evaluation_id in self._pairs:
            return
        which = sample.evaluation_id
        work = partial(self._place.pairs, which)
        self._tasks.run(QUALITY_LANE, work, partial(self._on_pairs, which), self._on_pairs_failed, receiver=self)

    def _say_state(self) -> None:
        words = ""
        if self._look is not None and self._asking.trouble:
            when = moment(self._look.read_at, self._now(), self._zone)
            words = tr("As of {when}. {trouble}", when=when, trouble=self._asking.trouble)
        self._state.setText(words)
        self._show_empty()

    def _show_empty(self) -> None:
        if self._look is None and self._asking.trouble:
            self.list.empty.tell("offline", tr("The samples cannot be shown"), self._asking.trouble, tr("Try again"))
        elif self._look is None:
            self.list.empty.tell("sync", tr("The samples are being fetched"), "")
        elif not self._look.samples:
            told = tr("Completed scripts that are to be marked a second time appear here. N asks for one.")
            self.list.empty.tell("done", tr("No script was chosen yet"), told)

    def _enable(self) -> None:
        """Offline all is readable, and nothing can be done."""
        sample, able = self.sample, not self._asking.trouble and not self._busy and self._look is not None
        here = self.shown is View.SAMPLES and sample is not None and able
        standing = None if sample is None else sample.standing
        self.actions_by_id["quality.give"].setEnabled(here and standing is Standing.WAITING)
        self.actions_by_id["quality.take_back"].setEnabled(here and standing is Standing.GIVEN)
        self.actions_by_id["quality.ask"].setEnabled(able)
        for panel in self._panels:
            panel.set_busy(busy=not able)

    # -- doing -----------------------------------------------------------------------------------------------

    def _begin_give(self) -> None:
        sample = self.sample
        if sample is None:
            return
        self._hide_panels()
        self.give_panel.begin(sample)
        which = sample.evaluation_id
        work, done = partial(self._place.teachers, which), partial(self._on_teachers, which)
        self._tasks.run(QUALITY_LANE, work, done, self._on_failed, receiver=self)

    def _begin_back(self) -> None:
        if self.sample is not None:
            self._hide_panels()
            self.back_panel.begin(self.sample)

    def _begin_ask(self) -> None:
        self.show_view(View.SAMPLES)
        self._hide_panels()
        self.ask_panel.begin()

    def _hide_panels(self) -> None:
        for panel in self._panels:
            panel.hide()

    def _close_panels(self) -> None:
        self._hide_panels()
        self._take_focus()

    def _do(self, work: Callable[[], object], done: Callable[[object], None]) -> None:
        self._busy = True
        self._enable()
        self._tasks.run(QUALITY_LANE, work, done, self._on_failed, receiver=self)

    def _next_standing(self) -> None:
        self.show_view(View.SAMPLES)
        self.list.next_standing()

    def _choose_days(self) -> None:
        if self.shown is View.SAMPLES:
            self.show_view(View.TEACHERS)
        self.results.choose_days()

    def _search(self) -> None:
        self.show_view(View.SAMPLES)
        self.list.search()

    def _clear(self) -> None:
        if any(not panel.isHidden() for panel in self._panels):
            self._close_panels()
            return
        self.list.clear()
        self._take_focus()

    def _take_focus(self) -> None:
        (self.list if self.shown is View.SAMPLES else self.results).take_focus()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_tabs_current_changed(self, _index: int) -> None:
        self._hide_panels()
        view = self.shown
        self._stack.setCurrentWidget(self._split if view is View.SAMPLES else self.results)
        if view is not View.SAMPLES:
            self.results.show_questions(questions=view is View.QUESTIONS)
        self._take_focus()
        self._enable()

    def _on_list_selected(self, sample: Sample | None) -> None:
        asked = None if sample is None or sample.standing is not Standing.WAITING else sample.evaluation_id
        if asked != self.give_panel.sample:
            self.give_panel.hide()
        if sample is None or sample.marking_id != self.back_panel.marking:
            self.back_panel.hide()
        self._show_sample()
        self._read_pairs()

    def _on_list_opened(self) -> None:
        for name in ("quality.give", "quality.take_back"):
            if self.actions_by_id[name].isEnabled():
                self.actions_by_id[name].trigger()
                return
        if self.view.table.isVisible():
            self.view.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_results_teacher_opened(self, name: str) -> None:
        self.show_view(View.SAMPLES)
        self.list.search(name)

    def _on_look(self, look: QualityLook, recovered: bool) -> None:  # noqa: FBT001 - told so by `Asking`
        first = self._look is None
        self._look, self._read = look, self._clock.elapsed()
        self._show()
        if recovered:
            self._read_pairs()
        if (
            first
            and self.isVisible()
            and self.shown is View.SAMPLES
            and all(panel.isHidden() for panel in self._panels)
        ):
            self.list.take_focus()
        self.counted.emit(sum(one.standing is Standing.WAITING for one in look.samples))

    def _on_look_failed(self) -> None:
        self._say_state()
        self._enable()

    def _on_pairs(self, which: EvaluationId, pairs: tuple[MarkedTwice, ...]) -> None:
        self._pairs[which] = pairs
        self._show_sample()

    def _on_pairs_failed(self, error: Exception) -> None:
        self._asking.fail(error)

    def _on_teachers(self, which: EvaluationId, teachers: tuple[SecondTeacher, ...]) -> None:
        if self.give_panel.sample == which and not self.give_panel.isHidden():
            self.give_panel.offer(teachers)

    def _on_give_done(self) -> None:
        which, teacher = self.give_panel.sample, self.give_panel.teacher
        if which is not None and teacher is not None and not self._busy:
            done = partial(self._on_done, tr("The sample is given; the second teacher is told."))
            self._do(partial(self._place.give, which, teacher), done)

    def _on_back_done(self) -> None:
        marking = self.back_panel.marking
        if marking is not None and not self._busy:
            done = partial(self._on_done, tr("The sample was taken back; it waits again."))
            self._do(partial(self._place.take_back, marking, self.back_panel.why), done)

    def _on_ask_done(self) -> None:
        if not self._busy:
            self._do(partial(self._place.ask, self.ask_panel.code, self.ask_panel.why), self._on_asked)

    def _on_asked(self, _which: object) -> None:
        self.ask_panel.clear()
        self._on_done(tr("The script will be marked a second time."), None)

    def _on_done(self, words: str, _result: object) -> None:
        self._busy = False
        self._messages.say(words)
        self._close_panels()
        self._enable()
        self.refresh()

    def _on_failed(self, error: Exception) -> None:
        self._busy = False
        if isinstance(error, OfflineError):
            self._messages.tell(OfflineError(error.message, kept=tr("What you typed stays here."), remedy=error.remedy))
            self._asking.fail(error)
            return
        self._enable()
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
            return
        self._messages.tell(error)
        if isinstance(error, ConflictError | RefusedError):
            self.refresh()

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        keep_focus_inside(self, self._take_focus)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._asking.rest()
