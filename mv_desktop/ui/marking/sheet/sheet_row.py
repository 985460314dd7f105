"""The rows of the mark sheet: what they say, and Qt's list of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import format_marks, is_mark
from mv_desktop.domain.script import Declaration
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.text import tr

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

ROW_ROLE = Qt.ItemDataRole.UserRole
"""The `SheetRow` itself."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """What one row says.

    Attributes:
        section: the section that begins with this row, else "".
        first: False for the second and further sides of an either/or question.
        kind: the question's type, "SA".
        mark: the mark that counts for this row as it is written, "" without one.
        possible: the marks it carries, as written.
        stamps: what its stamps add up to, as written; "" without any.
        disagrees: the stamps say something else than the mark.
        not_attempted: the student wrote nothing.
        struck: the other side of the question counts.
        comment: the words for the student.
        refused: what was typed and is no mark for it; it still stands in the row.
        impossible: the mark, or what its stamps add up to, is nothing that the question can have.
        counts: of an either/or question, this side counts.
        declared: what became of the student's word that she left it out; said in the question's first row.
        returned: why the coordinator returned it, to be marked again; "" when it was not.
        closed: others of the script were returned and this was not: its mark stays.
        adjusted: it turned out to be faulty: what holds for whoever had it.
    """

    key: MarkKey
    section: str
    first: bool
    kind: str
    mark: str
    possible: str
    stamps: str
    disagrees: bool
    not_attempted: bool
    struck: bool
    comment: str
    refused: str = ""
    impossible: bool = False
    counts: bool = False
    declared: Declaration = Declaration.NONE
    returned: str = ""
    closed: bool = False
    adjusted: Adjustment = Adjustment.NONE

    @property
    def shown_mark(self) -> str:
        """What stands in the column of marks."""
        return tr("n/a") if self.not_attempted else self.mark

    @property
    def sentence(self) -> str:
        """All that the row says, for a screen reader."""
        if self.not_attempted:
            mark = tr("not attempted")
        elif self.mark:
            mark = tr("{marks} of {possible}", marks=self.mark, possible=self.possible)
        else:
            mark = tr("no mark yet, {possible} possible", possible=self.possible)
        parts = [tr("Question {number}", number=question_name(self.key)), self.kind, mark]
        if self.struck or self.counts:
            parts.append(tr("not counted") if self.struck else tr("counts"))
        if self.refused:
            parts.append(tr("“{text}” was typed and is no mark", text=self.refused))
        if self.disagrees:
            parts.append(tr("but the stamps add up to {sum}", sum=self.stamps))
        elif self.stamps:
            parts.append(tr("the stamps add up to {sum}", sum=self.stamps))
        if self.impossible:
            parts.append(tr("which the question cannot have"))
        return ", ".join((*parts, *self._remarks()))

    def _remarks(self) -> list[str]:
        """What others say of the question: coordinator, student, and the words for the student."""
        parts = []
        if self.returned:
            parts.append(tr("returned: {reason}", reason=self.returned))
        elif self.closed:
            parts.append(tr("not returned, its mark stays"))
        if self.adjusted in _ADJUSTED:
            parts.append(tr(_ADJUSTED[self.adjusted]))
        if self.declared is not Declaration.NONE:
            parts.append(tr(_DECLARED[self.declared]))
        if self.comment:
            parts.append(tr("comment: {comment}", comment=self.comment))
        return parts


_ADJUSTED = {
    Adjustment.AWARD: "This question was faulty: whoever had it gets all its marks, whatever you give.",
    Adjustment.DROP: "This question was faulty: it counts for nobody, whatever you give.",
}
_DECLARED = {
    Declaration.STANDS: "The student declared this unanswered",
    Declaration.MARKED: "The student declared this unanswered, but it has a mark",
    Declaration.INKED: "The student declared this unanswered, but there is ink for it",
}


def question_name(key: MarkKey) -> str:
    """As a teacher reads it: "27", or "30 (a)" for one side of an either/or question."""
    return f"{key.question_number} ({key.alternative})" if key.alternative else str(key.question_number)


def stamp_warning(session: MarkingSession, key: MarkKey, back: str) -> str:
    """What must be said at once of the stamps of a question, "" when nothing must; `back` counts them again."""
    mark = session.script.mark(key.question_number).options[key.alternative]
    possible, total = session.possible(key), mark.stamp_sum
    if total is None:
        return ""
    values = {"number": question_name(key), "sum": format_marks(total), "possible": format_marks(possible)}
    if not is_mark(total, possible):
        return tr("The stamps of question {number} add up to {sum}, and it carries {possible}.", **values)
    if mark.not_attempted and mark.disagrees:
        said = tr("Question {number} is not attempted, so its stamps do not count.", **values)
        return f"{said} {tr('{key} counts them.', key=back)}" if back else said
    return ""


def notice(session: MarkingSession, key: MarkKey) -> tuple[str, str]:
    """What is said above a question, and its sign: of two marks, whether it was returned, that it was faulty."""
    sign, words = _asked_of_her(session, key)
    faulty = session.view.adjusted.get(key.question_number, Adjustment.NONE)
    if faulty not in _ADJUSTED:
        return sign, words
    return sign or "info", " ".join(filter(None, (words, tr(_ADJUSTED[faulty]))))


def _asked_of_her(session: MarkingSession, key: MarkKey) -> tuple[str, str]:
    returned = session.view.returned
    if session.read_only:
        return "", ""
    if key in session.view.to_decide:
        return "warning", tr("Marked otherwise on your other computer: decide between the two marks before you submit.")
    if returned is None:
        return "", ""
    if reason := returned.why(key.question_number):
        return "info", tr("Returned to you: {reason}", reason=reason)
    return "info", tr("This question was not returned: its marks stay as they are.")


def sheet_rows(
    session: MarkingSession, refused: Mapping[MarkKey, str], numbers: Collection[int] | None = None
) -> list[SheetRow]:
    """The rows of a script in paper order; with `numbers`, of these questions only.

    `refused` is what was typed and is no mark.
    """
    rows = []
    section = ""
    for question in session.script.written:
        begins, section = question.section != section, question.section
        if numbers is not None and question.question_number not in numbers:
            continue
        for place, (alternative, _) in enumerate(question.options):
            key = MarkKey(question.question_number, alternative)
            starts = section if begins and place == 0 else ""
            rows.append(_sheet_row(session, key, starts, refused.get(key, ""), first=place == 0))
    return rows


def _sheet_row(session: MarkingSession, key: MarkKey, section: str, refused: str, *, first: bool) -> SheetRow:
    script = session.script
    result = script.mark(key.question_number)
    mark = result.options[key.alternative]
    possible = session.possible(key)
    amounts = [amount for amount in (mark.marks, mark.stamp_sum) if amount is not None]
    return SheetRow(
        key=key,
        section=section,
        first=first,
        kind=script.question(key.question_number).question_type.value,
        mark="" if mark.marks is None else format_marks(mark.marks),
        possible=format_marks(possible),
        stamps="" if mark.stamp_sum is None else format_marks(mark.stamp_sum),
        disagrees=mark.disagrees,
        not_attempted=mark.not_attempted,
        struck=result.kept is not None and result.kept != key.alternative,
        comment=script.given_mark(key).comment,
        refused=refused,
        impossible=not all(is_mark(amount, possible) for amount in amounts),
        counts=bool(key.alternative) and result.kept == key.alternative,
        declared=script.declaration(key.question_number) if first else Declaration.NONE,
        returned=session.view.returned.why(key.question_number) if session.view.returned is not None else "",
        closed=not session.may_mark(key),
        adjusted=session.view.adjusted.get(key.question_number, Adjustment.NONE),
    )


class SheetModel(QAbstractListModel):
    """The rows as Qt's list; a change of a few never resets it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[SheetRow] = []
        self._places: dict[MarkKey, int] = {}

    def load(self, rows: Sequence[SheetRow]) -> None:
        """Show other rows: those of another script."""
        self.beginResetModel()
        self.rows = list(rows)
        self._places = {row.key: place for place, row in enumerate(rows)}
        self.endResetModel()

    def update_rows(self, rows: Sequence[SheetRow]) -> None:
        """Show what changed in rows that are there."""
        for row in rows:
            place = self._places[row.key]
            if self.rows[place] != row:
                self.rows[place] = row
                changed = self.index(place)
                self.dataChanged.emit(changed, changed)

    def index_of(self, key: MarkKey | None) -> QModelIndex:
        """Where a question stands; an invalid index when it does not."""
        place = self._places.get(key) if key is not None else None
        return QModelIndex() if place is None else self.index(place)

    # -- Qt --------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return row.sentence
        return None
