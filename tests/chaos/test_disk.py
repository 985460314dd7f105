"""A real disk that is full, or can only be read, in the middle of work: nothing is half done, and it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from mv_desktop.core.durable import save_whole
from mv_desktop.core.errors import InvalidError, UserError
from mv_desktop.domain.evaluation import Place
from mv_desktop.domain.exchange import Verdict, VerdictKind
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark, SubmitEvaluation
from mv_desktop.offline.ballast import Ballast
from mv_desktop.offline.disk import DiskFullError, LocalFileError
from mv_desktop.offline.message import DISK_FULL
from mv_desktop.offline.store import LocalStore
from mv_desktop.pages.cache import CacheFullError
from mv_desktop.services.table_file import write_csv
from tests.chaos.child import ONE, TWO, fetched, open_pages, page_of
from tests.chaos.disk import NoSmallDiskError, fill, read_only, small_disk
from tests.chaos.verify import verify
from tests.factories.local import NOW, assigned, open_store, pulled


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    try:
        with small_disk(tmp_path / "disk") as folder:
            yield folder
    except NoSmallDiskError:
        pytest.skip("NO SMALL DISK HERE: nothing was filled")


@pytest.fixture
def store(disk: Path) -> Iterator[LocalStore]:
    opened = open_store(disk / "files")
    opened.mirror([assigned(pulled(1)), assigned(pulled(2))], [pulled(1), fetched(0)], [ONE, TWO])
    yield opened
    opened._vault.close()


def mark(comment: str = "") -> SetMark:
    return SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1), comment))


def many_places(store: LocalStore) -> None:
    """Until nothing is left of what SQLite had taken of the disk before; places take no ballast."""
    for n in range(2000):
        store.set_place(ONE, Place(PageRef(1), n / 2000))


def answer(store: LocalStore) -> None:
    sent = store.pending(50).operations
    store.answer(Verdict(one.op_id, one.seq, VerdictKind.APPLIED, version=n) for n, one in enumerate(sent, 1))


def many(store: LocalStore) -> None:
    for _ in range(400):
        store.record(ONE, mark("x" * 4000))


WORK: dict[str, Callable[[LocalStore], object]] = {
    "marking": many,
    "an answer": answer,
    "a fetch": lambda store: store.mirror([assigned(pulled(2, version=1))], [fetched(1)], [TWO]),
    "a new stream": lambda store: store.start_stream(),
    "a place": lambda store: store.set_place(ONE, Place(PageRef(1), 0.5)),
}


@pytest.mark.parametrize("what", WORK)
def test_on_a_full_disk_nothing_is_half_done_and_it_goes_on_when_there_is_room(
    disk: Path, store: LocalStore, what: str
) -> None:
    said = [f"saved {store.record(ONE, mark(f'{n}')).op_id}" for n in range(30)]
    filling = fill(disk)
    with pytest.raises(LocalFileError) if what == "marking" else suppress(LocalFileError):
        WORK[what](store)
    filling.unlink()
    said.append(f"saved {store.record(ONE, mark('after')).op_id}")
    store.start_stream()
    store._vault.close()
    assert verify(disk / "files", said) == ([], [])


def test_a_page_for_which_there_is_no_room_leaves_nothing_behind(disk: Path, store: LocalStore) -> None:
    pages = open_pages(store)
    pages.put(UUID(int=1), page_of(1))
    filling = fill(disk, leave=4096)
    with pytest.raises(CacheFullError):
        pages.put(UUID(int=2), page_of(2))
    assert not pages.has(UUID(int=2))
    filling.unlink()
    pages.put(UUID(int=2), page_of(2))
    store._vault.close()
    assert verify(disk / "files", [f"page {UUID(int=1)}", f"page {UUID(int=2)}"]) == ([], [])


def test_a_password_is_not_changed_on_a_full_disk(disk: Path, store: LocalStore) -> None:
    filling = fill(disk)
    told: list[bool] = []
    with pytest.raises(UserError):
        store._vault.change_password("right", "another", lambda: told.append(True))
    assert told == []
    assert store._vault.opens_with("right")
    filling.unlink()


def test_the_full_disk_is_named(disk: Path, store: LocalStore) -> None:
    filling = fill(disk)
    with pytest.raises(DiskFullError):
        many(store)
    filling.unlink()
    store.record(ONE, mark())


def test_with_ballast_a_full_disk_takes_the_change_and_she_is_told(disk: Path, store: LocalStore) -> None:
    ballast = store._vault.ballast = Ballast(store._vault.home, 1 << 20, room=1 << 20)
    store._vault.keep_ballast()
    filling = fill(disk)
    said = [f"saved {store.record(ONE, mark('x' * 4000)).op_id}" for _ in range(12)]
    assert not ballast.here
    (note,) = store.status().messages
    assert (note.kind, note.text) == ("disk", DISK_FULL)
    store.hold_leaving(ONE, SubmitEvaluation({2: Decimal(1)}, Decimal(1)), NOW)
    with pytest.raises(DiskFullError):
        many(store)
    store._vault.keep_ballast()
    assert not ballast.here  # the disk is short
    filling.unlink()
    store._vault.keep_ballast()
    assert ballast.here
    store.start_stream()
    store._vault.close()
    assert verify(disk / "files", said) == ([], [])


def test_a_submission_on_a_full_disk_takes_the_ballast_too(disk: Path, store: LocalStore) -> None:
    store._vault.ballast = Ballast(store._vault.home, 512 << 10, room=0)
    store._vault.keep_ballast()
    fill(disk)
    with suppress(DiskFullError):
        many_places(store)
    store.leave(ONE, SubmitEvaluation({2: Decimal(1)}, Decimal(1)))
    assert [note.kind for note in store.status().messages] == ["disk"]


def test_a_disk_that_can_only_be_read_is_named_and_unharmed(disk: Path, store: LocalStore) -> None:
    said = [f"saved {store.record(ONE, mark()).op_id}"]
    store._vault.close()
    read_only(disk, True)
    with pytest.raises(LocalFileError) as raised:
        open_store(disk / "files")
    assert raised.value.remedy
    read_only(disk, False)
    assert verify(disk / "files", said) == ([], [])


def test_a_file_that_was_asked_for_is_whole_or_as_it_was_and_it_is_said_why(disk: Path) -> None:
    paper = disk / "paper.pdf"
    save_whole(paper, b"before")
    filling = fill(disk)
    with pytest.raises(InvalidError) as failed:
        save_whole(paper, bytes(100_000))
    assert str(failed.value) == (
        "The disk is full: the file was not written. What was there before is as it was. Free some space, or choose"
        " another disk."
    )
    with pytest.raises(InvalidError, match="The disk is full"):
        write_csv(paper, ["a"], [[["b" * 9000]]])
    filling.unlink()
    read_only(disk, True)
    with pytest.raises(InvalidError, match="you may not write there"):
        save_whole(paper, b"after")
    read_only(disk, False)
    assert paper.read_bytes() == b"before"
    assert [one.name for one in disk.iterdir()] == ["paper.pdf"]
