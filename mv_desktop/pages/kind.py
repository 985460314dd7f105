"""What a file is, by its first bytes: its name and what a browser called it are not trusted."""

from __future__ import annotations

from enum import StrEnum

from mv_desktop.pages.problem import FileProblemError, Problem


class Kind(StrEnum):
    """The files that are accepted; the values are their MIME types."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


_PDF_HEADER_WITHIN = 1024
"""Readers of PDF accept some bytes of anything before the header; so do we, after everything else was ruled out."""

_OTHER: tuple[tuple[bytes, Problem], ...] = (
    (b"MZ", Problem.PROGRAM),
    (b"\x7fELF", Problem.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Problem.PROGRAM),
    (b"\xca\xfe\xba\xbe", Problem.PROGRAM),
    (b"#!", Problem.PROGRAM),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Problem.OFFICE),
    (b"{\\rtf", Problem.OFFICE),
    (b"PK\x03\x04", Problem.ARCHIVE),
    (b"PK\x05\x06", Problem.ARCHIVE),
    (b"Rar!", Problem.ARCHIVE),
    (b"7z\xbc\xaf", Problem.ARCHIVE),
    (b"\x1f\x8b", Problem.ARCHIVE),
    (b"BZh", Problem.ARCHIVE),
    (b"\xfd7zXZ\x00", Problem.ARCHIVE),
    (b"GIF8", Problem.OTHER_PICTURE),
    (b"II*\x00", Problem.OTHER_PICTURE),
    (b"MM\x00*", Problem.OTHER_PICTURE),
    (b"BM", Problem.OTHER_PICTURE),
    (b"8BPS", Problem.OTHER_PICTURE),
    (b"AT&TFORM", Problem.OTHER_PICTURE),
    (b"\x00\x00\x00\x0cjP", Problem.OTHER_PICTURE),
    (b"\x00\x00\x00\x0cJXL", Problem.OTHER_PICTURE),
    (b"\xff\x0a", Problem.OTHER_PICTURE),
    (b"%!PS", Problem.OTHER_PICTURE),
)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_OFFICE_PARTS = (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.")


def sniff(data: bytes) -> Kind:
    """The kind of an accepted file.

    Raises:
        FileProblemError: it is empty or something else; the sentence says what, where that can be told.
    """
    if not data:
        raise FileProblemError(Problem.EMPTY)
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"%PDF-"):
        return Kind.PDF
    _refuse_other(data)
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return Kind.PDF
    raise FileProblemError(Problem.TEXT if _is_text(data[:4096]) else Problem.UNKNOWN)


def _refuse_other(data: bytes) -> None:
    if data[4:8] == b"ftyp":
        brands = {data[8:12], *(data[at : at + 4] for at in range(16, 64, 4))}
        raise FileProblemError(Problem.HEIC if brands & _HEIC_BRANDS else Problem.OTHER_PICTURE)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise FileProblemError(Problem.OTHER_PICTURE)
    for magic, problem in _OTHER:
        if data.startswith(magic):
            office = problem is Problem.ARCHIVE and any(part in data[:4096] for part in _OFFICE_PARTS)
            raise FileProblemError(Problem.OFFICE if office else problem)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        raise FileProblemError(Problem.WEB_PAGE)


def _is_text(start: bytes) -> bool:
    for encoding in ("utf-8", "utf-16"):
        try:
            text = start.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding != "utf-8" or error.start < max(1, len(start) - 3):  # a letter may be cut at the end
                continue
            text = start[: error.start].decode(encoding)
        if all(letter.isprintable() or letter.isspace() for letter in text):
            return True
    return False
