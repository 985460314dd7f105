"""Two versions of a question side by side, as they look and as they are written, and an old one put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from html import escape
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.errors import UserError
from mv_desktop.domain.question_draft import QuestionDraft
from mv_desktop.domain.question_version import Compared, Kept, Piece, QuestionVersion, compared, marked
from mv_desktop.ui.admin.question_picture import picture_text
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import OFFICE_WORK_LANE
from mv_desktop.ui.canvas.picture_strip import PictureItem, PictureLook, PictureStrip
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.math_label import MathLabel
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_TYPESET = frozenset(
    (
        *("question_text", "choices", "answer", "solution", "steps"),
        *("or_text", "or_answer", "or_solution", "or_steps"),
    )
)


class VersionPlace(Protocol):
    """As `offline.office.question_history.QuestionHistory`."""

    def versions(self, question: UUID) -> Sequence[QuestionVersion]:
        """All there were, the newest first."""
        ...


class VersionWindow(RecordWindow):
    """The older one stands on the left.

    Args:
        pictures: reads a picture of the question at its place, not on the GUI thread; None where none are shown.
        labels: what the fields are called, by name, in English.
        typed: what stands in the form's fields for a draft.
        zone: the school's.

    Attributes:
        older, newer: which versions are looked at.
        shown: what is compared, in the order of the screen.
        only: hides what is the same in both.
        told: what is said of both.
        back: puts the older one into the form.
    """

    def __init__(
        self,
        place: VersionPlace,
        question: UUID,
        name: str,
        labels: Mapping[str, str],
        typed: Callable[[QuestionDraft], Mapping[str, str]],
        tasks: Tasks,
        zone: tzinfo,
        pictures: PictureLook | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._labels, self._typed, self._tasks, self._zone = labels, typed, tasks, zone
        self._versions: Sequence[QuestionVersion] = ()
        self._press = FormulaPress(tasks)
        self.shown: tuple[Compared, ...] = ()
        self.setWindowTitle(tr("Versions of a question"))
        self.resize(spacing(240), spacing(160))
        self.older, self.newer = QComboBox(self), QComboBox(self)
        self.older.setAccessibleName(tr("Older version"))
        self.newer.setAccessibleName(tr("Newer version"))
        self.only = QCheckBox(tr("Only what differs"), self)
        self.told = SignLabel(self)
        self.back = QPushButton(tr("Put the older one into the form"), self)
        self._close = QPushButton(tr("Close"), self)
        self._area = QScrollArea(self)
        self._pictures = pictures
        self._build(name)
        for box in (self.older, self.newer):
            box.activated.connect(self._on_box_activated)
        self.only.toggled.connect(self._on_only_toggled)
        self.back.clicked.connect(self._on_back_clicked)
        self._close.clicked.connect(self.reject)
        self.told.say("info", tr("The record is being read …"))
        tasks.run(
            OFFICE_WORK_LANE, partial(place.versions, question), self._on_versions, self._on_failed, receiver=self
        )

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self, name: str) -> None:
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setAccessibleName(tr("Both versions"))
        self._area.setProperty("ring", "true")
        head = QHBoxLayout()
        head.setSpacing(spacing(2))
        head.addWidget(self.older, 1)
        head.addWidget(self.newer, 1)
        head.addWidget(self.only)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        column.addWidget(ElidedLabel(name, "text", self, strong=True))
        column.addLayout(head)
        column.addWidget(self.told)
        column.addWidget(self._area, 1)
        column.addLayout(foot)
        self.back.setEnabled(False)
        self.back.setAutoDefault(False)

    def _compare(self) -> None:
        """Beside the window: long solutions take a moment."""
        before, after = self._chosen(self.older), self._chosen(self.newer)
        self.back.setEnabled(before is not self._versions[0])
        work = partial(compared, before.draft, after.draft)
        self._tasks.run(OFFICE_WORK_LANE, work, self._on_compared, self._on_failed, receiver=self)

    def _chosen(self, box: QComboBox) -> QuestionVersion:
        return self._versions[int(box.currentData())]

    def _show(self) -> None:
        body = QWidget(self._area)
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, spacing(2), 0)
        grid.setHorizontalSpacing(spacing(4))
        grid.setVerticalSpacing(spacing(2))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for one in self.shown:
            if self.only.isChecked() and not one.differs:
                continue
            row = grid.rowCount()
            label = tr(self._labels.get(one.field, one.field))
            head = ToneLabel(f"≠ {label}" if one.differs else label, parent=body, strong=one.differs)
            head.setWordWrap(True)
            grid.addWidget(head, row, 0, Qt.AlignmentFlag.AlignTop)
            for column, pieces in enumerate((one.before, one.after), 1):
                side = (
                    self._pictures_of(self.older if column == 1 else self.newer, body)
                    if one.field == "pictures"
                    else _side(one, pieces, self._press, body)
                )
                grid.addWidget(side, row, column, Qt.AlignmentFlag.AlignTop)
        grid.setColumnMinimumWidth(0, spacing(26))
        grid.setRowStretch(grid.rowCount(), 1)
        self._area.setWidget(body)  # the one before is deleted by it

    def _pictures_of(self, box: QComboBox, parent: QWidget) -> QWidget:
        """A version's pictures; what differs from those of the other one is marked."""
        pictures = self._chosen(box).draft.pictures
        others = self._chosen(self.newer if box is self.older else self.older).draft.pictures
        if not pictures:
            return QLabel("–", parent)
        strip = PictureStrip(self._tasks, parent)
        strip.look_by(self._pictures)
        strip.show_items([
            PictureItem(place, _marked_name(slot, others.get(slot, ""), place)) for slot, place in pictures.items()
        ])  # fmt: skip
        return strip

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_versions(self, versions: Sequence[QuestionVersion]) -> None:
        self._versions = versions
        for place, version in enumerate(versions):
            for box in (self.older, self.newer):
                box.addItem(_name(version, self._zone), place)
        self.older.setCurrentIndex(min(1, len(versions) - 1))
        if len(versions) < 2:
            self.told.say("info", tr("There is one version only."))
        self._compare()

    def _on_compared(self, found: tuple[Compared, ...]) -> None:
        self.shown = found
        differing = [tr(self._labels.get(one.field, one.field)) for one in found if one.differs]
        if len(self._versions) > 1:
            words = (
                tr("They differ in: {fields}.", fields=", ".join(differing)) if differing else tr("Both are the same.")
            )
            self.told.say("info", words)
        self._show()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.told.say("warning", said(error.message))
        else:
            self._tasks.error.emit(error)

    def _on_box_activated(self, _index: int) -> None:
        self._compare()

    def _on_only_toggled(self, _checked: bool) -> None:  # noqa: FBT001
        self._show()

    def _on_back_clicked(self) -> None:
        self.put_back_wanted.emit(self._typed(self._chosen(self.older).draft))
        self.accept()


def _marked_name(slot: str, other: str, place: str) -> str:
    """What a picture is called, and whether the other version has it, another one, or none."""
    name = picture_text(slot)
    if other == place:
        return name
    return f"≠ {name}" if other else f"≠ {name} · {tr('only on this side')}"


def _name(version: QuestionVersion, zone: tzinfo) -> str:
    if version.replaced_at is None:
        name = tr("Version {number}, as it is now", number=version.version)
    else:
        until = f"{version.replaced_at.astimezone(zone):%Y-%m-%d %H:%M}"
        name = tr("Version {number}, until {moment}", number=version.version, moment=until)
    return f"{name} · {tr('proposed by {name}', name=version.proposed_by)}" if version.proposed_by else name


def _side(one: Compared, pieces: Sequence[Piece], press: FormulaPress, parent: QWidget) -> QWidget:
    """A field of one side: as it looks, and where it differs as it is written, that struck out or underlined."""
    side = QWidget(parent)
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing(1))
    words = "".join(piece.text for piece in pieces)
    if one.field in _TYPESET and words:
        column.addWidget(MathLabel(press, words, side))
    if one.differs or one.field not in _TYPESET:
        written = QLabel(_written(pieces) if words else "–", side)
        written.setTextFormat(Qt.TextFormat.RichText)
        written.setWordWrap(True)
        written.setAlignment(Qt.AlignmentFlag.AlignTop)
        written.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        written.setAccessibleName(marked(pieces))
        column.addWidget(written)
    return side


def _written(pieces: Sequence[Piece]) -> str:
    colors = current_theme().colors
    forms = {
        Kept.SAME: "{}",
        Kept.GONE: f'<s style="color:{colors.danger}">{{}}</s>',
        Kept.NEW: f'<b><u style="color:{colors.done}">{{}}</u></b>',
    }
    return "".join(forms[piece.kept].format(escape(piece.text)) for piece in pieces).replace("\n", "<br>")
