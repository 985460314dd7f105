"""The question bank in the office."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID

from pydantic import JsonValue
from PySide6.QtWidgets import QWidget

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.adjustment import FAULTY
from mv_desktop.domain.picture import SeenPicture
from mv_desktop.domain.printed_paper import PrintedPaper, printed_selection
from mv_desktop.domain.question import PaperQuestion, QuestionStatus
from mv_desktop.domain.question_draft import (
    ALTERNATIVE,
    CLASSES,
    QuestionDraft,
    QuestionRow,
    correct_of,
    lines_of,
    question_faults,
)
from mv_desktop.domain.question_picture import LETTERS
from mv_desktop.domain.question_review import Approval, Approved, ReviewState, may_approve, standing
from mv_desktop.domain.question_use import AlikeQuestion
from mv_desktop.domain.record import Change, Fault, Opened, Slice, Wanted
from mv_desktop.offline.office.new_record import NewRecords
from mv_desktop.ui.admin.act import Act, Once
from mv_desktop.ui.admin.choice_words import DIFFICULTIES, QUESTION_STATES, QUESTION_TYPES, choice_text
from mv_desktop.ui.admin.exchange import Exchange, FilePlace
from mv_desktop.ui.admin.fault_window import FaultPlace, FaultWindow
from mv_desktop.ui.admin.field import Field, Kind
from mv_desktop.ui.admin.math_preview import MathPreview
from mv_desktop.ui.admin.question_difference import in_the_form
from mv_desktop.ui.admin.question_exchange import ImportPlace, QuestionExchange
from mv_desktop.ui.admin.question_picture import (
    PICTURE_LABELS,
    picture_name,
    picture_slots,
    pictures_before,
    slot_beside,
    stored_pictures,
)
from mv_desktop.ui.admin.question_review import (
    REJECT,
    REVIEW_ACTS,
    ReviewPlace,
    ReviewView,
    review_facts,
    standing_sign,
    told_approvals,
)
from mv_desktop.ui.admin.record_alike import Alike
from mv_desktop.ui.admin.record_pictures import PicturePlace, RecordPictures
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import Aside, Choice, Column, Subject, Told
from mv_desktop.ui.admin.use_window import UsePlace, UseWindow
from mv_desktop.ui.admin.value_words import Said, ValueWords
from mv_desktop.ui.admin.version_window import VersionPlace, VersionWindow
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.keyed_model import Sign
from mv_desktop.ui.widgets.math_words import in_a_line
from mv_desktop.ui.widgets.toast import Messages

_TYPES, _DIFFICULTIES, _STATES = (
    tuple((str(value), name) for value, name in words.items())
    for words in (QUESTION_TYPES, DIFFICULTIES, QUESTION_STATES)
)
_WHERE = (("waiting", "Waits for approval"), ("rejected", "Not approved"))
"""What is asked for besides of the list."""
_CLASSES = tuple((name, name) for name in CLASSES)
_MARKS = (("1", "1 mark"), ("2", "2 marks"), ("3", "3 marks"), ("5", "5 marks"), ("6", "6 marks"))

_FIELDS = (
    Field("question_text", "Question", Kind.LINES, help="Formulas stand between dollar signs: $x^2$."),
    Field("choices", "Choices", Kind.LINES, help="Of a multiple choice question, one a line: A, B, C …"),
    Field("correct", "Right choice", help="Its letter; several are separated by commas."),
    Field("answer", "Answer"),
    Field("solution", "Solution", Kind.LINES),
    Field("steps", "Marking scheme", Kind.LINES, help="One step a line, its marks first: “1: finds the slope”."),
    Field("or_text", "Or", Kind.LINES, section="What can be answered instead",
          help="Another question for the same marks; students answer one of the two. Empty where there is no choice."),
    Field("or_answer", "Its answer"),
    Field("or_solution", "Its solution", Kind.LINES),
    Field("or_steps", "Its marking scheme", Kind.LINES, help="As above; its steps add up to the same marks."),
    Field("pictures", "Pictures", Kind.PICTURES, section="Pictures",
          help="Paste, drop or choose a PNG or JPEG. A choice that is only a picture has the line [1], [2] …"),
    Field("class_name", "Class", Kind.CHOICE, choices=_CLASSES, section="What it is for"),
    Field("unit", "Unit"),
    Field("topic", "Topic"),
    Field("question_type", "Type", Kind.CHOICE, choices=_TYPES),
    Field("marks", "Marks", Kind.WHOLE),
    Field("difficulty", "Difficulty", Kind.CHOICE, choices=_DIFFICULTIES, optional=True),
    Field("cbse_year", "CBSE year", Kind.WHOLE, optional=True, help="Of the board paper that it comes from."),
    Field("tags", "Tags", help="Separated by commas."),
    Field("status", "State", Kind.CHOICE, choices=_STATES, section="Where it stands",
          help="Papers are made of active questions."),
)  # fmt: skip

_OF_CHOICES = frozenset({"choices", "correct"})
_OF_WRITTEN = frozenset({"steps", *ALTERNATIVE})
"""Fields that only a question with choices has, or only one without."""

MOST_PRINTED = 500
"""So many of what is listed are printed at once: a book, and no paper."""

_FAULT = Act("record.fault", "Award or drop …")
_USE = Act("record.use", "Use and results …")
_VERSIONS = Act("record.versions", "Versions …")


_PREVIEWED = (
    *("question_type", "question_text", "choices", "correct", "answer", "solution", "steps"), *ALTERNATIVE,
)  # fmt: skip


class QuestionPlace(Protocol):
    """As `offline.office.question.Questions`."""

    def find(self, wanted: Wanted, after: QuestionRow | None) -> Slice[QuestionRow]:
        """A piece of the bank."""
        ...

    def units(self) -> Mapping[str, Sequence[str]]:
        """The configured units by class."""
        ...

    def years(self) -> Sequence[int]:
        """Of which board papers there are questions."""
        ...

    def open(self, question: UUID) -> Opened[QuestionDraft]:
        """One of them."""
        ...

    def save(self, question: UUID, opened: Opened[QuestionDraft] | None, draft: QuestionDraft, reason: str) -> None:
        """Write what differs, or a new one."""
        ...

    def changes(self, question: UUID) -> tuple[Change, ...]:
        """What was changed of it."""
        ...


class HistoryPlace(UsePlace, VersionPlace, Protocol):
    """As `offline.office.question_history.QuestionHistory`."""

    def alike(self, words: str, but: UUID | None) -> Sequence[AlikeQuestion]:
        """What is most like these words, but for the question itself."""
        ...


class QuestionSubject(Subject):
    """Exams hold copies of their questions, so that nothing that is done here changes a paper that exists.

    Args:
        new_id: makes the ids of new questions.
        imports: brings files of questions in; None for none.
        reviews: decides about what is handed in; None for nobody.
        when: a moment as people say it today.
        pictures: takes and stores pictures; None for none.
        faults: awards and drops faulty ones; None where nobody may.
        proposed: the server tells what is proposed as faulty (`domain.adjustment.FAULT_SCHEMA`).
        history: what the record says of them; None where nobody is told.
        zone: the school's.
    """

    kind = "question"
    title = "Questions"
    columns: tuple[Column, ...] = (
        Column("Question"),
        Column("Class", "XII"),
        Column("Unit", "Relations and Func"),
        Column("Type", "MCQ MC"),
        Column("Marks", "5", figure=True),
        Column("Difficulty", "Medium"),
        Column("Year", "2026", figure=True),
    )
    choices: tuple[Choice, ...] = (
        Choice("status", "State", (*_STATES[:1], *_WHERE, *_STATES[1:])),
        Choice("class", "Class", _CLASSES),
        Choice("unit", "Unit", fetched=True),
        Choice("question_type", "Type", _TYPES),
        Choice("marks", "Marks", _MARKS),
        Choice("difficulty", "Difficulty", _DIFFICULTIES),
        Choice("cbse_year", "Year", fetched=True),
    )
    fields: tuple[Field, ...] = _FIELDS
    acts: tuple[Act, ...] = REVIEW_ACTS
    new = "New question"
    previewed = True

    windows: tuple[Act, ...] = (_USE, _VERSIONS, _FAULT)
    compared = "question_text"

    def __init__(
        self,
        place: QuestionPlace,
        new_id: IdSource,
        imports: ImportPlace | None = None,
        reviews: ReviewPlace | None = None,
        when: Callable[[datetime], str] = str,
        *,
        pictures: PicturePlace | None = None,
        faults: FaultPlace | None = None,
        proposed: bool = False,
        printed: Callable[[Sequence[UUID]], Sequence[PaperQuestion]] | None = None,
        history: HistoryPlace | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        self._printed, self.printing = printed, "" if printed is None else "Print …"
        self._place, self._new_id, self._imports, self._pictures = place, new_id, imports, pictures
        self._new = NewRecords(new_id)
        self._faults, self._history, self._zone = faults, history, zone
        self._reviews, self._when = reviews, when
        self._due = self._faulty = 0
        self._proposed = proposed
        if proposed:
            states = replace(self.choices[0], values=(*self.choices[0].values, (FAULTY, "Proposed as faulty")))
            self.choices = (states, *self.choices[1:])
        self._looked_at: UUID | None = None
        if pictures is None:
            self.fields = tuple(field for field in self.fields if field.kind is not Kind.PICTURES)
        if reviews is None:
            self.acts = ()
        self._units: Mapping[str, Sequence[str]] = {}
        self._years: Sequence[int] = ()

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: QuestionRow) -> str:
        return str(row.question_id)

    def text(self, row: QuestionRow, column: int) -> str:
        return (
            in_a_line(row.opening) or tr("(a picture)"),
            row.class_name,
            row.unit,
            row.question_type.value,
            str(row.marks),
            choice_text("question", "difficulty", row.difficulty or "") or "–",
            "–" if row.cbse_year is None else str(row.cbse_year),
        )[column]

    def due(self) -> tuple[int, str]:
        words = []
        if self._due:
            words.append(
                tr_count("{count} question waits for approval.", "{count} questions wait for approval.", self._due)
            )
        if self._faulty:
            words.append(
                tr_count(
                    "{count} question is proposed as faulty.", "{count} questions are proposed as faulty.", self._faulty
                )
            )
        return self._due + self._faulty, " ".join(words)

    def sign(self, row: QuestionRow, column: int) -> Sign | None:
        if column:
            return None
        return standing_sign(standing(row.status, row.review))

    def color(self, row: QuestionRow, column: int) -> ColorRole | None:
        del column
        return "muted" if row.status is QuestionStatus.ARCHIVED else None

    def name(self, draft: QuestionDraft) -> str:
        return in_a_line(draft.question_text) or tr("(a picture)")

    def facts(self, draft: QuestionDraft) -> str:
        told = (review_facts(draft, self._when, self.labels), *self._proposals(draft), self._answers(draft))
        return "\n".join(filter(None, told))

    def _proposals(self, draft: QuestionDraft) -> Iterator[str]:
        for one in draft.faults:
            yield tr(
                "{name} proposes it as faulty, {when}: “{reason}”",
                name=one.by,
                when=self._when(one.at),
                reason=one.reason,
            )

    def _answers(self, draft: QuestionDraft) -> str:
        if draft.earned is None:
            return tr("No student has answered it yet.")
        return tr_count(
            "{count} student has answered it and earned {share} % of its marks.",
            "{count} students have answered it and earned {share} % of its marks.",
            draft.answered,
            share=round(draft.earned * 100),
        )

    def blank(self) -> QuestionDraft:
        return QuestionDraft(units=self._units)

    def faults(self, draft: QuestionDraft) -> Sequence[Fault]:
        return question_faults(draft)

    def effect(self, draft: QuestionDraft, before: QuestionDraft | None) -> str:
        if before is None:
            return ""
        lines = []
        if before.status != QuestionStatus.DRAFT and replace(draft, status=before.status) != before:
            number = before.version + 1
            lines.append(
                tr("It becomes version {number}; papers that exist keep the one they were made of.", number=number)
            )
        if draft.status != before.status:
            lines.append(
                tr("From now on papers are made of it.")
                if draft.status == QuestionStatus.ACTIVE
                else tr("From now on no paper is made of it.")
            )
        return "\n".join(lines)

    def aside(self, parent: QWidget) -> Aside | None:
        return ReviewView(self, self._when, parent)

    def able(self, act: Act, draft: QuestionDraft) -> bool:
        if act is _FAULT:
            return self._faults is not None and draft.stood != QuestionStatus.DRAFT
        if act in {_USE, _VERSIONS}:
            return self._history is not None
        return act is not REJECT or draft.review.state is ReviewState.WAITING

    def able_row(self, act: Act, row: QuestionRow) -> bool:
        del act  # there is one for many
        return may_approve(row.status, row.review)

    def told_many(self, act: Act, done: Sequence[Approval], left: int, *, undone: bool = False) -> str:
        del act
        return told_approvals(len(done), left, undone=undone)

    def preview(self, typed: Mapping[str, str]) -> str:
        parts = [typed.get("question_text", "").strip()]
        if typed.get("question_type") == "MCQ":
            right = correct_of(typed.get("correct", ""))
            parts.append(
                "\n".join(
                    f"({letter}) {line}{'  ✓' if letter in right else ''}"
                    for letter, line in zip(LETTERS, lines_of(typed.get("choices", "")), strict=False)
                )
            )
        else:
            parts.append("\n".join(lines_of(typed.get("steps", ""))))
        parts += _answered(typed, "answer", "solution")
        if typed.get("question_type") != "MCQ" and typed.get("or_text", "").strip():
            parts += [f"— {tr('Or')} —", typed["or_text"].strip(), "\n".join(lines_of(typed.get("or_steps", "")))]
            parts += _answered(typed, "or_answer", "or_solution")
        return "\n\n".join(filter(None, parts))

    def preview_before(self, draft: QuestionDraft) -> str:
        if draft.proposed is None:
            return ""
        changed = self.preview({name: str(getattr(draft.proposed, name)) for name in _PREVIEWED})
        return f"— {tr('With the change')} —\n\n{changed}\n\n— {tr('As it is')} —\n\n"

    def idle(self, draft: QuestionDraft) -> frozenset[str]:
        return _OF_WRITTEN if draft.question_type == "MCQ" else _OF_CHOICES

    def offered(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        units = dict.fromkeys(unit for of_class in self._units.values() for unit in of_class)
        return {"unit": [(unit, unit) for unit in units], "cbse_year": [(str(year), str(year)) for year in self._years]}

    def suggested(self) -> Mapping[str, Sequence[str]]:
        return {"unit": tuple(dict.fromkeys(unit for of_class in self._units.values() for unit in of_class))}

    def exchange(self, files: FilePlace | None) -> Exchange:
        return super().exchange(files) if self._imports is None else QuestionExchange(self._imports, self._new_id)

    def pictures(
        self, tasks: Tasks, messages: Messages, preview: MathPreview, screen: QWidget
    ) -> RecordPictures | None:
        if self._pictures is None:
            return None
        place = self._pictures
        return RecordPictures(
            place,
            "pictures",
            picture_slots,
            slot_beside,
            tasks,
            messages,
            preview,
            screen,
            lambda one: place.look(one, self._looked_at),
            PICTURE_LABELS,
        )

    @property
    def labels(self) -> Mapping[str, str]:
        return {**super().labels, **PICTURE_LABELS}

    def put_back(self, draft: QuestionDraft, columns: Mapping[str, JsonValue]) -> Mapping[str, object]:
        found = dict(super().put_back(draft, columns))
        was = pictures_before(draft.pictures, columns)
        return found if was == dict(draft.pictures) else found | {"pictures": was}

    def window(self, act: Act, opened: Opened[QuestionDraft], tasks: Tasks, parent: QWidget) -> RecordWindow:
        draft = opened.draft
        if act is _FAULT and self._faults is not None:
            return FaultWindow(self._faults, UUID(opened.key), self.name(draft), draft.version, tasks, parent)
        if act is _USE and self._history is not None:
            return UseWindow(self._history, UUID(opened.key), self.name(draft), tasks, parent)
        if act is _VERSIONS and self._history is not None:
            place, labels, key, pictures = self._history, self.labels, UUID(opened.key), self._pictures
            look = None if pictures is None else partial(_look, pictures, key)
            return VersionWindow(place, key, self.name(draft), labels, self._typed, tasks, self._zone, look, parent)
        return super().window(act, opened, tasks, parent)

    def _typed(self, draft: QuestionDraft) -> Mapping[str, str]:
        """What stands in the form for a draft; where it stands is no part of a version."""
        return {
            field.name: field.typed(getattr(draft, field.name))
            for field in self.fields_of(draft)
            if field.name != "status" and not field.read_only
        }

    def difference(self, column: str, value: object) -> str | Said:
        return picture_name(value) if column in PICTURE_LABELS else ValueWords(kind="question").told(column, value)

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: QuestionRow | None) -> Slice[QuestionRow]:
        if not self._units:
            self._units, self._years = self._place.units(), self._place.years()
        if after is None:
            self.count_due()
        return self._place.find(wanted, after)

    def count_due(self) -> None:
        """Count again what `due` says; called on the lane."""
        self._due = 0 if self._reviews is None else self._reviews.due()
        self._faulty = self._faults.due() if self._faults is not None and self._proposed else 0

    def printed(self, wanted: Wanted, chosen: Sequence[str], told: Told) -> PrintedPaper:
        if self._printed is None:
            raise TypeError("no questions are printed here")
        found = [UUID(key) for key in chosen] or self._listed(wanted, told)
        return printed_selection(self._printed(found[:MOST_PRINTED]), tr("Questions"))

    def picture(self, address: str) -> bytes | None:
        return None if self._pictures is None else self._pictures.look(address).data

    def _listed(self, wanted: Wanted, told: Told) -> list[UUID]:
        found: list[UUID] = []
        piece = self.page(wanted, None)
        while True:
            found += [row.question_id for row in piece.rows]
            told(len(found), 0)
            if not piece.more or len(found) >= MOST_PRINTED:
                return found
            piece = self.page(wanted, piece.rows[-1])

    def open(self, key: str) -> Opened[QuestionDraft]:
        self._looked_at = UUID(key)
        return self._place.open(UUID(key))

    def save(self, opened: Opened[QuestionDraft] | None, draft: QuestionDraft, reason: str) -> str:
        if self._pictures is not None:
            draft = replace(draft, pictures=stored_pictures(self._pictures, draft.pictures))
        if opened is None:
            write = partial(self._place.save, opened=None, draft=draft, reason=reason)
            return str(self._new.make(draft, write, self._place.open))
        self._place.save(UUID(opened.key), opened, draft, reason)
        return opened.key

    def act(self, act: Act, opened: Opened[QuestionDraft], reason: str, target: Path | None) -> Once | None:
        del target
        if self._reviews is not None and act is REJECT:
            self._reviews.reject(opened, reason)
        elif self._reviews is not None:
            self._reviews.remark(UUID(opened.key), reason)
        return None

    def alike(self, words: str, key: str | None) -> Sequence[Alike]:
        if self._history is None or not words.strip():
            return ()
        found = self._history.alike(words, None if key is None else UUID(key))
        return tuple(Alike(one.key, in_a_line(one.opening) or tr("(a picture)"), one.alike) for one in found)

    def act_on_many(self, act: Act, rows: Sequence[QuestionRow], reason: str) -> tuple[Sequence[Approval], int]:
        del act
        return self._counted(lambda place: place.approve([Approval(r.question_id, r.updated_at) for r in rows], reason))

    def undo_many(self, act: Act, done: Sequence[Approval]) -> tuple[Sequence[Approval], int]:
        del act
        return self._counted(lambda place: place.undo(done))

    def _counted(self, decide: Callable[[ReviewPlace], Approved]) -> tuple[Sequence[Approval], int]:
        found = Approved() if self._reviews is None else decide(self._reviews)
        return found.done, len(found.left)

    def changes(self, key: str) -> Sequence[Change]:
        return tuple(_told(change) for change in self._place.changes(UUID(key)))


def _answered(typed: Mapping[str, str], answer: str, solution: str) -> list[str]:
    words = typed.get(answer, "").strip()
    return [f"{tr('Answer')}: {words}" if words else "", "\n".join(lines_of(typed.get(solution, "")))]


def _told(change: Change) -> Change:
    found, hidden = in_the_form(change.differences)
    return replace(change, differences=found, hidden=(*change.hidden, *hidden))


def _look(pictures: PicturePlace, question: UUID, place: str) -> SeenPicture:
    return pictures.look(place, question)
