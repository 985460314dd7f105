"""New records under ids of this computer, of which the server's answer may be lost on its way."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from mv_desktop.core.errors import RefusedError
from mv_desktop.core.ids import IdSource


class NewRecords:
    """Makes each once: the same again is looked for before it is sent, whether the answer was lost or what came after.

    What was changed meanwhile is another one.

    Args:
        new_id: makes their ids.
    """

    def __init__(self, new_id: IdSource) -> None:
        self._new_id = new_id
        self._last: tuple[object, UUID] | None = None

    def make(self, draft: object, write: Callable[[UUID], object], read: Callable[[UUID], object]) -> UUID:
        """Make it, unless it is there; answers its id.

        Args:
            draft: what is written.
            write: sends it under an id.
            read: asks for the one with an id; raises RefusedError where there is none.

        Raises:
            OfflineError: nobody knows whether it was made.
        """
        last = self._last
        if last is not None and last[0] == draft:
            if not _is_there(read, last[1]):
                write(last[1])
            return last[1]
        key = self._new_id()
        self._last = draft, key
        write(key)
        return key


def _is_there(read: Callable[[UUID], object], key: UUID) -> bool:
    try:
        read(key)
    except RefusedError:
        return False
    return True
