"""A server as somebody types it: what is wrong, and what it becomes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mv_desktop.services.profile import ServerProfile
from mv_desktop.services.profile_draft import ProfileDraft, draft_of, faults, moves, profile_from

DRAFT = ProfileDraft("School", "db.example.org", "5432", "mathvidya")
SCHOOL = ServerProfile("School", "db.example.org", 5432, "mathvidya")
WEAK = replace(SCHOOL, sslmode="require", ca_file="/ca.pem")


def test_a_draft_is_the_profile_and_back() -> None:
    assert faults(DRAFT) == {}
    assert profile_from(DRAFT) == SCHOOL
    assert draft_of(SCHOOL) == DRAFT
    assert profile_from(replace(DRAFT, name=" School ", host=" db.example.org ", ca_file=" ")) == SCHOOL


@pytest.mark.parametrize("host", ["10.0.0.9", "::1", "db", "db-1.ap-south-1.rds.amazonaws.com", "विद्या.example"])
def test_addresses_there_can_be(host: str) -> None:
    assert faults(replace(DRAFT, host=host)) == {}


@pytest.mark.parametrize("host", ["", " ", "https://db", "db:5432", "a b", "a,b", "/var/run", "u@db", "a..b"])
def test_addresses_that_are_none(host: str) -> None:
    assert list(faults(replace(DRAFT, host=host))) == ["host"]


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "5.4", "x"])
def test_ports_that_are_none(port: str) -> None:
    assert list(faults(replace(DRAFT, port=port))) == ["port"]


def test_what_is_missing_is_told_in_the_order_of_the_fields() -> None:
    assert list(faults(ProfileDraft(port=""))) == ["name", "host", "port", "database"]
    assert list(faults(replace(DRAFT, database="x" * 64))) == ["database"]


def test_a_name_is_given_once() -> None:
    assert list(faults(replace(DRAFT, name="school "), ("Demo", "School"))) == ["name"]


def test_a_server_elsewhere_has_to_prove_who_it_is() -> None:
    assert profile_from(DRAFT).sslmode == "verify-full"
    assert profile_from(replace(DRAFT, host="localhost")).sslmode == "prefer"
    here = ServerProfile("Here", "localhost", 5432, "mathvidya", "prefer")
    assert profile_from(DRAFT, here).sslmode == "verify-full"


def test_what_stood_weaker_in_the_file_stays_for_that_address_and_can_only_be_made_stronger() -> None:
    draft = draft_of(WEAK)
    assert profile_from(draft, WEAK) == WEAK
    assert profile_from(replace(draft, host="other.example.org"), WEAK).sslmode == "verify-full"
    assert profile_from(replace(draft, prove=True), WEAK).sslmode == "verify-full"


def test_another_address_is_another_server() -> None:
    assert not moves(replace(SCHOOL, name="x", ca_file="/y"), SCHOOL)
    for change in ({"host": "x"}, {"port": 1}, {"database": "x"}):
        assert moves(replace(SCHOOL, **change), SCHOOL)
