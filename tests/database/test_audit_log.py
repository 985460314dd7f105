"""The audit log as admins read it: by every filter and its combinations exactly what plain SQL finds, page by page."""

from __future__ import annotations

import csv
import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.audit_entry import NOBODY, AuditSearch, audit_search
from mv_desktop.domain.evaluation import code_number, script_code
from mv_desktop.domain.export_note import ExportNote
from mv_desktop.domain.record import Difference
from mv_desktop.offline.office.audit import AuditLog
from mv_desktop.services.audit_log import audit_page, audit_query
from mv_desktop.services.database import make_engine
from mv_desktop.worker.audit_job import seal_audit
from tests.factories.marking import School

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
EVENTS = ("plan.changed", "plan.created", "user.login", "evaluation.assigned")


def _many(school: School, actors: list[UUID]) -> None:
    """Entries of old days: each event by each person and by nobody, some in one moment."""
    with psycopg.connect(school.database.superuser_url) as connection:
        for number in range(120):
            actor = (*actors, None)[number % (len(actors) + 1)]
            event = EVENTS[number % 7 % 4]
            connection.execute(
                "INSERT INTO audit_logs (event_type, actor_user_id, resource_type, event_data, created_at)"
                " VALUES (%s, %s, %s, '{}', %s)",
                (event, actor, event.partition(".")[0], BEGIN + timedelta(hours=number // 3)),
            )


def _expected(school: School, search: AuditSearch) -> list[int]:
    rows = school.select(
        "SELECT log_seq FROM audit_logs WHERE created_at >= coalesce(%s, '-infinity'::timestamptz)"
        " AND created_at < coalesce(%s, 'infinity'::timestamptz) AND event_type LIKE %s"
        " AND (%s = '' OR coalesce(actor_user_id::text, 'none') = %s) ORDER BY created_at DESC, log_seq DESC",
        *(search.since, search.until, search.event or (f"{search.kind}.%" if search.kind else "%")),
        *(search.actor, search.actor),
    )
    return [number for (number,) in rows]


def test_every_filter_is_served_by_an_index(school: School) -> None:
    admin = school.person("admin")
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        connection.execute(
            "INSERT INTO audit_logs (log_id, log_seq, event_type, actor_user_id, resource_type, resource_id,"
            " event_data, created_at) SELECT gen_random_uuid(), 1000 + n, e.event,"
            " CASE WHEN n %% 9 > 0 THEN %s::uuid END,"
            " split_part(e.event, '.', 1), gen_random_uuid(), '{}', %s + n * interval '1 minute'"
            " FROM generate_series(1, 30000) n CROSS JOIN LATERAL (SELECT (%s::text[])[1 + n %% 4] AS event) e",
            (admin.user_id, BEGIN, list(EVENTS)),
        )
        connection.execute("VACUUM ANALYZE audit_logs")
    span = {"since": BEGIN + timedelta(days=2), "until": BEGIN + timedelta(days=3)}
    who, one = str(admin.user_id), uuid4()
    searches = [
        AuditSearch(), AuditSearch(**span), AuditSearch(who), AuditSearch(NOBODY), AuditSearch(who, **span),
        AuditSearch(kind="plan"), AuditSearch(kind="plan", **span), AuditSearch(event="user.login"),
        AuditSearch(event="user.login", **span), AuditSearch(who, kind="plan"), AuditSearch(who, event="plan.created"),
        AuditSearch(who, event="plan.created", **span), AuditSearch(record=one), AuditSearch(record=one, kind="plan"),
        AuditSearch(code=17), AuditSearch(named="max_login"),
    ]  # fmt: skip
    with admin.session() as session:
        last = audit_page(session, AuditSearch(**span)).rows[-1]
        for search in searches:
            for after in (None, last):
                query, values = audit_query(search, after, 100)
                plan = "\n".join(session.scalars(text(f"EXPLAIN {query}"), values))
                assert "Seq Scan on audit_logs" not in plan, (search, plan)
                assert "ix_audit_logs" in plan, (search, plan)


def test_any_filter_finds_what_plain_sql_finds_page_by_page(school: School) -> None:
    admin, other = school.person("admin"), school.person("admin")
    _many(school, [admin.user_id, other.user_id])
    days = ((None, None), (BEGIN + timedelta(hours=5), BEGIN + timedelta(hours=21)))
    whats = (("", ""), ("plan", ""), ("", "user.login"), ("nothing", ""))
    for actor, (kind, event), (since, until) in itertools.product(
        ("", NOBODY, str(other.user_id), str(uuid4())), whats, days
    ):
        search = AuditSearch(actor, kind, event, since, until)
        with admin.session() as session:
            found, page = [], audit_page(session, search, None, 7)
            while page.rows:
                found += [row.number for row in page.rows]
                if not page.more:
                    break
                page = audit_page(session, search, page.rows[-1], 7)
        assert found == _expected(school, search), search
    log = AuditLog(admin.session)
    assert set(EVENTS) <= set(log.events())
    assert log.events() == tuple(sorted(log.events()))
    assert {admin.user_id, other.user_id} <= {user for user, _ in log.people()}
    teacher = school.person()
    with pytest.raises(NotAllowedError):
        AuditLog(teacher.session).page(AuditSearch(), None)


def test_a_record_is_found_by_code_id_and_name_with_what_was_changed(school: School, tmp_path: Path) -> None:
    admin, teacher = school.person("admin"), school.person()
    script = school.script(teacher)
    exams = school.select("SELECT exam_instance_id FROM exam_instances")
    with admin.session() as session:
        for (one,) in [*exams, *((uuid4(),) for _ in range(5))]:
            number = code_number(script_code(one))
            found = set(session.scalars(text("SELECT api.scripts_of_code(:number)"), {"number": number}))
            assert found == {exam for (exam,) in exams if script_code(exam) == script_code(one)}
    ((exam,),) = school.select("SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", script)
    with psycopg.connect(school.database.superuser_url) as connection:
        connection.execute(
            "INSERT INTO audit_logs (event_type, actor_user_id, actor_role, resource_type, resource_id, event_data)"
            " VALUES ('evaluation.moved', %s, 'admin', 'evaluation', %s,"
            ' \'{"reason": "ill", "login": "mv", "from": 3}\'), (\'exam.scored\', NULL, NULL, \'exam\', %s, NULL)',
            (admin.user_id, script, exam),
        )
    log = AuditLog(admin.session)
    for typed in (script_code(exam), str(exam)):
        rows = log.page(audit_search(typed, {}, UTC), None).rows
        assert {"evaluation.moved", "exam.scored"} <= {row.event for row in rows}
        assert {row.exam for row in rows} == {exam}
        assert {row.about for row in rows} == {script_code(exam)}
    (moved,) = log.page(audit_search(str(exam), {"what": "evaluation.moved"}, UTC), None).rows
    assert (moved.reason, moved.login, moved.rest, moved.role, moved.actor, moved.sealed) == (
        "ill", "mv", (("from", 3),), "admin", admin.user_id, False,
    )  # fmt: skip
    assert log.page(audit_search(script_code(exam), {"person": str(teacher.user_id)}, UTC), None).rows == ()
    assert log.page(audit_search("ZZ-ZZZ", {}, UTC), None).rows == ()
    school.execute("UPDATE subscription_plans SET monthly_price_paise = 31000 WHERE plan_type = 'basic'")
    (plan,) = log.page(audit_search("BAS", {}, UTC), None).rows
    assert (plan.record, plan.about, plan.event) == ("basic", "basic", "plan.changed")
    assert plan.differences == (Difference("monthly_price_paise", 29900, 31000),)
    told: list[tuple[int, int]] = []
    path = tmp_path / "log.csv"
    count = log.save(
        AuditSearch(kind="plan"), path, "Log", ["Entry", "Changes"],
        lambda entry: (entry.number, json.dumps([list(one) for one in entry.differences])),
        lambda done, all_: told.append((done, all_)),
        ExportNote("audit", {"what": "plan"}),
    )  # fmt: skip
    lines = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert len(lines) == count + 1
    assert [str(plan.number), '[["monthly_price_paise", 29900, 31000]]'] in lines
    assert told == [(0, 0)]


def test_the_check_says_how_far_the_chain_holds_and_what_is_not_sealed(school: School) -> None:
    admin = school.person("admin")
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    worker = make_engine(school.database.url_for("mv_worker", "worker"), application_name="mv-desktop test worker")
    log = AuditLog(admin.session)
    assert log.check(lambda *_: None).check.newest is None
    seal_audit(worker)
    worker.dispose()
    school.execute("INSERT INTO audit_logs (event_type) VALUES ('late')")
    told: list[tuple[int, int]] = []
    found = log.check(lambda *much: told.append(much))
    newest = log.page(AuditSearch(), None).rows
    assert found.unsealed == 1
    assert [row.sealed for row in newest[:2]] == [False, True]
    assert found.check.newest is not None
    assert found.check.newest.number == newest[1].number
    assert told[0][0] == 0
    assert told[0][1] >= found.check.sound

    class Stop(Exception):
        pass

    def stop(*_: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        log.check(stop)
    assert log.page(AuditSearch(), None).rows == newest  # the connection is free again
