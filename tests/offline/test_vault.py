import json
import os
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.identifier import UserId
from mv_desktop.offline import cipher, key, layout
from mv_desktop.offline.disk import DamagedError, DiskFullError, LocalFileError, NewerFileError, ReadOnlyError
from mv_desktop.offline.former_password import FormerPassword, FormerPasswordError
from mv_desktop.offline.home import home_of
from mv_desktop.offline.key import DesktopKeyring, KeyFileError, WrapCost, WrongPasswordError, unwrap, wrap
from mv_desktop.offline.vault import InUseError, Vault
from tests.fakes.clock import FakeClock

CHEAP = WrapCost(1, 64, 1)
TEACHER = UserId(uuid4())
SERVER = "School server"


class Drawer:
    """A keyring that is a dict."""

    def __init__(self):
        self.secrets = {}

    def get(self, name):
        return self.secrets.get(name)

    def put(self, name, secret):
        self.secrets[name] = secret
        return True


class NoKeyring:
    def get(self, name):
        return None

    def put(self, name, secret):
        return False


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def opened(folder, password="right", *, verified=True, keyring=None, person=TEACHER, former=None):
    return Vault.open(
        folder,
        person,
        SERVER,
        password,
        password_verified=verified,
        former=former,
        keyring=keyring or NoKeyring(),
        clock=FakeClock(NOON),
        cost=CHEAP,
    )


def remember(vault, value):
    with vault.transaction() as db:
        db.execute("INSERT INTO meta VALUES ('note', ?)", (value,))


def remembered(vault):
    with vault.reading() as db:
        row = db.execute("SELECT value FROM meta WHERE name = 'note'").fetchone()
    return None if row is None else row["value"]


def written(folder, value="kept", **how):
    vault = opened(folder, **how)
    remember(vault, value)
    vault.close()
    return vault.home


def remembered_by(folder, keyring):
    """What is in the file, opened by the keyring under a password that was changed elsewhere."""
    vault = opened(folder, "changed elsewhere", keyring=keyring)
    try:
        return remembered(vault)
    finally:
        vault.close()


def test_what_was_written_is_there_when_opened_again(tmp_path):
    written(tmp_path)
    vault = opened(tmp_path, verified=False)
    assert (remembered(vault), vault.notice) == ("kept", "")
    vault.close()


def test_nothing_of_the_content_can_be_read_in_the_files(tmp_path):
    vault = opened(tmp_path)
    remember(vault, "a sentence nobody may read")
    files = [path.read_bytes() for path in vault.home.iterdir() if path.is_file()]
    assert not any(b"nobody may read" in data or b"SQLite format" in data for data in files)
    vault.close()


@pytest.mark.skipif(os.name != "posix", reason="other systems have no modes")
def test_files_and_folders_are_closed_to_other_people(tmp_path):
    vault = opened(tmp_path / "data")
    remember(vault, "x")
    assert (vault.home / "work.db-wal").exists()
    modes = {path.name: path.stat().st_mode & 0o077 for path in [vault.home, vault.home.parent, *vault.home.iterdir()]}
    assert set(modes.values()) == {0}, modes
    vault.close()


def test_the_durable_settings_are_on(tmp_path):
    vault = opened(tmp_path)
    with vault.reading() as db:
        settings = [
            db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync")
        ]
    assert settings == ["wal", 2, 1, 1]
    vault.close()


def test_each_server_and_each_person_has_a_file_of_its_own(tmp_path):
    homes = {
        home_of(tmp_path, name, person) for name in ("A school", "A-school") for person in (TEACHER, UserId(uuid4()))
    }
    assert len(homes) == 4


def test_a_wrong_password_that_the_server_did_not_confirm_is_refused_and_changes_nothing(tmp_path):
    home = written(tmp_path)
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    with pytest.raises(NotAllowedError):
        opened(tmp_path, "wrong", verified=False)
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


def test_without_a_confirmed_password_no_file_is_made(tmp_path):
    with pytest.raises(NotAllowedError):
        opened(tmp_path, verified=False)
    assert not list(tmp_path.rglob("work.db"))


def test_a_changed_password_opens_by_the_keyring_and_is_wrapped_anew(tmp_path):
    keyring = Drawer()
    written(tmp_path, keyring=keyring)
    vault = opened(tmp_path, "changed", keyring=keyring)
    assert (remembered(vault), vault.notice) == ("kept", "")
    vault.close()
    again = opened(tmp_path, "changed", verified=False)
    assert remembered(again) == "kept"
    again.close()


@pytest.mark.parametrize("secret", [None, b"x" * 32])
def test_a_keyring_that_came_later_gets_the_key_as_well(tmp_path, secret):
    keyring = Drawer()
    written(tmp_path)
    if secret is not None:
        keyring.secrets[f"{SERVER}/{TEACHER}"] = secret
    vault = opened(tmp_path, verified=False, keyring=keyring)
    vault.keep_in_keyring()
    vault.close()
    assert remembered_by(tmp_path, keyring) == "kept"


def test_a_file_that_is_closed_gives_its_key_to_nobody(tmp_path):
    keyring = Drawer()
    vault = opened(tmp_path, keyring=keyring)
    vault.close()
    keyring.secrets.clear()
    vault.keep_in_keyring()
    assert keyring.secrets == {}


def content(home):
    return {path.relative_to(home): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize("secret", [None, b"x" * 32, b"too short"])
def test_a_file_under_an_earlier_password_is_left_alone_until_she_decides(tmp_path, secret):
    home = written(tmp_path)
    keyring = Drawer()
    if secret is not None:
        keyring.secrets[f"{SERVER}/{TEACHER}"] = secret
    before = content(home)
    for answer, wrong in ((None, False), (FormerPassword("guess"), True), (FormerPassword(""), True)):
        with pytest.raises(FormerPasswordError) as told:
            opened(tmp_path, "changed", keyring=keyring, former=answer)
        assert told.value.wrong is wrong
        assert content(home) == before
    opened(tmp_path, verified=False).close()  # as if nothing had been


def test_the_former_password_opens_the_file_for_the_new_one(tmp_path):
    keyring = Drawer()
    home = written(tmp_path)
    vault = opened(tmp_path, "changed", keyring=keyring, former=FormerPassword("right"))
    assert (remembered(vault), vault.notice, list(home.glob("kept-*"))) == ("kept", "", [])
    vault.keep_in_keyring()
    vault.close()
    again = opened(tmp_path, "changed", verified=False)
    assert remembered(again) == "kept"
    again.close()
    with pytest.raises(NotAllowedError):
        opened(tmp_path, "right", verified=False)
    assert remembered_by(tmp_path, keyring) == "kept"


def test_a_former_password_is_no_way_round_the_server(tmp_path):
    home = written(tmp_path)
    before = content(home)
    for answer in (FormerPassword("right"), FormerPassword(None)):
        with pytest.raises(NotAllowedError):
            opened(tmp_path, "changed", verified=False, former=answer)
    assert content(home) == before


def test_where_there_is_no_work_no_former_password_is_asked_for(tmp_path):
    home = written(tmp_path)
    (home / "work.db").unlink()
    vault = opened(tmp_path, "changed")
    assert remembered(vault) is None
    vault.close()


@pytest.mark.parametrize(
    ("recoverable", "opens"),
    [
        (True, "The former password opens it, and so does your organisation's recovery key: ask your administrator."),
        (False, "The former password opens it: ask your administrator."),
    ],
)
def test_a_file_that_is_left_aside_is_said_to_be_so_and_what_opens_it(tmp_path, recoverable, opens):
    home = written(tmp_path)
    if recoverable:
        (home / "key-recovery.json").write_bytes(b"sealed")
    old = (home / "work.db").read_bytes()
    vault = opened(tmp_path, "changed", former=FormerPassword(None))
    kept = home / "kept-20260302T120000Z"
    assert (kept / "work.db").read_bytes() == old
    assert (kept / "key-recovery.json").exists() == recoverable
    assert str(kept) in vault.notice
    assert vault.notice.endswith(opens)
    assert remembered(vault) is None
    vault.close()
    # with its old key file and the old password it still opens
    wrapped = (kept / "key.json").read_bytes()
    assert len(unwrap(wrapped, "right", f"{SERVER}/{TEACHER}")) == 32


def test_a_file_whose_key_file_is_gone_is_moved_aside_and_only_the_recovery_key_is_named(tmp_path):
    home = written(tmp_path)
    (home / "key.json").unlink()
    (home / "key-recovery.json").write_bytes(b"sealed")
    vault = opened(tmp_path)
    assert vault.notice.endswith(
        "is only in that file. Your organisation's recovery key opens it: ask your administrator."
    )
    assert list(home.glob("kept-*/work.db"))
    vault.close()


def test_a_block_torn_by_a_power_cut_while_it_came_over_from_the_log_is_no_damage(tmp_path):
    vault = opened(tmp_path / "before")
    with vault.transaction() as db:
        db.execute("INSERT INTO meta VALUES ('word', ?)", ("old" * 4000,))
    with vault.reading() as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with vault.transaction() as db:
        db.execute("UPDATE meta SET value = ? WHERE name = 'word'", ("new" * 4000,))
    before = (vault.home / "work.db").read_bytes()
    log = (vault.home / "work.db-wal").read_bytes()
    with vault.reading() as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    after = (vault.home / "work.db").read_bytes()
    key_file = (vault.home / "key.json").read_bytes()
    vault.close()
    block = next(n for n in range(4096, len(after), 4096) if after[n : n + 4096] != before[n : n + 4096])
    home = home_of(tmp_path / "after", SERVER, TEACHER)
    home.mkdir(parents=True)
    (home / "work.db").write_bytes(before[:block] + after[block : block + 512] + before[block + 512 :])
    (home / "work.db-wal").write_bytes(log)
    (home / "key.json").write_bytes(key_file)
    again = opened(tmp_path / "after")
    assert again.notice == ""
    with again.reading() as db:
        assert db.execute("SELECT value FROM meta WHERE name = 'word'").fetchone()["value"] == "new" * 4000
    again.close()


def test_two_files_moved_aside_in_the_same_second_are_both_kept(tmp_path):
    for password in ("first", "second", "third"):
        opened(tmp_path, password, former=FormerPassword(None)).close()
    assert len(list(tmp_path.rglob("kept-*/work.db"))) == 2


def test_a_missing_key_file_is_made_again_from_the_keyring(tmp_path):
    keyring = Drawer()
    home = written(tmp_path, keyring=keyring)
    (home / "key.json").unlink()
    vault = opened(tmp_path, keyring=keyring)
    assert remembered(vault) == "kept"
    vault.close()
    assert (home / "key.json").exists()


def test_a_damaged_key_file_loses_nothing(tmp_path):
    home = written(tmp_path)
    (home / "key.json").write_bytes(b"{ not a key")
    with pytest.raises(NotAllowedError):
        opened(tmp_path, verified=False)
    vault = opened(tmp_path)
    assert "kept-" in vault.notice
    assert list(home.glob("kept-*/work.db"))
    vault.close()


@pytest.mark.parametrize("where", [0.0, 0.5, 0.99])
def test_a_damaged_file_is_moved_aside_and_a_new_one_made(tmp_path, where):
    home = written(tmp_path, "x" * 200_000)
    data = bytearray((home / "work.db").read_bytes())
    place = int(len(data) * where)
    data[place] ^= 0xFF
    (home / "work.db").write_bytes(data)
    with pytest.raises(DamagedError):
        opened(tmp_path, verified=False)
    assert (home / "work.db").read_bytes() == bytes(data)
    vault = opened(tmp_path)
    assert "damaged" in vault.notice
    assert remembered(vault) is None
    (kept,) = home.glob("kept-*/work.db")
    assert kept.read_bytes() == bytes(data)
    vault.close()


def test_a_file_of_a_newer_version_that_cannot_even_be_read_is_left_untouched(tmp_path):
    vault = opened(tmp_path)
    with vault.reading() as db:
        db.execute(f"PRAGMA user_version = {len(layout.VERSIONS) + 1}")
        # something that this version needs is called otherwise there
        db.execute("ALTER TABLE place RENAME COLUMN zoom TO scale")
    vault.close()
    before = (vault.home / "work.db").read_bytes()
    with pytest.raises(NewerFileError, match="newer version"):
        opened(tmp_path)
    assert (vault.home / "work.db").read_bytes() == before
    assert not list(vault.home.glob("kept-*"))


def test_a_key_file_of_a_newer_version_is_left_untouched(tmp_path):
    home = written(tmp_path)
    document = json.loads((home / "key.json").read_bytes()) | {"schema": 2}
    (home / "key.json").write_text(json.dumps(document))
    with pytest.raises(NewerFileError):
        opened(tmp_path)
    assert not list(home.glob("kept-*"))


def test_a_second_window_is_told_and_the_first_goes_on(tmp_path):
    vault = opened(tmp_path)
    with pytest.raises(InUseError, match="another window"):
        opened(tmp_path)
    remember(vault, "still mine")
    vault.close()
    vault.close()
    opened(tmp_path).close()


def test_another_process_cannot_open_it_either(tmp_path):
    vault = opened(tmp_path)
    program = (
        "import sys, uuid, pathlib\n"
        "from mv_desktop.offline.vault import *\n"
        "try: Vault.open(pathlib.Path(sys.argv[1]), uuid.UUID(sys.argv[2]), sys.argv[3], 'right', "
        "password_verified=True)\n"
        "except InUseError: sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path), str(TEACHER), SERVER], timeout=60)
    assert done.returncode == 7
    vault.close()


def test_two_people_in_two_windows_at_once_do_not_meet(tmp_path):
    other = uuid4()
    program = (
        "import sys, uuid, pathlib\n"
        "from tests.offline.test_vault import opened, remember\n"
        "vault = opened(pathlib.Path(sys.argv[1]), 'hers', person=uuid.UUID(sys.argv[2]))\n"
        "print('open', flush=True)\n"
        "for line in sys.stdin:\n"
        "    remember(vault, line.strip())\n"
        "    print('saved', flush=True)\n"
        "vault.close()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path), str(other)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "open\n"
        with pytest.raises(InUseError):
            opened(tmp_path, "hers", person=other)
        vault = opened(tmp_path)
        child.stdin.write("of the other\n")
        child.stdin.flush()
        remember(vault, "of this one")
        assert child.stdout.readline() == "saved\n"
        child.stdin.close()
        assert child.wait(60) == 0
    again = opened(tmp_path, "hers", person=other, verified=False)
    assert (remembered(vault), remembered(again)) == ("of this one", "of the other")
    again.close()
    with pytest.raises(NotAllowedError):
        opened(tmp_path, person=other, verified=False)
    vault.close()


def test_a_full_disk_is_said_in_clear_words_and_loses_nothing_that_was_saved(tmp_path):
    vault = opened(tmp_path)
    remember(vault, "kept")
    with vault.reading() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFullError, match="disk is full"), vault.transaction() as db:
        db.execute("INSERT INTO meta VALUES ('big', ?)", ("x" * 1_000_000,))
    assert remembered(vault) == "kept"
    vault.close()


_OPEN_IN_CHILD = """
import os, sys, pathlib, uuid
from mv_desktop.offline.vault import Vault
from mv_desktop.offline.disk import DamagedError, ReadOnlyError
if os.getuid() == 0:
    os.setuid(65534)
try:
    Vault.open(pathlib.Path(sys.argv[1]), uuid.UUID(int=1), "s", "p", password_verified=True)
except ReadOnlyError as error:
    print(error)
    sys.exit(7)
"""


@pytest.mark.skipif(os.name != "posix", reason="other systems have no modes")
def test_a_folder_that_may_not_be_written_is_said_in_clear_words():
    with tempfile.TemporaryDirectory() as folder:
        if os.getuid() == 0:
            os.chown(folder, 65534, 65534)
        Path(folder).chmod(0o500)
        inner = str(Path(folder) / "data")
        done = subprocess.run([sys.executable, "-c", _OPEN_IN_CHILD, inner], capture_output=True, text=True, timeout=60)
        Path(folder).chmod(0o700)
    assert (done.returncode, "cannot be written" in done.stdout) == (7, True), done.stderr


def test_a_file_that_may_not_be_written_is_said_in_clear_words(tmp_path):
    vault = opened(tmp_path)
    with vault.reading() as db:
        db.execute("PRAGMA query_only = ON")
    with pytest.raises(ReadOnlyError, match="cannot be written"):
        remember(vault, "x")
    vault.close()


def test_a_fault_of_the_program_is_not_called_a_fault_of_the_disk(tmp_path):
    vault = opened(tmp_path)
    with pytest.raises(cipher.Error, match="no such table"), vault.transaction() as db:
        db.execute("SELECT * FROM nowhere")
    vault.close()


def test_a_failed_transaction_leaves_nothing_behind(tmp_path):
    vault = opened(tmp_path)
    twice = [("note", "half"), ("note", "again")]
    with pytest.raises(cipher.Error, match="UNIQUE"), vault.transaction() as db:
        db.executemany("INSERT INTO meta VALUES (?, ?)", twice)
    assert remembered(vault) is None
    vault.close()
    with pytest.raises(LocalFileError, match="closed"):
        remembered(vault)


def test_the_pages_have_a_key_of_their_own_that_stays_the_same(tmp_path):
    first = opened(tmp_path)
    first.close()
    second = opened(tmp_path)
    other = opened(tmp_path, person=UserId(uuid4()))
    assert first.page_key == second.page_key != other.page_key
    assert len(first.page_key) == 32
    second.close()
    other.close()


def test_a_wrapped_key_opens_with_its_password_and_owner_only():
    wrapped = wrap(b"k" * 32, "password", "server/person", CHEAP)
    assert unwrap(wrapped, "password", "server/person") == b"k" * 32
    for password, owner in (("Password", "server/person"), ("password", "server/other")):
        with pytest.raises(WrongPasswordError):
            unwrap(wrapped, password, owner)


@pytest.mark.parametrize(
    "change", [{"memory_kib": 1 << 30}, {"time_cost": 0}, {"salt": "?"}, {"kdf": "none"}, {"key": None}]
)
def test_a_key_file_that_makes_no_sense_is_not_tried(change):
    document = json.loads(wrap(b"k" * 32, "password", "owner", CHEAP)) | change
    with pytest.raises(KeyFileError):
        unwrap(json.dumps(document).encode(), "password", "owner")


def test_a_computer_without_a_keyring_does_without(monkeypatch):
    import keyring
    from keyring.backends import fail

    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    try:
        assert DesktopKeyring().get("x") is None
        assert DesktopKeyring().put("x", b"secret") is False
    finally:
        keyring.set_keyring(before)


def test_a_keyring_that_never_answers_is_not_waited_for(monkeypatch):
    import keyring

    answered = threading.Event()
    monkeypatch.setattr(key, "KEYRING_SECONDS", 0.05)
    monkeypatch.setattr(keyring, "get_password", lambda *_: answered.wait(30))
    assert DesktopKeyring().get("x") is None
    assert DesktopKeyring().put("x", b"secret") is False
    answered.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join()


def test_a_keyring_keeps_what_it_was_given(monkeypatch):
    import keyring

    kept, written = {}, []

    def write(service, name, text):
        written.append(text)
        kept[service, name] = text

    monkeypatch.setattr(keyring, "get_password", lambda service, name: kept.get((service, name)))
    monkeypatch.setattr(keyring, "set_password", write)
    assert DesktopKeyring().put("x", b"\x00secret")
    assert DesktopKeyring().get("x") == b"\x00secret"
    assert DesktopKeyring().put("x", b"\x00secret")
    assert len(written) == 1  # what is there already is left alone
    assert DesktopKeyring().put("x", b"another")
    assert DesktopKeyring().get("x") == b"another"
    kept["Mathvidya workstation", "x"] = "not base64!"
    assert DesktopKeyring().get("x") is None
