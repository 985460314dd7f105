"""What a screen of the office is about: the columns of its list, the fields of its form, what the server is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from mv_desktop.domain.record import Change, Fault, Opened, Slice, Wanted
from mv_desktop.ui.admin.field import Field
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.keyed_model import Sign

OFFICE_LANE = "office"
"""Where the server is asked."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list.

    Attributes:
        heading: in English.
        sample: the longest words there can be; "" for the column that takes what room is left.
        figure: it is aligned to the right.
    """

    heading: str
    sample: str = ""
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter above the list.

    Attributes:
        name: what `Wanted.choices` calls it.
        label: in English.
        values: what can be chosen, and what each is called, in English; that nothing is chosen comes first by itself.
    """

    name: str
    label: str
    values: tuple[tuple[str, str], ...]


class Subject:
    """One subject of the office. A subclass says what it is; rows and drafts are its own dataclasses.

    What is asked of the server is called on `OFFICE_LANE`, everything else on the GUI thread.

    Attributes:
        kind: the audit log's name of it, "plan".
        title: what it is called, in English, many.
        columns, choices, fields: of list and form.
        new: what making one is called, in English; "" where none is made here.
        removable: one can be taken away altogether.
    """

    kind: str = ""
    title: str = ""
    columns: tuple[Column, ...] = ()
    choices: tuple[Choice, ...] = ()
    fields: tuple[Field, ...] = ()
    new: str = ""
    removable: bool = False

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: Any) -> str:  # noqa: ANN401
        """What a row is about, as the server names it."""
        raise NotImplementedError

    def text(self, row: Any, column: int) -> str:  # noqa: ANN401
        """What a cell says."""
        raise NotImplementedError

    def sign(self, row: Any, column: int) -> Sign | None:  # noqa: ANN401
        """The icon of a cell."""
        del row, column
        return None

    def color(self, row: Any, column: int) -> ColorRole | None:  # noqa: ANN401
        """The colour of a cell's words."""
        del row, column
        return None

    def name(self, draft: Any) -> str:  # noqa: ANN401
        """What a record is called above its form."""
        raise NotImplementedError

    def blank(self) -> Any:  # noqa: ANN401
        """What the form of a new one begins with."""
        raise NotImplementedError

    def fields_of(self, draft: Any) -> Sequence[Field]:  # noqa: ANN401
        """What the form of this draft asks for, where that is not the same for all."""
        del draft
        return self.fields

    def faults(self, draft: Any) -> Sequence[Fault]:  # noqa: ANN401
        """What is wrong with a draft."""
        raise NotImplementedError

    def effect(self, draft: Any, before: Any) -> str:  # noqa: ANN401
        """What a change (of a new one, where `before` is None) does beyond the record, in the language spoken."""
        del draft, before
        return ""

    @property
    def labels(self) -> Mapping[str, str]:
        """What the columns are called in the history, in English; those that are named can be put back."""
        return {field.name: field.label for field in self.fields}

    def put_back(self, draft: Any, columns: Mapping[str, JsonValue]) -> Mapping[str, object]:  # noqa: ANN401
        """What the fields of a draft held when the columns of its record held this."""
        names = {field.name for field in self.fields_of(draft)}
        return {name: value for name, value in columns.items() if name in names}

    def difference(self, column: str, value: object) -> str:
        """A value of the history, in the language spoken."""
        del column
        return "–" if value is None or value == "" else str(value)

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: Any | None) -> Slice[Any]:  # noqa: ANN401
        """The records that are wanted, from the first or behind the row `after`."""
        raise NotImplementedError

    def open(self, key: str) -> Opened[Any]:
        """One of them."""
        raise NotImplementedError

    def save(self, opened: Opened[Any] | None, draft: Any, reason: str) -> str:  # noqa: ANN401
        """Write a change, or a new one (`opened` is None); answers its key.

        Raises:
            ConflictError: somebody was faster.
        """
        raise NotImplementedError

    def remove(self, opened: Opened[Any], reason: str) -> None:
        """Take one away, where that can be done."""
        raise NotImplementedError

    def changes(self, key: str) -> Sequence[Change]:
        """What was changed of it, the newest first."""
        raise NotImplementedError
