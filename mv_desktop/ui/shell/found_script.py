"""Scripts that the command palette finds by their code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from mv_desktop.domain.evaluation import searched_code
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.ui.queue.screen import QueueScreen
from mv_desktop.ui.text import tr

if TYPE_CHECKING:
    from mv_desktop.ui.widgets.command_palette import Entry

_LEAST, _MOST = 3, 8
"""So many letters of a code are needed, and so many scripts are listed."""


def found_scripts(queue: QueueScreen, open_script: Callable[[EvaluationId], object], typed: str) -> Sequence[Entry]:
    """The scripts of the queue, finished ones too, whose code has what was typed."""
    from mv_desktop.ui.widgets.command_palette import Entry, Reach  # with the palette, when it is first wanted

    code = searched_code(typed)
    rows = [row for row in queue.rows if code in row.script_code.replace("-", "")] if len(code) >= _LEAST else []
    return [
        Entry(
            row.script_code,
            f"{row.script_code} · {row.class_name} · {row.title}",
            partial(open_script, row.evaluation_id),
            beside=tr("Open the script"),
            reach=Reach.SCRIPT,
        )
        for row in rows[:_MOST]
    ]
