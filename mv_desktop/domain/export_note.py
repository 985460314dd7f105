"""What the audit log says of a list, a report or a paper that somebody writes out of the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mv_desktop.domain.record import Wanted
from mv_desktop.domain.report import Span

LONGEST = 200
"""So many characters of a filter are noted."""
WORDS, FIRST_DAY, LAST_DAY = "words", "first_day", "last_day"
"""What filters are called in the log: what was typed to look for something, and days, which are written 2026-01-31."""


class ExportFormat(StrEnum):
    """What it was written as."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    PNG = "png"
    SVG = "svg"
    PRINT = "print"
    """On paper, by a printer."""


@dataclass(frozen=True, slots=True)
class ExportNote:
    """Of what it is.

    Attributes:
        what: as the server names it: "student", "report.pace", "insight.units".
        filters: what it was narrowed to, by the name of a filter.
    """

    what: str
    filters: Mapping[str, str] = field(default_factory=dict)


def list_note(kind: str, wanted: Wanted) -> ExportNote:
    """Of a list of the office.

    Args:
        kind: the list's, "student".
        wanted: what is listed.
    """
    said = {WORDS: wanted.words.strip(), **wanted.choices}
    return ExportNote(kind, {name: value[:LONGEST] for name, value in said.items() if value})


def days_note(what: str, span: Span | None, **more: str) -> ExportNote:
    """Of a report or a dashboard.

    Args:
        what: as `ExportNote.what`.
        span: its days; None where it is of all.
        more: other filters; those that are "" are left out.
    """
    days = {} if span is None else {FIRST_DAY: span.first.isoformat(), LAST_DAY: span.last.isoformat()}
    return ExportNote(what, days | {name: value for name, value in more.items() if value})


def paper_note(template: str) -> ExportNote:
    """Of a paper with the questions of an exam, made from the template of this name."""
    return ExportNote("paper", {"template": template[:LONGEST]} if template else {})
