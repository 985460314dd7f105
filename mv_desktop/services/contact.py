"""Whether a server answers where one should be. Imports nothing heavy: it is asked before anybody signs in."""

from __future__ import annotations

import socket
import struct
import time

from mv_desktop.services.profile import ServerProfile

_SECONDS = 5.0
_QUESTION = struct.pack("!ii", 8, 80877104)
"""PostgreSQL's own: "can you encrypt with GSSAPI?" A server says a byte and writes nothing into its log."""
_ANSWERS = frozenset({b"N", b"G", b"E"})


def answers(profile: ServerProfile, seconds: float = _SECONDS) -> bool:
    """A server says its first byte at that address; a hotel's page there, or one that only takes connections, is none.

    Who it is, is not asked: nothing is sent by which it would know who asks.
    """
    end = time.monotonic() + seconds
    try:
        with socket.create_connection((profile.host, profile.port), seconds) as line:
            line.settimeout(max(0.1, end - time.monotonic()))
            line.sendall(_QUESTION)
            return line.recv(1) in _ANSWERS
    except (OSError, UnicodeError):  # a name that is too long for the network is none
        return False
