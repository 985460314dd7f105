"""Every number in the office's panels beside SQL that was written for this test alone. The real program on the demo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from PySide6.QtWidgets import QComboBox, QLineEdit

from mv_desktop.ui.admin.column_words import column_text
from mv_desktop.ui.admin.field import typed_rows
from mv_desktop.ui.admin.list_screen import ListScreen
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.screen import OfficeScreen
from mv_desktop.ui.admin.view_screen import ViewScreen
from mv_desktop.ui.widgets.deadline_text import day
from tests.e2e.program import ALT, Program
from tests.e2e.school import School

TODAY = "(now() AT TIME ZONE 'Asia/Kolkata')::date"
BILLED = "((now() AT TIME ZONE 'Asia/Kolkata') - interval '1 hour')::date"
HOURS = (
    "coalesce((SELECT sum(c.hours) FROM consultations c WHERE c.subscription_id = s.subscription_id"
    " AND date_trunc('month', c.held_on - (s.billing_day_of_month - 1))"
    f"   = date_trunc('month', {BILLED} - (s.billing_day_of_month - 1))), 0)"
)
"""The hours of the month that runs, which begins at 01:00 of its day."""
RUNS = f"s.status = 'active' AND {TODAY} BETWEEN s.start_date AND s.end_date"


class Office:
    """The office of the demo's admin, and what the database says."""

    def __init__(self, program: Program, school: School) -> None:
        self.program, self.school = program, school
        program.wait(lambda: program.workspace.office.screen is not None, "there is an office")
        program.press("9", modifiers=ALT)
        self.screen = cast(OfficeScreen, program.workspace.office.screen)
        self.checked = 0

    def settle(self, screen: ListScreen[Any]) -> None:
        self.program.wait(lambda: screen.settled and not self.program.application.tasks.busy, "the list has come")

    def show(self, kind: str) -> Any:
        """A subject with its first rows."""
        screen = self.screen.show_subject(kind)
        screen.refresh()
        self.settle(screen)
        return screen

    def narrow(self, screen: ListScreen[Any], **choices: str) -> None:
        """Look for these and nothing else."""
        screen.list.clear()
        for name, value in choices.items():
            box: QComboBox = screen.list._choices[name]
            assert box.findData(value) > 0, (name, value)
            box.setCurrentIndex(box.findData(value))
        self.settle(screen)

    def rows(self, screen: ListScreen[Any]) -> list[Any]:
        """All rows, as one scrolls to the end."""
        while screen._feed._more:
            screen.list.end_neared.emit()
            self.settle(screen)
        return list(screen.list.rows)

    def cells(self, screen: ListScreen[Any], *columns: int) -> list[tuple[str, ...]]:
        """What the list says in these columns, all rows."""
        return [tuple(screen.subject.text(row, column) for column in columns) for row in self.rows(screen)]

    def open(self, screen: RecordScreen, key: object) -> None:
        """Look at a record."""
        screen.lead_to(str(key))
        self.settle(screen)

    def write(self, screen: RecordScreen, name: str, typed: str) -> None:
        cast(QLineEdit, screen.panel.form.editor(name).control).setText(typed)
        self.settle(screen)

    def discard(self, screen: RecordScreen) -> None:
        screen.actions_by_id["record.discard"].trigger()
        self.settle(screen)

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.school.owner_url) as connection:
            return connection.execute(query, values).fetchall()

    def one(self, query: str, *values: object) -> Any:
        ((found,),) = self.sql(query, *values)
        return found

    def agree(self, shown: object, said: object) -> None:
        """What a panel shows is what SQL says."""
        assert shown == said
        self.checked += 1


def test_every_number_that_the_office_shows_is_that_of_sql(
    school: School, computer: Callable[[str], None], start: Callable[[], Program], tell: Callable[[str], None]
) -> None:
    arrange(school)
    admin = school.admin()
    computer(admin.database_url)
    program = start()
    program.show()
    program.sign_in(admin.email, admin.password, has_scripts=False)
    office = Office(program, school)
    for look in (plans, staff, students, parents, subscriptions, templates, holidays, settings, questions, audit):
        try:
            look(office)
        except AssertionError as error:  # the worker may have written between a list and SQL: not twice
            tell(f"{look.__name__} was looked at again: {error}")
            look(office)
    tell(f"the office beside SQL: {office.checked} numbers and lists agree")
    program.close()


def arrange(school: School) -> None:
    """What the demo has nothing of: who paid ahead, who ran out, hours with a teacher, and a future absence."""
    school.rows(
        f"""WITH paid AS (
            SELECT s.* FROM subscriptions s WHERE {RUNS} ORDER BY s.student_user_id LIMIT 3
        ), ahead AS (
            INSERT INTO subscriptions (student_user_id, plan_type, start_date, end_date, billing_cycle, status,
                exams_limit_per_month, teacher_hours_limit, billing_day_of_month, amount_paid_paise)
            SELECT student_user_id, plan_type, end_date + 1, end_date + 31, billing_cycle, 'active',
                exams_limit_per_month, teacher_hours_limit, billing_day_of_month, 29900 FROM paid
        )
        , consulted AS (
            INSERT INTO consultations (subscription_id, teacher_user_id, held_on, hours)
            SELECT paid.subscription_id, t.user_id, {BILLED}, 0.75
            FROM paid, (SELECT user_id FROM users WHERE role = 'teacher' ORDER BY email LIMIT 1) t
        )
        UPDATE subscriptions s SET exams_used_this_month = 3
        FROM paid WHERE s.subscription_id = paid.subscription_id RETURNING s.subscription_id"""
    )


def plans(office: Office) -> None:
    screen: RecordScreen = office.show("plan")
    running = dict(office.sql(
        f"SELECT p.display_name, count(DISTINCT s.student_user_id) FROM subscription_plans p"
        f" LEFT JOIN subscriptions s ON s.plan_type = p.plan_type AND {RUNS} GROUP BY p.display_name"
    ))  # fmt: skip
    office.agree({name: int(count) for name, count in office.cells(screen, 0, 5)}, running)
    said = office.sql(
        "SELECT display_name, exams_per_month::text, sla_hours || ' h', monthly_price_paise, annual_price_paise"
        " FROM subscription_plans"
    )
    office.agree(
        sorted((name, exams, hours, paise(month), paise(year))
               for name, exams, hours, month, year in office.cells(screen, 0, 3, 4, 1, 2)),
        sorted(said),
    )  # fmt: skip
    for plan, name in office.sql("SELECT plan_type::text, display_name FROM subscription_plans"):
        office.open(screen, plan)
        office.write(screen, "exams_per_month", "777")
        office.agree(first_number(screen.panel.effect) if running[name] else 0, running[name])
        office.discard(screen)
    for sold in (True, False):
        office.narrow(screen, sold="yes" if sold else "no")
        count = office.one("SELECT count(*) FROM subscription_plans WHERE is_active = %s", sold)
        office.agree(len(office.rows(screen)), count)


def staff(office: Office) -> None:
    screen: RecordScreen = office.show("member")
    open_scripts = "(SELECT count(*) FROM evaluations e WHERE e.teacher_user_id = u.user_id AND completed_at IS NULL)"
    said = office.sql(
        f"SELECT u.email, CASE WHEN u.role = 'teacher' THEN {open_scripts}::text ELSE '' END FROM users u"
        " WHERE u.role IN ('teacher', 'admin')"
    )
    office.agree(sorted(office.cells(screen, 1, 4)), sorted(said))
    for role in ("teacher", "admin"):
        office.narrow(screen, role=role)
        office.agree(len(office.rows(screen)), office.one("SELECT count(*) FROM users WHERE role::text = %s", role))
    office.narrow(screen, coordinator="yes")
    office.agree(len(office.rows(screen)), office.one("SELECT count(*) FROM users WHERE is_coordinator"))
    busiest, count = office.sql(
        "SELECT teacher_user_id, count(*) FROM evaluations WHERE completed_at IS NULL"
        " GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )[0]
    office.open(screen, busiest)
    office.agree(int(re.findall(r"(\d+) open script", screen.panel.facts)[0]), count)
    screen.panel.reason.setText("to look")
    screen.actions_by_id["record.close"].trigger()
    office.agree(first_number(screen.panel.question.text), count)  # what becomes of them
    screen.panel.question.refuse()
    screen.panel.reason.clear()


def students(office: Office) -> None:
    screen: RecordScreen = office.show("student")
    office.narrow(screen)
    plan_of = (
        f"(SELECT p.display_name FROM subscriptions s JOIN subscription_plans p USING (plan_type)"
        f" WHERE s.student_user_id = u.user_id AND {RUNS})"
    )
    said = office.sql(
        f"SELECT u.first_name || ' ' || u.last_name, u.student_class, coalesce({plan_of}, '–')"
        " FROM users u WHERE u.role = 'student'"
    )
    office.agree(sorted(office.cells(screen, 0, 1, 4)), sorted(said))
    for class_name in ("X", "XII"):
        office.narrow(screen, **{"class": class_name})
        count = office.one("SELECT count(*) FROM users WHERE role = 'student' AND student_class = %s", class_name)
        office.agree(len(office.rows(screen)), count)
    for student, exams, marked in office.sql(
        "SELECT student_user_id, count(*), count(*) FILTER (WHERE status = 'evaluated') FROM exam_instances"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4"
    ):
        office.open(screen, student)
        numbers = re.findall(r"(\d+) exams?, (\d+) with a result", screen.panel.facts)
        office.agree([(int(one), int(two)) for one, two in numbers], [(exams, marked)])


def parents(office: Office) -> None:
    screen: RecordScreen = office.show("parent")
    office.narrow(screen)
    office.agree(
        sorted(office.cells(screen, 1)), sorted(office.sql("SELECT email::text FROM users WHERE role = 'parent'"))
    )
    ((parent, children),) = office.sql(
        "SELECT parent_user_id, count(*) FROM parent_student_mappings GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    )
    office.open(screen, parent)
    office.agree(screen.panel.facts.count("("), children)


def subscriptions(office: Office) -> None:
    screen: RecordScreen = office.show("subscription")
    office.narrow(screen)
    said = office.sql(
        "SELECT u.first_name || ' ' || u.last_name, s.start_date, s.exams_used_this_month, s.exams_limit_per_month,"
        f" {HOURS}, s.teacher_hours_limit FROM subscriptions s"
        " JOIN users u ON u.user_id = s.student_user_id"
    )
    office.agree(
        sorted(office.cells(screen, 0, 2, 4, 5)),
        sorted((name, day(first, year=True), share(used, of), share(hours, limit))
               for name, first, used, of, hours, limit in said),
    )  # fmt: skip
    for status in ("active", "expired"):
        office.narrow(screen, status=status)
        count = office.one("SELECT count(*) FROM subscriptions WHERE status::text = %s", status)
        office.agree(len(office.rows(screen)), count)
    ((key, used, limit, hours, hours_limit),) = office.sql(
        f"SELECT subscription_id, exams_used_this_month, exams_limit_per_month, {HOURS}, teacher_hours_limit"
        f" FROM subscriptions s WHERE {HOURS} = 0.75 AND teacher_hours_limit IS NOT NULL LIMIT 1"
    )
    office.open(screen, key)
    month = f"This month: {share(used, limit)} exams, {share(hours, hours_limit)} hours with a teacher"
    office.agree(month in screen.panel.facts, True)
    office.agree(screen.panel.facts.count("Besides:"), 1)  # it was paid ahead
    editor = screen.panel.form.editor("consultations")
    held = office.sql(
        "SELECT held_on::text, u.email, hours::float8::text, note FROM consultations"
        " JOIN users u ON u.user_id = teacher_user_id WHERE subscription_id = %s", key,
    )  # fmt: skip
    another = [office.one(f"SELECT {BILLED}::text"), office.school.teacher(0).email, "0.5", ""]
    editor.write(typed_rows([*map(list, held), another]))
    editor.changed.emit()
    office.settle(screen)
    office.agree(f"Then {share(hours + Decimal('0.5'), hours_limit)} hours" in screen.panel.effect, True)
    office.discard(screen)


def templates(office: Office) -> None:
    screen: RecordScreen = office.show("template")
    office.narrow(screen)
    sections = "jsonb_to_recordset(t.config -> 'sections') AS x (section text, question_type text,"
    sections += " marks_per_question int, question_count int, units jsonb, weights jsonb, either_or int)"
    said = office.sql(
        f"SELECT t.template_id::text, sum(x.marks_per_question * x.question_count)::text,"
        f" sum(x.question_count)::text FROM exam_templates t, {sections} GROUP BY 1"
    )
    shown = [(screen.subject.key(row), *(screen.subject.text(row, n) for n in (3, 4))) for row in office.rows(screen)]
    office.agree(sorted(shown), sorted(said))
    adds_up = {key: (count, marks) for key, marks, count in said}
    one_of_each = (
        "SELECT DISTINCT ON (class, exam_type) template_id::text FROM exam_templates ORDER BY class, exam_type"
    )
    for (key,) in office.sql(one_of_each):
        count, marks = adds_up[key]
        office.open(screen, key)
        aside = cast(Any, screen.panel.aside)
        numbers = [int(one) for one in re.findall(r"\d+", aside.totals_text)]
        office.agree(numbers, [int(count), int(marks)])
        # a kind of question that only one section asks for: nothing before it takes any of them
        alone = dict(office.sql(
            f"SELECT x.section, (SELECT count(*) FROM questions q WHERE q.status = 'active' AND q.class = t.class"
            " AND q.question_type::text = x.question_type AND q.marks = x.marks_per_question"
            " AND (t.exam_type <> 'unit_practice' OR q.unit = t.specific_unit))"
            f" FROM exam_templates t, {sections} WHERE t.template_id = %s AND x.units IS NULL AND x.weights IS NULL"
            " AND 1 = (SELECT count(*) FROM jsonb_array_elements(t.config -> 'sections') o"
            " WHERE (o ->> 'question_type', (o ->> 'marks_per_question')::int)"
            " = (x.question_type, x.marks_per_question))", UUID(key),
        ))  # fmt: skip
        named = {
            (section, unit): available
            for section, unit, available in office.sql(
                f"SELECT x.section, w.unit, (SELECT count(*) FROM questions q WHERE q.status = 'active'"
                " AND q.class = t.class AND q.unit = w.unit AND q.question_type::text = x.question_type"
                f" AND q.marks = x.marks_per_question) FROM exam_templates t, {sections},"
                " jsonb_object_keys(coalesce(nullif(x.units, 'null'), nullif(x.weights, 'null'), '{}')) AS w (unit)"
                " WHERE t.template_id = %s"
                " AND 1 = (SELECT count(*) FROM jsonb_array_elements(t.config -> 'sections') o"
                " WHERE (o ->> 'question_type', (o ->> 'marks_per_question')::int)"
                " = (x.question_type, x.marks_per_question))", UUID(key),
            )
        }  # fmt: skip
        cells = {tuple(cell.text for cell in row.cells[:2]): [cell.text for cell in row.cells[3:]]
                 for row in aside.table.rows}  # fmt: skip
        wanted = {(section, "any"): found for section, found in alone.items()} | named
        office.agree({place: int(cells[place][1]) for place in wanted}, wanted)
        for place, available in wanted.items():
            needed, missing = int(cells[place][0]), cells[place][2]
            assert missing == (str(needed - available) if needed > available else "–")


def holidays(office: Office) -> None:
    screen: RecordScreen = office.show("holiday")
    office.narrow(screen)
    office.agree(len(office.rows(screen)), office.one("SELECT count(*) FROM holidays"))
    for year, count in office.sql("SELECT extract(year FROM holiday_date)::text, count(*) FROM holidays GROUP BY 1"):
        office.narrow(screen, year=year)
        office.agree(len(office.rows(screen)), count)
    office.narrow(screen)
    # the first plain working day to come: every deadline that runs over it moves, and no other one
    ((when,),) = office.sql(
        f"SELECT min(d)::date FROM generate_series({TODAY} + 1, {TODAY} + 20, interval '1 day') d"
        " WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (SELECT 1 FROM holidays h WHERE h.holiday_date = d::date)"
    )
    moved = office.one(
        "SELECT count(*) FROM evaluations e LEFT JOIN evaluation_clock k USING (exam_instance_id)"
        " WHERE e.completed_at IS NULL"
        " AND e.sla_deadline AT TIME ZONE 'Asia/Kolkata' > %s::date + (SELECT config_value ->> 'start'"
        " FROM system_config WHERE config_key = 'sla_working_hours')::time"
        " AND coalesce(k.received_at, e.assigned_at) AT TIME ZONE 'Asia/Kolkata' < %s::date + 1",
        when, when,
    )  # fmt: skip
    asked = office.one("SELECT count(*) FROM holidays")
    begin_holiday(office, screen, when)
    shown = first_number(screen.panel.moves.text) if screen.panel.moves.asking else 0
    office.agree(shown, moved)
    office.agree(len(screen.panel.moves.table.rows) if screen.panel.moves.asking else 0, moved)
    screen.panel.moves.refuse()
    office.discard(screen)
    office.agree(office.one("SELECT count(*) FROM holidays"), asked)  # nothing was saved


def begin_holiday(office: Office, screen: RecordScreen, when: date) -> None:
    screen.actions_by_id["record.new"].trigger()
    office.settle(screen)
    editor = screen.panel.form.editor("holiday_date")
    editor.write(when.isoformat())
    editor.changed.emit()
    office.write(screen, "holiday_name", f"To look {uuid4()}")
    screen.panel.reason.setText("to look")
    screen.actions_by_id["record.save"].trigger()
    office.settle(screen)


def settings(office: Office) -> None:
    screen: RecordScreen = office.show("setting")
    office.narrow(screen)
    rows = office.rows(screen)
    said = dict(office.sql("SELECT config_key, config_value FROM system_config"))
    office.agree({row.key: row.value for row in rows}, said)
    for row in rows:
        value = said[row.key]
        if isinstance(value, int) and not isinstance(value, bool):
            office.agree(first_number(screen.subject.text(row, 1)), value)
        elif isinstance(value, list) and value:
            office.agree(len(screen.subject.text(row, 1).split(", ")), len(value))
    # a unit that is taken away: those that name it keep it
    units = said["cbse_units_class_xii"]
    office.open(screen, "cbse_units_class_xii")
    control = cast(Any, screen.panel.form.editor("value").control)
    control.setPlainText("\n".join(units[1:]))
    office.settle(screen)
    office.agree(units[0] in screen.panel.effect, True)
    office.discard(screen)
    # an hour more a day: every deadline of working hours that runs is earlier, or stays where it would be past
    office.open(screen, "sla_working_hours")
    before = screen.panel.form.editor("end").typed
    later = f"{int(before[:2]) + 1:02}{before[2:]}"
    office.write(screen, "end", later)
    screen.panel.reason.setText("to look")
    screen.actions_by_id["record.save"].trigger()
    office.settle(screen)
    running = office.one("SELECT count(*) FROM evaluations WHERE completed_at IS NULL")
    assert len(screen.panel.moves.table.rows) <= running
    screen.panel.moves.refuse()
    office.discard(screen)
    screen.panel.reason.clear()


def questions(office: Office) -> None:
    screen: RecordScreen = office.show("question")
    for status, class_name, kind, count in office.sql(
        "SELECT status::text, class, question_type::text, count(*) FROM questions GROUP BY 1, 2, 3 ORDER BY 4 LIMIT 4"
    ):
        office.narrow(screen, **{"status": status, "class": class_name, "question_type": kind})
        office.agree(len(office.rows(screen)), count)
    for unit, marks, count in office.sql(
        "SELECT unit, marks::text, count(*) FROM questions GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 2"
    ):
        office.narrow(screen, unit=unit, marks=marks)
        office.agree(len(office.rows(screen)), count)
    # every question of the bank, once
    office.narrow(screen)
    keys = [screen.subject.key(row) for row in office.rows(screen)]
    office.agree(sorted(keys), sorted(key for (key,) in office.sql("SELECT question_id::text FROM questions")))
    answered = """
        SELECT question_id, count(*), round(100 * avg(awarded / possible))::int FROM (
            SELECT a.question_id, a.marks_awarded AS awarded, a.marks_possible AS possible FROM student_mcq_answers a
            UNION ALL SELECT m.question_id, m.marks_awarded, m.marks_possible FROM question_marks m
        ) x JOIN questions q USING (question_id) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2
    """
    for question, count, share_earned in office.sql(answered):
        office.open(screen, question)
        office.agree([int(n) for n in re.findall(r"\d+", screen.panel.facts)], [count, share_earned])


def audit(office: Office) -> None:
    screen: ViewScreen = office.show("audit")
    newest = office.one("SELECT max(log_seq) FROM audit_logs")
    office.narrow(screen)
    screen.refresh()
    office.settle(screen)
    assert screen.list.rows[0].number >= newest
    for event, count in office.sql(
        "SELECT event_type, count(*) FROM audit_logs GROUP BY 1 HAVING count(*) BETWEEN 1 AND 300"
        " AND min(created_at) < now() - interval '5 seconds' ORDER BY 2 DESC LIMIT 3"
    ):
        office.narrow(screen, what=event)
        assert (
            count
            <= len(office.rows(screen))
            <= office.one("SELECT count(*) FROM audit_logs WHERE event_type = %s", event)
        )
        office.checked += 1
    apart = {"changes", "hidden", "key", "login", "program", "reason"}
    said = office.sql("SELECT DISTINCT jsonb_object_keys(event_data) FROM audit_logs")
    assert [key for (key,) in said if key not in apart and column_text(key) == key] == []
    before = office.one("SELECT count(*) FROM audit_seals")
    screen.actions_by_id["record.check"].trigger()
    office.settle(screen)
    sealed = office.one("SELECT count(*) FROM audit_seals")
    told = re.search(r": ([\d,]+) in a row", screen.told)  # before the worker's first round nothing is sealed
    assert before <= (int(told[1].replace(",", "")) if told is not None else 0) <= sealed, screen.told
    office.checked += 1


def first_number(words: str) -> int:
    """The first number of a sentence."""
    found = re.search(r"\d[\d,]*", words)
    assert found is not None, words
    return int(found[0].replace(",", ""))


def paise(words: str) -> int | None:
    """What "₹1,499" is in paise."""
    return None if words == "–" else int(Decimal(words.removeprefix("₹").replace(",", "")) * 100)


def share(used: int | Decimal, limit: int | Decimal | None) -> str:
    """As a list says how much of what is used: "3 / 5"."""
    return f"{_plain(used)} / {'∞' if limit is None else _plain(limit)}"


def _plain(number: int | Decimal) -> str:
    return f"{Decimal(number).normalize():f}"
