"""Sentences that know how they were made, so that the user interface can say them in another language.

What goes wrong is told in English by the layer in which it went wrong. The English template is the key of its
translation (`ui/text.py`); the values are put in after translating. A sentence without values is its own template.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from functools import cache


class Worded(str):  # noqa: SLOT000 - slots of a string cannot hold anything
    """An English sentence made from a template; everywhere else an ordinary string.

    Args:
        template: English, with ``{name}`` for each value.
        values: what is put in; a value may be a `Worded` itself.

    Attributes:
        template, values: as they were given.

    Raises:
        KeyError: the template names a value that is not given.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, **values: object) -> Worded:
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.template, dict(self.values))


def recognised(text: str, templates: Iterable[str]) -> str:
    """`text`, which was kept or sent as plain words, as the `Worded` that it once was.

    Args:
        text: the words.
        templates: of all sentences that it may be.

    Returns:
        A `Worded`, or `text` itself when no template fits.
    """
    if isinstance(text, Worded):
        return text
    fitting = [template for template in templates if _pattern(template).fullmatch(text)]
    if not fitting:
        return text
    template = max(fitting, key=_literal)  # the one that leaves least to the values
    match = _pattern(template).fullmatch(text)
    return text if match is None else Worded(template, **match.groupdict())


def _again(template: str, values: dict[str, object]) -> Worded:
    return Worded(template, **values)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name is not None:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
            seen.add(name)
    return re.compile("".join(parts), re.DOTALL)


def _literal(template: str) -> int:
    return sum(len(literal) for literal, _, _, _ in string.Formatter().parse(template))
