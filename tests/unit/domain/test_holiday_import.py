"""What is gazetted beside what is entered: nothing is lost, and nothing comes twice."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mv_desktop.domain.holiday import CalendarChange, HolidayRow, changed, holiday_faults
from mv_desktop.domain.holiday_import import GAZETTED, Gazetted, Offer, Standing, offers, taken
from mv_desktop.services.gazette import gazetted, regions
from tests.fakes.plan_place import NOW

DAY = date(2026, 10, 2)


def row(number: int, day: date, name: str) -> HolidayRow:
    return HolidayRow(UUID(int=number), day, name, "", False, NOW)


def test_each_is_new_there_already_or_of_another_name_on_that_day() -> None:
    found = [
        Gazetted(DAY, "Gandhi’s  Jayanti"), Gazetted(DAY, "GANDHI'S JAYANTI"), Gazetted(DAY, "Dussehra"),
        Gazetted(date(2026, 12, 25), " Christmas "),
    ]  # fmt: skip
    offered = offers(found, [row(1, DAY, "Gandhis Jayanti"), row(2, DAY, "गांधी जयंती")])
    there = ("Gandhis Jayanti", "गांधी जयंती")
    assert offered == (
        Offer(DAY, "Dussehra", Standing.OTHER_NAME, there),
        Offer(DAY, "GANDHI'S JAYANTI", Standing.THERE, there),
        Offer(date(2026, 12, 25), "Christmas", Standing.NEW),
    )
    assert [(one.holiday_name, one.holiday_type) for one in taken(offered)] == [
        ("Dussehra", GAZETTED), ("Christmas", GAZETTED),
    ]  # fmt: skip


_names = st.sampled_from(["Holi", "holi", " Holi ", "Id", "Diwali", "दीवाली", "Guru's Day", "Guru’s day"])
_days = st.dates(date(2026, 1, 1), date(2026, 1, 6))


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter not in "'’ ")


@settings(max_examples=200, deadline=None)
@given(found=st.lists(st.builds(Gazetted, _days, _names)), entered=st.lists(st.tuples(_days, _names), unique=True))
def test_an_import_never_loses_or_doubles_a_holiday(found, entered) -> None:
    rows = [row(number, day, name) for number, (day, name) in enumerate(entered)]
    new = [CalendarChange(UUID(int=1000 + n), None, draft) for n, draft in enumerate(taken(offers(found, rows)))]
    after = changed(rows, new)
    before = Counter((one.day, _bare(one.name)) for one in changed(rows, ()))
    now = Counter((one.day, _bare(one.name)) for one in after)
    assert before <= now  # what was there is there
    assert {(one.day, _bare(one.name)) for one in found} <= now.keys()  # what was gazetted is there
    assert all(number == max(1, before[key]) for key, number in now.items())  # once, unless it stood there twice
    again = [row(2000 + number, one.day, one.name) for number, one in enumerate(after)]
    assert taken(offers(found, again)) == ()  # a second time brings nothing


def test_what_is_gazetted_in_india_can_be_entered_in_both_languages() -> None:
    names = dict(regions())
    assert len(names) == 36
    assert (names["MH"], names["WB"], names["TS"]) == ("Maharashtra", "West Bengal", "Telangana")
    assert all(name.isascii() and name != code for code, name in names.items())
    plain, of_state = gazetted(2026), gazetted(2026, "MH")
    assert Gazetted(date(2026, 1, 26), "Republic Day") in plain
    assert Gazetted(date(2026, 5, 1), "Maharashtra Day") in of_state
    assert Gazetted(date(2026, 1, 26), "गणतंत्र दिवस") in gazetted(2026, "MH", "hi")
    assert any("(estimated)" in one.name for one in gazetted(2030))
    for region in names:
        for draft in taken(offers(gazetted(2027, region), [])):
            assert holiday_faults(draft) == ()
    assert all(";" not in one.name for one in of_state)
