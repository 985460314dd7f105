"""The one door through which the program speaks: short messages with an undo, and errors of the user's world."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Protocol

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.errors import InvalidError, NotAllowedError, UserError
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.text import error_text, said, tr
from mv_desktop.ui.theme import ColorRole, current_theme, spacing
from mv_desktop.ui.widgets.clear_place import clear_place, taken_in
from mv_desktop.ui.widgets.tone_label import ToneLabel

SHOWN_SECONDS = 6.0
"""How long a message stands that needs no answer; errors stand until they are closed."""

REFUSED_SECONDS = 12.0
"""How long it is told that something is not done, where nothing was at stake: it would cover the page until closed."""

MOST = 3
"""Messages at once; an older one that needs no answer makes room."""


class Messages(Protocol):
    """Where any part of the program speaks to the person."""

    def say(self, text: str, *, undo: Callable[[], object] | None = None) -> None:
        """Something was done; with `undo`, a button takes it back while the message stands."""
        ...

    def tell(self, error: UserError) -> None:
        """Something went wrong: what happened, what was kept, what to do."""
        ...


def done(act: Callable[[], object], messages: Messages) -> bool:
    """Do it, and tell what is refused; whether it was done."""
    try:
        act()
    except UserError as error:
        messages.tell(error)
        return False
    return True


class Toast(QWidget):
    """One message. It takes the keyboard only from who goes to it by keys; Escape closes it then.

    Signals:
        closed(): it wants to go.
    """

    closed = Signal()

    def __init__(self, text: str, parent: QWidget, *, error: UserError | None = None, news: bool = False) -> None:
        super().__init__(parent)
        self.error = error
        self._icon = QLabel(self)
        self._icon_name: str = "warning" if error else "bell" if news else "done"
        self._role: ColorRole = "danger" if error else "accent" if news else "done"
        whole = error_text(error) if error else said(text)
        # one run of words: a line for each part would cover more than the one line that is free while one marks
        words = QLabel(_strong_first(said(text), whole) if error else whole, self)
        words.setTextFormat(Qt.TextFormat.RichText if error else Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setMinimumWidth(spacing(35))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(spacing(3), spacing(1), spacing(2), spacing(1))
        self._row.setSpacing(spacing(2))
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(words, 1)
        self._more = ToneLabel("", "muted", self)
        self._more.hide()
        self._row.addWidget(self._more)
        self._close = QToolButton(self)
        self._close.setAutoRaise(True)
        self._close.setAccessibleName(tr("Close this message"))
        self._close.setToolTip(tr("Close this message"))
        self._close.clicked.connect(self.closed)
        _take_no_click(self._close)
        if error is not None:
            self.add_button(tr("Copy details"), self._copy_details)
        self._row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(whole)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._dress()

    @property
    def text(self) -> str:
        """All that it says."""
        return self.accessibleName()

    def add_button(self, text: str, call: Callable[[], object]) -> QPushButton:
        """A button left of the one that closes."""
        button = QPushButton(text, self)
        button.clicked.connect(lambda _checked=False: call())
        _take_no_click(button)
        self._row.insertWidget(self._row.indexOf(self._close) if self._row.indexOf(self._close) >= 0 else -1, button)
        return button

    def tell_more(self, count: int) -> None:
        """So many older messages are still open and stand back."""
        self._more.setText(tr("and {count} more", count=count))
        self._more.setVisible(count > 0)

    def height_for(self, width: int) -> int:
        """Its height at `width`; a size hint does not know how its words wrap."""
        return self._row.totalHeightForWidth(width)

    def _copy_details(self) -> None:
        if self.error is not None:
            QGuiApplication.clipboard().setText(f"[{self.error.code}] {self.error}")

    def _dress(self) -> None:
        theme = current_theme()
        self._icon.setPixmap(theme.pixmap(self._icon_name, 20, self._role, self.devicePixelRatioF()))
        self._close.setIcon(theme.icon("close"))

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colors.outline), 1))
        painter.setBrush(QColor(theme.colors.raised))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(self._role))
        painter.drawRoundedRect(1, 6, 3, self.height() - 12, 1.5, 1.5)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_close"):
            self._dress()


_LOOK_SECONDS = 0.4
"""While a message stands, so often it is seen whether something has opened below it."""


class ToastTray(QWidget):
    """Messages at the lower edge of `host`; takes no place when there are none.

    They stand one above the other where they cover nothing in which somebody works (`taken_in`). Where that is too
    little for all, the older ones stand back until the newer are gone.

    Args:
        host: the widget they float over.
        tasks: counts the seconds.

    Signals:
        changed(): a message has come or gone.
    """

    changed = Signal()

    def __init__(self, host: QWidget, tasks: Tasks) -> None:
        super().__init__(host)
        self._tasks = tasks
        self._shown: list[tuple[Toast, Periodic | None]] = []
        self._looking: Periodic | None = None
        self._placing = False
        self._came_from: QWidget | None = None
        self._hushed = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(spacing(1))
        self.hide()
        host.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_app_focus_changed)

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """What stands there now, the oldest first."""
        return tuple(toast for toast, _ in self._shown)

    def say(
        self,
        text: str,
        *,
        undo: Callable[[], object] | None = None,
        undo_text: str = "",
        seconds: float | None = None,
        news: bool = False,
    ) -> None:
        """See `Messages.say`; `undo_text` names the button, and the message stands for `seconds`.

        `news` come from somebody else: nothing was done here.
        """
        toast = Toast(text, self, news=news)
        if undo is not None:

            def take_back() -> None:
                self._remove(toast)
                undo()

            toast.add_button(undo_text or tr("Undo"), take_back)
        self._add(
            toast,
            self._tasks.after(
                SHOWN_SECONDS if seconds is None else seconds, lambda: self._remove(toast), receiver=toast
            ),
        )

    def withdraw(self, text: str) -> None:
        """Take a message away that is no longer true; it may be gone already."""
        for toast in self.toasts:
            if toast.error is None and toast.text == text:
                self._remove(toast)

    def tell(self, error: UserError) -> None:
        """See `Messages.tell`. The same error twice in a row is told once; a mere refusal goes by itself."""
        for toast, ticking in tuple(self._shown):
            if toast.error is not None and str(toast.error) == str(error):
                if ticking is None:
                    return
                self._remove(toast)  # it is told anew, and stands as long as it would have
        toast = Toast(error.message, self, error=error)
        passing = isinstance(error, InvalidError | NotAllowedError) and not error.kept
        timer = self._tasks.after(REFUSED_SECONDS, lambda: self._remove(toast), receiver=toast) if passing else None
        self._add(toast, timer)

    def clear(self, *, errors: bool = True) -> None:
        """Take away what stands there: it is of somebody who leaves. Without `errors`, they stay."""
        for toast in self.toasts:
            if errors or toast.error is None:
                self._remove(toast)

    def close_newest(self) -> None:
        """Take away the message that came last."""
        if self._shown:
            self._remove(self._shown[-1][0])

    def hush(self, *, hushed: bool) -> None:
        """Let nothing be seen, or again what stands there still: messages name scripts."""
        self._hushed = hushed
        self._place()

    def _add(self, toast: Toast, timer: Periodic | None) -> None:
        while len(self._shown) >= MOST:
            passing = [shown for shown, ticking in self._shown if ticking is not None]
            self._remove(passing[0] if passing else self._shown[0][0])
        toast.closed.connect(lambda: self._remove(toast))
        self._shown.append((toast, timer))
        self._column.addWidget(toast)
        if self._looking is None:
            self._looking = self._tasks.tick(_LOOK_SECONDS, self._place, receiver=self)
        self._place()
        self.changed.emit()

    def _remove(self, toast: Toast) -> None:
        for entry in self._shown:
            if entry[0] is toast:
                if entry[1] is not None:
                    entry[1].cancel()
                self._shown.remove(entry)
                self._column.removeWidget(toast)
                focus = QApplication.focusWidget()
                if focus is not None and toast.isAncestorOf(focus):
                    self._give_keyboard_back()
                toast.hide()
                toast.deleteLater()
                if not self._shown and self._looking is not None:
                    self._looking.cancel()
                    self._looking = None
                self._place()
                self.changed.emit()
                return

    def _give_keyboard_back(self) -> None:
        """To where it was before somebody went to the messages."""
        before, self._came_from = self._came_from, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()

    def _place_soon(self) -> None:
        """Once what is going on is over: widgets may be half made or half gone."""
        if self._shown and not self._placing:
            self._placing = True
            self._tasks.after(0.0, self._place, receiver=self)

    def _place(self) -> None:
        """Stand where nothing is covered; the oldest stand back where there is no such place for all."""
        self._placing = False
        self.setVisible(bool(self._shown) and not self._hushed)
        host = self.parentWidget()
        if not self._shown or host is None:
            return
        taken, toasts = taken_in(host), self.toasts
        for toast in toasts:
            toast.tell_more(0)
        back, (place, clear) = 0, clear_place(host.size(), taken, partial(self._height, 0))
        while not clear and back < len(toasts) - 1:
            back += 1
            toasts[-1].tell_more(back)
            place, clear = clear_place(host.size(), taken, partial(self._height, back))
        for number, toast in enumerate(toasts):
            toast.setVisible(number >= back)
            toast.setFixedHeight(toast.height_for(place.width()))
        self.setGeometry(place)
        self.raise_()

    def _height(self, back: int, width: int) -> int:
        """Of all but the oldest, of which so many stand back."""
        toasts = self.toasts[back:]
        return sum(toast.height_for(width) for toast in toasts) + self._column.spacing() * (len(toasts) - 1)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_app_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self.isAncestorOf(new) and (old is None or not self.isAncestorOf(old)):
            self._came_from = old
        self._place_soon()

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._place_soon()
        return False


def _strong_first(first: str, whole: str) -> str:
    """Words of which the first ones stand out, as HTML."""
    weight = int(QFont.Weight.DemiBold)
    return f'<span style="font-weight:{weight}">{escape(first)}</span>{escape(whole[len(first) :])}'


def _take_no_click(button: QAbstractButton) -> None:
    """A click does not take the keyboard from where somebody works; Tab leads here still."""
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
