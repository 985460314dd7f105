"""Views of lists, kept in memory."""

from __future__ import annotations

from collections.abc import Sequence

from mv_desktop.domain.saved_view import SavedView, Views


class FakeViews:
    """A `ViewKeeper` that outlives screens."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[str, str], SavedView] = {}

    def kept(self, kind: str) -> Views:
        return tuple(view for (of, _), view in sorted(self.by_key.items()) if of == kind)

    def change(self, kind: str, gone: Sequence[str], put: Sequence[SavedView]) -> None:
        for key in gone:
            del self.by_key[kind, key]
        self.by_key |= {(kind, view.key): view for view in put}
