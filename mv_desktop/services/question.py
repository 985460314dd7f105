"""Questions of the bank: teachers write drafts of their own, admins write, approve and archive all of them.

Exams hold copies of their questions, so nothing here reaches an exam that exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.question import QuestionDifficulty, QuestionStatus, QuestionType
from mv_desktop.domain.question_draft import QuestionDraft, QuestionRow, draft_of
from mv_desktop.domain.question_review import ReviewState, review_of
from mv_desktop.domain.record import Change, Difference, Opened, Slice, Wanted
from mv_desktop.services.change import changes_of
from mv_desktop.services.record import Written, accepted, as_json
from mv_desktop.services.rescoring import proposals_of

PIECE = 100
"""So many questions are listed at once."""


def find_questions(session: Session, wanted: Wanted, after: QuestionRow | None = None) -> Slice[QuestionRow]:
    """Questions of the bank, what was changed last first; words may be mistyped, or only begun.

    Args:
        session: on an admin's own login.
        wanted: its choices by column: class, unit, question_type, marks, difficulty, status, cbse_year.
        after: the last row of the piece before.
    """
    return listed_questions(session, "find_questions", wanted, after)


def listed_questions(session: Session, function: str, wanted: Wanted, after: QuestionRow | None) -> Slice[QuestionRow]:
    """A piece of a list of questions, as a function of the server gives it."""
    rows = session.execute(
        text(
            "SELECT question_id, class, unit, question_type, marks, difficulty, status, cbse_year, version, updated_at,"  # noqa: S608 - ours
            f" opening, review FROM api.{function}(:words, CAST(:choices AS jsonb), CAST(:at AS timestamptz),"
            " CAST(:after AS uuid), :limit)"
        ),
        {
            "words": wanted.words,
            "choices": as_json(wanted.choices),
            "at": None if after is None else after.updated_at,
            "after": None if after is None else after.question_id,
            "limit": PIECE + 1,
        },
    ).all()
    return Slice(tuple(_row(row) for row in rows[:PIECE]), more=len(rows) > PIECE)


def configured_units(session: Session) -> dict[str, tuple[str, ...]]:
    """The units by class, as the settings have them."""
    rows = session.execute(
        text(
            "SELECT config_key, config_value FROM public.system_config"
            " WHERE config_key IN ('cbse_units_class_x', 'cbse_units_class_xii')"
        )
    )
    return {key.rpartition("_")[2].upper(): tuple(units) for key, units in rows}


def years_of_bank(session: Session) -> tuple[int, ...]:
    """The years of board papers that the bank has questions of, the newest first."""
    rows = session.scalars(
        text("SELECT DISTINCT cbse_year FROM public.questions WHERE cbse_year IS NOT NULL ORDER BY cbse_year DESC")
    )
    return tuple(rows)


def open_question(session: Session, question: UUID) -> Opened[QuestionDraft]:
    """A question as it stands, with its scheme.

    Raises:
        RefusedError: there is none.
    """
    row = session.execute(
        text(
            "SELECT q.updated_at, to_jsonb(q) || jsonb_build_object('scheme', s.scheme) AS stored,"
            " api.question_review(q.question_id) AS review, api.question_fault(q.question_id) AS fault,"
            " a.answered, a.earned"
            " FROM public.questions q"
            " LEFT JOIN public.question_schemes s ON s.question_id = q.question_id AND s.version = q.version"
            " CROSS JOIN LATERAL ("
            "   SELECT count(*)::int AS answered, avg(m.marks_awarded / m.marks_possible)::float8 AS earned FROM ("
            "     SELECT w.marks_awarded, w.marks_possible FROM public.question_marks w"
            "     WHERE w.question_id = q.question_id"
            "     UNION ALL SELECT c.marks_awarded, c.marks_possible FROM public.student_mcq_answers c"
            "     WHERE c.question_id = q.question_id"
            "   ) m"
            " ) a"
            " WHERE q.question_id = :question"
        ),
        {"question": question},
    ).one_or_none()
    if row is None:
        raise RefusedError("There is no such question on the server.")
    review = review_of(row.review)
    draft = replace(
        draft_of(row.stored, configured_units(session)),
        answered=row.answered,
        earned=row.earned,
        review=review,
        faults=proposals_of(row.fault),
        proposed=draft_of({**row.stored, **review.change}) if review.change else None,
    )
    return Opened(str(question), row.updated_at, draft)


def changes_of_question(session: Session, question: UUID) -> tuple[Change, ...]:
    """What was changed of a question and of its schemes, the newest first.

    Each version has a scheme of its own; what a new one says is told against the one before.
    """
    found = list(changes_of(session, "question", str(question)))
    before: JsonValue = None
    for change in reversed(changes_of(session, "scheme", str(question))):
        for one in change.differences:
            if one.column == "scheme" and one.after is not None:
                if before != one.after:
                    found.append(replace(change, differences=(Difference("scheme", before, one.after),)))
                before = one.after
    return tuple(sorted(found, key=lambda change: change.at, reverse=True))


def _row(row: Any) -> QuestionRow:  # noqa: ANN401 (a row of SQLAlchemy)
    return QuestionRow(
        row.question_id,
        row[1],
        row.unit,
        QuestionType(row.question_type),
        row.marks,
        None if row.difficulty is None else QuestionDifficulty(row.difficulty),
        QuestionStatus(row.status),
        row.cbse_year,
        row.version,
        row.updated_at,
        row.opening or "",
        None if row.review is None else ReviewState(row.review),
    )


def own_drafts(session: Session) -> tuple[Mapping[str, Any], ...]:
    """The caller's drafts, oldest first, each with its columns and its `scheme`."""
    return tuple(session.scalar(text("SELECT api.own_drafts()")) or ())


def put_question(
    session: Session, question: UUID, seen: datetime | None, values: Mapping[str, Any], reason: str | None = None
) -> Written:
    """Make a draft (`seen` None, the id is the caller's), or change a question; a teacher only drafts of her own.

    Args:
        session: on a teacher's or an admin's own login.
        question: its id.
        seen: the `updated_at` that the caller saw.
        values: by column, and `scheme`. What was active gets a new version with each change.
        reason: an admin gives one.

    Raises:
        ConflictError: somebody was faster.
        InvalidError: a value does not fit, or breaks a rule of the table.
        RefusedError: there is no such question to be changed by the caller.
    """
    answer = accepted(
        session.scalar(
            text(
                "SELECT api.put_question(CAST(:question AS uuid), CAST(:seen AS timestamptz), CAST(:values AS jsonb),"
                " :reason)"
            ),
            {"question": question, "seen": seen, "values": as_json(values), "reason": reason},
        )
    )
    return Written(datetime.fromisoformat(answer["updated_at"]), answer["version"])


def set_question_status(
    session: Session, question: UUID, seen: datetime, status: QuestionStatus, reason: str
) -> Written:
    """Approve a draft, archive a question, or activate an archived one; admins only.

    Raises:
        ConflictError: somebody was faster.
        RefusedError: there is no such question, or no such step.
    """
    answer = accepted(
        session.scalar(
            text(
                "SELECT api.set_question_status(CAST(:question AS uuid), CAST(:seen AS timestamptz), :status, :reason)"
            ),
            {"question": question, "seen": seen, "status": str(status), "reason": reason},
        )
    )
    return Written(datetime.fromisoformat(answer["updated_at"]))


def withdraw_draft(session: Session, question: UUID, seen: datetime) -> None:
    """Delete a draft of one's own; the audit log keeps what it was.

    Raises:
        ConflictError: somebody has changed it meanwhile.
        RefusedError: it is no draft of the caller's.
    """
    accepted(
        session.scalar(
            text("SELECT api.withdraw_draft(CAST(:question AS uuid), CAST(:seen AS timestamptz))"),
            {"question": question, "seen": seen},
        )
    )
