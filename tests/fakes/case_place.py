"""The server's cases, in memory: what is decided ends its case, and whoever is slower is told who was faster."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from mv_desktop.core.errors import ConflictError, RefusedError
from mv_desktop.domain.case import Case, CaseFile, CaseKind, CaseQuestion, Cases, CaseScript, in_order
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, PageRef, UserId
from mv_desktop.domain.kept_work import KeptQuestion, KeptReading, Piece, Taken
from mv_desktop.domain.sheet import Noted, PagePicture, Sheet
from tests.factories.queue_row import CALENDAR, NOON
from tests.fakes.picture_source import jpeg

CODES = ("VX-4K2", "QM-7T9", "AB-234", "HJ-8WN", "ZD-5RC")


def script(number: int, **values) -> CaseScript:
    standard = {
        "evaluation_id": EvaluationId(UUID(int=number)), "teacher": "Asha Rao", "assignment_version": 1,
        "due": NOON + timedelta(hours=number - 1), "sla_hours": 48, "breached": number == 1,
    }  # fmt: skip
    code = CODES[(number - 1) % len(CODES)]
    exam = ExamInstanceId(UUID(int=100 + number))
    return CaseScript(exam, UUID(int=7), code, "XII", "Board exam, paper 2", **(standard | values))


def sheet(number: int, **values) -> Sheet:
    standard = {"excluded": None, "rescan": None}
    page = UUID(int=1000 + number)
    return Sheet(
        page, page, number, values.pop("version", 1), "image/jpeg", True, "", (), ink={}, **(standard | values)
    )


def kept_question(number: int, marks: str, present: str, comment: str = "") -> KeptQuestion:
    former = {"kind": "mark.set", "question_number": number, "state": "marked", "marks": marks, "comment": comment}
    now = {"alternative": "", "state": "marked", "marks": present, "comment": ""}
    return KeptQuestion(number, 1, (former,), ({"id": "1"},), (now,), (), ())


class FakeCasePlace:
    """Answers like `offline.casework.Casework`.

    Attributes:
        waiting: the cases, in any order; `files` by their keys.
        done: what was decided: the name of the method and its arguments.
        missing: an exception that every call raises.
        faster: who decided before, so that every decision is refused.
        read: the pages that were fetched; `unreadable` says why some cannot be.
        parts: how many pages the PDF with this number has; others are pictures.
        closed: the program has ended.
    """

    def __init__(self) -> None:
        flagged, back, out, rescan, kept = (script(n) for n in range(1, 6))
        back, out = replace(back, held="handed_back"), replace(out, held="withdrawn")
        piece = Piece(EvaluationId(UUID(int=5)), UserId(UUID(int=50)), 1)
        since = NOON - timedelta(hours=3)
        self.waiting = [
            Case(
                "flag:1", CaseKind.FLAG, since, "Asha Rao", "illegible", "The last line of 27, at the foot",
                flagged, UUID(int=11), PageRef(2), Spot(0.7, 0.85),
            ),
            Case("handed_back:2", CaseKind.HANDED_BACK, since, "Asha Rao", "conflict_of_interest", "", back),
            Case("withdrawn:3", CaseKind.WITHDRAWN, since, "Priya Menon", "Wrong student", "", out),
            Case("rescan:4", CaseKind.RESCAN, since, "Priya Menon", "Too dark", "", rescan, UUID(int=44), PageRef(1)),
            Case("kept:5", CaseKind.KEPT_WORK, since, "Meera Iyer", "reassigned", "", kept, piece=piece, operations=9),
            Case("refused:6", CaseKind.REFUSED_WORK, since, "Meera Iyer", "out_of_range", operations=3, scripts=2),
        ]  # fmt: skip
        self.rescan = self.waiting[3]
        reading = KeptReading(
            piece, 2, 7, "seen", True,
            tuple(kept_question(*q) for q in ((27, "2.5", "1", "a slip in line 2"), (31, "4", "4"), (33, "0", "3"))),
            (),
        )  # fmt: skip
        questions = tuple(CaseQuestion(n, UUID(int=2000 + n), Decimal(5)) for n in range(21, 39))
        pages = (sheet(1), sheet(2, version=3), sheet(3, excluded=Noted("Another student's", "Priya Menon", since)))
        self.files = {
            case.key: CaseFile(case.script, pages, questions, reading if case.key == "kept:5" else None)
            if case.script is not None
            else CaseFile(None)
            for case in self.waiting
        }
        done = script(1, completed=True, due=NOON - timedelta(days=2))
        marked = tuple(replace(q, marked=True, marks=Decimal(3)) for q in questions)
        self.searched = Case("script:9", CaseKind.SCRIPT, NOON, "Asha Rao", script=done)
        self.files["script:9"] = CaseFile(done, pages, marked)
        self.done: list[tuple] = []
        self.missing: Exception | None = None
        self.faster = ""
        self.read: list[int] = []
        self.unreadable: dict[int, str] = {}
        self.parts: dict[int, int] = {}
        self.closed = False

    def cases(self) -> Cases:
        self._fail()
        return Cases(in_order(self.waiting), CALENDAR, NOON)

    def file(self, case: Case) -> CaseFile:
        self._fail()
        return self.files[case.key]

    def pictures(self, sheet, cancelled):
        """A page with its number on it, or those of a PDF, or why there is none."""
        self._fail()
        self.read.append(sheet.page_number)
        if sheet.page_number in self.unreadable:
            raise RefusedError(self.unreadable[sheet.page_number])
        parts = self.parts.get(sheet.page_number, 0)
        refs = [PageRef(sheet.page_number, part) for part in (range(1, parts + 1) if parts else (0,))]
        return tuple(PagePicture(ref, 1000, 1414, jpeg(1000, 1414, text=f"Page {ref.label}")) for ref in refs)

    def close(self):
        self.closed = True

    def find(self, code: str) -> tuple[Case, ...]:
        self._fail()
        return (self.searched,) if code == "VX-4K2" else ()

    def answer(self, flag, answer):
        self._decide("answer", "flag:1", flag, answer)

    def ask_rescan(self, pages, reason, flag):
        self._decide("ask_rescan", "flag:1" if flag else "", pages, reason, flag)

    def cancel_rescan(self, rescan, reason):
        self._decide("cancel_rescan", "rescan:4", rescan, reason)

    def exclude(self, pages, reason):
        self._decide("exclude", "", pages, reason)

    def include(self, pages, reason):
        self._decide("include", "", pages, reason)

    def replace(self, sheet, path, reason):
        self._decide("replace", "rescan:4", sheet.page_number, path, reason)

    def accept(self, sheet, answer, reason):
        self._decide("accept", "rescan:4", sheet.page_number, answer.request_id, reason)

    def restore(self, sheet, reason):
        self._decide("restore", "", sheet.page_number, sheet.version, reason)

    def return_questions(self, script, questions, reason):
        self._decide("return_questions", "", script.code, questions, reason)

    def recheck(self, script, numbers, reason):
        self._decide("recheck", "", script.code, numbers, reason)

    def extend(self, script, deadline: datetime, reason):
        self._decide("extend", "", script.code, deadline, reason)

    def excuse(self, script, reason):
        self._decide("excuse", "", script.code, reason)

    def withdraw(self, script, reason):
        self._decide("withdraw", "", script.code, reason)

    def release(self, script, reason):
        self._decide("release", f"{script.held}:{2 if script.held == 'handed_back' else 3}", script.code, reason)

    def propose(self, script, question, adjustment, reason):
        self._decide("propose", "", script.code, question, adjustment, reason)
        return 12

    def take(self, reading, questions, reason):
        self._decide("take", "" if questions else "kept:5", questions, reason)
        return Taken(questions or (27, 31), {33: "not_returned"})

    def decline(self, reading, questions, reason):
        self._decide("decline", "" if questions else "kept:5", questions, reason)

    def _decide(self, name: str, ends: str, *arguments) -> None:
        self._fail()
        if self.faster:
            self.waiting = [case for case in self.waiting if case.key != ends]
            raise ConflictError(f"{self.faster} has answered this flag already.")
        self.done.append((name, *arguments))
        self.waiting = [case for case in self.waiting if case.key != ends]

    def _fail(self) -> None:
        if self.missing is not None:
            raise self.missing
