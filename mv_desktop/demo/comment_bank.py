"""The comments that the demo's teachers have already written (`resources/questions/comments.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid5

from mv_desktop.core.paths import resource
from mv_desktop.demo.population import Person, staff
from mv_desktop.demo.question_bank import shipped_questions
from mv_desktop.domain.comment import CommentBody, checked

_NAMESPACE = UUID("4c2b7f6e-55a1-5c0d-9a3e-636f6d6d656e")


@dataclass(frozen=True, slots=True)
class ShippedComment:
    """One comment of the demo, and who made it."""

    body: CommentBody
    owner: Person

    @property
    def comment_id(self) -> UUID:
        """The same on every computer."""
        return uuid5(_NAMESPACE, f"{self.body.question_id}/{self.body.text}")


def shipped_comments() -> tuple[ShippedComment, ...]:
    """All comments, in the order of the file.

    Raises:
        InvalidError: one has no words, or marks that cannot be.
        KeyError: one is for a question or of a person that there is not.
    """
    people = {person.email: person for person in staff()}
    coordinator = next(person for person in people.values() if person.is_coordinator)
    questions = {question.key: UUID(question.content.question_id) for question in shipped_questions()}
    entries = tomllib.loads(resource("questions", "comments.toml").read_text(encoding="utf-8"))["comment"]
    return tuple(
        ShippedComment(
            checked(
                CommentBody(
                    entry["text"],
                    Decimal(entry["marks"]) if "marks" in entry else None,
                    questions[entry["question"]] if "question" in entry else None,
                    shared=not entry.get("personal", False),
                )
            ),
            people[entry["by"]] if "by" in entry else coordinator,
        )
        for entry in entries
    )
