"""Where a teacher's work is: only on this computer, sent, confirmed, or put aside by the server; in all and by script.

Three honest states. An operation is *here* until it went out over a connection that stood, *sent* until the server's
answer has come back, and *confirmed* when that answer says that it took effect.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import EvaluationId, OperationId
from mv_desktop.domain.operation import Operation
from mv_desktop.offline import cipher, journal, message, meta, projection
from mv_desktop.offline.message import StoreMessage
from mv_desktop.offline.vault import Vault

MOST_ASIDE = 500
"""So much of what was put aside is listed, the latest first."""


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """How far the teacher's work has come.

    Attributes:
        pending: operations and changes of the comment bank only on this computer, `set_aside` among them.
        set_aside: operations that the server fails on; they are tried again.
        last_sent_at: when the server last answered an operation, None before the first.
        last_contact_at: when the server was last spoken to.
        kept, refused: how many operations were answered so.
        messages: what the teacher has not dismissed yet, oldest first.
        sent: of `pending`, how many have gone out and were not answered yet.
        to_decide: scripts with a mark that the server keeps beside that of another computer, those due first.
    """

    pending: int
    set_aside: int
    last_sent_at: datetime | None
    last_contact_at: datetime | None
    kept: int
    refused: int
    messages: tuple[StoreMessage, ...]
    sent: int = 0
    to_decide: tuple[EvaluationId, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptWork:
    """Where the work on one script is.

    Attributes:
        title: the paper's name.
        state: what she sees of the script.
        here, here_since: changes on this computer only, and when the oldest of them was made.
        sent, sent_at: changes that have gone out and were not answered yet, and when the last of them did.
        confirmed, confirmed_at: changes that the server took, and when it answered the last.
        aside: changes that it kept, refused, or fails on.
    """

    evaluation_id: EvaluationId
    script_code: str
    title: str
    state: WorkState
    here: int = 0
    here_since: datetime | None = None
    sent: int = 0
    sent_at: datetime | None = None
    confirmed: int = 0
    confirmed_at: datetime | None = None
    aside: int = 0


@dataclass(frozen=True, slots=True)
class AsideWork:
    """One change that had no effect on the server.

    Attributes:
        operation: what it was; None when this version cannot read it.
        kind: what it was, as the server calls it.
        verdict: "kept", "refused", or "set_aside" for what the server fails on.
        why: a sentence for the teacher.
        made_at: when she made it.
        answered_at: when the server said so, None for what it fails on.
    """

    op_id: OperationId
    evaluation_id: EvaluationId
    script_code: str
    operation: Operation | None
    kind: str
    verdict: str
    why: str
    made_at: datetime
    answered_at: datetime | None


class WorkStore:
    """Tells of the operations in the open file `vault` where they are."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def sent(self, op_ids: tuple[OperationId, ...], now: datetime) -> None:
        """These go out now, over a connection that stands."""
        with self._vault.transaction() as db:
            db.executemany(
                "UPDATE journal SET sent_at = ? WHERE op_id = ?", [(now.isoformat(), str(i)) for i in op_ids]
            )

    def status(self) -> StoreStatus:
        """How far the work has come."""
        with self._vault.reading() as db:
            counts = db.execute(_COUNTS).fetchone()
            (bank,) = db.execute("SELECT count(*) FROM bank_change WHERE state = 'pending'").fetchone()
            contact = meta.read_moment(db, "last_contact_at")
            told = db.execute(_MESSAGES).fetchall()
            to_decide = db.execute(_TO_DECIDE).fetchall()
        return StoreStatus(
            counts["pending"] + bank,
            counts["set_aside"],
            meta.moment(counts["answered"]),
            contact,
            counts["kept"],
            counts["refused"],
            tuple(_message(row) for row in told),
            counts["sent"],
            tuple(EvaluationId(UUID(row["evaluation_id"])) for row in to_decide),
        )

    def scripts(self, now: datetime, finished_for: timedelta) -> tuple[ScriptWork, ...]:
        """The scripts she has worked on, those first of which something is not confirmed, then the latest first.

        Args:
            now: the wall clock.
            finished_for: what was finished longer ago, and all of which is confirmed, is left out.
        """
        since = (now - finished_for).astimezone(UTC).isoformat(timespec="microseconds")
        with self._vault.reading() as db:
            return tuple(_script(row) for row in db.execute(_SCRIPTS, (since,)))

    def aside(self) -> tuple[AsideWork, ...]:
        """What the server kept, refused, or fails on, the latest first, at most `MOST_ASIDE`."""
        with self._vault.reading() as db:
            return tuple(_aside(row) for row in db.execute(_ASIDE, (MOST_ASIDE,)))


_ASIDE_NOW = "(j.verdict IN ('kept', 'refused') OR j.state = 'set_aside')"
"""What is listed as put aside; what somebody has decided of it since would be taken out here."""

_COUNTS = """
SELECT w.*, a.*, (SELECT max(answered_at) FROM journal) AS answered
  FROM (SELECT count(*) AS pending,
               count(*) FILTER (WHERE state = 'pending' AND sent_at IS NOT NULL) AS sent,
               count(*) FILTER (WHERE state = 'set_aside') AS set_aside
          FROM journal WHERE state <> 'answered') w,
       (SELECT count(*) FILTER (WHERE verdict = 'kept') AS kept,
               count(*) FILTER (WHERE verdict = 'refused') AS refused
          FROM journal WHERE verdict IN ('kept', 'refused')) a
"""

_TO_DECIDE = """
SELECT s.evaluation_id FROM script s
 WHERE NOT s.gone AND s.status <> 'completed' AND EXISTS (
   SELECT 1 FROM conflict c WHERE c.evaluation_id = s.evaluation_id AND c.layer = 'view' AND c.open)
 ORDER BY s.deadline, s.script_code
"""

_MESSAGES = """
SELECT m.*, coalesce(s.script_code, '') AS script_code
  FROM message m LEFT JOIN script s USING (evaluation_id)
 WHERE NOT m.dismissed ORDER BY m.message_id
"""

_SCRIPTS = f"""
SELECT s.evaluation_id, s.script_code, s.title, s.state, s.handed_back, w.*
  FROM script s JOIN (
    SELECT j.evaluation_id AS script,
           count(*) FILTER (WHERE j.state = 'pending' AND j.sent_at IS NULL) AS here,
           min(j.recorded_at) FILTER (WHERE j.state = 'pending' AND j.sent_at IS NULL) AS here_since,
           count(*) FILTER (WHERE j.state = 'pending' AND j.sent_at IS NOT NULL) AS sent,
           max(j.sent_at) FILTER (WHERE j.state = 'pending') AS sent_at,
           count(*) FILTER (WHERE j.verdict = 'applied') AS confirmed,
           max(j.answered_at) FILTER (WHERE j.verdict = 'applied') AS confirmed_at,
           count(*) FILTER (WHERE {_ASIDE_NOW}) AS aside,
           max(j.entry) AS latest
      FROM journal j GROUP BY j.evaluation_id) w ON w.script = s.evaluation_id
 WHERE w.here + w.sent + w.aside > 0 OR s.state NOT IN ('completed', 'moved') OR s.changed_at >= ?
 ORDER BY w.here + w.sent + w.aside = 0, w.latest DESC
"""  # noqa: S608 (nothing of it comes from outside)

_ASIDE = f"""
SELECT j.*, s.script_code FROM journal j LEFT JOIN script s USING (evaluation_id)
 WHERE {_ASIDE_NOW} ORDER BY j.entry DESC LIMIT ?
"""  # noqa: S608 (nothing of it comes from outside)


def _script(row: cipher.Row) -> ScriptWork:
    return ScriptWork(
        EvaluationId(UUID(row["evaluation_id"])),
        row["script_code"],
        row["title"],
        projection.shown_state(row),
        row["here"],
        meta.moment(row["here_since"]),
        row["sent"],
        meta.moment(row["sent_at"]),
        row["confirmed"],
        meta.moment(row["confirmed_at"]),
        row["aside"],
    )


def _aside(row: cipher.Row) -> AsideWork:
    code, kind = row["script_code"] or message.NO_CODE, row["kind"]
    verdict = row["verdict"] or "set_aside"
    if row["verdict"] is None:
        why = message.not_taken(code, kind)
    else:
        detail = None if row["detail"] is None else json.loads(row["detail"])
        told = message.telling(verdict, row["reason"], detail, code, kind)
        why = "" if told is None else told.text
    return AsideWork(
        OperationId(UUID(row["op_id"])),
        EvaluationId(UUID(row["evaluation_id"])),
        code,
        journal.known_operation(row),
        kind,
        verdict,
        why,
        datetime.fromisoformat(row["recorded_at"]),
        meta.moment(row["answered_at"]),
    )


def _message(row: cipher.Row) -> StoreMessage:
    return StoreMessage(
        row["message_id"],
        None if row["evaluation_id"] is None else EvaluationId(UUID(row["evaluation_id"])),
        row["kind"],
        row["text"],
        tuple(json.loads(row["questions"])),
        datetime.fromisoformat(row["made_at"]),
        row["script_code"],
    )
