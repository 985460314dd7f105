"""Pages for who coordinates: fetched once, checked, kept in memory, and told why where there are none."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from mv_desktop.core.errors import OfflineError, RefusedError
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.sheet import Sheet
from mv_desktop.offline.case_page import CasePages
from mv_desktop.pages.intake import check
from mv_desktop.pages.problem import AddressExpiredError
from tests.fakes.picture_source import jpeg

DATA = jpeg(600, 800, text="27")


def no() -> bool:
    return False


class Store:
    """A server, a worker and a store in memory.

    Attributes:
        silent: so many questions get no answer yet.
        expired: so many downloads are refused at first.
        problem: why there is no address.
        asked: the sizes and digests that were expected.
    """

    def __init__(self) -> None:
        self.silent, self.expired, self.problem = 0, 0, None
        self.asked: list[tuple] = []
        self.renewed, self.slept = 0, 0.0

    def addresses(self, uploads):
        self.silent -= 1
        if self.silent >= 0:
            return tuple(PageAddress(one, None, None, None) for one in uploads)
        until = datetime.now(UTC) + timedelta(minutes=5)
        found = None if self.problem else "https://s3/page"
        return tuple(PageAddress(one, found, until, self.problem) for one in uploads)

    def renew(self, upload_id):
        self.renewed += 1

    def download(self, address, file, part, cancelled):
        self.expired -= 1
        if self.expired >= 0:
            raise AddressExpiredError("It has expired.")
        self.asked.append((file.size, file.sha256))
        return DATA

    def check(self, data, limits):
        return check(data, limits=limits)

    def close(self):
        pass

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


def sheet(**values) -> Sheet:
    digest = hashlib.sha256(DATA).hexdigest()
    page = uuid4()
    made = Sheet(page, page, 3, 1, "image/jpeg", True, "", (), None, None, {}, len(DATA), digest)
    return replace(made, **values)


def test_a_page_is_waited_for_fetched_once_and_compared_with_what_the_worker_found() -> None:
    store = Store()
    store.silent, store.expired = 3, 1
    pages = CasePages(store, store.sleep, lambda: store.slept)
    asked = sheet()
    (picture,) = pages.pictures(asked, no)
    assert (picture.page, picture.width, picture.height, picture.data) == (PageRef(3), 600, 800, DATA)
    assert (store.renewed, store.slept > 0.2) == (1, True)
    assert pages.pictures(asked, no) == (picture,)
    assert store.asked == [(asked.size, asked.sha256)]
    pages.close()
    pages.pictures(asked, no)
    assert len(store.asked) == 2


def test_why_there_is_no_page_is_said() -> None:
    store = Store()
    pages = CasePages(store, store.sleep, lambda: store.slept)
    with pytest.raises(RefusedError, match="It is damaged"):
        pages.pictures(sheet(problem="It is damaged."), no)
    store.problem = "This page belongs to no script of yours."
    with pytest.raises(RefusedError, match="no script of yours"):
        pages.pictures(sheet(), no)
    store.problem, store.silent = None, 1000
    with pytest.raises(OfflineError, match="has not given the address"):
        pages.pictures(sheet(), no)
    assert 20 <= store.slept < 25
    store.silent = 0
    store.expired = 2
    with pytest.raises(AddressExpiredError):
        pages.pictures(sheet(), no)
