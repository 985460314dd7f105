"""``python -m mv_desktop``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line."""
    from mv_desktop.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
