"""How long this computer alone may let somebody in, by the latest moment that her file has ever seen.

The computer's clock can be set by whoever sits there. So the file keeps the latest moment at which it was opened, used
or spoken to the server, and a clock that says less than that counts for nothing. What the program ran for counts too.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import OfflineError
from mv_desktop.offline import cipher, meta
from mv_desktop.offline.disk import LocalFileError
from mv_desktop.offline.vault import Vault

OFFLINE_FOR = timedelta(days=14)
"""So long after the server was last spoken to, this computer alone may let somebody in (`docs/offline.md`)."""
_CONTACT, _LATEST = "last_contact_at", "latest_moment"


def begin(db: cipher.Connection, now: datetime) -> None:
    """The server has just been spoken to: it counts from here, by the clock as it is; `db` is in a transaction."""
    meta.write(db, _CONTACT, now.isoformat())
    meta.write(db, _LATEST, now.isoformat())


class OfflineTerm:
    """What is left of it for the person of one open file.

    Args:
        vault: the file.
        clock: the computer's.

    Attributes:
        contact: when the server was last spoken to before, None for never.
    """

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault, self._clock = vault, clock
        self._began = clock.elapsed()
        with vault.reading() as db:
            self.contact = meta.read_moment(db, _CONTACT)
            seen = meta.read_moment(db, _LATEST)
        known = [moment for moment in (self.contact, seen, clock.now()) if moment is not None]
        self._at_start = max(known)

    def refusal(self) -> OfflineError | None:
        """Why only the server may let her in; None while this computer may."""
        if self.contact is None or self._latest() - self.contact <= OFFLINE_FOR:
            return None
        kept = "Your work on this computer is unharmed."
        if self._clock.now() - self.contact <= OFFLINE_FOR:
            return OfflineError(
                "The server cannot be reached, and this computer's clock has already shown a later day: counted from "
                f"that, more than {OFFLINE_FOR.days} days have passed, and the server has to confirm who you are.",
                kept=kept,
            )
        return OfflineError(
            f"The server cannot be reached, and it was last spoken to on {self.contact:%d %B}: "
            f"after {OFFLINE_FOR.days} days it has to confirm who you are.",
            kept=kept,
        )

    def note(self) -> None:
        """Keep the latest moment that there has been. A file that cannot be written keeps nobody out."""
        with suppress(LocalFileError), self._vault.transaction() as db:
            latest = self._clock.now()
            if meta.read_moment(db, _CONTACT) == self.contact:  # else the server has put right since what the clock is
                latest = self._latest()
            seen = meta.read_moment(db, _LATEST)
            if seen is None or seen < latest:
                meta.write(db, _LATEST, latest.isoformat())

    def _latest(self) -> datetime:
        return max(self._clock.now(), self._at_start + timedelta(seconds=self._clock.elapsed() - self._began))
