"""The worker's metrics, as Prometheus reads them, on a port of this computer alone. `docs/deployment.md` names them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from mv_desktop.core.errors import ServerFaultError, SetupError, UserError
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.job import queue_state
from mv_desktop.worker.status import Status, judge

HOST: Final = "127.0.0.1"
TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


_log = logging.getLogger(__name__)


class Metrics:
    """Counts this worker's runs; asks the database for the rest when somebody looks.

    Args:
        url: of the database, with mv_worker's login.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._runs: dict[tuple[str, str], int] = {}
        self._seconds: dict[str, float] = {}

    def ended(self, job: str, seconds: float, problem: str | None) -> None:
        """Count a run; in any thread."""
        key = (job, "done" if problem is None else "failed")
        with self._lock:
            self._runs[key] = self._runs.get(key, 0) + 1
            self._seconds[job] = self._seconds.get(job, 0.0) + seconds

    def text(self) -> str:
        """All metrics; those that only the database knows are left out while it is away."""
        with self._lock:
            runs, seconds = sorted(self._runs.items()), sorted(self._seconds.items())
        lines = ["# TYPE mv_worker_runs_total counter"]
        lines += [f'mv_worker_runs_total{{job="{job}",outcome="{outcome}"}} {n}' for (job, outcome), n in runs]
        lines.append("# TYPE mv_worker_run_seconds_total counter")
        lines += [f'mv_worker_run_seconds_total{{job="{job}"}} {spent:.3f}' for job, spent in seconds]
        status = self._status()
        lines += ["# TYPE mv_worker_database_up gauge", f"mv_worker_database_up {int(status is not None)}"]
        if status is not None:
            lines += _of(status)
        return "\n".join(lines) + "\n"

    def _status(self) -> Status | None:
        engine = make_engine(self._url, application_name="mv-desktop worker (metrics)")
        try:
            with open_session(engine) as session:
                return judge(queue_state(session))
        except (UserError, ServerFaultError):
            return None
        finally:
            engine.dispose()


@contextmanager
def served(metrics: Metrics, port: int) -> Iterator[int]:
    """Answer ``GET /metrics`` on 127.0.0.1 meanwhile; gives the port, which is any free one for 0.

    Raises:
        SetupError: the port is taken, or is none.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/metrics":
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = metrics.text().encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Who looks is not worth a line."""

    try:
        server = ThreadingHTTPServer((HOST, port), Handler)
    except (OSError, OverflowError) as error:
        raise SetupError(f"Metrics cannot be served on port {port}.", remedy="Choose another port.") from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="worker-metrics")
    thread.start()
    try:
        _log.info("metrics are served on port %d", server.server_port)
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _of(status: Status) -> list[str]:
    lines = ["# TYPE mv_queue_workers gauge", f"mv_queue_workers {status.workers}"]
    lines += ["# TYPE mv_queue_oldest_seconds gauge", f"mv_queue_oldest_seconds {status.waiting_s or 0:.3f}"]
    lines.append("# TYPE mv_queue_jobs gauge")
    for job in status.jobs:
        for state, number in (("due", job.waiting), ("doing", job.doing), ("failed", job.failed)):
            lines.append(f'mv_queue_jobs{{job="{job.name}",state="{state}"}} {number}')
    lines.append("# TYPE mv_job_overdue gauge")
    lines += [f'mv_job_overdue{{job="{job.name}"}} {int(job.overdue)}' for job in status.jobs]
    lines.append("# TYPE mv_job_failures gauge")
    lines += [f'mv_job_failures{{job="{job.name}"}} {job.last.failures}' for job in status.jobs if job.last]
    lines.append("# TYPE mv_job_succeeded_timestamp_seconds gauge")
    for job in status.jobs:
        if job.last is not None and job.last.succeeded_at is not None:
            moment = job.last.succeeded_at.timestamp()
            lines.append(f'mv_job_succeeded_timestamp_seconds{{job="{job.name}"}} {moment:.3f}')
    return lines
