"""The marking screen with a comment bank over it, for tests."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

import pytest

from mv_desktop.domain.identifier import MarkKey
from mv_desktop.ui.actions import Scope, build_actions
from mv_desktop.ui.marking.bank.bank_desk import BankDesk
from tests.factories.comment import RAVI, comment
from tests.fakes import hand
from tests.fakes.bank_store import FakeBankStore

SECOND, FOURTH = (uuid5(NAMESPACE_URL, name) for name in "vl")
"""The bank's ids of the paper's questions 2 and 4."""
TWO, FOUR = MarkKey(2), MarkKey(4)


def standard():
    return [
        comment(1, "Sign error", "0.5"),
        comment(2, r"Put $x = \frac{1}{2}$ into the first equation", "1.5", uses=3, all_uses=7, shared=True),
        comment(3, "Well done"),
        comment(4, "Order of the matrix is missing", "1", question_id=SECOND),
        comment(5, "Draw the tangent", question_id=FOURTH),
        comment(6, "Ravi's own words", owner=RAVI, shared=True),
    ]


class Desk:
    """A marker with a comment bank."""

    def __init__(self, marker, tasks, ids, clock, *comments, store=None):
        self.marker, self.tasks = marker, tasks
        self.store = store or FakeBankStore(*(comments or standard()))
        screen = marker.screen
        self.desk = BankDesk(
            *(screen, screen.views, lambda: screen.session, self.store, tasks, ids, clock, marker.messages)
        )
        screen.actions_by_id.update(build_actions(screen, Scope.MARKING, self.desk.handlers()))
        self.panel = self.desk.panel
        self.settled()

    def settled(self):
        self.marker.qtbot.waitUntil(lambda: not self.tasks.busy)

    def open(self, page=1, x=0.3, y=0.4):
        """The pointer on a page, and the key C."""
        hand.hover(self.marker.screen.view, self.marker.on(page, x, y))
        hand.press("C", self.marker.screen.view)
        assert self.panel.isVisible()

    def texts(self):
        return [item.text for item in self.panel.listed]

    def ink(self):
        return [placed.annotation for placed in self.marker.session.script.ink.values()]

    def said(self):
        return self.marker.messages.said


@pytest.fixture
def desk(marker, tasks, ids, clock):
    marker.open()
    marker.screen.view.setFocus()
    return Desk(marker, tasks, ids, clock)
