"""Which versions of the program may still work with the server, and what the others are told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LONGEST_MESSAGE = 500
_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){1,3}")


@dataclass(frozen=True, slots=True)
class Outdated:
    """What the server says to a program that is older than it wants.

    Attributes:
        version: the smallest that may connect.
        since: from which day on.
        refused: that day has come: what was done is taken, and nothing new is given.
        english, hindi: what an admin wrote for whoever reads it; the Hindi may be "".
    """

    version: str
    since: date
    refused: bool
    english: str = ""
    hindi: str = ""

    def message(self, language: str) -> str:
        """What an admin wrote, in that language ("en" or "hi") where she wrote it."""
        return (self.hindi if language == "hi" else "") or self.english


def is_version(words: str) -> bool:
    """Whether it can be a version: "1.4" or "1.4.2"."""
    return _VERSION.fullmatch(words) is not None


def is_day(words: str) -> bool:
    """Whether it is a day as the settings hold one: "2026-12-01"."""
    try:
        return date.fromisoformat(words).isoformat() == words
    except ValueError:
        return False


def is_older(program: str, than: str) -> bool:
    """Whether a program of one version is older than another, as the server counts (`api._is_older`)."""
    return _parts(program) < _parts(than)


def outdated_of(answer: Mapping[str, object] | None) -> Outdated | None:
    """What the server answered; None: nothing is wrong with this program, or the server does not say."""
    if answer is None:
        return None
    message = answer.get("message")
    words = message if isinstance(message, dict) else {}
    return Outdated(
        str(answer["version"]),
        date.fromisoformat(str(answer["from"])),
        bool(answer["refused"]),
        str(words.get("en") or ""),
        str(words.get("hi") or ""),
    )


def _parts(version: str) -> tuple[int, ...]:
    """Its numbers, as many as there can be; what stands behind them, such as "rc1", does not count."""
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    numbers = [int(part[:9]) for part in found[0].split(".")[:4]] if found else []
    return tuple(numbers + [0] * (4 - len(numbers)))
