"""The questions of a page, as a teacher types them."""

from __future__ import annotations

import re
from collections.abc import Collection

from mv_desktop.core.errors import InvalidError

_PART = re.compile(r"(\d{1,4})(?:\s*[-–—]\s*(\d{1,4}))?")
_BETWEEN = " \t,;."


def parse_question_numbers(text: str, known: Collection[int]) -> tuple[int, ...]:
    """The numbers that `text` names, rising and each once: "21, 22-24" or "21 22 24"; () when it names none.

    Args:
        text: numbers and ranges, with commas or spaces between them.
        known: the numbers there are.

    Raises:
        InvalidError: something is not a number, a range runs backwards, or there is no such question.
    """
    text = text.strip(_BETWEEN)
    found: set[int] = set()
    place = 0
    while place < len(text):
        part = _PART.match(text, place)
        if part is None:
            raise InvalidError(f"“{text[place:]}” is not a question number.", remedy="Type numbers such as 21, 23-25.")
        first, last = int(part[1]), int(part[2] or part[1])
        if first > last:
            raise InvalidError(f"“{part[0]}” runs backwards.", remedy=f"Type {last}-{first}.")
        missing = [number for number in range(first, last + 1) if number not in known]
        if missing:
            raise no_such_question(missing[0], known)
        found.update(range(first, last + 1))
        place = len(text) - len(text[part.end() :].lstrip(_BETWEEN))
    return tuple(sorted(found))


def no_such_question(number: int, known: Collection[int]) -> InvalidError:
    """What is said of a question that the paper has not.

    Args:
        number: which was asked for.
        known: the numbers there are.
    """
    return InvalidError(f"This paper has no written question {number}.", remedy=f"Its questions are {_range(known)}.")


def _range(numbers: Collection[int]) -> str:
    return f"{min(numbers)} to {max(numbers)}" if numbers else "none"
