"""The user interface's words, in English and Hindi.

The English sentence is the key: it stands in the source where it is used, and `resources/translations/hi.json`
gives the Hindi for it. A sentence without a translation is shown in English. Content (questions, papers, names) is
never translated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache

from mv_desktop.core.errors import OutdatedError, UserError
from mv_desktop.core.paths import resource
from mv_desktop.core.sentence import Worded, recognised
from mv_desktop.ui.told import TEMPLATES

LANGUAGES: Mapping[str, str] = {"en": "English", "hi": "हिन्दी"}
"""The languages there are, each by its own name."""


class _Words:
    """What is spoken now. One a process, as the language is: set at start-up, before the first widget is made."""

    def __init__(self) -> None:
        self.language = "en"
        self.catalogue: Mapping[str, str] = {}


_words = _Words()


def set_language(language: str) -> None:
    """Speak `language` ("en" or "hi") from now on; widgets that exist keep their words.

    Raises:
        ValueError: the program does not speak it.
    """
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}")
    _words.catalogue = {} if language == "en" else catalogue(language)
    _words.language = language


def language() -> str:
    """The language spoken now: "en" or "hi"."""
    return _words.language


def catalogue(language: str) -> dict[str, str]:
    """English sentence → its translation, as it is shipped for `language`."""
    loaded: dict[str, str] = json.loads(resource("translations", f"{language}.json").read_text(encoding="utf-8"))
    return loaded


def tr(source: str, **values: object) -> str:
    """`source` in the language spoken, with `{name}` replaced by `values`."""
    text = _words.catalogue.get(source, source)
    return text.format(**values) if values else text


def in_every_language(source: str) -> str:
    """`source` as it stands and as the program says it in its other languages: for finding it by words of any."""
    return " ".join(dict.fromkeys((source, *(words.get(source, "") for words in _all_catalogues())))).strip()


@cache
def _all_catalogues() -> tuple[Mapping[str, str], ...]:
    return tuple(catalogue(name) for name in LANGUAGES if name != "en")


def said(words: str) -> str:
    """What another layer said in English, in the language spoken; what it cannot say stays English.

    A `core.sentence.Worded` is translated by its template, and its values are put in afterwards; finished words are
    recognised by the templates of `ui/told.py`, also several sentences in a row.
    """
    if not words or _words.language == "en":
        return words
    parts = words.split("; ")
    if len(parts) > 1 and None not in (known := list(map(_known, parts))):
        return "; ".join(filter(None, known))  # before the whole, of which a value could be several of them
    if (whole := _known(words)) is not None:
        return whole
    if len(parts) > 1:
        return "; ".join(map(said, parts))
    sentences, said_ones, at = _SENTENCE_END.split(words), [], 0
    while at < len(sentences):
        runs = ((end, _known(" ".join(sentences[at:end]))) for end in range(len(sentences), at, -1))
        end, found = next(((end, found) for end, found in runs if found is not None), (at + 1, None))
        said_ones.append(sentences[at] if found is None else found)
        at = end
    return " ".join(said_ones)


_SENTENCE_END = re.compile(r"(?<=[.!?…]) (?=[^a-z])")


def _known(words: str) -> str | None:
    """A sentence in the language spoken; None when there is no translation."""
    sentence = words if words in _words.catalogue else recognised(words, TEMPLATES)
    template = sentence.template if isinstance(sentence, Worded) else str(sentence)
    if template not in _words.catalogue:
        return None
    if not isinstance(sentence, Worded):
        return tr(template)
    return tr(template, **{name: said(str(value)) for name, value in sentence.values.items()})


def error_text(error: UserError) -> str:
    """All of an error in a line, in the language spoken: what happened, what was kept, what to do."""
    return " ".join(filter(None, (said(error.message), said(error.kept), remedy_text(error))))


def remedy_text(error: UserError) -> str:
    """What can be done about an error, in the language spoken; where an admin said so, in her own words."""
    if isinstance(error, OutdatedError) and error.hindi and language() == "hi":
        return error.hindi
    return said(error.remedy)


def numbers_text(numbers: Sequence[int]) -> str:
    """Rising numbers in short: "21, 22", "23–27, 30"; "" for none."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def tr_count(one: str, many: str, count: int, **values: object) -> str:
    """`one` or `many` by `count`, which both may show as `{count}`."""
    return tr(one if count == 1 else many, count=count, **values)
