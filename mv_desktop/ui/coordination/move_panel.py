"""A move before it happens: to whom, what it does to both queues, what speaks against it, and why it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mv_desktop.domain.board import Preview, preview, preview_size
from mv_desktop.domain.board_look import Look
from mv_desktop.domain.board_state import WaitingEntry
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, UserId
from mv_desktop.ui.coordination.name_field import NameField, Target
from mv_desktop.ui.coordination.panel import Panel
from mv_desktop.ui.coordination.port import PREVIEW_LANE
from mv_desktop.ui.coordination.script_model import name_of
from mv_desktop.ui.coordination.wording import OBSTACLES, outlook_text, scripts_text
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.sign_label import SignLabel

Key = EvaluationId | ExamInstanceId
_MOST_NAMED = 4
"""More teachers than these are told as a number."""
_MOST_AT_ONCE = 1500
"""What more scripts do is worked out beside the window: it would stand still for longer than one notices."""


class MovePanel(Panel):
    """Asks to whom scripts should go, and says what that does; it follows the board while it stands."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(tr("Move"), parent)
        self._tasks = tasks
        self._working: Task[Preview] | None = None
        self._told: Mapping[EvaluationId, UserId | None] = {}
        self._keys: tuple[Key, ...] = ()
        self._look: Look | None = None
        self._fetched: Mapping[EvaluationId, datetime] = {}
        self._name = NameField(self)
        self._name.chosen.connect(self._on_name_chosen)
        label = QLabel(tr("To"), self)
        label.setBuddy(self._name)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addWidget(label)
        row.addWidget(self._name, 1)
        self._effect, self._against, self._begun = SignLabel(self), SignLabel(self), SignLabel(self)
        self.body.addLayout(row)
        for sign in (self._effect, self._against, self._begun):
            self.body.addWidget(sign)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        return self._name.target is not None and bool(self._keys) and self._told == self.moves

    @property
    def moves(self) -> dict[EvaluationId, UserId | None]:
        """What would move to whom."""
        target, look = self._name.target, self._look
        if target is None or look is None:
            return {}
        script = look.board.school.script
        return {
            EvaluationId(key): target.teacher
            for key in self._keys
            if key in script and script[EvaluationId(key)].teacher_id != target.teacher
        }

    @property
    def given(self) -> list[tuple[WaitingEntry, UserId]]:
        """What nobody ever had, and who would get it."""
        target, look = self._name.target, self._look
        if target is None or target.teacher is None or look is None:
            return []
        return [(entry, target.teacher) for entry in look.waiting if entry.exam_instance_id in self._keys]

    @property
    def name(self) -> NameField:
        """Where one types."""
        return self._name

    def begin(self, keys: Sequence[Key], look: Look, target: Target | None = None) -> None:
        """Ask about these scripts; with a `target`, only why."""
        self._keys, self._fetched, self._told = tuple(keys), {}, {}
        self._name.forget()
        self.show()
        self.show_look(look)
        if target is not None:
            self._name.name(target.teacher)
        (self._name if target is None else self.reason).setFocus()

    def show_look(self, look: Look) -> None:
        """The board is otherwise now; what is gone from it is left out."""
        self._look = look
        waiting = {entry.exam_instance_id for entry in look.waiting}
        self._keys = tuple(key for key in self._keys if key in look.board.school.script or key in waiting)
        self._name.offer(look, pool=not any(key in waiting for key in self._keys))
        self._say(tr("Move {scripts}", scripts=scripts_text(len(self._keys))), tr("Move"))
        self._tell()

    def set_fetched(self, fetched: Mapping[EvaluationId, datetime]) -> None:
        """When pages of these were fetched last by the computers of their teachers."""
        self._fetched = fetched
        self._tell()

    # -- private ---------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        if self._working is not None:
            self._working.cancel()
            self._working = None
        look = self._look
        moves, given = self.moves, self.given
        if look is None or self._name.target is None:
            self._effect.say("info", tr("What it does to both queues is said here before anything happens."))
            self._against.say("", "")
        elif not moves and not given:
            self._told = moves
            self._effect.say("info", tr("They are there already."))
            self._against.say("", "")
        elif preview_size(look.board.school, moves) > _MOST_AT_ONCE:
            if self._told != moves:  # while the board lives, what was said stands until the next is known
                self._effect.say("info", tr("What it does is being worked out …"))
                self._against.say("", "")
            work, done = partial(preview, look.board.school, moves), partial(self._on_preview, look, len(given), moves)
            self._working = self._tasks.run(PREVIEW_LANE, work, done, receiver=self)
        else:
            self._show_effect(look, len(given), moves, preview(look.board.school, moves))
        self._tell_begun(look, moves)
        for sign in (self._against, self._begun):
            sign.setVisible(bool(sign.text))
        self.tell_ready()

    def _show_effect(self, look: Look, given: int, moves: Mapping[EvaluationId, UserId | None], found: Preview) -> None:
        self._told = moves
        self._effect.say(effect_sign(found), effect_text(look, found, given))
        against = _against(found)
        self._against.say("warning" if against else "", against)

    def _tell_begun(self, look: Look | None, moves: Mapping[EvaluationId, UserId | None]) -> None:
        if look is None:
            return
        concerned = moves or {EvaluationId(key): None for key in self._keys if key in look.board.school.script}
        begun = [key for key in concerned if look.board.school.script[key].started]
        away = [key for key in concerned if key in self._fetched and key not in begun]
        lines = []
        if begun:
            lines.append(
                tr_count(
                    "{count} is begun: who gets it starts anew, and what was marked is kept and offered to you.",
                    "{count} are begun: who gets them starts anew, and what was marked is kept and offered to you.",
                    len(begun),
                )
            )
        if away:
            lines.append(
                tr_count(
                    "{count} lies on its teacher’s computer: marks that arrive later are kept and offered to you.",
                    "{count} lie on their teachers’ computers: marks that arrive later are kept and offered to you.",
                    len(away),
                )
            )
        self._begun.say("warning" if lines else "", "\n".join(lines))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_preview(self, look: Look, given: int, moves: Mapping[EvaluationId, UserId | None], found: Preview) -> None:
        self._working = None
        self._show_effect(look, given, moves, found)
        self._against.setVisible(bool(self._against.text))
        self.tell_ready()

    def _on_name_chosen(self) -> None:
        self._tell()
        if self._name.target is not None and not self.why and self._name.hasFocus():
            self.reason.setFocus()


def effect_text(look: Look, found: Preview, given: int = 0) -> str:
    """What moves do: each queue before and after, and what is late or in time by them."""
    now, zone = look.board.read_at, look.board.school.calendar.hours.zone
    lines = [
        tr(
            "{name}: {before}; then {after}",
            name=name_of(look, change.user_id),
            before=outlook_text(change.before, now, zone),
            after=outlook_text(change.after, now, zone),
        )
        for change in found.teachers[:_MOST_NAMED]
    ]
    if len(found.teachers) > _MOST_NAMED:
        more = len(found.teachers) - _MOST_NAMED
        lines.append(tr_count("and {count} more teacher", "and {count} more teachers", more))
    if given:
        lines.append(tr("{scripts} that nobody ever had", scripts=scripts_text(given)))
    if found.cleared:
        lines.append(tr("In time again: {scripts}", scripts=scripts_text(len(found.cleared))))
    still = sum(change.after.at_risk and change.before.at_risk for change in found.moved)
    if still:
        lines.append(tr("Still at risk: {scripts}", scripts=scripts_text(still)))
    if found.newly_at_risk:
        lines.append(tr("At risk by it: {scripts}", scripts=scripts_text(len(found.newly_at_risk))))
    return "\n".join(lines)


def effect_sign(found: Preview) -> str:
    """The sign of what moves do: a warning where something that moves, or waits, will be late with them."""
    late = found.newly_at_risk or any(change.after.at_risk for change in found.moved)
    return "warning" if late else "done"


def _against(found: Preview) -> str:
    counts = Counter(objection.obstacle for objection in found.objections)
    return "\n".join(
        f"{tr(OBSTACLES[obstacle])} ({scripts_text(count)})"
        for obstacle, count in counts.items()
        if obstacle in OBSTACLES
    )
