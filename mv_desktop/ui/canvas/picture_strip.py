"""Pictures of a question below one another: fetched and decoded beside the window, enlarged by a click or a key."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.picture import SeenPicture
from mv_desktop.ui.canvas.page_look import decoded
from mv_desktop.ui.canvas.picture_dialog import PictureDialog
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel

PICTURE_LANE = "picture"
"""Where pictures are read and decoded."""

_TALLEST = 60
"""The room of a picture, in steps of the grid; a taller one is shown smaller."""
_EMPTY = 11
_KEPT_BYTES = 48 << 20

PictureLook = Callable[[str], SeenPicture]
"""Reads the picture at a place; not called on the GUI thread. What it raises is told in the picture's stead."""


@dataclass(frozen=True, slots=True)
class PictureItem:
    """A picture and what it is, in the language spoken: "Diagram"."""

    place: str
    name: str


class PictureStrip(QWidget):
    """As wide as there is room; hidden while there is nothing to show.

    Args:
        tasks: reads and decodes, on `PICTURE_LANE`.

    Signals:
        image_came(str, QImage): the picture at a place is shown.
    """

    image_came = Signal(str, object)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._look: PictureLook | None = None
        self._items: tuple[PictureItem, ...] = ()
        self._frames: list[_Frame] = []
        self._kept: OrderedDict[str, QImage] = OrderedDict()
        self._asked: set[str] = set()
        self._round = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(spacing(2))
        self.hide()

    @property
    def text(self) -> str:
        """What is said of the pictures, one a line."""
        return "\n".join(frame.accessibleName() for frame in self._frames[: len(self._items)])

    @property
    def complete(self) -> bool:
        """No picture is being read."""
        return not self._asked

    @property
    def frames(self) -> Sequence[QAbstractButton]:
        """What can be pressed, for each picture."""
        return tuple(self._frames[: len(self._items)])

    def look_by(self, look: PictureLook | None) -> None:
        """Read pictures so from now on; what was read before is forgotten. None: they are not shown."""
        self._look = look
        self._round += 1
        self._kept.clear()
        self._asked.clear()
        self._show()

    def show_items(self, items: Sequence[PictureItem]) -> None:
        """Show these pictures."""
        if tuple(items) != self._items:
            self._items = tuple(items)
            self._show()

    def look_again(self) -> None:
        """Some may have come: read those anew that are not shown."""
        if any(frame.waiting for frame in self._frames[: len(self._items)]):
            self._ask()

    def enlarge(self, place: str = "") -> None:
        """Show a picture in a window of its own: the one at `place`, else what has the keyboard, else the first."""
        shown = self._frames[: len(self._items)]
        for frame in sorted(shown, key=lambda one: (one.item.place != place, not one.hasFocus())):
            if frame.image is not None:
                self._open(frame)
                return

    # -- private ---------------------------------------------------------------------------------------------

    def _show(self) -> None:
        while len(self._frames) < len(self._items):
            frame = _Frame(self)
            frame.clicked.connect(partial(self._open, frame))
            self._frames.append(frame)
            self._column.addWidget(frame)
            if len(self._frames) > 1:
                QWidget.setTabOrder(self._frames[-2], frame)
        for number, frame in enumerate(self._frames):
            frame.setVisible(number < len(self._items))
        for frame, item in zip(self._frames, self._items, strict=False):
            frame.begin(item, "" if self._look is not None else tr("This picture is not shown here."))
        self.setVisible(bool(self._items))
        self._ask()

    def _ask(self) -> None:
        """Show what is known, and read the rest."""
        if self._look is None:
            return
        for frame in self._frames[: len(self._items)]:
            place = frame.item.place
            if place in self._kept:
                self._kept.move_to_end(place)
                frame.show_image(self._kept[place])
                self.image_came.emit(place, self._kept[place])
            elif place not in self._asked and frame.waiting:
                self._asked.add(place)
                work = partial(_read, self._look, place)
                done = partial(self._on_read, self._round, place)
                self._tasks.run(PICTURE_LANE, work, done, partial(self._on_failed, self._round, place), receiver=self)

    def _open(self, frame: _Frame) -> None:
        if frame.image is not None:
            dialog = PictureDialog(frame.image, frame.item.name, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_read(self, which: int, place: str, found: tuple[QImage | None, SeenPicture]) -> None:
        if which != self._round:
            return
        self._asked.discard(place)
        image, seen = found
        if image is not None:
            self._kept[place] = image
            while len(self._kept) > 1 and sum(one.sizeInBytes() for one in self._kept.values()) > _KEPT_BYTES:
                self._kept.popitem(last=False)
        for frame in self._frames[: len(self._items)]:
            if frame.item.place == place:
                if image is None:
                    frame.say(said(seen.words), waiting=seen.waiting)
                else:
                    frame.show_image(image)
        if image is not None:
            self.image_came.emit(place, image)

    def _on_failed(self, which: int, place: str, error: Exception) -> None:
        words = said(error.message) if isinstance(error, UserError) else tr("Something unexpected happened.")
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
        self._on_read(which, place, (None, SeenPicture(None, words, waiting=isinstance(error, UserError))))


class _Frame(QAbstractButton):
    """One picture with its name above, or a sentence in its place."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.item = PictureItem("", "")
        self.image: QImage | None = None
        self.waiting = True
        self._words = ""
        self._scaled: QImage | None = None
        self._caption = ToneLabel("", "muted", self)
        self._caption.setWordWrap(True)
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def begin(self, item: PictureItem, words: str) -> None:
        """Show this one; `words` say why it is not shown, "" where it is being read."""
        if item.place != self.item.place or words:
            self.image = self._scaled = None
            self.waiting, self._words = not words, words or tr("The picture is being read …")
        self.item = item
        self._tell()

    def show_image(self, image: QImage) -> None:
        """This is the picture."""
        if image is not self.image:
            self.image, self._scaled, self.waiting, self._words = image, None, False, ""
            self._tell()

    def say(self, words: str, *, waiting: bool) -> None:
        """There is none: say why, and whether it may come yet."""
        self.image = self._scaled = None
        self._words, self.waiting = words, waiting
        self._tell()

    def _tell(self) -> None:
        shown = self.image is not None
        self._caption.setText(self.item.name)
        self.setAccessibleName(self.item.name if shown else f"{self.item.name}: {self._words}")
        hint = tr("Enter or a click enlarges the picture.") if shown else ""
        self.setAccessibleDescription(hint)
        self.setToolTip(hint)
        self.setCursor(Qt.CursorShape.PointingHandCursor if shown else Qt.CursorShape.ArrowCursor)
        self._fit()
        self.update()

    def _fit(self) -> None:
        top = self._top()
        self._caption.setGeometry(0, 0, self.width(), top)
        self.setFixedHeight(top + self._picture_size().height() + 2)

    def _top(self) -> int:
        return self._caption.heightForWidth(max(self.width(), 1)) + spacing(1)

    def _picture_size(self) -> QSize:
        """What the picture takes, in pixels: never larger than it is."""
        room = QSize(max(1, self.width() - 2), spacing(_TALLEST))
        if self.image is None:
            flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter
            box = QRect(0, 0, max(1, room.width() - spacing(4)), spacing(_TALLEST))
            words = self.fontMetrics().boundingRect(box, int(flags), self._words)
            return QSize(room.width(), max(spacing(_EMPTY), words.height() + spacing(4)))
        size = self.image.size()
        if size.width() > room.width() or size.height() > room.height():
            size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        return size.expandedTo(QSize(1, 1))

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(spacing(20), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(spacing(20), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = current_theme().colors
        size = self._picture_size()
        box = QRect(0, self._top(), size.width() + 1, size.height() + 1)
        if self.image is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            inside = box.adjusted(spacing(2), spacing(2), -spacing(2), -spacing(2))
            painter.drawText(inside, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter), self._words)
        else:
            sharp = size * self.devicePixelRatioF()
            if self._scaled is None or self._scaled.size() != sharp:
                keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
                self._scaled = self.image.scaled(sharp, keep, smooth)
            painter.drawImage(box.adjusted(1, 1, 0, 0), self._scaled)
        edge = QColor(colors.accent if self.hasFocus() else colors.outline)
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        painter.drawRect(box)


def _read(look: PictureLook, place: str) -> tuple[QImage | None, SeenPicture]:
    seen = look(place)
    if seen.data is None:
        return None, seen
    image = decoded(seen.data)
    if image.isNull():
        return None, SeenPicture(None, "This picture is damaged and cannot be shown.")
    return image, SeenPicture()
