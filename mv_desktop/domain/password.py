"""How good a password is, said honestly: what makes one easy to guess, and never more than that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

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

    Args:
        password: the new one.
        old: the one that it takes the place of.
        known: what others know of the person: her e-mail address and her names.
    """
    folded = password.casefold()
    if not password:
        return Judgement(allowed=False, why=Worded("At least {count} characters.", count=LEAST))
    if password == old:
        return Judgement(allowed=False, why="It is the old one.")
    if len(password) < LEAST:
        return Judgement(
            allowed=False,
            why=Worded("Too short: {length} of at least {count} characters.", length=len(password), count=LEAST),
        )
    for word in sorted(_parts(known), key=len, reverse=True):
        if word in folded and len(folded) - len(word) < LEAST:
            return Judgement(allowed=False, why=Worded("It holds “{word}”, which others know of you.", word=word))
    if len(set(folded)) < _RUN:
        return Judgement(allowed=False, why="It repeats the same few characters.")
    if _without_rows(folded) < _RUN:
        return Judgement(allowed=False, why="It is a row of the keyboard or the alphabet.")
    if _is_common(folded):
        return Judgement(allowed=False, why="It is one of the commonest passwords, or nearly one: it is tried first.")
    if len(password) < GOOD:
        return Judgement(allowed=True, why="It will do. Longer is better: four words that have nothing in common.")
    return Judgement(allowed=True, why="It is long, and nothing in it is easy to guess.")


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
