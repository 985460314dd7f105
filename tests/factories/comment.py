"""Comments of the bank for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from mv_desktop.domain.comment import BankComment, BankPerson, CommentBody
from mv_desktop.domain.identifier import CommentId, UserId

ASHA = BankPerson(UserId(UUID(int=0xA)), "Asha Rao")
RAVI = BankPerson(UserId(UUID(int=0xB)), "Ravi Iyer")
MEENAKSHI = BankPerson(UserId(UUID(int=0xC)), "Meenakshi V.", directs=True)
NOON = datetime(2026, 7, 15, 6, 30, tzinfo=UTC)


def body(text: str = "Sign error", marks: str | None = None, **rest) -> CommentBody:
    return CommentBody(text, None if marks is None else Decimal(marks), **rest)


def comment(
    number: int, text: str = "Sign error", marks: str | None = None, *, owner: BankPerson = ASHA, **rest
) -> BankComment:
    """A comment; `number` is its id, and a higher one is the newer. Fields of its body may be given too."""
    names = ("question_id", "shared", "archived")
    inner = {name: rest.pop(name) for name in names if name in rest}
    values = {"version": 1, "changed_at": NOON + timedelta(seconds=number)} | rest
    return BankComment(
        CommentId(UUID(int=number)),
        body(text, marks, **inner),
        owner.user_id,
        owner.name,
        owner.user_id,
        owner.name,
        **values,
    )
