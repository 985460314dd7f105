"""The slim box at the left of the pages: what one draws with, the ink, and how broad its lines are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from mv_desktop.domain.annotation.ink import HIGHLIGHTS, INKS, Ink
from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.marking.tool.tool_icon import drawn_icon, pressed_icon
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.rule_line import rule_line


class _Entry(NamedTuple):
    """One button.

    Attributes:
        icon: its icon.
        command: the command that it gives; one that can be checked is shown so.
        tool: the tool that it takes in hand, or the instrument that it lays on the page; "" when it is none.
    """

    icon: str
    command: str
    tool: str = ""


_GROUPS: tuple[tuple[_Entry, ...], ...] = (
    (_Entry("select", "marking.select", "select"), _Entry("pan", "marking.pan", "pan")),
    (
        _Entry("pen", "marking.tool.pen", "pen"),
        _Entry("highlighter", "marking.tool.highlighter", "highlighter"),
        _Entry("eraser", "marking.tool.eraser", "eraser"),
    ),
    (
        _Entry("line", "marking.tool.line", "line"),
        _Entry("arrow", "marking.tool.arrow", "arrow"),
        _Entry("box", "marking.tool.box", "box"),
        _Entry("ellipse", "marking.tool.ellipse", "ellipse"),
        _Entry("text", "marking.tool.text", "text"),
    ),
)
"""All buttons, in groups; the later groups are the first to go where there is no room. A new one is a line here."""
_AIDS: tuple[_Entry, ...] = (
    _Entry("ruler", "marking.ruler", "ruler"),
    _Entry("protractor", "marking.protractor", "protractor"),
)
"""What lies on the pages; below the inks and widths, which are wanted more often."""

_COLOR_WORDS: Mapping[str, str] = {
    "red": "Red ink",
    "blue": "Blue ink",
    "green": "Green ink",
    "black": "Black ink",
    "yellow": "Yellow highlighter",
    "lime": "Lime highlighter",
    "orange": "Orange highlighter",
}
_COLORS: Mapping[str, str] = {**INKS, **HIGHLIGHTS}
_WIDTH_WORDS: Mapping[str, str] = {"thin": "Thin lines", "medium": "Medium lines", "thick": "Thick lines"}
_WIDTH_PIXELS: Mapping[str, float] = {"thin": 1.25, "medium": 2.5, "thick": 5.0}
_LOOKING = ("select", "pan")
"""Tools that change nothing until they are told to."""
_SMALL = QSize(24, 18)


class ToolBox(QWidget):
    """Buttons for what keys do, too.

    Args:
        actions: the screen's actions by command.

    Signals:
        ink_chosen(str): an ink of lines or of the highlighter, by its name.
        width_chosen(str): a width of lines, by its name.
    """

    ink_chosen = Signal(str)
    width_chosen = Signal(str)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        keep_clear(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._ink, self._highlighting, self._tight = Ink(), False, False
        self._icons: dict[QToolButton, str] = {}
        self._tools: dict[str, QToolButton] = {}
        self._aids: dict[str, QToolButton] = {}
        self._in_hand = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(1), spacing(1), spacing(1), spacing(1))
        column.setSpacing(spacing(1) // 2)
        groups = [self._entries(group, actions, self._tools) for group in _GROUPS]
        aids = self._entries(_AIDS, actions, self._aids)
        for button in self._tools.values():
            self._in_hand.addButton(button)
        self._inks = {name: self._small(name, tr(words)) for name, words in _COLOR_WORDS.items()}
        self._widths = {name: self._small(name, tr(words)) for name, words in _WIDTH_WORDS.items()}
        self._groups: list[tuple[QFrame, Sequence[QToolButton]]] = []
        for buttons in (*groups, list(self._inks.values()), list(self._widths.values()), aids):
            rule = rule_line(self, Qt.Orientation.Horizontal)
            column.addWidget(rule)
            for button in buttons:
                column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            self._groups.append((rule, buttons))
        column.addStretch(1)
        self._column = column
        for names, signal in ((self._inks, self.ink_chosen), (self._widths, self.width_chosen)):
            group = QButtonGroup(self)
            for name, button in names.items():
                group.addButton(button)
                button.clicked.connect(lambda _checked=False, name=name, signal=signal: signal.emit(name))
        self.show_ink(self._ink)
        self.show_tool("select")
        self._dress()

    # -- public ----------------------------------------------------------------------------------------------

    def show_tool(self, tool: str) -> None:
        """Which tool is in hand; a stamp is none of these."""
        self._in_hand.setExclusive(False)  # or the last one could not be let go
        for name, button in self._tools.items():
            button.setChecked(name == tool)
        self._in_hand.setExclusive(True)

    def show_aids(self, names: Collection[str]) -> None:
        """Which instruments lie on the pages."""
        for name, button in self._aids.items():
            button.setChecked(name in names)

    def show_inks(self, *, highlighter: bool) -> None:
        """Offer the highlighter's inks, or those of lines."""
        if highlighter != self._highlighting:
            self._highlighting = highlighter
            self.show_ink(self._ink)
            self._fit()

    def show_ink(self, ink: Ink) -> None:
        """What is drawn with."""
        self._ink = ink
        self._inks[ink.highlight if self._highlighting else ink.line].setChecked(True)
        self._widths[ink.breadth].setChecked(True)
        self._dress_small()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - a setter like Qt's own
        """Nothing can be drawn."""
        for name, button in self._tools.items():
            button.setEnabled(not read_only or name in _LOOKING)
        for button in (*self._inks.values(), *self._widths.values()):
            button.setEnabled(not read_only)

    def add_command(self, icon: str, action: QAction) -> None:
        """A button for a command that is added later, below the tool that selects."""
        rule, buttons = self._groups[0]
        button = self._entry(_Entry(icon, action.objectName()), {action.objectName(): action})
        place = self._column.indexOf(buttons[-1]) + 1
        QWidget.setTabOrder(buttons[-1], button)
        self._column.insertWidget(place, button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._groups[0] = (rule, [*buttons, button])
        self._dress()
        self._fit()

    # -- construction ----------------------------------------------------------------------------------------

    def _entries(
        self, group: Iterable[_Entry], actions: Mapping[str, QAction], named: dict[str, QToolButton]
    ) -> list[QToolButton]:
        """The buttons of a group; those that stay pressed are put into `named`."""
        buttons = []
        for entry in group:
            if entry.command in actions:
                buttons.append(self._entry(entry, actions))
                if entry.tool:
                    buttons[-1].setCheckable(True)
                    named[entry.tool] = buttons[-1]
        return buttons

    def _entry(self, entry: _Entry, actions: Mapping[str, QAction]) -> QToolButton:
        action = actions[entry.command]
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(spacing(9), spacing(9))
        button.setAccessibleName(action.text())
        follow_tip(button, action)
        button.clicked.connect(action.trigger)
        self._icons[button] = entry.icon
        if action.isCheckable():
            button.setCheckable(True)
            button.setChecked(action.isChecked())
            action.toggled.connect(button.setChecked)
        return button

    def _small(self, name: str, words: str) -> QToolButton:
        """A swatch of ink or a width."""
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setCheckable(True)
        button.setIconSize(_SMALL)
        button.setFixedSize(spacing(9), spacing(6))
        button.setAccessibleName(words)
        button.setToolTip(words)
        button.setObjectName(name)
        return button

    # -- how it looks ----------------------------------------------------------------------------------------

    def _dress(self) -> None:
        for button, icon in self._icons.items():
            button.setIcon(pressed_icon(icon))
        self._dress_small()

    def _dress_small(self) -> None:
        ratio = self.devicePixelRatioF()
        for name, button in self._inks.items():
            button.setIcon(_swatch(_COLORS[name], chosen=button.isChecked(), ratio=ratio))
        for name, button in self._widths.items():
            button.setIcon(_stripe(_WIDTH_PIXELS[name], chosen=button.isChecked(), ratio=ratio))

    # -- room ------------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Show as many groups as there is room for; keys and the palette reach the others all the same."""
        self._tight = False
        shown = len(self._groups)
        while shown > 2 and self._needed(shown) > self.height():
            shown -= 1
        self._tight = self._needed(shown) > self.height()
        for number, (rule, buttons) in enumerate(self._groups):
            rule.setVisible(0 < number < shown)
            fitting = self._fitting(buttons)
            for button in buttons:
                button.setVisible(number < shown and button in fitting)

    def _fitting(self, buttons: Iterable[QToolButton]) -> list[QToolButton]:
        """Of inks, those of the tool in hand; in the smallest room without the hand, which the space bar is, too."""
        other = INKS if self._highlighting else HIGHLIGHTS
        hand = self._tools["pan"] if self._tight else None
        return [button for button in buttons if button.objectName() not in other and button is not hand]

    def _needed(self, groups: int) -> int:
        """The height of the first so many groups."""
        margins, gap = self._column.contentsMargins(), self._column.spacing()
        height = margins.top() + margins.bottom()
        for number, (rule, buttons) in enumerate(self._groups[:groups]):
            height += sum(button.maximumHeight() + gap for button in self._fitting(buttons))
            height += rule.maximumHeight() + gap if number else 0
        return height

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        margins = self._column.contentsMargins()
        return QSize(spacing(9) + margins.left() + margins.right(), self._needed(len(self._groups)))

    def minimumSizeHint(self) -> QSize:
        hand = self._tools["pan"].maximumHeight() + self._column.spacing()
        return QSize(self.sizeHint().width(), self._needed(2) - (0 if self._tight else hand))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._dress()


# -- private -------------------------------------------------------------------------------------------------


def _swatch(color: str, *, chosen: bool, ratio: float) -> QIcon:
    """A patch of ink; the chosen one is larger."""

    def draw(painter: QPainter) -> None:
        # dark ink must be seen on a dark panel as well
        painter.setPen(QPen(QColor(current_theme().colors.muted), 1.5))
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(QRectF(1, 1, 22, 16) if chosen else QRectF(5, 3, 14, 12), 3, 3)

    return drawn_icon(draw, _SMALL, ratio)


def _stripe(width: float, *, chosen: bool, ratio: float) -> QIcon:
    """A line of a width; the chosen one is longer."""

    def draw(painter: QPainter) -> None:
        colors = current_theme().colors
        ink = QColor(colors.on_selection if chosen else colors.text)
        painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(3 if chosen else 7, 9, 21 if chosen else 17, 9)

    return drawn_icon(draw, _SMALL, ratio)
