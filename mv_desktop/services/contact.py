"""Whether anybody answers where a server should be. Imports nothing heavy: it is asked before anybody signs in."""

from __future__ import annotations

import socket

from mv_desktop.services.profile import ServerProfile

_SECONDS = 5.0


def answers(profile: ServerProfile) -> bool:
    """Somebody takes a connection at the server's address; who it is, and what it is, is not asked."""
    try:
        socket.create_connection((profile.host, profile.port), _SECONDS).close()
    except (OSError, UnicodeError):  # a name that is too long for the network is none
        return False
    return True
