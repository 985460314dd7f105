"""What is said of second markings."""

from __future__ import annotations

from datetime import datetime, tzinfo

from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState, format_marks
from mv_desktop.domain.second import SecondDraft, SecondTask
from mv_desktop.ui.marking.sheet.sheet_row import question_name
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.fact_table import Cell, TableRow


def unreadable_text(count: int) -> str:
    """How many drafts this version cannot show."""
    return tr_count(
        "What you typed for {count} marking was written by a newer version of the program; it is kept for that one.",
        "What you typed for {count} markings was written by a newer version of the program; it is kept for that one.",
        count,
    )


HEADINGS = ("Paper", "Questions", "Given", "State")
STRETCHED = 0


def paper_text(class_name: str, title: str) -> str:
    """Which paper it is."""
    return f"{tr('Class')} {class_name} · {title}"


def task_row(task: SecondTask, begun: bool, now: datetime, zone: tzinfo) -> TableRow:  # noqa: FBT001 - a fact
    """A row of what the server gave her."""
    return TableRow(
        task.marking_id,
        (
            Cell(paper_text(task.class_name, task.title)),
            Cell(str(task.questions)),
            Cell(moment(task.given_at, now, zone)),
            _begun() if begun else Cell(tr("new")),
        ),
    )


def draft_row(draft: SecondDraft) -> TableRow:
    """A row of what only this computer knows."""
    gone = Cell(tr("not with you any more"), "warning", "danger")
    paper = Cell(paper_text(draft.class_name, draft.title))
    return TableRow(draft.marking_id, (paper, Cell(""), Cell(""), gone if draft.gone else _begun()))


def draft_lines(draft: SecondDraft) -> str:
    """All that was typed, to be read."""
    lines = [_line(key, given) for key, given in draft.given]
    if draft.comment:
        lines += ["", f"{tr('To the coordinator')}: {draft.comment}"]
    return "\n".join(lines) or tr("Nothing was typed.")


def _begun() -> Cell:
    return Cell(tr("begun on this computer"), "pen", "muted")


def _line(key: MarkKey, given: GivenMark) -> str:
    name = tr("Question {number}", number=question_name(key))
    if given.state is MarkState.NOT_ATTEMPTED:
        words = tr("not attempted")
    elif given.marks is None:
        words = tr("no mark")
    else:
        words = format_marks(given.marks)
    return f"{name}: {words}" + (f" · {given.comment}" if given.comment else "")
