"""Sending what the teacher did, and fetching what the server says: hello, push, pull, compare.

Nothing waits for it and nothing is lost by it: whatever fails stays in the journal. Timers are the caller's; this
module only says how long to wait (`next_delay`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import (
    ConflictError,
    NotAllowedError,
    OfflineError,
    OutdatedError,
    SchemaError,
    ServerFaultError,
    SetupError,
    UserError,
)
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.computer import MEETING_SCHEMA
from mv_desktop.domain.delivery import DELIVERY_SCHEMA, MOST_SUMS
from mv_desktop.domain.exchange import (
    MOVED_SCHEMA,
    PulledScript,
    SignedIn,
    Verdict,
    VerdictKind,
)
from mv_desktop.domain.identifier import EvaluationId, OperationId, UserId
from mv_desktop.domain.notice import NOTICE_SCHEMA
from mv_desktop.domain.operation import OPERATION_SCHEMA
from mv_desktop.domain.program import Outdated
from mv_desktop.offline.bank_sync import sync_bank
from mv_desktop.offline.disk import NewerFileError, reading_only
from mv_desktop.offline.isolation import Isolation
from mv_desktop.offline.leaving import leave_what_was_held
from mv_desktop.offline.notice_store import Taken
from mv_desktop.offline.notice_sync import sync_notices
from mv_desktop.offline.revocation import RevokedError
from mv_desktop.offline.store import LocalStore, Pending
from mv_desktop.offline.sync_services import ServerServices, SyncServices

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FIRST_DELAY_S = 2.0
LONGEST_DELAY_S = 300.0
COMPARE_EVERY_S = 300.0
"""How often what is here is compared with the server; at the first contact it always is."""
_PRUNE_EVERY_S = 3600.0

_PULL_AT_ONCE = 50
_PROTOCOL_ANSWERS = 3
"""So often in a row the delivery may be put right before it is left to the next run."""
_SET_ASIDE_AT_ONCE = 3
"""When the server fails on more operations than this, the fault is not in the operations."""

_TELLS_ALL = (OfflineError, NotAllowedError, SchemaError, SetupError, ConflictError)
_log = logging.getLogger(__name__)

Connect = Callable[[], AbstractContextManager["Session"]]


@dataclass(slots=True)
class SyncResult:
    """What a run did.

    Attributes:
        online: the server answered to the end.
        pushed: operations that got a final answer.
        pulled: scripts that were fetched.
        pending: operations that are still only on this computer.
        message: what the teacher should know, "" when all is well.
        reason, remedy: of it, what happened and what can be done about that.
        code: the error's code, "" without one.
        differences: sentences on scripts that were found to differ from the server.
        changed: scripts that look different from before; an open one is to be loaded anew.
        bank_changed: the comment bank looks different from before.
        notices: what the server told her.
        person: what the server said of the person and itself, None when it was not asked or did not answer.
        turned_away: the server does not let her in who was let in by this computer alone; `message` says why.
    """

    online: bool = True
    pushed: int = 0
    pulled: int = 0
    pending: int = 0
    message: str = ""
    reason: str = ""
    remedy: str = ""
    code: str = ""
    differences: tuple[str, ...] = ()
    changed: frozenset[EvaluationId] = field(default_factory=frozenset)
    bank_changed: bool = False
    notices: Taken = field(default_factory=Taken)
    person: SignedIn | None = None
    turned_away: bool = False


def next_delay(failures: int, chance: float) -> float:
    """Seconds to wait before the next try: doubling, at most five minutes, and half of it left to chance.

    Args:
        failures: runs that failed in a row, from 1.
        chance: a random number in 0..1; all computers of a school must not come back in the same second.
    """
    longest: float = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(max(failures, 1) - 1, 30))
    return longest * (0.5 + chance / 2)


class Synchroniser:
    """Keeps the local file and the server together. One run at a time.

    Args:
        store: the teacher's own copy.
        connect: gives a session in one transaction that commits when its block ends.
        clock: says when a comparison is due.
        services: the server's, another for tests.
        signed_in: the server has let the person in already; else that is the first thing it is asked.
        hush: called when a run begins to read: what woke it until then is known.
    """

    def __init__(
        self,
        store: LocalStore,
        connect: Connect,
        clock: Clock,
        services: SyncServices | None = None,
        *,
        signed_in: bool = True,
        hush: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._connect = connect
        self._clock = clock
        self._services: SyncServices = services or ServerServices()
        self._compared_at: float | None = None
        self._pruned_at: float | None = None
        self._isolation = Isolation()
        self._retry_set_aside = True
        self._signed_in = signed_in
        self._hush = hush

    def run(self, *, thorough: bool = False) -> SyncResult:
        """Send, fetch and compare. Never raises because of the network or the server.

        Args:
            thorough: somebody asked for it: what was set aside is tried again, everything is compared now.

        Raises:
            LocalFileError: this computer's own file could not be written.
        """
        self._retry_set_aside |= thorough
        return self._guarded(lambda result: self._run(result, thorough=thorough))

    def push(self) -> SyncResult:
        """Only send, for example on exit. Raises as `run` does."""
        return self._guarded(self._push_all)

    # -- private ---------------------------------------------------------------------------------------------

    def _guarded(self, work: Callable[[SyncResult], None]) -> SyncResult:
        result = SyncResult()
        try:
            if self._store.read_only:
                raise reading_only()
            work(result)
        except NewerFileError as error:  # nothing is sent: what was answered could not be written down
            result.online = False
            result.message, result.code = str(error), error.code
            result.reason, result.remedy = error.message, error.remedy
        except _TELLS_ALL as error:
            result.online = not isinstance(error, OfflineError)
            result.message, result.code = str(error), error.code
            result.reason, result.remedy = error.message, error.remedy
        except (ServerFaultError, _Stuck) as error:
            _log.warning("sync stopped: %s", type(error).__name__, exc_info=error)
            result.message = "The server could not take your work just now. Nothing is lost; it is tried again."
            result.code = "server"
        result.reason = result.reason or result.message
        result.pending = self._store.status().pending
        return result

    def _push_all(self, result: SyncResult) -> None:
        self._push(result)
        if self._store.bank.pending(1):
            sync_bank(self._store.bank, self._connect, self._services, fetch=False)

    def _run(self, result: SyncResult, *, thorough: bool) -> None:
        before = self._clock.elapsed()
        result.person = person = self._let_in(result)
        self._hush()
        self._store.contacted(person, (before + self._clock.elapsed()) / 2)
        if self._store.computer.revoked:
            self._leave(result)
        knows_delivery = person.schema_version >= DELIVERY_SCHEMA
        if knows_delivery:
            self._resend_what_was_lost(result)
        self._push(result)
        if person.operation_schema_min > OPERATION_SCHEMA:
            raise too_old()
        if person.outdated is not None and person.outdated.refused:
            raise outdated_error(person.outdated)
        if person.active:
            fetched = self._pull(result, person.user_id)
            if knows_delivery:
                self._compare(result, person.user_id, fetched, thorough=thorough)
            result.bank_changed = sync_bank(self._store.bank, self._connect, self._services)
            if person.schema_version >= NOTICE_SCHEMA:
                result.notices = sync_notices(self._store.notices, self._connect, self._services)
        if self._pruned_at is None or self._clock.elapsed() - self._pruned_at > _PRUNE_EVERY_S:
            self._pruned_at = None if self._store.prune() else self._clock.elapsed()

    def _let_in(self, result: SyncResult) -> SignedIn:
        """Who the server says this is. Whom it does not let in sends what may still be sent first."""
        try:
            return self._greet()
        except SchemaError:
            # too old a program may not work with this server, and may send what was done before all the same
            if not self._signed_in:
                self._push_what_may_still_be_sent(result)
            raise
        except NotAllowedError as error:
            if not self._signed_in:
                result.turned_away = True
                self._store.turned_away()
                if not isinstance(error, _AnotherAccountError):
                    self._push_what_may_still_be_sent(result)
            raise

    def _greet(self) -> SignedIn:
        with self._connect() as session:
            answer = self._services.hello(session) if self._signed_in else self._services.sign_in(session)
            self._meet(session, answer)
        if not self._signed_in:
            known = self._store.profile()
            if known is not None and known.user_id != answer.user_id:
                raise _AnotherAccountError
            self._signed_in = True
        return answer

    def _push_what_may_still_be_sent(self, result: SyncResult) -> None:
        """Whom the server does not let in may still be known to it, and what she did is to be taken or kept there."""
        try:
            with self._connect() as session:
                self._meet(session, self._services.hello(session))
            self._push(result)
            self._store.computer.everything_was_tried = True
        except (*_TELLS_ALL, ServerFaultError, _Stuck) as error:
            _log.info("nothing could be sent for who was turned away: %s", type(error).__name__)

    def _meet(self, session: Session, person: SignedIn) -> None:
        """Say on which computer this is, and write down at once what the server says of it."""
        if person.schema_version >= MEETING_SCHEMA:
            here = self._store.computer
            here.heard(revoked=self._services.meet_computer(session, here.computer_id, here.name))

    def _leave(self, result: SyncResult) -> None:
        """An admin revoked this computer: send what there is; `Desk.close` wipes. Raises RevokedError always."""
        result.turned_away = True
        self._store.turned_away()
        left = "What is pending on it is sent at the next sign-in while connected, and then it is wiped."
        try:
            leave_what_was_held(self._store)
            self._push_all(result)
        except (*_TELLS_ALL, ServerFaultError, _Stuck) as error:
            _log.info("not all could be sent from a revoked computer: %s", type(error).__name__)
            if isinstance(error, OfflineError):
                raise RevokedError(left) from error
        self._store.computer.everything_was_tried = True
        raise RevokedError(_WIPED if not self._store.status().pending else _SOME_LEFT)

    def _push(self, result: SyncResult) -> None:
        if self._retry_set_aside:
            self._retry_set_aside = False
            result.changed |= self._store.take_back_set_aside()
        self._isolation.begin()
        put_right, failed = 0, 0
        while (batch := self._store.pending(self._isolation.limit)).operations:
            try:
                verdicts = self._deliver(batch, result)
            except _TELLS_ALL:
                raise
            except (UserError, ServerFaultError) as error:
                if not self._isolation.refused(batch.operations):
                    continue
                failed += 1
                if failed > _SET_ASIDE_AT_ONCE:
                    raise _Stuck from error
                result.changed |= self._set_aside(batch.operations[0].op_id, error)
                continue
            self._isolation.got_through()
            put_right = self._take(verdicts, result, put_right)
            if put_right > _PROTOCOL_ANSWERS:
                raise _Stuck
            if verdicts and verdicts[-1].kind is VerdictKind.UNSUPPORTED_SCHEMA:
                result.message = "The server needs an update before it can take your work. Nothing is lost."
                result.code = "unsupported_schema"
                return
            if verdicts and verdicts[-1].kind is VerdictKind.UNKNOWN:
                result.message = "This program needs an update before all your work can be sent. Nothing is lost."
                result.code = "unknown_verdict"
                return

    def _deliver(self, batch: Pending, result: SyncResult) -> tuple[Verdict, ...]:
        """Send a batch; what ends before its answer again and again is taken out of the way for the next run."""
        went_out = False
        try:
            with self._connect() as session:
                self._services.reach(session)
                self._store.work.sent(tuple(sent.op_id for sent in batch.operations), self._clock.now())
                went_out = True
                return self._services.apply_operations(session, batch.stream_id, batch.operations)
        except (OfflineError, ConflictError) as error:
            if went_out and self._isolation.ended(batch.operations):
                result.changed |= self._set_aside(batch.operations[0].op_id, error)
            raise

    def _take(self, verdicts: Sequence[Verdict], result: SyncResult, put_right: int) -> int:
        """Write down the answers; answers how often in a row the delivery had to be put right."""
        final = [verdict for verdict in verdicts if verdict.kind.final]
        result.changed |= self._store.answer(final)
        result.pushed += len(final)
        match verdicts[-1] if verdicts else None:
            case Verdict(kind=VerdictKind.GAP, expected=int(expected)):
                result.changed |= self._store.resend_from(expected)
            case Verdict(kind=VerdictKind.SEQ_REUSED | VerdictKind.STREAM_NOT_YOURS | VerdictKind.GAP):
                self._store.start_stream()
            case Verdict():
                return 0
        return 0 if final else put_right + 1

    def _set_aside(self, op_id: OperationId, error: Exception) -> frozenset[EvaluationId]:
        _log.warning("the server fails on operation %s: %s", op_id, type(error).__name__, exc_info=error)
        return self._store.set_aside(op_id, type(error).__name__)

    def _pull(self, result: SyncResult, me: UserId) -> frozenset[EvaluationId]:
        """Fetch what is new; answers the scripts that came."""
        fetched: set[EvaluationId] = set()
        with self._connect() as session:
            assigned = self._services.queue(session, me)
        wanted = self._store.wanted(assigned)
        for start in range(0, max(len(wanted), 1), _PULL_AT_ONCE):
            asked = wanted[start : start + _PULL_AT_ONCE]
            pulled: tuple[PulledScript, ...] = ()
            if asked:
                with self._connect() as session:
                    pulled = self._services.pull_scripts(session, asked)
            mirrored = self._store.mirror(assigned, pulled, asked, self._moved_to(result, asked, pulled))
            result.pulled += len(pulled)
            result.changed |= mirrored.changed
            fetched.update(script.evaluation_id for script in pulled)
        return frozenset(fetched)

    def _moved_to(
        self, result: SyncResult, asked: Sequence[EvaluationId], pulled: Sequence[PulledScript]
    ) -> Mapping[EvaluationId, str]:
        gone = set(asked) - {script.evaluation_id for script in pulled}
        if not gone or result.person is None or result.person.schema_version < MOVED_SCHEMA:
            return {}
        with self._connect() as session:
            return self._services.moved_to(session, sorted(gone))

    def _resend_what_was_lost(self, result: SyncResult) -> None:
        """A server restored from a backup is sent anew what it once confirmed, before its older state is fetched."""
        answered = self._store.answered_streams()
        if not answered:
            return
        with self._connect() as session:
            known = self._services.stream_state(session, tuple(answered))
        if lost := self._store.resend_lost(answered, known):
            _log.warning("the server lost what it confirmed of %d scripts; it is sent again", len(lost))
            result.changed |= lost

    def _compare(self, result: SyncResult, me: UserId, fetched: frozenset[EvaluationId], *, thorough: bool) -> None:
        """Both sides' sums of every script of which nothing waits; what differs is told and fetched anew.

        What was `fetched` in this run is as the server said a moment ago.
        """
        now = self._clock.elapsed()
        if not thorough and self._compared_at is not None and now - self._compared_at < COMPARE_EVERY_S:
            return
        here = [script for script in self._store.comparable() if script not in fetched]
        for start in range(0, len(here), MOST_SUMS):
            with self._connect() as session:
                sums = self._services.script_sums(session, here[start : start + MOST_SUMS])
            found = self._store.differing(sums)
            for one in found:
                _log.warning("a script differed from the server: %s", one.sentence)
            result.differences += tuple(one.sentence for one in found)
        self._compared_at = now
        if result.differences:
            self._pull(result, me)


_WIPED = "Everything on it was sent. Its pages and scripts are being removed."
_SOME_LEFT = (
    "The server would not take some of the work on it: that stays here, encrypted, and can be exported with "
    "“mv-desktop offline export”. Pages and scripts are being removed."
)

_READABLE = "What you marked is sent as far as the server can take it; nothing is lost, and what is here can be read."


def too_old() -> SchemaError:
    """The server has gone on without this program: it takes what was done, and no more is to be done with it."""
    return SchemaError(
        "This program is too old for the server.",
        kept="What you have marked is kept.",
        remedy="Install the newest version.",
    )


def outdated_error(found: Outdated, kept: str = _READABLE) -> OutdatedError:
    """An admin wants newer programs: what was done is taken, what is here can be read, and nothing new comes."""
    return OutdatedError(
        Worded(
            "This program is too old for the server: version {version} or a later one is needed.", version=found.version
        ),
        kept=kept,
        remedy=found.english,
        hindi=found.hindi,
    )


class _AnotherAccountError(NotAllowedError):
    """The server knows this login as somebody else than the file does."""

    def __init__(self) -> None:
        super().__init__(
            "The file on this computer belongs to another account than the server's.",
            kept="It is unharmed.",
            remedy="Sign in again to work with the server's.",
        )


class _Stuck(Exception):  # noqa: N818 (never leaves this module)
    """The server answers, and the work does not get through."""
