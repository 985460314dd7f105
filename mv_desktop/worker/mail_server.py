"""The SMTP server that takes the worker's mails, and what it said of one: taken, not taken, or nobody knows."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import Final

from mv_desktop.core.errors import SetupError
from mv_desktop.services.profile import LOCAL_HOSTS

POLICY: Final = SMTP.clone(cte_type="7bit")
"""How mails are written, so that every server can pass them on."""

_SECONDS: Final = 20.0
_CODE_GO_ON: Final = 354
_CODES_TAKEN: Final = range(200, 300)
_CODES_NEVER: Final = range(500, 600)


class Security(StrEnum):
    """How the connection is protected; "none" is for a server on this computer only."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


_PORTS: Final = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


class NotSentError(Exception):
    """The mail certainly did not go out.

    Attributes:
        for_good: the server will never take it, so that it makes no sense to try again.
    """

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


class UnknownOutcomeError(Exception):
    """The connection was lost while the server had the mail: it may go out, or may not."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in.

    Attributes:
        login, password: "" for a server that asks for none.
        ca_file: who vouches for the server; "" for the authorities that the computer trusts.
    """

    host: str
    port: int
    security: Security = Security.STARTTLS
    login: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    seconds: float = _SECONDS

    def send(self, mail: EmailMessage, sender: str, recipient: str) -> None:
        """Hand in one mail.

        Args:
            mail: complete.
            sender: the bare address.
            recipient: the bare address.

        Raises:
            NotSentError: it was not taken.
            UnknownOutcomeError: nobody knows.
        """
        data = re.sub(rb"(?m)^\.", b"..", mail.as_bytes(policy=POLICY)) + b".\r\n"
        with self._connected() as server:
            with _before("the server did not take the mail"):
                _need(server.mail(sender))
                _need(server.rcpt(recipient))
                _need(server.docmd("DATA"), (_CODE_GO_ON,))
            try:
                server.send(data)
                answer = server.getreply()
            except (OSError, smtplib.SMTPException) as error:
                raise UnknownOutcomeError(f"{type(error).__name__} while the mail was handed in") from error
            _need(answer)

    def check(self) -> None:
        """Connect, protect and sign in as for a mail, and hand in none.

        Raises:
            SetupError: it cannot be reached, refuses us, cannot be believed, or does not know the login.
        """
        try:
            with self._connected():
                pass
        except NotSentError as error:
            place = f"{self.host}:{self.port}"
            raise SetupError(f"{place}: {error}.", remedy=_remedy(error.__cause__)) from error

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        with _before("the mail server could not be reached"):
            server = self._connect()
        try:
            with _before("the connection to the mail server could not be protected"):
                if self.security is Security.STARTTLS:
                    server.starttls(context=self._context())
            with _before("the mail server did not let us in"):
                server.ehlo_or_helo_if_needed()
                if self.login:
                    server.login(self.login, self.password)
            yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        if self.security is Security.TLS:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.seconds, context=self._context())
        return smtplib.SMTP(self.host, self.port, timeout=self.seconds)

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file or None)


def from_environment(environment: Mapping[str, str] | None = None) -> MailServer | None:
    """The server that ``MV_SMTP_HOST``, ``_PORT``, ``_SECURITY``, ``_LOGIN``, ``_PASSWORD`` and ``_CA_FILE`` name.

    Returns:
        None without a host: no mail is sent then.

    Raises:
        SetupError: they make no sense, or would send a password or people's mail unprotected over the network.
    """
    given = os.environ if environment is None else environment
    host = given.get("MV_SMTP_HOST", "").strip()
    if not host:
        return None
    try:
        security = Security(given.get("MV_SMTP_SECURITY", "").strip() or "starttls")
    except ValueError:
        raise SetupError(
            "MV_SMTP_SECURITY is not a way to protect mail.", remedy="Set it to starttls, tls or none."
        ) from None
    if security is Security.NONE and host not in LOCAL_HOSTS:
        raise SetupError(
            "Mail would travel unprotected to another computer.", remedy="Set MV_SMTP_SECURITY to starttls or tls."
        )
    port = given.get("MV_SMTP_PORT", "").strip() or str(_PORTS[security])
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SetupError("MV_SMTP_PORT is not a port.", remedy="Set it to a number such as 587.")
    login, password = given.get("MV_SMTP_LOGIN", ""), given.get("MV_SMTP_PASSWORD", "")
    if bool(login) != bool(password):
        raise SetupError("Only one of MV_SMTP_LOGIN and MV_SMTP_PASSWORD is set.", remedy="Set both or neither.")
    return MailServer(host, int(port), security, login, password, given.get("MV_SMTP_CA_FILE", "").strip())


def _need(answer: tuple[int, bytes], wanted: tuple[int, ...] | range = _CODES_TAKEN) -> None:
    # the server's words are not repeated: they name the address
    code = answer[0]
    if code not in wanted:
        raise NotSentError(f"the mail server answered {code}", for_good=code in _CODES_NEVER)


def _remedy(cause: BaseException | None) -> str:
    match cause:  # all of them are OSErrors
        case smtplib.SMTPAuthenticationError():
            return "Check MV_SMTP_LOGIN and MV_SMTP_PASSWORD."
        case smtplib.SMTPResponseException():
            return "It answers, but refuses this computer: ask who runs it."
        case ssl.SSLError() | smtplib.SMTPException():
            return "Check MV_SMTP_SECURITY, MV_SMTP_PORT and MV_SMTP_CA_FILE."
    return "Check MV_SMTP_HOST, MV_SMTP_PORT and the firewall between."


@contextmanager
def _before(why: str) -> Iterator[None]:
    """What goes wrong before the mail itself was handed in means that it did not go out."""
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"{why} ({type(error).__name__})") from error
    except ValueError as error:  # an address that SMTP cannot name
        raise NotSentError(f"an address is not valid ({type(error).__name__})", for_good=True) from error
