"""Versions are compared by their numbers, and what the server says of a program is read."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.program import Outdated, is_older, is_version, outdated_of
from mv_desktop.domain.setting import parse_setting
from mv_desktop.domain.setting_entry import ProgramDraft, draft_of, setting_faults, value_of
from tests.factories.local import signed_in

SAMPLE = {"version": "1.4", "from": "2026-12-01", "message": {"en": "Install it.", "hi": "लगाइए।"}}


def test_versions_are_compared_by_their_numbers() -> None:
    in_order = ["nothing", "0.0.9", "0.1", "0.1.0.1", "1.9", "1.10", "1.10.1rc2", "2.0"]
    for earlier, later in itertools.pairwise(in_order):
        assert is_older(earlier, later)
        assert not is_older(later, earlier)
    assert not is_older("0.1", "0.1.0")
    assert not is_older("1.4.0rc1", "1.4")
    assert [is_version(words) for words in ("1.4", "1.4.2.1", "1", "1.4.2.1.1", "1.4rc1", "१.४", "")] == [
        True, True, False, False, False, False, False,
    ]  # fmt: skip


def test_what_the_server_says_is_read_and_told_in_the_language_spoken() -> None:
    assert outdated_of(None) is None
    found = outdated_of(SAMPLE | {"refused": True})
    assert found == Outdated("1.4", date(2026, 12, 1), True, "Install it.", "लगाइए।")
    assert (found.message("en"), found.message("hi")) == ("Install it.", "लगाइए।")
    plain = outdated_of({"version": "1.4", "from": "2026-12-01", "refused": False, "message": None})
    assert plain == Outdated("1.4", date(2026, 12, 1), False)
    assert Outdated("1", date(2026, 1, 1), True, "Install it.").message("hi") == "Install it."


def test_who_signed_in_is_shut_out_from_the_day_on() -> None:
    found = Outdated("1.4", date(2026, 12, 1), False)
    assert [signed_in(outdated=one).shut_out for one in (None, found, replace(found, refused=True))] == [
        False, False, True,
    ]  # fmt: skip


def test_the_smallest_version_stands_in_a_form_of_its_own() -> None:
    draft = draft_of("minimum_program", SAMPLE)
    assert draft == ProgramDraft("minimum_program", "1.4", date(2026, 12, 1), "Install it.", "लगाइए।")
    assert value_of(draft) == SAMPLE
    assert draft_of("minimum_program", {"from": "soon", "message": 3}) == draft_of("minimum_program", None)
    wrong = ProgramDraft("minimum_program", "1.4", None, " ", "x" * 501, here="0.9")
    assert [fault.field for fault in setting_faults(wrong)] == ["hindi", "version", "starts", "english"]
    assert [fault.field for fault in setting_faults(ProgramDraft("minimum_program", "new", None, "x" * 501, ""))] == [
        "english", "version", "starts",
    ]  # fmt: skip
    with pytest.raises(InvalidError):
        value_of(wrong)
    none = {"version": "", "from": "", "message": {"en": "Install it.", "hi": ""}}
    assert value_of(ProgramDraft("minimum_program", " ", date(2026, 12, 1), "Install it. ", "")) == none
    parse_setting("minimum_program", none)
    for missing in ({"version": "new"}, {"from": "soon"}, {"from": "20261201"}, {"message": {"en": " "}}):
        with pytest.raises(InvalidError):
            parse_setting("minimum_program", SAMPLE | missing)
