"""Two at one record of the office, on one database: who has it open learns what the other did, whatever she does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from pytestqt.qtbot import QtBot

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.demo.network import Proxy
from mv_desktop.domain.family import ParentDraft, StudentDraft
from mv_desktop.domain.subscriber import SubscriptionDraft
from mv_desktop.domain.subscription import BillingCycle, PlanType
from mv_desktop.domain.template import SectionDraft, TemplateDraft
from mv_desktop.offline.office import Office
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.record_moment import moment_of
from mv_desktop.ui.admin.holiday import HolidaySubject
from mv_desktop.ui.admin.member import MemberSubject
from mv_desktop.ui.admin.own_question import OwnQuestionSubject
from mv_desktop.ui.admin.parent import ParentSubject
from mv_desktop.ui.admin.plan import PlanSubject
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.setting import SettingSubject
from mv_desktop.ui.admin.student import StudentSubject
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.admin.subscription import SubscriptionSubject
from mv_desktop.ui.admin.template import TemplateSubject
from mv_desktop.ui.tasks import Tasks
from tests.factories.marking import School
from tests.fakes.plan_place import FakeDrafts
from tests.ui.office_hand import OfficeHand

new_id = id_source(SystemClock())
TODAY = date(2026, 7, 15)


def make(kind: str, office: Office, tasks: Tasks) -> Subject:
    """As the office's desk makes it."""
    made: dict[str, Callable[[], Subject]] = {
        "plan": lambda: PlanSubject(office.plans),
        "member": lambda: MemberSubject(office.members),
        "student": lambda: StudentSubject(office.students),
        "parent": lambda: ParentSubject(office.parents),
        "subscription": lambda: SubscriptionSubject(office.subscribers, lambda: TODAY),
        "template": lambda: TemplateSubject(office.templates, tasks),
        "holiday": lambda: HolidaySubject(office.holidays, new_id, lambda: TODAY, lambda: frozenset({6}), None),
        "setting": lambda: SettingSubject(office.settings),
        "question": lambda: QuestionSubject(office.questions, new_id, None, office.question_reviews),
        "own_question": lambda: OwnQuestionSubject(office.own_questions, new_id),
    }
    return made[kind]()


def put(subject: Subject, key: str, **values: Any) -> str:
    """Somebody writes a change of it, also where deadlines are weighed first."""
    opened = subject.open(key)
    draft = replace(opened.draft, **values)
    if subject.weighs(draft):
        return subject.save_weighed(opened, draft, "why not", subject.consequence(opened, draft), ())
    answer = subject.save(opened, draft, "why not")
    assert isinstance(answer, str)
    return answer


@dataclass(frozen=True, slots=True)
class Case:
    """One panel: which record of it is looked at, what one types into it, and what the other writes meanwhile."""

    kind: str
    key: Callable[[School, Office], str]
    typed: tuple[str, str]
    other: str
    value: Any
    shown: str


def _student(_school: School, office: Office) -> str:
    return str(office.students.add(StudentDraft("Uma", "Das", f"{new_id()}@home.example", "X", "", "", ""), "new"))


def _parent(_school: School, office: Office) -> str:
    return str(office.parents.add(ParentDraft("Mira", "Das", "mum@home.example", ""), "new"))


def _subscription(school: School, office: Office) -> str:
    email = office.students.open(UUID(_student(school, office))).draft.email
    sold = SubscriptionDraft(
        email, PlanType.PREMIUM, date(2026, 7, 1), date(2026, 7, 31), BillingCycle.MONTHLY, 1, 99900
    )
    return str(office.subscribers.start(sold, "new"))


def _template(_school: School, office: Office) -> str:
    sections = (SectionDraft("A", "", "VSA", 2, 3),)
    return office.templates.save(None, TemplateDraft("Mine", "XII", "board_exam", "", 90, True, sections), "new")


def _made(table: str, **values: object) -> Callable[[School, Office], str]:
    def made(school: School, _office: Office) -> str:
        with school.rows() as rows:
            return str(getattr(rows, table)(**values))

    return made


CASES = (
    Case("plan", lambda *_: "basic", ("exams_per_month", "7"), "monthly_price_paise", 19900, "199"),
    Case("member", lambda here, _: str(here.person().user_id), ("phone", "+919876543210"), "last_name", "Rao", "Rao"),
    Case("student", _student, ("phone", "+919876543210"), "school_name", "Hill School", "Hill School"),
    Case("parent", _parent, ("phone", "+919876543210"), "last_name", "Dutt", "Dutt"),
    Case("subscription", _subscription, ("exams_used_this_month", "3"), "exams_limit_per_month", 60, "60"),
    Case("template", _template, ("duration_minutes", "95"), "template_name", "Another", "Another"),
    Case("holiday", _made("holiday"), ("holiday_name", "Festival"), "holiday_type", "state", "state"),
    Case("setting", lambda *_: "notification_email_from", ("value", "a@b.in"), "value", "c@b.in", "c@b.in"),
    Case("question", _made("question"), ("topic", "Lines"), "question_text", "Find $z$.", "Find $z$."),
)  # fmt: skip


class Two:
    """One at her screen, and another who writes to the same database.

    Attributes:
        hand: at the screen.
        theirs: what the other writes with.
    """

    def __init__(self, qtbot: QtBot, school: School, case: Case) -> None:
        self.case, self.tasks = case, Tasks()
        mine, other = school.person("admin"), school.person("admin")
        ((self.name,),) = school.select(
            "SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", other.user_id
        )
        theirs = Office(other.session, new_id)
        self.key = case.key(school, theirs)
        self.theirs = make(case.kind, theirs, self.tasks)
        self.office = Office(mine.session, new_id)
        subject = make(case.kind, self.office, self.tasks)
        self.hand = OfficeHand(qtbot, self.tasks, subject, FakeDrafts(), self.office.moments)
        self.hand.screen.lead_to(self.key)
        self.hand.settle()
        assert self.hand.screen._shown == self.key

    @property
    def told(self) -> str:
        return f"{self.name} has changed this since you opened it."

    def write(self) -> None:
        """The other writes what the case says."""
        put(self.theirs, self.key, **{self.case.other: self.case.value})

    def leave(self) -> None:
        self.hand.close()
        self.tasks.shutdown()


@pytest.fixture
def two(qtbot: QtBot, school: School, request: pytest.FixtureRequest) -> Iterator[Two]:
    made = Two(qtbot, school, request.param)
    yield made
    made.leave()


def each(*kinds: str) -> pytest.MarkDecorator:
    cases = [case for case in CASES if not kinds or case.kind in kinds]
    return pytest.mark.parametrize("two", cases, indirect=True, ids=lambda case: case.kind)


@each()
def test_who_types_learns_who_changed_it_and_saves_as_ever(two: Two) -> None:
    hand, (name, words) = two.hand, two.case.typed
    hand.write(name, words)
    hand.wait()
    assert hand.panel.note == ""
    two.write()
    hand.wait()
    assert hand.panel.note == two.told
    assert hand.form.editor(name).typed == words
    assert hand.form.editor(name).control.hasFocus()
    hand.panel.say("", "")
    hand.wait()
    assert hand.panel.note == "", "it is told once"
    hand.panel.reason.setText("mine")
    hand.press("Ctrl+S")
    assert hand.messages.told[0].message == f"{two.name} has changed this meanwhile. Nothing was saved."
    assert hand.form.editor(name).typed == words
    assert two.case.other == name or hand.form.editor(two.case.other).typed == two.case.shown
    hand.press("Ctrl+S")
    assert hand.messages.said[-1].startswith("Saved: ")
    assert hand.form.editor(name).typed == words
    stood = two.theirs.open(two.key).draft
    assert two.case.other == name or getattr(stood, two.case.other) == two.case.value


@each()
def test_what_nobody_typed_in_is_as_it_is_now(two: Two) -> None:
    hand = two.hand
    hand.form.editor(two.case.typed[0]).control.setFocus()
    hand.wait()
    two.write()
    hand.wait()
    assert hand.form.editor(two.case.other).typed == two.case.shown
    assert (hand.panel.note, hand.messages.told, hand.messages.said) == ("", [], [])
    assert hand.form.editor(two.case.typed[0]).control.hasFocus()
    assert hand.panel.heading == two.theirs.name(two.theirs.open(two.key).draft)
    hand.write(*two.case.typed)
    hand.panel.reason.setText("mine")
    hand.press("Ctrl+S")
    assert hand.messages.said[-1].startswith("Saved: "), "what is written names the state that is shown"


@each("holiday")
@pytest.mark.parametrize("types", [True, False])
def test_who_took_it_away_is_told(two: Two, *, types: bool) -> None:
    hand = two.hand
    if types:
        hand.write(*two.case.typed)
    opened = two.theirs.open(two.key)
    two.theirs.save_weighed(opened, None, "why not", two.theirs.consequence(opened, None), ())
    hand.wait()
    assert hand.panel.note == f"{two.name} has taken this away since you opened it."
    assert hand.screen.state_text == ""
    if types:
        assert hand.form.editor("holiday_name").typed == "Festival"


@each("question")
def test_who_archived_a_question_is_told(two: Two) -> None:
    hand = two.hand
    hand.write(*two.case.typed)
    put(two.theirs, two.key, status="active")
    put(two.theirs, two.key, status="archived")
    hand.wait()
    assert hand.panel.note == f"{two.name} has archived this since you opened it."
    assert hand.form.editor("topic").typed == "Lines"


def test_a_teacher_learns_what_an_admin_did_with_her_question(qtbot: QtBot, school: School) -> None:
    asha, admin = school.person(), school.person("admin")
    with school.rows() as rows:
        key = str(rows.question(created_by=asha.user_id))
    tasks, office = Tasks(), Office(asha.session, new_id)
    hand = OfficeHand(qtbot, tasks, make("own_question", office, tasks), FakeDrafts(), office.moments)
    try:
        hand.screen.lead_to(key)
        hand.settle()
        hand.write("topic", "Lines")
        put(make("question", Office(admin.session, new_id), tasks), key, question_text="Find $z$.")
        hand.wait()
        assert hand.panel.note == "Somebody else has changed this since you opened it."  # the log is not hers to read
        assert hand.form.editor("topic").typed == "Lines"
        school.execute("UPDATE questions SET status = 'archived' WHERE question_id = %s", key)
        hand.wait()
        school.execute("UPDATE questions SET created_by = %s WHERE question_id = %s", admin.user_id, key)
        hand.wait()
        assert hand.panel.note == "Somebody else has taken this away since you opened it."
    finally:
        hand.close()
        tasks.shutdown()


def test_the_server_goes_while_one_types_and_comes_back(qtbot: QtBot, school: School) -> None:
    mine, other = school.person("admin"), school.person("admin")
    host = psycopg.conninfo.conninfo_to_dict(mine.url)
    proxy = Proxy(int(str(host["port"])))
    engine = make_engine(mine.url.replace(f":{host['port']}/", f":{proxy.port}/"), application_name="mv-desktop test")
    tasks, office = Tasks(), Office(lambda: open_session(engine), new_id)
    hand = OfficeHand(qtbot, tasks, PlanSubject(office.plans), FakeDrafts(), office.moments)
    try:
        hand.write("exams_per_month", "7")
        put(make("plan", Office(other.session, new_id), tasks), "basic", monthly_price_paise=19900)
        proxy.cut()
        hand.wait()
        assert (hand.panel.note, hand.screen.state_text, hand.messages.told) == ("", "", [])
        assert hand.form.editor("exams_per_month").typed == "7"
        proxy.mend()
        for _ in range(2):
            hand.wait()
        assert hand.panel.note.endswith("has changed this since you opened it.")
    finally:
        hand.close()
        tasks.shutdown()
        engine.dispose()
        proxy.close()


def test_a_moment_is_the_one_that_a_change_has_to_name(school: School) -> None:
    admin, asha = school.person("admin"), school.person()
    office, hers, tasks = Office(admin.session, new_id), Office(asha.session, new_id), Tasks()
    for case in CASES:
        key = case.key(school, office)
        assert office.moments.seen(case.kind, key) == make(case.kind, office, tasks).open(key).seen, case.kind
        if len(key) == 36:
            assert office.moments.seen(case.kind, str(UUID(int=0))) is None
    own = make("own_question", hers, tasks)
    with school.rows() as rows:
        key = str(rows.question(created_by=asha.user_id, status="active"))
    before = hers.moments.seen("own_question", key)
    put(own, key, topic="Lines")  # a change of what is in the bank waits beside it
    assert before is not None
    now = hers.moments.seen("own_question", key)
    assert now is not None
    assert before < now == own.open(key).seen
    assert hers.moments.seen("own_question", str(UUID(int=0))) is None
    with admin.session() as session, pytest.raises(KeyError):
        moment_of(session, "paper", "1")
    tasks.shutdown()
