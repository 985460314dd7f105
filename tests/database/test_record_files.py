"""Files of records against a real server: all rows are written or none, and the whole of it is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError
from mv_desktop.domain.holiday import HolidayDraft
from mv_desktop.domain.import_history import SourceFile
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.record_import import ImportStoppedError, Meaning, Put
from mv_desktop.domain.subscription import PlanType
from mv_desktop.domain.template import SectionDraft, TemplateDraft
from mv_desktop.offline.office.holiday import Holidays, HolidayTable
from mv_desktop.offline.office.import_history import KeptTable, Together
from mv_desktop.offline.office.plan import Plans, PlanTable
from mv_desktop.offline.office.record_file import TableFiles
from mv_desktop.offline.office.template import TemplateTable
from mv_desktop.ui.admin.exchange import RecordExchange
from mv_desktop.ui.admin.plan import PlanSubject
from tests.factories.marking import School


def go_on(_done: int, _all: int) -> bool:
    return True


def test_plans_come_from_a_file_whole_or_not_at_all_and_are_put_back(school: School, tmp_path: Path) -> None:
    admin, other = school.person("admin"), school.person("admin")
    joined = Together(admin.session)
    plans, table = Plans(admin.session), PlanTable(joined)
    kept = KeptTable(table, joined, "plan", uuid4)
    exchange = RecordExchange(PlanSubject(plans, kept), kept, TableFiles(admin.session))
    path = tmp_path / "plans.xlsx"
    assert exchange.export(Wanted(), path, go_on) == 4
    columns = exchange.matched(exchange.read(path, "").table[0])
    assert [row.meaning for row in exchange.plan(exchange.read(path, "").table, columns, go_on).rows] == [
        Meaning.DUPLICATE
    ] * 4
    path.write_text("ID,Name,Price a month\nbasic,Basics,310\ncentum,,1599\n")
    found = exchange.plan(exchange.read(path, "").table, {"#": 0, "display_name": 1, "monthly_price_paise": 2}, go_on)
    assert found.count(Meaning.CHANGED) == 2
    before = {row.plan_type: row for row in plans.all()}
    with pytest.raises(ImportStoppedError):
        table.put(found.puts, "why", None, lambda done, _all: done < 2)
    with pytest.raises(InvalidError, match=r"^Row 3: A value breaks a rule"):
        table.put([*found.puts[:1], found.puts[1]._replace(draft=replace(found.puts[1].draft, sla_hours=30))], "why",
                  None, go_on)  # fmt: skip
    with pytest.raises(NotAllowedError):
        PlanTable(school.person().session).put(found.puts, "why", None, go_on)
    assert {row.plan_type: row for row in plans.all()} == before
    done = exchange.perform(SourceFile("plans.csv"), found, "new year", ticked=False, weighed=None, told=go_on)
    assert [row.monthly_price_paise for row in plans.all()] == [31000, 49900, 99900, 159900]
    with pytest.raises(ConflictError, match=r"^Row 2: .* has changed this meanwhile"):
        PlanTable(other.session).put(found.puts, "too late", None, go_on)
    taken = exchange.undo(done, "a mistake", None, go_on)
    assert (taken.gone, taken.archived, taken.put_back, taken.left) == (0, 0, 2, 0)
    assert {row.plan_type: row for row in plans.all()} == before
    assert [change.reason for change in plans.changes(PlanType(found.rows[0].opened.key))] == ["a mistake", "new year"]


def test_many_holidays_come_at_once_and_templates_that_are_taken_back_are_out_of_use(school: School) -> None:
    admin = school.person("admin")
    table, holidays = HolidayTable(admin.session, uuid4), Holidays(admin.session)
    before = holidays.all()
    first = date(2031, 1, 1)
    puts = [
        Put(row, None, HolidayDraft(first + timedelta(days=row), f"Day {row}", "", row % 2 == 0))
        for row in range(2, 503)
    ]
    seen = table.consequence(puts)
    assert seen is not None
    assert seen.moves == ()
    with pytest.raises(InvalidError, match="of this name on that day already"):
        table.put([*puts, puts[-1]], "twice", (seen, ()), go_on)
    assert holidays.all() == before
    done = table.put(puts, "the gazette", (seen, ()), go_on)
    assert len(done) == 501  # more than one call takes, in one transaction
    assert len(holidays.all()) == len(before) + 501
    with pytest.raises(ConflictError, match="calendar was changed"):
        table.put([Put(2, None, HolidayDraft(first, "Late"))], "too late", (seen, ()), go_on)
    back = [Put(0, one.now, None) for one in done]
    assert table.put(back, "a mistake", None, go_on) == ()
    assert holidays.all() == before
    assert table.opened([str(before[0].holiday_id), "nothing"])[0].draft.holiday_name == before[0].holiday_name

    templates = TemplateTable(admin.session, uuid4)
    draft = TemplateDraft("From a file", "XII", "board_exam", "", 60, True, (SectionDraft("A", "", "VSA", 2, 3),))
    (made,) = templates.put([Put(2, None, draft)], "new pattern", None, go_on)
    assert made.before is None
    assert made.now.draft.template_name == "From a file"
    assert templates.put([Put(0, made.now, None)], "a mistake", None, go_on) == ()
    (now,) = templates.opened([made.now.key])
    assert not now.draft.is_active
