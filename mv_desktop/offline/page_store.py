"""What the local file knows of the pages' files: which are wanted, which are here, which cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from mv_desktop.domain.evaluation import TakenSize
from mv_desktop.domain.identifier import EvaluationId, UploadId
from mv_desktop.offline import cipher
from mv_desktop.offline.registers import compact
from mv_desktop.offline.vault import Vault

_FINISHED: Final = 1 << 30
"""The rank of what nobody is waiting for; above any place in the queue."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """One upload of a script.

    Attributes:
        size: bytes, None while not known.
        sha256: in hexadecimal, None while the server has not checked the file.
        here: its pages are in the cache, as far as the local file knows.
        problem: why it cannot be shown, or "".
    """

    upload_id: UploadId
    evaluation_id: EvaluationId
    page_number: int
    size: int | None
    sha256: str | None
    here: bool
    problem: str


@dataclass(frozen=True, slots=True)
class PageSize:
    """One page inside a checked file, in pixels after its EXIF turn."""

    width: int
    height: int
    source: str = ""


class PageStore:
    """The rows of the pages' files in the open file `vault`."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def files(self, evaluation_id: EvaluationId) -> tuple[PageFile, ...]:
        """The uploads of a script in order."""
        with self._vault.reading() as db:
            rows = db.execute(
                "SELECT * FROM page_file WHERE evaluation_id = ? ORDER BY page_number", (str(evaluation_id),)
            ).fetchall()
        return tuple(_file(row) for row in rows)

    def checked(
        self,
        upload_id: UploadId,
        *,
        mime_type: str = "",
        pages: Sequence[PageSize] = (),
        problem: str = "",
        here: bool = False,
    ) -> None:
        """Keep what a check on this computer found.

        Args:
            upload_id: the upload.
            mime_type: what the file really is; what was known stays when it is "".
            pages: its pages in order; what was known stays when there are none.
            problem: a sentence for the teacher, or "".
            here: its pages are in the cache now.
        """
        sizes = compact([{"width": page.width, "height": page.height, "source": page.source} for page in pages])
        with self._vault.transaction() as db:
            db.execute(
                "UPDATE page_file SET problem = ?, here = ?, mime_type = coalesce(nullif(?, ''), mime_type),"
                " pages = CASE WHEN ? THEN ? ELSE pages END, page_count = CASE WHEN ? THEN ? ELSE page_count END"
                " WHERE upload_id = ?",
                (problem, here, mime_type, bool(pages), sizes, bool(pages), len(pages), str(upload_id)),
            )

    def forget(self, upload_ids: Sequence[UploadId]) -> frozenset[EvaluationId]:
        """These are no longer in the cache; answers whose pages they are."""
        with self._vault.transaction() as db:
            rows = db.execute(
                "UPDATE page_file SET here = 0 WHERE here AND upload_id IN (SELECT value FROM json_each(?))"
                " RETURNING evaluation_id",
                (compact([str(item) for item in upload_ids]),),
            ).fetchall()
        return frozenset(EvaluationId(UUID(row["evaluation_id"])) for row in rows)

    def ranks(self, upload_id: UUID) -> dict[UUID, int | None]:
        """Which uploads may leave the cache so that this one can come, for `PageCache`.

        Those of scripts in work, with work that was not sent, or taken along stay. What is finished or somebody else's
        goes first, then the queue from its end; but nothing that is more urgent than what comes.
        """
        with self._vault.reading() as db:
            rows = db.execute(
                "SELECT p.upload_id, p.evaluation_id, s.state, s.unsent, t.evaluation_id IS NOT NULL AS taken"
                " FROM page_file p JOIN script s USING (evaluation_id) LEFT JOIN taken_along t USING (evaluation_id)"
                " ORDER BY s.deadline, s.received_at, s.script_code"
            ).fetchall()
            pictures = db.execute(  # they are small, and many scripts have the same ones
                "SELECT DISTINCT picture_id FROM script_picture JOIN script s USING (evaluation_id)"
                " WHERE picture_id <> '' AND (s.unsent OR s.state IN ('new', 'started', 'submitted'))"
            ).fetchall()
        place = {key: number for number, key in enumerate(dict.fromkeys(row["evaluation_id"] for row in rows), 1)}
        own = next((row for row in rows if row["upload_id"] == str(upload_id)), None)
        ahead = 0 if own is None or own["state"] != "new" or own["taken"] else place[own["evaluation_id"]]
        ranks: dict[UUID, int | None] = {}
        for row in rows:
            if row["unsent"] or row["state"] in {"started", "submitted"}:
                rank = None
            elif row["state"] == "new":
                later = place[row["evaluation_id"]]
                rank = later if later > ahead and not row["taken"] else None
            else:
                rank = _FINISHED
            ranks[UUID(row["upload_id"])] = rank
        return ranks | dict.fromkeys((UUID(row["picture_id"]) for row in pictures), None)

    def take(self, scripts: Sequence[EvaluationId], now: datetime) -> None:
        """Keep the pages of these here until they are submitted or somebody else's."""
        with self._vault.transaction() as db:
            db.execute(
                "DELETE FROM taken_along WHERE evaluation_id NOT IN"
                " (SELECT evaluation_id FROM script WHERE state IN ('new', 'started'))"
            )
            db.executemany(
                "INSERT OR IGNORE INTO taken_along (evaluation_id, taken_at) VALUES (?, ?)",
                [(str(each), now.isoformat()) for each in scripts],
            )

    def release(self, scripts: Sequence[EvaluationId]) -> None:
        """These need not stay any more."""
        with self._vault.transaction() as db:
            db.executemany("DELETE FROM taken_along WHERE evaluation_id = ?", [(str(each),) for each in scripts])

    def size_of(self, scripts: Sequence[EvaluationId]) -> TakenSize:
        """What the pages of these come to; a file whose size is not known counts as two megabytes."""
        with self._vault.reading() as db:
            row = db.execute(_SIZE_OF, (_list(scripts),))
            return TakenSize(len(scripts), *row.fetchone())

    def staying(self, but: Sequence[EvaluationId]) -> int:
        """Bytes of the pages here that stay whatever comes, without those of the scripts `but`."""
        with self._vault.reading() as db:
            row = db.execute(
                "SELECT coalesce(sum(coalesce(bytes, 2000000) * here), 0) FROM page_file"
                " JOIN script s USING (evaluation_id) LEFT JOIN taken_along t USING (evaluation_id)"
                " WHERE (s.state IN ('started', 'submitted') OR s.unsent > 0"
                " OR (s.state = 'new' AND t.evaluation_id IS NOT NULL))"
                " AND evaluation_id NOT IN (SELECT value FROM json_each(?))",
                (_list(but),),
            ).fetchone()
        return int(row[0])

    def taken_missing(self) -> tuple[EvaluationId, ...]:
        """The scripts taken along of which something is still to come, the most urgent first."""
        with self._vault.reading() as db:
            rows = db.execute(
                "SELECT evaluation_id FROM taken_along t JOIN script s USING (evaluation_id)"  # noqa: S608 - a constant
                f" WHERE s.state IN ('new', 'started') AND EXISTS ({_TO_COME})"
                " ORDER BY s.deadline, s.received_at, s.script_code"
            ).fetchall()
        return tuple(EvaluationId(UUID(row["evaluation_id"])) for row in rows)

    def all_here(self) -> TakenSize | None:
        """What is taken along, the first time that all of it is here; None before, and after that was told."""
        with self._vault.transaction() as db:
            rows = db.execute(
                f"SELECT evaluation_id, t.told, NOT EXISTS ({_TO_COME}) AS whole"  # noqa: S608 - a constant
                " FROM taken_along t JOIN script s USING (evaluation_id) WHERE s.state IN ('new', 'started')"
            ).fetchall()
            if all(row["told"] for row in rows) or not all(row["whole"] for row in rows):
                return None
            db.execute("UPDATE taken_along SET told = 1")
            scripts = [row["evaluation_id"] for row in rows]
            found = db.execute(_SIZE_OF, (_list(scripts),))
            return TakenSize(len(scripts), *found.fetchone())

    def next_scripts(self, limit: int) -> tuple[EvaluationId, ...]:
        """The scripts whose pages are wanted: the most urgent, then what is taken along, then the queue's next."""
        with self._vault.reading() as db:
            rows = db.execute(
                "SELECT evaluation_id, t.evaluation_id IS NOT NULL AS taken"
                " FROM script s LEFT JOIN taken_along t USING (evaluation_id) WHERE state IN ('new', 'started')"
                " ORDER BY deadline, received_at, script_code"
            ).fetchall()
        first, rest = rows[:1], rows[1:]
        taken = [row for row in rest if row["taken"]]
        others = [row for row in rest if not row["taken"]][: max(0, limit - len(first))]
        return tuple(EvaluationId(UUID(row["evaluation_id"])) for row in (*first, *taken, *others))


_TO_COME: Final = (
    "SELECT 1 FROM page_file p WHERE p.evaluation_id = t.evaluation_id AND NOT p.here AND p.problem = ''"
    " UNION ALL SELECT 1 FROM script_picture l JOIN picture c USING (picture_id)"
    " WHERE l.evaluation_id = t.evaluation_id AND NOT c.here AND c.problem = ''"
)
"""A page or a picture of `t`'s script that is still to come."""

_SIZE_OF: Final = (
    "SELECT coalesce(sum(page_count), 0), coalesce(sum(coalesce(bytes, 2000000)), 0),"
    " coalesce(sum(coalesce(bytes, 2000000) * (NOT here)), 0) FROM page_file"
    " WHERE evaluation_id IN (SELECT value FROM json_each(?))"
)


def _list(scripts: Sequence[EvaluationId]) -> str:
    return compact([str(each) for each in scripts])


def _file(row: cipher.Row) -> PageFile:
    return PageFile(
        UploadId(UUID(row["upload_id"])),
        EvaluationId(UUID(row["evaluation_id"])),
        row["page_number"],
        row["bytes"],
        row["sha256"],
        bool(row["here"]),
        row["problem"],
    )
