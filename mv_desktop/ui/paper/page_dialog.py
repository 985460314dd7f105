"""Pages as they will look on paper, one by one; saved as PDF, or sent to a printer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QAction, QColor, QImage, QKeySequence, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.errors import UserError
from mv_desktop.ui.paper.painting import Laid, Told, picture_of
from mv_desktop.ui.paper.printer import (
    Noted,
    any_printer,
    ask_printer,
    order_of,
    print_pages,
    printing_here,
    save_pages,
)
from mv_desktop.ui.paper.sheet import UPRIGHT, Sheet
from mv_desktop.ui.tasks import Progress, Task, Tasks, breathe
from mv_desktop.ui.text import error_text, tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

LANE = "print"
"""Where papers are laid out and painted, one at a time."""
_LARGEST_ZOOM, _ZOOM_STEP = 3.0, 1.25
_STEP = 60
_BESIDE = 4
"""Above the pages, what one chooses stands before a stretch and the three that turn them."""
_MARGIN, _NARROWEST, _READABLE = 8, 100, 620
"""Around the page, and how wide it is drawn at least, and so that it can be read; in pixels."""

T = TypeVar("T")


class _StoppedError(Exception):
    """Nobody wants the result any more."""


class PageDialog(QDialog):
    """Opens on pages that are still to be laid out; Esc ends what is being done, and the dialog.

    Args:
        make: lays them out; on a lane.
        tasks: runs it.
        noted: notes that pages leave, before they do.
        sheet: how large a page will be: one that lies has a wider window.

    Attributes:
        laid: the pages; None until they are there.
        view: shows one of them.
    """

    def __init__(
        self,
        make: Callable[[Told], Laid],
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        noted: Noted,
        sheet: Sheet = UPRIGHT,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._noted = tasks, noted
        self._task: Task[object] | None = None
        self._shown = 0
        self.laid: Laid | None = None
        self.setWindowTitle(tr("Print"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(spacing(240 if sheet.wide > sheet.high else 200), spacing(190))
        self.view = PageView(sheet, self)
        self.told, self._bar = SignLabel(self), QProgressBar(self)
        self._bar.setAccessibleName(tr("Progress"))
        self._number = QLabel(self)
        self._before, self._after = QPushButton("‹", self), QPushButton("›", self)
        self.save, self.print_ = PrimaryButton(tr("Save as PDF …"), self), QPushButton(tr("Print …"), self)
        self._close = QPushButton(tr("Close"), self)
        self._build()
        self._connect()
        self.lay(make)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Something is being done."""
        return self._task is not None

    @property
    def page(self) -> int:
        """Which page is shown, from 1; 0 while none is."""
        return self._shown + 1 if self.laid is not None else 0

    def lay(self, make: Callable[[Told], Laid]) -> None:
        """Show other pages instead; those that are there stay until then."""
        self._run(make, self._on_laid, tr("The pages are being laid out …"))

    def add_choice(self, box: QWidget) -> None:
        """Put what one chooses about the pages above them."""
        self._head.insertWidget(self._head.count() - _BESIDE, box)

    def print_on(self, printer: QPrinter) -> None:
        """Print what was chosen for it."""
        if self.laid is not None:
            work = partial(print_pages, self.laid, printer, order_of(printer, self.page), self._noted)
            self._run(work, partial(self._on_printed, printer.outputFileName()), tr("It goes to the printer …"))

    def save_as(self, path: Path) -> None:
        """Write it as PDF, whole or not at all."""
        if self.laid is not None:
            work = partial(save_pages, self.laid, path, self._noted)
            self._run(work, partial(self._on_written, path), tr("{file} is being written", file=path.name))

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._number.setMinimumWidth(spacing(28))
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for button, name in ((self._before, tr("Page before")), (self._after, tr("Next page"))):
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setFixedWidth(spacing(8))
        head = self._head = QHBoxLayout()
        head.setSpacing(spacing(2))
        head.addStretch(1)
        for widget in (self._before, self._number, self._after):
            head.addWidget(widget)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(self.told, 1)
        foot.addWidget(self._bar)
        for button in (self._close, self.print_, self.save):
            button.setAutoDefault(False)
            foot.addWidget(button)
        self.print_.setVisible(printing_here())
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        for keys, slot in (
            (("Ctrl+S",), self._ask_where),
            (("Ctrl+P",), self._ask_printer),
            (("PgDown", "Space"), partial(self._turn, 1)),
            (("PgUp",), partial(self._turn, -1)),
            (("Home",), partial(self._turn, -1_000_000)),
            (("End",), partial(self._turn, 1_000_000)),
            (("Ctrl++", "Ctrl+="), partial(self.view.zoom, _ZOOM_STEP)),
            (("Ctrl+-",), partial(self.view.zoom, 1 / _ZOOM_STEP)),
            (("Ctrl+0",), partial(self.view.zoom, 0.0)),
            (("Down",), partial(self.view.go_on, _STEP)),
            (("Up",), partial(self.view.go_on, -_STEP)),
        ):
            action = QAction(self)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.triggered.connect(lambda _=False, slot=slot: slot())
            self.addAction(action)
        self.save.setToolTip("Ctrl+S")
        self.print_.setToolTip("Ctrl+P")
        self.save.clicked.connect(self._ask_where)
        self.print_.clicked.connect(self._ask_printer)
        self._close.clicked.connect(self.reject)
        self._before.clicked.connect(lambda: self._turn(-1))
        self._after.clicked.connect(lambda: self._turn(1))
        self.finished.connect(self._stop)
        self.view.width_wanted.connect(self._draw)
        self._tasks.progressed.connect(self._on_tasks_progressed)

    # -- private ---------------------------------------------------------------------------------------------

    def _run(self, work: Callable[[Told], T], done: Callable[[T], None], words: str) -> None:
        self._stop()
        self.told.say("info", words)
        self._bar.setRange(0, 0)
        self._task = self._tasks.run_reporting(
            LANE, partial(_reporting, work), partial(self._on_done, done), self._on_failed, receiver=self
        )
        self._enable()

    def _stop(self, _result: int = 0) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _enable(self) -> None:
        self._bar.setVisible(self.busy)
        ready = self.laid is not None and not self.busy
        self.save.setEnabled(ready)
        self.print_.setEnabled(ready)
        count = 0 if self.laid is None else len(self.laid.pages)
        self._before.setEnabled(self._shown > 0)
        self._after.setEnabled(self._shown + 1 < count)
        self._number.setText(tr("Page {number} of {all}", number=self._shown + 1, all=count) if count else "")

    def _turn(self, by: int) -> None:
        if self.laid is not None:
            self._shown = max(0, min(len(self.laid.pages) - 1, self._shown + by))
            self._enable()
            self._draw()
            self.view.to_top()

    def _draw(self) -> None:
        """The page as it will look, drawn on the lane behind what is done there."""
        if self.laid is None or self._tasks.closed:
            return
        page, ratio = self.laid.pages[self._shown], self.devicePixelRatioF()
        work = partial(picture_of, page, max(1, round(self.view.page_width * ratio)), self.laid.sheet)
        done = partial(self._on_drawn, self.laid, self._shown, ratio)
        self._tasks.run(LANE, work, done, self._on_failed, receiver=self)

    def _ask_where(self) -> None:
        if self.laid is None or self.busy:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, tr("Save as PDF"), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilters(["PDF (*.pdf)"])
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile("".join(sign for sign in self.laid.name or self.laid.title if sign not in '/\\:*?"<>|'))
        dialog.fileSelected.connect(lambda path: self.save_as(Path(path)))
        dialog.open()

    def _ask_printer(self) -> None:
        if self.laid is None or self.busy or not printing_here():
            return
        if any_printer():
            ask_printer(self.laid, self.print_on, self)
        else:
            self.told.say("warning", tr("This computer has no printer. Save it as PDF, and print that on another one."))
            self.save.setFocus()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_done(self, done: Callable[[T], None], result: T) -> None:
        self._task = None
        self.told.say("", "")
        done(result)
        self._enable()

    def _on_laid(self, laid: Laid) -> None:
        first = self.laid is None
        self.laid = laid
        self._shown = min(self._shown, len(laid.pages) - 1)
        self.setWindowTitle(tr("Print: {title}", title=laid.title))
        self.view.sheet = laid.sheet
        self._draw()
        self._enable()
        if first:
            self.save.setFocus()

    def _on_drawn(self, laid: Laid, number: int, ratio: float, image: QImage) -> None:
        if laid is self.laid and number == self._shown:
            image.setDevicePixelRatio(ratio)
            self.view.show_page(image, tr("Page {number} of {all}", number=number + 1, all=len(laid.pages)))

    def _on_written(self, path: Path, _none: None) -> None:
        self.told.say("done", tr("Saved as {name}, in the folder {folder}.", name=path.name, folder=path.parent))

    def _on_printed(self, file: str, _none: None) -> None:
        if file:
            self._on_written(Path(file), None)
        else:
            self.told.say("done", tr("It is with the printer."))

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        self._enable()
        if isinstance(error, UserError):
            self.told.say("warning", error_text(error))
        else:
            self._tasks.error.emit(error)

    def _on_tasks_progressed(self, task: object, done: float, total: float, _text: str) -> None:
        if task is self._task:
            self._bar.setRange(0, int(total))
            self._bar.setValue(int(done))


class PageView(QScrollArea):
    """One page, as wide as there is room, or enlarged.

    Signals:
        width_wanted(): it shall be drawn anew, `page_width` wide.

    Attributes:
        sheet: the page's size.
    """

    width_wanted = Signal()

    def __init__(self, sheet: Sheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = sheet
        self._page = QLabel(self)
        self._page.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._zoomed = 1.0
        self.setWidget(self._page)
        self.setWidgetResizable(True)
        self.setAccessibleName(tr("Preview"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its keys are those of the window
        self._page.setAutoFillBackground(True)
        palette = self._page.palette()
        palette.setColor(self._page.backgroundRole(), QColor(current_theme().colors.canvas))
        self._page.setPalette(palette)

    @property
    def page_width(self) -> int:
        """How wide the page is drawn, in logical pixels."""
        room = self.viewport().width() - 2 * _MARGIN
        whole = (self.viewport().height() - 2 * _MARGIN) * self.sheet.wide / self.sheet.high
        return max(_NARROWEST, round(min(room, max(whole, _READABLE)) * self._zoomed))

    def show_page(self, image: QImage, name: str) -> None:
        """Show this."""
        self._page.setPixmap(QPixmap.fromImage(image))
        self._page.setAccessibleName(name)

    def zoom(self, by: float) -> None:
        """Draw it larger by a factor, or as at first (0)."""
        self._zoomed = min(_LARGEST_ZOOM, max(1 / _LARGEST_ZOOM, self._zoomed * by)) if by else 1.0
        self.width_wanted.emit()

    def go_on(self, by: int) -> None:
        """Down, or up, by so many pixels."""
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + by)

    def to_top(self) -> None:
        """Where the page begins."""
        self.verticalScrollBar().setValue(0)

    # -- Qt --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.width_wanted.emit()


def _reporting(work: Callable[[Told], T], progress: Progress) -> T | None:
    """Nothing, where nobody wants it any more: it is then handed to nobody."""

    def told(done: int, total: int) -> None:
        if progress.cancelled:
            raise _StoppedError
        progress.report(done, total)
        breathe()

    try:
        return work(told)
    except _StoppedError:
        return None
