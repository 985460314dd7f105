"""Settings in the office: what a new database begins with is what ships, and each is changed with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.record import Difference
from mv_desktop.domain.setting_entry import Entry, ValueDraft, entry_of, setting_faults
from mv_desktop.offline.office.setting import Settings
from mv_desktop.services.setting import shipped_settings
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
    attempts = settings.open("max_login_attempts")
    with pytest.raises(InvalidError):
        settings.save(attempts, ValueDraft("max_login_attempts", 0), "none")
