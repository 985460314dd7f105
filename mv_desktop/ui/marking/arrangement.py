"""How the marking screen is arranged, as it is remembered from one start of the program to the next."""

from __future__ import annotations

import base64
import json

from PySide6.QtCore import QByteArray

from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.marking.sheet.sheet_window import SheetWindow


def save_arrangement(window: SheetWindow, sheet: MarkSheet, views: PageViews) -> QByteArray:
    """Where the parts of the screen are divided, where the sheet is, and whether there are two views of the pages."""
    kept = json.loads(bytes(window.save_state().data()))
    kept["list"] = _text(sheet.layout_state())
    kept["second"] = _text(views.saveState()) if views.second is not None else ""
    return QByteArray(json.dumps(kept).encode())


def restore_arrangement(state: QByteArray, window: SheetWindow, sheet: MarkSheet, views: PageViews) -> None:
    """Everything as it was; what cannot be read, or an older program did not keep, is left alone."""
    window.restore_state(state)
    try:
        kept = json.loads(bytes(state.data()))
        divided, second = _bytes(kept.get("list", "")), _bytes(kept.get("second", ""))
    except (ValueError, TypeError, AttributeError):
        return
    if not divided.isEmpty():
        sheet.restore_layout(divided)
    if not second.isEmpty():
        views.open_second(second)


def _text(state: QByteArray) -> str:
    return base64.b64encode(state.data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray(base64.b64decode(text))
