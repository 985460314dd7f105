"""Comparing what is shown here with what the server has, script by script, without fetching the scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from mv_desktop.domain.delivery import ScriptSums, ink_print, marks_print, plain
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.offline import cipher
from mv_desktop.offline.registers import Layer

_SETTLED = "NOT gone AND NOT stale AND unsent = 0"


@dataclass(frozen=True, slots=True)
class Difference:
    """A script of which both sides thought that they had the same, and had not."""

    evaluation_id: EvaluationId
    script_code: str
    sentence: str


def comparable(db: cipher.Connection) -> tuple[EvaluationId, ...]:
    """The scripts that should stand here as on the server: nothing of them waits, here or there."""
    rows = db.execute(
        f"SELECT evaluation_id FROM script WHERE {_SETTLED} AND status <> 'completed'"  # noqa: S608 (our own)
        " AND newer_program IS NULL ORDER BY deadline, evaluation_id"
    )
    return tuple(EvaluationId(UUID(row["evaluation_id"])) for row in rows)


def differing(db: cipher.Connection, sums: Iterable[ScriptSums]) -> tuple[Difference, ...]:
    """Those that differ; each is marked to be fetched anew.

    A script that was changed since, on either side, cannot be compared and is left out.
    """
    found = []
    for theirs in sums:
        row = db.execute(
            "SELECT script_code FROM script WHERE evaluation_id = ? AND assignment_version = ? AND version = ?"  # noqa: S608
            f" AND {_SETTLED}",
            (str(theirs.evaluation_id), theirs.assignment_version, theirs.version),
        ).fetchone()
        if row is None:
            continue
        ours = _sums(db, theirs)
        if ours != theirs:
            db.execute("UPDATE script SET stale = 1 WHERE evaluation_id = ?", (str(theirs.evaluation_id),))
            found.append(
                Difference(theirs.evaluation_id, row["script_code"], _sentence(row["script_code"], ours, theirs))
            )
    return tuple(found)


def _sums(db: cipher.Connection, theirs: ScriptSums) -> ScriptSums:
    (conflicts,) = db.execute(
        "SELECT count(*) FROM conflict WHERE evaluation_id = ? AND layer = ? AND open",
        (str(theirs.evaluation_id), Layer.MIRROR),
    ).fetchone()
    # until she decides, she is shown her own mark and not the one that counts
    key = (str(theirs.evaluation_id), Layer.MIRROR if conflicts else Layer.VIEW)
    marks = [
        (
            row["question_number"],
            row["alternative"],
            row["state"],
            None if row["marks"] is None else Decimal(row["marks"]),
            row["comment"],
        )
        for row in db.execute("SELECT * FROM mark WHERE evaluation_id = ? AND layer = ?", key)
    ]
    ink = db.execute("SELECT * FROM ink WHERE evaluation_id = ? AND layer = ?", key).fetchall()
    return ScriptSums(
        theirs.evaluation_id,
        theirs.assignment_version,
        theirs.version,
        marks_print(marks),
        ink_print(
            (UUID(row["annotation_id"]), row["page_number"], row["pdf_page"], row["question_number"]) for row in ink
        ),
        len(ink),
        sum((_carried(json.loads(row["body"])) for row in ink), Decimal(0)),
        conflicts,
    )


def _carried(body: dict[str, Any]) -> Decimal:
    try:
        return Decimal(str(body.get("marks") or 0))
    except InvalidOperation:
        return Decimal(0)


def _sentence(code: str, ours: ScriptSums, theirs: ScriptSums) -> str:
    here, there = (f"{sums.annotations} annotations carrying {plain(sums.carried)} marks" for sums in (ours, theirs))
    if here == there:
        return f"{code} differed from the server and was fetched anew: its marks were not the same."
    return f"{code} differed from the server and was fetched anew: {here} here, {there} there."
