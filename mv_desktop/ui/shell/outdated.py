"""What is told where an admin wants newer programs than this one: her own words, in the language spoken."""

from __future__ import annotations

from mv_desktop.core.errors import OutdatedError, UserError
from mv_desktop.domain.exchange import SignedIn
from mv_desktop.domain.program import Outdated
from mv_desktop.offline.sync import SyncResult, outdated_error
from mv_desktop.ui.text import language, remedy_text, tr
from mv_desktop.ui.widgets.deadline_text import day


def told_error(result: SyncResult) -> UserError | None:
    """The error for a run of sync that the server ended because of this program's age; None for any other."""
    found = None if result.person is None else result.person.outdated
    if result.code != OutdatedError.code or found is None:
        return None
    error = outdated_error(found)
    error.remedy = remedy_text(error)
    return error


def warning_text(person: SignedIn) -> str:
    """What will be, said before it is; "" where nothing will."""
    found = person.outdated
    return "" if found is None or found.refused else _warning(found)


def _warning(found: Outdated) -> str:
    words = tr(
        "From {day} on this program is too old: version {version} or a later one is needed then.",
        day=day(found.since, year=True),
        version=found.version,
    )
    return f"{words} {found.message(language())}"
