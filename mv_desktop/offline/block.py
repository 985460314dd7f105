"""The blocks of an encrypted file, read without SQLite: one that is damaged keeps nobody from reading the others.

SQLite finds its rows from the top of a tree downwards, and SQLCipher gives a connection up at the first bad seal. Here
every block is opened for itself, and the rows on it are read where they stand. A block is 4,016 bytes under
AES-256-CBC, then its random start value, then its seal: HMAC-SHA512 over both and the block's number.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 4096
_USABLE = 4016
_START = 16
_SALT = 16
_LOG_HEADER = 32
_FRAME_HEADER = 24
_TABLE_LEAF = 0x0D
_MOST_CELLS = _USABLE // 6
_MOST_BYTES = 64 << 20
"""A row that claims to be longer than this is none."""

Value = str | int | float | bytes | None


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row of a table, whichever it was.

    Attributes:
        number: by which the table knows it.
        values: its columns; what is damaged in them is nonsense.
        sealed: every block that it stands on is as it was written.
    """

    number: int
    values: tuple[Value, ...]
    sealed: bool


class BlockFile:
    """An encrypted file, and the log beside it, which is read as far as it was committed.

    Args:
        path: the file.
        key: its 32 bytes.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._cipher = algorithms.AES(key)
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        salt = _piece(path, 0, _SALT)
        self._seal_key = hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)
        self._logged = _logged(self._log)
        self._count = max(_size(path) // BLOCK, *self._logged, 0)

    def rows(self) -> Iterator[FoundRow]:
        """The rows of all tables on all blocks that can be read; what was freed may be among them as it was before."""
        for number in range(2, self._count + 1):  # on the first one stands what tables there are
            opened = self._opened(number)
            if opened is not None and opened[0][0] == _TABLE_LEAF:
                yield from self._rows_on(*opened)

    # -- private ---------------------------------------------------------------------------------------------

    def _rows_on(self, block: bytes, sealed: bool) -> Iterator[FoundRow]:  # noqa: FBT001
        (cells,) = struct.unpack_from(">H", block, 3)
        for cell in range(min(cells, _MOST_CELLS)):
            try:
                (at,) = struct.unpack_from(">H", block, 8 + 2 * cell)
                size, at = _varint(block, at)
                number, at = _varint(block, at)
                content, whole = self._content(block, at, size)
                yield FoundRow(number, _values(content), sealed and whole)
            except (IndexError, ValueError, struct.error):
                continue

    def _content(self, block: bytes, at: int, size: int) -> tuple[bytes, bool]:
        """A row's bytes, which go on in other blocks when there are many."""
        if size > _MOST_BYTES:
            raise ValueError
        here = _bytes_here(size)
        parts, left, sealed = [block[at : at + here]], size - here, True
        following = int.from_bytes(block[at + here : at + here + 4]) if left else 0
        while left > 0:
            opened = self._opened(following)
            if opened is None:
                raise ValueError
            part = opened[0][4 : 4 + left]
            following = int.from_bytes(opened[0][:4])
            sealed = sealed and opened[1]
            parts.append(part)
            left -= len(part)
        return b"".join(parts), sealed

    def _opened(self, number: int) -> tuple[bytes, bool] | None:
        """A block as it was written, and whether its seal holds; None where nothing can be read."""
        if not 1 < number <= self._count:
            return None
        logged = self._open(self._log, self._logged[number], number) if number in self._logged else None
        if logged is not None and logged[1]:
            return logged
        return self._open(self._path, (number - 1) * BLOCK, number) or logged

    def _open(self, path: Path, at: int, number: int) -> tuple[bytes, bool] | None:
        data = _piece(path, at, BLOCK)
        if len(data) < BLOCK:
            return None
        start = data[_USABLE : _USABLE + _START]
        proved = hmac.digest(self._seal_key, data[: _USABLE + _START] + number.to_bytes(4, "little"), "sha512")
        decryptor = Cipher(self._cipher, modes.CBC(start)).decryptor()
        return decryptor.update(data[:_USABLE]), hmac.compare_digest(proved, data[_USABLE + _START :])


def _piece(path: Path, at: int, size: int) -> bytes:
    """Bytes of a file; nothing where the disk itself fails."""
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(at)
            return file.read(size) or b""
    except OSError:
        return b""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _logged(log: Path) -> dict[int, int]:
    """Where in the log the newest committed state of each of its blocks stands."""
    salts = _piece(log, 16, 8)
    found: dict[int, int] = {}
    committing: dict[int, int] = {}
    for at in range(_LOG_HEADER, _size(log), _FRAME_HEADER + BLOCK):
        header = _piece(log, at, _FRAME_HEADER)
        if len(header) < _FRAME_HEADER or header[8:16] != salts:
            break  # of an earlier round, which was worked in
        number, commits = struct.unpack_from(">II", header)
        committing[number] = at + _FRAME_HEADER
        if commits:
            found.update(committing)
            committing.clear()
    return found


def _bytes_here(size: int) -> int:
    """How many bytes of a row stand on its own block (the file format of SQLite)."""
    most = _USABLE - 35
    if size <= most:
        return size
    least = (_USABLE - 12) * 32 // 255 - 23
    here = least + (size - least) % (_USABLE - 4)
    return here if here <= most else least


def _values(content: bytes) -> tuple[Value, ...]:
    end, at = _varint(content, 0)
    kinds = []
    while at < end:
        kind, at = _varint(content, at)
        kinds.append(kind)
    values = []
    for kind in kinds:
        size = _LENGTHS[kind] if kind < len(_LENGTHS) else (kind - 12) // 2
        piece = content[at : at + size]
        if len(piece) < size:
            raise ValueError
        values.append(_value(kind, piece))
        at += size
    return tuple(values)


_LENGTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)


def _value(kind: int, piece: bytes) -> Value:
    if kind == 0:
        return None
    if kind <= 6:
        return int.from_bytes(piece, signed=True)
    if kind == 7:
        return float(struct.unpack(">d", piece)[0])
    if kind < 12:
        return kind - 8
    return piece.decode(errors="replace") if kind % 2 else piece


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of SQLite's, and where it ends. Raises IndexError where the data ends first."""
    value = 0
    for step in range(8):
        byte = data[at + step]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + step + 1
    return value << 8 | data[at + 8], at + 9
