"""Asks where a table is to be written; the kind that is chosen gives the file its ending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

KINDS = {"xlsx": "Excel", "csv": "CSV"}
"""What can be written, by the ending of its name."""


def ask_where(parent: QWidget, title: str, name: str, kinds: Sequence[str], chosen: Callable[[Path], object]) -> None:
    """Ask, and go on once a file is said.

    Args:
        parent: over which it is asked.
        title: of the dialog, in the language spoken.
        name: what the file is called, without its ending, until somebody calls it otherwise.
        kinds: of `KINDS`, that which is offered first before the others.
        chosen: is given the file.
    """
    endings = {f"{KINDS[kind]} (*.{kind})": kind for kind in kinds}
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, title, folder)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setNameFilters(list(endings))
    dialog.setDefaultSuffix(kinds[0])
    dialog.filterSelected.connect(lambda words: dialog.setDefaultSuffix(endings[words]))
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
