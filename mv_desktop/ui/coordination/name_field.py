"""To whom: a name that is typed, with those it may be, whoever has most time first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from mv_desktop.domain.board_look import Look
from mv_desktop.domain.board_view import TeacherRow
from mv_desktop.domain.identifier import UserId
from mv_desktop.ui.coordination.choice_line import ChoiceLine
from mv_desktop.ui.coordination.wording import NOBODY, state_text, work_text
from mv_desktop.ui.text import tr


@dataclass(frozen=True, slots=True)
class Target:
    """To whom a script would go; `teacher` None is the pool."""

    teacher: UserId | None


class NameField(ChoiceLine):
    """Letters anywhere in a name find it; Enter takes the first that is found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("To whom"), tr("Type a name"), parent)

    @property
    def target(self) -> Target | None:
        """Who is named; None while nobody is."""
        return self.value if isinstance(self.value, Target) else None

    def offer(self, look: Look, *, pool: bool) -> None:
        """Offer who marks, and the pool; who is named stays so."""
        labels = {tr("{nobody} (the pool)", nobody=tr(NOBODY)): Target(None)} if pool else {}
        for row in sorted((row for row in look.teachers if row.marks), key=_by_room):
            labels[_unique(_label(row), labels)] = Target(row.user_id)
        self.offer_values(labels)

    def name(self, teacher: UserId | None) -> None:
        """Name somebody."""
        self.choose(Target(teacher))


def _by_room(row: TeacherRow) -> tuple[bool, float, str]:
    """Who is there and has most time beside her work comes first."""
    room = row.left - row.outlook.work
    return row.away, -room.total_seconds() if row.outlook.scripts else float("-inf"), row.name.casefold()


def _label(row: TeacherRow) -> str:
    state = state_text(row) or (tr("no scripts") if not row.outlook.scripts else work_text(row.outlook, row.left))
    return f"{row.name} — {state}"


def _unique(label: str, taken: Sequence[str] | dict[str, Target]) -> str:
    """Two people may have one name and as much to do."""
    number, found = 2, label
    while found in taken:
        found, number = f"{label} ({number})", number + 1
    return found
