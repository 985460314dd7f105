"""What a form asks for: one field for each value of a draft, and how what is typed is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import Enum

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.consultation import read_day
from mv_desktop.domain.money import GROUPED, read_rupees, rupees_text

YES = "yes"


class Kind(Enum):
    """What is typed into a field."""

    TEXT = "text"
    LINES = "lines"
    WHOLE = "whole"
    DECIMAL = "decimal"
    MONEY = "money"
    SWITCH = "switch"
    CHOICE = "choice"
    DAY = "day"
    TIME = "time"
    ROWS = "rows"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form.

    Attributes:
        name: the draft's attribute.
        label, help: in English; the help stands below for as long as nothing is wrong.
        optional: nothing at all may be typed, which is None (and "" for words).
        choices: the values of a choice, and what each is called, in English.
        unit: behind what is typed, in English.
        section: what a heading above the field says; "" where it goes on.
        offered: its choices are the subject's to say, by what else stands in the form (`Subject.choices_of`); nothing
            is one of them, and what is chosen stays when it is offered no more.
        made_only: it can be said of a new record, and never changes.
        read_only: it is shown, and kept by something else than the form; its help says by what.
        limits: between which numbers it lies, said behind the help.
        default: what it is as long as nobody changes it, in the language spoken, said behind the help.
        lines: how high a field for several lines is.
        columns: of rows, what each asks for; words, numbers and choices.
        row: makes one row of its values by name, which has an attribute for each column.
        meant: the value of a choice that words of a file mean besides what it is called; None for none.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    help: str = ""
    optional: bool = False
    choices: tuple[tuple[str | int, str], ...] = ()
    unit: str = ""
    section: str = ""
    offered: bool = False
    made_only: bool = False
    read_only: bool = False
    limits: tuple[int, int] | None = None
    default: str = ""
    lines: int = 4
    columns: tuple[Field, ...] = ()
    row: Callable[..., object] = dict
    meant: Callable[[str], str | None] | None = None

    def read(self, typed: str) -> object:
        """The value of what was typed.

        Raises:
            InvalidError: it cannot be read; the sentence says what would be right.
        """
        words = typed.strip()
        if self.kind is Kind.ROWS:
            return tuple(self._row(number, cells) for number, cells in enumerate(rows_of(words), 1))
        if self.kind is Kind.PICTURES:
            return {str(slot): str(place) for slot, place in json.loads(words or "{}").items()}
        if self.kind in {Kind.TEXT, Kind.LINES} or self.offered:
            return words
        if self.kind is Kind.SWITCH:
            return words == YES
        if not words:
            if self.optional:
                return None
            raise InvalidError("Something must be entered here.")
        reader = _READERS.get(self.kind)
        return self._chosen(words) if reader is None else reader(words)

    def typed(self, value: object) -> str:
        """How a value stands in the field."""
        if value is None:
            return ""
        if self.kind is Kind.ROWS and isinstance(value, tuple):
            return typed_rows([[one.typed(getattr(row, one.name)) for one in self.columns] for row in value])
        if self.kind is Kind.PICTURES and isinstance(value, Mapping):
            return json.dumps(dict(value), sort_keys=True, ensure_ascii=False) if value else ""
        if isinstance(value, bool):
            return YES if value else ""
        if self.kind is Kind.MONEY and isinstance(value, int):
            return rupees_text(value).removeprefix("₹")
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        if isinstance(value, Enum):
            return str(value.value)
        if isinstance(value, time):
            return value.isoformat("minutes")
        return value.isoformat() if isinstance(value, date) else str(value)

    def _row(self, number: int, cells: Sequence[str]) -> object:
        values = {}
        for one, cell in zip(self.columns, cells, strict=True):
            try:
                values[one.name] = one.read(cell)
            except InvalidError as error:
                why = Worded("Row {row}, {column}: {why}", row=number, column=one.label, why=error.message)
                raise InvalidError(why) from None
        return self.row(**values)

    def _chosen(self, words: str) -> object:
        whole = {str(value): value for value, _ in self.choices}
        if words not in whole:
            raise InvalidError("Choose one of these.")
        return int(words) if words.isdecimal() else words


def typed_rows(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as they stand in a field."""
    return json.dumps([list(cells) for cells in rows], ensure_ascii=False)


def rows_of(typed: str) -> list[list[str]]:
    """The rows of cells that stand in a field."""
    return [[str(cell) for cell in cells] for cells in json.loads(typed or "[]")]


def _whole(words: str) -> int:
    digits = words.replace(",", "")
    if re.fullmatch(GROUPED, words) is None or not digits.isascii() or len(digits) > 9:  # 1,5 is not 15
        raise InvalidError("Enter a whole number.")
    return int(digits)


def _decimal(words: str) -> Decimal:
    try:
        found = Decimal(words.replace(",", "."))
    except InvalidOperation:
        raise InvalidError("Enter a number.") from None
    if not found.is_finite() or found.as_tuple().exponent < -2:  # type: ignore[operator]
        raise InvalidError("Enter a number with at most two decimals.")
    return found


def _time(words: str) -> time:
    try:
        return time.fromisoformat(words.rjust(5, "0"))
    except ValueError:
        raise InvalidError("Enter a time of the day, such as 09:00.") from None


_READERS: dict[Kind, Callable[[str], object]] = {
    Kind.WHOLE: _whole,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: read_rupees,
    Kind.DAY: read_day,
    Kind.TIME: _time,
}
