"""Expected finishes from queue order, pace, absences and working hours, and what is said of them."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from mv_desktop.domain.forecast import Expected, OpenScript, forecast, ordinal, work_text
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours

IST = ZoneInfo("Asia/Kolkata")
CALENDAR = WorkCalendar(WorkingHours(), [Holiday(date(2026, 1, 26), "Republic Day")])
ASHA, BINA = UserId(UUID(int=1)), UserId(UUID(int=2))
FRIDAY = "2026-01-23"


def ist(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


def script(number: int, due: str, minutes: int = 60, teacher: UserId | None = ASHA) -> OpenScript:
    return OpenScript(EvaluationId(UUID(int=number)), teacher, ist(due), timedelta(minutes=minutes))


def expected(
    *scripts: OpenScript, at: str = f"{FRIDAY} 15:00", away: tuple[tuple[date, date], ...] = ()
) -> list[Expected]:
    return list(forecast(scripts, {ASHA: away}, CALENDAR, ist(at)))


def test_a_queue_is_worked_off_by_deadline_over_nights_sundays_and_holidays() -> None:
    rows = expected(
        script(3, "2026-01-24 18:00", 120),
        script(1, "2026-01-27 12:00", 540),
        script(2, "2026-01-23 18:00", 120),
        script(4, "2026-01-24 18:00", 60),
    )
    assert [(row.script.evaluation_id.int, row.finish, row.place) for row in rows] == [
        (2, ist("2026-01-23 17:00"), 1),
        (3, ist("2026-01-24 10:00"), 2),
        (4, ist("2026-01-24 11:00"), 3),
        (1, ist("2026-01-27 11:00"), 4),
    ]
    assert [row.before for row in rows] == [timedelta(hours=hours) for hours in (0, 2, 4, 5)]
    assert not any(row.at_risk or row.late for row in rows)
    assert rows[0].reason == "1st in the queue, 2 h of work"
    assert rows[2].reason == "3rd in the queue, 4 h of work before it"


def test_work_that_ends_at_closing_time_is_finished_then_and_what_comes_after_the_deadline_is_at_risk() -> None:
    rows = expected(script(1, f"{FRIDAY} 18:00", 180), script(2, f"{FRIDAY} 18:00", 1), script(3, f"{FRIDAY} 14:59"))
    assert [(row.script.evaluation_id.int, row.at_risk, row.late) for row in rows] == [
        (3, False, True),
        (1, True, False),
        (2, True, False),
    ]
    (alone,) = expected(script(1, f"{FRIDAY} 18:00", 180))
    assert (alone.finish, alone.at_risk) == (ist(f"{FRIDAY} 18:00"), False)


def test_who_is_away_begins_when_she_is_back_and_colleagues_do_not_wait() -> None:
    spans = ((date(2026, 1, 1), date(2026, 1, 3)), (date(2026, 1, 23), date(2026, 1, 25)))
    rows = expected(script(1, "2026-01-24 18:00", 80), script(2, "2026-01-24 18:00", 80, BINA), away=spans)
    assert [(row.finish, row.at_risk) for row in rows] == [
        (ist("2026-01-27 10:20"), True),
        (ist("2026-01-23 16:20"), False),
    ]
    assert rows[0].reason == "1st in the queue, 1 h 20 of work, its teacher is back on 27/01/2026"
    assert rows[1].back_on is None


def test_a_script_that_nobody_has_is_at_risk_when_it_would_be_late_though_begun_now() -> None:
    rows = expected(
        script(1, f"{FRIDAY} 16:00", 60, None), script(2, f"{FRIDAY} 16:00", 61, None), script(3, f"{FRIDAY} 16:00")
    )
    assert [(row.at_risk, row.place) for row in rows] == [(False, 0), (True, 0), (False, 1)]
    assert rows[1].reason == "in nobody's hands, 1 h 01 of work"


def test_where_no_day_is_ever_worked_nothing_is_ever_finished() -> None:
    closed = WorkCalendar(WorkingHours(time(9), time(18), IST, frozenset(range(7))))
    rows = forecast([script(1, FRIDAY + " 18:00"), script(2, FRIDAY + " 18:00")], {}, closed, ist(f"{FRIDAY} 09:00"))
    assert [(row.finish, row.at_risk) for row in rows] == [(None, True), (None, True)]
    assert forecast([], {}, closed, ist(f"{FRIDAY} 09:00")) == ()


@pytest.mark.parametrize(("minutes", "text"), [(0.4, "0 min"), (45, "45 min"), (60, "1 h"), (260, "4 h 20")])
def test_work_is_told_to_the_minute(minutes: float, text: str) -> None:
    assert work_text(timedelta(minutes=minutes)) == text


def test_places_are_told_as_people_count() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th")
    ]
