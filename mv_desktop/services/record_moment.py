"""When a record of the office was changed last: one row by its key, for who wants to know again and again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

_PERSON = "SELECT u.updated_at FROM public.users u WHERE u.user_id = CAST(:key AS uuid)"
_MOMENTS = {
    "holiday": "SELECT h.updated_at FROM public.holidays h WHERE h.holiday_id = CAST(:key AS uuid)",
    "member": _PERSON,
    # as a change of hers names it: her own change of a question counts, too
    "own_question": "SELECT CAST(api.own_question(CAST(:key AS uuid)) ->> 'updated_at' AS timestamptz)",
    "parent": _PERSON,
    "plan": "SELECT p.updated_at FROM public.subscription_plans p WHERE p.plan_type::text = :key",
    "question": "SELECT q.updated_at FROM public.questions q WHERE q.question_id = CAST(:key AS uuid)",
    "setting": "SELECT c.updated_at FROM public.system_config c WHERE c.config_key = :key",
    "student": _PERSON,
    "subscription": "SELECT s.updated_at FROM public.subscriptions s WHERE s.subscription_id = CAST(:key AS uuid)",
    "template": "SELECT t.updated_at FROM public.exam_templates t WHERE t.template_id = CAST(:key AS uuid)",
}
"""By the kind of the office's subject."""


def moment_of(session: Session, kind: str, key: str) -> datetime | None:
    """The `updated_at` that a change of a record has to name.

    Args:
        session: on an admin's own login; of "own_question" on its writer's.
        kind: of the office's subject, such as "plan".
        key: its id; the name of what has none.

    Returns:
        None where there is none such, or it is not the caller's to see.

    Raises:
        KeyError: no such kind of record is known.
    """
    found: datetime | None = session.scalar(text(_MOMENTS[kind]), {"key": key})
    return found
