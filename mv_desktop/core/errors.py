"""The two families of errors.

`UserError` and its subclasses belong to the user's world: they carry a sentence the user understands, what
was kept, and what to do. Every other exception is a bug of ours and ends in a crash report.
"""

from __future__ import annotations


class UserError(Exception):
    """Something in the user's world went wrong.

    Attributes:
        message: what happened, one sentence in the user's words.
        kept: what was saved or is unharmed ("" when nothing was at stake).
        remedy: what the user can do ("" when there is nothing to do).
        code: a short stable name for logs and tests.
    """

    code = "error"

    def __init__(self, message: str, *, kept: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.kept = kept
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.kept, self.remedy) if part)


class OfflineError(UserError):
    """The server or the store could not be reached, or stopped answering."""

    code = "offline"


class ConflictError(UserError):
    """Somebody else changed the same thing meanwhile."""

    code = "conflict"


class RefusedError(UserError):
    """The server understood and said no."""

    code = "refused"


class NotAllowedError(UserError):
    """The person has no right to do this."""

    code = "not_allowed"


class ClosedAccountError(NotAllowedError):
    """The account is locked or closed: the password is not to blame."""

    code = "closed_account"


class InvalidError(UserError):
    """What was given is not valid: a file, a mark, a setting."""

    code = "invalid"


class SetupError(UserError):
    """Something this program needs on the computer is missing or broken."""

    code = "setup"


class ServerFaultError(Exception):
    """The server failed at what was asked of it, and it is a bug of ours, there or here; the cause says more."""


class SchemaError(UserError):
    """The server's database and this program do not fit each other's version."""

    code = "schema"


class OutdatedError(SchemaError):
    """An admin wants newer programs than this one.

    Attributes:
        hindi: `remedy`, an admin's own words, in Hindi; "" where she wrote them in one language.
    """

    code = "outdated"

    def __init__(self, message: str, *, kept: str = "", remedy: str = "", hindi: str = "") -> None:
        super().__init__(message, kept=kept, remedy=remedy)
        self.hindi = hindi
