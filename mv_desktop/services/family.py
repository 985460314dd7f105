"""Students and their parents, for who keeps them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from mv_desktop.core.durable import save_whole
from mv_desktop.core.errors import InvalidError, RefusedError, UserError
from mv_desktop.domain.family import (
    FamilyRow,
    ParentDraft,
    ParentLine,
    StudentDraft,
    parents_text,
    read_parents,
)
from mv_desktop.domain.person import RelationshipType
from mv_desktop.domain.record import Opened, Slice, Wanted
from mv_desktop.services.people import TODAY, known_people, people
from mv_desktop.services.record import RecordKind, Written, accepted, put_record

Draft = TypeVar("Draft")

ANONYMOUS = "@anonymous.invalid"
"""How the address of who was made anonymous ends; no mail ever goes there (RFC 2606)."""

_STUDENT = f"""
    SELECT u.user_id, u.updated_at, u.first_name, u.last_name, u.email,
           coalesce(u.student_class, '') AS student_class,
           coalesce(u.phone, '') AS phone, coalesce(u.school_name, '') AS school_name, u.is_active,
           u.last_login_at, u.email_verified,
           (SELECT max(p.display_name) FROM public.subscriptions s
            JOIN public.subscription_plans p ON p.plan_type = s.plan_type
            WHERE s.student_user_id = u.user_id AND s.status = 'active'
              AND {TODAY} BETWEEN s.start_date AND s.end_date) AS plan,
           (SELECT max(s.end_date) FROM public.subscriptions s
            WHERE s.student_user_id = u.user_id AND s.status = 'active'
              AND {TODAY} BETWEEN s.start_date AND s.end_date) AS plan_ends, x.*
    FROM public.users u
    CROSS JOIN LATERAL (
        SELECT count(*)::int AS exams, count(*) FILTER (WHERE e.status = 'evaluated')::int AS marked,
               count(*) FILTER (WHERE e.status IN ('uploaded', 'pending_evaluation'))::int AS marking,
               count(*) FILTER (WHERE e.status IN ('in_progress', 'submitted_mcq', 'pending_upload'))::int AS begun
        FROM public.exam_instances e WHERE e.student_user_id = u.user_id
    ) x
    WHERE u.user_id = ANY(CAST(:users AS uuid[])) AND u.role = 'student'
"""  # noqa: S608 - ours
_PARENTS = """
    SELECT m.student_user_id, p.email, m.relationship::text AS relationship, m.is_primary,
           p.first_name || ' ' || p.last_name AS name
    FROM public.parent_student_mappings m JOIN public.users p ON p.user_id = m.parent_user_id
    WHERE m.student_user_id = ANY(CAST(:users AS uuid[])) ORDER BY m.is_primary DESC, m.created_at, p.email
"""
_PARENT = """
    SELECT u.user_id, u.updated_at, u.first_name, u.last_name, u.email, coalesce(u.phone, '') AS phone, u.is_active,
           u.last_login_at, u.email_verified
    FROM public.users u WHERE u.user_id = ANY(CAST(:users AS uuid[])) AND u.role = 'parent'
"""
_CHILDREN = """
    SELECT m.parent_user_id, c.first_name || ' ' || c.last_name AS name, m.relationship::text AS relationship
    FROM public.parent_student_mappings m JOIN public.users c ON c.user_id = m.student_user_id
    WHERE m.parent_user_id = ANY(CAST(:users AS uuid[])) ORDER BY c.last_name, c.first_name
"""


def family(session: Session, role: str, wanted: Wanted, after: UUID | None) -> Slice[FamilyRow]:
    """A piece of the list of students or of parents, by name.

    Args:
        session: on an admin's own login.
        role: "student" or "parent".
        wanted: as `people` looks for it.
        after: the last person of the piece before.
    """
    rows, more = people(session, (role,), wanted, after)
    found = tuple(
        FamilyRow(
            row["user_id"],
            row["first_name"],
            row["last_name"],
            row["email"],
            row["phone"] or "",
            row["is_active"],
            row["student_class"] or "",
            row["school_name"] or "",
            row["plan"],
        )
        for row in rows
    )
    return Slice(found, more)


def open_student(session: Session, user_id: UUID) -> Opened[StudentDraft]:
    """A student as she stands.

    Raises:
        RefusedError: there is none.
    """
    return _only(open_students(session, (user_id,)))


def open_students(session: Session, user_ids: Sequence[UUID]) -> tuple[Opened[StudentDraft], ...]:
    """These students as they stand, in any order; who is none is left out."""
    asked = {"users": [str(one) for one in user_ids]}
    parents: dict[UUID, list[Row[Any]]] = {}
    for one in session.execute(text(_PARENTS), asked):
        parents.setdefault(one.student_user_id, []).append(one)
    found = []
    for row in session.execute(text(_STUDENT), asked).mappings():
        hers = parents.get(row["user_id"], [])
        lines = tuple(ParentLine(one.email, RelationshipType(one.relationship), one.is_primary) for one in hers)
        draft = StudentDraft(
            **{name: value for name, value in row.items() if name not in {"user_id", "updated_at"}},
            parents=parents_text(lines),
            parent_names=tuple(one.name for one in hers),
            anonymous=row["email"].endswith(ANONYMOUS),
        )
        found.append(Opened(str(row["user_id"]), row["updated_at"], draft))
    return tuple(found)


def open_parent(session: Session, user_id: UUID) -> Opened[ParentDraft]:
    """A parent as she stands.

    Raises:
        RefusedError: there is none.
    """
    return _only(open_parents(session, (user_id,)))


def open_parents(session: Session, user_ids: Sequence[UUID]) -> tuple[Opened[ParentDraft], ...]:
    """These parents as they stand, in any order; who is none is left out."""
    asked = {"users": [str(one) for one in user_ids]}
    children: dict[UUID, list[tuple[str, RelationshipType]]] = {}
    for one in session.execute(text(_CHILDREN), asked):
        children.setdefault(one.parent_user_id, []).append((one.name, RelationshipType(one.relationship)))
    return tuple(
        Opened(
            str(row["user_id"]),
            row["updated_at"],
            ParentDraft(
                row["first_name"],
                row["last_name"],
                row["email"],
                row["phone"],
                tuple(children.get(row["user_id"], ())),
                is_active=row["is_active"],
                anonymous=row["email"].endswith(ANONYMOUS),
                last_login_at=row["last_login_at"],
                email_verified=row["email_verified"],
            ),
        )
        for row in session.execute(text(_PARENT), asked).mappings()
    )


def put_student(
    session: Session, user_id: UUID, seen: datetime, draft: StudentDraft, before: StudentDraft, reason: str
) -> Written:
    """Write what is otherwise than `before`, address and parents too, all of it or nothing.

    Raises:
        ConflictError: somebody was faster.
        InvalidError: a value does not fit, the address is somebody else's, or a parent is not known.
    """
    seen = _put_address(session, user_id, seen, draft.email, before.email, reason)
    written = _put(session, user_id, seen, _student_values(draft), _student_values(before), reason)
    parents = read_parents(draft.parents)
    if set(parents) != set(read_parents(before.parents)):
        written = _put_parents(session, user_id, written.updated_at, parents, reason)
    return written


def put_parent(
    session: Session, user_id: UUID, seen: datetime, draft: ParentDraft, before: ParentDraft, reason: str
) -> Written:
    """Write what is otherwise than `before`, all of it or nothing.

    Raises:
        ConflictError: somebody was faster.
        InvalidError: a value does not fit, or the address is somebody else's.
    """
    seen = _put_address(session, user_id, seen, draft.email, before.email, reason)
    return _put(session, user_id, seen, _parent_values(draft), _parent_values(before), reason)


def add_student(session: Session, draft: StudentDraft, reason: str) -> UUID:
    """Enter a student, who gets a password from the web platform; answers who she is.

    Raises:
        InvalidError: a value does not fit, the address is somebody's, or a parent is not known.
    """
    user_id, seen = _enrol(session, "student", _student_values(draft) | {"email": draft.email.strip()}, reason)
    parents = read_parents(draft.parents)
    if parents:
        _put_parents(session, user_id, seen, parents, reason)
    return user_id


def add_many(session: Session, role: str, drafts: Sequence[StudentDraft | ParentDraft], reason: str) -> list[UUID]:
    """Enter at most 1,000 students, with their parents, or parents: all of them or, once this raised, nobody.

    Args:
        session: on an admin's own login.
        role: "student" or "parent".
        drafts: who they are.
        reason: why, for the audit log.

    Returns:
        Who they are, in their order.

    Raises:
        RowRefusedError: one of them cannot be entered.
    """
    answer = session.scalar(
        text("SELECT api.enrol_all(:role, CAST(:rows AS jsonb), :reason)"),
        {"role": role, "rows": json.dumps([_enrolled(draft) for draft in drafts]), "reason": reason},
    )
    if isinstance(answer, dict) and "row" in answer:
        raise RowRefusedError(answer["row"], _refusal(answer))
    return [UUID(one) for one in accepted(answer)["people"]]


class RowRefusedError(Exception):
    """One of many cannot be entered; none is.

    Attributes:
        number: which, from 0.
        error: why.
    """

    def __init__(self, number: int, error: UserError) -> None:
        super().__init__(str(error))
        self.number, self.error = number, error


def remove(session: Session, user_id: UUID, seen: datetime, reason: str) -> bool:
    """Take back that a student or parent was entered; False where her account is closed instead (`api.unenrol`).

    Raises:
        ConflictError: somebody has changed her meanwhile.
        RefusedError: she was made anonymous, or her account is closed already.
    """
    answer = session.scalar(
        text("SELECT api.unenrol(:user, CAST(:seen AS timestamptz), :reason)"),
        {"user": user_id, "seen": seen, "reason": reason},
    )
    return bool(accepted(answer)["gone"])


def add_parent(session: Session, draft: ParentDraft, reason: str) -> UUID:
    """Enter a parent, who gets a password from the web platform; answers who she is.

    Raises:
        InvalidError: a value does not fit, or the address is somebody's.
    """
    return _enrol(session, "parent", _parent_values(draft) | {"email": draft.email.strip()}, reason)[0]


def put_account(session: Session, user_id: UUID, seen: datetime, *, is_open: bool, reason: str) -> None:
    """Close the account of a student or parent, or open it again; what she did and what was paid stays.

    Raises:
        ConflictError: somebody has changed her meanwhile.
        RefusedError: it is so already, she was made anonymous, or there is no such student or parent.
    """
    accepted(
        session.scalar(
            text("SELECT api.put_account(:user, CAST(:seen AS timestamptz), :open, :reason)"),
            {"user": user_id, "seen": seen, "open": is_open, "reason": reason},
        )
    )


def anonymise(session: Session, user_id: UUID, seen: datetime, reason: str) -> None:
    """Take away for good what says who a student or parent is; marks stay. Nothing brings it back.

    Raises:
        ConflictError: somebody has changed her meanwhile.
        RefusedError: there is no such student or parent.
    """
    accepted(
        session.scalar(
            text("SELECT api.anonymise(:user, CAST(:seen AS timestamptz), :reason)"),
            {"user": user_id, "seen": seen, "reason": reason},
        )
    )


def student_data(session: Session, user_id: UUID, reason: str) -> Mapping[str, Any]:
    """Everything that is known of one student, and of nobody else: audited.

    Raises:
        RefusedError: there is no such student.
    """
    answer = session.scalar(text("SELECT api.student_data(:user, :reason)"), {"user": user_id, "reason": reason})
    data = accepted(answer)["data"]
    if not isinstance(data, dict):
        raise TypeError(f"the server answered {type(data).__name__}")
    return data


def write_data(data: Mapping[str, Any], target: Path) -> None:
    """Write it as JSON in a zip, whole or not at all.

    Raises:
        InvalidError: it cannot be written there.
    """
    words = json.dumps(data, ensure_ascii=False, indent=1)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("student.json", words)
    save_whole(target, packed.getvalue())


def _only(found: Sequence[Opened[Draft]]) -> Opened[Draft]:
    if not found:
        raise RefusedError("There is no such person on the server.")
    return found[0]


def _student_values(draft: StudentDraft) -> dict[str, Any]:
    return {
        "first_name": draft.first_name.strip(),
        "last_name": draft.last_name.strip(),
        "phone": draft.phone.strip() or None,
        "student_class": draft.student_class,
        "school_name": draft.school_name.strip() or None,
    }


def _parent_values(draft: ParentDraft) -> dict[str, Any]:
    return {
        "first_name": draft.first_name.strip(),
        "last_name": draft.last_name.strip(),
        "phone": draft.phone.strip() or None,
    }


def _put(
    session: Session, user_id: UUID, seen: datetime, values: dict[str, Any], before: dict[str, Any], reason: str
) -> Written:
    changed = {name: value for name, value in values.items() if value != before[name]}
    return put_record(session, RecordKind.STUDENT, user_id, seen, changed, reason) if changed else Written(seen)


def _put_address(session: Session, user_id: UUID, seen: datetime, email: str, before: str, reason: str) -> datetime:
    """Answers what was seen of her then."""
    if email.strip() == before:
        return seen
    answer = session.scalar(
        text("SELECT api.put_address(:user, CAST(:seen AS timestamptz), :email, :reason)"),
        {"user": user_id, "seen": seen, "email": email, "reason": reason},
    )
    return datetime.fromisoformat(accepted(answer)["updated_at"])


def _put_parents(
    session: Session, student: UUID, seen: datetime, parents: tuple[ParentLine, ...], reason: str
) -> Written:
    _enrol_unknown(session, parents, reason)
    sent = [{"email": one.email, "relationship": one.relationship, "is_primary": one.is_primary} for one in parents]
    answer = session.scalar(
        text("SELECT api.put_parents(:user, CAST(:seen AS timestamptz), CAST(:parents AS jsonb), :reason)"),
        {"user": student, "seen": seen, "parents": json.dumps(sent), "reason": reason},
    )
    if isinstance(answer, dict) and answer.get("refused") == "no_parent":
        raise InvalidError(f"No parent has the address {answer['email']}. Nothing was saved.")
    return Written(datetime.fromisoformat(accepted(answer)["updated_at"]))


def _enrolled(draft: StudentDraft | ParentDraft) -> dict[str, Any]:
    if isinstance(draft, ParentDraft):
        return {"values": _parent_values(draft) | {"email": draft.email.strip()}}
    parents = [
        {"email": one.email, "relationship": one.relationship, "is_primary": one.is_primary}
        | ({"first_name": one.first_name, "last_name": one.last_name} if one.first_name else {})
        for one in read_parents(draft.parents)
    ]
    return {"values": _student_values(draft) | {"email": draft.email.strip()}, "parents": parents}


def _refusal(answer: Mapping[str, Any]) -> UserError:
    if answer["refused"] == "wrong":
        return InvalidError(f"The server did not accept what was sent: {answer['why']}.")
    if answer["refused"] == "no_parent":
        return InvalidError(f"No parent has the address {answer['email']}. Nothing was saved.")
    try:
        accepted(answer)
    except UserError as error:
        return error
    raise TypeError("the server refused nothing")


def _enrol_unknown(session: Session, parents: tuple[ParentLine, ...], reason: str) -> None:
    """Enter those of whom the names are said and the address is nobody's."""
    named = [one for one in parents if one.first_name]
    taken = known_people(session, [one.email for one in named]) if named else {}
    for number, one in enumerate(named):
        if number not in taken:
            values = {"email": one.email, "first_name": one.first_name, "last_name": one.last_name}
            _enrol(session, "parent", values, reason)


def _enrol(session: Session, role: str, values: dict[str, Any], reason: str) -> tuple[UUID, datetime]:
    answer = accepted(
        session.scalar(
            text("SELECT api.enrol(:role, CAST(:values AS jsonb), :reason)"),
            {"role": role, "values": json.dumps(values), "reason": reason},
        )
    )
    return UUID(answer["user_id"]), datetime.fromisoformat(answer["updated_at"])
