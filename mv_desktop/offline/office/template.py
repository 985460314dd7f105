"""Exam templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.exam import ExamSnapshot, ExamType, build_paper, check_template
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.record import Change, Opened
from mv_desktop.domain.record_import import Done, Put, Told, at_row, tell
from mv_desktop.domain.template import BankCell, TemplateDraft, TemplateRow, config_of
from mv_desktop.offline.noting import Noting
from mv_desktop.offline.office.new_record import NewRecords

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Templates(Noting):
    """As `services.template`.

    Args:
        connect: a session on the person's own login.
        ids: of new ones.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]], ids: IdSource) -> None:
        self._connect, self._new = connect, NewRecords(ids)

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
        """Write what differs, or a new one, once also where its answer was lost; answers its id."""
        from mv_desktop.services.template import put_template

        def write(key: UUID) -> None:
            before, seen = (None, None) if opened is None else (opened.draft, opened.seen)
            with self._connect() as session:
                put_template(session, key, seen, draft, before, reason)

        if opened is None:
            return str(self._new.make(draft, write, self.open))
        write(UUID(opened.key))
        return opened.key

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


class TemplateTable:
    """Exam templates from files: there are dozens, and all are looked at.

    Args:
        connect: a session on the person's own login.
        ids: of new ones.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]], ids: IdSource) -> None:
        self._connect, self._ids = connect, ids

    def opened(self, keys: Sequence[str]) -> tuple[Opened[TemplateDraft], ...]:
        """These as they stand."""
        return tuple(one for one in self.alike(()) if one.key in set(keys))

    def alike(self, drafts: Sequence[TemplateDraft]) -> tuple[Opened[TemplateDraft], ...]:
        """All of them."""
        from mv_desktop.services.template import open_template, templates

        del drafts
        with self._connect() as session:
            return tuple(open_template(session, UUID(row.template_id)) for row in templates(session))

    def consequence(self, puts: Sequence[Put]) -> Consequence | None:
        """No deadline moves."""
        del puts
        return None

    def put(
        self, puts: Sequence[Put], reason: str, weighed: tuple[Consequence, Sequence[Move]] | None, told: Told
    ) -> tuple[Done, ...]:
        """Write all of them, or none. One that is taken away stays for the exams that name it, and is switched off.

        Raises:
            ConflictError: somebody was faster.
            InvalidError: a value does not fit.
        """
        from mv_desktop.services.template import open_template, put_template

        del weighed
        done = []
        with self._connect() as session:
            for number, put in enumerate(puts, 1):
                key = self._ids() if put.opened is None else UUID(put.opened.key)
                seen, before = (None, None) if put.opened is None else (put.opened.seen, put.opened.draft)
                draft = put.draft if put.draft is not None or before is None else replace(before, is_active=False)
                if draft != before:
                    with at_row(put):
                        put_template(session, key, seen, draft, before, reason)
                if put.draft is not None:
                    done.append(Done(open_template(session, key), put.opened, put.row))
                tell(told, number, len(puts))
        return tuple(done)
