"""A server as somebody types it: what is wrong with it, field by field, and the profile that it becomes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mv_desktop.services.profile import DEFAULT_PORT, LOCAL_HOSTS, ServerProfile

DraftField = Literal["name", "host", "port", "database", "ca_file"]

LONGEST_NAME = 60
_LONGEST_DATABASE = 63
_HIGHEST_PORT = 65535
_NO_HOST = re.compile(r"[\s/\\:,@?#'\"]|\.\.|^\.")


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """What stands in the fields.

    Attributes:
        ca_file: a file, "system", or "" for the authorities of the computer.
        prove: the server has to prove who it is, even where the profile before did not want that.
    """

    name: str = ""
    host: str = ""
    port: str = str(DEFAULT_PORT)
    database: str = ""
    ca_file: str = ""
    prove: bool = False


def draft_of(profile: ServerProfile) -> ProfileDraft:
    """The fields for a profile."""
    return ProfileDraft(profile.name, profile.host, str(profile.port), profile.database, profile.ca_file or "")


def faults(draft: ProfileDraft, taken: Iterable[str] = ()) -> dict[DraftField, str]:
    """What is wrong, by field; nothing when it can be saved.

    Args:
        draft: what was typed.
        taken: names of the other servers.
    """
    found: dict[DraftField, str] = {}
    name = draft.name.strip()
    if not name:
        found["name"] = "Give it a name, as people will see it when they sign in."
    elif any(name.casefold() == other.strip().casefold() for other in taken):
        found["name"] = "There is a server of that name already."
    host = draft.host.strip()
    if not host:
        found["host"] = "Type the server's address, for example db.example.org."
    elif not _is_host(host):
        found["host"] = "Only the address itself, without https://, port or blanks."
    if not (draft.port.strip().isdecimal() and 0 < int(draft.port) <= _HIGHEST_PORT):
        found["port"] = "A number from 1 to 65535; usually 5432."
    if not draft.database.strip():
        found["database"] = "Type the name of the database; your administrator knows it."
    elif len(draft.database.strip().encode()) > _LONGEST_DATABASE:
        found["database"] = "No database has so long a name."
    return found


def profile_from(draft: ProfileDraft, before: ServerProfile | None = None) -> ServerProfile:
    """The profile of a draft without faults.

    A server elsewhere has to prove who it is. Only what the profile before said of the very same address can be less,
    and it can be made more here, never less.
    """
    host = draft.host.strip()
    sslmode = "prefer" if host in LOCAL_HOSTS else "verify-full"
    if before is not None and before.host == host and not draft.prove:
        sslmode = before.sslmode
    return ServerProfile(
        name=draft.name.strip(),
        host=host,
        port=int(draft.port),
        database=draft.database.strip(),
        sslmode=sslmode,
        ca_file=draft.ca_file.strip() or None,
        demo=before is not None and before.demo,
    )


def moves(profile: ServerProfile, before: ServerProfile) -> bool:
    """Another server or database than before."""
    return (profile.host, profile.port, profile.database) != (before.host, before.port, before.database)


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return not _NO_HOST.search(host)
    return True
