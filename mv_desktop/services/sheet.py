"""The sheets of a script in a coordinator's hands: rescans asked for, pages replaced, taken out and put in again.

Every file that a page ever had is kept, and so is all ink. A page is named by the id that the caller saw, which changes
with each version: whoever was slower than somebody else gets a `ConflictError`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, RefusedError
from mv_desktop.domain.identifier import ExamInstanceId, FlagId
from mv_desktop.domain.sheet import Noted, PageVersion, Sheet


def script_sheets(session: Session, exam: ExamInstanceId) -> tuple[Sheet, ...]:
    """All sheets of a script in order, also those that are out.

    Raises:
        NotAllowedError: the caller neither coordinates nor is an admin.
    """
    return tuple(_sheet(row) for row in session.scalar(text("SELECT api.script_sheets(:exam)"), {"exam": exam}) or ())


def ask_rescan(session: Session, pages: Sequence[UUID], reason: str, flag: FlagId | None = None) -> tuple[UUID, ...]:
    """Ask the student for better scans of pages of one script; all of them or none.

    Args:
        session: on a coordinator's login.
        pages: as they are now.
        reason: what the student reads; with `flag` it is also the answer to the teacher.
        flag: the teacher's flag that this answers.

    Returns:
        What names each request.

    Raises:
        ConflictError: somebody has asked, replaced a page or answered the flag meanwhile.
        RefusedError: the script is completed, or the pages or the flag are of another one.
    """
    answer = _ask(
        session,
        "ask_rescan(CAST(:p AS uuid[]), CAST(:f AS uuid), :r)",
        p=[str(page) for page in pages],
        f=flag,
        r=reason,
    )
    return tuple(UUID(rescan) for rescan in answer["rescans"])


def cancel_rescan(session: Session, rescan: UUID, reason: str) -> None:
    """Ask for it no more.

    Raises:
        RefusedError: it is answered or cancelled already.
    """
    _ask(session, "cancel_rescan(CAST(:p AS uuid), :r)", p=rescan, r=reason)


def replace_page(session: Session, page: UUID, request: UUID, reason: str) -> UUID:
    """Put a rescan in a page's place. What was there is kept, ink stays where it is, and nothing counts as read.

    Args:
        session: on a coordinator's login.
        page: as the caller saw it.
        request: the upload (`services/upload.py`, kind "rescan") of the new file; the worker has found it sound.
        reason: at most 2,000 characters.

    Returns:
        The page's id from now on.

    Raises:
        ConflictError: somebody was faster.
        RefusedError: there is no such file, it has another kind than the page, or the script is completed.
    """
    answer = _ask(session, "replace_page(CAST(:p AS uuid), CAST(:q AS uuid), :r)", p=page, q=request, r=reason)
    return UUID(answer["page_id"])


def restore_page(session: Session, page: UUID, version: int, reason: str) -> UUID:
    """Bring an earlier version of a page back, as a new one; answers the page's id from now on.

    Raises:
        ConflictError: somebody was faster.
        RefusedError: there is no such version, or the script is completed.
    """
    answer = _ask(session, "restore_page(CAST(:p AS uuid), :v, :r)", p=page, v=version, r=reason)
    return UUID(answer["page_id"])


def exclude_page(session: Session, page: UUID, reason: str) -> None:
    """Take a page of somebody else out of a script: its teacher does not see it, and ink on it counts for nothing.

    Raises:
        ConflictError: somebody was faster.
        RefusedError: it is the last page, or the script is completed.
    """
    _ask(session, "exclude_page(CAST(:p AS uuid), :r)", p=page, r=reason)


def include_page(session: Session, page: UUID, reason: str) -> None:
    """Put a page in again, with all ink that was on it.

    Raises:
        RefusedError: it is not out, or the script is completed.
    """
    _ask(session, "include_page(CAST(:p AS uuid), :r)", p=page, r=reason)


_REFUSALS = {
    "unknown": "There is no such page or request on the server.",
    "completed": "This script is completed. Return a question first.",
    "not_excluded": "This page is in the script.",
    "last_page": "This is the last page of the script. Withdraw the script instead.",
    "not_uploaded": "There is no checked rescan of this page with that number.",
    "used": "This rescan is in use already.",
    "other_kind": "A PDF takes the place of a PDF, and a picture that of a picture.",
    "no_version": "This page has no such earlier version.",
    "several_scripts": "These pages belong to more than one script.",
    "other_flag": "This flag belongs to another script.",
    "flag_withdrawn": "The teacher has withdrawn this flag.",
    "closed": "This request is answered or cancelled already.",
    "malformed": "Name between 1 and 100 pages.",
}


def _ask(session: Session, call: str, **values: object) -> Mapping[str, Any]:
    answer = session.scalar(text(f"SELECT api.{call}"), values)
    if not isinstance(answer, dict):
        raise TypeError(f"api.{call} answered {type(answer).__name__}")
    who = answer.get("by") or "Somebody else"
    match answer.get("refused"):
        case None:
            return answer
        case "changed":
            raise ConflictError(f"{who} has replaced this page meanwhile.", remedy="Look at it again.")
        case "excluded":
            raise ConflictError(f"{who} has taken this page out of the script.", remedy="Put it in again first.")
        case "asked":
            raise ConflictError(f"{who} has asked for this rescan already.")
        case "answered":
            raise ConflictError(f"{who} has answered this flag already.")
        case why:
            raise RefusedError(_REFUSALS.get(why, f"The server refused: {why}."))


def _sheet(row: Mapping[str, Any]) -> Sheet:
    return Sheet(
        page_id=UUID(row["page_id"]),
        upload_id=UUID(row["upload_id"]),
        page_number=row["page_number"],
        version=row["version_number"],
        mime_type=row["mime_type"] or "",
        checked=row["checked"],
        problem=row["problem"] or "",
        versions=tuple(
            PageVersion(v["version_number"], UUID(v["page_id"]), v["restores"], _noted(v)) for v in row["versions"]
        ),
        excluded=row["excluded"] and _noted(row["excluded"]),
        rescan=row["rescan"] and _noted(row["rescan"]),
        ink={UUID(annotation): number for annotation, number in row["ink"].items()},
        size=row.get("bytes"),
        sha256=row.get("sha256"),
    )


def _noted(row: Mapping[str, Any]) -> Noted:
    key = row.get("rescan_id")
    return Noted(row["reason"], row["by"], datetime.fromisoformat(row["at"]), key and UUID(key))
