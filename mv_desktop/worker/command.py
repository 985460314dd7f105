"""``mv-desktop worker``: runs the worker until it is told to end."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence

from mv_desktop.core.errors import SetupError

_SIGNAL_S = 0.2
"""How soon a signal is heeded."""


def main(arguments: Sequence[str]) -> int:
    """Run the worker; everything it needs to know is in the environment.

    ``MV_DATABASE_URL`` is the database with mv_worker's login; the ``MV_S3_…`` variables name the store.

    Returns:
        0 after SIGTERM, Ctrl+C, or the end of what it was told to watch.

    Raises:
        SetupError: the environment does not name a database or a store.
    """
    parser = argparse.ArgumentParser(prog="mv-desktop worker", description="Runs the background jobs.")
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help='end when standard input closes or says "stop": for a program that runs a worker as its child',
    )
    options = parser.parse_args(arguments)
    url = os.environ.get("MV_DATABASE_URL", "").strip()
    if not url:
        raise SetupError(
            "The worker does not know its database.", remedy="Set MV_DATABASE_URL, with mv_worker's login."
        )

    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from mv_desktop.pages.storage import from_environment
    from mv_desktop.worker.runner import run

    try:
        make_url(url)
    except ArgumentError as error:
        raise SetupError("MV_DATABASE_URL is not the address of a database.") from error
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("botocore", "boto3", "urllib3"):  # they log addresses, which are secrets while they live
        logging.getLogger(chatty).setLevel(logging.WARNING)
    stop = threading.Event()
    store = from_environment()
    worker = threading.Thread(target=run, args=(url, store, stop), name="worker")
    # an event may not be set by a handler that interrupts whoever waits for that very event
    signals: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: signals.append(number))
    if options.until_stdin_closes:
        threading.Thread(target=_watch, args=(stop,), name="worker-stdin", daemon=True).start()
    worker.start()
    while worker.is_alive():
        worker.join(_SIGNAL_S)
        if signals:
            stop.set()
    store.close()
    return 0


def _watch(stop: threading.Event) -> None:
    # not sys.stdin: a windowed frozen program has none, and its lock would be held at the interpreter's end
    with open(0, "rb", buffering=0, closefd=False) as told:
        while (line := told.readline()) and line.strip() != b"stop":
            pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
