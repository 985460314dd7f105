"""Students as a subject of the office."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from PySide6.QtWidgets import QWidget

from mv_desktop.domain.class_name import class_named
from mv_desktop.domain.family import FamilyRow, ParentDraft, StudentDraft, student_faults
from mv_desktop.domain.member import CLASSES
from mv_desktop.domain.record import Change, Fault, Opened, Slice, Wanted
from mv_desktop.ui.admin.act import Act, Once
from mv_desktop.ui.admin.exam_window import EXAMS, ExamDesk
from mv_desktop.ui.admin.exchange import Exchange, FilePlace
from mv_desktop.ui.admin.field import Field, Kind
from mv_desktop.ui.admin.member import CLOSE, REOPEN
from mv_desktop.ui.admin.people_exchange import PeopleExchange, PeoplePlace
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import Choice, Column, Subject
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import day
from mv_desktop.ui.widgets.keyed_model import Sign

EXPORT = Act("record.export", "Export all data …", ".zip")
ANONYMISE = Act("record.anonymise", "Make anonymous …")
STATES = (("open", "Open"), ("closed", "Closed"))

_CLASSES = tuple((name, name) for name in CLASSES)


class StudentPlace(Protocol):
    """As `offline.office.family.Students`."""

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[FamilyRow]:
        """Students by name, behind the one with the id `after`."""
        ...

    def open(self, user_id: UUID) -> Opened[StudentDraft]:
        """One of them."""
        ...

    def save(self, opened: Opened[StudentDraft], draft: StudentDraft, reason: str) -> None:
        """Write what differs."""
        ...

    def add(self, draft: StudentDraft, reason: str) -> UUID:
        """Enter one; answers who she is."""
        ...

    def close(self, opened: Opened[StudentDraft], reason: str) -> None:
        """Close the account on the web platform."""
        ...

    def reopen(self, opened: Opened[StudentDraft], reason: str) -> None:
        """Open it again."""
        ...

    def anonymise(self, opened: Opened[StudentDraft], reason: str) -> None:
        """Take away for good what says who this is."""
        ...

    def export(self, user_id: UUID, target: Path, reason: str) -> None:
        """Write everything that is known of one student into a zip."""
        ...

    def changes(self, user_id: UUID) -> tuple[Change, ...]:
        """What was changed."""
        ...


class StudentSubject(Subject):
    """Who learns. The web platform is theirs; here stands what the office has to put right.

    Args:
        table: as `Subject.table`.
        exams: what shows a student's exams; None where nothing does.
    """

    kind = "student"
    title = "Students"
    columns = (
        Column("Name", "Meenakshi Venkataraghavan"),
        Column("Class", "XII"),
        Column("School"),
        Column("Phone", "+919876543210"),
        Column("Plan", "Premium MCQ Plan"),
    )
    choices = (
        Choice("class", "Class", _CLASSES),
        Choice("state", "Account", STATES),
    )
    fields = (
        Field("first_name", "First name"),
        Field("last_name", "Last name"),
        Field("email", "E-mail", help="For signing in to the web platform."),
        Field("student_class", "Class", Kind.CHOICE, choices=_CLASSES, meant=class_named),
        Field("phone", "Phone"),
        Field("school_name", "School"),
        Field("parents", "Parents", Kind.LINES,
              help="One a line: e-mail, then father, mother, guardian or other, then first for who is written to; of"
                   " a new parent then her name."),
    )  # fmt: skip
    new = "New student"
    shares = (190, 120)
    acts = (EXPORT, CLOSE, REOPEN, ANONYMISE)

    naming = ("email",)

    def __init__(self, place: StudentPlace, table: PeoplePlace | None = None, exams: ExamDesk | None = None) -> None:
        self._place, self.table = place, table
        self._exams, self.windows = exams, () if exams is None else (EXAMS,)
        self._people = table

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: FamilyRow) -> str:
        return str(row.user_id)

    def text(self, row: FamilyRow, column: int) -> str:
        name = f"{row.first_name} {row.last_name}"
        return (name, row.student_class, row.school_name, row.phone, row.plan or "–")[column]

    def sign(self, row: FamilyRow, column: int) -> Sign | None:
        return None if column or row.is_active else Sign("close", "muted")

    def color(self, row: FamilyRow, column: int) -> ColorRole | None:
        del column
        return None if row.is_active else "muted"

    def exchange(self, files: FilePlace | None) -> Exchange:
        return super().exchange(files) if self._people is None else PeopleExchange(self, self._people, files)

    def name(self, draft: StudentDraft) -> str:
        return f"{draft.first_name} {draft.last_name}".strip()

    def blank(self) -> StudentDraft:
        return StudentDraft("", "", "", CLASSES[0], "", "", "")

    def faults(self, draft: StudentDraft) -> Sequence[Fault]:
        return student_faults(draft)

    def facts(self, draft: StudentDraft) -> str:
        """The plan, the parents by name, and how many exams there are."""
        lines = []
        if draft.anonymous:
            lines.append(tr("Made anonymous: nobody knows any more who this was."))
        elif not draft.is_active:
            lines.append(tr("The account is closed."))
        lines.append(tr("Plan: {plan}", plan=draft.plan or tr("none that runs")))
        if draft.parent_names:
            lines.append(tr("Parents: {names}", names=", ".join(draft.parent_names)))
        lines += sign_in_lines(draft)
        exams = tr_count("{count} exam", "{count} exams", draft.exams)
        lines.append(tr("{exams}, {marked} with a result", exams=exams, marked=draft.marked))
        return "\n".join(lines)

    def effect(self, draft: StudentDraft, before: StudentDraft | None) -> str:
        if before is None:
            return tr("The web platform gives the first password: by “forgotten password”, with this address.")
        lines = [address_text()] if draft.email.strip().casefold() != before.email.casefold() else []
        if draft.student_class != before.student_class:
            lines.append(tr("Exams from now on are of the new class; those that there are keep theirs."))
        return "\n".join(lines)

    def able(self, act: Act, draft: StudentDraft) -> bool:
        if act == EXAMS:
            return draft.exams > 0
        return act == EXPORT or able_account(act, anonymous=draft.anonymous, is_active=draft.is_active)

    def window(self, act: Act, opened: Opened[StudentDraft], tasks: Tasks, parent: QWidget) -> RecordWindow:
        if act != EXAMS or self._exams is None:
            return super().window(act, opened, tasks, parent)
        return self._exams.of_student(UUID(opened.key), self.name(opened.draft), tasks, parent)

    def asked(self, act: Act, draft: StudentDraft) -> str:
        if act == CLOSE:
            return self._close_question(draft)
        return anonymous_question(self.name(draft), subscribed=draft.plan is not None) if act == ANONYMISE else ""

    def _close_question(self, draft: StudentDraft) -> str:
        """What becomes of what she has begun, handed in and paid."""
        lines = [close_text(self.name(draft))]
        if draft.begun:
            lines.append(
                tr_count(
                    "{count} exam that she has begun ends when its time is up.",
                    "{count} exams that she has begun end when their time is up.",
                    draft.begun,
                )
            )
        if draft.marking:
            lines.append(
                tr_count(
                    "{count} script that she has handed in is marked to its end.",
                    "{count} scripts that she has handed in are marked to their end.",
                    draft.marking,
                )
            )
        if draft.plan is not None and draft.plan_ends is not None:
            until = day(draft.plan_ends, year=True)
            lines.append(
                tr("{plan} runs on until {day}; where it is to end, cancel it, too.", plan=draft.plan, day=until)
            )
        return " ".join(lines)

    def file_name(self, act: Act, draft: StudentDraft) -> str:
        return f"{self.name(draft)}{act.suffix}".replace("/", "-")

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: FamilyRow | None) -> Slice[FamilyRow]:
        return self._place.page(wanted, None if after is None else after.user_id)

    def open(self, key: str) -> Opened[StudentDraft]:
        return self._place.open(UUID(key))

    def save(self, opened: Opened[StudentDraft] | None, draft: StudentDraft, reason: str) -> str:
        if opened is None:
            return str(self._place.add(draft, reason))
        self._place.save(opened, draft, reason)
        return opened.key

    def act(self, act: Act, opened: Opened[StudentDraft], reason: str, target: Path | None) -> Once | None:
        if target is not None:
            self._place.export(UUID(opened.key), target, reason)
        else:
            {CLOSE: self._place.close, REOPEN: self._place.reopen, ANONYMISE: self._place.anonymise}[act](
                opened, reason
            )
        return None

    def changes(self, key: str) -> Sequence[Change]:
        return self._place.changes(UUID(key))


def able_account(act: Act, *, anonymous: bool, is_active: bool) -> bool:
    """What can be done with an account: who was made anonymous has none."""
    possible = {CLOSE: is_active, REOPEN: not is_active, ANONYMISE: True}
    return possible[act] and not anonymous


def sign_in_lines(draft: StudentDraft | ParentDraft) -> list[str]:
    """When she signed in to the web platform last, and whether her address is confirmed; nothing of who is closed."""
    if not draft.is_active:
        return []
    if draft.last_login_at is None:
        lines = [tr("Has never signed in to the web platform")]
    else:
        when = day(draft.last_login_at.date(), year=True)
        lines = [tr("Signed in to the web platform last on {day}", day=when)]
    if not draft.email_verified:
        lines.append(tr("the e-mail address is not confirmed there"))
    return [" · ".join(lines)]


def close_text(name: str) -> str:
    """What is asked before an account is closed."""
    return " ".join(
        (
            tr("Close the account of {name}?", name=name),
            tr("She can sign in to the web platform no more; all that there is stays, and it can be opened again."),
        )
    )


def address_text() -> str:
    """What another address means."""
    return tr("From now on she signs in to the web platform with the new address, and confirms it there.")


def anonymous_question(name: str, *, subscribed: bool = False) -> str:
    """What is asked before somebody is made anonymous, naming what will happen."""
    lines = [
        tr("Make {name} anonymous? Names, e-mail, phone, photo, school, parents and children go for good.", name=name),
        tr("Exams, marks and answer sheets stay, and are nobody's. The account is closed. Nothing brings it back."),
    ]
    if subscribed:
        lines.insert(1, tr("The running subscription is cancelled."))
    return " ".join(lines)
