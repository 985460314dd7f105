"""Names of logins and groups (`docs/security.md`)."""

from __future__ import annotations

import hashlib
import string

TEACHERS = "mv_teacher"
COORDINATORS = "mv_coordinator"
ADMINS = "mv_admin"
WORKER = "mv_worker"

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def login_name(email: str) -> str:
    """The PostgreSQL login of the person with that e-mail address.

    The program knows it without asking, and a stranger learns nothing from it. Only A to Z are lowered: that is
    what the database does on every server alike, whatever its locale.
    """
    return "mv_" + hashlib.sha256(email.strip(" ").translate(_LOWER).encode()).hexdigest()[:32]
