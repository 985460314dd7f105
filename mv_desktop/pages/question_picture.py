"""Pictures of questions: checked like answer sheets, in a process of their own, but told in words about pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from mv_desktop.core.process import own_command
from mv_desktop.pages.answer import CheckedFile
from mv_desktop.pages.child import TIDY
from mv_desktop.pages.intake import check
from mv_desktop.pages.kind import Kind
from mv_desktop.pages.limit import MAX_FILE_BYTES, MEBIBYTE, Limits
from mv_desktop.pages.problem import Problem

_NO_PICTURE: Final = "This is no picture that can stand in a question: only PNG and JPEG pictures are taken."
_SENTENCES: Final[Mapping[Problem, str]] = {
    Problem.HEIC: "This is a photo in Apple’s HEIC format: save it as a JPEG, or paste it instead.",
    Problem.OTHER_PICTURE: "This is a picture of another kind: save it as a PNG or JPEG, or paste it instead.",
    Problem.WEB_PAGE: "This is a web page or a drawing in code (SVG), which may run programs: paste it as a picture.",
    Problem.OFFICE: _NO_PICTURE,
    Problem.ARCHIVE: _NO_PICTURE,
    Problem.PROGRAM: "This is a program and no picture; it was not opened.",
    Problem.TEXT: _NO_PICTURE,
    Problem.UNKNOWN: _NO_PICTURE,
    Problem.PICTURE_TRUNCATED: "This picture is incomplete: its end is missing.",
}


def check_question_picture(data: bytes, limits: Limits, *, most_bytes: int = MAX_FILE_BYTES) -> CheckedFile:
    """Check a picture of a question: JPEG or PNG. Never raises because of what is in it."""
    return _told(check(data, limits=limits), most_bytes)


def tidy_question_picture(
    data: bytes, limits: Limits, *, most_bytes: int = MAX_FILE_BYTES, command: Sequence[str] | None = None
) -> CheckedFile:
    """Check a picture and make it anew: upright, on white, no larger than questions need, and without any metadata.

    Its one page's `full` is the new file. Never raises because of what is in the old one.

    Args:
        data: what somebody pasted, dropped or chose.
        limits: what an administrator has set.
        most_bytes: the largest file that is taken.
        command: starts the checking process; this program's own by default.
    """
    if len(data) > most_bytes:
        return _too_large(CheckedFile(Problem.TOO_LARGE, "", "", "", len(data)), most_bytes)
    return _told(check(data, limits=limits, command=command or own_command("_intake", TIDY)), most_bytes)


def _told(checked: CheckedFile, most_bytes: int) -> CheckedFile:
    if checked.ok and checked.mime_type == Kind.PDF:
        return replace(checked, problem=Problem.UNKNOWN, error=_NO_PICTURE, pages=())
    if checked.problem is Problem.TOO_LARGE or checked.size > most_bytes:
        return _too_large(checked, most_bytes)
    if checked.problem is None:
        return checked
    if checked.mime_type == Kind.PDF:
        return replace(checked, error=_NO_PICTURE)
    return replace(checked, error=_SENTENCES.get(checked.problem, checked.error))


def _too_large(checked: CheckedFile, most_bytes: int) -> CheckedFile:
    sentence = Problem.TOO_LARGE.sentence({"mebibytes": most_bytes // MEBIBYTE})
    return replace(checked, problem=Problem.TOO_LARGE, error=sentence, pages=())
