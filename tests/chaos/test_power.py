"""Some power cuts; `make chaos` makes a thousand."""

import pytest

from tests.chaos.kill import strace
from tests.chaos.power import FULL, NORMAL, cut_power


@pytest.fixture(scope="module")
def program() -> str:
    found = strace()
    if found is None:
        pytest.skip("NO STRACE HERE: no power cut was simulated")
    return found


def test_a_power_cut_loses_nothing_that_was_said_to_be_done(program: str) -> None:
    result = cut_power(program, FULL, 120, seed=7)
    assert (result.lost, result.wrong) == (0, 0), result.first


def test_with_fewer_syncs_it_would_lose_something(program: str) -> None:
    """Else the cuts would prove nothing."""
    assert cut_power(program, NORMAL, 200, seed=7).lost > 0
