"""What can be wrong with an uploaded file, each as one sentence for a teacher, or with its address."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from mv_desktop.core.errors import InvalidError, OfflineError, UserError
from mv_desktop.pages.limit import MAX_FILE_BYTES, MEBIBYTE


class Problem(StrEnum):
    """Why a file cannot be shown. The values are stable names for logs, tests and scripts."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    HEIC = "heic"
    OTHER_PICTURE = "other_picture"
    WEB_PAGE = "web_page"
    OFFICE = "office"
    ARCHIVE = "archive"
    PROGRAM = "program"
    TEXT = "text"
    UNKNOWN = "unknown"
    PICTURE_TRUNCATED = "picture_truncated"
    PICTURE_DAMAGED = "picture_damaged"
    PICTURE_EMPTY = "picture_empty"
    PICTURE_HUGE = "picture_huge"
    PDF_TRUNCATED = "pdf_truncated"
    PDF_DAMAGED = "pdf_damaged"
    PDF_PASSWORD = "pdf_password"  # noqa: S105 - the name of a problem
    PDF_EMPTY = "pdf_empty"
    PDF_PAGES = "pdf_pages"
    PDF_PAGE = "pdf_page"
    PDF_PAGE_SHAPE = "pdf_page_shape"
    PDF_HUGE = "pdf_huge"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    ANSWER = "answer"
    CRASHED = "crashed"
    NOT_FOUND = "not_found"
    FOLDER = "folder"
    NOT_A_FILE = "not_a_file"
    UNREADABLE = "unreadable"
    MISLABELLED = "mislabelled"

    def sentence(self, details: Mapping[str, int] | None = None) -> str:
        """The sentence for a teacher; `details` fills in its numbers ("pages", "page", "limit", …)."""
        numbers = {"mebibytes": MAX_FILE_BYTES // MEBIBYTE, **(details or {})}
        return _SENTENCES[self].format_map(numbers)

    @property
    def about_file(self) -> bool:
        """True when the file itself is to blame, so that checking it again would say the same."""
        return self not in _CIRCUMSTANCES


_CIRCUMSTANCES = frozenset({Problem.TIMEOUT, Problem.MEMORY, Problem.CRASHED, Problem.NOT_FOUND, Problem.UNREADABLE})

_SENTENCES: Mapping[Problem, str] = {
    Problem.EMPTY: "This file is empty.",
    Problem.MISLABELLED: (
        "This file is not what its name says; a JPEG ends in .jpg, a PNG in .png and a PDF in .pdf: "
        "rename it and try again."
    ),
    Problem.TOO_LARGE: "This file is larger than {mebibytes} MB, the most that is accepted.",
    Problem.HEIC: (
        "This is a photo in Apple's HEIC format, which is not accepted; the student can send it again as a JPEG or PDF."
    ),
    Problem.OTHER_PICTURE: "This is a picture of another kind; only JPEG, PNG and PDF files are accepted.",
    Problem.WEB_PAGE: "This is a web page or a drawing in code, not a scan; only JPEG, PNG and PDF files are accepted.",
    Problem.OFFICE: "This is an Office document, not a scan; only JPEG, PNG and PDF files are accepted.",
    Problem.ARCHIVE: "This is a compressed folder, not a scan; only JPEG, PNG and PDF files are accepted.",
    Problem.PROGRAM: "This is a program, not a scan; it was not opened.",
    Problem.TEXT: "This file holds text, not a scan; only JPEG, PNG and PDF files are accepted.",
    Problem.UNKNOWN: "This is not a picture or a PDF; only JPEG, PNG and PDF files are accepted.",
    Problem.PICTURE_TRUNCATED: "This picture is incomplete: its end is missing, so it was probably not uploaded fully.",
    Problem.PICTURE_DAMAGED: "This picture is damaged and cannot be shown.",
    Problem.PICTURE_EMPTY: "This picture has no width or no height.",
    Problem.PICTURE_HUGE: "This picture is too large to be opened safely: more than {limit} million pixels.",
    Problem.PDF_TRUNCATED: "This PDF is incomplete: its end is missing, so it was probably not uploaded fully.",
    Problem.PDF_DAMAGED: "This PDF is damaged and cannot be shown.",
    Problem.PDF_PASSWORD: "This PDF is locked with a password, so it cannot be opened.",
    Problem.PDF_EMPTY: "This PDF has no pages.",
    Problem.PDF_PAGES: "This PDF has {pages} pages; at most {limit} are accepted.",
    Problem.PDF_PAGE: "Page {page} of this PDF is damaged and cannot be shown.",
    Problem.PDF_PAGE_SHAPE: "Page {page} of this PDF has a size that cannot be shown.",
    Problem.PDF_HUGE: "The pictures in this PDF are too large to be opened safely (page {page}).",
    Problem.TIMEOUT: "This file took too long to open and was given up.",
    Problem.MEMORY: "This file needs more memory than may be used for one file.",
    Problem.ANSWER: "The pages of this file are too large to be shown.",
    Problem.CRASHED: "This file could not be opened: checking it failed.",
    Problem.NOT_FOUND: "There is no such file.",
    Problem.FOLDER: "This is a folder, not a file.",
    Problem.NOT_A_FILE: "This is not an ordinary file.",
    Problem.UNREADABLE: "This file could not be read.",
}


class FileProblemError(InvalidError):
    """An uploaded file cannot be shown.

    Attributes:
        problem: which of the known problems.
        details: the numbers in its sentence.
    """

    def __init__(self, problem: Problem, **details: int) -> None:
        super().__init__(problem.sentence(details))
        self.problem = problem
        self.details = details
        self.code = problem.value


class AddressExpiredError(UserError):
    """The signed address does not work any more: a new one must be asked for."""

    code = "address_expired"


class WrongContentError(UserError):
    """The store gave something else than the file that was checked."""

    code = "wrong_content"


class WebPageError(OfflineError):
    """A web page answered instead of the store: most often the sign-in of a hotel's or a school's network."""

    code = "web_page"

    def __init__(self) -> None:
        super().__init__(
            "A web page answered instead of the store of answer sheets.",
            kept="Your marks are not affected.",
            remedy="This network may want you to sign in: open a web browser and look.",
        )


class StoppedError(Exception):
    """Nobody wants the file just now; what had come of it is kept."""
