"""Pictures in a form: pasted, dropped or chosen, kept on this computer at once, and stored beside the window."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Protocol, cast
from uuid import UUID

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QMimeData, QObject, QStandardPaths
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from mv_desktop.core.errors import InvalidError, OfflineError, UserError
from mv_desktop.domain.picture import NEW, SeenPicture
from mv_desktop.ui.admin.math_preview import MathPreview
from mv_desktop.ui.admin.picture_table import PictureTable
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.canvas.picture_strip import PictureItem, PictureLook, PictureStrip
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import Messages

PICTURES_LANE = "office.pictures"
"""Where pictures are checked, kept and stored, one after the other."""

_AGAIN_SECONDS = 30.0
"""So long after it could not be stored a picture is tried again."""
_FORMATS = ("image/png", "image/jpeg")
_MEGAPIXELS = 60_000_000


class PicturePlace(Protocol):
    """As `offline.office.question_picture.QuestionPictures`."""

    def take(self, data: bytes) -> str:
        """Check a picture and keep it here; what it is called until it is stored."""
        ...

    def take_file(self, path: str) -> str:
        """The same of a file."""
        ...

    def store(self, place: str) -> str:
        """Put it into the store; its place there."""
        ...

    def look(self, place: str, question: UUID | None = None) -> SeenPicture:
        """A picture, stored or not, of this question."""
        ...


class RecordPictures(QObject):
    """Of a subject whose form has a field of pictures.

    Args:
        place: checks, keeps and stores them.
        field: what the field is called.
        slots: which places there are as the form stands, each with its name in the language spoken.
        beside: which slot belongs to the field that is typed into; "" for none.
        preview: above the form; the pictures stand below its words.
        look: reads a picture by its place; not on the GUI thread.
        columns: what the history calls those that are pictures.

    Attributes:
        strip: the pictures as they will look.
    """

    def __init__(
        self,
        place: PicturePlace,
        field: str,
        slots: Callable[[Mapping[str, str]], Sequence[tuple[str, str]]],
        beside: Callable[[str, int], str],
        tasks: Tasks,
        messages: Messages,
        preview: MathPreview,
        screen: QWidget,
        look: PictureLook,
        columns: Collection[str],
    ) -> None:
        super().__init__(screen)
        self._look, self._columns = look, columns
        self._place, self._field, self._slots, self._beside = place, field, slots, beside
        self._tasks, self._messages, self._screen = tasks, messages, screen
        self._panel: RecordPanel | None = None
        self._table: PictureTable | None = None
        self._storing: set[str] = set()
        self.strip = PictureStrip(tasks, preview)
        self.strip.look_by(look)
        self.strip.image_came.connect(self._on_strip_image_came)
        preview.put_below(self.strip)
        tasks.tick(_AGAIN_SECONDS, self._store_rest, receiver=self)

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What its commands do."""
        return {"record.put_picture": self._ask_file, "record.enlarge": self._enlarge}

    def attach(self, panel: RecordPanel) -> None:
        """Follow the form of this panel."""
        self._panel = panel
        panel.form.shown.connect(self._on_form_shown)
        panel.history.show_pictures_by(self._look, self._tasks, self._columns)

    def put(self, slot: str, mime: QMimeData) -> bool:
        """Take the picture in what was pasted or dropped; False, and nothing is said, where there is none."""
        for form in _FORMATS:
            if mime.hasFormat(form):
                self._take(slot, partial(self._place.take, bytes(mime.data(form).data())))
                return True
        if mime.hasUrls():
            paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
            if not paths:
                error = InvalidError("Only files of this computer can be put in.", remedy="Save the picture first.")
                self._messages.tell(error)
                return True
            self._take(slot, partial(self._place.take_file, paths[0]))
            return True
        if mime.hasImage():
            image = mime.imageData()
            if isinstance(image, QImage) and not image.isNull():
                self._take(slot, partial(_take_image, self._place, image))
                return True
        return False

    # -- private ---------------------------------------------------------------------------------------------

    def _take(self, slot: str, work: Callable[[], str]) -> None:
        table = self._table
        if table is None or not slot:
            return
        table.choose(slot)
        table.note(slot, tr("is being checked …"))
        self._tasks.run(
            PICTURES_LANE,
            work,
            partial(self._on_taken, table, table.epoch, slot),
            partial(self._on_take_failed, table, slot),
            receiver=self,
        )

    def _store_rest(self) -> None:
        """Store what is on this computer only."""
        table = self._table
        if table is None:
            return
        for place in dict.fromkeys(table.pictures.values()):
            if place.startswith(NEW) and place not in self._storing:
                self._storing.add(place)
                self._tasks.run(
                    PICTURES_LANE,
                    partial(self._place.store, place),
                    partial(self._on_stored, place),
                    partial(self._on_store_failed, place),
                    receiver=self,
                )

    def _ask_file(self) -> None:
        """For the slot with the cursor, or that of the field that is typed into."""
        if self._table is not None:
            self._on_table_file_wanted(self._slot_here() or self._table.slot)

    def _enlarge(self) -> None:
        here = "" if self._table is None else self._table.pictures.get(self._slot_here() or self._table.slot, "")
        self.strip.enlarge(here)

    def _slot_here(self) -> str:
        control = QApplication.focusWidget()
        if self._panel is None or control is None:
            return ""
        for name in self._panel.form.typed:
            if self._panel.form.editor(name).control is control:
                return self._slot_beside(name, control)
        return ""

    def _slot_beside(self, name: str, control: QWidget) -> str:
        line = control.textCursor().blockNumber() if isinstance(control, QPlainTextEdit) else 0
        return self._beside(name, line)

    def _dropped(self, control: QObject | None, event: QDropEvent) -> bool:
        """Take what hovers over or is let go on a field of words; False: it is words."""
        mime, panel = event.mimeData(), self._panel
        files = mime.hasUrls() and any(url.isLocalFile() for url in mime.urls())
        if panel is None or not isinstance(control, QPlainTextEdit | QLineEdit) or not (files or mime.hasImage()):
            return False
        name = next((name for name in panel.form.typed if panel.form.editor(name).control is control), "")
        at = event.position().toPoint()
        line = control.cursorForPosition(at).blockNumber() if isinstance(control, QPlainTextEdit) else 0
        slot = self._beside(name, line)
        if not slot:
            return False
        event.acceptProposedAction()
        return self.put(slot, mime) if event.type() is QEvent.Type.Drop else True

    def _bind(self, table: PictureTable) -> None:
        self._table = table
        table.offered.connect(self._on_table_offered)
        table.file_wanted.connect(self._on_table_file_wanted)
        table.enlarge_wanted.connect(self._on_table_enlarge_wanted)
        assert self._panel is not None  # noqa: S101 - for the type checker
        for name in self._panel.form.typed:
            control = self._panel.form.editor(name).control
            if isinstance(control, QPlainTextEdit | QLineEdit) and self._beside(name, 0):
                control.installEventFilter(self)
                if isinstance(control, QPlainTextEdit):
                    control.viewport().installEventFilter(self)  # where things are dropped

    def _say_waiting(self) -> None:
        """What is not stored yet is told beside its slot."""
        table = self._table
        if table is not None:
            for slot, place in table.pictures.items():
                if place.startswith(NEW):
                    table.note(slot, tr("on this computer only, until there is a connection"))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_form_shown(self) -> None:
        panel = self._panel
        if panel is None or self._field not in panel.form.typed:
            return
        table = panel.form.editor(self._field).control
        if isinstance(table, PictureTable) and table is not self._table:
            self._bind(table)
        if self._table is None:
            return
        names = dict(self._slots(panel.form.typed))
        self._table.show_slots(tuple(names.items()))
        pictures = self._table.pictures
        shown = [slot for slot in names if slot in pictures] + [slot for slot in pictures if slot not in names]
        self.strip.show_items([PictureItem(pictures[slot], names.get(slot, slot)) for slot in shown])
        self._store_rest()

    def _on_strip_image_came(self, place: str, image: QImage) -> None:
        if self._table is not None:
            self._table.show_image(place, image)

    def _on_table_offered(self, slot: str, mime: QMimeData | None) -> None:
        if mime is None or not self.put(slot, mime):
            self._messages.tell(InvalidError("There is no picture to be put in.", remedy="Copy one first."))

    def _on_table_file_wanted(self, slot: str) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(self._screen, tr("Put a picture in"), folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Pictures (*.png *.jpg *.jpeg)"), tr("All files (*)")])
        dialog.fileSelected.connect(partial(self._on_file_selected, slot))
        dialog.open()

    def _on_file_selected(self, slot: str, path: str) -> None:
        self._take(slot, partial(self._place.take_file, path))

    def _on_table_enlarge_wanted(self, place: str) -> None:
        self.strip.enlarge(place)

    def _on_taken(self, table: PictureTable, epoch: int, slot: str, place: str) -> None:
        if table is self._table and table.epoch == epoch:  # another record may be shown by now
            table.put(slot, place)

    def _on_take_failed(self, table: PictureTable, slot: str, error: Exception) -> None:
        if table is self._table:
            table.note(slot, "")
        if isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)

    def _on_stored(self, old: str, place: str) -> None:
        self._storing.discard(old)
        if self._table is not None:
            self._table.exchange(old, place)

    def _on_store_failed(self, old: str, error: Exception) -> None:
        self._storing.discard(old)
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
        elif not isinstance(error, OfflineError):
            self._messages.tell(error)
        self._say_waiting()

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A picture that is pasted or dropped where words are typed goes to the slot beside them."""
        if isinstance(event, QDropEvent):
            return self._dropped(watched if isinstance(watched, QLineEdit) else watched.parent(), event)
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not event.matches(QKeySequence.StandardKey.Paste):
            return False
        mime = cast("QMimeData | None", QGuiApplication.clipboard().mimeData())  # of an empty one Qt answers None
        slot = self._slot_here()
        return mime is not None and not mime.hasText() and bool(slot) and self.put(slot, mime)


def _take_image(place: PicturePlace, image: QImage) -> str:
    """A picture that another program copied as pixels."""
    if image.width() * image.height() > _MEGAPIXELS:
        raise InvalidError("This picture is too large to be opened safely.", remedy="Copy a part of it.")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise InvalidError("This picture cannot be read.")
    return place.take(bytes(buffer.data().data()))
