"""What the teacher has finished: the list as far as it was fetched, and the scripts that are on this computer.

The list goes back as far as the server's; it is fetched a piece at a time, and searched by script code on both sides.
A finished script itself is fetched when she opens it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from mv_desktop.domain.evaluation import QueueRow, WorkState, script_code, searched_code
from mv_desktop.domain.exchange import FinishedScript, PulledScript
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.offline import cipher, projection
from mv_desktop.offline.store import LocalStore, not_here
from mv_desktop.offline.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

PIECE = 100
"""So many rows are fetched at once."""


class FinishedServices(Protocol):
    """What the list needs of the server."""

    def finished_scripts(
        self, session: Session, search: str, *, before: FinishedScript | None, limit: int
    ) -> tuple[FinishedScript, ...]:
        """A piece of the list, the latest first."""
        ...

    def pull_scripts(self, session: Session, evaluation_ids: Sequence[EvaluationId]) -> tuple[PulledScript, ...]:
        """These scripts as a whole."""
        ...


class ServerFinished:
    """The real server. What speaks to it is imported when it is first asked."""

    def finished_scripts(
        self, session: Session, search: str, *, before: FinishedScript | None, limit: int
    ) -> tuple[FinishedScript, ...]:
        from mv_desktop.services import evaluation

        return evaluation.finished_scripts(session, search, before=before, limit=limit)

    def pull_scripts(self, session: Session, evaluation_ids: Sequence[EvaluationId]) -> tuple[PulledScript, ...]:
        from mv_desktop.services import evaluation

        return evaluation.pull_scripts(session, evaluation_ids)


class FinishedArchive:
    """The list of finished scripts. May be called from any thread.

    Args:
        vault: the open file, of which `store` is.
        store: keeps a script that is fetched to be read again.
        connect: gives a session in one transaction.
        services: the server's, another for tests.
    """

    def __init__(
        self,
        vault: Vault,
        store: LocalStore,
        connect: Callable[[], AbstractContextManager[Session]],
        services: FinishedServices | None = None,
    ) -> None:
        self._vault, self._store, self._connect = vault, store, connect
        self._services: FinishedServices = services or ServerFinished()
        self._lock = threading.Lock()
        self._reached: dict[str, FinishedScript | None] = {}

    def rows(self, search: str, count: int) -> tuple[QueueRow, ...]:
        """The latest `count` finished scripts that this computer knows of, here or not; asks no server.

        Args:
            search: part of a script code, as `searched_code` reads it, or words that must all stand in code or paper.
            count: how many.
        """
        words = [f"%{_literal(word)}%" for word in search.lower().split()]
        code = searched_code(search)
        matches = "".join(" AND told LIKE ? ESCAPE '\\'" for _ in words)
        if code:
            matches = f" AND ((true {matches}) OR replace(script_code, '-', '') LIKE ?)"
            words.append(f"%{code}%")
        with self._vault.reading() as db:
            found = db.execute(_ROWS.replace("/*matches*/", matches), (*words, count)).fetchall()
        return tuple(projection.queue_row(row, WorkState.COMPLETED) for row in found)

    def fetch(self, search: str = "", *, more: bool = False) -> bool:
        """Fetch a piece of the server's list: the latest, or with `more` what comes after what was fetched.

        Returns:
            The server may have more.

        Raises:
            OfflineError: it cannot be reached.
        """
        code = searched_code(search)
        if search.strip() and not code:
            return False  # it looks for words of a paper, which only this computer searches
        with self._lock:
            before = self._reached.get(code) if more else None
        with self._connect() as session:
            piece = self._services.finished_scripts(session, code, before=before, limit=PIECE)
        self._keep(piece, before, whole=not code)
        with self._lock:
            if piece:
                self._reached[code] = piece[-1]
        return len(piece) == PIECE

    def bring(self, evaluation_id: EvaluationId) -> None:
        """Fetch a script as a whole, so that it can be opened here.

        Raises:
            OfflineError: the server cannot be reached.
            InvalidError: it is not hers (any more).
        """
        with self._connect() as session:
            pulled = self._services.pull_scripts(session, [evaluation_id])
        if not pulled:
            raise not_here()
        self._store.mirror((), pulled, ())

    # -- private ---------------------------------------------------------------------------------------------

    def _keep(self, piece: Sequence[FinishedScript], before: FinishedScript | None, *, whole: bool) -> None:
        if self._vault.read_only:
            return
        with self._vault.transaction() as db:
            if whole:
                _forget_between(db, piece, before)
            db.executemany(_PUT, [_values(script) for script in piece])
            db.executemany(_COMPLETED_AGAIN, [_values(script) for script in piece])


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _forget_between(db: cipher.Connection, piece: Sequence[FinishedScript], before: FinishedScript | None) -> None:
    """What the server no longer lists there was returned to be marked again, or belongs to somebody else."""
    upper = "9" if before is None else _stored(before.completed_at)
    lower = _stored(piece[-1].completed_at) if len(piece) == PIECE else ""
    db.execute("DELETE FROM finished WHERE completed_at < ? AND completed_at >= ?", (upper, lower))


_PUT = """
INSERT OR REPLACE INTO finished (evaluation_id, exam_instance_id, script_code, completed_at, deadline, received_at,
  sla_hours, breached, title, class_name, exam_type, total_marks, written, pages)
VALUES (:evaluation_id, :exam_instance_id, :script_code, :completed_at, :deadline, :received_at,
  :sla_hours, :breached, :title, :class_name, :exam_type, :total_marks, :written, :pages)
"""

_COMPLETED_AGAIN = """
UPDATE script SET stale = 1
 WHERE evaluation_id = :evaluation_id AND status = 'completed' AND completed_at < :completed_at
"""
"""Returned and completed again on another computer while this one was away: the next sync fetches it anew."""

_ROWS = """
WITH listed AS (
  SELECT f.evaluation_id, f.exam_instance_id, f.script_code, f.completed_at, f.deadline, f.received_at, f.sla_hours,
         f.breached, f.title, f.class_name, f.exam_type, f.total_marks, f.written, f.pages AS listed_pages
    FROM finished f LEFT JOIN script s USING (evaluation_id)
   WHERE coalesce(s.state, 'completed') = 'completed'
  UNION ALL
  SELECT s.evaluation_id, s.exam_instance_id, s.script_code, coalesce(s.completed_at, s.changed_at), s.deadline,
         s.received_at, s.sla_hours, s.breached, s.title, s.class_name, s.exam_type, s.total_marks, s.written, 0
    FROM script s
   WHERE s.state = 'completed' AND NOT EXISTS (SELECT 1 FROM finished f WHERE f.evaluation_id = s.evaluation_id)
), wanted AS (
  SELECT *, lower(script_code || ' ' || replace(script_code, '-', '') || ' ' || title || ' ' || class_name) AS told
    FROM listed
), shown AS (
  SELECT * FROM wanted WHERE true /*matches*/ ORDER BY completed_at DESC, evaluation_id DESC LIMIT ?
)
SELECT w.*, coalesce(s.marked, w.written) AS marked, coalesce(s.unsent, 0) AS unsent,
       coalesce(nullif(p.pages, 0), w.listed_pages) AS pages, coalesce(p.pages_here, 0) AS pages_here,
       coalesce(p.page_problem, 0) AS page_problem
  FROM shown w LEFT JOIN script s USING (evaluation_id)
  LEFT JOIN (
    SELECT evaluation_id, sum(page_count) AS pages, sum(page_count * here) AS pages_here,
           max(problem <> '') AS page_problem
      FROM page_file WHERE evaluation_id IN (SELECT evaluation_id FROM shown)
     GROUP BY evaluation_id) p USING (evaluation_id)
 ORDER BY w.completed_at DESC, w.evaluation_id DESC
"""


def _values(script: FinishedScript) -> dict[str, Any]:
    return {
        "evaluation_id": str(script.evaluation_id),
        "exam_instance_id": str(script.exam_instance_id),
        "script_code": script_code(script.exam_instance_id),
        "completed_at": _stored(script.completed_at),
        "deadline": _stored(script.deadline),
        "received_at": _stored(script.received_at),
        "sla_hours": script.sla_hours,
        "breached": script.breached,
        "title": script.title,
        "class_name": script.class_name,
        "exam_type": script.exam_type,
        "total_marks": script.total_marks,
        "written": script.written,
        "pages": script.pages,
    }


def _stored(moment: datetime) -> str:
    """UTC with microseconds, always, so that the order of the text is the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
