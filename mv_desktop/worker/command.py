"""``mv-desktop worker``: runs the worker until it is told to end, or says how it goes."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack

from mv_desktop.core.errors import SetupError

_SIGNAL_S = 0.2
"""How soon a signal is heeded."""


def main(arguments: Sequence[str]) -> int:
    """Run the worker; everything it needs to know is in the environment.

    ``MV_DATABASE_URL`` is the database with mv_worker's login; the ``MV_S3_…`` variables name the store, and the
    ``MV_SMTP_…`` variables where mails are handed in, if anywhere.

    Returns:
        0 after SIGTERM, Ctrl+C, or the end of what it was told to watch; with ``--status`` 1 when something is overdue.

    Raises:
        SetupError: the environment does not name a database or a store, names a mail server that makes no sense, or the
            port for metrics is taken.
        UserError: with ``--status``, the database cannot be asked.
    """
    options = _parser().parse_args(arguments)
    url = _url()
    if options.status:
        return _status(url, as_json=options.json)

    from mv_desktop.pages.storage import from_environment
    from mv_desktop.worker import mail_server
    from mv_desktop.worker.log import set_up
    from mv_desktop.worker.metric import Metrics, served
    from mv_desktop.worker.picture_job import picture_rules
    from mv_desktop.worker.runner import run

    mail = mail_server.from_environment()  # once: what makes no sense is said at once, not by a job at night
    set_up(as_json=options.log_json)
    port = _port(options.metrics_port)
    stop = threading.Event()
    store = from_environment()
    rules = picture_rules(store)
    metrics = Metrics(url)
    with ExitStack() as stack:
        stack.callback(store.close)
        if port is not None:
            stack.enter_context(served(metrics, port))
        worker = threading.Thread(
            target=run,
            args=(url, store, stop),
            kwargs={"ended": metrics.ended, "mail": mail, "rules": rules},
            name="worker",
        )
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
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mv-desktop worker", description="Runs the background jobs.")
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help='end when standard input closes or says "stop": for a program that runs a worker as its child',
    )
    parser.add_argument("--status", action="store_true", help="say how it goes, and end: 1 when something is overdue")
    parser.add_argument("--json", action="store_true", help="with --status: one JSON object")
    parser.add_argument("--metrics-port", type=int, metavar="N", help="for Prometheus, on 127.0.0.1; off by default")
    parser.add_argument("--log-json", action="store_true", help="log one JSON object a line")
    return parser


def _url() -> str:
    url = os.environ.get("MV_DATABASE_URL", "").strip()
    if not url:
        raise SetupError(
            "The worker does not know its database.", remedy="Set MV_DATABASE_URL, with mv_worker's login."
        )

    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        make_url(url)
    except ArgumentError as error:
        raise SetupError("MV_DATABASE_URL is not the address of a database.") from error
    return url


def _port(given: int | None) -> int | None:
    named = os.environ.get("MV_WORKER_METRICS_PORT", "").strip()
    if given is not None or not named:
        return given
    try:
        return int(named)
    except ValueError:
        raise SetupError("MV_WORKER_METRICS_PORT is not a number.") from None


def _status(url: str, *, as_json: bool) -> int:
    from mv_desktop.services.database import make_engine, open_session
    from mv_desktop.services.job import queue_state
    from mv_desktop.worker.status import judge

    engine = make_engine(url, application_name="mv-desktop worker --status")
    try:
        with open_session(engine) as session:
            status = judge(queue_state(session))
    finally:
        engine.dispose()
    sys.stdout.write((json.dumps(status.as_json(), ensure_ascii=False) if as_json else status.as_text()) + "\n")
    return 1 if status.problems else 0


def _watch(stop: threading.Event) -> None:
    # not sys.stdin: a windowed frozen program has none, and its lock would be held at the interpreter's end
    with open(0, "rb", buffering=0, closefd=False) as told:
        while (line := told.readline()) and line.strip() != b"stop":
            pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
