"""Notices on the server: a person reads hers, and the worker claims what has to be mailed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.notice import MOST_LINES, QUIET, Notice, NoticeData, NoticePage, Told

LEASE: Final = timedelta(minutes=10)
"""A worker that claimed a mail reports within this, or died; the mail is not sent again."""

KEPT_DAYS: Final = 90
"""Older notices are removed, read or not."""


_CHANNEL = re.compile("mv_notice_[0-9a-f]{32}")
"""Its name stands in a statement that takes no parameters."""


class Outcome(StrEnum):
    """How a mail ended. Of `UNKNOWN` nobody knows whether it arrived."""

    SENT = "sent"
    GIVEN_UP = "given_up"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail that this worker alone may send, this once.

    Attributes:
        mail_id: the same at every try, and what its Message-ID is made of.
        tries: which try this is, from 1 on.
        email: of the person.
        phone: None where nobody wrote one down.
        sender: the setting `notification_email_from`.
        zone: in which moments are written.
        total: how many notices it tells; `notices` are the first of them.
    """

    mail_id: UUID
    tries: int
    made_at: datetime
    email: str
    phone: str | None
    language: str
    sender: str
    zone: ZoneInfo
    total: int
    notices: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class LostMail:
    """A mail that was claimed and never reported: it has ended, and may have been sent."""

    mail_id: UUID


def my_notices(session: Session, after: UUID | None = None, limit: int = 50) -> NoticePage:
    """The signed-in person's notices, the newest first.

    Args:
        session: on her own login.
        after: the last one that is known; older ones are answered then. None: from the newest on.
        limit: 1 to 200.
    """
    answer = session.scalar(text("SELECT api.my_notices(:after, :limit)"), {"after": after, "limit": limit})
    assert answer is not None  # noqa: S101 - the function answers or fails
    notices = tuple(
        Notice(
            row["kind"],
            NoticeData.model_validate(row["data"]),
            datetime.fromisoformat(row["created_at"]),
            UUID(row["notice_id"]),
            None if row["read_at"] is None else datetime.fromisoformat(row["read_at"]),
        )
        for row in answer["notices"]
    )
    return NoticePage(notices, answer["unread"], answer["language"], answer["channel"])


def read_notices(session: Session, notice_ids: Sequence[UUID] | None) -> int:
    """Mark these of hers as read, at most 1000; None: all. Returns how many were unread."""
    ids = None if notice_ids is None else list(notice_ids)
    return int(session.scalar(text("SELECT api.read_notices(CAST(:ids AS uuid[]))"), {"ids": ids}) or 0)


def set_notice_language(session: Session, language: str) -> None:
    """Write to the signed-in person in `language` ("en" or "hi") from now on."""
    session.execute(text("SELECT api.set_notice_language(:language)"), {"language": language})


def listen(session: Session, channel: str) -> None:
    """Let the session's connection be woken when the person is told something; `channel` is what `my_notices` says.

    It holds from the commit on for as long as the connection stands; behind a pooler it may never hold.

    Raises:
        ValueError: that is no channel of notices.
    """
    if not _CHANNEL.fullmatch(channel):
        raise ValueError("the server named no channel of notices")
    session.execute(text(f'LISTEN "{channel}"'))


def claim_mail(session: Session, now: datetime | None = None) -> ClaimedMail | LostMail | None:
    """The next mail to be sent, for the worker. It is claimed once the session is committed.

    Args:
        session: with mv_worker's login.
        now: the server's clock by default.

    Returns:
        None when nothing is to be sent, or notices are switched off.
    """
    answer = session.scalar(
        text("SELECT api.claim_notice_mail(:lease, :quiet, :most, coalesce(CAST(:now AS timestamptz), now()))"),
        {"lease": LEASE, "quiet": QUIET, "most": MOST_LINES, "now": now},
    )
    if answer is None:
        return None
    return LostMail(UUID(answer["mail_id"])) if answer["lost"] else _claimed(answer)


def mail_ended(session: Session, mail: ClaimedMail, outcome: Outcome) -> bool:
    """Record how a claimed mail ended. False: it was not this worker's any more."""
    query = text("SELECT api.notice_mail_ended(:mail, :try, :outcome)")
    return bool(session.scalar(query, {"mail": mail.mail_id, "try": mail.tries, "outcome": outcome.value}))


def mail_failed(session: Session, mail: ClaimedMail, pause: timedelta, now: datetime | None = None) -> bool:
    """Record that a claimed mail certainly did not go out, to be tried again after `pause`."""
    query = text("SELECT api.notice_mail_failed(:mail, :try, coalesce(CAST(:now AS timestamptz), now()) + :pause)")
    return bool(session.scalar(query, {"mail": mail.mail_id, "try": mail.tries, "now": now, "pause": pause}))


def prune_notices(session: Session, limit: int, days: int = KEPT_DAYS) -> int:
    """Remove what is older than `days`, for the worker. Returns how many rows, at most `limit` of each table."""
    return int(session.scalar(text("SELECT api.prune_notices(:days, :limit)"), {"days": days, "limit": limit}) or 0)


def _claimed(answer: Mapping[str, Any]) -> ClaimedMail:
    return ClaimedMail(
        UUID(answer["mail_id"]),
        answer["tries"],
        datetime.fromisoformat(answer["made_at"]),
        answer["email"],
        answer["phone"] or None,
        answer["language"],
        answer["sender"] if isinstance(answer["sender"], str) else "",
        ZoneInfo(answer["zone"]),
        answer["total"],
        tuple(
            Told(row["kind"], NoticeData.model_validate(row["data"]), datetime.fromisoformat(row["created_at"]))
            for row in answer["notices"]
        ),
    )
