"""Pages on this computer: encrypted files, each whole or not there at all.

A checked file becomes three kinds of files in one folder, all encrypted with AES-256-GCM: ``<upload>.table`` (what
pages it has), ``<upload>-<page>-full.page`` and ``<upload>-<page>-quarter.page``. The table is written last, so an
upload is here if its table is. A file's own name is the associated data of its encryption: one that was renamed,
swapped for another or damaged does not decrypt, is removed, and its upload counts as missing, to be fetched again.
There is no index beside the files that could disagree with them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mv_desktop.core.durable import sync_folder, write_synced
from mv_desktop.core.errors import UserError
from mv_desktop.pages.answer import CheckedFile

Level = Literal["full", "quarter"]

_MAGIC: Final = b"MVPG1"
_NONCE: Final = 12
_DIGEST: Final = 32
_TABLE: Final = ".table"
_PAGE: Final = ".page"
_UNFINISHED: Final = ".new"
_LEVELS: Final[tuple[Level, ...]] = ("full", "quarter")
_UNREADABLE: Final = 3
"""So often in a row a file must have been unreadable before it is worth another copy."""
_QUARTER_SHARE: Final = 0.1
_UNKNOWN_BYTES: Final = 2 << 20

FREE_BYTES: Final = 1 << 30
FREE_SHARE: Final = 0.05
"""What pages leave free on the disk: a gigabyte, or this share of a small disk."""

_log = logging.getLogger(__name__)


class CacheFullError(UserError):
    """A page cannot be kept on this computer: the disk is full, or everything kept is still needed."""

    code = "cache_full"


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One page that is on this computer.

    Attributes:
        pdf_page: the page inside a PDF, from 1; 0 for an image.
        width, height: pixels of the full picture after its EXIF turn.
        source: where the pixels came from (`pages.intake.Source`).
    """

    pdf_page: int
    width: int
    height: int
    source: str


@dataclass(slots=True)
class _Entry:
    """One upload that is here.

    Attributes:
        size: its files' bytes.
        used: when it was used last, a count and no time.
        unreadable: how often in a row one of its files could not be read just now.
    """

    size: int
    used: int
    unreadable: int = 0


class PageCache:
    """The pages of one person on this computer. May be used from several threads.

    Only one process uses a folder at a time.

    Args:
        folder: for the files; made if it does not exist.
        key: 32 bytes.
        quota_bytes: what the files may take.
        ranks: which uploads may be removed to make room for this one, asked when there is none: the higher the number,
            the sooner it goes, the least recently used first among equals; None stays whatever happens. What is not
            named goes before all others.
        free_bytes: how much of the disk is free, and how large it is, for tests.

    Raises:
        UserError: the folder cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        key: bytes,
        quota_bytes: int,
        *,
        ranks: Callable[[UUID], Mapping[UUID, int | None]] = lambda _: {},
        free_bytes: Callable[[Path], tuple[int, int]] | None = None,
    ) -> None:
        self._folder = folder
        self._cipher = AESGCM(key)
        self._quota = quota_bytes
        self._ranks = ranks
        self._disk = free_bytes or _disk
        self._needed: dict[UUID, int] = {}  # what those take for which there was no room
        self._writing = threading.Lock()  # one upload is written at a time; nobody who reads waits for it
        self._lock = threading.RLock()  # the entries, and which names stand in the folder
        self._entries: dict[UUID, _Entry] = {}
        self._uses = 0
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._find_entries()
        except OSError as error:
            raise UserError(
                f"The folder for pages on this computer cannot be used: {error.strerror}.",
                remedy="Check the disk and the rights on the program's data folder.",
            ) from error

    @property
    def size(self) -> int:
        """Bytes that the files take."""
        with self._lock:
            return sum(entry.size for entry in self._entries.values())

    @property
    def quota(self) -> int:
        """Bytes that the files may take."""
        return self._quota

    def set_quota(self, quota_bytes: int) -> None:
        """Let the files take more or less; what is too much goes when the next one comes."""
        with self._lock:
            self._quota = quota_bytes
            self._needed.clear()

    def has(self, upload_id: UUID) -> bool:
        """True when all pages of an upload are here."""
        with self._lock:
            return upload_id in self._entries

    def doubtful(self, upload_id: UUID) -> bool:
        """True when an upload is here, but could not be read several times in a row: another copy would be better."""
        with self._lock:
            entry = self._entries.get(upload_id)
            return entry is not None and entry.unreadable >= _UNREADABLE

    def room_for(self, upload_id: UUID, file_bytes: int | None, *, pressing: bool = False) -> None:
        """Look before a file is fetched whether it could be kept; nothing is removed yet.

        Args:
            upload_id: the upload.
            file_bytes: its size, None while not known.
            pressing: somebody waits for it: the disk need not stay as free as for what is fetched ahead.

        Raises:
            CacheFullError: it could not.
        """
        expected = round((file_bytes or _UNKNOWN_BYTES) * (1 + _QUARTER_SHARE))
        self._leaving(upload_id, max(expected, self._needed.get(upload_id, 0)), pressing=pressing)

    def put(self, upload_id: UUID, file: CheckedFile, *, pressing: bool = False) -> tuple[UUID, ...]:
        """Keep all pages of a checked file. On return they are on the disk; when it raises, nothing is half there.

        Args:
            upload_id: whose they are.
            file: with its pages.
            pressing: as in `room_for`.

        Returns:
            The uploads that were removed to make room.

        Raises:
            CacheFullError: there is no room for it.
            ValueError: the file has a problem and no pages.
        """
        if not file.ok:
            raise ValueError("only files that passed the check are kept")
        parts = {
            _page_name(upload_id, page.pdf_page, level): page.full if level == "full" else page.quarter
            for page in file.pages
            for level in _LEVELS
        }
        table = [
            {"pdf_page": page.pdf_page, "width": page.width, "height": page.height, "source": str(page.source)}
            for page in file.pages
        ]
        parts[_table_name(upload_id)] = json.dumps(table).encode()
        with self._writing:
            needed = sum(len(part) + _overhead() for part in parts.values())
            left = self._make_room(upload_id, needed, pressing=pressing)
            unfinished: dict[Path, int] = {}
            try:
                self._write_all(parts, unfinished)
                self._publish(upload_id, unfinished)
            except OSError as error:
                for path in unfinished:
                    with suppress(OSError):
                        _unfinished(path).unlink(missing_ok=True)
                raise CacheFullError(
                    f"A page could not be written to this computer's disk: {error.strerror or error}.",
                    kept="Your marks are not affected.",
                    remedy="Free some space on the disk.",
                ) from error
        return left

    def pages(self, upload_id: UUID) -> tuple[KeptPage, ...] | None:
        """The pages of an upload in order; None when it is not here. Asking does not count as a use."""
        table = self._read(upload_id, _table_name(upload_id), using=False)
        if table is None:
            return None
        return tuple(KeptPage(**entry) for entry in json.loads(table))

    def read(self, upload_id: UUID, pdf_page: int, level: Level) -> bytes | None:
        """A page's picture as JPEG or PNG; None when it is not here, or is damaged and must be fetched again."""
        return self._read(upload_id, _page_name(upload_id, pdf_page, level))

    def drop(self, *upload_ids: UUID) -> None:
        """Remove uploads; nothing happens for those that are not here."""
        with self._lock:
            for upload_id in upload_ids:
                self._remove(upload_id)

    def clear(self) -> None:
        """Remove everything."""
        with self._lock:
            self.drop(*list(self._entries))

    def _find_entries(self) -> None:
        """Read the folder: what is whole stays, what a killed program left behind goes."""
        sizes: dict[UUID, int] = {}
        used: dict[UUID, int] = {}
        strays: list[Path] = []
        paths = [path for path in self._folder.iterdir() if path.is_file()]
        whole = {_owner(path) for path in paths if path.suffix == _TABLE}
        for path in paths:
            owner = _owner(path)
            if path.suffix not in {_TABLE, _PAGE, _UNFINISHED}:
                continue  # not ours
            if owner is None or owner not in whole or path.suffix == _UNFINISHED:
                strays.append(path)
                continue
            status = path.stat()
            sizes[owner] = sizes.get(owner, 0) + status.st_size
            if path.suffix == _TABLE:
                used[owner] = status.st_mtime_ns
        for upload_id in sorted(used, key=used.__getitem__):
            self._entries[upload_id] = _Entry(sizes[upload_id], self._next_use())
        for path in strays:
            path.unlink(missing_ok=True)

    def _make_room(self, upload_id: UUID, needed: int, *, pressing: bool) -> tuple[UUID, ...]:
        with self._lock:
            self._needed[upload_id] = needed
            leaving = self._leaving(upload_id, needed, pressing=pressing)
            del self._needed[upload_id]
            self.drop(*leaving)
            return leaving

    def _leaving(self, upload_id: UUID, needed: int, *, pressing: bool) -> tuple[UUID, ...]:
        """The uploads that must go so that `needed` bytes can be kept; raises when that is not enough."""
        free, whole = self._disk(self._folder)
        reserve = round(min(FREE_BYTES, whole * FREE_SHARE)) // (10 if pressing else 1)
        with self._lock:
            there = self._entries[upload_id].size if upload_id in self._entries else 0
            over_quota = self.size - there + needed - self._quota
            over_disk = needed + reserve - free
            excess = max(over_quota, over_disk)
            if excess <= 0:
                return ()
            candidates = dict(self._entries)
        ranks = self._ranks(upload_id)
        order = [
            (-rank, entry.used, candidate, entry.size)
            for candidate, entry in candidates.items()
            if candidate != upload_id and (rank := ranks.get(candidate, _STRANGER)) is not None
        ]
        leaving: list[UUID] = []
        for _, _, candidate, size in sorted(order):
            if excess <= 0:
                break
            leaving.append(candidate)
            excess -= size
        if excess > 0:
            raise _disk_full() if over_disk > over_quota else _no_room()
        return tuple(leaving)

    def _write_all(self, parts: dict[str, bytes], unfinished: dict[Path, int]) -> None:
        """Write every file under another name; `unfinished` learns what they will be called, and their sizes."""
        for name, part in parts.items():
            sealed = self._seal(name, part)
            path = self._folder / name
            unfinished[path] = len(sealed)
            write_synced(_unfinished(path), sealed)

    def _publish(self, upload_id: UUID, unfinished: dict[Path, int]) -> None:
        """Give the files their names, the table's last: until then the upload is not here."""
        *pages, table = unfinished
        with self._lock:
            self._remove(upload_id)
            for page in pages:
                _unfinished(page).replace(page)
            sync_folder(self._folder)
            _unfinished(table).replace(table)
            self._entries[upload_id] = _Entry(sum(unfinished.values()), self._next_use())
        sync_folder(self._folder)

    def _read(self, upload_id: UUID, name: str, *, using: bool = True) -> bytes | None:
        with self._lock:
            entry = self._entries.get(upload_id)
            if entry is None:
                return None
            if using:
                entry.used = self._next_use()
        path = self._folder / name
        try:
            sealed = path.read_bytes()  # outside the lock: several threads decrypt at once
            opened = self._open(name, sealed)
            entry.unreadable = 0
            if using:
                with suppress(OSError):  # the next start of the program sees what was used last
                    os.utime(self._folder / _table_name(upload_id))
            return opened
        except (OSError, ValueError, InvalidTag) as error:
            if isinstance(error, FileNotFoundError):
                if not self._should_have(upload_id, name):
                    return None
            elif isinstance(error, OSError):
                # too many open files, a virus scanner's lock, a cable: none of them says that the page is not good
                entry.unreadable += 1
                _log.warning("a page on this computer cannot be read just now: %s (%s)", name, error.strerror)
                return None
            with self._lock:
                if self._entries.get(upload_id) is entry:  # nobody has stored it anew meanwhile
                    _log.warning(
                        "a page on this computer is damaged and is dropped: %s (%s)", name, type(error).__name__
                    )
                    self._remove(upload_id)
            return None

    def _should_have(self, upload_id: UUID, name: str) -> bool:
        """False when the upload's table says that there is no such page; asking for it is no damage."""
        table = _table_name(upload_id)
        try:
            pages = json.loads(self._open(table, (self._folder / table).read_bytes()))
        except (FileNotFoundError, ValueError, InvalidTag):
            return True
        except OSError:
            return False  # nobody can tell just now
        return name == table or any(
            name == _page_name(upload_id, page["pdf_page"], level) for page in pages for level in _LEVELS
        )

    def _remove(self, upload_id: UUID) -> None:
        entry = self._entries.pop(upload_id, None)
        if entry is None:
            return
        # the table first: a kill in between leaves files without a table, which the next start removes
        with suppress(OSError):
            (self._folder / _table_name(upload_id)).unlink(missing_ok=True)
        for path in self._folder.glob(f"{upload_id}-*{_PAGE}"):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _seal(self, name: str, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        digest = hashlib.sha256(plain).digest()
        return _MAGIC + nonce + self._cipher.encrypt(nonce, digest + plain, name.encode())

    def _open(self, name: str, sealed: bytes) -> bytes:
        if not sealed.startswith(_MAGIC):
            raise ValueError("not a page file")
        start = len(_MAGIC) + _NONCE
        opened = self._cipher.decrypt(sealed[len(_MAGIC) : start], sealed[start:], name.encode())
        plain = opened[_DIGEST:]
        if hashlib.sha256(plain).digest() != opened[:_DIGEST]:
            raise ValueError("the page's SHA-256 differs")
        return plain

    def _next_use(self) -> int:
        self._uses += 1
        return self._uses


_STRANGER: Final = 1 << 40


def _disk(folder: Path) -> tuple[int, int]:
    """How much of the disk is free, and how large it is; when that cannot be found out, writing will tell."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return 1 << 60, 1 << 60
    return usage.free, usage.total


def _no_room() -> CacheFullError:
    return CacheFullError(
        "There is no room for more pages on this computer: all pages that are kept are still needed.",
        kept="Everything that was kept is still here.",
        remedy="Submit scripts that are done, or give pages more space in the preferences.",
    )


def _disk_full() -> CacheFullError:
    return CacheFullError(
        "This computer's disk is nearly full: no more pages are fetched ahead.",
        kept="Everything that was kept is still here.",
        remedy="Free some space on the disk.",
    )


def _table_name(upload_id: UUID) -> str:
    return f"{upload_id}{_TABLE}"


def _page_name(upload_id: UUID, pdf_page: int, level: Level) -> str:
    return f"{upload_id}-{pdf_page:03d}-{level}{_PAGE}"


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + _UNFINISHED)


def _owner(path: Path) -> UUID | None:
    try:
        return UUID(path.name[:36])
    except ValueError:
        return None


def _overhead() -> int:
    tag = 16
    return len(_MAGIC) + _NONCE + _DIGEST + tag
