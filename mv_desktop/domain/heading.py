"""Headings of tables: which of those that are known is meant, however it was typed, in English and Hindi."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")

_LONGEST = 200
"""Of what can be a heading; more is not looked at."""
_NO_ASCII_NAME = re.compile(r"[^a-z0-9]+")
_NUKTA = "\u093c"
_NASAL = re.compile("\u0901|[ङञणनम]\u094d(?=[क-म])")
"""What is written as an anusvara as well: हिन्दी is हिंदी, and पाँच is पांच."""
_ANUSVARA = "\u0902"
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PARTS = re.compile(r"[/|\r\n]+|\s(?:या|or)\s")


class Match(NamedTuple):
    """How headings fit what is wanted.

    Attributes:
        whole: no column is missing without which no row means anything.
        known: so many headings are known.
    """

    whole: bool = False
    known: int = 0


Matching = Callable[[Sequence[str]], Match]


def bare(words: str) -> str:
    """What counts of a heading: letters and digits of any script, small.

    In Hindi neither a nukta counts nor how a nasal is written, and digits of all scripts are the same.
    """
    if words.isascii():
        return _NO_ASCII_NAME.sub("", words.casefold())
    # twice: what is small may unfold to what is large, as mathematical letters do, and the other way round
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", words.casefold()).casefold())
    kept = (sign for sign in folded if sign != _NUKTA and unicodedata.category(sign)[0] not in "PZSC")
    plain = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in kept)
    return unicodedata.normalize("NFC", _NASAL.sub(_ANUSVARA, plain))


def meant(heading: str, called: Mapping[str, T]) -> T | None:
    """What a heading names: as it stands, without what stands in brackets, or where all of its parts name the same.

    Parts stand on lines of their own, or have a slash or "or" between them, as in "Explanation / हल".

    Args:
        heading: as it was typed.
        called: by `bare` names.
    """
    if len(heading) > _LONGEST:
        return None
    shorter = _BRACKETS.sub(" ", heading)
    for whole in (heading, shorter):
        if (found := called.get(bare(whole))) is not None:
            return found
    parts = {called.get(bare(part)) for part in _PARTS.split(shorter) if bare(part)}
    return parts.pop() if len(parts) == 1 else None


def by_name(*named: tuple[str, str]) -> dict[str, str]:
    """By `bare` words what they say.

    Args:
        named: a value, and the words that say it, with ", " between them.
    """
    return {bare(words): value for value, names in named for words in names.split(", ")}


def meant_by_cell(text: str, called: Mapping[str, T]) -> T | None:
    """What a cell says by a word that is known, in English, Hindi, or both beside one another.

    Args:
        text: as it was typed.
        called: by `bare` names.
    """
    return meant(text, called) or called.get(bare(re.sub(r"[^\x00-\x7f]+", " ", text)))
