"""What was brought in from files and can be taken back: which file did what, and what became of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from pydantic import JsonValue, TypeAdapter, ValidationError

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.record_import import Put

Draft = TypeVar("Draft")
Values = Mapping[str, JsonValue]
"""Attributes of a draft, or columns of a question, by name."""


class SourceFile(NamedTuple):
    """A file that is brought in.

    Attributes:
        name: without its folder.
        sha256: of what was read, in hexadecimal; "" where nobody knows.
    """

    name: str
    sha256: str = ""


class ImportState(StrEnum):
    """How far an import is; the values are the server's.

    `INTERRUPTED` broke off before it ended: nothing of it was written. `TAKING_BACK` is partly taken back, by somebody
    who is at it or has stopped.
    """

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    DONE = "done"
    TAKING_BACK = "taking_back"
    TAKEN_BACK = "taken_back"


class Deed(StrEnum):
    """What a row did."""

    NEW = "new"
    CHANGED = "changed"


class Outcome(StrEnum):
    """What became of a row when its import was taken back.

    `ARCHIVED` is out of use: other things name it. `LEFT` is as it was, and there is a reason.
    """

    GONE = "gone"
    ARCHIVED = "archived"
    PUT_BACK = "put_back"
    LEFT = "left"


CHANGED_SINCE = "changed"
"""The reason of a row that was left: somebody has changed its record since."""
NO_MORE = "unknown"
"""The reason of a row that was left: its record is no more."""


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import.

    Attributes:
        subject: the kind of its records, as the server names it.
        by: who did it, "" for the owner of the database.
        new, changed: so many records it made and changed.
        taken_back_by, taken_back_at: "" and None where nobody did; the moment is that of the end.
    """

    import_id: UUID
    subject: str
    file: SourceFile
    by: str
    at: datetime
    state: ImportState
    new: int
    changed: int
    taken_back_by: str = ""
    taken_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What a row of an import did.

    Attributes:
        place: in the import, from 1.
        row: of the file, as a spreadsheet counts; None where nobody knows.
        key: the record's.
        label: what the record was called.
        before, after: what stood in what the row says; before of a new one is None.
        left_at: the record's `updated_at` after it.
        outcome: None while it stands.
        why: of one that was left: `CHANGED_SINCE`, `NO_MORE`, the server's word for a refusal, or a sentence.
        by: who has changed it since, where that is why.
    """

    place: int
    row: int | None
    key: str
    label: str
    deed: Deed
    before: Values | None
    after: Values | None
    left_at: datetime
    outcome: Outcome | None = None
    why: str = ""
    by: str = ""


class Prospect(NamedTuple):
    """What taking an import back would do now.

    Attributes:
        new: so many that it made go, or are out of use.
        changed: so many get back what stood there before.
        since: so many stay as they are: somebody has changed them, or they are no more.
    """

    new: int
    changed: int
    since: int


class Judged(NamedTuple):
    """What became of a record of an import."""

    key: str
    outcome: Outcome
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Bringing:
    """What is brought in.

    Attributes:
        puts: what is written.
        names: the attributes of a draft that a row can say.
        naming: those of them that a record is called by.
    """

    file: SourceFile
    puts: tuple[Put, ...]
    names: tuple[str, ...]
    naming: tuple[str, ...]

    def label(self, draft: Any) -> str:  # noqa: ANN401 - a draft of the subject's own
        """What a record is called in the list of what was done."""
        return ", ".join(str(getattr(draft, name)) for name in self.naming if getattr(draft, name) != "")


@cache
def _adapter_of(shape: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - the class of a draft
    return TypeAdapter(shape)


def _adapter(draft: Any) -> TypeAdapter[Any]:  # noqa: ANN401
    shape: Any = type(draft)
    return _adapter_of(shape)


def said_of(draft: Any, names: Sequence[str]) -> dict[str, JsonValue]:  # noqa: ANN401
    """These attributes of a draft, as JSON."""
    values = _adapter(draft).dump_python(draft, mode="json", warnings=False)
    return {name: values[name] for name in names}


def difference(before: Any, after: Any, names: Sequence[str]) -> tuple[Values, Values]:  # noqa: ANN401
    """What of these attributes is otherwise, as it was and as it is."""
    old, new = said_of(before, names), said_of(after, names)
    differing = [name for name in names if old[name] != new[name]]
    return {name: old[name] for name in differing}, {name: new[name] for name in differing}


def restored(draft: Draft, before: Values) -> Draft:
    """A draft with what stood there before.

    Raises:
        InvalidError: another program wrote it in a shape that this one does not know.
    """
    adapter = _adapter(draft)
    try:
        whole: Draft = adapter.validate_python(adapter.dump_python(draft, mode="json", warnings=False) | dict(before))
    except ValidationError as error:
        raise InvalidError("What stood there before cannot be read.") from error
    return whole
