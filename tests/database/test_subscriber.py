"""Subscriptions as the office keeps them, on the real server."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import text

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError
from mv_desktop.domain.family import StudentDraft
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.subscriber import SubscriptionDraft
from mv_desktop.domain.subscription import BillingCycle, PlanType, SubscriptionStatus
from mv_desktop.offline.office.family import Students
from mv_desktop.offline.office.subscriber import Subscribers
from tests.factories.marking import School

WHY = "paid'); DROP TABLE users; --"
JULY = SubscriptionDraft(
    " UMA@home.example", PlanType.PREMIUM, date(2026, 7, 1), date(2026, 7, 31), BillingCycle.MONTHLY, 1, 99900
)


def test_one_is_begun_with_its_plan_s_limits_changed_cancelled_and_another_is_named(school: School) -> None:
    admin, other = school.person("admin"), school.person("admin")
    uma = Students(admin.session).add(StudentDraft("Uma", "Das", "uma@home.example", "X", "", "", ""), WHY)
    sold = Subscribers(admin.session)
    key = sold.start(JULY, WHY)
    opened = sold.open(key)
    assert opened.draft == replace(
        JULY, email="uma@home.example", student="Uma Das", exams_limit_per_month=50,
        teacher_hours_limit=Decimal("1.00"),
    )  # fmt: skip
    listed = sold.page(Wanted("das uma"), None).rows
    assert [(one.subscription_id, one.plan) for one in listed] == [(key, "Premium Plan")]
    august = replace(JULY, plan_type=PlanType.CENTUM, start_date=date(2026, 7, 31), end_date=date(2026, 8, 30))
    with pytest.raises(InvalidError, match="Premium Plan runs from 01/07/2026 to 31/07/2026 already"):
        sold.start(august, WHY)
    with pytest.raises(InvalidError, match="No student has the address"):
        sold.start(replace(JULY, email="nobody@home.example"), WHY)
    next_key = sold.start(replace(august, start_date=date(2026, 8, 1)), WHY)
    assert [one.plan for one in sold.open(key).draft.others] == ["Plan Centum"]
    with pytest.raises(InvalidError, match="Plan Centum runs from 01/08/2026 to 30/08/2026 already"):
        sold.save(opened, replace(opened.draft, end_date=date(2026, 8, 1)), WHY)
    sold.save(opened, replace(opened.draft, consultation=Decimal("0.5")), "consulted")
    with pytest.raises(ConflictError):
        Subscribers(other.session).save(opened, replace(opened.draft, consultation=Decimal(1)), WHY)
    now = sold.open(key)
    assert (now.draft.teacher_hours_used, now.draft.consultation) == (Decimal("0.50"), None)
    sold.cancel(now, "moved away")
    assert sold.open(key).draft.status is SubscriptionStatus.CANCELLED
    assert [change.reason for change in sold.changes(key)] == ["moved away", "consulted", WHY]
    found = sold.page(Wanted("", {"status": "active", "plan": "centum"}), None).rows
    assert [one.subscription_id for one in found] == [next_key]
    assert school.select("SELECT count(*) FROM subscriptions WHERE student_user_id = %s", uma) == [(2,)]


def test_lists_come_piece_by_piece_from_an_index_and_what_does_not_fit_is_refused(school: School) -> None:
    admin, coordinator = school.person("admin"), school.person(is_coordinator=True)
    school.execute(
        "WITH made AS (INSERT INTO users (email, password_hash, role, first_name, last_name, student_class)"
        " SELECT 's' || n || '@home.example', '!', 'student', 'F' || n, 'L' || n, 'X' FROM generate_series(1, 3000) n"
        " RETURNING user_id, first_name) INSERT INTO subscriptions (student_user_id, plan_type, start_date, end_date,"
        " billing_cycle, exams_limit_per_month, billing_day_of_month, amount_paid_paise)"
        " SELECT user_id, 'basic', date '2026-01-01' + length(first_name), '2026-12-31', 'annual', 5, 1, 1 FROM made"
    )
    with psycopg.connect(school.database.owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE users, subscriptions")

        def plan(words: str) -> str:
            ((query,),) = connection.execute("SELECT api._subscriptions_query(%s, '{}', NULL, 51)", (words,)).fetchall()
            return "\n".join(line for (line,) in connection.execute("EXPLAIN " + query).fetchall())

        assert "ix_subscriptions_start" in plan("")
        assert "ix_users_words" in plan("s2999@home")
    sold = Subscribers(admin.session)
    seen: list[object] = []
    piece = sold.page(Wanted("home"), None)
    while piece.rows:
        seen += [(-row.start_date.toordinal(), str(row.subscription_id)) for row in piece.rows]
        piece = sold.page(Wanted("home"), piece.rows[-1].subscription_id)
    assert len(seen) == len(set(seen)) == 3000
    assert seen == sorted(seen)  # type: ignore[type-var]
    with admin.session() as session:
        for values, why in (
            ({"plan_type": "gold"}, "malformed"),
            ({"exams_limit_per_month": 900}, "not_writable"),
            ({"plan_type": "basic", "start_date": "2027-01-01", "end_date": "2026-01-01"}, "rule"),
            ({"plan_type": "basic", "amount_paid_paise": -1}, "malformed"),
        ):
            answer = session.scalar(
                text("SELECT api.start_subscription('s1@home.example', CAST(:values AS jsonb), 'x')"),
                {"values": json.dumps(values)},
            )
            assert answer["refused"] == why, values
    for call in ("api.subscriptions('', '{}', NULL, 10)", "api.start_subscription('s1@home.example', '{}', 'x')"):
        with pytest.raises(NotAllowedError), coordinator.session() as session:
            session.execute(text(f"SELECT {call}"))
