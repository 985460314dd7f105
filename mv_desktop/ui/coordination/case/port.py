"""What the cases need of the server; called on the lane `CASE_LANE`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.case import Case, CaseFile, Cases, CaseScript, RescanAnswer
from mv_desktop.domain.identifier import FlagId
from mv_desktop.domain.kept_work import KeptReading, Taken
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.domain.sheet import PagePicture, Sheet

CASE_LANE = "cases"
"""Where the server is asked."""

FILE_LANE = "case files"
"""Where a file is put into the store, which may take a minute."""

PAGE_LANE = "case pages"
"""Where pages are fetched, which nothing else waits for."""


class CasePlace(Protocol):
    """As `offline.casework.Casework`. Whoever was slower than somebody else gets a `ConflictError` that says so."""

    def cases(self) -> Cases:
        """All that waits."""
        ...

    def file(self, case: Case) -> CaseFile:
        """What is to be known before something is decided."""
        ...

    def pictures(self, sheet: Sheet, cancelled: Callable[[], bool]) -> tuple[PagePicture, ...]:
        """The pages of a sheet, to be looked at; called on `PAGE_LANE`."""
        ...

    def close(self) -> None:
        """Forget the pages: the program ends, or they are not for her any more."""
        ...

    def find(self, code: str) -> tuple[Case, ...]:
        """The scripts with this code."""
        ...

    def answer(self, flag: FlagId, answer: str) -> None:
        """Answer a flag."""
        ...

    def ask_rescan(self, pages: Sequence[UUID], reason: str, flag: FlagId | None) -> None:
        """Ask the student for better scans; with `flag` that is its answer."""
        ...

    def cancel_rescan(self, rescan: UUID, reason: str) -> None:
        """Ask for it no more."""
        ...

    def exclude(self, pages: Sequence[UUID], reason: str) -> None:
        """Take pages out of a script, all of them or none."""
        ...

    def include(self, pages: Sequence[UUID], reason: str) -> None:
        """Put pages in again, all of them or none."""
        ...

    def replace(self, sheet: Sheet, path: str, reason: str) -> None:
        """Put a file of this computer in a page's place; called on `FILE_LANE`."""
        ...

    def accept(self, sheet: Sheet, answer: RescanAnswer, reason: str) -> None:
        """Put what the student sent in a page's place."""
        ...

    def restore(self, sheet: Sheet, reason: str) -> None:
        """Bring the version of a page back that was there before."""
        ...

    def return_questions(self, script: CaseScript, questions: Sequence[ReturnedQuestion], reason: str) -> None:
        """Return questions of a completed script to its teacher."""
        ...

    def recheck(self, script: CaseScript, numbers: Sequence[int] | None, reason: str) -> None:
        """Record a student's request, and return what it is about; None: all of it."""
        ...

    def extend(self, script: CaseScript, deadline: datetime, reason: str) -> None:
        """Give a script more time."""
        ...

    def excuse(self, script: CaseScript, reason: str) -> None:
        """Excuse that its deadline was not kept."""
        ...

    def withdraw(self, script: CaseScript, reason: str) -> None:
        """Take a script out of marking."""
        ...

    def release(self, script: CaseScript, reason: str) -> None:
        """Give it back to the teacher who had it."""
        ...

    def propose(self, script: CaseScript, question: UUID, adjustment: Adjustment, reason: str) -> int:
        """Propose that a question be awarded or dropped; answers in how many exams it stands."""
        ...

    def take(self, reading: KeptReading, questions: Sequence[int] | None, reason: str) -> Taken:
        """Take all (None) or some questions of kept work into the script."""
        ...

    def decline(self, reading: KeptReading, questions: Sequence[int] | None, reason: str) -> None:
        """Say that they are not taken."""
        ...
