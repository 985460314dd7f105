"""The commands of who coordinates or administers: a part of the one table in `ui/actions.py`."""

from __future__ import annotations

from mv_desktop.ui.command import COORDINATING, OFFICE, Command, Scope


def _board(what: str, text: str, *keys: str) -> Command:
    return Command(f"board.{what}", text, keys, Scope.BOARD, COORDINATING)


def _cases(what: str, text: str, *keys: str) -> Command:
    return Command(f"cases.{what}", text, keys, Scope.CASES, COORDINATING)


def _report(what: str, text: str, *keys: str) -> Command:
    return Command(f"report.{what}", text, keys, Scope.REPORT, OFFICE)


def _quality(what: str, text: str, *keys: str) -> Command:
    return Command(f"quality.{what}", text, keys, Scope.QUALITY, COORDINATING)


OFFICE_COMMANDS: tuple[Command, ...] = (
    _board("move", "Move the selected scripts …", "M"),
    _board("spread", "Spread the selected scripts over who has room …", "Shift+M"),
    _board("plan", "Propose moves that clear what will be late", "P"),
    _board("away", "The teacher is away from today on, or is back …", "A"),
    _board("undo", "Take the last move back", "Ctrl+Z"),
    _board("search", "Search", "Ctrl+F", "/"),
    _board("due", "Only what is due before a time", "D"),
    _board("risk", "Show what is at risk", "1"),
    _board("overdue", "Show what is overdue", "2"),
    _board("pool", "Show what is in nobody’s hands", "3"),
    _board("hers", "Show the teacher’s scripts", "4"),
    _board("all", "Show all open scripts", "5"),
    _board("order", "Teachers in another order", "S"),
    _board("hers_all", "Select all of the teacher’s scripts", "Ctrl+Shift+A"),
    _board("clear", "Clear search and filters", "Esc"),
    _board("refresh", "Refresh", "F5"),
    _cases("answer", "Answer the flag …", "A"),
    _cases("rescan", "Ask the student for a rescan of pages …", "R"),
    _cases("cancel_rescan", "Ask for the rescan no more …", "Shift+R"),
    _cases("exclude", "Take pages out of the script …", "X"),
    _cases("include", "Put pages into the script again …", "Shift+X"),
    _cases("replace", "Replace a page by a rescan …", "U"),
    _cases("restore", "Bring an earlier version of a page back …", "Shift+U"),
    _cases("take", "Take the ticked questions of kept work …", "K"),
    _cases("decline", "Decline the ticked questions of kept work …", "Shift+K"),
    _cases("return", "Return questions to the teacher …", "T"),
    _cases("recheck", "Re-check at the student’s request …", "Shift+T"),
    _cases("extend", "Extend the deadline …", "E"),
    _cases("excuse", "Excuse the deadline …", "Shift+E"),
    _cases("withdraw", "Withdraw the script …", "W"),
    _cases("release", "Release the script …", "Shift+W"),
    _cases("award", "Propose that a question be awarded …", "P"),
    _cases("drop", "Propose that a question be dropped …", "Shift+P"),
    _cases("look", "Look at the pages, or at the list", "V"),
    _cases("next_page", "Next page", "]", "Ctrl+PgDown"),
    _cases("previous_page", "Previous page", "[", "Ctrl+PgUp"),
    _cases("board", "Give the script to somebody, on the board …", "B"),
    _cases("kind", "Show the next kind of case, or all", "L"),
    _cases("search", "Find a script by its code", "Ctrl+F", "/"),
    _cases("clear", "Close the form, or clear the search", "Esc"),
    _cases("refresh", "Refresh", "F5"),
    _report("next", "Next report", "Ctrl+Down"),
    _report("previous", "Previous report", "Ctrl+Up"),
    _report("days", "Choose the days", "Ctrl+D"),
    _report("refresh", "Count again", "F5"),
    _report("csv", "Save the report as CSV …", "Ctrl+E"),
    _report("xlsx", "Save the report for Excel …", "Ctrl+Shift+X"),
    _report("print", "Print the report, or save it as PDF …", "Ctrl+P"),
    _quality("give", "Give the sample to somebody …", "G"),
    _quality("take_back", "Take the sample back …", "T"),
    _quality("ask", "Have a script marked a second time …", "N"),
    _quality("samples", "Show the samples", "1"),
    _quality("teachers", "Show how well each teacher agrees", "2"),
    _quality("questions", "Show where marks differ most", "3"),
    _quality("standing", "Show samples in the next state, or all", "L"),
    _quality("days", "Choose the days", "Ctrl+D"),
    _quality("search", "Search", "Ctrl+F", "/"),
    _quality("clear", "Close the form, or clear the search", "Esc"),
    _quality("refresh", "Refresh", "F5"),
)
