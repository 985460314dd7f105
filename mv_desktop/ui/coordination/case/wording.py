"""What is said of a case, in the words of who coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from mv_desktop.domain.adjustment import Adjustment, FaultProposal
from mv_desktop.domain.case import CASE_WORDS, Case, CaseFile, CaseKind, CaseScript
from mv_desktop.domain.flag import FLAG_WORDS, Spot
from mv_desktop.domain.hand_back import HAND_BACK_WORDS
from mv_desktop.domain.kept_work import KeptQuestion
from mv_desktop.domain.marks import MarkState, format_marks
from mv_desktop.ui.text import numbers_text, tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import moment, whole_moment
from mv_desktop.ui.widgets.fact_table import Cell, TableRow

HEADINGS = ("Kind", "Script", "Teacher", "Due", "Since")
STRETCHED = 2

_SIGNS: Mapping[CaseKind, tuple[str, ColorRole]] = {
    CaseKind.FLAG: ("flag", "soon"),
    CaseKind.HANDED_BACK: ("undo", "soon"),
    CaseKind.WITHDRAWN: ("lock", "muted"),
    CaseKind.KEPT_WORK: ("saved", "soon"),
    CaseKind.RESCAN: ("page", "accent"),
    CaseKind.REFUSED_WORK: ("warning", "danger"),
    CaseKind.SCRIPT: ("search", "muted"),
}
_WORK_WORDS: Mapping[str, str] = {
    "reassigned": "The script was given to another teacher",
    "assignment_changed": "The script was assigned anew",
    "completed": "The script was completed already",
    "handed_back": "The script was handed back before",
    "withdrawn": "The script was withdrawn",
    "changed_elsewhere": "Another computer of hers had marked it otherwise",
    "deactivated": "Her account is closed",
    "imported": "It was brought in from a file",
    "never_assigned": "The script was never hers",
    "out_of_range": "Marks that the question does not carry",
    "unknown_question": "The paper has no such question",
    "flag_answered": "A flag was answered already",
    "words_missing": "A reason was missing",
    "not_returned": "The question was not returned",
    "too_large": "A drawing was too large",
    "malformed": "It could not be read",
}

_PROPOSED = {
    Adjustment.AWARD: "Question {number}: {name} proposes to award it, {when}: “{reason}”. An administrator decides.",
    Adjustment.DROP: "Question {number}: {name} proposes to drop it, {when}: “{reason}”. An administrator decides.",
}
_DECIDED = {
    "award": "Question {number}: {name} awarded it, {when}: “{reason}”",
    "drop": "Question {number}: {name} dropped it, {when}: “{reason}”",
    "none": "Question {number}: {name} let it count as it was marked, {when}: “{reason}”",
    "declined": "Question {number}: {name} declined what was proposed, {when}: “{reason}”",
}


def kind_text(kind: CaseKind) -> str:
    """What a kind is called."""
    return tr(CASE_WORDS[kind])


def case_text(case: Case) -> str:
    """What a case is called: a rescan that came otherwise than one that did not."""
    return kind_text(case.kind) if case.answer is None else tr("Rescan came")


def case_row(case: Case, now: datetime, zone: tzinfo) -> TableRow:
    """A case as a line of the list."""
    icon, role = _SIGNS[case.kind]
    script = case.script
    due = Cell("–", role="muted")
    if script is not None and script.due is not None:
        at = moment(script.due, now, zone)
        late = script.breached and not script.completed
        whole = tr("Due {due}", due=whole_moment(script.due, zone))
        due = Cell(at, "warning", "danger", f"{tr('Breached')}: {at}\n{whole}") if late else Cell(at, tip=whole)
    if case.answer is not None:
        role = "soon"
    cells = (
        Cell(case_text(case), icon, role),
        Cell("–" if script is None else script.code),
        Cell(case.by if script is None or not script.teacher else script.teacher),
        due,
        Cell(moment(case.since, now, zone), tip=whole_moment(case.since, zone)),
    )
    return TableRow(case.key, cells)


def facts(case: Case, file: CaseFile | None, now: datetime, zone: tzinfo) -> tuple[tuple[str, str], ...]:
    """What is so, a name and words each; those that say nothing are left out."""
    script = case.script if file is None else file.script
    lines = [(tr("Why"), reason_text(case)), (tr("In their words"), case.words), (tr("Where"), place_text(case))]
    if case.kind is not CaseKind.SCRIPT:
        lines.append((tr("Said by"), f"{case.by}, {moment(case.since, now, zone)}"))
    if case.kind is CaseKind.RESCAN:
        lines.append((tr("Rescan"), rescan_text(case, file, now, zone)))
    if script is not None:
        lines += _script_facts(script, now, zone)
    if case.kind is CaseKind.REFUSED_WORK:
        count = tr_count("{count} change", "{count} changes", case.operations)
        lines.append((tr("How much"), f"{count} · {tr_count('{count} script', '{count} scripts', case.scripts)}"))
    if file is not None:
        lines.append((tr("Pages"), _pages_text(file)))
        lines.append((tr("Faulty"), _faults_text(file, now, zone)))
    return tuple((name, words) for name, words in lines if words)


def reason_text(case: Case) -> str:
    """Why it waits."""
    match case.kind:
        case CaseKind.FLAG:
            return tr(FLAG_WORDS[case.reason]) if case.reason in FLAG_WORDS else case.reason
        case CaseKind.HANDED_BACK:
            return tr(HAND_BACK_WORDS[case.reason]) if case.reason in HAND_BACK_WORDS else case.reason
        case CaseKind.KEPT_WORK | CaseKind.REFUSED_WORK:
            parts = case.reason.split("; ")
            return "; ".join(tr(_WORK_WORDS[part]) if part in _WORK_WORDS else part for part in parts)
        case _:
            return case.reason


def place_text(case: Case) -> str:
    """Which page, and where on it."""
    if case.page is None:
        return tr("The whole script") if case.kind is CaseKind.FLAG else ""
    words = tr("Page {page}", page=case.page.label)
    return words if case.spot is None else f"{words}, {_spot_text(case.spot)}"


def rescan_text(case: Case, file: CaseFile | None, now: datetime, zone: tzinfo) -> str:
    """When a rescan was asked for, and whether the student has answered, where the server tells that."""
    asked = tr("asked for {when}", when=moment(case.since, now, zone))
    if case.answer is None:
        told = file is not None and file.opens_pages
        return f"{asked} · {tr('no answer yet')}" if told else asked
    files = tr_count("{count} file", "{count} files", case.answer.files)
    came = tr("answered {when} with {files}", when=moment(case.answer.arrived_at, now, zone), files=files)
    return f"{asked} · {came}"


def mark_text(marks: tuple[Mapping[str, Any], ...], ink: int) -> str:
    """What stands on a question: its marks, the comments, and how much ink."""
    lines = [_one_mark(mark) for mark in marks] or [tr("no mark")]
    lines.append(tr_count("{count} piece of ink", "{count} pieces of ink", ink) if ink else tr("no ink"))
    return "\n".join(lines)


def question_text(question: KeptQuestion) -> str:
    """Which question, and what was decided about it before."""
    words = tr("Question {number}", number=question.number) if question.number else tr("What belongs to no question")
    if question.waiting == 0:
        words += f" ({tr('decided')})"
    return words


def decisions_text(question: KeptQuestion) -> str:
    """What was decided before, by whom and why."""
    told = {"taken": tr("taken"), "declined": tr("declined")}
    return "; ".join(
        f"{told.get(str(one.get('decision')), str(one.get('decision')))}: {one.get('by')}, “{one.get('reason')}”"
        for one in question.decisions
    )


def left_text(left: Mapping[int, str]) -> str:
    """Which questions of kept work were not taken, and why."""
    return "; ".join(
        f"{number}: {tr(_WORK_WORDS[why]) if why in _WORK_WORDS else why}" for number, why in sorted(left.items())
    )


# -- private -------------------------------------------------------------------------------------------------


def _script_facts(script: CaseScript, now: datetime, zone: tzinfo) -> list[tuple[str, str]]:
    state = tr("open")
    if script.completed:
        state = tr("completed")
    elif script.held:
        state = tr("in the pool") if script.held == "handed_back" else tr("withdrawn")
    due = ""
    if script.due is not None:
        due = moment(script.due, now, zone)
        if script.breached:
            due += " · " + (tr("breached, excused") if script.excused else tr("breached"))
    title = f"{tr('Class')} {script.class_name} · {script.title}"
    return [
        (tr("Script"), title),
        (tr("Teacher"), script.teacher),
        (tr("State"), state if script.teacher else tr("nobody had it yet")),
        (tr("Due"), due),
    ]


def _pages_text(file: CaseFile) -> str:
    scans = [sheet.page_number for sheet in file.sheets if sheet.mime_type == "application/pdf"]
    parts = [numbers_text([sheet.page_number for sheet in file.sheets])]
    if scans:  # each has pages of its own: 1.1, 1.2
        parts.append(tr("with several pages in one PDF: {pages}", pages=numbers_text(scans)))
    out = [sheet.page_number for sheet in file.sheets if sheet.excluded is not None]
    asked = [sheet.page_number for sheet in file.sheets if sheet.rescan is not None]
    if out:
        parts.append(tr("out of the script: {pages}", pages=numbers_text(out)))
    if asked:
        parts.append(tr("rescan asked for: {pages}", pages=numbers_text(asked)))
    return " · ".join(part for part in parts if part)


def _faults_text(file: CaseFile, now: datetime, zone: tzinfo) -> str:
    """Of each question that was proposed as faulty or decided about, what was so last."""
    lines = []
    for question in file.questions:
        fault = question.fault
        if fault is None:
            continue
        said = fault.proposal or fault.decisions[-1]
        template = _PROPOSED[said.adjustment] if isinstance(said, FaultProposal) else _DECIDED[said.decision]
        when = moment(said.at, now, zone)
        lines.append(tr(template, number=question.number, name=said.by, when=when, reason=said.reason))
    return "\n".join(lines)


def _spot_text(spot: Spot) -> str:
    rows = (tr("at the top"), tr("in the middle"), tr("at the foot"))
    columns = (tr("left"), tr("centre"), tr("right"))
    return f"{rows[min(2, int(spot.y * 3))]}, {columns[min(2, int(spot.x * 3))]}"


def _one_mark(mark: Mapping[str, Any]) -> str:
    side = f"({mark['alternative']}) " if mark.get("alternative") else ""
    if mark.get("kind") == "mark.clear" or mark.get("state") == MarkState.FOLLOWS_STAMPS:
        words = tr("the sum of the stamps")
    elif mark.get("state") == MarkState.NOT_ATTEMPTED:
        words = tr("not attempted")
    else:
        words = _decimal_text(mark.get("marks"))
    comment = mark.get("comment")
    return side + words + (f" “{comment}”" if comment else "")


def _decimal_text(value: object) -> str:
    try:
        return format_marks(Decimal(str(value)))
    except InvalidOperation:
        return str(value)
