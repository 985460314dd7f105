"""Writes the table of rights into docs/security.md, from tests/database/rights.py.

.venv/bin/python tools/rights_table.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.database.rights import rights_table

PAGE = Path(__file__).parent.parent / "docs" / "security.md"
BEGIN = "<!-- rights: written by tools/rights_table.py from tests/database/rights.py -->\n"
END = "<!-- end of rights -->\n"


def with_table(page: str) -> str:
    """`page` with the table as it is now.

    Raises:
        ValueError: the page has no place for it.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has lost the lines between which the table of rights stands")
    return f"{before}{BEGIN}\n{rights_table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
