"""Subscriptions as the office keeps them, on the real server."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import text

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError
from mv_desktop.domain.consultation import Consultation
from mv_desktop.domain.family import StudentDraft
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.subscriber import SubscriptionDraft
from mv_desktop.domain.subscription import BillingCycle, PlanType, SubscriptionStatus, month_began
from mv_desktop.offline.office.family import Students
from mv_desktop.offline.office.subscriber import Subscribers
from mv_desktop.services.family import student_data
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
        JULY, email="uma@home.example", student="Uma Das", student_id=uma, exams_limit_per_month=50,
        teacher_hours_limit=Decimal("1.00"), today=opened.draft.today, billing_today=opened.draft.billing_today,
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
    with pytest.raises(ConflictError):
        Subscribers(other.session).save(
            replace(opened, seen=opened.seen - timedelta(1)), replace(opened.draft, exams_used_this_month=1), WHY
        )
    sold.cancel(sold.open(key), "moved away")
    assert sold.open(key).draft.status is SubscriptionStatus.CANCELLED
    assert [change.reason for change in sold.changes(key)] == ["moved away", WHY]
    found = sold.page(Wanted("", {"status": "active", "plan": "centum"}), None).rows
    assert [one.subscription_id for one in found] == [next_key]
    assert school.select("SELECT count(*) FROM subscriptions WHERE student_user_id = %s", uma) == [(2,)]


def test_consultations_count_in_their_month_and_are_put_right_and_taken_away_as_a_whole(school: School) -> None:
    admin, other, asha = school.person("admin"), school.person("admin"), school.person()
    uma = Students(admin.session).add(StudentDraft("Uma", "Das", "uma@home.example", "X", "", "", ""), WHY)
    sold = Subscribers(admin.session)
    ((today,),) = school.select("SELECT api._billing_day(now())")
    first = month_began(today, 1)
    year = replace(JULY, start_date=first - timedelta(days=90), end_date=first + timedelta(days=90))
    key = sold.start(year, WHY)
    school.execute(
        "UPDATE subscriptions SET exams_used_this_month = 3, last_counter_reset_date = NULL"
        " WHERE subscription_id = %s", key
    )  # fmt: skip
    opened = sold.open(key)
    now, late = Consultation(first, asha.email, Decimal("0.75"), "Limits"), first - timedelta(days=40)
    before = Consultation(late, f" {asha.email.upper()}", Decimal(3), "Late'); DROP TABLE users; --")
    for wrong, why in (
        (replace(now, teacher="uma@home.example"), "Nobody of the staff has the address uma"),
        (replace(now, held_on=first - timedelta(days=91)), "does not run"),
        (replace(now, held_on=first + timedelta(days=60)), "still to come"),
        (replace(now, hours=Decimal(25)), "ck_consultations_hours"),
    ):
        with pytest.raises(InvalidError, match=why):
            sold.save(opened, replace(opened.draft, exams_limit_per_month=9, consultations=(before, wrong)), WHY)
    assert sold.open(key) == opened  # all or nothing
    sold.save(opened, replace(opened.draft, consultations=(now, before)), "two")
    found = sold.open(key)
    # a month that nobody had begun began with it, and what was late does not count in it
    assert (found.draft.hours_used, found.draft.exams_used_this_month) == (Decimal("0.75"), 0)
    assert found.draft.consultations == (now, replace(before, teacher=asha.email))
    assert found.draft.over() == ((month_began(late, 1), Decimal(3)),)
    with pytest.raises(ConflictError):
        Subscribers(other.session).save(opened, replace(opened.draft, consultations=(now,)), WHY)
    assert sold.page(Wanted("", {"hours": "over"}), None).rows == ()
    sold.save(
        found,
        replace(found.draft, consultations=(replace(now, hours=Decimal("1.5")), *found.draft.consultations[1:])),
        "longer",
    )
    over = sold.page(Wanted("", {"hours": "over"}), None).rows
    assert [(one.subscription_id, one.hours_used, one.hours_limit) for one in over] == [
        (key, Decimal("1.5"), Decimal(1))
    ]
    assert school.select("SELECT count(*) FROM consultations") == [(2,)]
    with admin.session() as session:
        data = student_data(session, uma, "asked")
    assert [(one["hours"], one["note"]) for one in data["subscriptions"][0]["consultations"]] == [
        (3.0, before.note), (1.5, "Limits"),
    ]  # fmt: skip
    assert asha.email not in json.dumps(data)
    found = sold.open(key)
    sold.save(found, replace(found.draft, consultations=found.draft.consultations[1:]), "was another's")
    assert sold.open(key).draft.hours_used == 0
    changes = {change.reason: change for change in sold.changes(key)}
    (difference,) = [one for one in changes["longer"].differences if one.column == "consultations"]
    ((name,),) = school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", asha.user_id)
    assert (difference.before, difference.after) == (f"{first}  {name}  0.75 h", f"{first}  {name}  1.5 h")
    assert {change.event for change in changes.values()} >= {"subscription.created", "subscription.consulted"}
    school.execute("UPDATE consultations SET hours = 2")  # past the function it is told all the same
    ((events,),) = school.select("SELECT array_agg(event_type) FROM audit_logs WHERE event_type LIKE 'consultation.%%'")
    assert events == ["consultation.changed"]
    students = Students(admin.session)
    students.anonymise(students.open(uma), WHY)
    assert school.select("SELECT note FROM consultations") == [("",)]
    ((log,),) = school.select("SELECT string_agg(event_data::text, ' ') FROM audit_logs")
    assert not [word for word in ("Limits", "Late'") if word in log]
    with admin.session() as session:
        for put, gone, why in (
            ("{}", "{}", "malformed"), ('[{"held_on": "soon"}]', "{}", "malformed"),
            ("[]", "{00000000-0000-0000-0000-000000000001}", "unknown"),
        ):  # fmt: skip
            ((seen,),) = school.select("SELECT updated_at FROM subscriptions")
            answer = session.scalar(
                text("SELECT api.put_consultations(:key, :seen, CAST(:put AS jsonb), CAST(:gone AS uuid[]), 'x')"),
                {"key": key, "seen": seen, "put": put, "gone": gone},
            )
            assert answer["refused"] == why, put


def test_the_hours_of_a_month_are_the_sum_of_its_consultations_whatever_happens_to_the_subscription(
    school: School,
) -> None:
    admin, asha = school.person("admin"), school.person()
    Students(admin.session).add(StudentDraft("Uma", "Das", "uma@home.example", "X", "", "", ""), WHY)
    sold = Subscribers(admin.session)
    ((before,),) = school.select("SELECT config_value FROM system_config WHERE config_key = 'sla_working_hours'")
    # half past midnight of a day that every month has, told by a zone of its own
    first = datetime.now(UTC).date()
    first += timedelta(days=4 if first.day > 28 else 0)

    def turn_clock(minutes: int) -> None:
        """It is so many minutes past midnight of that day now, where the school works."""
        ahead = datetime.combine(first, time(), UTC) + timedelta(minutes=minutes) - datetime.now(UTC)
        total = round(ahead.total_seconds() / 60)
        zone = f"XXX{'+' if total < 0 else '-'}{abs(total) // 60}:{abs(total) % 60:02}"  # the other way round, by POSIX
        school.execute(
            "UPDATE system_config SET config_value = %s::jsonb WHERE config_key = 'sla_working_hours'",
            json.dumps(before | {"timezone": zone}),
        )

    def agree(hours: str) -> None:
        """On the form, in the list, in what a student is told, in the column, and by a sum of the test's own."""
        draft, (row,) = sold.open(key).draft, sold.page(Wanted("uma"), None).rows
        ((column, summed),) = school.select(
            "SELECT s.teacher_hours_used, (SELECT coalesce(sum(hours), 0) FROM consultations"
            " WHERE date_trunc('month', held_on - (billing_day_of_month - 1))"
            "     = date_trunc('month', (d.here - interval '1 hour')::date - (billing_day_of_month - 1)))"
            " FROM subscriptions s, (SELECT now() AT TIME ZONE (config_value ->> 'timezone') AS here FROM system_config"
            " WHERE config_key = 'sla_working_hours') d"
        )
        with admin.session() as session:
            told = student_data(session, uma, "asked")["subscriptions"][0]["teacher_hours_used"]
        assert {draft.hours_used, row.hours_used, column, summed, Decimal(str(told))} == {Decimal(hours)}

    turn_clock(30)
    key = sold.start(replace(
        JULY, start_date=first - timedelta(days=90), end_date=first + timedelta(days=90), billing_day_of_month=first.day
    ), WHY)  # fmt: skip
    ((uma,),) = school.select("SELECT student_user_id FROM subscriptions")
    now = Consultation(first, asha.email, Decimal("1.5"))
    late = Consultation(first - timedelta(days=3), asha.email, Decimal(4))
    opened = sold.open(key)
    sold.save(opened, replace(opened.draft, consultations=(now,)), "in the first hour")
    agree("0")  # the month of that day begins at 01:00
    turn_clock(90)
    school.select("SELECT api.begin_months(10, now())")
    agree("1.5")
    opened = sold.open(key)
    sold.save(opened, replace(opened.draft, consultations=(now, late)), "and one of the month before")
    agree("1.5")
    opened = sold.open(key)
    other_day = min((first - timedelta(days=5)).day, 28)
    sold.save(opened, replace(opened.draft, billing_day_of_month=other_day), "another billing day")
    agree("5.5")
    assert [one.subscription_id for one in sold.page(Wanted("", {"hours": "over"}), None).rows] == [key]

    sold.cancel(sold.open(key), "moved away")
    school.execute("UPDATE subscriptions SET last_counter_reset_date = %s", first - timedelta(days=80))
    opened = sold.open(key)
    sold.save(opened, replace(opened.draft, status=SubscriptionStatus.ACTIVE), "is back")
    school.select("SELECT api.begin_months(10, now())")  # the month begins, and has what was in it
    agree("5.5")
    school.execute("UPDATE subscriptions SET teacher_hours_used = 9")  # whatever is written there
    agree("5.5")
    school.execute("UPDATE consultations SET hours = 2 WHERE hours = 4")
    agree("3.5")
    school.execute("DELETE FROM consultations")
    agree("0")


def test_lists_come_piece_by_piece_from_an_index_and_what_does_not_fit_is_refused(school: School) -> None:
    admin, coordinator = school.person("admin"), school.person(is_coordinator=True)
    school.execute(
        "WITH made AS (INSERT INTO users (email, password_hash, role, first_name, last_name, student_class)"
        " SELECT 's' || n || '@home.example', '!', 'student', 'F' || n, 'L' || n, 'X' FROM generate_series(1, 3000) n"
        " RETURNING user_id, first_name) INSERT INTO subscriptions (student_user_id, plan_type, start_date, end_date,"
        " billing_cycle, exams_limit_per_month, billing_day_of_month, amount_paid_paise)"
        " SELECT user_id, 'basic', date '2026-01-01' + length(first_name), '2026-12-31', 'annual', 5, 1, 1 FROM made"
    )
    school.execute(
        "INSERT INTO consultations (subscription_id, teacher_user_id, held_on, hours)"
        " SELECT subscription_id, student_user_id, start_date + n, 1 FROM subscriptions, generate_series(1, 200, 20) n"
    )
    with psycopg.connect(school.database.owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE users, subscriptions, consultations")

        def plan(words: str, choices: str = "{}") -> str:
            ((query,),) = connection.execute(
                "SELECT api._subscriptions_query(%s, %s::jsonb, NULL, 51)", (words, choices)
            ).fetchall()
            return "\n".join(line for (line,) in connection.execute("EXPLAIN " + query).fetchall())

        assert "ix_subscriptions_start" in plan("")
        assert "ix_users_words" in plan("s2999@home")
        ((over,),) = connection.execute(
            "SELECT prosrc FROM pg_proc WHERE oid = 'api._over_hours(date)'::regprocedure"
        ).fetchall()
        explained = connection.execute("EXPLAIN " + over.replace("p_day", "date '2026-08-10'")).fetchall()
        assert "ix_consultations_day" in str(explained)
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
    for call in (
        "api.subscriptions('', '{}', NULL, 10)",
        "api.put_consultations(gen_random_uuid(), now(), '[]', '{}', 'x')",
        "api.start_subscription('s1@home.example', '{}', 'x')",
    ):
        with pytest.raises(NotAllowedError), coordinator.session() as session:
            session.execute(text(f"SELECT {call}"))


def test_through_what_it_was_paid_is_read(school: School) -> None:
    admin = school.person("admin")
    with school.rows() as rows:
        key = rows.subscription(payment_gateway="razorpay", payment_gateway_ref="pay_29QQ")
    draft = Subscribers(admin.session).open(key).draft
    assert (draft.payment_gateway, draft.payment_ref) == ("razorpay", "pay_29QQ")
