"""What was not sent goes into a file, sealed or plain, and comes out of it the same or not at all."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.comment import CommentBody
from mv_desktop.domain.exchange import Verdict, VerdictKind
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.offline import recovery
from mv_desktop.offline.export import export_work, opened_to_read
from mv_desktop.offline.former_password import FormerPassword
from mv_desktop.offline.work_file import WorkFile, WorkOperation, WorkOwner, packed, sealed_for, unpacked
from tests.factories.local import NOW, TEACHER, assigned, evaluation_id, open_store, open_vault, pulled, signed_in

KEY = recovery.new_private_key()
OTHER = recovery.new_private_key()
PUBLIC = recovery.public_text(KEY)
OWNER = WorkOwner(TEACHER, "asha@example.org", "Asha Rao", "School", "", NOW.isoformat(), "1.0")


def mark(number: int, marks: str) -> SetMark:
    return SetMark(MarkKey(number), GivenMark(MarkState.MARKED, Decimal(marks), "für आशा"))


@pytest.fixture
def worked(store):
    """Three operations: one was applied, one refused, one waits; and a comment."""
    store.contacted(signed_in())
    script = pulled(1)
    store.mirror((assigned(script),), (script,))
    first, second, _ = (store.record(evaluation_id(1), mark(2, marks)) for marks in ("1", "9", "0.5"))
    store.answer(
        [
            Verdict(first.op_id, first.seq, VerdictKind.APPLIED, version=1),
            Verdict(second.op_id, second.seq, VerdictKind.REFUSED, "out_of_range", version=1),
        ]
    )
    store.bank.put(CommentBody("Sign error"))
    return store


def written(store, target: Path, **how):
    with store._vault.reading() as db:
        return export_work(db, target, user_id=TEACHER, server="School", now=NOW, **how)


def test_what_waits_and_what_was_refused_is_in_it_and_nothing_else(worked, tmp_path):
    target = tmp_path / "out.mvwork"
    done = written(worked, target)
    assert (done.operations, done.comments, done.damaged, done.sealed_for) == (2, 1, 0, "")
    work = unpacked(target.read_bytes())
    assert (work.owner.user_id, work.owner.email, work.owner.name) == (TEACHER, "asha@example.org", "Asha Rao")
    assert [(item.state, item.reason) for item in work.operations] == [("refused", "out_of_range"), ("pending", "")]
    assert [item["payload"]["marks"] for item in work.envelopes] == ["9", "0.5"]
    assert json.loads(work.comments[0]["payload"])["text"] == "Sign error"
    assert worked.status().pending == 2  # it only reads


def test_it_is_sealed_for_the_recovery_key_and_says_nothing_else(worked, tmp_path):
    worked.contacted(signed_in(settings={recovery.SETTING: PUBLIC}))
    target = tmp_path / "out.mvwork"
    done = written(worked, target)
    data = target.read_bytes()
    assert done.sealed_for == sealed_for(data) == recovery.fingerprint(KEY.public_key())
    assert b"asha" not in data
    assert len(unpacked(data, KEY).operations) == 2
    with pytest.raises(NotAllowedError, match="sealed for the recovery key"):
        unpacked(data)
    with pytest.raises(NotAllowedError, match="and this one is"):
        unpacked(data, OTHER)


def test_nothing_to_write_writes_nothing_and_no_file_is_lost(store, worked, tmp_path):
    target = tmp_path / "out.mvwork"
    target.write_bytes(b"earlier")
    with pytest.raises(InvalidError, match="already"):
        written(worked, target)
    assert target.read_bytes() == b"earlier"
    with pytest.raises(InvalidError, match="no folder"):
        written(worked, tmp_path / "nowhere" / "out")
    assert written(worked, target, replace=True).operations == 2


def test_everything_sent_needs_no_file(store, tmp_path):
    assert written(store, tmp_path / "x").path is None
    assert not (tmp_path / "x").exists()


def test_a_damaged_operation_is_told_and_not_among_what_is_brought_in(worked, tmp_path):
    with worked._vault.transaction() as db:
        db.execute("UPDATE journal SET body = replace(body, '0.5', '1.5') WHERE state = 'pending'")
    assert written(worked, tmp_path / "x").damaged == 1
    work = unpacked((tmp_path / "x").read_bytes())
    assert (len(work.operations), len(work.envelopes)) == (2, 1)


@pytest.mark.parametrize("public", [None, KEY.public_key()], ids=["plain", "sealed"])
def test_a_file_that_is_cut_off_changed_or_something_else_is_refused(public):
    body = '{"op_id":"x"}'
    work = WorkFile(OWNER, (WorkOperation(body, "0" * 64, "pending"),))
    data = packed(work, public)
    assert unpacked(data, KEY).operations == work.operations
    with pytest.raises(InvalidError, match="not whole: 10 bytes"):
        unpacked(data[:-10], KEY)
    for position in range(data.index(b"\n") + 1, len(data), 7):
        changed = bytearray(data)
        changed[position] ^= 1
        with pytest.raises(InvalidError, match="damaged, or was changed"):
            unpacked(bytes(changed), KEY)
    with pytest.raises(InvalidError, match="damaged"):
        unpacked(data + b"x", KEY)
    newer = data.replace(b'"version":1', b'"version":2', 1)
    with pytest.raises(InvalidError, match="newer version"):
        unpacked(newer, KEY)


@given(st.binary(max_size=200))
def test_whatever_else_is_no_exported_work(data):
    with pytest.raises(InvalidError, match="no file with exported work"):
        unpacked(data)


def test_a_forged_end_does_not_shorten_a_file():
    data = packed(WorkFile(OWNER, ()), None)
    with pytest.raises(InvalidError):
        unpacked(data.replace(b'"bytes":', b'"bytes":1,"x":', 1))


def test_it_is_read_while_the_program_has_it_open_and_after(worked, tmp_path):
    vault = worked._vault
    with opened_to_read(vault.home, vault._key, tmp_path) as db:
        assert export_work(db, tmp_path / "a", user_id=TEACHER, server="School", now=NOW).operations == 2
    vault.close()
    before = (vault.home / "work.db").read_bytes()
    with opened_to_read(vault.home, vault._key, tmp_path) as db:
        assert export_work(db, tmp_path / "b", user_id=TEACHER, server="School", now=NOW).operations == 2
    assert (vault.home / "work.db").read_bytes() == before
    with pytest.raises(InvalidError, match="no work"), opened_to_read(tmp_path, vault._key, tmp_path):
        pass


_ON_A_FULL_DISK = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mv_desktop.offline.export import export_work, opened_to_read
from tests.factories.local import TEACHER
home, key, target = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), Path(sys.argv[3])
with opened_to_read(home, key, target.parent) as db:
    print(export_work(db, target, user_id=TEACHER, server="School", now=datetime.now(UTC)).operations)
"""


def test_a_disk_without_room_for_anything_lets_it_out_after_a_crash(worked, tmp_path):
    """No file of this process may grow over 16 KB: too little for SQLite's shared memory, enough for the export."""
    vault = worked._vault
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("work.db", "work.db-wal"):
        (crashed / name).write_bytes((vault.home / name).read_bytes())
    assert (crashed / "work.db-wal").stat().st_size > 0
    small = 16 * 1024
    child = subprocess.run(
        [sys.executable, "-B", "-c", _ON_A_FULL_DISK, crashed, vault._key.hex(), tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
        # uncounted: a file of coverage has no room either
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (small, small)),
    )
    assert (child.stdout, child.stderr) == ("2\n", "")


# -- The recovery key -----------------------------------------------------------------------------------------


def test_the_file_is_wrapped_for_the_key_in_force_and_for_no_other(store):
    vault = store._vault
    path = vault.home / "key-recovery.json"
    store.contacted(signed_in(settings={}))
    assert not path.exists()
    store.contacted(signed_in(settings={recovery.SETTING: PUBLIC}))
    assert recovery.recovered_key(vault.home, vault.owner, KEY) == vault._key
    before = path.read_bytes()
    for nonsense in (PUBLIC, PUBLIC[:-1] + "A", "age1xyz", "", 7, []):
        store.contacted(signed_in(settings={recovery.SETTING: nonsense}))
        assert path.read_bytes() == before
    store.contacted(signed_in(settings={recovery.SETTING: recovery.public_text(OTHER)}))
    with pytest.raises(NotAllowedError, match="sealed for the recovery key"):
        recovery.recovered_key(vault.home, vault.owner, KEY)
    assert recovery.recovered_key(vault.home, vault.owner, OTHER) == vault._key
    with pytest.raises(InvalidError):
        recovery.recovered_key(vault.home, "School/another", OTHER)
    store.contacted(signed_in(settings={recovery.SETTING: None}))
    assert not path.exists()
    with pytest.raises(InvalidError, match="never wrapped"):
        recovery.recovered_key(vault.home, vault.owner, OTHER)


def test_a_damaged_wrapping_is_made_anew_and_opens_nothing(store):
    vault = store._vault
    path = vault.home / "key-recovery.json"
    told = signed_in(settings={recovery.SETTING: PUBLIC})
    for damage in (b"", b"[]", b"{}", b"\xff"):
        path.write_bytes(damage)
        with pytest.raises((InvalidError, NotAllowedError)):
            recovery.recovered_key(vault.home, vault.owner, KEY)
        store.contacted(told)
        assert recovery.recovered_key(vault.home, vault.owner, KEY) == vault._key


def test_it_goes_along_with_a_file_that_is_moved_aside(tmp_path):
    store = open_store(tmp_path)
    store.contacted(signed_in(settings={recovery.SETTING: PUBLIC}))
    key, owner = store._vault._key, store._vault.owner
    store._vault.close()
    again = open_vault(tmp_path, "another", former=FormerPassword(None))
    (kept,) = again.home.glob("kept-*")
    again.close()
    assert recovery.recovered_key(kept, owner, KEY) == key


def test_the_private_half_needs_its_passphrase():
    data = recovery.private_text(KEY, "correct horse")
    assert recovery.public_text(recovery.read_private(data, "correct horse")) == PUBLIC
    with pytest.raises(NotAllowedError, match="passphrase"):
        recovery.read_private(data, "wrong horse")
    with pytest.raises(InvalidError, match="no recovery key"):
        recovery.read_private(b"something", "x")


def test_a_slip_of_the_pen_in_the_public_half_is_noticed():
    assert recovery.read_public(f" {PUBLIC}\n") is not None
    for position in range(len(PUBLIC)):
        other = "B" if PUBLIC[position] != "B" else "C"
        assert recovery.read_public(PUBLIC[:position] + other + PUBLIC[position + 1 :]) is None


def test_nobody_reads_a_sealed_file_as_another_one():
    sealed = recovery.seal(KEY.public_key(), b"x", b"a key")
    with pytest.raises(InvalidError):
        recovery.unseal(KEY, sealed, b"a file")
    assert replace(OWNER, recovered=True) == unpacked(packed(WorkFile(replace(OWNER, recovered=True), ()), None)).owner
