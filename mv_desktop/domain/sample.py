"""Which completed scripts are marked a second time, and what there is to say of those that are."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import StrEnum

from mv_desktop.domain.identifier import EvaluationId


class Why(StrEnum):
    """Why a script is marked a second time."""

    FIRST = "first"
    SHARE = "share"
    ASKED = "asked"


class Standing(StrEnum):
    """How far a sample is: nobody has it, somebody has it, both markings are there."""

    WAITING = "waiting"
    GIVEN = "given"
    MARKED = "marked"


@dataclass(frozen=True, slots=True)
class SampleRule:
    """By what is decided.

    Attributes:
        first: so many of a teacher's first scripts are always taken.
        percent: of the later ones, 0 to 100.
        key: a secret of the server's. The same script with the same key is always decided alike; whoever does not have
            the key cannot tell which scripts are taken.
    """

    first: int
    percent: int
    key: bytes


def chosen(rule: SampleRule, evaluation: EvaluationId, place: int) -> Why | None:
    """Why a completed script is marked a second time; None when it is not.

    Args:
        rule: the server's.
        evaluation: the script.
        place: the how-manieth of its teacher's completed scripts it is, from 1.
    """
    if place <= rule.first:
        return Why.FIRST
    drawn = int.from_bytes(hmac.digest(rule.key, evaluation.bytes, "sha256")[:8], "big")
    return Why.SHARE if drawn * 100 < rule.percent << 64 else None
