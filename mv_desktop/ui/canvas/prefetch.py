"""Which pictures are wanted, and in what order: a preview first, then what is on screen, then its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.ui.canvas.image_cache import Album, ImageCache, ImageKey, Level, level_for
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH, PageItem
from mv_desktop.ui.canvas.scene import VisiblePage

_NEIGHBOURS = (1, -1, 2, -2, 3)
_SHARP_NEIGHBOURS = (1, -1)


class Wishes:
    """What to decode, in order of urgency, within the room that the cache has.

    Attributes:
        priorities: pictures, higher numbers first.
        pinned: the pictures on screen.
    """

    def __init__(self, cache: ImageCache, album: Album, brightness: int = 0) -> None:
        self.priorities: dict[ImageKey, int] = {}
        self.pinned: set[ImageKey] = set()
        self._cache = cache
        self._album = album
        self._brightness = brightness
        self._room = cache.budget // cache.viewers
        self._next = 1000

    def on_screen(self, item: PageItem) -> None:
        """A visible page: something to look at first, then the level that its size needs."""
        if not item.here:
            return
        preview = self._key(item, Level.QUARTER)
        if self._cache.best(self._album, item.ref, item.level) is None:
            self._add(preview, item)
        sharp = self._key(item, item.level)
        self._add(sharp, item)
        self.pinned |= {preview, sharp}

    def as_shown(self, item: PageItem, level: Level, scale: float) -> None:
        """A page as wide as it is on the screen, or would be, when there is room for it."""
        width = item.width_on_screen(level, scale)
        if item.here and width and item.picture_bytes(level, width) <= self._room:
            self._add(self._key(item, level)._replace(width=width), item)

    def near(self, item: PageItem, level: Level) -> None:
        """A page that may be looked at next, when there is room for it."""
        if item.here and item.picture_bytes(level) <= self._room:
            self._add(self._key(item, level), item)

    # -- private ---------------------------------------------------------------------------------------------

    def _key(self, item: PageItem, level: Level) -> ImageKey:
        return ImageKey(self._album, item.ref, level, self._brightness)

    def _add(self, key: ImageKey, item: PageItem) -> None:
        if key not in self.priorities:
            self.priorities[key] = self._next
            self._next -= 1
            self._room -= item.picture_bytes(key.level, key.width)


def wishes_for(
    cache: ImageCache,
    album: Album,
    pages: Sequence[PageItem],
    visible: Sequence[VisiblePage],
    scale: float,
    brightness: int = 0,
) -> Wishes:
    """What to decode while `visible` is on screen and one unit of the scene covers `scale` pixels of it."""
    wishes = Wishes(cache, album, brightness)
    if not visible:
        return wishes
    for page in visible:
        page.item.level = page.item.needed_level(scale)
    for page in sorted(visible, key=lambda shown: -shown.area):
        wishes.on_screen(page.item)
    beside = _beside(pages, visible)
    sharp = [beside[step] for step in _SHARP_NEIGHBOURS if step in beside]
    for item in sharp:
        wishes.near(item, item.needed_level(scale))
    for page in visible:
        wishes.as_shown(page.item, page.item.level, scale)
    for item in beside.values():
        wishes.near(item, Level.QUARTER)
    for item in sharp:
        wishes.as_shown(item, item.needed_level(scale), scale)
    return wishes


def _beside(pages: Sequence[PageItem], visible: Sequence[VisiblePage]) -> dict[int, PageItem]:
    """The pages around those on screen, by how many steps they are away, in the order of `_NEIGHBOURS`."""
    first, last = pages.index(visible[0].item), pages.index(visible[-1].item)
    numbers = {step: (last if step > 0 else first) + step for step in _NEIGHBOURS}
    return {step: pages[number] for step, number in numbers.items() if 0 <= number < len(pages)}


def wishes_for_next_script(album: Album, pages: Sequence[PageInfo], scale: float) -> dict[ImageKey, int]:
    """What to decode of a script that is not shown yet, after everything of the one that is."""
    wishes: dict[ImageKey, int] = {}
    for info in pages:
        if info.here and not info.problem and info.width:
            wishes[ImageKey(album, info.ref, Level.QUARTER)] = 2
            wishes[ImageKey(album, info.ref, level_for(scale * PAGE_WIDTH / info.width))] = 1
    return wishes
