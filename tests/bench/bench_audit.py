"""The audit log after years: 5,000,000 entries, of which an admin asks for a page by any filter, as her program asks:
with the names of the people, scripts and pages whose ids stand in its entries.

- audit.everything, audit.deep: the newest page, and one from the middle of the log.
- audit.person, audit.kind, audit.event, audit.days, and their combinations: one filter each, another person, event and
  span each time.
- audit.rare: what a person did who did all, but hardly ever this.
- audit.nothing: what nobody has ever done.
- audit.script, audit.record, audit.named: what was done to one thing.
- audit.events: the different events, for the filter.

Budget: 100 ms each, the 95th of a hundred. `BENCH_ENTRIES` in the environment makes the log smaller, or lets it grow in
steps and be asked after each: "100000,1000000,5000000". It says how far it is filled.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import Engine

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.domain.audit_entry import NOBODY, AuditEntry, AuditSearch, audit_search
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.identifier import UserId
from mv_desktop.services.audit_log import audit_events, audit_page, named_page
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.migration import migrate
from mv_desktop.services.staff import provision_login, scram_verifier
from tests.bench.report import report, report_value, timed

_DATABASE = "bench_audit"
_STEPS = sorted(int(step) for step in os.environ.get("BENCH_ENTRIES", "5000000").split(","))
_AT_ONCE = 250_000
_TEACHERS = 500
_ROUNDS = 100
_EMAIL, _PASSWORD = "head@bench.example.org", "bench audit"
_YEARS = timedelta(days=3 * 365)
_EVENTS = (
    "page.requested", "evaluation.assigned", "evaluation.started", "evaluation.completed", "upload.stored",
    "user.login", "exam.scored", "exam.evaluated", "upload.requested", "evaluation.moved", "sample.chosen",
    "sample.given", "computer.met", "evaluation.flagged", "comment.changed", "subscription.changed",
    "user.changed", "absence.created",
)  # fmt: skip
"""From the most to the least frequent: each half as often again as the one after it."""
_RARE = "evaluation.withdrawn"


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-audit-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            engine, before = None, 0
            for entries in _STEPS:
                filled = timed(partial(_fill, server, before, entries))
                report_value("audit.filled", round(filled / 1000, 1), "s", entries=entries)
                engine = engine or _head(server)
                _measure(engine, entries)
                engine.dispose()
                before = entries
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


_BEGINNING = (
    """
    INSERT INTO users (user_id, email, password_hash, role, first_name, last_name)
    SELECT md5('teacher' || n)::uuid, 'teacher' || n || '@bench.example.org', '!', 'teacher', 'Asha', 'Rao ' || n
    FROM generate_series(0, %(teachers)s - 1) n
    """,
    """
    INSERT INTO audit_logs (log_id, log_seq, event_type, resource_type, event_data, created_at)
    SELECT gen_random_uuid(), %(all)s + n, 'setting.changed', 'setting', '{"key": "anonymous_marking"}',
           now() - n * interval '1 day'
    FROM generate_series(1, 500) n
    """,
)
_STATEMENTS = (
    """
    INSERT INTO exam_instances (exam_instance_id, student_user_id, template_id, exam_snapshot, exam_type, class,
        total_marks, duration_minutes, status, mcq_score)
    SELECT md5('exam' || n)::uuid, md5('student' || n)::uuid, md5('template')::uuid, '{"schema": 1}', 'board_exam',
           'XII', 80, 180, 'evaluated', 1
    FROM generate_series((%(first)s + 19) / 20, %(last)s / 20) n
    """,
    """
    INSERT INTO evaluations (evaluation_id, exam_instance_id, teacher_user_id, assigned_at, sla_deadline,
        sla_hours_allocated, status, completed_at, total_manual_marks)
    SELECT md5('evaluation' || n)::uuid, md5('exam' || n)::uuid, md5('teacher' || n %% %(teachers)s)::uuid, now(),
           now(), 48, 'completed', now(), 40
    FROM generate_series((%(first)s + 19) / 20, %(last)s / 20) n
    """,
    """
    INSERT INTO answer_sheet_uploads (upload_id, exam_instance_id, student_user_id, page_number, s3_bucket, s3_key)
    SELECT md5('upload' || n || '.' || page)::uuid, md5('exam' || n)::uuid, md5('student' || n)::uuid, page,
           'sheets', 'k'
    FROM generate_series((%(first)s + 19) / 20, %(last)s / 20) n CROSS JOIN generate_series(1, 4) page
    """,
    # one teacher did a tenth of all; the rare event is hers twice and others' a thousandth
    """
    INSERT INTO audit_logs (log_id, log_seq, event_type, actor_user_id, actor_role, resource_type, resource_id,
        event_data, created_at)
    SELECT gen_random_uuid(), n, e.event, CASE
               WHEN n %% 5 = 0 THEN NULL WHEN n %% 10 = 1 THEN md5('teacher0')::uuid
               ELSE md5('teacher' || (hashint8(n) & 2147483647) %% %(teachers)s)::uuid
           END, 'teacher', split_part(e.event, '.', 1),
           CASE split_part(e.event, '.', 1)
               WHEN 'evaluation' THEN md5('evaluation' || n / 20)::uuid WHEN 'exam' THEN md5('exam' || n / 20)::uuid
               WHEN 'page' THEN NULL ELSE gen_random_uuid()
           END,
           jsonb_build_object('login', 'mv_teacher', 'changes', jsonb_build_object(
               'marks', jsonb_build_object('old', n %% 7, 'new', n %% 5),
               'teacher_user_id', jsonb_build_object(
                   'old', md5('teacher' || n %% %(teachers)s)::uuid, 'new', md5('teacher' || n %% 7)::uuid)
           ), 'op_id', gen_random_uuid()) || CASE WHEN e.event = 'page.requested' THEN jsonb_build_object(
               'uploads', (SELECT jsonb_agg(md5('upload' || n / 20 + m / 4 || '.' || 1 + m %% 4)::uuid)
                           FROM generate_series(0, 11) m)
           ) ELSE '{}' END,
           now() - %(years)s * ((%(all)s - n) / %(all)s::float8)
    FROM generate_series(greatest(%(first)s, 1), %(last)s) n
    CROSS JOIN LATERAL (SELECT CASE
        WHEN n IN (%(all)s / 3, %(all)s / 7) OR n %% 1000 = 2 THEN %(rare)s
        ELSE (%(events)s::text[])[1 + least(
            cardinality(%(events)s::text[]) - 1,
            floor(-ln((1 + (hashint8(n * 7 + 1) & 2147483647)) / 2147483649.0) / ln(1.5))
        )::int]
    END AS event) e
    """,
)


def _fill(server: LocalPostgres, before: int, entries: int) -> None:
    """Rows as the program would have left them, up to that many; to check millions one by one would prove nothing."""
    values = {"all": _STEPS[-1], "teachers": _TEACHERS, "years": _YEARS, "events": list(_EVENTS), "rare": _RARE}
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        if not before:
            for statement in _BEGINNING:
                connection.execute(statement, values)
        for first in range(before, entries, _AT_ONCE):
            last = min(first + _AT_ONCE, entries)
            for statement in _STATEMENTS:
                connection.execute(statement, values | {"first": first + bool(first), "last": last})
            sys.stderr.write(f"{last:,} of {entries:,} entries\n")
        connection.execute("SELECT setval('audit_log_seq', %s)", (_STEPS[-1] + 1_000,))
        connection.execute("VACUUM ANALYZE")


def _head(server: LocalPostgres) -> Engine:
    owner = make_engine(server.owner_url(_DATABASE), application_name="mv-desktop bench owner")
    with psycopg.connect(server.owner_url(_DATABASE)) as connection:
        made = connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name)"
            " VALUES (%s, '!', 'admin', 'Priya', 'Nair') RETURNING user_id",
            (_EMAIL,),
        ).fetchone()
    assert made is not None
    with open_session(owner) as session:
        provision_login(session, UserId(made[0]), scram_verifier(_PASSWORD))
    owner.dispose()
    url = server.url(_DATABASE, login_name(_EMAIL), _PASSWORD)
    return make_engine(url, application_name="mv-desktop bench")


def _measure(engine: Engine, entries: int) -> None:
    chance = random.Random(8)
    people = _ids(engine, [f"teacher{n}" for n in range(_TEACHERS)])
    busiest = people[0]
    evaluations = _ids(engine, [f"evaluation{n}" for n in range(0, entries // 20, max(1, entries // 2000))])
    exams = _ids(engine, [f"exam{n}" for n in range(0, entries // 20, max(1, entries // 2000))])

    def days(search: AuditSearch) -> AuditSearch:
        first = datetime.now(UTC) - chance.random() * _YEARS
        return replace(search, since=first, until=first + timedelta(days=chance.choice((1, 7, 60))))

    def person() -> str:
        return chance.choice((*people, busiest, NOBODY))

    def event() -> str:
        return chance.choice(_EVENTS)

    def kind() -> str:
        return event().partition(".")[0]

    middle = _last(engine, AuditSearch(until=datetime.now(UTC) - _YEARS / 2))
    searches: dict[str, Callable[[], AuditSearch]] = {
        "everything": AuditSearch,
        "days": lambda: days(AuditSearch()),
        "person": lambda: AuditSearch(person()),
        "person_days": lambda: days(AuditSearch(person())),
        "kind": lambda: AuditSearch(kind=kind()),
        "kind_days": lambda: days(AuditSearch(kind=kind())),
        "event": lambda: AuditSearch(event=event()),
        "event_days": lambda: days(AuditSearch(event=event())),
        "person_kind": lambda: AuditSearch(person(), kind=kind()),
        "person_event": lambda: AuditSearch(person(), event=event()),
        "all_at_once": lambda: days(AuditSearch(person(), event=event())),
        "rare": lambda: AuditSearch(busiest, event=_RARE),
        "nothing": lambda: AuditSearch(person(), kind="plan"),
        "script": lambda: audit_search(script_code(chance.choice(exams)), {}, UTC),
        "record": lambda: AuditSearch(record=chance.choice(evaluations)),
        "named": lambda: AuditSearch(named="anonymous"),
    }
    for name, search in searches.items():
        samples = [timed(partial(_page, engine, search(), None)) for _ in range(_ROUNDS)]
        report(f"audit.{name}", samples, entries=entries)
    samples = [timed(partial(_page, engine, AuditSearch(), middle)) for _ in range(_ROUNDS)]
    report("audit.deep", samples, entries=entries)
    samples = [timed(partial(_events, engine)) for _ in range(_ROUNDS)]
    report("audit.events", samples, entries=entries)


def _page(engine: Engine, search: AuditSearch, after: AuditEntry | None) -> None:
    with open_session(engine) as session:
        named_page(session, search, after)


def _last(engine: Engine, search: AuditSearch) -> AuditEntry:
    with open_session(engine) as session:
        return audit_page(session, search).rows[-1]


def _events(engine: Engine) -> None:
    with open_session(engine) as session:
        audit_events(session)


def _ids(engine: Engine, names: list[str]) -> list[UUID]:
    """As `_STATEMENTS` made them."""
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT md5(n)::uuid FROM unnest(%(names)s::text[]) n", {"names": names})
        return [row[0] for row in found]


if __name__ == "__main__":
    sys.exit(main())
