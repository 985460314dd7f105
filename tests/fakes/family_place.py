"""Students and parents in memory, behind the office's ports."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from mv_desktop.core.errors import ConflictError, InvalidError
from mv_desktop.domain.family import FamilyRow, ParentDraft, StudentDraft, read_parents
from mv_desktop.domain.person import RelationshipType
from mv_desktop.domain.record import Change, Opened, Slice, Wanted

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)


class _Fake:
    def __init__(self) -> None:
        self.people: dict[UUID, Any] = {}
        self.seen: dict[UUID, datetime] = {}
        self.log: dict[UUID, list[Change]] = {}

    def put(self, key: UUID, event: str, reason: str, draft: Any) -> None:
        self.people[key] = draft
        self.seen[key] = self.seen.get(key, NOW) + timedelta(minutes=1)
        change = Change(UUID(int=len(self.log.get(key, [])) + 1), self.seen[key], "Me", f"user.{event}", reason)
        self.log.setdefault(key, []).insert(0, change)

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[FamilyRow]:
        del after
        return Slice(tuple(
            FamilyRow(
                key, one.first_name, one.last_name, one.email, one.phone, one.is_active,
                getattr(one, "student_class", ""), getattr(one, "school_name", ""), getattr(one, "plan", None),
            )
            for key, one in self.people.items()
            if wanted.words.casefold() in f"{one.first_name} {one.last_name} {one.email}".casefold()
            and wanted.choices.get("class") in {None, getattr(one, "student_class", "")}
        ))  # fmt: skip

    def open(self, user_id: UUID) -> Opened[Any]:
        return Opened(str(user_id), self.seen[user_id], self.people[user_id])

    def anonymise(self, opened: Opened[Any], reason: str) -> None:
        self._meet(opened)
        gone = {"first_name": "–", "last_name": "–", "email": f"{opened.key}@anonymous.invalid", "phone": ""}
        draft = replace(opened.draft, **gone, is_active=False, anonymous=True)
        self.put(UUID(opened.key), "anonymised", reason, draft)

    def close(self, opened: Opened[Any], reason: str) -> None:
        self._meet(opened)
        self.put(UUID(opened.key), "deactivated", reason, replace(opened.draft, is_active=False))

    def reopen(self, opened: Opened[Any], reason: str) -> None:
        self._meet(opened)
        self.put(UUID(opened.key), "reactivated", reason, replace(opened.draft, is_active=True))

    def changes(self, user_id: UUID) -> tuple[Change, ...]:
        return tuple(self.log.get(user_id, ()))

    def save(self, opened: Opened[Any], draft: Any, reason: str) -> None:
        self._meet(opened)
        self.put(UUID(opened.key), "changed", reason, draft)

    def add(self, draft: Any, reason: str) -> UUID:
        key = UUID(int=len(self.people) + 1)
        self.put(key, "created", reason, draft)
        return key

    def _meet(self, opened: Opened[Any]) -> None:
        if self.seen[UUID(opened.key)] != opened.seen:
            raise ConflictError("Asha Rao has changed this meanwhile. Nothing was saved.")


class FakeStudents(_Fake):
    """A `StudentPlace`."""

    def __init__(self) -> None:
        super().__init__()
        self.people = {
            UUID(int=1): StudentDraft("Ravi", "Kumar", "ravi@home.in", "X", "98765", "DPS", "mum@home.in mother first",
                                      ("Anu Kumar",), "Premium Plan", date(2026, 8, 31), 3, 1, 1, 1),
            UUID(int=2): StudentDraft("Sita", "Menon", "sita@home.in", "XII", "", "", ""),
        }  # fmt: skip
        self.seen = dict.fromkeys(self.people, NOW)

    def save(self, opened: Opened[Any], draft: Any, reason: str) -> None:
        unknown = [one.email for one in read_parents(draft.parents) if not one.email.endswith("@home.in")]
        if unknown:
            raise InvalidError(f"No parent has the address {unknown[0]}. Nothing was saved.")
        super().save(opened, draft, reason)

    def export(self, user_id: UUID, target: Path, reason: str) -> None:
        target.write_text(json.dumps({"person": str(user_id), "reason": reason}))


class FakeParents(_Fake):
    """A `ParentPlace`."""

    def __init__(self) -> None:
        super().__init__()
        mother = RelationshipType.MOTHER
        self.people = {UUID(int=1): ParentDraft("Anu", "Kumar", "mum@home.in", "1", (("Ravi Kumar", mother),))}
        self.seen = dict.fromkeys(self.people, NOW)
