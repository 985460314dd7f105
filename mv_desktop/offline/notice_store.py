"""What a person was told, in her own file: to be read without a network, and kept apart from other people's."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from mv_desktop.core.clock import Clock
from mv_desktop.domain.notice import Notice, NoticeData
from mv_desktop.offline import cipher, meta
from mv_desktop.offline.vault import Vault

MOST: Final = 200
"""So many are kept here, the newest; the server keeps all for ninety days."""

_SINCE = "notices_since"


@dataclass(frozen=True, slots=True)
class Notices:
    """What is kept here, the newest first, and how many of it she has not read."""

    notices: tuple[Notice, ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an answer of the server.

    Attributes:
        fresh: unread ones that were not here before, the newest first. At the very first contact nothing is fresh:
            what happened before is listed and not told again.
        different: the list looks different from before.
    """

    fresh: tuple[Notice, ...] = ()
    different: bool = False


class NoticeStore:
    """The notices in the open file `vault`.

    Attributes:
        language: in which she wants to be written to, "en" or "hi"; None while nobody has said.
    """

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault, self._clock = vault, clock
        self.language: str | None = None

    def notices(self) -> Notices:
        """All that are kept here."""
        with self._vault.reading() as db:
            found = tuple(map(_notice, db.execute(_ALL)))
        return Notices(found, sum(notice.read_at is None for notice in found))

    def known(self, ids: Iterable[UUID]) -> frozenset[UUID]:
        """Those of `ids` that are here."""
        wanted = frozenset(ids)
        with self._vault.reading() as db:
            return frozenset(UUID(row["notice_id"]) for row in db.execute("SELECT notice_id FROM notice")) & wanted

    def take(self, notices: Collection[Notice]) -> Taken:
        """Keep what the server said; what was read here stays read.

        Raises:
            LocalFileError: it could not be written.
        """
        with self._vault.transaction() as db:
            first = meta.read(db, _SINCE) is None
            if first:
                meta.write(db, _SINCE, self._clock.now().isoformat())
            kept = db.execute("SELECT notice_id, created_at, read_at FROM notice")
            before = {row["notice_id"]: (row["created_at"], row["read_at"]) for row in kept}
            db.executemany(_KEEP, [_row(notice) for notice in notices])
            db.execute(_TRIM, (MOST,))
        new = [one for one in notices if before.get(str(one.notice_id), ("",))[0] < _moment(one)]
        read = any(one.read_at is not None and before.get(str(one.notice_id), ("", ""))[1] is None for one in notices)
        fresh = () if first else tuple(notice for notice in new if notice.read_at is None)
        return Taken(fresh, bool(new) or read)

    def read(self, ids: Collection[UUID] | None) -> bool:
        """She has read these, or all that are here; False when she had before.

        Raises:
            LocalFileError: it could not be written.
        """
        with self._vault.transaction() as db:
            unread = [row["notice_id"] for row in db.execute("SELECT notice_id FROM notice WHERE read_at IS NULL")]
            wanted = unread if ids is None else sorted(set(unread) & {str(one) for one in ids})
            now = self._clock.now().isoformat()
            db.executemany(_READ, [(now, one) for one in wanted])
        return bool(wanted)

    def to_send(self) -> tuple[UUID, ...]:
        """What she has read here and the server does not know."""
        with self._vault.reading() as db:
            return tuple(UUID(row["notice_id"]) for row in db.execute("SELECT notice_id FROM notice WHERE to_send"))

    def sent(self, ids: Iterable[UUID]) -> None:
        """The server knows that she has read these."""
        with self._vault.transaction() as db:
            db.executemany("UPDATE notice SET to_send = 0 WHERE notice_id = ?", [(str(one),) for one in ids])


# -- private -------------------------------------------------------------------------------------------------

_ALL = "SELECT * FROM notice ORDER BY created_at DESC, notice_id DESC"

_KEEP = """
INSERT INTO notice (notice_id, kind, data, created_at, read_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (notice_id) DO UPDATE SET
  read_at = CASE WHEN excluded.created_at > created_at THEN excluded.read_at
                 ELSE coalesce(read_at, excluded.read_at) END,
  to_send = to_send AND excluded.created_at <= created_at, data = excluded.data, created_at = excluded.created_at
"""
"""One that counts on is told anew with a later moment: that is news, whether or not she had read it."""

_READ = "UPDATE notice SET read_at = ?, to_send = 1 WHERE notice_id = ?"

_TRIM = """
DELETE FROM notice WHERE NOT to_send AND notice_id IN (
  SELECT notice_id FROM notice ORDER BY created_at DESC, notice_id DESC LIMIT -1 OFFSET ?)
"""


def _row(notice: Notice) -> tuple[str, str, str, str, str | None]:
    read_at = None if notice.read_at is None else notice.read_at.isoformat()
    data = notice.data.model_dump_json(exclude_none=True)
    return str(notice.notice_id), notice.kind, data, _moment(notice), read_at


def _moment(notice: Notice) -> str:
    """As it is kept: in one form, so that the order of texts is that of moments."""
    return notice.created_at.astimezone(UTC).isoformat(timespec="microseconds")


def _notice(row: cipher.Row) -> Notice:
    return Notice(
        row["kind"],
        NoticeData.model_validate_json(row["data"]),
        datetime.fromisoformat(row["created_at"]),
        UUID(row["notice_id"]),
        meta.moment(row["read_at"]),
    )
