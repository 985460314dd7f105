"""Students and their parents as admins keep them. They have no login here: the web platform is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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
        parents: one a line: e-mail address, what she is, and "first" behind who is written to.
        parent_names, plan, plan_ends, is_active, anonymous: not written; the plan that runs, and its last day.
        exams, marked, marking, begun: not written; of `exams`, so many are evaluated, wait for marks, and are not
            handed in yet.
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


@dataclass(frozen=True, slots=True)
class ParentDraft:
    """What can be written of a parent, and what is known beside.

    Attributes:
        children: names and what the parent is to each; not written.
    """

    first_name: str
    last_name: str
    email: str
    phone: str
    children: tuple[tuple[str, RelationshipType], ...] = ()
    is_active: bool = True
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class ParentLine:
    """A parent of a student as she is named in a line.

    Attributes:
        is_primary: she is the one who is written to.
    """

    email: str
    relationship: RelationshipType
    is_primary: bool = False


def read_parents(words: str) -> tuple[ParentLine, ...]:
    """Parents as they stand on the lines of a field: "asha@home.in mother first".

    Raises:
        InvalidError: a line says something else, or two are said to be the first.
    """
    found: dict[str, ParentLine] = {}
    for line in filter(None, map(str.split, words.splitlines())):
        kinds = [one for one in RelationshipType if len(line) > 1 and line[1].casefold() == one.value]
        if not is_email(line[0]) or not kinds or len(line) > 3 or line[2:] not in ([], [PRIMARY]):
            raise InvalidError(
                "One parent a line: e-mail, then father, mother, guardian or other, then first or nothing."
            )
        found[line[0].casefold()] = ParentLine(line[0], kinds[0], len(line) == 3)
    if len(found) > MOST_PARENTS:
        raise InvalidError("At most 10 parents.")
    if sum(parent.is_primary for parent in found.values()) > 1:
        raise InvalidError("Only one parent can be the first, who is written to.")
    return tuple(found.values())


def parents_text(parents: tuple[ParentLine, ...]) -> str:
    """As `read_parents` reads it."""
    return "\n".join(
        " ".join(filter(None, (one.email, one.relationship.value, PRIMARY if one.is_primary else "")))
        for one in parents
    )


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
