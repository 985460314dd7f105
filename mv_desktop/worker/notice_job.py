"""The worker's job for notices: mail what people have not read in the program, and remove what is old.

A mail is claimed, and that is committed, before it is sent: a worker that dies in between leaves a mail of which nobody
knows whether it went out. It is not sent again, since the notices stand in the program all the same; the log says so.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Final

from sqlalchemy import Engine

from mv_desktop.core.paths import resource
from mv_desktop.domain.notice import URGENT, letter, pause_after
from mv_desktop.services import notice
from mv_desktop.services.database import open_session
from mv_desktop.services.notice import ClaimedMail, LostMail, Outcome
from mv_desktop.worker.mail_server import POLICY, MailServer, NotSentError, UnknownOutcomeError
from mv_desktop.worker.text_message import LoggedTextMessages, TextMessages

MAIL_BATCH: Final = 20
PRUNE_BATCH: Final = 5000

_log = logging.getLogger(__name__)


def mail_notices(
    engine: Engine,
    server: MailServer | None,
    texts: TextMessages | None = None,
    *,
    limit: int = MAIL_BATCH,
    now: datetime | None = None,
) -> int:
    """Send the mails that are due, one after another.

    Args:
        engine: with mv_worker's login.
        server: None: no mail is sent; people find their notices in the program.
        texts: takes what is urgent besides, at the mail's first try; logged by default.
        limit: of mails in this round.
        now: the database's clock by default.

    Returns:
        How many were tried; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached. A mail that was in hand is not sent again.
    """
    if server is None:
        return 0
    for done in range(limit):
        with open_session(engine) as session:
            claimed = notice.claim_mail(session, now)
        if claimed is None:
            return done
        if isinstance(claimed, LostMail):
            _log.warning("mail %s: a worker ended while it had it; whether it went out is not known", claimed.mail_id)
        else:
            _send_text(texts or LoggedTextMessages(), claimed)
            _send(engine, server, claimed, now)
    return limit


def prune_notices(engine: Engine, *, limit: int = PRUNE_BATCH) -> int:
    """Remove notices that are older than `notice.KEPT_DAYS`, and their mails.

    Returns:
        How many rows went.

    Raises:
        UserError: the database cannot be reached. Nothing was removed.
    """
    with open_session(engine) as session:
        removed = notice.prune_notices(session, limit)
    if removed:
        _log.info("removed %d old notices and mails", removed)
    return removed


def _send_text(texts: TextMessages, mail: ClaimedMail) -> None:
    urgent = next((told for told in mail.notices if told.kind in URGENT), None)
    if urgent is None or mail.phone is None or mail.tries > 1:
        return
    words = letter((urgent,), mail.total, mail.zone, _words(mail.language))
    try:
        texts.send(mail.phone, f"{words.subject}. {words.body.splitlines()[0]}")
    except NotSentError as error:
        _log.warning("the text message beside mail %s was not taken: %s", mail.mail_id, error)


def _send(engine: Engine, server: MailServer, mail: ClaimedMail, now: datetime | None) -> None:
    pause = None
    try:
        sender = _address(mail.sender)
        server.send(_message(mail, sender), sender.addr_spec, mail.email)
        outcome = Outcome.SENT
        _log.info("mail %s was sent: %d notices", mail.mail_id, mail.total)
    except UnknownOutcomeError as error:
        outcome = Outcome.UNKNOWN
        _log.warning("mail %s: %s; whether it went out is not known", mail.mail_id, error)
    except NotSentError as error:
        outcome = Outcome.GIVEN_UP
        pause = None if error.for_good else pause_after(mail.tries)
        if pause is None:
            _log.error("mail %s was given up after %d tries: %s", mail.mail_id, mail.tries, error)
        else:
            _log.warning("mail %s was not sent and is tried again in %s: %s", mail.mail_id, pause, error)
    with open_session(engine) as session:
        if pause is None:
            notice.mail_ended(session, mail, outcome)
        else:
            notice.mail_failed(session, mail, pause, now)


def _address(sender: str) -> Address:
    """The setting `notification_email_from` in its parts.

    Raises:
        NotSentError: it is no address; an administrator may correct it meanwhile.
    """
    name, address = parseaddr(sender)
    try:
        made = Address(name, addr_spec=address)
    except ValueError:
        made = Address()
    if not made.username or not made.domain:
        raise NotSentError("the setting notification_email_from is not an address")
    return made


def _message(mail: ClaimedMail, sender: Address) -> EmailMessage:
    words = letter(mail.notices, mail.total, mail.zone, _words(mail.language))
    message = EmailMessage(POLICY)
    try:
        message["From"] = sender
        message["To"] = mail.email
    except ValueError:
        raise NotSentError("the person's address is not valid", for_good=True) from None
    message["Subject"] = words.subject
    message["Date"] = format_datetime(mail.made_at.astimezone(mail.zone))
    # the same at every try, so that a mail program shows it once whatever happened
    message["Message-ID"] = f"<{mail.mail_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = mail.language
    message.set_content(words.body)
    return message


@cache
def _words(language: str) -> Mapping[str, str]:
    if language == "en":
        return {}
    catalogue: dict[str, str] = json.loads(resource("translations", f"{language}.json").read_text(encoding="utf-8"))
    return catalogue
