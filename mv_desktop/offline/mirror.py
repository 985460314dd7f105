"""What the server said: its scripts as pulled, and its answers to what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from mv_desktop.domain.annotation.shape import Placed, read_annotation
from mv_desktop.domain.evaluation import EvaluationStatus, script_code
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.exchange import AssignedScript, PulledScript, Verdict, VerdictKind
from mv_desktop.domain.flag import Flag, Spot
from mv_desktop.domain.identifier import EvaluationId, MarkKey, OperationId, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    OpenEvaluation,
    ResolveMark,
    SetMark,
    SubmitEvaluation,
)
from mv_desktop.offline import cipher, conflict, journal, message, projection, registers
from mv_desktop.offline.registers import Layer


@dataclass(slots=True)
class Mirrored:
    """What a pull changed.

    Attributes:
        changed: scripts that look different now.
    """

    changed: set[EvaluationId] = field(default_factory=set)


def wanted(db: cipher.Connection, assigned: Iterable[AssignedScript]) -> tuple[EvaluationId, ...]:
    """Which scripts are to be pulled, those due first.

    They are: new ones, changed ones, those that the server no longer lists (it says whether they are completed or
    somebody else's).
    """
    here = {EvaluationId(UUID(row["evaluation_id"])): row for row in db.execute(_SCRIPTS)}
    listed = set()
    found = []
    for script in assigned:
        listed.add(script.evaluation_id)
        row = here.get(script.evaluation_id)
        known = row is not None and not row["stale"] and not row["gone"] and row["status"] != "completed"
        same = row is not None and (row["assignment_version"], row["version"]) == (
            script.assignment_version,
            script.version,
        )
        if not (known and same):
            found.append(script.evaluation_id)
    for evaluation_id, row in here.items():
        if evaluation_id not in listed and not row["gone"] and (row["stale"] or row["status"] != "completed"):
            found.append(evaluation_id)
    return tuple(found)


def store(
    db: cipher.Connection,
    assigned: Iterable[AssignedScript],
    pulled: Iterable[PulledScript],
    asked: Iterable[EvaluationId],
    now: datetime,
    moved_to: Mapping[EvaluationId, str],
) -> Mirrored:
    """Keep what was pulled.

    Args:
        db: in a transaction.
        assigned: the server's queue, all of it.
        pulled: what the server answered to `asked`.
        asked: a script that was asked for and did not come is no longer hers.
        now: the wall clock.
        moved_to: who has scripts that are no longer hers, as far as that is known.
    """
    result = Mirrored()
    before = _states(db)
    _store_deadlines(db, assigned)
    came = set()
    for script in pulled:
        came.add(script.evaluation_id)
        _store_script(db, script, result, now)
    for evaluation_id in asked:
        if evaluation_id not in came:
            _move_away(db, evaluation_id, now, moved_to.get(evaluation_id, ""))
    result.changed |= _note_changes(db, before, now)
    return result


def take_answer(db: cipher.Connection, verdict: Verdict, now: datetime) -> EvaluationId | None:
    """Write down a final answer; answers the script whose view has to be made anew, or None.

    An applied operation moves from what is pending into the mirror, and nothing changes in sight. The mirror's
    version follows as long as nobody else changed the script in between; else it is marked to be pulled anew.
    """
    row = db.execute(
        # the script of what came out of a damaged file may not be here yet
        "SELECT j.*, s.script_code, s.version AS mirrored, s.gone, s.assignment_version AS assigned"
        " FROM journal j LEFT JOIN script s USING (evaluation_id) WHERE j.op_id = ? AND j.state <> 'answered'",
        (str(verdict.op_id),),
    ).fetchone()
    if row is None:
        return None
    evaluation_id = EvaluationId(UUID(row["evaluation_id"]))
    db.execute(
        "UPDATE journal SET state = 'answered', verdict = ?, reason = ?, detail = ?, version = ?, answered_at = ?"
        " WHERE entry = ?",
        (
            verdict.kind.value,
            verdict.reason,
            None if verdict.detail is None else registers.compact(verdict.detail),
            verdict.version,
            now.isoformat(),
            row["entry"],
        ),
    )
    hers = not row["gone"] and row["assigned"] == row["assignment_version"]
    stayed = (verdict.detail or {}).get("stayed", ())
    if verdict.kind is VerdictKind.APPLIED and hers:
        folded = _fold(db, row, verdict.version or 0, frozenset(stayed))
        if stayed:
            _tell(db, row, verdict, now)
        return None if folded else evaluation_id
    if verdict.kind is VerdictKind.CONFLICT and hers:
        _hold(db, row, verdict)
    _tell(db, row, verdict, now)
    if verdict.kind is VerdictKind.KEPT:
        _react_to_kept(db, evaluation_id, verdict)
    return evaluation_id


def refresh(db: cipher.Connection, touched: Iterable[EvaluationId], now: datetime) -> set[EvaluationId]:
    """Find out anew the states of scripts of which something was answered; answers those that changed theirs."""
    before = _states(db)
    for evaluation_id in touched:
        projection.refresh_state(db, evaluation_id)
    return _note_changes(db, before, now)


def _hold(db: cipher.Connection, row: cipher.Row, verdict: Verdict) -> None:
    """Her mark stands beside another computer's; the server says which one, and all else is pulled."""
    evaluation_id = EvaluationId(UUID(row["evaluation_id"]))
    _make_stale(db, evaluation_id)
    operation, theirs = journal.known_operation(row), verdict.detail or {}
    if not isinstance(operation, SetMark | ClearMark | ResolveMark):
        return
    marks, kept = theirs.get("marks"), theirs.get("operation")
    if "state" in theirs:
        comment = str(theirs.get("comment") or "")
        given = GivenMark(MarkState(theirs["state"]), None if marks is None else Decimal(marks), comment)
        registers.set_mark(db, evaluation_id, Layer.MIRROR, operation.key, given)
    conflict.hold(
        db,
        evaluation_id,
        verdict.op_id,
        operation,
        verdict.version or 0,
        datetime.fromisoformat(row["recorded_at"]),
        None if kept is None else OperationId(UUID(kept)),
    )


def _make_stale(db: cipher.Connection, evaluation_id: EvaluationId) -> None:
    db.execute("UPDATE script SET stale = 1 WHERE evaluation_id = ?", (str(evaluation_id),))


def _fold(db: cipher.Connection, row: cipher.Row, version: int, stayed: frozenset[str]) -> bool:
    """Move an applied operation into the mirror; False when the view has to be made anew.

    Of what it deleted the annotations `stayed` stand, because another computer had drawn them anew.
    """
    evaluation_id = EvaluationId(UUID(row["evaluation_id"]))
    if stayed:
        _make_stale(db, evaluation_id)
    if version <= row["mirrored"]:
        # pulled since: the mirror has it already, and perhaps what came after it
        return False
    operation = journal.known_operation(row)
    if operation is None:  # a newer program's: the server knows what it did
        _make_stale(db, evaluation_id)
        return False
    follows = version == row["mirrored"] + 1
    if isinstance(operation, DeleteAnnotations):
        operation = DeleteAnnotations(tuple(i for i in operation.annotation_ids if str(i) not in stayed))
    op_id = None if follows else OperationId(UUID(row["op_id"]))
    base = journal.base_version(operation, row)
    registers.apply(db, evaluation_id, Layer.MIRROR, operation, op_id=op_id, base=base)
    match operation:
        case ResolveMark():  # what the mark was before, only the server knows
            _make_stale(db, evaluation_id)
        case OpenEvaluation():
            status = EvaluationStatus.IN_PROGRESS
            db.execute(
                "UPDATE script SET status = ? WHERE evaluation_id = ? AND status = 'assigned'",
                (status.value, str(evaluation_id)),
            )
        case SubmitEvaluation():
            db.execute(
                "UPDATE script SET status = 'completed', stale = 1 WHERE evaluation_id = ?", (str(evaluation_id),)
            )
    if follows:
        db.execute("UPDATE script SET version = ? WHERE evaluation_id = ?", (version, str(evaluation_id)))
    else:
        _make_stale(db, evaluation_id)
    return not stayed


def _react_to_kept(db: cipher.Connection, evaluation_id: EvaluationId, verdict: Verdict) -> None:
    """A script of which work was kept is somebody else's, or the server knows better how it stands."""
    gone = verdict.reason in ("reassigned", "deactivated")
    why = message.not_hers(str((verdict.detail or {}).get("teacher") or ""))
    db.execute(
        "UPDATE script SET stale = 1, gone = ?, reason = ? WHERE evaluation_id = ?",
        (gone, why if gone else "", str(evaluation_id)),
    )


def _tell(db: cipher.Connection, row: cipher.Row, verdict: Verdict, now: datetime) -> None:
    code = row["script_code"] or message.NO_CODE
    told = message.telling(verdict.kind.value, verdict.reason, verdict.detail, code, row["kind"])
    if told is None:
        return
    # a script that changed hands brings the same answer for every operation: once is enough
    if db.execute(
        "SELECT 1 FROM message WHERE evaluation_id = ? AND text = ? AND NOT dismissed",
        (row["evaluation_id"], told.text),
    ).fetchone():
        return
    add_message(db, verdict.kind.value, told, row["evaluation_id"], now, op_id=row["op_id"])


def add_message(
    db: cipher.Connection,
    kind: str,
    told: message.Telling,
    evaluation_id: str | None,
    now: datetime,
    *,
    op_id: str | None = None,
) -> None:
    """Keep a sentence for the teacher until she dismisses it."""
    db.execute(
        "INSERT INTO message (op_id, evaluation_id, kind, text, questions, made_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (op_id) DO UPDATE SET kind = excluded.kind, text = excluded.text,"
        " questions = excluded.questions, made_at = excluded.made_at, dismissed = 0",
        (op_id, evaluation_id, kind, told.text, registers.compact(told.questions), now.isoformat()),
    )


_SCRIPTS = (
    "SELECT evaluation_id, assignment_version, version, status, stale, gone, unsent FROM script ORDER BY deadline"
)


def _store_deadlines(db: cipher.Connection, assigned: Iterable[AssignedScript]) -> None:
    """A holiday moves deadlines without touching a script's version."""
    db.executemany(
        "UPDATE script SET deadline = ?, sla_hours = ?, breached = ? WHERE evaluation_id = ?",
        [
            (_stored(script.deadline), script.sla_hours, script.breached, str(script.evaluation_id))
            for script in assigned
        ],
    )


def _store_script(db: cipher.Connection, script: PulledScript, result: Mirrored, now: datetime) -> None:
    paper = ExamSnapshot.model_validate_json(script.snapshot)
    _tell_returned(db, script, now)
    db.execute(_PUT_SCRIPT, _script_values(script, paper, now))
    _store_questions(db, script, paper)
    _store_registers(db, script)
    _store_pages(db, script)
    projection.rebuild(db, script.evaluation_id)
    result.changed.add(script.evaluation_id)


def _tell_returned(db: cipher.Connection, script: PulledScript, now: datetime) -> None:
    """Questions that were returned are told once."""
    if script.returned is None:
        return
    key = str(script.evaluation_id)
    before = db.execute("SELECT returned FROM script WHERE evaluation_id = ?", (key,)).fetchone()
    if before is None or before["returned"] != projection.stored_returned(script.returned):
        code = script_code(script.exam_instance_id)
        add_message(db, "returned", message.returned(code, script.returned), key, now)


_PUT_SCRIPT = """
INSERT INTO script (evaluation_id, exam_instance_id, script_code, assignment_version, version, status, deadline,
  received_at, sla_hours, breached, title, class_name, exam_type, total_marks, declared, snapshot, written,
  changed_at, newer_program, completed_at, returned, adjusted, state)
VALUES (:evaluation_id, :exam_instance_id, :script_code, :assignment_version, :version, :status, :deadline,
  :received_at, :sla_hours, :breached, :title, :class_name, :exam_type, :total_marks, :declared, :snapshot, :written,
  :changed_at, :newer_program, :completed_at, :returned, :adjusted, 'new')
ON CONFLICT (evaluation_id) DO UPDATE SET
  assignment_version = excluded.assignment_version, version = excluded.version, status = excluded.status,
  deadline = excluded.deadline, received_at = excluded.received_at, sla_hours = excluded.sla_hours,
  breached = excluded.breached, title = excluded.title, declared = excluded.declared, snapshot = excluded.snapshot,
  written = excluded.written, newer_program = excluded.newer_program, completed_at = excluded.completed_at,
  returned = excluded.returned, adjusted = excluded.adjusted,
  gone = 0, stale = 0, reason = ''
"""


def _script_values(script: PulledScript, paper: ExamSnapshot, now: datetime) -> dict[str, Any]:
    return {
        "evaluation_id": str(script.evaluation_id),
        "exam_instance_id": str(script.exam_instance_id),
        "script_code": script_code(script.exam_instance_id),
        "assignment_version": script.assignment_version,
        "version": script.version,
        "status": script.status.value,
        "deadline": _stored(script.deadline),
        "received_at": _stored(script.received_at),
        "sla_hours": script.sla_hours,
        "breached": script.breached,
        "title": script.title,
        "class_name": script.class_name,
        "exam_type": script.exam_type,
        "total_marks": script.total_marks,
        "declared": registers.compact(list(script.declared_unanswered)),
        "snapshot": projection.stored_paper(script.snapshot),
        "written": sum(question.question_type.written for question in paper.questions),
        "changed_at": _stored(now),
        "newer_program": script.newer_program,
        "completed_at": None if script.completed_at is None else _stored(script.completed_at),
        "returned": projection.stored_returned(script.returned),
        "adjusted": registers.compact({str(number): str(what) for number, what in script.adjusted.items()}),
    }


def _store_questions(db: cipher.Connection, script: PulledScript, paper: ExamSnapshot) -> None:
    declared = frozenset(script.declared_unanswered)
    db.execute("DELETE FROM question WHERE evaluation_id = ?", (str(script.evaluation_id),))
    db.executemany(
        "INSERT INTO question (evaluation_id, question_number, alternative, declared) VALUES (?, ?, ?, ?)",
        [
            (str(script.evaluation_id), question.question_number, key, question.question_number in declared)
            for question in paper.questions
            if question.question_type.written
            for key, _ in question.options
        ],
    )


def _store_registers(db: cipher.Connection, script: PulledScript) -> None:
    evaluation_id, layer = script.evaluation_id, Layer.MIRROR
    registers.clear(db, evaluation_id, layer)
    for mark in script.marks:
        given = GivenMark(mark.state, mark.marks, mark.comment)
        registers.set_mark(db, evaluation_id, layer, MarkKey(mark.question_number, mark.alternative), given)
    registers.put_ink(
        db,
        evaluation_id,
        layer,
        [
            Placed(PageRef(item.page_number, item.pdf_page), read_annotation(item.body, item.annotation_id))
            for item in script.annotations
        ],
    )
    conflict.store(db, evaluation_id, script.conflicts)
    for reading in script.seen:
        page = PageRef(reading.page_number, reading.pdf_page)
        if reading.seconds or reading.largest_share:
            registers.see_page(db, evaluation_id, layer, page, reading.seconds, reading.largest_share)
        if reading.question_numbers is not None:
            registers.tag_page(db, evaluation_id, layer, page, reading.question_numbers)
    for flag in script.flags:
        where = None if flag.page_number is None else PageRef(flag.page_number, flag.pdf_page or 0)
        spot = None if flag.x is None or flag.y is None else Spot(flag.x, flag.y)
        raised = Flag(flag.flag_id, flag.reason, flag.comment, where, spot, flag.answered, flag.answer)
        registers.raise_flag(db, evaluation_id, layer, raised)


def _store_pages(db: cipher.Connection, script: PulledScript) -> None:
    """Remember the uploads; what this computer found out of a file stays until the server has checked it."""
    uploads = [str(page.upload_id) for page in script.pages]
    db.execute(
        "DELETE FROM page_file WHERE evaluation_id = ? AND upload_id NOT IN (SELECT value FROM json_each(?))",
        (str(script.evaluation_id), registers.compact(uploads)),
    )
    db.executemany(
        _PUT_PAGE,
        [
            {
                "upload_id": str(page.upload_id),
                "evaluation_id": str(script.evaluation_id),
                "page_number": page.page_number,
                "mime_type": page.mime_type or "",
                "bytes": page.size,
                "sha256": page.sha256,
                "questions": registers.compact(list(page.questions)),
                "pages": registers.compact([_size(size) for size in page.pages]),
                "page_count": max(1, len(page.pages)),
                "problem": page.problem or "",
                "checked": page.checked,
            }
            for page in script.pages
        ],
    )


_PUT_PAGE = """
INSERT INTO page_file (upload_id, evaluation_id, page_number, mime_type, bytes, sha256, questions, pages, page_count,
  problem)
VALUES (:upload_id, :evaluation_id, :page_number, :mime_type, :bytes, :sha256, :questions, :pages, :page_count,
  :problem)
ON CONFLICT (upload_id) DO UPDATE SET
  evaluation_id = excluded.evaluation_id, page_number = excluded.page_number,
  mime_type = CASE WHEN here THEN mime_type ELSE excluded.mime_type END,
  bytes = excluded.bytes, sha256 = excluded.sha256, questions = excluded.questions,
  pages = CASE WHEN :checked AND NOT here THEN excluded.pages ELSE pages END,
  page_count = CASE WHEN :checked AND NOT here THEN excluded.page_count ELSE page_count END,
  problem = CASE WHEN :checked AND NOT here THEN excluded.problem ELSE problem END
"""


def _size(size: Mapping[str, Any]) -> dict[str, Any]:
    return {"width": int(size["width"]), "height": int(size["height"]), "source": str(size.get("source", ""))}


def _move_away(db: cipher.Connection, evaluation_id: EvaluationId, now: datetime, teacher: str) -> None:
    row = db.execute(
        "UPDATE script SET gone = 1, stale = 0, reason = CASE WHEN handed_back THEN '' ELSE ? END"
        " WHERE evaluation_id = ? AND NOT gone RETURNING script_code, handed_back",
        (message.not_hers(teacher), str(evaluation_id)),
    ).fetchone()
    if row is None:
        return
    projection.refresh_state(db, evaluation_id)
    if row["handed_back"]:
        return  # she knows: it was she who gave it back
    worked_on = db.execute("SELECT 1 FROM journal WHERE evaluation_id = ?", (str(evaluation_id),)).fetchone()
    if worked_on:
        add_message(db, "moved", message.Telling(message.moved(row["script_code"], teacher)), str(evaluation_id), now)


def _states(db: cipher.Connection) -> dict[str, tuple[Any, ...]]:
    return {
        row["evaluation_id"]: (row["state"], row["deadline"], row["breached"])
        for row in db.execute("SELECT evaluation_id, state, deadline, breached FROM script")
    }


def _note_changes(db: cipher.Connection, before: Mapping[str, tuple[Any, ...]], now: datetime) -> set[EvaluationId]:
    after = _states(db)
    changed = {key for key, values in after.items() if before.get(key) != values}
    moved = [key for key in changed if key in before and before[key][0] != after[key][0]]
    db.executemany("UPDATE script SET changed_at = ? WHERE evaluation_id = ?", [(_stored(now), key) for key in moved])
    return {EvaluationId(UUID(key)) for key in changed}


def _stored(moment: datetime) -> str:
    """UTC with microseconds, always, so that the order of the text is the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
