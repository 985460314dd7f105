"""Members of staff as a subject of the office."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from PySide6.QtWidgets import QWidget

from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.member import MemberDraft, MemberRow, member_faults
from mv_desktop.domain.person import AccountState
from mv_desktop.domain.record import Change, Fault, Opened, Slice, Wanted
from mv_desktop.ui.admin.act import Act, Once, Saved
from mv_desktop.ui.admin.computer_window import COMPUTERS, ComputerPlace, ComputerWindow
from mv_desktop.ui.admin.exchange import Exchange, FilePlace
from mv_desktop.ui.admin.field import Field, Kind
from mv_desktop.ui.admin.people_exchange import PeopleExchange, PeoplePlace
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import Choice, Column, Subject
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import day
from mv_desktop.ui.widgets.keyed_model import Sign

_STATES: dict[AccountState, tuple[str, Sign]] = {
    AccountState.ACTIVE: ("Can sign in", Sign("done", "done")),
    AccountState.FIRST_PASSWORD: ("First password", Sign("clock", "soon")),
    AccountState.LOCKED: ("Locked out", Sign("lock", "danger")),
    AccountState.CLOSED: ("Closed", Sign("close", "muted")),
    AccountState.NO_LOGIN: ("Without a login", Sign("person", "muted")),
}
_AT_WORK = (AccountState.ACTIVE, AccountState.FIRST_PASSWORD)
"""She can sign in."""
_ROLES = ((StaffRole.TEACHER, "Teacher"), (StaffRole.ADMIN, "Admin"))

_FIELDS = (
    Field("first_name", "First name"),
    Field("last_name", "Last name"),
    Field("email", "E-mail", help="She signs in with it."),
    Field("phone", "Phone"),
    Field("role", "Role", Kind.CHOICE, choices=tuple((str(role), name) for role, name in _ROLES), section="Rights"),
    Field("is_coordinator", "She coordinates, too", Kind.SWITCH),
    Field("daily_limit", "Scripts a day", Kind.WHOLE, optional=True, section="What a teacher takes on",
          help="At most so many are given to her; nothing means without limit."),
    Field("class_x", "Class X", Kind.SWITCH),
    Field("class_xii", "Class XII", Kind.SWITCH),
    Field("conflicts", "Never scripts of", Kind.LINES,
          help="E-mail addresses of students, one a line. Her own children are left out by themselves."),
)  # fmt: skip

RESET = Act("record.reset", "New first password")
LOCK = Act("record.lock", "Lock out")
UNLOCK = Act("record.unlock", "Unlock")
CLOSE = Act("record.close", "Close the account …")
REOPEN = Act("record.reopen", "Open again")


class MemberPlace(ComputerPlace, Protocol):
    """As `offline.office.member.Members`."""

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[MemberRow]:
        """Teachers and admins by name, behind the person `after`."""
        ...

    def open(self, user_id: UUID) -> Opened[MemberDraft]:
        """One of them."""
        ...

    def save(self, opened: Opened[MemberDraft], draft: MemberDraft, reason: str) -> None:
        """Write what differs."""
        ...

    def add(self, draft: MemberDraft, reason: str) -> tuple[UUID, str]:
        """Make one; answers who she is, and her first password."""
        ...

    def reset(self, user_id: UUID, reason: str) -> str:
        """Give her another first password, which is answered."""
        ...

    def lock(self, user_id: UUID, reason: str) -> None:
        """Let her in no more."""
        ...

    def unlock(self, user_id: UUID, reason: str) -> None:
        """Let her in again."""
        ...

    def close(self, user_id: UUID, reason: str) -> None:
        """Close her account."""
        ...

    def reopen(self, user_id: UUID, reason: str) -> None:
        """Open her account again."""
        ...

    def changes(self, user_id: UUID) -> tuple[Change, ...]:
        """What was changed of her."""
        ...


class MemberSubject(Subject):
    """Teachers and admins. Nobody is ever taken away: marks name her.

    Args:
        table: as `Subject.table`.
        when: a moment as people say it today.
    """

    kind = "member"
    title = "Staff"
    columns = (
        Column("Name", "Meenakshi Venkataraghavan"),
        Column("E-mail"),
        Column("Role", "Teacher, coordinator"),
        Column("Account", "Without a login"),
        Column("Open scripts", "1,000", figure=True),
    )
    choices = (
        Choice("role", "Role", tuple((str(role), name) for role, name in _ROLES)),
        Choice("state", "Account", tuple((str(state), name) for state, (name, _) in _STATES.items())),
        Choice("coordinator", "Coordinating", (("yes", "Who coordinates"), ("no", "Who does not coordinate"))),
    )
    fields = _FIELDS
    new = "New member of staff"
    shares = (190, 120)
    acts = (RESET, LOCK, UNLOCK, CLOSE, REOPEN)
    windows = (COMPUTERS,)

    naming = ("email",)

    def __init__(
        self, place: MemberPlace, table: PeoplePlace | None = None, when: Callable[[datetime], str] = str
    ) -> None:
        self._place, self.table, self._when = place, table, when
        self._people = table

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: MemberRow) -> str:
        return str(row.user_id)

    def text(self, row: MemberRow, column: int) -> str:
        return (
            f"{row.first_name} {row.last_name}",
            row.email,
            _role_text(row.role, coordinates=row.is_coordinator),
            tr(_STATES[row.state][0]),
            "" if row.open_scripts is None else str(row.open_scripts),
        )[column]

    def sign(self, row: MemberRow, column: int) -> Sign | None:
        return None if column else _STATES[row.state][1]

    def color(self, row: MemberRow, column: int) -> ColorRole | None:
        del column
        return "muted" if row.state is AccountState.CLOSED else None

    def exchange(self, files: FilePlace | None) -> Exchange:
        return super().exchange(files) if self._people is None else PeopleExchange(self, self._people, files)

    def name(self, draft: MemberDraft) -> str:
        return f"{draft.first_name} {draft.last_name}".strip()

    def blank(self) -> MemberDraft:
        return MemberDraft("", "", "", "", StaffRole.TEACHER, False, None, True, True, "")

    def faults(self, draft: MemberDraft) -> Sequence[Fault]:
        return member_faults(draft)

    def facts(self, draft: MemberDraft) -> str:
        """How she can sign in, how much she has, and when she is away."""
        lines = [tr(_STATES[draft.state][0]) if not draft.own else tr("This is your own account.")]
        if draft.last_login_at is not None:
            when = day(draft.last_login_at.date(), year=True)
            lines[0] = f"{lines[0]} · {tr('last signed in {day}', day=when)}"
        if draft.role == StaffRole.TEACHER:
            lines.append(tr_count("{count} open script", "{count} open scripts", draft.open_scripts))
        lines += [
            tr("Away from {first} to {last}", first=day(first), last=day(last, year=True))
            for first, last in draft.absences
        ]
        if draft.alone and not (draft.is_coordinator and draft.state in _AT_WORK):
            lines.append(tr("Nobody coordinates: flags and scripts that were handed back wait for nobody."))
        return "\n".join(lines)

    def effect(self, draft: MemberDraft, before: MemberDraft | None) -> str:
        """What she notices of a change."""
        if before is None:
            return tr("Her first password is shown once, here, when this is saved. She has to change it at once.")
        lines = []
        if draft.email.strip().casefold() != before.email.casefold():
            lines.append(tr("From now on she signs in with the new address, and with the password that she has."))
        if (draft.role, draft.is_coordinator) != (before.role, before.is_coordinator):
            lines.append(tr("Her rights change at once; what she has open on the server ends, and begins again."))
        if before.alone and before.is_coordinator and not draft.is_coordinator:
            lines.append(_nobody_text())
        if _taken_on(draft) != _taken_on(before):
            lines.append(
                tr("It holds for scripts that are given from now on; what she has stays with her.")
                if draft.role == StaffRole.TEACHER
                else tr("Who administers is given no scripts: what a teacher takes on stays as it is.")
            )
        return "\n".join(lines)

    def able(self, act: Act, draft: MemberDraft) -> bool:
        """Nobody does any of it to her own account; her computers are another thing."""
        if act == COMPUTERS:
            return draft.state is not AccountState.NO_LOGIN
        closed, locked = draft.state is AccountState.CLOSED, draft.state is AccountState.LOCKED
        possible = {
            RESET: not closed,
            LOCK: not closed and not locked and draft.state is not AccountState.NO_LOGIN,
            UNLOCK: locked,
            CLOSE: not closed,
            REOPEN: closed,
        }
        return possible[act] and not draft.own

    def window(self, act: Act, opened: Opened[MemberDraft], tasks: Tasks, parent: QWidget) -> RecordWindow:
        if act != COMPUTERS:
            return super().window(act, opened, tasks, parent)
        name = self.name(opened.draft)
        return ComputerWindow(self._place, UUID(opened.key), name, tasks, self._when, parent)

    def asked(self, act: Act, draft: MemberDraft) -> str:
        name = self.name(draft)
        if act == RESET:
            return tr("Give {name} a new first password? The one she has ends, and what she has open, too.", name=name)
        if act == LOCK:
            locking = tr(
                "Lock {name} out? What she has open on the server ends; her work on her computer stays.", name=name
            )
            return f"{locking} {_nobody_text()}" if draft.is_coordinator and draft.alone else locking
        if act != CLOSE:
            return ""
        lines = [tr("Close the account of {name}?", name=name)]
        if draft.open_scripts:
            lines.append(
                tr_count(
                    "{count} open script stays hers until who coordinates gives it to somebody else on the board.",
                    "{count} open scripts stay hers until who coordinates gives them to others on the board.",
                    draft.open_scripts,
                )
            )
        if draft.is_coordinator and draft.alone:
            lines.append(_nobody_text())
        lines.append(tr("What she marked and has not sent is still taken for 14 days, and kept for who coordinates."))
        return " ".join(lines)

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: MemberRow | None) -> Slice[MemberRow]:
        return self._place.page(wanted, None if after is None else after.user_id)

    def open(self, key: str) -> Opened[MemberDraft]:
        return self._place.open(UUID(key))

    def save(self, opened: Opened[MemberDraft] | None, draft: MemberDraft, reason: str) -> str | Saved:
        if opened is not None:
            self._place.save(opened, draft, reason)
            return opened.key
        user_id, password = self._place.add(draft, reason)
        return Saved(str(user_id), _first_password(self.name(draft), password))

    def act(self, act: Act, opened: Opened[MemberDraft], reason: str, target: Path | None) -> Once | None:
        del target
        user_id = UUID(opened.key)
        if act == RESET:
            return _first_password(self.name(opened.draft), self._place.reset(user_id, reason))
        {LOCK: self._place.lock, UNLOCK: self._place.unlock, CLOSE: self._place.close, REOPEN: self._place.reopen}[act](
            user_id, reason
        )
        return None

    def changes(self, key: str) -> Sequence[Change]:
        return self._place.changes(UUID(key))


def _nobody_text() -> str:
    """What it means when the last one who coordinates does so no more."""
    return tr("Nobody coordinates then: flags and scripts that are handed back wait for nobody.")


def _first_password(name: str, password: str) -> Once:
    words = tr("First password of {name}. It is shown now and never again: hand it over, or copy it.", name=name)
    return Once(words, password)


def _role_text(role: StaffRole, *, coordinates: bool) -> str:
    name = tr(dict(_ROLES)[role])
    return tr("{role}, coordinator", role=name) if coordinates else name


def _taken_on(draft: MemberDraft) -> tuple[object, ...]:
    return draft.daily_limit, draft.class_x, draft.class_xii, draft.conflicts
