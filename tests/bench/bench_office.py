"""The lists of the office in the database: 200,000 users and their subscriptions, as an admin on her own login.

Budgets: a first piece in 50 ms, any search in 100 ms, a look whether an open record was changed in 2 ms, with its
transaction; all at the 95th percentile.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.domain.record import Wanted
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.migration import migrate
from mv_desktop.services.people import people
from mv_desktop.services.record_moment import moment_of
from mv_desktop.services.staff import scram_verifier
from mv_desktop.services.subscriber import subscribers
from tests.bench.report import report

DATABASE = "bench_office"
_ASKED = 200
ADMIN, PASSWORD = "admin@bench.example", "bench of the office 1"
_FILL = """
    INSERT INTO users (email, password_hash, role, first_name, last_name, phone, student_class, school_name, is_active)
    SELECT (CASE WHEN n %% 50 = 0 THEN 'teacher' WHEN n %% 3 = 0 THEN 'parent' ELSE 'student' END)
               || n || '@bench.example', '!',
           (CASE WHEN n %% 50 = 0 THEN 'teacher' WHEN n %% 3 = 0 THEN 'parent' ELSE 'student' END)::mv_user_role,
           substr(md5('f' || n %% 3001), 1, 4 + n %% 5), substr(md5('l' || n %% 20011), 1, 5 + n %% 6),
           '+91 9' || lpad((n::bigint * 7919 %% 1000000000)::text, 9, '0'),
           CASE WHEN n %% 2 = 0 THEN 'X' ELSE 'XII' END,
           'School ' || substr(md5('s' || n %% 701), 1, 6), n %% 400 <> 0
    FROM generate_series(1, %s) n
"""

_SOLD = """
    INSERT INTO subscriptions (
        student_user_id, plan_type, start_date, end_date, billing_cycle, status, exams_limit_per_month,
        teacher_hours_limit, billing_day_of_month, amount_paid_paise
    )
    SELECT u.user_id, 'premium', d.day, d.day + 30, 'monthly', CASE WHEN d.day > current_date - 31 THEN 'active'
               ELSE 'expired' END::mv_subscription_status, 50, 3,
           1 + abs(hashtext(u.email)) % 28, 99900
    FROM users u CROSS JOIN LATERAL (SELECT current_date - abs(hashtext(u.email)) % 400 AS day) d
    WHERE u.role = 'student'
"""

# A third of those who have a subscription now were with a teacher this month, each tenth of them longer than it gives.
_CONSULTED = """
    WITH teacher AS (SELECT user_id FROM users WHERE role = 'teacher' LIMIT 1)
    INSERT INTO consultations (subscription_id, teacher_user_id, held_on, hours)
    SELECT s.subscription_id, t.user_id, current_date - n, CASE WHEN abs(hashtext(s.email)) % 10 = 0 THEN 2 ELSE 1 END
    FROM (
        SELECT s.subscription_id, u.email FROM subscriptions s JOIN users u ON u.user_id = s.student_user_id
        WHERE s.status = 'active' AND abs(hashtext(u.email)) / 400 % 3 = 0
    ) s CROSS JOIN teacher t CROSS JOIN generate_series(0, 1) n
"""

_OPENED = {
    "student": "SELECT user_id FROM users WHERE role = 'student'",
    "subscription": "SELECT subscription_id FROM subscriptions",
    "setting": "SELECT config_key FROM system_config",
}
"""By kind of record, the keys of those that somebody may have open."""


def main() -> int:
    users = int(os.environ.get("MV_BENCH_USERS", "200000"))
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-office-"))
    folder.chmod(0o711)
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(DATABASE)
            migrate(server.owner_url(DATABASE))
            fill(server, users)
            _ask(server, users)
            _look(server, users)
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def fill(server: LocalPostgres, users: int) -> None:
    with psycopg.connect(server.owner_url(DATABASE), autocommit=True) as connection:
        connection.execute(_FILL, (users,))
        row = connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name)"
            " VALUES (%s, '!', 'admin', 'A', 'B') RETURNING user_id",
            (ADMIN,),
        ).fetchone()
        connection.execute("SELECT api.provision_login(%s, %s)", (row and row[0], scram_verifier(PASSWORD)))
        connection.execute(_SOLD)
        connection.execute(_CONSULTED)
        connection.execute("VACUUM ANALYZE users, subscriptions, consultations")


def _ask(server: LocalPostgres, users: int) -> None:
    url = server.url(DATABASE, login_name(ADMIN), PASSWORD).replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, connect_args={"prepare_threshold": None})
    chance = random.Random(7)
    pieces: dict[str, list[float]] = {"first": [], "next": [], "narrowed": []}
    sold: dict[str, list[float]] = {"first": [], "next": [], "search": [], "over": []}
    searches: dict[str, list[float]] = {"name": [], "phone": [], "email": [], "school": [], "short": [], "nothing": []}
    with Session(engine) as session:
        after: UUID | None = None
        for _ in range(_ASKED):
            number = chance.randrange(1, users)
            pieces["first"].append(_timed(session, "student", Wanted()))
            pieces["next"].append(_timed(session, "student", Wanted(), after))
            pieces["narrowed"].append(_timed(session, "student", Wanted("", {"class": "X", "state": "closed"})))
            after = people(session, ("student",), Wanted(), after)[0][-1]["user_id"]
            last = subscribers(session, Wanted(), None).rows[-1].subscription_id
            for name, wanted, behind in (
                ("first", Wanted("", {"status": "active"}), None),
                ("next", Wanted(), last),
                ("search", Wanted(f"student{number}@bench"), None),
                ("over", Wanted("", {"hours": "over"}), None),
            ):
                begun = time.perf_counter()
                subscribers(session, wanted, behind)
                sold[name].append((time.perf_counter() - begun) * 1000)
            for name, words in (
                ("name", f"{chance.randrange(16**4):04x}"),
                ("phone", str(number * 7919 % 1000000000)[-6:]),
                ("email", f"student{number}@bench"),
                ("school", f"school {chance.randrange(16**3):03x} {chance.randrange(16):x}"),
                ("short", f"{chance.randrange(256):02x}"),
                ("nothing", f"zzz{number}"),
            ):
                searches[name].append(_timed(session, "student", Wanted(words)))
    engine.dispose()
    for name, samples in pieces.items():
        report(f"office.people.{name}", samples, users=users)
    for name, samples in sold.items():
        report(f"office.subscriptions.{name}", samples, users=users)
    for name, samples in searches.items():
        report(f"office.search.{name}", samples, users=users)


def _look(server: LocalPostgres, users: int) -> None:
    """As a program does that has a record open, each in a transaction of its own on a connection that stands."""
    with psycopg.connect(server.owner_url(DATABASE)) as connection:
        keys = {
            kind: [str(key) for (key,) in connection.execute(f"{query} ORDER BY random() LIMIT {_ASKED}").fetchall()]
            for kind, query in _OPENED.items()
        }
    engine = make_engine(server.url(DATABASE, login_name(ADMIN), PASSWORD), application_name="mv-desktop bench")
    with open_session(engine) as session:
        session.connection()
    for kind, some in keys.items():
        samples = []
        for key in some:
            begun = time.perf_counter()
            with open_session(engine) as session:
                found = moment_of(session, kind, key)
            samples.append((time.perf_counter() - begun) * 1000)
            assert found is not None
        report(f"office.look.{kind}", samples, users=users)
    engine.dispose()


def _timed(session: Session, role: str, wanted: Wanted, after: UUID | None = None) -> float:
    begun = time.perf_counter()
    people(session, (role,), wanted, after)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    sys.exit(main())
