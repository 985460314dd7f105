"""Cases in order, and the later deadlines that people type."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.case import Case, CaseFile, CaseKind, CaseQuestion, CaseScript, in_order, new_deadline
from mv_desktop.domain.evaluation import code_number, script_code
from mv_desktop.domain.identifier import ExamInstanceId
from mv_desktop.domain.sheet import Sheet
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours

NOW = datetime(2026, 1, 19, 6, 0, tzinfo=UTC)  # a Monday, 11:30 in the school's zone
HOUR = timedelta(hours=1)


def case(key: str, since: datetime = NOW, due: datetime | None = None) -> Case:
    script = CaseScript(ExamInstanceId(UUID(int=1)), UUID(int=2), "VX-4K2", "X", "Board", due=due)
    return Case(key, CaseKind.FLAG, since, "Asha", script=script)


def test_the_oldest_deadline_comes_first_and_what_has_none_last() -> None:
    late, early = case("late", due=NOW + HOUR), case("early", due=NOW)
    waiting, newer = case("b waits longer", NOW - HOUR), case("a", NOW)
    work = Case("c", CaseKind.REFUSED_WORK, NOW, "Asha")
    assert in_order([work, newer, waiting, late, early]) == (early, late, waiting, newer, work)


def test_only_marked_questions_can_be_returned() -> None:
    questions = [CaseQuestion(n, UUID(int=n), 1, marked=n > 1) for n in (1, 2, 3)]  # type: ignore[arg-type]
    assert CaseFile(None, questions=tuple(questions)).returnable == (2, 3)


def test_pages_are_looked_at_where_there_are_some_and_the_server_gives_them() -> None:
    page = Sheet(UUID(int=1), UUID(int=1), 1, 1, "image/png", True, "", (), None, None, {})
    assert [CaseFile(None, (page,), opens_pages=opens).visible for opens in (True, False)] == [True, False]
    assert not CaseFile(None).visible


def test_what_came_for_a_page_is_looked_at_before_the_page() -> None:
    one, two = (Sheet(UUID(int=n), UUID(int=n), n, 1, "image/png", True, "", (), None, None, {}) for n in (1, 2))
    came = replace(two, page_id=UUID(int=9), came=True)
    assert CaseFile(None, (one, two)).looked_at == (one, two)
    assert CaseFile(None, (one, two), came=came).looked_at == (one, came, two)


def test_a_deadline_is_typed_as_hours_of_work_or_as_a_moment() -> None:
    calendar = WorkCalendar(WorkingHours())
    due = NOW + HOUR
    assert new_deadline(" 2 h ", due, calendar, NOW) == due + 2 * HOUR
    assert new_deadline("1,5", due, calendar, NOW) == due + 1.5 * HOUR
    assert new_deadline("1", NOW - 100 * HOUR, calendar, NOW) == NOW + HOUR
    assert new_deadline("2026-01-20 16:40", due, calendar, NOW) == datetime(2026, 1, 20, 11, 10, tzinfo=UTC)
    assert new_deadline("2026-01-20T16:40+00:00", due, calendar, NOW) == datetime(2026, 1, 20, 16, 40, tzinfo=UTC)
    for nonsense in ("", "soon", "2026-01-20", "1 d", "99:99"):
        with pytest.raises(InvalidError, match="neither a moment"):
            new_deadline(nonsense, due, calendar, NOW)
    for early in ("0", "0 h", "2026-01-19 12:00"):
        with pytest.raises(InvalidError, match="later than the old one"):
            new_deadline(early, due, calendar, NOW)


def test_where_nobody_works_no_hours_pass() -> None:
    closed = [Holiday(date(2026, 1, 1) + timedelta(days=n), "closed") for n in range(4000)]
    with pytest.raises(InvalidError, match="later than the old one"):
        new_deadline("1", NOW, WorkCalendar(WorkingHours(), closed), NOW)


def test_a_code_says_what_is_left_of_the_id() -> None:
    for number in (0, 1, 18874367, 2**127 - 1):
        assert code_number(script_code(UUID(int=number))) == number % 18874368
    for nonsense in ("", "VX", "VX-4K", "IX-4K2", "VX-1K2", "vx-4k2"):
        assert code_number(nonsense) is None
