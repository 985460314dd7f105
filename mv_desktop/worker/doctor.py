"""What an administrator checks with ``mv-desktop doctor``: server, clock, page store, mail, disk, fonts."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

import mv_desktop
from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import NotAllowedError, SchemaError, UserError
from mv_desktop.core.paths import data_dir, resource
from mv_desktop.services import audit, health
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.holiday import holidays
from mv_desktop.services.migration import head
from mv_desktop.services.profile import URL_VARIABLE, ServerProfile, load_profiles, profile_from_url

_FACES = ("Mukta-Regular.ttf", "Mukta-Medium.ttf", "Mukta-SemiBold.ttf")
_FREE_BYTES = 1024**3
_CLOCK_SECONDS = 30.0
_TLS_REMEDY = "Use sslmode=verify-full and the server's certificate authority."
_UNSEALED_MINUTES = 15
"""The worker seals every minute; it waits for transactions that take long."""

_HOLIDAY_WARNING_MONTH = 10
"""From 1 October on, next year's holidays should be entered (`docs/sla.md`)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        ok: None when it could not be looked at here.
        remedy: what to do; beside a true `ok` it makes a warning.
    """

    name: str
    ok: bool | None
    finding: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"check": self.name, "ok": self.ok, "finding": self.finding, "remedy": self.remedy}

    def as_text(self) -> str:
        """For people: one line, and one more with what to do."""
        sign = {True: "ok     ", False: "WRONG  ", None: "skipped"}[self.ok]
        if self.ok and self.remedy:
            sign = "warning"
        return f"{sign} {self.name}: {self.finding}" + (f"\n        {self.remedy}" if self.remedy else "")


def examine(clock: Clock) -> Iterator[Check]:
    """Check everything, one after the other; what fails does not stop the rest."""
    yield Check("program", ok=True, finding=f"mv-desktop {mv_desktop.__version__}, Python {sys.version.split()[0]}")
    yield _fonts()
    yield _disk(data_dir())
    yield from _server(clock)
    yield _page_store()
    yield _mail()


def _fonts() -> Check:
    missing = [name for name in _FACES if not resource("fonts", name).is_file()]
    if missing:
        return Check("fonts", False, f"{', '.join(missing)} is missing.", "Install the program again.")
    return Check("fonts", True, "the bundled faces are there")


def _disk(folder: Path) -> Check:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    finding = f"{free / 1024**3:.1f} GB free for {folder}"
    if not existing.is_dir():
        return Check("disk", False, f"{existing} is a file, not a folder.", "Name a folder in MV_DATA_DIR.")
    if not os.access(existing, os.W_OK):
        return Check("disk", False, f"{existing} cannot be written to.", "Ask for the right to write there.")
    return Check("disk", free >= _FREE_BYTES, finding, "" if free >= _FREE_BYTES else "Free at least 1 GB.")


def _server(clock: Clock) -> Iterator[Check]:
    url = os.environ.get(URL_VARIABLE)
    if not url:
        yield from _known_servers()
        return
    try:
        profile = profile_from_url(url)
        engine = make_engine(url, application_name="mv-desktop doctor")
        try:
            with open_session(engine) as session:
                yield from _connection(session, clock, profile)
            yield _holidays(engine, clock)
            yield _audit(engine)
        finally:
            engine.dispose()
    except UserError as error:
        yield Check("server", False, error.message, error.remedy)


def _known_servers() -> Iterator[Check]:
    try:
        profiles = load_profiles()
    except UserError as error:
        yield Check("server", False, error.message, error.remedy)
        return
    if not profiles:
        yield Check("server", None, "no server is known on this computer", f"Set {URL_VARIABLE} to look at one.")
        return
    for profile in profiles:
        yield _reached(profile)
    yield Check(
        "signed in",
        None,
        "without a login the database, its revision, the clock and the holidays were not looked at",
        f"Set {URL_VARIABLE} to look at them.",
    )


def _reached(profile: ServerProfile) -> Check:
    name, place = f"server {profile.name}", f"{profile.host}:{profile.port}"
    try:
        health.reach(profile)
    except UserError as error:
        return Check(name, False, f"{place}: {error.message}", error.remedy)
    if not profile.protected:
        finding = f"{place} answers, but need not prove who it is (sslmode={profile.sslmode})"
        return Check(name, False, finding, _TLS_REMEDY)
    proof = "is on this computer" if profile.local else "has proved who it is"
    return Check(name, True, f"{place} answers, {proof}, and asks for a password")


def _connection(session: Session, clock: Clock, profile: ServerProfile) -> Iterator[Check]:
    found = health.check(session, clock)
    yield Check(
        "server",
        True,
        f"PostgreSQL {found.server_version} answers {found.login} in {found.round_trip_ms:.1f} ms",
    )
    yield _tls(found.tls, profile)
    yield _schema(found.schema_version)
    yield _rights(session)
    wrong = abs(found.clock_difference_s) > _CLOCK_SECONDS
    yield Check(
        "clock",
        not wrong,
        f"{found.clock_difference_s:+.1f} s against the server",
        "Set this computer's clock; deadlines are judged by the server's." if wrong else "",
    )


def _tls(version: str | None, profile: ServerProfile) -> Check:
    if version is None and profile.local:
        return Check("tls", True, "not encrypted; the server is on this computer")
    if version is None:
        return Check("tls", False, "the connection is not encrypted", _TLS_REMEDY)
    if not profile.protected:
        finding = f"{version}, but the server did not have to prove who it is (sslmode={profile.sslmode})"
        return Check("tls", False, finding, _TLS_REMEDY)
    return Check("tls", True, version)


def _schema(version: str) -> Check:
    newest = head()
    if version == newest:
        return Check("schema", True, f"revision {version}")
    older = version < newest
    return Check(
        "schema",
        False,
        f"the database is at revision {version}, this program brings {newest}",
        "Run mv-desktop migrate as the database's owner." if older else "Install the newest version of the program.",
    )


def _rights(session: Session) -> Check:
    may = health.open_to_everybody(session)
    if not may:
        return Check("rights", True, "everybody else may do nothing in this database")
    remedy = "As the owner: SELECT api._harden_database(). Before PostgreSQL 15 see the deployment guide."
    return Check("rights", False, f"everybody with a login on the server may {', '.join(may)}", remedy)


def _holidays(engine: Engine, clock: Clock) -> Check:
    try:
        with open_session(engine) as session:
            years = {holiday.day.year for holiday in holidays(session)}
    except NotAllowedError:
        return Check("holidays", None, "this login may not read them", "Look as a member of staff.")
    today = clock.now().astimezone(ZoneInfo("Asia/Kolkata")).date()
    wanted = [today.year] + ([today.year + 1] if today.month >= _HOLIDAY_WARNING_MONTH else [])
    missing = [str(year) for year in wanted if year not in years]
    if missing:
        finding = f"holidays of {', '.join(missing)} not entered"
        return Check("holidays", True, finding, "An admin can enter them; deadlines count those days until then.")
    return Check("holidays", True, f"entered for {', '.join(map(str, wanted))}")


def _audit(engine: Engine) -> Check:
    try:
        with open_session(engine) as session:
            found = audit.state(session)
    except (NotAllowedError, SchemaError):
        return Check("audit log", None, "this login may not look at its seals", "Look as an admin.")
    if not found.unsealed or found.unsealed_since is None:
        return Check("audit log", True, "every entry is sealed")
    finding = f"{found.unsealed} without a seal, the oldest since {found.unsealed_since:%Y-%m-%d %H:%M %z}"
    late = found.waiting_s > _UNSEALED_MINUTES * 60
    remedy = "Is the worker running? It seals every minute, unless a transaction has been open for long."
    return Check("audit log", not late, finding, remedy if late else "")


def _page_store() -> Check:
    if not os.environ.get("MV_S3_BUCKET"):
        return Check("page store", None, "only the worker holds its key", "Set the MV_S3_… variables to look at it.")
    from mv_desktop.pages.storage import from_environment

    try:
        store = from_environment()
        store.check()
    except UserError as error:
        return Check("page store", False, error.message, error.remedy)
    return Check("page store", True, f"bucket {store.bucket} answers")


def _mail() -> Check:
    from mv_desktop.worker.mail_server import from_environment

    try:
        server = from_environment()
        if server is None:
            return Check("mail", None, "no mail server is set; nothing is mailed", "Set MV_SMTP_HOST to look at it.")
        server.check()
    except UserError as error:
        return Check("mail", False, error.message, error.remedy)
    return Check(
        "mail", True, f"{server.host}:{server.port} answers" + (" and knows the login" if server.login else "")
    )
