"""Decoded pages: order, levels, room, and pictures that come too late."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.canvas.image_cache import Album, ImageCache, ImageKey, Level, Missing, decode, level_for
from mv_desktop.ui.tasks import Tasks
from tests.fakes.picture_source import MemoryPictures, encoded, jpeg, small_script


def fetch(qtbot: QtBot, cache: ImageCache, *keys: ImageKey) -> list[QImage | None]:
    cache.want(dict.fromkeys(keys, 1))
    qtbot.waitUntil(lambda: cache.idle)
    return [cache.get(key) for key in keys]


@pytest.mark.parametrize(
    ("scale", "level"),
    [(0.1, Level.QUARTER), (0.25, Level.QUARTER), (0.26, Level.HALF), (0.5, Level.HALF), (0.51, Level.FULL), (3, 1)],
)
def test_the_level_is_the_coarsest_that_is_sharp(scale: float, level: Level) -> None:
    assert level_for(scale) == level


def test_levels_have_their_sizes(qtbot: QtBot, cache: ImageCache) -> None:
    _, source = small_script(1)
    album = cache.open(source)
    images = fetch(qtbot, cache, *(ImageKey(album, PageRef(1), level) for level in Level))
    sizes = [(620, 877), (310, 438), (155, 219), (155, 219)]  # the quarter is small enough for a thumbnail
    assert [(i.width(), i.height()) for i in images if i is not None] == sizes


def test_a_thumbnail_has_one_width_whatever_the_file(qtbot: QtBot, cache: ImageCache) -> None:
    source = MemoryPictures()
    source.put(PageRef(1), jpeg(2480, 3508), jpeg(620, 877))
    source.put(PageRef(2), jpeg(800, 600, orientation=6))
    album = cache.open(source)
    images = fetch(qtbot, cache, *(ImageKey(album, PageRef(n), Level.THUMB) for n in (1, 2)))
    assert [(i.width(), i.height()) for i in images if i is not None] == [(200, 282), (200, 266)]
    assert source.reads[PageRef(1), "full"] == 0


def test_thumbnails_stay_with_their_script_and_never_stand_in_for_a_page(qtbot: QtBot) -> None:
    cache = ImageCache(budget=620 * 877 * 4, threads=1)
    _, source = small_script(2)
    album = cache.open(source)
    thumb, page = ImageKey(album, PageRef(1), Level.THUMB), ImageKey(album, PageRef(2), Level.FULL)
    fetch(qtbot, cache, thumb)
    assert cache.best(album, PageRef(1), Level.QUARTER) is None
    fetch(qtbot, cache, page)
    assert cache.get(thumb) is not None
    assert cache.get(page) is None  # there is room for one of them
    cache.close(album)
    assert cache.bytes == 0
    cache.shutdown()


def test_less_room_holds_at_once(qtbot: QtBot, cache: ImageCache) -> None:
    _, source = small_script(3)
    album = cache.open(source)
    keys = [ImageKey(album, PageRef(number), Level.FULL) for number in (1, 2, 3)]
    fetch(qtbot, cache, *keys)
    cache.want({keys[2]: 1}, pinned=keys[2:])
    cache.set_budget(2 * 620 * 877 * 4)
    assert [cache.get(key) is not None for key in keys] == [False, True, True]
    cache.set_budget(1)
    assert [cache.get(key) is not None for key in keys] == [False, False, True], "what is on screen stays"


def test_one_thumbnail_at_a_time_leaves_a_thread_free(qtbot: QtBot) -> None:
    cache = ImageCache(threads=2)
    _, source = small_script(3)
    source.gate.clear()
    album = cache.open(source)
    cache.want({ImageKey(album, PageRef(n), Level.THUMB): -n for n in (1, 2)}, viewer="list")
    page = ImageKey(album, PageRef(3), Level.FULL)
    cache.want({page: 1}, viewer="view")
    assert {key.level for key in cache._running} == {Level.THUMB, Level.FULL}
    assert len(cache._running) == 2
    source.gate.set()
    qtbot.waitUntil(lambda: cache.idle)
    cache.shutdown()


def test_a_page_without_writing_looks_blank_until_another_file_comes(qtbot: QtBot, cache: ImageCache) -> None:
    source = MemoryPictures()
    source.put(PageRef(1), jpeg(1240, 1754, text=" "))
    source.put(PageRef(2), jpeg(1240, 1754, text="x = 5"))
    album = cache.open(source)
    fetch(qtbot, cache, *(ImageKey(album, PageRef(n), Level.THUMB) for n in (1, 2)))
    assert [cache.looks_blank(album, PageRef(n)) for n in (1, 2)] == [True, False]
    cache.forget(album, PageRef(1))
    assert not cache.looks_blank(album, PageRef(1))


def test_files_are_read_in_the_pool_and_never_on_the_gui_thread(qtbot: QtBot, cache: ImageCache) -> None:
    _, source = small_script(1)
    fetch(qtbot, cache, ImageKey(cache.open(source), PageRef(1), Level.FULL))
    assert source.threads
    assert threading.get_ident() not in source.threads


def test_a_quarter_comes_from_its_own_small_file(qtbot: QtBot, cache: ImageCache) -> None:
    _, source = small_script(1)
    fetch(qtbot, cache, ImageKey(cache.open(source), PageRef(1), Level.QUARTER))
    assert source.reads == {(PageRef(1), "quarter"): 1}


def test_a_quarter_without_a_file_is_made_from_the_page(qtbot: QtBot, cache: ImageCache) -> None:
    source = MemoryPictures()
    source.put(PageRef(1), jpeg(620, 877))
    (image,) = fetch(qtbot, cache, ImageKey(cache.open(source), PageRef(1), Level.QUARTER))
    assert image is not None
    assert image.width() == 155


def test_a_turned_photo_is_upright(qtbot: QtBot, cache: ImageCache) -> None:
    source = MemoryPictures()
    source.put(PageRef(1), jpeg(400, 300, orientation=6))
    album = cache.open(source)
    full, half = fetch(qtbot, cache, *(ImageKey(album, PageRef(1), level) for level in (Level.FULL, Level.HALF)))
    assert full is not None
    assert half is not None
    assert (full.width(), full.height()) == (300, 400)
    assert (half.width(), half.height()) == (150, 200)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1"])
def test_every_kind_of_picture_becomes_the_one_that_paints_fast(mode: str) -> None:
    data = encoded(Image.new(mode, (40, 50)), "PNG")
    image = decode(data, Level.FULL)
    assert image is not None
    assert image.format() == QImage.Format.Format_RGB32


def test_what_is_transparent_is_paper() -> None:
    image = decode(encoded(Image.new("RGBA", (8, 300), (0, 0, 0, 0)), "PNG"), Level.FULL)
    assert image is not None
    assert {image.pixelColor(4, y).name() for y in (0, 127, 128, 299)} == {"#ffffff"}


def test_the_most_urgent_is_decoded_first(qtbot: QtBot) -> None:
    cache = ImageCache(threads=1)
    _, source = small_script(3)
    album = cache.open(source)
    arrived: list[PageRef] = []
    cache.ready.connect(lambda key: arrived.append(key.ref))
    cache.want({ImageKey(album, PageRef(n), Level.FULL): priority for n, priority in ((1, 1), (2, 9), (3, 5))})
    qtbot.waitUntil(lambda: cache.idle)
    assert arrived == [PageRef(2), PageRef(3), PageRef(1)]
    cache.shutdown()


def test_what_is_not_wanted_any_more_is_not_decoded(qtbot: QtBot) -> None:
    cache = ImageCache(threads=1)
    _, source = small_script(3)
    source.gate.clear()
    album = cache.open(source)
    cache.want({ImageKey(album, PageRef(1), Level.FULL): 2, ImageKey(album, PageRef(2), Level.FULL): 1})
    cache.want({ImageKey(album, PageRef(3), Level.FULL): 1})
    source.gate.set()
    qtbot.waitUntil(lambda: cache.idle)
    assert set(source.reads) == {(PageRef(1), "full"), (PageRef(3), "full")}
    cache.shutdown()


def test_a_picture_of_a_closed_script_is_dropped(qtbot: QtBot, cache: ImageCache) -> None:
    _, source = small_script(1)
    source.gate.clear()
    album = cache.open(source)
    key = ImageKey(album, PageRef(1), Level.FULL)
    cache.want({key: 1})
    cache.close(album)
    with qtbot.assertNotEmitted(cache.ready):
        source.gate.set()
        qtbot.waitUntil(lambda: cache.idle)
    assert cache.get(key) is None
    assert cache.bytes == 0


def test_what_one_viewer_wants_does_not_take_away_what_another_wants(qtbot: QtBot) -> None:
    cache = ImageCache(threads=1)
    _, source = small_script(3)
    source.gate.clear()
    album = cache.open(source)
    running, first, second = (ImageKey(album, PageRef(n), Level.FULL) for n in (1, 2, 3))
    cache.want({running: 1}, viewer="one")
    cache.want({first: 1}, viewer="one")
    cache.want({second: 1}, viewer="two")
    cache.want({}, viewer="three")
    source.gate.set()
    qtbot.waitUntil(lambda: cache.idle)
    assert cache.get(first) is not None
    assert cache.get(second) is not None
    cache.want({}, viewer="two")
    cache.forget(album, PageRef(3))
    cache.want({first: 1}, viewer="one")
    assert cache.idle  # nobody wants the second any more
    cache.shutdown()


def test_what_either_viewer_shows_stays(qtbot: QtBot) -> None:
    page = 620 * 877 * 4
    cache = ImageCache(budget=page, threads=1)
    _, source = small_script(3)
    album = cache.open(source)
    keys = [ImageKey(album, PageRef(n), Level.FULL) for n in (1, 2, 3)]
    cache.want({keys[0]: 1}, pinned=[keys[0]], viewer="left")
    cache.want({keys[1]: 1}, pinned=[keys[1]], viewer="right")
    qtbot.waitUntil(lambda: cache.idle)
    cache.want({keys[2]: 1}, viewer="list")
    qtbot.waitUntil(lambda: cache.idle)
    assert [cache.get(key) is not None for key in keys] == [True, True, False]
    cache.shutdown()


def test_a_brightened_picture_is_one_more_and_the_plain_one_stands_in_for_it(qtbot: QtBot, cache: ImageCache) -> None:
    source = MemoryPictures()
    source.put(PageRef(1), encoded(Image.new("RGB", (62, 88), "#808080")))
    album = cache.open(source)
    plain, brightened = (ImageKey(album, PageRef(1), Level.FULL, step) for step in (0, 2))
    fetch(qtbot, cache, plain)
    assert cache.best(album, PageRef(1), Level.FULL, 2) is cache.get(plain)
    fetch(qtbot, cache, brightened)
    best = cache.best(album, PageRef(1), Level.FULL, 2)
    assert best is not None
    assert best.pixelColor(30, 40).lightness() > 240
    shown = cache.best(album, PageRef(1), Level.FULL)
    assert shown is not None
    assert shown.pixelColor(30, 40).lightness() < 140
    cache.forget(album, PageRef(1))
    assert cache.bytes == 0


def test_the_least_recently_used_goes_first_and_what_is_on_screen_stays(qtbot: QtBot) -> None:
    page = 620 * 877 * 4
    cache = ImageCache(budget=2 * page, threads=1)
    _, source = small_script(4)
    album = cache.open(source)
    keys = [ImageKey(album, PageRef(n), Level.FULL) for n in range(1, 5)]
    for key in keys[:3]:
        cache.want({key: 1}, pinned=[keys[0]])
        qtbot.waitUntil(lambda: cache.idle)
    assert [cache.get(key) is not None for key in keys] == [True, False, True, False]
    cache.get(keys[0])
    cache.want({keys[3]: 1})
    qtbot.waitUntil(lambda: cache.idle)
    assert [cache.get(key) is not None for key in keys] == [True, False, False, True]
    assert cache.bytes == 2 * page
    cache.shutdown()


def test_the_best_picture_is_the_exact_one_then_a_finer_then_a_coarser(qtbot: QtBot, cache: ImageCache) -> None:
    _, source = small_script(1)
    album = cache.open(source)

    def best(level: Level) -> int | None:
        image = cache.best(album, PageRef(1), level)
        return None if image is None else image.width()

    assert best(Level.HALF) is None
    fetch(qtbot, cache, ImageKey(album, PageRef(1), Level.QUARTER))
    assert best(Level.HALF) == 155
    fetch(qtbot, cache, ImageKey(album, PageRef(1), Level.FULL))
    assert best(Level.HALF) == 620
    fetch(qtbot, cache, ImageKey(album, PageRef(1), Level.HALF))
    assert best(Level.HALF) == 310


def broken(data: bytes) -> Callable[[MemoryPictures], None]:
    return lambda source: source.put(PageRef(1), data)


@pytest.mark.parametrize(
    ("prepare", "is_broken"),
    [(lambda source: None, False), (broken(b"no picture"), True), (broken(jpeg(80, 80)[:300]), True)],
    ids=["absent", "not a picture", "cut off"],
)
def test_a_page_without_a_picture_is_told_once(
    qtbot: QtBot, cache: ImageCache, prepare: Callable[[MemoryPictures], None], is_broken: bool
) -> None:
    source = MemoryPictures()
    prepare(source)
    album = cache.open(source)
    key = ImageKey(album, PageRef(1), Level.FULL)
    with qtbot.waitSignal(cache.missing) as told:
        cache.want({key: 1})
    assert told.args == [album, Missing(PageRef(1), broken=is_broken)]
    reads = source.reads.total()
    cache.want({key: 1})
    assert cache.idle
    assert source.reads.total() == reads


def test_a_page_whose_file_has_come_is_read_again(qtbot: QtBot, cache: ImageCache) -> None:
    source = MemoryPictures()
    album = cache.open(source)
    key = ImageKey(album, PageRef(1), Level.FULL)
    assert fetch(qtbot, cache, key) == [None]
    source.put(PageRef(1), jpeg(40, 50))
    cache.forget(album, PageRef(1))
    assert fetch(qtbot, cache, key) != [None]
    cache.forget(album, PageRef(1))
    assert cache.bytes == 0


def test_a_source_that_fails_leaves_the_thread_alive(qtbot: QtBot, cache: ImageCache) -> None:
    class Failing:
        def read(self, ref: PageRef, level: str) -> bytes | None:
            raise OSError("the disk is gone")

    album = cache.open(Failing())
    with qtbot.waitSignal(cache.missing) as told:
        cache.want({ImageKey(album, PageRef(1), Level.FULL): 1})
    assert told.args == [album, Missing(PageRef(1), broken=True)]
    _, source = small_script(1)
    assert fetch(qtbot, cache, ImageKey(cache.open(source), PageRef(1), Level.FULL)) != [None]


def test_shutdown_waits_for_its_threads_and_drops_what_they_bring(qtbot: QtBot) -> None:
    cache = ImageCache()
    _, source = small_script(2)
    album = cache.open(source)
    cache.want({ImageKey(album, PageRef(n), Level.FULL): 1 for n in (1, 2)})
    with qtbot.assertNotEmitted(cache.ready, wait=20):
        cache.shutdown()
    assert cache.bytes == 0


@pytest.mark.timeout(60)
def test_many_threads_decode_at_once_and_never_wait_for_each_other_for_ever(qapp: QApplication) -> None:
    data = jpeg(40, 50)
    levels = [Level.FULL, Level.QUARTER] * 1000
    with ThreadPoolExecutor(4) as pool:
        images = list(pool.map(partial(decode, data), levels))
    assert {image.width() for image in images if image is not None} == {40, 10}
    assert None not in images


def test_an_album_that_was_never_opened_is_not_asked_for(cache: ImageCache) -> None:
    cache.want({ImageKey(Album(99), PageRef(1), Level.FULL): 1})
    assert cache.idle


def test_nothing_is_decoded_ahead_while_a_script_is_being_opened(qtbot: QtBot) -> None:
    tasks = Tasks()
    cache = ImageCache(tasks=tasks)
    source = MemoryPictures()
    source.put(PageRef(1), jpeg(40, 50))
    source.put(PageRef(2), jpeg(40, 50))
    album = cache.open(source)
    shown, ahead = (ImageKey(album, PageRef(page), Level.FULL) for page in (1, 2))
    cache.want({shown: 2, ahead: 1}, pinned=[shown])
    with qtbot.waitSignal(cache.ready) as first:
        pass
    assert first.args == [shown]
    assert source.reads.total() == 1
    assert not cache.idle  # the next page is wanted, and waits
    with qtbot.waitSignal(cache.ready) as then:
        pass
    assert then.args == [ahead]
    cache.shutdown()
    tasks.shutdown()


def test_a_picture_as_wide_as_shown_is_made_once_that_stays_and_goes_with_its_page(qtbot: QtBot) -> None:
    tasks = Tasks()
    cache = ImageCache(tasks=tasks)
    source = MemoryPictures()
    source.put(PageRef(1), jpeg(400, 500))
    album = cache.open(source)
    whole = ImageKey(album, PageRef(1), Level.FULL)
    first, then = whole._replace(width=300), whole._replace(width=310)
    arrived: list[ImageKey] = []
    cache.ready.connect(arrived.append)
    cache.want({whole: 2, first: 1}, pinned=[whole])
    qtbot.waitUntil(lambda: whole in arrived)
    assert not cache.idle
    cache.want({whole: 2, then: 1}, pinned=[whole])  # a zoom goes on
    qtbot.waitUntil(lambda: cache.idle)
    assert arrived == [whole, then]
    picture = cache.get(then)
    assert picture is not None
    assert picture.size().toTuple() == (310, 388)
    cache.forget(album, PageRef(1))
    assert cache.bytes == 0
    cache.want({then: 1})
    assert cache.idle  # nothing to make it of
    cache.shutdown()
    tasks.shutdown()
