"""Decoded pages: least recently used by bytes, decoded in a small thread pool.

One page is kept at up to three levels: full size, half and a quarter. What is wanted most is decoded first, and
what is not wanted any more by the time it would be decoded is not decoded at all. What is looked at for a moment is
kept once more as wide as it stands on the screen: to paint that is to copy it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Literal, NamedTuple, NewType, Protocol

from PySide6.QtCore import QObject, QRect, QSize, Qt, QThread, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QImageReader, QPainter

from mv_desktop.core.allocator import return_large_blocks
from mv_desktop.domain.evaluation import BRIGHTEST
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.canvas.blank import looks_blank
from mv_desktop.ui.canvas.brightness import brighten
from mv_desktop.ui.canvas.fitting import fitted
from mv_desktop.ui.canvas.picture_reader import PictureReader
from mv_desktop.ui.tasks import Periodic, Tasks, breathe

MEBIBYTE = 1 << 20
DEFAULT_BUDGET = 256 * MEBIBYTE
ALLOCATION_LIMIT_MIB = 512
"""The largest picture that is decoded at all: twice what the intake lets through at four bytes a pixel."""

THUMB_WIDTH = 200

_STRIP = 128
_NICENESS = 10
_QUIET_SECONDS = 0.15
_FIT_SECONDS = 0.2
_polite = threading.local()

_log = logging.getLogger(__name__)


class Level(IntEnum):
    """How much smaller than the file a picture is decoded: the divisor of its width."""

    FULL = 1
    HALF = 2
    QUARTER = 4
    THUMB = 16
    """Of `THUMB_WIDTH` whatever the file's size: for lists only, and it stays as long as its script is open."""


LEVELS = (Level.FULL, Level.HALF, Level.QUARTER)


def level_for(scale: float) -> Level:
    """The coarsest level that is still sharp when one pixel of the file covers `scale` pixels of the screen."""
    if scale <= 1 / Level.QUARTER:
        return Level.QUARTER
    return Level.HALF if scale <= 1 / Level.HALF else Level.FULL


class PictureSource(Protocol):
    """Where the pictures of one script come from. Called in the cache's threads, never on the GUI thread."""

    def read(self, ref: PageRef, level: Literal["full", "quarter"]) -> bytes | None:
        """The file of a page as JPEG or PNG; None when it is not on this computer."""
        ...


Album = NewType("Album", int)
"""One script's pictures in the cache. Numbers are never used twice, so a late picture finds its album closed."""


class ImageKey(NamedTuple):
    """One picture: a page of an album at a level, as uploaded or brightened by that many steps.

    With a `width`, the same picture made so many pixels wide; with 0, as it was decoded.
    """

    album: Album
    ref: PageRef
    level: Level
    brightness: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a page has no picture.

    Attributes:
        broken: the file is here and cannot be read; otherwise it is not on this computer.
    """

    ref: PageRef
    broken: bool


class _Wishes(NamedTuple):
    """What one viewer wants."""

    priorities: dict[ImageKey, int]
    pinned: frozenset[ImageKey]


class ImageCache(QObject):
    """The decoded pages of the open scripts.

    Signals:
        ready(ImageKey): a picture can be had from `get`.
        missing(Album, Missing): a page has no picture; nothing asks again until `forget` is called.
    """

    ready = Signal(object)
    missing = Signal(object, object)

    def __init__(
        self,
        budget: int = DEFAULT_BUDGET,
        threads: int = 2,
        parent: QObject | None = None,
        *,
        tasks: Tasks | None = None,
    ) -> None:
        """A cache of at most `budget` bytes of pictures; what is on screen stays even beyond that.

        With `tasks`, nothing is decoded ahead for a moment after a script was opened and after a picture came that is
        on screen: the window is then busy showing it, and has the processors to itself.
        """
        super().__init__(parent)
        QImageReader.setAllocationLimit(ALLOCATION_LIMIT_MIB)
        return_large_blocks()
        self.budget = budget
        self.bytes = 0
        self._images: OrderedDict[ImageKey, QImage] = OrderedDict()
        self._sources: dict[Album, PictureSource] = {}
        self._wishes: dict[object, _Wishes] = {}
        self._waiting: dict[ImageKey, int] = {}
        self._running: set[ImageKey] = set()
        self._without: set[tuple[Album, PageRef]] = set()
        self._blank: set[tuple[Album, PageRef]] = set()
        self._pinned: frozenset[ImageKey] = frozenset()
        self._last_album = 0
        self._threads = threads
        self._tasks = tasks
        self._hush: Periodic | None = None
        self._fits: frozenset[ImageKey] = frozenset()
        self._fit_later: Periodic | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._pool.setThreadPriority(QThread.Priority.LowPriority)  # the window goes first
        self._outbox = _Outbox(self)
        self._outbox.decoded.connect(self._on_outbox_decoded, Qt.ConnectionType.QueuedConnection)

    def open(self, source: PictureSource) -> Album:
        """Begin to keep pictures of a script."""
        self._last_album += 1
        album = Album(self._last_album)
        self._sources[album] = source
        self._be_quiet()
        return album

    def close(self, album: Album) -> None:
        """Forget a script: its pictures go, and what is still being decoded is dropped when it comes."""
        self._sources.pop(album, None)
        gone = [self._images.pop(key) for key in list(self._images) if key.album == album]
        self.bytes -= sum(image.sizeInBytes() for image in gone)
        self._pool.start(partial(_free, gone))
        self._waiting = {key: priority for key, priority in self._waiting.items() if key.album != album}
        self._without = {entry for entry in self._without if entry[0] != album}
        self._blank = {entry for entry in self._blank if entry[0] != album}

    def set_budget(self, budget: int) -> None:
        """Hold at most `budget` bytes of pictures from now on."""
        self.budget = budget
        self._evict()

    def forget(self, album: Album, ref: PageRef) -> None:
        """The page's files have changed or have come: read them again when they are wanted."""
        self._without.discard((album, ref))
        self._blank.discard((album, ref))
        for key in [key for key in self._images if key.album == album and key.ref == ref]:
            self.bytes -= self._images.pop(key).sizeInBytes()

    def get(self, key: ImageKey) -> QImage | None:
        """The picture, when it is here."""
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
        return image

    def best(self, album: Album, ref: PageRef, wanted: Level, brightness: int = 0) -> QImage | None:
        """The picture to show while `wanted` is not here: that level, else a finer one, else a coarser one.

        One of another brightness is better than none.
        """
        finer = [level for level in reversed(LEVELS) if level < wanted]
        coarser = [level for level in LEVELS if level > wanted]
        for step in (brightness, *(other for other in range(BRIGHTEST + 1) if other != brightness)):
            for level in (wanted, *finer, *coarser):
                image = self.get(ImageKey(album, ref, level, step))
                if image is not None:
                    return image
        return None

    def want(
        self, priorities: Mapping[ImageKey, int], pinned: Iterable[ImageKey] = (), *, viewer: object = None
    ) -> None:
        """Say what a viewer wants now, instead of what it wanted before; what others want stays wanted.

        Args:
            priorities: the pictures, higher numbers first.
            pinned: what is on screen; it is not thrown out however little room there is.
            viewer: who wants it. One that goes says so by wanting nothing.
        """
        self._wishes.pop(viewer, None)
        if priorities or pinned:
            self._wishes[viewer] = _Wishes(dict(priorities), frozenset(pinned))
        self._pinned = frozenset().union(*(wishes.pinned for wishes in self._wishes.values()))
        self._waiting = {}
        for wishes in self._wishes.values():
            for key, priority in wishes.priorities.items():
                if self._can_be_had(key):
                    self._waiting[key] = max(priority, self._waiting.get(key, priority))
        self._fit_what_stays()
        self._dispatch()

    def looks_blank(self, album: Album, ref: PageRef) -> bool:
        """Nothing seems to be written on the page, as far as its thumbnail is here."""
        return (album, ref) in self._blank

    @property
    def viewers(self) -> int:
        """How many have something on screen, at least 1: they share the room there is for what is decoded ahead."""
        return max(1, sum(bool(wishes.pinned) for wishes in self._wishes.values()))

    @property
    def idle(self) -> bool:
        """Nothing is being decoded or waiting for it."""
        return not self._running and not any(self._has_its_source(key) for key in self._waiting)

    def shutdown(self) -> None:
        """Close all albums and wait for the threads. Must be called before the cache is destroyed."""
        for album in list(self._sources):
            self.close(album)
        self._waiting.clear()
        self._pool.waitForDone()

    # -- private ---------------------------------------------------------------------------------------------

    def _can_be_had(self, key: ImageKey) -> bool:
        """It is not here, not on its way, and there is a file to read it from."""
        return (
            key not in self._images
            and key not in self._running
            and key.album in self._sources
            and (key.album, key.ref) not in self._without
        )

    def _has_its_source(self, key: ImageKey) -> bool:
        """What it is made of is here: a file, or for one of a width the decoded picture."""
        return not key.width or key._replace(width=0) in self._images

    def _fit_what_stays(self) -> None:
        """Pictures as wide as on the screen are made once that stays for a moment, not at each step of a zoom."""
        fits = frozenset(key for key in self._waiting if key.width)
        if self._tasks is not None and not fits <= self._fits:
            if self._fit_later is not None:
                self._fit_later.cancel()
            self._fit_later = self._tasks.after(_FIT_SECONDS, self._dispatch, receiver=self)
        self._fits = fits

    def _next_in_turn(self) -> ImageKey | None:
        fit = self._fit_later is None or not self._fit_later.active
        ready = [key for key in self._waiting if not key.width or (fit and self._has_its_source(key))]
        return max(ready, key=self._waiting.__getitem__, default=None)

    def _dispatch(self) -> None:
        while len(self._running) < self._threads:
            key = self._next_in_turn()
            if key is None:
                return
            quiet = self._hush is not None and self._hush.active
            if key not in self._pinned and (quiet or not self._pinned.isdisjoint(self._running)):
                return  # what is on screen has the processors to itself
            if key.level is Level.THUMB and any(running.level is Level.THUMB for running in self._running):
                return  # one thread stays free for what will be looked at
            del self._waiting[key]
            self._running.add(key)
            if key.width:
                self._pool.start(partial(_fit, key, self._images[key._replace(width=0)], self._outbox))
            else:
                self._pool.start(partial(_decode, key, self._sources[key.album], self._outbox))

    def _be_quiet(self) -> None:
        if self._tasks is not None:
            if self._hush is not None:
                self._hush.cancel()
            self._hush = self._tasks.after(_QUIET_SECONDS, self._dispatch, receiver=self)

    @Slot(object, object, bool, bool)
    def _on_outbox_decoded(self, key: ImageKey, image: QImage | None, here: bool, blank: bool) -> None:  # noqa: FBT001
        self._running.discard(key)
        if key.album in self._sources:
            if image is None:
                self._without.add((key.album, key.ref))
                self._waiting = {k: p for k, p in self._waiting.items() if k[:2] != key[:2]}
                self.missing.emit(key.album, Missing(key.ref, here))
            else:
                self._images[key] = image
                self.bytes += image.sizeInBytes()
                if blank:
                    self._blank.add((key.album, key.ref))
                self._evict()
                if key in self._pinned:
                    self._be_quiet()
                self.ready.emit(key)
        self._dispatch()

    def _evict(self) -> None:
        for key in list(self._images):
            if self.bytes <= self.budget:
                return
            if key not in self._pinned and key.level is not Level.THUMB:
                self.bytes -= self._images.pop(key).sizeInBytes()


class _Outbox(QObject):
    """Where the pool's threads leave their pictures: key, picture or None, whether there was a file, looks blank."""

    decoded = Signal(object, object, bool, bool)


def decode(data: bytes, level: Level, *, reduced: bool = False) -> QImage | None:
    """The picture in `data` (JPEG or PNG) at `level`, turned as its EXIF says; None when it cannot be read.

    With `reduced`, `data` is already a quarter of the page's size.
    """
    reader = PictureReader(data)
    # size() holds the interpreter lock while Qt finds the plugin, which it does under a lock of its own. Were that
    # left to read(), which gives the interpreter lock up but needs it to read a buffer made in Python, one thread in
    # read() and one in size() would wait for each other for ever.
    size = reader.size()
    if size.isValid():
        _scale(reader, size, level, reduced=reduced)
    image = reader.read()  # releases the interpreter lock, which QImage.fromData does not
    if image.isNull():
        _log.warning("a page could not be decoded: %s", reader.errorString())
        return None
    return _paintable(image)


def _scale(reader: QImageReader, size: QSize, level: Level, *, reduced: bool) -> None:
    """Let `reader` decode a picture of `size` at `level`: of JPEG, that costs less than all of it."""
    smaller = 1.0 if reduced else float(level)
    if level is Level.THUMB:
        # before the EXIF turn, by which upright pages may lie on their side
        smaller = min(size.width(), size.height()) / THUMB_WIDTH
    if smaller > 1:
        reader.setScaledSize(QSize(max(1, int(size.width() / smaller)), max(1, int(size.height() / smaller))))


def _paintable(image: QImage) -> QImage:
    """`image` as Format_RGB32 on white: any other format costs five times as much each time it is painted.

    `convertToFormat` would hold the interpreter lock, and so the window, for 25 ms a page; strips hold it for 1 ms.
    """
    if image.format() == QImage.Format.Format_RGB32:
        return image
    result = QImage(image.size(), QImage.Format.Format_RGB32)
    painter = QPainter(result)
    for top in range(0, image.height(), _STRIP):
        strip = QRect(0, top, image.width(), min(_STRIP, image.height() - top))
        painter.fillRect(strip, Qt.GlobalColor.white)
        painter.drawImage(strip, image, strip)
        breathe()
    painter.end()
    return result


def _let_the_window_go_first() -> None:
    """On Linux, where Qt's thread priorities do nothing, two threads that decode would take both of two processors."""
    if sys.platform == "linux" and not getattr(_polite, "known", False):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        _polite.known = True


def _free(images: list[QImage]) -> None:
    """Let pictures go, on a thread of the pool: giving back tens of megabytes takes milliseconds."""
    while images:
        images.pop()


def _fit(key: ImageKey, image: QImage, outbox: _Outbox) -> None:
    """A decoded picture as wide as it is shown, on a thread of the pool."""
    _let_the_window_go_first()
    outbox.decoded.emit(key, fitted(image, key.width), True, False)


def _decode(key: ImageKey, source: PictureSource, outbox: _Outbox) -> None:
    """One picture, on a thread of the pool."""
    _let_the_window_go_first()
    image: QImage | None = None
    here = blank = False
    try:
        data = source.read(key.ref, "quarter") if key.level >= Level.QUARTER else None
        reduced = data is not None
        if data is None:
            data = source.read(key.ref, "full")
        if data is not None:
            here = True
            image = decode(data, key.level, reduced=reduced)
            if image is not None:
                brighten(image, data, key.brightness)
            if key.level is Level.THUMB:
                quarter = decode(data, Level.QUARTER, reduced=reduced)
                blank = quarter is not None and looks_blank(quarter)
    except Exception:  # noqa: BLE001 - a page that cannot be read is shown as such; the thread must not die
        here = True
        _log.exception("page %s could not be read", key.ref.label)
    outbox.decoded.emit(key, image, here, blank)
