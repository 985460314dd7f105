"""Single values of the file on this computer, by name: when the server was last spoken to, and the like."""

from __future__ import annotations

from datetime import datetime

from mv_desktop.offline import cipher


def read(db: cipher.Connection, name: str) -> str | None:
    """The value, or None when there is none."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def write(db: cipher.Connection, name: str, value: str) -> None:
    """Keep `value` in place of what there was; `db` is in a transaction."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def read_all(db: cipher.Connection, prefix: str) -> list[str]:
    """The values whose names begin so, in the order of their names."""
    rows = db.execute(
        "SELECT value FROM meta WHERE name >= ? AND name < ? ORDER BY name", (prefix, f"{prefix}\uffff")
    ).fetchall()
    return [str(row["value"]) for row in rows]


def drop(db: cipher.Connection, name: str) -> None:
    """Keep it no more; `db` is in a transaction."""
    db.execute("DELETE FROM meta WHERE name = ?", (name,))


def read_moment(db: cipher.Connection, name: str) -> datetime | None:
    """A value that is a moment, or None when there is none."""
    return moment(read(db, name))


def moment(text: str | None) -> datetime | None:
    """A moment as the file holds it, or None where it holds none."""
    return None if text is None else datetime.fromisoformat(text)
