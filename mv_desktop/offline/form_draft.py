"""What admins typed into forms and did not save, in their own file, so that nothing of it is ever lost."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mv_desktop.domain.record import FormDraft
from mv_desktop.offline import meta
from mv_desktop.offline.vault import Vault

_PREFIX = "form_draft:"

_log = logging.getLogger(__name__)


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str
    key: str
    seen: datetime | None
    typed: dict[str, Annotated[str, Field(max_length=1_000_000)]]
    at: datetime


class FormDrafts:
    """The drafts in the open file `vault`; called from any thread. What changes one returns when it is on the disk."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def kept(self, kind: str) -> tuple[FormDraft, ...]:
        """The drafts of one kind of record; one that this version cannot read stays where it is."""
        with self._vault.reading() as db:
            texts = meta.read_all(db, _name(kind, ""))
        return tuple(draft for text in texts if (draft := _read(text)) is not None)

    def keep(self, draft: FormDraft) -> None:
        """Keep it, in place of what was kept of the same record.

        Raises:
            LocalFileError: it could not be written.
        """
        kept = _Kept(kind=draft.kind, key=draft.key, seen=draft.seen, typed=dict(draft.typed), at=draft.at)
        with self._vault.transaction() as db:
            meta.write(db, _name(draft.kind, draft.key), kept.model_dump_json())

    def drop(self, kind: str, key: str) -> None:
        """It was saved, or discarded."""
        with self._vault.transaction() as db:
            meta.drop(db, _name(kind, key))


def _name(kind: str, key: str) -> str:
    return f"{_PREFIX}{kind}:{key}"


def _read(text: str) -> FormDraft | None:
    try:
        found = _Kept.model_validate_json(text)
    except ValidationError as error:
        _log.warning("a draft of a form cannot be read: %s", error.error_count())
        return None
    return FormDraft(found.kind, found.key, found.seen, found.typed, found.at)
