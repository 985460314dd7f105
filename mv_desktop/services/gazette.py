"""The holidays that are gazetted in India, by year and state, from the package `holidays`: no network is needed.

Those that go by the moon are worked out ahead and say "(estimated)" in their name until they are gazetted.
"""

from __future__ import annotations

from functools import cache

from mv_desktop.domain.holiday_import import Gazetted

_LANGUAGES = {"en": "en_IN", "hi": "hi"}
_BETWEEN = "; "
"""Between the names of one day."""


@cache
def regions() -> tuple[tuple[str, str], ...]:
    """The states and union territories, code and name, by name."""
    from holidays.countries.india import India

    plain = {code: name for name, code in India.subdivisions_aliases.items() if name.isascii() and len(name) > 2}
    return tuple(sorted(((code, plain.get(code, code)) for code in India.subdivisions), key=lambda pair: pair[1]))


def gazetted(year: int, region: str = "", language: str = "en") -> tuple[Gazetted, ...]:
    """The holidays of a year.

    Args:
        year: of our calendar.
        region: a code of `regions`; "" for those of all of India.
        language: of their names, "en" or "hi".
    """
    from holidays.countries.india import India

    found = India(years=year, subdiv=region or None, language=_LANGUAGES[language])
    return tuple(Gazetted(day, name) for day, names in sorted(found.items()) for name in names.split(_BETWEEN))
