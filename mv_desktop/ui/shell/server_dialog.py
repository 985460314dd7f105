"""The servers that this computer knows: listed, added, changed, removed, and called."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.services.profile import ServerProfile
from mv_desktop.services.profile_draft import faults, moves, profile_from
from mv_desktop.ui.shell.server_form import ServerForm
from mv_desktop.ui.shell.server_port import REACH_LANE, SERVER_LANE, ServerPlace
from mv_desktop.ui.shell.server_text import error_text, reached_text, removal_text, renaming_text
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import TEXT_SCALES, current_theme, spacing
from mv_desktop.ui.widgets.dialog_body import DialogBody
from mv_desktop.ui.widgets.inline_question import InlineQuestion
from mv_desktop.ui.widgets.sign_label import SignLabel

_SIZE = (spacing(215), spacing(150))
_MARGIN = spacing(20)
"""So much of the screen is left around it."""
_LIST_WIDTH = spacing(60)


class ServerDialog(QDialog):
    """The list on the left, one server's fields on the right. Nothing is kept before “Save”.

    Args:
        note: what else is to be known of the list, a sentence or "".

    Signals:
        changed(tuple[ServerProfile, ...]): the list is another one now.
    """

    changed = Signal(object)

    def __init__(self, place: ServerPlace, tasks: Tasks, parent: QWidget | None = None, *, note: str = "") -> None:
        super().__init__(parent)
        self._place, self._tasks, self._note = place, tasks, note
        self._profiles: tuple[ServerProfile, ...] = ()
        self._before: ServerProfile | None = None
        self._asked_from: QWidget | None = None
        self._usable = self._edited = self._busy = self._saving = False
        self.setWindowTitle(tr("Servers"))
        self._list = QListWidget(self)
        self._list.setAccessibleName(tr("Servers"))
        self._list.setSpacing(spacing(1))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # a long name is shortened
        self._list.currentRowChanged.connect(self._on_list_row_changed)
        self._form = ServerForm(self)
        self._form.edited.connect(self._on_form_edited)
        self._form.submitted.connect(self._on_save_clicked)
        self._new = self._button(tr("New server"), self._on_new_clicked)
        self._remove = self._button(tr("Remove …"), self._on_remove_clicked)
        self._try = self._button(tr("Try the connection"), self._on_try_clicked)
        self._discard = self._button(tr("Discard"), self._on_discard_clicked)
        self._save = self._button(tr("Save"), self._on_save_clicked)
        self._close = self._button(tr("Close"), self.reject)
        self._told = SignLabel(self)
        self._question = InlineQuestion(self)
        self._question.ended.connect(self._show_usable)
        self._build()
        self._show(None)
        self._read()

    @property
    def profiles(self) -> tuple[ServerProfile, ...]:
        """What is listed."""
        return self._profiles

    @property
    def told(self) -> str:
        """What was said last."""
        return self._told.text

    # -- construction ----------------------------------------------------------------------------------------

    def _button(self, text: str, slot: Callable[..., object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)  # Enter belongs to the fields
        button.clicked.connect(slot)
        return button

    def _build(self) -> None:
        scale = TEXT_SCALES[current_theme().scale]
        left = QVBoxLayout()
        left.setSpacing(spacing(2))
        left.addWidget(self._list, 1)
        under = QHBoxLayout()
        under.setSpacing(spacing(2))
        under.addWidget(self._new)
        under.addWidget(self._remove)
        under.addStretch(1)
        left.addLayout(under)
        self._list.setFixedWidth(round(_LIST_WIDTH * scale))
        body = DialogBody(tr("Server"), self)
        body.column.addWidget(self._form)
        right = QVBoxLayout()
        right.setSpacing(spacing(3))
        right.addWidget(body, 1)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addWidget(self._try)
        row.addStretch(1)
        row.addWidget(self._discard)
        row.addWidget(self._save)
        right.addLayout(row)
        both = QHBoxLayout()
        both.setSpacing(spacing(5))
        both.addLayout(left)
        both.addLayout(right, 1)
        below = QHBoxLayout()
        below.setSpacing(spacing(3))
        below.addWidget(self._told, 1)
        below.addWidget(self._close, 0, Qt.AlignmentFlag.AlignBottom)
        self._told.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # nothing moves when something is said
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(5), spacing(5), spacing(5), spacing(4))
        layout.setSpacing(spacing(4))
        layout.addLayout(both, 1)
        layout.addWidget(self._question)
        layout.addLayout(below)
        room = self.screen().availableSize()
        width, height = (round(length * scale) for length in _SIZE)
        self.resize(min(width, room.width() - _MARGIN), min(height, room.height() - _MARGIN))

    # -- what is shown ---------------------------------------------------------------------------------------

    def _fill(self, profiles: tuple[ServerProfile, ...], chosen: str = "") -> None:
        self._profiles = profiles
        self._list.blockSignals(True)
        self._list.clear()
        self._list.blockSignals(False)
        row = -1 if not profiles else 0
        for number, profile in enumerate(profiles):
            address = f"{profile.host}:{profile.port}/{profile.database}"
            item = QListWidgetItem(f"{profile.name}\n{address}", self._list)
            item.setToolTip(f"{profile.name}\n{address}")
            if not profile.protected:
                item.setIcon(current_theme().icon("warning", "danger"))
                item.setData(
                    Qt.ItemDataRole.AccessibleTextRole,
                    f"{profile.name}. {tr('The connection to this server is not protected.')}",
                )
            row = number if profile.name == chosen else row
        self._choose_row(row)
        self._show(profiles[row] if profiles else None)

    def _show(self, profile: ServerProfile | None) -> None:
        """Let the fields be those of `profile`, or of a new server."""
        self._before, self._edited = profile, False
        self._form.show_profile(profile)
        self._show_usable()

    def _show_usable(self) -> None:
        free = self._usable and not self._busy and not self._question.asking
        self._list.setEnabled(free)
        self._new.setEnabled(free and (self._edited or self._before is not None))
        self._remove.setEnabled(free and self._before is not None)
        self._form.setEnabled(free)
        self._try.setEnabled(free)
        self._save.setEnabled(free and self._edited)
        self._discard.setEnabled(free and self._edited)

    def _checked(self) -> ServerProfile | None:
        """The server of the fields; None when something is wrong with it, which is then said."""
        draft, before = self._form.draft, self._before
        found = faults(draft, (profile.name for profile in self._profiles if profile != before))
        self._form.show_faults({name: said(words) for name, words in found.items()})
        return None if found else profile_from(draft, before)

    # -- the list --------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._tasks.run(SERVER_LANE, self._place.profiles, self._on_read, self._on_read_failed, receiver=self)

    def _do(self, work: Callable[[], tuple[ServerProfile, ...]], words: str, chosen: str) -> None:
        def done(profiles: tuple[ServerProfile, ...]) -> None:
            self._busy = self._saving = False
            self._fill(profiles, chosen)
            self._told.say("done", words)
            self._list.setFocus()
            self.changed.emit(profiles)

        self._busy = self._saving = True
        self._show_usable()
        self._tasks.run(SERVER_LANE, work, done, self._on_failed, receiver=self)

    def _ask_first(self, name: str, found: Callable[[int], None]) -> None:
        """See whose work may wait here for the server of that name, then go on."""
        self._asked_from = self.focusWidget()
        self._busy = self._saving = True
        self._show_usable()
        work = partial(self._place.people_with_work, name)
        self._tasks.run(SERVER_LANE, work, partial(self._on_people_counted, found), self._on_failed, receiver=self)

    def _ask_removal(self, before: ServerProfile, people: int) -> None:
        remove = partial(self._place.remove, before)
        words = tr("“{name}” is removed from the list.", name=before.name)
        removal = partial(self._do, remove, words, "")
        self._ask(removal_text(before.name, people), tr("Remove"), tr("Keep it"), removal)

    def _after_typing(self, go_on: Callable[[], object]) -> None:
        """Go on, and ask before that when something typed would be lost."""
        if not self._edited:
            go_on()
            return
        self._asked_from = self.focusWidget()
        self._ask(tr("What you typed is not saved."), tr("Do not save it"), tr("Go on typing"), go_on)

    def _go_to(self, row: int) -> None:
        """Show the server of a row; below 0, the fields for a new one."""
        self._told.say("", "")
        self._choose_row(row)
        self._show(self._profiles[row] if row >= 0 else None)
        if row < 0:
            self._form.focus()
        else:
            self._list.setFocus()

    def _choose_row(self, row: int) -> None:
        self._list.blockSignals(True)
        if row < 0:
            self._list.setCurrentIndex(QModelIndex())
        else:
            self._list.setCurrentRow(row)
        self._list.blockSignals(False)

    @property
    def _row(self) -> int:
        return self._profiles.index(self._before) if self._before is not None else -1

    def _put(self, profile: ServerProfile, people: int = 0) -> None:
        save = partial(
            self._do, partial(self._place.put, profile, self._before), tr("The server is saved."), profile.name
        )
        before = self._before
        if people and before is not None:
            self._ask(renaming_text(before, profile, people), tr("Save"), tr("Keep it as it was"), save)
        else:
            save()

    def _ask(self, words: str, yes: str, no: str, go_on: Callable[[], object]) -> None:
        self._question.ask(words, yes, no, go_on, self._asked_from)
        self._show_usable()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_read(self, profiles: tuple[ServerProfile, ...]) -> None:
        self._usable = True
        self._fill(profiles, self._before.name if self._before is not None else "")
        if self._note:
            self._told.say("info", self._note)
        elif not profiles:
            self._told.say("info", tr("No server is known yet. Type what your administrator gave you."))
        if profiles:
            self._list.setFocus()
        else:
            self._form.focus()

    def _on_read_failed(self, error: Exception) -> None:
        self._on_failed(error)
        self._close.setFocus()

    def _on_failed(self, error: Exception) -> None:
        self._busy = self._saving = False
        self._show_usable()
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
            return
        self._told.say("warning", error_text(error))
        if self._edited:
            self._form.focus()
        elif self._usable:
            self._list.setFocus()
            self._read()  # somebody else may have changed it

    def _on_people_counted(self, found: Callable[[int], None], people: int) -> None:
        self._busy = self._saving = False
        self._show_usable()
        found(people)

    def _on_list_row_changed(self, row: int) -> None:
        if self._edited:
            self._choose_row(self._row)  # until the question is answered
        self._after_typing(partial(self._go_to, row))

    def _on_form_edited(self) -> None:
        if not self._edited:
            self._edited = True
            self._told.say("", "")
            self._show_usable()

    def _on_new_clicked(self, *_: object) -> None:
        self._after_typing(partial(self._go_to, -1))

    def _on_discard_clicked(self, *_: object) -> None:
        self._told.say("", "")
        self._show(self._before)
        self._read()  # somebody else may have changed it

    def _on_save_clicked(self, *_: object) -> None:
        if not self._save.isEnabled():
            return
        profile, before = self._checked(), self._before
        if profile is None:
            return
        if before is not None and (profile.name != before.name or moves(profile, before)):
            self._ask_first(before.name, partial(self._put, profile))
        else:
            self._put(profile)

    def _on_remove_clicked(self, *_: object) -> None:
        if self._before is not None:
            self._ask_first(self._before.name, partial(self._ask_removal, self._before))

    def _on_try_clicked(self, *_: object) -> None:
        profile = self._checked()
        if profile is None:
            return
        self._told.say("info", tr("The server is being called …"))
        self._busy = True
        self._show_usable()
        work = partial(self._place.reach, profile)
        self._tasks.run(REACH_LANE, work, partial(self._on_reached, profile), self._on_reach_failed, receiver=self)

    def _on_reached(self, profile: ServerProfile, _: None) -> None:
        self._busy = False
        self._show_usable()
        self._told.say("done" if profile.protected else "warning", reached_text(profile))
        self._try.setFocus()

    def _on_reach_failed(self, error: Exception) -> None:
        self._busy = False
        self._show_usable()
        self._try.setFocus()
        if isinstance(error, UserError):
            self._told.say("warning", error_text(error, kept=False))
        else:
            self._tasks.error.emit(error)

    # -- Qt --------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Esc and “Close”: a question is answered with no first, and what was typed is not lost without one."""
        if self._question.asking:
            self._question.refuse()
        elif not self._saving:  # what is being written is told first
            self._after_typing(super().reject)
