"""What is said in the dialog of the servers."""

from __future__ import annotations

from mv_desktop.core.errors import UserError
from mv_desktop.services.profile import ServerProfile
from mv_desktop.ui.text import said, tr, tr_count


def reached_text(profile: ServerProfile) -> str:
    """What is known of a server that was called without a login and asked for a password."""
    if not profile.protected:
        found = tr("It answers, but need not prove who it is: somebody on the way could read or pretend.")
    elif profile.local:
        found = tr("It answers and asks for a password. It is on this computer.")
    else:
        found = tr("It answers, has proved who it is, and asks for a password.")
    return f"{found} {tr('The database and its version show when somebody signs in.')}"


def removal_text(name: str, people: int) -> str:
    """What is asked before a server is taken out of the list."""
    asked = tr("Remove “{name}” from the list? Nothing on the server changes.", name=name)
    return asked if not people else f"{asked} {_waiting(people)} {_found_again(name)}"


def renaming_text(before: ServerProfile, after: ServerProfile, people: int) -> str:
    """What is asked before a server is changed for which work waits on this computer."""
    if after.name != before.name:
        return f"{_waiting(people)} {_found_again(before.name)}"
    where = f"{after.host}:{after.port}/{after.database}"
    moved = tr("It would be sent to {where} then. Save only if that is the same school's server.", where=where)
    return f"{_waiting(people)} {moved}"


def error_text(error: UserError, *, kept: bool = True) -> str:
    """All that an error says, in one run; without what was `kept` where nothing was at stake."""
    parts = (error.message, error.kept if kept else "", error.remedy)
    return " ".join(said(part) for part in parts if part)


def _waiting(people: int) -> str:
    return tr_count(
        "On this computer work of one person may wait to be sent there.",
        "On this computer work of {count} people may wait to be sent there.",
        people,
    )


def _found_again(name: str) -> str:
    return tr("It stays here, but is found again only while a server is called “{name}”.", name=name)
