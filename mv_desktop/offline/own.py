"""A person's own affairs: her password, and the days on which she is away, with what was last heard of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from mv_desktop.domain.absence import Absence, Absences, check_absence, check_deletion
from mv_desktop.domain.identifier import AbsenceId
from mv_desktop.offline import meta
from mv_desktop.offline.vault import Vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ABSENCES = TypeAdapter(Absences)
_NAME = "own_absences"


class OwnAffairs:
    """What concerns the signed-in person alone; changes need the server. Not for the GUI thread.

    Args:
        vault: her file, in which what the server said last stays readable.
        connect: a session on her own login.
        change: `Desk.change_password`.
        known: what others know of her: e-mail address and names.
    """

    def __init__(
        self,
        vault: Vault,
        connect: Callable[[], AbstractContextManager[Session]],
        change: Callable[[str, str], None],
        known: tuple[str, ...],
    ) -> None:
        self._vault, self._connect, self._change = vault, connect, change
        self.known = known

    def change_password(self, old: str, new: str) -> None:
        """As `Desk.change_password`."""
        self._change(old, new)

    def kept_absences(self) -> Absences | None:
        """Her absences as this computer last heard them; None before the first time.

        Raises:
            LocalFileError: the file could not be read.
        """
        with self._vault.reading() as db:
            text = meta.read(db, _NAME)
        try:
            return None if text is None else _ABSENCES.validate_json(text)
        except ValidationError:
            return None  # of another version: the server says it anew

    def absences(self) -> Absences:
        """Her absences as the server has them. Raises as `services.absence.absences`."""
        from mv_desktop.services.absence import absences

        with self._connect() as session:
            found = absences(session)
        return self._keep(found)

    def put_absence(self, absence: Absence) -> Absences:
        """Enter or change an absence. Raises as `services.absence.put_absence`."""
        from mv_desktop.services.absence import absences, put_absence

        with self._connect() as session:
            now = absences(session)
            check_absence(absence, now.absences, now.today)
            put_absence(session, absence)
            found = absences(session)
        return self._keep(found)

    def delete_absence(self, absence_id: AbsenceId) -> Absences:
        """Take an absence away. Raises as `services.absence.delete_absence`."""
        from mv_desktop.services.absence import absences, delete_absence

        with self._connect() as session:
            now = absences(session)
            for absence in now.absences:
                if absence.absence_id == absence_id:
                    check_deletion(absence, now.today)
            delete_absence(session, absence_id)
            found = absences(session)
        return self._keep(found)

    def _keep(self, found: Absences) -> Absences:
        if self._vault.read_only:
            return found
        with self._vault.transaction() as db:
            meta.write(db, _NAME, _ABSENCES.dump_json(found).decode())
        return found
