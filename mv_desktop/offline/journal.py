"""What the teacher did, in order: appended once, never edited, kept until the server has answered and longer.

An operation's text (`body`) and its SHA-256 never change. What changes is where it goes next (`stream_id`, `seq`)
and what was answered: a stream is one unbroken numbering under which operations are sent, and the same operations
go on under a new stream when the old one can no longer be continued.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.delivery import (
    MOST_ANNOTATIONS,
    MOST_BATCH_BYTES,
    MOST_OPERATION_BYTES,
    StreamState,
    stored_bytes,
)
from mv_desktop.domain.exchange import SentOperation
from mv_desktop.domain.identifier import EvaluationId, OperationId, StreamId
from mv_desktop.domain.operation import (
    CONFLICT_SCHEMA,
    ClearMark,
    DeleteAnnotations,
    HandBack,
    HistoryEntry,
    Operation,
    PutAnnotations,
    RaiseFlag,
    ResolveMark,
    SeePage,
    SetMark,
    SubmitEvaluation,
    TagPage,
    WithdrawFlag,
    from_payload,
    schema_of,
    to_payload,
)
from mv_desktop.offline import cipher
from mv_desktop.offline.registers import compact


@dataclass(frozen=True, slots=True)
class Evidence:
    """When an operation was made, in terms the server can check.

    Attributes:
        beacon_id: the last moment of the server's clock that this computer was told of.
        since_beacon_ms: how long ago that was by a clock that does not jump; None when this is not known.
        wall_since_ms: the same by the wall clock.
    """

    beacon_id: UUID | None = None
    since_beacon_ms: int | None = None
    wall_since_ms: int | None = None


def append(
    db: cipher.Connection,
    script: cipher.Row,
    operation: Operation,
    *,
    op_id: OperationId,
    inverse: Iterable[Operation],
    undoes: OperationId | None,
    wall: datetime,
    evidence: Evidence,
    program: str,
    ids: IdSource,
    replaces: Iterable[OperationId] = (),
) -> int:
    """Append `operation` on the script of the row `script`; answers its number in the stream.

    Args:
        db: in a transaction.
        script: the row, with the versions that the operation is made on.
        operation: what she did.
        op_id: its id.
        inverse: what undoes it.
        undoes: the operation that it takes back.
        wall: when it was done, by the wall clock.
        evidence: the same in terms that the server can check.
        program: the version that did it.
        ids: makes the stream's id when there is none yet.
        replaces: her own operations that this one replaces and that the script's version does not contain: with these
            it does not conflict.

    Raises:
        InvalidError: no server would take it, so it is not written down in the first place.
    """
    payload = to_payload(operation)
    named = [str(item) for item in replaces]
    if named:
        payload["replaces"] = named
    _refuse_too_large(operation, payload)
    body = {
        "op_id": str(op_id),
        "evaluation_id": script["evaluation_id"],
        "assignment_version": script["assignment_version"],
        "base_version": script["version"],
        "kind": operation.kind,
        "payload": payload,
        "schema": _schema(operation, _newest_schema(db)),
        "wall": wall.isoformat(),
        "beacon_id": None if evidence.beacon_id is None else str(evidence.beacon_id),
        "since_beacon_ms": evidence.since_beacon_ms,
        "wall_since_ms": evidence.wall_since_ms,
        "program": program,
    }
    return _insert(db, body, inverse, undoes=None if undoes is None else str(undoes), ids=ids)


def _refuse_too_large(operation: Operation, payload: Mapping[str, Any]) -> None:
    many = isinstance(operation, PutAnnotations) and len(operation.placed) > MOST_ANNOTATIONS
    if many or stored_bytes(payload) > MOST_OPERATION_BYTES:
        raise InvalidError(
            "This is too much for one change.",
            kept="Nothing was changed.",
            remedy="Do it in smaller parts, for example a page at a time.",
        )


def stream(db: cipher.Connection, ids: IdSource) -> StreamId:
    """The stream in which operations are sent now; the first one is made here."""
    row = db.execute("SELECT stream_id FROM stream WHERE current").fetchone()
    return StreamId(UUID(row["stream_id"])) if row is not None else start_stream(db, ids)


def start_stream(db: cipher.Connection, ids: IdSource) -> StreamId:
    """Go on under a new stream: the waiting operations keep their ids and order and are numbered from 1."""
    stream_id = StreamId(ids())
    waiting = db.execute("SELECT entry FROM journal WHERE state = 'pending' ORDER BY entry").fetchall()
    db.execute("UPDATE stream SET current = 0")
    db.execute("INSERT INTO stream VALUES (?, ?, 1)", (str(stream_id), len(waiting) + 1))
    db.executemany(
        "UPDATE journal SET stream_id = ?, seq = ? WHERE entry = ?",
        [(str(stream_id), seq, row["entry"]) for seq, row in enumerate(waiting, 1)],
    )
    return stream_id


def script_of(db: cipher.Connection, op_id: OperationId) -> set[EvaluationId]:
    """The script that an operation is on; none when it is not here."""
    row = db.execute("SELECT evaluation_id FROM journal WHERE op_id = ?", (str(op_id),)).fetchone()
    return set() if row is None else {EvaluationId(UUID(row["evaluation_id"]))}


def waiting(db: cipher.Connection, limit: int, most_bytes: int = MOST_BATCH_BYTES) -> list[SentOperation]:
    """The next operations to send, in the order of the stream: at least one, and no more than `most_bytes` of text."""
    found: list[SentOperation] = []
    size = 0
    for row in db.execute("SELECT seq, body FROM journal WHERE state = 'pending' ORDER BY entry LIMIT ?", (limit,)):
        size += len(row["body"].encode())
        if found and size > most_bytes:
            break
        found.append(_sent(row["seq"], json.loads(row["body"])))
    return found


def resend_from(db: cipher.Connection, expected: int, ids: IdSource) -> frozenset[EvaluationId]:
    """Send again what the server lost: everything from number `expected` of the current stream on.

    A server restored from a backup knows less than it once confirmed. When the file no longer has that number, the
    waiting operations go on under a new stream.

    Returns:
        The scripts of which something waits again.
    """
    current = str(stream(db, ids))
    if not db.execute("SELECT 1 FROM journal WHERE stream_id = ? AND seq = ?", (current, expected)).fetchone():
        start_stream(db, ids)
        return frozenset()
    rows = db.execute(
        "UPDATE journal SET state = 'pending', verdict = NULL, reason = NULL, detail = NULL, version = NULL,"
        " answered_at = NULL WHERE stream_id = ? AND seq >= ? AND state = 'answered' RETURNING evaluation_id",
        (current, expected),
    ).fetchall()
    return frozenset(EvaluationId(UUID(row["evaluation_id"])) for row in rows)


def answered_streams(db: cipher.Connection, limit: int) -> dict[StreamId, int]:
    """The streams under which something was answered, the latest first, with the last number of each."""
    rows = db.execute(
        f"SELECT stream_id, max(seq) AS last FROM journal WHERE {_TAKEN} GROUP BY stream_id"  # noqa: S608 (our own)
        " ORDER BY max(entry) DESC LIMIT ?",
        (limit,),
    )
    return {StreamId(UUID(row["stream_id"])): row["last"] for row in rows}


def lost(
    db: cipher.Connection, answered: Mapping[StreamId, int], known: Mapping[StreamId, StreamState]
) -> dict[StreamId, int]:
    """After which number of which stream the server lacks what it once answered.

    Where the last that it has was not done here, another computer goes on with a copy of this file under the same
    stream, and the number says nothing: everything of that stream is sent again, and what the server has is known to it
    by its id.
    """
    found = {}
    for stream_id, last in answered.items():
        state = known[stream_id]
        here = db.execute("SELECT 1 FROM journal WHERE op_id = ?", (str(state.operation),)).fetchone()
        if state.operation is not None and here is None:
            found[stream_id] = 0
        elif state.last < last:
            found[stream_id] = state.last
    return found


def resend_lost(db: cipher.Connection, known: Mapping[StreamId, int], ids: IdSource) -> frozenset[EvaluationId]:
    """Let wait again, at its old place, what the server once answered and has no more.

    A server restored from a backup has lost it in every stream that was in use since, not only in the current one.

    Args:
        db: in a transaction.
        known: the last number that the server has of each stream, from `lost`.
        ids: makes the new stream's id.

    Returns:
        The scripts of which something waits again.
    """
    changed = set()
    for stream_id, last in known.items():
        rows = db.execute(
            "UPDATE journal SET state = 'pending', verdict = NULL, reason = NULL, detail = NULL, version = NULL,"  # noqa: S608
            f" answered_at = NULL, sent_at = NULL WHERE {_TAKEN} AND stream_id = ? AND seq > ? RETURNING evaluation_id",
            (str(stream_id), last),
        ).fetchall()
        changed |= {EvaluationId(UUID(row["evaluation_id"])) for row in rows}
    if changed:
        start_stream(db, ids)
    return frozenset(changed)


_TAKEN = "state = 'answered' AND verdict NOT IN ('held', 'superseded')"
"""What the server has written down and would have to have; a held submission was never more than a question."""


def damaged(db: cipher.Connection, limit: int) -> tuple[OperationId, ...]:
    """Those of the next operations whose text is no longer what was written down."""
    rows = db.execute(
        "SELECT op_id, body, body_sha256 FROM journal WHERE state = 'pending' ORDER BY entry LIMIT ?", (limit,)
    )
    return tuple(OperationId(UUID(row["op_id"])) for row in rows if not _intact(row))


def _intact(row: cipher.Row) -> bool:
    return hashlib.sha256(str(row["body"]).encode()).hexdigest() == str(row["body_sha256"])


def set_aside(db: cipher.Connection, op_id: OperationId, why: str, ids: IdSource) -> None:
    """Take one operation out of the stream, because with it nothing behind it gets through."""
    db.execute("UPDATE journal SET state = 'set_aside', reason = ? WHERE op_id = ?", (why, str(op_id)))
    start_stream(db, ids)


def hold_back(db: cipher.Connection, op_id: OperationId, why: str, now: datetime, ids: IdSource) -> None:
    """End a submission that the server fails on as if it had held it: the teacher submits again."""
    db.execute(
        "UPDATE journal SET state = 'answered', verdict = 'held', reason = ?, answered_at = ? WHERE op_id = ?",
        (why, now.isoformat(), str(op_id)),
    )
    start_stream(db, ids)


def take_back(db: cipher.Connection, now: datetime, ids: IdSource) -> frozenset[EvaluationId]:
    """Let what was set aside wait again at its old place, unless later work has overtaken it.

    What later operations that the server took have replaced altogether is superseded. Of what they replaced in part
    the rest is sent, as an operation of its own: sent whole, it would undo them.

    Returns:
        The scripts concerned.
    """
    changed = set()
    for row in db.execute("SELECT * FROM journal WHERE state = 'set_aside' ORDER BY entry").fetchall():
        if not _intact(row):
            continue
        targets = _targets(known_operation(row))
        later = db.execute(
            "SELECT kind, payload FROM journal WHERE evaluation_id = ? AND entry > ? AND verdict = 'applied'",
            (row["evaluation_id"], row["entry"]),
        ).fetchall()
        overtaken = targets & {target for item in later for target in _targets(known_operation(item))}
        if overtaken:
            if rest := targets - overtaken:
                _append_rest(db, row, rest, ids)
            db.execute(
                "UPDATE journal SET state = 'answered', verdict = 'superseded', answered_at = ? WHERE entry = ?",
                (now.isoformat(), row["entry"]),
            )
        else:
            db.execute("UPDATE journal SET state = 'pending', reason = NULL WHERE entry = ?", (row["entry"],))
        changed.add(EvaluationId(UUID(row["evaluation_id"])))
    if changed:
        start_stream(db, ids)
    return frozenset(changed)


def _append_rest(db: cipher.Connection, row: cipher.Row, rest: frozenset[tuple[object, ...]], ids: IdSource) -> None:
    """Let those parts of an operation that nothing has overtaken wait, as she did them then."""
    operation = _part(known_operation(row), rest)
    if operation is None:
        return
    undone = (_part(from_payload(item["kind"], item["payload"]), rest) for item in json.loads(row["inverse"]))
    whole = json.loads(row["body"])
    named = {name: whole["payload"][name] for name in ("replaces",) if name in whole["payload"]}
    body = whole | {"op_id": str(ids()), "payload": to_payload(operation) | named, "part_of": row["op_id"]}
    _insert(db, body, (item for item in undone if item is not None), undoes=row["undoes"], ids=ids)


def _part(operation: Operation | None, targets: frozenset[tuple[object, ...]]) -> Operation | None:
    """What of an operation is about these targets; None when nothing is."""
    match operation:
        case PutAnnotations(placed):
            kept = tuple(item for item in placed if ("ink", item.annotation.annotation_id) in targets)
            return PutAnnotations(kept) if kept else None
        case DeleteAnnotations(annotation_ids):
            left = tuple(item for item in annotation_ids if ("ink", item) in targets)
            return DeleteAnnotations(left) if left else None
    return operation if _targets(operation) <= targets else None


def _insert(
    db: cipher.Connection, body: dict[str, Any], inverse: Iterable[Operation], *, undoes: str | None, ids: IdSource
) -> int:
    text = compact(body)
    stream_id, seq = _take_number(db, ids)
    db.execute(
        "INSERT INTO journal (op_id, evaluation_id, assignment_version, kind, payload, inverse, undoes, recorded_at,"
        " body_sha256, body, stream_id, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            body["op_id"],
            body["evaluation_id"],
            body["assignment_version"],
            body["kind"],
            compact(body["payload"]),
            compact([{"kind": item.kind, "payload": to_payload(item)} for item in inverse]),
            undoes,
            body["wall"],
            hashlib.sha256(text.encode()).hexdigest(),
            text,
            stream_id,
            seq,
        ),
    )
    return seq


def history(db: cipher.Connection, evaluation_id: EvaluationId) -> tuple[HistoryEntry, ...]:
    """The teacher's own operations on a script that have effect, in order."""
    rows = db.execute(
        "SELECT j.* FROM journal j JOIN script s USING (evaluation_id) WHERE j.evaluation_id = ?"
        " AND j.assignment_version = s.assignment_version AND coalesce(j.verdict, 'applied') = 'applied'"
        # what she deleted and another computer had drawn anew stands: undone, it would become what it was before that
        " AND json_extract(coalesce(j.detail, '{}'), '$.stayed') IS NULL ORDER BY j.entry",
        (str(evaluation_id),),
    )
    return tuple(entry for row in rows if (entry := _history_entry(row)) is not None)


def known_operation(row: cipher.Row) -> Operation | None:
    """The operation of a journal row; None when this version cannot read it. It is sent as it is all the same."""
    try:
        return from_payload(row["kind"], json.loads(row["payload"]))
    except InvalidError:
        return None


def base_version(operation: Operation, row: cipher.Row) -> int | None:
    """The version that a mark was given on; None for what is no mark, and when a damaged row does not say."""
    if not isinstance(operation, SetMark | ClearMark | ResolveMark):
        return None
    try:
        return int(json.loads(row["body"])["base_version"])
    except (ValueError, KeyError, TypeError):
        return None


def _history_entry(row: cipher.Row) -> HistoryEntry | None:
    operation = known_operation(row)
    if operation is None:
        return None
    try:
        inverse = tuple(from_payload(item["kind"], item["payload"]) for item in json.loads(row["inverse"]))
    except InvalidError:
        inverse = ()  # done by a version that knew more: it stands, and cannot be undone here
    return HistoryEntry(
        OperationId(UUID(row["op_id"])),
        operation,
        inverse,
        None if row["undoes"] is None else OperationId(UUID(row["undoes"])),
    )


def _newest_schema(db: cipher.Connection) -> int:
    """The newest operations that the server said it takes; it holds marks in conflict for programs that know of it."""
    row = db.execute(
        "SELECT json_extract(value, '$.operation_schema_max') AS newest FROM meta WHERE name = 'signed_in'"
    ).fetchone()
    return 1 if row is None else int(row["newest"] or 1)


def _schema(operation: Operation, newest: int) -> int:
    if isinstance(operation, SetMark | ClearMark) and newest >= CONFLICT_SCHEMA:
        return CONFLICT_SCHEMA
    return schema_of(operation)


def _sent(seq: int, body: dict[str, Any]) -> SentOperation:
    beacon = body["beacon_id"]
    return SentOperation(
        op_id=OperationId(UUID(body["op_id"])),
        seq=seq,
        evaluation_id=EvaluationId(UUID(body["evaluation_id"])),
        assignment_version=body["assignment_version"],
        base_version=body["base_version"],
        kind=body["kind"],
        payload=body["payload"],
        schema=body["schema"],
        wall=datetime.fromisoformat(body["wall"]),
        beacon_id=None if beacon is None else UUID(beacon),
        since_beacon_ms=body["since_beacon_ms"],
        wall_since_ms=body["wall_since_ms"],
        program=body["program"],
    )


def _take_number(db: cipher.Connection, ids: IdSource) -> tuple[str, int]:
    current = str(stream(db, ids))
    (seq,) = db.execute("SELECT next_seq FROM stream WHERE stream_id = ?", (current,)).fetchone()
    db.execute("UPDATE stream SET next_seq = next_seq + 1 WHERE stream_id = ?", (current,))
    return current, seq


def _targets(operation: Operation | None) -> frozenset[tuple[object, ...]]:
    """What an operation writes: two that share no target may go in either order."""
    match operation:
        case None:
            return frozenset()
        case SetMark(key, _) | ClearMark(key) | ResolveMark(key, _):
            return frozenset({("mark", key)})
        case PutAnnotations(placed):
            return frozenset(("ink", item.annotation.annotation_id) for item in placed)
        case DeleteAnnotations(annotation_ids):
            return frozenset(("ink", item) for item in annotation_ids)
        case SeePage(page, _, _):
            return frozenset({("seen", page)})
        case TagPage(page, _):
            return frozenset({("tag", page)})
        case RaiseFlag(flag_id) | WithdrawFlag(flag_id):
            return frozenset({("flag", flag_id)})
        case SubmitEvaluation():
            return frozenset({("submit",)})
        case HandBack():
            return frozenset({("hand back",)})
    return frozenset({("open",)})
