"""Members of staff, for who keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import InvalidError, RefusedError
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.member import CLASSES, MemberDraft, MemberRow, lines_of
from mv_desktop.domain.person import AccountState, NewMember
from mv_desktop.domain.record import Opened, Slice, Wanted
from mv_desktop.services.people import TODAY, people
from mv_desktop.services.record import Written, accepted, as_json
from mv_desktop.services.staff import create_person, first_password, verifier_for

_OPENED = f"""
    SELECT u.user_id, u.updated_at, u.first_name, u.last_name, u.email, coalesce(u.phone, '') AS phone,
           u.role::text AS role,
           u.is_coordinator, u.is_active, u.last_login_at, u.user_id = (SELECT api.me()) AS own,
           NOT EXISTS (SELECT 1 FROM public.staff_logins o JOIN public.users c ON c.user_id = o.user_id
                       WHERE o.locked_at IS NULL AND c.is_coordinator AND c.is_active
                         AND c.user_id <> u.user_id) AS alone,
           l.login_name IS NOT NULL AS has_login, l.locked_at,
           coalesce(l.must_change_password, false) AS must_change_password, t.daily_limit, t.classes,
           (SELECT coalesce(string_agg(s.email, E'\\n' ORDER BY s.email), '') FROM public.teacher_conflicts c
            JOIN public.users s ON s.user_id = c.student_user_id WHERE c.user_id = u.user_id) AS conflicts,
           (SELECT count(*)::int FROM public.evaluations e
            WHERE e.teacher_user_id = u.user_id AND e.status <> 'completed') AS open_scripts,
           ARRAY(SELECT a.first_day FROM public.teacher_absences a WHERE a.user_id = u.user_id
                 AND a.return_day > {TODAY} ORDER BY a.first_day LIMIT 5) AS away,
           ARRAY(SELECT a.return_day FROM public.teacher_absences a WHERE a.user_id = u.user_id
                 AND a.return_day > {TODAY} ORDER BY a.first_day LIMIT 5) AS back
    FROM public.users u
    LEFT JOIN public.staff_logins l ON l.user_id = u.user_id
    LEFT JOIN public.teacher_limits t ON t.user_id = u.user_id
    WHERE u.user_id = ANY(CAST(:users AS uuid[])) AND u.role IN ('teacher', 'admin')
"""  # noqa: S608 - ours


def members(session: Session, wanted: Wanted, after: UUID | None) -> Slice[MemberRow]:
    """A piece of the list of teachers and admins, by name.

    Args:
        session: on an admin's own login.
        wanted: as `people` looks for it.
        after: the last person of the piece before.
    """
    rows, more = people(session, ("teacher", "admin"), wanted, after)
    return Slice(
        tuple(
            MemberRow(
                row["user_id"],
                row["first_name"],
                row["last_name"],
                row["email"],
                StaffRole(row["role"]),
                row["is_coordinator"],
                state_of(row),
                row["last_login_at"],
                row["open_scripts"],
            )
            for row in rows
        ),
        more,
    )


def state_of(row: Mapping[Any, Any]) -> AccountState:
    """What weighs most: closed before locked before a first password."""
    if not row["is_active"]:
        return AccountState.CLOSED
    if not row["has_login"]:
        return AccountState.NO_LOGIN
    if row["locked_at"] is not None:
        return AccountState.LOCKED
    return AccountState.FIRST_PASSWORD if row["must_change_password"] else AccountState.ACTIVE


def open_member(session: Session, user_id: UUID) -> Opened[MemberDraft]:
    """A member of staff as she stands.

    Raises:
        RefusedError: there is none.
    """
    found = open_members(session, (user_id,))
    if not found:
        raise RefusedError("There is no such person on the server.")
    return found[0]


def open_members(session: Session, user_ids: Sequence[UUID]) -> tuple[Opened[MemberDraft], ...]:
    """These members of staff as they stand, in any order; who is none is left out."""
    rows = session.execute(text(_OPENED), {"users": [str(one) for one in user_ids]}).mappings()
    return tuple(map(_opened, rows))


def _opened(row: Mapping[Any, Any]) -> Opened[MemberDraft]:
    classes = CLASSES if row["classes"] is None else row["classes"]
    draft = MemberDraft(
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        phone=row["phone"],
        role=StaffRole(row["role"]),
        is_coordinator=row["is_coordinator"],
        daily_limit=row["daily_limit"],
        class_x="X" in classes,
        class_xii="XII" in classes,
        conflicts=row["conflicts"],
        state=state_of(row),
        last_login_at=row["last_login_at"],
        open_scripts=row["open_scripts"],
        absences=tuple((first, back - timedelta(days=1)) for first, back in zip(row["away"], row["back"], strict=True)),
        own=bool(row["own"]),
        alone=row["alone"],
    )
    return Opened(str(row["user_id"]), row["updated_at"], draft)


def put_member(
    session: Session, user_id: UUID, seen: datetime, draft: MemberDraft, before: MemberDraft, reason: str
) -> Written:
    """Write what is otherwise than `before`, all of it or nothing. Of an admin nothing of what teachers take on.

    Raises:
        ConflictError: somebody was faster.
        InvalidError: a value does not fit, or the address is somebody else's.
        RefusedError: it cannot be done, as with one's own role.
    """
    values = {name: new for name, new in _values(draft).items() if new != _values(before)[name]}
    if draft.role == StaffRole.ADMIN:
        values = {name: new for name, new in values.items() if name not in {"daily_limit", "classes", "conflicts"}}
    if not values:
        return Written(seen)
    answer = session.scalar(
        text("SELECT api.put_staff(:user, CAST(:seen AS timestamptz), CAST(:values AS jsonb), :reason)"),
        {"user": user_id, "seen": seen, "values": as_json(values), "reason": reason},
    )
    if isinstance(answer, dict) and answer.get("refused") == "no_student":
        raise InvalidError(f"No student has the address {answer['email']}. Nothing was saved.")
    return Written(datetime.fromisoformat(accepted(answer)["updated_at"]))


def add_member(session: Session, draft: MemberDraft, reason: str) -> tuple[UserId, str]:
    """Make a member of staff with a login; answers who she is, and her first password, which is kept nowhere.

    Raises:
        InvalidError: a value does not fit, or the address is somebody else's.
        RefusedError: the server has a login for that address that is another database's.
    """
    password = first_password()
    made = NewMember(draft.email, draft.first_name, draft.last_name, StaffRole(draft.role), draft.is_coordinator)
    user_id = create_person(session, made, verifier_for(session, password), reason)
    opened = open_member(session, user_id)
    put_member(session, user_id, opened.seen, draft, opened.draft, reason)
    return user_id, password


def _values(draft: MemberDraft) -> dict[str, Any]:
    """By the server's names. All classes are no limit."""
    classes = [name for name, hers in zip(CLASSES, (draft.class_x, draft.class_xii), strict=True) if hers]
    return {
        "first_name": draft.first_name.strip(),
        "last_name": draft.last_name.strip(),
        "email": draft.email.strip(),
        "phone": draft.phone.strip() or None,
        "role": str(draft.role),
        "is_coordinator": draft.is_coordinator,
        "daily_limit": draft.daily_limit,
        "classes": None if len(classes) == len(CLASSES) else classes,
        "conflicts": list(lines_of(draft.conflicts)),
    }
