"""What was typed into a form, in the person's own file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mv_desktop.domain.record import FormDraft
from mv_desktop.offline import meta
from mv_desktop.offline.form_draft import FormDrafts
from tests.factories.local import open_store
from tests.fakes.clock import FakeClock

AT = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path):
    store = open_store(tmp_path, FakeClock(AT))
    yield store._vault
    store._vault.close()


@pytest.fixture
def drafts(vault):
    return FormDrafts(vault)


def test_a_draft_is_kept_in_place_of_the_one_before_and_dropped(drafts, vault):
    first = FormDraft("plan", "basic", AT, {"name": "नाम", "price": "1,4"}, AT)
    new = FormDraft("plan", "", None, {"name": ""}, AT)
    other = FormDraft("plans", "x", AT, {}, AT)
    for draft in (first, new, other):
        drafts.keep(draft)
    again = FormDraft("plan", "basic", AT, {"name": "नाम", "price": "1,499"}, AT)
    drafts.keep(again)
    assert drafts.kept("plan") == (new, again)
    assert FormDrafts(vault).kept("plans") == (other,)
    drafts.drop("plan", "basic")
    assert drafts.kept("plan") == (new,)
    drafts.drop("plan", "never")


def test_a_draft_of_another_version_stays_where_it_is(drafts, vault):
    with vault.transaction() as db:
        meta.write(db, "form_draft:plan:basic", '{"version": 9}')
    drafts.keep(FormDraft("plan", "centum", AT, {}, AT))
    assert [draft.key for draft in drafts.kept("plan")] == ["centum"]
    with vault.reading() as db:
        assert meta.read(db, "form_draft:plan:basic") == '{"version": 9}'
