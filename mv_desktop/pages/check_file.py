"""Checks files by name, for people and scripts: ``mv-desktop check-file FILE…``."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any

from mv_desktop.pages.intake import check
from mv_desktop.pages.limit import MAX_FILE_BYTES
from mv_desktop.pages.problem import FileProblemError, Problem

_TYPES = MimeTypes()  # Python's own table: what the computer adds to it would make answers differ
_TYPES.add_type("image/jpeg", ".jfif")


def check_files(paths: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Check files one by one. A file whose ending promises another kind is not ok either.

    Yields:
        For each path ``{"file", "ok", "pages": [{"width", "height", "source"}], "error"}``; `error` is None when
        the file is ok, else a sentence.
    """
    for path in paths:
        try:
            checked = check(read_bounded(path))
        except FileProblemError as error:
            yield {"file": path, "ok": False, "pages": [], "error": error.message}
            continue
        if checked.ok and _mislabelled(path, checked.mime_type):
            yield {"file": path, "ok": False, "pages": [], "error": Problem.MISLABELLED.sentence()}
            continue
        pages = [{"width": page.width, "height": page.height, "source": str(page.source)} for page in checked.pages]
        yield {"file": path, "ok": checked.ok, "pages": pages, "error": checked.error or None}


def read_bounded(path: str) -> bytes:
    """A file's bytes, one more than are accepted at most. Waits for nothing: pipes and devices are not opened.

    Raises:
        FileProblemError: it is no file, or cannot be read.
    """
    try:
        _refuse_other(os.stat(path).st_mode)  # noqa: PTH116 - a Path would hide a NUL in the name
        # between the two looks the name may have come to mean something else
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            _refuse_other(status.st_mode)
            if status.st_size > MAX_FILE_BYTES:
                raise FileProblemError(Problem.TOO_LARGE)
            return file.read(MAX_FILE_BYTES + 1) or b""
    except FileNotFoundError as error:
        raise FileProblemError(Problem.NOT_FOUND) from error
    except (OSError, ValueError) as error:
        raise FileProblemError(Problem.UNREADABLE) from error


def _mislabelled(path: str, mime_type: str) -> bool:
    """True when the name's ending promises something else; many endings, such as that of "scan.v2", promise nothing."""
    kind, packing = _TYPES.guess_type("name" + Path(path).suffix.lower())
    promised = packing or kind
    return promised is not None and promised != mime_type


def _refuse_other(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise FileProblemError(Problem.FOLDER)
    if not stat.S_ISREG(mode):
        raise FileProblemError(Problem.NOT_A_FILE)
