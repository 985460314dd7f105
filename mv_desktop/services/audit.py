"""Sealing the audit log, and checking the seals (`docs/security.md`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.audit_chain import Break, ChainCheck, Entry, Seal, check_chain
from mv_desktop.services.database import open_session

SEAL_BATCH: Final = 5_000
_READ_BATCH: Final = 5_000
_HEX_DIGITS: Final = 64

# The words of api._sealed_text, written out here: a check that called it would believe whoever replaced it.
_ENTRIES = text("""
    SELECT l.log_seq AS number, l.log_id, jsonb_build_object(
        'log_seq', l.log_seq, 'log_id', l.log_id, 'event_type', l.event_type,
        'actor_user_id', l.actor_user_id, 'actor_role', l.actor_role, 'actor_ip', l.actor_ip::text,
        'resource_type', l.resource_type, 'resource_id', l.resource_id, 'event_data', l.event_data,
        'created_at', extract(epoch FROM l.created_at)::text
    )::text AS sealed
    FROM public.audit_logs l WHERE l.log_seq > :after AND l.log_seq <= :newest ORDER BY l.log_seq LIMIT :limit
""")
_SEALS = text("""
    SELECT s.log_seq AS number, s.log_id, s.seal FROM public.audit_seals s
    WHERE s.log_seq > :after AND s.log_seq <= :newest ORDER BY s.log_seq LIMIT :limit
""")
# Without statistics the planner would read and sort all that is left for every batch.
_BY_INDEX = text("SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)")
_WRONG: Final[Mapping[Break, str]] = {
    Break.MISSING: "is missing",
    Break.CHANGED: "or its seal was changed",
    Break.INSERTED: "was inserted later",
    Break.REORDERED: "stands in another's place",
}


@dataclass(frozen=True, slots=True)
class AuditState:
    """How far the log is sealed.

    Attributes:
        unsealed: entries without a seal.
        unsealed_since: when the oldest of them was written; None when there is none.
        waiting_s: how long ago that is by the server's clock, in seconds.
        newest: the newest seal in hexadecimal; None before the first.
        sealed_at: when it was set.
    """

    unsealed: int
    unsealed_since: datetime | None
    waiting_s: float
    newest: str | None
    sealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verification:
    """A check of the whole chain, and how far the log was sealed when it began."""

    chain: ChainCheck
    state: AuditState

    @property
    def sound(self) -> bool:
        """True when nothing is wrong with what is sealed."""
        return self.chain.fault is None and self.chain.expected_seen

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        fault, newest, since = self.chain.fault, self.chain.newest, self.state.unsealed_since
        return {
            "sound": self.sound,
            "checked": self.chain.sound,
            "newest_seal": None if newest is None else newest.digest.hex(),
            "fault": fault and {"kind": fault.kind.value, "entry": fault.number, "log_id": str(fault.log_id)},
            "expected_seal_found": self.chain.expected_seen,
            "unsealed": self.state.unsealed,
            "unsealed_since": None if since is None else since.isoformat(),
        }

    def as_text(self) -> str:
        """For people."""
        fault, newest = self.chain.fault, self.chain.newest
        lines = [f"{self.chain.sound:,} entries in a row are as they were sealed."]
        if fault is not None:
            lines.append(f"BROKEN: entry {fault.number} ({fault.log_id}) {_WRONG[fault.kind]}.")
            lines.append("What comes after it was not looked at. Compare with a backup.")
        elif not self.chain.expected_seen:
            lines.append("BROKEN: the expected seal is not in the chain. Its end was cut off, or it was made anew.")
        if newest is not None and self.sound:
            # never beside "broken": whoever notes it would call the new chain the right one from now on
            lines.append(f"Newest seal: {newest.digest.hex()}")
            lines.append("Note it outside the database; next time give it with --expect.")
        lines.append(_unsealed(self.state))
        return "\n".join(lines)


def seal(session: Session, limit: int = SEAL_BATCH) -> int:
    """Seal the next entries, for the worker.

    Returns:
        How many were sealed, at most `limit`. Entries that were written beside transactions that still run wait for
        their end; while another worker seals, it is 0.
    """
    return int(session.scalar(text("SELECT api.seal_audit(:limit)"), {"limit": limit}) or 0)


def state(session: Session) -> AuditState:
    """How far the log is sealed, for admins and the worker."""
    row = session.execute(
        text(
            "SELECT unsealed, unsealed_since, seal, sealed_at,"
            " coalesce(extract(epoch FROM clock_timestamp() - unsealed_since), 0) AS waiting FROM api.audit_state()"
        )
    ).one()
    return AuditState(row.unsealed, row.unsealed_since, float(row.waiting), row.seal, row.sealed_at)


def seal_from_text(expected: str) -> bytes:
    """A seal as somebody noted it.

    Raises:
        InvalidError: it is no seal.
    """
    try:
        digest = bytes.fromhex(expected.strip())
    except ValueError:
        digest = b""
    if len(digest) * 2 != _HEX_DIGITS:
        raise InvalidError(f"“{expected}” is no seal.", remedy="A seal has 64 hexadecimal digits.")
    return digest


def verify(engine: Engine, expected: bytes | None = None) -> Verification:
    """Check the whole chain, for admins. The log may go on meanwhile; memory does not grow with it.

    Args:
        engine: of somebody who may read all of the log.
        expected: a seal that must be in the chain.

    Raises:
        UserError: the log cannot be read.
    """
    return verify_beside(partial(open_session, engine), lambda _done, _all: None, expected)


def verify_beside(
    connect: Callable[[], AbstractContextManager[Session]],
    told: Callable[[int, int], None],
    expected: bytes | None = None,
) -> Verification:
    """As `verify`, beside other work on the same connection, which gets its turn after every batch.

    Args:
        connect: a session on the login of somebody who may read all of the log.
        told: how many entries were looked at, and of about how many; what it raises ends the work.
        expected: a seal that must be in the chain.

    Raises:
        UserError: the log cannot be read.
    """
    with connect() as session:
        found = state(session)
        row = session.execute(text("SELECT min(s.log_seq) AS first, max(s.log_seq) AS last FROM public.audit_seals s"))
        first, last = row.one()
    newest = last or 0
    rows = _counted(_rows(connect, _ENTRIES, newest), newest - (first or 0) + 1, told)
    entries = (Entry(row.number, row.log_id, row.sealed) for row in rows)
    seals = (Seal(row.number, row.log_id, bytes(row.seal)) for row in _rows(connect, _SEALS, newest))
    return Verification(check_chain(entries, seals, expected), found)


def _counted(rows: Iterator[Any], everything: int, told: Callable[[int, int], None]) -> Iterator[Any]:
    for number, row in enumerate(rows):
        if number % _READ_BATCH == 0:
            told(number, max(everything, number))
        yield row


def _rows(
    connect: Callable[[], AbstractContextManager[Session]],
    query: Any,  # noqa: ANN401 (of SQLAlchemy, as are its rows)
    newest: int,
) -> Iterator[Any]:
    after = -1 << 63
    while True:
        # a session a batch: no transaction stays open for as long as a million entries take
        with connect() as session:
            session.execute(_BY_INDEX)
            batch: Sequence[Any] = session.execute(
                query, {"after": after, "newest": newest, "limit": _READ_BATCH}
            ).all()
        yield from batch
        if len(batch) < _READ_BATCH:
            return
        after = batch[-1].number


def _unsealed(found: AuditState) -> str:
    if not found.unsealed or found.unsealed_since is None:
        return "No entry waits for its seal."
    return f"{found.unsealed:,} entries have no seal yet, the oldest since {found.unsealed_since:%Y-%m-%d %H:%M:%S%z}."
