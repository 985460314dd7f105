"""How far a teacher's work has come, as the status bar and the Sync page tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import moment

CONFLICT = "conflict"
"""The kind of a message that leads to a decision between two marks."""


@dataclass(frozen=True, slots=True)
class SyncNote:
    """Something the server said that the person should read.

    Attributes:
        note_id: to dismiss it by.
        text: whole sentences.
        script_code: the script it is about, "" for none.
        made_at: aware.
        kind: of what sort it is (`offline.message.StoreMessage`).
        evaluation_id: the script that it leads to, or None.
        question: the question that it leads to there, or None.
    """

    note_id: int
    text: str
    script_code: str
    made_at: datetime
    kind: str = ""
    evaluation_id: EvaluationId | None = None
    question: int | None = None


@dataclass(frozen=True, slots=True)
class SyncState:
    """Where the work is.

    Attributes:
        pending: changes on this computer only, `set_aside` among them.
        sent: of these, how many have gone out and were not answered yet.
        set_aside: changes that the server fails on and that are tried again.
        last_sent_at, last_contact_at: aware, None for never.
        online: the server answered last time.
        alone: it was tried, and has not answered since she signed in.
        sending: something is on its way now.
        kept, refused: how many changes the server put aside or turned down.
        notes: what was not dismissed yet, oldest first.
        reason, remedy: why the last try failed and what can be done, in English (`ui.text.said`); "" when it did not.
        to_decide: the scripts with questions that were marked otherwise on another computer of hers.
        next_try_at: when it is tried again at the latest, aware; None while that is not needed.
    """

    pending: int = 0
    set_aside: int = 0
    last_sent_at: datetime | None = None
    last_contact_at: datetime | None = None
    online: bool = False
    alone: bool = False
    sending: bool = False
    kept: int = 0
    refused: int = 0
    notes: tuple[SyncNote, ...] = ()
    reason: str = ""
    remedy: str = ""
    next_try_at: datetime | None = None
    sent: int = 0
    to_decide: tuple[EvaluationId, ...] = ()


def pending_text(state: SyncState) -> str:
    """Say “3 changes on this computer”, or that there are none."""
    if state.pending:
        return tr_count("{count} change on this computer", "{count} changes on this computer", state.pending)
    return tr("everything is sent") if state.last_sent_at else tr("nothing to send")


def contact_text(state: SyncState) -> str:
    """A word or two for the connection."""
    if state.alone and not state.online:
        return tr("working offline since signing in")  # also while it is tried again: nothing flickers
    if state.reason and not state.online:
        return tr("offline, trying again …") if state.sending else tr("offline")
    if state.sending:
        return tr("sending …") if state.pending else tr("connecting …") if not state.online else tr("online")
    return tr("online") if state.online else tr("offline")


def status_line(state: SyncState, now: datetime, zone: tzinfo) -> str:
    """Say “3 changes on this computer · last sent 14:02 · online”."""
    parts = [pending_text(state)]
    if state.last_sent_at is not None:
        parts.append(tr("last sent {when}", when=short_moment(state.last_sent_at, now, zone)))
    parts.append(contact_text(state))
    return " · ".join(parts)


def reason_text(state: SyncState) -> str:
    """Why nothing gets through, and what can be done; "" when it does."""
    return " ".join(said(part) for part in (state.reason, state.remedy) if part)


def retry_text(state: SyncState, now: datetime, zone: tzinfo) -> str:
    """When it is tried again; "" when nothing has failed."""
    if state.next_try_at is None:
        return tr("now …") if state.reason and state.sending else ""
    when = short_moment(state.next_try_at, now, zone)
    return tr("by itself, at {when} at the latest; “Send now” tries at once", when=when)


def short_moment(when: datetime, now: datetime, zone: tzinfo) -> str:
    """The time alone when it was today: "14:02", else "yesterday 14:02"."""
    if when.astimezone(zone).date() == now.astimezone(zone).date():
        return f"{when.astimezone(zone):%H:%M}"
    return moment(when, now, zone)


def state_icon(state: SyncState) -> tuple[str, ColorRole]:
    """The icon beside the line and its colour."""
    if not state.online and (state.alone or state.reason or not state.sending):
        return "offline", "soon"
    if state.pending or not state.online:
        return "sync", "accent"
    return "online", "done"
