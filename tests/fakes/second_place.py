"""Second markings on her real file, and a server of a school in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from mv_desktop.core.errors import OfflineError, RefusedError, UserError
from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.exchange import PulledPage
from mv_desktop.domain.identifier import MarkingId
from mv_desktop.domain.picture import SeenPicture
from mv_desktop.domain.second import SecondLook, SecondMark, SecondScript, SecondTask
from mv_desktop.offline.second import SecondPages, page_infos
from mv_desktop.offline.second_draft import SecondDrafts
from mv_desktop.pages.answer import CheckedFile, CheckedPage
from tests.factories.local import NOW, pulled_page
from tests.factories.paper import paper
from tests.fakes.desk import FULL, QUARTER

ONE, TWO = MarkingId(UUID(int=7)), MarkingId(UUID(int=8))
TITLES = {ONE: "Board exam, paper 2", TWO: "Pre-board, paper 1"}
SIZE = {"width": 620, "height": 877}


class FakeSecondPlace:
    """A `SecondPlace`.

    Attributes:
        hers: what she was given and has not handed in.
        reachable: False cuts the network.
        handed, declined: what arrived.
        gate: what is sent waits until it is set, arrives, and is answered only where `answers`.
        bad_page: the next page that is fetched cannot be had, for this reason.
    """

    def __init__(self, drafts: SecondDrafts, *hers: MarkingId) -> None:
        self.drafts = drafts
        self.hers = list(hers or (ONE, TWO))
        self.reachable = self.answers = True
        self.handed: dict[MarkingId, tuple[Sequence[SecondMark], str]] = {}
        self.declined: dict[MarkingId, str] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.bad_page: UserError | None = None

    def look(self) -> SecondLook:
        if not self.reachable:
            return SecondLook(None, self.drafts.all(), self.drafts.unreadable(), _away())
        tasks = tuple(SecondTask(one, NOW, TITLES[one], "XII", "board_exam", 3) for one in self.hers)
        look = SecondLook(tasks, self.drafts.all(), self.drafts.unreadable())
        for marking in look.lost:
            self.drafts.lose(marking)
        return replace(look, drafts=self.drafts.all())

    def picture(self, marking: MarkingId, place: str) -> SeenPicture:
        return SeenPicture(None, f"{place} of {marking} is to come.", waiting=True)

    def read(self, marking: MarkingId) -> SecondScript:
        self._ask(marking)
        pages = tuple(pulled_page(1, number, checked=True, pages=(SIZE,), questions=(2,)) for number in (1, 2))
        text = paper().model_dump_json(by_alias=True)
        return SecondScript(marking, NOW, TITLES[marking], "XII", "board_exam", text, (), pages)

    def fetch(
        self, script: SecondScript, page: PulledPage, into: SecondPages, cancelled: Callable[[], bool]
    ) -> tuple[PageInfo, ...]:
        bad, self.bad_page = self.bad_page, None
        if isinstance(bad, OfflineError):
            raise bad
        if bad is not None:
            return page_infos(page, problem=str(bad))
        checked = CheckedPage(SIZE["width"], SIZE["height"], "image", FULL, "jpeg", QUARTER)
        into.put(page.page_number, CheckedFile(None, "", "image/jpeg", "", len(FULL), (checked,)))
        return tuple(replace(info, here=True) for info in page_infos(page))

    def hand_in(self, marking: MarkingId, marks: Sequence[SecondMark], comment: str) -> None:
        self.gate.wait(10)
        if self.handed.get(marking) != (marks, comment):  # said again, the same is done already
            self._ask(marking)
            self.handed[marking] = (marks, comment)
            self.hers.remove(marking)
        if not self.answers:
            raise _away()
        self.drafts.drop(marking)

    def decline(self, marking: MarkingId, reason: str) -> None:
        self._ask(marking)
        self.declined[marking] = reason
        self.hers.remove(marking)
        self.drafts.drop(marking)

    def _ask(self, marking: MarkingId) -> None:
        if not self.reachable:
            raise _away()
        if marking not in self.hers:
            raise RefusedError("This second marking is not yours any more.")


def _away() -> OfflineError:
    return OfflineError("The server does not answer.", remedy="Try again later.")
