"""Questions marked otherwise on another computer of hers, as rows: in both layers, like all else of a script.

The mark that the server counts stands among the marks of the mirror; here stands the one that it holds beside that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.conflict import ConflictSide, MarkConflict
from mv_desktop.domain.exchange import PulledConflict
from mv_desktop.domain.identifier import EvaluationId, MarkKey, OperationId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import ClearMark, ResolveMark, SetMark
from mv_desktop.offline import cipher, meta


def settle(
    db: cipher.Connection,
    evaluation_id: EvaluationId,
    layer: str,
    operation: SetMark | ClearMark | ResolveMark,
    base: int | None,
) -> None:
    """Close what a mark settles, or open it again: what it names, what she knew of, what it agrees with.

    Args:
        db: in a transaction.
        evaluation_id: the script.
        layer: whose rows.
        operation: the mark.
        base: the version that she had seen; None when she saw all that is here.
    """
    settles = operation.settles if isinstance(operation, ResolveMark) else ()
    named = json.dumps([str(item) for item in settles])
    if isinstance(operation, ResolveMark) and operation.reopens:
        db.execute(
            "UPDATE conflict SET open = 1 WHERE evaluation_id = ? AND layer = ?"
            " AND held_op IN (SELECT value FROM json_each(?))",
            (str(evaluation_id), layer, named),
        )
        return
    given = GivenMark() if isinstance(operation, ClearMark) else operation.given
    for row in db.execute(
        "SELECT held_op, version, state, marks, comment, held_op IN (SELECT value FROM json_each(?)) AS named"
        " FROM conflict WHERE evaluation_id = ? AND layer = ? AND open AND question_number = ? AND alternative = ?",
        (named, str(evaluation_id), layer, *operation.key),
    ).fetchall():
        if row["named"] or base is None or row["version"] <= base or _given(row) == given:
            db.execute(
                "UPDATE conflict SET open = 0 WHERE evaluation_id = ? AND layer = ? AND held_op = ?",
                (str(evaluation_id), layer, row["held_op"]),
            )


def store(db: cipher.Connection, evaluation_id: EvaluationId, pulled: Iterable[PulledConflict]) -> None:
    """Keep what the server says of a script whose rows were cleared."""
    for item in pulled:
        given = GivenMark(item.state, item.marks, item.comment)
        key = MarkKey(item.question_number, item.alternative)
        _put(
            db,
            evaluation_id,
            item.held,
            key,
            given,
            item.version,
            (item.made_at, item.kept, item.kept_at),
            open_now=item.open,
        )


def hold(
    db: cipher.Connection,
    evaluation_id: EvaluationId,
    op_id: OperationId,
    operation: SetMark | ClearMark | ResolveMark,
    version: int,
    made_at: datetime,
    kept: OperationId | None,
) -> None:
    """Her own mark was held: what of this computer was held of that question before is superseded by it."""
    db.execute(
        "UPDATE conflict SET open = 0 WHERE evaluation_id = ? AND layer = 'mirror' AND question_number = ?"
        " AND alternative = ? AND held_op IN (SELECT op_id FROM journal WHERE evaluation_id = ?)",
        (str(evaluation_id), *operation.key, str(evaluation_id)),
    )
    given = GivenMark() if isinstance(operation, ClearMark) else operation.given
    _put(db, evaluation_id, op_id, operation.key, given, version, (made_at, kept, None), open_now=True)


def view_from_mirror(db: cipher.Connection, evaluation_id: EvaluationId) -> None:
    """Let the view, which was cleared, have what the server has."""
    db.execute(
        "INSERT INTO conflict SELECT evaluation_id, 'view', held_op, question_number, alternative, state, marks,"
        " comment, version, open, made_at, kept_op, kept_at FROM conflict WHERE evaluation_id = ? AND layer = 'mirror'",
        (str(evaluation_id),),
    )


def is_open(db: cipher.Connection, evaluation_id: EvaluationId) -> bool:
    """A decision is due in what the teacher sees."""
    sql = "SELECT 1 FROM conflict WHERE evaluation_id = ? AND layer = 'view' AND open"
    return db.execute(sql, (str(evaluation_id),)).fetchone() is not None


def read(db: cipher.Connection, evaluation_id: EvaluationId, ink: Iterable[Placed]) -> tuple[MarkConflict, ...]:
    """What waits for her decision, in the order of the paper; `ink` is all that she sees on the script."""
    rows = db.execute(
        "SELECT c.*, j.op_id IS NOT NULL AS mine FROM conflict c LEFT JOIN journal j ON j.op_id = c.held_op"
        " WHERE c.evaluation_id = ? AND c.layer = 'view' AND c.open"
        " ORDER BY c.question_number, c.alternative, c.version, c.held_op",
        (str(evaluation_id),),
    ).fetchall()
    if not rows:
        return ()
    drawn = _drawn_here(db, evaluation_id)
    placed = tuple(ink)
    return tuple(_read(db, evaluation_id, row, placed, drawn) for row in rows)


def _read(
    db: cipher.Connection, evaluation_id: EvaluationId, row: cipher.Row, ink: tuple[Placed, ...], drawn: frozenset[str]
) -> MarkConflict:
    key = MarkKey(row["question_number"], row["alternative"])
    held = OperationId(UUID(row["held_op"]))
    seen, seen_op = _mark(db, evaluation_id, "view", key)
    held_side = (meta.moment(row["made_at"]), held)
    kept_side = (meta.moment(row["kept_at"]), None if row["kept_op"] is None else OperationId(UUID(row["kept_op"])))
    mine_at, mine_op = held_side if row["mine"] else kept_side
    if seen_op is not None and seen_op != mine_op:  # she went on since, and did not know
        recorded = db.execute("SELECT recorded_at FROM journal WHERE op_id = ?", (str(seen_op),)).fetchone()
        mine_at, mine_op = (None if recorded is None else meta.moment(recorded["recorded_at"])), seen_op
    theirs_at, theirs_op = kept_side if row["mine"] else held_side
    theirs = _mark(db, evaluation_id, "mirror", key)[0] if row["mine"] else _given(row)
    here = [item for item in ink if _belongs(item, key)]
    own = tuple(item for item in here if str(item.annotation.annotation_id) in drawn)
    others = tuple(item for item in here if str(item.annotation.annotation_id) not in drawn)
    mine = ConflictSide(seen, mine_at, mine_op, own)
    return MarkConflict(evaluation_id, key, mine, ConflictSide(theirs, theirs_at, theirs_op, others), held)


def _belongs(item: Placed, key: MarkKey) -> bool:
    annotation = item.annotation
    return annotation.question_number == key.question_number and (annotation.alternative or "") in ("", key.alternative)


def _drawn_here(db: cipher.Connection, evaluation_id: EvaluationId) -> frozenset[str]:
    """The ids of all that was ever drawn on this computer."""
    rows = db.execute(
        "SELECT DISTINCT json_extract(a.value, '$.id') AS id FROM journal j, json_each(j.payload, '$.annotations') a"
        " WHERE j.evaluation_id = ? AND j.kind = 'annotation.put'",
        (str(evaluation_id),),
    )
    return frozenset(row["id"] for row in rows)


def _mark(
    db: cipher.Connection, evaluation_id: EvaluationId, layer: str, key: MarkKey
) -> tuple[GivenMark, OperationId | None]:
    row = db.execute(
        "SELECT * FROM mark WHERE evaluation_id = ? AND layer = ? AND question_number = ? AND alternative = ?",
        (str(evaluation_id), layer, *key),
    ).fetchone()
    if row is None:
        return GivenMark(), None
    return _given(row), None if row["op_id"] is None else OperationId(UUID(row["op_id"]))


def _given(row: cipher.Row) -> GivenMark:
    marks = None if row["marks"] is None else Decimal(row["marks"])
    return GivenMark(MarkState(row["state"]), marks, row["comment"])


def _put(
    db: cipher.Connection,
    evaluation_id: EvaluationId,
    held: OperationId,
    key: MarkKey,
    given: GivenMark,
    version: int,
    known: tuple[datetime | None, OperationId | None, datetime | None],
    *,
    open_now: bool,
) -> None:
    made_at, kept, kept_at = known
    values: dict[str, Any] = {
        "evaluation_id": str(evaluation_id),
        "held_op": str(held),
        "question_number": key.question_number,
        "alternative": key.alternative,
        "state": given.state.value,
        "marks": None if given.marks is None else str(given.marks),
        "comment": given.comment,
        "version": version,
        "open": open_now,
        "made_at": None if made_at is None else made_at.isoformat(),
        "kept_op": None if kept is None else str(kept),
        "kept_at": None if kept_at is None else kept_at.isoformat(),
    }
    db.execute(
        "INSERT OR REPLACE INTO conflict (evaluation_id, layer, held_op, question_number, alternative, state, marks,"
        " comment, version, open, made_at, kept_op, kept_at) VALUES (:evaluation_id, 'mirror', :held_op,"
        " :question_number, :alternative, :state, :marks, :comment, :version, :open, :made_at, :kept_op, :kept_at)",
        values,
    )
