"""Papers and questions as they will look on paper, with solutions and marking scheme where one wants them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QWidget

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.export_note import ExportFormat
from mv_desktop.domain.printed_paper import PrintedPaper
from mv_desktop.ui.canvas.picture_reader import PictureReader
from mv_desktop.ui.paper.document import lay_out
from mv_desktop.ui.paper.flow import FormulaCase
from mv_desktop.ui.paper.page_dialog import PageDialog
from mv_desktop.ui.paper.painting import Laid, Told
from mv_desktop.ui.paper.question_block import Look
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr

Pictures = Callable[[str], bytes | None]
"""Has the file of a picture by its address, or None where it cannot be had; on a lane."""
Note = Callable[[ExportFormat, int, Path | None], object]

_LARGEST = QSize(1500, 2000)
"""Of a picture, in pixels: more than the width of a page shows at 200 to the inch."""


def no_picture(address: str) -> None:
    """Where there are none."""
    del address


class PrintDialog(PageDialog):
    """Opens on a paper that is still to be had.

    Args:
        make: has the paper; on a lane.
        pictures: of its questions.
        tasks: runs it.
        note: notes as what, how many questions, and into which file (None: on paper) they leave, before they do.
    """

    def __init__(
        self,
        make: Callable[[Told], PrintedPaper],
        pictures: Pictures,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        note: Note,
    ) -> None:
        self._material = material = _Material(make, pictures)

        def noted(kind: ExportFormat, path: Path | None) -> None:
            note(kind, 0 if material.paper is None else material.paper.count, path)

        super().__init__(partial(material.lay, Look()), tasks, parent, noted=noted)
        self.solutions, self.scheme = QCheckBox(tr("Solutions"), self), QCheckBox(tr("Marking scheme"), self)
        for box in (self.solutions, self.scheme):
            self.add_choice(box)
            box.toggled.connect(self._on_box_toggled)

    @property
    def paper(self) -> PrintedPaper | None:
        """What is printed; None until it is there."""
        return self._material.paper

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_box_toggled(self, *_: object) -> None:
        look = Look(self.solutions.isChecked(), self.scheme.isChecked())
        self.lay(partial(self._material.lay, look))


class _Material:
    """A paper, its pictures and its formulas, had once. On the lane of pages."""

    def __init__(self, make: Callable[[Told], PrintedPaper], pictures: Pictures) -> None:
        self._make, self._pictures = make, pictures
        self.paper: PrintedPaper | None = None
        self._asked: set[str] = set()
        self._images: dict[str, QImage] = {}
        self._formulas = FormulaCase()

    def lay(self, look: Look, told: Told) -> Laid:
        """The paper on its pages.

        Raises:
            InvalidError: nothing is in it.
        """
        if self.paper is None:
            paper = self._make(told)
            if not paper.count:
                raise InvalidError("There is no question to print.", remedy="Look for others, or clear the search.")
            self.paper = paper
        for address in self.paper.pictures:
            if address not in self._asked:
                told(0, 0)
                found = self._pictures(address)
                self._asked.add(address)
                if found is not None:
                    self._images[address] = _decoded(found)
        return lay_out(self.paper, look, self._formulas, self._images, told)


def _decoded(data: bytes) -> QImage:
    """A picture, no larger than paper shows; decoding it lets the window go on, which `QImage.fromData` does not."""
    reader = PictureReader(data)
    size = reader.size()  # before it reads: see `canvas.image_cache`
    if size.width() > _LARGEST.width() or size.height() > _LARGEST.height():
        reader.setScaledSize(size.scaled(_LARGEST, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
