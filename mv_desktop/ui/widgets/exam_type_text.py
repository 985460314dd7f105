"""What a person calls the types of exam."""

from __future__ import annotations

from mv_desktop.ui.text import tr

EXAM_TYPES: dict[str, str] = {
    "board_exam": "Board exam",
    "section_mcq": "MCQ section",
    "section_vsa": "Very short answers",
    "section_sa": "Short answers",
    "unit_practice": "Unit practice",
}
"""The database's types of exam, in English."""


def exam_type_text(exam_type: str) -> str:
    """The type of exam in the language spoken; a type this version does not know as it is."""
    return tr(EXAM_TYPES[exam_type]) if exam_type in EXAM_TYPES else exam_type
