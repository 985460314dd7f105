"""Exam templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.exam import ExamSnapshot, ExamType, build_paper, check_template
from mv_desktop.domain.record import Change, Opened
from mv_desktop.domain.template import BankCell, TemplateDraft, TemplateRow, config_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Templates:
    """As `services.template`.

    Args:
        connect: a session on the person's own login.
        ids: of new ones.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]], ids: IdSource) -> None:
        self._connect, self._ids = connect, ids

    def all(self) -> tuple[TemplateRow, ...]:
        """Every template."""
        from mv_desktop.services.template import templates

        with self._connect() as session:
            return templates(session)

    def bank(self) -> tuple[tuple[BankCell, ...], Mapping[str, tuple[str, ...]]]:
        """How many active questions there are of each kind, and the units of each class."""
        from mv_desktop.services.template import bank_cells, units_of

        with self._connect() as session:
            return bank_cells(session), units_of(session)

    def open(self, template: UUID) -> Opened[TemplateDraft]:
        """One of them."""
        from mv_desktop.services.template import open_template

        with self._connect() as session:
            return open_template(session, template)

    def save(self, opened: Opened[TemplateDraft] | None, draft: TemplateDraft, reason: str) -> str:
        """Write what differs, or a new one; answers its id."""
        from mv_desktop.services.template import put_template

        key = self._ids() if opened is None else UUID(opened.key)
        before, seen = (None, None) if opened is None else (opened.draft, opened.seen)
        with self._connect() as session:
            put_template(session, key, seen, draft, before, reason)
        return str(key)

    def changes(self, template: UUID) -> tuple[Change, ...]:
        """What was changed of it, the newest first."""
        from mv_desktop.services.change import changes_of

        with self._connect() as session:
            return changes_of(session, "template", str(template))

    def trial(self, draft: TemplateDraft, seed: int) -> ExamSnapshot:
        """A paper as a student would get it, from the bank as it is now; nothing is written.

        Raises:
            InvalidError: the template does not fit together.
            ShortBankError: the bank lacks questions.
        """
        from mv_desktop.services.template import active_questions, units_of

        config = config_of(draft)
        with self._connect() as session:
            check_template(config, units_of(session)[draft.class_name])
            bank = active_questions(session, draft.class_name)
        only = draft.specific_unit if draft.exam_type == ExamType.UNIT_PRACTICE else None
        return build_paper(config, bank, seed, only_unit=only)
