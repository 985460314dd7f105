"""What the window knows of a screen that stands in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtGui import QAction

from mv_desktop.ui.actions import Scope


@dataclass(frozen=True, slots=True)
class Place:
    """A screen of the window.

    Attributes:
        scope: which keys are its own.
        icon, text: on the rail; without a text it has no button there, and the rail gives it its room.
        actions: its commands, for the palette.
        go: the command that leads there, "" when none does.
        title: of the window, where the rail has no room for it.
        inner: what stands side by side in it, in English, and what shows it.
    """

    scope: Scope
    icon: str = ""
    text: str = ""
    actions: Mapping[str, QAction] = field(default_factory=dict)
    go: str = ""
    title: str = ""
    inner: Mapping[str, Callable[[], object]] = field(default_factory=dict)
