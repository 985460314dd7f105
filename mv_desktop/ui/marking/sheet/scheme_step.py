"""One step of a marking scheme: what earns marks, how many, and whether they are given."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from mv_desktop.domain.marks import ZERO, format_marks
from mv_desktop.domain.question import SchemeStep
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole, current_theme, spacing
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.math_label import MathLabel
from mv_desktop.ui.widgets.math_text import plain
from mv_desktop.ui.widgets.steady_label import SteadyLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_ICON = 16


class StepRow(QWidget):
    """A step with a button that gives it or takes it back; a click on its marks does it, too.

    Args:
        number: of the step, from 1.
        press: typesets the formulas.

    Signals:
        chosen(int): the step of that number is to be given or taken back.
    """

    chosen = Signal(int)

    def __init__(self, number: int, press: FormulaPress, parent: QWidget) -> None:
        super().__init__(parent)
        self._number = number
        self._step: SchemeStep | None = None
        self._given: Decimal | None = None
        self._key = ""
        self._place = Qt.AlignmentFlag.AlignTop
        self._seen: tuple[SchemeStep, Decimal | None, str] | None = None
        self._button = QToolButton(self)
        self._button.setCheckable(True)
        self._button.setIconSize(QSize(_ICON, _ICON))
        self._button.setFixedSize(spacing(6), spacing(6))
        self._button.clicked.connect(self._on_button_clicked)
        self._part = ToneLabel("", "muted", self)
        self._words = MathLabel(press, parent=self, tall=True)
        self._marks = SteadyLabel("text", self)
        self._part.setTextFormat(Qt.TextFormat.PlainText)
        self._keep_room()
        self._marks.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(2))
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._part, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._marks, 0, Qt.AlignmentFlag.AlignTop)
        self._words.reshaped.connect(self._align)

    @property
    def button(self) -> QToolButton:
        """What gives the step or takes it back."""
        return self._button

    @property
    def text(self) -> str:
        """The step in one line."""
        return " ".join(part for part in (self._part.text(), self._words.text, self._marks.text()) if part)

    @property
    def earned(self) -> bool:
        """Something is given for it."""
        return self._button.isChecked()

    def show_step(self, step: SchemeStep, *, begins_part: bool) -> None:
        """Let it be `step`, with the name of its sub-part when that begins with it; `show_given` follows."""
        self._step = step
        self._part.setText(f"({step.part})" if step.part and begins_part else "")
        self._part.setVisible(bool(step.part))
        self._words.set_text(step.text)

    def show_given(self, given: Decimal | None, *, editable: bool, key: str) -> None:
        """Show what the stamps gave for it, None while none stands for it; `key` gives it from the keyboard."""
        self._given, self._key = given, key
        self._button.setEnabled(editable)
        self._show()

    # -- private ---------------------------------------------------------------------------------------------

    def _keep_room(self) -> None:
        """The words of all steps begin and end at the same place, whatever stands beside them."""
        for label, longest in ((self._part, "(iii)"), (self._marks, "1½/1½")):
            label.setMinimumWidth(self.fontMetrics().horizontalAdvance(longest))  # both are written in its font

    def _align(self) -> None:
        """Beside one line, all in its middle, however high a formula makes it; beside several, at the first of them."""
        place = Qt.AlignmentFlag.AlignTop if self._words.lines > 1 else Qt.AlignmentFlag.AlignVCenter
        row = self.layout()
        if row is not None and place != self._place:
            self._place = place
            for part in (self._button, self._part, self._words, self._marks):
                row.setAlignment(part, place)

    def _show(self) -> None:
        if self._step is None or self._seen == (self._step, self._given, self._key):
            return
        self._seen = (self._step, self._given, self._key)
        possible, given = self._step.marks, self._given
        earned = given is not None and given > ZERO
        self._button.setChecked(earned)
        before = "" if given is None else f"{format_marks(given)}/"
        self._marks.setText(f"{before}{format_marks(possible)}")
        self._marks.set_tone("text" if given is None or given == possible else "soon")
        self._dress()
        part = tr("part {part}", part=self._step.part) if self._step.part else ""
        state = tr("{given} given", given=format_marks(given)) if given is not None else tr("not given yet")
        named = (tr("Step {number}", number=self._number), part, plain(self._step.text), marks_text(possible), state)
        self._button.setAccessibleName(", ".join(piece for piece in named if piece))
        does = tr("Take the tick for this step away") if earned else tr("Give this step")
        self._button.setToolTip(f"{does}  ({self._key})" if self._key else does)

    def _dress(self) -> None:
        """The step's number while nothing stands for it, and then what does."""
        given = self._given
        if given is None or self._step is None:
            self._button.setIcon(QIcon())
            self._button.setText(str(self._number))
            return
        names: tuple[str, ColorRole] = ("stamp-tick", "done")
        if given <= ZERO:
            names = ("stamp-cross", "danger")
        elif given < self._step.marks:
            names = ("stamp-half", "soon")
        theme = current_theme()
        role: ColorRole = "on_accent" if theme.name == "contrast" and given > ZERO else names[1]
        self._button.setText("")
        self._button.setIcon(QIcon(theme.pixmap(names[0], _ICON, role, self.devicePixelRatioF())))

    def _on_button_clicked(self) -> None:
        self._button.setChecked(self._given is not None and self._given > ZERO)  # the stamps say, not the click
        self.chosen.emit(self._number)

    # -- Qt --------------------------------------------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside and self._button.isEnabled():
            self.chosen.emit(self._number)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_marks"):
            self._keep_room()
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange} and hasattr(self, "_marks"):
            self._dress()


def marks_text(marks: Decimal) -> str:
    """As a teacher says it: "1 mark", "2½ marks"."""
    return tr_count("{marks} mark", "{marks} marks", 1 if marks <= 1 else 2, marks=format_marks(marks))
