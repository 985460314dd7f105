"""What admins keep, seen as records: a form's content, what is wrong with it, and what was changed of it by whom.

Each subject has rows and drafts of its own; here stands what all of them share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from pydantic import JsonValue

from mv_desktop.domain.record_name import RecordName, keys_of

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)
Draft_co = TypeVar("Draft_co", covariant=True)


class Fault(NamedTuple):
    """What is wrong with a draft.

    Attributes:
        field: the attribute of the draft that it is said beside; "" when it is about all of it.
        message: a sentence in English that says what would be right.
    """

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are listed.

    Attributes:
        words: what is looked for, "" for everything.
        choices: by filter, what was chosen of it; a filter that is not named lets everything through.
    """

    words: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


ORDER = "order"
"""What `Wanted.choices` calls the order of a list that has several; where none is chosen, it is the list's own."""


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row_co]):
    """A piece of a list.

    Attributes:
        rows: in the list's order.
        more: others follow them.
    """

    rows: tuple[Row_co, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Opened(Generic[Draft_co]):
    """A record as it stands on the server.

    Attributes:
        key: its id, or its name where it has none.
        seen: its `updated_at`, which a change has to name.
        draft: what can be written of it, and what a form shows beside.
    """

    key: str
    seen: datetime
    draft: Draft_co


class Difference(NamedTuple):
    """What became of a column.

    Attributes:
        column: as the database names it.
        before, after: None where there was or is nothing.
    """

    column: str
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the audit log about one record.

    Attributes:
        by: who made it, "" where a program did.
        event: what was done, "holiday.changed".
        reason: in the person's words, "" where none was asked for.
        differences: in the order of the columns' names.
        hidden: columns that changed and are never told.
        names: what its ids stand for (`keys`), and those of other changes; none where nobody asked.
    """

    log_id: UUID
    at: datetime
    by: str
    event: str
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    hidden: tuple[str, ...] = ()
    names: Mapping[str, RecordName] = field(default_factory=dict, compare=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """What of its values may have a name."""
        return keys_of(values_of(self.differences))


def values_of(differences: Iterable[Difference]) -> Iterator[tuple[str, JsonValue]]:
    """Each value before and after, with its column."""
    for one in differences:
        yield one.column, one.before
        yield one.column, one.after


def put_back(changes: Sequence[Change], which: UUID) -> dict[str, JsonValue]:
    """What columns held before a change and all that came after it.

    Args:
        changes: of one record, the newest first.
        which: the change that is to be taken back, with all newer ones.

    Returns:
        By column; empty when there is no such change.
    """
    found: dict[str, JsonValue] = {}
    for change in changes:
        found |= {difference.column: difference.before for difference in change.differences}
        if change.log_id == which:
            return found
    return {}


def ordered(rows: Iterable[Row], wanted: Wanted, orders: Mapping[str, Callable[[Row], Any]]) -> tuple[Row, ...]:
    """Rows of a list that is read whole, in the order that is wanted.

    Args:
        rows: in the list's own order, which holds among equals, and where no other one is wanted that is known.
        wanted: its `choices` may name one as `ORDER`.
        orders: by name, what is compared.
    """
    by = orders.get(wanted.choices.get(ORDER, ""))
    return tuple(rows) if by is None else tuple(sorted(rows, key=by))


@dataclass(frozen=True, slots=True)
class FormDraft:
    """What was typed into a form and is not saved yet.

    Attributes:
        kind, key: of which record; the key of a new one is "".
        seen: the `updated_at` of the record that it was typed over; None for a new one.
        typed: what stands in each field, by name, readable or not.
        at: when it was typed.
    """

    kind: str
    key: str
    seen: datetime | None
    typed: Mapping[str, str]
    at: datetime
