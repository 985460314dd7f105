"""The worker's own login, for tests of its jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine

from mv_desktop.services.database import make_engine
from tests.factories.marking import School


@contextmanager
def worker_engine(school: School) -> Iterator[Engine]:
    """Connections as mv_worker."""
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    engine = make_engine(school.database.url_for("mv_worker", "worker"), application_name="mv-desktop test worker")
    yield engine
    engine.dispose()
