"""When the smoke run calls a window late."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def smoke() -> ModuleType:
    spec = importlib.util.spec_from_file_location("smoke", Path(__file__).parents[2] / "tools" / "smoke.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("window_ms", "empty_ms", "slow"),
    [
        (300, 90, False),  # in time, although an empty one is much faster
        (500, 100, False),
        (501, 100, True),
        (501, 170, False),  # a slow computer
        (2000, 600, True),
    ],
)
def test_window_is_late_when_the_computer_is_not_to_blame(
    smoke: ModuleType, window_ms: float, empty_ms: float, slow: bool
) -> None:
    assert smoke.too_slow(window_ms, empty_ms) is slow


def test_empty_window_is_measured(smoke: ModuleType) -> None:
    assert 0 < smoke.empty_window_ms({**os.environ, "QT_QPA_PLATFORM": "offscreen"}) < 60_000
