"""The reference data of migrations 002 and 003: complete, repeatable, and taken away without touching others' rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy.exc import IntegrityError

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.paths import resource
from mv_desktop.domain.setting import SETTING_SHAPES, parse_setting
from mv_desktop.services.migration import downgrade, migrate
from tests.factories.rows import Rows
from tests.fakes.server import CloneDatabase

PLANS = {
    # display name, exams, hours, board, section, unit, mcq, leaderboard, SLA hours, month and year in paise
    "basic": ("Basic Plan", 5, Decimal(1), True, True, False, True, False, 48, 29_900, 299_900),
    "premium_mcq": ("Premium MCQ", 15, Decimal(0), False, False, False, True, False, 48, 49_900, 499_900),
    "premium": ("Premium Plan", 50, Decimal(1), True, True, True, True, True, 48, 99_900, 999_900),
    "centum": ("Plan Centum", 50, None, True, True, True, True, True, 24, 149_900, 1_499_900),
}
OF_003 = {
    "anonymous_marking": True,
    "recovery_public_key": None,
    "operation_schema": {"min": 1, "max": 3},
    "max_pages_per_script": 100,
    "max_page_megapixels": 60,
}
OF_032 = {"sample_first": 5, "sample_percent": 2, "sample_tolerance": "0.5", "sample_tolerance_long": "1"}
OF_046 = {"minimum_program": {"version": "", "from": "", "message": {"en": "", "hi": ""}}}
SEEDED = ("subscription_plans", "holidays", "system_config")


def _holidays() -> set[tuple[date, str, str | None, bool]]:
    with resource("reference", "holidays.csv").open(encoding="utf-8", newline="") as file:
        return {
            (date.fromisoformat(row["holiday_date"]), row["holiday_name"], row["holiday_type"], False)
            for row in csv.DictReader(file)
        }


def _settings() -> dict[str, tuple[object, str]]:
    rows = json.loads(resource("reference", "system_config.json").read_text(encoding="utf-8"))
    return {row["key"]: (row["value"], row["about"]) for row in rows}


def _seeded(database: CloneDatabase) -> dict[str, list[dict[str, object]]]:
    """All rows of the seeded tables, without the moments of writing."""
    with psycopg.connect(database.owner_url, row_factory=dict_row) as connection:
        found = {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in SEEDED}
    return {
        table: [{name: value for name, value in row.items() if not name.endswith("ed_at")} for row in rows]
        for table, rows in found.items()
    }


@pytest.fixture
def at_001(empty_database: Callable[[], CloneDatabase]) -> CloneDatabase:
    """A database before the seed."""
    database = empty_database()
    migrate(database.owner_url, "001")
    return database


def test_the_four_plans_are_sold_as_agreed(owner):
    found = owner.execute(
        "SELECT plan_type::text, display_name, exams_per_month, teacher_hours_per_month, allow_board_exam,"
        " allow_section_practice, allow_unit_practice, allow_mcq_only, leaderboard_eligible, sla_hours,"
        " monthly_price_paise, annual_price_paise FROM subscription_plans WHERE is_active"
    ).fetchall()
    assert {plan: values for plan, *values in found} == {plan: list(values) for plan, values in PLANS.items()}


def test_the_26_holidays_are_there(owner):
    found = owner.execute("SELECT holiday_date, holiday_name, holiday_type, is_working_day FROM holidays").fetchall()
    assert len(found) == 26
    assert set(found) == _holidays()
    assert {(date(2025, 10, 2), name, "national", False) for name in ("Gandhi Jayanti", "Dussehra")} <= set(found)


def test_the_settings_that_revisions_bring_are_there(owner):
    found = {
        key: (value, about)
        for key, value, about in owner.execute("SELECT config_key, config_value, description FROM system_config")
    }
    shipped = _settings()
    assert len(shipped) == 18
    assert {key: found[key] for key in shipped} == shipped
    assert {key: value for key, (value, _) in found.items() if key not in shipped} == OF_003 | OF_032 | OF_046
    assert all(about for _, about in found.values())


def test_every_seeded_setting_has_the_shape_that_the_program_reads(owner):
    found = owner.execute("SELECT config_key, config_value FROM system_config").fetchall()
    assert {key for key, _ in found} == set(SETTING_SHAPES)
    for key, value in found:
        parse_setting(key, value)
        with pytest.raises(InvalidError):
            parse_setting(key, {"neither": "nor"})


def test_seeding_again_changes_nothing(at_001: CloneDatabase) -> None:
    migrate(at_001.owner_url, "002")
    first = _seeded(at_001)
    assert {table: len(rows) for table, rows in first.items()} == {
        "subscription_plans": 4,
        "holidays": 26,
        "system_config": 18,
    }
    with psycopg.connect(at_001.owner_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '001'")
    migrate(at_001.owner_url, "002")
    assert _seeded(at_001) == first


def test_what_somebody_set_before_stays_as_it_was(at_001: CloneDatabase) -> None:
    with psycopg.connect(at_001.owner_url) as connection:
        rows = Rows(connection)
        rows.setting(config_key="leaderboard_top_n", config_value={"of": "theirs"})
        theirs = rows.holiday(holiday_date=date(2026, 1, 26), holiday_name="Republic Day", holiday_type="theirs")
        rows.insert("subscription_plans", plan_type="basic", display_name="Theirs", exams_per_month=1, sla_hours=24)
    migrate(at_001.owner_url)
    with psycopg.connect(at_001.owner_url) as connection:
        for query, value in (
            ("SELECT config_value FROM system_config WHERE config_key = 'leaderboard_top_n'", {"of": "theirs"}),
            ("SELECT holiday_id FROM holidays WHERE holiday_date = '2026-01-26'", theirs),
            ("SELECT display_name FROM subscription_plans WHERE plan_type = 'basic'", "Theirs"),
        ):
            assert connection.execute(query.encode()).fetchall() == [(value,)]
    assert {table: len(rows) for table, rows in _seeded(at_001).items()} == {
        "subscription_plans": 4,
        "holidays": 26,
        "system_config": 28,
    }


def test_the_downgrade_takes_its_own_rows_and_leaves_others(at_001: CloneDatabase) -> None:
    with psycopg.connect(at_001.owner_url) as connection:
        rows = Rows(connection)
        # The same day and name as a shipped one, entered by hand before: theirs.
        before = rows.holiday(holiday_date=date(2026, 1, 26), holiday_name="Republic Day")
    migrate(at_001.owner_url)
    with psycopg.connect(at_001.owner_url) as connection:
        rows = Rows(connection)
        after = rows.holiday(holiday_date=date(2026, 10, 2), holiday_name="Annual day")
        rows.setting(config_key="added_later")
    downgrade(at_001.owner_url, "002")
    assert {row["config_key"] for row in _seeded(at_001)["system_config"]} == {*_settings(), "added_later"}
    downgrade(at_001.owner_url, "001")
    left = _seeded(at_001)
    assert left["subscription_plans"] == []
    assert {row["holiday_id"] for row in left["holidays"]} == {before, after}
    assert [row["config_key"] for row in left["system_config"]] == ["added_later"]


def test_a_plan_that_somebody_bought_stops_the_downgrade_and_nothing_is_lost(at_001: CloneDatabase) -> None:
    migrate(at_001.owner_url, "002")
    with psycopg.connect(at_001.owner_url) as connection:
        Rows(connection).subscription()
    before = _seeded(at_001)
    with pytest.raises(IntegrityError, match="fk_subscriptions_plan_type"):
        downgrade(at_001.owner_url, "001")
    assert _seeded(at_001) == before
