"""What the command palette reaches beyond the screen one is on: other places, what stands in them, and preferences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from PySide6.QtGui import QAction

from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.preference_table import PREFERENCES, PreferencePage
from mv_desktop.ui.text import in_every_language, tr
from mv_desktop.ui.widgets.command_palette import Entry, Reach, words_of

_LANGUAGES = {"en": "English", "hi": "Hindi"}
"""Their names in English, by which they are looked for, too."""


def elsewhere(places: Mapping[str, Place], here: str, go: Callable[[str], bool]) -> Iterator[Entry]:
    """The commands of the other places, and what stands side by side in any.

    Args:
        places: by name; those without a button on the rail are reached by what they are about.
        here: the place one is at.
        go: leads to a place; False when one is not there then.
    """
    for name, place in places.items():
        if not place.text:
            continue
        for title, show in place.inner.items():
            yield Entry(
                f"{name}:{title}",
                tr(title),
                partial(_there, go, name, show),
                in_every_language(title),
                place.text,
                reach=Reach.ELSEWHERE,
            )
        for action in place.actions.values() if name != here else ():
            if action.isVisible():
                do = partial(_there, go, name, partial(_give, action))
                yield Entry(action.objectName(), action.text(), do, words_of(action), place.text, reach=Reach.ELSEWHERE)


def choices(choose: Callable[[str, str], object], chosen: Callable[[str], str]) -> Iterator[Entry]:
    """Each value of each preference.

    Args:
        choose: takes a preference's key and its value.
        chosen: what is chosen for a key.
    """
    for one in PREFERENCES:
        for value, text in one.choices.items():
            spoken = text if one.key == "language" else tr(text)
            yield Entry(
                f"{one.key}={value}",
                f"{tr(one.text)}: {spoken}",
                partial(choose, one.key, value),
                f"{in_every_language(one.text)} {in_every_language(_LANGUAGES.get(value, text))}",
                tr("chosen") if chosen(one.key) == value else tr("Preferences"),
                reach=Reach.CHOICE,
            )


def pages(those: Iterable[PreferencePage], show: Callable[[str], object]) -> Iterator[Entry]:
    """The pages beside the preferences that no command leads to."""
    for page in those:
        yield Entry(f"page:{page.name}", page.text, partial(show, page.name), "", tr("Preferences"), reach=Reach.CHOICE)


def _there(go: Callable[[str], bool], place: str, do: Callable[[], object]) -> None:
    if go(place):
        do()


def _give(action: QAction) -> None:
    """One is there: it may not be possible just now, which is seen there."""
    if action.isEnabled():
        action.trigger()
