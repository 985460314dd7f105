"""What screens of the office need beside their subject."""

from __future__ import annotations

from typing import Protocol

from mv_desktop.domain.record import FormDraft

DRAFT_LANE = "office.drafts"
"""Where drafts are kept: it waits for no server."""


class DraftKeeper(Protocol):
    """As `offline.form_draft.FormDrafts`."""

    def kept(self, kind: str) -> tuple[FormDraft, ...]:
        """The drafts of one kind of record."""
        ...

    def keep(self, draft: FormDraft) -> None:
        """Keep what was typed."""
        ...

    def drop(self, kind: str, key: str) -> None:
        """It was saved, or discarded."""
        ...
