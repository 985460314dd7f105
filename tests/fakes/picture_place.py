"""Pictures behind the office's port, in memory."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

from mv_desktop.core.errors import InvalidError, OfflineError
from mv_desktop.domain.picture import NEW, SeenPicture


class FakePictures:
    """A `PicturePlace`.

    Attributes:
        reachable: False cuts the network.
        kept: what is on this computer, by its SHA-256.
        stored: what is in the store, by its place.
    """

    def __init__(self) -> None:
        self.reachable = True
        self.kept: dict[str, bytes] = {}
        self.stored: dict[str, bytes] = {}

    def take(self, data: bytes) -> str:
        if not data.startswith((b"\x89PNG", b"\xff\xd8")):
            raise InvalidError("This is no picture that can stand in a question: only PNG and JPEG pictures are taken.")
        sha256 = hashlib.sha256(data).hexdigest()
        self.kept[sha256] = data
        return f"{NEW}{sha256}"

    def take_file(self, path: str) -> str:
        return self.take(Path(path).read_bytes())

    def store(self, place: str) -> str:
        if not self.reachable:
            raise OfflineError("The server cannot be reached.")
        sha256 = place.removeprefix(NEW)
        stored = f"s3://school/uploads/question_image/{sha256}.png"
        self.stored[stored] = self.kept[sha256]
        return stored

    def look(self, place: str, question: UUID | None = None) -> SeenPicture:
        del question
        data = self.kept.get(place.removeprefix(NEW)) or self.stored.get(place)
        return SeenPicture(data) if data else SeenPicture(None, "This picture is not in the store.")
