"""Runs the benchmarks, each in a process of its own: ``python -m tests.bench [name …]``.

Every benchmark prints one JSON line for each thing it measures; nothing else goes to standard output.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(wanted: list[str]) -> int:
    names = sorted(path.stem for path in HERE.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    if not chosen:
        sys.stderr.write(f"There are: {', '.join(name.removeprefix('bench_') for name in names)}\n")
        return 2
    failed = 0
    for name in chosen:
        sys.stderr.write(f"{name} …\n")
        failed += subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
