"""Finding the operation with which nothing behind it gets through: the batch is halved until it stands alone."""

from __future__ import annotations

from collections.abc import Sequence

from mv_desktop.domain.exchange import MAX_OPERATIONS, SentOperation
from mv_desktop.domain.identifier import OperationId

_ALONE_TRIES = 3
"""So many runs an operation that is sent alone may end before it is the operation's fault."""


class Isolation:
    """How many operations are sent at once, after what became of the batches before.

    An operation can be at fault by making the server fail, which it says, or by keeping it busy until the connection
    is given up: then nothing is said, and one lost connection proves nothing. Only what ends a second time with the
    same operation in front is looked into.

    Attributes:
        limit: so many operations may go in the next call.
    """

    def __init__(self) -> None:
        self.limit = MAX_OPERATIONS
        self._most = MAX_OPERATIONS
        self._first: OperationId | None = None
        self._ended = 0
        self._alone = 0

    def begin(self) -> None:
        """A run begins; what was found to be too much before is tried a little larger."""
        if self._ended == 0:
            self._most = MAX_OPERATIONS
        self.limit = self._most

    def got_through(self) -> None:
        """A batch was answered."""
        self._first, self._ended, self._alone = None, 0, 0
        self.limit = min(self._most, self.limit * 2)

    def refused(self, batch: Sequence[SentOperation]) -> bool:
        """The server failed on a batch and said so; True when it is the one operation's fault."""
        if len(batch) > 1:
            self.limit = len(batch) // 2
            return False
        self.limit = self._most
        return True

    def ended(self, batch: Sequence[SentOperation]) -> bool:
        """A batch went out and the connection or the server's time ended before the answer.

        Returns:
            True when it is the one operation's fault.
        """
        self._ended = self._ended + 1 if batch[0].op_id == self._first else 1
        self._first = batch[0].op_id
        if self._ended == 1:
            return False
        if len(batch) > 1:
            self._most = self.limit = max(1, len(batch) // 2)
            return False
        self._alone += 1
        if self._alone < _ALONE_TRIES:
            return False
        self._first, self._ended, self._alone = None, 0, 0
        return True
