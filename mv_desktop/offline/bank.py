"""The comment bank on this computer: what the server last said, the changes made here, and both together.

A change is written down as it is made and sent later; the server applies it once. Whatever becomes of it, its row
stays, so no words are lost (`docs/offline.md`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import InvalidError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.comment_note import stands_unchanged
from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.comment import (
    BankComment,
    BankPerson,
    CommentBody,
    CommentChange,
    CommentDraft,
    PutComment,
    UseComment,
    applied,
    checked,
)
from mv_desktop.domain.comment_exchange import (
    ChangeAnswer,
    ChangeVerdict,
    PulledComments,
    SentChange,
    body_from_json,
    body_json,
    change_from_json,
    change_json,
)
from mv_desktop.domain.exchange import SignedIn, StaffRole
from mv_desktop.domain.identifier import ChangeId, CommentId, EvaluationId, UserId
from mv_desktop.offline import cipher, message, meta, mirror, registers
from mv_desktop.offline.registers import Layer, compact
from mv_desktop.offline.vault import Vault

_SIGNED_IN = TypeAdapter(SignedIn)
_CURSOR = "bank_cursor"
_DRAFTS = "comment_drafts"
_DRAFTED = TypeAdapter(tuple[CommentDraft, ...])


@dataclass(frozen=True, slots=True)
class Standing:
    """A script that is not submitted, and the notes on it that are a comment, word for word."""

    evaluation_id: EvaluationId
    notes: tuple[Placed, ...]


class CommentBank:
    """The rows of the bank in the open file `vault`. May be called from any thread.

    Args:
        vault: the open file.
        clock: dates the changes.
        ids: names comments and changes.
    """

    def __init__(self, vault: Vault, clock: Clock, ids: IdSource) -> None:
        self._vault, self._clock, self._ids = vault, clock, ids

    # -- what the teacher sees and does ----------------------------------------------------------------------

    def comments(self) -> tuple[BankComment, ...]:
        """All comments, archived ones too: the server's, and what was changed here on top."""
        with self._vault.reading() as db:
            found = {comment.comment_id: comment for comment in map(_comment, db.execute("SELECT * FROM bank_comment"))}
            me = _person(db)
            waiting = db.execute("SELECT * FROM bank_change WHERE state <> 'answered' ORDER BY entry").fetchall()
        if me is not None:
            for row in waiting:
                applied(found, _change(row), me, datetime.fromisoformat(row["made_at"]))
        return tuple(found.values())

    def person(self) -> BankPerson | None:
        """Whose file it is; None before the server was ever spoken to."""
        with self._vault.reading() as db:
            return _person(db)

    def put(self, body: CommentBody, comment_id: CommentId | None = None, version: int | None = None) -> PutComment:
        """Write down a new comment, or what one is from now on. On return it is on the disk.

        Args:
            body: what it is.
            comment_id: None for a new one.
            version: the comment as she saw it when she began to change it. What came since she has not seen, so the
                server must not take her words for an answer to it. None: she saw the newest.

        Raises:
            InvalidError: it has no words, or marks that cannot be.
            LocalFileError: it could not be written.
        """
        change = PutComment(ChangeId(self._ids()), comment_id or CommentId(self._ids()), checked(body))
        with self._vault.transaction() as db:
            self._write(db, change, version)
        return change

    def use(self, comment_id: CommentId) -> None:
        """Count that a comment was used once. Raises LocalFileError when it could not be written."""
        with self._vault.transaction() as db:
            self._write(db, UseComment(ChangeId(self._ids()), comment_id))

    def drafts(self) -> tuple[CommentDraft, ...]:
        """The comments that were begun and not saved; none when another version wrote them down in its own way."""
        with self._vault.reading() as db:
            text = meta.read(db, _DRAFTS)
        try:
            return () if text is None else _DRAFTED.validate_json(text)
        except ValidationError:
            return ()

    def keep_drafts(self, drafts: tuple[CommentDraft, ...]) -> None:
        """These are all of them now; they are not sent. Raises LocalFileError when they could not be written."""
        with self._vault.transaction() as db:
            meta.write(db, _DRAFTS, _DRAFTED.dump_json(drafts).decode())

    def standing(self, comment_id: CommentId, before: CommentBody) -> tuple[Standing, ...]:
        """The scripts not yet submitted on which the comment stands as it was before a change."""
        with self._vault.reading() as db:
            rows = db.execute(
                "SELECT evaluation_id FROM script s WHERE state IN ('new', 'started') AND newer_program IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM held_submission h WHERE h.evaluation_id = s.evaluation_id)"
                " AND EXISTS (SELECT 1 FROM ink i WHERE i.evaluation_id = s.evaluation_id AND i.layer = 'view'"
                " AND i.body LIKE ?) ORDER BY deadline",
                (f'%"comment_id":"{comment_id}"%',),
            ).fetchall()
            found = []
            for row in rows:
                evaluation_id = EvaluationId(UUID(row["evaluation_id"]))
                ink = registers.read_ink(db, evaluation_id, Layer.VIEW)
                notes = tuple(placed for placed in ink if stands_unchanged(placed, comment_id, before))
                found += [Standing(evaluation_id, notes)] if notes else []
        return tuple(found)

    # -- sync ------------------------------------------------------------------------------------------------

    def pending(self, limit: int) -> tuple[SentChange, ...]:
        """The next changes to send; of one comment's new wordings only the first, which the next rests on."""
        with self._vault.reading() as db:
            rows = db.execute(
                "SELECT * FROM bank_change c WHERE state = 'pending' AND (kind = 'use' OR NOT EXISTS ("
                " SELECT 1 FROM bank_change b WHERE b.state = 'pending' AND b.kind = 'put'"
                " AND b.comment_id = c.comment_id AND b.entry < c.entry)) ORDER BY entry LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(SentChange(_change(row), row["base_version"]) for row in rows)

    def answer(self, answers: Iterable[ChangeAnswer]) -> bool:
        """Write down what the server answered; True when the bank looks different now."""
        different = False
        now = self._clock.now()
        with self._vault.transaction() as db:
            for answer in answers:
                row = db.execute(
                    "SELECT * FROM bank_change WHERE change_id = ? AND state = 'pending'", (str(answer.change_id),)
                ).fetchone()
                if row is not None:
                    different |= _take(db, row, answer, now)
        return different

    @property
    def cursor(self) -> int:
        """What the server is asked with for news."""
        with self._vault.reading() as db:
            return int(meta.read(db, _CURSOR) or 0)

    def take(self, pulled: PulledComments) -> bool:
        """Keep what the server says is new; True when the bank looks different now."""
        with self._vault.transaction() as db:
            before = {
                row["comment_id"]: tuple(row)
                for item in pulled.comments
                for row in db.execute("SELECT * FROM bank_comment WHERE comment_id = ?", (str(item.comment_id),))
            }
            for item in pulled.comments:
                _store(db, item)
            gone = [(str(item),) for item in pulled.gone]
            deleted = db.executemany("DELETE FROM bank_comment WHERE comment_id = ?", gone).rowcount if gone else 0
            meta.write(db, _CURSOR, str(pulled.cursor))
        return deleted > 0 or any(before.get(str(item.comment_id)) != _row(item) for item in pulled.comments)

    # -- private ---------------------------------------------------------------------------------------------

    def _write(self, db: cipher.Connection, change: CommentChange, seen: int | None = None) -> None:
        row = db.execute("SELECT version FROM bank_comment WHERE comment_id = ?", (str(change.comment_id),)).fetchone()
        known = 0 if row is None else row["version"]
        db.execute(
            "INSERT INTO bank_change (change_id, comment_id, kind, payload, base_version, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                str(change.change_id),
                str(change.comment_id),
                change.kind,
                compact(change_json(change)),
                known if seen is None else min(known, seen),
                self._clock.now().isoformat(),
            ),
        )


def _take(db: cipher.Connection, row: cipher.Row, answer: ChangeAnswer, now: datetime) -> bool:
    """One answer: what was applied moves into the server's rows, and the next wording rests on it."""
    refused = answer.verdict is ChangeVerdict.REFUSED
    state = "refused" if refused and row["kind"] == PutComment.kind else "answered"
    told = {"verdict": answer.verdict.value, "reason": answer.reason, "version": answer.version, "by": answer.by}
    if answer.copy_id is not None:
        told["copy_id"] = str(answer.copy_id)
    db.execute(
        "UPDATE bank_change SET state = ?, answer = ?, answered_at = ? WHERE entry = ?",
        (state, compact(told), now.isoformat(), row["entry"]),
    )
    change = _change(row)
    if isinstance(change, UseComment):
        if not refused:
            db.execute(
                "UPDATE bank_comment SET uses = uses + 1, all_uses = all_uses + 1 WHERE comment_id = ?",
                (row["comment_id"],),
            )
        return refused
    if refused:
        _tell(db, message.comment_refused(change.body.text, answer.reason), now)
        return False
    if answer.verdict is ChangeVerdict.COPIED and answer.copy_id is not None:
        _follow_copy(db, row, answer.copy_id)
        change = replace(change, comment_id=answer.copy_id, body=replace(change.body, shared=False))
        text = change.body.text
        _tell(db, message.kept_wording(text, answer.by) if answer.reason == "changed" else message.not_yours(text), now)
    _fold(db, change, answer.version, now)
    return answer.verdict is ChangeVerdict.COPIED


def _fold(db: cipher.Connection, change: PutComment, version: int, moment: datetime) -> None:
    """The server has `change` now: so do its rows here, and what was refused of the comment before is settled."""
    me = _person(db)
    if me is None:
        raise InvalidError("The server answered before it said who this is.")
    row = db.execute("SELECT * FROM bank_comment WHERE comment_id = ?", (str(change.comment_id),)).fetchone()
    found = {} if row is None else {change.comment_id: _comment(row)}
    applied(found, change, me, moment)
    _store(db, replace(found[change.comment_id], version=version))
    db.execute(
        "UPDATE bank_change SET base_version = ? WHERE comment_id = ? AND kind = 'put' AND state = 'pending'",
        (version, str(change.comment_id)),
    )
    db.execute(
        "UPDATE bank_change SET state = 'answered' WHERE comment_id = ? AND state = 'refused'",
        (str(change.comment_id),),
    )


def _follow_copy(db: cipher.Connection, row: cipher.Row, copy_id: CommentId) -> None:
    """What she changed further on the same comment goes on in the copy that holds her words."""
    later = db.execute(
        "SELECT * FROM bank_change WHERE comment_id = ? AND kind = 'put' AND state = 'pending' AND entry > ?",
        (row["comment_id"], row["entry"]),
    ).fetchall()
    for item in later:
        payload: dict[str, Any] = json.loads(item["payload"]) | {"shared": False}
        db.execute(
            "UPDATE bank_change SET comment_id = ?, payload = ? WHERE entry = ?",
            (str(copy_id), compact(payload), item["entry"]),
        )


def _tell(db: cipher.Connection, text: str, now: datetime) -> None:
    mirror.add_message(db, "comment", message.Telling(text), None, now)


def _person(db: cipher.Connection) -> BankPerson | None:
    text = meta.read(db, "signed_in")
    if text is None:
        return None
    who = _SIGNED_IN.validate_json(text)
    directs = who.is_coordinator or who.role is StaffRole.ADMIN
    return BankPerson(who.user_id, f"{who.first_name} {who.last_name}", directs)


def _change(row: cipher.Row) -> CommentChange:
    return change_from_json(row["kind"], UUID(row["change_id"]), UUID(row["comment_id"]), json.loads(row["payload"]))


def _comment(row: cipher.Row) -> BankComment:
    return BankComment(
        CommentId(UUID(row["comment_id"])),
        body_from_json(json.loads(row["body"])),
        UserId(UUID(row["owner_id"])),
        row["owner_name"],
        UserId(UUID(row["changed_by"])),
        row["changed_by_name"],
        datetime.fromisoformat(row["changed_at"]),
        row["version"],
        row["uses"],
        row["all_uses"],
    )


def _row(comment: BankComment) -> tuple[object, ...]:
    return (
        str(comment.comment_id),
        compact(body_json(comment.body)),
        str(comment.owner_id),
        comment.owner_name,
        str(comment.changed_by),
        comment.changed_by_name,
        comment.changed_at.isoformat(),
        comment.version,
        comment.uses,
        comment.all_uses,
    )


def _store(db: cipher.Connection, comment: BankComment) -> None:
    db.execute("INSERT OR REPLACE INTO bank_comment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(comment))
