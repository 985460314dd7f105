"""The commands of the dashboards: a part of the one table in `ui/actions.py`."""

from __future__ import annotations

from mv_desktop.ui.command import ADMINISTERING, OFFICE, Command, Scope


def _insight(what: str, text: str, *keys: str) -> Command:
    return Command(f"insight.{what}", text, keys, Scope.INSIGHT, OFFICE)


INSIGHT_COMMANDS: tuple[Command, ...] = (
    _insight("next", "Next dashboard", "Ctrl+Down"),
    _insight("previous", "Previous dashboard", "Ctrl+Up"),
    _insight("days", "Choose the days", "Ctrl+D"),
    _insight("class", "The next class, or all", "C"),
    _insight("order", "By day or by week; questions in another order", "S"),
    _insight("open", "Show which choices of the question were taken", "Ctrl+Enter", "Ctrl+Return"),
    Command("insight.record", "Open the student or the question in the office", ("O",), Scope.INSIGHT, ADMINISTERING),
    _insight("back", "Back to the questions", "Esc"),
    _insight("next_piece", "More questions", "Ctrl+PgDown"),
    _insight("previous_piece", "The questions before", "Ctrl+PgUp"),
    _insight("refresh", "Read again", "F5"),
    _insight("copy_picture", "Copy the chart", "Ctrl+C"),
    _insight("copy_table", "Copy the table", "Ctrl+Shift+C"),
    _insight("print", "Print the dashboard, or save it as PDF …", "Ctrl+P"),
    _insight("png", "Save the chart as PNG …", "Ctrl+G"),
    _insight("svg", "Save the chart as SVG …", "Ctrl+Shift+G"),
    _insight("csv", "Save the table as CSV …", "Ctrl+E"),
    _insight("xlsx", "Save the table for Excel …", "Ctrl+Shift+X"),
)
