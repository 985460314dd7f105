"""Ports on this computer for local servers."""

from __future__ import annotations

import os
import socket

from mv_desktop.core.errors import SetupError

HOST = "127.0.0.1"


def free_port(preferred: int | None = None) -> int:
    """`preferred` if nothing uses it, else any free port.

    Somebody else may take the port before the server does; callers try again.

    Raises:
        SetupError: the system gives no port.
    """
    problem = ""
    for wanted in (0,) if preferred is None else (preferred, 0):
        with socket.socket() as probe:
            if os.name == "posix":
                # a port whose last connections are only just over is free, and addresses signed for it are valid still
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, wanted))
            except OSError as error:
                problem = error.strerror or str(error)
                continue
            port: int = probe.getsockname()[1]
            return port
    raise SetupError(
        f"No free port was found on this computer: {problem}.",
        remedy="Check that a firewall or security program does not block local connections.",
    )


def answers(port: int, seconds: float = 1.0) -> bool:
    """True when something accepts connections on `port`."""
    try:
        socket.create_connection((HOST, port), seconds).close()
    except OSError:
        return False
    return True
