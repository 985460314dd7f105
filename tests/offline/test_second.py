"""Pages of a second marking: fetched into memory, the same page again after a failure, never onto the disk."""

from uuid import UUID

import pytest

from mv_desktop.core.errors import OfflineError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import MarkingId, PageRef
from mv_desktop.domain.second import SecondScript
from mv_desktop.offline.second import ADDRESS_TIMEOUT_S, SecondMarkings, SecondPages, page_infos
from mv_desktop.offline.second_draft import SecondDrafts
from mv_desktop.pages.answer import CheckedFile, CheckedPage
from mv_desktop.pages.problem import AddressExpiredError, Problem, WrongContentError
from tests.factories.local import NOW, open_store, pulled_page
from tests.fakes.clock import FakeClock
from tests.fakes.desk import FULL, MemoryPages

A4 = {"width": 620, "height": 877}
ONE = pulled_page(1, 1, pages=(A4,), questions=(21, 22))
SCAN = pulled_page(1, 2, mime_type="application/pdf", pages=(A4, A4))
TORN = pulled_page(1, 3, problem="The file is damaged.")
GIVEN = SecondScript(MarkingId(UUID(int=7)), NOW, "Board exam", "XII", "board_exam", "{}", (), (ONE, SCAN, TORN))


class Pages(MemoryPages):
    """As a server with a slow worker, where wanted.

    Attributes:
        late: so many questions for addresses are answered before they are there.
        broken: what the next download raises; renewed: the pages whose address was asked for anew.
    """

    def __init__(self):
        super().__init__()
        self.late, self.broken, self.renewed = 0, None, []

    def addresses(self, uploads):
        found = super().addresses(uploads)
        self.late -= 1
        return tuple(PageAddress(one.upload_id, None, None, None) for one in found) if self.late >= 0 else found

    def renew(self, upload_id):
        self.renewed.append(upload_id)

    def download(self, *what):
        broken, self.broken = self.broken, None
        if broken is not None:
            raise broken
        return super().download(*what)


class Computer:
    def __init__(self, folder):
        self.clock, self.source, self.into, self.slept = FakeClock(NOW), Pages(), SecondPages(), []
        self.folder, self.store = folder, open_store(folder, self.clock)
        drafts = SecondDrafts(self.store._vault, id_source(self.clock))
        self.markings = SecondMarkings(None, drafts, self.source, dict, self.slept.append, self.waited)

    def waited(self):
        return sum(self.slept)

    def fetch(self, page, cancelled=lambda: False):
        return self.markings.fetch(GIVEN, page, self.into, cancelled)


@pytest.fixture
def computer(tmp_path):
    made = Computer(tmp_path)
    yield made
    made.store._vault.close()


def test_a_page_comes_into_memory_and_nowhere_else_and_can_be_forgotten(computer):
    before = {path for path in computer.folder.rglob("*") if path.is_file()}
    computer.source.late = 2
    (info,) = computer.fetch(ONE)
    assert (info.ref, info.here, info.questions, info.width) == (PageRef(1, 0), True, (21, 22), 620)
    assert computer.into.read(PageRef(1, 0), "full") == FULL
    assert computer.into.read(PageRef(1, 0), "quarter") is not None
    assert computer.slept == [0.2, pytest.approx(0.3)]
    assert computer.source.asked == 3
    assert {path for path in computer.folder.rglob("*") if path.is_file()} == before
    computer.into.clear()
    assert computer.into.read(PageRef(1, 0), "full") is None


def test_all_pages_of_a_scan_come_at_once_and_a_damaged_file_is_not_asked_for(computer):
    two = (CheckedPage(620, 877, "pdf-image", FULL, "jpeg", FULL, number) for number in (1, 2))
    computer.source.check = lambda _data, _limits: CheckedFile(None, "", "application/pdf", "", 9, tuple(two))
    assert [info.ref for info in page_infos(SCAN)] == [PageRef(2, 1), PageRef(2, 2)]
    assert [(info.ref, info.here) for info in computer.fetch(SCAN)] == [(PageRef(2, 1), True), (PageRef(2, 2), True)]
    (torn,) = computer.fetch(TORN)
    assert (torn.problem, torn.here) == ("The file is damaged.", False)
    assert computer.source.downloads == [SCAN.upload_id]


def test_what_cannot_be_shown_says_why_and_a_network_that_is_gone_can_be_tried_again(computer):
    source = computer.source
    source.broken = OfflineError("The store does not answer.")
    with pytest.raises(OfflineError, match="store"):
        computer.fetch(ONE)
    source.broken = WrongContentError("Another file came.")
    (info,) = computer.fetch(ONE)
    assert "Another file came." in info.problem
    source.broken = AddressExpiredError("The address has expired.")
    assert computer.fetch(ONE)[0].here, "by another address"
    assert source.renewed == [ONE.upload_id] * 3
    source.check = lambda _data, _limits: CheckedFile(Problem.TOO_LARGE, "The file is too large.", "", "", 9, ())
    assert computer.fetch(ONE)[0].problem == "The file is too large."
    source.addresses = lambda uploads: [PageAddress(uploads[0], None, None, "It was taken out.")]
    assert computer.fetch(ONE)[0].problem == "It was taken out."
    source.addresses = lambda _uploads: []
    with pytest.raises(OfflineError, match="not given the addresses"):
        computer.fetch(ONE)
    assert ADDRESS_TIMEOUT_S < sum(computer.slept) < 2 * ADDRESS_TIMEOUT_S


def test_who_goes_away_waits_for_nothing(computer):
    assert not computer.fetch(ONE, lambda: True)[0].here
    computer.source.gate.clear()
    answers = iter((False, True))
    (info,) = computer.fetch(ONE, lambda: next(answers))
    assert not info.here
    assert not info.problem
    assert computer.source.renewed == [], "its address is as good as before"
