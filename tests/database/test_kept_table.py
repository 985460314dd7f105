"""Imports of plans, holidays, templates and people, kept by the server and taken back by somebody else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.family import ParentDraft, StudentDraft
from mv_desktop.domain.holiday import HolidayDraft
from mv_desktop.domain.import_history import Bringing, Deed, ImportState, Outcome, Prospect, SourceFile
from mv_desktop.domain.plan import PlanDraft
from mv_desktop.domain.record_import import ImportStoppedError, Put, Taken
from mv_desktop.domain.subscription import PlanType
from mv_desktop.domain.template import SectionDraft, TemplateDraft
from mv_desktop.offline.office import Office
from mv_desktop.offline.office.import_history import KeptTable
from mv_desktop.services.family import student_data
from tests.factories.marking import Person, School

FILE = SourceFile("new year.xlsx", "0" * 64)
STUDENT = ("first_name", "last_name", "email", "student_class", "phone", "school_name", "parents")


def go_on(_done: int, _all: int) -> bool:
    return True


def office(admin: Person) -> Office:
    return Office(admin.session, uuid4)


def bring(table: KeptTable, puts: Sequence[Put], names: tuple[str, ...], *naming: str) -> UUID:
    return table.bring_in(Bringing(FILE, tuple(puts), names, naming), "new year", None, go_on)


def students(table: KeptTable, count: int) -> UUID:
    drafts = [StudentDraft("Kavya", f"Rao {n}", f"k{n}@home.example", "X", "", "", "") for n in range(count)]
    return bring(table, [Put(n, None, draft) for n, draft in enumerate(drafts, 2)], STUDENT, "email")


def test_a_plan_is_put_back_by_another_admin_but_not_over_what_somebody_wrote_since(school: School) -> None:
    mine, others = office(school.person("admin")), office(school.person("admin"))
    before = {PlanType(one.key): one for one in mine.plan_table.opened(list(PlanType))}
    puts = [
        Put(2, before[PlanType.BASIC], replace(before[PlanType.BASIC].draft, monthly_price_paise=31000)),
        Put(3, before[PlanType.CENTUM], replace(before[PlanType.CENTUM].draft, sla_hours=48, is_active=False)),
    ]
    import_id = bring(mine.plan_table, puts, ("sla_hours", "monthly_price_paise", "is_active"), "display_name")
    centum = others.plans.open(PlanType.CENTUM)
    others.plans.save(centum, replace(centum.draft, exams_per_month=77), "since")
    (found,) = others.plan_table.imports(None).rows
    assert (found.import_id, found.file, found.new, found.changed) == (import_id, FILE, 0, 2)
    assert others.student_table.imports(None).rows == ()
    rows = others.plan_table.import_rows(import_id, None).rows
    assert [(row.row, row.label, row.deed, row.before, row.after) for row in rows] == [
        (2, "Basic Plan", Deed.CHANGED, {"monthly_price_paise": 29900}, {"monthly_price_paise": 31000}),
        (3, "Plan Centum", Deed.CHANGED, {"sla_hours": 24, "is_active": True}, {"sla_hours": 48, "is_active": False}),
    ]
    assert others.plan_table.prospect(import_id) == Prospect(0, 1, 1)
    assert others.plan_table.take_back(import_id, "a mistake", None, go_on) == Taken(0, 0, 1, 1)
    assert others.plans.open(PlanType.BASIC).draft == before[PlanType.BASIC].draft
    now: PlanDraft = others.plans.open(PlanType.CENTUM).draft
    assert (now.sla_hours, now.exams_per_month, now.is_active) == (48, 77, False)
    left = others.plan_table.import_rows(import_id, None).rows[1]
    assert (left.outcome, left.why, left.by != "") == (Outcome.LEFT, "changed", True)


def test_holidays_go_in_one_transaction_and_templates_are_switched_off(school: School) -> None:
    mine, others = office(school.person("admin")), office(school.person("admin"))
    before = mine.holidays.all()
    first = date(2031, 1, 1)
    puts = [Put(n, None, HolidayDraft(first + timedelta(days=n), f"Day {n}")) for n in range(2, 503)]
    names = ("holiday_date", "holiday_name", "holiday_type", "is_working_day")
    import_id = bring(mine.holiday_table, puts, names, "holiday_name", "holiday_date")
    assert mine.holiday_table.imports(None).rows[0].new == 501
    piece = mine.holiday_table.import_rows(import_id, None)
    assert (piece.more, piece.rows[0].label) == (True, "Day 2, 2031-01-03")
    weighed = others.holiday_table.weigh_back(import_id)
    assert weighed is not None
    assert others.holiday_table.take_back(import_id, "x", (weighed, ()), go_on) == Taken(501, 0, 0, 0)
    assert mine.holidays.all() == before

    draft = TemplateDraft("From a file", "XII", "board_exam", "", 60, True, (SectionDraft("A", "", "VSA", 2, 3),))
    made = bring(mine.template_table, [Put(2, None, draft)], ("template_name", "sections"), "template_name")
    (row,) = mine.template_table.import_rows(made, None).rows
    assert row.after is not None
    assert row.after["template_name"] == "From a file"
    assert others.template_table.weigh_back(made) is None
    assert others.template_table.take_back(made, "x", None, go_on) == Taken(0, 1, 0, 0)
    (opened,) = others.template_table.opened([row.key])
    assert not opened.draft.is_active
    # What was changed of one is put back with all its sections.
    more = replace(draft, template_name="Another", sections=(*draft.sections, SectionDraft("B", "", "SA", 3, 2)))
    kept = bring(mine.template_table, [Put(2, None, more)], ("template_name", "sections"), "template_name")
    (row,) = mine.template_table.import_rows(kept, None).rows
    (opened,) = mine.template_table.opened([row.key])
    fewer = Put(2, opened, replace(opened.draft, sections=opened.draft.sections[:1]))
    changed = bring(mine.template_table, [fewer], ("template_name", "sections"), "template_name")
    assert others.template_table.take_back(changed, "x", None, go_on) == Taken(0, 0, 1, 0)
    assert others.template_table.opened([row.key])[0].draft.sections == opened.draft.sections


def test_a_student_whose_address_is_taken_meanwhile_is_left_and_the_others_are_put_back(school: School) -> None:
    mine, others = office(school.person("admin")), office(school.person("admin"))
    made = students(mine.student_table, 6)
    keys = [row.key for row in mine.student_table.import_rows(made, None).rows]
    opened = {one.key: one for one in mine.student_table.opened(keys)}
    puts = [
        Put(n, opened[key], replace(opened[key].draft, email=f"new{n}@home.example", phone="98765"))
        for n, key in enumerate(keys, 2)
    ]
    changed = bring(mine.student_table, puts, STUDENT, "email")
    others.students.add(StudentDraft("Tara", "Das", "k2@home.example", "X", "", "", ""), "meanwhile")
    assert others.student_table.take_back(changed, "x", None, go_on) == Taken(0, 0, 5, 1)
    (left,) = [row for row in others.student_table.import_rows(changed, None).rows if row.outcome is Outcome.LEFT]
    assert (left.row, "somebody has that e-mail address already" in left.why) == (4, True)
    emails = {one.draft.email for one in mine.student_table.opened(keys)}
    assert emails == {"new4@home.example", *(f"k{n}@home.example" for n in (0, 1, 3, 4, 5))}


def test_what_was_stopped_on_its_way_back_goes_on_and_only_admins_do_it(school: School) -> None:
    mine, others = office(school.person("admin")), office(school.person("admin"))
    made = students(mine.student_table, 260)
    for who in (school.person(), school.person(is_coordinator=True)):
        with pytest.raises(NotAllowedError):
            office(who).student_table.take_back(made, "x", None, go_on)
        with pytest.raises(NotAllowedError):
            students(office(who).student_table, 1)
    with pytest.raises(ImportStoppedError):
        mine.student_table.take_back(made, "x", None, lambda _done, _all: False)
    assert mine.student_table.imports(None).rows[0].state is ImportState.TAKING_BACK
    assert school.select("SELECT count(*) FROM users WHERE email LIKE '%%home.example'") == [(10,)]
    assert others.student_table.take_back(made, "the rest", None, go_on) == Taken(260, 0, 0, 0)
    assert school.select("SELECT count(*) FROM users WHERE email LIKE '%%home.example'") == [(0,)]


def test_an_import_that_is_refused_or_stopped_leaves_nothing_behind(school: School) -> None:
    mine = office(school.person("admin"))
    students(mine.student_table, 1)
    with pytest.raises(InvalidError, match=r"^Row 2: "):
        students(mine.student_table, 2)
    what = Bringing(FILE, (Put(2, None, StudentDraft("A", "B", "a@home.example", "X", "", "", "")),), STUDENT, ())
    with pytest.raises(ImportStoppedError):
        mine.student_table.bring_in(what, "x", None, lambda _done, _all: False)
    assert len(mine.student_table.imports(None).rows) == 1
    assert school.select("SELECT count(*) FROM users WHERE role = 'student'") == [(1,)]


def test_what_is_told_of_a_student_tells_what_files_said_of_her_and_nothing_of_others(school: School) -> None:
    admin = school.person("admin")
    mine = office(admin)
    parent = StudentDraft("Kavya", "Rao", "kavya@home.example", "X", "", "", "mum@home.example mother")
    other = StudentDraft("Uma", "Das", "uma@home.example", "X", "", "", "")
    told_mum = ParentDraft("Mira", "Rao", "mum@home.example", "123")
    bring(mine.parent_table, [Put(2, None, told_mum)], ("first_name", "last_name", "email", "phone"), "email")
    made = bring(mine.student_table, [Put(2, None, parent), Put(3, None, other)], STUDENT, "email")
    (kavya,) = [row.key for row in mine.student_table.import_rows(made, None).rows if row.label == parent.email]
    (opened,) = mine.student_table.opened([kavya])
    changed = bring(mine.student_table, [Put(5, opened, replace(opened.draft, school_name="Hill"))], STUDENT, "email")
    mine.student_table.take_back(changed, "x", None, go_on)
    # a row about somebody else that names her is told of, without what it says
    with school.rows() as rows:
        rows.connection.execute(
            "UPDATE record_import_rows SET people = people || %s::uuid WHERE label = 'uma@home.example'", (kavya,)
        )
    with admin.session() as session:
        told = student_data(session, UUID(kavya), "asked")
    assert [
        (one["file"], one["subject"], one["row"], one["about_her"], one["taken_back_at"] is not None)
        for one in told["imports"]
    ] == [
        (FILE.name, "student", 2, True, False), (FILE.name, "student", 3, False, False),
        (FILE.name, "student", 5, True, True),
    ]  # fmt: skip
    first, another, last = told["imports"]
    assert (first["before"], first["after"]["email"], "parents" in first["after"]) == (None, parent.email, False)
    assert (another["before"], another["after"]) == (None, None)
    assert (last["before"], last["after"]) == ({"school_name": ""}, {"school_name": "Hill"})
    assert not [word for word in ("mum@", "Mira", "uma@", "Uma", admin.email) if word in json.dumps(told)]
