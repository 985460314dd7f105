"""The marked script: what stands on it now, changed by operations.

The same model is used by the projection (from the file on this computer) and by the marking screen (in memory),
so both always agree. Sums and counts are kept up by each change and never by walking all ink.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.flag import Flag
from mv_desktop.domain.identifier import AnnotationId, FlagId, MarkKey, PageRef
from mv_desktop.domain.marks import ZERO, EffectiveMark, GivenMark, MarkState, effective, kept_alternative
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    Operation,
    PutAnnotations,
    RaiseFlag,
    ResolveMark,
    SeePage,
    SetMark,
    TagPage,
    WithdrawFlag,
)
from mv_desktop.domain.question import PaperQuestion, SchemeStep, SnapshotQuestion
from mv_desktop.domain.scheme import Award, next_award, undecided_step
from mv_desktop.domain.tally import InkTally


@dataclass(frozen=True, slots=True)
class Seen:
    """How a page was read: seconds at a readable size, and the largest share (0..1) shown at once."""

    seconds: float = 0.0
    largest_share: float = 0.0


class Declaration(StrEnum):
    """What became of the student's word that she left a question out."""

    NONE = "none"
    """She said nothing of it."""
    STANDS = "stands"
    """Nothing contradicts it."""
    MARKED = "marked"
    """The question has a mark all the same."""
    INKED = "inked"
    """It counts as not attempted, and there is ink for it."""


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """What counts for one question.

    Attributes:
        kept: the alternative that counts ("" for a plain question), None while nothing is marked.
        mark: the mark that counts, None while nothing is marked.
        options: the mark of every alternative by key ("" for a plain question).
    """

    kept: str | None
    mark: EffectiveMark | None
    options: Mapping[str, EffectiveMark]


@dataclass(frozen=True, slots=True)
class Change:
    """What an operation changed, so that a screen refreshes no more than that."""

    questions: frozenset[int] = frozenset()
    annotations: frozenset[AnnotationId] = frozenset()
    pages: frozenset[PageRef] = frozenset()
    flags: frozenset[FlagId] = frozenset()

    def __or__(self, other: Change) -> Change:
        """Both together."""
        return Change(
            self.questions | other.questions,
            self.annotations | other.annotations,
            self.pages | other.pages,
            self.flags | other.flags,
        )


class MarkedScript:
    """Marks, ink and reading of one script.

    Attributes:
        paper: the frozen exam.
        possible_total: what its written questions carry together.
        ink: annotations by id, in the order in which they were first placed.
        given: what was typed, by question and alternative.
        seen: how each page was read.
        tags: question numbers by page, as the teacher tagged them.
        flags: what the coordinator was told and not yet untold, in the order in which it was raised.
        decided: what was marked since the script was opened, and not taken back to be decided anew.
    """

    def __init__(
        self,
        paper: ExamSnapshot,
        *,
        declared_unanswered: Iterable[int] = (),
        given: Mapping[MarkKey, GivenMark] | None = None,
        ink: Iterable[Placed] = (),
        seen: Mapping[PageRef, Seen] | None = None,
        tags: Mapping[PageRef, tuple[int, ...]] | None = None,
        flags: Iterable[Flag] = (),
    ) -> None:
        self.paper = paper
        self.written: tuple[SnapshotQuestion, ...] = tuple(q for q in paper.questions if q.question_type.written)
        self.possible_total: Decimal = sum((question.marks for question in self.written), ZERO)
        self.given: dict[MarkKey, GivenMark] = dict(given or {})
        self.seen: dict[PageRef, Seen] = dict(seen or {})
        self.tags: dict[PageRef, tuple[int, ...]] = dict(tags or {})
        self.flags: dict[FlagId, Flag] = {flag.flag_id: flag for flag in flags}
        self.decided: set[MarkKey] = set()
        # of the same id twice the later one stands, at the place of the first, and counts once
        self.ink: dict[AnnotationId, Placed] = {placed.annotation.annotation_id: placed for placed in ink}
        self._by_number = {question.question_number: question for question in self.written}
        self._declared = frozenset(declared_unanswered)
        self._options: dict[MarkKey, PaperQuestion] = {
            MarkKey(question.question_number, alternative): option
            for question in self.written
            for alternative, option in question.options
        }
        self._tally = InkTally()
        self._marks: dict[int, QuestionMark] = {}
        for placed in self.ink.values():
            self._tally.add(placed)
        for question in self.written:
            self._marks[question.question_number] = self._evaluate(question)

    # -- reading ---------------------------------------------------------------------------------------------

    def question(self, question_number: int) -> SnapshotQuestion:
        """The written question of that number. Raises KeyError when the paper has none."""
        return self._by_number[question_number]

    def given_mark(self, key: MarkKey) -> GivenMark:
        """What was typed; what the student declared unanswered starts as not attempted."""
        found = self.given.get(key)
        if found is not None:
            return found
        if key.question_number in self._declared:
            return GivenMark(MarkState.NOT_ATTEMPTED)
        return GivenMark()

    def stamp_sum(self, key: MarkKey) -> Decimal | None:
        """What the stamps of a question add up to; None without a stamp that carries marks."""
        return self._tally.marks(key)

    def possible(self, key: MarkKey) -> Decimal:
        """The marks that a question, or a side of it, carries. Raises KeyError when the paper has none such."""
        return self._options[key].marks

    def scheme(self, key: MarkKey) -> tuple[SchemeStep, ...]:
        """The steps that earn marks. Raises KeyError when the paper has no such question."""
        return self._options[key].scheme.steps

    def steps_given(self, key: MarkKey) -> dict[int, Decimal]:
        """What the stamps gave for the steps of the scheme, by step from 1; only steps that a stamp stands for."""
        return self._tally.steps(key)

    def stamps_of_step(self, key: MarkKey, step: int) -> Mapping[AnnotationId, Decimal]:
        """What each stamp gives for a step, the oldest first."""
        return self._tally.stamps_of_step(key, step)

    def undecided_step(self, key: MarkKey) -> int | None:
        """The first step that no stamp stands for, from 1."""
        return undecided_step(self.scheme(key), self._tally.steps(key))

    def next_award(self, key: MarkKey) -> Award | None:
        """What the next tick gives by the scheme; None when the stamps have given all the marks there are."""
        left = self.possible(key) - (self._tally.marks(key) or ZERO)
        return next_award(self.scheme(key), self._tally.steps(key), left)

    def declaration(self, question_number: int) -> Declaration:
        """What became of the student's word that she left a question out. Raises KeyError for an unknown one."""
        mark = self._marks[question_number].mark
        if question_number not in self._declared:
            return Declaration.NONE
        if mark is not None and not mark.not_attempted:
            return Declaration.MARKED
        keys = (MarkKey(question_number, side) for side, _ in self._by_number[question_number].options)
        return Declaration.INKED if any(map(self._tally.of_question, keys)) else Declaration.STANDS

    def mark(self, question_number: int) -> QuestionMark:
        """What counts for a written question. Raises KeyError when the paper has none of that number."""
        return self._marks[question_number]

    @property
    def marked(self) -> int:
        """How many written questions have a mark."""
        return sum(mark.mark is not None for mark in self._marks.values())

    @property
    def reachable(self) -> Decimal:
        """What the total can still come to, each question with all of its marks where it has none, or too many."""
        return sum((self._reachable(question) for question in self.written), ZERO)

    @property
    def total(self) -> Decimal:
        """The sum of the marks that count so far."""
        return sum((m.mark.marks for m in self._marks.values() if m.mark and m.mark.marks is not None), ZERO)

    @property
    def vector(self) -> dict[int, Decimal]:
        """Marks by question number, for the questions that have one."""
        return {
            number: m.mark.marks for number, m in self._marks.items() if m.mark is not None and m.mark.marks is not None
        }

    def ink_on(self, page: PageRef) -> int:
        """How many annotations stand on a page."""
        return self._tally.on_page(page)

    def ink_of(self, key: MarkKey) -> int:
        """How many annotations belong to a question, with marks or without."""
        return self._tally.of_question(key)

    def answered_on(self, page: PageRef, said: tuple[int, ...]) -> tuple[int, ...]:
        """The questions answered on a page: as the teacher tagged it, else as the student `said`."""
        return self.tags.get(page) or said

    # -- changing --------------------------------------------------------------------------------------------

    def apply(self, operation: Operation) -> Change:
        """Change the script as `operation` says. Operations that change nothing shown return an empty Change."""
        match operation:
            case SetMark() | ResolveMark() | ClearMark():
                return self._give(operation)
            case PutAnnotations(placed):
                return self._put(placed)
            case DeleteAnnotations(annotation_ids):
                return self._delete(annotation_ids)
            case SeePage(page, seconds, largest_share):
                before = self.seen.get(page, Seen())
                self.seen[page] = Seen(max(before.seconds, seconds), max(before.largest_share, largest_share))
                return Change(pages=frozenset({page}))
            case TagPage(page, question_numbers):
                self.tags[page] = question_numbers
                return Change(pages=frozenset({page}))
            case RaiseFlag(flag_id, reason, comment, page, spot):
                self.flags[flag_id] = Flag(flag_id, reason, comment, page, spot)
                return _flag_change(flag_id, page)
            case WithdrawFlag(flag_id):
                flag = self.flags.pop(flag_id, None)
                return Change() if flag is None else _flag_change(flag_id, flag.page)
        return Change()

    def unsee(self, page: PageRef, before: Seen | None) -> Change:
        """Let a page be read as it was before an operation that turned out not to be saved; None for never."""
        if before is None:
            self.seen.pop(page, None)
        else:
            self.seen[page] = before
        return Change(pages=frozenset({page}))

    def inverse(self, operation: Operation) -> tuple[Operation, ...]:
        """The operations that undo `operation`, computed before it is applied; () when it cannot be undone."""
        match operation:
            case SetMark(key, _) | ClearMark(key):
                return (SetMark(key, self.given_mark(key)),)
            case ResolveMark(key, _, settles, reopens):
                return (ResolveMark(key, self.given_mark(key), settles, not reopens),)
            case PutAnnotations(placed):
                ids = tuple(item.annotation.annotation_id for item in placed)
                before = tuple(self.ink[i] for i in ids if i in self.ink)
                new = tuple(i for i in ids if i not in self.ink)
                return (*((PutAnnotations(before),) if before else ()), *((DeleteAnnotations(new),) if new else ()))
            case DeleteAnnotations(annotation_ids):
                gone = tuple(self.ink[i] for i in annotation_ids if i in self.ink)
                return (PutAnnotations(gone),) if gone else ()
            case TagPage(page, _):
                return (TagPage(page, self.tags.get(page, ())),)
            case RaiseFlag(flag_id) | WithdrawFlag(flag_id):
                flag = self.flags.get(flag_id)
                if flag is not None:
                    return (RaiseFlag(flag_id, flag.reason, flag.comment, flag.page, flag.spot),)
                return (WithdrawFlag(flag_id),) if isinstance(operation, RaiseFlag) else ()
        return ()

    # -- private ---------------------------------------------------------------------------------------------

    def _give(self, operation: SetMark | ResolveMark | ClearMark) -> Change:
        key = operation.key
        self.given[key] = GivenMark() if isinstance(operation, ClearMark) else operation.given
        if isinstance(operation, ResolveMark) and operation.reopens:
            self.decided.discard(key)
        else:
            self.decided.add(key)
        return self._changed({key})

    def _put(self, placed: tuple[Placed, ...]) -> Change:
        keys: set[MarkKey] = set()
        pages: set[PageRef] = set()
        for item in placed:
            annotation_id = item.annotation.annotation_id
            before = self.ink.get(annotation_id)
            if before is not None:
                self._tally.remove(before)
                pages.add(before.page)
                keys |= _key_of(before)
            self._add(item)
            pages.add(item.page)
            keys |= _key_of(item)
        return self._changed(keys, {item.annotation.annotation_id for item in placed}, pages)

    def _delete(self, annotation_ids: tuple[AnnotationId, ...]) -> Change:
        gone = [(i, self.ink.pop(i)) for i in annotation_ids if i in self.ink]
        for _, item in gone:
            self._tally.remove(item)
        keys = {key for _, item in gone for key in _key_of(item)}
        return self._changed(keys, {i for i, _ in gone}, {item.page for _, item in gone})

    def _add(self, item: Placed) -> None:
        self.ink[item.annotation.annotation_id] = item
        self._tally.add(item)

    def _changed(
        self, keys: set[MarkKey], annotations: Iterable[AnnotationId] = (), pages: Iterable[PageRef] = ()
    ) -> Change:
        numbers = frozenset(key.question_number for key in keys if key.question_number in self._by_number)
        for number in numbers:
            self._marks[number] = self._evaluate(self._by_number[number])
        return Change(numbers, frozenset(annotations), frozenset(pages))

    def _reachable(self, question: SnapshotQuestion) -> Decimal:
        mark = self._marks[question.question_number].mark
        return question.marks if mark is None or mark.marks is None else min(mark.marks, question.marks)

    def _evaluate(self, question: SnapshotQuestion) -> QuestionMark:
        options = {}
        for alternative, _ in question.options:
            key = MarkKey(question.question_number, alternative)
            options[alternative] = effective(self.given_mark(key), self.stamp_sum(key))
        kept = kept_alternative(options)
        return QuestionMark(kept, None if kept is None else options[kept], options)


def _flag_change(flag_id: FlagId, page: PageRef | None) -> Change:
    return Change(pages=frozenset() if page is None else frozenset({page}), flags=frozenset({flag_id}))


def _key_of(item: Placed) -> set[MarkKey]:
    key = item.annotation.mark_key
    return set() if key is None else {key}
