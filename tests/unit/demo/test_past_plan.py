"""What the demo's students did before today."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from mv_desktop.demo.past_plan import WEEKS, past_exams, times_of
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.subscription import PlanType
from mv_desktop.services.deadline import shipped_calendar

CALENDAR = shipped_calendar()
TODAY = date(2026, 11, 27)


def test_nobody_sits_on_a_sunday_or_today_or_twice_a_day() -> None:
    exams = past_exams(TODAY)
    assert len(exams) > 300
    assert [exam.number for exam in exams] == list(range(1, len(exams) + 1))
    assert all(exam.day.weekday() < 6 and timedelta() < TODAY - exam.day <= timedelta(weeks=WEEKS) for exam in exams)
    assert max(Counter((exam.pupil, exam.day) for exam in exams).values()) == 1


def test_students_sit_what_their_plan_allows() -> None:
    for exam in past_exams(TODAY):
        if exam.pupil.plan is PlanType.PREMIUM_MCQ:
            assert exam.paper.exam_type is ExamType.SECTION_MCQ
        if exam.pupil.plan is PlanType.BASIC:
            assert exam.paper.exam_type is not ExamType.UNIT_PRACTICE
        assert exam.paper.class_name == exam.pupil.student.student_class


def test_a_paper_is_sat_by_several_and_is_one_thing() -> None:
    papers = Counter(exam.paper for exam in past_exams(TODAY))
    assert len({paper.seed for paper in papers}) == len(papers)
    assert sum(count > 3 for count in papers.values()) > len(papers) / 2


@pytest.mark.parametrize("now", [datetime(2026, 11, 27, 3, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)])
def test_all_of_it_lies_before_now(now: datetime) -> None:
    times = [times_of(exam, 180, CALENDAR, now) for exam in past_exams(now.date())]
    over = [one for one in times if one is not None]
    assert len(over) > len(times) - 15
    for one in over:
        assert one.started < one.submitted < one.received < one.begun < one.completed < now
