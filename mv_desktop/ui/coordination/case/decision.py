"""What can be decided about a case: when, what is asked for, and what is done with what was typed. Nothing of Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.case import Case, CaseFile, CaseKind, CaseScript, new_deadline
from mv_desktop.domain.identifier import FlagId
from mv_desktop.domain.kept_work import KeptReading
from mv_desktop.domain.page_tag import parse_question_numbers
from mv_desktop.domain.returned import Pinned, ReturnedQuestion
from mv_desktop.domain.sheet import Sheet
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.coordination.case.port import CasePlace
from mv_desktop.ui.text import numbers_text, tr


class Decision(StrEnum):
    """The values are those of the commands, "cases.what"."""

    ANSWER = "answer"
    RESCAN = "rescan"
    CANCEL_RESCAN = "cancel_rescan"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    REPLACE = "replace"
    RESTORE = "restore"
    TAKE = "take"
    DECLINE = "decline"
    RETURN = "return"
    RECHECK = "recheck"
    EXTEND = "extend"
    EXCUSE = "excuse"
    WITHDRAW = "withdraw"
    RELEASE = "release"
    AWARD = "award"
    DROP = "drop"


class Wanted(StrEnum):
    """What has to be typed beside the reason, in English."""

    NOTHING = ""
    QUESTIONS = "Questions"
    QUESTION = "Question"
    PAGES = "Pages"
    PAGE = "Page"
    DEADLINE = "New deadline"


@dataclass(frozen=True, slots=True)
class Ask:
    """How a decision is asked for, in English.

    Attributes:
        button: on the button that opens the form.
        heading: what will happen.
        wanted: what is typed beside the reason.
        hint: how.
        reason: what the reason is called.
        file: a file of this computer is needed, too.
        done: what is said once it is done.
    """

    button: str
    heading: str
    wanted: Wanted = Wanted.NOTHING
    hint: str = ""
    reason: str = "Reason"
    done: str = "It is done."
    file: bool = False


_NEAR = 0.02
ASKS: Mapping[Decision, Ask] = {
    Decision.ANSWER: Ask(
        "Answer …",
        "The teacher reads the answer; the flag is done with.",
        reason="Answer",
        done="The flag is answered.",
    ),
    Decision.RESCAN: Ask(
        "Ask for a rescan …",
        "The student is asked for better scans of these pages, and reads why. A flag is answered by it.",
        Wanted.PAGES,
        "Pages such as 1, 3-5",
        done="The student is asked for a rescan.",
    ),
    Decision.CANCEL_RESCAN: Ask(
        "Ask no more …", "The student is asked for this rescan no more.", done="The rescan is asked for no more."
    ),
    Decision.EXCLUDE: Ask(
        "Take pages out …",
        "The teacher does not see these pages any more, and ink on them counts for nothing. They can be put in again.",
        Wanted.PAGES,
        "Pages such as 1, 3-5",
        done="The pages are out of the script.",
    ),
    Decision.INCLUDE: Ask(
        "Put pages in again …",
        "These pages are in the script again, with all ink that was on them.",
        Wanted.PAGES,
        "Pages such as 1, 3-5",
        done="The pages are in the script again.",
    ),
    Decision.REPLACE: Ask(
        "Replace a page …",
        "The file takes the page’s place. What was there is kept, ink stays where it is, and nothing counts as read.",
        Wanted.PAGE,
        "Its number",
        done="The page was replaced.",
        file=True,
    ),
    Decision.RESTORE: Ask(
        "Bring a page back …",
        "The page becomes what it was before it was replaced the last time. Both versions are kept.",
        Wanted.PAGE,
        "Its number",
        done="The page is as it was before.",
    ),
    Decision.TAKE: Ask(
        "Take what is ticked …",
        "The ticked questions become as the former teacher left them; what stands there now is kept aside.",
        done="The kept work was taken.",
    ),
    Decision.DECLINE: Ask(
        "Decline what is ticked …",
        "The ticked questions stay as they are now. What was kept stays, and may be taken later.",
        done="The kept work was declined.",
    ),
    Decision.RETURN: Ask(
        "Return questions …",
        "The teacher marks these questions again, and only these. What was completed is copied first, and stays.",
        Wanted.QUESTIONS,
        "Numbers such as 27, 31; a click on a page pins them",
        "Reason for all that have none of their own",
        "The questions were returned to the teacher.",
    ),
    Decision.RECHECK: Ask(
        "Re-check for the student …",
        "The student asked that these questions be looked at again; without numbers, the whole script.",
        Wanted.QUESTIONS,
        "Numbers such as 27, 31, or nothing for all",
        "What the student says",
        "The request is recorded, and the script is with its teacher again.",
    ),
    Decision.EXTEND: Ask(
        "Extend the deadline …",
        "The script is due later. A breach that was stays one.",
        Wanted.DEADLINE,
        "Working hours such as 8, or 2027-01-28 16:40",
        done="The deadline was extended.",
    ),
    Decision.EXCUSE: Ask(
        "Excuse the deadline …",
        "That the deadline was not kept is excused. The breach and the deadline stay as they are.",
        done="The deadline is excused.",
    ),
    Decision.WITHDRAW: Ask(
        "Withdraw the script …",
        "Nobody marks the script until it is released. All work is kept.",
        done="The script is withdrawn.",
    ),
    Decision.RELEASE: Ask(
        "Release the script …",
        "The script goes back to the teacher who had it, as she left it. To give it to another, use the board.",
        done="The script is with its teacher again.",
    ),
    Decision.AWARD: Ask(
        "Propose an award …",
        "Proposes that all who had this question get its marks. An administrator decides.",
        Wanted.QUESTION,
        "Its number in this script",
        done="It is proposed.",
    ),
    Decision.DROP: Ask(
        "Propose a drop …",
        "Proposes that this question counts for nobody who had it. An administrator decides.",
        Wanted.QUESTION,
        "Its number in this script",
        done="It is proposed.",
    ),
}
"""All that can be decided, in the order of the buttons."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person typed.

    Attributes:
        wanted: as in the line for it.
        reason: for all of it.
        reasons: of returned questions that have one of their own.
        parts: the ticked questions of kept work.
        file: where a file stands on this computer.
        pins: of returned questions, where on the pages.
    """

    wanted: str = ""
    reason: str = ""
    reasons: Mapping[int, str] = field(default_factory=dict)
    parts: tuple[int, ...] = ()
    file: str = ""
    pins: Mapping[int, Pinned] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Matter:
    """What is decided about: a case, what was read of it, and when and by which working time that was."""

    case: Case
    file: CaseFile
    calendar: WorkCalendar
    now: datetime

    @property
    def script(self) -> CaseScript:
        """The script as it was read.

        Raises:
            ValueError: it is about none; then only decisions that need none fit.
        """
        if self.file.script is None:
            raise ValueError("this case is about no script")
        return self.file.script

    @property
    def kept(self) -> KeptReading:
        """The kept work as it was read.

        Raises:
            ValueError: there is none.
        """
        if self.file.kept is None:
            raise ValueError("this case is about no kept work")
        return self.file.kept


def beginning(decision: Decision, case: Case) -> Entry:
    """What stands in the form before anything is typed: the page that the case is about."""
    about_it = decision in {Decision.RESCAN, Decision.EXCLUDE, Decision.REPLACE}
    return Entry(str(case.page.page_number)) if about_it and case.page else Entry()


def pinned(entry: Entry, file: CaseFile, pin: Pinned) -> tuple[Mapping[int, Pinned], int]:
    """The pins of returned questions with another one, and whose it is: the first without one, else the last.

    A pin that was set there before goes away instead.

    Raises:
        InvalidError: no question was typed, or the teacher does not see that page.
    """
    chosen = numbers(Decision.RETURN, entry, file)
    for number, before in entry.pins.items():
        near = abs(before.spot.x - pin.spot.x) < _NEAR and abs(before.spot.y - pin.spot.y) < _NEAR
        if before.page == pin.page and near:
            return {one: kept for one, kept in entry.pins.items() if one != number}, number
    if pin.page.page_number not in {sheet.page_number for sheet in _inside(file)}:
        raise InvalidError(tr("This page is out of the script: its teacher does not see it."))
    number = next((one for one in chosen if one not in entry.pins), chosen[-1])
    return {**entry.pins, number: pin}, number


def fitting(case: Case, file: CaseFile) -> tuple[Decision, ...]:
    """What can be decided about this case as it stands."""
    return tuple(decision for decision, fits in _FITS.items() if fits(case, file))


def numbers(decision: Decision, entry: Entry, file: CaseFile) -> tuple[int, ...]:
    """The numbers that were typed.

    Raises:
        InvalidError: there is no such question or page, or none was typed where one is needed.
    """
    known = _known(decision, file)
    try:
        found = parse_question_numbers(entry.wanted, known)
    except InvalidError as error:
        if ASKS[decision].wanted not in {Wanted.PAGES, Wanted.PAGE}:
            raise
        pages = numbers_text(sorted(known))
        raise InvalidError(tr("Type pages such as 1, 3-5. It can be: {pages}.", pages=pages)) from error
    if not found and decision is not Decision.RECHECK:
        raise InvalidError(tr("Type at least one number. It can be: {numbers}.", numbers=numbers_text(sorted(known))))
    if len(found) > 1 and ASKS[decision].wanted in {Wanted.QUESTION, Wanted.PAGE}:
        raise InvalidError(tr("Type one number; each is done by itself."))
    return found


def deadline(entry: Entry, matter: Matter) -> datetime:
    """The new deadline that was typed.

    Raises:
        InvalidError: it is none.
    """
    return new_deadline(entry.wanted, matter.script.due or matter.now, matter.calendar, matter.now)


def work(decision: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    """What is to be done on the lane of cases.

    Raises:
        InvalidError: what was typed cannot be.
    """
    return _WORK[decision](decision, place, matter, entry)


# -- private -------------------------------------------------------------------------------------------------

_Fit = Callable[[Case, CaseFile], bool]
_Work = Callable[[Decision, CasePlace, Matter, Entry], Callable[[], object]]


def _open(file: CaseFile) -> bool:
    return file.script is not None and file.script.evaluation_id is not None and not file.script.completed


def _changeable(file: CaseFile) -> bool:
    return file.script is not None and not file.script.completed


def _inside(file: CaseFile) -> list[Sheet]:
    return [sheet for sheet in file.sheets if sheet.excluded is None]


def _late(file: CaseFile) -> bool:
    return file.script is not None and file.script.breached and not file.script.excused


def _held(file: CaseFile) -> bool:
    return file.script is not None and bool(file.script.held)


_FITS: Mapping[Decision, _Fit] = {
    Decision.ANSWER: lambda case, _: case.kind is CaseKind.FLAG,
    Decision.RESCAN: lambda _, file: _changeable(file) and any(sheet.rescan is None for sheet in _inside(file)),
    Decision.CANCEL_RESCAN: lambda case, _: case.kind is CaseKind.RESCAN,
    Decision.EXCLUDE: lambda _, file: _changeable(file) and len(_inside(file)) > 1,
    Decision.INCLUDE: lambda _, file: _changeable(file) and len(_inside(file)) < len(file.sheets),
    Decision.REPLACE: lambda _, file: _changeable(file) and bool(_inside(file)),
    Decision.RESTORE: lambda _, file: _changeable(file) and any(sheet.version > 1 for sheet in _inside(file)),
    Decision.TAKE: lambda _, file: file.kept is not None and _open(file) and not _held(file),
    Decision.DECLINE: lambda _, file: file.kept is not None,
    Decision.RETURN: lambda _, file: bool(file.returnable),
    Decision.RECHECK: lambda _, file: bool(file.returnable),
    Decision.EXTEND: lambda _, file: _open(file),
    Decision.EXCUSE: lambda _, file: _late(file),
    Decision.WITHDRAW: lambda _, file: _open(file) and not _held(file),
    Decision.RELEASE: lambda _, file: _held(file),
    Decision.AWARD: lambda _, file: bool(file.questions),
    Decision.DROP: lambda _, file: bool(file.questions),
}


def _known(decision: Decision, file: CaseFile) -> frozenset[int]:
    match decision:
        case Decision.RESCAN:
            return frozenset(sheet.page_number for sheet in _inside(file) if sheet.rescan is None)
        case Decision.RESTORE:
            return frozenset(sheet.page_number for sheet in _inside(file) if sheet.version > 1)
        case Decision.EXCLUDE | Decision.REPLACE:
            return frozenset(sheet.page_number for sheet in _inside(file))
        case Decision.INCLUDE:
            return frozenset(sheet.page_number for sheet in file.sheets if sheet.excluded is not None)
        case Decision.AWARD | Decision.DROP:
            return frozenset(question.number for question in file.questions)
        case _:
            return frozenset(file.returnable)


def _answer(_: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    return partial(place.answer, _flag(matter.case), entry.reason)


def _pages(decision: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    chosen = numbers(decision, entry, matter.file)
    pages = tuple(sheet.page_id for sheet in matter.file.sheets if sheet.page_number in chosen)
    if decision is Decision.RESCAN:
        flag = _flag(matter.case) if matter.case.kind is CaseKind.FLAG else None
        return partial(place.ask_rescan, pages, entry.reason, flag)
    return partial(place.exclude if decision is Decision.EXCLUDE else place.include, pages, entry.reason)


def _page(decision: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    (number,) = numbers(decision, entry, matter.file)
    sheet = next(one for one in matter.file.sheets if one.page_number == number)
    if decision is Decision.RESTORE:
        return partial(place.restore, sheet, entry.reason)
    answer = matter.case.answer
    if (
        not entry.file
        and answer is not None
        and matter.case.page is not None
        and number == matter.case.page.page_number
    ):
        return partial(place.accept, sheet, answer, entry.reason)
    if not entry.file:
        raise InvalidError(tr("Choose the file that takes the page’s place."))
    return partial(place.replace, sheet, entry.file, entry.reason)


def _cancel(_: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    if matter.case.subject is None:
        raise ValueError("this case is about no rescan")
    return partial(place.cancel_rescan, matter.case.subject, entry.reason)


def _kept(decision: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    if not entry.parts:
        raise InvalidError(tr("Tick the questions that are meant."))
    reading = matter.kept
    chosen = None if len(entry.parts) == len(reading.questions) else entry.parts
    return partial(place.take if decision is Decision.TAKE else place.decline, reading, chosen, entry.reason)


def _return(decision: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    chosen = numbers(decision, entry, matter.file)
    questions = tuple(
        ReturnedQuestion(number, entry.reasons.get(number) or entry.reason, entry.pins.get(number)) for number in chosen
    )
    return partial(place.return_questions, matter.script, questions, entry.reason)


def _recheck(decision: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    return partial(place.recheck, matter.script, numbers(decision, entry, matter.file) or None, entry.reason)


def _extend(_: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    return partial(place.extend, matter.script, deadline(entry, matter), entry.reason)


def _whole(decision: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    act = {Decision.EXCUSE: place.excuse, Decision.WITHDRAW: place.withdraw, Decision.RELEASE: place.release}[decision]
    return partial(act, matter.script, entry.reason)


def _propose(decision: Decision, place: CasePlace, matter: Matter, entry: Entry) -> Callable[[], object]:
    (number,) = numbers(decision, entry, matter.file)
    question = next(one for one in matter.file.questions if one.number == number)
    adjustment = Adjustment.AWARD if decision is Decision.AWARD else Adjustment.DROP
    return partial(place.propose, matter.script, question.question_id, adjustment, entry.reason)


def _flag(case: Case) -> FlagId:
    if case.subject is None:
        raise ValueError("this case is about no flag")
    return FlagId(case.subject)


_WORK: Mapping[Decision, _Work] = {
    Decision.ANSWER: _answer,
    **dict.fromkeys((Decision.RESCAN, Decision.EXCLUDE, Decision.INCLUDE), _pages),
    Decision.CANCEL_RESCAN: _cancel,
    **dict.fromkeys((Decision.REPLACE, Decision.RESTORE), _page),
    **dict.fromkeys((Decision.TAKE, Decision.DECLINE), _kept),
    Decision.RETURN: _return,
    Decision.RECHECK: _recheck,
    Decision.EXTEND: _extend,
    **dict.fromkeys((Decision.EXCUSE, Decision.WITHDRAW, Decision.RELEASE), _whole),
    **dict.fromkeys((Decision.AWARD, Decision.DROP), _propose),
}
