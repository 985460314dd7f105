"""What the record says of a question: where it was used, how students did, what is nearly the same, old versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.item_statistic import ChoiceCount, ItemSums
from mv_desktop.domain.question_draft import draft_of
from mv_desktop.domain.question_use import AlikeQuestion, QuestionUse, VersionUse
from mv_desktop.domain.question_version import QuestionVersion


def question_use(session: Session, question: UUID) -> QuestionUse:
    """Where a question was used, and how those did who had it; on an admin's own login."""
    told: Mapping[str, Any] = session.scalar(text("SELECT api.question_use(CAST(:q AS uuid))"), {"q": question}) or {}
    count, *sums = told["sums"]
    return QuestionUse(
        exams=told["exams"],
        students=told["students"],
        first_at=_moment(told["first_at"]),
        last_at=_moment(told["last_at"]),
        versions=tuple(
            VersionUse(one["version"], one["exams"], one["students"], one["answered"], one["mean"])
            for one in told["versions"]
        ),
        templates=tuple((one["name"], one["exams"]) for one in told["templates"]),
        answered=told["answered"],
        mean=told["mean"],
        possible=told["possible"],
        sums=ItemSums(count, *map(float, sums)),
        choices_of=told["choices_of"],
        choices=tuple(
            ChoiceCount(one["choice"], one["count"], right=bool(one["right"]), rest=one["rest"])
            for one in told["choices"]
        ),
    )


def similar_questions(session: Session, words: str, but: UUID | None = None) -> tuple[AlikeQuestion, ...]:
    """The questions of the bank most like a text, the most alike first; on an admin's own login.

    Args:
        session: as said.
        words: with its formulas.
        but: the question whose text it is; None for a new one.
    """
    rows = session.execute(
        text(
            "SELECT question_id, status, class, unit, alike, opening"
            " FROM api.similar_questions(:words, CAST(:but AS uuid))"
        ),
        {"words": words, "but": but},
    )
    return tuple(
        AlikeQuestion(str(row.question_id), row.status, row[2], row.unit, row.alike, row.opening or "") for row in rows
    )


def question_versions(session: Session, question: UUID) -> tuple[QuestionVersion, ...]:
    """All versions of a question, the newest first, which is the one in the bank; on an admin's own login."""
    rows = session.execute(
        text(
            "SELECT v.version, v.content, v.made_at, s.scheme,"
            " coalesce(u.first_name || ' ' || u.last_name, '') AS replaced_by,"
            " coalesce(p.first_name || ' ' || p.last_name, '') AS proposed_by"
            " FROM ("
            "   SELECT q.version, to_jsonb(q) AS content, NULL::timestamptz AS made_at, NULL::uuid AS by"
            "   FROM public.questions q WHERE q.question_id = :question"
            "   UNION ALL SELECT o.version, o.content, o.replaced_at, o.replaced_by"
            "   FROM public.question_versions o WHERE o.question_id = :question"
            " ) v"
            " LEFT JOIN public.question_schemes s ON s.question_id = :question AND s.version = v.version"
            " LEFT JOIN public.users u ON u.user_id = v.by"
            " LEFT JOIN ("
            "   public.question_remarks m JOIN public.questions c ON c.question_id = m.question_id"
            "   JOIN public.users p ON p.user_id = coalesce(m.about, c.created_by)"
            " ) ON m.question_id = :question AND m.version = v.version"
            " ORDER BY v.version DESC"
        ),
        {"question": question},
    ).all()
    return tuple(
        QuestionVersion(
            row.version,
            row.made_at,
            row.replaced_by,
            draft_of(_WHOLE | row.content | {"scheme": row.scheme}),
            row.proposed_by,
        )
        for row in rows
    )


_WHOLE: Mapping[str, Any] = dict.fromkeys(
    (
        *("topic", "difficulty", "cbse_year", "tags", "question_text", "mcq_choices", "mcq_correct_choices"),
        *("correct_answer_text", "explanation"),
    )
) | {"status": "active", "version": 1}
"""What a version that is known from papers only does not say."""


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)
