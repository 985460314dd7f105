"""The calendar of a real server: holidays and hours change with the deadlines that move by them, or without."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.holiday import CalendarChange, Consequence, HolidayDraft, HoursChange
from mv_desktop.domain.holiday_import import Standing, offers, taken
from mv_desktop.offline.office.holiday import Holidays
from mv_desktop.offline.office.setting import Settings
from mv_desktop.services.assignment import extend_deadline
from mv_desktop.services.calendar import consequence, put_calendar
from mv_desktop.services.deadline import server_calendar
from tests.factories.marking import Person, School

WHY = "The state said so'); DROP TABLE holidays; --"


class Office:
    """An admin, a script that is due by the calendar, and one that was extended by hand."""

    def __init__(self, school: School) -> None:
        self.school, self.admin, self.teacher = school, school.person("admin"), school.person()
        self.holidays = Holidays(self.admin.session)
        self.plain, self.longer = school.script(self.teacher), school.script(self.teacher)
        with self.admin.session() as session:
            self.calendar = server_calendar(session)
        for script in (self.plain, self.longer):
            due = self.calendar.deadline(self.start(script), 48).due
            school.execute(
                "UPDATE evaluations SET sla_deadline = %s, sla_hours_allocated = 48 WHERE evaluation_id = %s",
                due,
                script,
            )
        extended = self.calendar.deadline(self.due(self.longer), 24).due
        with self.admin.session() as session:
            extend_deadline(session, self.longer, self.due(self.longer), extended, "she was ill")

    def start(self, script: UUID) -> datetime:
        ((at,),) = self.school.select(
            "SELECT received_at FROM evaluation_clock JOIN evaluations USING (exam_instance_id)"
            " WHERE evaluation_id = %s",
            script,
        )
        return at

    def due(self, script: UUID) -> datetime:
        ((at,),) = self.school.select("SELECT sla_deadline FROM evaluations WHERE evaluation_id = %s", script)
        return at

    @property
    def day(self) -> date:
        """A working day that both deadlines would have to get over."""
        return self.due(self.plain).astimezone(self.calendar.hours.zone).date()

    def new(self, day: date | None = None, name: str = "रथ यात्रा") -> CalendarChange:
        return CalendarChange(uuid4(), None, HolidayDraft(day or self.day, name))

    def count(self, table: str) -> int:
        ((number,),) = self.school.select(f"SELECT count(*) FROM {table}")
        return number


@pytest.fixture
def office(school: School) -> Office:
    return Office(school)


def test_deadlines_move_with_a_holiday_or_stay_as_it_is_chosen(office: Office, school: School) -> None:
    plain, longer, many = office.due(office.plain), office.due(office.longer), office.count("holidays")
    change = office.new()
    found = office.holidays.consequence([change])
    moving = {move.script.evaluation_id: move for move in found.moves}
    assert set(moving) == {office.plain, office.longer}
    assert moving[office.longer].script.by_hand
    assert not moving[office.plain].script.by_hand
    assert (office.due(office.plain), office.count("holidays")) == (plain, many)  # nothing is written by asking

    office.holidays.save([change], found.state, (), WHY)
    assert (office.due(office.plain), office.due(office.longer)) == (plain, longer)
    opened = office.holidays.open(change.key)
    assert opened.draft == change.draft
    away = CalendarChange(change.key, opened.seen, None)
    gone = office.holidays.consequence([away])
    assert office.plain not in {move.script.evaluation_id for move in gone.moves}  # it never moved
    office.holidays.save([away], gone.state, (), WHY)
    assert office.count("holidays") == many

    again = office.holidays.consequence([change])
    assert [move.after for move in again.moves] == [move.after for move in found.moves]
    office.holidays.save([change], again.state, again.possible, WHY)
    with office.admin.session() as session:
        after = server_calendar(session)
    assert office.due(office.plain) == after.deadline(office.start(office.plain), 48).due  # from scratch
    on_top = after.deadline(after.deadline(office.start(office.longer), 48).due, 24).due
    assert office.due(office.longer) == on_top
    assert school.select(
        "SELECT deadline_before, deadline_after, reason, changed_by FROM deadline_changes WHERE kind = 'moved'"
        " AND evaluation_id = %s", office.plain
    ) == [(plain, office.due(office.plain), WHY, office.admin.user_id)]  # fmt: skip
    assert school.select(
        "SELECT event_type, actor_user_id, event_data ->> 'reason', count(*)::int FROM audit_logs"
        " WHERE event_type IN ('holiday.created', 'holiday.deleted', 'evaluation.deadline_moved')"
        " GROUP BY 1, 2, 3 ORDER BY 1"
    ) == [
        ("evaluation.deadline_moved", office.admin.user_id, WHY, 2), ("holiday.created", office.admin.user_id, WHY, 2),
        ("holiday.deleted", office.admin.user_id, WHY, 1),
    ]  # fmt: skip
    (first,) = office.holidays.changes(change.key)[-1:]
    assert (first.event, first.reason) == ("holiday.created", WHY)
    assert [row.holiday_name for row in office.holidays.all() if row.holiday_id == change.key] == ["रथ यात्रा"]
    assert office.teacher.select("SELECT kind FROM deadline_changes WHERE evaluation_id = %s", office.plain) == [
        ("moved",)
    ]


def test_nothing_is_written_when_the_world_is_otherwise_than_it_was_seen(office: Office, school: School) -> None:
    other = Holidays(school.person("admin").session)
    many, plain, change = office.count("holidays"), office.due(office.plain), office.new()
    found = office.holidays.consequence([change])
    hers = office.new(date(2027, 3, 3), "Hers")
    other.save([hers], other.consequence([hers]).state, (), "faster")
    with pytest.raises(ConflictError, match="calendar was changed meanwhile"):
        office.holidays.save([change], found.state, found.possible, WHY)
    school.execute("UPDATE system_config SET updated_by = updated_by WHERE config_key = 'sla_working_hours'")
    found = office.holidays.consequence([change])
    for script_changes in (
        "UPDATE evaluations SET sla_deadline = sla_deadline + interval '1 second' WHERE evaluation_id = %s",
        "UPDATE evaluations SET assignment_version = assignment_version + 1 WHERE evaluation_id = %s",
    ):
        school.execute(script_changes, office.longer)
        with pytest.raises(ConflictError, match="has changed meanwhile"):
            office.holidays.save([change], found.state, found.possible, WHY)
        assert (office.count("holidays"), office.due(office.plain)) == (many + 1, plain)
        found = office.holidays.consequence([change])
    late = Consequence(found.state, tuple(replace(one, after=datetime.now(UTC) - timedelta(1)) for one in found.moves))
    with pytest.raises(RefusedError, match="in the past"):
        office.holidays.save([change], found.state, late.moves, WHY)
    twice = [change, office.new()]
    with pytest.raises(InvalidError, match="of this name on that day already"):
        office.holidays.save(twice, found.state, found.possible, WHY)
    with pytest.raises(ConflictError, match="has changed meanwhile"):  # a script twice
        office.holidays.save([change], found.state, (*found.possible, *found.possible), WHY)
    assert (office.count("holidays"), office.due(office.plain)) == (many + 1, plain)
    assert school.select("SELECT count(*) FROM deadline_changes WHERE kind = 'moved'") == [(0,)]
    with pytest.raises(RefusedError):
        office.holidays.open(uuid4())


def test_other_hours_are_weighed_like_a_holiday(office: Office) -> None:
    settings = Settings(office.admin.session)
    opened = settings.open("sla_working_hours")
    # A script comes in now, and its deadline is at that time of a later day: the half in which that is goes.
    early = office.due(office.plain).astimezone(office.calendar.hours.zone).hour < 13
    half = {"start": time(13)} if early else {"end": time(13)}
    stored = {name: f"{at:%H:%M}" for name, at in half.items()}
    shorter = replace(opened.draft, **half)
    found = settings.consequence(opened, shorter)
    assert office.plain in {move.script.evaluation_id for move in found.moves}
    settings.save_hours(opened, shorter, found.state, found.possible, WHY)
    with office.admin.session() as session:
        after = server_calendar(session)
        assert consequence(session, (), HoursChange(opened.seen, {**_hours(session), **stored})).moves == ()
    assert (after.hours.opens if early else after.hours.closes) == time(13)
    assert office.due(office.plain) == after.deadline(office.start(office.plain), 48).due
    with pytest.raises(ConflictError):
        settings.save_hours(opened, shorter, found.state, (), WHY)


def _hours(session) -> dict:
    from mv_desktop.services.setting import settings

    return dict(settings(session)["sla_working_hours"])


def test_of_two_admins_at_once_one_saves_and_the_other_is_told(office: Office, school: School) -> None:
    people = [office.admin, school.person("admin")]
    changes = [office.new(name=f"feast {number}") for number in range(2)]
    with office.admin.session() as session:
        found = consequence(session, changes[:1])
    start, outcomes = threading.Barrier(2), []

    def save(person: Person, change: CalendarChange) -> None:
        start.wait()
        try:
            with person.session() as session:
                outcomes.append(put_calendar(session, found.state, [change], found.possible, WHY))
        except ConflictError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=save, args=pair) for pair in zip(people, changes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(isinstance(one, ConflictError) for one in outcomes) == [False, True]
    assert school.select("SELECT count(*) FROM holidays WHERE holiday_name LIKE 'feast %%'") == [(1,)]
    assert school.select("SELECT count(*) FROM deadline_changes WHERE kind = 'moved'") == [(len(found.possible),)]


def test_the_gazetted_holidays_of_a_year_come_in_one_go_and_once(office: Office, school: School) -> None:
    many, year = office.holidays.all(), office.day.year
    offered = offers(office.holidays.gazetted(year, "MH", "hi"), many)
    assert {offer.standing for offer in offered} <= set(Standing)
    changes = tuple(CalendarChange(uuid4(), None, draft) for draft in taken(offered))
    found = office.holidays.consequence(changes)
    wrong = (*changes, CalendarChange(uuid4(), None, changes[0].draft))
    with pytest.raises(InvalidError):
        office.holidays.save(wrong, found.state, (), WHY)
    assert office.holidays.all() == many  # all or nothing
    office.holidays.save(changes, found.state, found.possible, WHY)
    after = office.holidays.all()
    assert set(many) < set(after)
    assert len(after) == len(many) + len(changes)
    names = {(row.holiday_date, row.holiday_name) for row in after}
    assert {(offer.day, offer.name) for offer in offered if offer.standing is not Standing.THERE} <= names
    assert taken(offers(office.holidays.gazetted(year, "MH", "hi"), after)) == ()
    assert dict(office.holidays.regions())["MH"] == "Maharashtra"
    assert school.select("SELECT count(*) FROM audit_logs WHERE event_type = 'holiday.created'") == [(len(changes),)]


ATTACKS = (
    "SELECT api.put_calendar('x', '[]', '[]', 'x')",
    "SELECT api.calendar_state()",
    "SELECT api._calendar_state()",
    "SELECT api._move_deadline(gen_random_uuid(), '{}', 'x')",
    "SELECT api._change_calendar('{}', 'x')",
)


def test_only_an_admin_changes_the_calendar_and_only_with_what_makes_sense(office: Office, school: School) -> None:
    for person in (office.teacher, school.person(is_coordinator=True), school.person()):
        for attack in ATTACKS:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                person.select(attack)
    for attack in ATTACKS[2:]:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            office.admin.select(attack)
    ((state,),) = office.admin.select("SELECT api.calendar_state()")
    many, key = office.count("holidays"), str(uuid4())
    good = {"kind": "holiday", "key": key, "seen": None, "values": {"holiday_date": "2026-12-01", "holiday_name": "x"}}
    hours = "sla_working_hours"
    wrong: list[tuple[object, object, str]] = [
        ({}, [], "malformed"),
        ([], [], "malformed"),
        ([good], {}, "malformed"),
        ([good], None, "malformed"),
        ([1], [], "malformed"),
        ([{**good, "kind": "plan", "key": "premium", "values": {"sla_hours": 24}}], [], "malformed"),
        ([{**good, "kind": "setting", "key": "max_login_attempts"}], [], "malformed"),
        ([{**good, "kind": "setting", "key": hours, "seen": "now", "values": {"config_value": 1}}], [], "malformed"),
        ([{**good, "key": "no id"}], [], "malformed"),
        ([{**good, "seen": "soon"}], [], "malformed"),
        ([{**good, "values": {"holiday_id": key}}], [], "not_writable"),
        ([{**good, "values": {"holiday_date": "2020-01-01", "holiday_name": "x"}}], [], "rule"),
        ([{**good, "values": None}], [], "unknown"),
        ([good] * 401, [], "malformed"),
        ([good], [{}], "unknown_script"),
        ([good], [{"evaluation": str(office.plain), "seen": "x"}], "malformed"),
        ([good], [_move(office, version=99)], "script_changed"),
        ([good], [_move(office, version=1, after="infinity")], "no_deadline"),
        ([good], [_move(office, version=1, after="2000-01-01")], "no_deadline"),
        ([good], [_move(office, version=1, after="2100-01-01")], "no_deadline"),
        ([good], [_move(office, version=1, after=office.due(office.plain).isoformat())], "no_deadline"),
    ]
    for changes, moving, why in wrong:
        ((answer,),) = office.admin.select(
            "SELECT api.put_calendar(%s, %s::jsonb, %s::jsonb, 'x')", state, json.dumps(changes),
            None if moving is None else json.dumps(moving),
        )  # fmt: skip
        assert answer["refused"] == why, (changes, moving)
    for reason in ("", "x" * 2001):
        with pytest.raises(psycopg.errors.InvalidParameterValue):
            office.admin.select("SELECT api.put_calendar(%s, '[]', '[]', %s)", state, reason)
    assert (office.count("holidays"), office.admin.select("SELECT api.calendar_state()")) == (many, [(state,)])


def _move(office: Office, **values: object) -> dict:
    return {"evaluation": str(office.plain), "seen": office.due(office.plain).isoformat(), **values}
