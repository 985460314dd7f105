"""People from files against a real server: students with their parents, staff with first passwords, all or nobody."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError
from mv_desktop.domain.family import ParentDraft
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.import_history import Outcome, Prospect, SourceFile
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.record_import import ImportStoppedError, Meaning, Taken
from mv_desktop.offline.office.family import Parents, Students
from mv_desktop.offline.office.import_history import Together
from mv_desktop.offline.office.member import Members
from mv_desktop.offline.office.people_table import KeptPeople, MemberTable, ParentTable, PeopleTable, StudentTable
from mv_desktop.offline.office.record_file import TableFiles
from mv_desktop.services.database import make_engine, open_session, person_url
from mv_desktop.services.profile import profile_from_url
from mv_desktop.services.sign_in import sign_in
from mv_desktop.ui.admin.member import MemberSubject
from mv_desktop.ui.admin.parent import ParentSubject
from mv_desktop.ui.admin.people_exchange import PeopleExchange
from mv_desktop.ui.admin.student import StudentSubject
from tests.factories.marking import Person, School


def go_on(_done: int, _all: int) -> bool:
    return True


def planned(exchange: PeopleExchange, path: Path):
    table = exchange.read(path, "").table
    return exchange.plan(table, exchange.matched(table[0]), go_on)


def told(plan, meaning: Meaning) -> list[tuple[int, str, str]]:
    return [(row.row, row.column, row.why) for row in plan.rows if row.meaning is meaning]


def test_students_come_with_their_parents_whole_or_not_at_all_and_go_again(school: School, tmp_path: Path) -> None:
    admin, other, asha = school.person("admin"), school.person("admin"), school.person()
    students, parents = Students(admin.session), Parents(admin.session)
    joined = Together(admin.session)
    table = StudentTable(joined)
    kept = KeptPeople(table, joined, "student", uuid4)
    exchange = PeopleExchange(StudentSubject(students, kept), kept, TableFiles(admin.session))
    dad = parents.add(ParentDraft("Dev", "Das", "dad@home.example", ""), "first")
    path = tmp_path / "class.csv"
    head = "First name,Last name,E-mail,Class,Parents"
    path.write_text(
        f"{head}\n"
        + "".join(f"S{n},Das,s{n}@home.example,X,m{n // 2}@home.example mother first Mira Das\n" for n in range(300))
    )
    found = planned(exchange, path)
    assert found.count(Meaning.NEW) == 300
    with pytest.raises(ImportStoppedError):
        table.put(found.puts, "why", None, lambda done, _all: done < 250)
    with pytest.raises(NotAllowedError):
        StudentTable(asha.session).put(found.puts, "why", None, go_on)
    assert school.select("SELECT count(*) FROM users WHERE role = 'student'") == [(0,)]
    done = exchange.perform(SourceFile("class.csv"), found, "new year", ticked=False, weighed=None, told=go_on)
    assert school.select("SELECT count(*) FROM users WHERE role = 'parent'") == [(151,)]
    keys = [row.key for row in kept.import_rows(done, None).rows]
    with pytest.raises(InvalidError, match=r"^Row 2: .*somebody has that e-mail address already"):
        StudentTable(other.session).put(found.puts, "too late", None, go_on)
    out = tmp_path / "out.csv"
    assert exchange.export(Wanted("s29 das"), out, go_on) == 11
    assert planned(exchange, out).count(Meaning.DUPLICATE) == 11

    path.write_text(
        f"{head}\nUma,Das,uma@home.example,कक्षा १२,dad@home.example father; new@home.example mother Anu Das\n"
        "Om,Das,om@home.example,10th,new@home.example mother\nS1,Rao,s1@home.example,,\nS2,,S2@home.example,X,\n"
        f"A,B,{asha.email},X,pa@home.example father Pa Das\nA,C,c@home.example,X,nobody@home.example mother\n"
        f"A,D,d@home.example,X,{asha.email} mother\nA,E,e@home.example,IX,\nA,F,uma@home.example,X,\n"
        "A,G,g@home.example,X,pa@home.example father\n"
    )
    second = planned(exchange, path)
    assert told(second, Meaning.WRONG) == [
        (6, "E-mail", "Somebody has this address already."),
        (7, "Parents", "No parent has this address: write her name behind it."),
        (8, "Parents", "An address is no parent’s."),
        (9, "Class", "It is one of these: X, XII."),
        (11, "Parents", "No parent has this address: write her name behind it."),  # row 6 enters nobody
    ]
    assert [row for row, _, _ in told(second, Meaning.DUPLICATE)] == [5, 10]
    assert (second.count(Meaning.NEW), second.count(Meaning.CHANGED)) == (2, 1)
    later = exchange.perform(SourceFile("class.csv"), second, "more", ticked=False, weighed=None, told=go_on)
    mother = parents.page(Wanted("new@home"), None).rows[0].user_id
    assert len(parents.open(mother).draft.children) == 2
    taken = exchange.undo(later, "wrong", None, go_on)
    assert taken == Taken(2, 0, 1, 0)
    assert [row.last_name for row in students.page(Wanted("s1@home"), None).rows] == ["Das"]
    assert parents.page(Wanted("new@home"), None).rows == ()  # the addresses are free again
    assert parents.open(dad).draft.is_active

    with school.rows() as rows:
        rows.exam(student_user_id=keys[0])
    school.execute("UPDATE users SET phone = '1' WHERE user_id = %s", keys[1])
    assert kept.prospect(done) == Prospect(299, 0, 1)
    assert exchange.undo(done, "wrong file", None, go_on) == Taken(298, 1, 0, 1)
    assert [(row.outcome, row.why) for row in kept.import_rows(done, None).rows[:3]] == [
        (Outcome.ARCHIVED, ""), (Outcome.LEFT, "changed"), (Outcome.GONE, ""),
    ]  # fmt: skip
    assert {row.label for row in kept.import_rows(done, None).rows[2:]} == {"–"}
    kept = {row.email for row in students.page(Wanted("home.example"), None).rows}
    assert len(kept) == 2  # who has an exam, her account closed, and who was changed since
    assert school.select("SELECT count(*) FROM users WHERE email LIKE 'm%%@home.example'") == [(1,)]
    with pytest.raises(ConflictError):
        exchange.perform(SourceFile("class.csv"), second, "again", ticked=False, weighed=None, told=go_on)


def test_staff_get_first_passwords_once_and_parents_come_from_a_file_too(school: School, tmp_path: Path) -> None:
    admin = school.person("admin")
    joined = Together(admin.session)
    table = MemberTable(joined)
    kept = KeptPeople(table, joined, "staff", uuid4)
    exchange = PeopleExchange(MemberSubject(Members(admin.session), kept), kept, None)
    mark = admin.email.partition("@")[0]
    path = tmp_path / "staff.csv"
    emails = [f"{mark}.{n}@school.example" for n in range(3)]
    path.write_text(
        "First name,Last name,E-mail,Role,Scripts a day,Class XII,Never scripts of\n"
        f"Uma,Das,{emails[0]},Teacher,5,no,\nDev,Das,{emails[1]},Admin,,,\nBad,Das,{emails[2]},Teacher,,,no@x.y\n"
    )
    found = planned(exchange, path)
    assert told(found, Meaning.WRONG) == [(4, "Never scripts of", "No student has one of these addresses.")]
    with pytest.raises(ImportStoppedError):
        table.put(found.puts, "why", None, lambda _done, _all: False)
    assert exchange.once() == ()
    done = exchange.perform(SourceFile("staff.csv"), found, "new year", ticked=False, weighed=None, told=go_on)
    made = table.opened([row.key for row in kept.import_rows(done, None).rows])
    school._people += [Person(school.database, UserId(one.key), one.draft.email) for one in made]
    rows = exchange.once()
    assert [(name, email) for name, email, _ in rows] == [("Uma Das", emails[0]), ("Dev Das", emails[1])]
    assert exchange.once() == ()
    drafts = {one.draft.email: one.draft for one in made}
    assert (drafts[emails[0]].daily_limit, drafts[emails[0]].class_xii) == (5, False)
    engine = make_engine(person_url(profile_from_url(admin.url), emails[0], rows[0][2]), application_name="test")
    with open_session(engine) as session:
        assert sign_in(session, "0.1", 3).must_change_password
    engine.dispose()
    stored = school.select("SELECT coalesce(string_agg(event_data::text, ' '), '') FROM audit_logs")[0][0]
    assert not [password for _, _, password in rows if password in stored]
    taken = exchange.undo(done, "wrong", None, go_on)
    assert taken.archived == 2  # signing in was no change
    assert {str(one.draft.state) for one in table.opened([one.key for one in made])} == {"closed"}

    parents = KeptPeople(ParentTable(joined), joined, "parent", uuid4)
    families = PeopleExchange(ParentSubject(Parents(admin.session), parents), parents, None)
    path.write_text("First name,Last name,E-mail\nMira,Das,mira@home.example\nDev,,dev@home.example\n")
    found = planned(families, path)
    assert told(found, Meaning.WRONG) == [(3, "Last name", "A name is needed.")]
    done = families.perform(SourceFile("p.csv"), found, "x", ticked=False, weighed=None, told=go_on)
    (mira,) = [row.key for row in parents.import_rows(done, None).rows]
    path.write_text(f"ID,Phone\n{mira},98765\nnone,1\n")
    found = planned(families, path)
    assert (found.count(Meaning.CHANGED), told(found, Meaning.WRONG)[0][0]) == (1, 3)
    families.undo(
        families.perform(SourceFile("p.csv"), found, "x", ticked=False, weighed=None, told=go_on), "x", None, go_on
    )
    assert parents.opened([mira])[0].draft.phone == ""
    with admin.session() as session:
        assert session.scalar(text("SELECT count(*) FROM users WHERE email = 'dev@home.example'")) == 0
    assert issubclass(ParentTable, PeopleTable)
