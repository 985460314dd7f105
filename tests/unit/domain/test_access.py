"""The login that belongs to an e-mail address."""

import re

import pytest

from mv_desktop.domain.access import ADMINS, COORDINATORS, TEACHERS, WORKER, login_name


def test_login_is_made_from_the_hash_of_the_address():
    # printf asha@example.org | sha256sum
    assert login_name("asha@example.org") == "mv_2f9277312d8f09ac1ffefe874737ccf0"


@pytest.mark.parametrize("written", ["Asha@Example.org", "ASHA@EXAMPLE.ORG", "  asha@example.org  "])
def test_capitals_and_blanks_around_make_no_difference(written):
    assert login_name(written) == login_name("asha@example.org")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("É@example.org", "é@example.org"),  # a server's locale may not know them as one letter
        ("İ@example.org", "i@example.org"),
        ("asha@example.org\t", "asha@example.org"),
        ("asha@example.org", "asha@example.com"),
    ],
)
def test_what_the_database_tells_apart_is_told_apart(one, other):
    assert login_name(one) != login_name(other)


@pytest.mark.parametrize("email", ["", "a@b", "x" * 250 + "@example.org", "आशा@example.org", "a'; DROP ROLE b"])
def test_login_is_a_short_plain_name_that_tells_nothing(email):
    assert re.fullmatch("mv_[0-9a-f]{32}", login_name(email))


def test_no_login_can_be_a_group():
    assert not any(re.fullmatch("mv_[0-9a-f]{32}", group) for group in (TEACHERS, COORDINATORS, ADMINS, WORKER))
