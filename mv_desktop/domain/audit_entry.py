"""The audit log as admins read it: entries, and which of them are looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from pydantic import JsonValue

from mv_desktop.domain.audit_chain import ChainCheck
from mv_desktop.domain.evaluation import code_number, script_code, searched_code
from mv_desktop.domain.record import Difference, values_of
from mv_desktop.domain.record_name import PLAN_COLUMN, RecordName, is_id, keys_of, short_id

NOBODY = "none"
"""For who did it: a program, the owner of the database, or somebody without a login here."""
_CODE_LETTERS = 2
_CODE_SIGNS = 5
_ID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry, with all that is known of it.

    Attributes:
        number: its place in the chain.
        by, role: whose doing it was, and what she was then; "" where it was nobody's with an account.
        event: "plan.changed".
        kind: of what it was done to, "plan"; "" where it was done to nothing.
        record: the id of that, or its name where it has none.
        name: what that is called now, "" where it has no name or is gone.
        exam: of which script it is; None where it is of none.
        reason: in the person's words.
        login, program, address: from where it came.
        differences: in the order of the columns' names.
        hidden: columns that changed and are never told.
        rest: whatever else the entry says, by name.
        sealed: it has its seal.
        actor: the id of who did it.
        names: what its ids stand for (`keys`), and those of other entries; none where nobody asked.
    """

    number: int
    log_id: UUID
    at: datetime
    by: str
    role: str
    event: str
    kind: str = ""
    record: str = ""
    name: str = ""
    exam: UUID | None = None
    reason: str = ""
    login: str = ""
    program: str = ""
    address: str = ""
    differences: tuple[Difference, ...] = ()
    hidden: tuple[str, ...] = ()
    rest: tuple[tuple[str, JsonValue], ...] = ()
    sealed: bool = False
    actor: UUID | None = None
    names: Mapping[str, RecordName] = field(default_factory=dict, compare=False)

    @property
    def about(self) -> str:
        """To what it was done: a script's code, a name, or the end of an id."""
        if self.exam is not None:
            return script_code(self.exam)
        return self.name or (short_id(self.record) if is_id(self.record) else self.record)

    @property
    def keys(self) -> tuple[str, ...]:
        """What of it may have a name: the thing that it was done to, and what stands in its values."""
        record = (PLAN_COLUMN if self.kind == "plan" else "", self.record)
        return keys_of((record, *values_of(self.differences), *self.rest))


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """Which entries are looked for; what is None or "" lets everything through.

    Attributes:
        actor: who did it: her id, or `NOBODY`.
        kind: the first word of events, "plan".
        event: a whole event, "plan.changed".
        since, until: from one moment on, up to but not with another.
        record: to this it was done; of an exam, also what was done to its evaluation and its pages.
        code: to scripts of this code, as the number that `code_number` makes of it.
        named: to what is called so: a plan or a setting by how its name begins, a person by her e-mail address.
    """

    actor: str = ""
    kind: str = ""
    event: str = ""
    since: datetime | None = None
    until: datetime | None = None
    record: UUID | None = None
    code: int | None = None
    named: str = ""

    @property
    def of_records(self) -> bool:
        """Something certain is looked for."""
        return self.record is not None or self.code is not None or bool(self.named)


def audit_search(words: str, choices: Mapping[str, str], zone: tzinfo) -> AuditSearch:
    """What is looked for, of what was typed and chosen.

    Args:
        words: an id, a script's code however it is typed, an e-mail address, or the name of a plan or a setting.
        choices: "person", "what", "first_day" and "last_day", the last two written as 2026-01-31.
        zone: of the school, whose days they are.
    """
    record, code, named = _typed(words.strip())
    what = choices.get("what", "")
    first, last = choices.get("first_day", ""), choices.get("last_day", "")
    return AuditSearch(
        choices.get("person", ""),
        "" if "." in what else what,
        what if "." in what else "",
        _midnight(date.fromisoformat(first), zone) if first else None,
        _midnight(date.fromisoformat(last) + timedelta(days=1), zone) if last else None,
        record,
        code,
        named,
    )


def _typed(words: str) -> tuple[UUID | None, int | None, str]:
    if len(words) == _ID_LENGTH:
        try:
            return UUID(words), None, ""
        except ValueError:
            return None, None, words
    code = searched_code(words)
    if len(code) == _CODE_SIGNS:
        return None, code_number(f"{code[:_CODE_LETTERS]}-{code[_CODE_LETTERS:]}"), ""
    return None, None, words


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


@dataclass(frozen=True, slots=True)
class ChainState:
    """What a check of the seals found.

    Attributes:
        check: how far the chain holds.
        unsealed: entries that were not sealed yet when it began.
    """

    check: ChainCheck
    unsealed: int
