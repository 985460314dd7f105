"""The sheets of a script as who coordinates sees them: what was done to each, by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mv_desktop.domain.identifier import PageRef


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody did to a page, and why; `key` names a request for a rescan."""

    reason: str
    by: str
    at: datetime
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class PageVersion:
    """A file that took a page's place; `restores` is the number of the version that it brought back."""

    number: int
    page_id: UUID
    restores: int | None
    noted: Noted


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, or one PDF, of a script.

    Attributes:
        page_id: names it as it is now.
        upload_id: the student's upload, for which rescans are uploaded.
        page_number: its place in the script.
        version: 1 is the upload itself.
        mime_type: of the file that it shows now.
        checked: the worker has looked at that file.
        problem: why it cannot be shown, or "".
        versions: what took its place, oldest first.
        excluded: since when it is out of the script; None: it is in.
        rescan: what the student was asked for and has not answered.
        ink: the annotations on it, and on which version each was last placed.
        size: of the file that it shows now, in bytes; None while not known.
        sha256: of that file, in hexadecimal; None while the worker has not looked at it.
        came: this is a rescan that the student sent, which stands in no page's place yet.
    """

    page_id: UUID
    upload_id: UUID
    page_number: int
    version: int
    mime_type: str
    checked: bool
    problem: str
    versions: tuple[PageVersion, ...]
    excluded: Noted | None
    rescan: Noted | None
    ink: Mapping[UUID, int]
    size: int | None = None
    sha256: str | None = None
    came: bool = False


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as it can be painted.

    Attributes:
        page: which one; of a PDF several have the sheet's number.
        width, height: in pixels, upright.
        data: a JPEG or PNG that a process of its own has looked at.
    """

    page: PageRef
    width: int
    height: int
    data: bytes
