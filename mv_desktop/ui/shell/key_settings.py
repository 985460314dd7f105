"""The keys that a person chose, kept on this computer beside her other preferences."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSettings

from mv_desktop.ui.actions import KeyMap

_log = logging.getLogger(__name__)


class KeySettings:
    """One person's keys; several people may use one computer.

    Args:
        settings: where they are kept.
        person: who she is, the same at every sign-in.
    """

    def __init__(self, settings: QSettings, person: str) -> None:
        self._settings = settings
        self._name = f"keys/{person}"

    def load(self, defaults: Mapping[str, Iterable[str]] | None = None) -> KeyMap:
        """Her keys; the defaults where she changed nothing, or where what was kept cannot be read."""
        kept = str(self._settings.value(self._name, "{}", type=str))
        try:
            overrides = {
                name: [str(key) for key in keys] for name, keys in json.loads(kept).items() if keys is not None
            }
        except (ValueError, AttributeError, TypeError):
            _log.warning("the kept keys cannot be read; the usual ones hold")
            overrides = {}
        return KeyMap(overrides, defaults)

    def save(self, keys: KeyMap) -> None:
        """Keep what differs from the defaults; what this version does not know is kept, too."""
        self._settings.setValue(self._name, json.dumps(keys.overrides))
