"""What is said of imports: how far they are, what their rows did, and what became of these."""

from __future__ import annotations

from mv_desktop.domain.import_history import Deed, ImportState, Outcome, Prospect
from mv_desktop.ui.text import tr, tr_count

IMPORT_HEADINGS = ("File", "When", "Who", "New", "Changed", "State")
ROW_HEADINGS = ("Row", "What it did", "Record", "Taken back")
STATES = {
    ImportState.RUNNING: ("Being written", "clock"),
    ImportState.INTERRUPTED: ("Interrupted: nothing was written", "warning"),
    ImportState.DONE: ("Brought in", "done"),
    ImportState.TAKING_BACK: ("Partly taken back", "undo"),
    ImportState.TAKEN_BACK: ("Taken back", "undo"),
}
"""What each is called, in English, and its icon."""
DEEDS = {Deed.NEW: ("New", "plus"), Deed.CHANGED: ("Changed", "pen")}
OUTCOMES = {
    Outcome.GONE: ("It is gone", "delete"),
    Outcome.ARCHIVED: ("Out of use", "box"),
    Outcome.PUT_BACK: ("As before", "undo"),
    Outcome.LEFT: ("Left", "warning"),
}


def prospect_text(found: Prospect) -> str:
    """What will happen when an import is taken back, in the language spoken."""
    parts = [
        words
        for count, words in (
            (
                found.new,
                tr_count(
                    "{count} that it made goes, or is out of use where something names it.",
                    "{count} that it made go, or are out of use where something names them.",
                    found.new,
                ),
            ),
            (
                found.changed,
                tr_count(
                    "{count} that it changed will be as before.",
                    "{count} that it changed will be as before.",
                    found.changed,
                ),
            ),
            (
                found.since,
                tr_count(
                    "{count} was changed since, or is no more, and stays as it is.",
                    "{count} were changed since, or are no more, and stay as they are.",
                    found.since,
                ),
            ),
        )
        if count
    ]
    return " ".join(parts) or tr("Nothing of it is there to be taken back: it is only marked as taken back.")
