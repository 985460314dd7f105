"""Whether an X server listens where DISPLAY says: Qt aborts the process when none does."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress

from mv_desktop.core.errors import SetupError

_SECONDS = 2.0
"""For one on another computer; one on this computer answers, or not, at once."""
_X11_PORT = 6000
_DISPLAY = re.compile(r"(?:unix)?(?P<host>[^/]*):(?P<number>\d+)(?:\.\d+)?")


def need_screen() -> None:
    """Say in words what Qt would say by aborting.

    Raises:
        SetupError: there is no screen to open a window on.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    display = os.environ.get("DISPLAY", "")
    if not display or not listens(display):
        raise SetupError(
            f"No screen answers at DISPLAY={display}." if display else "There is no screen to open a window on.",
            remedy=(
                "Start the program from a desktop session; over ssh use ssh -X; on a machine without a screen use a "
                "virtual one: xvfb-run -a mv-desktop demo; or start only the servers: mv-desktop demo --headless"
            ),
        )


def listens(display: str) -> bool:
    """True when something listens at `display`, for example ":0", "localhost:10.0"; also when it cannot be read.

    The places are those that libxcb tries: the abstract socket, its file, and TCP.
    """
    parts = _DISPLAY.fullmatch(display)
    if parts is None:
        return True  # Qt may know better
    import socket  # only where an X server is asked: elsewhere the window need not wait for it

    host, number = parts["host"].strip("[]"), int(parts["number"])
    if not host:
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 (that is where X servers put it)
        if _accepts(f"\0{path}") or _accepts(path):
            return True
    with suppress(OSError, OverflowError):
        socket.create_connection((host or "localhost", _X11_PORT + number), _SECONDS).close()
        return True
    return False


def _accepts(address: str) -> bool:
    import socket

    if not hasattr(socket, "AF_UNIX"):
        return False
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        one.settimeout(_SECONDS)
        one.connect(address)
        return True
    return False
