"""Password verifiers are what PostgreSQL itself would compute."""

from __future__ import annotations

import base64
import re

import psycopg
import pytest

from mv_desktop.services.staff import first_password, scram_verifier
from tests.factories.marking import QUICK
from tests.fakes.server import CloneDatabase

VERIFIER = re.compile(r"^SCRAM-SHA-256\$4096:([A-Za-z0-9+/=]+)\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$")


def test_a_verifier_has_a_fresh_salt_each_time() -> None:
    one, two = (VERIFIER.match(scram_verifier("x", iterations=QUICK)) for _ in range(2))
    assert one is not None
    assert two is not None
    assert one[1] != two[1]
    assert len(base64.b64decode(one[1])) == 16


@pytest.mark.parametrize(
    "password",
    [
        "plain",
        "with space ½ é",
        "no\u00a0break",
        "so\u00adft",
        "\u2168",
        "\u0627\u0031\u0628",
        "\u0627\u0031",
        "bell\u0007",
        "हिन्दी",
        "\u0221",
        "\u00ad",
    ],
)
def test_the_password_signs_in(database: CloneDatabase, password: str) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE mv_scram_test LOGIN IN ROLE mv_teacher")
        try:
            connection.execute(f"ALTER ROLE mv_scram_test PASSWORD '{scram_verifier(password, iterations=QUICK)}'")
            psycopg.connect(database.superuser_url, user="mv_scram_test", password=password).close()
        finally:
            connection.execute("DROP ROLE mv_scram_test")


def test_first_passwords_differ_and_are_easy_to_read():
    passwords = {first_password() for _ in range(200)}
    assert len(passwords) == 200
    assert not set("".join(passwords)) & set("0O1lIo")
