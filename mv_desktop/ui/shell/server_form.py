"""The fields of one server, with what is wrong with them below each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.services.profile import ServerProfile
from mv_desktop.services.profile_draft import LONGEST_NAME, DraftField, ProfileDraft, draft_of
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_PORT_WIDTH = spacing(22)


class ServerForm(QWidget):
    """Name, address, port, database and certificates of a server.

    Signals:
        edited(): something was typed or chosen.
        submitted(): Enter, in one of the fields.
    """

    edited = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errors: dict[DraftField, SignLabel] = {}
        self._fields: dict[DraftField, QLineEdit] = {
            "name": self._field(tr("Name")),
            "host": self._field(tr("Address")),
            "port": self._field(tr("Port")),
            "database": self._field(tr("Database")),
            "ca_file": self._field(tr("Certificate authority")),
        }
        self._fields["name"].setMaxLength(LONGEST_NAME)
        self._fields["host"].setPlaceholderText("db.example.org")
        self._fields["ca_file"].setPlaceholderText(tr("Those that this computer trusts"))
        self._prove = QCheckBox(tr("Let the server prove who it is"), self)
        self._prove.toggled.connect(self._on_prove_toggled)
        self._choose = QPushButton(tr("Choose a file …"), self)
        self._choose.setAutoDefault(False)
        self._choose.clicked.connect(self._on_choose_clicked)
        self._build()
        self.show_profile(None)

    def show_profile(self, profile: ServerProfile | None) -> None:
        """Let the fields be those of `profile`, or empty for a new one."""
        draft = ProfileDraft() if profile is None else draft_of(profile)
        for name, field in self._fields.items():
            field.setText(getattr(draft, name))
            field.setCursorPosition(0)
        self._prove.setChecked(False)
        # what is weaker stands in the file only; here it can be made stronger, never weaker
        self._prove.setVisible(profile is not None and not profile.protected)
        self.show_faults({})

    @property
    def draft(self) -> ProfileDraft:
        """What stands in the fields."""
        texts = {name: field.text() for name, field in self._fields.items()}
        return ProfileDraft(**texts, prove=self._prove.isChecked())

    def show_faults(self, faults: Mapping[DraftField, str]) -> None:
        """Say what is wrong, in the language spoken, below its field; the first one gets the focus."""
        for name, label in self._errors.items():
            words = faults.get(name, "")
            label.say("warning" if words else "", words)
            label.setVisible(bool(words))
            self._fields[name].setAccessibleDescription(words)
        if faults:
            self.focus(next(iter(faults)))

    def focus(self, name: DraftField = "name") -> None:
        """Go to a field."""
        self._fields[name].setFocus()
        self._fields[name].selectAll()

    # -- construction ----------------------------------------------------------------------------------------

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setAccessibleName(name)
        field.setMinimumHeight(spacing(8))
        field.textEdited.connect(self._on_field_edited)
        field.returnPressed.connect(self.submitted)
        return field

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        self._add(column, "name", self._fields["name"])
        self._fields["port"].setFixedWidth(_PORT_WIDTH)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        address = QVBoxLayout()
        address.setSpacing(spacing(1))
        address.addWidget(self._label("host"))
        address.addWidget(self._fields["host"])
        port = QVBoxLayout()
        port.setSpacing(spacing(1))
        port.addWidget(self._label("port"))
        port.addWidget(self._fields["port"])
        row.addLayout(address, 1)
        row.addLayout(port)
        column.addLayout(row)
        column.addWidget(self._error("host"))
        column.addWidget(self._error("port"))
        column.addSpacing(spacing(2))
        self._add(column, "database", self._fields["database"])
        authority = QHBoxLayout()
        authority.setSpacing(spacing(2))
        authority.addWidget(self._fields["ca_file"], 1)
        authority.addWidget(self._choose)
        column.addWidget(self._label("ca_file"))
        column.addLayout(authority)
        note = ToneLabel(
            tr("By it the server proves who it is. Leave it empty unless you were given such a file."),
            "muted",
            self,
        )
        note.setWordWrap(True)
        note.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        column.addWidget(note)
        column.addWidget(self._error("ca_file"))
        column.addWidget(self._prove)
        column.addStretch(1)

    def _add(self, column: QVBoxLayout, name: DraftField, field: QWidget) -> None:
        column.addWidget(self._label(name))
        column.addWidget(field)
        column.addWidget(self._error(name))
        column.addSpacing(spacing(2))

    def _label(self, name: DraftField) -> QLabel:
        label = QLabel(self._fields[name].accessibleName(), self)
        label.setBuddy(self._fields[name])
        return label

    def _error(self, name: DraftField) -> SignLabel:
        self._errors[name] = SignLabel(self)
        self._errors[name].hide()
        return self._errors[name]

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_field_edited(self, _text: str) -> None:
        self.edited.emit()

    def _on_prove_toggled(self, _on: bool) -> None:  # noqa: FBT001 - Qt's signature
        self.edited.emit()

    def _on_choose_clicked(self, *_: object) -> None:
        dialog = QFileDialog(self, tr("Certificate authority"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Certificates") + " (*.pem *.crt *.cer)", tr("All files") + " (*)"])
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.open()

    def _on_dialog_file_selected(self, path: str) -> None:
        self._fields["ca_file"].setText(path)
        self.edited.emit()
