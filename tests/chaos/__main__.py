"""The long form: progress on standard error, one line of JSON on standard output, status 1 unless zeros."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.chaos.bugs import BUGS
from tests.chaos.kill import Killed, kill_at_statements, kill_at_system_calls, strace
from tests.chaos.net import cut_the_wire
from tests.chaos.power import FULL, NORMAL, cut_power
from tests.chaos.run import real_server, run_machine
from tests.chaos.world import DIFFERS, LOST, TWICE, BrokenError, World

_STEPS_OF_AN_EXAMPLE = 50
_EXAMPLES_AT_ONCE = 10


class Report:
    """What was done and found; says how far it is."""

    def __init__(self, seed: int) -> None:
        self.began = time.monotonic()
        self.found = {LOST: 0, TWICE: 0, DIFFERS: 0}
        self.line: dict[str, Any] = {"actions": 0, "faults": {}, "kills": 0, "power_cuts": 0, "cuts": 0}
        self.seed = seed

    def say(self, *words: object) -> None:
        print(f"{time.monotonic() - self.began:6.0f} s ", *words, file=sys.stderr, flush=True)

    def count(self, rule: str, number: int, what: object) -> None:
        if number:
            self.found[rule] += number
            self.say(f"!! {rule}:", what)

    def guarded(self, name: str, part: Callable[[], None]) -> None:
        """Do a part; what it stumbles over is a difference."""
        self.say(name)
        try:
            part()
        except BrokenError as error:
            self.count(error.rule, 1, "".join(traceback.format_exception(error))[-8_000:])
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not end as a success
            self.count(DIFFERS, 1, "".join(traceback.format_exception(error))[-8_000:])

    def written(self) -> str:
        ends = {"lost": self.found[LOST], "twice": self.found[TWICE], "differences": self.found[DIFFERS]}
        last = {"bugs": len(BUGS), "seconds": round(time.monotonic() - self.began), "seed": self.seed}
        return json.dumps(self.line | ends | last)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--steps", type=int, default=10_000, help="of the state machine")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    report = Report(asked.seed)
    report.say(f"seed {asked.seed}")
    folder = Path(tempfile.mkdtemp(prefix="mv-chaos-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        report.guarded("kills", lambda: _kills(report, asked.kills))
        report.guarded("power cuts", lambda: _power_cuts(report))
        with real_server(folder) as database:
            world = World(database)
            try:
                report.guarded("the wire", lambda: _wire(report, world))
                report.guarded("the machine", lambda: _machine(report, world, asked.steps))
                report.guarded("bugs", lambda: _bugs(report, world))
            finally:
                world.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(report.written())
    caught = report.line.get("bugs_caught") == len(BUGS)
    return 0 if caught and not any(report.found.values()) else 1


def _kills(report: Report, kills: int) -> None:
    program = strace()
    parts: list[Killed] = []
    if program is not None:
        parts.append(kill_at_system_calls(program, kills // 2, report.seed))
        report.say(f"{parts[0].kills} at system calls")
    parts.append(kill_at_statements(kills - sum(part.kills for part in parts), report.seed))
    for part in parts:
        report.line["kills"] += part.kills
        report.count(LOST, len(part.lost), part.lost[:3])
        report.count(DIFFERS, len(part.wrong), part.wrong[:3])


def _power_cuts(report: Report) -> None:
    program = strace()
    if program is None:
        return
    full, normal = (cut_power(program, pragma, 1_000, report.seed, rounds=40) for pragma in (FULL, NORMAL))
    report.line["power_cuts"] = full.cuts
    report.say(f"{full.cuts} power cuts; with fewer syncs {normal.lost} of {normal.cuts} would have lost something")
    report.count(LOST, full.lost, full.first)
    report.count(DIFFERS, full.wrong, full.first)
    report.count(DIFFERS, normal.lost == 0, "the power cuts prove nothing: with fewer syncs nothing was lost")


def _wire(report: Report, world: World) -> None:
    wired = cut_the_wire(world, 150, report.seed)
    report.line["cuts"] = wired.cuts
    report.say(f"{wired.cuts} cuts, {wired.sent} operations arrived")
    report.count(LOST, wired.lost, wired)
    report.count(TWICE, wired.twice, wired)


def _machine(report: Report, world: World, steps: int) -> None:
    stats, start = world.stats, report.seed
    try:
        while world.steps < steps:
            run_machine(world, examples=_EXAMPLES_AT_ONCE, steps=_STEPS_OF_AN_EXAMPLE, start=start)
            start += 1
            report.say(f"{world.steps} steps, {sum(stats[name] for name in stats if '.' in name)} operations")
    finally:
        faults = {
            name.removeprefix("fault: "): n for name, n in sorted(stats.items()) if name.startswith("fault: ") and n
        }
        report.line |= {"actions": world.steps, "faults": faults}


def _bugs(report: Report, world: World) -> None:
    caught = 0
    for bug in BUGS:
        with bug.made(world):
            try:
                run_machine(world, examples=120, steps=_STEPS_OF_AN_EXAMPLE, start=report.seed)
            except Exception as error:  # noqa: BLE001 - however it is noticed, it is noticed
                caught += 1
                report.say(f"caught: {bug} ({type(error).__name__} {' '.join(map(str, error.args[:2]))[:60]})")
            else:
                report.say(f"!! NOT CAUGHT: {bug}")
    report.line["bugs_caught"] = caught


if __name__ == "__main__":
    sys.exit(main())
