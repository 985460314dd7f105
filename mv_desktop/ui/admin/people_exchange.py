"""Files of people: as those of any subject, but the server says whose an address is, and new staff get passwords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from mv_desktop.domain.record_import import ImportPlan, Meaning, PlannedRow, Put, Table, Told
from mv_desktop.ui.admin.exchange import FilePlace, RecordExchange, TablePlace

if TYPE_CHECKING:
    from mv_desktop.ui.admin.subject import Subject


class PeoplePlace(TablePlace, Protocol):
    """As `offline.office.people_table.PeopleTable`."""

    def wrong(self, puts: Sequence[Put]) -> Mapping[int, tuple[str, str]]:
        """By the number of a row the draft's attribute that is wrong, and why, in English."""
        ...

    def passwords(self) -> tuple[tuple[str, str, str], ...]:
        """Name, address and first password of each who was made last; they are forgotten with this."""
        ...


class PeopleExchange(RecordExchange):
    """An `Exchange` of students, parents or staff.

    Args:
        subject: whose records.
        place: the server's side.
        files: writes lists into files; None where none is written.
    """

    def __init__(self, subject: Subject, place: PeoplePlace, files: FilePlace | None) -> None:
        super().__init__(subject, place, files)
        self._people = place

    def once(self) -> Sequence[tuple[str, str, str]]:
        return self._people.passwords()

    # -- on a lane -------------------------------------------------------------------------------------------

    def plan(self, table: Table, columns: Mapping[str, int], told: Told) -> ImportPlan:
        found = super().plan(table, columns, told)
        wrong = self._people.wrong(found.puts)
        headings, labels = table[0], self.columns

        def judged(row: PlannedRow) -> PlannedRow:
            if row.draft is None or row.row not in wrong:
                return row
            name, why = wrong[row.row]
            column = headings[columns[name]] if name in columns else labels[name]
            return PlannedRow(row.row, Meaning.WRONG, column=column, why=why)

        return ImportPlan(tuple(map(judged, found.rows)))
