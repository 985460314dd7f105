"""A dozen kills; `make chaos` makes two hundred."""

import sys

import pytest

from tests.chaos.kill import Killed, kill_at_statements, kill_at_system_calls, strace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


def unharmed(result: Killed, kills: int) -> bool:
    return (result.kills, result.lost, result.wrong) == (kills, [], []) and result.said > 0


def test_kill_9_at_any_statement_loses_nothing_that_was_said_to_be_done() -> None:
    assert unharmed(kill_at_statements(9, seed=7), 9)


def test_kill_9_at_any_write_or_sync_loses_nothing_that_was_said_to_be_done() -> None:
    program = strace()
    if program is None:
        pytest.skip("NO STRACE HERE: nothing was killed at system calls")
    assert unharmed(kill_at_system_calls(program, 3, seed=7), 3)
