"""Staff as the office keeps them: found in a list by its index, written whole, and by no one but admins."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import ComputerId, UserId
from mv_desktop.domain.member import MemberDraft
from mv_desktop.domain.person import AccountState
from mv_desktop.domain.record import Wanted
from mv_desktop.offline.office.member import Members
from mv_desktop.services.computer import meet_computer
from mv_desktop.services.people import people
from mv_desktop.services.sign_in import sign_in
from tests.factories.marking import Person, School

WHY = "It was so'); DROP TABLE users; --"


def drop_login(school: School, user_id: UUID, email: str) -> None:
    """At the end: logins belong to the whole server."""
    school._people.append(Person(school.database, UserId(user_id), email))


def test_staff_are_listed_opened_and_changed_whole(school: School) -> None:
    admin, other, asha = school.person("admin"), school.person("admin"), school.person()
    script = school.script(asha)
    assert script
    with school.rows() as rows:
        ravi = rows.user("student", email="ravi@home.example")
        rows.insert(
            "teacher_absences", absence_id=UUID(int=7), user_id=asha.user_id, first_day="2100-01-05",
            return_day="2100-01-08",
        )  # fmt: skip
    staff, others = Members(admin.session), Members(other.session)

    found = staff.page(Wanted(asha.email.upper()), None)
    assert [(row.user_id, row.open_scripts, row.state) for row in found.rows] == [
        (asha.user_id, 1, AccountState.ACTIVE)
    ]
    assert {row.role for row in staff.page(Wanted("", {"role": "admin"}), None).rows} == {StaffRole.ADMIN}
    assert staff.page(Wanted("", {"state": "locked"}), None).rows == ()
    opened = staff.open(asha.user_id)
    assert (opened.draft.open_scripts, opened.draft.daily_limit, opened.draft.own) == (1, None, False)
    assert [(str(first), str(last)) for first, last in opened.draft.absences] == [("2100-01-05", "2100-01-07")]
    assert staff.open(admin.user_id).draft.own
    with asha.session() as session:
        sign_in(session, "0.1", 1)  # which is no change of what stands in an open form, as her new hash is none
    school.execute("UPDATE users SET password_hash = 'x', email_verified = true WHERE user_id = %s", asha.user_id)
    assert staff.open(asha.user_id).draft.last_login_at is not None
    assert staff.open(asha.user_id).seen == opened.seen

    after = replace(
        opened.draft, first_name=" Asha ", phone="98765", email=f"new.{asha.email}", is_coordinator=True, daily_limit=5,
        class_x=False, conflicts="RAVI@home.example\n",
    )  # fmt: skip
    with pytest.raises(InvalidError, match=r"No student has the address nobody@home\.example"):
        staff.save(opened, replace(after, conflicts="ravi@home.example\nnobody@home.example"), WHY)
    assert replace(staff.open(asha.user_id).draft, last_login_at=None) == opened.draft  # all or nothing
    with pytest.raises(InvalidError, match="already"):
        staff.save(opened, replace(after, email=other.email), WHY)
    staff.save(opened, after, WHY)
    drop_login(school, asha.user_id, after.email)
    now = staff.open(asha.user_id)
    assert replace(now.draft, last_login_at=None) == replace(after, first_name="Asha", conflicts="ravi@home.example")
    assert school.select("SELECT student_user_id FROM teacher_conflicts") == [(ravi,)]
    with pytest.raises(ConflictError, match="has changed this meanwhile"):
        others.save(opened, replace(opened.draft, daily_limit=9), "too late")
    changes = staff.changes(asha.user_id)
    assert {change.event for change in changes} >= {
        "user.changed", "user.email_changed", "user.role_changed", "user.limits_changed",
    }  # fmt: skip
    assert {change.reason for change in changes if change.by} == {WHY}
    limits = next(change for change in changes if change.event == "user.limits_changed")
    assert [(one.column, one.before, one.after) for one in limits.differences] == [
        ("classes", None, ["XII"]), ("daily_limit", None, 5),
    ]  # fmt: skip
    assert limits.hidden == ("conflicts",)
    seen = now.seen
    others.save(now, replace(now.draft, class_x=True, conflicts=""), "all classes")
    assert school.select("SELECT classes, daily_limit FROM teacher_limits") == [(None, 5)]
    assert others.open(asha.user_id).seen > seen
    with pytest.raises(RefusedError, match="1 open scripts"):
        others.save(others.open(asha.user_id), replace(now.draft, role=StaffRole.ADMIN, conflicts=""), WHY)
    own = staff.open(admin.user_id)
    with pytest.raises(InvalidError, match="own account"):
        staff.save(own, replace(own.draft, role=StaffRole.TEACHER), WHY)


def test_one_who_is_made_gets_a_password_for_once_and_is_locked_closed_and_opened(school: School) -> None:
    admin, asha = school.person("admin"), school.person()
    staff = Members(admin.session)
    blank = MemberDraft("Uma", "Das", f"uma.{asha.email}", "1", StaffRole.TEACHER, True, 3, True, False, "")
    made, password = staff.add(blank, "new year")
    drop_login(school, made, blank.email)
    assert replace(staff.open(made).draft, state=AccountState.ACTIVE, alone=False) == blank
    assert staff.open(made).draft.state is AccountState.FIRST_PASSWORD
    again = staff.reset(made, "lost it")
    assert again != password
    stored = school.select("SELECT coalesce(string_agg(event_data::text, ' '), '') FROM audit_logs")[0][0]
    assert password not in stored
    assert again not in stored
    staff.lock(made, WHY)
    assert staff.open(made).draft.state is AccountState.LOCKED
    staff.unlock(made, WHY)
    staff.close(made, WHY)
    assert staff.page(Wanted("", {"state": "closed"}), None).rows[0].user_id == made
    staff.reopen(made, WHY)
    assert staff.open(made).draft.state is AccountState.FIRST_PASSWORD


def test_one_or_two_letters_follow_what_is_changed(school: School) -> None:
    admin = school.person("admin")
    with school.rows() as rows:
        uma = rows.user("student", first_name="Uma", last_name="Das", email="x@home.example")

    def found(words: str) -> bool:
        with admin.session() as session:
            return bool(people(session, ["student"], Wanted(words), None)[0])

    assert [found(words) for words in ("u", "um", "da", "x@", "ho", "uma", "um da", "um zz")] == [
        True, True, True, True, False, True, True, False,
    ]  # fmt: skip
    school.execute("UPDATE users SET first_name = 'Om', school_name = 'Hill' WHERE user_id = %s", uma)
    assert [found(words) for words in ("um", "om", "hi", "h")] == [False, True, True, True]
    school.execute("DELETE FROM users WHERE user_id = %s", uma)
    assert school.select("SELECT count(*) FROM api._beginnings WHERE user_id = %s", uma) == [(0,)]


def test_people_are_found_by_an_index_and_read_piece_by_piece(school: School) -> None:
    admin = school.person("admin")
    school.execute(
        "INSERT INTO users (email, password_hash, role, first_name, last_name, phone, student_class, school_name)"
        " SELECT 's' || n || '@home.example', '!', 'student', 'F' || n %% 97, 'L' || n %% 89, '98' || n, 'X',"
        "  'School 100%% ' || n %% 7 FROM generate_series(1, 20000) n"
    )
    with psycopg.connect(school.database.owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE users")

        def plan(words: str, choices: str = "{}", after: UUID | None = None) -> str:
            ((query,),) = connection.execute(
                "SELECT api._people_query(ARRAY['student'], %s, %s::jsonb, %s, 51)", (words, choices, after)
            ).fetchall()
            return "\n".join(line for (line,) in connection.execute("EXPLAIN " + query).fetchall())

        ((someone,),) = connection.execute("SELECT user_id FROM users WHERE email = 's777@home.example'").fetchall()
        assert "ix_users_role_name" in plan("")
        assert "Sort" not in plan("", after=someone)
        assert "ix_users_words" in plan("s19999@home")
        assert "ix_users_words" in plan("9819 l61 school")
        assert "ix_users_closed" in plan("", '{"state": "closed"}')
        for words in ("f9", "s", "zq", "f9 sc"):
            assert "ix_beginnings_order" in plan(words)
            assert "Sort" not in plan(words, after=someone)
        assert "Seq Scan" not in plan("home.example school") + plan("f9") + plan("zq")
    with admin.session() as session:
        first, more = people(session, ["student"], Wanted("f12 school"), None, 30)
        assert more
        rest, more = people(session, ["student"], Wanted("f12 school"), first[-1]["user_id"], 1000 - 1)
        assert not more
        found = [(row["last_name"], row["first_name"], row["user_id"]) for row in first + rest]
        assert len(set(found)) == len(found) == 207
        ((ordered,),) = session.execute(
            text(
                "SELECT array_agg(user_id ORDER BY last_name, first_name, user_id) FROM users WHERE first_name = 'F12'"
            )
        )
        assert [user_id for _, _, user_id in found] == ordered
        for words, like in (("f1", "F1%"), ("f1 l2", "F1%")):  # page by page, what plain SQL finds
            seen, after = [], None
            while True:
                piece, more = people(session, ["student"], Wanted(words), after, 1000 - 1)
                seen += [row["user_id"] for row in piece]
                if not more:
                    break
                after = piece[-1]["user_id"]
            ((wanted,),) = session.execute(
                text(
                    "SELECT array_agg(user_id ORDER BY last_name, first_name, user_id) FROM users"
                    " WHERE role = 'student' AND first_name LIKE :like AND (:words <> 'f1 l2' OR last_name LIKE 'L2%')"
                ),
                {"like": like, "words": words},
            )
            assert seen == wanted, words
        assert people(session, ["student"], Wanted("%"), None)[0] == []  # one letter: where a word begins
        assert len(people(session, ["student"], Wanted("100% 98777"), None, 5)[0]) > 0
        assert people(session, ["student"], Wanted("l_1"), None)[0] == []
        assert people(session, ["teacher"], Wanted("s777@home"), None)[0] == []
    with pytest.raises(InvalidError), admin.session() as session:
        people(session, ["student"], Wanted("x" * 201), None)


def test_nobody_but_admins_lists_people_or_writes_staff(school: School) -> None:
    asha, coordinator = school.person(), school.person(is_coordinator=True)
    newcomer = school.person("admin")
    school.execute("UPDATE staff_logins SET must_change_password = true WHERE user_id = %s", newcomer.user_id)
    for who in (asha, coordinator, newcomer):
        for call in (
            "api.people(ARRAY['student'], '', '{}', NULL, 10)",
            f"api.put_staff('{asha.user_id}', now(), '{{\"phone\": \"1\"}}', 'x')",
            "api._people_query(ARRAY['student'], '', '{}', NULL, 10)",
            f"api._put_teacher_limits(NULL, '{asha.user_id}', '{{}}', 'x')",
        ):
            with pytest.raises(NotAllowedError), who.session() as session:
                session.execute(text(f"SELECT {call}"))
    admin = school.person("admin")
    seen = school.select("SELECT updated_at FROM users WHERE user_id = %s", asha.user_id)[0][0]
    for values, why in (
        ('{"password_hash": "x"}', "not_writable"),
        ('{"is_active": false}', "not_writable"),
        ('{"daily_limit": -1}', "malformed"),
        ('{"daily_limit": "many"}', "malformed"),
        ('{"classes": ["IX"]}', "malformed"),
        ('{"classes": "X"}', "malformed"),
        ('{"conflicts": "x"}', "malformed"),
        ('{"first_name": null}', "malformed"),
        ('{"phone": "' + "9" * 21 + '"}', "malformed"),
        ("{}", "malformed"),
        ("[]", "malformed"),
    ):
        with admin.session() as session:
            answer = session.scalar(
                text("SELECT api.put_staff(:user, :seen, CAST(:values AS jsonb), 'x')"),
                {"user": asha.user_id, "seen": seen, "values": values},
            )
        assert answer == {"refused": why}, values
    assert school.select("SELECT updated_at FROM users WHERE user_id = %s", asha.user_id) == [(seen,)]


def test_a_lost_computer_is_revoked_from_the_office_and_let_in_again(school: School) -> None:
    admin, asha = school.person("admin"), school.person()
    computer = ComputerId(uuid4())
    with asha.session() as session:
        assert not meet_computer(session, computer, "asha-laptop", "1.4.2")
    staff = Members(admin.session)
    (found,) = staff.computers(asha.user_id)
    assert (found.computer_id, found.name, found.revoked_at) == (computer, "asha-laptop", None)
    assert staff.computers(admin.user_id) == ()
    staff.revoke(asha.user_id, computer, "left in a taxi")
    with asha.session() as session:
        assert meet_computer(session, computer, "asha-laptop", "1.4.2")
    (found,) = staff.computers(asha.user_id)
    assert (found.revoked_at is not None, found.reason) == (True, "left in a taxi")
    with pytest.raises(RefusedError):
        staff.revoke(asha.user_id, computer, "again")
    staff.restore(asha.user_id, computer, "found")
    assert staff.computers(asha.user_id)[0].revoked_at is None
