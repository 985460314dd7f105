"""The days on which teachers are away: her own, and what who coordinates enters for today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.absence import Absence, Absences, refusal
from mv_desktop.domain.identifier import AbsenceId, UserId


def absences(session: Session) -> Absences:
    """All of her own absences, past ones too.

    Args:
        session: on the person's own login.

    Raises:
        NotAllowedError: she is no teacher here.
    """
    answer = session.scalar(text("SELECT api.absences()"))
    if not isinstance(answer, dict):
        raise TypeError(f"api.absences answered {type(answer).__name__}")
    return Absences(date.fromisoformat(answer["today"]), tuple(map(_absence, answer["absences"])))


def put_absence(session: Session, absence: Absence) -> None:
    """Enter an absence, or change the one with its id; audited.

    Raises:
        InvalidError: its days make no sense, have been, or overlap with another's; the sentence says so.
        NotAllowedError: it is somebody else's, or she is no teacher here.
    """
    answer = session.scalar(
        text("SELECT api.put_absence(:absence, :first_day, :return_day, :note)"),
        {
            "absence": absence.absence_id,
            "first_day": absence.first_day,
            "return_day": absence.return_day,
            "note": absence.note,
        },
    )
    _accept(answer)


def delete_absence(session: Session, absence_id: AbsenceId) -> None:
    """Take an absence away that has not begun; audited. One that is gone already stays gone.

    Raises:
        InvalidError: it has begun, or is over.
    """
    answer = session.scalar(text("SELECT api.delete_absence(:absence)"), {"absence": absence_id})
    if isinstance(answer, dict) and answer.get("refused") == "begun":
        raise refusal("begun_stays")
    _accept(answer)


def call_in_sick(session: Session, teacher: UserId, absence_id: AbsenceId, return_day: date, reason: str) -> None:
    """Enter that a teacher is away from today on; audited with the reason, which she reads with her absence.

    Args:
        session: of somebody who coordinates.
        teacher: who.
        absence_id: made where it is entered.
        return_day: the first day on which she is back.
        reason: at most `LONGEST_NOTE` letters.

    Raises:
        InvalidError: the days make no sense, she is entered as away on some of them already, or marks no more.
        NotAllowedError: the caller does not coordinate.
    """
    answer = session.scalar(
        text("SELECT api.call_in_sick(:teacher, :absence, :return_day, :reason)"),
        {"teacher": teacher, "absence": absence_id, "return_day": return_day, "reason": reason},
    )
    _accept(answer, own=False)


def call_back(session: Session, teacher: UserId, reason: str) -> None:
    """Enter that a teacher is back today; audited. Raises as `call_in_sick`."""
    answer = session.scalar(text("SELECT api.call_back(:teacher, :reason)"), {"teacher": teacher, "reason": reason})
    _accept(answer, own=False)


def _accept(answer: Mapping[str, Any] | None, *, own: bool = True) -> None:
    if not isinstance(answer, dict):
        raise TypeError(f"an absence was answered with {type(answer).__name__}")
    if "refused" in answer:
        days = (date.fromisoformat(answer[name]) if name in answer else None for name in ("first_day", "return_day"))
        raise refusal(answer["refused"], *days, own=own)


def _absence(row: Mapping[str, Any]) -> Absence:
    return Absence(
        AbsenceId(UUID(row["absence_id"])),
        date.fromisoformat(row["first_day"]),
        date.fromisoformat(row["return_day"]),
        row["note"],
    )
