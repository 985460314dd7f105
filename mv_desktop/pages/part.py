"""What has come of a file that is being fetched."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Part:
    """What has come of a file so far.

    Attributes:
        data: from its beginning.
        etag: which version of the file that is, "" when the store did not say.
    """

    data: bytearray = field(default_factory=bytearray)
    etag: str = ""

    def clear(self) -> None:
        """Begin anew."""
        self.data.clear()
        self.etag = ""
