"""The program's one door to the person, as a list of what went through it."""

from __future__ import annotations

from collections.abc import Callable

from mv_desktop.core.errors import UserError


class KeptMessages:
    """A `Messages` that remembers.

    Attributes:
        said: what was done; undos: the buttons beside it.
        told: what went wrong.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.undos: list[Callable[[], object] | None] = []
        self.told: list[UserError] = []

    def say(self, text: str, *, undo: Callable[[], object] | None = None) -> None:
        self.said.append(text)
        self.undos.append(undo)

    def tell(self, error: UserError) -> None:
        self.told.append(error)
