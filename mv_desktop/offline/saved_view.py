"""The views of lists that a person keeps, in her own file."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mv_desktop.domain.record import Wanted
from mv_desktop.domain.saved_view import LONGEST_NAME, SavedView, Views
from mv_desktop.offline import meta
from mv_desktop.offline.vault import Vault

_PREFIX = "saved_view:"

_log = logging.getLogger(__name__)


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    words: Annotated[str, Field(max_length=10_000)]
    choices: dict[str, str]
    first: bool


class SavedViews:
    """The views in the open file `vault`; called from any thread."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def kept(self, kind: str) -> Views:
        """Those of one subject's list, in the order of their names; one that this version cannot read stays there."""
        with self._vault.reading() as db:
            texts = meta.read_all(db, _name(kind, ""))
        return tuple(sorted((view for text in texts if (view := _read(text))), key=lambda view: view.key))

    def change(self, kind: str, gone: Sequence[str], put: Sequence[SavedView]) -> None:
        """Drop those with these keys and keep these, all at once; it is on the disk when this returns.

        Raises:
            LocalFileError: it could not be written.
        """
        with self._vault.transaction() as db:
            for key in gone:
                meta.drop(db, _name(kind, key))
            for view in put:
                one = _Kept(
                    name=view.name, words=view.wanted.words, choices=dict(view.wanted.choices), first=view.first
                )
                meta.write(db, _name(kind, view.key), one.model_dump_json())


def _name(kind: str, key: str) -> str:
    return f"{_PREFIX}{kind}:{key}"


def _read(text: str) -> SavedView | None:
    try:
        found = _Kept.model_validate_json(text)
    except ValidationError as error:
        _log.warning("a saved view cannot be read: %s", error.error_count())
        return None
    return SavedView(found.name, Wanted(found.words, found.choices), found.first)
