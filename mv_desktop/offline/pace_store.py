"""The time that each script took, in the teacher's own file; it is sent to nobody."""

from __future__ import annotations

from statistics import median

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.pace import Pace
from mv_desktop.offline.vault import Vault


class PaceStore:
    """The times in the open file `vault`."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def spend(self, evaluation_id: EvaluationId, seconds: float) -> None:
        """So much more time was spent on a script that is on this computer; a file that is only read forgets it."""
        if self._vault.read_only:
            return
        with self._vault.transaction() as db:
            db.execute(_SPEND, (seconds, str(evaluation_id)))

    def pace(self, evaluation_id: EvaluationId) -> Pace:
        """How long a script took so far, and how long her finished scripts of its kind of paper took."""
        with self._vault.reading() as db:
            key = (str(evaluation_id),)
            spent = db.execute("SELECT seconds FROM time_spent WHERE evaluation_id = ?", key).fetchone()
            others = db.execute(_OTHERS, key * 2).fetchall()
        usual = median(row["seconds"] for row in others) if others else None
        return Pace(0.0 if spent is None else spent["seconds"], usual, len(others))


_SPEND = """
INSERT INTO time_spent (evaluation_id, kind, seconds)
SELECT evaluation_id, class_name || '/' || exam_type || '/' || total_marks, ? FROM script WHERE evaluation_id = ?
ON CONFLICT (evaluation_id) DO UPDATE SET seconds = seconds + excluded.seconds
"""

_OTHERS = """
SELECT t.seconds FROM time_spent t
 WHERE t.kind = (
         SELECT class_name || '/' || exam_type || '/' || total_marks FROM script WHERE evaluation_id = ?)
   AND t.evaluation_id <> ?
   AND EXISTS (SELECT 1 FROM script s WHERE s.evaluation_id = t.evaluation_id AND s.state = 'completed')
"""
