"""A person's own affairs in memory."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from mv_desktop.core.errors import NotAllowedError, OfflineError
from mv_desktop.domain.absence import Absence, Absences, check_absence, check_deletion
from mv_desktop.domain.agreement import MarkedTwice, Tolerance
from mv_desktop.domain.identifier import AbsenceId, EvaluationId, QuestionId, UserId
from mv_desktop.domain.quality import OwnAgreement
from mv_desktop.domain.question import QuestionType

TODAY = date(2026, 7, 14)
PAST = Absence(AbsenceId(UUID(int=1)), date(2026, 5, 4), date(2026, 5, 6), "Election duty")
RUNNING = Absence(AbsenceId(UUID(int=2)), date(2026, 7, 13), date(2026, 7, 16), "")
COMING = Absence(AbsenceId(UUID(int=3)), date(2026, 10, 20), date(2026, 10, 24), "Diwali")
TWICE = OwnAgreement(
    tuple(
        MarkedTwice(
            EvaluationId(UUID(int=script)),
            UserId(UUID(int=1)),
            number,
            QuestionId(UUID(int=number)),
            QuestionType.SA,
            Decimal(3),
            Decimal(first),
            Decimal(second),
            same_side=number != 3,
            comment="see step 2" if number == 3 else "",
            code=code,
        )
        for script, code in ((1, "VX-4K2"), (2, "RT-8P1"))
        for number, first, second in ((1, "2", "2"), (2, "2.5", "2"), (3, "3", "1.5"))
    ),
    Tolerance(Decimal("0.5"), Decimal(1)),
)


class FakeOwnPlace:
    """An `OwnPlace`.

    Attributes:
        password: as the server knows it.
        reachable: False cuts the network; lose_answers: so many absences are entered without her hearing of it.
        listed: the absences on the server; kept: what this computer heard last.
        twice: what second markings say; kept_twice: what this computer heard of them last.
    """

    known = ("meera@school.example", "Meera", "Krishnamurthy")

    def __init__(self, *listed: Absence) -> None:
        self.password = "the old one"
        self.reachable = True
        self.lose_answers = 0
        self.listed = {absence.absence_id: absence for absence in listed or (PAST, RUNNING, COMING)}
        self.kept: Absences | None = None
        self.twice = TWICE
        self.kept_twice: OwnAgreement | None = None

    def change_password(self, old: str, new: str) -> None:
        if not self.reachable:
            raise OfflineError("The server does not answer.", kept="Your password was not changed.")
        if old != self.password:
            raise NotAllowedError("The old password is wrong.", kept="Your password was not changed.")
        self.password = new

    def kept_absences(self) -> Absences | None:
        return self.kept

    def absences(self) -> Absences:
        if not self.reachable:
            raise OfflineError("The server does not answer.")
        self.kept = Absences(TODAY, tuple(sorted(self.listed.values(), key=lambda absence: absence.first_day)))
        return self.kept

    def put_absence(self, absence: Absence) -> Absences:
        check_absence(absence, self.absences().absences, TODAY)
        self.listed[absence.absence_id] = absence
        if self.lose_answers:
            self.lose_answers -= 1
            raise OfflineError("The server does not answer.")
        return self.absences()

    def delete_absence(self, absence_id: AbsenceId) -> Absences:
        self.absences()
        check_deletion(self.listed[absence_id], TODAY)
        del self.listed[absence_id]
        return self.absences()

    def kept_agreement(self) -> OwnAgreement | None:
        return self.kept_twice

    def agreement(self) -> OwnAgreement:
        if not self.reachable:
            raise OfflineError("The server does not answer.")
        self.kept_twice = self.twice
        return self.twice
