"""Pages on this computer: whole or not there, whatever happens."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from mv_desktop.core.errors import UserError
from mv_desktop.pages import cache as cache_module
from mv_desktop.pages.cache import CacheFullError, PageCache
from mv_desktop.pages.intake import CheckedFile, CheckedPage, Problem

KEY = bytes(range(32))
QUOTA = 50_000_000


def file_of(*pages: bytes, first: int = 1) -> CheckedFile:
    """A checked PDF whose pages' pictures are `pages`."""
    checked = tuple(
        CheckedPage(100 + number, 200, "pdf-image", page, "jpeg", b"small " + page[:20], number)
        for number, page in enumerate(pages, first)
    )
    return CheckedFile(None, "", "application/pdf", "0" * 64, 1, checked)


def files_in(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(folder.glob(pattern))


@pytest.fixture
def cache(tmp_path: Path) -> PageCache:
    return PageCache(tmp_path / "pages", KEY, QUOTA)


def test_what_was_put_is_read(cache: PageCache) -> None:
    upload = uuid4()
    assert not cache.has(upload)
    assert cache.pages(upload) is None
    assert cache.read(upload, 1, "full") is None
    cache.put(upload, file_of(b"one", b"two"))
    assert cache.has(upload)
    assert cache.read(upload, 1, "full") == b"one"
    assert cache.read(upload, 2, "quarter") == b"small two"


def test_asking_for_a_page_that_never_was_harms_nothing(cache: PageCache) -> None:
    upload = uuid4()
    cache.put(upload, file_of(b"one", b"two"))
    assert cache.read(upload, 3, "full") is None
    assert cache.read(upload, 0, "quarter") is None
    assert cache.read(upload, 2, "full") == b"two"


def test_the_sizes_of_pages_are_kept(cache: PageCache) -> None:
    upload = uuid4()
    cache.put(upload, file_of(b"one", b"two"))
    pages = cache.pages(upload)
    assert pages is not None
    assert [(page.pdf_page, page.width, page.height, page.source) for page in pages] == [
        (1, 101, 200, "pdf-image"),
        (2, 102, 200, "pdf-image"),
    ]


def test_it_is_all_there_after_a_restart(tmp_path: Path) -> None:
    upload = uuid4()
    first = PageCache(tmp_path, KEY, QUOTA)
    first.put(upload, file_of(b"one"))
    again = PageCache(tmp_path, KEY, QUOTA)
    assert again.has(upload)
    assert again.read(upload, 1, "full") == b"one"
    assert again.size == first.size > 0


def test_putting_again_replaces(cache: PageCache, tmp_path: Path) -> None:
    upload = uuid4()
    cache.put(upload, file_of(b"one", b"two", b"three"))
    cache.put(upload, file_of(b"new"))
    assert cache.read(upload, 1, "full") == b"new"
    assert len(files_in(tmp_path / "pages")) == 3
    assert cache.size == sum(path.stat().st_size for path in files_in(tmp_path / "pages"))


def test_a_file_with_a_problem_is_not_kept(cache: PageCache) -> None:
    with pytest.raises(ValueError, match="passed the check"):
        cache.put(uuid4(), CheckedFile(Problem.EMPTY, "This file is empty.", "", "0" * 64, 0))


def test_nothing_on_the_disk_can_be_read_without_the_key(cache: PageCache, tmp_path: Path) -> None:
    secret = b"the student's handwriting " * 50
    upload = uuid4()
    cache.put(upload, file_of(secret))
    for path in files_in(tmp_path / "pages"):
        content = path.read_bytes()
        assert secret[:20] not in content
        assert b"pdf-image" not in content
        if os.name == "posix":
            assert path.stat().st_mode & 0o077 == 0
    other = PageCache(tmp_path / "pages", bytes(32), QUOTA)
    assert other.read(upload, 1, "full") is None


@pytest.mark.parametrize("place", ["first", "nonce", "middle", "last", "cut", "empty"])
def test_a_damaged_file_counts_as_missing_and_goes(
    cache: PageCache, tmp_path: Path, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    upload = uuid4()
    cache.put(upload, file_of(b"x" * 5000, b"y" * 5000))
    (path,) = files_in(tmp_path / "pages", f"{upload}-001-full*")
    content = bytearray(path.read_bytes())
    if place in {"cut", "empty"}:
        content = content[:3000] if place == "cut" else bytearray()
    else:
        content[{"first": 0, "nonce": 8, "middle": 2500, "last": -1}[place]] ^= 1
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert cache.read(upload, 1, "full") is None
    assert "damaged" in caplog.text
    assert not cache.has(upload)
    assert cache.read(upload, 2, "full") is None
    assert files_in(tmp_path / "pages") == []
    cache.put(upload, file_of(b"again"))
    assert cache.read(upload, 1, "full") == b"again"


def test_a_file_swapped_for_another_is_noticed(cache: PageCache, tmp_path: Path) -> None:
    mine, other = uuid4(), uuid4()
    cache.put(mine, file_of(b"mine", b"mine too"))
    cache.put(other, file_of(b"other"))
    folder = tmp_path / "pages"
    (folder / f"{mine}-001-full.page").write_bytes((folder / f"{other}-001-full.page").read_bytes())
    assert cache.read(mine, 1, "full") is None
    cache.put(mine, file_of(b"mine", b"mine too"))
    (folder / f"{mine}-001-full.page").replace(folder / f"{mine}-002-full.page")
    assert cache.read(mine, 2, "full") is None
    assert cache.read(other, 1, "full") == b"other"


def test_a_page_whose_file_was_deleted_counts_as_missing(cache: PageCache, tmp_path: Path) -> None:
    upload = uuid4()
    cache.put(upload, file_of(b"one"))
    (tmp_path / "pages" / f"{upload}-001-full.page").unlink()
    assert cache.read(upload, 1, "full") is None
    assert not cache.has(upload)


def test_what_was_used_longest_ago_makes_room(tmp_path: Path) -> None:
    cache = PageCache(tmp_path, KEY, 35_000)
    uploads = [uuid4() for _ in range(4)]
    for upload in uploads[:3]:
        cache.put(upload, file_of(b"x" * 10_000))
    assert cache.read(uploads[0], 1, "full") is not None
    cache.put(uploads[3], file_of(b"x" * 10_000))
    assert [cache.has(upload) for upload in uploads] == [True, False, True, True]
    assert cache.size <= 35_000
    assert sum(path.stat().st_size for path in files_in(tmp_path)) == cache.size


def test_the_order_of_use_outlives_a_restart(tmp_path: Path) -> None:
    uploads = [uuid4() for _ in range(3)]
    cache = PageCache(tmp_path, KEY, 35_000)
    for upload in uploads:
        cache.put(upload, file_of(b"x" * 10_000))
        time.sleep(0.02)  # the folder's clock is the file system's
    cache.read(uploads[0], 1, "full")
    again = PageCache(tmp_path, KEY, 35_000)
    again.put(uuid4(), file_of(b"x" * 10_000))
    assert [again.has(upload) for upload in uploads] == [True, False, True]


def test_what_is_protected_stays_and_the_rest_is_told(tmp_path: Path) -> None:
    protected: set[UUID] = set()
    cache = PageCache(tmp_path, KEY, 25_000, ranks=lambda _: dict.fromkeys(protected))
    first, second, third = uuid4(), uuid4(), uuid4()
    cache.put(first, file_of(b"x" * 10_000))
    cache.put(second, file_of(b"x" * 10_000))
    protected.update({first, second})
    with pytest.raises(CacheFullError, match="still needed"):
        cache.put(third, file_of(b"x" * 10_000))
    assert cache.has(first)
    assert cache.has(second)
    assert not cache.has(third)
    protected.discard(first)
    cache.put(third, file_of(b"x" * 10_000))
    assert [cache.has(upload) for upload in (first, second, third)] == [False, True, True]


def test_a_file_larger_than_all_the_space_removes_nothing(tmp_path: Path) -> None:
    cache = PageCache(tmp_path, KEY, 25_000)
    kept = uuid4()
    cache.put(kept, file_of(b"x" * 10_000))
    with pytest.raises(CacheFullError):
        cache.put(uuid4(), file_of(b"x" * 30_000))
    assert cache.has(kept)


def test_dropping_and_clearing_leave_no_file(cache: PageCache, tmp_path: Path) -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    for upload in (first, second, third):
        cache.put(upload, file_of(b"x"))
    cache.drop(first, uuid4())
    assert not cache.has(first)
    assert cache.has(second)
    cache.clear()
    assert cache.size == 0
    assert files_in(tmp_path / "pages") == []


def test_leftovers_go_at_the_start_and_strangers_stay(tmp_path: Path) -> None:
    upload = uuid4()
    PageCache(tmp_path, KEY, QUOTA).put(upload, file_of(b"one"))
    for name in (f"{uuid4()}-001-full.page", f"{upload}-002-full.page.new", "nonsense.page"):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    cache = PageCache(tmp_path, KEY, QUOTA)
    assert cache.read(upload, 1, "full") == b"one"
    assert {path.name for path in files_in(tmp_path)} == {
        "notes.txt",
        f"{upload}.table",
        f"{upload}-001-full.page",
        f"{upload}-001-quarter.page",
    }


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot be used"):
        PageCache(tmp_path / "file" / "pages", KEY, QUOTA)


def test_a_full_disk_leaves_nothing_half_written(
    cache: PageCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, new = uuid4(), uuid4()
    cache.put(kept, file_of(b"kept"))
    write = cache_module.write_synced
    left = 4

    def fills_up(path: Path, content: bytes) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            path.write_bytes(content[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, content)

    monkeypatch.setattr(cache_module, "write_synced", fills_up)
    with pytest.raises(CacheFullError, match="No space left"):
        cache.put(new, file_of(b"x" * 1000, b"y" * 1000, b"z" * 1000))
    assert not cache.has(new)
    assert files_in(tmp_path / "pages", f"{new}*") == []
    assert cache.read(kept, 1, "full") == b"kept"
    left = 4
    with pytest.raises(CacheFullError):
        cache.put(kept, file_of(b"x", b"y", b"z"))
    assert cache.read(kept, 1, "full") == b"kept"


@pytest.mark.skipif(os.name != "posix", reason="only POSIX limits the size of files")
def test_a_limit_of_the_system_on_files_is_a_sentence(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path; from uuid import uuid4\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from tests.pages.test_cache import KEY, file_of; from mv_desktop.pages.cache import *\n"
        "cache = PageCache(Path(sys.argv[1]), KEY, 10**9); kept = uuid4(); cache.put(kept, file_of(b'kept'))\n"
        "before = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))\n"
        "try: cache.put(uuid4(), file_of(b'a', b'x' * 200_000))\n"
        "except CacheFullError as error: print(error.code, cache.read(kept, 1, 'full').decode())\n"
        # for what is written at the end: coverage's own file would be cut off, and then cannot be merged
        "finally: resource.setrlimit(resource.RLIMIT_FSIZE, before)\n"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", program, str(tmp_path), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    assert done.stdout.strip() == "cache_full kept", done.stderr
    assert len(files_in(tmp_path)) == 3


def test_kills_while_storing_lose_nothing_that_was_stored(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    program = (
        "import os, sys, random; from pathlib import Path; from uuid import UUID, uuid4\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from tests.pages.test_cache import KEY, file_of; from mv_desktop.pages.cache import PageCache\n"
        "cache = PageCache(Path(sys.argv[1]), KEY, 10**10)\n"
        "os.write(1, b'ready\\n')\n"
        "while True:\n"
        "    upload = uuid4(); body = upload.bytes * random.randrange(1000, 40000)\n"
        "    cache.put(upload, file_of(body, body)); os.write(1, f'{upload}\\n'.encode())\n"
    )
    chance = random.Random(4)
    stored: list[UUID] = []
    for _ in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), str(root)], stdout=subprocess.PIPE, cwd=root
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.01, 0.15))
            child.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            stored += [UUID(line.decode()) for line in child.stdout.read().splitlines() if len(line) == 36]
        cache = PageCache(tmp_path, KEY, 10**10)
        assert files_in(tmp_path, "*.new") == []
        for upload in stored:
            for page in (1, 2):
                body = cache.read(upload, page, "full")
                assert body is not None
                assert body[:16] == upload.bytes
        assert cache.size == sum(path.stat().st_size for path in files_in(tmp_path))
    assert stored


def test_many_threads_read_and_write_at_once(tmp_path: Path) -> None:
    cache = PageCache(tmp_path, KEY, 200_000)
    uploads = [uuid4() for _ in range(12)]
    wrong: list[object] = []
    end = time.monotonic() + 1.0

    def work(chance: random.Random) -> None:
        try:
            while time.monotonic() < end:
                upload = chance.choice(uploads)
                if chance.random() < 0.3:
                    cache.put(upload, file_of(upload.bytes * 1000, upload.bytes * 500))
                elif chance.random() < 0.1:
                    cache.drop(upload)
                else:
                    body = cache.read(upload, 1, "full")
                    if body not in (None, upload.bytes * 1000):
                        wrong.append(upload)
        except Exception as error:  # noqa: BLE001 - the threads' errors are the test's
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(random.Random(seed),)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert cache.size == sum(path.stat().st_size for path in files_in(tmp_path))


def test_reading_does_not_wait_for_writing(cache: PageCache, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = uuid4()
    cache.put(upload, file_of(b"here"))
    write = cache_module.write_synced
    writing, go_on = threading.Event(), threading.Event()

    def slow(path: Path, content: bytes) -> None:
        writing.set()
        assert go_on.wait(10)
        write(path, content)

    monkeypatch.setattr(cache_module, "write_synced", slow)
    writer = threading.Thread(target=cache.put, args=(uuid4(), file_of(b"new")))
    writer.start()
    with contextlib.ExitStack() as stack:
        stack.callback(writer.join)
        stack.callback(go_on.set)
        assert writing.wait(10)
        assert cache.read(upload, 1, "full") == b"here"


def test_which_may_go_is_asked_for_only_when_something_must(tmp_path: Path) -> None:
    asked: list[UUID] = []

    def ranks(upload: UUID) -> dict[UUID, int | None]:
        asked.append(upload)
        return {}

    cache = PageCache(tmp_path, KEY, 25_000, ranks=ranks)
    uploads = [uuid4() for _ in range(4)]
    for upload in uploads[:2]:
        cache.put(upload, file_of(b"x" * 10_000))
    assert asked == []
    assert cache.put(uploads[2], file_of(b"x" * 10_000)) == (uploads[0],)
    assert cache.put(uploads[3], file_of(b"x" * 10_000)) == (uploads[1],)
    assert asked == uploads[2:]


def test_what_goes_first_is_what_is_ranked_highest_and_looking_is_no_use(tmp_path: Path) -> None:
    uploads = [uuid4() for _ in range(4)]
    order: dict[UUID, int | None] = {uploads[0]: 1, uploads[1]: 5, uploads[2]: 5, uploads[3]: None}
    cache = PageCache(tmp_path, KEY, 47_000, ranks=lambda _: order)
    for upload in uploads:
        cache.put(upload, file_of(b"x" * 10_000))
    cache.pages(uploads[1])
    assert cache.put(uuid4(), file_of(b"x" * 10_000)) == (uploads[1],)
    cache.clear()
    for upload in uploads:
        cache.put(upload, file_of(b"x" * 10_000))
    cache.read(uploads[1], 1, "full")
    assert cache.put(uuid4(), file_of(b"x" * 10_000)) == (uploads[2],)


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EACCES, errno.EIO])
def test_a_page_that_cannot_be_read_just_now_stays(
    cache: PageCache, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    upload = uuid4()
    cache.put(upload, file_of(b"one"))
    read = Path.read_bytes

    def fails(path: Path) -> bytes:
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(Path, "read_bytes", fails)
    for doubtful in (False, False, True):
        assert cache.read(upload, 1, "full") is None
        assert cache.has(upload)
        assert cache.doubtful(upload) is doubtful
    monkeypatch.setattr(Path, "read_bytes", read)
    assert cache.read(upload, 1, "full") == b"one"
    assert not cache.doubtful(upload)


def test_a_disk_that_is_nearly_full_is_left_alone(tmp_path: Path) -> None:
    free = [10_000_000_000]
    cache = PageCache(tmp_path, KEY, QUOTA, free_bytes=lambda _: (free[0], 100_000_000_000))
    kept = uuid4()
    cache.put(kept, file_of(b"x" * 10_000))
    free[0] = cache_module.FREE_BYTES // 2
    cache._ranks = lambda _: {kept: None}
    for look in (lambda: cache.room_for(uuid4(), 10_000), lambda: cache.put(uuid4(), file_of(b"x" * 10_000))):
        with pytest.raises(CacheFullError, match="nearly full"):
            look()
    cache.room_for(uuid4(), 10_000, pressing=True)  # somebody waits for it
    assert cache.has(kept)


def test_more_space_is_room_at_once(tmp_path: Path) -> None:
    upload = uuid4()
    cache = PageCache(tmp_path, KEY, 5_000)
    with pytest.raises(CacheFullError):
        cache.put(upload, file_of(b"x" * 10_000))
    with pytest.raises(CacheFullError):
        cache.room_for(upload, 100)  # it is known now what it takes
    cache.set_quota(50_000)
    cache.room_for(upload, 100)
