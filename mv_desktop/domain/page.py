"""A page's picture as intake measured it."""

from __future__ import annotations

from mv_desktop.domain.question import Stored


class PageSize(Stored):
    """One entry of `page_files.pages`.

    Attributes:
        width, height: pixels after the EXIF turn.
        source: where the pixels came from, as `pages/intake.py` names it.
    """

    width: int
    height: int
    source: str
