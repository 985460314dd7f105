"""Runs the benchmarks, each in a process of its own: ``python -m tests.bench [--strict] [name …]``.

Every benchmark prints one JSON line for each thing it measures; nothing else goes to standard output. Budgets that were
missed are told again on standard error at the end. The exit code is 1 where a benchmark failed, 2 for a name that there
is not, and with ``--strict`` 3 where a budget was missed: a computer that does other things as well misses some.
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
STRICT = "--strict"


def main(arguments: list[str]) -> int:
    wanted = [argument for argument in arguments if argument != STRICT]
    names = sorted(path.stem for path in HERE.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    if not chosen or len(chosen) < len(set(wanted)):
        sys.stderr.write(f"There are: {', '.join(name.removeprefix('bench_') for name in names)}\n")
        return 2
    failed, missed = [], []
    for name in chosen:
        sys.stderr.write(f"{name} …\n")
        with subprocess.Popen([sys.executable, "-m", f"tests.bench.{name}"], stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            for line in run.stdout:
                sys.stdout.write(line)
                sys.stdout.flush()
                missed += missed_in(line)
        if run.returncode:
            failed.append(name)
    for told in missed:
        sys.stderr.write(f"missed: {told}\n")
    for name in failed:
        sys.stderr.write(f"failed: {name}\n")
    if failed:
        return 1
    return 3 if missed and STRICT in arguments else 0


def missed_in(line: str) -> list[str]:
    """What to tell of a line whose budget was missed; nothing of any other."""
    found = json.loads(line)
    if found.get("kept", True):
        return []
    on = ", ".join(f"{found[name]} {name}" for name in ("pages", "marks") if name in found)
    fields = [part.split()[0] for part in found["budget"].split(", ")]
    was = ", ".join(f"{field} {found[field]}" for field in fields)
    return [f"{found['name']}{f' ({on})' if on else ''}: {was}; budget: {found['budget']}"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
