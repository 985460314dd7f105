"""The dashboards of who coordinates or administers, and keeping their sums up to date (`docs/insight.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.insight import (
    Choices,
    Chosen,
    DueDay,
    DuePlan,
    Flows,
    Leaders,
    LeadingStudent,
    Order,
    PredictedBand,
    PredictedStudent,
    Predictions,
    Promises,
    QuestionItem,
    QuestionPiece,
    Taken,
    Units,
    UnitSum,
    flows,
    whole_weeks,
)
from mv_desktop.domain.item_statistic import ChoiceCount, ItemSums
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.report import Kept, every_day
from mv_desktop.domain.subscription import PlanType
from mv_desktop.services.analytics import leaderboard
from mv_desktop.services.moment import moment

PIECE = 200
"""Questions that are read at once."""
_PATIENCE = "10min"
"""How long summing may take; nobody waits for it."""
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Summed:
    """One step of a refresh: so many weeks were summed anew; `over` when everything is up to date."""

    weeks: int
    over: bool


def read_units(session: Session, chosen: Chosen) -> Units:
    """What exams earned, unit by unit.

    Raises:
        UserError: it is not for the caller, or the database cannot be reached; so do all the others.
    """
    found = _asked(session, "SELECT api.insight_units(:class, :first, :last)", chosen)
    return Units(
        _as_of(found),
        tuple(
            UnitSum(one["class"], one["unit"], one["exams"], one["awarded"] * _HUNDREDTH, one["possible"] * _HUNDREDTH)
            for one in found["units"]
        ),
    )


def read_predictions(session: Session, chosen: Chosen) -> Predictions:
    """Where students stand, by what is predicted."""
    found = _asked(session, "SELECT api.insight_predictions(:class, :first, :last)", chosen)
    return Predictions(
        _as_of(found),
        tuple(
            PredictedBand(
                one["class"],
                one["low"],
                one["students"],
                one["rising"],
                one["falling"],
                Decimal(one["predicted"] or 0),
            )
            for one in found["bands"]
        ),
        tuple(
            PredictedStudent(
                UUID(one["student_user_id"]),
                one["student"],
                one["class"],
                Decimal(one["predicted"]),
                Decimal(one["margin"]),
                None if one["trend"] is None else Decimal(one["trend"]),
            )
            for one in found["lowest"]
        ),
    )


def read_leaders(session: Session, chosen: Chosen) -> Leaders:
    """The best of a class or of each; of the days that the leaderboard has, whichever are chosen."""
    found = leaderboard(session, chosen.class_name or None)
    return Leaders(
        found.as_of,
        tuple(
            LeadingStudent(one.student_id, one.student, one.class_name, one.position, one.mean, one.exams, one.best)
            for one in found.leaders
        ),
    )


def read_flows(session: Session, chosen: Chosen, today: date) -> Flows:
    """How much came in, was completed, was returned and waited on each day of a span, up to today at the school."""
    found = _asked(session, "SELECT api.insight_volumes(:class, :first, :last)", chosen)
    counted = (
        (date.fromisoformat(one["day"]), one["received"], one["completed"], one["returned"]) for one in found["days"]
    )
    return Flows(_as_of(found), found["waiting"], flows(chosen.span, found["waiting"], counted, today))


def read_promises(session: Session, chosen: Chosen) -> Promises:
    """Whether promises that fell due were kept, by day and by plan."""
    found = _asked(session, "SELECT api.insight_promises(:class, :first, :last)", chosen)
    return Promises(
        _as_of(found),
        tuple(
            DueDay(*one)
            for one in every_day(chosen.span, ((date.fromisoformat(one["day"]), _kept(one)) for one in found["days"]))
        ),
        tuple(DuePlan(PlanType(one["plan"]) if one["plan"] else None, _kept(one)) for one in found["plans"]),
    )


def read_questions(session: Session, chosen: Chosen, order: Order, skip: int = 0, most: int = PIECE) -> QuestionPiece:
    """A piece of the questions that were answered, in an order; those with few answers are the last."""
    found = _asked(
        session,
        "SELECT api.insight_questions(:class, :first, :last, :order, :most, :skip)",
        chosen,
        {"order": order.value, "most": most, "skip": skip},
    )
    return QuestionPiece(
        _as_of(found),
        *whole_weeks(chosen.span),
        found["total"],
        tuple(
            QuestionItem(
                UUID(one["question_id"]),
                one["class"],
                QuestionType(one["question_type"]),
                one["unit"],
                one["wording"],
                ItemSums(
                    one["answers"],
                    one["shares"],
                    one["squares"],
                    one["rests"],
                    one["rest_squares"],
                    one["products"],
                ),
            )
            for one in found["questions"]
        ),
    )


def read_choices(session: Session, chosen: Chosen, question: UUID) -> Choices:
    """Which choices of a multiple choice question were taken."""
    found = _asked(
        session,
        "SELECT api.insight_choices(:question, :class, :first, :last)",
        chosen,
        {"question": question},
    )
    return Choices(
        _as_of(found),
        *whole_weeks(chosen.span),
        found["wording"],
        tuple(
            Taken(
                ChoiceCount(
                    one["choice"],
                    one["answers"],
                    one["correct"],
                    one["rests"] / one["answers"] if one["answers"] else None,
                ),
                one["words"],
            )
            for one in found["choices"]
        ),
    )


def refresh_insight(session: Session, weeks: int, now: datetime | None = None) -> Summed | None:
    """Sum a few of the weeks that changed, if it is time; for the worker.

    Args:
        session: of the worker.
        weeks: at most so many.
        now: the moment; the server's own when None.

    Returns:
        None when nothing was to do: also while another worker does it.
    """
    session.execute(text(f"SET LOCAL statement_timeout = '{_PATIENCE}'"))
    row = session.scalar(
        text("SELECT api.refresh_insight(coalesce(CAST(:now AS timestamptz), now()), :weeks)"),
        {"now": now, "weeks": weeks},
    )
    return None if row is None else Summed(row["weeks"], row["done"])


def _asked(session: Session, query: str, chosen: Chosen, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    span = chosen.span
    values = {"class": chosen.class_name or None, "first": span.first, "last": span.last, **(more or {})}
    found: dict[str, Any] = session.scalar(text(query), values)
    return found


def _as_of(found: Mapping[str, Any]) -> datetime | None:
    return None if found["as_of"] is None else moment(found["as_of"])


def _kept(row: Mapping[str, Any]) -> Kept:
    return Kept(row["due"], row["in_time"], row["excused"], row["late"], row["unfinished"])
