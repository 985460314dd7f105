"""The strip below the pages: stamps, what a tick carries, undo, zoom, and what is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from mv_desktop.domain.annotation.belonging import Belonging
from mv_desktop.domain.annotation.shape import StampName
from mv_desktop.domain.marks import STEP, format_marks
from mv_desktop.domain.stamping import Carried
from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.marking.session import SaveState
from mv_desktop.ui.marking.sheet.sheet_row import question_name
from mv_desktop.ui.marking.tool.tool_icon import pressed_icon
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.fitting_label import FittingLabel
from mv_desktop.ui.widgets.rule_line import rule_line

_STAMP_WORDS: dict[StampName, str] = {
    "tick": "Tick",
    "cross": "Cross",
    "half": "Half",
    "circle": "Circle",
    "star": "Star",
}
_VALUES: tuple[Decimal | None, ...] = (None, *(STEP * n for n in range(1, 13)))
"""What a tick can carry; None is what the scheme has next, and is what one begins with."""
_SIGN = 16  # pixels
_NAMED = 2
"""So many questions of what is selected are named below the pages; all of them in the tool tip."""
_VALUE_COMMANDS = ("marking.tick_less", "marking.tick_more")


class ToolStrip(QWidget):
    """Buttons for what keys do, too.

    Args:
        stamps: the stamps in the order of the setting `evaluation_ui_stamps`.
        actions: the screen's actions by command, for undo, redo, zoom and turning.

    Signals:
        stamp_chosen(StampName): a stamp was taken in hand.
        value_chosen(Decimal | None): what a tick carries from now on; None is what the scheme has next.
        left(): a value was chosen in the list; the keys belong to the page again.
    """

    stamp_chosen = Signal(str)
    value_chosen = Signal(object)
    left = Signal()

    def __init__(self, stamps: Sequence[StampName], actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        keep_clear(self)
        self._buttons: dict[QToolButton, str] = {}
        self._tools = QButtonGroup(self)
        self._tools.setExclusive(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(spacing(2), spacing(1), spacing(2), spacing(1))
        row.setSpacing(spacing(1))
        self._stamps: dict[str, QToolButton] = {}
        for stamp in stamps:
            button = self._button(f"stamp-{stamp}", tr(_STAMP_WORDS[stamp]), actions.get(f"marking.stamp.{stamp}"))
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, name=stamp: self.stamp_chosen.emit(name))
            self._tools.addButton(button)
            self._stamps[stamp] = button
            row.addWidget(button)
        row.addWidget(self._value_box(actions))
        self._target = FittingLabel(self, least=f"+5½ → {tr('Q')}30 (b)")
        row.addWidget(self._target, 1)
        rule = rule_line(self, Qt.Orientation.Vertical)
        undo, redo, turn = (self._acting(name, actions[f"marking.{name}"]) for name in ("undo", "redo", "rotate"))
        row.addWidget(rule)
        for button in (undo, redo, turn):
            row.addWidget(button)
        zooming: list[QWidget] = [rule_line(self, Qt.Orientation.Vertical)]
        for icon, command in (("zoom-out", "zoom_out"), ("zoom-in", "zoom_in"), ("fit-width", "fit_width"),
                              ("fit-page", "fit_page")):  # fmt: skip
            zooming.append(self._acting(icon, actions[f"marking.{command}"]))
        for widget in zooming:
            row.addWidget(widget)
        self._zoom = FittingLabel(self, least="800 %")
        self.show_zoom(1.0)
        row.addWidget(self._zoom)
        self._saved_rule = rule_line(self, Qt.Orientation.Vertical)
        row.addWidget(self._saved_rule)
        self._saved_icon = QLabel(self)
        self._saved_icon.setFixedSize(_SIGN, _SIGN)  # or each change of it would lay the window out anew
        self._saved = FittingLabel(self, usual=tr("saved on this computer"), least=tr("saving …"))
        row.addWidget(self._saved_icon)
        row.addWidget(self._saved)
        self._row = row
        items = [item for n in range(row.count()) if (item := row.itemAt(n)) is not None]
        self._widgets = [shown for item in items if (shown := item.widget()) is not None]
        self._spare: tuple[tuple[QWidget, ...], ...] = ((self._zoom,), (self._saved,), tuple(zooming), (turn,),
                                                        (self._target,), (rule, redo), (undo,))  # fmt: skip
        self._left_out = 0
        self._read_only = False
        self._save_state = SaveState.SAVED
        self._dress()

    # -- public ----------------------------------------------------------------------------------------------

    def show_tool(self, tool: str, stamp: str) -> None:
        """Which tool is in hand."""
        self._tools.setExclusive(False)  # or the last stamp could not be let go
        for name, button in self._stamps.items():
            button.setChecked(tool == "stamp" and name == stamp)
        self._tools.setExclusive(True)

    def show_target(self, tool: str, stamp: StampName, question: str, carried: Carried) -> None:
        """What the next stamp is for.

        Args:
            tool: the tool in hand.
            stamp: the stamp in hand, if it is one.
            question: as a teacher reads it, "27" or "30 (a)"; "" when there is none.
            carried: what the stamp carries.
        """
        if not question:
            self._target.tell("", "", "")
            return
        name, short = tr(_STAMP_WORDS[stamp]), f"→ {tr('Q')}{question}"
        if tool != "stamp":
            words = f"{tr('Stamps')} {short}"
            explained = tr("A stamp placed now counts for question {question}", question=question)
        elif carried.marks is None:
            full = stamp == "tick"
            words = f"{name} {short} · {tr('full')}" if full else f"{name} {short}"
            explained = (
                tr("The stamps have given question {question} all its marks: a tick gives no more", question=question)
                if full
                else tr("{stamp} for question {question}, without marks", stamp=name, question=question)
            )
        else:
            given = format_marks(carried.marks)
            short = f"+{given} {short}" if carried.marks else f"{given} {short}"
            words = f"{name}: {short}"
            explained = tr("{stamp} gives {marks} to question {question}", stamp=name, marks=given, question=question)
            if carried.step is not None:
                words += f" · {tr('step {number}', number=carried.step)}"
                explained = tr(
                    "{stamp} gives {marks} to question {question}, for step {number} of its scheme",
                    stamp=name, marks=given, question=question, number=carried.step,
                )  # fmt: skip
        self._target.tell(words, short, explained)

    def show_selection(self, selected: Belonging) -> None:
        """What is selected, and which question it counts for."""
        names = [question_name(key) for key in selected.keys]
        questions = ", ".join([*names[:_NAMED], *(["…"] if len(names) > _NAMED else [])])
        whose = f"→ {tr('Q')}{questions}" if names else f"· {tr('no question')}"
        gives = "" if selected.marks is None else f" · +{format_marks(selected.marks)}"
        counted = tr("{count} selected", count=selected.count)
        if not names:
            explained = tr("What is selected belongs to no question")
        elif selected.marks is None:
            explained = tr_count(
                "What is selected belongs to question {numbers}, and gives no marks",
                "What is selected belongs to questions {numbers}, and gives no marks",
                len(names), numbers=", ".join(names),
            )  # fmt: skip
        else:
            explained = tr_count(
                "What is selected belongs to question {numbers}, and gives {marks}",
                "What is selected belongs to questions {numbers}, and gives {marks}",
                len(names), numbers=", ".join(names), marks=format_marks(selected.marks),
            )  # fmt: skip
        self._target.tell(f"{counted} {whose}{gives}", f"{selected.count} {whose}", explained)

    def show_zoom(self, zoom: float) -> None:
        """The zoom; 1 is life size."""
        words = f"{round(zoom * 100)} %"
        self._zoom.tell(words, words, words)

    def show_saved(self, state: SaveState) -> None:
        """What is true of the work now."""
        if state is not self._save_state:
            self._save_state = state
            self._dress_saved()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - a setter like Qt's own
        """Nothing can be stamped."""
        for button in self._stamps.values():
            button.setEnabled(not read_only)
        self._value.setEnabled(not read_only)
        self._read_only = read_only
        self._saved_icon.setVisible(not read_only)
        self._saved_rule.setVisible(not read_only)
        self._leave_out(self._left_out)

    @property
    def value(self) -> Decimal | None:
        """What a tick carries; None is what the scheme has next."""
        return _VALUES[self._value.currentIndex()]

    def choose_value(self, value: Decimal | None) -> None:
        """Let a tick carry `value`, None for what the scheme has next; a value that is not offered changes nothing."""
        if value in _VALUES:
            self._value.setCurrentIndex(_VALUES.index(value))

    def change_value(self, by: int) -> None:
        """Let a tick carry `by` half marks more, as far as the list goes; less than ½ is by the scheme."""
        if self._value.isEnabled():
            self._value.setCurrentIndex(min(max(self._value.currentIndex() + by, 0), len(_VALUES) - 1))

    @property
    def saved_text(self) -> str:
        """What is said of saving."""
        return self._saved.words

    @property
    def target_text(self) -> str:
        """What is said of the next stamp."""
        return self._target.words

    # -- construction ----------------------------------------------------------------------------------------

    def _button(self, icon: str, name: str, action: QAction | None) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(spacing(9), spacing(9))
        button.setAccessibleName(name)
        button.setToolTip(name)
        if action is not None:
            follow_tip(button, action)
        self._buttons[button] = icon
        return button

    def _acting(self, icon: str, action: QAction) -> QToolButton:
        button = self._button(icon, action.text(), action)
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        button.setEnabled(action.isEnabled())
        return button

    def _value_box(self, actions: Mapping[str, QAction]) -> QComboBox:
        box = _ValueBox(self)
        box.setAccessibleName(tr("What a tick carries"))
        self._value = box
        self._value_actions = [actions[name] for name in _VALUE_COMMANDS]
        for action in self._value_actions:
            action.changed.connect(self._say_value_keys)
        self._say_value_keys()
        for value in _VALUES:
            box.addItem(tr("auto") if value is None else format_marks(value), "" if value is None else str(value))
        box.setMaxVisibleItems(len(_VALUES))
        box.setItemData(0, tr("By the scheme: the next step that is not earned"), Qt.ItemDataRole.ToolTipRole)
        box.currentIndexChanged.connect(lambda index: self.value_chosen.emit(_VALUES[index]))
        box.activated.connect(lambda _index: self.left.emit())
        return box

    def _say_value_keys(self) -> None:
        shown = [action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) for action in self._value_actions]
        keys = "  ".join(key for key in shown if key)
        self._value.setToolTip(f"{tr('What a tick carries')}  ({keys})" if keys else tr("What a tick carries"))

    def _dress(self) -> None:
        theme = current_theme()
        for button, icon in self._buttons.items():
            button.setIcon(pressed_icon(icon) if button.isCheckable() else theme.icon(icon))
        self._dress_saved()

    def _dress_saved(self) -> None:
        saving = self._save_state is SaveState.SAVING
        words = tr("saving …") if saving else tr("saved on this computer")
        self._saved.tell(words, words if saving else tr("saved"), words)
        icon, role = ("sync", "muted") if saving else ("saved", "done")
        self._saved_icon.setToolTip(words)
        self._saved_icon.setPixmap(current_theme().pixmap(icon, _SIGN, role, self.devicePixelRatioF()))  # type: ignore[arg-type]

    # -- room ------------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Leave out as much as there is no room for; keys and the palette reach it all the same."""
        least = next((n for n in range(len(self._spare)) if self._needed(n) <= self.width()), len(self._spare))
        if least != self._left_out:
            self._leave_out(least)

    def _leave_out(self, groups: int) -> None:
        self._left_out = groups
        self._row.setSpacing(self._gap(groups))
        for number, widgets in enumerate(self._spare):
            for widget in widgets:
                widget.setVisible(number >= groups and not (self._read_only and widget is self._saved))

    def _gap(self, left_out: int) -> int:
        """Between two of what is shown: before undo and redo have to go, every pixel counts."""
        return 1 if left_out >= len(self._spare) - 1 else spacing(1)

    def _needed(self, left_out: int) -> int:
        """The width that the strip needs without the first `left_out` of what is spare."""
        without = {widget for widgets in self._spare[:left_out] for widget in widgets}
        row = self._row
        shown = [widget for widget in self._widgets if widget not in without]
        margins = row.contentsMargins()
        widths = (max(widget.minimumWidth(), widget.minimumSizeHint().width()) for widget in shown)
        fixed = (min(width, widget.maximumWidth()) for width, widget in zip(widths, shown, strict=True))
        # layouts keep a pixel here and there that no widget asks for
        return sum(fixed) + self._gap(left_out) * len(shown) + margins.left() + margins.right()

    # -- Qt --------------------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        return QSize(self._needed(len(self._spare)), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_left_out"):
            self._fit()
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._dress()
        super().changeEvent(event)


class _ValueBox(QComboBox):
    """Marks must not change because somebody scrolls with the pointer over it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
