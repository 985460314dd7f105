"""The commands of the office: a part of the one table in `ui/actions.py`, the same for all of its subjects."""

from __future__ import annotations

from mv_desktop.ui.command import ADMINISTERING, KEEPING, TEACHING, Command, Scope


def _record(what: str, text: str, *keys: str) -> Command:
    return Command(f"record.{what}", text, keys, Scope.RECORD, ADMINISTERING)


def _kept(what: str, text: str, *keys: str) -> Command:
    """Also of who writes questions."""
    return Command(f"record.{what}", text, keys, Scope.RECORD, KEEPING)


RECORD_COMMANDS: tuple[Command, ...] = (
    _kept("new", "Make a new one …", "N"),
    _record("import", "Bring many in at once …", "I"),
    _kept("save", "Save", "Ctrl+S"),
    _kept("discard", "Discard what was typed", "Ctrl+D"),
    _kept("undo", "Take the last change back", "Ctrl+Z"),
    _record("history", "Show the history, or the form", "H"),
    _kept("remove", "Take it away …", "Del"),
    _record("reset", "Give a new first password", "Ctrl+R"),
    _record("lock", "Lock the account", "Ctrl+L"),
    _record("unlock", "Unlock the account", "Ctrl+U"),
    _record("computers", "Show the computers of a member of staff, and revoke one …", "Shift+C"),
    _record("close", "Close the account …", "Ctrl+Del"),
    _record("reopen", "Open the account again", "Ctrl+I"),
    _record("cancel", "Cancel a subscription …", "Ctrl+Backspace"),
    _record("export", "Write what is known of one person into a file …", "Ctrl+E"),
    _record("anonymise", "Make a person anonymous …", "Ctrl+Shift+Del"),
    _record("use", "Show where a question was used and how students did", "U"),
    _record("versions", "Compare versions of a question", "Shift+H"),
    _record("alike", "Look at the question most like what is written", "Ctrl+J"),
    _record("fault", "Award or drop a faulty question …", "Shift+F"),
    _record("papers", "Show the exams of a student or a template, and print a paper …", "Shift+P"),
    _record("approve", "Approve what is selected", "A"),
    _record("reject", "Do not approve it, and say why", "Shift+A"),
    _kept("remark", "Say something of the question", "C"),
    Command("record.submit", "Hand the question in", ("S",), Scope.RECORD, TEACHING),
    Command("record.take_back", "Take back what was handed in", ("Shift+S",), Scope.RECORD, TEACHING),
    _record("all", "Select all that is looked for", "Ctrl+A"),
    _kept("symbol", "Put in a symbol …", "Ctrl+M"),
    _kept("put_picture", "Put a picture in …", "Ctrl+P"),
    _kept("enlarge", "Enlarge the picture", "Ctrl+G"),
    _record("read_in", "Bring in a file …", "Ctrl+O"),
    _record("imports", "Look at what was brought in from files, and take it back …", "Shift+O"),
    _kept("write_out", "Write what is listed into a file …", "Ctrl+Shift+O"),
    _kept("print", "Print what is listed, or save it as PDF …", "Ctrl+Shift+P"),
    _kept("search", "Search", "Ctrl+F", "/"),
    _kept("choice", "Show the next kind, or all", "L"),
    _kept("views", "Look through a view of the list …", "V"),
    _kept("keep_view", "Keep what is looked for as a view …", "Shift+V"),
    _kept("clear", "Back to the list, or clear the search", "Esc"),
    _kept("refresh", "Refresh", "F5"),
    _record("same_record", "Show all that was done to the same", "R"),
    _record("same_person", "Show all that the same person did", "P"),
    _record("lead", "Open what it was done to", "O"),
    _record("check", "Check that nothing was altered", "K"),
    _record("csv", "Save what is looked for as CSV …", "Ctrl+Shift+V"),
    _record("xlsx", "Save what is looked for for Excel …", "Ctrl+Shift+X"),
    Command("office.next", "Next subject of the office", ("Ctrl+Tab", "Ctrl+PgDown"), Scope.RECORD, ADMINISTERING),
    Command("office.previous", "Subject before", ("Ctrl+Shift+Tab", "Ctrl+PgUp"), Scope.RECORD, ADMINISTERING),
)
