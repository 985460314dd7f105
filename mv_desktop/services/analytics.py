"""The read models: who leads, what is known of a student, and keeping both up to date (`docs/analytics.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.analytics import Band, Direction, Prediction, band, direction

_PATIENCE = "10min"
"""How long a refresh may take; nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Leader:
    """A student on the leaderboard of her class.

    Attributes:
        position: from 1, each once.
        mean: of her board exams that count, in percent; `exams` of them, the best with `best` percent.
    """

    class_name: str
    position: int
    student_id: UUID
    student: str
    mean: Decimal
    exams: int
    best: Decimal


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The leaders as of a moment; None before the first refresh."""

    as_of: datetime | None
    leaders: tuple[Leader, ...]


@dataclass(frozen=True, slots=True)
class UnitStrength:
    """The marks of a unit that a student earned, in all her exams that are kept."""

    unit: str
    awarded: Decimal
    possible: Decimal

    @property
    def band(self) -> Band:
        """How she stands in it."""
        return band(self.awarded, self.possible)


@dataclass(frozen=True, slots=True)
class StudentAnalytics:
    """What is known of a student in the class of her newest exam.

    Attributes:
        exams, board_exams: how many were evaluated; `mean` of all of them in percent.
        last_sat_at: when she sat the newest.
        trend: in percentage points, None before four board exams.
        prediction: None before three.
        units: in the order of their names.
    """

    as_of: datetime
    student_id: UUID
    student: str
    class_name: str
    exams: int
    board_exams: int
    mean: Decimal
    last_sat_at: datetime
    trend: Decimal | None
    prediction: Prediction | None
    units: tuple[UnitStrength, ...]

    @property
    def direction(self) -> Direction:
        """The trend in one word."""
        return direction(self.trend)


@dataclass(frozen=True, slots=True)
class Refresh:
    """One refresh: the moment it shows, why ("daily" or "completed"), how long it took, how many rows it left."""

    as_of: datetime
    cause: str
    seconds: float
    exams: int
    students: int
    leaders: int


def leaderboard(session: Session, class_name: str | None = None) -> Leaderboard:
    """The leaders of one class or of all, by class and position.

    Raises:
        UserError: it is not for the caller, or the database cannot be reached.
    """
    found = session.scalar(text("SELECT api.leaderboard(:c)"), {"c": class_name})
    return Leaderboard(
        _moment(found["as_of"]),
        tuple(
            Leader(
                row["class"],
                row["position"],
                UUID(row["student_user_id"]),
                row["student"],
                Decimal(row["mean"]),
                row["exams"],
                Decimal(row["best"]),
            )
            for row in found["leaders"]
        ),
    )


def student_analytics(session: Session, student: UUID) -> StudentAnalytics | None:
    """What is known of a student; None while nothing is.

    Raises:
        UserError: it is not for the caller, or the database cannot be reached.
    """
    row = session.scalar(text("SELECT api.student_analytics(:s)"), {"s": student})
    if row is None:
        return None
    predicted = row["predicted"]
    return StudentAnalytics(
        as_of=datetime.fromisoformat(row["as_of"]),
        student_id=UUID(row["student_user_id"]),
        student=row["student"],
        class_name=row["class"],
        exams=row["exams"],
        board_exams=row["board_exams"],
        mean=Decimal(row["mean"]),
        last_sat_at=datetime.fromisoformat(row["last_sat_at"]),
        trend=None if row["trend"] is None else Decimal(row["trend"]),
        prediction=None if predicted is None else Prediction(Decimal(predicted), Decimal(row["margin"])),
        units=tuple(
            UnitStrength(unit["unit"], Decimal(unit["awarded"]), Decimal(unit["possible"])) for unit in row["units"]
        ),
    )


def analytics_due(session: Session, now: datetime | None = None) -> str | None:
    """Why the read models should be refreshed at a moment, None when they should not; for the worker.

    Args:
        session: of the worker.
        now: the moment; the server's own when None.
    """
    due: str | None = session.scalar(
        text("SELECT api.analytics_due(coalesce(CAST(:now AS timestamptz), now()))"), {"now": now}
    )
    return due


def gather_results(session: Session, limit: int) -> int:
    """Take over results that changed, for the worker.

    Returns:
        How many changes that were, at most `limit`; 0 also while another worker does it.
    """
    session.execute(text(f"SET LOCAL statement_timeout = '{_PATIENCE}'"))
    return int(session.scalar(text("SELECT api.gather_results(:limit)"), {"limit": limit}) or 0)


def refresh_analytics(session: Session, now: datetime | None = None) -> Refresh | None:
    """Refresh the read models if there is a reason at a moment; for the worker.

    Args:
        session: of the worker.
        now: the moment; the server's own when None.

    Returns:
        None when nothing was done: also while another worker does it.
    """
    session.execute(text(f"SET LOCAL statement_timeout = '{_PATIENCE}'"))
    row = session.scalar(text("SELECT api.refresh_analytics(coalesce(CAST(:now AS timestamptz), now()))"), {"now": now})
    return None if row is None else _refresh(row)


def refreshes(session: Session, limit: int = 10) -> tuple[Refresh, ...]:
    """The latest refreshes, the newest first; for the worker and who coordinates or administers."""
    rows = session.scalar(text("SELECT api.analytics_refreshes(:limit)"), {"limit": limit})
    return tuple(_refresh(row) for row in rows or ())


def _refresh(row: Mapping[str, Any]) -> Refresh:
    return Refresh(
        datetime.fromisoformat(row["as_of"]),
        row["cause"],
        float(row["seconds"]),
        row["exams"],
        row["students"],
        row["leaders"],
    )


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
