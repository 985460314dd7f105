"""What was not sent comes out of a damaged file and reaches the server, each operation once."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from mv_desktop.domain.comment import CommentBody
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, PutAnnotations, SetMark
from mv_desktop.offline import opening, rescue
from mv_desktop.offline.block import BLOCK, BlockFile
from mv_desktop.offline.disk import DamagedError
from mv_desktop.offline.former_password import FormerPassword, FormerPasswordError
from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.offline.vault import Vault
from tests.factories.local import CHEAP, TEACHER, NoKeyring, evaluation_id, open_store, open_vault, tick
from tests.fakes.clock import FakeClock
from tests.fakes.sync_server import FakeSyncServer

ONE, TWO = evaluation_id(1), evaluation_id(2)
NOTHING_LEFT = "All changes in it that had not been sent"


def mark(marks: str, number: int = 2) -> SetMark:
    return SetMark(MarkKey(number), GivenMark(MarkState.MARKED, Decimal(marks)))


@pytest.fixture
def worked(store: LocalStore, sync: Synchroniser, server: FakeSyncServer) -> Path:
    """The folder of a closed file: 200 operations of which the server heard nothing, and some that it answered."""
    for n in range(40):
        store.record(ONE, mark(str(n % 2)))
    sync.run()
    assert store.status().pending == 0
    server.received.clear()
    store.record(TWO, OpenEvaluation())
    for n in range(99):
        store.record(TWO, mark(str(n % 3 / 2)), inverse=(mark("0"),))
        store.record(ONE, PutAnnotations((tick(n, tag="x" * 5000 if n % 20 == 0 else ""),)))
    store.record(ONE, mark("1", 4))
    store._vault.close()
    return store._vault.home


def key_of(folder: Path) -> bytes:
    store = open_store(folder)
    store._vault.close()
    return store._vault._key


def recorded(folder: Path) -> list[str]:
    store = open_store(folder)
    found = waiting(store)
    store._vault.close()
    assert len(found) == 200
    return found


def waiting(store: LocalStore) -> list[str]:
    with store._vault.reading() as db:
        rows = db.execute("SELECT op_id FROM journal WHERE state = 'pending' ORDER BY entry").fetchall()
    return [row["op_id"] for row in rows]


def damage(path: Path, *blocks: int) -> bytes:
    data = bytearray(path.read_bytes())
    for block in blocks:
        data[(block - 1) * BLOCK : block * BLOCK] = bytes(BLOCK)
    path.write_bytes(data)
    return bytes(data)


def opened_again(folder: Path, clock: FakeClock) -> LocalStore:
    store = open_store(folder, clock)
    assert "is damaged" in store._vault.notice
    return store


def told(store: LocalStore) -> str:
    return " ".join(note.text for note in store.status().messages if note.kind == "rescued")


def test_each_block_that_is_lost_takes_only_its_own_rows(worked: Path, tmp_path: Path) -> None:
    before, key = recorded(tmp_path), key_of(tmp_path)
    whole = (worked / "work.db").read_bytes()
    copy = tmp_path / "copy.db"
    lost_with: dict[str, int] = dict.fromkeys(before, 0)
    innocent = 0
    for block in range(1, len(whole) // BLOCK + 1, 2):
        copy.write_bytes(whole)
        damage(copy, block)
        found = rescue.read(copy, key)
        ids = {_id(item.body) for item in found.operations}
        assert ids <= set(before)
        assert found.lost in (None, len(before) - len(ids))
        for op_id in set(before) - ids:
            lost_with[op_id] += 1
        innocent += len(ids) == len(before)
    assert max(lost_with.values()) <= 4  # a long one stands on several blocks
    assert sum(count > 1 for count in lost_with.values()) <= 5
    assert innocent > 10
    assert sum(lost_with.values()) > 50


def _id(body: str) -> str:
    return body.partition('"op_id":"')[2][:36]


def top_of(folder: Path, table: str = "journal") -> int:
    """The block from which all rows of a table are found."""
    store = open_store(folder)
    with store._vault.reading() as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    store._vault.close()
    return int(root)


def test_what_could_be_read_is_sent_once_and_she_is_told(
    worked: Path, tmp_path: Path, server: FakeSyncServer, clock: FakeClock
) -> None:
    before = recorded(tmp_path)
    blocks = len((worked / "work.db").read_bytes()) // BLOCK
    left = damage(worked / "work.db", *range(9, blocks, 9), top_of(tmp_path))
    with pytest.raises(DamagedError):
        Vault.open(tmp_path, TEACHER, "School", "right", password_verified=False, keyring=NoKeyring(), cost=CHEAP)
    store = opened_again(tmp_path, clock)
    found = waiting(store)
    assert len(before) > len(found) > 100
    assert found == [op_id for op_id in before if op_id in found]
    assert f"{len(found)} could be read" in store._vault.notice
    assert f"{len(found)} could be read" in told(store)
    (kept,) = worked.glob("kept-*/work.db")
    assert kept.read_bytes() == left

    Synchroniser(store, server.connect, clock, server).run()
    assert [str(op_id) for op_id in server.received] == found
    assert store.status().pending == 0
    assert store.open_script(TWO).script.given[MarkKey(2)] == server.scripts[TWO].script.given[MarkKey(2)]
    assert [row.evaluation_id for row in store.queue(clock.now())] == [ONE, TWO]
    assert not store.differing(server.script_sums(None, store.comparable()))
    store._vault.close()

    again = open_store(tmp_path, clock)
    assert again._vault.notice == ""
    assert waiting(again) == []
    again._vault.close()


@pytest.mark.parametrize("place", [0, 40])
def test_with_the_first_block_gone_all_operations_come_back(
    worked: Path, tmp_path: Path, clock: FakeClock, place: int
) -> None:
    before = recorded(tmp_path)
    data = bytearray((worked / "work.db").read_bytes())
    data[place] ^= 1
    (worked / "work.db").write_bytes(data)
    store = opened_again(tmp_path, clock)
    assert waiting(store) == before
    assert "How many could not be read is not known" in told(store)
    store._vault.close()


def test_a_damage_that_touches_nothing_unsent_loses_nothing_and_undo_goes_on(
    worked: Path, tmp_path: Path, clock: FakeClock, server: FakeSyncServer
) -> None:
    before = recorded(tmp_path)
    damage(worked / "work.db", top_of(tmp_path))
    store = opened_again(tmp_path, clock)
    assert waiting(store) == before
    assert f"{NOTHING_LEFT} (200) could be read" in told(store)
    Synchroniser(store, server.connect, clock, server).run()
    assert [entry.inverse for entry in store.history(TWO)][-1] == (mark("0"),)
    store._vault.close()


def test_of_a_row_on_a_damaged_block_only_what_its_sha256_proves_is_believed(worked: Path, tmp_path: Path) -> None:
    key = key_of(tmp_path)
    path = worked / "work.db"
    unsealed = 0
    whole = path.read_bytes()
    bodies = {item.body for item in rescue.read(path, key).operations}
    for block in range(2, len(whole) // BLOCK, 5):
        data = bytearray(whole)
        data[block * BLOCK + 2000] ^= 1
        path.write_bytes(data)
        found = rescue.read(path, key).operations
        assert {item.body for item in found} <= bodies
        doubted = [item for item in found if not item.sealed]
        assert all((item.inverse, item.undoes) == ("[]", None) for item in doubted)
        unsealed += len(doubted)
    assert unsealed > 20  # the other rows on such a block come back


def test_what_stands_only_in_the_log_is_read_there(store: LocalStore, sync: Synchroniser, tmp_path: Path) -> None:
    ids = [store.record(ONE, mark(str(n % 2))).op_id for n in range(30)]
    for name in ("work.db", "work.db-wal"):
        shutil.copyfile(store._vault.home / name, tmp_path / name)
    with (tmp_path / "work.db-wal").open("ab") as log:  # a program died while it wrote
        log.write(bytes(1000))
    damage(tmp_path / "work.db", 1)
    found = rescue.read(tmp_path / "work.db", store._vault._key)
    assert [_id(item.body) for item in found.operations] == [str(op_id) for op_id in ids]


@pytest.mark.parametrize("names", [["key.json"], []])
def test_a_program_that_died_meanwhile_goes_on_at_the_next_opening(
    worked: Path, tmp_path: Path, clock: FakeClock, names: list[str]
) -> None:
    before = recorded(tmp_path)
    damage(worked / "work.db", top_of(tmp_path))
    kept = worked / "kept-20260715T060000Z"
    kept.mkdir()
    rescue.begin(kept)
    for name in ("work.db", *names):
        (worked / name).rename(kept / name)
    store = open_store(tmp_path, clock)
    assert waiting(store) == before
    assert "was damaged" in store._vault.notice
    store._vault.close()
    rescue.begin(kept)  # it died before the mark went
    again = open_store(tmp_path, clock)
    assert waiting(again) == before
    assert rescue.unfinished(worked) == ()
    again._vault.close()


def test_the_answer_to_what_has_no_script_here_is_written_down_and_told(
    worked: Path, tmp_path: Path, server: FakeSyncServer, clock: FakeClock
) -> None:
    damage(worked / "work.db", top_of(tmp_path))
    server.move(ONE)
    server.update(TWO, status=EvaluationStatus.COMPLETED)
    server.poison = {"evaluation.open"}
    store = opened_again(tmp_path, clock)
    result = Synchroniser(store, server.connect, clock, server).run()
    assert (result.code, result.pending) == ("", 1)
    texts = [note.text for note in store.status().messages]
    assert any(text.startswith("A script was given to another teacher.") for text in texts)
    assert any("take a change on a script (evaluation.open)" in text for text in texts)
    assert {work.verdict for work in store.work.aside()} == {"kept", "set_aside"}
    store._vault.close()


def test_what_was_set_aside_and_changes_of_the_comment_bank_come_along(
    store: LocalStore, sync: Synchroniser, server: FakeSyncServer, tmp_path: Path, clock: FakeClock
) -> None:
    server.poison = {"annotation.put"}
    aside = store.record(ONE, PutAnnotations((tick(1),))).op_id
    sync.run()
    put = store.bank.put(CommentBody("Show the step."))
    store._vault.close()
    damage(store._vault.home / "work.db", top_of(tmp_path, "script"))
    server.poison = set()
    again = opened_again(tmp_path, clock)
    assert (again.status().set_aside, again.status().pending) == (1, 2)
    assert f"{NOTHING_LEFT} (2)" in told(again)
    Synchroniser(again, server.connect, clock, server).run()
    assert again.status().pending == 0
    assert aside in server.received
    assert put.comment_id in {comment.comment_id for comment in again.bank.comments()}
    again._vault.close()


def test_a_file_in_which_nothing_waited_says_so(
    store: LocalStore, sync: Synchroniser, tmp_path: Path, clock: FakeClock
) -> None:
    store._vault.close()
    damage(store._vault.home / "work.db", top_of(tmp_path, "script"))
    again = opened_again(tmp_path, clock)
    assert "Everything in it had reached the server." in again._vault.notice
    assert told(again) == ""
    again._vault.close()


def test_the_columns_by_which_rows_are_found_are_the_first_of_their_tables(store: LocalStore) -> None:
    with store._vault.reading() as db:
        for table, columns in (("journal", rescue._JournalRow._fields), ("bank_change", rescue._BankRow._fields)):
            names = [row["name"] for row in db.execute(f"PRAGMA table_info({table})")]
            assert tuple(names[: len(columns)]) == columns


def test_another_key_finds_nothing(worked: Path) -> None:
    assert not any(row.sealed for row in BlockFile(worked / "work.db", bytes(32)).rows())
    assert rescue.read(worked / "work.db", bytes(32)).operations == ()


def test_what_another_password_opened_waits_for_its_key(worked: Path, tmp_path: Path, clock: FakeClock) -> None:
    damage(worked / "work.db", top_of(tmp_path))
    kept = worked / "kept-20260715T060000Z"
    kept.mkdir()
    rescue.begin(kept)
    for name in ("work.db", "key.json"):
        (worked / name).rename(kept / name)
    store = open_store(tmp_path, clock, password="another")
    assert (waiting(store), store._vault.notice) == ([], "")
    assert rescue.unfinished(worked) == (kept,)
    store._vault.close()


class OneSecret:
    """A keyring in which there is a key."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def get(self, name: str) -> bytes | None:
        return self.key

    def put(self, name: str, secret: bytes) -> bool:
        self.key = secret
        return True


def test_the_former_password_opens_a_damaged_file_for_what_can_be_read(worked: Path, tmp_path: Path) -> None:
    damage(worked / "work.db", top_of(tmp_path))
    with pytest.raises(FormerPasswordError):
        open_vault(tmp_path, "another")
    vault = open_vault(tmp_path, "another", former=FormerPassword("right"))
    assert "is damaged" in vault.notice
    assert rescue.unfinished(worked) == ()
    vault.close()


def test_the_keyring_opens_a_damaged_file_too(worked: Path, tmp_path: Path) -> None:
    keyring = OneSecret(key_of(tmp_path))
    damage(worked / "work.db", top_of(tmp_path))
    vault = Vault.open(
        tmp_path, TEACHER, "School", "another", password_verified=True, keyring=keyring, cost=CHEAP
    )  # and nobody is asked for a former password
    assert "is damaged" in vault.notice
    assert keyring.key == vault._key
    vault.close()


def test_a_damage_in_a_large_file_is_looked_for_after_it_was_met(
    worked: Path, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = recorded(tmp_path)
    damage(worked / "work.db", top_of(tmp_path, "script"))
    monkeypatch.setattr(opening, "_CHECKED_BYTES", 0)
    store = open_store(tmp_path, clock)
    assert store._vault.notice == ""
    with pytest.raises(DamagedError, match="open it again"):
        store.queue(clock.now())
    store._vault.close()
    again = opened_again(tmp_path, clock)
    assert waiting(again) == before
    again._vault.close()
    last = open_store(tmp_path, clock)
    assert last._vault.notice == ""
    last._vault.close()
    assert not (worked / "damaged").exists()


def test_a_doubt_that_was_none_is_dropped(worked: Path, tmp_path: Path, clock: FakeClock) -> None:
    opening.doubt(worked)
    store = open_store(tmp_path, clock)
    assert store._vault.notice == ""
    assert not (worked / "damaged").exists()
    store._vault.close()
