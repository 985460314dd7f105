"""What who coordinates decides about cases, on the server. Needs a connection."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.core.errors import InvalidError, RefusedError
from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.case import Case, CaseFile, Cases, CaseScript, RescanAnswer
from mv_desktop.domain.identifier import EvaluationId, FlagId
from mv_desktop.domain.kept_work import KeptReading, Taken
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.domain.sheet import PagePicture, Sheet
from mv_desktop.domain.upload import UploadKind, upload_file
from mv_desktop.offline.case_page import CasePages
from mv_desktop.offline.page_source import PageSource, ServerPages
from mv_desktop.offline.upload_desk import UploadDesk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Casework:
    """Reads cases and writes decisions, each in a transaction of its own: all of a decision is done, or nothing.

    Not for the GUI thread. All methods raise what the services of the same name do: `ConflictError` says who was
    faster, `RefusedError` why something cannot be done, `OfflineError` that the server cannot be reached.

    Args:
        connect: a session on the person's own login.
        sleep: waits while the worker is waited for.
        pages: where pages come from; another for tests.
    """

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Session]],
        sleep: Callable[[float], None] = time.sleep,
        pages: PageSource | None = None,
    ) -> None:
        self._connect, self._sleep = connect, sleep
        self._pages = CasePages(pages or ServerPages(connect, 1), sleep)

    # -- reading -------------------------------------------------------------------------------------------------

    def cases(self) -> Cases:
        """All that waits."""
        from mv_desktop.services.case import read_cases

        with self._connect() as session:
            return read_cases(session)

    def file(self, case: Case) -> CaseFile:
        """What is to be known before something is decided."""
        from mv_desktop.services.case import read_file

        with self._connect() as session:
            return read_file(session, case)

    def find(self, code: str) -> tuple[Case, ...]:
        """The scripts with this code."""
        from mv_desktop.services.case import find_scripts

        with self._connect() as session:
            return find_scripts(session, code)

    def pictures(self, sheet: Sheet, cancelled: Callable[[], bool]) -> tuple[PagePicture, ...]:
        """The pages of a sheet, to be looked at."""
        return self._pages.pictures(sheet, cancelled)

    def close(self) -> None:
        """Forget the pages, and hang up to the store."""
        self._pages.close()

    # -- flags and pages -----------------------------------------------------------------------------------------

    def answer(self, flag: FlagId, answer: str) -> None:
        """Answer a flag."""
        from mv_desktop.services.assignment import answer_flag

        with self._connect() as session:
            answer_flag(session, flag, answer)

    def ask_rescan(self, pages: Sequence[UUID], reason: str, flag: FlagId | None) -> None:
        """Ask the student for better scans; with `flag` that is its answer."""
        from mv_desktop.services.sheet import ask_rescan

        with self._connect() as session:
            ask_rescan(session, pages, reason, flag)

    def cancel_rescan(self, rescan: UUID, reason: str) -> None:
        """Ask for it no more."""
        from mv_desktop.services.sheet import cancel_rescan

        with self._connect() as session:
            cancel_rescan(session, rescan, reason)

    def exclude(self, pages: Sequence[UUID], reason: str) -> None:
        """Take pages out of a script, all of them or none."""
        from mv_desktop.services.sheet import exclude_page

        with self._connect() as session:
            for page in pages:
                exclude_page(session, page, reason)

    def include(self, pages: Sequence[UUID], reason: str) -> None:
        """Put pages in again, all of them or none."""
        from mv_desktop.services.sheet import include_page

        with self._connect() as session:
            for page in pages:
                include_page(session, page, reason)

    def replace(self, sheet: Sheet, path: str, reason: str) -> None:
        """Put a file of this computer in a page's place; it is looked at here first, and takes as long as the network.

        Raises:
            InvalidError: the file cannot be shown, or is not of the page's kind.
            OfflineError: the server, its worker or the store does not answer; the page is as it was.
        """
        from mv_desktop.pages.check_file import read_bounded
        from mv_desktop.pages.intake import check
        from mv_desktop.pages.upload import put_file
        from mv_desktop.services.sheet import replace_page

        data = read_bounded(path)
        checked = check(data)
        if not checked.ok:
            raise InvalidError(checked.error)
        file = upload_file(UploadKind.RESCAN, sheet.upload_id, data, checked.mime_type)
        put_file(UploadDesk(self._connect), file, data, sleep=self._sleep)
        with self._connect() as session:
            replace_page(session, sheet.page_id, file.request_id, reason)

    def accept(self, sheet: Sheet, answer: RescanAnswer, reason: str) -> None:
        """Put what the student sent in a page's place."""
        from mv_desktop.services.sheet import replace_page

        with self._connect() as session:
            replace_page(session, sheet.page_id, answer.request_id, reason)

    def restore(self, sheet: Sheet, reason: str) -> None:
        """Bring the version of a page back that was there before the present one."""
        from mv_desktop.services.sheet import restore_page

        with self._connect() as session:
            restore_page(session, sheet.page_id, sheet.version - 1, reason)

    # -- scripts -------------------------------------------------------------------------------------------------

    def return_questions(self, script: CaseScript, questions: Sequence[ReturnedQuestion], reason: str) -> None:
        """Return questions of a completed script to its teacher."""
        from mv_desktop.services.case import return_to_teacher

        with self._connect() as session:
            return_to_teacher(session, script, questions, reason)

    def recheck(self, script: CaseScript, numbers: Sequence[int] | None, reason: str) -> None:
        """Record a student's request, and return what it is about; None: all of it."""
        from mv_desktop.services.case import recheck

        with self._connect() as session:
            recheck(session, script, numbers, reason)

    def extend(self, script: CaseScript, deadline: datetime, reason: str) -> None:
        """Give a script more time."""
        from mv_desktop.services.assignment import extend_deadline

        evaluation, due = _marked(script)
        with self._connect() as session:
            extend_deadline(session, evaluation, due, deadline, reason)

    def excuse(self, script: CaseScript, reason: str) -> None:
        """Excuse that its deadline was not kept."""
        from mv_desktop.services.assignment import excuse_deadline

        evaluation, due = _marked(script)
        with self._connect() as session:
            excuse_deadline(session, evaluation, due, reason)

    def withdraw(self, script: CaseScript, reason: str) -> None:
        """Take a script out of marking."""
        from mv_desktop.services.assignment import withdraw_script

        evaluation, _ = _marked(script)
        with self._connect() as session:
            withdraw_script(session, evaluation, script.assignment_version, reason)

    def release(self, script: CaseScript, reason: str) -> None:
        """Give it back to the teacher who had it."""
        from mv_desktop.services.assignment import release_script

        evaluation, _ = _marked(script)
        with self._connect() as session:
            release_script(session, evaluation, script.assignment_version, reason)

    def propose(self, script: CaseScript, question: UUID, adjustment: Adjustment, reason: str) -> int:
        """Propose that a question be awarded or dropped; answers in how many exams it stands."""
        from mv_desktop.services.adjustment import propose_adjustment

        with self._connect() as session:
            return propose_adjustment(session, script.template_id, question, adjustment, reason)

    # -- kept work -----------------------------------------------------------------------------------------------

    def take(self, reading: KeptReading, questions: Sequence[int] | None, reason: str) -> Taken:
        """Take all (None) or some questions of kept work into the script."""
        from mv_desktop.services.kept_work import take_kept

        with self._connect() as session:
            return take_kept(session, reading, questions, reason)

    def decline(self, reading: KeptReading, questions: Sequence[int] | None, reason: str) -> None:
        """Say that they are not taken."""
        from mv_desktop.services.kept_work import decline_kept

        with self._connect() as session:
            decline_kept(session, reading, questions, reason)


def _marked(script: CaseScript) -> tuple[EvaluationId, datetime]:
    if script.evaluation_id is None or script.due is None:
        raise RefusedError("Nobody ever had this script.")
    return script.evaluation_id, script.due
