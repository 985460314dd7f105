"""The database and the program make the same login from an address, or nobody could sign in."""

import pytest

from mv_desktop.domain.access import login_name


@pytest.mark.parametrize(
    "email",
    ["asha@example.org", "Asha@Example.ORG", "  asha@example.org ", "É.İ@example.org", "आशा@example.org", "a\t@b", ""],
)
def test_a_login_has_one_name(owner, email):
    assert owner.execute("SELECT api._login_name(%s)", (email,)).fetchone() == (login_name(email),)
