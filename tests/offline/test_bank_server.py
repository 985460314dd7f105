"""The comment bank between two computers and the real PostgreSQL."""

from __future__ import annotations

import pytest

from mv_desktop.core.clock import SystemClock
from mv_desktop.offline.sync import Synchroniser
from tests.factories.comment import body
from tests.factories.local import open_store


class Computer:
    """One computer of `person`."""

    def __init__(self, folder, person):
        self.store = open_store(folder, SystemClock())
        self.sync = Synchroniser(self.store, person.session, SystemClock())

    def run(self):
        result = self.sync.run()
        assert (result.online, result.code) == (True, "")
        return result

    def texts(self):
        return sorted(item.text for item in self.store.bank.comments() if not item.body.archived)


@pytest.fixture
def computers(tmp_path, school):
    asha, ravi = school.person(), school.person()
    made = [Computer(tmp_path / name, person) for name, person in (("one", asha), ("two", asha), ("three", ravi))]
    yield made
    for computer in made:
        computer.store._vault.close()


def test_comments_come_from_one_computer_to_the_others_and_stay_the_same(computers):
    one, two, three = computers
    for computer in computers:
        computer.run()
    made = one.store.bank.put(body("Sign error in $x^2$", "0.5", shared=True))
    one.store.bank.put(body("A note to myself"))
    one.store.bank.use(made.comment_id)
    for computer in computers:
        computer.run()
    assert one.run().pending == 0
    assert two.texts() == one.texts() == ["A note to myself", "Sign error in $x^2$"]
    assert three.texts() == ["Sign error in $x^2$"]
    assert one.store.bank.comments() == two.store.bank.comments()
    (his,) = three.store.bank.comments()
    assert (his.uses, his.all_uses, his.version) == (0, 1, 1)


def test_a_quarrel_over_a_wording_keeps_both_and_all_computers_agree(computers):
    one, two, three = computers
    made = one.store.bank.put(body("First", shared=True))
    for computer in computers:
        computer.run()
    one.store.bank.put(body("Here", shared=True), made.comment_id)
    two.store.bank.put(body("There", shared=True), made.comment_id)
    two.store.bank.put(body("There, better", shared=True), made.comment_id)
    for computer in (*computers, *computers):
        computer.run()
    assert one.texts() == two.texts() == ["Here", "There, better"]
    assert three.texts() == ["Here"]
    assert "changed by" in two.store.status().messages[0].text
    assert one.store.status().messages == ()
