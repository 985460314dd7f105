"""Power cuts: what a disk may hold when the power fails at any moment, made from what the program really wrote.

strace notes every write and sync of a working program. For a moment, everything that was synced by then is on the
disk; of the rest nothing, all, or a random part, torn in the middle of a write. Renames and removals are taken to be
kept in their order, as journaling file systems do. Then the files are opened.
"""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from mv_desktop.core.errors import UserError
from tests.chaos.kill import run_child
from tests.chaos.verify import verify
from tests.chaos.world import scratch

FULL, NORMAL = "", "synchronous = NORMAL"
_TRACED = "openat,pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink,close"
_VARIANTS = ("none", "all", "some", "some")
_SECTOR = 512
_NO_CONTENT = ("-shm", ".lock")

_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)", re.DOTALL)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Event:
    """One thing that the program did to its files, or said."""

    kind: str
    path: str
    offset: int = 0
    data: bytes = b""


@dataclass
class Cuts:
    """What came of the cuts: how many there were, after how many something that was said to be done was gone, and how
    many left files that could not be used."""

    cuts: int = 0
    lost: int = 0
    wrong: int = 0
    first: str = ""


def cut_power(program: str, pragma: str, cuts: int, seed: int, rounds: int = 13) -> Cuts:
    """Trace a program, and cut the power at `cuts` of the moments after it first said that something is done."""
    events, home = _trace(program, pragma, rounds)
    chance = random.Random(seed)
    ready = next(n for n, event in enumerate(events) if event.kind == "said" and event.data.startswith(b"saved"))
    moments = [(n, variant) for n in range(ready, len(events)) for variant in _VARIANTS]
    chosen = sorted(chance.sample(moments, min(cuts, len(moments))))
    result, disk, passed = Cuts(), _Disk(), 0
    for moment, variant in chosen:
        while passed <= moment:
            disk.take(events[passed])
            passed += 1
        folder = scratch()
        try:
            disk.write(home, folder, variant, chance)
            _look(folder, disk.said, result, f"{variant} after {events[moment].kind} {Path(events[moment].path).name}")
        finally:
            shutil.rmtree(folder)
    return result


def _look(folder: Path, said: list[str], result: Cuts, when: str) -> None:
    result.cuts += 1
    try:
        lost, wrong = verify(folder, said)
    except UserError as error:
        lost, wrong = [], [str(error)]
    result.lost += bool(lost)
    result.wrong += bool(wrong)
    if (lost or wrong) and not result.first:
        result.first = f"{when}: {(lost + wrong)[0]}"


class _Disk:
    """What is surely on the disk, and what was written and not synced."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._files: dict[str, bytearray] = {}
        self._open: dict[str, list[Event]] = {}

    def take(self, event: Event) -> None:
        match event.kind:
            case "said":
                self.said += event.data.decode().splitlines()
            case "made":
                self._files.setdefault(event.path, bytearray())
            case "write" | "cut":
                self._open.setdefault(event.path, []).append(event)
                self._files.setdefault(event.path, bytearray())
            case "sync":
                for waiting in self._open.pop(event.path, []):
                    _put(self._files[event.path], waiting)
            case "rename":
                new = event.data.decode()
                self._files[new] = self._files.pop(event.path, bytearray())
                self._open[new] = self._open.pop(event.path, [])
            case "unlink":
                self._files.pop(event.path, None)
                self._open.pop(event.path, None)

    def write(self, home: str, folder: Path, variant: str, chance: random.Random) -> None:
        """Make the files as they may stand there when the power comes back."""
        for path, kept in self._files.items():
            content = bytearray(kept)
            for event in self._open.get(path, []):
                if variant == "none" or (variant == "some" and chance.random() < 0.5):
                    continue
                torn = variant == "some" and event.kind == "write" and chance.random() < 0.3
                whole = len(event.data)
                size = chance.randrange(0, whole + 1, _SECTOR) if torn and whole > _SECTOR else whole
                _put(content, Event(event.kind, path, event.offset, event.data[:size]))
            target = folder / Path(path).relative_to(home)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _put(content: bytearray, event: Event) -> None:
    content.extend(bytes(max(0, event.offset - len(content))))
    if event.kind == "cut":
        del content[event.offset :]
    else:
        content[event.offset : event.offset + len(event.data)] = event.data


def _trace(program: str, pragma: str, rounds: int) -> tuple[list[Event], str]:
    top = scratch()
    home, log = str(top / "files"), top / "log"
    try:
        how = ["-xx", "-s", "200000", "-o", str(log), "-e", f"trace={_TRACED}"]
        run_child(program, Path(home), how, rounds, pragma)
        return _events(log.read_text(), home), home
    finally:
        shutil.rmtree(top)


def _events(log: str, home: str) -> list[Event]:
    events: list[Event] = []
    names: dict[str, str] = {}
    places: dict[str, int] = {}
    for line in log.splitlines():
        found = _CALL.match(line)
        if found is None or found[3].startswith("-"):
            continue
        call, arguments, answer = found.groups()
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(arguments)]
        number = arguments.split(",")[0]
        if call == "openat":
            names[answer], places[answer] = texts[0].decode(), 0
        path = names.get(answer if call == "openat" else number, "")
        last = arguments.rsplit(",", 1)[-1].strip()
        if call == "write" and number == "1":
            events.append(Event("said", "", 0, texts[0]))
        elif path.startswith(home) and not path.endswith(_NO_CONTENT):
            events += _event(call, path, last, texts, places.get(number, 0))
        elif call in ("rename", "unlink") and texts[0].decode().startswith(home):
            events.append(Event(call, texts[0].decode(), 0, texts[-1]))
        if call == "write":
            places[number] = places.get(number, 0) + len(texts[0])
        elif call == "close":
            names.pop(number, None)
    return events


def _event(call: str, path: str, last: str, texts: list[bytes], place: int) -> list[Event]:
    """What a call on one of the program's files did to it."""
    match call:
        case "openat" if "O_CREAT" in last or last.isdigit():
            return [Event("made", path)]
        case "write":
            return [Event("write", path, place, texts[0])]
        case "pwrite64":
            return [Event("write", path, int(last), texts[0])]
        case "ftruncate":
            return [Event("cut", path, int(last))]
        case "fsync" | "fdatasync":
            return [Event("sync", path)]
    return []
