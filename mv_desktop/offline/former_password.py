"""What is asked, and answered, when a file opens under a password that is the person's no longer."""

from __future__ import annotations

from dataclasses import dataclass

from mv_desktop.core.errors import UserError


@dataclass(frozen=True, slots=True)
class FormerPassword:
    """Her answer.

    Attributes:
        password: the former one; None when the file is to be left aside.
    """

    password: str | None


class FormerPasswordError(UserError):
    """The server has confirmed her, and the work on this computer opens with an earlier password; it is untouched.

    Attributes:
        wrong: a former password was given, and it is not the one.
    """

    code = "former_password"

    def __init__(self, *, wrong: bool) -> None:
        super().__init__(
            "This is not the former password." if wrong else "Your password was changed elsewhere.",
            kept="Your work on this computer is unharmed.",
        )
        self.wrong = wrong
