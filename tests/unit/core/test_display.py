"""Whether somebody listens where DISPLAY says."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mv_desktop.core.display import listens

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="abstract sockets are Linux's")


@pytest.fixture
def number() -> Iterator[int]:
    """The number of a display on whose TCP port nobody can listen meanwhile."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1]) - 6000


def seconds(look: Callable[[], object]) -> float:
    """So long it took."""
    started = time.perf_counter()
    look()
    return time.perf_counter() - started


@linux
def test_display_of_this_computer_listens_on_an_abstract_socket(number: int) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        assert min(seconds(lambda: listens(f":{number}")) for _ in range(5)) < 0.05  # at rest a tenth of a millisecond
        assert listens(f":{number}")
        assert listens(f"unix:{number}.0")
    assert not listens(f":{number}")


@pytest.mark.skipif(not Path("/tmp/.X11-unix").is_dir(), reason="no X server was ever started here")
def test_display_of_this_computer_listens_on_a_file(number: int) -> None:
    path = Path(f"/tmp/.X11-unix/X{number}")
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
            server.listen()
            assert listens(f":{number}")
        assert not listens(f":{number}")  # the file is still there, as after a crash
    finally:
        path.unlink(missing_ok=True)


def test_display_of_another_computer_listens_on_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - 6000
        assert listens(f"127.0.0.1:{number}.0")
        assert listens(f":{number}")  # where Unix has no socket for it
    assert not listens(f"127.0.0.1:{number}.0")


@pytest.mark.parametrize("display", [":99999", "127.0.0.1:99999", "no-such-host.invalid:0"])
def test_what_cannot_be_a_display_does_not_listen(display: str) -> None:
    assert not listens(display)


@pytest.mark.parametrize("display", ["/private/tmp/launch/org.xquartz:0", "wonderland", ":"])
def test_what_is_not_understood_is_left_to_qt(display: str) -> None:
    assert listens(display)
