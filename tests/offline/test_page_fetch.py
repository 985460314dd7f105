import errno
import hashlib
import io
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.offline.fetch_round import ADDRESS_TIMEOUT_S
from mv_desktop.offline.pages import RETRY_S, PageFetcher
from mv_desktop.pages.cache import PageCache
from mv_desktop.pages.download import MissingFileError
from mv_desktop.pages.intake import check
from mv_desktop.pages.problem import AddressExpiredError, StoppedError, WebPageError, WrongContentError
from tests.factories.local import NOW, assigned, evaluation_id, open_store, pulled, pulled_page, signed_in, upload_id
from tests.fakes.clock import FakeClock

ONE, TWO = evaluation_id(1), evaluation_id(2)


def picture(width=40, height=60):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(buffer, "JPEG")
    return buffer.getvalue()


def pdf(count):
    buffer = io.BytesIO()
    pages = [Image.new("RGB", (200, 300), (number, number, number)) for number in range(count)]
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:])
    return buffer.getvalue()


PICTURE = picture()


class Source:
    """A store that has a picture for each upload, unless it is told otherwise.

    Attributes:
        files: what it has instead for some uploads: bytes, or an error.
        slow: polls without any answer.
        expired: how often each address is refused first.
    """

    def __init__(self, clock):
        self.clock = clock
        self.files = {}
        self.problems = {}
        self.slow = 0
        self.expired = {}
        self.polls = []
        self.renewed = []
        self.downloads = []
        self.offline = False
        self.expires = None

    def addresses(self, uploads):
        if self.offline:
            raise OfflineError("The server does not answer.")
        self.polls.append(tuple(uploads))
        if self.slow:
            self.slow -= 1
            return tuple(PageAddress(upload, None, None, None) for upload in uploads)
        return tuple(
            PageAddress(upload, None, None, self.problems[upload])
            if upload in self.problems
            else PageAddress(upload, f"https://store/{upload.int}", self.expires, None)
            for upload in reversed(uploads)
        )

    def renew(self, upload_id):
        self.renewed.append(upload_id)

    def close(self):
        pass

    def download(self, address, file, part, cancelled):
        upload = UUID(int=int(address.rpartition("/")[2]))
        self.downloads.append(upload)
        if self.expired.get(upload, 0):
            self.expired[upload] -= 1
            raise AddressExpiredError("The address of this page has expired.")
        content = self.files.get(upload, PICTURE)
        if isinstance(content, Exception):
            raise content
        return content

    def check(self, data, limits):
        self.limits = limits
        return check(data, limits=limits)


@pytest.fixture
def clock():
    return FakeClock(NOW)


@pytest.fixture
def store(tmp_path, clock):
    opened = open_store(tmp_path, clock)
    scripts = [pulled(1), pulled(2)]
    opened.mirror([assigned(script) for script in scripts], scripts, [ONE, TWO])
    yield opened
    opened._vault.close()


@pytest.fixture
def cache(tmp_path, store):
    return PageCache(tmp_path / "pages", b"k" * 32, 10_000_000, ranks=store.pages.ranks)


@pytest.fixture
def source(clock):
    return Source(clock)


@pytest.fixture
def fetcher(store, cache, source, clock):
    return PageFetcher(store, cache, None, source=source, sleep=clock.advance, monotonic=clock.monotonic, downloads=1)


def test_the_pages_of_a_script_come_in_order_and_are_known_afterwards(fetcher, source, store, cache):
    result = fetcher.fetch_script(ONE)
    assert (result.fetched, result.problems, result.missing, result.changed) == (2, 0, 0, {ONE})
    assert source.downloads == [upload_id(1, 1), upload_id(1, 2)]
    assert [(page.width, page.height, page.here) for page in store.pages_of(ONE)] == [(40, 60, True)] * 2
    assert cache.read(upload_id(1, 1), 0, "full")
    assert fetcher.fetch_script(ONE).changed == set()
    assert len(source.downloads) == 2


def test_it_waits_for_the_worker_to_sign(fetcher, source, clock):
    source.slow = 4
    begin = clock.monotonic()
    assert fetcher.fetch_script(ONE).fetched == 2
    assert clock.monotonic() - begin == pytest.approx(0.2 + 0.3 + 0.45 + 0.675)


def test_it_does_not_wait_for_ever(fetcher, source, clock, store):
    source.slow = 10_000
    begin = clock.monotonic()
    result = fetcher.fetch_script(ONE)
    assert clock.monotonic() - begin < ADDRESS_TIMEOUT_S + 3
    assert (result.fetched, result.missing, result.online) == (0, 2, True)
    assert "has not given the addresses" in result.message
    assert [page.problem for page in store.pages_of(ONE)] == ["", ""]


def test_an_expired_address_is_asked_for_anew_once(fetcher, source, store):
    source.expired = {upload_id(1, 1): 1, upload_id(1, 2): 2}
    result = fetcher.fetch_script(ONE)
    assert (result.fetched, result.problems) == (1, 1)
    assert [page.here for page in store.pages_of(ONE)] == [True, False]
    assert "expired" in store.pages_of(ONE)[1].problem


def test_what_is_wrong_with_one_page_is_written_down_and_stops_no_other(fetcher, source, store):
    source.files = {upload_id(1, 1): PICTURE[:200]}
    result = fetcher.fetch_script(ONE)
    assert (result.fetched, result.problems) == (1, 1)
    first, second = store.pages_of(ONE)
    assert (first.here, bool(first.problem)) == (False, True)
    assert (second.here, second.problem) == (True, "")
    assert store.queue(NOW)[0].page_problem


@pytest.mark.parametrize("where", ["store", "worker"])
def test_a_page_that_is_missing_is_said_to_be_so(fetcher, source, store, where):
    if where == "store":
        source.files = {upload_id(1, 1): MissingFileError("This page is missing in the store of answer sheets.")}
    else:
        source.problems = {upload_id(1, 1): "This page is missing in the store of answer sheets."}
    fetcher.fetch_script(ONE)
    assert [page.problem for page in store.pages_of(ONE)] == ["This page is missing in the store of answer sheets.", ""]


def test_a_page_that_failed_is_tried_again_only_when_asked(fetcher, source, store):
    source.files = {upload_id(1, 1): b"no picture"}
    fetcher.fetch_script(ONE)
    source.files = {}
    assert fetcher.fetch_script(ONE).fetched == 0
    assert fetcher.fetch_script(ONE, again=True).fetched == 1
    assert [page.problem for page in store.pages_of(ONE)] == ["", ""]


def test_without_a_network_no_page_is_blamed(fetcher, source, store):
    source.offline = True
    result = fetcher.fetch_script(ONE)
    assert (result.online, result.missing) == (False, 2)
    assert [page.problem for page in store.pages_of(ONE)] == ["", ""]
    source.offline = False
    source.files = {upload_id(1, 1): OfflineError("The store could not be reached.")}
    assert not fetcher.fetch_script(ONE).online
    source.files = {}
    assert fetcher.fetch_script(ONE).fetched == 2


def test_the_next_scripts_are_fetched_ahead_in_order_of_deadline(fetcher, source, store):
    assert [fetcher.fetch_script(script).fetched for script in store.pages.next_scripts(20)] == [2, 2]
    assert source.downloads == [upload_id(number, page) for number in (1, 2) for page in (1, 2)]
    assert [row.pages_here for row in store.queue(NOW)] == [2, 2]


def test_fetching_stops_when_the_network_does_or_when_it_is_told(fetcher, source):
    source.offline = True
    assert not fetcher.fetch_script(ONE).online
    source.offline = False
    assert fetcher.fetch_script(ONE, cancelled=lambda: True).fetched == 0
    assert fetcher.fetch_script(ONE, cancelled=lambda: bool(source.downloads)).missing == 1
    assert fetcher.fetch_script(ONE).fetched == 1


def test_a_page_that_left_the_cache_is_fetched_again(fetcher, store, cache):
    fetcher.fetch_script(ONE)
    cache.drop(upload_id(1, 1))
    assert fetcher.fetch_script(ONE).fetched == 1
    assert all(page.here for page in store.pages_of(ONE))


def test_a_page_that_is_in_the_cache_and_not_known_is_not_fetched_again(fetcher, store, source):
    fetcher.fetch_script(ONE)
    store.pages.forget([upload_id(1, 1)])
    result = fetcher.fetch_script(ONE)
    assert (result.fetched, result.changed) == (0, {ONE})
    assert all(page.here for page in store.pages_of(ONE))


def test_a_full_cache_is_said_to_be_full(store, source, clock, tmp_path):
    cache = PageCache(tmp_path / "small", b"k" * 32, 10)
    fetcher = PageFetcher(
        store, cache, None, source=source, sleep=clock.advance, monotonic=clock.monotonic, downloads=1
    )
    result = fetcher.fetch_script(ONE)
    assert "no room" in result.message
    assert [page.problem for page in store.pages_of(ONE)] == ["", ""]


def test_the_servers_limits_are_used(fetcher, source, store):
    store.contacted(signed_in(settings={"max_page_megapixels": 5, "max_pages_per_script": 7}))
    fetcher.fetch_script(ONE)
    assert (source.limits.megapixels, source.limits.pages) == (5, 7)


def test_the_pages_of_a_script_are_counted_together(fetcher, source, store):
    source.files = {upload_id(1, 1): pdf(3), upload_id(1, 2): pdf(3)}
    store.contacted(signed_in(settings={"max_pages_per_script": 5}))
    store.mirror([], [pulled(1, version=1, pages=(pulled_page(1, 1), pulled_page(1, 2)))], [ONE])
    result = fetcher.fetch_script(ONE)
    assert (result.fetched, result.problems, result.missing) == (1, 1, 0)
    first, *_, last = store.pages_of(ONE)
    assert (first.here, first.problem) == (True, "")
    assert last.problem.startswith("With this file the script would have 6 pages; at most 5 are accepted.")
    # another script has its own hundred; and a larger limit lets the file in
    assert fetcher.fetch_script(TWO).problems == 0
    store.contacted(signed_in(settings={"max_pages_per_script": 6}))
    assert fetcher.fetch_script(ONE, again=True).fetched == 1
    assert all(page.here and not page.problem for page in store.pages_of(ONE))


def test_a_pdf_is_numbered_through_whatever_it_was_called(fetcher, source, store):
    content = pdf(2)
    source.files = {upload_id(1, 1): content}
    digest = hashlib.sha256(content).hexdigest()
    store.mirror([], [pulled(1, version=1, pages=(pulled_page(1, 1, sha256=digest), pulled_page(1, 2)))], [ONE])
    assert fetcher.fetch_script(ONE).fetched == 2
    assert [page.ref.label for page in store.pages_of(ONE)] == ["1.1", "1.2", "2"]


def test_an_address_that_does_not_work_is_renewed_before_it_is_asked_for_again(fetcher, source):
    source.expired = {upload_id(1, 1): 1}
    fetcher.fetch_script(ONE)
    assert source.renewed == [upload_id(1, 1)]


def test_a_store_that_has_gone_makes_the_next_question_get_another_address(fetcher, source):
    source.files = {upload_id(1, 1): OfflineError("The store does not answer.")}
    assert not fetcher.fetch_script(ONE).online
    assert source.renewed == [upload_id(1, 1)]


# -- what is the network's fault and not the page's ----------------------------------------------------------


def test_a_sign_in_page_of_the_network_blames_no_page_and_deletes_none(fetcher, source, store):
    fetcher.fetch_script(TWO)
    source.files = {upload_id(1, page): WebPageError() for page in (1, 2)}
    result = fetcher.fetch_script(ONE)
    assert (result.online, result.problems, result.missing) == (False, 0, 2)
    assert "web browser" in result.message
    assert [page.problem for page in store.pages_of(ONE)] == ["", ""]
    source.files = {}
    assert fetcher.fetch_ahead([ONE]).fetched == 2  # by itself, without being opened
    assert all(page.here for page in store.pages_of(TWO))


@pytest.mark.parametrize("wrong", [WrongContentError("Something else came."), b"{}"])
def test_a_page_is_blamed_only_when_two_addresses_gave_something_wrong(fetcher, source, store, clock, wrong):
    good, answers = PICTURE, [wrong]
    source.download = lambda *_: _raised(answers.pop()) if answers else good
    assert fetcher.fetch_script(ONE).fetched == 2
    assert source.renewed == [upload_id(1, 1)]
    source.download = lambda _, file, *__: _raised(wrong if file.page_number == 1 else good)
    assert fetcher.fetch_script(TWO).problems == 1
    source.download = lambda *_: good
    assert fetcher.fetch_ahead([TWO]).fetched == 0
    clock.advance(RETRY_S)
    assert fetcher.fetch_ahead([TWO]).fetched == 1  # tried again by itself
    assert [page.problem for page in store.pages_of(TWO)] == ["", ""]


def _raised(answer):
    if isinstance(answer, Exception):
        raise answer
    return answer


def test_a_page_that_cannot_be_read_just_now_is_fetched_anew_only_when_it_stays_so(fetcher, source, cache, monkeypatch):
    fetcher.fetch_script(ONE)
    read = Path.read_bytes

    def locked(path):
        raise PermissionError(errno.EACCES, "locked")

    monkeypatch.setattr(Path, "read_bytes", locked)
    assert cache.read(upload_id(1, 1), 0, "full") is None
    assert fetcher.fetch_script(ONE).fetched == 0
    for _ in range(2):
        cache.read(upload_id(1, 1), 0, "full")
    assert fetcher.fetch_script(ONE).fetched == 1
    monkeypatch.setattr(Path, "read_bytes", read)
    assert cache.read(upload_id(1, 1), 0, "full") == PICTURE


# -- several at once -----------------------------------------------------------------------------------------


@pytest.fixture
def several(store, cache, source):
    return PageFetcher(store, cache, None, source=source, sleep=lambda _: None, downloads=4)


def test_all_addresses_are_asked_for_in_one_question_and_then_known(several, source, store):
    source.expires = datetime.now(UTC) + timedelta(hours=1)
    assert several.fetch_ahead([ONE, TWO]).fetched == 4
    assert len(source.polls) == 1
    several.cache.drop(upload_id(1, 1))
    assert several.fetch_script(ONE).fetched == 1
    assert len(source.polls) == 1


def test_a_script_without_addresses_holds_up_no_other(several, source, store):
    late = {upload_id(1, 1), upload_id(1, 2)}
    give = source.addresses
    source.addresses = lambda uploads: tuple(each for each in give(uploads) if each.upload_id not in late)
    result = several.fetch_ahead([ONE, TWO])
    assert (result.fetched, result.missing) == (2, 2)
    assert "has not given the addresses" in result.message
    assert all(page.here for page in store.pages_of(TWO))


def test_several_are_fetched_at_once_and_none_twice(several, source):
    together = threading.Barrier(4, timeout=10)
    fetch = source.download

    def meet(*arguments):
        together.wait()
        return fetch(*arguments)

    source.download = meet
    others = threading.Thread(target=several.fetch_ahead, args=([ONE, TWO],))
    others.start()
    several.fetch_ahead([TWO, ONE])
    others.join()
    assert sorted(source.downloads) == sorted(upload_id(number, page) for number in (1, 2) for page in (1, 2))


def test_the_script_on_the_screen_goes_first_and_what_was_broken_off_goes_on_after_it(several, source, store):
    begun, order, parts = threading.Barrier(3, timeout=10), [], []

    def download(_address, file, part, cancelled):
        if file.evaluation_id == TWO and not part.data:
            part.data += b"begun"
            begun.wait()
            while not cancelled():
                pass
            raise StoppedError
        order.append(file.evaluation_id)
        parts.append(bytes(part.data))
        return PICTURE

    source.download = download
    ahead = threading.Thread(target=several.fetch_ahead, args=([TWO],))
    ahead.start()
    begun.wait()
    assert several.fetch_script(ONE).fetched == 2
    ahead.join()
    assert order[:2] == [ONE, ONE]
    assert parts[2:] == [b"begun", b"begun"]
    assert all(page.here for page in store.pages_of(TWO))


def test_it_can_be_ended_within_a_file_and_says_how_far_it_is(several, source):
    stop, told = threading.Event(), []

    def download(_address, file, _part, cancelled):
        if file.upload_id == upload_id(1, 1):
            return PICTURE
        while not (told and cancelled()):
            stop.set() if told else None
        raise StoppedError

    source.download = download
    result = several.fetch_ahead([ONE, TWO], cancelled=stop.is_set, told=told.append)
    assert (result.fetched, result.missing) == (1, 3)
    assert (told[0].files, told[0].all_files) == (1, 4)


# -- what there is room for ----------------------------------------------------------------------------------


def test_the_most_urgent_stay_here_and_the_next_round_fetches_nothing(tmp_path, store, source, clock):
    scripts = [pulled(number) for number in range(1, 7)]
    store.mirror([assigned(script) for script in scripts], scripts, [evaluation_id(n) for n in range(1, 7)])
    size = store.pages.files(ONE)[0].size or 2 << 20
    fetcher = PageFetcher(store, PageCache(tmp_path / "one", b"k" * 32, 10**9), None, source=source, downloads=1)
    fetcher.fetch_script(ONE)
    room = fetcher.cache.size * 3 + round(1.1 * size)
    store.pages.forget([upload_id(1, 1), upload_id(1, 2)])
    cache = PageCache(tmp_path / "small", b"k" * 32, room, ranks=store.pages.ranks)
    fetcher = PageFetcher(
        store, cache, None, source=source, sleep=clock.advance, monotonic=clock.monotonic, downloads=1
    )
    first = fetcher.fetch_ahead(store.pages.next_scripts(20))
    assert "no room" in first.message
    here = [row.pages_here for row in store.queue(NOW)]
    assert here == sorted(here, reverse=True)
    assert sum(here) >= 4
    before = len(source.downloads)
    assert fetcher.fetch_ahead(store.pages.next_scripts(20)).fetched == 0
    assert len(source.downloads) == before
    # what is opened comes all the same, and the queue's end makes room for it
    last = store.pages.next_scripts(20)[-1]
    store.record(last, OpenEvaluation())
    assert fetcher.fetch_script(last).fetched == 2
    assert store.queue(NOW)[0].pages_here == 2


def test_what_is_taken_along_comes_before_the_queue_and_stays(store, fetcher, cache):
    scripts = [pulled(number) for number in range(1, 5)]
    store.mirror([assigned(script) for script in scripts], scripts, [evaluation_id(n) for n in range(1, 5)])
    order = store.pages.next_scripts(20)
    store.pages.take([order[-1]], NOW)
    assert store.pages.next_scripts(20) == (order[0], order[-1], *order[1:-1])
    assert store.pages.next_scripts(1) == (order[0], order[-1])
    first = store.pages.files(order[0])[0].upload_id
    ranks = store.pages.ranks(first)
    assert {rank for file in store.pages.files(order[-1]) for rank in [ranks[file.upload_id]]} == {None}
    assert store.pages.all_here() is None
    fetcher.fetch_ahead([order[-1]])
    size = store.pages.all_here()
    assert (size.scripts, size.pages, size.coming) == (1, 2, 0)
    assert store.pages.all_here() is None  # it is said once
    store.pages.release([order[-1]])
    assert store.pages.next_scripts(20) == order
