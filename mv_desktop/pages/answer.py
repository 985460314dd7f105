"""What passes between the program and the process that checks a file: one question, one answer, both in bytes.

A question is a JSON header and the file. An answer is any number of page frames and one last frame that says that
all is well or what is wrong; an answer without it comes from a process that died. Each frame is a length, a JSON
header and the bytes that the header announces. Whoever reads an answer believes nothing of it: the process that
wrote it has handled a stranger's file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from mv_desktop.pages.kind import Kind
from mv_desktop.pages.limit import Limits
from mv_desktop.pages.problem import FileProblemError, Problem

_LENGTH = 4
_MAX_HEADER = 4096

Format = Literal["jpeg", "png"]


class Source(StrEnum):
    """Where the pixels of a page came from."""

    IMAGE = "image"
    """An uploaded picture, its bytes unchanged."""
    IMAGE_CONVERTED = "image-converted"
    """An uploaded picture of a kind that screens do not show well (transparent, 16 bits, CMYK), saved as JPEG."""
    PDF_IMAGE = "pdf-image"
    """A page of a PDF that is one photo: its JPEG, unchanged."""
    PDF_RENDERED = "pdf-rendered"


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """One page that can be shown.

    Attributes:
        width, height: pixels of the full picture after its EXIF turn.
        source: a `Source`.
        full: the full picture; a JPEG may carry an EXIF orientation, which the canvas obeys.
        quarter: a JPEG of a quarter of the width and height, already upright.
        pdf_page: the page inside a PDF, from 1; 0 for an image.
    """

    width: int
    height: int
    source: str
    full: bytes
    full_format: Format
    quarter: bytes
    pdf_page: int = 0


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a check found.

    Attributes:
        problem: None when all pages can be shown. `Problem.about_file` tells whether checking again may help.
        error: the problem as one sentence for a teacher; "" when there is none.
        mime_type: what the file really is; "" when it is nothing that is accepted.
        sha256: of the file, in hexadecimal.
        size: of the file, in bytes.
        pages: in order; empty when there is a problem.
    """

    problem: Problem | None
    error: str
    mime_type: str
    sha256: str
    size: int
    pages: tuple[CheckedPage, ...] = ()

    @property
    def ok(self) -> bool:
        """True when every page can be shown."""
        return self.problem is None


def write_question(kind: Kind, limits: Limits, data: bytes) -> bytes:
    """The bytes of a question."""
    return _frame({"kind": kind.value, "limits": limits.to_json()}, data)


def read_question(question: bytes) -> tuple[Kind, Limits, bytes]:
    """The kind of a file, its limits, and the file.

    Raises:
        ValueError: it is not a question.
    """
    header, rest = _header(memoryview(question))
    return Kind(header["kind"]), Limits(**header["limits"]), bytes(rest)


def write_page(page: CheckedPage, *, as_uploaded: bool) -> bytes:
    """The frame of one page; a full picture that is the file itself is not sent back."""
    full = b"" if as_uploaded else page.full
    header = {
        "width": page.width,
        "height": page.height,
        "source": page.source,
        "format": page.full_format,
        "pdf_page": page.pdf_page,
        "as_uploaded": as_uploaded,
        "full": len(full),
        "quarter": len(page.quarter),
    }
    return _frame(header, full, page.quarter)


def write_end(problem: FileProblemError | None, note: str = "") -> bytes:
    """The last frame; `note` is for our log, not for teachers."""
    header: dict[str, Any] = {"end": problem.problem.value if problem else "ok", "note": note[:200]}
    if problem:
        header["details"] = problem.details
    return _frame(header)


def read_answer(answer: bytes | bytearray, data: bytes) -> tuple[CheckedPage, ...]:
    """The pages of an answer about the file `data`.

    Raises:
        FileProblemError: the file cannot be shown, or the process died before its last frame.
    """
    pages: list[CheckedPage] = []
    try:
        for header, body in _frames(memoryview(answer)):
            if "end" in header:
                if header["end"] == "ok":
                    return tuple(pages)
                raise _problem(header)
            pages.append(_page(header, body, data))
    except (ValueError, KeyError, TypeError):
        pass
    raise FileProblemError(Problem.CRASHED)


def read_note(answer: bytes | bytearray) -> str:
    """What the process wants our log to know; "" when it said nothing."""
    try:
        for header, _ in _frames(memoryview(answer)):
            if "end" in header:
                return "".join(letter for letter in str(header.get("note", "")) if letter.isprintable())
    except (ValueError, KeyError, TypeError):
        pass
    return ""


def _frame(header: dict[str, Any], *bodies: bytes) -> bytes:
    text = json.dumps(header).encode()
    return b"".join((len(text).to_bytes(_LENGTH, "big"), text, *bodies))


def _header(view: memoryview) -> tuple[dict[str, Any], memoryview]:
    length = int.from_bytes(view[:_LENGTH], "big")
    end = _LENGTH + length
    if not 0 < length <= _MAX_HEADER or len(view) < end:
        raise ValueError("no frame")
    header = json.loads(bytes(view[_LENGTH:end]))
    if not isinstance(header, dict):
        raise ValueError("no frame")  # noqa: TRY004 - a malformed answer, whatever its type
    return header, view[end:]


def _frames(view: memoryview) -> Iterator[tuple[dict[str, Any], memoryview]]:
    while view:
        header, view = _header(view)
        size = _natural(header.get("full", 0)) + _natural(header.get("quarter", 0))
        if len(view) < size:
            raise ValueError("a frame is cut")
        yield header, view[:size]
        view = view[size:]


def _page(header: dict[str, Any], body: memoryview, data: bytes) -> CheckedPage:
    full_size = _natural(header["full"])
    full = data if header["as_uploaded"] is True else bytes(body[:full_size])
    quarter = bytes(body[full_size:])
    full_format: Format = "png" if header["format"] == "png" else "jpeg"
    magic = b"\x89PNG" if full_format == "png" else b"\xff\xd8\xff"
    width, height = _natural(header["width"]), _natural(header["height"])
    if not (width and height and full.startswith(magic) and quarter.startswith(b"\xff\xd8\xff")):
        raise ValueError("not a page")
    source = Source(header["source"]).value
    return CheckedPage(width, height, source, full, full_format, quarter, _natural(header["pdf_page"]))


def _problem(header: dict[str, Any]) -> FileProblemError:
    details = {str(name): _natural(number) for name, number in dict(header.get("details", {})).items()}
    return FileProblemError(Problem(header["end"]), **details)


def _natural(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a count")
    return value
