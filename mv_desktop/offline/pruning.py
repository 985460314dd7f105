"""What the file lets go of again: work that the server confirmed long ago, and scripts that are long finished."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from mv_desktop.offline.vault import Vault

KEPT_DAYS: Final = 30
"""Nothing goes before the server has answered it and so many days have passed."""
_AT_ONCE: Final = 500
"""So many operations, and a tenth as many scripts, go in one transaction: what she does meanwhile hardly waits."""

# Undo reaches back to the first stroke on a script that is open, and what waits for a decision belongs to one.
# The last answer of a stream stays as long as another of it does: by it `journal.lost` sees that the server's last
# operation was done here; without it the stream would look like one under which a copied file went on.
_OPERATIONS: Final = """
DELETE FROM journal WHERE entry IN (
  SELECT j.entry FROM journal j LEFT JOIN script s USING (evaluation_id)
   WHERE j.answered_at < ? AND j.state = 'answered'
     AND (s.evaluation_id IS NULL OR s.gone OR s.status = 'completed')
     AND (EXISTS (SELECT 1 FROM journal k WHERE k.stream_id = j.stream_id AND k.seq > j.seq AND k.state = 'answered')
       OR NOT EXISTS (SELECT 1 FROM journal k
                       WHERE k.stream_id = j.stream_id AND k.seq < j.seq AND k.state = 'answered'))
   ORDER BY j.answered_at LIMIT ?)
"""

_SCRIPTS: Final = """
SELECT evaluation_id FROM script s
 WHERE (gone OR status = 'completed') AND NOT stale AND unsent = 0 AND changed_at < ?
   AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.evaluation_id = s.evaluation_id)
   AND NOT EXISTS (SELECT 1 FROM held_submission h WHERE h.evaluation_id = s.evaluation_id)
   AND NOT EXISTS (SELECT 1 FROM message m WHERE m.evaluation_id = s.evaluation_id AND NOT m.dismissed)
 LIMIT ?
"""

_OF_A_SCRIPT: Final = (
    *("question", "mark", "ink", "reading", "flag", "conflict"),
    *("page_file", "place", "taken_along", "script"),
)
"""Time that was spent stays: her pace is made of it."""


def prune(vault: Vault, now: datetime) -> bool:
    """Let go of some of what is old enough; True when there may be more.

    The list of finished scripts goes on naming those that go, and fetches one again to be read.

    Args:
        vault: the open file.
        now: by the wall clock; one that was set on for a month lets go of what is confirmed, and of nothing else.

    Raises:
        LocalFileError: the file could not be written.
    """
    before = (now - timedelta(days=KEPT_DAYS)).astimezone(UTC).isoformat(timespec="microseconds")
    with vault.transaction() as db:
        operations = db.execute(_OPERATIONS, (before, _AT_ONCE)).rowcount
        scripts = [(row["evaluation_id"],) for row in db.execute(_SCRIPTS, (before, _AT_ONCE // 10)).fetchall()]
        for table in _OF_A_SCRIPT:
            db.executemany(f"DELETE FROM {table} WHERE evaluation_id = ?", scripts)  # noqa: S608 (our own names)
        db.execute("DELETE FROM message WHERE dismissed AND made_at < ?", (before,))
    return operations > 0 or len(scripts) > 0
