"""How the environment names the server that takes mails."""

from __future__ import annotations

import pytest

from mv_desktop.core.errors import SetupError
from mv_desktop.worker.command import main
from mv_desktop.worker.mail_server import MailServer, Security, from_environment

HOST = {"MV_SMTP_HOST": "mail.example.org"}
LOGIN = {"MV_SMTP_LOGIN": "a", "MV_SMTP_PASSWORD": "b"}


@pytest.mark.parametrize(
    ("given", "server"),
    [
        ({}, None),
        ({"MV_SMTP_HOST": " "}, None),
        (HOST, MailServer("mail.example.org", 587)),
        (HOST | LOGIN, MailServer("mail.example.org", 587, Security.STARTTLS, "a", "b")),
        (HOST | {"MV_SMTP_SECURITY": "tls"}, MailServer("mail.example.org", 465, Security.TLS)),
        ({"MV_SMTP_HOST": "localhost", "MV_SMTP_SECURITY": "none"}, MailServer("localhost", 25, Security.NONE)),
        (HOST | {"MV_SMTP_PORT": "2525", "MV_SMTP_CA_FILE": "ca"}, MailServer("mail.example.org", 2525, ca_file="ca")),
    ],
)
def test_the_environment_names_a_server(given: dict[str, str], server: MailServer | None) -> None:
    assert from_environment(given) == server


@pytest.mark.parametrize(
    "given",
    [
        HOST | {"MV_SMTP_SECURITY": "none"},
        HOST | {"MV_SMTP_SECURITY": "ssl"},
        HOST | {"MV_SMTP_PORT": "smtp"},
        HOST | {"MV_SMTP_PORT": "65536"},
        HOST | {"MV_SMTP_LOGIN": "a"},
        HOST | {"MV_SMTP_PASSWORD": "b"},
    ],
)
def test_what_makes_no_sense_or_would_go_unprotected_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SetupError):
        from_environment(given)


def test_a_worker_does_not_start_with_a_mail_server_that_makes_no_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", "postgresql://mv_worker@localhost/none")
    monkeypatch.setenv("MV_SMTP_HOST", "localhost")
    monkeypatch.setenv("MV_SMTP_PORT", "smtp")
    with pytest.raises(SetupError, match="MV_SMTP_PORT"):
        main([])
