"""Members of staff in memory, behind the office's port."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.computer import Computer
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import ComputerId, UserId
from mv_desktop.domain.member import MemberDraft, MemberRow
from mv_desktop.domain.person import AccountState
from mv_desktop.domain.record import Change, Opened, Slice, Wanted

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
PIECE = 50


def member(first: str, last: str, role: StaffRole = StaffRole.TEACHER, **values: object) -> MemberDraft:
    draft = MemberDraft(first, last, f"{first.lower()}@school.in", "", role, False, None, True, True, "")
    return replace(draft, **values)  # type: ignore[arg-type]


class FakeMembers:
    """A `MemberPlace`.

    Attributes:
        people, seen, log: as the server has them; the key is the order of the list.
        given: the first passwords that were answered.
        machines: the computers of the first.
    """

    def __init__(self) -> None:
        self.people = {
            UUID(int=1): member("Asha", "Rao", open_scripts=12, absences=((date(2026, 7, 20), date(2026, 7, 22)),),
                                last_login_at=NOW, conflicts="ravi@home.in"),
            UUID(int=2): member("Meera", "Shah", is_coordinator=True),
            UUID(int=3): member("Nila", "Iyer", StaffRole.ADMIN, own=True),
            UUID(int=4): member("Om", "Patel", state=AccountState.LOCKED),
            UUID(int=5): member("Tara", "Nair", state=AccountState.CLOSED),
        }  # fmt: skip
        self.seen = dict.fromkeys(self.people, NOW)
        self.log: dict[UUID, list[Change]] = {}
        self.given: list[str] = []
        self.pages = 0
        self.machines = [
            Computer(UserId(UUID(int=1)), "asha@school.in", ComputerId(UUID(int=10 + number)), name, "1.4.2", NOW,
                     NOW - timedelta(hours=number), **values)  # type: ignore[arg-type]
            for number, (name, values) in enumerate((
                ("asha-laptop", {}),
                ("", {"revoked_at": NOW, "reason": "lost in the train"}),
                ("old-desk", {"revoked_at": NOW, "reason": "sold", "wiped_at": NOW, "left_behind": 2}),
            ))
        ]  # fmt: skip

    def put(self, key: UUID, event: str, by: str, reason: str, **values: object) -> None:
        """Somebody does something with her."""
        self.people[key] = replace(self.people[key], **values)  # type: ignore[arg-type]
        self.seen[key] = self.seen.get(key, NOW) + timedelta(minutes=1)
        number = sum(map(len, self.log.values())) + 1
        change = Change(UUID(int=number), self.seen[key], by, f"user.{event}", reason)
        self.log.setdefault(key, []).insert(0, change)

    # -- the place -------------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[MemberRow]:
        self.pages += 1
        rows = [
            MemberRow(
                key, one.first_name, one.last_name, one.email, one.role, one.is_coordinator, one.state,
                one.last_login_at, one.open_scripts if one.role == StaffRole.TEACHER else None,
            )
            for key, one in self.people.items()
            if wanted.words.casefold() in f"{one.first_name} {one.last_name} {one.email}".casefold()
            and wanted.choices.get("role", one.role) == one.role
            and wanted.choices.get("state", one.state) == one.state
        ]  # fmt: skip
        begin = 0 if after is None else [row.user_id for row in rows].index(after) + 1
        return Slice(tuple(rows[begin : begin + PIECE]), len(rows) > begin + PIECE)

    def open(self, user_id: UUID) -> Opened[MemberDraft]:
        return Opened(str(user_id), self.seen[user_id], self.people[user_id])

    def save(self, opened: Opened[MemberDraft], draft: MemberDraft, reason: str) -> None:
        key = UUID(opened.key)
        if self.seen[key] != opened.seen:
            raise ConflictError("Asha Rao has changed this meanwhile. Nothing was saved.")
        self.people[key] = draft
        self.put(key, "changed", "Me", reason)

    def add(self, draft: MemberDraft, reason: str) -> tuple[UUID, str]:
        if any(one.email == draft.email for one in self.people.values()):
            raise InvalidError("Somebody has that e-mail address already.")
        key = UUID(int=len(self.people) + 1)
        self.people[key] = replace(draft, state=AccountState.FIRST_PASSWORD)
        self.put(key, "created", "Me", reason)
        return key, self._password()

    def reset(self, user_id: UUID, reason: str) -> str:
        self.put(user_id, "password_reset", "Me", reason, state=AccountState.FIRST_PASSWORD)
        return self._password()

    def lock(self, user_id: UUID, reason: str) -> None:
        self.put(user_id, "locked", "Me", reason, state=AccountState.LOCKED)

    def unlock(self, user_id: UUID, reason: str) -> None:
        self.put(user_id, "unlocked", "Me", reason, state=AccountState.ACTIVE)

    def close(self, user_id: UUID, reason: str) -> None:
        self.put(user_id, "deactivated", "Me", reason, state=AccountState.CLOSED)

    def reopen(self, user_id: UUID, reason: str) -> None:
        self.put(user_id, "reactivated", "Me", reason, state=AccountState.ACTIVE)

    def changes(self, user_id: UUID) -> tuple[Change, ...]:
        return tuple(self.log.get(user_id, ()))

    def computers(self, user_id: UUID) -> tuple[Computer, ...]:
        return tuple(self.machines) if user_id == UUID(int=1) else ()

    def revoke(self, user_id: UUID, computer: ComputerId, reason: str) -> None:
        self._tell(computer, False, revoked_at=NOW, reason=reason)

    def restore(self, user_id: UUID, computer: ComputerId, reason: str) -> None:
        self._tell(computer, True, revoked_at=None, reason="", wiped_at=None, left_behind=None)

    def _tell(self, computer: ComputerId, revoked: bool, **values: object) -> None:
        place = next(n for n, one in enumerate(self.machines) if one.computer_id == computer)
        if (self.machines[place].revoked_at is not None) != revoked:
            raise RefusedError("This computer is revoked already." if not revoked else "This computer is not revoked.")
        self.machines[place] = replace(self.machines[place], **values)  # type: ignore[arg-type]

    def _password(self) -> str:
        self.given.append(f"abcd-efgh-{len(self.given)}")
        return self.given[-1]
