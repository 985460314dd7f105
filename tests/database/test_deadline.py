"""Deadlines by the working hours and holidays that a server holds."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import psycopg
import pytest

from mv_desktop.cli import main
from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.deadline import explain, server_calendar, shipped_calendar
from tests.factories.marking import School
from tests.fakes.server import CloneDatabase

THURSDAY = "2026-01-22T17:00"


def _write(database: CloneDatabase, query: str) -> None:
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(query)


def test_fresh_server_has_the_calendar_that_ships(database: CloneDatabase) -> None:
    engine = make_engine(database.owner_url, application_name="mv-desktop test")
    with open_session(engine) as session:
        server = server_calendar(session)
    engine.dispose()
    shipped = shipped_calendar()
    assert server.hours == shipped.hours
    start = datetime.fromisoformat("2025-01-01T12:00+05:30")
    for day in range(0, 730, 5):
        received = start + timedelta(days=day)
        assert server.deadline(received, 48) == shipped.deadline(received, 48)


def test_holiday_of_the_server_moves_the_deadline_and_is_named(database: CloneDatabase) -> None:
    before = explain(THURSDAY, 24, database.owner_url).as_json()
    _write(database, "INSERT INTO holidays (holiday_date, holiday_name) VALUES ('2026-01-23', 'School feast')")
    after = explain(THURSDAY, 24, database.owner_url).as_json()
    assert (before["deadline"], before["source"]) == ("2026-01-23T17:00:00+05:30", "server")
    assert after["deadline"] == "2026-01-24T17:00:00+05:30"
    assert after["skipped"] == [{"date": "2026-01-23", "reason": "School feast"}]


def test_working_hours_of_the_server_count(database: CloneDatabase) -> None:
    _write(
        database,
        'UPDATE system_config SET config_value = config_value || \'{"basis": "working_hour"}\''
        " WHERE config_key = 'sla_working_hours'",
    )
    answer = explain("2026-01-23T17:00", 24, database.owner_url).as_json()
    assert (answer["basis"], answer["working_hours_allowed"]) == ("working_hour", 24)
    assert answer["deadline"] == "2026-01-28T14:00:00+05:30"


def test_working_hours_that_make_no_sense_are_told(database: CloneDatabase) -> None:
    _write(
        database,
        'UPDATE system_config SET config_value = config_value || \'{"end": "08:00"}\''
        " WHERE config_key = 'sla_working_hours'",
    )
    with pytest.raises(InvalidError, match="leaves no working time"):
        explain(THURSDAY, 24, database.owner_url)


def test_command_asks_the_named_server(database: CloneDatabase, monkeypatch, capsys) -> None:
    _write(database, "INSERT INTO holidays (holiday_date, holiday_name) VALUES ('2026-01-23', 'School feast')")
    monkeypatch.setenv("MV_DATABASE_URL", database.owner_url)
    assert main(["sla", "explain", "--received", THURSDAY, "--hours", "24", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["source"], answer["deadline"]) == ("server", "2026-01-24T17:00:00+05:30")


def test_teacher_may_ask_and_a_wrong_password_may_not(school: School) -> None:
    teacher = school.person()
    assert explain(THURSDAY, 24, teacher.url).source == "server"
    with pytest.raises(NotAllowedError, match="e-mail address or the password is wrong"):
        explain(THURSDAY, 24, school.database.url_for(teacher.login, "guess"))
