"""The audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.audit_entry import AuditEntry, AuditSearch, ChainState
from mv_desktop.domain.export_note import ExportNote
from mv_desktop.domain.record import Slice
from mv_desktop.offline.noting import Noting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_BATCH = 2_000


class AuditLog(Noting):
    """As `services.audit_log` and `services.audit`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def page(self, search: AuditSearch, after: AuditEntry | None) -> Slice[AuditEntry]:
        """Entries from the newest on, or those behind `after`, with what their ids stand for."""
        from mv_desktop.services.audit_log import named_page

        with self._connect() as session:
            return named_page(session, search, after)

    def people(self) -> tuple[tuple[UUID, str], ...]:
        """Who may have done something with a login of her own, by name."""
        from mv_desktop.services.audit_log import audit_people

        with self._connect() as session:
            return audit_people(session)

    def events(self) -> tuple[str, ...]:
        """The different events that the log has."""
        from mv_desktop.services.audit_log import audit_events

        with self._connect() as session:
            return audit_events(session)

    def save(
        self,
        search: AuditSearch,
        path: Path,
        title: str,
        headings: Sequence[str],
        line: Callable[[AuditEntry], Sequence[str | int]],
        told: Callable[[int, int], None],
        note: ExportNote,
    ) -> int:
        """Write what is looked for into a file, CSV or a workbook by its name; answers how many entries.

        Others get their turn on the connection after each batch. What comes in meanwhile is not in it.

        Args:
            search: which entries.
            path: where to.
            title: of a workbook's sheet.
            headings: of the columns.
            line: what an entry says under them.
            told: how many were written, and of how many, 0 for nobody knows; what it raises ends the work.
            note: what the log itself says of it.

        Raises:
            InvalidError: it could not be written there; what stood there stands.
            OfflineError: it could not be noted; what stood there stands.
        """
        from mv_desktop.services.table_file import write_table

        lines = ([line(entry) for entry in batch] for batch in self._batches(search, told))
        return write_table(path, title, headings, lines, ready=partial(self.note, note, path=path))

    def check(self, told: Callable[[int, int], None]) -> ChainState:
        """Go through the seals of the whole log; `told` is as in `save`."""
        from mv_desktop.services.audit import verify_beside

        found = verify_beside(self._connect, told)
        return ChainState(found.chain, found.state.unsealed)

    def _batches(self, search: AuditSearch, told: Callable[[int, int], None]) -> Iterator[Sequence[AuditEntry]]:
        from mv_desktop.services.audit_log import audit_page

        after: AuditEntry | None = None
        done, more = 0, True
        while more:
            told(done, 0)
            with self._connect() as session:
                found = audit_page(session, search, after, _BATCH)
            yield found.rows
            done += len(found.rows)
            more = found.more
            after = found.rows[-1] if found.rows else None
