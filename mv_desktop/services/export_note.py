"""Noting on the server what is written out of the program, before it gets its place (`docs/security.md`)."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.services.operation import storable


def note_export(
    connect: Callable[[], AbstractContextManager[Session]],
    note: ExportNote,
    kind: ExportFormat,
    rows: int,
    path: Path | None = None,
) -> None:
    """Write an entry into the audit log, in a transaction of its own: it stands when this returns.

    Args:
        connect: a session on the person's own login.
        note: of what it is.
        kind: what it is written as.
        rows: how many of it.
        path: where to, of which only the name is told; None for a printer.

    Raises:
        OfflineError: the server cannot be reached. What cannot be noted must not be written.
        NotAllowedError: the person may not read that.
    """
    values = {
        "what": note.what,
        "rows": rows,
        "kind": str(kind),
        "file": "" if path is None else storable(path.name),
        "filters": json.dumps(storable(note.filters)),
    }
    try:
        with connect() as session:
            session.execute(
                text("SELECT api.note_export(:what, :rows, :kind, :file, CAST(:filters AS jsonb))"), values
            )  # fmt: skip
    except OfflineError as error:
        raise OfflineError(
            error.message,
            kept="Nothing was written.",
            remedy="The server notes whatever is written out: try again when it can be reached.",
        ) from error
