"""What a person looks for in a list again and again, kept under names of her own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mv_desktop.domain.record import Fault, Wanted

LONGEST_NAME = 60
MOST_VIEWS = 50


@dataclass(frozen=True, slots=True)
class SavedView:
    """One of them.

    Attributes:
        name: no two views of a list are called the same, whatever the case.
        wanted: what is looked for; days that move with the calendar by what they are called.
        first: it is looked through when the list is first shown; one of them at most.
    """

    name: str
    wanted: Wanted
    first: bool = False

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return self.name.casefold()


Views = tuple[SavedView, ...]
"""Those of one list, in the order of their names."""


def name_fault(name: str, views: Sequence[SavedView], before: str | None = None) -> Fault | None:
    """What is wrong with a name; None when nothing is.

    Args:
        name: what a view is to be called.
        views: those there are.
        before: what it is called now; None where what is looked for is kept under the name, be there one or not.
    """
    plain = plain_name(name)
    if not plain:
        return Fault("name", "Give the view a name.")
    if len(plain) > LONGEST_NAME:
        return Fault("name", "The name of a view has at most 60 characters.")
    taken = {view.key for view in views}
    if before is None:
        if len(views) >= MOST_VIEWS and plain.casefold() not in taken:
            return Fault("name", "A list has at most 50 views. Remove one first.")
    elif plain.casefold() != before.casefold() and plain.casefold() in taken:
        return Fault("name", "Another view has this name.")
    return None


def plain_name(name: str) -> str:
    """A name with single blanks between its words and none around it."""
    return " ".join(name.split())


def kept(views: Sequence[SavedView], name: str, wanted: Wanted) -> Views:
    """With this under the name, in place of what was kept under it."""
    new = SavedView(plain_name(name), wanted)
    was_first = any(view.first for view in views if view.key == new.key)
    return _sorted([*(view for view in views if view.key != new.key), replace(new, first=was_first)])


def renamed(views: Sequence[SavedView], before: str, name: str) -> Views:
    """With another name for one of them."""
    return _sorted([replace(view, name=plain_name(name)) if view.key == before.casefold() else view for view in views])


def without(views: Sequence[SavedView], name: str) -> Views:
    """Without one of them."""
    return tuple(view for view in views if view.key != name.casefold())


def turned_first(views: Sequence[SavedView], name: str) -> Views:
    """With this one first, or none where it was."""
    return tuple(replace(view, first=view.key == name.casefold() and not view.first) for view in views)


def first(views: Sequence[SavedView]) -> SavedView | None:
    """The one that is looked through when the list is first shown."""
    return next((view for view in views if view.first), None)


def looked_through(views: Sequence[SavedView], wanted: Wanted) -> SavedView | None:
    """The one that looks for just this; nothing looks for everything."""
    if not wanted.words and not wanted.choices:
        return None
    return next((view for view in views if view.wanted == wanted), None)


def _sorted(views: Sequence[SavedView]) -> Views:
    return tuple(sorted(views, key=lambda view: view.key))
