"""The columns of a table of questions: what they can say, how people call them, and a question as a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from mv_desktop.domain.heading import Match, bare, meant
from mv_desktop.domain.question_draft import QuestionDraft, lines_of
from mv_desktop.domain.question_picture import LETTERS


class Column(StrEnum):
    """What a column can say; the values are the headings of an export."""

    ID = "Question ID"
    CLASS = "Class"
    UNIT = "Unit"
    TYPE = "Question Type"
    TOPIC = "Topic"
    DIFFICULTY = "Difficulty"
    MARKS = "Marks"
    TEXT = "Question Text"
    A = "Option A"
    B = "Option B"
    C = "Option C"
    D = "Option D"
    E = "Option E"
    F = "Option F"
    G = "Option G"
    H = "Option H"
    CORRECT = "Correct Option"
    ANSWER = "Answer"
    SOLUTION = "Explanation"
    STEPS = "Marking Scheme"
    OR_TEXT = "Or: Question Text"
    OR_ANSWER = "Or: Answer"
    OR_SOLUTION = "Or: Explanation"
    OR_STEPS = "Or: Marking Scheme"
    TAGS = "Tags"
    YEAR = "CBSE Year"


OPTIONS = (Column.A, Column.B, Column.C, Column.D, Column.E, Column.F, Column.G, Column.H)
NEEDED = (Column.CLASS, Column.UNIT, Column.TEXT)
"""Without these no row can be a question."""

_CALLED: dict[Column, tuple[str, ...]] = {
    Column.ID: ("questionid", "id", "uuid"),
    Column.CLASS: ("class", "grade", "standard", "std", "classgrade"),
    Column.UNIT: ("unit", "chapter", "chapterunit", "unitchapter", "chaptername", "unitname", "lesson"),
    Column.TYPE: ("questiontype", "type", "qtype", "typeofquestion"),
    Column.TOPIC: ("topic", "subtopic", "topicname", "concept"),
    Column.DIFFICULTY: ("difficulty", "difficultylevel", "level"),
    Column.MARKS: ("marks", "mark", "maximummarks", "maxmarks", "totalmarks"),
    Column.TEXT: (
        "questiontext", "question", "questiontextinlatex", "questiontextlatex", "questioninlatex", "questionlatex",
        "text", "questionstatement",
    ),
    Column.CORRECT: (
        "correctoption", "correctoptions", "correctoptionandanswer", "correctoptionanswer", "correctchoice",
        "correctoptionandcorrectanswer", "answerkey", "key", "correct",
    ),
    Column.ANSWER: ("answer", "correctanswer", "finalanswer", "modelanswer", "answertext", "correctanswertext"),
    Column.SOLUTION: ("explanation", "solution", "workedsolution", "explanationinlatex", "solutioninlatex"),
    Column.STEPS: ("markingscheme", "scheme", "stepmarks", "steps", "stepwisemarks"),
    Column.OR_TEXT: ("orquestiontext", "or", "orquestion", "alternativequestion", "alternative", "internalchoice"),
    Column.OR_ANSWER: ("oranswer", "alternativeanswer"),
    Column.OR_SOLUTION: ("orexplanation", "orsolution", "alternativesolution", "alternativeexplanation"),
    Column.OR_STEPS: ("ormarkingscheme", "alternativemarkingscheme", "orsteps"),
    Column.TAGS: ("tags", "tag", "keywords"),
    Column.YEAR: ("cbseyear", "year", "boardyear", "cbseboardyear", "yearofcbsepaper"),
} | {
    option: tuple(
        f"{name}{letter}{ending}" for name in ("option", "choice") for ending in ("", "text", "textinlatex", "latex")
    )
    for option, letter in zip(OPTIONS, LETTERS.lower(), strict=True)
}  # fmt: skip
_HINDI: dict[Column, tuple[str, ...]] = {
    Column.ID: ("प्रश्न आईडी", "प्रश्न की पहचान", "आईडी"),
    Column.CLASS: ("कक्षा", "क्लास", "दर्जा"),
    Column.UNIT: (
        "इकाई", "अध्याय", "पाठ", "यूनिट", "चैप्टर", "इकाई का नाम", "अध्याय का नाम", "पाठ का नाम", "इकाई नाम", "अध्याय नाम",
    ),
    Column.TYPE: ("प्रकार", "प्रश्न प्रकार", "प्रश्न का प्रकार", "प्रश्नों का प्रकार", "प्रश्न के प्रकार", "टाइप"),
    Column.TOPIC: ("विषय", "उपविषय", "विषय वस्तु", "प्रकरण", "टॉपिक", "अवधारणा"),
    Column.DIFFICULTY: ("कठिनाई", "कठिनता", "कठिनाई स्तर", "कठिनता स्तर", "कठिनाई का स्तर", "कठिनता का स्तर", "स्तर"),
    Column.MARKS: ("अंक", "पूर्णांक", "कुल अंक", "अधिकतम अंक", "अंक भार", "अंकभार"),
    Column.TEXT: ("प्रश्न", "सवाल", "प्रश्न पाठ", "प्रश्न का पाठ", "प्रश्न कथन", "प्रश्न LaTeX", "प्रश्न LaTeX में"),
    Column.CORRECT: (
        "सही विकल्प", "सही विकल्प और उत्तर", "सही विकल्प व उत्तर", "सही चुनाव", "उत्तर कुंजी", "कुंजी", "उत्तर विकल्प",
    ),
    Column.ANSWER: ("उत्तर", "सही उत्तर", "अंतिम उत्तर", "आदर्श उत्तर", "जवाब", "सही जवाब"),
    Column.SOLUTION: ("हल", "व्याख्या", "समाधान", "स्पष्टीकरण", "पूर्ण हल", "विस्तृत हल"),
    Column.STEPS: ("अंक योजना", "अंकन योजना", "अंक विभाजन", "मूल्यांकन योजना", "चरण", "चरणवार अंक"),
    Column.OR_TEXT: ("अथवा", "अथवा प्रश्न", "अथवा प्रश्न पाठ", "वैकल्पिक प्रश्न", "आंतरिक विकल्प"),
    Column.OR_ANSWER: ("अथवा उत्तर", "वैकल्पिक उत्तर"),
    Column.OR_SOLUTION: ("अथवा हल", "अथवा व्याख्या", "वैकल्पिक हल"),
    Column.OR_STEPS: ("अथवा अंक योजना", "अथवा अंकन योजना"),
    Column.TAGS: ("टैग", "टैग्स", "संकेत शब्द", "मुख्य शब्द", "सूचक शब्द"),
    Column.YEAR: ("वर्ष", "साल", "CBSE वर्ष", "सीबीएसई वर्ष", "बोर्ड वर्ष", "परीक्षा वर्ष", "CBSE साल"),
}  # fmt: skip
HINDI_LETTERS = ("कअ", "खब", "गस", "घद", "ङ", "च", "छ", "ज")
"""What papers in Hindi call the choices A, B, C …; the first four in two ways."""
_OPTION_NAMES = {
    option: (
        f"option{number}",
        *(f"{word}{sign}" for word in ("विकल्प", "ऑप्शन") for sign in (*LETTERS[number - 1], *hindi, str(number))),
    )
    for number, (option, hindi) in enumerate(zip(OPTIONS, HINDI_LETTERS, strict=True), 1)
}
_BY_NAME = {
    bare(name): column
    for names_of in (_CALLED, _HINDI, _OPTION_NAMES)
    for column, names in names_of.items()
    for name in names
}


def matched_columns(headings: Sequence[str]) -> dict[Column, int]:
    """Which column says what, by its heading; the first of several that could say the same."""
    found: dict[Column, int] = {}
    for place, heading in enumerate(headings):
        column = meant(heading, _BY_NAME)
        if column is not None:
            found.setdefault(column, place)
    return found


def match(headings: Sequence[str]) -> Match:
    """How headings fit a table of questions."""
    found = matched_columns(headings)
    return Match(not missing_columns(found), len(found))


def missing_columns(columns: Mapping[Column, int]) -> tuple[Column, ...]:
    """What no column says, and without which no row is a question. Of type and marks, one is enough."""
    missing = [column for column in NEEDED if column not in columns]
    if Column.TYPE not in columns and Column.MARKS not in columns:
        missing.append(Column.TYPE)
    return tuple(missing)


def row_of(question_id: UUID, draft: QuestionDraft) -> dict[Column, str]:
    """A question as a row of an export; reading it again says the same."""
    options = dict(zip(OPTIONS, lines_of(draft.choices), strict=False)) if draft.question_type == "MCQ" else {}
    return {
        Column.ID: str(question_id),
        Column.CLASS: draft.class_name,
        Column.UNIT: draft.unit,
        Column.TYPE: draft.question_type,
        Column.TOPIC: draft.topic,
        Column.DIFFICULTY: draft.difficulty or "",
        Column.MARKS: "" if draft.marks is None else str(draft.marks),
        Column.TEXT: draft.question_text,
        **options,
        Column.CORRECT: draft.correct if draft.question_type == "MCQ" else "",
        Column.ANSWER: draft.answer,
        Column.SOLUTION: draft.solution,
        Column.STEPS: draft.steps if draft.question_type != "MCQ" else "",
        Column.OR_TEXT: draft.or_text,
        Column.OR_ANSWER: draft.or_answer,
        Column.OR_SOLUTION: draft.or_solution,
        Column.OR_STEPS: draft.or_steps,
        Column.TAGS: draft.tags,
        Column.YEAR: "" if draft.cbse_year is None else str(draft.cbse_year),
    }
