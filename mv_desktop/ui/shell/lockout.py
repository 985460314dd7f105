"""The lock of an account on this computer after too many wrong passwords."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from mv_desktop.core.clock import Clock
from mv_desktop.ui.text import tr_count

LOCKED_FOR = timedelta(minutes=15)


class SignInLock:
    """Counts wrong passwords for each e-mail address and locks it for 15 minutes after too many.

    Addresses are kept as hashes only, so that what is remembered on the disk names nobody. It is remembered by the
    clock that counts from the computer's start, which nobody sets: a wall clock that is put on lifts no lock, not even
    when the program is opened anew.

    Args:
        max_attempts: how many wrong passwords lock (the setting `max_login_attempts`).
        clock: whose moments the other methods are given; needed with `remembered`.
        remembered: what `remembered` gave before the program was closed.
    """

    def __init__(
        self, max_attempts: int = 5, clock: Clock | None = None, remembered: Mapping[str, object] | None = None
    ) -> None:
        self.max_attempts = max_attempts
        self._failures: dict[str, list[datetime]] = {}
        for key, seconds in (remembered or {}).items():
            if clock is not None and isinstance(seconds, list):
                moments = (_moment(text, clock) for text in seconds)
                self._failures[key] = sorted(moment for moment in moments if moment is not None)

    def remembered(self, clock: Clock) -> dict[str, list[str]]:
        """What has to survive a restart: hash of the address → when passwords were wrong, as `clock.elapsed` counts."""
        now, elapsed = clock.now(), clock.elapsed()
        return {
            key: [f"{elapsed - (now - moment).total_seconds():.3f}" for moment in moments]
            for key, moments in self._failures.items()
            if moments
        }

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


def _moment(text: object, clock: Clock) -> datetime | None:
    """When it was, at the earliest.

    A number beyond what the clock counts now is of before the computer was started anew: that long ago at least.
    """
    try:
        then, elapsed = float(str(text)), clock.elapsed()
        ago = elapsed - then if then <= elapsed else elapsed
        return clock.now() - timedelta(seconds=ago)
    except (ValueError, OverflowError):
        return None
