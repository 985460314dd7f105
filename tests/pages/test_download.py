"""Fetching from signed addresses, with a server that does not do what it should."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
import time
from functools import partial

import pytest

from mv_desktop.core.errors import OfflineError
from mv_desktop.pages.download import MissingFileError, fetch
from mv_desktop.pages.limit import MAX_FILE_BYTES
from mv_desktop.pages.part import Part
from mv_desktop.pages.problem import AddressExpiredError, StoppedError, WebPageError, WrongContentError
from mv_desktop.pages.web import Connections
from tests.fakes.web import Behaviour, answer, serving

PAGE = b"\xff\xd8\xff" + bytes(range(256)) * 2000
SHA256 = hashlib.sha256(PAGE).hexdigest()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_page_is_fetched_and_compared() -> None:
    with serving(answer(PAGE)) as web:
        assert fetch(web.address, expected_bytes=len(PAGE), expected_sha256=SHA256) == PAGE
        assert fetch(web.address, expected_sha256=SHA256.upper()) == PAGE
        assert fetch(web.address) == PAGE
        assert web.requests[0].startswith(b"GET /bucket/page.jpg?X-Amz-Signature=abc HTTP/1.1\r\n")


def test_a_body_of_unknown_length_is_read_to_its_end() -> None:
    with serving(answer(PAGE, length=-1)) as web:
        assert fetch(web.address, expected_bytes=len(PAGE), expected_sha256=SHA256) == PAGE


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden"])
def test_an_expired_address_is_told_apart(status: str) -> None:
    with serving(answer(b"<Error/>", status=status)) as web, pytest.raises(AddressExpiredError) as raised:
        fetch(web.address)
    assert raised.value.code == "address_expired"


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_missing_page_is_told_apart(status: str) -> None:
    with serving(answer(b"", status=status)) as web, pytest.raises(MissingFileError):
        fetch(web.address)


@pytest.mark.parametrize(
    "status", ["500 Internal Server Error", "503 Slow Down", "206 Partial Content", "204 No Content", "418 Teapot"]
)
def test_any_other_answer_means_later(status: str) -> None:
    with serving(answer(b"", status=status)) as web, pytest.raises(OfflineError, match=status[:3]):
        fetch(web.address)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed(status: str) -> None:
    with serving(answer(PAGE)) as elsewhere:
        to = answer(b"", status=status, more=f"Location: {elsewhere.address}\r\n")
        with serving(to) as web, pytest.raises(OfflineError):
            fetch(web.address)
        assert elsewhere.requests == []


def test_a_body_that_breaks_off_is_no_page() -> None:
    with serving(answer(PAGE[:1000], length=len(PAGE))) as web, pytest.raises(OfflineError):
        fetch(web.address, expected_bytes=len(PAGE))


def test_an_announced_length_that_is_too_small_is_noticed() -> None:
    with serving(answer(PAGE, length=1000)) as web, pytest.raises(WrongContentError):
        fetch(web.address, expected_bytes=len(PAGE), expected_sha256=SHA256)


def test_a_wrong_page_of_the_right_size_is_noticed() -> None:
    with serving(answer(PAGE[:-1] + b"!")) as web, pytest.raises(WrongContentError, match="something else"):
        fetch(web.address, expected_bytes=len(PAGE), expected_sha256=SHA256)


def test_more_than_expected_is_not_read() -> None:
    with serving(answer(PAGE + b"more")) as web, pytest.raises(WrongContentError, match="more than"):
        fetch(web.address, expected_bytes=len(PAGE))


def endless(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + bytes(0x10000) + b"\r\n")


def test_a_body_without_end_is_cut_at_the_largest_upload() -> None:
    with serving(endless) as web, pytest.raises((WrongContentError, OfflineError)):
        fetch(web.address)
    with serving(answer(bytes(MAX_FILE_BYTES + 1))) as web, pytest.raises(WrongContentError):
        fetch(web.address, expected_bytes=MAX_FILE_BYTES * 100)


def test_compressed_bytes_are_not_inflated() -> None:
    bomb = answer(PAGE, more="Content-Encoding: gzip\r\n")
    with serving(bomb) as web:
        assert fetch(web.address) == PAGE
        assert b"Accept-Encoding: identity" in web.requests[0]


def test_a_server_that_says_nothing_is_given_up() -> None:
    stop = threading.Event()
    with serving(lambda *_: stop.wait(10)) as web:
        started = time.monotonic()
        with pytest.raises(OfflineError):
            fetch(web.address, read_timeout=0.3)
        assert time.monotonic() - started < 3
        stop.set()


def test_a_server_that_drips_is_given_up() -> None:
    stop = threading.Event()

    def drip(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not stop.wait(0.05):
            connection.sendall(b"x")

    with serving(drip) as web:
        started = time.monotonic()
        with pytest.raises(OfflineError):
            fetch(web.address, timeout=0.6)
        assert time.monotonic() - started < 3
        stop.set()


def says(words: bytes, connection: socket.socket, _: bytes) -> None:
    connection.sendall(words)


def test_nonsense_instead_of_an_answer_is_offline() -> None:
    for nonsense in (b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"):
        behave = partial(says, nonsense)
        with serving(behave) as web, pytest.raises(OfflineError):
            fetch(web.address)


def test_nobody_at_the_address_is_offline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(OfflineError):
        fetch(f"http://127.0.0.1:{port}/page")


@pytest.mark.parametrize(
    "address", ["", "page.jpg", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "https:///x"]
)
def test_only_web_addresses_are_fetched(address: str) -> None:
    with pytest.raises(OfflineError):
        fetch(address)


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answer(PAGE)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        assert fetch("http://store.invalid/bucket/page.jpg") == PAGE
        assert proxy.requests[0].startswith(b"GET http://store.invalid/bucket/page.jpg HTTP/1.1\r\n")
        with serving(answer(b"direct")) as web:
            monkeypatch.setenv("no_proxy", "127.0.0.1")
            assert fetch(web.address) == b"direct"


def test_what_is_said_names_no_address() -> None:
    with serving(answer(b"", status="403 Forbidden")) as web, pytest.raises(AddressExpiredError) as raised:
        fetch(web.address)
    assert "127.0.0.1" not in str(raised.value)
    assert "Signature" not in str(raised.value)


# -- a network that wants one to sign in ---------------------------------------------------------------------

SIGN_IN = b"\r\n<!DOCTYPE html><html><body>Welcome to the hotel</body></html>"


@pytest.mark.parametrize(
    "known", [{}, {"expected_bytes": 10}, {"expected_bytes": len(PAGE), "expected_sha256": SHA256}]
)
def test_a_web_page_instead_of_the_store_is_the_networks_fault(known: dict[str, object]) -> None:
    with serving(answer(SIGN_IN, more="Content-Type: text/html\r\n")) as web, pytest.raises(WebPageError):
        fetch(web.address, **known)


def test_a_web_page_that_the_student_sent_is_what_it_is() -> None:
    with serving(answer(SIGN_IN)) as web:
        assert fetch(web.address, expected_sha256=hashlib.sha256(SIGN_IN).hexdigest()) == SIGN_IN


# -- going on where it broke off -----------------------------------------------------------------------------


def cutting(body: bytes, piece: int, *, ranges: bool = True, tag: str = '"one"') -> Behaviour:
    """Sends at most `piece` bytes an answer, from where it is asked to."""

    def behave(connection: socket.socket, head: bytes) -> None:
        found = re.search(rb"Range: bytes=(\d+)-", head)
        start = int(found[1]) if found and ranges and (b"If-Range: " + tag.encode()) in head else 0
        status = (
            f"206 Partial Content\r\nContent-Range: bytes {start}-{len(body) - 1}/{len(body)}" if start else "200 OK"
        )
        said = f"HTTP/1.1 {status}\r\nETag: {tag}\r\nContent-Length: {len(body) - start}\r\n\r\n"
        connection.sendall(said.encode() + body[start : start + piece])

    return behave


def test_it_goes_on_where_it_broke_off() -> None:
    part, tries = Part(), 0
    with serving(cutting(PAGE, 1 << 16)) as web:
        for tries in range(1, 20):
            try:
                assert fetch(web.address, expected_bytes=len(PAGE), expected_sha256=SHA256, part=part) == PAGE
                break
            except OfflineError:
                assert len(part.data) == tries << 16
    assert tries == -(-len(PAGE) // (1 << 16))


def test_a_store_that_cannot_go_on_sends_all_of_it() -> None:
    part = Part(bytearray(PAGE[:1000]), '"one"')
    with serving(cutting(PAGE, len(PAGE), ranges=False)) as web:
        assert fetch(web.address, expected_sha256=SHA256, part=part) == PAGE


def test_pieces_of_two_versions_are_never_put_together() -> None:
    part = Part(bytearray(b"other" * 200), '"one"')
    with serving(cutting(PAGE, len(PAGE))) as web:
        assert fetch(web.address, expected_bytes=len(PAGE), expected_sha256=SHA256, part=part) == PAGE
        assert len(web.requests) == 2
    untagged = Part(bytearray(b"other" * 200))
    with serving(cutting(PAGE, len(PAGE))) as web:
        assert fetch(web.address, part=untagged) == PAGE


def test_more_is_here_than_there_is() -> None:
    part = Part(bytearray(PAGE + b"more"), '"one"')
    beyond = answer(b"", status="416 Range Not Satisfiable")

    def behave(connection: socket.socket, head: bytes) -> None:
        (beyond if b"Range:" in head else answer(PAGE))(connection, head)

    with serving(behave) as web:
        assert fetch(web.address, expected_sha256=SHA256, part=part) == PAGE


def test_it_can_be_ended_within_the_file_and_gone_on_with() -> None:
    part = Part()
    with serving(cutting(PAGE, len(PAGE))) as web:
        with pytest.raises(StoppedError):
            fetch(web.address, expected_sha256=SHA256, part=part, cancelled=lambda: len(part.data) > 0)
        assert 0 < len(part.data) < len(PAGE)
        assert fetch(web.address, expected_sha256=SHA256, part=part) == PAGE


def test_a_connection_is_used_again_and_one_that_was_closed_is_opened_anew() -> None:
    with serving(answer(PAGE)) as web:  # says nothing of closing, and closes
        connections = Connections(1)
        for _ in range(3):
            assert fetch(web.address, connections=connections) == PAGE
        connections.close()
