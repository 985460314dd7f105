"""Changes to the file of the server profiles: one at a time, whole, and nothing of others' is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import portalocker

from mv_desktop.core.durable import replace_synced
from mv_desktop.core.errors import ConflictError, InvalidError, SetupError
from mv_desktop.services.authority import SYSTEM
from mv_desktop.services.profile import ServerProfile, profile_of, profiles_file, profiles_in, read_document

_LOCK_FILE = "servers.lock"
_LOCK_SECONDS = 5.0


def put_profile(profile: ServerProfile, before: ServerProfile | None = None) -> tuple[ServerProfile, ...]:
    """Add a server at the end of the list, or change the one that was `before`; answers all there are then.

    What this version does not know of the file and of the server stays.

    Args:
        profile: as it is to be.
        before: as it was seen when the change began; None adds.

    Raises:
        ConflictError: another program changed or removed it meanwhile, or added one of that name.
        InvalidError: the file of certificates cannot be read, or holds none.
        SetupError: the list cannot be read or written; it is as it was.
    """
    check_authority(profile)
    with _changing() as document:
        entries: list[dict[str, Any]] = document["servers"]
        entry = None if before is None else _found(entries, before)
        if any(_same_name(other["name"], profile.name) for other in entries if other is not entry):
            raise ConflictError("There is a server of that name already.", kept=_KEPT, remedy="Choose another name.")
        if entry is None:
            entries.append(asdict(profile))
        else:
            entry.update(asdict(profile))
    return profiles_in(document)


def remove_profile(before: ServerProfile) -> tuple[ServerProfile, ...]:
    """Take a server out of the list; answers those that are left.

    Raises:
        ConflictError: another program changed or removed it meanwhile.
        SetupError: the list cannot be read or written; it is as it was.
    """
    with _changing() as document:
        document["servers"].remove(_found(document["servers"], before))
    return profiles_in(document)


def check_authority(profile: ServerProfile) -> None:
    """See that the file of certificates, where the profile names one, is one.

    Raises:
        InvalidError: it cannot be read, or holds none.
    """
    if profile.ca_file in (None, SYSTEM):
        return
    try:
        content = Path(str(profile.ca_file)).read_bytes()
    except OSError as error:
        raise InvalidError(
            "The file of the certificate authority cannot be read.", remedy="Choose the file anew."
        ) from error
    if b"-----BEGIN CERTIFICATE-----" not in content:
        raise InvalidError(
            "That file holds no certificate.",
            remedy="It is a text file that begins with BEGIN CERTIFICATE; ask your administrator for it.",
        )


# -- private -------------------------------------------------------------------------------------------------

_KEPT = "The list is as it was."


@contextmanager
def _changing() -> Iterator[dict[str, Any]]:
    """What the file holds, written anew when the block ends well; meanwhile no other program changes it."""
    path = profiles_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = portalocker.Lock(path.with_name(_LOCK_FILE), mode="a", timeout=_LOCK_SECONDS)
        lock.acquire()
    except portalocker.LockException:
        raise SetupError(
            "Another program is changing the list of servers.", kept=_KEPT, remedy="Try again in a moment."
        ) from None
    except OSError as error:
        raise _unwritable(path) from error
    try:
        document = read_document()
        yield document
        text = json.dumps(document, indent=2, ensure_ascii=False)
        try:
            replace_synced(path, f"{text}\n".encode())
        except OSError as error:
            raise _unwritable(path) from error
    finally:
        lock.release()


def _found(entries: list[dict[str, Any]], before: ServerProfile) -> dict[str, Any]:
    for entry in entries:
        if profile_of(entry) == before:
            return entry
    raise ConflictError(
        f"The server “{before.name}” was changed or removed meanwhile by another program.",
        kept="What was done there stands.",
        remedy="Look at the list again.",
    )


def _same_name(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _unwritable(path: Path) -> SetupError:
    return SetupError(
        f"The list of servers could not be saved in {path.parent}.",
        kept=_KEPT,
        remedy="Check that the folder may be written and that the disk is not full.",
    )
