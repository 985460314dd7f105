"""The encrypted SQLite. Its driver has no types but the standard library's interface, so it borrows those."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection, Error, Row, connect
else:
    from sqlcipher3.dbapi2 import Connection, Error, Row, connect

__all__ = ["Connection", "Error", "Row", "connect"]
