"""How good a password is, said honestly: what makes one easy to guess, and never more than that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mv_desktop.core.sentence import Worded

LEAST = 10
"""Characters. PostgreSQL counts no wrong tries, so a short one could be tried out."""
GOOD = 15

_COMMONEST = frozenset(
    """
    password passw0rd pass admin administrator root user login welcome letmein qwerty qwertyuiop qwerty123 asdfgh
    asdfghjkl zxcvbn zxcvbnm abc abcd abcdef abcdefgh abcdefghij iloveyou loveyou love monkey dragon sunshine princess
    football cricket baseball master shadow superman batman michael jordan hello hellohello secret changeme default
    teacher student school maths mathematics mathvidya vidya india bharat delhi mumbai sachin krishna ganesh shiva
    hanuman sairam jaihind jaishreeram omnamahshivaya namaste computer internet google facebook samsung test testing
    guest temp temporary newpassword mypassword yourpassword correcthorsebatterystaple trustno access starwars
    """.split()  # noqa: SIM905 - a list of a hundred literals is no list to read
)
_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LEET = str.maketrans("013457@$!", "oieastasi")
_RUN = 5
"""So many neighbours on the keyboard or in the alphabet make a row."""
_LOOKED_AT = 40
"""Characters of a password that are estimated: that takes up to 25 milliseconds, and what is longer is no weaker."""
_GUESSES = 8
"""Powers of ten: so many guesses must be needed. Each is a new connection to the server, which it may slow down."""

_ONE_WORD = "One word or name is soon guessed, also with digits after it: take several."
_ROW = "It is a row of the keyboard or the alphabet."
_NEAR_COMMON = "It is close to a password that many people use."
_REPEATS = "It repeats itself."
_DATE = "Dates and years are soon guessed."
_STILL_EASY = "It is still easy to guess: take more words that have nothing in common."
_REASONS = {"spatial": _ROW, "sequence": _ROW, "repeat": _REPEATS, "date": _DATE, "regex": _DATE}
"""What is wrong with the longest part of a password, by the estimator's names of patterns."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a password.

    Attributes:
        allowed: it can be used.
        why: the reason, a sentence in English.
    """

    allowed: bool
    why: str


def judge(password: str, old: str = "", known: Iterable[str] = ()) -> Judgement:
    """Whether `password` can be used, and why not or what would be better.

    The first time it imports zxcvbn, which takes a tenth of a second: the program does so ahead.

    Args:
        password: the new one.
        old: the one that it takes the place of.
        known: what others know of the person: her e-mail address and her names.
    """
    if refused := _refusal(password, old, tuple(known)):
        return Judgement(allowed=False, why=refused)
    if len(password) < GOOD:
        return Judgement(allowed=True, why="It will do. Longer is better: four words that have nothing in common.")
    return Judgement(allowed=True, why="It is long, and nothing in it is easy to guess.")


def _refusal(password: str, old: str, known: tuple[str, ...]) -> str:
    """What keeps `password` from being used, or ""; what is quickly seen comes first."""
    folded = password.casefold()
    if not password:
        return Worded("At least {count} characters.", count=LEAST)
    if password == old:
        return "It is the old one."
    if len(password) < LEAST:
        return Worded("Too short: {length} of at least {count} characters.", length=len(password), count=LEAST)
    for word in sorted(_parts(known), key=len, reverse=True):
        if word in folded and len(folded) - len(word) < LEAST:
            return Worded("It holds “{word}”, which others know of you.", word=word)
    if len(set(folded)) < _RUN:
        return "It repeats the same few characters."
    if _without_rows(folded) < _RUN:
        return _ROW
    if _is_common(folded):
        return "It is one of the commonest passwords, or nearly one: it is tried first."
    return _soon_guessed(password, known)


def _soon_guessed(password: str, known: Iterable[str]) -> str:
    """Why few guesses find `password`, or ""."""
    from zxcvbn import zxcvbn

    found: dict[str, Any] = zxcvbn(password[:_LOOKED_AT], user_inputs=[*sorted(_parts(known)), *sorted(_COMMONEST)])
    if found["guesses_log10"] >= _GUESSES:
        return ""
    longest = max(found["sequence"], key=lambda match: len(match["token"]))
    if longest["pattern"] == "dictionary":
        return _NEAR_COMMON if longest["dictionary_name"] == "passwords" else _ONE_WORD
    return _REASONS.get(longest["pattern"], _STILL_EASY)


def _parts(known: Iterable[str]) -> set[str]:
    """The words in what is known of a person that are long enough to be recognised."""
    return {part for text in known for part in re.split(r"[^\w]+", text.casefold()) if len(part) >= 4}


def _is_common(folded: str) -> bool:
    """It is a common password but for digits and signs around it, and signs in the place of letters."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    stems = {re.sub(r"[\W\d_]+", "", word) for word in (folded, core, core.translate(_LEET))}
    return any(stem in _COMMONEST or any(common * 2 == stem for common in _COMMONEST) for stem in stems)


def _without_rows(folded: str) -> int:
    """How many characters are left when rows of neighbours, forwards or backwards, count as nothing."""
    left, at = 0, 0
    while at < len(folded):
        run = max((_run(folded[at:], row) for row in (*_ROWS, *(row[::-1] for row in _ROWS))), default=1)
        if run >= _RUN - 1:
            at += run
        else:
            left += 1
            at += 1
    return left


def _run(text: str, row: str) -> int:
    """How many characters at the beginning of `text` stand in `row` one after the other."""
    start = row.find(text[0])
    if start < 0:
        return 0
    length = 0
    for one, other in zip(text, row[start:], strict=False):
        if one != other:
            break
        length += 1
    return length
