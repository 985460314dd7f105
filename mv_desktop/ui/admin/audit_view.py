"""One entry of the audit log: when, who, to what and why, and what it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.domain.audit_entry import AuditEntry
from mv_desktop.domain.record_name import is_id
from mv_desktop.ui.admin.audit_words import ROLES, about_text, event_text, list_text
from mv_desktop.ui.admin.choice_words import reason_text
from mv_desktop.ui.admin.column_words import column_text
from mv_desktop.ui.admin.difference_table import DifferenceTable
from mv_desktop.ui.admin.export_words import filter_texts, format_text
from mv_desktop.ui.admin.name_words import name_text, name_texts
from mv_desktop.ui.admin.setting_field import SETTING_FIELDS
from mv_desktop.ui.admin.value_words import Said, ValueWords
from mv_desktop.ui.admin.whole_value import WholeValue
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_FACTS = ("When", "Who", "To what", "Why", "Signed in as", "From the address", "With the program", "Entry")
_BESIDES = ("Besides", "Value")
_LABEL = 30
"""The room of a label, in steps of the grid."""
_WORDS: Mapping[str, Callable[[str], str]] = {"format": format_text, "subject": list_text}
"""What says the values of these."""


class AuditView(QScrollArea):
    """Beside the list.

    Args:
        zone: the school's.

    Attributes:
        differences: each value before and after.
    """

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone, self._words = zone, ValueWords(zone)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget(self)
        self._heading = ElidedLabel("", "text", body, strong=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(spacing(3))
        grid.setVerticalSpacing(spacing(1))
        grid.setColumnMinimumWidth(0, spacing(_LABEL))
        grid.setColumnStretch(1, 1)
        self._facts: dict[str, tuple[ToneLabel, QLabel]] = {}
        for row, name in enumerate(_FACTS):
            label, value = ToneLabel(tr(name), "muted", body), QLabel(body)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
            self._facts[name] = (label, value)
        self._sealed = SignLabel(body)
        self.differences = DifferenceTable({}, self._told, body)
        self._rest = FactTable(tr("What else the entry says"), _BESIDES, 1, body)
        self._rest_told: dict[str, Said] = {}
        self._whole = WholeValue(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(spacing(3), 0, spacing(1), 0)
        column.setSpacing(spacing(2))
        column.addWidget(self._heading)
        column.addLayout(grid)
        column.addWidget(self._sealed)
        column.addWidget(self.differences)
        column.addWidget(self._rest)
        column.addWidget(self._whole)
        column.addStretch(1)
        self.setWidget(body)
        self._rest.row_selected.connect(self._on_rest_row_selected)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """What was done."""
        return self._heading.text()

    @property
    def facts(self) -> dict[str, str]:
        """What is said, by its English name; what is not known is left out."""
        return {name: value.text() for name, (_, value) in self._facts.items() if value.text()}

    @property
    def whole_text(self) -> str:
        """All of what the selected row of what else the entry says has no room for, and its ids; "" for nothing."""
        return self._whole.text

    def show_row(self, entry: AuditEntry | None) -> None:
        """Show this one."""
        if entry is None:
            return
        names = {key: entry.names[key] for key in entry.keys if key in entry.names}
        self._words = ValueWords(self._zone, name_texts(names, self._zone), entry.kind)
        self._heading.setText(event_text(entry.event))
        who = entry.by or tr("A program")
        role = tr(ROLES[entry.role]) if entry.role in ROLES else entry.role
        about = self._about(entry)
        record = "" if entry.kind == "export" or entry.record in {"", about} else entry.record
        told = (
            f"{entry.at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}",
            f"{who} ({role})" if role else who,
            "\n".join(filter(None, (about, record))),
            *(reason_text(entry.event, entry.reason), entry.login, entry.address, entry.program),
            f"{entry.number:,}",
        )
        for (label, value), words in zip(self._facts.values(), told, strict=True):
            value.setText(words)
            label.setVisible(bool(words))
            value.setVisible(bool(words))
        sealed = tr("Sealed: a change of it would be found out.") if entry.sealed else tr("Not sealed yet.")
        self._sealed.say("done" if entry.sealed else "info", sealed)
        self.differences.show_differences(entry.differences, entry.hidden)
        self.differences.values.setVisible(bool(entry.differences))
        rest = list(self._besides(entry))
        self._rest_told = {key: told for key, _, told in rest}
        self._rest.show_rows([TableRow(key, (Cell(name), Cell(told.line, tip=told.whole))) for key, name, told in rest])
        self._rest.setVisible(bool(entry.rest))
        self._tell_whole()

    def take_focus(self) -> None:
        """The keyboard is at what it did."""
        (self.differences.values if self.differences.values.isVisibleTo(self) else self._rest).setFocus()

    # -- private ---------------------------------------------------------------------------------------------

    def _about(self, entry: AuditEntry) -> str:
        if entry.kind == "setting" and entry.record in SETTING_FIELDS:
            return tr(SETTING_FIELDS[entry.record][1].label)
        name = entry.names.get(entry.record)
        return about_text(entry) if name is None else name_text(name, self._zone)

    def _besides(self, entry: AuditEntry) -> Iterator[tuple[str, str, Said]]:
        """What else it says: a name that is its own, what that is called, and what is said of the value."""
        for name, value in sorted(entry.rest, key=lambda one: one[0] == "after"):  # not above what was before
            if name == "filters" and isinstance(value, dict) and value:
                for one, called, chosen in filter_texts(entry.record, value):
                    told = self._words.told(one, value[one]) if is_id(value[one]) else Said(chosen, chosen)
                    yield f"{name}.{one}", tr("Filter: {name}", name=called), told
            else:
                yield name, column_text(name), self._told(name, value)

    def _told(self, column: str, value: object) -> Said:
        if column in _WORDS and isinstance(value, str):
            words = _WORDS[column](value)
            return Said(words, words)
        return self._words.told(column, value)

    def _tell_whole(self) -> None:
        told = self._rest_told.get(str(self._rest.selected))
        self._whole.show_values([] if told is None else [("", told)])

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_rest_row_selected(self, _key: object) -> None:
        self._tell_whole()
