"""The lock of an account on this computer after too many wrong passwords."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from mv_desktop.ui.text import tr_count

LOCKED_FOR = timedelta(minutes=15)


class SignInLock:
    """Counts wrong passwords for each e-mail address and locks it for 15 minutes after too many.

    Addresses are kept as hashes only, so that what is remembered on the disk names nobody.

    Args:
        max_attempts: how many wrong passwords lock (the setting `max_login_attempts`).
        remembered: what `remembered` gave before the program was closed.
    """

    def __init__(self, max_attempts: int = 5, remembered: Mapping[str, object] | None = None) -> None:
        self.max_attempts = max_attempts
        self._failures: dict[str, list[datetime]] = {}
        for key, moments in (remembered or {}).items():
            if isinstance(moments, list):
                self._failures[key] = [moment for text in moments if (moment := _moment(text)) is not None]

    @property
    def remembered(self) -> dict[str, list[str]]:
        """What has to survive a restart: hash of the address → moments of wrong passwords."""
        return {key: [moment.isoformat() for moment in moments] for key, moments in self._failures.items() if moments}

    def failed(self, email: str, now: datetime) -> int:
        """Count one wrong password; returns how many more there may be before the lock (0: locked)."""
        recent = [*self._recent(email, now), now][-self.max_attempts :]
        self._failures[_key(email)] = recent
        return self.max_attempts - len(recent)

    def succeeded(self, email: str) -> None:
        """Forget the wrong passwords of `email`."""
        self._failures.pop(_key(email), None)

    def locked_until(self, email: str, now: datetime) -> datetime | None:
        """The end of the lock, None while there is none."""
        recent = self._recent(email, now)
        if len(recent) < self.max_attempts:
            return None
        return recent[-1] + LOCKED_FOR

    def _recent(self, email: str, now: datetime) -> list[datetime]:
        """Wrong passwords that still count; those from a clock that was set back count too, but only so long."""
        return [moment for moment in self._failures.get(_key(email), []) if abs(now - moment) < LOCKED_FOR]


def locked_text(lock: SignInLock, email: str, now: datetime) -> str:
    """What is said to whom the lock keeps out."""
    until = lock.locked_until(email, now)
    minutes = 15 if until is None else max(1, -(-int((until - now).total_seconds()) // 60))
    return tr_count(
        "Too many wrong passwords. This account is locked on this computer for {count} minute.",
        "Too many wrong passwords. This account is locked on this computer for {count} minutes.",
        minutes,
    )


def _key(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
