"""What a tick carries, kept on this computer for the person who chose it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

if TYPE_CHECKING:  # the pages are imported when they are first needed
    from mv_desktop.ui.marking.tool.tool_strip import ToolStrip
    from mv_desktop.ui.shell.main_window import MainWindow


def keep_tick(strip: ToolStrip, window: MainWindow, person: str) -> None:
    """Let a tick carry what was chosen last, and keep what is chosen from now on.

    Args:
        strip: where it is chosen.
        window: where it is kept.
        person: who marks, the same at every sign-in; several people may use one computer.
    """
    name = f"tick/{person}"

    def keep(value: Decimal | None) -> None:
        window.remember(name, QByteArray(b"scheme" if value is None else str(value).encode()))

    kept = bytes(window.remembered(name).data()).decode(errors="replace")
    try:
        strip.choose_value(Decimal(kept))
    except InvalidOperation:
        strip.choose_value(None)  # nothing was kept, or by the scheme
    strip.value_chosen.connect(keep)
