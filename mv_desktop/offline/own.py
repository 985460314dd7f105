"""A person's own affairs: password, absences, second markings of her scripts; with what was last heard of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from mv_desktop.domain.absence import Absence, Absences, check_absence, check_deletion
from mv_desktop.domain.identifier import AbsenceId, UserId
from mv_desktop.domain.quality import OwnAgreement
from mv_desktop.offline import meta
from mv_desktop.offline.vault import Vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ABSENCES = TypeAdapter(Absences)
_NAME = "own_absences"
_AGREEMENT = TypeAdapter(OwnAgreement)
_AGREEMENT_NAME = "own_agreement"


class OwnAffairs:
    """What concerns the signed-in person alone; changes need the server. Not for the GUI thread.

    Args:
        vault: her file, in which what the server said last stays readable.
        connect: a session on her own login.
        change: `Desk.change_password`.
        known: what others know of her: e-mail address and names.
        user_id: who she is.
    """

    def __init__(
        self,
        vault: Vault,
        connect: Callable[[], AbstractContextManager[Session]],
        change: Callable[[str, str], None],
        known: tuple[str, ...],
        user_id: UserId,
    ) -> None:
        self._vault, self._connect, self._change, self._user_id = vault, connect, change, user_id
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

    def kept_agreement(self) -> OwnAgreement | None:
        """What second markings of her scripts say, as this computer last heard it; None before the first time.

        Raises:
            LocalFileError: the file could not be read.
        """
        with self._vault.reading() as db:
            text = meta.read(db, _AGREEMENT_NAME)
        try:
            return None if text is None else _AGREEMENT.validate_json(text)
        except ValidationError:
            return None  # of another version: the server says it anew

    def agreement(self) -> OwnAgreement:
        """What second markings of her scripts say, as the server has it. Raises as `services.quality.results`."""
        from mv_desktop.services.quality import own_agreement

        with self._connect() as session:
            found = own_agreement(session, self._user_id)
        if not self._vault.read_only:
            with self._vault.transaction() as db:
                meta.write(db, _AGREEMENT_NAME, _AGREEMENT.dump_json(found).decode())
        return found

    def _keep(self, found: Absences) -> Absences:
        if self._vault.read_only:
            return found
        with self._vault.transaction() as db:
            meta.write(db, _NAME, _ABSENCES.dump_json(found).decode())
        return found
