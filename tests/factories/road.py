"""A teacher, and a network between her and the server that can be cut or fall silent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.demo.network import Proxy
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.offline.desk import Desk, open_desk
from mv_desktop.services.profile import profile_from_url
from tests.factories.marking import PASSWORD, School


class Road:
    """Asha with one script, her computer's folder, and the proxy on her way to the server.

    Attributes:
        proxy: the network.
        profile: the server, as she reaches it.
        desks: what she opened, in this order.
    """

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder, self.clock = school, folder, SystemClock()
        self.asha = school.person()
        self.script = school.script(self.asha)
        there = profile_from_url(self.asha.url)
        self.proxy = Proxy(there.port)
        self.profile = replace(there, port=self.proxy.port)
        self.desks: list[Desk] = []

    def sign_in(self) -> Desk:
        """Her desk; raises what signing in does."""
        self.desks.append(
            open_desk(self.profile, self.asha.email, PASSWORD, self.folder, self.clock, id_source(self.clock))
        )
        return self.desks[-1]

    def mark(self, desk: Desk, marks: str) -> None:
        """Give question 2 so much."""
        desk.store.record(self.script, SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(marks))))

    def stored(self) -> Decimal:
        """What question 2 has on the server."""
        query = "SELECT marks FROM mark_registers WHERE evaluation_id = %s AND question_number = 2"
        ((marks,),) = self.school.select(query, self.script)
        return Decimal(marks)

    def close(self) -> None:
        """End what was opened."""
        for desk in self.desks:
            desk.close()
        self.proxy.close()
