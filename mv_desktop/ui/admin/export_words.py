"""What an entry of the audit log says of a list that was written out: as what, and what it was narrowed to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mv_desktop.domain.audit_entry import NOBODY
from mv_desktop.domain.export_note import FIRST_DAY, LAST_DAY, WORDS
from mv_desktop.ui.admin.audit_words import event_text
from mv_desktop.ui.admin.column_words import column_text
from mv_desktop.ui.admin.holiday import HolidaySubject
from mv_desktop.ui.admin.member import MemberSubject
from mv_desktop.ui.admin.own_question import OwnQuestionSubject
from mv_desktop.ui.admin.parent import ParentSubject
from mv_desktop.ui.admin.plan import PlanSubject
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.setting import SettingSubject
from mv_desktop.ui.admin.student import StudentSubject
from mv_desktop.ui.admin.subject import Choice, Subject
from mv_desktop.ui.admin.subscription import SubscriptionSubject
from mv_desktop.ui.admin.template import TemplateSubject
from mv_desktop.ui.insight.topic import ORDERS
from mv_desktop.ui.text import tr

_SUBJECTS: tuple[type[Subject], ...] = (
    HolidaySubject,
    MemberSubject,
    OwnQuestionSubject,
    ParentSubject,
    PlanSubject,
    QuestionSubject,
    SettingSubject,
    StudentSubject,
    SubscriptionSubject,
    TemplateSubject,
)
_CHOICES: Mapping[str, Mapping[str, Choice]] = {
    subject.kind: {choice.name: choice for choice in subject.choices} for subject in _SUBJECTS
}
"""The filters of lists, by the names of lists and filters; of some more values are the server's to say."""
_FILTERS = {
    WORDS: "Looked for",
    FIRST_DAY: "First day",
    LAST_DAY: "Last day",
    "chosen": "Chosen",
    "order": "Order",
    "person": "Who",
    "what": "What was done",
    "year": "Year",
}
"""Those that no list describes, in English."""
_FORMATS = {"csv": "CSV", "pdf": "PDF", "png": "PNG", "print": "Printed on paper", "svg": "SVG", "xlsx": "Excel"}


def format_text(kind: str) -> str:
    """As what it was written; an unknown one stands as it is."""
    return tr(_FORMATS[kind]) if kind in _FORMATS else kind


def filter_texts(what: str, filters: Mapping[str, JsonValue]) -> Iterator[tuple[str, str, str]]:
    """Each filter: its name, what that is called, and what was chosen, in the language spoken.

    Args:
        what: the list, as the log names it.
        filters: as the log has them.
    """
    for name, chosen in filters.items():
        choice = _CHOICES.get(what, {}).get(name)
        label = choice.label if choice is not None else _FILTERS.get(name)
        words = column_text(name) if label is None else tr(label)
        yield name, words, _value_text(what, name, choice, str(chosen))


def _value_text(what: str, name: str, choice: Choice | None, value: str) -> str:
    if what == "audit" and name == "person":
        return tr("A program") if value == NOBODY else value
    if what == "audit" and name == "what":
        return event_text(value)
    orders = {str(order): words for order, words in ORDERS.items()} if name == "order" else {}
    known = orders if choice is None else dict(choice.values)
    return tr(known[value]) if value in known else value
