"""Marks, ink, reading and flags of a script as rows: what an operation does to one of the two layers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from mv_desktop.domain.annotation.shape import Placed, annotation_json, read_annotation
from mv_desktop.domain.flag import Flag, Spot
from mv_desktop.domain.identifier import EvaluationId, FlagId, MarkKey, OperationId, PageRef
from mv_desktop.domain.marks import GivenMark
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    Operation,
    PutAnnotations,
    RaiseFlag,
    ResolveMark,
    SeePage,
    SetMark,
    TagPage,
    WithdrawFlag,
)
from mv_desktop.offline import cipher, conflict

_AT_ONCE = 32
"""As many annotations are read as one JSON text: singly takes longer, thousands at once would hold up the window."""


class Layer(StrEnum):
    """Whose rows they are."""

    MIRROR = "mirror"
    """What the server has."""
    VIEW = "view"
    """What the teacher sees."""


def compact(data: object) -> str:
    """`data` as JSON in its one short form, the same on every computer."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def replaced(db: cipher.Connection, evaluation_id: EvaluationId, operation: Operation) -> tuple[OperationId, ...]:
    """Her own operations that `operation` replaces, as far as the server's word does not contain them yet."""
    rows: list[cipher.Row] = []
    match operation:
        case SetMark(key) | ClearMark(key) | ResolveMark(key):
            rows = db.execute(
                "SELECT op_id FROM mark WHERE evaluation_id = ? AND layer = 'view' AND question_number = ?"
                " AND alternative = ?",
                (str(evaluation_id), *key),
            ).fetchall()
        case DeleteAnnotations(annotation_ids):
            rows = db.execute(
                "SELECT DISTINCT op_id FROM ink WHERE evaluation_id = ? AND layer = 'view' AND annotation_id IN"
                " (SELECT value FROM json_each(?)) ORDER BY op_id",
                (str(evaluation_id), compact([str(item) for item in annotation_ids])),
            ).fetchall()
    return tuple(OperationId(UUID(row["op_id"])) for row in rows if row["op_id"] is not None)


def apply(
    db: cipher.Connection,
    evaluation_id: EvaluationId,
    layer: Layer,
    operation: Operation,
    *,
    op_id: OperationId | None = None,
    base: int | None = None,
) -> frozenset[int]:
    """Change one layer as `operation` says, like `MarkedScript.apply`.

    Args:
        db: in a transaction.
        evaluation_id: the script.
        layer: whose rows.
        operation: what was done.
        op_id: her own operation that it is, as long as the server's word does not contain it.
        base: the version that she had seen; None when she saw all that is here.

    Returns:
        The numbers of the questions whose mark may have changed.
    """
    match operation:
        case SetMark() | ClearMark() | ResolveMark():
            conflict.settle(db, evaluation_id, layer, operation, base)
            # a row that follows the stamps, not no row: what the student declared counts only until it is touched
            given = GivenMark() if isinstance(operation, ClearMark) else operation.given
            return set_mark(db, evaluation_id, layer, operation.key, given, op_id)
        case PutAnnotations(placed):
            return put_ink(db, evaluation_id, layer, placed, op_id)
        case DeleteAnnotations(annotation_ids):
            numbers = _numbers(db, evaluation_id, layer, annotation_ids)
            db.executemany(
                "DELETE FROM ink WHERE evaluation_id = ? AND layer = ? AND annotation_id = ?",
                [(str(evaluation_id), layer, str(item)) for item in annotation_ids],
            )
            return numbers
        case SeePage(page, seconds, largest_share):
            see_page(db, evaluation_id, layer, page, seconds, largest_share)
        case TagPage(page, question_numbers):
            tag_page(db, evaluation_id, layer, page, question_numbers)
        case RaiseFlag(flag_id, reason, comment, page, spot):
            raise_flag(db, evaluation_id, layer, Flag(flag_id, reason, comment, page, spot))
        case WithdrawFlag(flag_id):
            db.execute(
                "DELETE FROM flag WHERE evaluation_id = ? AND layer = ? AND flag_id = ?",
                (str(evaluation_id), layer, str(flag_id)),
            )
    return frozenset()


def set_mark(
    db: cipher.Connection,
    evaluation_id: EvaluationId,
    layer: Layer,
    key: MarkKey,
    given: GivenMark,
    op_id: OperationId | None = None,
) -> frozenset[int]:
    """Let the register of `key` hold `given`, from her own operation `op_id`; answers the question's number."""
    db.execute(
        "INSERT INTO mark (evaluation_id, layer, question_number, alternative, state, marks, comment, op_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state,"
        " marks = excluded.marks, comment = excluded.comment, op_id = excluded.op_id",
        (
            str(evaluation_id),
            layer,
            key.question_number,
            key.alternative,
            given.state.value,
            None if given.marks is None else str(given.marks),
            given.comment,
            None if op_id is None else str(op_id),
        ),
    )
    return frozenset({key.question_number})


def put_ink(
    db: cipher.Connection,
    evaluation_id: EvaluationId,
    layer: Layer,
    placed: Iterable[Placed],
    op_id: OperationId | None = None,
) -> frozenset[int]:
    """Let annotations stand, each at its old place in the order or last; answers the questions concerned."""
    items = list(placed)
    numbers = _numbers(db, evaluation_id, layer, [item.annotation.annotation_id for item in items])
    (last,) = db.execute(
        "SELECT coalesce(max(placed), 0) FROM ink WHERE evaluation_id = ? AND layer = ?", (str(evaluation_id), layer)
    ).fetchone()
    db.executemany(
        "INSERT INTO ink (evaluation_id, layer, annotation_id, placed, page_number, pdf_page, question_number,"
        " alternative, carries, body, op_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (evaluation_id, layer, annotation_id) DO UPDATE SET page_number = excluded.page_number,"
        " pdf_page = excluded.pdf_page, question_number = excluded.question_number,"
        " alternative = excluded.alternative, carries = excluded.carries, body = excluded.body,"
        " op_id = excluded.op_id",
        [
            (
                str(evaluation_id),
                layer,
                str(item.annotation.annotation_id),
                last + position,
                item.page.page_number,
                item.page.pdf_page,
                item.annotation.question_number,
                item.annotation.alternative or "",
                item.annotation.carried is not None,
                compact(annotation_json(item.annotation)),
                None if op_id is None else str(op_id),
            )
            for position, item in enumerate(items, 1)
        ],
    )
    return numbers | {item.annotation.question_number for item in items if item.annotation.question_number is not None}


def see_page(
    db: cipher.Connection,
    evaluation_id: EvaluationId,
    layer: Layer,
    page: PageRef,
    seconds: float,
    largest_share: float,
) -> None:
    """Count reading of a page: both numbers only ever grow."""
    db.execute(
        "INSERT INTO reading (evaluation_id, layer, page_number, pdf_page, seconds, largest_share)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " seconds = max(coalesce(seconds, 0), excluded.seconds),"
        " largest_share = max(coalesce(largest_share, 0), excluded.largest_share)",
        (str(evaluation_id), layer, page.page_number, page.pdf_page, seconds, largest_share),
    )


def tag_page(
    db: cipher.Connection, evaluation_id: EvaluationId, layer: Layer, page: PageRef, numbers: Iterable[int]
) -> None:
    """Let a page answer these questions."""
    db.execute(
        "INSERT INTO reading (evaluation_id, layer, page_number, pdf_page, question_numbers) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET question_numbers = excluded.question_numbers",
        (str(evaluation_id), layer, page.page_number, page.pdf_page, compact(list(numbers))),
    )


def raise_flag(db: cipher.Connection, evaluation_id: EvaluationId, layer: Layer, flag: Flag) -> None:
    """Remember a flag, instead of what had its id."""
    page, spot = flag.page, flag.spot
    db.execute(
        "INSERT OR REPLACE INTO flag (evaluation_id, layer, flag_id, page_number, pdf_page, x, y, reason, comment,"
        " answered, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            str(evaluation_id),
            layer,
            str(flag.flag_id),
            *((None, None) if page is None else (page.page_number, page.pdf_page)),
            *((None, None) if spot is None else (spot.x, spot.y)),
            flag.reason,
            flag.comment,
            flag.answered,
            flag.answer,
        ),
    )


def read_flags(db: cipher.Connection, evaluation_id: EvaluationId, layer: Layer) -> tuple[Flag, ...]:
    """All flags in the order in which they were raised, which is that of their ids."""
    rows = db.execute(
        "SELECT * FROM flag WHERE evaluation_id = ? AND layer = ? ORDER BY flag_id", (str(evaluation_id), layer)
    )
    return tuple(
        Flag(
            FlagId(UUID(row["flag_id"])),
            row["reason"],
            row["comment"],
            None if row["page_number"] is None else PageRef(row["page_number"], row["pdf_page"] or 0),
            None if row["x"] is None or row["y"] is None else Spot(row["x"], row["y"]),
            bool(row["answered"]),
            row["answer"],
        )
        for row in rows
    )


def clear(db: cipher.Connection, evaluation_id: EvaluationId, layer: Layer) -> None:
    """Empty one layer of a script."""
    key = (str(evaluation_id), layer)
    db.execute("DELETE FROM mark WHERE evaluation_id = ? AND layer = ?", key)
    db.execute("DELETE FROM ink WHERE evaluation_id = ? AND layer = ?", key)
    db.execute("DELETE FROM reading WHERE evaluation_id = ? AND layer = ?", key)
    db.execute("DELETE FROM flag WHERE evaluation_id = ? AND layer = ?", key)
    db.execute("DELETE FROM conflict WHERE evaluation_id = ? AND layer = ?", key)


def view_from_mirror(db: cipher.Connection, evaluation_id: EvaluationId) -> None:
    """Let the view be exactly what the server has."""
    clear(db, evaluation_id, Layer.VIEW)
    key = (str(evaluation_id),)
    db.execute(
        "INSERT INTO mark SELECT evaluation_id, 'view', question_number, alternative, state, marks, comment, op_id"
        " FROM mark WHERE evaluation_id = ? AND layer = 'mirror'",
        key,
    )
    db.execute(
        "INSERT INTO ink SELECT evaluation_id, 'view', annotation_id, placed, page_number, pdf_page,"
        " question_number, alternative, carries, body, op_id FROM ink WHERE evaluation_id = ? AND layer = 'mirror'",
        key,
    )
    db.execute(
        "INSERT INTO reading SELECT evaluation_id, 'view', page_number, pdf_page, seconds, largest_share,"
        " question_numbers FROM reading WHERE evaluation_id = ? AND layer = 'mirror'",
        key,
    )
    db.execute(
        "INSERT INTO flag (evaluation_id, layer, flag_id, page_number, pdf_page, x, y, reason, comment, answered,"
        " answer) SELECT evaluation_id, 'view', flag_id, page_number, pdf_page, x, y, reason, comment, answered, answer"
        " FROM flag WHERE evaluation_id = ? AND layer = 'mirror'",
        key,
    )
    conflict.view_from_mirror(db, evaluation_id)


def read_ink(db: cipher.Connection, evaluation_id: EvaluationId, layer: Layer) -> tuple[Placed, ...]:
    """All annotations in the order in which they were placed."""
    rows = db.execute(
        "SELECT annotation_id, page_number, pdf_page, body FROM ink WHERE evaluation_id = ? AND layer = ?"
        " ORDER BY placed",
        (str(evaluation_id), layer),
    ).fetchall()
    placed: list[Placed] = []
    for first in range(0, len(rows), _AT_ONCE):
        some = rows[first : first + _AT_ONCE]
        bodies = json.loads(f"[{','.join(body for *_, body in some)}]")
        for (annotation_id, number, part, _), body in zip(some, bodies, strict=True):
            known = None if body.get("id") == annotation_id else UUID(annotation_id)
            placed.append(Placed(PageRef(number, part), read_annotation(body, known)))
    return tuple(placed)


def _numbers(
    db: cipher.Connection, evaluation_id: EvaluationId, layer: Layer, annotation_ids: Iterable[Any]
) -> frozenset[int]:
    """The questions to which these annotations belong now."""
    rows = db.execute(
        "SELECT DISTINCT question_number FROM ink WHERE evaluation_id = ? AND layer = ? AND annotation_id IN"
        " (SELECT value FROM json_each(?)) AND question_number IS NOT NULL",
        (str(evaluation_id), layer, compact([str(item) for item in annotation_ids])),
    )
    return frozenset(row["question_number"] for row in rows)
