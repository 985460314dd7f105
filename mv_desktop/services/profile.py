"""Where the server is: profiles in a file, or one from the environment.

This module is read before the first window, so it imports nothing heavy.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from mv_desktop.core.errors import InvalidError, SetupError
from mv_desktop.core.paths import config_dir

URL_VARIABLE = "MV_DATABASE_URL"
"""An address that is used instead of the profiles' file."""

_FILE = "servers.json"
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_SSL_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
DEFAULT_PORT = 5432


@dataclass(frozen=True, slots=True)
class ServerProfile:
    """One server that a person may sign in to.

    Attributes:
        name: as the person calls it.
        sslmode: libpq's; anything below "verify-full" must stand in the profile and is shown on screen.
        ca_file: certificates to trust instead of the system's, or None.
        demo: the server of the demo on this computer.
    """

    name: str
    host: str
    port: int
    database: str
    sslmode: str = "verify-full"
    ca_file: str | None = None
    demo: bool = False

    @property
    def local(self) -> bool:
        """True when the server is on this computer, so that nobody is on the way."""
        return self.host in LOCAL_HOSTS

    @property
    def protected(self) -> bool:
        """False when somebody on the way could read or pretend; the sign-in screen says so then."""
        return self.local or self.sslmode == "verify-full"


def profiles_file() -> Path:
    """The file of the profiles."""
    return config_dir() / _FILE


def load_profiles() -> tuple[ServerProfile, ...]:
    """The servers to choose from: the one in ``MV_DATABASE_URL`` alone, or those of the file; () without either.

    Raises:
        SetupError: the file cannot be read.
        InvalidError: the variable holds no address of a PostgreSQL database.
    """
    if url := os.environ.get(URL_VARIABLE):
        return (profile_from_url(url),)
    return profiles_in(read_document())


def read_document() -> dict[str, Any]:
    """What the file of the profiles holds, with what this version does not know; an empty list without a file.

    Raises:
        SetupError: the file cannot be read.
    """
    try:
        document = json.loads(profiles_file().read_text(encoding="utf-8"))
        profiles_in(document)
    except FileNotFoundError:
        return {"servers": []}
    except (OSError, ValueError, KeyError, TypeError, SetupError) as error:
        raise _unreadable() from error
    return cast("dict[str, Any]", document)


def profiles_in(document: dict[str, Any]) -> tuple[ServerProfile, ...]:
    """The servers of a document, in its order.

    Raises:
        SetupError: one of them is none.
    """
    try:
        return tuple(profile_of(entry) for entry in document["servers"])
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable() from error


def profile_of(entry: dict[str, Any]) -> ServerProfile:
    """One entry of the file; what this version does not know is left out.

    Raises:
        KeyError, TypeError, ValueError: it is no server.
    """
    known = {field.name for field in fields(ServerProfile)}
    profile = ServerProfile(**{key: value for key, value in entry.items() if key in known})
    if not (profile.name and profile.sslmode in _SSL_MODES and profile.host and profile.database and profile.port > 0):
        raise ValueError("not a profile")
    return profile


def profile_from_url(url: str, *, name: str = "") -> ServerProfile:
    """The profile that a database address describes; a name and password in it are left out.

    Without ``sslmode`` in the address a server on this computer needs no TLS, and every other one "verify-full".

    Raises:
        InvalidError: it is no address of a PostgreSQL database.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise _no_address() from None
    database = unquote(parts.path.lstrip("/"))
    if parts.scheme.split("+")[0] not in ("postgresql", "postgres") or not parts.hostname or not database:
        raise _no_address()
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    sslmode = query.get("sslmode") or ("prefer" if parts.hostname in LOCAL_HOSTS else "verify-full")
    if sslmode not in _SSL_MODES:
        raise _no_address()
    return ServerProfile(name or parts.hostname, parts.hostname, port, database, sslmode, query.get("sslrootcert"))


def _no_address() -> InvalidError:
    # The address may hold a password, so it is not repeated.
    return InvalidError(
        "That is not the address of a PostgreSQL database.",
        remedy="It looks like postgresql://server.example.org:5432/mathvidya?sslmode=verify-full.",
    )


def _unreadable() -> SetupError:
    return SetupError(
        f"The list of servers in {profiles_file()} cannot be read.",
        kept="It was not touched.",
        remedy="Ask your administrator for the file, or put it aside and enter the server again.",
    )
