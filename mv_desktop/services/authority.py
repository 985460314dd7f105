"""Which certificate authorities are trusted when a server's address names none: those of this computer."""

from __future__ import annotations

import os
import ssl
from importlib.util import find_spec
from pathlib import Path

SYSTEM = "system"
"""libpq's own word for what its OpenSSL trusts."""

_PLACES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def trusted_authorities() -> str:
    """What to give libpq as ``sslrootcert``: a file of certificates, or "system" where none is found.

    "system" alone would trust nobody on an ordinary computer: the OpenSSL inside psycopg's wheel looks for its
    certificates in a folder of the machine that built it. Windows and macOS keep theirs in no file at all; there,
    and where the system has none, it is the bundle that boto3 brings.
    """
    named = os.environ.get("SSL_CERT_FILE")
    folder = os.environ.get("SSL_CERT_DIR")
    if not named and folder and Path(folder).is_dir():
        return SYSTEM  # somebody has chosen; only OpenSSL itself can read a folder
    places = (named, ssl.get_default_verify_paths().cafile, *_PLACES, _bundled())
    return next((place for place in places if place and Path(place).is_file()), SYSTEM)


def _bundled() -> str | None:
    found = find_spec("botocore")  # finds it without running it
    folders = found.submodule_search_locations if found is not None else None
    return str(Path(folders[0]) / "cacert.pem") if folders else None
