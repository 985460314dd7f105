"""What the ids stand for that occur in the audit log: a person's name, a script's code, the words of a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final, TypeGuard
from uuid import UUID

from pydantic import JsonValue

MOST_KEYS: Final = 40
"""So many ids of one entry get a name at most: some list every page of a teacher's scripts, and one reads a few."""
PLAN_COLUMN: Final = "plan_type"
"""Holds the name by which the database knows a plan, which has no id."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_SHORT = 8


@dataclass(frozen=True, slots=True)
class RecordName:
    """What a thing is called as it stands now; it may be called otherwise than when the entry was written.

    Attributes:
        kind: what it is, "user", "exam", "evaluation", "upload", "question", "proposal" (about a question),
            "template", "plan", "subscription", "holiday", "mapping", "absence", "consultation", "marking" (a second
            one), "comment", "computer" or "import".
        name: its own one, or that of the person whose it is; of a question and a comment how its words begin. ""
            where there is none, as of somebody who was made anonymous.
        role: a person's.
        of: to whom or to what it belongs besides: a student, a child, a question's unit; "" for nobody.
        exam: of which script it is.
        number: of a page; the marks of a question.
        at: when an exam began, or was made.
        first, last: days; the last of an absence is the one on which she is back.
    """

    kind: str
    name: str = ""
    role: str = ""
    of: str = ""
    exam: UUID | None = None
    number: int | None = None
    at: datetime | None = None
    first: date | None = None
    last: date | None = None


def is_id(value: object) -> TypeGuard[str]:
    """Whether it is an id as JSON has it."""
    return isinstance(value, str) and _ID.match(value) is not None


def short_id(value: str) -> str:
    """The end of an id, for what has no name, or none any more."""
    return f"…{value[-_SHORT:]}"


def keys_in(column: str, value: JsonValue) -> Iterator[str]:
    """What in a value may have a name: ids, however deep they lie, and plans."""
    if is_id(value) or (column == PLAN_COLUMN and isinstance(value, str) and value):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from keys_in(column, part)
    elif isinstance(value, dict):
        for name, part in value.items():
            if is_id(name):
                yield name
            yield from keys_in(name, part)


def keys_of(values: Iterable[tuple[str, JsonValue]]) -> tuple[str, ...]:
    """What in values, each with its column, may have a name: each once, in their order, at most `MOST_KEYS`."""
    found = (key for column, value in values for key in keys_in(column, value))
    return tuple(islice(dict.fromkeys(found), MOST_KEYS))
