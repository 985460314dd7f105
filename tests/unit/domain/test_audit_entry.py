"""What is looked for in the audit log, of what one types and chooses."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from mv_desktop.domain.audit_entry import AuditEntry, AuditSearch, audit_search
from mv_desktop.domain.evaluation import code_number, script_code

KOLKATA = ZoneInfo("Asia/Kolkata")
EXAM = UUID("0192f7aa-1111-7222-8333-444455556666")
AT = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)


def test_nothing_typed_and_nothing_chosen_is_everything():
    assert audit_search("  ", {}, KOLKATA) == AuditSearch()
    assert not AuditSearch().of_records


@pytest.mark.parametrize(
    ("choices", "found"),
    [
        ({"person": "none"}, AuditSearch(actor="none")),
        ({"what": "plan"}, AuditSearch(kind="plan")),
        ({"what": "plan.changed"}, AuditSearch(event="plan.changed")),
        (
            {"first_day": "2026-07-14", "last_day": "2026-07-15"},
            AuditSearch(
                since=datetime(2026, 7, 13, 18, 30, tzinfo=UTC), until=datetime(2026, 7, 15, 18, 30, tzinfo=UTC)
            ),
        ),
    ],
)
def test_what_is_chosen_narrows_it(choices, found):
    assert audit_search("", choices, KOLKATA) == found


@pytest.mark.parametrize(
    "typed", [script_code(EXAM), script_code(EXAM).lower().replace("-", " "), f" {script_code(EXAM)} "]
)
def test_a_script_is_found_by_its_code_however_it_is_typed(typed):
    found = audit_search(typed, {}, KOLKATA)
    assert found == AuditSearch(code=code_number(script_code(EXAM)))
    assert found.of_records


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (str(EXAM), AuditSearch(record=EXAM)),
        ("anonymous_marking", AuditSearch(named="anonymous_marking")),
        ("asha@school.example.org", AuditSearch(named="asha@school.example.org")),
        ("a-name-that-has-thirty-six-letters-!", AuditSearch(named="a-name-that-has-thirty-six-letters-!")),
        ("VX-4K", AuditSearch(named="VX-4K")),  # a part of a code is too little to look for
        ("basic", AuditSearch(named="basic")),
        ("22222", AuditSearch(named="22222")),
    ],
)
def test_what_is_no_code_is_an_id_or_a_name(typed, found):
    assert audit_search(typed, {}, KOLKATA) == found
    assert found.of_records


def test_an_entry_says_to_what_it_was_done():
    entry = AuditEntry(7, EXAM, AT, "Asha Rao", "admin", "plan.changed")
    assert entry.about == ""
    for record, name, exam, about in (
        ("basic", "", None, "basic"),
        (str(EXAM), "", None, "…55556666"),
        (str(EXAM), "Diwali", None, "Diwali"),
        (str(EXAM), "", EXAM, script_code(EXAM)),
    ):
        assert AuditEntry(7, EXAM, AT, "", "", "x", "y", record, name, exam).about == about
