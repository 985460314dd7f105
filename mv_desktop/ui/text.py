"""The user interface's words, in English and Hindi.

The English sentence is the key: it stands in the source where it is used, and `resources/translations/hi.json`
gives the Hindi for it. A sentence without a translation is shown in English. Content (questions, papers, names) is
never translated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from mv_desktop.core.paths import resource
from mv_desktop.core.sentence import Worded

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


def said(sentence: str) -> str:
    """What another layer said in English, in the language spoken.

    A `core.sentence.Worded` is translated by its template, and its values are put in afterwards, those that are
    sentences themselves translated as well; any other sentence is looked up as it stands.
    """
    if not isinstance(sentence, Worded):
        return tr(sentence) if sentence else ""
    values = {name: said(value) if isinstance(value, Worded) else value for name, value in sentence.values.items()}
    return tr(sentence.template, **values)


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
