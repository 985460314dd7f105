"""What was typed of second markings, in the teacher's own file, until it is handed in."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.identifier import EvaluationId, MarkingId, OperationId
from mv_desktop.domain.operation import Operation
from mv_desktop.domain.second import SecondDraft, draft_json, read_draft
from mv_desktop.offline import meta
from mv_desktop.offline.vault import Vault

_PREFIX = "second_marking:"

_log = logging.getLogger(__name__)


class SecondDrafts:
    """The drafts in the open file `vault`; called from any thread.

    A call that changes one returns when it is on the disk, and not before.
    """

    def __init__(self, vault: Vault, ids: IdSource) -> None:
        self._vault, self._ids = vault, ids

    def all(self) -> tuple[SecondDraft, ...]:
        """Every draft; one that this version cannot read stays where it is, and is only counted."""
        return tuple(draft for text in self._texts() if (draft := _read(text)) is not None)

    def unreadable(self) -> int:
        """So many drafts of a newer version are kept here for it."""
        return sum(_read(text) is None for text in self._texts())

    def begin(self, draft: SecondDraft) -> SecondDraft:
        """The draft that stands there, or `draft`, which is kept from now on; a marking that is given again is hers.

        Raises:
            InvalidError: what stands there is of a newer version; it is not touched.
        """
        with self._vault.transaction() as db:
            text = meta.read(db, _name(draft.marking_id))
            found = draft if text is None else _read(text)
            if found is None:
                raise InvalidError(
                    "What you typed for this marking was written by a newer version of the program.",
                    kept="It is kept.",
                    remedy="Update this program.",
                )
            found = replace(found, gone=False)
            meta.write(db, _name(draft.marking_id), draft_json(found))
        return found

    def record_all(
        self,
        evaluation_id: EvaluationId,
        what: Sequence[tuple[Operation, Sequence[Operation], OperationId | None]],
    ) -> tuple[OperationId, ...]:
        """Keep what was done, as the journal of a script does: all of it or nothing.

        Args:
            evaluation_id: the id of the marking, under which the mark sheet knows it.
            what: operations; what undoes them is not kept.

        Raises:
            InvalidError: there is no draft.
            LocalFileError: it could not be written.
        """
        self._change(MarkingId(evaluation_id), operations=tuple(operation for operation, _, _ in what))
        return tuple(OperationId(self._ids()) for _ in what)

    def comment(self, marking: MarkingId, words: str) -> None:
        """Keep what is to be told who coordinates. Raises as `record_all`."""
        self._change(marking, comment=words)

    def lose(self, marking: MarkingId) -> None:
        """The server says that it is not hers any more: what was typed can be read until she puts it away.

        Raises:
            LocalFileError: it could not be written.
        """
        with self._vault.transaction() as db:  # the look, too: a mark may be on its way from another thread
            text = meta.read(db, _name(marking))
            draft = None if text is None else _read(text)
            if draft is not None:
                meta.write(db, _name(marking), draft_json(replace(draft, gone=True)))

    def drop(self, marking: MarkingId) -> None:
        """It was handed in or handed back, or she has read it."""
        with self._vault.transaction() as db:
            meta.drop(db, _name(marking))

    # -- private ---------------------------------------------------------------------------------------------

    def _texts(self) -> list[str]:
        with self._vault.reading() as db:
            return meta.read_all(db, _PREFIX)

    def _change(
        self, marking: MarkingId, *, operations: tuple[Operation, ...] = (), comment: str | None = None
    ) -> None:
        with self._vault.transaction() as db:
            text = meta.read(db, _name(marking))
            draft = None if text is None else _read(text)
            if draft is None:
                raise InvalidError("This marking is not on this computer any more.")
            draft = draft.done(operations)
            if comment is not None:
                draft = replace(draft, comment=comment)
            meta.write(db, _name(marking), draft_json(draft))


def _name(marking: MarkingId) -> str:
    return f"{_PREFIX}{marking}"


def _read(text: str) -> SecondDraft | None:
    try:
        return read_draft(text)
    except (InvalidError, KeyError, TypeError, ValueError) as error:
        _log.warning("a draft of a second marking cannot be read: %s", type(error).__name__)
        return None
