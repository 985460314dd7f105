"""Students and their parents as admins keep them. They have no login here: the web platform is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.member import email_faults, is_email, name_faults, phone_faults
from mv_desktop.domain.person import RelationshipType
from mv_desktop.domain.record import Fault

MOST_PARENTS = 10
LONGEST_SCHOOL = 255
PRIMARY = "first"
"""The word behind the parent who is written to."""


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A student or a parent in the list.

    Attributes:
        student_class, plan: of a student; the plan is the one that runs today, None where none does.
    """

    user_id: UUID
    first_name: str
    last_name: str
    email: str
    phone: str
    is_active: bool
    student_class: str = ""
    school_name: str = ""
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class StudentDraft:
    """What can be written of a student, and what is known beside.

    Attributes:
        parents: one a line: e-mail address, what she is, "first" behind who is written to, and the name of a new one.
        parent_names, plan, plan_ends, is_active, anonymous: not written; the plan that runs, and its last day.
        exams, marked, marking, begun: not written; of `exams`, so many are evaluated, wait for marks, and are not
            handed in yet.
        last_login_at, email_verified: not written; on the web platform.
    """

    first_name: str
    last_name: str
    email: str
    student_class: str
    phone: str
    school_name: str
    parents: str
    parent_names: tuple[str, ...] = ()
    plan: str | None = None
    plan_ends: date | None = None
    exams: int = 0
    marked: int = 0
    marking: int = 0
    begun: int = 0
    is_active: bool = True
    anonymous: bool = False
    last_login_at: datetime | None = None
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class ParentDraft:
    """What can be written of a parent, and what is known beside.

    Attributes:
        children: names and what the parent is to each; not written.
        last_login_at, email_verified: as of a student.
    """

    first_name: str
    last_name: str
    email: str
    phone: str
    children: tuple[tuple[str, RelationshipType], ...] = ()
    is_active: bool = True
    anonymous: bool = False
    last_login_at: datetime | None = None
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class ParentLine:
    """A parent of a student as she is named in a line.

    Attributes:
        is_primary: she is the one who is written to.
        first_name, last_name: of one who is entered where nobody has that address; "" of one who is known.
    """

    email: str
    relationship: RelationshipType
    is_primary: bool = False
    first_name: str = ""
    last_name: str = ""


def read_parents(words: str) -> tuple[ParentLine, ...]:
    """Parents as they stand on the lines of a field: "asha@home.in mother first", of a new one "… Asha Rao".

    Raises:
        InvalidError: a line says something else, or two are said to be the first.
    """
    found: dict[str, ParentLine] = {}
    for line in filter(None, map(str.split, words.replace(";", "\n").splitlines())):
        parent = _parent(line)
        found[parent.email.casefold()] = parent
    if len(found) > MOST_PARENTS:
        raise InvalidError("At most 10 parents.")
    if sum(parent.is_primary for parent in found.values()) > 1:
        raise InvalidError("Only one parent can be the first, who is written to.")
    return tuple(found.values())


def parents_text(parents: tuple[ParentLine, ...]) -> str:
    """As `read_parents` reads it, of those who are known."""
    return "\n".join(
        " ".join(filter(None, (one.email, one.relationship.value, PRIMARY if one.is_primary else "")))
        for one in parents
    )


def _parent(line: Sequence[str]) -> ParentLine:
    kinds = [one for one in RelationshipType if len(line) > 1 and line[1].casefold() == one.value]
    primary = len(line) > 2 and line[2].casefold() == PRIMARY
    name = line[3 if primary else 2 :]
    if not is_email(line[0]) or not kinds or len(name) == 1:
        raise InvalidError(
            "One parent a line: e-mail, then father, mother, guardian or other, then first or nothing; of a new one "
            "then her first and last name."
        )
    first, last = (" ".join(name[:-1]), name[-1]) if name else ("", "")
    if name_faults(first or "x", last or "x"):
        raise InvalidError("The name is too long: at most 100 letters.")
    return ParentLine(line[0], kinds[0], primary, first, last)


def student_faults(draft: StudentDraft) -> tuple[Fault, ...]:
    """What a student must not be, field by field."""
    found = [*name_faults(draft.first_name, draft.last_name), *email_faults(draft.email), *phone_faults(draft.phone)]
    if len(draft.school_name) > LONGEST_SCHOOL:
        found.append(Fault("school_name", "The name of the school is too long: at most 255 letters."))
    try:
        read_parents(draft.parents)
    except InvalidError as error:
        found.append(Fault("parents", str(error)))
    return tuple(found)


def parent_faults(draft: ParentDraft) -> tuple[Fault, ...]:
    """What a parent must not be, field by field."""
    return (
        *name_faults(draft.first_name, draft.last_name), *email_faults(draft.email), *phone_faults(draft.phone),
    )  # fmt: skip
