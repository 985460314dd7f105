"""People and scripts on the real server, for tests of sync."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.marking import School
from tests.fakes.server import CloneDatabase


@pytest.fixture
def school(database: CloneDatabase) -> Iterator[School]:
    """People and scripts in a database of the test's own, in which everybody commits."""
    made = School(database)
    yield made
    made.close()
