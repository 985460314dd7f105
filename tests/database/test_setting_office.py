"""Settings in the office: what a new database begins with is what ships, and each is changed with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.record import Difference
from mv_desktop.domain.setting_entry import Entry, ProgramDraft, ValueDraft, entry_of, setting_faults
from mv_desktop.offline.office.setting import Settings
from mv_desktop.services.setting import shipped_settings
from mv_desktop.services.sign_in import hello
from tests.factories.marking import School


def test_settings_are_as_they_ship_and_are_changed_with_a_reason(school: School) -> None:
    admin, other = school.person("admin"), school.person("admin")
    settings, others = Settings(admin.session), Settings(other.session)
    rows = {row.key: row for row in settings.all()}
    assert {key: row.value for key, row in rows.items() if key != "operation_schema"} == shipped_settings()
    assert {row.default for row in rows.values() if row.key == "operation_schema"} == {None}
    for key in rows:  # each is written as its form gives it back
        opened = settings.open(key)
        assert setting_faults(opened.draft) == ()
        if entry_of(key) is not Entry.FIXED:
            settings.save(opened, opened.draft, "as it is")
        else:
            with pytest.raises(InvalidError):
                settings.save(opened, opened.draft, "as it is")
    assert {row.key: row.value for row in settings.all()} == {key: row.value for key, row in rows.items()}
    opened = settings.open("sla_working_hours")
    settings.save(opened, replace(opened.draft, saturday=True), "no more Saturdays")
    with pytest.raises(ConflictError, match="has changed this meanwhile"):
        others.save(opened, replace(opened.draft, monday=True), "too late")
    newest = others.changes("sla_working_hours")[0]
    (difference,) = newest.differences
    assert isinstance(difference, Difference)
    assert newest.reason == "no more Saturdays"
    assert difference.after == {**difference.before, "weekly_off": ["saturday", "sunday"]}
    ((name,),) = school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", admin.user_id)
    assert {row.key: row.changed_by for row in settings.all()}["sla_working_hours"] == name == newest.by
    with pytest.raises(RefusedError):
        settings.open("no_such")
    least = settings.open("minimum_program")
    assert isinstance(least.draft, ProgramDraft)
    draft = replace(least.draft, version="9.0", starts=date(2026, 1, 1), english="Install it.")
    with pytest.raises(InvalidError):  # her own program would be shut out
        settings.save(least, draft, "too much")
    settings.save(least, replace(draft, version="0.1"), "the old one loses ink")
    for program, tooold in (("0.0.9", True), ("0.1", False), ("0.1.0", False), ("0.1.0rc1", False), ("0.10", False),
                            ("nothing", True), (None, True)):  # fmt: skip
        with other.session() as session:
            assert (hello(session, program, 3).outdated is not None) == tooold, program
    attempts = settings.open("max_login_attempts")
    with pytest.raises(InvalidError):
        settings.save(attempts, ValueDraft("max_login_attempts", 0), "none")
