"""What screens of the office need beside their subject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from mv_desktop.domain.record import FormDraft
from mv_desktop.domain.saved_view import SavedView, Views

DRAFT_LANE = "office.drafts"
"""Where drafts and views are kept: it waits for no server."""


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


class MomentPlace(Protocol):
    """As `offline.office.record_moment.RecordMoments`."""

    def seen(self, kind: str, key: str) -> datetime | None:
        """The `updated_at` of a record, by its subject's kind; None where there is none such any more."""
        ...


class ViewKeeper(Protocol):
    """As `offline.saved_view.SavedViews`."""

    def kept(self, kind: str) -> Views:
        """The views of one subject's list."""
        ...

    def change(self, kind: str, gone: Sequence[str], put: Sequence[SavedView]) -> None:
        """Drop those with these keys and keep these."""
        ...
