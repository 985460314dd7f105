"""The words of the user interface: every English sentence has a Hindi one."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from mv_desktop.domain import rebalance
from mv_desktop.domain.member import CLASSES
from mv_desktop.domain.submission import Sentence
from mv_desktop.ui import admin
from mv_desktop.ui.actions import COMMANDS, SCOPE_TITLES
from mv_desktop.ui.admin import (
    audit,
    audit_view,
    audit_words,
    choice_words,
    column_words,
    computer_window,
    day_filter,
    difference_table,
    exam_window,
    exchange,
    history_view,
    import_dialog,
    import_words,
    move_box,
    once_list,
    own_question,
    question_exchange,
    question_review,
    saved_view_dialog,
    setting,
    setting_field,
    template_bank,
)
from mv_desktop.ui.admin.own_question import OwnQuestionSubject
from mv_desktop.ui.admin.subject import Subject, Viewed
from mv_desktop.ui.coordination import mover, plan_panel, script_model, teacher_model
from mv_desktop.ui.coordination import wording as board_wording
from mv_desktop.ui.coordination.report import wording
from mv_desktop.ui.gesture import GESTURES
from mv_desktop.ui.insight import choice_bar, question_wording, result_wording, screen, topic
from mv_desktop.ui.key_rule import KeyNote
from mv_desktop.ui.marking.flow import submit_check
from mv_desktop.ui.marking.sheet import sheet_row
from mv_desktop.ui.marking.tool import tool_strip
from mv_desktop.ui.queue.model import HEADINGS
from mv_desktop.ui.queue.row_filter import STATES
from mv_desktop.ui.shell.preference_table import PREFERENCES, SECTIONS
from mv_desktop.ui.sync import conflict_panel, conflict_screen, parts_form, work_rows
from mv_desktop.ui.text import LANGUAGES, catalogue, language, numbers_text, set_language, tr, tr_count
from mv_desktop.ui.widgets import deadline_text, promise_text, span_picker
from mv_desktop.ui.widgets.exam_type_text import EXAM_TYPES

for _module in pkgutil.iter_modules(admin.__path__):  # all subjects there are
    importlib.import_module(f"{admin.__name__}.{_module.name}")

UI = Path(__file__).resolve().parents[2] / "mv_desktop" / "ui"
NOT_SENTENCES = set(LANGUAGES.values()) | set(CLASSES)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    set_language("en")


def spoken() -> set[str]:
    """All that is given to `tr`: literals in the source, and the data whose texts are translated."""
    found: set[str] = set()
    for path in (*UI.rglob("*.py"), UI.parent / "app.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"tr", "tr_count"}:
                sources = node.args[: 2 if node.func.id == "tr_count" else 1]
                found.update(str(a.value) for a in sources if isinstance(a, ast.Constant))
    found.update(command.text for command in COMMANDS)
    found.update(words for gestures in GESTURES.values() for one in gestures for words in (one.how, one.text))
    found.update((*SCOPE_TITLES.values(), *HEADINGS, *EXAM_TYPES.values(), *STATES.values()))
    for preference in PREFERENCES:
        found.update((preference.text, *preference.choices.values(), preference.note))
    found.update((*deadline_text._DAYS, *deadline_text._MONTHS, "Teacher", "Coordinator", "Admin"))
    found.update(sign.word for sign in deadline_text.SIGNS.values())
    found.update(word for _, _, word in submit_check._SIGNS.values())
    found.update((*wording.TOPICS.values(), *promise_text.PLANS.values(), *span_picker.CURRENT, span_picker._OWN))
    found.update(said_by_insight())
    found.update(SECTIONS.values())
    found.update((*conflict_panel.NAMES.values(), *conflict_panel.INK.values()))
    found.update(word for word, _, _ in conflict_screen.CHOICES.values())
    found.update((*parts_form.STAMPS.values(), *parts_form._KINDS.values()))
    found.update(
        (*work_rows.SCRIPT_HEADINGS, *work_rows.ASIDE_HEADINGS, work_rows.SINCE, work_rows.AT, work_rows.UNTIL)
    )
    found.update(word for word, _, _ in work_rows._RESULTS.values())
    found.update((*Sentence, *KeyNote, *sheet_row._DECLARED.values()))
    found.update(tool_strip._STAMP_WORDS.values())
    found.update(
        (*script_model.HEADINGS, *teacher_model.HEADINGS, *plan_panel.MOVE_HEADINGS, *plan_panel.LEFT_HEADINGS)
    )
    found.update(
        (
            *board_wording.OBSTACLES.values(),
            board_wording.NOBODY,
            *rebalance.SENTENCES.values(),
            rebalance.NOBODY_ELSE,
            mover._ALL_OR_NOTHING,
        )
    )
    found.update((*history_view._CHANGES, *difference_table._VALUES, *history_view._EVENTS.values()))
    found.update((*audit_words.KINDS.values(), *audit_words.ACTS.values(), *audit_words.ROLES.values()))
    found.update((*audit._FILE_COLUMNS, *audit._BROKEN.values(), *audit_view._FACTS, *audit_view._BESIDES))
    found.update((*column_words.COLUMNS.values(), *column_words.PREFIXES.values()))
    found.update((*day_filter._NAMES, *template_bank._HEADINGS))
    return (found | said_by_the_office()) - NOT_SENTENCES - {""}


def said_by_insight() -> set[str]:
    """What the dashboards say by their tables."""
    found = {choice_bar.ALL_CLASSES, screen.PRINT, *screen.MENUS}
    for table in (topic.TOPICS, topic.PACES, topic.ORDERS, result_wording.BANDS, result_wording.DIRECTIONS,
                  question_wording.GRADES, question_wording.EASES):  # fmt: skip
        found.update(table.values())
    found.update(words for pair in (topic.NOTHING, *topic.NOTHING_OF.values()) for words in pair)
    return found | set(topic.SPANS)


def said_by_the_office() -> set[str]:
    """What lists and forms of the office say by their tables, and the rules by what is wrong with a draft."""
    tables = (*choice_words.CHOICES.values(), *choice_words.REASONS.values())
    found = {words for table in tables for words in table.values()}
    forms = [*(field for _, field in setting_field.SETTING_FIELDS.values()), *setting_field.HOURS]
    forms += [*setting_field.PROGRAM, setting._OTHERS]
    found.update((*move_box._HEADINGS, *saved_view_dialog._HEADINGS, *once_list.HEADINGS))
    found.update((*import_words.IMPORT_HEADINGS, *import_words.ROW_HEADINGS))
    for table in (import_words.STATES, import_words.DEEDS, import_words.OUTCOMES):
        found.update(words for words, _ in table.values())
    subjects = [*Subject.__subclasses__(), OwnQuestionSubject]
    found.update((*question_review.STANDINGS.values(), *question_review._DONE.values()))
    found.update(act.label for act in (own_question.SUBMIT, own_question.TAKE_BACK))
    for listing in (*subjects, *Viewed.__subclasses__()):
        found.update((listing.title, listing.search, *(column.heading for column in listing.columns)))
        for choice in listing.choices:
            found.update((choice.label, choice.usual, *(name for _, name in choice.values)))
    found.update(viewed.check for viewed in Viewed.__subclasses__())
    for subject in subjects:
        found.update((subject.new, subject.importing, subject.why, subject.why_hint))
        found.update(act.label for act in (*subject.acts, *subject.windows))
        found.add(subject.printing)
        forms += subject.fields
    forms += [column for field in forms for column in field.columns]
    for field in forms:
        found.update((field.label, field.help, field.unit, field.section, *(name for _, name in field.choices)))
    found.update(
        (*import_dialog._HEADINGS, *question_exchange._COLUMNS.values(), exchange._KEY_LABEL, *exam_window._OF_STUDENT)
    )
    found.update((*computer_window._HEADINGS, *exam_window._OF_TEMPLATE, *exam_window._TURNS.values()))
    found.add(question_exchange.QuestionExchange.option)
    found.update(words for words, _ in import_dialog._MEANINGS.values())
    for path in (UI.parent / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fault":
                found.update(str(a.value) for a in node.args[1:2] if isinstance(a, ast.Constant))
    return found


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_sentence_of_the_user_interface_has_a_hindi_translation() -> None:
    assert sorted(spoken() - set(catalogue("hi"))) == []


def test_translations_show_the_same_values_as_their_sources() -> None:
    wrong = {source: hindi for source, hindi in catalogue("hi").items() if fields(source) != fields(hindi)}
    assert wrong == {}


def test_hindi_is_written_in_devanagari() -> None:
    assert [
        hindi for hindi in catalogue("hi").values()
        if not any("\u0900" <= letter <= "\u097f" for letter in hindi)
    ] == []  # fmt: skip


def test_a_language_is_spoken_after_it_is_set_and_english_stays_the_source() -> None:
    assert tr("Sign in") == "Sign in"
    set_language("hi")
    assert language() == "hi"
    assert tr("Sign in") == catalogue("hi")["Sign in"]
    assert tr("never heard of") == "never heard of"
    set_language("en")
    assert tr("Sign in") == "Sign in"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="klingon"):
        set_language("klingon")


def test_many_numbers_in_a_row_are_said_in_short() -> None:
    assert [numbers_text(numbers) for numbers in ((), (21,), (21, 22), (23, 24, 25, 30))] == [
        "", "21", "21, 22", "23–25, 30",
    ]  # fmt: skip


def test_counts_choose_their_form() -> None:
    assert tr_count("{count} page", "{count} pages", 1) == "1 page"
    assert tr_count("{count} page", "{count} pages", 2) == "2 pages"
    set_language("hi")
    assert tr_count("{count} page", "{count} pages", 2).startswith("2 ")
