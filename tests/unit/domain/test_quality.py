"""Days as moments, and a teacher's own results."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from mv_desktop.domain.agreement import Tolerance, agreement
from mv_desktop.domain.quality import OwnAgreement, bounds
from mv_desktop.domain.report import Span
from tests.fakes.own_place import TWICE


def test_days_reach_from_their_first_moment_at_the_school_to_the_first_one_after_them() -> None:
    since, until = bounds(Span(date(2026, 7, 13), date(2026, 7, 14)), ZoneInfo("Asia/Kolkata"))
    assert since == datetime(2026, 7, 12, 18, 30, tzinfo=UTC)
    assert until == datetime(2026, 7, 14, 18, 30, tzinfo=UTC)


def test_what_a_teacher_sees_is_counted_as_for_everybody() -> None:
    assert TWICE.whole == agreement(TWICE.pairs, TWICE.tolerance)
    assert OwnAgreement((), Tolerance(Decimal("0.5"), Decimal(1))).whole is None
