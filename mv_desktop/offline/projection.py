"""What the teacher sees: the mirror, and on top of it the operations that the server has not taken yet.

It is kept up with each operation; `rebuild` makes it anew from its two sources and gives the same.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.evaluation import PageInfo, QueueRow, ScriptView, Twin, WorkState
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, MarkKey, OperationId, PageRef, UploadId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import ClearMark, HandBack, Operation, ResolveMark, SetMark
from mv_desktop.domain.returned import Returned, ReturnedQuestion, read_pin, written_pin
from mv_desktop.domain.script import MarkedScript, Seen
from mv_desktop.offline import cipher, conflict, journal, registers
from mv_desktop.offline.registers import Layer

_READ_ONLY = {
    WorkState.SUBMITTED: "It is submitted. It opens again if the server finds something missing.",
    WorkState.COMPLETED: "It is completed; its marks are final.",
    WorkState.MOVED: "It is no longer yours. What you marked was kept.",
    WorkState.HANDED_BACK: "You handed it back. What you marked was kept.",
}


def newer_sentence(program: str | None) -> str:
    """Why a script that a newer program marked is only shown; "" when none did (`program` is None)."""
    if program is None:
        return ""
    needed = f"Install version {program} or later" if program else "Install the newest version"
    return f"It was marked with a newer version of this program. {needed} to change it; all of it is kept."


def apply(db: cipher.Connection, evaluation_id: EvaluationId, operation: Operation, op_id: OperationId) -> None:
    """Let the view follow `operation`, which was appended to the journal in this same transaction."""
    numbers = registers.apply(db, evaluation_id, Layer.VIEW, operation, op_id=op_id)
    recount(db, evaluation_id, numbers)
    refresh_state(db, evaluation_id)


def rebuild(db: cipher.Connection, evaluation_id: EvaluationId) -> None:
    """Make the view of a script anew.

    Work that was kept for somebody else stays in sight until the server has said how the script stands; what was kept
    of a script that is hers again is not on it, there or here. What the server took after an operation that is set
    aside is laid over it again, because she did it later. A mark that the server holds beside another computer's is
    what she sees until she decides.
    """
    registers.view_from_mirror(db, evaluation_id)
    waiting = db.execute(
        "SELECT j.op_id, j.kind, j.payload, j.verdict, j.body FROM journal j JOIN script s USING (evaluation_id)"
        " WHERE j.evaluation_id = ? AND s.status <> 'completed'"
        " AND (j.assignment_version = s.assignment_version AND (j.state <> 'answered'"
        "   OR j.verdict = 'kept' AND j.reason IS NOT 'changed_elsewhere' AND (s.gone OR s.stale)"
        "   OR j.verdict = 'applied' AND j.entry > ("
        "    SELECT min(a.entry) FROM journal a WHERE a.evaluation_id = ? AND a.state = 'set_aside'))"
        # also of before the script was out of her queue and came back: it is still held
        "  OR j.verdict = 'conflict' AND EXISTS (SELECT 1 FROM conflict c WHERE c.evaluation_id = j.evaluation_id"
        "   AND c.layer = 'mirror' AND c.held_op = j.op_id AND c.open))"
        " ORDER BY j.entry",
        (str(evaluation_id), str(evaluation_id)),
    ).fetchall()
    for row in waiting:
        operation = journal.known_operation(row)
        op_id = OperationId(UUID(row["op_id"]))
        if isinstance(operation, SetMark | ClearMark | ResolveMark) and row["verdict"] == "conflict":
            given = GivenMark() if isinstance(operation, ClearMark) else operation.given
            registers.set_mark(db, evaluation_id, Layer.VIEW, operation.key, given, op_id)
        elif operation is not None:
            registers.apply(
                db, evaluation_id, Layer.VIEW, operation, op_id=op_id, base=journal.base_version(operation, row)
            )
    recount(db, evaluation_id)
    refresh_state(db, evaluation_id)


def recount(db: cipher.Connection, evaluation_id: EvaluationId, numbers: Iterable[int] | None = None) -> None:
    """Find out anew which questions have a mark: those of these numbers, or all.

    The rule is that of `domain.marks.effective`, in SQL, so that no paper is parsed for it.
    """
    if numbers is None:
        db.execute(_RECOUNT, (str(evaluation_id),))
    else:
        db.executemany(_RECOUNT + " AND question_number = ?", [(str(evaluation_id), number) for number in numbers])
    db.execute(
        "UPDATE script SET marked = (SELECT count(DISTINCT question_number) FROM question q"
        " WHERE q.evaluation_id = script.evaluation_id AND q.marked) WHERE evaluation_id = ?",
        (str(evaluation_id),),
    )


_RECOUNT = """
UPDATE question SET marked = CASE
  coalesce(
    (SELECT CASE WHEN m.state = 'marked' AND m.marks IS NULL THEN 'none' ELSE m.state END
       FROM mark m
      WHERE m.evaluation_id = question.evaluation_id AND m.layer = 'view'
        AND m.question_number = question.question_number AND m.alternative = question.alternative),
    CASE WHEN question.declared THEN 'not_attempted' ELSE 'follows_stamps' END)
  WHEN 'marked' THEN 1
  WHEN 'not_attempted' THEN 1
  WHEN 'none' THEN 0
  ELSE EXISTS (
    SELECT 1 FROM ink i
     WHERE i.evaluation_id = question.evaluation_id AND i.layer = 'view' AND i.carries = 1
       AND i.question_number = question.question_number AND i.alternative = question.alternative)
  END
WHERE evaluation_id = ?
"""


def refresh_state(db: cipher.Connection, evaluation_id: EvaluationId) -> None:
    """Find out anew what the queue says of a script: its state, and how much of it is only on this computer."""
    db.execute(
        """
        UPDATE script SET
          unsent = (SELECT count(*) FROM journal j
                     WHERE j.evaluation_id = script.evaluation_id AND j.state <> 'answered'),
          handed_back = EXISTS (SELECT 1 FROM journal j
                                 WHERE j.evaluation_id = script.evaluation_id AND j.kind = 'evaluation.hand_back'
                                   AND j.assignment_version = script.assignment_version
                                   AND coalesce(j.verdict, 'applied') = 'applied'),
          state = CASE
            WHEN gone OR EXISTS (SELECT 1 FROM journal j
                          WHERE j.evaluation_id = script.evaluation_id AND j.kind = 'evaluation.hand_back'
                            AND j.assignment_version = script.assignment_version
                            AND coalesce(j.verdict, 'applied') = 'applied') THEN 'moved'
            WHEN status = 'completed' THEN 'completed'
            WHEN EXISTS (SELECT 1 FROM journal j
                          WHERE j.evaluation_id = script.evaluation_id AND j.state <> 'answered'
                            AND j.assignment_version = script.assignment_version
                            AND j.kind = 'evaluation.submit') THEN 'submitted'
            WHEN status = 'in_progress' OR EXISTS (
                         SELECT 1 FROM journal j
                          WHERE j.evaluation_id = script.evaluation_id AND coalesce(j.verdict, 'applied') = 'applied'
                            AND j.assignment_version = script.assignment_version) THEN 'started'
            ELSE 'new' END
        WHERE evaluation_id = ?
        """,
        (str(evaluation_id),),
    )


def queue(db: cipher.Connection, finished_since: datetime) -> tuple[QueueRow, ...]:
    """The scripts in the order in which they are due, then as they came; by code when both agree.

    Args:
        db: the file.
        finished_since: what was completed or moved before this moment is left out.
    """
    rows = db.execute(
        """
        SELECT s.*, h.kind AS held, coalesce(p.pages, 0) AS pages, coalesce(p.pages_here, 0) AS pages_here,
               coalesce(p.page_problem, 0) AS page_problem, t.evaluation_id IS NOT NULL AS taken,
               (SELECT count(*) FROM conflict c WHERE c.evaluation_id = s.evaluation_id AND c.layer = 'view' AND c.open)
                 AS conflicts
          FROM script s
          LEFT JOIN held_submission h USING (evaluation_id)
          LEFT JOIN taken_along t USING (evaluation_id)
          LEFT JOIN (
            SELECT evaluation_id, sum(page_count) AS pages, sum(page_count * here) AS pages_here,
                   max(problem <> '') AS page_problem
              FROM page_file GROUP BY evaluation_id) p USING (evaluation_id)
         WHERE s.state NOT IN ('completed', 'moved') OR s.unsent > 0 OR s.changed_at >= ?
         ORDER BY s.deadline, s.received_at, s.script_code
        """,
        (finished_since.astimezone(UTC).isoformat(timespec="microseconds"),),
    )
    return tuple(
        queue_row(
            row,
            WorkState.HANDED_BACK if row["held"] == HandBack.kind else shown_state(row),
            read_returned(row["returned"]),
            taken=bool(row["taken"]) and row["state"] in {"new", "started"},
            conflicts=row["conflicts"] if row["state"] in {"new", "started"} else 0,
        )
        for row in rows
    )


def queue_row(
    row: cipher.Row,
    state: WorkState,
    returned: Returned | None = None,
    *,
    taken: bool = False,
    conflicts: int = 0,
) -> QueueRow:
    """A row of a list of scripts; `row` says of the pages how many there are and are here, and whether one is bad."""
    return QueueRow(
        evaluation_id=EvaluationId(UUID(row["evaluation_id"])),
        exam_instance_id=ExamInstanceId(UUID(row["exam_instance_id"])),
        script_code=row["script_code"],
        title=row["title"],
        class_name=row["class_name"],
        exam_type=row["exam_type"],
        received_at=datetime.fromisoformat(row["received_at"]),
        deadline=datetime.fromisoformat(row["deadline"]),
        sla_hours=row["sla_hours"],
        breached=bool(row["breached"]),
        state=state,
        marked=row["marked"],
        written=row["written"],
        total_marks=row["total_marks"],
        pages=row["pages"],
        pages_here=row["pages_here"],
        page_problem=bool(row["page_problem"]),
        unsent=row["unsent"],
        returned=returned,
        taken=taken,
        conflicts=conflicts,
    )


def shown_state(row: cipher.Row) -> WorkState:
    """What a teacher sees of a script's state, from its row of `script`."""
    state = WorkState(row["state"])
    return WorkState.HANDED_BACK if state is WorkState.MOVED and row["handed_back"] else state


def pages_of(db: cipher.Connection, evaluation_id: EvaluationId) -> tuple[PageInfo, ...]:
    """The pages of a script in reading order; an upload whose pages are not known yet stands for one page."""
    pages: list[PageInfo] = []
    twins = _twins(db, evaluation_id)
    for row in db.execute(
        "SELECT * FROM page_file WHERE evaluation_id = ? ORDER BY page_number", (str(evaluation_id),)
    ):
        sizes = json.loads(row["pages"]) or [{"width": 0, "height": 0}]
        numbered = row["mime_type"] == "application/pdf" and bool(json.loads(row["pages"]))
        pages.extend(
            PageInfo(
                ref=PageRef(row["page_number"], number if numbered else 0),
                upload_id=UploadId(UUID(row["upload_id"])),
                width=size["width"],
                height=size["height"],
                questions=tuple(json.loads(row["questions"])),
                problem=row["problem"],
                here=bool(row["here"]),
                twin=twins.get(row["upload_id"]),
            )
            for number, size in enumerate(sizes, 1)
        )
    return tuple(pages)


_SAME_FILES: Final = """
SELECT upload_id, evaluation_id, page_number, sha256 FROM page_file
WHERE sha256 IN (SELECT sha256 FROM page_file WHERE evaluation_id = ?)
"""
"""One way through the table and nothing joined: with 200 scripts a join takes thirty times as long."""


def _twins(db: cipher.Connection, evaluation_id: EvaluationId) -> dict[str, Twin]:
    """By upload: a page before it, or of another student on this computer, that is the very same file.

    Of several, that of the script itself, else of the first script by its code, and there the first.
    """
    same = db.execute(_SAME_FILES, (str(evaluation_id),)).fetchall()
    mine = [row for row in same if row["evaluation_id"] == str(evaluation_id)]
    others = [row for row in same if row["evaluation_id"] != str(evaluation_id)]
    twins: dict[str, Twin] = {}
    for row in mine:
        own = min(other["page_number"] for other in mine if other["sha256"] == row["sha256"])
        elsewhere = [other for other in others if other["sha256"] == row["sha256"]]
        if own < row["page_number"]:
            twins[row["upload_id"]] = Twin("", own)
        elif named := [Twin(code, other["page_number"]) for other in elsewhere if (code := _another(db, mine, other))]:
            twins[row["upload_id"]] = min(named)
    return twins


def _another(db: cipher.Connection, mine: Sequence[cipher.Row], page: cipher.Row) -> str:
    """The code of the script that a page belongs to; "" when that is of the same exam of the same student."""
    row = db.execute(
        "SELECT its.script_code FROM script its, script this"
        " WHERE its.evaluation_id = ? AND this.evaluation_id = ? AND its.exam_instance_id <> this.exam_instance_id",
        (page["evaluation_id"], mine[0]["evaluation_id"]),
    ).fetchone()
    return "" if row is None else str(row["script_code"])


def script_view(db: cipher.Connection, row: cipher.Row, paper: ExamSnapshot) -> ScriptView:
    """A script opened for marking.

    Args:
        db: the file.
        row: its row of `script`.
        paper: its parsed snapshot.
    """
    evaluation_id = EvaluationId(UUID(row["evaluation_id"]))
    state = shown_state(row)
    script = marked_script(db, evaluation_id, Layer.VIEW, paper, json.loads(row["declared"]))
    return ScriptView(
        evaluation_id=evaluation_id,
        exam_instance_id=ExamInstanceId(UUID(row["exam_instance_id"])),
        script_code=row["script_code"],
        title=row["title"],
        class_name=row["class_name"],
        received_at=datetime.fromisoformat(row["received_at"]),
        deadline=datetime.fromisoformat(row["deadline"]),
        sla_hours=row["sla_hours"],
        state=state,
        paper=paper,
        pages=pages_of(db, evaluation_id),
        script=script,
        read_only=state in _READ_ONLY or row["newer_program"] is not None,
        read_only_reason=(row["reason"] or _READ_ONLY[state])
        if state in _READ_ONLY
        else newer_sentence(row["newer_program"]),
        returned=read_returned(row["returned"]),
        conflicts=conflict.read(db, evaluation_id, script.ink.values()),
        adjusted={int(number): Adjustment(what) for number, what in json.loads(row["adjusted"]).items()},
    )


def marked_script(
    db: cipher.Connection, evaluation_id: EvaluationId, layer: Layer, paper: ExamSnapshot, declared: Iterable[int]
) -> MarkedScript:
    """What stands on a script in one of the layers."""
    key = (str(evaluation_id), layer)
    given = {
        MarkKey(row["question_number"], row["alternative"]): GivenMark(
            MarkState(row["state"]), None if row["marks"] is None else Decimal(row["marks"]), row["comment"]
        )
        for row in db.execute("SELECT * FROM mark WHERE evaluation_id = ? AND layer = ?", key)
    }
    seen: dict[PageRef, Seen] = {}
    tags: dict[PageRef, tuple[int, ...]] = {}
    for row in db.execute("SELECT * FROM reading WHERE evaluation_id = ? AND layer = ?", key):
        page = PageRef(row["page_number"], row["pdf_page"])
        if row["seconds"] is not None:
            seen[page] = Seen(row["seconds"], row["largest_share"])
        if row["question_numbers"] is not None:
            tags[page] = tuple(json.loads(row["question_numbers"]))
    ink = registers.read_ink(db, evaluation_id, layer)
    flags = registers.read_flags(db, evaluation_id, layer)
    return MarkedScript(paper, declared_unanswered=declared, given=given, ink=ink, seen=seen, tags=tags, flags=flags)


def stored_returned(returned: Returned | None) -> str | None:
    """What was returned, as it is kept."""
    if returned is None:
        return None
    questions = [
        {"question_number": one.question_number, "reason": one.reason}
        | ({"pin": written_pin(one.pin)} if one.pin is not None else {})
        for one in returned.questions
    ]
    return registers.compact({"reason": returned.reason, "questions": questions})


def read_returned(stored: str | None) -> Returned | None:
    """What `stored_returned` kept."""
    if stored is None:
        return None
    kept = json.loads(stored)
    questions = tuple(
        ReturnedQuestion(one["question_number"], one["reason"], read_pin(one.get("pin"))) for one in kept["questions"]
    )
    return Returned(kept["reason"], questions)


def stored_paper(snapshot: str) -> bytes:
    """A paper as it is kept: its JSON, compressed."""
    return zlib.compress(snapshot.encode())


def parsed_paper(stored: bytes) -> ExamSnapshot:
    """The paper that `stored_paper` kept."""
    return ExamSnapshot.model_validate_json(zlib.decompress(stored))
