"""The mark sheet beside the page: a row for each mark, the current question's scheme, and the total."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import QByteArray, QItemSelectionModel, QRect, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, format_marks
from mv_desktop.domain.script import Change
from mv_desktop.ui.actions import shown_key
from mv_desktop.ui.canvas.picture_strip import PictureLook
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.mark_field import CommentField, MarkField
from mv_desktop.ui.marking.sheet.question_panel import QuestionPanel
from mv_desktop.ui.marking.sheet.sheet_list import ReasonBubble, SheetList
from mv_desktop.ui.marking.sheet.sheet_row import SheetModel, notice, question_name, sheet_rows, stamp_warning
from mv_desktop.ui.part import mark_parts, take_keyboard
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.announcement import Announcer
from mv_desktop.ui.widgets.fitting_label import FittingLabel
from mv_desktop.ui.widgets.steady_label import SteadyLabel

MIN_WIDTH = spacing(75)
_USUAL_WIDTH = spacing(90)


class MarkSheet(QWidget):
    """Every mark of the script at a glance; the current row's mark is a field, its question stands below.

    What is typed and is no mark stays where it was typed, with the reason, until it is corrected or dropped; `commit`
    is False as long as such a mark stands anywhere in the sheet.

    Args:
        tasks: typesets formulas.

    Signals:
        question_chosen(MarkKey): the teacher went to a question here; the page follows.
        step_chosen(int): a step of the current question's scheme, from 1, is to be given or taken back.
        left(): she wants to be on the page again.
    """

    question_chosen = Signal(object)
    step_chosen = Signal(int)
    left = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: MarkingSession | None = None
        self._shown: MarkKey | None = None
        self._refused: dict[MarkKey, str] = {}
        self._refused_beside: dict[MarkKey, GivenMark] = {}
        self._warned = ""
        self._totals: tuple[Decimal, int, Decimal] | None = None
        self._offered: dict[str, QAction] = {}
        self._model = SheetModel(self)
        self._list = SheetList(self._model, self)
        self._field = MarkField(self._take_mark, self._list.viewport())
        self._bubble = ReasonBubble(self)
        self._panel = QuestionPanel(tasks, self)
        self.announcer = Announcer(self)
        mark_parts(self._list, self._panel)
        self._comment = CommentField(self)
        self._progress = FittingLabel(self, breaks=True)
        self._progress.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._total = SteadyLabel("text", self, factor=1.6, strong=True)
        self._total.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.setMinimumWidth(MIN_WIDTH)
        self._lay_out()
        self._connect()
        self.set_session(None)

    # -- what is shown ---------------------------------------------------------------------------------------

    def set_session(self, session: MarkingSession | None) -> None:
        """Show another script, or none. What was typed for the one before is taken where it is a mark."""
        if self._session is not None:
            self._take_mark()
            self._take_comment()
            self._connect_session(self._session, connect=False)
        self._session, self._shown, self._totals = session, None, None
        self._refused, self._refused_beside = {}, {}
        self._bubble.hide()
        self._model.load([] if session is None else sheet_rows(session, {}))
        self._list.fit()
        if session is not None:
            possible = format_marks(session.script.possible_total)
            self._total.keep_room_for(f"{possible}½/{possible}")
            self._connect_session(session, connect=True)
        self._show_current()
        self._show_totals()

    @property
    def typing(self) -> bool:
        """The keyboard is in the mark or in the comment: questions lead, and pages follow them."""
        return self._field.hasFocus() or self._comment.hasFocus()

    @property
    def in_mark(self) -> bool:
        """The keyboard is in the mark."""
        return self._field.hasFocus()

    def focus_mark(self) -> None:
        """Go into the mark of the current question; on a read-only script into the list."""
        take_keyboard(self._field if self._editable else self._list, Qt.FocusReason.ShortcutFocusReason)

    def focus_comment(self) -> None:
        """Go into the comment on the current question."""
        take_keyboard(self._comment, Qt.FocusReason.ShortcutFocusReason)

    def ask_comment(self, words: str) -> None:
        """Say in the empty comment for whom it is, where that is not the student."""
        self._comment.setPlaceholderText(words)

    def offer(self, actions: Sequence[QAction]) -> None:
        """What a right click on a question offers, so that nothing needs the keyboard."""
        self._offered = {action.objectName(): action for action in actions}
        self._list.addActions(list(actions))
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def fold_answer(self) -> None:
        """Show the model answer of the current question, or fold it."""
        self._panel.fold_answer()

    def show_pictures(self, look: PictureLook | None) -> None:
        """Read the pictures of questions so; None where they are not shown."""
        self._panel.show_pictures(look)

    def pictures_came(self) -> None:
        """Pictures of questions may have come."""
        self._panel.pictures_came()

    def enlarge_picture(self) -> None:
        """Show the picture of the current question in a window of its own."""
        self._panel.enlarge_picture()

    def offer_steps(self, actions: Sequence[QAction]) -> None:
        """What gives the first steps of a scheme by a key."""
        self._panel.offer_steps(actions)

    def commit(self) -> bool:
        """Take what stands in the fields.

        Returns:
            False when something was typed that is no mark: its question is then the current one, with the reason.
        """
        self._take_comment()
        if not self._take_mark():
            return False
        if self._refused:
            self._go(next(iter(self._refused)))
            return False
        return True

    def layout_state(self) -> QByteArray:
        """Where the line between list and question is, to be remembered."""
        return self._splitter.saveState()

    def restore_layout(self, state: QByteArray) -> None:
        """Put the line between list and question where it was."""
        self._splitter.restoreState(state)

    # -- private: taking -------------------------------------------------------------------------------------

    def _take_mark(self) -> bool:
        """Give the mark that was typed; False, with the reason shown, when it is none."""
        session, key = self._session, self._shown
        if session is None or key is None or not self._field.isModified():
            return True
        text = self._field.text()
        try:
            session.give_text(key, text)
        except UserError as error:
            self._refuse(session, key, text, error)
            return False
        self._accept(key)
        return True

    def _warn(self) -> None:
        """Say at once that the stamps of the current question cannot be what they add up to, or do not count."""
        session, key = self._session, self._shown
        if session is None or key is None or self._field.isModified():
            return
        back = self._offered.get("marking.follow_stamps")
        warning = stamp_warning(session, key, "" if back is None else shown_key(back))
        if warning and warning != self._warned:
            self._bubble.say(warning, self._place_of_field())
        elif not warning and self._warned:
            self._bubble.hide()
        self._warned = warning

    def _refuse(self, session: MarkingSession, key: MarkKey, text: str, error: UserError) -> None:
        self._refused[key], self._refused_beside[key] = text, session.script.given_mark(key)
        self._update({key.question_number})
        reason = " ".join(said(part) for part in (error.message, error.remedy) if part)
        self._field.setAccessibleDescription(reason)
        self._bubble.say(reason, self._place_of_field())

    def _accept(self, key: MarkKey) -> None:
        """What stood in the field is taken or dropped."""
        self._bubble.hide()
        self._field.setAccessibleDescription("")
        if self._refused.pop(key, None) is not None:
            self._update({key.question_number})
        self._show_mark()

    def _drop_settled(self, session: MarkingSession, questions: frozenset[int]) -> None:
        """What was typed and is no mark goes once the question is marked otherwise: by a key on the pages, by undo."""
        for key in [key for key in self._refused if key.question_number in questions]:
            before, now = self._refused_beside[key], session.script.given_mark(key)
            if (before.state, before.marks) == (now.state, now.marks):
                continue
            if key == self._shown:
                self._field.setModified(False)
                self._accept(key)
            else:
                del self._refused[key]

    def _take_comment(self) -> None:
        session, key = self._session, self._shown
        if session is None or key is None or session.read_only or not self._comment.document().isModified():
            return
        if not session.may_mark(key):
            return
        self._comment.document().setModified(False)
        session.comment(key, self._comment.toPlainText())

    # -- private: going --------------------------------------------------------------------------------------

    def _go(self, key: MarkKey) -> None:
        if self._session is None or key == self._shown:
            return
        self._session.set_current(key)
        self.question_chosen.emit(key)

    def _step(self, by: int) -> None:
        """To the next or the previous row; at the end of the list nothing moves."""
        if self._session is None or self._shown is None:
            return
        place = self._session.keys.index(self._shown) + by
        if 0 <= place < len(self._session.keys):
            self._go(self._session.keys[place])
        else:
            self._field.selectAll()

    def _on_field_moved(self, by: int) -> None:
        self._step(by)

    def _on_field_left(self) -> None:
        if self._shown is not None:
            self._field.setModified(False)
            self._accept(self._shown)
        self.left.emit()

    def _on_field_edited(self) -> None:
        self._bubble.hide()

    def _on_comment_finished(self) -> None:
        self._take_comment()
        self.focus_mark()

    def _on_comment_moved(self, by: int) -> None:
        self._take_comment()
        self.focus_mark()
        self._step(by)

    def _on_comment_left(self) -> None:
        self._take_comment()
        self.left.emit()

    def _on_list_chosen(self, key: MarkKey) -> None:
        """The teacher went to a row by mouse or arrow; from a mark that is none she does not get away."""
        if not self._take_mark():
            self._select_current()
        elif key == self._shown:
            self.question_chosen.emit(key)  # she has gone elsewhere on the pages, and wants to see it again
        else:
            self._go(key)

    # -- private: following the session ----------------------------------------------------------------------

    def _on_session_current_changed(self, _key: MarkKey) -> None:
        self._take_comment()
        self._take_mark()
        self._bubble.hide()
        self._warned = ""
        self._show_current()
        if self._shown is not None:
            self._say_aloud({self._shown.question_number})

    def _on_session_changed(self, change: Change) -> None:
        if not change.questions or self._session is None:
            return
        self._drop_settled(self._session, change.questions)
        self._update(change.questions)
        self._show_totals()
        self._say_aloud(change.questions)
        if self._shown is not None and self._shown.question_number in change.questions:
            if not self._field.isModified():
                self._show_mark()
            if not self._comment.document().isModified():
                self._show_comment()
            self._show_given()
            self._warn()

    def _on_session_frozen_changed(self) -> None:
        self._show_editable()
        self._show_mark()
        self._show_given()

    @property
    def _editable(self) -> bool:
        session, key = self._session, self._shown
        return session is not None and key is not None and not session.read_only and session.may_mark(key)

    # -- private: showing ------------------------------------------------------------------------------------

    def _update(self, questions: frozenset[int] | set[int]) -> None:
        if self._session is not None:
            self._model.update_rows(sheet_rows(self._session, self._refused, questions))

    def _say_aloud(self, questions: frozenset[int] | set[int]) -> None:
        """Keys on the pages change marks at which no screen reader is; what changes many at once is told otherwise."""
        if not self.typing and len(questions) == 1:
            rows = [row for row in self._model.rows if row.key.question_number in questions]
            shown = [row for row in rows if row.key == self._shown] or rows
            self.announcer.say(lambda: shown[0].sentence if shown else "")

    def _show_current(self) -> None:
        self._shown = None if self._session is None else self._session.current
        if self._session is None or self._shown is None:
            self._panel.clear()
        else:
            number, alternative = self._shown
            self._panel.show_question(self._session.script.question(number), alternative)
            self._show_given()
        self._show_editable()
        self._select_current()
        self._name_fields()
        self._show_mark()
        self._show_comment()

    def _name_fields(self) -> None:
        """What a screen reader calls the fields: by the question that they are for."""
        number = "" if self._shown is None else question_name(self._shown)
        self._comment.setAccessibleName(tr("Comment on question {number}", number=number))
        if self._session is not None and self._shown is not None:
            possible = format_marks(self._session.possible(self._shown))
            name = tr("Mark for question {number}, of {possible}", number=number, possible=possible)
            self._field.setAccessibleName(name)

    def _show_given(self) -> None:
        if self._session is not None and self._shown is not None:
            self._panel.show_notice(*notice(self._session, self._shown))
            self._panel.show_given(self._session.script.steps_given(self._shown), editable=self._editable)

    def _select_current(self) -> None:
        index = self._model.index_of(self._shown)
        self._list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._list.reveal(index)
        self._place_field()

    def _show_mark(self) -> None:
        if self._session is None or self._shown is None:
            self._field.show_text("")
            return
        key = self._shown
        mark = self._session.script.mark(key.question_number).options[key.alternative]
        if key in self._refused:
            self._field.show_text(self._refused[key])
            self._field.setModified(True)
        elif mark.not_attempted:
            self._field.show_text("", tr("n/a"))
        else:
            self._field.show_text("" if mark.marks is None else format_marks(mark.marks))

    def _show_comment(self) -> None:
        text = "" if self._session is None or self._shown is None else self._session.script.given_mark(self._shown)
        self._comment.show_text(text if isinstance(text, str) else text.comment)

    def _show_editable(self) -> None:
        editable = self._editable
        self._field.setEnabled(editable)
        self._field.setVisible(editable)
        if self._comment.isReadOnly() == editable:  # Qt sets a field up anew also when nothing changes
            self._comment.setReadOnly(not editable)
        reason = "" if self._session is None else said(self._session.read_only_reason)
        for widget in (self._list, self._comment):
            widget.setToolTip(reason)
        if not editable:
            self._bubble.hide()

    def _show_totals(self) -> None:
        if self._session is None:
            self._totals = None
            self._progress.tell("", "", "")
            self._total.clear()
            return
        script = self._session.script
        totals = (script.total, script.marked, script.reachable)
        if totals == self._totals:
            return
        self._totals = totals
        marks, possible = format_marks(script.total), format_marks(script.possible_total)
        self._total.setText(f"{marks}/{possible}")
        self._total.setAccessibleName(tr("Total: {marks} of {possible}", marks=marks, possible=possible))
        short = words = tr("{marked} of {written} marked", marked=script.marked, written=len(script.written))
        if script.marked < len(script.written):
            words += " · " + tr("up to {marks} possible", marks=format_marks(script.reachable))
        self._progress.tell(words, short, words)

    def _place_of_field(self) -> QRect:
        """The current row, in the sheet's coordinates."""
        row = self._list.visualRect(self._model.index_of(self._shown))
        return QRect(self._list.viewport().mapTo(self, row.topLeft()), row.size())

    def _place_field(self) -> None:
        if self._shown is not None:
            self._field.setGeometry(self._list.mark_place(self._model.index_of(self._shown)))
        if self._bubble.isVisible():
            self._bubble.place(self._place_of_field())

    # -- private: building -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for widget in (self._list, self._panel):
            self._splitter.addWidget(widget)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([spacing(80), spacing(60)])
        foot = QHBoxLayout()
        foot.setContentsMargins(spacing(3), 0, spacing(3), spacing(1))
        foot.setSpacing(spacing(2))
        foot.addWidget(self._progress, 1, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self._total, 0, Qt.AlignmentFlag.AlignVCenter)
        comment = QVBoxLayout()
        comment.setContentsMargins(spacing(2), 0, spacing(2), 0)
        comment.addWidget(self._comment)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        column.addWidget(self._splitter, 1)
        column.addLayout(comment)
        column.addLayout(foot)

    def _connect(self) -> None:
        self._list.chosen.connect(self._on_list_chosen)
        self._list.mark_wanted.connect(self.focus_mark)
        self._list.moved.connect(self._place_field)
        self._list.left.connect(self.left)
        self._field.moved.connect(self._on_field_moved)
        self._field.left.connect(self._on_field_left)
        self._field.textEdited.connect(self._on_field_edited)
        self._panel.step_chosen.connect(self.step_chosen)
        self._comment.finished.connect(self._on_comment_finished)
        self._comment.moved.connect(self._on_comment_moved)
        self._comment.left.connect(self._on_comment_left)
        self._comment.taken.connect(self._take_comment)

    def _connect_session(self, session: MarkingSession, *, connect: bool) -> None:
        pairs: tuple[tuple[SignalInstance, Callable[..., None]], ...] = (
            (session.changed, self._on_session_changed),
            (session.current_changed, self._on_session_current_changed),
            (session.frozen_changed, self._on_session_frozen_changed),
        )
        for signal, slot in pairs:
            (signal.connect if connect else signal.disconnect)(slot)

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(_USUAL_WIDTH, spacing(150))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_field()
