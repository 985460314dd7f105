"""The teacher's own copy as the rest of the program sees it (`docs/offline.md`).

A `LocalStore` may be called from any thread; calls follow one another. Nothing here waits for a network.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from mv_desktop import __version__
from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.delivery import MOST_STREAMS, ScriptSums, StreamState
from mv_desktop.domain.evaluation import PageInfo, Place, QueueRow, ScriptView, WorkState
from mv_desktop.domain.exchange import AssignedScript, PulledScript, SentOperation, SignedIn, Verdict
from mv_desktop.domain.identifier import EvaluationId, OperationId, PageRef, StreamId
from mv_desktop.domain.operation import HistoryEntry, Leaving, Operation, SubmitEvaluation
from mv_desktop.offline import (
    cipher,
    compare,
    conflict,
    journal,
    leaving,
    message,
    meta,
    mirror,
    projection,
    pruning,
    recovery,
    registers,
    term,
)
from mv_desktop.offline.ballast import written
from mv_desktop.offline.bank import CommentBank
from mv_desktop.offline.beacon import Beacon
from mv_desktop.offline.compare import Difference
from mv_desktop.offline.computer import ThisComputer
from mv_desktop.offline.disk import reading_only
from mv_desktop.offline.leaving import HeldLeaving
from mv_desktop.offline.mirror import Mirrored
from mv_desktop.offline.notice_store import NoticeStore
from mv_desktop.offline.pace_store import PaceStore
from mv_desktop.offline.page_store import PageStore
from mv_desktop.offline.picture_store import PictureStore
from mv_desktop.offline.recent_paper import RecentPapers
from mv_desktop.offline.vault import Vault
from mv_desktop.offline.work_store import StoreStatus, WorkStore

FINISHED_DAYS = 1
"""How long the queue goes on showing what was completed or moved."""

_NOBODY: Mapping[EvaluationId, str] = {}
DAMAGED = "damaged"
"""Why an operation was set aside whose text is no longer what was written down."""
_SIGNED_IN = TypeAdapter(SignedIn)
_CLOSED = {
    WorkState.SUBMITTED: "This script is submitted.",
    WorkState.COMPLETED: "This script is completed; its marks are final.",
    WorkState.MOVED: "This script is no longer yours.",
    WorkState.HANDED_BACK: "You handed this script back.",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """An operation that is on the disk; `seq` is its number in the stream."""

    op_id: OperationId
    seq: int


@dataclass(frozen=True, slots=True)
class Pending:
    """The next operations to send, and the stream they belong to."""

    stream_id: StreamId
    operations: tuple[SentOperation, ...]


class LocalStore:
    """Everything the teacher has on this computer for one server.

    Args:
        vault: the open file.
        clock: both of its clocks give evidence of when something was done.
        ids: makes the ids of operations and streams.
        program: the version written into each operation.

    Attributes:
        pages: what is known of the pages' files.
        pictures: what is known of pictures of questions.
        times: how long she works on each script.
        bank: the comment bank.
        notices: what she was told.
        computer: what the server knows this file by.
        work: where what she did is.
    """

    def __init__(self, vault: Vault, clock: Clock, ids: IdSource, *, program: str = __version__) -> None:
        self.pages = PageStore(vault)
        self.pictures = PictureStore(vault)
        self.times = PaceStore(vault)
        self.bank = CommentBank(vault, clock, ids)
        self.notices = NoticeStore(vault, clock)
        self.computer = ThisComputer(vault, ids)
        self.work = WorkStore(vault)
        self._vault = vault
        self._clock = clock
        self._ids = ids
        self._program = program
        self._papers = RecentPapers()
        self._beacon = Beacon(clock)

    @property
    def read_only(self) -> bool:
        """The file is of a newer version of the program: whatever would change it raises `NewerFileError`."""
        return self._vault.read_only

    # -- reading ---------------------------------------------------------------------------------------------

    def queue(self, now: datetime) -> tuple[QueueRow, ...]:
        """The scripts in the order in which they are due; finished ones are shown for a day."""
        with self._vault.reading() as db:
            return projection.queue(db, now - timedelta(days=FINISHED_DAYS))

    def open_script(self, evaluation_id: EvaluationId) -> ScriptView:
        """A script as it stands on this computer. The caller records `OpenEvaluation` the first time.

        Raises:
            InvalidError: it is not on this computer.
        """
        with self._vault.reading() as db:
            row = db.execute("SELECT * FROM script WHERE evaluation_id = ?", (str(evaluation_id),)).fetchone()
            if row is None:
                raise not_here()
            view = projection.script_view(db, row, self._papers.get(evaluation_id, row["snapshot"]))
        if self.read_only and not view.read_only:
            return replace(view, read_only=True, read_only_reason=str(reading_only()))
        return view

    def pages_of(self, evaluation_id: EvaluationId) -> tuple[PageInfo, ...]:
        """The pages of a script in reading order."""
        with self._vault.reading() as db:
            return projection.pages_of(db, evaluation_id)

    def history(self, evaluation_id: EvaluationId) -> tuple[HistoryEntry, ...]:
        """The teacher's own operations on a script, oldest first, for undo after reopening."""
        with self._vault.reading() as db:
            return journal.history(db, evaluation_id)

    def status(self) -> StoreStatus:
        """How far the work has come."""
        return self.work.status()

    def profile(self) -> SignedIn | None:
        """What the server last said of the person, the settings, working hours and holidays; None before that."""
        with self._vault.reading() as db:
            text = meta.read(db, "signed_in")
        return None if text is None else _SIGNED_IN.validate_json(text)

    def settings(self) -> Mapping[str, Any]:
        """The server's settings as last heard; empty before that."""
        profile = self.profile()
        return {} if profile is None else profile.settings

    def place(self, evaluation_id: EvaluationId) -> Place | None:
        """Where a script was left, None when it was never open."""
        with self._vault.reading() as db:
            row = db.execute("SELECT * FROM place WHERE evaluation_id = ?", (str(evaluation_id),)).fetchone()
        if row is None:
            return None
        turns = tuple((PageRef(number, part), turn) for number, part, turn in json.loads(row["turns"]))
        page = PageRef(row["page_number"], row["pdf_page"])
        return Place(page, row["fraction"], row["zoom"] or None, turns, row["brightness"], row["fit"])

    # -- what the teacher does -------------------------------------------------------------------------------

    def record(
        self,
        evaluation_id: EvaluationId,
        operation: Operation,
        *,
        inverse: Sequence[Operation] = (),
        undoes: OperationId | None = None,
    ) -> Recorded:
        """Write down what the teacher did. On return it is on the disk.

        Args:
            evaluation_id: the script.
            operation: what she did.
            inverse: what undoes it, computed before it was applied.
            undoes: the operation that this one takes back.

        Raises:
            NotAllowedError: the script is submitted, completed or no longer hers.
            InvalidError: it is not on this computer.
            LocalFileError: it could not be written; nothing of it was.
        """
        return written(self._vault, self._clock, lambda db: self._record(db, evaluation_id, operation, inverse, undoes))

    def record_all(
        self,
        evaluation_id: EvaluationId,
        what: Sequence[tuple[Operation, Sequence[Operation], OperationId | None]],
    ) -> tuple[Recorded, ...]:
        """Write down several operations, each with what undoes it and what it takes back: all or none. As `record`."""
        return written(
            self._vault, self._clock, lambda db: tuple(self._record(db, evaluation_id, *each) for each in what)
        )

    def leave(self, evaluation_id: EvaluationId, operation: Leaving) -> Recorded:
        """Write down a submission or a handing back, and end its hold, both or neither. Raises as `record` does."""

        def change(db: cipher.Connection) -> Recorded:
            leaving.release(db, evaluation_id)
            return self._record(db, evaluation_id, operation, (), None)

        return written(self._vault, self._clock, change)

    def hold_leaving(self, evaluation_id: EvaluationId, operation: Leaving, until: datetime) -> None:
        """Keep, durably, that a script is to be submitted or handed back at `until` unless that is taken back.

        Raises:
            NotAllowedError: it is submitted, completed or no longer hers, or the other of the two is held.
        """

        def change(db: cipher.Connection) -> None:
            script = db.execute(
                "SELECT state, handed_back, newer_program FROM script WHERE evaluation_id = ?", (str(evaluation_id),)
            ).fetchone()
            if script is not None:
                _refuse_closed(script)
            if isinstance(operation, SubmitEvaluation) and conflict.is_open(db, evaluation_id):
                raise NotAllowedError(
                    "A question of this script has two marks, from two computers of yours.",
                    remedy="Decide between them, and submit then.",
                )
            leaving.hold(db, evaluation_id, operation, until)

        written(self._vault, self._clock, change)

    def release_leaving(self, evaluation_id: EvaluationId) -> None:
        """It was taken back: forget that it was held."""
        with self._vault.transaction() as db:
            leaving.release(db, evaluation_id)

    def held_leavings(self) -> tuple[HeldLeaving, ...]:
        """What is still held; after a crash it is to be written down at the next start."""
        with self._vault.reading() as db:
            return leaving.held(db)

    def set_place(self, evaluation_id: EvaluationId, place: Place) -> None:
        """Remember where the teacher is; this is no operation and is not sent. What is only read forgets it."""
        if self.read_only:
            return
        with self._vault.transaction() as db:
            turns = json.dumps([(*page, turn) for page, turn in place.turns])
            where = (place.page.page_number, place.page.pdf_page, place.fraction, place.zoom or 0.0)
            db.execute(
                "INSERT OR REPLACE INTO place"
                " (evaluation_id, page_number, pdf_page, fraction, zoom, turns, brightness, fit)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (str(evaluation_id), *where, turns, place.brightness, place.fit),
            )

    def dismiss(self, message_id: int) -> None:
        """The teacher has read a message."""
        with self._vault.transaction() as db:
            db.execute("UPDATE message SET dismissed = 1 WHERE message_id = ?", (message_id,))

    # -- what the server says --------------------------------------------------------------------------------

    def contacted(self, signed_in: SignedIn, elapsed: float | None = None) -> None:
        """Keep what the server said of itself and the person.

        Args:
            signed_in: its answer to sign-in or hello.
            elapsed: the clock that goes on in sleep when it answered; now when None.
        """
        now = self._clock.now()
        with self._vault.transaction() as db:
            # which program is too old is no lasting truth: the next one that opens this file may be newer
            told = replace(signed_in, outdated=None)
            meta.write(db, "signed_in", _SIGNED_IN.dump_json(told).decode())
            term.begin(db, now)
            meta.write(db, "turned_away_at", "")
            self._beacon.write(db, signed_in.beacon_id, now)
        if recovery.SETTING in signed_in.settings:
            self._vault.keep_recoverable(signed_in.settings[recovery.SETTING])
        self._beacon.see(signed_in.beacon_id, elapsed)

    def turned_away(self) -> None:
        """The server did not let the person in: this computer alone must not either, until the server does again."""
        with self._vault.transaction() as db:
            meta.write(db, "turned_away_at", self._clock.now().isoformat())

    @property
    def was_turned_away(self) -> bool:
        """The server's last word was that the person may not come in."""
        with self._vault.reading() as db:
            return bool(meta.read(db, "turned_away_at"))

    def pending(self, limit: int) -> Pending:
        """The next operations to send; one whose text was damaged on the disk is set aside instead, and told."""
        with self._vault.transaction() as db:
            while damaged := journal.damaged(db, limit):
                for op_id in damaged:
                    self._set_aside(db, op_id, DAMAGED)
            return Pending(journal.stream(db, self._ids), tuple(journal.waiting(db, limit)))

    def answer(self, verdicts: Iterable[Verdict]) -> frozenset[EvaluationId]:
        """Write down final answers; answers the scripts that look different now."""
        changed: set[EvaluationId] = set()
        touched: set[EvaluationId] = set()
        now = self._clock.now()
        with self._vault.transaction() as db:
            for verdict in verdicts:
                if verdict.kind.final:
                    again = mirror.take_answer(db, verdict, now)
                    touched |= journal.script_of(db, verdict.op_id)
                    changed |= {again} if again is not None else set()
            for evaluation_id in changed:
                projection.rebuild(db, evaluation_id)
            changed |= mirror.refresh(db, touched, now)
        return frozenset(changed)

    def start_stream(self) -> None:
        """Go on under a new stream with the same operations."""
        with self._vault.transaction() as db:
            journal.start_stream(db, self._ids)

    def resend_from(self, expected: int) -> frozenset[EvaluationId]:
        """Send again from a number of the current stream on, which is what the server still knows to expect."""
        with self._vault.transaction() as db:
            changed = journal.resend_from(db, expected, self._ids)
            for evaluation_id in changed:
                projection.rebuild(db, evaluation_id)
        return changed

    def answered_streams(self) -> dict[StreamId, int]:
        """The streams of which the server has answered something, the latest first, with the last number of each."""
        with self._vault.reading() as db:
            return journal.answered_streams(db, MOST_STREAMS)

    def resend_lost(
        self, answered: Mapping[StreamId, int], known: Mapping[StreamId, StreamState]
    ) -> frozenset[EvaluationId]:
        """Send again what a server that answered so has lost, as `journal.lost` finds it."""
        with self._vault.reading() as db:
            lost = journal.lost(db, answered, known)
        if not lost:
            return frozenset()
        with self._vault.transaction() as db:
            changed = journal.resend_lost(db, lost, self._ids)
            for evaluation_id in changed:
                projection.rebuild(db, evaluation_id)
        return changed

    def prune(self) -> bool:
        """As `pruning.prune`."""
        return pruning.prune(self._vault, self._clock.now())

    def comparable(self) -> tuple[EvaluationId, ...]:
        """The scripts that should stand here as they do on the server."""
        with self._vault.reading() as db:
            return compare.comparable(db)

    def differing(self, sums: Iterable[ScriptSums]) -> tuple[Difference, ...]:
        """Which of them do not; they are told to the teacher, and fetched anew with the next pull."""
        now = self._clock.now()
        with self._vault.transaction() as db:
            found = compare.differing(db, sums)
            for one in found:
                told = message.Telling(one.sentence)
                mirror.add_message(db, "difference", told, str(one.evaluation_id), now)
        return found

    def set_aside(self, op_id: OperationId, why: str) -> frozenset[EvaluationId]:
        """Take an operation that the server fails on out of the way; a submission is held instead.

        Args:
            op_id: the operation.
            why: what the server said, for the journal.

        Returns:
            The script, which says so.
        """
        with self._vault.transaction() as db:
            return frozenset({self._set_aside(db, op_id, why)})

    def take_back_set_aside(self) -> frozenset[EvaluationId]:
        """Let what was set aside wait again; answers the scripts concerned."""
        with self._vault.transaction() as db:
            changed = journal.take_back(db, self._clock.now(), self._ids)
            for evaluation_id in changed:
                projection.rebuild(db, evaluation_id)
        return changed

    def wanted(self, assigned: Iterable[AssignedScript]) -> tuple[EvaluationId, ...]:
        """Which scripts are to be pulled after the server has listed the `assigned` ones."""
        with self._vault.reading() as db:
            return mirror.wanted(db, assigned)

    def mirror(
        self,
        assigned: Iterable[AssignedScript],
        pulled: Iterable[PulledScript],
        asked: Iterable[EvaluationId] = (),
        moved_to: Mapping[EvaluationId, str] = _NOBODY,
    ) -> Mirrored:
        """As `mirror.store`."""
        with self._vault.transaction() as db:
            result = mirror.store(db, assigned, pulled, asked, self._clock.now(), moved_to)
        for evaluation_id in result.changed:
            self._papers.forget(evaluation_id)
        return result

    def rebuild(self, evaluation_id: EvaluationId) -> None:
        """Make the view of a script anew from the mirror and what is pending."""
        with self._vault.transaction() as db:
            projection.rebuild(db, evaluation_id)

    # -- private ---------------------------------------------------------------------------------------------

    def _record(
        self,
        db: cipher.Connection,
        evaluation_id: EvaluationId,
        operation: Operation,
        inverse: Sequence[Operation],
        undoes: OperationId | None,
    ) -> Recorded:
        script = db.execute(
            "SELECT evaluation_id, assignment_version, version, state, handed_back, newer_program FROM script"
            " WHERE evaluation_id = ?",
            (str(evaluation_id),),
        ).fetchone()
        if script is None:
            raise not_here()
        _refuse_closed(script)
        wall = self._clock.now()
        op_id = OperationId(self._ids())
        seq = journal.append(
            db,
            script,
            operation,
            op_id=op_id,
            inverse=inverse,
            undoes=undoes,
            wall=wall,
            evidence=self._beacon.evidence(db, wall),
            program=self._program,
            ids=self._ids,
            replaces=registers.replaced(db, evaluation_id, operation),
        )
        projection.apply(db, evaluation_id, operation, op_id)
        return Recorded(op_id, seq)

    def _set_aside(self, db: cipher.Connection, op_id: OperationId, why: str) -> EvaluationId:
        now = self._clock.now()
        row = db.execute(
            "SELECT j.kind, j.evaluation_id, s.script_code FROM journal j LEFT JOIN script s USING (evaluation_id)"
            " WHERE j.op_id = ?",
            (str(op_id),),
        ).fetchone()
        if row["kind"] == SubmitEvaluation.kind:
            journal.hold_back(db, op_id, why, now, self._ids)
        else:
            journal.set_aside(db, op_id, why, self._ids)
        code, kind = row["script_code"] or message.NO_CODE, row["kind"]
        told = message.damaged(code) if why == DAMAGED else message.Telling(message.not_taken(code, kind))
        mirror.add_message(db, "set_aside", told, row["evaluation_id"], now, op_id=str(op_id))
        evaluation_id = EvaluationId(UUID(row["evaluation_id"]))
        projection.refresh_state(db, evaluation_id)
        return evaluation_id


def _refuse_closed(script: cipher.Row) -> None:
    closed = _CLOSED.get(projection.shown_state(script)) or projection.newer_sentence(script["newer_program"])
    if closed:
        raise NotAllowedError(closed, kept="What you marked before is kept.")


class NotHereError(InvalidError):
    """A script that was never fetched."""


def not_here() -> NotHereError:
    """The sentence for a script that was never fetched."""
    return NotHereError("This script is not on this computer.", remedy="Fetch your scripts while connected.")
