"""Students and parents: entered, joined, told of and made anonymous, on the real server."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.family import ParentDraft, StudentDraft
from mv_desktop.domain.person import RelationshipType
from mv_desktop.domain.record import Wanted
from mv_desktop.offline.office.family import Parents, Students
from mv_desktop.services.family import RowRefusedError, add_many, open_parents, open_students, remove
from mv_desktop.services.people import known_people
from tests.factories.marking import School

WHY = "They asked'); DROP TABLE users; --"
UMA = StudentDraft("Uma", "Das", "uma@home.example", "X", "+91 12345", "Hill School", "")


def test_a_family_is_entered_changed_and_joined_and_of_two_admins_none_overwrites_the_other(school: School) -> None:
    admin, other = school.person("admin"), school.person("admin")
    students, parents = Students(admin.session), Parents(admin.session)
    mum = parents.add(ParentDraft("Mira", "Das", "mum@home.example", ""), WHY)
    uma = students.add(replace(UMA, parents="MUM@home.example mother first"), WHY)
    assert school.select("SELECT password_hash, role::text FROM users WHERE user_id = %s", uma) == [("!", "student")]
    opened = students.open(uma)
    assert opened.draft == replace(UMA, parents="mum@home.example mother first", parent_names=("Mira Das",))
    assert parents.open(mum).draft.children == (("Uma Das", RelationshipType.MOTHER),)
    with pytest.raises(InvalidError, match="already"):
        students.add(replace(UMA, email="MUM@home.example"), WHY)
    with pytest.raises(InvalidError, match=r"No parent has the address dad@home\.example"):
        students.save(opened, replace(opened.draft, first_name="Umi", parents="dad@home.example father"), WHY)
    assert students.open(uma) == opened  # all or nothing
    parents.add(ParentDraft("Dev", "Das", "dad@home.example", ""), WHY)
    lines = "dad@home.example father first\nmum@home.example mother"
    students.save(opened, replace(opened.draft, phone="", student_class="XII", parents=lines), WHY)
    now = students.open(uma)
    assert (now.draft.phone, now.draft.student_class, now.draft.parents) == ("", "XII", lines)
    with pytest.raises(ConflictError):
        Students(other.session).save(opened, replace(opened.draft, parents=""), "too late")
    students.save(now, replace(now.draft, parents=""), WHY)
    assert school.select("SELECT * FROM parent_student_mappings") == []
    assert [change.event for change in students.changes(uma)] == [
        "user.parents_changed", "user.parents_changed", "user.changed", "user.parents_changed", "user.created",
    ]  # fmt: skip
    assert {change.reason for change in students.changes(uma)} == {WHY}
    found = students.page(Wanted("hill das"), None).rows
    assert [(row.user_id, row.student_class, row.plan) for row in found] == [(uma, "XII", None)]
    assert [row.first_name for row in parents.page(Wanted("das"), None).rows] == ["Dev", "Mira"]
    stored = school.select("SELECT string_agg(event_data::text, ' ') FROM audit_logs")[0][0]
    assert not [word for word in ("Uma", "uma@home", "Hill School", "12345", "mum@home") if word in stored]


def test_what_is_known_of_one_student_is_written_and_nothing_of_anybody_else(school: School, tmp_path: Path) -> None:
    admin, asha = school.person("admin"), school.person()
    done, running = school.script(asha), school.script(asha)
    ((student, exam),) = school.select(
        "SELECT x.student_user_id, x.exam_instance_id FROM evaluations e JOIN exam_instances x USING (exam_instance_id)"
        " WHERE e.evaluation_id = %s", done
    )  # fmt: skip
    school.execute("UPDATE exam_instances SET student_user_id = %s", student)
    with school.rows() as rows:
        rows.insert(
            "question_marks", evaluation_id=done, exam_instance_id=exam, question_number=21, question_id=uuid4(),
            question_type="VSA", marks_awarded=1, marks_possible=2, teacher_comment="Well begun",
        )  # fmt: skip
        ink = [{"type": "text", "text": "See $x$", "question_number": 21}, {"type": "stamp", "stamp": "tick"}]
        document = json.dumps({"schema": 1, "pages": [{"page_number": 1, "annotations": ink}]})
        rows.connection.execute(
            "UPDATE evaluations SET annotation_data = %s::jsonb, status = 'completed', completed_at = now()"
            " WHERE evaluation_id = %s", (document, done)
        )  # fmt: skip
        rows.subscription(student_user_id=student)
    target = tmp_path / "student.zip"
    Students(admin.session).export(student, target, WHY)
    with zipfile.ZipFile(target) as packed:
        words = packed.read("student.json").decode()
    data = json.loads(words)
    assert data["person"]["user_id"] == str(student)
    assert len(data["subscriptions"]) == 1
    first, second = data["exams"]
    assert first["exam_instance_id"] == str(exam)
    assert [(one["question_number"], one["teacher_comment"]) for one in first["marking"]["marks"]] == [
        (21, "Well begun")
    ]
    assert first["marking"]["comments"] == [{"page_number": 1, "question_number": 21, "text": "See $x$"}]
    assert (len(first["pages"]), second["marking"]) == (1, None)
    names = school.select("SELECT user_id::text, email FROM users WHERE user_id <> %s", student)
    assert not [word for pair in names for word in pair if word in words]
    assert "password_hash" not in words
    assert "exam_snapshot" not in words
    assert running
    ((reason, log),) = school.select(
        "SELECT event_data ->> 'reason', event_data::text FROM audit_logs WHERE event_type = 'user.exported'"
    )
    assert reason == WHY
    assert "Well begun" not in log
    with pytest.raises(InvalidError, match="could not be written"):
        Students(admin.session).export(student, tmp_path / "no folder" / "x.zip", WHY)


def test_accounts_are_closed_and_opened_and_addresses_change_with_the_checks_of_a_new_one(school: School) -> None:
    admin, other = school.person("admin"), school.person("admin")
    students, parents = Students(admin.session), Parents(admin.session)
    mum = parents.add(ParentDraft("Mira", "Das", "mum@home.example", "1"), WHY)
    uma = students.add(replace(UMA, parents="mum@home.example mother"), WHY)
    school.execute("UPDATE users SET email_verified = true")
    with school.rows() as rows:
        today = datetime.now(UTC).date()
        rows.subscription(student_user_id=uma, start_date=today - timedelta(10), end_date=today + timedelta(10))
        for status in ("in_progress", "pending_upload", "uploaded", "evaluated"):
            rows.exam(student_user_id=uma, status=status)
    opened = students.open(uma)
    told = opened.draft
    assert (told.exams, told.marked, told.marking, told.begun, told.plan_ends) == (4, 1, 1, 2, today + timedelta(10))
    with pytest.raises(InvalidError, match="already"):
        students.save(opened, replace(told, email="MUM@home.example", first_name="Umi"), WHY)
    with pytest.raises(InvalidError, match="e-mail"):
        students.save(opened, replace(told, email="uma home"), WHY)
    with pytest.raises(InvalidError):
        students.save(opened, replace(told, email="x@anonymous.invalid"), WHY)
    assert students.open(uma) == opened
    students.save(opened, replace(told, email=" Uma.Das@home.example", first_name="Umi"), WHY)
    now = students.open(uma)
    assert (now.draft.email, now.draft.first_name) == ("Uma.Das@home.example", "Umi")
    with pytest.raises(ConflictError):
        Students(other.session).close(opened, "too late")
    students.save(now, replace(now.draft, email="uma.das@home.example"), WHY)  # her address is confirmed as it was
    assert school.select("SELECT email_verified FROM users WHERE user_id = %s", uma) == [(False,)]
    mother = parents.open(mum)
    parents.save(mother, replace(mother.draft, email="MUM@home.example"), WHY)
    assert school.select("SELECT email, email_verified FROM users WHERE user_id = %s", mum) == [
        ("MUM@home.example", True)
    ]
    students.close(students.open(uma), WHY)
    assert not students.open(uma).draft.is_active
    assert students.open(uma).draft.plan is not None  # what was paid stays
    assert [row.user_id for row in students.page(Wanted("", {"state": "closed"}), None).rows] == [uma]
    with pytest.raises(RefusedError, match="so already"):
        students.close(students.open(uma), WHY)
    students.reopen(students.open(uma), WHY)
    assert students.open(uma).draft.is_active
    parents.close(parents.open(mum), WHY)
    parents.anonymise(parents.open(mum), WHY)
    with pytest.raises(RefusedError, match="made anonymous"):
        parents.reopen(parents.open(mum), WHY)
    assert [change.event for change in students.changes(uma) if change.reason == WHY] == [
        "user.reactivated", "user.deactivated", "user.email_changed", "user.changed", "user.email_changed",
        "user.parents_changed", "user.created",
    ]  # fmt: skip
    ((log,),) = school.select("SELECT string_agg(event_data::text, ' ') FROM audit_logs")
    assert not [word for word in ("Umi", "uma.das", "Uma.Das", "mum@", "MUM@") if word in log]


def test_many_are_entered_with_their_parents_at_once_and_taken_back(school: School) -> None:
    admin, asha = school.person("admin"), school.person()
    students, parents = Students(admin.session), Parents(admin.session)
    parents.add(ParentDraft("Dev", "Das", "dad@home.example", ""), WHY)
    uma = students.add(replace(UMA, parents="dad@home.example father first; mum@home.example mother Mira  K Das"), WHY)
    assert students.open(uma).draft.parents == "dad@home.example father first\nmum@home.example mother"
    assert students.open(uma).draft.parent_names == ("Dev Das", "Mira K Das")
    drafts = [
        replace(UMA, first_name=f"S{number}", email=f"s{number}@home.example",
                parents=f"m{number // 2}@home.example mother first Anu Rao" if number < 4 else "")
        for number in range(6)
    ]  # fmt: skip
    with admin.session() as session:
        keys = add_many(session, "student", drafts, WHY)
        assert add_many(session, "parent", [ParentDraft("P", "Q", "pq@home.example", "")], WHY)
        assert known_people(session, [" S1@home.example", "nobody@x.y", asha.email]) == {
            0: (keys[1], "student"), 2: (asha.user_id, "teacher"),
        }  # fmt: skip
    with admin.session() as session:
        found = {one.draft.first_name: one for one in open_students(session, [*keys, asha.user_id])}
        assert [found[f"S{number}"].key for number in range(6)] == list(map(str, keys))
        assert [found[f"S{number}"].draft.parents for number in (0, 3, 5)] == [
            "m0@home.example mother first", "m1@home.example mother first", "",
        ]  # fmt: skip
        assert open_parents(session, [*keys, uma]) == ()
    for wrong, number, why in (
        ([drafts[5], UMA], 0, "somebody has that e-mail"),
        ([replace(UMA, email="x1@home.example"), replace(UMA, email="x2@home.example", last_name=" ")], 1, "last name"),
        ([replace(UMA, email="x3@home.example", parents="no@home.example mother")], 0, "No parent has the address"),
        ([replace(UMA, email="x4@home.example", student_class="x" * 11)], 0, "cannot be read"),
        ([replace(UMA, email="x5@home.example", phone="1" * 21)], 0, "cannot be read"),
    ):
        with pytest.raises(RowRefusedError, match=why) as refused, admin.session() as session:
            add_many(session, "student", wrong, WHY)
        assert refused.value.number == number
    assert school.select("SELECT count(*) FROM users WHERE email LIKE 'x%%'") == [(0,)]  # all or nothing
    with school.rows() as rows:
        rows.exam(student_user_id=keys[2])
    with admin.session() as session:
        gone = [remove(session, key, open_students(session, [key])[0].seen, "wrong file") for key in keys[:4]]
    assert gone == [True, True, False, True]
    # the mother of the first two went with them, and that of the third stays, as who was there before
    assert school.select(
        "SELECT count(*) FROM users WHERE email = ANY(%s)", ["s0@home.example", "m0@home.example"]
    ) == [(0,)]
    assert school.select("SELECT email, is_active FROM users WHERE user_id = %s", keys[2]) == [
        ("s2@home.example", False)
    ]
    assert school.select("SELECT count(*) FROM users WHERE email IN ('m1@home.example', 'dad@home.example')") == [(2,)]
    with pytest.raises(ConflictError), admin.session() as session:
        remove(session, keys[4], datetime(2026, 1, 1, tzinfo=UTC), WHY)
    with admin.session() as session:
        answer = session.scalar(text("SELECT api.enrol_all('student', '{}', 'x')"))
    assert answer == {"refused": "malformed"}


def test_who_is_made_anonymous_is_nobody_for_good_and_keeps_what_she_achieved(school: School) -> None:
    admin = school.person("admin")
    students, parents = Students(admin.session), Parents(admin.session)
    mum = parents.add(ParentDraft("Mira", "Das", "mum@home.example", "1"), WHY)
    uma = students.add(replace(UMA, parents="mum@home.example mother"), WHY)
    school.execute("UPDATE users SET student_photo_url = 's3://face' WHERE user_id = %s", uma)
    today = datetime.now(UTC).date()
    with school.rows() as rows:
        spans = {"start_date": today - timedelta(10), "end_date": today + timedelta(10)}
        rows.subscription(student_user_id=uma, **spans)
        exam = rows.exam(student_user_id=uma)
    opened = students.open(uma)
    assert (opened.draft.exams, opened.draft.plan is not None) == (1, True)
    school.execute("UPDATE users SET phone = '2' WHERE user_id = %s", uma)
    with pytest.raises(ConflictError):
        students.anonymise(opened, WHY)
    students.anonymise(students.open(uma), WHY)
    now = students.open(uma).draft
    assert (now.anonymous, now.is_active, now.exams, now.plan, now.parents) == (True, False, 1, None, "")
    ((row,),) = school.select("SELECT to_jsonb(u)::text FROM users u WHERE user_id = %s", uma)
    assert not [word for word in ("Uma", "Das", "home.example", "12345", "Hill", "face") if word in row]
    assert school.select("SELECT student_user_id FROM exam_instances WHERE exam_instance_id = %s", exam) == [(uma,)]
    assert parents.open(mum).draft.children == ()
    parents.anonymise(parents.open(mum), WHY)
    ((log,),) = school.select("SELECT string_agg(event_data::text, ' ') FROM audit_logs")
    assert not [word for word in ("Uma", "Mira", "home.example", "12345", "Hill", "face") if word in log]
    teacher = school.person()
    ((seen,),) = school.select("SELECT updated_at FROM users WHERE user_id = %s", teacher.user_id)
    with admin.session() as session:
        answer = session.scalar(
            text("SELECT api.anonymise(:user, :seen, 'x')"), {"user": teacher.user_id, "seen": seen}
        )
    assert answer == {"refused": "unknown"}


def test_what_does_not_fit_is_refused_and_only_admins_may(school: School) -> None:
    admin, coordinator = school.person("admin"), school.person(is_coordinator=True)
    uma = Students(admin.session).add(UMA, WHY)
    ((seen,),) = school.select("SELECT updated_at FROM users WHERE user_id = %s", uma)
    words = {"user": uma, "seen": seen}
    parent = '{"email": "a@b.c", "relationship": "mother", "is_primary": true}'
    for call, why in (
        ("""api.enrol('teacher', '{"email": "a@b.c"}', 'x')""", "malformed"),
        ("""api.enrol('student', '[]', 'x')""", "malformed"),
        ("""api.enrol('student', '{"role": "admin"}', 'x')""", "not_writable"),
        ("""api.enrol('student', '{"email": "a@b.c", "first_name": "A", "last_name": "B"}', 'x')""", "rule"),
        (
            """api.enrol('parent', '{"email": "a@b.c", "first_name": "A", "last_name": "B", "phone":
            "123456789012345678901"}',
            'x')""",
            "malformed",
        ),
        ("api.put_parents(:user, :seen, '{}', 'x')", "malformed"),
        (f"api.put_parents(:user, :seen, '[{parent}, {parent}]', 'x')", "malformed"),
        (f"api.put_parents(:user, :seen, '[{parent}]', 'x')", "no_parent"),
        ("""api.put_parents(:user, :seen, '[{"email": "a@b.c"}]', 'x')""", "malformed"),
        ("api.put_parents(gen_random_uuid(), :seen, '[]', 'x')", "unknown"),
        ("api.student_data(gen_random_uuid(), 'x')", "unknown"),
    ):
        with admin.session() as session:
            statement = text(f"SELECT {call}")
            answer = session.scalar(statement, {name: words[name] for name in words if f":{name}" in call})
        assert answer["refused"] == why, call
    with pytest.raises(InvalidError, match="reason"), admin.session() as session:
        session.execute(text("SELECT api.student_data(:user, ' ')"), {"user": uma})
    for call in (
        "api.student_data(:user, 'x')", "api.anonymise(:user, now(), 'x')", "api.enrol('student', '{}', 'x')",
        "api.enrol_all('student', '[]', 'x')", "api.unenrol(:user, now(), 'x')", "api.known_people('{a@b.c}')",
    ):  # fmt: skip
        with pytest.raises(NotAllowedError), coordinator.session() as session:
            session.execute(text(f"SELECT {call}"), {"user": uma} if ":user" in call else {})
    assert isinstance(uma, UUID)


def test_when_somebody_signed_in_and_whether_her_address_is_confirmed_is_read(
    school: School,
) -> None:
    admin, at = school.person("admin"), datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
    with school.rows() as rows:
        student, parent = (rows.user(role, last_login_at=at, email_verified=True) for role in ("student", "parent"))
        new = rows.user("student")
    students, parents = Students(admin.session), Parents(admin.session)
    for draft in (students.open(student).draft, parents.open(parent).draft):
        assert (draft.last_login_at, draft.email_verified) == (at, True)
    assert (students.open(new).draft.last_login_at, students.open(new).draft.email_verified) == (None, False)
