"""What the local file knows of the pages' files: which are wanted, which are here, which cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mv_desktop.domain.identifier import EvaluationId, UploadId
from mv_desktop.offline import cipher
from mv_desktop.offline.registers import compact
from mv_desktop.offline.vault import Vault


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

    def forget(self, upload_ids: Sequence[UploadId]) -> None:
        """These are no longer in the cache."""
        with self._vault.transaction() as db:
            db.execute(
                "UPDATE page_file SET here = 0 WHERE here AND upload_id IN (SELECT value FROM json_each(?))",
                (compact([str(item) for item in upload_ids]),),
            )

    def needed(self) -> frozenset[UploadId]:
        """The uploads that must not leave the cache: of scripts in work, or with work that was not sent."""
        with self._vault.reading() as db:
            rows = db.execute(
                "SELECT p.upload_id FROM page_file p JOIN script s USING (evaluation_id)"
                " WHERE s.state IN ('started', 'submitted') OR s.unsent > 0"
            ).fetchall()
        return frozenset(UploadId(UUID(row["upload_id"])) for row in rows)

    def next_scripts(self, limit: int) -> tuple[EvaluationId, ...]:
        """The scripts of the queue whose pages are wanted, the most urgent first."""
        with self._vault.reading() as db:
            rows = db.execute(
                "SELECT evaluation_id FROM script WHERE state IN ('new', 'started')"
                " ORDER BY deadline, received_at, script_code LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(EvaluationId(UUID(row["evaluation_id"])) for row in rows)


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
