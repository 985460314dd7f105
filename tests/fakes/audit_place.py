"""An audit log in memory, behind the office's port."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.audit_chain import ChainCheck, Fault, Seal
from mv_desktop.domain.audit_entry import NOBODY, AuditEntry, AuditSearch, ChainState
from mv_desktop.domain.evaluation import code_number, script_code
from mv_desktop.domain.export_note import ExportNote
from mv_desktop.domain.record import Difference, Slice
from mv_desktop.services.table_file import write_table
from tests.fakes.table_files import NoteKeeper

ASHA, MEERA, STUDENT = UUID(int=1), UUID(int=2), UUID(int=3)
EXAM = UUID("0192f7aa-1111-7222-8333-444455556666")
START = datetime(2026, 7, 15, 4, 0, tzinfo=UTC)


def _entry(number: int, event: str, actor: UUID | None, ago: timedelta, **values: object) -> AuditEntry:
    names = {ASHA: ("Asha Rao", "admin"), MEERA: ("Meera Krishnamurthy", "teacher"), STUDENT: ("Ravi Das", "student")}
    by, role = names[actor] if actor else ("", "")
    return AuditEntry(
        number, UUID(int=1000 + number), START - ago, by, role, event, actor=actor, sealed=number < 250, **values
    )  # type: ignore[arg-type]


def _log() -> tuple[AuditEntry, ...]:
    minutes = timedelta(minutes=1)
    first = (
        _entry(
            260, "plan.changed", ASHA, 2 * minutes, kind="plan", record="basic", reason="new year", login="mv_asha",
            differences=(Difference("monthly_price_paise", 29900, 149900), Difference("is_active", True, False)),
        ),
        _entry(259, "evaluation.assigned", None, 9 * minutes, kind="evaluation", record=str(UUID(int=77)), exam=EXAM),
        _entry(
            258, "user.password_reset", ASHA, 30 * minutes, kind="user", record=str(MEERA), name="Meera Krishnamurthy",
            hidden=("password_hash",), reason="=forgotten", rest=(("seats", 2), ("until", None)),
        ),
        _entry(257, "security.page_refused", STUDENT, 50 * minutes, kind="upload", record=str(UUID(int=78)), exam=EXAM),
    )  # fmt: skip
    old = (_entry(n, "user.login", MEERA, timedelta(days=1, minutes=257 - n), kind="user") for n in range(256, 0, -1))
    return (*first, *old)


class FakeAudit:
    """An `AuditPlace`.

    Attributes:
        log: from the newest on.
        notes: of what was written out.
        reachable: False cuts the network.
        fault: what a check finds.
        gate: long work goes on once it is set; `waits` says that it has begun.
    """

    def __init__(self) -> None:
        self.log = _log()
        self.notes = NoteKeeper()
        self.reachable = True
        self.fault: Fault | None = None
        self.gate, self.waits = threading.Event(), threading.Event()
        self.gate.set()

    # -- the place -------------------------------------------------------------------------------------------

    def page(self, search: AuditSearch, after: AuditEntry | None) -> Slice[AuditEntry]:
        self._reach()
        found = [entry for entry in self.log if self._fits(entry, search)]
        if after is not None:
            found = found[found.index(after) + 1 :]
        return Slice(tuple(found[:100]), len(found) > 100)

    def people(self) -> tuple[tuple[UUID, str], ...]:
        self._reach()
        return (ASHA, "Asha Rao"), (MEERA, "Meera Krishnamurthy")

    def events(self) -> tuple[str, ...]:
        self._reach()
        return tuple(sorted({entry.event for entry in self.log}))

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
        def batches():
            for entry in self.log:
                self._wait(told)
                if self._fits(entry, search):
                    yield [line(entry)]

        return write_table(path, title, headings, batches(), ready=partial(self.notes.note, note))

    def check(self, told: Callable[[int, int], None]) -> ChainState:
        self._wait(told)
        sealed = [entry for entry in reversed(self.log) if entry.sealed]
        newest = Seal(sealed[-1].number, sealed[-1].log_id, bytes(32)) if sealed else None
        return ChainState(ChainCheck(len(sealed), self.fault, newest, True), len(self.log) - len(sealed))

    def _wait(self, told: Callable[[int, int], None]) -> None:
        self._reach()
        self.waits.set()
        self.gate.wait(10)
        told(3, 12)

    def _fits(self, entry: AuditEntry, search: AuditSearch) -> bool:
        code = None if entry.exam is None else code_number(script_code(entry.exam))
        return all((
            search.actor in {"", NOBODY if entry.actor is None else str(entry.actor)},
            not search.kind or entry.event.startswith(f"{search.kind}."),
            search.event in {"", entry.event},
            search.since is None or entry.at >= search.since,
            search.until is None or entry.at < search.until,
            search.record is None or str(search.record) in {entry.record, str(entry.exam)},
            search.code in {None, code},
            not search.named or entry.record.startswith(search.named),
        ))  # fmt: skip

    def _reach(self) -> None:
        if not self.reachable:
            raise OfflineError("The server cannot be reached.")
