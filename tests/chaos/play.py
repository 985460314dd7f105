"""What the machine's rules are made of: how a school begins, how it is compared, and how it ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine, initialize

from mv_desktop.core.errors import UserError
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    Operation,
    PutAnnotations,
    SetMark,
)
from tests.chaos.computer import Computer
from tests.chaos.world import LOST, World, must, scratch


def typed(key: MarkKey, marks: str) -> SetMark:
    return SetMark(key, GivenMark(MarkState.MARKED, Decimal(marks)))


class Play(RuleBasedStateMachine):
    """A school. `world` is set on a subclass before it runs."""

    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        self.folder = scratch()
        self.ink = 0
        self.world.begin()
        self.computers = [Computer(self.world, n, owner, self.folder) for n, owner in enumerate((0, 0, 1))]
        for number in range(3):
            self.syncs_well(number)

    def check_invariants(self, *arguments: Any, **named: Any) -> None:
        """Hypothesis asks after every step; it is only counted here."""
        self.world.steps += 1
        super().check_invariants(*arguments, **named)

    def script(self, number: int) -> Any:
        return self.world.scripts[number]

    def does(self, computer: int, script: int, *operations: Operation) -> None:
        for operation in operations:
            self.computers[computer].record(self.script(self.pick(computer, script)), operation)

    def pick(self, computer: int, script: int) -> int:
        """That script, or another one where it cannot be worked on here: most of what she does shall count."""
        works = [n for n in (script, 0, 1, 2) if self.computers[computer].works_on(self.script(n))]
        return works[0] if works else script

    def check(self) -> None:
        self.world.check()
        self.check_nothing_lost()
        for computer in self.computers:
            computer.check()

    def check_nothing_lost(self) -> None:
        """What was said to be saved is on the server, or waits on a computer."""
        here = {
            UUID(row["op_id"])
            for computer in self.computers
            for row in computer.journal()
            if row["state"] != "answered" or row["verdict"] in ("superseded", "held") or self.world.restored
        }
        lost = {op_id for op_id, made in self.world.made.items() if made.promised} - here - set(self.world.verdicts)
        must(not lost, LOST, "work that was said to be saved", lost)

    def check_all_arrived(self) -> None:
        """At the end all of it is on the server, but for what she has done over since."""
        overtaken = {
            UUID(row["op_id"])
            for computer in self.computers
            for row in computer.journal()
            if row["verdict"] in ("superseded", "held")
        }
        lost = {op_id for op_id, made in self.world.made.items() if made.promised}
        lost -= overtaken | set(self.world.verdicts)
        must(not lost, LOST, "work that never arrived", lost)

    def forget(self, computer: Computer, kept: frozenset[UUID]) -> None:
        """A disk is gone: what was on it and nowhere else, nobody can save."""
        elsewhere = {UUID(row["op_id"]) for other in self.computers if other is not computer for row in other.journal()}
        mine = {UUID(row["op_id"]) for row in computer.journal()}
        for op_id in mine - kept - elsewhere - set(self.world.verdicts):
            self.world.made[op_id].promised = False

    def syncs_well(self, number: int) -> None:
        """A run of sync that nothing disturbs must bring both sides together."""
        computer = self.computers[number]
        most = self.world.most_known
        result = computer.sync()
        self.check()
        if most is None:
            computer.check_converged(result)

    def syncs_badly(self, number: int, fault: str, at: int = 1, typing: Callable[[], None] | None = None) -> None:
        computer = self.computers[number]
        if computer.sync(fault, at, typing) is None:
            computer.boot(computer.copied())
        self.check()

    def decides(self, what: str, ask: Callable[[Any], Any]) -> bool:
        """A coordinator does something; False when the server says that it cannot be done."""
        try:
            with self.world.coordinator.session() as session:
                ask(session)
        except UserError:
            return False
        self.world.stats[f"coordinator: {what}"] += 1
        return True

    def stamps(self, ids: set[int], key: MarkKey | None) -> PutAnnotations:
        """Stamps that no earlier ones are like."""
        self.ink += 1
        belongs = (
            {} if key is None else {"question_number": key.question_number, "alternative": key.alternative or None}
        )
        x = round(self.ink % 1000 / 1000, 3)
        return PutAnnotations(
            tuple(
                Placed(
                    PageRef(1 + n % 2),
                    Stamp(id=UUID(int=n), stamp="tick", x=x, y=0.5, marks=None if key is None else "0.5", **belongs),
                )
                for n in sorted(ids)
            )
        )

    def teardown(self) -> None:
        if not hasattr(self, "computers"):
            return
        try:
            self.world.heal()
            for _ in range(2):
                for number in range(3):
                    self.syncs_well(number)
            self.world.check_told()
            self.check_all_arrived()
        finally:
            for computer in self.computers:
                computer.close()
            self.world.end()
            shutil.rmtree(self.folder, ignore_errors=True)
