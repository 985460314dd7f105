"""A real SMTP server for tests, that takes mails, refuses them, loses the connection, or hangs."""

from __future__ import annotations

import asyncio
import email
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mv_desktop.demo.port import HOST, free_port


@dataclass
class Postbox:
    """What the server does, and the mails that it took.

    Attributes:
        recipient_answer, data_answer: what it says to RCPT, and at the end of the mail; "" takes it.
        hang_at: "RCPT" or "DATA": there it says nothing more, until the client is gone; a mail was taken at DATA.
        drop: it takes the mail and closes the connection without a word.
        hanging: set once it hangs.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    recipient_answer: str = ""
    data_answer: str = ""
    hang_at: str = ""
    drop: bool = False
    hanging: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hang_at == "RCPT":
            await self._hang()
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_answer:
            return self.data_answer
        assert isinstance(envelope.content, bytes)
        self.mails.append(cast(EmailMessage, email.message_from_bytes(envelope.content, policy=default)))
        self.recipients += envelope.rcpt_tos
        if self.hang_at == "DATA":
            await self._hang()
        if self.drop:
            assert server.transport is not None
            server.transport.close()
        return "250 taken"

    def take(self) -> list[EmailMessage]:
        """The mails that came since it was last asked."""
        taken, self.mails = self.mails, []
        return taken

    async def _hang(self) -> None:
        self.hanging.set()
        await asyncio.sleep(20)


@contextmanager
def mail_server(certificate: Path | None = None, login: str = "", password: str = "") -> Iterator[Postbox]:
    """A server on this computer; with a certificate and its key in one file it wants STARTTLS and a password."""
    box = Postbox(port=free_port())
    options: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
            given = isinstance(data, LoginPassword) and (data.login, data.password)
            return AuthResult(success=given == (login.encode(), password.encode()), handled=False)

        options = {"tls_context": context, "require_starttls": True, "auth_required": True}
        options["authenticator"] = authenticate
    controller = Controller(box, hostname=HOST, port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
