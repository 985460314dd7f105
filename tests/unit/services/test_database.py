"""Which TLS an address gets."""

import pytest

from mv_desktop.services.database import protected


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("postgresql://u:p@127.0.0.1:5432/mv", {}),
        ("postgresql://u:p@localhost/mv", {}),
        ("postgresql://u:p@db.example.org/mv", {"sslmode": "verify-full", "sslrootcert": "system"}),
        (
            "postgresql://u:p@db.example.org/mv?sslrootcert=/etc/rds.pem",
            {"sslmode": "verify-full", "sslrootcert": "/etc/rds.pem"},
        ),
        ("postgresql://u:p@db.example.org/mv?sslmode=require", {"sslmode": "require"}),
    ],
)
def test_a_server_elsewhere_must_prove_who_it_is(url, query):
    address = protected(url)
    assert dict(address.query) == query
    assert address.password == "p"
    assert address.drivername == "postgresql+psycopg"
