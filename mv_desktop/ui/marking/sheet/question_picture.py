"""Which pictures a question has, and what each is called."""

from __future__ import annotations

from mv_desktop.domain.question import PaperQuestion
from mv_desktop.ui.canvas.picture_strip import PictureItem
from mv_desktop.ui.text import tr


def pictures_of(question: PaperQuestion) -> tuple[PictureItem, ...]:
    """Those that the student saw, in the order of the paper."""
    found = [
        (question.question_image_url, tr("The question as a picture")),
        (question.diagram_image_url, tr("Diagram of the question")),
        *((choice.image, tr("Picture of choice {letter}", letter=choice.id)) for choice in question.choices),
    ]
    return tuple(PictureItem(place, name) for place, name in found if place)


def answer_pictures_of(question: PaperQuestion) -> tuple[PictureItem, ...]:
    """Those of the model answer."""
    found = [
        (question.correct_answer_image_url, tr("Picture of the answer")),
        (question.explanation_image_url, tr("Picture of the solution")),
    ]
    return tuple(PictureItem(place, name) for place, name in found if place)
