"""The file into which work is exported that was not sent: written by a teacher's computer, read by a coordinator's.

The first line is JSON: the format, how many bytes follow and their SHA-256. What follows is JSON, one object a line:
who it is, each operation with the very text and SHA-256 of the journal, changes of the comment bank, and an end.
Sealed for the organisation's recovery key it is the same, compressed and encrypted. The SHA-256 shows damage, not
forgery: whoever can write the file can make a new one. So what comes by such a file is never applied by itself.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.identifier import UserId
from mv_desktop.offline import recovery

SUFFIX = ".mvwork"
_FORMAT = "mathvidya-work"
_VERSION = 1
_WHAT = b"mathvidya-work 1"
_LARGEST = 1 << 30
_UNPACKED = 1 << 31


@dataclass(frozen=True, slots=True)
class WorkOwner:
    """Whose work a file holds, and where and when it was made.

    Attributes:
        server: the name under which her computer knows the server.
        computer_id: of her file, "" when it has none yet.
        made_at: the computer's clock, ISO 8601.
        program: that made the file.
        recovered: made with the recovery key, not by her.
    """

    user_id: UserId
    email: str
    name: str
    server: str
    computer_id: str
    made_at: str
    program: str
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class WorkOperation:
    """One operation out of the journal.

    Attributes:
        body: its text as it is sent.
        sha256: of that text, as the journal had it.
        state: "pending", "set_aside" or "refused".
        reason: why it was set aside or refused, or "".
    """

    body: str
    sha256: str
    state: str
    reason: str = ""

    @property
    def sound(self) -> bool:
        """The text is what was written when she did it."""
        return hashlib.sha256(self.body.encode()).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class WorkFile:
    """What was exported.

    Attributes:
        comments: changes of the comment bank that were not sent, as the bank wrote them.
        sha256: names the file; "" for one that was not read from a file.
    """

    owner: WorkOwner
    operations: tuple[WorkOperation, ...]
    comments: tuple[Mapping[str, Any], ...] = ()
    sha256: str = ""

    @property
    def envelopes(self) -> tuple[Mapping[str, Any], ...]:
        """The sound operations as the server takes them, in order."""
        return tuple(json.loads(item.body) for item in self.operations if item.sound)


def packed(work: WorkFile, public: X25519PublicKey | None) -> bytes:
    """The file's bytes; sealed for the recovery key when there is one."""
    content = "".join(_line(entry) for entry in _entries(work)).encode()
    if public is not None:
        content = json.dumps(recovery.seal(public, zlib.compress(content), _WHAT)).encode()
    header = {
        "format": _FORMAT,
        "version": _VERSION,
        "sealed": None if public is None else recovery.fingerprint(public),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return _line(header).encode() + content


def sealed_for(data: bytes) -> str | None:
    """The recovery key for which a file is sealed, None for a plain one. Raises InvalidError when it is neither."""
    sealed = _header(data)[0].get("sealed")
    return None if sealed is None else str(sealed)


def unpacked(data: bytes, private: X25519PrivateKey | None = None) -> WorkFile:
    """The content of a file.

    Args:
        data: the file's bytes.
        private: the recovery key, for a sealed one.

    Raises:
        InvalidError: it is another file, cut off, damaged, or of a newer version; the sentence says which.
        NotAllowedError: it is sealed, and `private` is not the key.
    """
    header, content = _header(data)
    if len(content) < header["bytes"]:
        raise InvalidError(
            f"The file is not whole: {header['bytes'] - len(content)} bytes of it are missing.",
            kept="Nothing was brought in.",
            remedy="Copy it once more from where it was made.",
        )
    if len(content) > header["bytes"] or hashlib.sha256(content).hexdigest() != header["sha256"]:
        raise _changed()
    if header["sealed"] is not None:
        content = _opened(content, str(header["sealed"]), private)
    try:
        *entries, end = [json.loads(line) for line in content.decode().splitlines()]
        if end != {"kind": "end", "lines": len(entries)}:
            raise _changed()
        return _work(entries, hashlib.sha256(data).hexdigest())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _changed() from None


# -- private -------------------------------------------------------------------------------------------------


def _entries(work: WorkFile) -> Iterable[Mapping[str, Any]]:
    owner = work.owner
    yield {
        "kind": "owner",
        "user_id": str(owner.user_id),
        "email": owner.email,
        "name": owner.name,
        "server": owner.server,
        "computer_id": owner.computer_id,
        "made_at": owner.made_at,
        "program": owner.program,
        "recovered": owner.recovered,
    }
    for item in work.operations:
        yield {
            "kind": "operation",
            "state": item.state,
            "reason": item.reason,
            "sha256": item.sha256,
            "body": item.body,
        }
    for comment in work.comments:
        yield {"kind": "comment", "change": dict(comment)}
    yield {"kind": "end", "lines": 1 + len(work.operations) + len(work.comments)}


def _work(entries: list[dict[str, Any]], sha256: str) -> WorkFile:
    first, *rest = entries
    owner = WorkOwner(
        UserId(UUID(first["user_id"])),
        str(first["email"]),
        str(first["name"]),
        str(first["server"]),
        str(first["computer_id"]),
        str(first["made_at"]),
        str(first["program"]),
        first["recovered"] is True,
    )
    operations = tuple(
        WorkOperation(str(item["body"]), str(item["sha256"]), str(item["state"]), str(item["reason"]))
        for item in rest
        if item["kind"] == "operation"
    )
    for item in operations:
        if item.sound and not isinstance(json.loads(item.body), dict):
            raise _changed()
    return WorkFile(owner, operations, tuple(item["change"] for item in rest if item["kind"] == "comment"), sha256)


def _header(data: bytes) -> tuple[dict[str, Any], bytes]:
    line, _, content = data[:_LARGEST].partition(b"\n")
    try:
        header = json.loads(line)
        if header["format"] != _FORMAT:
            raise _foreign()
        if int(header["version"]) > _VERSION:
            raise InvalidError(
                "The file was made by a newer version of this program.",
                kept="Nothing was brought in.",
                remedy="Install the newest version.",
            )
        header["bytes"] = int(header["bytes"])
        header["sha256"], header["sealed"]
    except (ValueError, KeyError, TypeError):
        raise _foreign() from None
    return header, content


def _opened(content: bytes, recipient: str, private: X25519PrivateKey | None) -> bytes:
    if private is None:
        raise NotAllowedError(
            f"The file is sealed for the recovery key {recipient}.", remedy="Give that key with --key FILE."
        )
    try:
        sealed = json.loads(content)
        compressed = recovery.unseal(private, sealed if isinstance(sealed, dict) else {}, _WHAT)
        unpacker = zlib.decompressobj()
        opened = unpacker.decompress(compressed, _UNPACKED)
    except (ValueError, zlib.error):
        raise _changed() from None
    if not unpacker.eof:
        raise _changed()
    return opened


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, separators=(",", ":")) + "\n"


def _foreign() -> InvalidError:
    return InvalidError(
        "This is no file with exported work.",
        kept="Nothing was brought in.",
        remedy=f"Such a file is made by “Export …” or “mv-desktop offline export”; its name ends in {SUFFIX}.",
    )


def _changed() -> InvalidError:
    return InvalidError(
        "The file is damaged, or was changed after it was made.",
        kept="Nothing was brought in.",
        remedy="Copy it once more from where it was made.",
    )
