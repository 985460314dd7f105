"""What was not read in the program is mailed: at once, then together, and never twice, whatever dies on the way."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import SetupError
from mv_desktop.domain.notice import QUIET, pause_after
from mv_desktop.pages.storage import ObjectStore
from mv_desktop.services import notice
from mv_desktop.services.notice import LEASE
from mv_desktop.worker.mail_server import MailServer, NotSentError, Security
from mv_desktop.worker.notice_job import mail_notices, prune_notices
from mv_desktop.worker.schedule import JOBS, Means
from tests.factories.marking import Person, School
from tests.factories.worker import worker_engine
from tests.fakes.mail_server import Postbox, mail_server

MINUTE = timedelta(minutes=1)


@pytest.fixture
def worker(school: School) -> Iterator[Engine]:
    with worker_engine(school) as engine:
        yield engine


@pytest.fixture
def box() -> Iterator[Postbox]:
    with mail_server() as made:
        yield made


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=5)  # the round comes a little after what is told


def _server(box: Postbox) -> MailServer:
    return MailServer("127.0.0.1", box.port, Security.NONE, seconds=3)


def _tell(school: School, person: Person, script: str, kind: str = "script.assigned") -> None:
    data = {"script": script, "due_at": "2026-07-15T12:30:00Z"}
    assert school.select("SELECT api._tell(%s, %s, %s)", person.user_id, kind, Jsonb(data)) == [(True,)]


def _outcomes(school: School) -> list[tuple[str | None, int]]:
    return school.select("SELECT outcome, tries FROM notice_mails ORDER BY made_at")


def _body(mail: EmailMessage) -> str:
    return str(mail.get_content())


def test_the_first_is_mailed_at_once_and_what_follows_goes_together(
    school: School, worker: Engine, box: Postbox, now: datetime
) -> None:
    asha, meera = school.person(), school.person()
    server = _server(box)
    _tell(school, asha, "A-1")
    assert mail_notices(worker, server, now=now) == 1
    (first,) = box.take()
    assert (first["To"], first["From"]) == (asha.email, "Mathvidya <noreply@mathvidya.com>")
    assert first["Subject"] == "Mathvidya: a notice for you"
    assert first["Auto-Submitted"] == "auto-generated"
    assert "A-1 was assigned to you; it is due 2026-07-15 18:00." in _body(first)

    for number in range(2, 60):
        _tell(school, asha, f"A-{number}")
    with meera.session() as session:
        notice.set_notice_language(session, "hi")
    _tell(school, meera, "M-1", "sla.breached")
    assert mail_notices(worker, server, now=now + MINUTE) == 1
    (hindi,) = box.take()
    assert hindi["To"] == meera.email
    assert "M-1 को देर हो गई है" in _body(hindi)
    assert hindi["Message-ID"] != first["Message-ID"]
    with asha.session() as session:  # what she has read in the program is not mailed
        newest = notice.my_notices(session, limit=1).notices[0]
        assert (newest.data.script, newest.read_at) == ("A-59", None)
        assert notice.read_notices(session, [newest.notice_id]) == 1
    assert mail_notices(worker, server, now=now + QUIET - MINUTE) == 0
    assert mail_notices(worker, server, now=now + QUIET) == 1
    (together,) = box.take()
    assert together["Subject"] == "Mathvidya: 57 notices for you"
    assert [f"A-{number} was" in _body(together) for number in (1, 2, 41, 42, 59)] == [False, True, True, False, False]
    assert "And 17 more, in the program." in _body(together)
    assert mail_notices(worker, server, now=now + timedelta(hours=3)) == 0
    assert set(_outcomes(school)) == {("sent", 1)}


def test_nothing_is_mailed_when_it_is_switched_off_or_of_the_day_before(
    school: School, worker: Engine, box: Postbox, now: datetime
) -> None:
    asha = school.person()
    _tell(school, asha, "A-1")
    school.execute("UPDATE system_config SET config_value = 'false' WHERE config_key = 'notifications_enabled'")
    assert mail_notices(worker, _server(box), now=now) == 0
    school.execute("UPDATE system_config SET config_value = 'true' WHERE config_key = 'notifications_enabled'")
    assert mail_notices(worker, None, now=now) == 0
    assert mail_notices(worker, _server(box), now=now + timedelta(days=1)) == 0
    school.execute("UPDATE users SET is_active = false")
    assert mail_notices(worker, _server(box), now=now) == 0
    assert box.mails == []


def test_what_was_not_taken_is_tried_again_later_and_given_up_at_last(
    school: School, worker: Engine, box: Postbox, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    asha = school.person()
    server = _server(box)
    _tell(school, asha, "A-1")
    box.data_answer = "451 not now"
    tries = 1
    while pause := pause_after(tries):
        assert mail_notices(worker, server, now=now) == 1
        assert mail_notices(worker, server, now=now + pause - timedelta(seconds=1)) == 0
        now += pause
        tries += 1
    assert _outcomes(school) == [(None, tries - 1)]
    mail_notices(worker, server, now=now)
    assert _outcomes(school) == [("given_up", tries)]
    given_up = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(given_up) == 1
    assert asha.email not in caplog.text

    box.data_answer, now = "", now + QUIET
    for answer, setting in (("", "nobody"), ("", "Mathvidya <noreply@mathvidya.com>"), ("550 nobody here", "")):
        if setting:  # an administrator corrects it between the tries
            query = "UPDATE system_config SET config_value = %s WHERE config_key = 'notification_email_from'"
            school.execute(query, Jsonb(setting))
        if answer:
            _tell(school, school.person(), "B-1")
        elif setting == "nobody":
            _tell(school, school.person(), "A-2")
        box.recipient_answer, now = answer, now + timedelta(minutes=2)
        assert mail_notices(worker, server, now=now) == 1
    assert len(box.take()) == 1
    assert _outcomes(school)[1:] == [("sent", 2), ("given_up", 1)]
    assert mail_notices(worker, server, now=now + timedelta(hours=9)) == 0


def test_the_workers_table_of_jobs_mails_to_the_server_that_it_was_given(
    school: School, worker: Engine, box: Postbox
) -> None:
    _tell(school, school.person(), "A-1")
    (job,) = (job for job in JOBS if job.name == "notice.mail")
    means = Means(worker, ObjectStore("http://127.0.0.1:1", "x", "x", "x", "x"), SystemClock())
    assert job.work(means) == 0  # no server is named
    means = replace(means, mail=_server(box))
    assert [job.work(means) for _ in range(2)] == [1, 0]
    assert len(box.take()) == 1


def test_what_became_needless_between_two_tries_is_not_mailed(
    school: School, worker: Engine, box: Postbox, now: datetime
) -> None:
    asha, meera, leela = (school.person() for _ in range(3))
    for person in (asha, meera, leela):
        _tell(school, person, f"{person.email} 1")
    _tell(school, leela, "L-2")
    box.data_answer = "451 not now"
    assert mail_notices(worker, _server(box), limit=3, now=now) == 3
    box.data_answer, now = "", now + MINUTE
    with asha.session() as session:
        assert notice.read_notices(session, None) == 1
    with leela.session() as session:
        first = notice.my_notices(session).notices[-1]
        assert notice.read_notices(session, [first.notice_id]) == 1
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", meera.user_id)
    assert mail_notices(worker, _server(box), now=now) == 1
    (mail,) = box.take()
    assert mail["To"] == leela.email
    assert "L-2" in _body(mail)
    assert str(first.data.script) not in _body(mail)
    assert sorted(_outcomes(school)) == [("given_up", 1), ("given_up", 1), ("sent", 2)]


def test_a_server_that_is_away_loses_no_mail(school: School, worker: Engine, box: Postbox, now: datetime) -> None:
    _tell(school, school.person(), "A-1")
    assert mail_notices(worker, MailServer("127.0.0.1", 1, Security.NONE), now=now) == 1
    assert mail_notices(worker, _server(box), now=now + MINUTE) == 1
    assert len(box.take()) == 1
    assert _outcomes(school) == [("sent", 2)]


def test_a_mail_of_which_nobody_knows_is_not_sent_again(
    school: School, worker: Engine, box: Postbox, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    _tell(school, school.person(), "A-1")
    box.drop = True
    assert mail_notices(worker, _server(box), now=now) == 1
    assert mail_notices(worker, _server(box), now=now + timedelta(hours=9)) == 0
    assert len(box.take()) == 1
    assert _outcomes(school) == [("unknown", 1)]
    assert "not known" in caplog.text


@pytest.mark.parametrize(("hang_at", "arrived"), [("RCPT", 0), ("DATA", 1)])
def test_a_worker_killed_with_a_mail_in_hand_leaves_one_mail_at_most(
    school: School,
    worker: Engine,
    box: Postbox,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
    hang_at: str,
    arrived: int,
) -> None:
    asha = school.person()
    _tell(school, asha, "A-1")
    box.hang_at = hang_at
    url = worker.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-m", "tests.database.mail_child", url, str(box.port)]) as child:
        assert box.hanging.wait(30)
        child.kill()
    box.hang_at = ""
    assert mail_notices(worker, _server(box), now=now + LEASE - MINUTE) == 0
    assert mail_notices(worker, _server(box), now=now + LEASE + MINUTE) == 1
    assert mail_notices(worker, _server(box), now=now + timedelta(hours=9)) == 0
    assert len(box.take()) == arrived
    assert _outcomes(school) == [("unknown", 1)]
    assert "whether it went out is not known" in caplog.text
    with asha.session() as session:  # she finds it in the program
        assert notice.my_notices(session).unread == 1


def test_two_workers_at_once_send_each_mail_once(school: School, worker: Engine, box: Postbox, now: datetime) -> None:
    people = [school.person() for _ in range(8)]
    for person in people:
        _tell(school, person, "A-1")
    with worker_engine(school) as other, ThreadPoolExecutor(2) as pool:
        rounds = [pool.submit(mail_notices, engine, _server(box), now=now) for engine in (worker, other)]
        assert sum(done.result() for done in rounds) == 8
    assert sorted(box.recipients) == sorted(person.email for person in people)


@dataclass
class Gateway:
    sent: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False

    def send(self, phone: str, text: str) -> None:
        if self.away:
            raise NotSentError("away")
        self.sent.append((phone, text))


def test_what_is_urgent_goes_as_a_text_message_too_once(
    school: School, worker: Engine, box: Postbox, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    late, calm, silent, logged = (school.person() for _ in range(4))
    for person in (late, calm, logged):
        school.execute("UPDATE users SET phone = '+91 98765 43210' WHERE user_id = %s", person.user_id)
    for person in (late, silent):
        _tell(school, person, "A-1", "sla.breached")
    _tell(school, calm, "A-2")
    gateway = Gateway()
    box.data_answer = "451 not now"
    mail_notices(worker, _server(box), gateway, now=now)
    box.data_answer = ""
    mail_notices(worker, _server(box), gateway, now=now + MINUTE)
    ((phone, words),) = gateway.sent
    assert phone == "+91 98765 43210"
    assert "A-1 is late" in words

    gateway.away = True
    _tell(school, logged, "A-1", "sla.breached")
    mail_notices(worker, _server(box), gateway, now=now + MINUTE)
    _tell(school, logged, "A-2", "sla.breached")
    caplog.set_level(logging.INFO)
    mail_notices(worker, _server(box), now=now + MINUTE + QUIET)
    assert len(box.take()) == 5
    assert "no gateway" in caplog.text
    assert "98765" not in caplog.text


def test_a_server_with_tls_and_a_password_is_believed_only_with_its_certificate(
    school: School, worker: Engine, now: datetime, tmp_path: Path
) -> None:
    certificate = _certificate(tmp_path / "server.pem")
    _tell(school, school.person(), "A-1")
    with mail_server(certificate, "mathvidya", "secret") as box:
        right = MailServer("127.0.0.1", box.port, Security.STARTTLS, "mathvidya", "secret", str(certificate), 3)
        strange = MailServer("127.0.0.1", box.port, Security.STARTTLS, "mathvidya", "secret", seconds=3)
        wrong = MailServer("127.0.0.1", box.port, Security.STARTTLS, "mathvidya", "guess", str(certificate), 3)
        assert "secret" not in repr(right)
        right.check()
        for server, remedy in ((strange, "MV_SMTP_CA_FILE"), (wrong, "MV_SMTP_PASSWORD")):
            with pytest.raises(SetupError, match=str(box.port)) as told:
                server.check()
            assert remedy in told.value.remedy
            assert "guess" not in str(told.value)
        assert box.mails == []
        for number, server in enumerate((strange, wrong, right)):
            now += pause_after(number) or MINUTE if number else MINUTE
            assert mail_notices(worker, server, now=now) == 1
        assert len(box.take()) == 1
    assert _outcomes(school) == [("sent", 3)]


def test_old_notices_and_their_mails_are_removed_by_the_worker_alone(
    school: School, worker: Engine, box: Postbox, now: datetime
) -> None:
    asha = school.person()
    _tell(school, asha, "A-1")
    mail_notices(worker, _server(box), now=now)
    _tell(school, asha, "A-2")
    assert prune_notices(worker) == 0
    school.execute("UPDATE notices SET created_at = now() - interval '91 days' WHERE mail_id IS NOT NULL")
    school.execute("UPDATE notice_mails SET ended_at = now() - interval '91 days'")
    assert prune_notices(worker) == 2
    assert school.select("SELECT data ->> 'script' FROM notices") == [("A-2",)]
    for function in ("prune_notices(1, 1)", "claim_notice_mail('1 h', '1 h', 1)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asha.select(f"SELECT api.{function}")


def _certificate(path: Path) -> Path:
    """One for 127.0.0.1 that vouches for itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path
