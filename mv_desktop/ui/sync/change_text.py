"""A change that the teacher made, in her words: “Question 3: 2½ marks”."""

from __future__ import annotations

from mv_desktop.domain.flag import FLAG_WORDS
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState, format_marks
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    HandBack,
    OpenEvaluation,
    Operation,
    PutAnnotations,
    RaiseFlag,
    SeePage,
    SetMark,
    SubmitEvaluation,
    TagPage,
    WithdrawFlag,
)
from mv_desktop.ui.text import numbers_text, tr, tr_count


def change_text(operation: Operation | None, kind: str) -> str:
    """What was done; `kind` is what the server calls it, for what this version cannot read."""
    match operation:
        case SetMark(key, given):
            return f"{question_text(key)}: {mark_text(given)}"
        case ClearMark(key):
            return f"{question_text(key)}: {tr('the mark taken away')}"
        case PutAnnotations(placed):
            return _ink_text(len(placed), tuple(dict.fromkeys(item.page for item in placed)))
        case DeleteAnnotations(annotation_ids):
            return tr_count("{count} piece of ink deleted", "{count} pieces of ink deleted", len(annotation_ids))
        case SeePage(page):
            return tr("Page {page} read", page=page.label)
        case TagPage(page, numbers):
            return tr("Page {page} answers {questions}", page=page.label, questions=numbers_text(numbers) or "–")
    return _script_text(operation, kind)


def question_text(key: MarkKey) -> str:
    """“Question 3”, “Question 3 (b)”."""
    side = f" ({key.alternative})" if key.alternative else ""
    return tr("Question {number}", number=f"{key.question_number}{side}")


def mark_text(given: GivenMark) -> str:
    """“2½ marks”, “not attempted”, “the sum of the stamps”; with the comment, if there is one."""
    match given.state:
        case MarkState.NOT_ATTEMPTED:
            text = tr("not attempted")
        case MarkState.MARKED if given.marks is not None:
            one = given.marks == 1
            text = tr("{marks} mark" if one else "{marks} marks", marks=format_marks(given.marks))
        case _:
            text = tr("the sum of the stamps")
    return f"{text} · “{given.comment}”" if given.comment else text


def _ink_text(count: int, pages: tuple[PageRef, ...]) -> str:
    where = ", ".join(page.label for page in pages)
    return tr_count("{count} piece of ink on page {pages}", "{count} pieces of ink on page {pages}", count, pages=where)


def _script_text(operation: Operation | None, kind: str) -> str:
    match operation:
        case OpenEvaluation():
            return tr("The script opened")
        case RaiseFlag(_, reason):
            return tr("Flag: {reason}", reason=tr(FLAG_WORDS[reason]) if reason in FLAG_WORDS else reason)
        case WithdrawFlag():
            return tr("A flag withdrawn")
        case SubmitEvaluation(_, total):
            return tr("Submitted with {marks} marks", marks=format_marks(total))
        case HandBack():
            return tr("Handed back")
    return kind
