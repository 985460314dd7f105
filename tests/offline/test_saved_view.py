"""The views of lists that a person keeps, in her own file."""

from __future__ import annotations

from datetime import UTC, datetime

from mv_desktop.domain.record import Wanted
from mv_desktop.domain.saved_view import SavedView
from mv_desktop.offline import meta
from mv_desktop.offline.saved_view import SavedViews
from tests.factories.local import open_store
from tests.fakes.clock import FakeClock


def test_views_are_kept_for_each_list_and_changed_together_and_what_is_newer_stays(tmp_path):
    vault = open_store(tmp_path, FakeClock(datetime(2026, 7, 15, tzinfo=UTC)))._vault
    views = SavedViews(vault)
    late = SavedView("Zwölf", Wanted("कक्षा", {"class": "XII", "days": "week"}), first=True)
    early = SavedView("all of X", Wanted("", {"class": "X"}))
    other = SavedView("Sold", Wanted("", {"sold": "yes"}))
    views.change("question", (), (late, early))
    views.change("questions", (), (other,))
    assert SavedViews(vault).kept("question") == (early, late)
    views.change("question", ("all of x", "never"), (SavedView("ZWÖLF", late.wanted),))
    assert views.kept("question") == (SavedView("ZWÖLF", late.wanted),)
    with vault.transaction() as db:
        meta.write(db, "saved_view:question:newer", '{"version": 9}')
    assert len(views.kept("question")) == 1
    views.change("question", ("zwölf",), ())
    assert views.kept("question") == ()
    assert views.kept("questions") == (other,)
    with vault.reading() as db:
        assert meta.read(db, "saved_view:question:newer") == '{"version": 9}'
    vault.close()
