"""Members of staff as admins keep them: who they are, what they may do, and what a teacher takes on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.person import AccountState
from mv_desktop.domain.record import Fault

CLASSES = ("X", "XII")
MOST_SCRIPTS = 1000
LONGEST_NAME, LONGEST_EMAIL, LONGEST_PHONE = 100, 255, 20
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A teacher or admin in the list.

    Attributes:
        open_scripts: how many she has to mark; None of an admin.
    """

    user_id: UUID
    first_name: str
    last_name: str
    email: str
    role: StaffRole
    is_coordinator: bool
    state: AccountState
    last_login_at: datetime | None
    open_scripts: int | None


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """What can be written of a member of staff, and what is known of her beside.

    Attributes:
        daily_limit: at most so many scripts a day; None is unlimited.
        class_x, class_xii: she is given scripts of that class.
        conflicts: e-mail addresses of students whose scripts she is never given, one a line.
        state, last_login_at, open_scripts, absences: not written; absences are first and last day, the next first.
        own: the account of who looks at it.
        alone: nobody else who can sign in coordinates; said also of who does not.
    """

    first_name: str
    last_name: str
    email: str
    phone: str
    role: StaffRole
    is_coordinator: bool
    daily_limit: int | None
    class_x: bool
    class_xii: bool
    conflicts: str
    state: AccountState = AccountState.ACTIVE
    last_login_at: datetime | None = None
    open_scripts: int = 0
    absences: tuple[tuple[date, date], ...] = ()
    own: bool = False
    alone: bool = False


def is_email(words: str) -> bool:
    """Whether it can be an e-mail address, as the database asks of it."""
    return len(words) <= LONGEST_EMAIL and _EMAIL.fullmatch(words) is not None


def lines_of(words: str) -> tuple[str, ...]:
    """What stands on the lines, without blanks around it, each once and without regard to case."""
    found = {line.casefold(): line for line in map(str.strip, words.splitlines()) if line}
    return tuple(found.values())


def name_faults(first_name: str, last_name: str) -> tuple[Fault, ...]:
    """What is wrong with somebody's names."""
    found = []
    for field, name in (("first_name", first_name), ("last_name", last_name)):
        if not name.strip():
            found.append(Fault(field, "A name is needed."))
        elif len(name.strip()) > LONGEST_NAME:
            found.append(Fault(field, "The name is too long: at most 100 letters."))
    return tuple(found)


def phone_faults(phone: str) -> tuple[Fault, ...]:
    """What is wrong with a number; there need be none."""
    return (Fault("phone", "The number is too long: at most 20 characters."),) if len(phone) > LONGEST_PHONE else ()


def email_faults(email: str) -> tuple[Fault, ...]:
    """What is wrong with an e-mail address, which everybody has."""
    return () if is_email(email.strip()) else (Fault("email", "Enter an e-mail address: name@school.in."),)


def member_faults(draft: MemberDraft) -> tuple[Fault, ...]:
    """What a member of staff must not be, field by field."""
    found = [*name_faults(draft.first_name, draft.last_name), *email_faults(draft.email), *phone_faults(draft.phone)]
    if draft.role == StaffRole.ADMIN and draft.open_scripts:
        found.append(Fault("role", "She has open scripts; they must be given to others first."))
    if draft.role == StaffRole.TEACHER:
        if draft.daily_limit is not None and draft.daily_limit > MOST_SCRIPTS:
            found.append(Fault("daily_limit", "Between 0 and 1,000 scripts a day, or nothing for no limit."))
        if not all(map(is_email, lines_of(draft.conflicts))):
            found.append(Fault("conflicts", "One e-mail address of a student a line."))
    return tuple(found)
