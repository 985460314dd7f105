"""The pictures of a record: a row for each place that one can have, put in by paste, drop or file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing

_ICON = spacing(10)
_ROWS = 5
_SLOT = Qt.ItemDataRole.UserRole
_OWN_KEYS = {int(Qt.Key.Key_Delete), int(Qt.Key.Key_Backspace), int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter)}


class PictureTable(QWidget):
    """Keeps the place of each picture by its slot. What is put in is for others to take: it only asks.

    Signals:
        changed(): a picture came or went.
        offered(str, QMimeData): something was pasted or dropped on a slot.
        file_wanted(str): a file is to be chosen for a slot.
        enlarge_wanted(str): the picture at a place is to be looked at.

    Attributes:
        epoch: becomes another each time that other pictures are written.
    """

    changed = Signal()
    offered = Signal(str, object)
    file_wanted = Signal(str)
    enlarge_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self.epoch = 0
        self._list = _SlotList(self)
        self._list.setIconSize(QSize(_ICON, _ICON))
        self._list.setFixedHeight((_ICON + spacing(2)) * _ROWS)
        self._list.setAccessibleName(tr("Pictures"))
        self.setFocusProxy(self._list)
        self._paste = self._button(tr("Paste"), self._list.paste)
        self._file = self._button(tr("Choose a file …"), lambda: self.file_wanted.emit(self.slot))
        self._enlarge = self._button(tr("Enlarge"), self._look)
        self._remove = self._button(tr("Remove"), lambda: self.put(self.slot, ""))
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        for button in (self._paste, self._file, self._enlarge, self._remove):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        column.addWidget(self._list)
        column.addLayout(row)
        self._list.currentItemChanged.connect(self._on_list_current_item_changed)
        self._list.itemDoubleClicked.connect(self._on_list_item_double_clicked)
        self._list.offered.connect(self.offered)
        self._list.acted.connect(self._on_list_acted)
        self._enable()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def typed(self) -> str:
        """The places by slot, as a form keeps them."""
        return json.dumps(self._pictures, sort_keys=True, ensure_ascii=False) if self._pictures else ""

    @property
    def pictures(self) -> Mapping[str, str]:
        """The places by slot."""
        return dict(self._pictures)

    @property
    def slot(self) -> str:
        """The slot with the cursor."""
        row = self._list.currentRow()
        return "" if row < 0 else str(self._list.item(row).data(_SLOT))

    @property
    def text(self) -> str:
        """What the rows say, one a line."""
        return "\n".join(self._list.item(row).text() for row in range(self._list.count()))

    def write(self, typed: str) -> None:
        """Have these pictures."""
        self.epoch += 1
        self._list.clear()  # of another record: the cursor begins at the top
        self._pictures = {str(slot): str(place) for slot, place in json.loads(typed or "{}").items() if place}
        self._notes.clear()
        self._show()
        self.changed.emit()

    def show_slots(self, names: Sequence[tuple[str, str]]) -> None:
        """Offer these slots, each with what it is called, in the language spoken; one that has a picture stays."""
        wanted = dict(names)
        if list(wanted.items()) != list(self._names.items()):
            self._names = wanted
        self._show()

    def show_image(self, place: str, image: QImage | None) -> None:
        """This is the picture at a place, in small."""
        for row in range(self._list.count()):
            item = self._list.item(row)
            if self._pictures.get(str(item.data(_SLOT))) == place and image is not None and item.icon().isNull():
                small = image.scaled(
                    QSize(_ICON, _ICON) * self.devicePixelRatioF(),
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
                item.setIcon(QIcon(QPixmap.fromImage(small)))

    def choose(self, slot: str) -> None:
        """The cursor goes to this slot."""
        for row in range(self._list.count()):
            if self._list.item(row).data(_SLOT) == slot:
                self._list.setCurrentRow(row)

    def note(self, slot: str, words: str) -> None:
        """Say this of a slot; "" for nothing."""
        self._notes[slot] = words
        self._show()

    def put(self, slot: str, place: str) -> None:
        """Have this picture there; "" for none."""
        if not slot or self._pictures.get(slot, "") == place:
            return
        self._pictures = {name: old for name, old in self._pictures.items() if name != slot}
        if place:
            self._pictures[slot] = place
        self._notes.pop(slot, None)
        self._show()
        self.changed.emit()

    def exchange(self, old: str, new: str) -> None:
        """A picture has another place now."""
        for slot, place in list(self._pictures.items()):
            if place == old:
                self.put(slot, new)

    # -- private ---------------------------------------------------------------------------------------------

    def _button(self, words: str, act: object) -> QPushButton:
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    def _show(self) -> None:
        """Rows are kept where their slots stay, so that the cursor does."""
        slots = [*self._names, *(slot for slot in self._pictures if slot not in self._names)]
        here = self.slot
        if [self._list.item(row).data(_SLOT) for row in range(self._list.count())] != slots:
            self._list.clear()
            for slot in slots:
                item = QListWidgetItem(self._list)
                item.setData(_SLOT, slot)
                item.setSizeHint(QSize(spacing(20), _ICON + spacing(1)))
        for row, slot in enumerate(slots):
            self._tell(self._list.item(row), slot)
        if slots:
            self._list.setCurrentRow(slots.index(here) if here in slots else 0)
        self._enable()

    def _tell(self, item: QListWidgetItem, slot: str) -> None:
        place = self._pictures.get(slot, "")
        state = self._notes.get(slot) or (tr("there is a picture") if place else tr("no picture"))
        item.setText(f"{self._names.get(slot, slot)} · {state}")
        if item.data(_SLOT + 1) != place:
            item.setData(_SLOT + 1, place)
            item.setIcon(QIcon())

    def _enable(self) -> None:
        there = bool(self._pictures.get(self.slot))
        self._enlarge.setEnabled(there)
        self._remove.setEnabled(there)

    def _look(self) -> None:
        place = self._pictures.get(self.slot)
        if place:
            self.enlarge_wanted.emit(place)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_list_current_item_changed(self, _now: object, _before: object) -> None:
        self._enable()

    def _on_list_item_double_clicked(self, _item: object) -> None:
        self._on_list_acted(int(Qt.Key.Key_Return))

    def _on_list_acted(self, key: int) -> None:
        if key in {int(Qt.Key.Key_Delete), int(Qt.Key.Key_Backspace)}:
            self.put(self.slot, "")
        elif self._pictures.get(self.slot):
            self._look()
        else:
            self.file_wanted.emit(self.slot)


class _SlotList(QListWidget):
    """Takes what is pasted and dropped, and the keys that are its own."""

    offered = Signal(str, object)
    acted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setDragDropMode(QListWidget.DragDropMode.DropOnly)
        self.setTabKeyNavigation(False)

    def paste(self) -> None:
        """Offer what lies in the clipboard."""
        item = self.currentItem()
        if item is not None:
            self.offered.emit(str(item.data(_SLOT)), QGuiApplication.clipboard().mimeData())

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()  # the screen has commands with these keys
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.key() in _OWN_KEYS:
            self.acted.emit(int(event.key()))
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        item = self.itemAt(event.position().toPoint())
        if item is not None:
            self.setCurrentItem(item)
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        item = self.itemAt(event.position().toPoint()) or self.currentItem()
        if item is not None:
            self.offered.emit(str(item.data(_SLOT)), event.mimeData())
            event.acceptProposedAction()
