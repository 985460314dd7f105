"""``mv-desktop offline``: work that was not sent, out of a computer and into the server, and the recovery key."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mv_desktop.core.durable import write_synced
from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.core.paths import data_dir
from mv_desktop.domain.access import login_name
from mv_desktop.domain.identifier import UserId
from mv_desktop.offline import recovery
from mv_desktop.offline.export import Exported, export_work, opened_to_read
from mv_desktop.offline.home import KEPT, LOCK_FILE, find_home, home_of
from mv_desktop.offline.key import KeyFileError, WrapCost, WrongPasswordError
from mv_desktop.offline.key_file import KeyFiles
from mv_desktop.offline.vault import taken_lock
from mv_desktop.offline.work_file import SUFFIX, WorkFile, sealed_for, unpacked
from mv_desktop.worker.terminal import asked, engine_of, profile_named, who_does_it

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from sqlalchemy import Engine

PARTLY = 3
"""Exit status of what was done, and found something that could not be taken."""

_PROGRAM = "offline"
_VAULTS = "vaults"
_SHORTEST = 8


Done = tuple[int, str]
"""The exit status, and what to say."""


def main(arguments: Sequence[str]) -> Done:
    """Do one thing; returns the exit status (0: all is well, 3: some of it could not be taken) and what to say.

    Raises:
        UserError: it was not done, and why.
    """
    options = _parser().parse_args(arguments)
    act: Callable[[argparse.Namespace], Done] = options.act
    return act(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mv-desktop offline", description="Work that was not sent.")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    whose = argparse.ArgumentParser(add_help=False)
    whose.add_argument("--email", required=True, metavar="EMAIL", help="whose work")
    whose.add_argument("--server", metavar="NAME", help="the server's name in the list of servers")
    whose.add_argument("--kept", metavar="FOLDER", help=f"out of a folder {KEPT}… in which earlier work was kept")

    out = actions.add_parser("export", parents=[whose], help="everything unsent and refused, into a file")
    out.add_argument("file", type=Path, metavar="FILE", help=f"the new file; its name ends in {SUFFIX}")
    out.set_defaults(act=_export)

    into = actions.add_parser(
        "import",
        parents=[who_does_it("the coordinator who does it; her password is asked for")],
        help="bring such a file in, as kept work; for coordinators",
    )
    into.add_argument("file", type=Path, metavar="FILE")
    into.add_argument("--key", type=Path, metavar="KEY", help="the recovery key, for a sealed file")
    into.set_defaults(act=_import)

    opening = actions.add_parser("recover", parents=[whose], help="open work whose password is lost")
    opening.add_argument("file", type=Path, nargs="?", metavar="FILE", help="export what was not sent into this file")
    opening.add_argument("--key", type=Path, required=True, metavar="KEY", help="the recovery key")
    opening.add_argument("--new-password", action="store_true", help="let another password open it; it is asked for")
    opening.set_defaults(act=_recover)

    making = actions.add_parser(
        "recovery-key",
        parents=[who_does_it("the admin who puts it into force; her password is asked for")],
        help="make the organisation's recovery key",
    )
    making.add_argument("file", type=Path, metavar="KEY", help="the new file for the private half")
    making.add_argument("--use", action="store_true", help="put it into force: the public half becomes the setting")
    making.add_argument("--reason", metavar="WHY", help="with --use: stands in the audit log")
    making.set_defaults(act=_make_key)
    return parser


# -- Out of a computer ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Whose work is meant, and where it lies."""

    user_id: UserId
    server: str
    home: Path

    @property
    def owner(self) -> str:
        return f"{self.server}/{self.user_id}"


def _export(options: argparse.Namespace) -> Done:
    place = _place(options)
    password = asked(f"Password of {options.email}: ")
    try:
        key = KeyFiles(place.home, place.owner, WrapCost()).open(password)
    except WrongPasswordError:
        raise NotAllowedError("The password does not open that work.", kept="It is unharmed.") from None
    except KeyFileError:
        raise InvalidError(
            "The key of that work is damaged.", remedy="The recovery key may open it: mv-desktop offline recover."
        ) from None
    if key is None:
        raise InvalidError("The key of that work is missing.")
    return _written(place, key, options.file, recovered=False)


def _recover(options: argparse.Namespace) -> Done:
    if options.file is None and not options.new_password:
        raise InvalidError("It is not said what for.", remedy="Name a FILE to export into, or give --new-password.")
    place = _place(options)
    key = recovery.recovered_key(place.home, place.owner, _private(options.key))
    status, said = 0, ""
    if options.file is not None:
        status, said = _written(place, key, options.file, recovered=True)
        said += "\n"
    if options.new_password:
        new = _chosen("New password")
        lock = taken_lock(place.home / LOCK_FILE)
        try:
            KeyFiles(place.home, place.owner, WrapCost()).write(key, new)
        finally:
            lock.release()
        said += "That password opens the work now. The password of her account is another thing: people reset."
    return status, said.rstrip()


def _written(place: _Place, key: bytes, target: Path, *, recovered: bool) -> Done:
    with opened_to_read(place.home, key, target.absolute().parent) as db:
        done = export_work(
            db, target, user_id=place.user_id, server=place.server, now=datetime.now(UTC), recovered=recovered
        )
    return PARTLY if done.damaged else 0, _said_of(done)


def _said_of(done: Exported) -> str:
    if done.path is None:
        return "Everything has reached the server; no file was written."
    said = [f"{_counted(done.operations, done.comments)} in {done.path}."]
    if done.damaged:
        said.append(f"{done.damaged} of them are damaged and will not be brought in.")
    if done.sealed_for:
        said.append(f"It is sealed for the recovery key {done.sealed_for}.")
    else:
        said.append("WARNING: it is not sealed. Whoever has it can read marks and remarks: hand it over yourself.")
    said.append("The work also stays on this computer, which sends it when it finds the network.")
    return " ".join(said)


def _counted(operations: int, comments: int) -> str:
    words = f"{operations} change{'' if operations == 1 else 's'}"
    if comments:
        words += f" and {comments} of the comment bank"
    return words


def _place(options: argparse.Namespace) -> _Place:
    server = profile_named(options.server).name
    folder = data_dir() / _VAULTS
    user_id = find_home(folder, server, login_name(options.email))
    if user_id is None:
        raise InvalidError(
            f"{options.email} has no work for {server} on this computer.",
            remedy=f"It would lie in {folder}; MV_DATA_DIR names another folder.",
        )
    home = home_of(folder, server, user_id)
    if options.kept is not None:
        name = Path(options.kept).name
        if not name.startswith(KEPT) or not (home / name).is_dir():
            there = ", ".join(sorted(path.name for path in home.glob(f"{KEPT}*"))) or "none"
            raise InvalidError(f"There is no such folder of kept work. There is: {there}.")
        home /= name
    return _Place(user_id, server, home)


# -- Into the server ------------------------------------------------------------------------------------------


def _import(options: argparse.Namespace) -> Done:
    from mv_desktop.services.database import open_session
    from mv_desktop.services.imported_work import import_operations

    data = _read(options.file)
    sealed_for(data)  # what is no such file asks nobody for a password
    with engine_of(options, _PROGRAM) as engine:
        work = unpacked(data, None if options.key is None else _private(options.key))
        with open_session(engine) as session:
            done = import_operations(session, work.owner.user_id, work.sha256, work.envelopes)
    said = [_said_of_import(work, done.kept, done.known)]
    said += [f"Not taken: {op_id} ({why})." for op_id, why in done.refused.items()]
    damaged = sum(not item.sound for item in work.operations)
    if damaged:
        said.append(f"Not taken: {damaged} that are not what was written on that computer.")
    return PARTLY if damaged or done.refused else 0, "\n".join(said)


def _said_of_import(work: WorkFile, kept: int, known: int) -> str:
    said = [
        f"Work of {work.owner.name} ({work.owner.email}), exported {work.owner.made_at[:16]}.",
        f"{kept} changes are kept work now: compare and take it as coordinator.",
        f"{known} the server had already.",
    ]
    if work.owner.recovered:
        said.insert(1, "It was opened with the recovery key, not by her.")
    if work.comments:
        said.append(f"{len(work.comments)} changes of the comment bank are in the file only.")
    return " ".join(said)


# -- The recovery key -----------------------------------------------------------------------------------------


def _make_key(options: argparse.Namespace) -> Done:
    if options.use and not options.reason:
        raise InvalidError("A key is put into force with a reason.", remedy="Add --reason WHY.")
    if options.file.exists():
        raise InvalidError(
            f"There is a file {options.file} already.", kept="It was not touched.", remedy="Choose another name."
        )
    private = recovery.new_private_key()
    public = recovery.public_text(private)
    if options.use:
        with engine_of(options, _PROGRAM) as engine:
            _save(options.file, recovery.private_text(private, _chosen("Passphrase of the new key")))
            _put_into_force(engine, public, options.reason)
    else:
        _save(options.file, recovery.private_text(private, _chosen("Passphrase of the new key")))
    name = recovery.fingerprint(private.public_key())
    said = f"Recovery key {name}. Its private half is in {options.file}: keep it and its passphrase off servers.\n"
    if options.use:
        said += "It is in force: computers seal for it from their next contact on. Keep earlier keys for earlier files."
    else:
        said += f"To put it into force, make it with --use, or set {recovery.SETTING} to: {public}"
    return 0, said


def _put_into_force(engine: Engine, public: str, reason: str) -> None:
    from sqlalchemy import text

    from mv_desktop.services.database import open_session
    from mv_desktop.services.record import put_setting

    with open_session(engine) as session:
        seen = session.scalar(
            text("SELECT updated_at FROM public.system_config WHERE config_key = :key"), {"key": recovery.SETTING}
        )
        put_setting(session, recovery.SETTING, seen, public, reason)


def _save(path: Path, content: bytes) -> None:
    try:
        write_synced(path, content)
    except OSError as error:
        raise InvalidError(f"{path} could not be written: {error.strerror}.") from error


def _private(path: Path) -> X25519PrivateKey:
    return recovery.read_private(_read(path), asked(f"Passphrase of {path.name}: "))


def _chosen(what: str) -> str:
    chosen = asked(f"{what}: ")
    if len(chosen) < _SHORTEST:
        raise InvalidError(f"At least {_SHORTEST} characters, please.", kept="Nothing was changed.")
    if asked("Once more: ") != chosen:
        raise InvalidError("The two differ.", kept="Nothing was changed.", remedy="Try again.")
    return chosen


# -- private --------------------------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidError(f"{path} could not be read: {error.strerror}.") from error
