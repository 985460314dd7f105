"""How large an uploaded file may be, and how much may be spent on looking at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MEBIBYTE = 1 << 20

MAX_FILE_BYTES = 5 * MEBIBYTE
"""The largest file that is looked at (the database refuses larger uploads too)."""

MAX_PAGES = 100
"""The most pages of one PDF."""

MAX_MEGAPIXELS = 60
"""The largest page, in millions of pixels."""

MAX_FILE_MEGAPIXELS = 600
"""All pictures inside one PDF together: a small picture repeated on each page can be a bomb as well."""

MEMORY_BYTES = 1 << 30
"""What the checking process may use: it limits itself where the system can do that, and `intake` watches it."""

ANSWER_BYTES = 128 * MEBIBYTE
"""The most that the checking process may answer."""

TIMEOUT_S = 8.5
"""How long one check may take. With the start of a program around it, it stays under ten seconds."""

DPI = 200
"""What a page of a PDF is rendered at, unless it is so large or one of so many that less must do."""

RENDERED_PAGE_MEGAPIXELS = 12
RENDERED_FILE_MEGAPIXELS = 130
"""A rendered page, and all rendered pages of one file together: 33 A4 pages at 200 dpi, 100 at 115 dpi."""

JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that an administrator may set differently.

    Attributes:
        pages: the most pages of one PDF.
        megapixels: the largest page, in millions of pixels.
        memory_bytes: for the checking process.
    """

    pages: int = MAX_PAGES
    megapixels: int = MAX_MEGAPIXELS
    memory_bytes: int = MEMORY_BYTES

    def to_json(self) -> dict[str, Any]:
        """As the checking process gets them."""
        return asdict(self)


def page_limits(settings: Mapping[str, Any]) -> Limits:
    """What the server's settings say; the defaults where they say nothing."""
    return Limits(
        pages=int(settings.get("max_pages_per_script", MAX_PAGES)),
        megapixels=int(settings.get("max_page_megapixels", MAX_MEGAPIXELS)),
    )
