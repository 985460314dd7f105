"""New records under ids of this computer, of which the server's answer may be lost on its way."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from mv_desktop.core.errors import OfflineError, RefusedError
from mv_desktop.core.ids import IdSource


class NewRecords:
    """Makes each once: where no answer came, it is looked whether it is there before the same is sent again.

    What was changed meanwhile is another one.

    Args:
        new_id: makes their ids.
    """

    def __init__(self, new_id: IdSource) -> None:
        self._new_id = new_id
        self._unanswered: tuple[object, UUID] | None = None

    def make(self, draft: object, write: Callable[[UUID], object], read: Callable[[UUID], object]) -> UUID:
        """Make it, unless it is there; answers its id.

        Args:
            draft: what is written.
            write: sends it under an id.
            read: asks for the one with an id; raises RefusedError where there is none.

        Raises:
            OfflineError: nobody knows whether it was made.
        """
        before, key = self._unanswered or (None, self._new_id())
        if before is not None and before != draft:
            before, key = None, self._new_id()
        if before is None or not _is_there(read, key):
            try:
                write(key)
            except OfflineError:
                self._unanswered = draft, key
                raise
        self._unanswered = None
        return key


def _is_there(read: Callable[[UUID], object], key: UUID) -> bool:
    try:
        read(key)
    except RefusedError:
        return False
    return True
