"""Text messages (SMS): the one port through which they leave, and a company's gateway is put in."""

from __future__ import annotations

import logging
from typing import Protocol

_log = logging.getLogger(__name__)


class TextMessages(Protocol):
    """Whoever takes text messages."""

    def send(self, phone: str, text: str) -> None:
        """Hand in one message; nothing waits for it to arrive.

        Args:
            phone: as it stands with the person.
            text: one line.

        Raises:
            NotSentError: it was not taken. It is not tried again: the mail and the program tell the same.
        """
        ...


class LoggedTextMessages:
    """Sends nothing, and logs that there was something to send: neither the number nor the words."""

    def send(self, phone: str, text: str) -> None:  # noqa: ARG002 - the port's
        _log.info("a text message of %d characters has no gateway to go through", len(text))
