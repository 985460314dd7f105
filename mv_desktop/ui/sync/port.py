"""What deciding between two marks needs of the teacher's local file; called on the lane "store"."""

from __future__ import annotations

from typing import Protocol

from mv_desktop.domain.evaluation import ScriptView
from mv_desktop.domain.identifier import EvaluationId, OperationId
from mv_desktop.domain.operation import Operation

STORE_LANE = "store"


class ConflictStore(Protocol):
    """The local file, as far as the conflict screen sees it."""

    def view(self, evaluation_id: EvaluationId) -> ScriptView:
        """The script as it stands on this computer, with what is to be decided of it.

        Raises:
            UserError: it is not on this computer or cannot be read.
        """
        ...

    def record(
        self,
        evaluation_id: EvaluationId,
        operation: Operation,
        inverse: tuple[Operation, ...],
        undoes: OperationId | None,
    ) -> OperationId:
        """Append one operation to the journal.

        Raises:
            UserError: it could not be written; nothing of it was.
        """
        ...
