"""The comment bank in the local file, and on its way to the server and back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError, SchemaError
from mv_desktop.domain.annotation.comment_note import note_of
from mv_desktop.domain.comment import CommentDraft
from mv_desktop.domain.comment_exchange import MAX_CHANGES
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import CommentId, MarkKey, PageRef
from mv_desktop.domain.operation import PutAnnotations, SubmitEvaluation
from mv_desktop.offline.comment_update import update_scripts
from mv_desktop.offline.sync import Synchroniser
from tests.factories.comment import ASHA, MEENAKSHI, RAVI, body, comment
from tests.factories.local import NOW, evaluation_id, open_store, pulled, signed_in
from tests.fakes.clock import FakeClock
from tests.fakes.sync_server import FakeSyncServer

ONE, TWO, THREE = (evaluation_id(number) for number in (1, 2, 3))


class Computer:
    """One computer of Asha's."""

    def __init__(self, folder, server):
        self.folder, self.server, self.clock = folder, server, FakeClock(NOW)
        self.open()

    def open(self):
        self.store = open_store(self.folder, self.clock)
        self.store.contacted(signed_in())
        self.bank = self.store.bank
        self.sync = Synchroniser(self.store, self.server.connect, self.clock, self.server)

    def reopen(self):
        self.close()
        self.open()

    def run(self):
        return self.sync.run()

    def texts(self):
        return sorted(item.text for item in self.bank.comments() if not item.body.archived)

    def only(self):
        (found,) = self.bank.comments()
        return found

    def told(self):
        return [item.text for item in self.store.status().messages]

    def close(self):
        self.store._vault.close()


@pytest.fixture
def server():
    return FakeSyncServer(pulled(1), pulled(2), pulled(3))


@pytest.fixture
def here(tmp_path, server):
    made = Computer(tmp_path / "here", server)
    yield made
    made.close()


@pytest.fixture
def there(tmp_path, server):
    made = Computer(tmp_path / "there", server)
    yield made
    made.close()


# -- without a network --------------------------------------------------------------------------------------


def test_comments_are_made_changed_used_and_archived_without_a_network_and_are_there_after_reopening(here, server):
    server.reachable = False
    made = here.bank.put(body(" Sign error ", "0.5"))
    here.bank.put(body("Sign error in step 2", "1"), made.comment_id)
    here.bank.use(made.comment_id)
    here.bank.put(body("Well done"))
    gone = here.bank.put(body("Old"))
    here.bank.put(body("Old", archived=True), gone.comment_id)
    here.run()
    here.reopen()
    assert here.texts() == ["Sign error in step 2", "Well done"]
    mine = next(item for item in here.bank.comments() if item.comment_id == made.comment_id)
    assert (mine.owner_name, mine.version, mine.uses, mine.marks) == ("Asha Rao", 2, 1, 1)
    assert "Old" in {item.text for item in here.bank.comments()}
    assert here.store.status().pending == 6


def test_a_comment_that_cannot_be_is_not_written_down(here):
    with pytest.raises(InvalidError):
        here.bank.put(body("  "))
    assert here.bank.comments() == ()


def test_what_was_begun_and_not_saved_is_there_after_reopening_and_sent_to_nobody(here, server):
    question = UUID(int=7)
    drafts = (
        CommentDraft("Half a", "0.3", None, shared=True),
        CommentDraft("Sign", "½", question, shared=False, comment_id=CommentId(UUID(int=5)), before=body("Old", "1.5"),
                     version=4),
    )  # fmt: skip
    assert here.bank.drafts() == ()
    here.bank.keep_drafts(drafts)
    here.reopen()
    assert here.bank.drafts() == drafts
    here.run()
    assert server.bank == {}
    with here.store._vault.transaction() as db:
        db.execute("UPDATE meta SET value = '[{}]' WHERE name = 'comment_drafts'")
    assert here.bank.drafts() == ()


def test_before_the_server_was_ever_spoken_to_nobody_is_known(tmp_path):
    store = open_store(tmp_path / "new")
    assert store.bank.person() is None
    assert store.bank.comments() == ()
    store._vault.close()


def test_who_directs_is_known_from_the_servers_word(here):
    assert here.bank.person() == ASHA
    here.store.contacted(signed_in(is_coordinator=True))
    assert here.bank.person().directs


# -- with the server ----------------------------------------------------------------------------------------


def test_what_was_made_offline_is_sent_once_and_in_order_and_looks_the_same_after(here, server):
    server.reachable = False
    made = here.bank.put(body("One"))
    here.bank.put(body("Two"), made.comment_id)
    here.bank.put(body("Three"), made.comment_id)
    here.bank.use(made.comment_id)
    before = here.only()
    server.reachable = True
    assert here.run().pending == 0
    assert len(server.bank_received) == len(set(server.bank_received)) == 4
    after = here.only()
    assert (after.text, after.version, after.uses) == (before.text, before.version, before.uses) == ("Three", 3, 1)
    assert server.bank[made.comment_id].text == "Three"
    assert here.run().bank_changed is False


def test_what_is_still_to_be_sent_on_exit_is_sent_without_asking_for_news(here, server):
    server.write(comment(5, "News", owner=RAVI, shared=True))
    here.bank.put(body("One"))
    assert here.sync.push().pending == 0
    assert here.texts() == ["One"]
    assert "One" in {item.text for item in server.bank.values()}


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_happens_twice(here, server):
    made = here.bank.put(body("One"))
    here.bank.use(made.comment_id)
    server.cut_after = 3  # hello, queue and pull come through
    assert not here.run().online
    server.cut_after = None
    here.run()
    assert here.store.status().pending == 0
    assert (server.bank[made.comment_id].uses, server.bank[made.comment_id].version) == (1, 1)


def test_two_computers_of_one_teacher_come_to_the_same(here, there, server):
    made = here.bank.put(body("One"))
    here.run()
    there.run()
    assert there.texts() == ["One"]
    there.bank.put(body("Two", shared=True), made.comment_id)
    there.bank.use(made.comment_id)
    there.run()
    assert here.run().bank_changed
    assert here.bank.comments() == there.bank.comments()
    assert here.only().body == body("Two", shared=True)


def test_a_comment_changed_on_both_computers_keeps_both_texts_and_says_so(here, there, server):
    made = here.bank.put(body("One"))
    here.run()
    there.run()
    here.bank.put(body("Here"), made.comment_id)
    there.bank.put(body("There"), made.comment_id)
    there.bank.put(body("There, again"), made.comment_id)
    here.run()
    there.run()
    here.run()
    assert here.texts() == there.texts() == ["Here", "There, again"]
    assert here.told() == []
    (told,) = there.told()
    assert told.startswith("A comment of the bank was changed by Asha Rao meanwhile. Yours, “There”, is kept")


def test_words_that_she_began_before_others_came_are_no_answer_to_those(here, server):
    made = here.bank.put(body("One"))
    here.bank.put(body("Two"), made.comment_id)
    began = here.only().version
    here.run()
    here.bank.put(body("Three"), made.comment_id, began)
    here.run()
    assert here.texts() == ["Three"], "her own words, sent while she wrote, are what she saw"
    began = here.only().version
    server.write(replace(server.bank[made.comment_id], body=body("Theirs"), version=began + 1))
    here.run()
    here.bank.put(body("Four"), made.comment_id, began)
    here.run()
    assert here.texts() == ["Four", "Theirs"]


def test_a_shared_comment_of_somebody_else_stays_and_her_wording_becomes_her_own(here, server):
    server.write(comment(5, "His", owner=RAVI, shared=True))
    here.run()
    here.bank.put(body("Her wording of it", shared=True), CommentId(UUID(int=5)))
    here.run()
    assert here.texts() == ["Her wording of it", "His"]
    mine = next(item for item in here.bank.comments() if item.owner_id == ASHA.user_id)
    assert not mine.body.shared
    assert "another teacher's" in here.told()[0]


def test_who_changed_a_shared_comment_last_is_known(here, server):
    theirs = comment(5, "Ours", owner=RAVI, shared=True)
    server.write(theirs)
    here.run()
    server.write(replace(theirs, changed_by=MEENAKSHI.user_id, changed_by_name=MEENAKSHI.name, version=2))
    here.run()
    assert (here.only().owner_name, here.only().changed_by_name) == (RAVI.name, MEENAKSHI.name)
    server.hide(theirs.comment_id)
    assert here.run().bank_changed
    assert here.bank.comments() == ()


def test_what_the_server_refuses_stays_on_this_computer_until_it_is_put_right(here, server):
    made = here.bank.put(body("poison"))
    here.run()
    assert here.texts() == ["poison"]
    assert "did not take" in here.told()[0]
    assert here.store.status().pending == 0
    here.bank.put(body("cured"), made.comment_id)
    here.run()
    assert here.texts() == ["cured"]
    assert server.bank[made.comment_id].text == "cured"


def test_a_server_without_a_bank_or_one_that_fails_does_not_hold_up_marking(here, server):
    here.run()
    server.bank_missing = SchemaError("The server's database is too old for this program.")
    here.bank.put(body("One"))
    result = here.run()
    assert (result.online, result.code, result.pending) == (True, "", 1)
    server.bank_missing = None
    assert here.run().pending == 0


def test_more_changes_than_one_call_takes_are_all_sent(here, server):
    for number in range(MAX_CHANGES + 5):
        here.bank.put(body(f"Comment {number}"))
    here.run()
    assert len(server.bank) == MAX_CHANGES + 5
    assert here.store.status().pending == 0


# -- on scripts ---------------------------------------------------------------------------------------------


def standing(here):
    """A comment on three scripts; on the second it was changed by hand."""
    here.run()
    made = here.bank.put(body("Sign error", "1"))
    (item,) = here.bank.comments()
    notes = {}
    for number, script in enumerate((ONE, TWO, THREE), start=1):
        note = note_of(item, UUID(int=number), (PageRef(1), 0.4, 0.4), MarkKey(2), ratio=1.4)
        if script == TWO:
            note = note._replace(annotation=note.annotation.model_copy(update={"text": "Sign error, by hand"}))
        here.store.record(script, PutAnnotations((note,)))
        notes[script] = note
    return made.comment_id, item.body, notes


def changed(here, comment_id):
    here.bank.put(body("Sign error in step 2", "1.5"), comment_id)
    (item,) = here.bank.comments()
    return item


def words(here, script):
    return [placed.annotation.text for placed in here.store.open_script(script).script.ink.values()]


def test_the_scripts_on_which_a_comment_stands_word_for_word_are_found(here):
    comment_id, before, notes = standing(here)
    found = here.bank.standing(comment_id, before)
    assert [(item.evaluation_id, item.notes) for item in found] == [(ONE, (notes[ONE],)), (THREE, (notes[THREE],))]
    assert here.bank.standing(CommentId(UUID(int=99)), before) == ()


def test_an_update_reaches_them_by_ordinary_operations_that_can_be_undone_there(here):
    comment_id, before, notes = standing(here)
    after = changed(here, comment_id)
    assert update_scripts(here.store, before, after) == {ONE, THREE}
    assert [words(here, script) for script in (ONE, TWO, THREE)] == [
        ["Sign error in step 2"], ["Sign error, by hand"], ["Sign error in step 2"],
    ]  # fmt: skip
    assert here.store.open_script(ONE).script.total == after.marks
    last = here.store.history(ONE)[-1]
    assert last.inverse == (PutAnnotations((notes[ONE],)),)
    for operation in last.inverse:
        here.store.record(ONE, operation, undoes=last.op_id)
    assert words(here, ONE) == ["Sign error"]
    assert here.bank.standing(comment_id, before)[0].evaluation_id == ONE


def test_the_open_script_is_left_to_its_own_session(here):
    comment_id, before, _ = standing(here)
    assert update_scripts(here.store, before, changed(here, comment_id), but=ONE) == {THREE}
    assert words(here, ONE) == ["Sign error"]


def test_scripts_that_are_submitted_or_about_to_be_are_left_alone(here):
    comment_id, before, _ = standing(here)
    here.store.hold_leaving(ONE, SubmitEvaluation({}, 0), NOW)
    here.store.record(THREE, SubmitEvaluation({}, 0))
    assert here.store.open_script(THREE).state is WorkState.SUBMITTED
    assert here.bank.standing(comment_id, before) == ()
    assert update_scripts(here.store, before, changed(here, comment_id)) == frozenset()
