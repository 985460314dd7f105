"""The commands of the office: a part of the one table in `ui/actions.py`, the same for all of its subjects."""

from __future__ import annotations

from mv_desktop.ui.command import ADMINISTERING, Command, Scope


def _record(what: str, text: str, *keys: str) -> Command:
    return Command(f"record.{what}", text, keys, Scope.RECORD, ADMINISTERING)


RECORD_COMMANDS: tuple[Command, ...] = (
    _record("new", "Make a new one …", "N"),
    _record("import", "Bring many in at once …", "I"),
    _record("save", "Save", "Ctrl+S"),
    _record("discard", "Discard what was typed", "Ctrl+D"),
    _record("undo", "Take the last change back", "Ctrl+Z"),
    _record("history", "Show the history, or the form", "H"),
    _record("remove", "Take it away …", "Del"),
    _record("reset", "Give a new first password", "Ctrl+R"),
    _record("lock", "Lock the account", "Ctrl+L"),
    _record("unlock", "Unlock the account", "Ctrl+U"),
    _record("close", "Close the account …", "Ctrl+Del"),
    _record("reopen", "Open the account again", "Ctrl+I"),
    _record("cancel", "Cancel a subscription …", "Ctrl+Backspace"),
    _record("export", "Write what is known of one person into a file …", "Ctrl+E"),
    _record("anonymise", "Make a person anonymous …", "Ctrl+Shift+Del"),
    _record("symbol", "Put in a symbol …", "Ctrl+M"),
    _record("read_in", "Bring in a file …", "Ctrl+O"),
    _record("write_out", "Write what is listed into a file …", "Ctrl+Shift+O"),
    _record("search", "Search", "Ctrl+F", "/"),
    _record("choice", "Show the next kind, or all", "L"),
    _record("views", "Look through a view of the list …", "V"),
    _record("keep_view", "Keep what is looked for as a view …", "Shift+V"),
    _record("clear", "Back to the list, or clear the search", "Esc"),
    _record("refresh", "Refresh", "F5"),
    _record("same_record", "Show all that was done to the same", "R"),
    _record("same_person", "Show all that the same person did", "P"),
    _record("check", "Check that nothing was altered", "K"),
    _record("csv", "Save what is looked for as CSV …", "Ctrl+Shift+V"),
    _record("xlsx", "Save what is looked for for Excel …", "Ctrl+Shift+X"),
    Command("office.next", "Next subject of the office", ("Ctrl+Tab", "Ctrl+PgDown"), Scope.RECORD, ADMINISTERING),
    Command("office.previous", "Subject before", ("Ctrl+Shift+Tab", "Ctrl+PgUp"), Scope.RECORD, ADMINISTERING),
)
