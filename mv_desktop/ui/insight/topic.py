"""The dashboards that there are, and what of them can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from mv_desktop.domain.insight import Order, Pace
from mv_desktop.domain.report import LONGEST_SPAN, Span
from mv_desktop.ui.widgets.span_picker import CURRENT, Spans


class Topic(StrEnum):
    """What can be looked at, in the order of the list."""

    UNITS = "units"
    PREDICTED = "predicted"
    LOWEST = "lowest"
    LEADERS = "leaders"
    VOLUMES = "volumes"
    DUE = "due"
    PLANS = "plans"
    QUESTIONS = "questions"


TOPICS: Mapping[Topic, str] = {
    Topic.UNITS: "Units",
    Topic.PREDICTED: "Predicted scores",
    Topic.LOWEST: "Lowest predictions",
    Topic.LEADERS: "Leaderboard",
    Topic.VOLUMES: "Volumes",
    Topic.DUE: "Deadlines by time",
    Topic.PLANS: "Deadlines by plan",
    Topic.QUESTIONS: "Questions",
}
"""Their names, in English."""

READ: Mapping[Topic, str] = {
    Topic.UNITS: "units",
    Topic.PREDICTED: "predictions",
    Topic.LOWEST: "predictions",
    Topic.LEADERS: "leaders",
    Topic.VOLUMES: "flows",
    Topic.DUE: "promises",
    Topic.PLANS: "promises",
    Topic.QUESTIONS: "questions",
}
"""What the server is asked for; what serves two topics is asked for once."""

_PREDICTED = (
    "Nobody has a predicted score",
    "It takes three board exams that were evaluated. Choose other days or another class above.",
)
NOTHING = ("Nothing in these days", "Choose other days or another class above.")
NOTHING_OF: Mapping[Topic, tuple[str, str]] = {
    Topic.PREDICTED: _PREDICTED,
    Topic.LOWEST: _PREDICTED,
    Topic.LEADERS: (
        "Nobody stands on the leaderboard",
        "It takes a plan with the leaderboard, and three board exams in ninety days that were evaluated.",
    ),
}
"""Title and sentence where nothing is to be shown, in English; of others `NOTHING`. The rules are the read models'."""

OF_ALL_DAYS = frozenset({Topic.LEADERS})
"""Those that no days are chosen for."""
IN_TIME = frozenset({Topic.VOLUMES, Topic.DUE})
"""Those that are told by day or week."""

PACES: Mapping[Pace, str] = {Pace.DAY: "By day", Pace.WEEK: "By week"}
ORDERS: Mapping[Order, str] = {
    Order.DISCRIMINATION: "Poorest first",
    Order.FACILITY: "Hardest first",
    Order.ANSWERS: "Most answered first",
}


def _last(days: int, today: date) -> Span:
    return Span(today - timedelta(days=days - 1), today)


SPANS: Spans = {
    "Last 90 days": lambda today: _last(90, today),
    "Last 30 days": lambda today: _last(30, today),
    "Last 12 months": lambda today: _last(LONGEST_SPAN - 1, today),
    **CURRENT,
}
"""Which days are offered, in English; a quarter first, as a week says little of students."""
