"""Writes the tables of keys into docs/guide/preferences-and-keys.md, from the table of commands.

.venv/bin/python tools/guide_keys.py
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from mv_desktop.ui.actions import COMMANDS, SCOPE_TITLES, Command

PAGE = Path(__file__).parent.parent / "docs" / "guide" / "preferences-and-keys.md"
BEGIN = "<!-- keys: written by tools/guide_keys.py from mv_desktop/ui/actions.py -->\n"
END = "<!-- end of keys -->\n"


def key_tables() -> str:
    """One table for each scope: key and what it does; commands without a key are found by Ctrl+K."""
    parts = []
    for scope, commands in groupby(COMMANDS, key=lambda command: command.scope):
        rows = [f"| {_keys(command)} | {command.text} |" for command in commands]
        parts.append("\n".join([f"### {SCOPE_TITLES[scope]}", "", "| key | what it does |", "|---|---|", *rows]))
    return "\n\n".join(parts)


def with_tables(page: str) -> str:
    """`page` with the tables as they are now.

    Raises:
        ValueError: the page has no place for them.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has lost the lines between which its keys stand")
    return f"{before}{BEGIN}\n{key_tables()}\n\n{END}{after}"


def _keys(command: Command) -> str:
    """Every key; Enter's second name, Return, is not worth a word."""
    keys = [key for key in command.keys if not (key.endswith("Return") and len(command.keys) > 1)]
    return ", ".join(f"**{key}**" for key in keys) or "in Ctrl+K"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
