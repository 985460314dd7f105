"""A form: fields below one another, what is wrong beside each as one types, and what somebody changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCompleter, QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QWidget

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.record import Fault
from mv_desktop.ui.admin.editor import Editor
from mv_desktop.ui.admin.field import Field, Kind, rows_of
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_LABEL = 34
"""The room of a label, in steps of the grid; longer ones have a second line."""


class Form(QScrollArea):
    """Shows a draft (a frozen dataclass with an attribute for each field) and gives it back as it was made.

    What cannot be read stays as it was typed, until it can.

    Args:
        fields: in the order of the screen.
        faults: what is wrong with a draft.
        choices_of: what can be chosen in fields that are `offered`, as a draft stands.
        idle: the fields that do not apply as a draft stands; they are hidden while nothing stands in them.
        tail: stands below the fields.

    Signals:
        changed(): something else was typed.
        shown(): something else stands in the fields, whoever wrote it.
    """

    changed = Signal()
    shown = Signal()

    def __init__(
        self,
        fields: Sequence[Field],
        faults: Callable[[Any], Sequence[Fault]],
        parent: QWidget | None = None,
        *,
        choices_of: Callable[[Any], Mapping[str, Sequence[tuple[str, str]]]] | None = None,
        idle: Callable[[Any], frozenset[str]] | None = None,
        tail: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._idle = idle
        self._beside: dict[str, tuple[QWidget, ...]] = {}
        self._tail, self._choices_of = tail, choices_of
        self._fields, self._faults_of = {field.name: field for field in fields}, faults
        self._base: Any = None
        self._was: dict[str, str] = {}
        self._tried = False
        self._meanwhile: dict[str, str] = {}
        self._editors: dict[str, Editor] = {}
        self._notes: dict[str, SignLabel] = {}
        self._whole = SignLabel(self)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._build()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields, by name."""
        return {name: editor.typed for name, editor in self._editors.items()}

    @property
    def differs(self) -> bool:
        """Something stands otherwise than in what was shown."""
        return self.typed != self._was

    @property
    def typing(self) -> bool:
        """Something is being typed that no field has yet."""
        return any(editor.typing for editor in self._editors.values())

    @property
    def mine(self) -> dict[str, str]:
        """Only what stands otherwise than in what was shown: the others may be changed by somebody meanwhile."""
        return {name: words for name, words in self.typed.items() if words != self._was.get(name)}

    @property
    def draft(self) -> Any | None:  # noqa: ANN401
        """As it stands, where nothing is wrong with it; nothing is said."""
        draft, faults = self._look()
        return None if faults else draft

    @property
    def seen(self) -> Any | None:  # noqa: ANN401
        """As it stands, whatever is wrong with it; what cannot be read is as it was. None before one is shown."""
        return None if self._base is None else self._look()[0]

    @property
    def faults(self) -> dict[str, str]:
        """What is said beside each field, by name; that of all of it under ""."""
        found = {name: note.text for name, note in self._notes.items() if note.text and self._is_fault(name)}
        return found | ({"": self._whole.text} if self._whole.text else {})

    def editor(self, name: str) -> Editor:
        """Where a field is typed."""
        return self._editors[name]

    def ask_for(self, fields: Sequence[Field]) -> None:
        """Have these fields from now on; what stood in others is gone."""
        if list(self._fields.values()) == list(fields):
            return
        self._fields = {field.name: field for field in fields}
        self._base, self._was, self._meanwhile = None, {}, {}
        self._editors, self._notes, self._beside, self._whole = {}, {}, {}, SignLabel(self)
        self._build()

    def suggest(self, words: Mapping[str, Sequence[str]]) -> None:
        """Offer these while one types into the fields of these names."""
        for name, offered in words.items():
            control = self._editors[name].control
            if isinstance(control, QLineEdit) and control.completer() is None and offered:
                completer = QCompleter(list(offered), control)
                completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
                completer.setFilterMode(Qt.MatchFlag.MatchContains)
                control.setCompleter(completer)

    def show_draft(self, draft: Any, *, new: bool) -> None:  # noqa: ANN401 - a dataclass of the subject's own
        """Show this, and nothing of before."""
        self._base, self._tried, self._meanwhile = draft, False, {}
        self._was = {name: field.typed(getattr(draft, name)) for name, field in self._fields.items()}
        self._write(self._was)
        self._was = self.typed  # as the editors have it: a choice without such a value shows another one
        for name, field in self._fields.items():
            self._editors[name].control.setEnabled(new or not field.made_only)
        self._say()

    def renew(self, fields: Sequence[Field], draft: Any) -> None:  # noqa: ANN401
        """Show this in these fields; the keyboard, the cursors and what is in sight stay as they are."""
        places = {name: editor.place for name, editor in self._editors.items()}
        focused = next((name for name, editor in self._editors.items() if editor.control.hasFocus()), None)
        scrolled = self.verticalScrollBar().value()
        self.ask_for(fields)
        self.show_draft(draft, new=False)
        for name, editor in self._editors.items():
            if name in places:
                editor.go_to(places[name])
        if focused in self._editors and not self._editors[focused].control.hasFocus():
            self._editors[focused].setFocus()  # the fields are others than before
        self.verticalScrollBar().setValue(scrolled)

    def type_again(self, typed: Mapping[str, str]) -> None:
        """Let stand in the fields what was typed before."""
        self._write({name: words for name, words in typed.items() if name in self._editors})
        self._say()

    def merge(self, draft: Any, by: str) -> None:  # noqa: ANN401
        """Somebody has changed it: what was not touched here becomes as it is now, what was stays, and is told."""
        kept, was = self.mine, self._was
        theirs = {name: field.typed(getattr(draft, name)) for name, field in self._fields.items()}
        self.show_draft(draft, new=False)
        who = by or tr("Somebody else")
        self._meanwhile = {
            name: tr("{name} made it “{value}” meanwhile.", name=who, value=self._told(name, theirs[name]))
            for name, words in kept.items()
            if theirs[name] not in {was.get(name), words}
        }
        self._write(kept)
        self._say()

    def read(self) -> Any | None:  # noqa: ANN401
        """The draft as it stands; None where something is wrong: it is said, and its first field gets the keyboard."""
        self._tried = True
        draft, faults = self._look()
        self._say()
        if not faults:
            return draft
        first = next((name for name in self._editors if name in faults), None)
        if first is not None:
            self._editors[first].setFocus()
            self.ensureWidgetVisible(self._editors[first])
        return None

    def enter(self) -> None:
        """Give the keyboard to the first field that can be changed."""
        for editor in self._editors.values():
            if editor.control.isEnabled() and not editor.isHidden():
                editor.setFocus()
                return

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        body = QWidget(self)
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, spacing(3), spacing(3))
        grid.setHorizontalSpacing(spacing(3))
        grid.setVerticalSpacing(spacing(1))
        grid.setColumnMinimumWidth(0, spacing(_LABEL))
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._whole, 0, 0, 1, 2)
        for name, field in self._fields.items():
            editor = self._editors[name] = Editor(field, body)
            note = self._notes[name] = SignLabel(body)
            row = grid.rowCount()
            if field.section:
                heading = ToneLabel(tr(field.section), parent=body, strong=True)
                heading.setContentsMargins(0, spacing(3), 0, spacing(1))
                grid.addWidget(heading, row, 0, 1, 2)
                row += 1
                self._beside[name] = (heading,)
            if field.kind in {Kind.ROWS, Kind.PICTURES}:  # as wide as there is room, under its heading
                grid.addWidget(editor, row, 0, 1, 2)
                grid.addWidget(note, row + 1, 0, 1, 2)
                editor.changed.connect(self._on_editor_changed)
                continue
            if field.kind is not Kind.SWITCH:  # its words stand beside it
                label = QLabel(tr(field.label), body)
                label.setBuddy(editor.control)
                label.setWordWrap(True)
                label.setMinimumHeight(spacing(8))
                grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
                self._beside[name] = (*self._beside.get(name, ()), label)
            grid.addWidget(editor, row, 1)
            grid.addWidget(note, row + 1, 1)
            editor.changed.connect(self._on_editor_changed)
        if self._tail is not None:
            grid.addWidget(self._tail, grid.rowCount(), 0, 1, 2)
        grid.setRowStretch(grid.rowCount(), 1)
        self.setWidget(body)  # the one before is deleted by it

    def _write(self, typed: Mapping[str, str]) -> None:
        for name, words in typed.items():
            self._editors[name].write(words)

    def _look(self) -> tuple[Any, dict[str, str]]:
        """The draft, and what is wrong by field; what cannot be read is as it was."""
        values, wrong = {}, {}
        for name, field in self._fields.items():
            if field.read_only:
                continue
            try:
                typed = self._editors[name].typed
                read = field.read(typed)
                # what nobody touched stays to the letter: a control shows ends of lines and hard spaces as its own
                values[name] = (
                    getattr(self._base, name) if field.kind is Kind.LINES and typed == self._was.get(name) else read
                )
            except InvalidError as error:
                wrong[name] = said(str(error))
        draft = replace(self._base, **values)
        for fault in self._faults_of(draft):
            wrong.setdefault(fault.field, said(fault.message))
        return draft, wrong

    def _say(self) -> None:
        if self._base is None:
            return
        draft, wrong = self._look()
        for name, choices in (self._choices_of(draft) if self._choices_of is not None else {}).items():
            self._editors[name].offer(choices)
        idle = frozenset() if self._idle is None else self._idle(draft)
        for name, note in self._notes.items():
            field, touched = self._fields[name], self._editors[name].typed != self._was.get(name)
            fault = wrong.get(name, "") if touched or self._tried else ""
            words = fault or self._meanwhile.get(name, "") or _hint(field)
            note.say("warning" if fault or name in self._meanwhile else "info" if words else "", words)
            applies = name not in idle or bool(self._editors[name].typed) or bool(fault)
            for part in (self._editors[name], *self._beside.get(name, ())):
                part.setVisible(applies)
            note.setVisible(bool(words) and applies)
            self._editors[name].describe(words)
        whole = wrong.get("", "")
        self._whole.say("warning" if whole else "", whole)
        self._whole.setVisible(bool(whole))
        self.shown.emit()

    def _is_fault(self, name: str) -> bool:
        return self._notes[name].text != _hint(self._fields[name])

    def _told(self, name: str, typed: str) -> str:
        field = self._fields[name]
        if field.kind is Kind.ROWS:
            return tr_count("{count} row", "{count} rows", len(rows_of(typed)))
        if field.kind is Kind.PICTURES:
            return tr_count("{count} picture", "{count} pictures", len(json.loads(typed or "{}")))
        if field.kind is Kind.SWITCH:
            return tr("yes") if typed else tr("no")
        return next((tr(words) for value, words in field.choices if str(value) == typed), typed) or "–"

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_editor_changed(self) -> None:
        self._say()
        self.changed.emit()

    # -- Qt --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is said above it or below takes room of its own: where one types, the lower edge stays in sight."""
        focused = next((one.control for one in self._editors.values() if one.control.hasFocus()), None)
        end = 0 if focused is None else focused.mapTo(self.viewport(), focused.rect().bottomLeft()).y()
        super().resizeEvent(event)
        if event.size().height() <= end < event.oldSize().height():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + end + 1 - event.size().height())


def _hint(field: Field) -> str:
    """What a field is for, between what it lies and what it is by default, in the language spoken."""
    parts = [tr(field.help)] if field.help else []
    if field.limits is not None:
        parts.append(tr("Between {low} and {high}.", low=field.limits[0], high=field.limits[1]))
    if field.default:
        parts.append(tr("By default: {value}.", value=field.default))
    return " ".join(parts)
