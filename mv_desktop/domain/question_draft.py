"""Questions of the bank as they are written: one form for all four types, in words, and what may not be so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from mv_desktop.domain.adjustment import FaultProposal
from mv_desktop.domain.latex import latex_fault
from mv_desktop.domain.question import MARKS_OF_TYPE, QuestionDifficulty, QuestionStatus, QuestionType
from mv_desktop.domain.question_picture import (
    COLUMNS,
    LETTERS,
    choice_pictures,
    instead_pictures,
    picture_columns,
    picture_faults,
    pictures_of,
)
from mv_desktop.domain.question_review import Review, ReviewState
from mv_desktop.domain.record import Fault

CLASSES = ("X", "XII")
_LONGEST_UNIT = 100
_LONGEST_TOPIC = 255
_LONGEST_TEXT = 20_000
_MOST_TAGS = 20
_LONGEST_TAG = 60
_YEARS = range(2000, 2101)
ALTERNATIVE = ("or_text", "or_answer", "or_solution", "or_steps")
"""The fields of what can be answered instead."""
_STEP = re.compile(r"(?:\((?P<part>[^()]+)\)\s*)?(?P<marks>[\d.,½]+)\s*:\s*(?P<text>\S.*)")
_MARKS = re.compile(r"(\d*)(½?)")


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question in the list.

    Attributes:
        opening: how its text begins; "" where it is a picture.
        review: how far it, or a change of it, has come; None where nothing was handed in.
        updated_at: after which, newest first, the list is ordered.
    """

    question_id: UUID
    class_name: str
    unit: str
    question_type: QuestionType
    marks: int
    difficulty: QuestionDifficulty | None
    status: QuestionStatus
    cbse_year: int | None
    version: int
    updated_at: datetime
    opening: str
    review: ReviewState | None = None


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question in words.

    Attributes:
        tags: separated by commas.
        choices: of an MCQ, one a line; they are called A, B, … in that order.
        correct: the letters of the right ones, separated by commas.
        answer: the last line of the model answer.
        solution: worked, line by line.
        steps: what earns marks, one a line: "1: finds the slope", "(ii) ½: …" of a sub-part.
        or_text, or_answer, or_solution, or_steps: what can be answered instead, for the same marks; "" where there is
            no choice.
        status: where it is to stand; written by itself, after the rest.
        stood: where it stood when it was opened; not written.
        version: not written.
        pictures: their places by slot (`question_picture.slots_of`); a question that is one needs no text.
        kept: what is not shown and stays: of choices by place, of the scheme by name.
        units: the configured ones by class; a class without any takes every unit.
        answered, earned: how many students have a mark for it, and which share of its marks they earned (0 to 1, None
            where there are none); not written.
        review: what is known of it beside; not written.
        faults: what coordinators proposed of it as faulty and nobody has decided yet; not written.
        proposed: what a question that is in the bank is to become; None where nothing is to change, or this is that;
            not written.
    """

    class_name: str = "XII"
    unit: str = ""
    topic: str = ""
    question_type: str = "MCQ"
    marks: int | None = 1
    difficulty: str | None = None
    cbse_year: int | None = None
    tags: str = ""
    question_text: str = ""
    choices: str = ""
    correct: str = ""
    answer: str = ""
    solution: str = ""
    steps: str = ""
    or_text: str = ""
    or_answer: str = ""
    or_solution: str = ""
    or_steps: str = ""
    status: str = QuestionStatus.DRAFT
    stood: str = QuestionStatus.DRAFT
    version: int = 1
    pictures: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    answered: int = 0
    earned: float | None = None
    review: Review = field(default_factory=Review)
    faults: tuple[FaultProposal, ...] = ()
    proposed: QuestionDraft | None = None


# -- what may not be so ----------------------------------------------------------------------------------------


def question_faults(draft: QuestionDraft) -> tuple[Fault, ...]:
    """What a question must not be, field by field (the checks of `questions`, and what cannot be typeset)."""
    looks = (_place_faults, _marks_faults, _text_faults, _choice_faults, _step_faults, _other_faults)
    return tuple(fault for look in looks for fault in look(draft))


def _place_faults(draft: QuestionDraft) -> Iterator[Fault]:
    if draft.class_name not in CLASSES:
        yield Fault("class_name", "Class X or XII.")
    units = draft.units.get(draft.class_name, ())
    if not draft.unit:
        yield Fault("unit", "A question belongs to a unit.")
    elif units and draft.unit not in units:
        yield Fault("unit", "There is no such unit in this class. The settings list them.")
    elif len(draft.unit) > _LONGEST_UNIT:
        yield Fault("unit", "The unit’s name is too long: at most 100 letters.")
    if draft.status == QuestionStatus.DRAFT != draft.stood:
        yield Fault("status", "What was active once becomes no draft again. Archive it instead.")
    if len(draft.topic) > _LONGEST_TOPIC:
        yield Fault("topic", "The topic is too long: at most 255 letters.")
    if draft.difficulty is not None and draft.difficulty not in list(QuestionDifficulty):
        yield Fault("difficulty", "Easy, medium or hard.")
    if draft.cbse_year is not None and draft.cbse_year not in _YEARS:
        yield Fault("cbse_year", "A year from 2000 to 2100, or nothing.")
    tags = tags_of(draft.tags)
    if len(tags) > _MOST_TAGS or any(len(tag) > _LONGEST_TAG for tag in tags):
        yield Fault("tags", "At most 20 tags of 60 letters, separated by commas.")


def _marks_faults(draft: QuestionDraft) -> Iterator[Fault]:
    match draft.question_type:
        case "MCQ":
            message = "A multiple choice question carries 1 mark."
        case "VSA":
            message = "A very short answer carries 2 marks."
        case "SA":
            message = "A short answer carries 3 marks."
        case "LA":
            message = "A long answer carries 5 or 6 marks."
        case _:
            yield Fault("question_type", "MCQ, VSA, SA or LA.")
            return
    if draft.marks not in MARKS_OF_TYPE[QuestionType(draft.question_type)]:
        yield Fault("marks", message)


def _text_faults(draft: QuestionDraft) -> Iterator[Fault]:
    if not draft.question_text.strip() and not draft.pictures.get("question"):
        yield Fault("question_text", "A question needs its text.")
    for name in ("question_text", "topic", "choices", "answer", "solution", "steps"):
        yield from _faults_of_words(draft, name)


def _faults_of_words(draft: QuestionDraft, name: str) -> Iterator[Fault]:
    """Of choices and steps, which are looked at line by line, only that they are too long."""
    text: str = getattr(draft, name)
    if len(text) > _LONGEST_TEXT:
        yield Fault(name, "That is too long: at most 20,000 letters.")
    elif name not in {"choices", "steps"} and (wrong := latex_fault(text)):
        yield Fault(name, wrong)


def _choice_faults(draft: QuestionDraft) -> Iterator[Fault]:
    if draft.question_type != "MCQ":
        return
    choices = lines_of(draft.choices)
    wrong = next(filter(None, map(latex_fault, choices)), "")
    if not 2 <= len(choices) <= len(LETTERS):
        yield Fault("choices", "Between two and eight choices, one a line.")
    elif len(set(choices)) < len(choices):
        yield Fault("choices", "Two of the choices are the same.")
    elif wrong:
        yield Fault("choices", wrong)
    elif (missing := next(_without_picture(choices, draft.pictures), None)) is not None:
        message = (
            f"Choice {LETTERS[missing]} is a picture that is not there."
            f" Put it in, or write words instead of [{missing + 1}]."
        )
        yield Fault("choices", message)
    correct = correct_of(draft.correct)
    if not correct:
        yield Fault("correct", "Say which choice is right: A, or A, C.")
    elif not set(correct) <= set(LETTERS[: len(choices)]):
        yield Fault("correct", "There is no such choice.")


def _without_picture(choices: Sequence[str], pictures: Mapping[str, str]) -> Iterator[int]:
    """Where a line stands for a picture, and there is none."""
    for place, line in enumerate(choices):
        if line == _picture(place) and not pictures.get(LETTERS[place]):
            yield place


def _other_faults(draft: QuestionDraft) -> Iterator[Fault]:
    yield from _alternative_faults(draft)
    yield from picture_faults(draft.question_type, len(lines_of(draft.choices)), draft.pictures)


def _step_faults(draft: QuestionDraft) -> Iterator[Fault]:
    if draft.question_type != "MCQ":
        yield from _faults_of_steps(draft, "steps")


def _faults_of_steps(draft: QuestionDraft, name: str) -> Iterator[Fault]:
    lines = lines_of(getattr(draft, name))
    total = Decimal(0)
    for number, line in enumerate(lines, 1):
        step = step_of(line)
        if step is None:
            yield Fault(name, f"Line {number} must begin with its marks, as in “1: finds the slope”.")
            return
        wrong = latex_fault(step["text"]) or latex_fault(step["part"] or "")
        if wrong:
            yield Fault(name, wrong)
            return
        total += Decimal(step["marks"])
    if lines and draft.marks is not None and total != draft.marks:
        yield Fault(name, f"The steps add up to {total.normalize():f}, the question carries {draft.marks}.")


def _alternative_faults(draft: QuestionDraft) -> Iterator[Fault]:
    pictures = instead_pictures(draft.pictures)
    if not any(getattr(draft, name).strip() for name in ALTERNATIVE) and not pictures:
        return
    if draft.question_type == "MCQ":
        yield Fault("or_text", "A multiple choice question has no other one to choose. Leave this empty.")
        return
    if not _instead(draft):
        yield Fault("or_text", "Say what is asked instead, or leave its answer, solution and scheme empty, too.")
    elif " ".join(draft.or_text.split()) == " ".join(draft.question_text.split()):
        yield Fault("or_text", "This asks the same as the question itself.")
    for name in ALTERNATIVE[:3]:
        yield from _faults_of_words(draft, name)
    yield from _faults_of_steps(draft, "or_steps")
    if _instead(draft) and lines_of(draft.steps) and not lines_of(draft.or_steps):
        yield Fault("or_steps", "The question itself has steps: this one needs its own, for the same marks.")


def _instead(draft: QuestionDraft) -> bool:
    """Something is asked instead, in words or as a picture."""
    return bool(draft.or_text.strip() or draft.pictures.get("or_question"))


# -- words and columns -----------------------------------------------------------------------------------------


def lines_of(text: str) -> tuple[str, ...]:
    """The lines that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def tags_of(text: str) -> tuple[str, ...]:
    """The tags, each once."""
    return tuple(dict.fromkeys(tag.strip() for tag in re.split("[,;]", text) if tag.strip()))


def correct_of(text: str) -> tuple[str, ...]:
    """The letters, each once and in order."""
    return tuple(sorted({letter.strip().upper() for letter in text.split(",") if letter.strip()}))


def step_of(line: str) -> dict[str, Any] | None:
    """A line of the marking scheme as it is stored; None when it does not begin with marks in steps of ½."""
    found = _STEP.fullmatch(line)
    if found is None:
        return None
    marks = _marks_of(found["marks"])
    return None if marks is None else {"text": found["text"], "marks": marks, "part": found["part"]}


def _marks_of(words: str) -> str | None:
    """Marks as a decimal string: "1", "0.5"."""
    found = _MARKS.fullmatch(words)
    if found is not None and (found[1] or found[2]):
        return f"{int(found[1] or 0)}.5" if found[2] else str(int(found[1]))
    plain = re.fullmatch(r"(\d+)[.,]([05])0*", words)
    if plain is None:
        return None
    return f"{int(plain[1])}.5" if plain[2] == "5" else str(int(plain[1]))


def draft_of(stored: Mapping[str, Any], units: Mapping[str, Sequence[str]] | None = None) -> QuestionDraft:
    """The draft of a row of `questions` with its `scheme`, as JSON has them."""
    scheme = stored.get("scheme") or {}
    choices = stored.get("mcq_choices") or []
    other = alternative_of(scheme)
    places = {choice["id"]: LETTERS[place] for place, choice in enumerate(choices[: len(LETTERS)])}
    return QuestionDraft(
        class_name=stored["class"],
        unit=stored["unit"],
        topic=stored["topic"] or "",
        question_type=stored["question_type"],
        marks=stored["marks"],
        difficulty=stored["difficulty"],
        cbse_year=stored["cbse_year"],
        tags=", ".join(stored["tags"] or ()),
        question_text=stored["question_text"] or "",
        choices=choices_text(choices),
        correct=", ".join(sorted(places.get(one, one) for one in stored["mcq_correct_choices"] or ())),
        answer=stored["correct_answer_text"] or scheme.get("answer") or "",
        solution=stored["explanation"] or "\n".join(scheme.get("solution") or ()),
        steps=steps_text(scheme.get("steps") or ()),
        or_text=other["or_text"],
        or_answer=other["or_answer"],
        or_solution=other["or_solution"],
        or_steps=other["or_steps"],
        status=stored["status"],
        stood=stored["status"],
        version=stored["version"],
        pictures=pictures_of(stored),
        kept={"choices": choices, "scheme": scheme},
        units=units or {},
    )


def choices_text(choices: Sequence[Mapping[str, Any]]) -> str:
    """Choices, one a line."""
    return "\n".join(
        " ".join((choice.get("text") or "").split()) or _picture(place) for place, choice in enumerate(choices)
    )


def steps_text(steps: Sequence[Mapping[str, Any]]) -> str:
    """A marking scheme, one step a line."""
    return "\n".join(
        (f"({step['part']}) " if step.get("part") else "")
        + f"{_half(Decimal(step['marks']))}: {' '.join(step['text'].split())}"
        for step in steps
    )


def _half(marks: Decimal) -> str:
    whole, rest = divmod(marks, 1)
    return f"{int(whole) or ''}½" if rest else str(int(whole))


_COLUMNS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("class_name", "class", str),
    ("unit", "unit", str.strip),
    ("topic", "topic", lambda words: words.strip() or None),
    ("question_type", "question_type", str),
    ("marks", "marks", int),
    ("difficulty", "difficulty", lambda words: words or None),
    ("cbse_year", "cbse_year", lambda year: year),
    ("tags", "tags", lambda words: list(tags_of(words)) or None),
    ("question_text", "question_text", lambda words: words.strip() or None),
    ("answer", "correct_answer_text", lambda words: words.strip() or None),
    ("solution", "explanation", lambda words: words.strip() or None),
)


def values_of(draft: QuestionDraft, before: QuestionDraft | None) -> dict[str, Any]:
    """What is to be written, by column and with `scheme`: all of a new question, else what differs from `before`.

    Args:
        draft: without faults.
        before: what was opened; None for a new one.
    """

    def differs(*names: str) -> bool:
        return before is None or any(getattr(draft, name) != getattr(before, name) for name in names)

    found = {column: read(getattr(draft, name)) for name, column, read in _COLUMNS if differs(name)}
    was = {} if before is None else before.pictures
    found |= picture_columns(draft.pictures, was)
    if draft.question_type == "MCQ":
        pictured = choice_pictures(draft.pictures) != choice_pictures(was)
        # together, as stored choices may be called otherwise
        if pictured or differs("choices", "correct", "question_type"):
            found |= {"mcq_choices": _choices(draft), "mcq_correct_choices": list(correct_of(draft.correct))}
    elif (
        differs("answer", "solution", "steps", "question_type", *ALTERNATIVE)
        or instead_pictures(draft.pictures) != instead_pictures(was)
    ):  # fmt: skip
        scheme = _scheme(draft)
        if any(scheme.values()) or draft.kept.get("scheme"):
            found["scheme"] = scheme
    return found if before is not None else {name: value for name, value in found.items() if value is not None}


def alternative_of(scheme: Mapping[str, Any]) -> dict[str, str]:
    """The fields of what can be answered instead, from a stored scheme; a second such is kept and not shown."""
    for one in (scheme.get("alternatives") or ())[:1]:
        return {
            "or_text": one.get("question_text") or "",
            "or_answer": one.get("answer") or "",
            "or_solution": "\n".join(one.get("solution") or ()),
            "or_steps": steps_text(one.get("steps") or ()),
        }
    return dict.fromkeys(ALTERNATIVE, "")


def _scheme(draft: QuestionDraft) -> dict[str, Any]:
    kept = dict(draft.kept.get("scheme") or {})
    others = list(kept.pop("alternatives", None) or ())
    if _instead(draft):
        first = {
            "question_text": draft.or_text.strip(),
            **_stored_scheme(draft.or_answer, draft.or_solution, draft.or_steps),
            **instead_pictures(draft.pictures),
        }
        old = {name: value for name, value in others[0].items() if name not in COLUMNS.values()} if others else {}
        others[:1] = [old | first]
    else:
        del others[:1]
    scheme = kept | _stored_scheme(draft.answer, draft.solution, draft.steps)
    return scheme | {"alternatives": others} if others else scheme


def _stored_scheme(answer: str, solution: str, steps: str) -> dict[str, Any]:
    return {
        "answer": answer.strip(),
        "solution": list(lines_of(solution)),
        "steps": [step_of(line) for line in lines_of(steps)],
    }


def _choices(draft: QuestionDraft) -> list[dict[str, Any]]:
    kept = draft.kept.get("choices") or []
    found = []
    for place, line in enumerate(lines_of(draft.choices)):
        old = dict(kept[place]) if place < len(kept) else {}
        image = draft.pictures.get(LETTERS[place])
        text = "" if line == _picture(place) and image else line
        found.append(old | {"id": LETTERS[place], "text": text, "image": image})
    return found


def _picture(place: int) -> str:
    """What stands for a choice that is a picture and has no words."""
    return f"[{place + 1}]"
