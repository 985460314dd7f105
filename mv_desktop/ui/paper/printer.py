"""The printers of this computer, where Qt comes with what it takes to print, and what is wanted of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QPageSize
from PySide6.QtWidgets import QDialog, QWidget

from mv_desktop.core.durable import save_whole
from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.export_note import ExportFormat
from mv_desktop.ui.paper.painting import Laid, Told, paint_all, to_pdf

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter


Noted = Callable[[ExportFormat, Path | None], object]
"""Notes, on the lane, that pages leave as a file or, without one, on paper; what it raises keeps them here."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of the pages.

    Attributes:
        ranges: the first and the last page of each stretch, from 1; none for all pages.
        backwards: the last page comes first.
        copies: how many of them are made here, one after the other; a printer that makes them itself is given one.
        collated: every copy is whole before the next begins; else every page comes that often in a row.
    """

    ranges: Sequence[tuple[int, int]] = ()
    backwards: bool = False
    copies: int = 1
    collated: bool = True

    def pages(self, count: int) -> tuple[int, ...]:
        """Which of so many pages are painted, from 0, in their order; each once in a copy, however often it is named.

        Pages that are not there are left out: somebody who asks for 3 to 99 means the rest.
        """
        stretches = self.ranges or [(1, count)]
        named = {number for first, last in stretches for number in range(max(first, 1) - 1, min(last, count))}
        once = sorted(named, reverse=self.backwards)
        if self.collated:
            return tuple(once * self.copies)
        return tuple(number for number in once for _ in range(self.copies))


def printing_here() -> bool:
    """Whether one can print at all; which printers there are is asked when somebody wants to."""
    return find_spec("PySide6.QtPrintSupport") is not None


def any_printer() -> bool:
    """Whether this computer has a printer now."""
    from PySide6.QtPrintSupport import QPrinterInfo

    return bool(QPrinterInfo.availablePrinterNames())


def order_of(printer: QPrinter, shown: int) -> Order:
    """What was chosen for a printer; `shown` is the page that is looked at, from 1."""
    from PySide6.QtPrintSupport import QPrinter

    match printer.printRange():
        case QPrinter.PrintRange.CurrentPage:
            ranges = [(shown, shown)]
        case QPrinter.PrintRange.PageRange:
            ranges = [(one.from_, one.to) for one in printer.pageRanges().toRangeList()]
        case _:
            ranges = []
    return Order(
        ranges,
        printer.pageOrder() == QPrinter.PageOrder.LastPageFirst,
        1 if printer.supportsMultipleCopies() else printer.copyCount(),
        printer.collateCopies(),
    )


def ask_printer(laid: Laid, chosen: Callable[[QPrinter], object], parent: QWidget) -> None:
    """Ask which printer and which pages, and hand over what can be painted on, whole A4 pages from their corners."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(laid.title)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(laid.orientation)
    printer.setFullPage(True)
    dialog = QPrintDialog(printer, parent)
    dialog.setMinMax(1, len(laid.pages))
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintCurrentPage)
    dialog.accepted.connect(lambda: chosen(printer))
    dialog.finished.connect(dialog.deleteLater)
    QDialog.open(dialog)  # its own one wants a slot by name


def save_pages(laid: Laid, path: Path, noted: Noted, told: Told, numbers: Sequence[int] | None = None) -> None:
    """Write them as PDF, all or those with these numbers, whole or not at all. On a lane.

    Raises:
        InvalidError: it could not be written there; what stood there stands.
    """
    content = to_pdf(laid, told, numbers)
    save_whole(path, content, lambda: noted(ExportFormat.PDF, path))


def print_pages(laid: Laid, printer: QPrinter, order: Order, noted: Noted, told: Told) -> None:
    """Print what is wanted, once it is noted. On a lane; what `told` raises ends the work, and nothing of it comes out.

    Raises:
        InvalidError: none of the pages is there, the printer takes nothing, or the file it prints into cannot be
            written.
    """
    numbers = order.pages(len(laid.pages))
    if not numbers:
        raise InvalidError("There are no such pages.", remedy="Choose others.")
    if printer.outputFileName():
        # Qt would begin to write over the file that is there, and say nothing when the disk is full
        save_pages(laid, Path(printer.outputFileName()), noted, told, numbers)
        return
    noted(ExportFormat.PRINT, None)
    printer.setPageOrientation(laid.orientation)  # whatever the dialog said: the pages are laid out by now
    try:
        paint_all(printer, laid, told, numbers, printer.abort)
    except OSError as error:
        raise InvalidError("The printer takes nothing.", remedy="Look whether it is on, or save it as PDF.") from error
