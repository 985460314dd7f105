"""What sync asks of the server: its functions, or others in a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from mv_desktop import __version__
from mv_desktop.domain.delivery import ScriptSums, StreamState
from mv_desktop.domain.exchange import (
    AssignedScript,
    PulledScript,
    SentOperation,
    SignedIn,
    Verdict,
)
from mv_desktop.domain.identifier import ComputerId, EvaluationId, StreamId, UserId
from mv_desktop.domain.operation import OPERATION_SCHEMA
from mv_desktop.offline.bank_sync import BankServices, ServerBank
from mv_desktop.offline.notice_sync import NoticeServices, ServerNotices

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class SyncServices(BankServices, NoticeServices, Protocol):
    """What sync needs of the server."""

    def sign_in(self, session: Session) -> SignedIn:
        """Begin a day's work; the server writes that down."""
        ...

    def hello(self, session: Session) -> SignedIn:
        """Who I am, and the server's clock."""
        ...

    def reach(self, session: Session) -> None:
        """Have a connection that stands, before anything is said to be sent."""
        ...

    def apply_operations(
        self, session: Session, stream_id: StreamId, operations: Sequence[SentOperation]
    ) -> tuple[Verdict, ...]:
        """Send a batch."""
        ...

    def meet_computer(self, session: Session, computer_id: ComputerId, name: str) -> bool:
        """Where I am; True when that computer was revoked. Asked of servers that know computers only."""
        ...

    def stream_state(self, session: Session, stream_ids: Sequence[StreamId]) -> Mapping[StreamId, StreamState]:
        """The last number that the server has of each of my streams. Asked of servers that can answer only."""
        ...

    def script_sums(self, session: Session, evaluation_ids: Sequence[EvaluationId]) -> tuple[ScriptSums, ...]:
        """What stands on my scripts, in short. Asked of servers that can answer only."""
        ...

    def queue(self, session: Session, me: UserId) -> tuple[AssignedScript, ...]:
        """My open scripts."""
        ...

    def pull_scripts(self, session: Session, evaluation_ids: Sequence[EvaluationId]) -> tuple[PulledScript, ...]:
        """These scripts as a whole."""
        ...

    def moved_to(self, session: Session, evaluation_ids: Sequence[EvaluationId]) -> Mapping[EvaluationId, str]:
        """Who has scripts now that were mine. Asked of servers that can answer only."""
        ...


class ServerServices(ServerBank, ServerNotices):
    """The real server. What speaks to it is imported when it is first asked (`docs/decisions/003-late-imports.md`)."""

    def sign_in(self, session: Session) -> SignedIn:
        from mv_desktop.services import sign_in

        return sign_in.sign_in(session, __version__, OPERATION_SCHEMA)

    def hello(self, session: Session) -> SignedIn:
        from mv_desktop.services import sign_in

        return sign_in.hello(session, __version__, OPERATION_SCHEMA)

    def reach(self, session: Session) -> None:
        session.connection()

    def apply_operations(
        self, session: Session, stream_id: StreamId, operations: Sequence[SentOperation]
    ) -> tuple[Verdict, ...]:
        from mv_desktop.services import operation

        return operation.apply_operations(session, stream_id, operations)

    def meet_computer(self, session: Session, computer_id: ComputerId, name: str) -> bool:
        from mv_desktop.services import computer

        return computer.meet_computer(session, computer_id, name, __version__)

    def stream_state(self, session: Session, stream_ids: Sequence[StreamId]) -> Mapping[StreamId, StreamState]:
        from mv_desktop.services import delivery

        return delivery.stream_state(session, stream_ids)

    def script_sums(self, session: Session, evaluation_ids: Sequence[EvaluationId]) -> tuple[ScriptSums, ...]:
        from mv_desktop.services import delivery

        return delivery.script_sums(session, evaluation_ids)

    def queue(self, session: Session, me: UserId) -> tuple[AssignedScript, ...]:
        from mv_desktop.services import evaluation

        return evaluation.queue(session, me)

    def pull_scripts(self, session: Session, evaluation_ids: Sequence[EvaluationId]) -> tuple[PulledScript, ...]:
        from mv_desktop.services import evaluation

        return evaluation.pull_scripts(session, evaluation_ids)

    def moved_to(self, session: Session, evaluation_ids: Sequence[EvaluationId]) -> Mapping[EvaluationId, str]:
        from mv_desktop.services import evaluation

        return evaluation.moved_to(session, evaluation_ids)
