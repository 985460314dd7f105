"""What the local file knows of pictures of questions: which scripts have them, and which cannot be shown."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.picture import picture_id, places_of
from mv_desktop.offline import cipher
from mv_desktop.offline.registers import compact
from mv_desktop.offline.vault import Vault

_LISTED = ""
_KEPT_DAYS = 60


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """A picture that some of the scripts have.

    Attributes:
        place: as the questions name it.
        scripts: whose.
        here: it is in the cache, as far as the local file knows.
        problem: why it cannot be shown, or "".
    """

    place: str
    scripts: tuple[EvaluationId, ...]
    here: bool
    problem: str

    @property
    def picture_id(self) -> UUID:
        """What it is called in the cache."""
        return picture_id(self.place)


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that is on this computer only."""

    mime_type: str
    data: bytes


class PictureStore:
    """The rows of pictures in the open file `vault`."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def wanted(self, scripts: Sequence[EvaluationId]) -> tuple[WantedPicture, ...]:
        """The pictures of these scripts, those of the first before others."""
        asked = compact([str(each) for each in scripts])
        with self._vault.transaction() as db:
            unlisted = db.execute(
                "SELECT evaluation_id, snapshot FROM script WHERE evaluation_id IN (SELECT value FROM json_each(?))"
                " AND NOT EXISTS (SELECT 1 FROM script_picture p WHERE p.evaluation_id = script.evaluation_id)",
                (asked,),
            ).fetchall()
            for row in unlisted:
                _list(db, row["evaluation_id"], row["snapshot"])
            rows = db.execute(
                "SELECT p.place, p.here, p.problem, s.evaluation_id FROM json_each(?) e"
                " JOIN script_picture s ON s.evaluation_id = e.value JOIN picture p USING (picture_id)"
                " ORDER BY e.key, p.place",
                (asked,),
            ).fetchall()
        found: dict[str, list[cipher.Row]] = {}
        for row in rows:
            found.setdefault(row["place"], []).append(row)
        return tuple(
            WantedPicture(
                place,
                tuple(EvaluationId(UUID(row["evaluation_id"])) for row in of_place),
                bool(of_place[0]["here"]),
                of_place[0]["problem"],
            )
            for place, of_place in found.items()
        )

    def note(self, place: str, *, here: bool, problem: str = "") -> None:
        """Keep what is known of a picture."""
        with self._vault.transaction() as db:
            db.execute(
                "UPDATE picture SET here = ?, problem = ? WHERE picture_id = ? AND (here, problem) IS NOT (?, ?)",
                (here, problem, str(picture_id(place)), here, problem),
            )

    def problem(self, place: str) -> str:
        """Why a picture cannot be shown, or ""."""
        with self._vault.reading() as db:
            row = db.execute("SELECT problem FROM picture WHERE picture_id = ?", (str(picture_id(place)),)).fetchone()
        return "" if row is None else str(row["problem"])

    # -- not in the store yet --------------------------------------------------------------------------------

    def keep(self, sha256: str, mime_type: str, data: bytes, now: datetime) -> None:
        """Keep a picture that somebody put into a question. It is on the disk on return.

        Whether it is in the store meanwhile or not, it goes after two months.

        Raises:
            LocalFileError: it could not be written.
        """
        with self._vault.transaction() as db:
            db.execute("DELETE FROM kept_picture WHERE kept_at < ?", ((now - timedelta(days=_KEPT_DAYS)).isoformat(),))
            db.execute(
                "INSERT OR REPLACE INTO kept_picture (sha256, mime_type, data, kept_at) VALUES (?, ?, ?, ?)",
                (sha256, mime_type, data, now.isoformat()),
            )

    def kept(self, sha256: str) -> KeptPicture | None:
        """A picture that was kept; None where there is none."""
        with self._vault.reading() as db:
            row = db.execute("SELECT mime_type, data FROM kept_picture WHERE sha256 = ?", (sha256,)).fetchone()
        return None if row is None else KeptPicture(row["mime_type"], bytes(row["data"]))


def _list(db: cipher.Connection, evaluation_id: str, snapshot: bytes) -> None:
    places = {str(picture_id(place)): place for place in places_of(json.loads(zlib.decompress(snapshot)))}
    db.executemany("INSERT OR IGNORE INTO picture (picture_id, place) VALUES (?, ?)", list(places.items()))
    db.executemany(
        "INSERT OR IGNORE INTO script_picture (evaluation_id, picture_id) VALUES (?, ?)",
        [(evaluation_id, each) for each in (_LISTED, *places)],
    )
