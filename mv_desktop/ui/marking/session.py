"""One script being marked: the live model, what is recorded of it, and undo. No widgets.

A change is in the model at once and on its way to the journal at the same moment. "Saved on this computer" is said
when the journal has it. What the journal could not take is taken back, with everything that was done after it,
because later operations may rest on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import partial, reduce
from operator import or_
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from mv_desktop.core.errors import InvalidError, NotAllowedError, UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.shape import Annotation, Placed, Stamp, StampName
from mv_desktop.domain.annotation.weight import check_weight
from mv_desktop.domain.conflict import mark_operation
from mv_desktop.domain.evaluation import ScriptView, WorkState
from mv_desktop.domain.flag import Flag, FlagReason, Spot
from mv_desktop.domain.identifier import AnnotationId, FlagId, MarkKey, PageRef
from mv_desktop.domain.marks import ZERO, GivenMark, MarkState, parse_marks
from mv_desktop.domain.operation import (
    DeleteAnnotations,
    OpenEvaluation,
    Operation,
    PutAnnotations,
    RaiseFlag,
    ResolveMark,
    SeePage,
    SetMark,
    SubmitEvaluation,
    TagPage,
    WithdrawFlag,
)
from mv_desktop.domain.page_tag import parse_question_numbers
from mv_desktop.domain.question_order import next_unmarked, question_of_stamp
from mv_desktop.domain.script import Change
from mv_desktop.domain.stamping import Carried, carried_by, new_stamp
from mv_desktop.domain.submission import Finding, check_submission, submission
from mv_desktop.ui.marking.port import STORE_LANE, OpenedScript, Recorder
from mv_desktop.ui.marking.undo import Entry, UndoHistory, ink_of
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr

T = TypeVar("T")


class SaveState(StrEnum):
    """What is true of the teacher's work at this moment."""

    SAVED = "saved"
    """All of it is on this computer's disk."""
    SAVING = "saving"
    """Something is on its way there."""


class MarkingSession(QObject):
    """A script that is open for marking.

    Attributes:
        view: the script; `view.script` is the live model, changed by this session only.
        current: the question (or side of an either/or question) that actions and stamps are for.
        stamp_value: what a tick carries; None is what the scheme has next.
        worked_on: something that can be undone was done since it was opened; what was done before does not count.

    Signals:
        changed(Change): marks, ink or reading changed.
        current_changed(MarkKey)
        save_state_changed(SaveState)
        history_changed(): what can be undone or redone may have changed.
        taken_back(str): something could not be saved and is undone; the sentence is for the teacher.
        flags_changed(): what the coordinator was told of the script changed.
        frozen_changed(): the script became read-only, or is no longer so.
    """

    changed = Signal(object)
    current_changed = Signal(object)
    save_state_changed = Signal(object)
    history_changed = Signal()
    taken_back = Signal(str)
    flags_changed = Signal()
    frozen_changed = Signal()

    def __init__(
        self, opened: OpenedScript, recorder: Recorder, tasks: Tasks, ids: IdSource, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.view: ScriptView = opened.view
        self.script = opened.view.script
        self.keys: tuple[MarkKey, ...] = tuple(
            MarkKey(question.question_number, alternative)
            for question in self.script.written
            for alternative, _ in question.options
        )
        wanted = [*self.view.to_decide, *filter(self.may_mark, self.keys), *self.keys]
        self.current: MarkKey | None = wanted[0] if wanted else None
        self.stamp_value: Decimal | None = Decimal(1)
        self._recorder = recorder
        self._tasks = tasks
        self._ids = ids
        self._history = UndoHistory(opened.history)
        self._unsaved: deque[Entry] = deque()
        self._round = 0
        self._failed_round = -1
        self._frozen = opened.view.read_only_reason if opened.view.read_only else ""
        self._read_only = opened.view.read_only
        self._opened = opened.view.state is not WorkState.NEW
        self.worked_on = False

    def start(self) -> None:
        """Record, once, that the teacher opened the script for marking."""
        if not self._read_only and not self._opened:
            self._perform(OpenEvaluation())

    # -- reading ---------------------------------------------------------------------------------------------

    @property
    def read_only(self) -> bool:
        """Nothing can be changed now; `read_only_reason` says why."""
        return self._read_only

    @property
    def read_only_reason(self) -> str:
        """A sentence for the teacher, "" while the script can be marked."""
        return self._frozen

    def may_mark(self, key: MarkKey) -> bool:
        """The question is open; of a script that was returned only the returned ones are."""
        return self.view.returned is None or bool(self.view.returned.why(key.question_number))

    def bank_id(self, key: MarkKey) -> UUID | None:
        """The bank's id of a question, or of what can be answered instead; None when the paper does not say it."""
        option = dict(self.script.question(key.question_number).options)[key.alternative]
        try:
            return UUID(option.question_id)
        except ValueError:
            return None

    @property
    def save_state(self) -> SaveState:
        """What is true of the work now."""
        return SaveState.SAVING if self._unsaved else SaveState.SAVED

    @property
    def can_undo(self) -> bool:
        """There is something to undo."""
        return self._history.can_undo and not self._read_only

    @property
    def can_redo(self) -> bool:
        """There is something to redo."""
        return self._history.can_redo and not self._read_only

    def rescan_asked(self, page: PageRef) -> bool:
        """A new scan of this page was asked for, and nobody has answered yet; after that it can be asked for again."""
        return any(flag.reason == FlagReason.RESCAN and not flag.answered for flag in self.flags_on(page))

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What the coordinator was told of this script, in order."""
        return tuple(self.script.flags.values())

    def flags_on(self, page: PageRef) -> tuple[Flag, ...]:
        """What the coordinator was told of a page."""
        return tuple(flag for flag in self.script.flags.values() if flag.page == page)

    def possible(self, key: MarkKey) -> Decimal:
        """The marks that a question carries."""
        return self.script.possible(key)

    def questions_on(self, page: PageRef) -> tuple[int, ...]:
        """The questions known to be answered on a page; the teacher's own tags win."""
        return self.script.answered_on(page, self.questions_said(page))

    def questions_said(self, page: PageRef) -> tuple[int, ...]:
        """The questions that the student said to have answered on a page."""
        return next((info.questions for info in self.view.pages if info.ref == page), ())

    def page_of(self, question_number: int) -> PageRef | None:
        """The first page known to answer a question."""
        refs = (info.ref for info in self.view.pages)
        return next((ref for ref in refs if question_number in self.questions_on(ref)), None)

    def stamp_key(self, page: PageRef | None) -> MarkKey | None:
        """What a stamp on `page` is for, as `question_of_stamp` says."""
        known = () if page is None else self.questions_on(page)
        return question_of_stamp(self.script, self.keys, self.current, known, self.may_mark)

    def carried(self, stamp: StampName, key: MarkKey | None) -> Carried:
        """What a stamp for `key` carries now."""
        return carried_by(stamp, key, self.stamp_value, self.script)

    def next_unmarked(self) -> MarkKey | None:
        """The next question without a mark after the current one, round to the start; None when all have one."""
        return next_unmarked(self.script, self.keys, self.current)

    def findings(self) -> tuple[Finding, ...]:
        """What the check before submission finds now."""
        return check_submission(self.script, self.view.pages, self.view.conflicts)

    def submission(self) -> SubmitEvaluation:
        """The submission of what the teacher sees."""
        return submission(self.script)

    # -- choosing --------------------------------------------------------------------------------------------

    def set_current(self, key: MarkKey) -> None:
        """Make `key` the question that actions are for."""
        if key != self.current and key in self.keys:
            self.current = key
            self.current_changed.emit(key)

    def step(self, by: int) -> bool:
        """Go `by` questions on; False at the end of the list, where nothing happens."""
        if self.current is None:
            return False
        place = self.keys.index(self.current) + by
        if not 0 <= place < len(self.keys):
            return False
        self.set_current(self.keys[place])
        return True

    # -- marks -----------------------------------------------------------------------------------------------

    def give_text(self, key: MarkKey, text: str) -> None:
        """Give the mark that was typed; an empty text goes back to the stamps.

        Raises:
            InvalidError: it is no mark for this question.
            NotAllowedError: the script is read-only.
        """
        if text.strip():
            self.give(key, parse_marks(text, self.possible(key)))
        else:
            self.follow_stamps(key)

    def give(self, key: MarkKey, marks: Decimal) -> None:
        """Give a mark. Raises NotAllowedError when the script is read-only."""
        self._set(key, GivenMark(MarkState.MARKED, marks, self.script.given_mark(key).comment))

    def nudge(self, key: MarkKey, by: Decimal) -> bool:
        """Give `by` more (or less) than what counts now, within what is possible; False where nothing changes."""
        mark = self.script.mark(key.question_number).options[key.alternative]
        before = ZERO if mark.marks is None else mark.marks
        after = min(max(before + by, ZERO), self.possible(key))
        if after == before:
            return False
        self.give(key, after)
        return True

    def full(self, key: MarkKey) -> None:
        """Give all the marks that the question carries."""
        self.give(key, self.possible(key))

    def toggle_not_attempted(self, key: MarkKey) -> None:
        """Say that the student wrote nothing, or that this was said by mistake."""
        given = self.script.given_mark(key)
        not_attempted = given.state is MarkState.NOT_ATTEMPTED
        state = MarkState.FOLLOWS_STAMPS if not_attempted else MarkState.NOT_ATTEMPTED
        self._set(key, GivenMark(state, None, given.comment))

    def follow_stamps(self, key: MarkKey) -> None:
        """Let the mark be the sum of the question's stamps again; the comment stays."""
        self._set(key, GivenMark(MarkState.FOLLOWS_STAMPS, None, self.script.given_mark(key).comment))

    def comment(self, key: MarkKey, text: str) -> None:
        """Say something to the student about a question; "" takes it away."""
        given = self.script.given_mark(key)
        self._set(key, GivenMark(given.state, given.marks, text.strip()))

    # -- ink -------------------------------------------------------------------------------------------------

    def place_stamp(self, stamp: StampName, page: PageRef, x: float, y: float, size: float | None = None) -> Stamp:
        """Stamp at (x, y), fractions of the page. It belongs to `stamp_key(page)` and carries what `carried` says."""
        key = self.stamp_key(page)
        made = new_stamp(self._ids(), stamp, x, y, key, self.carried(stamp, key), size)
        self.put([Placed(page, made)])
        return made

    def award_step(self, key: MarkKey, step: int, page: PageRef, x: float, y: float) -> None:
        """Give a step of the scheme, from 1, by a tick at (x, y) that carries the step's marks: one undo step."""
        carried = Carried(step, self.script.scheme(key)[step - 1].marks)
        self.put([Placed(page, new_stamp(self._ids(), "tick", x, y, key, carried))])

    def put(self, placed: Iterable[Placed]) -> None:
        """Let these annotations stand on their pages, new or changed: one undo step.

        Raises:
            InvalidError: it is more than the server takes in one go.
        """
        items = tuple(placed)
        check_weight(item.annotation for item in items)
        if items and any(self.script.ink.get(i.annotation.annotation_id) != i for i in items):
            self._perform(PutAnnotations(items))

    def delete(self, annotation_ids: Iterable[AnnotationId]) -> None:
        """Take annotations away: one undo step."""
        there = tuple(i for i in annotation_ids if i in self.script.ink)
        if there:
            self._perform(DeleteAnnotations(there))

    def annotation(self, annotation_id: AnnotationId) -> Annotation | None:
        """An annotation that stands on a page."""
        placed = self.script.ink.get(annotation_id)
        return None if placed is None else placed.annotation

    # -- pages -----------------------------------------------------------------------------------------------

    def see_page(self, page: PageRef, seconds: float, largest_share: float) -> None:
        """A page was shown at a readable size for `seconds` in all; nothing happens on a read-only script."""
        if not self._read_only:
            self._perform(SeePage(page, round(seconds, 1), round(min(largest_share, 1.0), 3)))

    def forget_seen(self, page: PageRef) -> None:
        """A page has another picture, as the server knows: it was not read yet."""
        if page in self.script.seen:
            self._tell(self.script.unsee(page, None))

    def tag_page(self, page: PageRef, text: str) -> None:
        """Say which questions are answered on a page, as in "21, 22-24"; "" goes back to what the student said.

        Raises:
            InvalidError: `text` names no written questions of this paper.
            NotAllowedError: the script is read-only.
        """
        numbers = parse_question_numbers(text, {question.question_number for question in self.script.written})
        if numbers != self.script.tags.get(page, ()):
            self._perform(TagPage(page, numbers))

    def ask_rescan(self, page: PageRef, comment: str = "") -> None:
        """Tell the coordinator that a page must be scanned again; once, until that is answered."""
        if not self.rescan_asked(page):
            self.raise_flag(FlagReason.RESCAN, comment, page)

    def raise_flag(
        self, reason: str, comment: str = "", page: PageRef | None = None, spot: Spot | None = None
    ) -> FlagId:
        """Tell the coordinator that something is wrong with the script, a page or a spot on it: one undo step."""
        flag_id = FlagId(self._ids())
        self._perform(RaiseFlag(flag_id, reason, comment.strip(), page, spot))
        return flag_id

    def withdraw_flag(self, flag_id: FlagId) -> None:
        """Take back what the coordinator was told, unless it is answered: one undo step."""
        flag = self.script.flags.get(flag_id)
        if flag is not None and not flag.answered:
            self._perform(WithdrawFlag(flag_id))

    # -- undo ------------------------------------------------------------------------------------------------

    def ink_at_stake(self, *, redo: bool = False) -> tuple[Placed, ...]:
        """The ink that the next undo, or redo, changes."""
        return ink_of(self._history.to_redo if redo else self._history.to_undo)

    def undo(self) -> bool:
        """Take the last step back, by one more operation; False when there is none."""
        return self._take_back(self._history.to_undo)

    def redo(self) -> bool:
        """Do again what was undone last; False when there is nothing."""
        return self._take_back(self._history.to_redo)

    # -- submission ------------------------------------------------------------------------------------------

    def freeze(self, reason: str) -> None:
        """Let nothing be changed from now on, because of `reason`."""
        self._read_only, self._frozen = True, reason
        self.frozen_changed.emit()
        self.history_changed.emit()

    def thaw(self) -> None:
        """Let the script be marked again, unless it was opened read-only."""
        self._read_only = self.view.read_only
        self._frozen = self.view.read_only_reason if self._read_only else ""
        self.frozen_changed.emit()
        self.history_changed.emit()

    def after_saving(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        *,
        receiver: QObject | None = None,
    ) -> None:
        """Run `work` on the store's lane once everything done so far is saved; `failed` when it could not be.

        The result is for `receiver`; for the session, and dropped with it, when there is none.
        """
        current_round = self._round

        def guarded() -> T:
            self._check_round(current_round)
            return work()

        self._tasks.run(STORE_LANE, guarded, done, failed, receiver=receiver or self)

    # -- private ---------------------------------------------------------------------------------------------

    def _set(self, key: MarkKey, given: GivenMark) -> None:
        if self.script.given_mark(key) != given:
            self._perform(mark_operation(key, given, self.view.conflicts, self.script.decided))

    def _take_back(self, entries: tuple[Entry, ...]) -> bool:
        if not entries:
            return False
        what = [(operation, entry) for entry in entries for operation in entry.inverse]
        if what:
            self._perform_all(what)
        for operation, _ in what:
            if isinstance(operation, SetMark | ResolveMark):
                self.set_current(operation.key)
        return True

    def _perform(self, operation: Operation) -> None:
        self._perform_all([(operation, None)])

    def _perform_all(self, what: Sequence[tuple[Operation, Entry | None]]) -> None:
        """Change the model now, and record the changes: all of them or none, so that no step is ever half undone."""
        for operation, _ in what:
            self._refuse(operation)
        if not (self._opened or isinstance(what[0][0], OpenEvaluation)):
            self._perform(OpenEvaluation())
        entries, changes = [], []
        for operation, undoes in what:
            entry = Entry(operation, self.script.inverse(operation), undoes)
            self._opened |= isinstance(operation, OpenEvaluation)
            if isinstance(operation, SeePage):
                entry.seen = self.script.seen.get(operation.page)
            changes.append(self.script.apply(operation))
            self.worked_on |= bool(entry.inverse)
            self._history.add(entry)
            entries.append(entry)
        self._unsaved += entries
        self._tasks.run(
            STORE_LANE,
            partial(self._record, entries, self._round),
            self._on_recorded,
            partial(self._on_record_failed, self._round),
            receiver=self,
        )
        self._tell(reduce(or_, changes))
        self.history_changed.emit()
        if len(self._unsaved) == len(entries):
            self.save_state_changed.emit(SaveState.SAVING)

    def _refuse(self, operation: Operation) -> None:
        if self._read_only:
            raise NotAllowedError(self._frozen or tr("This script cannot be changed."))
        closed = None if self.view.returned is None else self.view.returned.closes(operation, self.script.ink)
        if closed is not None:
            raise NotAllowedError(
                tr("Question {number} was not returned to you: its marks stay as they are.", number=closed)
            )

    def _tell(self, change: Change) -> None:
        self.changed.emit(change)
        if change.flags:
            self.flags_changed.emit()

    def _record(self, entries: Sequence[Entry], current_round: int) -> Sequence[Entry]:
        """On the store's lane: write operations down, unless one before them failed."""
        self._check_round(current_round)
        what = [(e.operation, e.inverse, None if e.undoes is None else e.undoes.op_id) for e in entries]
        try:
            for entry, op_id in zip(entries, self._recorder.record_all(self.view.evaluation_id, what), strict=True):
                entry.op_id = op_id
        except Exception:
            self._failed_round = current_round
            raise
        return entries

    def _check_round(self, current_round: int) -> None:
        """On the store's lane. A round ends when its first failure has been taken back on the GUI thread."""
        if self._failed_round == current_round:
            raise InvalidError("An earlier change could not be saved.")

    def _on_recorded(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._unsaved.remove(entry)
        if not self._unsaved:
            self.save_state_changed.emit(SaveState.SAVED)

    def _on_record_failed(self, failed_round: int, error: Exception) -> None:
        if failed_round != self._round:
            return  # taken back already, with the one before it
        self._round += 1
        gone = list(self._unsaved)
        self._unsaved.clear()
        changes = [change for entry in reversed(gone) for change in self._taken_back(entry)]
        self._history.drop(gone)
        for entry in gone:
            if isinstance(entry.operation, OpenEvaluation):
                self._opened = False
        self._tell(reduce(or_, changes, Change()))
        self.history_changed.emit()
        self.save_state_changed.emit(SaveState.SAVED)
        reason = said(str(error)) if isinstance(error, UserError) else tr("This computer could not write it down.")
        self.taken_back.emit(tr("Your last change was not saved and is taken back. {reason}", reason=reason))
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)

    def _taken_back(self, entry: Entry) -> list[Change]:
        if isinstance(entry.operation, SeePage):
            return [self.script.unsee(entry.operation.page, entry.seen)]
        return [self.script.apply(back) for back in entry.inverse]
