"""Dashboards in words: what each is called, its table, its chart, and the sentence that sums it up."""

from __future__ import annotations

from mv_desktop.domain.insight import (
    Choices,
    Chosen,
    Flows,
    Leaders,
    Pace,
    Predictions,
    Promises,
    QuestionPiece,
    Units,
)
from mv_desktop.ui.insight.question_wording import choices_shown, questions_shown
from mv_desktop.ui.insight.result_wording import leaders_shown, lowest_shown, predictions_shown, units_shown
from mv_desktop.ui.insight.topic import OF_ALL_DAYS, TOPICS, Topic
from mv_desktop.ui.insight.work_wording import due_shown, flows_shown, plans_shown
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.report_text import Shown, span_text

Report = Units | Predictions | Leaders | Flows | Promises | QuestionPiece | Choices


def shown(topic: Topic, report: Report, chosen: Chosen, pace: Pace, skipped: int = 0) -> Shown:
    """A dashboard in words. What was read for promises or predictions serves two."""
    title = title_text(topic, chosen)
    match report:
        case Units():
            return units_shown(title, report, chosen)
        case Predictions() if topic is Topic.LOWEST:
            return lowest_shown(title, report, chosen)
        case Predictions():
            return predictions_shown(title, report, chosen)
        case Leaders():
            return leaders_shown(title, report, chosen)
        case Flows():
            return flows_shown(title, report, pace)
        case Promises() if topic is Topic.PLANS:
            return plans_shown(title, report)
        case Promises():
            return due_shown(title, report, pace)
        case QuestionPiece():
            return questions_shown(title, report, skipped)
        case Choices():
            return choices_shown(report)


def title_text(topic: Topic, chosen: Chosen) -> str:
    """What a dashboard is of: "Units, class X, Mon 1 Jun – Thu 16 Jul 2026"."""
    parts = [tr(TOPICS[topic])]
    if chosen.class_name:
        parts.append(tr("class {name}", name=chosen.class_name))
    if topic not in OF_ALL_DAYS:
        parts.append(span_text(chosen.span))
    return ", ".join(parts)
