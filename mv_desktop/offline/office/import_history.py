"""Files that were brought in, kept by the server: what each did, and taking it back later, for any kind of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.import_history import (
    CHANGED_SINCE,
    NO_MORE,
    Bringing,
    Deed,
    ImportedRow,
    Judged,
    Outcome,
    PastImport,
    Prospect,
    Values,
    difference,
    restored,
    said_of,
)
from mv_desktop.domain.record import Opened, Slice
from mv_desktop.domain.record_import import Done, Put, Taken, Told

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_PART, _ALL = 250, 20_000
"""So many rows are taken back in one transaction; all of them, where deadlines are weighed for the whole of it."""
Weighed = tuple[Consequence, Sequence[Move]] | None


class Together:
    """A way to the server on which several writers can share one transaction.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect
        self._shared: ContextVar[Session | None] = ContextVar("shared", default=None)

    def __call__(self) -> AbstractContextManager[Session]:
        """The session that is shared here, which goes on after the block; else one of its own."""
        shared = self._shared.get()
        return self._connect() if shared is None else nullcontext(shared)

    @contextmanager
    def together(self) -> Iterator[Session]:
        """A session for all who ask on this thread until the block ends."""
        with self._connect() as session:
            token = self._shared.set(session)
            try:
                yield session
            finally:
                self._shared.reset(token)


class ManyRecords(Protocol):
    """Many records of one kind at once, such as `offline.office.holiday.HolidayTable`."""

    def opened(self, keys: Sequence[str]) -> Sequence[Opened[Any]]:
        """These as they stand, in any order; what is no id of one is left out."""
        ...

    def alike(self, drafts: Sequence[Any]) -> Sequence[Opened[Any]]:
        """Those that these may mean by what names them."""
        ...

    def consequence(self, puts: Sequence[Put]) -> Consequence | None:
        """Which deadlines move when these are written."""
        ...

    def put(self, puts: Sequence[Put], reason: str, weighed: Weighed, told: Told) -> tuple[Done, ...]:
        """Write all of them in one transaction; those that are taken away are not answered."""
        ...


class ImportHistory:
    """What files of one subject did.

    Args:
        connect: a session on the person's own login.
        subject: as the server names it.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]], subject: str) -> None:
        self._connect, self._subject = connect, subject

    def imports(self, after: PastImport | None) -> Slice[PastImport]:
        """A piece of the list, the newest first."""
        from mv_desktop.services.import_history import imports

        with self._connect() as session:
            return imports(session, self._subject, None if after is None else after.import_id)

    def import_rows(self, import_id: UUID, after: ImportedRow | None) -> Slice[ImportedRow]:
        """A piece of what one did, in the order of its file."""
        from mv_desktop.services.import_history import import_rows

        with self._connect() as session:
            return import_rows(session, import_id, 0 if after is None else after.place)

    def prospect(self, import_id: UUID) -> Prospect:
        """What taking it back would do now."""
        from mv_desktop.services.import_history import weigh_import

        with self._connect() as session:
            return weigh_import(session, import_id)


class KeptTable(ImportHistory):
    """A table of records whose imports are kept: a `TablePlace`.

    Args:
        table: of the records, on `connect`.
        connect: where the records and what is kept of them are written in one transaction.
        subject: as the server names it.
        ids: of imports.
        whole: deadlines may move: all of it is taken back in one transaction, as it was weighed.
    """

    def __init__(
        self, table: ManyRecords, connect: Together, subject: str, ids: IdSource, *, whole: bool = False
    ) -> None:  # fmt: skip
        super().__init__(connect, subject)
        self._table, self._together, self._ids, self._whole = table, connect.together, ids, whole

    def opened(self, keys: Sequence[str]) -> Sequence[Opened[Any]]:
        """These as they stand."""
        return self._table.opened(keys)

    def alike(self, drafts: Sequence[Any]) -> Sequence[Opened[Any]]:
        """Those that these may mean."""
        return self._table.alike(drafts)

    def consequence(self, puts: Sequence[Put]) -> Consequence | None:
        """Which deadlines move when these are written."""
        return self._table.consequence(puts)

    def bring_in(self, what: Bringing, reason: str, weighed: Weighed, told: Told) -> UUID:
        """Write all of it, or nothing; answers the id by which it can be taken back.

        Raises:
            UserError: of a row, and why.
            ImportStoppedError: nobody wants it any more.
        """
        from mv_desktop.services.import_history import keep_rows, kept_import

        import_id = self._ids()
        with kept_import(self._together, import_id, self._subject, what.file, reason) as session:
            done = self._table.put(what.puts, reason, weighed, told)
            keep_rows(session, import_id, self._subject, [_kept(what, one) for one in done])
        return import_id

    def weigh_back(self, import_id: UUID) -> Consequence | None:
        """Which deadlines move when it is taken back."""
        if not self._whole:
            return None
        rows: list[ImportedRow] = []
        more = True
        while more:
            piece = self.import_rows(import_id, rows[-1] if rows else None)
            rows += piece.rows
            more = piece.more
        _, puts = self._puts([row for row in reversed(rows) if row.outcome is None])
        return self._table.consequence([put for _, put in puts])

    def take_back(self, import_id: UUID, reason: str, weighed: Weighed, told: Told) -> Taken:
        """Take it back, part by part; what is done stays done when it is stopped.

        Raises:
            ConflictError: deadlines are otherwise than they were weighed.
            ImportStoppedError: nobody wants it any more.
        """
        from mv_desktop.services.import_history import take_back

        def undo(rows: Sequence[ImportedRow]) -> Sequence[Judged]:
            return self._undo(rows, reason, weighed)

        limit = _ALL if self._whole else _PART
        return take_back(self._together, import_id, reason, undo, limit=limit, told=told)

    # -- private ---------------------------------------------------------------------------------------------

    def _puts(self, rows: Sequence[ImportedRow]) -> tuple[list[Judged], list[tuple[ImportedRow, Put]]]:
        """Those that are left, and what takes the others back."""
        now = {one.key: one for one in self._table.opened([row.key for row in rows])}
        left, puts = [], []
        for row in rows:
            opened = now.get(row.key)
            if opened is None:
                left.append(Judged(row.key, Outcome.LEFT, NO_MORE))
            elif opened.seen != row.left_at:
                left.append(Judged(row.key, Outcome.LEFT, CHANGED_SINCE))
            else:
                try:
                    draft = None if row.deed is Deed.NEW else restored(opened.draft, row.before or {})
                    puts.append((row, Put(0, opened, draft)))
                except InvalidError as error:
                    left.append(Judged(row.key, Outcome.LEFT, error.message))
        return left, puts

    def _undo(self, rows: Sequence[ImportedRow], reason: str, weighed: Weighed) -> list[Judged]:
        judged, puts = self._puts(rows)
        for row, why in self._put(puts, reason, weighed):
            judged.append(Judged(row.key, Outcome.LEFT if why else Outcome.PUT_BACK, why))
        made = {row.key for row, put in puts if put.draft is None}
        stay = {one.key for one in self._table.opened(sorted(made)) if not getattr(one.draft, "anonymous", False)}
        return [
            one._replace(outcome=Outcome.ARCHIVED if one.key in stay else Outcome.GONE)
            if one.outcome is Outcome.PUT_BACK and one.key in made
            else one
            for one in judged
        ]

    def _put(
        self, puts: Sequence[tuple[ImportedRow, Put]], reason: str, weighed: Weighed
    ) -> Sequence[tuple[ImportedRow, str | None]]:
        """Write all of it at once; where one is refused, each by itself, and why those were that are."""
        from mv_desktop.services.import_history import refusal

        if not puts:
            return ()
        every = [put for _, put in puts]
        with self._connect() as session:
            refused = refusal(session, lambda: self._table.put(every, reason, weighed, lambda _done, _all: True))
        if refused is None:
            return [(row, None) for row, _ in puts]
        if weighed is not None:
            raise refused
        if len(puts) == 1:
            return [(puts[0][0], refused.message)]
        half = len(puts) // 2
        return [*self._put(puts[:half], reason, None), *self._put(puts[half:], reason, None)]


def _kept(what: Bringing, done: Done) -> dict[str, Any]:
    before: Values | None = None
    after: Values = said_of(done.now.draft, what.names)
    if done.before is not None:
        before, after = difference(done.before.draft, done.now.draft, what.names)
    return {
        "key": done.now.key,
        "row": done.row or None,
        "label": what.label(done.now.draft),
        "before": before,
        "after": after,
        "left_at": done.now.seen.isoformat(),
    }
