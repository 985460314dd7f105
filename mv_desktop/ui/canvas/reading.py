"""How long each page was read: counted from what was on screen, told now and then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Seen


class ReadingMeter:
    """Adds up the seconds for which pages were shown at a readable size.

    Starts from what is already known, so that its numbers are those of the whole evaluation.
    """

    def __init__(self, known: Mapping[PageRef, Seen]) -> None:
        self._seen = dict(known)
        self._untold: set[PageRef] = set()

    def add(self, shown: Iterable[tuple[PageRef, float]], seconds: float) -> None:
        """These pages were shown for `seconds`, each with this share (0..1) of it."""
        for page, share in shown:
            before = self._seen.get(page, Seen())
            self._seen[page] = Seen(before.seconds + seconds, max(before.largest_share, share))
            self._untold.add(page)

    def take(self) -> dict[PageRef, Seen]:
        """What has changed since it was last taken: the numbers in all, not the difference."""
        changed = {page: self._seen[page] for page in sorted(self._untold)}
        self._untold.clear()
        return changed
