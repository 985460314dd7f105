"""What a person can set for herself on this computer, declared once: the dialog and the checks are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from mv_desktop.ui.text import LANGUAGES


@dataclass(frozen=True, slots=True)
class Preference:
    """One thing to choose.

    Attributes:
        key: its name where it is kept.
        text: what is chosen, in English.
        choices: value → what it is called, in English (languages by their own names).
        default: the value until something is chosen.
        note: what should be known about it, in English, "" when nothing.
        section: under which heading it stands, one of `SECTIONS`.
    """

    key: str
    text: str
    choices: Mapping[str, str]
    default: str
    note: str = ""
    section: str = "look"


@dataclass(frozen=True, slots=True)
class PreferencePage:
    """A page beside the preferences, for what is more than a choice.

    Attributes:
        name: by which it is asked for.
        text: its heading, in the language spoken.
        make: builds it, with the widget it belongs to.
    """

    name: str
    text: str
    make: Callable[[QWidget], QWidget]


SECTIONS: Mapping[str, str] = {"look": "Look", "marking": "Marking"}
"""The headings, in their order: name → in English. One without preferences is not shown."""

PREFERENCES: tuple[Preference, ...] = (
    Preference(
        "theme",
        "Colours",
        {"system": "As the desktop", "light": "Light", "dark": "Dark", "contrast": "High contrast"},
        "system",
    ),
    Preference("text_scale", "Text size", {"normal": "Normal", "large": "Large", "largest": "Largest"}, "normal"),
    Preference("language", "Language", LANGUAGES, "en", "The language changes when the program is started again."),
    Preference(
        "pace",
        "Time on a script",
        {"shown": "Shown", "hidden": "Hidden"},
        "shown",
        "Only you see it; it stays on this computer.",
        section="marking",
    ),
    Preference(
        "page_memory",
        "Memory for pages",
        {"128": "128 MB", "256": "256 MB", "512": "512 MB", "1024": "1 GB"},
        "256",
        "More shows pages at once that you come back to; less leaves more to other programs.",
        section="marking",
    ),
    Preference(
        "page_space",
        "Space for pages on the disk",
        {"1": "1 GB", "2": "2 GB", "4": "4 GB", "8": "8 GB", "16": "16 GB"},
        "4",
        "When it is used up, finished scripts go first, then the least urgent. Scripts in work stay.",
        section="marking",
    ),
)

BY_KEY: Mapping[str, Preference] = {preference.key: preference for preference in PREFERENCES}


class Preferences:
    """What this person chose, kept in Qt's settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def value(self, key: str) -> str:
        """What was chosen for `key`; the default when nothing valid was.

        Raises:
            KeyError: there is no such preference.
        """
        preference = BY_KEY[key]
        kept = self._settings.value(f"preference/{key}", preference.default, type=str)
        return str(kept) if kept in preference.choices else preference.default

    def choose(self, key: str, value: str) -> None:
        """Keep `value` for `key`.

        Raises:
            KeyError: there is no such preference.
            ValueError: it cannot have this value.
        """
        if value not in BY_KEY[key].choices:
            raise ValueError(f"preference {key!r} cannot be {value!r}")
        self._settings.setValue(f"preference/{key}", value)
