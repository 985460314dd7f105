"""The one door through which the program speaks: short messages with an undo, and errors of the user's world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.errors import InvalidError, NotAllowedError, UserError
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import ColorRole, current_theme, spacing

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
    """One message.

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
        words = QVBoxLayout()
        words.setSpacing(0)
        self._lines = [
            QLabel(said(line), self) for line in (text, *((error.kept, error.remedy) if error else ())) if line
        ]
        for number, label in enumerate(self._lines):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setMinimumWidth(spacing(70))
            if number == 0 and error:
                label.setFont(current_theme().font(weight=QFont.Weight.DemiBold))
            words.addWidget(label)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(spacing(3), spacing(2), spacing(2), spacing(2))
        self._row.setSpacing(spacing(2))
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(words, 1)
        self._close = QToolButton(self)
        self._close.setAutoRaise(True)
        self._close.setAccessibleName(tr("Close this message"))
        self._close.setToolTip(tr("Close this message"))
        self._close.clicked.connect(self.closed)
        if error is not None:
            self.add_button(tr("Copy details"), self._copy_details)
        self._row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(" ".join(label.text() for label in self._lines))
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
        self._row.insertWidget(self._row.indexOf(self._close) if self._row.indexOf(self._close) >= 0 else -1, button)
        return button

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


_NARROWEST = spacing(80)

KEPT_CLEAR = "kept-clear"
"""The property of a panel that no message may cover while the keyboard is in it."""


def keep_clear(panel: QWidget) -> None:
    """Let messages stand beside `panel` while somebody is at work in it."""
    panel.setProperty(KEPT_CLEAR, True)


class ToastTray(QWidget):
    """Messages over the lower middle of `host`; takes no place when there are none.

    They stand beside a field in which somebody writes, and beside a panel that is to be kept clear.

    Args:
        host: the widget they float over.
        tasks: counts the seconds.
        above: pixels to keep free at the host's lower edge.
    """

    def __init__(self, host: QWidget, tasks: Tasks, *, above: int = spacing(28)) -> None:
        super().__init__(host)
        self._tasks = tasks
        self._above = above
        self._shown: list[tuple[Toast, Periodic | None]] = []
        self._hushed = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(spacing(2))
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
        self._place()

    def _remove(self, toast: Toast) -> None:
        for entry in self._shown:
            if entry[0] is toast:
                if entry[1] is not None:
                    entry[1].cancel()
                self._shown.remove(entry)
                self._column.removeWidget(toast)
                toast.hide()
                toast.deleteLater()
                self._place()
                return

    def _place(self) -> None:
        self.setVisible(bool(self._shown) and not self._hushed)
        host = self.parentWidget()
        if not self._shown or host is None:
            return
        taken = self._taken(host)
        usual, *beside = (self._place_at(host, *strip) for strip in _strips(host.width(), taken))
        over = usual.translated(0, taken.top() - spacing(2) - usual.bottom())
        places = [place for place in (usual, *beside, over) if not place.intersects(taken) and place.top() >= 0]
        self.setGeometry(places[0] if places else usual)
        for toast in self.toasts:
            toast.setFixedHeight(toast.height_for(self.width()))
        self.raise_()

    def _place_at(self, host: QWidget, left: int, right: int) -> QRect:
        """At the lower edge, in the middle between two columns of pixels."""
        width = min(spacing(150), right - left - spacing(8))
        gaps = self._column.spacing() * (len(self._shown) - 1)
        height = sum(toast.height_for(width) for toast in self.toasts) + gaps
        return QRect((left + right - width) // 2, host.height() - self._above - height, width, height)

    def _taken(self, host: QWidget) -> QRect:
        """Where somebody is at work and no message may be; empty where nobody is."""
        focus = QApplication.focusWidget()
        if focus is None or focus.window() is not host.window():
            return QRect()
        panel = focus
        while panel is not host and not panel.property(KEPT_CLEAR):
            above = panel.parentWidget()
            if above is None:
                return QRect()
            panel = above
        if panel is host:
            panel = focus
            if not isinstance(focus, QLineEdit | QPlainTextEdit):
                return QRect()
        return QRect(panel.mapTo(host, QPoint(0, 0)), panel.size())

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_app_focus_changed(self, *_: object) -> None:
        if self._shown:
            self._place()

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._place()
        return False


def _strips(width: int, taken: QRect) -> list[tuple[int, int]]:
    """Between which columns of pixels messages may stand: all of the width, else the wider side of what is taken."""
    sides = [(0, taken.left()), (taken.right(), width)] if not taken.isEmpty() else []
    wide = [side for side in sides if side[1] - side[0] >= _NARROWEST]
    return [(0, width), *sorted(wide, key=lambda side: side[0] - side[1])]
