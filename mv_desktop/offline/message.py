"""What the server's verdicts mean for the teacher, in her words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.returned import Returned


@dataclass(frozen=True, slots=True)
class StoreMessage:
    """Something the teacher should know, kept until she has read it.

    Attributes:
        evaluation_id: the script it is about, or None.
        kind: "held", "kept", "refused", "conflict", "moved", "returned", "set_aside",
            "rescued" or "disk".
        questions: question numbers to jump to, the first first.
        script_code: what the script is called, "" where it is about none.
    """

    message_id: int
    evaluation_id: EvaluationId | None
    kind: str
    text: str
    questions: tuple[int, ...]
    made_at: datetime
    script_code: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence for the teacher, and the questions it is about."""

    text: str
    questions: tuple[int, ...] = ()


NO_CODE = "a script"
"""What a script is called that is not on this computer."""
DISK_FULL = (
    "The disk is full. Your last change is saved, in room that was kept for that. Free some space now: there is only "
    "room for a short while."
)
FILE_DAMAGED = "The file with your work on this computer was damaged."

_KEPT = {
    "reassigned": "{code} was given to another teacher. What you marked was kept and is offered to your coordinator.",
    "assignment_changed": "{code} was assigned anew. What you marked before was kept.",
    "completed": "{code} was already completed. What you marked afterwards was kept and changes nothing.",
    "handed_back": "{code} was handed back before. What you did on it afterwards was kept and changes nothing.",
    "withdrawn": "{code} was taken out of marking by your coordinator. What you marked was kept.",
    "changed_elsewhere": "A mark on {code} was kept and does not count: another computer of yours had marked the "
    "question otherwise before. Look at the question again.",
    "deactivated": "Your account is closed. What you marked was kept.",
    "imported": "What you marked on {code} was brought in from a file and kept; your coordinator decides about it.",
}
_REFUSED = {
    "never_assigned": "{code} is not assigned to you, so the server did not take a change. (Code: never assigned)",
    "out_of_range": "The server did not take a mark on {code}: it is not between 0 and the marks possible, "
    "or not in steps of ½.",
    "unknown_question": "The server did not take a change on {code}: the paper has no such question.",
    "flag_answered": "A flag on {code} was not withdrawn: your coordinator has answered it already.",
    "words_missing": "The server did not take {code} back: it needs to know why, in your words.",
    "not_returned": "A change on {code} was not taken: that question was not returned to you, "
    "so its marks stay as they were.",
    "too_large": "The server did not take a drawing on {code}: it is too large.",
}


def telling(verdict: str, reason: str | None, detail: Mapping[str, Any] | None, code: str, kind: str) -> Telling | None:
    """What to tell of an answer; None when there is nothing to tell.

    Args:
        verdict: the server's verdict.
        reason: its reason, a short word.
        detail: what it added.
        code: the script's code.
        kind: the operation's kind.
    """
    told = _telling(verdict, reason, detail, code, kind)
    return told if told is None else replace(told, text=told.text[:1].upper() + told.text[1:])


def _telling(
    verdict: str, reason: str | None, detail: Mapping[str, Any] | None, code: str, kind: str
) -> Telling | None:
    match verdict:
        case "kept" if reason == "reassigned" and detail and detail.get("teacher"):
            return Telling(moved(code, str(detail["teacher"])))
        case "kept":
            text = _KEPT.get(reason or "", "The server kept a change on {code} without applying it ({reason}).")
            return Telling(text.format(code=code, reason=reason))
        case "refused":
            other = "The server did not take a change on {code} ({kind}: {reason}). It is kept in your journal."
            return Telling(_REFUSED.get(reason or "", other).format(code=code, kind=kind, reason=reason))
        case "conflict":
            told = f"{code} was marked otherwise on your other computer. "
            number = (detail or {}).get("question_number")
            numbers = () if number is None else (int(number),)
            return Telling(f"{told}Decide which mark counts; then it can be submitted.", numbers)
        case "applied" if detail and detail.get("stayed"):
            return Telling(_STAYED.format(code=code))
        case "held":
            return _held(reason, detail or {}, code)
    return None


def damaged(code: str) -> Telling:
    """What to tell of an operation whose text was changed on the disk."""
    return Telling(
        f"A change on {code} was damaged on this computer’s disk and is not sent. Look at the script, and do it again."
    )


def returned(code: str, what: Returned) -> Telling:
    """What to tell of questions that are to be marked again."""
    numbers = ", ".join(map(str, what.numbers))
    return Telling(f"{code} was returned to you. To be marked again: {numbers}. Why: {what.reason}", what.numbers)


def moved(code: str, teacher: str = "") -> str:
    """The sentence for a script that the server no longer lists; `teacher`: who has it now, "" when it is not known."""
    if teacher:
        return f"{code} was moved to {teacher}. What you marked was kept and is offered to your coordinator."
    return f"{code} is no longer yours. What you marked was kept and is offered to your coordinator."


def not_hers(teacher: str) -> str:
    """Why a script cannot be marked any more that went to somebody else, as `moved`."""
    if teacher:
        return f"It was moved to {teacher}. What you marked was kept."
    return "It is no longer yours. What you marked was kept."


def not_taken(code: str, kind: str) -> str:
    """The sentence for an operation that the server fails on."""
    if kind == "evaluation.submit":
        return f"The server could not take the submission of {code}. It is open again: submit it once more."
    return f"The server could not take a change on {code} ({kind}). It is kept here and tried again; the rest was sent."


def kept_wording(text: str, by: str) -> str:
    """The sentence for a comment of the bank that somebody had changed before this computer's change arrived."""
    who = f" by {by}" if by else ""
    return f"A comment of the bank was changed{who} meanwhile. Yours, “{_short(text)}”, is kept as one of your own."


def not_yours(text: str) -> str:
    """The sentence for a shared comment that is another teacher's."""
    return f"The comment that you changed is another teacher's. Yours, “{_short(text)}”, is kept as one of your own."


def comment_refused(text: str, reason: str) -> str:
    """The sentence for a comment of the bank that the server did not take."""
    return f"The server did not take the comment “{_short(text)}” ({reason}). It is kept on this computer."


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"


_SHORT = 40
_STAYED = (
    "On {code} something that you deleted was changed on another computer of yours meanwhile. It stands as it is "
    "there; delete it again if it is to go."
)


def _held(reason: str | None, detail: Mapping[str, Any], code: str) -> Telling:
    start = f"{code} was not submitted and is open again: "
    match reason:
        case "incomplete":
            numbers = tuple(int(number) for number in detail.get("missing", ()))
            return Telling(f"{start}{_questions(numbers)} no mark.", numbers)
        case "out_of_range":
            numbers = tuple(int(number) for number in detail.get("questions", ()))
            return Telling(f"{start}{_questions(numbers)} a mark that the paper does not allow.", numbers)
        case "marks_differ":
            differing = detail.get("questions", ())
            numbers = tuple(int(item["question_number"]) for item in differing)
            pairs = "; ".join(
                f"question {item['question_number']}: {item['yours'] or 'no mark'} here, "
                f"{item['server'] or 'no mark'} on the server"
                for item in differing
            )
            return Telling(
                f"{start}the marks differ from the server's ({pairs}). Look at them and submit again.", numbers
            )
        case "total_differs":
            return Telling(
                f"{start}the total is {detail.get('yours')} here and {detail.get('server')} on the server. "
                "Look at the marks and submit again."
            )
        case "conflict_open":
            numbers = tuple(int(number) for number in detail.get("questions", ()))
            return Telling(
                f"{start}{_questions(numbers)} two marks, from two computers of yours. Decide first.", numbers
            )
        case "exam_not_open":
            return Telling(f"{start}the exam is not waiting for marks. Ask your coordinator.")
    return Telling(f"{start}the server held it back ({reason}).")


def _questions(numbers: tuple[int, ...]) -> str:
    if len(numbers) == 1:
        return f"question {numbers[0]} has"
    *first, last = numbers or ("?",)
    return f"questions {', '.join(map(str, first))} and {last} have" if first else f"question {last} has"
