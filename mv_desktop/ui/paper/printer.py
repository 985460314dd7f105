"""The printers of this computer, where Qt comes with what it takes to print."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize
from PySide6.QtWidgets import QDialog, QWidget


def printing_here() -> bool:
    """Whether one can print at all; which printers there are is asked when somebody wants to."""
    return find_spec("PySide6.QtPrintSupport") is not None


def ask_printer(title: str, chosen: Callable[[QPagedPaintDevice], object], parent: QWidget) -> None:
    """Ask which printer, and hand over what can be painted on, a whole A4 page with the origin in its corner."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)
    dialog = QPrintDialog(printer, parent)
    dialog.accepted.connect(lambda: chosen(printer))
    dialog.finished.connect(dialog.deleteLater)
    QDialog.open(dialog)  # its own one wants a slot by name
