"""What must hold of every forecast."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mv_desktop.domain.forecast import OpenScript, forecast, is_away
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours

CALENDAR = WorkCalendar(WorkingHours(), [Holiday(date(2026, 1, 26), "Republic Day")])
ZONE = CALENDAR.hours.zone
TEACHERS = [UserId(UUID(int=number)) for number in (1, 2, 3)]
moments = st.datetimes(datetime(2026, 1, 15), datetime(2026, 2, 5), timezones=st.just(UTC))
days = st.dates(date(2026, 1, 10), date(2026, 2, 20))
spans = st.lists(st.tuples(days, st.integers(1, 10)).map(lambda s: (s[0], s[0] + timedelta(days=s[1]))), max_size=3)
absences = st.fixed_dictionaries(dict.fromkeys(TEACHERS, spans))
work = st.integers(1, 900).map(lambda minutes: timedelta(minutes=minutes))
scripts = st.lists(
    st.builds(
        OpenScript,
        st.integers(1, 2**128 - 1).map(lambda number: EvaluationId(UUID(int=number))),
        st.sampled_from([*TEACHERS, None]),
        moments,
        work,
    ),
    max_size=25,
    unique_by=lambda script: script.evaluation_id,
)


def _worked(start: datetime, end: datetime, away: list[tuple[date, date]]) -> timedelta:
    """Day by day, as nobody would do it who is in a hurry."""
    total, day = timedelta(), start.astimezone(ZONE).date()
    while day <= end.astimezone(ZONE).date():
        if CALENDAR.is_working_day(day) and not is_away(away, day):
            opens = datetime.combine(day, CALENDAR.hours.opens, ZONE)
            closes = datetime.combine(day, CALENDAR.hours.closes, ZONE)
            total += max(min(closes, end) - max(opens, start), timedelta())
        day += timedelta(days=1)
    return total


@given(scripts, absences, moments)
@settings(max_examples=60)
def test_until_a_finish_just_the_work_before_it_and_its_own_is_done(rows, away, now):
    found = forecast(rows, away, CALENDAR, now)
    assert sorted(entry.script.evaluation_id for entry in found) == sorted(row.evaluation_id for row in rows)
    for entry in found:
        spans_of_hers = away.get(entry.script.teacher_id, [])
        assert _worked(now, entry.finish, spans_of_hers) == entry.before + entry.script.work
        local = entry.finish.astimezone(ZONE)
        assert CALENDAR.is_working_day(local.date())
        assert not is_away(spans_of_hers, local.date())
        assert entry.at_risk == (now <= entry.script.due < entry.finish)


@given(scripts, absences, moments, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_in_which_they_come_says_nothing_and_each_queue_goes_by_deadline(rows, away, now, random):
    found = forecast(rows, away, CALENDAR, now)
    mixed = list(rows)
    random.shuffle(mixed)
    assert forecast(mixed, away, CALENDAR, now) == found
    for teacher in TEACHERS:
        hers = [entry for entry in found if entry.script.teacher_id == teacher]
        assert [entry.place for entry in hers] == list(range(1, len(hers) + 1))
        assert [entry.finish for entry in hers] == sorted(entry.finish for entry in hers)


@given(scripts, absences, moments, st.sampled_from(TEACHERS), work)
@settings(max_examples=40)
def test_one_script_more_makes_none_finished_earlier_and_touches_nobody_else(rows, away, now, teacher, more):
    before = {entry.script.evaluation_id: entry for entry in forecast(rows, away, CALENDAR, now)}
    extra = OpenScript(EvaluationId(UUID(int=0)), teacher, now + timedelta(days=3), more)
    for entry in forecast([*rows, extra], away, CALENDAR, now):
        if entry.script is not extra:
            was = before[entry.script.evaluation_id]
            assert entry.finish >= was.finish
            assert entry == was or entry.script.teacher_id == teacher
