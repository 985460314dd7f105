"""What the pages of a person's own things ask of the world behind them; each call may take a while and may fail."""

from __future__ import annotations

from typing import Protocol

from mv_desktop.domain.absence import Absence, Absences
from mv_desktop.domain.identifier import AbsenceId
from mv_desktop.domain.quality import OwnAgreement

OWN_LANE = "sync"
"""There is one connection to the server: what goes over it keeps its order."""


class OwnPlace(Protocol):
    """The signed-in person's password, absences and second markings. Never called on the GUI thread."""

    @property
    def known(self) -> tuple[str, ...]:
        """What others know of her: e-mail address and names. May be read anywhere."""
        ...

    def change_password(self, old: str, new: str) -> None:
        """Raises as `offline.desk.Desk.change_password`."""
        ...

    def kept_absences(self) -> Absences | None:
        """Her absences as this computer last heard them, None before the first time."""
        ...

    def absences(self) -> Absences:
        """Her absences as the server has them. Raises as `services.absence.absences`."""
        ...

    def put_absence(self, absence: Absence) -> Absences:
        """Enter or change one, and read all. Raises as `services.absence.put_absence`."""
        ...

    def delete_absence(self, absence_id: AbsenceId) -> Absences:
        """Take one away, and read all. Raises as `services.absence.delete_absence`."""
        ...

    def kept_agreement(self) -> OwnAgreement | None:
        """What second markings of her scripts say, as this computer last heard it, None before the first time."""
        ...

    def agreement(self) -> OwnAgreement:
        """The same, as the server has it. Raises as `services.quality.results`."""
        ...
