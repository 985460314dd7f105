"""A value of the audit log in words: names for ids, and what lies in one another without brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import NamedTuple, TypeGuard

from mv_desktop.domain.money import rupees_text
from mv_desktop.domain.record_name import PLAN_COLUMN, is_id, short_id
from mv_desktop.ui.admin.choice_words import choice_text
from mv_desktop.ui.admin.column_words import column_text
from mv_desktop.ui.text import tr

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d:\d\d\Z")
_COLUMN_LISTS = ("columns",)
"""Their values are names of columns."""
NOTHING = "–"
"""What is said of an empty value."""
_DIGITS = 12
"""Of a digest."""


class Said(NamedTuple):
    """What is said of a value.

    Attributes:
        line: as a cell of a table shows it.
        whole: all of it, line by line, with each id that a name stands for.
    """

    line: str
    whole: str


@dataclass(frozen=True, slots=True)
class ValueWords:
    """Says values in the language spoken.

    Attributes:
        zone: in which moments are told; as they stand in the log where None.
        names: what ids, and the database's names of plans, are called.
        kind: of the record that the values are of, as the audit log has it; "" where nobody knows.
    """

    zone: tzinfo | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""

    def told(self, column: str, value: object) -> Said:
        """A value as JSON has it, of a column as the database names it."""
        return Said(" ".join(self._line(column, value).split()), "\n".join(self._lines(column, value)))

    # -- private ---------------------------------------------------------------------------------------------

    def _line(self, column: str, value: object) -> str:
        if not _has_parts(value):
            return self._one(column, value)
        if isinstance(value, dict):
            # what is empty, and in which form it is kept, would fill the line
            said = {name: part for name, part in value.items() if part not in (None, "", [], {}) and name != "schema"}
            return ", ".join(f"{self._key(name)}: {self._line(name, part)}" for name, part in (said or value).items())
        between = "; " if any(map(_has_parts, _parts(value))) else ", "
        return between.join(self._line(column, part) for part in _parts(value))

    def _lines(self, column: str, value: object) -> list[str]:
        """As `_line`, but a line for each id and for each part of what lies in something else."""
        if is_id(value):
            return [self.names[value], value] if value in self.names else [value]
        if not _has_parts(value):
            return [self._one(column, value)]
        if isinstance(value, dict):
            return [
                line for name, part in value.items() for line in self._under(self._key(name, beside=True), name, part)
            ]
        if any(map(_has_parts, _parts(value))):
            return [line for part in _parts(value) for line in _inset("–  ", self._lines(column, part))]
        said = [self._one(column, part, beside=True) for part in _parts(value)]
        return said if any(map(is_id, _parts(value))) else [", ".join(said)]

    def _under(self, label: str, column: str, value: object) -> list[str]:
        lines = self._lines(column, value)
        return [f"{label}: {lines[0]}"] if len(lines) == 1 else [f"{label}:", *_inset("   ", lines)]

    def _key(self, name: str, *, beside: bool = False) -> str:
        return self._id(name, beside=beside) if is_id(name) else column_text(name)

    def _id(self, value: str, *, beside: bool) -> str:
        name = self.names.get(value, "")
        if not name:
            return value if beside else short_id(value)
        return f"{name} · {value}" if beside else name

    def _one(self, column: str, value: object, *, beside: bool = False) -> str:
        """A value without parts; `beside`: an id stands beside its name."""
        if is_id(value):
            return self._id(value, beside=beside)
        if isinstance(value, str):
            return self._words(column, value)
        if isinstance(value, bool):
            return tr("yes") if value else tr("no")
        if isinstance(value, int) and column.endswith("_paise"):
            return rupees_text(value)
        if _is_document(value):
            return tr("a document ({digest}…)", digest=str(value["sha256"])[:_DIGITS])
        return NOTHING if value is None or value in ([], {}) else str(value)

    def _words(self, column: str, value: str) -> str:
        if column == PLAN_COLUMN and value in self.names:
            return self.names[value]
        if column in _COLUMN_LISTS:
            return column_text(value)
        chosen = choice_text(self.kind, column, value)
        if chosen is not None:
            return chosen
        if self.zone is not None and _MOMENT.match(value):
            return f"{datetime.fromisoformat(value).astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
        return value or NOTHING


def is_moment(value: object) -> bool:
    """Whether it is a moment as JSON has it."""
    return isinstance(value, str) and _MOMENT.match(value) is not None


def _is_document(value: object) -> TypeGuard[dict[str, object]]:
    """Whether it stands for something long: the log has only its digest."""
    return isinstance(value, dict) and set(value) == {"sha256"}


def _has_parts(value: object) -> bool:
    return isinstance(value, dict | list) and bool(value) and not _is_document(value)


def _parts(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _inset(first: str, lines: list[str]) -> list[str]:
    return [f"{' ' * len(first) if at else first}{line}" for at, line in enumerate(lines)]
