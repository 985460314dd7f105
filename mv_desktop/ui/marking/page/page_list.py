"""The pages of a script in a list: which were read, which have ink, and which need something."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QSize,
    Qt,
    Signal,
    SignalInstance,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Change
from mv_desktop.ui.canvas.image_cache import Album, ImageCache, ImageKey, Level
from mv_desktop.ui.marking.page.page_cell import PageCell
from mv_desktop.ui.marking.page.page_row import ROW_ROLE, PageRow, page_row
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.sheet_row import Index
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing

_WIDTH = spacing(26)
_THUMBS = -1
"""How urgent a thumbnail is, those in sight first: after everything that is looked at, also in the next script."""
_ROOT = QModelIndex()


class PageList(QListView):
    """One row a page, in reading order; arrows and clicks go to a page.

    Args:
        images: where thumbnails come from; without it there are none.

    Signals:
        page_chosen(PageRef): the teacher went to a page here.
    """

    page_chosen = Signal(object)

    def __init__(self, images: ImageCache | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images = images
        self._album: Album | None = None
        self._turns: Mapping[PageRef, int] = {}
        self._session: MarkingSession | None = None
        self._following = False
        self._model = _PageModel(self)
        self.setModel(self._model)
        self.setItemDelegate(PageCell(self, self._picture, lambda ref: self._turns.get(ref, 0)))
        self.setAccessibleName(tr("Pages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMinimumWidth(spacing(18))
        self.setMaximumWidth(spacing(60))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll_bar_valueChanged)
        if images is not None:
            images.ready.connect(self._on_images_ready)

    def set_session(self, session: MarkingSession | None, album: Album | None = None) -> None:
        """Show another script's pages, or none; thumbnails are those of `album`."""
        if self._session is not None:
            self._connect_session(self._session, connect=False)
        self._session = session
        self._following = True
        self._album, self._turns = album, {}
        self._model.load([] if session is None else [self._row(session, info) for info in session.view.pages])
        self._following = False
        self._ask_for_pictures(0)
        if session is not None:
            self._connect_session(session, connect=True)

    def set_current(self, ref: PageRef) -> None:
        """Show that `ref` is the page that is looked at; nothing is chosen by it."""
        index = self._model.index_of(ref)
        if not index.isValid() or index == self.currentIndex():
            return
        self._following = True
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._following = False
        self.scrollTo(index)

    def show_turns(self, turns: Mapping[PageRef, int]) -> None:
        """Turn the thumbnails as the pages are turned."""
        if turns != self._turns:
            self._turns = dict(turns)
            self.viewport().update()

    def refresh(self) -> None:
        """Read the pages again: some came to this computer, or turned out not to be shown."""
        if self._session is not None:
            self._update([info.ref for info in self._session.view.pages])

    # -- private ---------------------------------------------------------------------------------------------

    def _update(self, refs: Collection[PageRef]) -> None:
        session = self._session
        if session is not None and refs:
            self._model.update_rows([self._row(session, info) for info in session.view.pages if info.ref in refs])

    def _row(self, session: MarkingSession, info: PageInfo) -> PageRow:
        album = self._album
        blank = self._images is not None and album is not None and self._images.looks_blank(album, info.ref)
        return page_row(session, info, blank=blank)

    def _key(self, ref: PageRef) -> ImageKey | None:
        return None if self._album is None else ImageKey(self._album, ref, Level.THUMB)

    def _picture(self, ref: PageRef) -> QImage | None:
        key = self._key(ref)
        return None if self._images is None or key is None else self._images.get(key)

    @Slot()
    def _on_scroll_bar_valueChanged(self) -> None:
        self._ask_for_pictures(max(0, self.indexAt(self.viewport().rect().topLeft()).row()))

    def _ask_for_pictures(self, first: int) -> None:
        """Ask for all thumbnails, beginning with the page at that place."""
        if self._images is None:
            return
        session = self._session
        keys = [
            key
            for info in (() if session is None else session.view.pages)
            if info.here and not info.problem and (key := self._key(info.ref)) is not None
        ]
        keys = [*keys[first:], *keys[:first]]
        self._images.want({key: _THUMBS - place for place, key in enumerate(keys)}, viewer=self)

    @Slot(object)
    def _on_images_ready(self, key: ImageKey) -> None:
        if key.level is Level.THUMB and key.album == self._album:
            self._update([key.ref])
            self.update(self._model.index_of(key.ref))

    def _on_session_changed(self, change: Change) -> None:
        self._update(change.pages)

    def _on_session_flags_changed(self) -> None:
        self.refresh()

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if not self._following and current.isValid():
            self.page_chosen.emit(current.data(ROW_ROLE).ref)

    def _connect_session(self, session: MarkingSession, *, connect: bool) -> None:
        pairs: tuple[tuple[SignalInstance, Callable[..., None]], ...] = (
            (session.changed, self._on_session_changed),
            (session.flags_changed, self._on_session_flags_changed),
        )
        for signal, slot in pairs:
            (signal.connect if connect else signal.disconnect)(slot)

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, spacing(100))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        # a list view lays all its rows out again, and paints all thumbnails; these never change their height
        QAbstractItemView.dataChanged(self, first, last, list(roles))

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Qt goes to the first row of a list that has no current one: that is not the teacher's choice
        self._following = True
        super().focusInEvent(event)
        self._following = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        before, index = self.currentIndex(), self.indexAt(event.position().toPoint())
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index == before:
            self.page_chosen.emit(index.data(ROW_ROLE).ref)  # somewhere on it already: its top is meant

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moving = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
                  Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}  # fmt: skip
        if event.key() in moving:
            super().keyPressEvent(event)
        else:
            event.ignore()  # letters are the screen's actions; Qt would search for a row that begins with them


class _PageModel(QAbstractListModel):
    """The pages as Qt's list; a change of a few never resets it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[PageRow] = []
        self._places: dict[PageRef, int] = {}

    def load(self, rows: Sequence[PageRow]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self._places = {row.ref: place for place, row in enumerate(rows)}
        self.endResetModel()

    def update_rows(self, rows: Sequence[PageRow]) -> None:
        for row in rows:
            place = self._places[row.ref]
            if self._rows[place] != row:
                self._rows[place] = row
                changed = self.index(place)
                self.dataChanged.emit(changed, changed)

    def index_of(self, ref: PageRef) -> QModelIndex:
        place = self._places.get(ref)
        return QModelIndex() if place is None else self.index(place)

    # -- Qt --------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.words
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return row.words.replace("\n", ", ")
        return None
