"""The question bank and the exam templates that ship with the program.

Both are data (`resources/questions/**/*.toml`, `resources/templates.toml`), so that a teacher can read and correct
them without reading code.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from mv_desktop.core.paths import resource
from mv_desktop.domain.exam import ExamType, Section, TemplateConfig, check_template
from mv_desktop.domain.picture import key_of
from mv_desktop.domain.question import Choice, PaperQuestion, QuestionType, Scheme, SchemeStep

_NAMESPACE = UUID("5f4b0c4e-3a60-5d0e-9a55-6d6f4d61746b")
CLASSES = ("X", "XII")
_PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question of the shipped bank.

    Attributes:
        key: its stable name in the file; the question's id is made from it.
        content: what a paper freezes.
        answer, explanation: the final answer, and the worked solution as one text.
    """

    key: str
    class_name: str
    content: PaperQuestion
    difficulty: str
    answer: str
    explanation: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShippedTemplate:
    """An exam template that ships with the program; `unit` only for unit practice."""

    name: str
    class_name: str
    exam_type: ExamType
    config: TemplateConfig
    unit: str | None = None

    @property
    def template_id(self) -> UUID:
        """The same on every computer."""
        return uuid5(_NAMESPACE, f"template/{self.class_name}/{self.name}")


@cache
def shipped_questions() -> tuple[BankQuestion, ...]:
    """The whole bank, by class and file."""
    return tuple(
        question
        for class_name in CLASSES
        for path in sorted(resource("questions", class_name.lower()).glob("*.toml"))
        for question in _questions_of(path)
    )


def content_of_class(class_name: str) -> list[PaperQuestion]:
    """What papers of a class are drawn from."""
    return [question.content for question in shipped_questions() if question.class_name == class_name]


@cache
def shipped_pictures() -> Mapping[str, bytes]:
    """The pictures of the bank, PNG, by their keys in the store (`tools/diagrams.py` draws them)."""
    files = [path.read_bytes() for path in sorted(resource("questions", _PICTURES).glob("*.png"))]
    return {key_of(hashlib.sha256(data).hexdigest(), "image/png"): data for data in files}


def shipped_templates(units: Mapping[str, Sequence[str]]) -> tuple[ShippedTemplate, ...]:
    """All templates: board papers, section tests of each class, and unit practice for each unit.

    Args:
        units: the configured units by class.

    Raises:
        InvalidError: a template's numbers do not fit one another.
    """
    entries = tomllib.loads(resource("templates.toml").read_text(encoding="utf-8"))["template"]
    templates = tuple(template for entry in entries for template in _expanded(entry, units))
    for template in templates:
        check_template(template.config, units[template.class_name])
    return templates


def _questions_of(path: Path) -> Iterator[BankQuestion]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    for entry in data["question"]:
        yield _question(entry, data["class"], data["unit"])


def _question(entry: Mapping[str, Any], class_name: str, unit: str) -> BankQuestion:
    solution = tuple(entry.get("solution", ()))
    steps = tuple(
        SchemeStep(text=step["text"], marks=Decimal(step["marks"]), part=step.get("part"))
        for step in entry.get("steps", ())
    )
    content = PaperQuestion(
        question_id=str(uuid5(_NAMESPACE, f"question/{entry['key']}")),
        question_type=QuestionType(entry["type"]),
        marks=Decimal(entry["marks"]),
        unit=unit,
        topic=entry.get("topic"),
        question_text=entry["text"],
        diagram_image_url=_place(entry["key"]),
        explanation_image_url=_place(f"{entry['key']}-solution"),
        choices=tuple(Choice(id=key, text=text) for key, text in zip("ABCD", entry.get("choices", ()), strict=False)),
        correct=tuple(entry.get("correct", ())),
        scheme=Scheme(answer=entry["answer"], solution=solution, steps=steps),
    )
    return BankQuestion(
        key=entry["key"],
        class_name=class_name,
        content=content,
        difficulty=entry["difficulty"],
        answer=entry["answer"],
        explanation="\n".join(solution),
        tags=tuple(entry.get("tags", ())),
    )


def _place(name: str) -> str | None:
    """Where the picture of this name is in the store; None where there is none."""
    path = resource("questions", _PICTURES, f"{name}.png")
    return key_of(hashlib.sha256(path.read_bytes()).hexdigest(), "image/png") if path.is_file() else None


def _expanded(entry: Mapping[str, Any], units: Mapping[str, Sequence[str]]) -> Iterator[ShippedTemplate]:
    exam_type = ExamType(entry["exam_type"])
    sections = tuple(Section.model_validate(section) for section in entry["section"])
    config = TemplateConfig(
        total_marks=sum(section.marks_per_question * section.question_count for section in sections),
        duration_minutes=entry["duration_minutes"],
        sections=sections,
    )
    for class_name in (entry["class"],) if "class" in entry else CLASSES:
        name = entry["name"]
        if exam_type is not ExamType.UNIT_PRACTICE:
            yield ShippedTemplate(name, class_name, exam_type, config)
            continue
        for unit in units[class_name]:
            yield ShippedTemplate(f"{name}: {unit}", class_name, exam_type, config, unit)
