"""What admins write of records, and teachers of drafts: as real logins, refused ones, and two people at once."""

from __future__ import annotations

import json
import threading
from datetime import date, datetime
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.question import QuestionStatus
from mv_desktop.domain.setting import SETTING_SHAPES, parse_setting
from mv_desktop.services.question import own_drafts, put_question, set_question_status, withdraw_draft
from mv_desktop.services.record import RecordKind, delete_holiday, put_record, put_setting
from tests.factories.marking import School

WHY = "It was wrong'); DROP TABLE users; --"
NAUGHTY = "x'); DELETE FROM users; --"
CALLS = {
    "put_record": "('plan', 'premium', now(), '{\"display_name\": \"x\"}', 'x')",
    "delete_holiday": "(gen_random_uuid(), now(), 'x')",
    "set_question_status": "(gen_random_uuid(), now(), 'active', 'x')",
}
DRAFT = {
    "class": "X", "unit": "Algebra", "question_type": "SA", "marks": 3, "question_text": NAUGHTY, "tags": ["a", "b"],
    "scheme": {"answer": "x = 2", "steps": [{"text": "x", "marks": "3"}]},
}  # fmt: skip


@pytest.fixture
def admin(school: School):
    return school.person("admin")


@pytest.fixture
def asha(school: School):
    return school.person()


def seen(school: School, table: str, column: str, key: object) -> datetime:
    ((moment,),) = school.select(f"SELECT updated_at FROM {table} WHERE {column} = %s", key)
    return moment


def put(person, kind: RecordKind, key, when, values, reason: str | None = WHY):
    with person.session() as session:
        return put_record(session, kind, key, when, values, reason)  # type: ignore[arg-type]


def event(school: School, name: str) -> tuple:
    return school.select(
        "SELECT actor_user_id, event_data ->> 'reason', event_data -> 'changes', event_data -> 'hidden'"
        " FROM audit_logs WHERE event_type = %s ORDER BY log_seq DESC LIMIT 1", name
    )[0]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "role", "column", "value"),
    [
        (RecordKind.STUDENT, "student", "first_name", NAUGHTY),
        (RecordKind.STUDENT, "parent", "phone", "1"),
        (RecordKind.STAFF, "teacher", "last_name", NAUGHTY),
    ],
)
def test_names_are_written_and_told_without_what_is_a_childs(
    school, admin, kind, role: str, column: str, value
) -> None:
    with school.rows() as rows:
        user = rows.user(role)
    put(admin, kind, user, seen(school, "users", "user_id", user), {column: value})
    assert school.select(f"SELECT {column} FROM users WHERE user_id = %s", user) == [(value,)]
    who, why, changes, hidden = event(school, "user.changed")
    assert (who, why) == (admin.user_id, WHY)
    if kind is RecordKind.STUDENT:
        assert (changes, hidden) == ({}, [column])
    else:
        assert changes[column]["new"] == value


@pytest.mark.parametrize(
    "column",
    ["password_hash", "email", "role", "is_active", "is_coordinator", "user_id", "last_login_at", 'x" = 1; --', ""],
)
@pytest.mark.parametrize("kind", [RecordKind.STUDENT, RecordKind.STAFF])
def test_nothing_else_of_a_person_can_be_written(school, admin, kind, column: str) -> None:
    with school.rows() as rows:
        user = rows.user("student" if kind is RecordKind.STUDENT else "teacher")
    before = school.select("SELECT users::text FROM users ORDER BY user_id")
    for values in ({column: "x"}, {"first_name": "A", column: None}):
        with pytest.raises(RefusedError, match="cannot be changed here"):
            put(admin, kind, user, seen(school, "users", "user_id", user), values)
    assert school.select("SELECT users::text FROM users ORDER BY user_id") == before


def test_people_of_the_other_kind_names_of_blanks_and_nonsense_are_refused(school, admin, asha) -> None:
    when = seen(school, "users", "user_id", asha.user_id)
    for key in (asha.user_id, uuid4()):
        with pytest.raises(RefusedError, match="no such record"):
            put(admin, RecordKind.STUDENT, key, when, {"first_name": "A"})
    for values in ({}, {"first_name": " "}, {"first_name": None}, {"last_name": "x" * 101}, {"phone": "1" * 201_000}):
        with pytest.raises(InvalidError):
            put(admin, RecordKind.STAFF, asha.user_id, when, values)
    for key in ("no id", ""):
        with pytest.raises(InvalidError):
            put(admin, RecordKind.STAFF, key, when, {"first_name": "A"})
    for reason in ("", " \n", "x" * 2001, None):
        with pytest.raises(InvalidError):
            put(admin, RecordKind.STAFF, asha.user_id, when, {"first_name": "A"}, reason)
    with admin.session() as session, pytest.raises(InvalidError):
        put_record(session, "evaluation", asha.user_id, when, {"status": "completed"}, "x")  # type: ignore[arg-type]


def test_the_slower_is_told_who_was_faster(school, admin, asha) -> None:
    other = school.person("admin")
    when = seen(school, "users", "user_id", asha.user_id)
    after = put(admin, RecordKind.STAFF, asha.user_id, when, {"first_name": "Asha"})
    ((name,),) = school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", admin.user_id)
    for wrong in (when, None):
        with pytest.raises(ConflictError, match=name):
            put(other, RecordKind.STAFF, asha.user_id, wrong, {"first_name": "Usha"})
    put(other, RecordKind.STAFF, asha.user_id, after.updated_at, {"first_name": "Usha"})


def test_two_at_once_one_writes(school, admin, asha) -> None:
    when, outcomes, start = seen(school, "users", "user_id", asha.user_id), [], threading.Barrier(2)

    def write(person, name: str) -> None:
        start.wait()
        try:
            put(person, RecordKind.STAFF, asha.user_id, when, {"first_name": name})
            outcomes.append("done")
        except ConflictError:
            outcomes.append("slower")

    threads = [threading.Thread(target=write, args=p) for p in ((admin, "A"), (school.person("admin"), "B"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "slower"]


def test_plans_and_subscriptions_keep_their_rules(school, admin) -> None:
    when = seen(school, "subscription_plans", "plan_type", "premium")
    after = put(admin, RecordKind.PLAN, "premium", when, {"display_name": "Premium", "sla_hours": 24})
    who, why, changes, _ = event(school, "plan.changed")
    assert (who, why) == (admin.user_id, WHY)
    assert "display_name" in changes or "sla_hours" in changes
    assert school.select("SELECT count(*) FROM audit_logs WHERE event_type = 'plan.changed'") == [(1,)]
    with pytest.raises(ConflictError):
        put(admin, RecordKind.PLAN, "premium", when, {"sla_hours": 48})
    for values, words in (({"sla_hours": 25}, "ck_subscription_plans_sla_hours"), ({"display_name": None}, "rule")):
        with pytest.raises(InvalidError, match=words):
            put(admin, RecordKind.PLAN, "premium", after.updated_at, values)
    with pytest.raises(InvalidError):
        put(admin, RecordKind.PLAN, "gold", None, {"sla_hours": 24})
    with school.rows() as rows:
        subscription = rows.subscription()
    when = seen(school, "subscriptions", "subscription_id", subscription)
    with pytest.raises(RefusedError):
        put(admin, RecordKind.SUBSCRIPTION, subscription, when, {"amount_paid_paise": 0})
    put(admin, RecordKind.SUBSCRIPTION, subscription, when, {"status": "cancelled"})
    assert event(school, "subscription.changed")[2]["status"]["new"] == "cancelled"


def test_holidays_are_made_changed_and_deleted(school, admin) -> None:
    key = uuid4()
    made = put(admin, RecordKind.HOLIDAY, key, None, {"holiday_date": date(2026, 12, 25), "holiday_name": NAUGHTY})
    assert event(school, "holiday.created")[:2] == (admin.user_id, WHY)
    with pytest.raises(InvalidError, match="uq_holidays_date_name"):
        put(admin, RecordKind.HOLIDAY, uuid4(), None, {"holiday_date": date(2026, 12, 25), "holiday_name": NAUGHTY})
    with pytest.raises(RefusedError):
        put(admin, RecordKind.HOLIDAY, uuid4(), made.updated_at, {"holiday_name": "x"})
    changed = put(admin, RecordKind.HOLIDAY, key, made.updated_at, {"is_working_day": True})
    with admin.session() as session, pytest.raises(ConflictError):
        delete_holiday(session, key, made.updated_at, WHY)
    with admin.session() as session:
        delete_holiday(session, key, changed.updated_at, WHY)
    with admin.session() as session, pytest.raises(RefusedError):
        delete_holiday(session, key, changed.updated_at, WHY)
    assert event(school, "holiday.deleted")[:2] == (admin.user_id, WHY)


def test_templates_are_made_and_changed_but_not_what_old_exams_are_read_by(school, admin) -> None:
    key = uuid4()
    values = {"template_name": "Board", "class": "X", "exam_type": "board_exam", "config": {"sections": []}}
    made = put(admin, RecordKind.TEMPLATE, key, None, values)
    assert school.select("SELECT created_by FROM exam_templates WHERE template_id = %s", key) == [(admin.user_id,)]
    for column, value in (("class", "XII"), ("exam_type", "unit_practice"), ("created_by", str(admin.user_id))):
        with pytest.raises(RefusedError):
            put(admin, RecordKind.TEMPLATE, key, made.updated_at, {column: value})
    with pytest.raises(InvalidError):
        put(admin, RecordKind.TEMPLATE, key, made.updated_at, {"config": []})
    put(admin, RecordKind.TEMPLATE, key, made.updated_at, {"is_active": False})


SAMPLES = [
    None, True, 5, 5.0, 5.5, -1, 0, 100, 101, 1440, 1441, 10**30,
    "x", "5", "Asia/Kolkata", [], ["x"], ["tick"], ["tick", "x"], [1], [None], {},
    {"start": "09:00", "end": "17:00", "timezone": "Asia/Kolkata", "weekly_off": ["sunday"]},
    {"start": "09:00", "end": "17:00", "timezone": "Asia/Kolkata", "weekly_off": ["sunday"], "basis": "x", "y": 1},
    {"start": "09:00", "end": "17:00", "timezone": "Asia/Kolkata", "weekly_off": [1]},
    {"version": "1.4", "from": "2026-12-01", "message": {"en": "x"}},
    {"version": "1.4", "from": "2026-12-01", "message": {"en": "x", "hi": "", "bn": "x"}, "y": 1},
    {"version": "1.4", "from": "2026-02-30", "message": {"en": "x"}}, {"version": "1.4", "from": "2026-12-01"},
    {"version": "", "from": "", "message": {"en": "", "hi": ""}}, {"version": "", "from": 1, "message": {"en": ""}},
    {"version": "1", "from": "2026-12-01", "message": {"en": "x"}}, {"version": "1.4", "message": {"en": "x"}},
    {"version": 1.4, "from": "2026-12-01", "message": {"en": "x"}},
    {"version": "1.4", "from": "2026-12-01", "message": {"en": " "}},
    {"version": "1.4", "from": "2026-12-01", "message": {"en": "x" * 501}},
    {"version": "1.4", "from": "2026-12-01", "message": {"en": "x", "hi": 1}},
    {"start": 9, "end": "17:00", "timezone": "Asia/Kolkata", "weekly_off": []},
    {"start": "09:00", "end": "17:00", "timezone": "Asia/Kolkata", "weekly_off": [], "basis": None},
]  # fmt: skip


@pytest.mark.parametrize("key", sorted(set(SETTING_SHAPES) - {"operation_schema"}))
def test_the_server_knows_the_same_shapes_as_the_program(school, key: str) -> None:
    for sample in SAMPLES:
        try:
            parse_setting(key, sample)
            expected = None
        except InvalidError:
            expected = "malformed"
        answer = school.select("SELECT api._setting_fault(%s, %s::jsonb)", key, json.dumps(sample))
        assert answer == [(expected,)], sample


def test_another_time_to_lock_ends_idle_sessions_of_every_login_too(school, admin, asha) -> None:
    when = seen(school, "system_config", "config_key", "session_timeout_minutes")
    with admin.session() as session:
        put_setting(session, "session_timeout_minutes", when, 15, WHY)
    for person in (admin, asha):
        assert person.select("SHOW idle_session_timeout") == [("15min",)]


def test_settings_are_changed_by_shape(school, admin) -> None:
    when = seen(school, "system_config", "config_key", "max_login_attempts")
    with admin.session() as session:
        put_setting(session, "max_login_attempts", when, 7, WHY)
    assert school.select(
        "SELECT config_value, updated_by FROM system_config WHERE config_key = 'max_login_attempts'"
    ) == [(7, admin.user_id)]
    assert event(school, "setting.changed") == (
        admin.user_id, WHY, {
            "config_value": {"old": 5, "new": 7}, "updated_by": {"old": None, "new": str(admin.user_id)}
        }, None
    )  # fmt: skip
    with admin.session() as session, pytest.raises(ConflictError, match="has changed this"):
        put_setting(session, "max_login_attempts", when, 8, WHY)
    with admin.session() as session, pytest.raises(InvalidError):
        put_setting(session, "max_login_attempts", when, "8", WHY)
    for key, value in (("operation_schema", {"min": 1, "max": 99}), ("nonsense", 1), (NAUGHTY, 1)):
        with admin.session() as session, pytest.raises(RefusedError, match="no such setting"):
            put_setting(session, key, when, value, WHY)
    hours = {"start": "09:00", "end": "17:00", "timezone": "Nowhere/Land", "weekly_off": []}
    with admin.session() as session, pytest.raises(InvalidError):
        put_setting(session, "sla_working_hours", seen(school, "system_config", "config_key", "sla_working_hours"),
                    hours, WHY)  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_only_admins_write_records(school, asha, name: str) -> None:
    former = school.person("admin")
    school.execute("UPDATE users SET role = 'teacher' WHERE user_id = %s", former.user_id)
    for person in (asha, school.person(is_coordinator=True), former):
        with psycopg.connect(person.url) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"SELECT api.{name}{CALLS[name]}".encode())


def question(person, key, when, values, reason: str | None = None):
    with person.session() as session:
        return put_question(session, key, when, values, reason)


def drafts(person):
    with person.session() as session:
        return own_drafts(session)


def test_a_teacher_writes_drafts_of_her_own_only(school, asha) -> None:
    meera, key = school.person(), uuid4()
    made = question(asha, key, None, DRAFT)
    (draft,) = drafts(asha)
    assert (draft["question_text"], draft["scheme"], draft["status"]) == (NAUGHTY, DRAFT["scheme"], "draft")
    assert drafts(meera) == ()
    changed = question(asha, key, made.updated_at, {"question_text": "y", "scheme": {"answer": "y"}})
    assert changed.version == 1
    assert drafts(asha)[0]["scheme"] == {"answer": "y"}
    with pytest.raises(ConflictError):
        question(asha, key, made.updated_at, {"question_text": "z"})
    with pytest.raises(ConflictError):
        question(asha, key, None, DRAFT)
    for when in (changed.updated_at, None):
        with pytest.raises(RefusedError, match="no such record"):
            question(meera, key, when, DRAFT)
    with meera.session() as session, pytest.raises(RefusedError):
        withdraw_draft(session, key, changed.updated_at)
    for column in ("status", "created_by", "version", "question_id", "updated_at", "x'"):
        with pytest.raises(RefusedError, match="cannot be changed here"):
            question(asha, key, changed.updated_at, {column: "active"})
    for values in ({}, {"marks": 7}, {"marks": "x"}, {"scheme": []}, {"class": None}, {"question_type": "X"}):
        with pytest.raises(InvalidError):
            question(asha, key, changed.updated_at, values)
    with asha.session() as session:
        withdraw_draft(session, key, changed.updated_at)
    assert drafts(asha) == ()
    assert event(school, "question.withdrawn")[0] == asha.user_id


def test_an_admin_approves_archives_and_changes_and_versions_stay_known(school, asha, admin) -> None:
    key = uuid4()
    made = question(asha, key, None, DRAFT)

    def step(when, status, reason=WHY):
        with admin.session() as session:
            return set_question_status(session, key, when, status, reason).updated_at

    with pytest.raises(NotAllowedError), asha.session() as session:
        set_question_status(session, key, made.updated_at, QuestionStatus.ACTIVE, WHY)
    active = step(made.updated_at, QuestionStatus.ACTIVE)
    assert event(school, "question.approved")[:2] == (admin.user_id, WHY)
    assert asha.select("SELECT question_id FROM questions WHERE question_id = %s", key) == [(key,)]
    with pytest.raises(RefusedError, match="no draft any more"):
        question(asha, key, active, {"question_text": "x"})
    with asha.session() as session, pytest.raises(RefusedError, match="no draft any more"):
        withdraw_draft(session, key, active)
    with pytest.raises(ConflictError):
        step(made.updated_at, QuestionStatus.ARCHIVED)
    with pytest.raises(InvalidError):
        question(admin, key, active, {"question_text": "new"})  # an admin gives a reason
    after = question(admin, key, active, {"question_text": "new"}, WHY)
    assert after.version == 2
    after = question(admin, key, after.updated_at, {"scheme": {"answer": "z"}}, WHY)
    assert school.select("SELECT version, scheme ->> 'answer' FROM question_schemes ORDER BY 1") == [
        (1, "x = 2"), (2, "x = 2"), (3, "z")
    ]  # fmt: skip
    archived = step(after.updated_at, QuestionStatus.ARCHIVED)
    for status in (QuestionStatus.DRAFT, QuestionStatus.ARCHIVED, "lost", None):
        with pytest.raises(RefusedError, match="cannot go"):
            step(archived, status)
    step(archived, QuestionStatus.ACTIVE)
    with pytest.raises(RefusedError, match="no such record"):
        question(admin, uuid4(), archived, {"topic": "x"}, WHY)
